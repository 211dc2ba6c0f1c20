"""demo: six weeks of five companies' mail in about a minute, to look at."""

from __future__ import annotations

import re
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from mailbot.app import Tenant
from mailbot.classify import load_classifier
from mailbot.cli.options import ConfigOption
from mailbot.cli.setting import console, installation, own_configuration, print_wrapped, replies_of
from mailbot.cli.tables import CaseTable
from mailbot.dates import dutch_moment
from mailbot.errors import Usage
from mailbot.model import Letter
from mailbot.model.order import urgency

if TYPE_CHECKING:
    from mailbot.demo.play import Play


_STATE = re.compile(r"state\s*=")


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(demo)


def demo(
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the mails that leave; an earlier demo is replaced.")
    ] = Path("demo-out"),
    config: ConfigOption = None,
) -> None:
    """Play six weeks with five made-up mailboxes on an embedded mail server. No network, no set-up."""
    try:
        from mailbot.demo.play import Play  # needs the extra `demo`
    except ModuleNotFoundError as error:
        raise Usage(f"the demo needs {error.name}: pip install 'mailbot[demo]'") from error
    if not _may_be_replaced(out):
        raise Usage(f"{out} is something else than the folder of a demo; name another one with --out")
    settings = installation(config or own_configuration())
    play = Play(settings.directory, replies_of(settings), out, load_classifier())
    with play.stage():
        _watch(play)
        _tell(play.tenants, play.at)
    _leave_configuration(settings.directory, out)
    console.print(_to_look_around(play.at.astimezone(play.tenants[0].policy.zone), out))


def _may_be_replaced(out: Path) -> bool:
    """Whether this is a demonstration, or nothing yet. An installation has a state too, and is never taken for one."""
    if not out.exists():
        return True
    names = {one.name for one in out.iterdir()} if out.is_dir() else {"a file"}
    return not names or {"sent"} <= names <= {"sent", "state", "config"}


def _to_look_around(end: datetime, out: Path) -> str:
    """Where everything lies. What counts days is told the demonstration's last moment: today it would all be late."""
    program = sys.argv[0] if sys.argv[0].endswith("mailbot") else "mailbot"
    at = f" --now {end.isoformat(timespec='minutes')}"
    verbs = (f"cases{at}", f"triage --list{at}", f"summary{at}", f"overview{at}")
    return (
        f"\nEvery mail that left lies in {out / 'sent'} as .eml. To look around in the cases:\n"
        + "".join(f"  {program} {verb} --config {out / 'config'}\n" for verb in verbs)
        + f"The demo ended on {end:%Y-%m-%d}; without --now, days are counted from today.\n"
    )


def _leave_configuration(shipped: Path, out: Path) -> None:
    """A copy of the settings that knows the demonstration's state, so that every command can look at it."""
    shutil.copytree(shipped, out / "config")
    settings = out / "config" / "mailbot.toml"
    lines = settings.read_text("utf-8").splitlines(keepends=True)
    settings.write_text("".join('state = "../state"\n' if _STATE.match(line) else line for line in lines), "utf-8")


def _watch(play: Play) -> None:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=42 * 5)
        for moment in play.moments():
            day = dutch_moment(moment.at, play.tenants[0].policy.zone)
            progress.update(task, advance=1, description=f"day {moment.day:2}  {day}")
            local = moment.at.astimezone(play.tenants[0].policy.zone)
            for scene in moment.arrived:
                progress.console.print(f"  {scene.at:%d-%m %H:%M}  {scene.tenant:<12} ← {scene.subject}")
            for done in moment.rounds:
                mails = "mail" if done.sent == 1 else "mails"
                if done.sent:
                    progress.console.print(
                        f"  {local:%d-%m %H:%M}  {done.tenant:<12} → {done.sent} {mails} out",
                        style="green",
                    )
                if done.trouble:
                    progress.console.print(f"{'':15}{done.tenant:<12} ! {done.trouble}", style="red")


def _tell(tenants: list[Tenant], at: datetime) -> None:
    rows = []
    letters: list[Letter] = []
    for tenant in tenants:
        with tenant.store.unit() as unit:
            cases = unit.all_cases()
            letters += [letter for case in cases for letter in unit.letters_of(case.ref)]
        rows += [(tenant, case) for case in cases]
    console.print()
    print_wrapped(CaseTable(sorted(rows, key=lambda row: urgency(row[1])), at, of_several=True))
    for title, template in (
        ("A letter to a customer", "acknowledgement"),
        ("A warning to the contact person", "overdue"),
    ):
        if letter := next((one for one in letters if one.template == template), None):
            words = Text(f"To: {letter.to}\nSubject: {letter.subject}\n\n{letter.text}")
            print_wrapped(Panel(words, title=title, expand=False))
