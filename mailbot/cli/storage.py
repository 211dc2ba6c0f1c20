"""migrate-store: a company's memory moves between a file of its own and a common PostgreSQL database."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from mailbot.cli.options import ConfigOption, TenantOption
from mailbot.cli.setting import aside, console, kept
from mailbot.errors import Refused, Usage
from mailbot.memory import moving
from mailbot.memory.opening import database_at
from mailbot.reports import agency
from mailbot.store import MEMORY_FILE, TinyStore

if TYPE_CHECKING:
    from mailbot.store.postgres import Database

Kind = Literal["tinydb", "postgresql"]
#: So many companies that are not moved yet are named.
MOST_NAMED = 10


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("migrate-store")(migrate_store)


def migrate_store(
    to: Annotated[Kind, typer.Option("--to", help="Where the memory goes.")],
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Move the memory of one company, or of all, and prove it there by its histories. Stop the worker first.

    Example: mailbot migrate-store --to postgresql --tenant kaviaarshop
    """
    settings = kept(config)
    address = settings.database or settings.other_database
    if address is None:
        raise Usage('name the database first, in mailbot.toml under [store]: url = { env = "MAILBOT_DATABASE" }')
    everyone = [each.id for each in settings.companies] + ([agency.ID] if settings.agency else [])
    chosen = [settings.company(tenant).id] if tenant else everyone
    database = database_at(address, settings.lease_seconds)
    try:
        for one in chosen:
            console.print(f"{one}: {_moved(database, settings.folder_of(one), one, to, again=not tenant)}")
        left = [one for one in everyone if _is_here(database, settings.folder_of(one), one, to)]
    finally:
        database.close()
    if left:
        named = ", ".join(left[:MOST_NAMED]) + (f" and {len(left) - MOST_NAMED} more" if len(left) > MOST_NAMED else "")
        console.print(f"Not moved yet: {named}. Move them with mailbot migrate-store --to {to}, before anything else.")
    console.print(
        f'{"After that" if left else "Now"} set type = "{to}" under [store] in mailbot.toml, and start the worker.'
    )
    if left and not tenant:
        raise typer.Exit(Refused.exit_code)


def _moved(database: Database, folder: Path, tenant: str, to: Kind, again: bool) -> str:
    """What happened to one memory, in words. `again`: that it was moved before is no fault."""
    if not _exists(database, folder, tenant, to):
        return "nothing to move"
    if again and not _is_here(database, folder, tenant, to):
        return "was moved before"
    try:
        return f"{_move(database, folder, tenant, to)} documents moved, histories hold"
    except Refused as error:
        if not again:
            raise
        return f"not moved: {error}"  # it stops no other, and is named at the end


def _move(database: Database, folder: Path, tenant: str, to: Kind) -> int:
    with closing(TinyStore(folder)) as file, closing(database.store(tenant)) as common:
        source, target = (common, file) if to == "tinydb" else (file, common)
        with Progress(SpinnerColumn(), TextColumn("{task.description} {task.completed}"), console=aside) as bar:
            task = bar.add_task(tenant, total=None)
            return moving.move(source, target, to, partial(bar.advance, task))


def _exists(database: Database, folder: Path, tenant: str, to: Kind) -> bool:
    return database.exists(tenant) if to == "tinydb" else (folder / MEMORY_FILE).exists()


def _is_here(database: Database, folder: Path, tenant: str, to: Kind) -> bool:
    """Whether a memory is still where it would be moved from."""
    if not _exists(database, folder, tenant, to):
        return False
    with closing(database.store(tenant) if to == "tinydb" else TinyStore(folder)) as source:
        return not moving.moved_to(source)
