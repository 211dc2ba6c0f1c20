"""init and new-company: from a few questions, or a privacy policy, to a company's commented file."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from mailbot import regular
from mailbot.app import now
from mailbot.cells import decoded
from mailbot.cli.servers import with_servers
from mailbot.cli.setting import SETTING, ConfigOption, aside, configuration, console, own_configuration
from mailbot.config import load
from mailbot.errors import ConfigError, Usage
from mailbot.setup.newcompany import Answers, toml_of
from mailbot.setup.policytext import PROMISES, Proposal, first, propose

_STATE = re.compile(r"^state = .*$", re.MULTILINE)
Country = Literal["NL", "BE", "FR"]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Do not look for the mail servers on the network.")]
PolicyOption = Annotated[Path | None, typer.Option("--policy", help="The company's privacy policy as a text file.")]
IdArgument = Annotated[str, typer.Argument(help="A short id: letters, digits and hyphens.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(init)
    app.command("new-company")(new_company)


def init(
    tenant: IdArgument, policy: PolicyOption = None, offline: OfflineOption = False, config: ConfigOption = None
) -> None:
    """Ask what a new company needs; its mail servers are looked for. You confirm each proposal, and see its source.

    Example: mailbot init zonnestraal --policy beleid.txt
    """
    path = _path(tenant, config)
    said = _read(policy)
    for one in said:
        console.print(f"{one.setting}: {one.value}", markup=False, style="bold", soft_wrap=True)
        console.print(f"  “{one.sentence}”", markup=False, style="dim", soft_wrap=True)
    country = _ask("Country of the company (NL, BE or FR)", first(said, "country"), "NL").upper()
    if country not in ("NL", "BE", "FR"):
        raise Usage(f"{country} is none of NL, BE and FR")
    days = _ask("Days that the policy promises (empty: none)", first(said, "promise_days"))
    if days and not days.isdigit():
        raise Usage(f"{days} is no number of days")
    answers = Answers(
        name=_ask("Name of the company", first(said, "name")) or tenant,
        country=country,
        mailbox=_ask("Mailbox that people write to", first(said, "email")),
        contact_name=_ask("Who handles privacy matters", first(said, "contact")),
        contact_email=_ask("That person's own mail address (not the mailbox)", None),
        post_address=_ask("Postal address", first(said, "post_address")),
        website=_ask("Website", first(said, "website")),
        promise_days=int(days) if days else None,
        go_live=_day(_ask("From which day is mail handled", None, now().date().isoformat())),
        processors=tuple((one.value, one.sentence) for one in said if _holds(one)),
        promises=_promises(said),
        other_addresses=tuple(one.value for one in said if one.setting == "email"),
    )
    _write(path, with_servers(answers, offline), tenant, config)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Usage(f"{typed}: write a day as 2026-12-01") from None


def _holds(one: Proposal) -> bool:
    question = f"Does {one.value} hold data for the company?"
    return one.setting == "processor" and typer.confirm(question, default=True)


def _promises(said: list[Proposal]) -> tuple[tuple[str, str, str], ...]:
    """What the policy promises on top of the law, once the person says that the company keeps it."""
    found = tuple((one.setting, one.value, one.sentence) for one in said if one.setting in (*PROMISES, "minor_age"))
    names = ", ".join(name for name, _, _ in found)
    return (
        found
        if found and typer.confirm(f"The policy promises more (above: {names}). Is it kept?", default=True)
        else ()
    )


def new_company(
    tenant: IdArgument,
    name: Annotated[str, typer.Option("--name", help="The company's name.")],
    country: Annotated[Country, typer.Option("--country", help="NL, BE or FR.")] = "NL",
    mailbox: Annotated[str, typer.Option("--mailbox", help="The address that people write to.")] = "",
    contact: Annotated[str, typer.Option("--contact", help="Who handles privacy matters.")] = "",
    contact_email: Annotated[str, typer.Option("--contact-email", help="That person's own address.")] = "",
    config: ConfigOption = None,
) -> None:
    """Write the file of a new company without questions; `mailbot check` names what is still open."""
    answers = Answers(name, country, mailbox, contact, contact_email)
    _write(_path(tenant, config), answers, tenant, config)


def _path(tenant: str, config: Path | None) -> Path:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", tenant):
        raise Usage(f"{tenant}: an id has small letters, digits and hyphens")
    wanted = config or SETTING.config
    if wanted and not wanted.exists():
        _begin(wanted)
    path = configuration(config) / "tenants" / f"{tenant}.toml"
    if path.exists():
        raise Usage(f"{path} exists; change it there, or choose another id")
    return path


def _begin(config: Path) -> None:
    """A configuration folder of one's own: the program's settings without its companies; the state lies beside it."""
    shipped = own_configuration()
    try:
        (config / "tenants").mkdir(parents=True)
        shutil.copy(shipped / "authorities.toml", config)
        text = (shipped / "mailbot.toml").read_text("utf-8")
        (config / "mailbot.toml").write_text(_STATE.sub('state = "../mailbot-state"', text), "utf-8")
    except OSError as error:
        raise Usage(f"{config}: {error.strerror}") from error
    state = config.resolve().parent / "mailbot-state"
    aside.print(f"{config}: a new configuration folder; the state will lie in {state}", markup=False)


def _read(policy: Path | None) -> list[Proposal]:
    if policy is None:
        return []
    try:
        return propose(decoded(regular.read(policy)))
    except OSError as error:
        raise Usage(f"{policy}: {error.strerror}; save the policy as a text file") from error


def _ask(question: str, proposed: Proposal | None, default: str = "") -> str:
    answer: str = typer.prompt(
        question, default=proposed.value if proposed else default, show_default=bool(proposed or default)
    )
    return answer.strip()


def _write(path: Path, answers: Answers, tenant: str, config: Path | None) -> None:
    """Keep the file only if the whole configuration loads with it."""
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(toml_of(answers, tenant), "utf-8")
    except OSError as error:
        raise Usage(f"{path}: {error.strerror}") from error
    try:
        load(configuration(config))
    except ConfigError:
        path.unlink()
        raise
    console.print(f"{path}", markup=False, soft_wrap=True)
    _tell_next(answers, tenant, config)


def _tell_next(answers: Answers, tenant: str, config: Path | None) -> None:
    """What to do now, in the order in which it works."""
    chosen = config or SETTING.config
    where = f" --config {chosen}" if chosen else ""
    variable = tenant.upper().replace("-", "_")
    wanted = [name for name, one in (("IMAP", answers.imap), ("SMTP", answers.smtp)) if one and one.auth == "password"]
    steps = [f"put the password into the environment: export {variable}_{name}=..." for name in wanted]
    if any(one and one.auth != "password" for one in (answers.imap, answers.smtp)):
        steps.append(f"give consent: mailbot login --tenant {tenant}{where}")
    steps += [f"what is still open: mailbot check --tenant {tenant}{where}"]
    steps += [f"whether the servers let it in: mailbot check --live --send --tenant {tenant}{where}"]
    steps += [f"look on for a while, nothing leaves: mailbot run --tenant {tenant}{where}"]
    for number, step in enumerate(steps, 1):
        aside.print(f"{number}. {step}", markup=False)
