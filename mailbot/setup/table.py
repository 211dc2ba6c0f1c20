"""A table of companies, one a row, with headings as agencies write them in Dutch or English.

The rules kept here: each heading says one thing, and two that say the same are for a person to sort out. A row keeps
what was typed and nothing else; what it lacks is judged elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailbot.errors import Problem, Usage

#: What a column says -> the setting that it becomes (empty: none of its own), and how people head it.
COLUMNS: dict[str, tuple[str, str]] = {
    "id": ("", "id, code, tenant, klantcode, bedrijfscode, afkorting"),
    "name": ("name", "name, naam, bedrijf, bedrijfsnaam, company, company name, winkel, webshop, shop"),
    "country": ("country", "country, land"),
    "mailbox": ("mail.mailbox", "mailbox, postvak, postbus, privacy mailbox, privacypostvak, e-mail, email, mailadres"),
    "provider": ("", "provider, aanbieder, mailprovider, mail provider, hoster, mailhost"),
    "imap": ("imap.host", "imap, imap host, imap server, imaphost, imapserver, inkomende server"),
    "smtp": ("smtp.host", "smtp, smtp host, smtp server, smtphost, smtpserver, uitgaande server"),
    "imap_security": ("imap.security", "imap security, imap beveiliging, security, beveiliging"),
    "smtp_security": ("smtp.security", "smtp security, smtp beveiliging"),
    "user": ("imap.username", "user, username, user name, gebruiker, gebruikersnaam, login, imap user, imap gebruiker"),
    "smtp_user": ("smtp.username", "smtp user, smtp username, smtp gebruiker, smtp gebruikersnaam"),
    "password": ("imap.password", "password, wachtwoord, imap password, imap wachtwoord"),
    "smtp_password": ("smtp.password", "smtp password, smtp wachtwoord"),
    "password_env": ("imap.password", "password env, wachtwoord env, omgevingsvariabele, environment variable"),
    "password_file": ("imap.password", "password file, wachtwoordbestand, wachtwoord bestand"),
    "password_command": ("imap.password", "password command, wachtwoordopdracht, wachtwoord opdracht"),
    "client_id": ("oauth.client_id", "client id, clientid, app id"),
    "contact": ("contact.name", "contact, contactpersoon, contact person, contact name, naam contactpersoon"),
    "contact_email": (
        "contact.email",
        "contact e-mail, contact email, contactmail, e-mail contact, email contact, contactpersoon e-mail, "
        "contactpersoon email, e-mail contactpersoon, email contactpersoon, mailadres contactpersoon",
    ),
    "contact_phone": ("contact.phone", "contact phone, telefoon, phone, telefoon contactpersoon, telefoonnummer"),
    "deputy": ("deputy.name", "deputy, vervanger, plaatsvervanger, deputy name, naam vervanger"),
    "deputy_email": (
        "deputy.email",
        "deputy e-mail, deputy email, vervanger e-mail, vervanger email, e-mail vervanger, email vervanger",
    ),
    "post_address": ("post_address", "post address, postal address, address, adres, postadres"),
    "website": ("website", "website, site, url, domein, domain"),
    "promise_days": ("promise_days", "promise days, promise, belofte, beloofde dagen, dagen, termijn"),
    "mode": ("mode", "mode, stand, werkwijze, modus"),
    "go_live": ("go_live", "go live, golive, ingangsdatum, startdatum, start, vanaf"),
    "policy": ("", "policy, policy file, beleid, privacybeleid, beleidsbestand, privacy policy, privacyverklaring"),
    "customers": ("customers.path", "customers, customers file, klanten, klantenbestand, klantenlijst, klantenexport"),
    "customers_url": (
        "customers.url",
        "customers url, database, database url, klanten url, klantendatabase, winkeldatabase, shop database",
    ),
}
#: Columns of which the cells are never shown.
SECRET = frozenset({"password", "smtp_password", "customers_url"})


@dataclass(frozen=True, slots=True)
class Row:
    """What one row says: the column's word -> the cell, only where something stands in it."""

    number: int  # as a spreadsheet counts: the headings are row 1
    said: Mapping[str, str]
    beyond: bool = False  # it has cells where no heading is any more: who knows what stands below which

    def get(self, word: str) -> str:
        """What this column says here, empty where it says nothing."""
        return self.said.get(word, "")

    @property
    def id(self) -> str:
        """The company's id in the form that ids have, as far as it can be one."""
        return self.get("id").lower()

    @property
    def named(self) -> str:
        """How a person finds the row again."""
        return f"row {self.number} ({self.id or self.get('name') or 'no id'})"

    @property
    def has_secret(self) -> bool:
        """Whether a password itself stands in it."""
        return not SECRET.isdisjoint(self.said)


@dataclass(frozen=True, slots=True)
class Table:
    """All rows, the headings by the word that each says, and the headings that say nothing known."""

    rows: tuple[Row, ...]
    headings: Mapping[str, str]
    unused: tuple[str, ...]

    def heading(self, word: str) -> str:
        """How the column is headed here, or how it may be headed."""
        return self.headings.get(word) or _heading_of(word)

    def told(self, problem: Problem) -> str:
        """A fault of a company's file that is not there yet, by the column that it comes from."""
        word = column_of(problem)
        return f"{self.heading(word) if word in self.headings else _setting(problem)}: {problem.what}"


def _heading_of(word: str) -> str:
    """The usual heading of a column."""
    return COLUMNS[word][1].partition(",")[0]


def table_of(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> Table:
    """The rows under these headings that hold something.

    Raises Usage when there is no column of ids, or two that say the same.
    """
    words = [_BY_HEADING.get(_plain(heading), "") for heading in headings]
    for word, count in Counter(words).items():
        if word and count > 1:
            same = " and ".join(heading for heading, one in zip(headings, words, strict=True) if one == word)
            raise Usage(f"the columns {same} both say the {_heading_of(word)}: rename or remove one")
    if "id" not in words:
        known = ", ".join(COLUMNS["id"][1].split(", ")[:3])
        raise Usage(f"no column of ids; head it {known}. Columns here: {', '.join(filter(None, headings)) or 'none'}")
    numbered = [(number, line) for number, line in enumerate(lines, 2) if any(line)]
    widths = Counter(len(line) for _, line in numbered).most_common(1)
    usual = max(len(words), *(width for width, _ in widths))
    rows = [_row(number, words, line, usual) for number, line in numbered]
    named = {word: heading for word, heading in zip(words, headings, strict=True) if word}
    unused = tuple(heading for word, heading in zip(words, headings, strict=True) if not word and heading)
    return Table(tuple(rows), named, unused)


def _row(number: int, words: Sequence[str], line: Sequence[str], usual: int) -> Row:
    """`usual`: as many cells as most rows have, for some programs end every row with empty ones."""
    said = {word: cell.strip() for word, cell in zip(words, line, strict=False) if word and cell.strip()}
    return Row(number, said, len(line) > usual or any(line[len(words) :]))


def column_of(problem: Problem) -> str:
    """The column that a setting of a company's file comes from, empty where none does."""
    key = "mail.mailbox" if _setting(problem).startswith("mail.addresses") else _setting(problem)
    return next((one for one, (setting, _) in COLUMNS.items() if f"{setting}.".startswith(f"{key}.")), "")


def _setting(problem: Problem) -> str:
    return problem.where.partition(".toml:")[2]


def _plain(heading: str) -> str:
    """A heading without case, marks and doubled spaces: "Contact_e-mail *" is "contact e mail"."""
    return " ".join(re.sub(r"[^\w]|_", " ", heading.lower()).split())


_BY_HEADING = {_plain(heading): word for word, (_, names) in COLUMNS.items() for heading in names.split(", ")}
