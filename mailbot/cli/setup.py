"""init and new-company: from a few questions, or a privacy policy, to a company's commented file."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from mailbot.app import now
from mailbot.cli.customers import CUSTOMERS_HELP, customers_asked, customers_given, steps_to_secrets, with_customers
from mailbot.cli.options import ConfigOption
from mailbot.cli.questions import ask
from mailbot.cli.servers import with_servers
from mailbot.cli.setting import aside, configuration, console, own_configuration, print_steps
from mailbot.config.fields import email_address
from mailbot.dates import YEARS
from mailbot.errors import Usage
from mailbot.model import Country
from mailbot.setup.company_files import CompanyFiles
from mailbot.setup.company_toml import AUTHORITIES, Answers
from mailbot.setup.policy_contradictions import Contradiction, contradictions
from mailbot.setup.policy_file import policy_text
from mailbot.setup.policy_retention import retention
from mailbot.setup.policy_text import Proposal, promised, propose
from mailbot.setup.public_records import Records
from mailbot.setup.table import Row, Table
from mailbot.setup.table_answers import ID, LONGEST, usable

_STATE = re.compile(r"^state = .*$", re.MULTILINE)
OfflineOption = Annotated[bool, typer.Option("--offline", help="Do not look for the mail servers on the network.")]
PolicyOption = Annotated[Path | None, typer.Option("--policy", help="The company's privacy policy as a text file.")]
CustomersOption = Annotated[str, typer.Option("--customers", help=CUSTOMERS_HELP)]
IdArgument = Annotated[str, typer.Argument(help="A short id: letters, digits and hyphens.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(init)
    app.command("new-company")(new_company)


def init(
    tenant: IdArgument,
    policy: PolicyOption = None,
    customers: CustomersOption = "",
    offline: OfflineOption = False,
    config: ConfigOption = None,
) -> None:
    """Ask what a new company needs; its mail servers are looked for. You confirm each proposal, and see its source.

    Example: mailbot init zonnestraal --policy beleid.txt
    """
    _refuse_taken(tenant, config)
    text = policy_text(policy) if policy else ""
    said, collides = propose(text), tuple(contradictions(text))
    named = customers_given(customers)
    for setting, value, sentence in _told(said, collides):
        console.print(f"{setting}: {value}", style="bold")
        if sentence:
            console.print(f"  “{sentence}”", style="dim")

    def proposed(setting: str) -> str:
        return one.value if (one := usable(said, setting)) else ""

    answers = Answers(
        country=ask("Country of the company (NL, BE or FR)", _country, proposed("country") or "NL"),
        promise_days=ask("Days that the policy promises (empty: none)", _days, proposed("promise_days")),
        name=ask("Name of the company", str, proposed("name")) or tenant,
        mailbox=ask("Mailbox that people write to", email_address, proposed("email")),
        contact_name=ask("Who handles privacy matters", str, proposed("contact")),
        contact_email=ask("That person's own mail address (not the mailbox)", email_address),
        post_address=ask("Postal address", str, proposed("post_address")),
        website=ask("Website", str, proposed("website")),
        go_live=ask("From which day is mail handled", _day, now().date().isoformat()),
        processors=tuple((one.value, one.sentence) for one in said if _holds(one)),
        promises=_promises(said),
        contradictions=collides,
        retention=tuple(retention(text)),
        other_addresses=tuple(one.value for one in said if one.setting == "email"),
    )
    answers = with_servers(answers, offline)
    place = founding(config, Path())
    answers = with_customers(answers, named if customers else customers_asked(), place.seen)
    begin(config)
    console.print(f"{place.write_one(tenant, answers)}")
    _tell_next(answers, tenant, config)


def _told(said: Iterable[Proposal], collides: Iterable[Contradiction]) -> Iterator[tuple[str, str, str]]:
    """Setting, value and sentence of everything that the policy says."""
    yield from ((one.setting, one.value, one.sentence) for one in said)
    yield from (("contradiction", f"{one.text} Het programma {one.behaviour}", one.sentence) for one in collides)


def _country(typed: str) -> str:
    if (country := typed.upper()) not in AUTHORITIES:
        raise ValueError("type NL, BE or FR")
    return country


def _days(typed: str) -> int | None:
    if typed not in ("", *map(str, range(1, LONGEST + 1))):
        raise ValueError(f"type a number of days from 1 to {LONGEST}, or nothing: the law's month holds")
    return int(typed) if typed else None


def _day(typed: str) -> date:
    try:
        if (day := date.fromisoformat(typed)).year in YEARS:
            return day
    except ValueError:
        pass
    raise ValueError("type a day as 2026-12-01")


def _holds(one: Proposal) -> bool:
    question = f"Does {one.value} hold data for the company?"
    return one.setting == "processor" and typer.confirm(question, default=True)


def _promises(said: list[Proposal]) -> tuple[tuple[str, str, str], ...]:
    """What the policy promises on top of the law, once the person says that the company keeps it."""
    found = tuple((one.setting, one.value, one.sentence) for one in promised(said))
    names = ", ".join(name for name, _, _ in found)
    return (
        found
        if found and typer.confirm(f"The policy promises more (above: {names}). Is it kept?", default=True)
        else ()
    )


def new_company(
    tenant: IdArgument,
    name: Annotated[str, typer.Option("--name", help="The company's name.")] = "",
    country: Annotated[Country, typer.Option("--country", help="NL, BE or FR.")] = "NL",
    mailbox: Annotated[str, typer.Option("--mailbox", help="The address that people write to.")] = "",
    contact: Annotated[str, typer.Option("--contact", help="Who handles privacy matters.")] = "",
    contact_email: Annotated[str, typer.Option("--contact-email", help="That person's own address.")] = "",
    policy: PolicyOption = None,
    imap: Annotated[str, typer.Option("--imap", help="IMAP server, or server:port.")] = "",
    smtp: Annotated[str, typer.Option("--smtp", help="SMTP server, or server:port.")] = "",
    provider: Annotated[str, typer.Option("--provider", help="Microsoft 365 or Gmail, instead of servers.")] = "",
    user: Annotated[str, typer.Option("--user", help="Login name at the servers (default: the mailbox).")] = "",
    customers: CustomersOption = "",
    go_live: Annotated[str, typer.Option("--go-live", help="From which day mail is handled, as 2026-12-01.")] = "",
    config: ConfigOption = None,
) -> None:
    """Write the file of a new company without questions. What its policy says is marked as yet to be confirmed.

    `mailbot check` names what is still open. Many companies at once: mailbot new-companies TABLE
    """
    _refuse_taken(tenant, config)
    typed = {"id": tenant, "name": name, "country": country, "mailbox": mailbox, "contact": contact}
    typed |= {"contact_email": contact_email, "imap": imap, "smtp": smtp, "provider": provider, "user": user}
    typed |= {"policy": str(policy or ""), "customers": customers, "go_live": go_live}
    row = Row(1, {word: value.strip() for word, value in typed.items() if value.strip()})
    place = founding(config, Path())
    [drafted] = place.draft(Table((row,), {word: _OPTION.get(word, f"--{word}") for word in typed}, ()))
    if drafted.state == "new":
        begin(config)
    [done] = place.write([drafted])
    if done.answers is None:
        raise Usage("\n".join(f"{tenant}: {fault}" for fault in done.faults))
    for note in done.notes:
        aside.print(note)
    console.print(f"{place.config / 'tenants' / tenant}.toml")
    _tell_next(done.answers, tenant, config)


_OPTION = {"id": "ID", "contact_email": "--contact-email", "go_live": "--go-live"}


def founding(config: Path | None, beside: Path, records: Records | None = None) -> CompanyFiles:
    """Where new companies come to stand: also a folder that is named and not there, which `begin` makes."""
    if config and not config.exists():
        return CompanyFiles(config, own_configuration(), beside, records)
    folder = configuration(config)
    return CompanyFiles(folder, folder, beside, records)


def _refuse_taken(tenant: str, config: Path | None) -> None:
    """Raises Usage for an id that cannot be, or is there."""
    if not ID.fullmatch(tenant):
        raise Usage(f"{tenant}: an id has small letters, digits and hyphens")
    path = founding(config, Path()).config / "tenants" / f"{tenant}.toml"
    if path.exists():
        raise Usage(f"{path} exists; change it there, or choose another id")


def begin(config: Path | None) -> None:
    """Make a configuration folder that is named and not there: the program's settings without its companies; the state
    lies beside it. Called once there is something to write, so that whoever breaks off before leaves nothing."""
    if config is None or config.exists():
        return
    shipped = own_configuration()
    try:
        (config / "tenants").mkdir(parents=True)
        shutil.copy(shipped / "authorities.toml", config)
        text = (shipped / "mailbot.toml").read_text("utf-8")
        (config / "mailbot.toml").write_text(_STATE.sub('state = "../mailbot-state"', text), "utf-8")
    except OSError as error:
        raise Usage(f"{config}: {error.strerror}") from error
    state = config.resolve().parent / "mailbot-state"
    aside.print(f"{config}: a new configuration folder; the state will lie in {state}")


def _tell_next(answers: Answers, tenant: str, config: Path | None) -> None:
    """What to do now, in the order in which it works."""
    where = f" --config {config}" if config else ""
    steps = steps_to_secrets(answers, tenant)
    if any(one and one.auth != "password" for one in (answers.imap, answers.smtp)):
        steps.append(f"give consent: mailbot login --tenant {tenant}{where}")
    steps += [f"what is still open: mailbot check --tenant {tenant}{where}"]
    steps += [f"whether the servers let it in: mailbot check --live --send --tenant {tenant}{where}"]
    steps += [f"look on for a while, nothing leaves: mailbot run --tenant {tenant}{where}"]
    print_steps(steps)
