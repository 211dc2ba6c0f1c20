"""hand-over, take-over: a company goes to another agency, or comes from one, in one archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from mailbot.app import database_of, now
from mailbot.cli.options import REHEARSABLE, ConfigOption, DryRunOption, JsonOption, TenantOption
from mailbot.cli.setting import aside, console, kept, only_one, print_json, print_steps, replies_of, tenants
from mailbot.safekeeping import handover, takeover
from mailbot.safekeeping.installing import Destination
from mailbot.safekeeping.takeover import TakenOver


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("hand-over")(hand_over)
    app.command("take-over")(take_over)
    REHEARSABLE.add("take-over")


def hand_over(
    file: Annotated[Path | None, typer.Argument(help="The archive to write; default: BEDRIJF-overdracht.zip.")] = None,
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Lay everything of one company in one archive for whoever takes it over: settings, letters, memory, files.

    Passwords, tokens and the customers' export are not in it. It holds personal data: bring it over encrypted, and
    remove it afterwards. The next one types mailbot take-over. Example: mailbot hand-over --tenant zonnestraal
    """
    with tenants(config, tenant, classifier=False, keeper=True) as opened:
        owner = only_one(opened)
        to = file or Path(f"{owner.id}-overdracht.zip")
        settings = kept(config)
        done = handover.hand_over(owner, settings.directory, replies_of(settings), to, now())
    console.print(f"{to}")
    told = f"settings, memory and {done.files} files of cases are in it; passwords, tokens and customers are not"
    aside.print(f"{told}. Stop the worker for {owner.id} before the next one starts his.")
    if done.head:
        aside.print(f"its chain ends at {done.head}: tell the next one, by another way than the archive")


def take_over(
    archive: Annotated[Path, typer.Argument(help="What `mailbot hand-over` made at the other agency.")],
    against: Annotated[
        list[str] | None, typer.Option("--against", help="A head from a Monday mail, or told by who hands over.")
    ] = None,
    dry_run: DryRunOption = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in a company that another agency handed over, once all of its archive was looked at and holds.

    Its days go on as they were. Nothing is read or sent until you confirmed its servers and laid its passwords. Where
    it was cut off, the same command carries on. Example: mailbot take-over zonnestraal-overdracht.zip --dry-run
    """
    with _here(config) as destination:
        done = takeover.take_over(archive, destination, now(), against or (), dry_run)
    if as_json:
        print_json(_as_json(done, destination, dry_run))
        return
    _tell(done, dry_run)
    if not dry_run:
        _tell_next(done, destination, config)


@contextmanager
def _here(config: Path | None) -> Iterator[Destination]:
    settings = kept(config, may_be_empty=True)
    database = database_of(settings)
    try:
        yield Destination(settings, replies_of(settings), database)
    finally:
        if database:
            database.close()


def _tell(done: TakenOver, rehearsal: bool) -> None:
    would = "would come in" if rehearsal else "came in"
    dates = [day.on.isoformat() for case in done.open_cases if (day := case.deadline("act_by")) and day.on]
    days = f", the first by {min(dates)}" if dates else ""
    parts = [f"{done.cases} cases, {len(done.open_cases)} open{days}", f"{done.files} files of cases"]
    parts += [f"{done.letters} letters of its own"] if done.letters else []
    parts += ["its promises"] if done.has_promises else []
    console.print(f"{done.company} {would}: {done.name}: {'; '.join(parts)}")
    if done.head:
        console.print(f"every history holds; its chain ends at {done.head}")
    if rehearsal:
        aside.print("nothing was written; leave --dry-run out to take it in")


def _secrets(done: TakenOver, destination: Destination) -> list[Path]:
    """Where its passwords are looked for, as far as none lies there."""
    tenants_ = destination.settings(done.company).parent
    files = [(tenants_ / name).resolve() for name in done.arriving.secrets]
    return [file for file in files if not file.exists()]


def _tell_next(done: TakenOver, destination: Destination, config: Path | None) -> None:
    """What a person still sets, in the order in which it works."""
    end = f" --tenant {done.company}{f' --config {config}' if config else ''}"
    wanted = _secrets(done, destination)
    steps = (
        [f"lay its passwords there, each for the worker's user only: {', '.join(map(str, wanted))}"] if wanted else []
    )
    if "customers" in done.arriving.to_confirm:
        steps.append("lay the export of its customers where its file says, or change [customers] there")
    if waits := done.arriving.to_confirm:
        steps.append(
            f"see whether it is right here, and confirm it ({', '.join(waits)}): mailbot confirm-settings{end}"
        )
    steps.append(f"whether it can work here: mailbot check --live{end}")
    held = f"{done.held} letters wait there" if done.held else "some may have left since"
    steps.append(f"once the other worker has stopped, compare Sent with mailbot outbox{end} ({held})")
    steps.append(f"let letters leave again: mailbot outbox resume{end}; start the worker anew")
    print_steps(steps)


def _as_json(done: TakenOver, destination: Destination, rehearsal: bool) -> dict[str, Any]:
    return {
        "company": done.company,
        "state": "would come in" if rehearsal else "came in",
        "cases": done.cases,
        "open": [case.ref for case in done.open_cases],
        "head": done.head,
        "held": done.held,
        "files": done.files,
        "letters": done.letters,
        "promises": done.has_promises,
        "secrets": [str(file) for file in _secrets(done, destination)],
        "to_confirm": list(done.arriving.to_confirm),
    }
