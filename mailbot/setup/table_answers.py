"""From a row of the table, and what the company's policy says, to the answers that its file is made of.

The rules kept here: what a person typed in the row is confirmed by it. What the policy says fills in the rest and is
marked as yet to be confirmed, with its sentence; so is a server that the network told of. Where row and policy
contradict each other the row holds, and it is said.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from textwrap import shorten

from mailbot.setup.autoconfig import Found, Server, by_name, security_at, server_of
from mailbot.setup.company_toml import AUTHORITIES, Answers
from mailbot.setup.customers_toml import shop_of, url_of
from mailbot.setup.policy_text import Proposal, first, promised
from mailbot.setup.table import COLUMNS, Row
from mailbot.setup.toml_words import Place

#: So many days a policy can promise: the month of the law is not made longer by it (A-23).
LONGEST = 30
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
_VARIABLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)
#: What a policy says -> the column that says the same.
_SAYS = {
    "name": "name",
    "country": "country",
    "email": "mailbox",
    "contact": "contact",
    "post_address": "post_address",
    "website": "website",
    "promise_days": "promise_days",
}
#: Where a policy that says otherwise is worth a look. Names, addresses and sites are written in many ways.
_WEIGHTY = ("country", "contact", "promise_days")
_SECURITY = ("tls", "starttls", "plain")
_MODES = ("observe", "hold", "automatic")
_COUNTRIES = {
    "nederland": "NL",
    "netherlands": "NL",
    "the netherlands": "NL",
    "belgië": "BE",
    "belgie": "BE",
    "belgium": "BE",
    "frankrijk": "FR",
    "france": "FR",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be used: the column, and what to type there."""

    column: str
    cure: str


def faults_of(row: Row) -> Iterator[Fault]:
    """What stands in the row and cannot be used, whatever the policy says."""
    if not ID.fullmatch(row.id):
        yield Fault("id", "type a short id: small letters, digits and hyphens, such as zonnestraal")
    if row.get("promise_days") and not re.fullmatch(r"[1-9]|[12]\d|30", row.get("promise_days")):
        yield Fault("promise_days", "type a number of days from 1 to 30, or leave it empty: the law's month holds")
    if row.get("go_live") and _day(row.get("go_live")) is None:
        yield Fault("go_live", "type a day as 2026-12-01")
    if row.get("mode") and row.get("mode").lower() not in _MODES:
        yield Fault("mode", "type observe, hold or automatic, or leave it empty: a new company observes")
    if row.get("country") and _country(row.get("country")) not in AUTHORITIES:
        yield Fault("country", "type NL, BE or FR")
    for word in ("imap_security", "smtp_security"):
        if row.get(word) and row.get(word).lower() not in _SECURITY:
            yield Fault(word, "type tls or starttls, or leave it empty")
    for word in ("imap", "smtp"):
        try:
            server_of(row.get(word), "tls")
        except ValueError:
            yield Fault(word, "type the server, or server:port, such as imap.example.nl:993")
    if len([word for word in row.said if word == "password" or word.startswith("password_")]) > 1:
        yield Fault("password", "say in one way where the password is, and leave the other columns empty")
    try:
        shlex.split(row.get("password_command"))
    except ValueError:
        yield Fault("password_command", "close the quotes")
    if row.get("password_env") and not _VARIABLE.fullmatch(row.get("password_env")):
        yield Fault("password_env", "type the name of a variable: letters, digits and _, such as ZONNESTRAAL_IMAP")
    yield from _customer_faults(row)


def names_export(row: Row) -> bool:
    """Whether the row's customers are in a file."""
    try:
        return bool(row.get("customers")) and shop_of(row.get("customers")) is None
    except ValueError:
        return False


def _customer_faults(row: Row) -> Iterator[Fault]:
    try:
        shop = shop_of(row.get("customers"))
    except ValueError as error:
        yield Fault("customers", str(error))
        return
    if row.get("customers_url"):
        if shop is None:
            yield Fault("customers", "type sql:woocommerce, or sql:select ..., where the row names a database")
        try:
            url_of(row.get("customers_url"))
        except ValueError as error:
            yield Fault("customers_url", str(error))


def answers_of(row: Row, said: Sequence[Proposal]) -> Answers:
    """What the row says, and for what it leaves open what the policy says, marked as such. The row has no fault."""
    taken = {word: one for name, word in _SAYS.items() if not row.get(word) and (one := usable(said, name))}

    def get(word: str) -> str:
        return row.get(word) or (taken[word].value if word in taken else "")

    promises = tuple((one.setting, one.value, one.sentence) for one in promised(said))
    found = [(COLUMNS[word][0], one.sentence) for word, one in taken.items()]
    found += [(name, sentence) for name, _, sentence in promises]
    days = get("promise_days")
    answers = Answers(
        name=get("name"),
        country=_country(get("country")),
        mailbox=get("mailbox"),
        contact_name=get("contact"),
        contact_email=row.get("contact_email"),
        contact_phone=row.get("contact_phone"),
        deputy_name=row.get("deputy"),
        deputy_email=row.get("deputy_email"),
        post_address=get("post_address"),
        website=get("website"),
        promise_days=int(days) if days else None,
        mode=row.get("mode").lower() or "observe",
        go_live=_day(row.get("go_live")),
        client_id=row.get("client_id"),
        imap_password=_place(row),
        smtp_password=_place(row),
        processors=tuple((one.value, one.sentence) for one in said if one.setting == "processor"),
        promises=promises,
        other_addresses=tuple(one.value for one in said if one.setting == "email"),
        shop=shop_of(row.get("customers")),
        to_confirm=tuple(dict(found).items()),
    )
    return _with_typed_servers(answers, row)


def usable(said: Sequence[Proposal], name: str) -> Proposal | None:
    """The first proposal for a setting. More days than the law's month are no promise that a term can follow."""
    one = first(list(said), name)
    return None if one and name == "promise_days" and not 1 <= int(one.value) <= LONGEST else one


def lacks(answers: Answers) -> Iterator[Fault]:
    """Without these no file can be written: neither the row nor the policy says them."""
    if not answers.name:
        yield Fault("name", "type the company's name")
    if answers.country not in AUTHORITIES:
        yield Fault("country", "type NL, BE or FR: no policy says it")


def contradictions(row: Row, said: Sequence[Proposal]) -> Iterator[str]:
    """Where the row says one thing and the policy another."""
    for name in _WEIGHTY:
        one = first(list(said), name)
        typed = row.get(_SAYS[name])
        typed = _country(typed) if name == "country" else typed
        if one and typed and typed.lower() != one.value.lower():
            sentence = shorten(one.sentence, 60, placeholder=" ...")
            yield f"{_SAYS[name]}: the policy says {one.value} (“{sentence}”), the table {typed}"


def with_found(answers: Answers, found: Found) -> Answers:
    """The same company with the servers that the network told of, where the row named none: to be confirmed."""
    user = next((one.username for one in (answers.imap, answers.smtp) if one and one.username), "")
    taken: dict[str, Server] = {}
    for name in ("imap", "smtp"):
        server: Server | None = getattr(found, name)
        if getattr(answers, name) is None and server:
            taken[name] = replace(server, username=user or server.username)
    source = f"{found.source}{f'; {found.remark}' if found.remark else ''}"
    told = (*answers.to_confirm, *((name, source) for name in taken))
    provider = answers.provider or found.provider
    return replace(answers, **taken, provider=provider, to_confirm=told)  # type: ignore[arg-type]


def _with_typed_servers(answers: Answers, row: Row) -> Answers:
    """The servers of the provider that the row names; those that it names itself win."""
    known = by_name(row.get("provider"), row.get("user") or answers.mailbox)
    user = row.get("user")
    said = row.get("imap_security").lower()
    imap_security = said or security_at(row.get("imap")) or "tls"
    at_port = "" if said == "plain" else security_at(row.get("smtp"))
    smtp_security = row.get("smtp_security").lower() or at_port or said or "starttls"
    imap = server_of(row.get("imap"), imap_security, user)
    smtp = server_of(row.get("smtp"), smtp_security, row.get("smtp_user") or user)
    return replace(
        answers,
        imap=imap or (known.imap if known else None),
        smtp=smtp or (known.smtp if known else None),
        provider=known.provider if known else "",
    )


def _place(row: Row) -> Place | None:
    """Where the row says that the password is; a password itself is laid in a file by whoever writes."""
    if row.get("password_command"):
        return Place(command=tuple(shlex.split(row.get("password_command"))))
    if row.get("password_file"):
        return Place(file=row.get("password_file"))
    return Place(env=row.get("password_env")) if row.get("password_env") else None


def _country(typed: str) -> str:
    return _COUNTRIES.get(typed.lower(), typed.upper())


def _day(typed: str) -> date | None:
    """A day as 2026-12-01, or as Dutch spreadsheets write it: 1-12-2026."""
    dutch = re.fullmatch(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})", typed)
    try:
        return date(int(dutch[3]), int(dutch[2]), int(dutch[1])) if dutch else date.fromisoformat(typed)
    except ValueError:
        return None
