"""attach, detach, copy: the copy of a person's data, from files and sources to a letter that waits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot import events as do
from mailbot.app import now
from mailbot.cli.cases import RefArgument, act
from mailbot.cli.setting import (
    ActorOption,
    ConfigOption,
    TenantOption,
    actor,
    aside,
    console,
    find_case,
    installation,
    replies_of,
    tenants,
)
from mailbot.fulfil import copying
from mailbot.fulfil.package import size_of
from mailbot.fulfil.splitting import TOO_LARGE
from mailbot.model import LetterState


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for verb in (attach, detach, copy):
        app.command()(verb)


def attach(
    ref: RefArgument,
    file: Annotated[Path, typer.Argument(help="The file; it stays where it is, the case gets a copy.")],
    category: Annotated[str, typer.Option("--category", help="Which sort of data: Facturen, Zendingen ...")],
    place: Annotated[str, typer.Option("--place", help="Where it was found.")] = "",
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Add a file to the copy of a person's data."""
    with tenants(config, tenant, classifier=False) as opened:
        owner, case = find_case(opened, ref)
        added = copying.attach(owner, case.ref, file, category, place, actor(by), now())
        told = f"{ref}: file {added.number} added, {size_of(added.size)}, category {added.category}"
        console.print(told, markup=False, soft_wrap=True)


def detach(
    ref: RefArgument,
    number: Annotated[int, typer.Argument(help="The number of the file, as `mailbot attach` gave it.")],
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Take a file out of the copy again."""
    act(ref, lambda _: do.FileDetached(actor(by), number), config, tenant)


def copy(
    ref: RefArgument,
    text: Annotated[str, typer.Option("--text", help="Words of your own in the letter.")] = "",
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
) -> None:
    """Make the copy of a person's data from the sources and files, and its letter. A second person looks first."""
    with tenants(config, tenant, classifier=False) as opened:
        owner, case = find_case(opened, ref)
        made = copying.make_copy(owner, case, text, actor(by), replies_of(installation(config)), now())
    for path in made.paths:
        console.print(f"{path}", markup=False, soft_wrap=True)
    console.print(f"{made.rows} records, {made.files} files in the zip, {size_of(made.size)}", markup=False)
    if len(made.paths) > 1:
        console.print(f"too large for one mail: it goes in {len(made.paths)}, each with a zip that opens by itself")
    if made.code:
        aside.print(f"code: {made.code}", markup=False, style="bold")
        aside.print("Give it by telephone, never by mail. It is kept nowhere; a new copy has a new one.", markup=False)
    console.print(_next(ref, made.letter.state, made.letter.why), markup=False, soft_wrap=True)


def _next(ref: str, state: LetterState, why: str) -> str:
    if state is LetterState.OBSERVED:
        return "The letter never leaves: the company observes"
    if why.startswith(TOO_LARGE):
        return (
            f"{why}. Give the file to the person by another safe way and say so: "
            f"`mailbot done {ref} copies --note ...`; or raise package.max_mb if the mail server takes it"
        )
    return f"Another person opens it and says `mailbot done {ref} second_look`; then it leaves"
