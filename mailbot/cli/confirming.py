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
from mailbot.setup.confirming import confirmed, is_worth, value_of, waiting


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("confirm-settings")(confirm_settings)


def confirm_settings(
    settings: Annotated[list[str] | None, typer.Argument(help="What is right, such as promise_days.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that wait at this company.")] = False,
    value: Annotated[
        str, typer.Option("--is", help="Confirm one setting at every company where this value, or host, waits.")
    ] = "",
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Show what nobody confirmed yet with its source, or confirm it; the company's file keeps your name and the day.

    What is wrong is mended in the company's file first. Examples:

    mailbot confirm-settings promise_days post_address --tenant zonnestraal

    mailbot confirm-settings imap --is imap.provider.example
    """
    installed = kept(config)
    chosen = [installed.company(tenant)] if tenant else list(installed.usable)
    if value:
        _confirm_everywhere(installed.directory, chosen, settings or [], value, actor(by))
    elif not settings and not every:
        _show(installed.directory, chosen)
    elif tenant:
        _confirm_at(installed.directory, chosen[0], settings or [], every, actor(by))
    else:
        raise Usage("say at which company: --tenant ID; or at all that have one value: --is VALUE")


def _confirm_at(directory: Path, company: Company, settings: list[str], every: bool, who: str) -> None:
    text = _text(directory, company)
    known = [name for name, _ in waiting(text)]
    if strangers := [name for name in settings if name not in known]:
        raise Usage(f"{', '.join(strangers)}: does not wait at {company.id}; there wait {', '.join(known) or 'none'}")
    if not (names := known if every else settings):
        console.print(f"nothing waits to be confirmed at {company.id}")
        return
    _confirm(directory, company, names, who)
    left = [name for name in known if name not in names]
    told = f"{company.id}: {', '.join(names)} confirmed; {', '.join(left) or 'nothing'} left to confirm"
    console.print(told)


def _confirm_everywhere(directory: Path, companies: list[Company], settings: list[str], value: str, who: str) -> None:
    """One setting with one value, at every company where both wait. Whatever cannot be done at one stops no other."""
    if len(settings) != 1:
        raise Usage("with --is goes one setting, such as: mailbot confirm-settings imap --is imap.provider.example")
    [name] = settings
    waits = {one.id: _text(directory, one) for one in companies if name in one.to_confirm}
    meant = [one for one in companies if one.id in waits and is_worth(waits[one.id], name, value)]
    if not meant:
        raise Usage(f"{name} = {value} waits at no company; mailbot confirm-settings shows what waits, and where")
    failed = []
    for company in meant:
        try:
            _confirm(directory, company, settings, who)
            console.print(f"{company.id}: {name} confirmed")
        except Usage as error:
            failed.append(str(error))
    console.print(f"{name} = {value} confirmed at {len(meant) - len(failed)} of {len(waits)} companies where it waited")
    if failed:
        raise Usage("\n".join(failed))


def _confirm(directory: Path, company: Company, names: list[str], who: str) -> None:
    file = (directory / "tenants" / f"{company.id}.toml").resolve()
    try:
        rewrite(file, confirmed(_text(directory, company), names, who, company.policy.day_of(now())))
    except ValueError as error:
        raise Usage(f"{file}: {error}") from None


def _text(directory: Path, company: Company) -> str:
    return regular_files.read(directory / "tenants" / f"{company.id}.toml").decode("utf-8-sig")


def _show(directory: Path, companies: list[Company]) -> None:
    """Every setting that waits, with what it is now and where it came from."""
    for company in companies:
        if company.to_confirm:
            text = _text(directory, company)
            for name, source in waiting(text):
                told = f"{company.id}  {name} = {value_of(text, name)}" + (f"  “{source}”" if source else "")
                console.print(told)
    if not any(company.to_confirm for company in companies):
        console.print("nothing waits to be confirmed")
