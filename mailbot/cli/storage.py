"""migrate-store: a company's memory moves between a file of its own and a common PostgreSQL database."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from mailbot.app import database_at
from mailbot.cli.setting import ConfigOption, TenantOption, aside, console, kept
from mailbot.errors import Usage
from mailbot.memory import moving
from mailbot.store import TinyStore

Kind = Literal["tinydb", "postgresql"]


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
    companies = [settings.company(one) for one in ([tenant] if tenant else [each.id for each in settings.companies])]
    database = database_at(address, settings.lease_seconds)
    try:
        for company in companies:
            folder = settings.state / company.id
            if not (database.exists(company.id) if to == "tinydb" else (folder / "store.db").exists()):
                console.print(f"{company.id}: nothing to move")
                continue
            file, common = TinyStore(folder), database.store(company.id)
            source, target = (common, file) if to == "tinydb" else (file, common)
            try:
                with Progress(SpinnerColumn(), TextColumn("{task.description} {task.completed}"), console=aside) as bar:
                    task = bar.add_task(company.id, total=None)
                    copied = moving.move(source, target, to, partial(bar.advance, task))
            finally:
                file.close()
                common.close()
            console.print(f"{company.id}: {copied} documents moved, histories hold")
    finally:
        database.close()
    console.print(f'Now set type = "{to}" under [store] in mailbot.toml, and start the worker.')
