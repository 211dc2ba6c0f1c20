"""The file of a new company, with a comment for the person who fills in the rest.

The rule kept here: it begins by observing, and what nobody said stays open for `mailbot check` to name.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

from mailbot.setup.autoconfig import Server

ZONES = {"NL": "Europe/Amsterdam", "BE": "Europe/Brussels", "FR": "Europe/Paris"}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
AUTHORITIES = {"NL": "AP", "BE": "GBA", "FR": "CNIL"}

_CUSTOMERS = (
    "# Wie klant is, zodat iemand meteen wordt herkend; zonder wacht elk verzoek op een mens.",
    "# [customers]",
    '# type = "csv"',
    '# path = "../../klanten.csv"      # een export van uw webwinkel, zoals hij is',
    "",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a password is: one of the three. The file is seen from the company's own file."""

    env: str = ""
    file: str = ""
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person confirmed about the company. Empty where he did not know."""

    name: str
    country: str = "NL"
    mailbox: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    deputy_name: str = ""
    deputy_email: str = ""
    post_address: str = ""
    website: str = ""
    promise_days: int | None = None
    go_live: date | None = None
    mode: str = "observe"
    imap: Server | None = None
    smtp: Server | None = None
    imap_password: Place | None = None  # None: an environment variable by the company's name
    smtp_password: Place | None = None
    provider: str = ""  # whose consent gives access: "microsoft", "google"
    client_id: str = ""  # of the company's app registration there
    processors: tuple[tuple[str, str], ...] = ()  # name, and the sentence of the policy that names it
    promises: tuple[tuple[str, str, str], ...] = ()  # setting, value, and the sentence of the policy that says so
    other_addresses: tuple[str, ...] = ()  # what else the policy names as its own
    customers: str = ""  # the export of the customers, seen from the company's own file
    to_confirm: tuple[tuple[str, str], ...] = ()  # a setting that nobody confirmed, and where it comes from


def toml_of(company: Answers, tenant: str) -> str:
    """The whole file as text."""
    variable = tenant.upper().replace("-", "_")
    days = f"promise_days = {company.promise_days}" if company.promise_days else "# promise_days = 30"
    live = f"go_live = {company.go_live.isoformat()}" if company.go_live else "# go_live = 2026-12-01"
    lines = [
        f"# {_line(company.name)}. `mailbot check` noemt wat u nog moet invullen voordat dit bedrijf kan draaien.",
        "",
        f"name = {_text(company.name)}",
        f"country = {_text(company.country)}                  # bepaalt feestdagen, rechtsgang en toezichthouder",
        f"zone = {_text(ZONES[company.country])}",
        f"authority = {_text(AUTHORITIES[company.country])}                # zie authorities.toml",
        _said("website", company.website),
        _said("post_address", company.post_address),
        "",
        "# observe = alleen meekijken, hold = iemand geeft elke brief vrij, automatic = deze gaan vanzelf",
        f"mode = {_text(company.mode)}",
        'automatic = ["acknowledgement", "neutral"]',
        f"{live}           # vanaf welke dag mail wordt behandeld (zonder aanhalingstekens)",
        f"{days}               # wat het beleid zelf belooft; zonder belofte geldt de wet",
        "# register_after_days = 90      # na zoveel dagen gaat een gesloten dossier naar het register van zijn jaar",
        *_promised(company),
        *_to_confirm(company),
        "",
        "# Nodig voor een inzageverzoek (artikel 15): mailbot copy vraagt ernaar.",
        '# purposes = ["bestellingen afhandelen"]',
        '# retention = ["bestellingen: zeven jaar na de bestelling"]',
        '# origins = ["van uzelf, bij een bestelling"]',
        '# automated_decisions = "Wij nemen geen besluiten zonder mensen."',
        "",
        *_people(company),
        "[mail]",
        _said("mailbox", company.mailbox),
        f"addresses = [{', '.join(map(_text, _own(company)))}]",
        "authserv_ids = []               # wiens Authentication-Results worden geloofd",
        "",
        *_server("imap", company.imap, company.mailbox, company.imap_password or Place(env=f"{variable}_IMAP")),
        *_server("smtp", company.smtp, company.mailbox, company.smtp_password or Place(env=f"{variable}_SMTP")),
        *_consent(company),
    ]
    lines += [*_customers(company.customers), *_processors(company)]
    return "\n".join(lines).rstrip() + "\n"


def _people(company: Answers) -> list[str]:
    return [
        "[contact]                       # waarschuwingen gaan naar het eigen adres van deze persoon",
        _said("name", company.contact_name),
        _said("email", company.contact_email),
        *([_said("phone", company.contact_phone)] if company.contact_phone else []),
        "",
        "[deputy]                        # wie het ook hoort als een termijn bijna om is (niet verplicht)",
        _said("name", company.deputy_name),
        _said("email", company.deputy_email),
        "",
    ]


def _processors(company: Answers) -> list[str]:
    lines = []
    for name, sentence in company.processors:
        lines += ["[[processors]]", f"# {_line(sentence)}", f"name = {_text(name)}"]
        lines += ['category = "nog in te vullen"', 'status = "te bevestigen"', ""]
    return lines


def _promised(company: Answers) -> list[str]:
    """What the policy promises beyond the law, each under its sentence."""
    return [line for name, value, said in company.promises for line in (f"# {_line(said)}", f"{name} = {value}")]


def _to_confirm(company: Answers) -> list[str]:
    """What a person has yet to look at, a line each, so that a line can be taken out."""
    if not company.to_confirm:
        return []
    return [
        "",
        "# Door het programma gevonden, door niemand bevestigd: `mailbot confirm-settings` bevestigt wat klopt. Zolang",
        '# er een regel staat, blijft het bij meekijken (mode = "observe").',
        "to_confirm = [",
        *(f"  {_text(name)},  # {_line(source)}" for name, source in company.to_confirm),
        "]",
    ]


def _customers(path: str) -> list[str]:
    if not path:
        return list(_CUSTOMERS)
    return ["[customers]", 'type = "csv"', f"path = {_text(path)}", ""]


def _own(company: Answers) -> list[str]:
    """Every address of the company itself that is known: the mailbox, and others of its domain."""
    domain = company.mailbox.rpartition("@")[2]
    others = (one for one in company.other_addresses if one.rpartition("@")[2] == domain)
    return list(dict.fromkeys((company.mailbox, *others))) if company.mailbox else []


def _said(key: str, value: str) -> str:
    return f"{key} = {_text(value)}" if value else f'# {key} = "..."'


def _server(table: str, known: Server | None, mailbox: str, password: Place) -> list[str]:
    """A table that is complete, or one that waits behind comment marks."""
    server = known or Server(f"{table}.example.nl", security="tls" if table == "imap" else "starttls")
    lines = [f"[{table}]", f"host = {_text(server.host)}"]
    lines += [f"port = {server.port}"] if server.port else []
    lines += [f"security = {_text(server.security)}", f"username = {_text(server.username or mailbox or '...')}"]
    if server.auth == "password":
        lines += [f"password = {{ {_place(password)} }}   # een wachtwoord staat nooit in dit bestand"]
    else:
        lines += [f"auth = {_text(server.auth)}              # toestemming in plaats van een wachtwoord: mailbot login"]
    return [*(lines if known else [f"# {line}" for line in lines]), ""]


def _place(password: Place) -> str:
    if password.command:
        return f"command = [{', '.join(map(_text, password.command))}]"
    return f"file = {_text(password.file)}" if password.file else f"env = {_text(password.env)}"


def _consent(company: Answers) -> list[str]:
    """The table for access by consent, where a server wants it; behind comment marks until the client id is known."""
    if not any(one and one.auth != "password" for one in (company.imap, company.smtp)):
        return []
    lines = [
        "[oauth]                         # hoe dit programma bij de aanbieder bekend is; zie README",
        f"provider = {_text(company.provider or 'other')}",
        f"client_id = {_text(company.client_id or '...')}",
    ]
    return [*(lines if company.client_id else [f"# {line}" for line in lines]), ""]


def _text(value: str) -> str:
    """A TOML string; JSON's escapes are valid ones."""
    return json.dumps(_line(value), ensure_ascii=False)


def _line(value: str) -> str:
    """What a person typed, on one line, without what a TOML file may not hold."""
    return " ".join(_CONTROLS.sub(" ", value).split())
