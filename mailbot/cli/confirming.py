"""confirm-settings: what the program read from a policy, or found as a server, is confirmed by a person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot import regular_files
from mailbot.app import now
from mailbot.cli.options import ActorOption, ConfigOption, TenantOption
from mailbot.cli.setting import actor, console, kept
from mailbot.config import Company
from mailbot.errors import Usage
from mailbot.setup.apply_table import rewrite
from mailbot.setup.confirming import confirmed, value_of, waiting


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("confirm-settings")(confirm_settings)


def confirm_settings(
    settings: Annotated[list[str] | None, typer.Argument(help="What is right, such as promise_days.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that wait at this company.")] = False,
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Show what nobody confirmed yet with its source, or confirm it; the company's file keeps your name and the day.

    What is wrong is mended in the company's file first. Example:

    mailbot confirm-settings promise_days post_address --tenant zonnestraal
    """
    installed, only = kept(config), tenant
    chosen = [installed.company(only)] if only else list(installed.usable)
    if not settings and not every:
        _show(installed.directory, chosen)
        return
    if not only:
        raise Usage("say at which company: --tenant ID")
    file = (installed.directory / "tenants" / f"{only}.toml").resolve()
    text = regular_files.read(file).decode("utf-8-sig")
    known = [name for name, _ in waiting(text)]
    if strangers := [name for name in settings or () if name not in known]:
        raise Usage(f"{', '.join(strangers)}: does not wait at {only}; there wait {', '.join(known) or 'none'}")
    if not (names := known if every else list(settings or ())):
        console.print(f"nothing waits to be confirmed at {only}")
        return
    try:
        rewrite(file, confirmed(text, names, actor(by), chosen[0].policy.day_of(now())))
    except ValueError as error:
        raise Usage(f"{file}: {error}") from None
    left = [name for name in known if name not in names]
    told = f"{only}: {', '.join(names)} confirmed; {', '.join(left) or 'nothing'} left to confirm"
    console.print(told)


def _show(directory: Path, companies: list[Company]) -> None:
    """Every setting that waits, with what it is now and where it came from."""
    for company in companies:
        if company.to_confirm:
            text = regular_files.read(directory / "tenants" / f"{company.id}.toml").decode("utf-8-sig")
            for name, source in waiting(text):
                told = f"{company.id}  {name} = {value_of(text, name)}" + (f"  “{source}”" if source else "")
                console.print(told)
    if not any(company.to_confirm for company in companies):
        console.print("nothing waits to be confirmed")
