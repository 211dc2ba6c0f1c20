"""guide: pages for the people who work with the program."""

from __future__ import annotations

from importlib import resources
from typing import Annotated

import typer
from rich.markdown import Markdown

from mailbot.cli.setting import console, print_wrapped
from mailbot.errors import Usage


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(guide)


def pages() -> dict[str, str]:
    """The pages by name, as Markdown."""
    folder = resources.files("mailbot") / "guide"
    return {
        one.name.removesuffix(".md"): one.read_text("utf-8")
        for one in sorted(folder.iterdir(), key=lambda one: one.name)
        if one.name.endswith(".md")
    }


def guide(name: Annotated[str, typer.Argument(help="Which page; without a name they are listed.")] = "") -> None:
    """Read a page: for the contact person (in Dutch), the operator, the developer; and what ids of rules stand for."""
    known = pages()
    if not name:
        for page, text in known.items():
            console.print(f"{page:<16}{text.splitlines()[0].lstrip('# ')}")
        return
    if name not in known:
        raise Usage(f"there is no page {name}; pages are {', '.join(known)}")
    if console.is_terminal:
        print_wrapped(Markdown(known[name]))
    else:
        typer.echo(known[name], nl=False)
