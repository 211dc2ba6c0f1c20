"""remove-company: what is kept of a company that has left goes, once a person typed its name."""

from __future__ import annotations

from contextlib import closing, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from mailbot.app import now
from mailbot.cli.options import REHEARSABLE, SETTING, ActorOption, ConfigOption, DryRunOption, JsonOption
from mailbot.cli.setting import actor, aside, console, kept, print_json
from mailbot.config import Installation
from mailbot.deadlines import ZONES
from mailbot.errors import Refused, Usage
from mailbot.memory.opening import database_at
from mailbot.safekeeping import removal
from mailbot.safekeeping.removal import Remains

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from mailbot.store.postgres import Database

#: The clock by which is told when something of a company went whose file, and with it its zone, is not here any more.
_OF_WHO_LEFT = ZoneInfo(ZONES["NL"])


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("remove-company")(remove_company)
    REHEARSABLE.add("remove-company")


def remove_company(
    company: Annotated[str, typer.Argument(help="The id of the company that has left: the name its file had.")] = "",
    confirm: Annotated[str, typer.Option("--confirm", help="Its id once more, instead of the question.")] = "",
    removed: Annotated[bool, typer.Option("--list", help="What was removed before, when and by whom.")] = False,
    by: ActorOption = "",
    dry_run: DryRunOption = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove all that is kept of a company that has left: memory, registers, backups, tokens. It cannot be undone.

    Hand it over first (mailbot hand-over), then take its file away. You are asked to type its id. What went, when and
    by whom stays on record. Example: mailbot remove-company zonnestraal --dry-run
    """
    settings = kept(config, may_be_empty=True)
    if removed:
        _tell_record(removal.recorded(settings.state), settings, as_json)
        return
    with _database(settings) as database:
        found = removal.remains(settings, database, company, now())
        if not as_json:
            _tell(found)
        if dry_run or SETTING.dry_run:
            if as_json:
                print_json(_as_json(found))
            aside.print("nothing was removed; leave --dry-run out to remove it")
            return
        who = actor(by)
        _hold_to_name(company, confirm)
        done = removal.remove(settings, database, found, who, now())
    if as_json:
        print_json(done)
    else:
        console.print(f"{company}: removed by {who}, all of it; it stands in {settings.state / removal.RECORD}")
    aside.print("copies elsewhere (backups of the machine, of the database, archives) go by your own hand")


def _database(settings: Installation) -> AbstractContextManager[Database | None]:
    """The database in use, or the one that is known."""
    address = settings.database or settings.other_database
    return closing(database_at(address, settings.lease_seconds)) if address else nullcontext(None)


def _hold_to_name(company: str, confirm: str) -> None:
    """Raises Refused unless the company's id was typed once more."""
    typed = confirm or typer.prompt(f"Type {company} to remove all of this for ever", default="", show_default=False)
    if typed.strip() != company:
        raise Refused("that is another name; nothing was removed")


def _tell(found: Remains) -> None:
    """What goes, and what should have been done before."""
    parts = [f"{found.cases} cases, {found.open} open"] if not found.unread else ["a memory that cannot be read"]
    parts += [f"{found.documents} documents in the database"] if found.documents else []
    parts += [f"{found.files} files ({found.bytes // 1024} kB)"]
    console.print(f"{found.company}: {'; '.join(parts)}")
    if found.head:
        console.print(f"its chain ends at {found.head}")
    hint = f"put tenants/{found.company}.toml back and type `mailbot hand-over --tenant {found.company}`"
    if found.open:
        aside.print(f"the days of {found.open} cases run on for whoever has it now: was it handed over? If not: {hint}")
    else:
        aside.print(f"was it handed over, or archived for its own register? If not: {hint}")


def _as_json(found: Remains) -> dict[str, Any]:
    return {name: getattr(found, name) for name in Remains.__dataclass_fields__}


def _tell_record(lines: list[dict[str, Any]], settings: Installation, as_json: bool) -> None:
    if as_json:
        print_json(lines)
        return
    zones = {one.id: one.policy.zone for one in settings.usable}
    for one in lines:
        told = f"{one['cases']} cases, {one['documents']} documents, {one['files']} files"
        local = datetime.fromisoformat(one["at"]).astimezone(zones.get(one["company"], _OF_WHO_LEFT))
        at = local.isoformat(" ", "minutes")
        console.print(f"{at}  {one['company']}: {one['step']}, by {' '.join(one['by'].split())}; {told}")
    if not lines:
        raise Usage("nothing was removed here")
