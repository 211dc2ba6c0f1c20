"""The file of a new company, with a comment for the person who fills in the rest.

The rule kept here: it begins by observing, and what nobody said stays open for `mailbot check` to name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mailbot.setup.autoconfig import Server
from mailbot.setup.customers_toml import Shop, customers_toml
from mailbot.setup.policy_contradictions import Contradiction
from mailbot.setup.toml_words import Place, one_line, place, quoted, variable

ZONES = {"NL": "Europe/Amsterdam", "BE": "Europe/Brussels", "FR": "Europe/Paris"}
AUTHORITIES = {"NL": "AP", "BE": "GBA", "FR": "CNIL"}


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
    contradictions: tuple[Contradiction, ...] = ()  # where the policy collides with the law or itself
    retention: tuple[str, ...] = ()  # how long the policy says that data are kept
    other_addresses: tuple[str, ...] = ()  # what else the policy names as its own
    customers: str = ""  # the export of the customers, seen from the company's own file
    shop: Shop | None = None  # or the database that they are in
    to_confirm: tuple[tuple[str, str], ...] = ()  # a setting that nobody confirmed, and where it comes from


def toml_of(company: Answers, tenant: str) -> str:
    """The whole file as text."""
    days = f"promise_days = {company.promise_days}" if company.promise_days else "# promise_days = 30"
    live = f"go_live = {company.go_live.isoformat()}" if company.go_live else "# go_live = 2026-12-01"
    lines = [
        f"# {one_line(company.name)}. `mailbot check` noemt wat u nog moet invullen voordat dit bedrijf kan draaien.",
        "",
        f"name = {quoted(company.name)}",
        f"country = {quoted(company.country)}                  # bepaalt feestdagen, rechtsgang en toezichthouder",
        f"zone = {quoted(ZONES[company.country])}",
        f"authority = {quoted(AUTHORITIES[company.country])}                # zie authorities.toml",
        _said("website", company.website),
        _said("post_address", company.post_address),
        "",
        "# observe = alleen meekijken, hold = iemand geeft elke brief vrij, automatic = deze gaan vanzelf",
        f"mode = {quoted(company.mode)}",
        'automatic = ["acknowledgement", "neutral"]',
        f"{live}           # vanaf welke dag mail wordt behandeld (zonder aanhalingstekens)",
        f"{days}               # wat het beleid zelf belooft; zonder belofte geldt de wet",
        "# register_after_days = 90      # na zoveel dagen gaat een gesloten dossier naar het register van zijn jaar",
        *_promised(company),
        *_to_confirm(company),
        "",
        "# Nodig voor een inzageverzoek (artikel 15): mailbot copy vraagt ernaar.",
        '# purposes = ["bestellingen afhandelen"]',
        *_retention(company),
        '# origins = ["van uzelf, bij een bestelling"]',
        '# automated_decisions = "Wij nemen geen besluiten zonder mensen."',
        "",
        *_people(company),
        "[mail]",
        _said("mailbox", company.mailbox),
        f"addresses = [{', '.join(map(quoted, _own(company)))}]",
        "authserv_ids = []               # wiens Authentication-Results worden geloofd",
        "",
        *_server("imap", company.imap, company.mailbox, company.imap_password or Place(env=variable(tenant, "IMAP"))),
        *_server("smtp", company.smtp, company.mailbox, company.smtp_password or Place(env=variable(tenant, "SMTP"))),
        *_consent(company),
    ]
    lines += customers_toml(company.customers, company.shop, variable(tenant, "KLANTEN"))
    lines += [*_processors(company), *_contradictions(company)]
    return "\n".join(lines).rstrip() + "\n"


def variables(answers: Answers, tenant: str) -> list[str]:
    """The environment variables that have yet to hold the company's secrets."""
    servers = (("IMAP", answers.imap, answers.imap_password), ("SMTP", answers.smtp, answers.smtp_password))
    places = [
        place or Place(env=variable(tenant, use)) for use, one, place in servers if one and one.auth == "password"
    ]
    if answers.shop and not answers.shop.later:
        places.append(answers.shop.url or Place(env=variable(tenant, "KLANTEN")))
    return list(dict.fromkeys(place.env for place in places if place.env))


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
        lines += ["[[processors]]", f"# {one_line(sentence)}", f"name = {quoted(name)}"]
        lines += ['category = "nog in te vullen"', 'status = "te bevestigen"', ""]
    return lines


def _retention(company: Answers) -> list[str]:
    """Behind comment marks: how long what is kept, as the policy says it, for a person to take over."""
    if not company.retention:
        return ['# retention = ["bestellingen: zeven jaar na de bestelling"]']
    lines = (f"#   {quoted(one)}," for one in company.retention)
    return [
        "# retention = [                 # zo staat het in het beleid; klopt het, haal dan de hekjes weg",
        *lines,
        "# ]",
    ]


def _contradictions(company: Answers) -> list[str]:
    """What the policy says that the program does not do, each under its sentence, until a person solved it."""
    lines = []
    for one in company.contradictions:
        lines += ["[[contradictions]]               # elke week gemeld, tot hier solved_on = 2026-12-31 staat"]
        lines += [f"# {one_line(one.sentence)}"] if one.sentence else []
        lines += [f"id = {quoted(one.rule)}", f"text = {quoted(one.text)}", f"behaviour = {quoted(one.behaviour)}", ""]
    return lines


def _promised(company: Answers) -> list[str]:
    """What the policy promises beyond the law, each under its sentence."""
    return [line for name, value, said in company.promises for line in (f"# {one_line(said)}", f"{name} = {value}")]


def _to_confirm(company: Answers) -> list[str]:
    """What a person has yet to look at, a line each, so that a line can be taken out."""
    if not company.to_confirm:
        return []
    return [
        "",
        "# Door het programma gevonden, door niemand bevestigd: `mailbot confirm-settings` bevestigt wat klopt. Zolang",
        '# er een regel staat, blijft het bij meekijken (mode = "observe").',
        "to_confirm = [",
        *(f"  {quoted(name)},  # {one_line(source)}" for name, source in company.to_confirm),
        "]",
    ]


def _own(company: Answers) -> list[str]:
    """Every address of the company itself that is known: the mailbox, and others of its domain."""
    domain = company.mailbox.rpartition("@")[2]
    others = (one for one in company.other_addresses if one.rpartition("@")[2] == domain)
    return list(dict.fromkeys((company.mailbox, *others))) if company.mailbox else []


def _said(key: str, value: str) -> str:
    return f"{key} = {quoted(value)}" if value else f'# {key} = "..."'


def _server(table: str, known: Server | None, mailbox: str, password: Place) -> list[str]:
    """A table that is complete, or one that waits behind comment marks."""
    server = known or Server(f"{table}.example.nl", security="tls" if table == "imap" else "starttls")
    lines = [f"[{table}]", f"host = {quoted(server.host)}"]
    lines += [f"port = {server.port}"] if server.port else []
    lines += [f"security = {quoted(server.security)}", f"username = {quoted(server.username or mailbox or '...')}"]
    if server.auth == "password":
        lines += [f"password = {{ {place(password)} }}   # een wachtwoord staat nooit in dit bestand"]
    else:
        lines += [
            f"auth = {quoted(server.auth)}              # toestemming in plaats van een wachtwoord: mailbot login"
        ]
    return [*(lines if known else [f"# {line}" for line in lines]), ""]


def _consent(company: Answers) -> list[str]:
    """The table for access by consent, where a server wants it; behind comment marks until the client id is known."""
    if not any(one and one.auth != "password" for one in (company.imap, company.smtp)):
        return []
    lines = [
        "[oauth]                         # hoe dit programma bij de aanbieder bekend is; zie README",
        f"provider = {quoted(company.provider or 'other')}",
        f"client_id = {quoted(company.client_id or '...')}",
    ]
    return [*(lines if company.client_id else [f"# {line}" for line in lines]), ""]
