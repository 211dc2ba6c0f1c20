"""Commands are found by the table of contents (`panels`), and imported when one of them runs.

The rule kept here: the page of all commands, and the completion of their names, read what each says of itself without
running its module: to import all of them takes longer than most commands.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from mailbot.cli.panels import MODULE_OF, PANEL_OF


class Contents(TyperGroup):
    """All commands, in the order of their headings."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = Commands()  # type: ignore[assignment]

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        return list(self.commands)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """What a page tells of a command."""
        return _summary(cmd_name) if cmd_name in self.commands else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that was typed, to be run, and the words behind it."""
        name, told, rest = super().resolve_command(ctx, args)
        return name, told and self.commands[told.name or ""], rest


class Commands(Mapping[str, Any]):
    """The commands themselves. One that is asked for is imported."""

    def __getitem__(self, name: str) -> Any:
        if name not in PANEL_OF:
            raise KeyError(name)
        return _command(name)

    def __contains__(self, name: object) -> bool:
        return name in PANEL_OF

    def __iter__(self) -> Iterator[str]:
        return iter(PANEL_OF)

    def __len__(self) -> int:
        return len(PANEL_OF)


@cache
def _command(name: str) -> Any:
    command = commands_of(MODULE_OF[name], name)[name]
    command.rich_help_panel = PANEL_OF[name]
    return command


def commands_of(module: str, *wanted: str) -> dict[str, Any]:
    """What a module of this package adds, or those of it that are wanted, by the names that are typed."""
    part = typer.Typer()
    import_module(f"{__package__}.{module}").add_to(part)
    part.registered_commands = [one for one in part.registered_commands if not wanted or _name_of(one) in wanted]
    return dict(typer.main.get_group(part).commands)


def _name_of(command: typer.models.CommandInfo) -> str:
    """What is typed for a command."""
    return command.name or (_typed(command.callback.__name__) if command.callback else "")


def _typed(function: str) -> str:
    return function.strip("_").replace("_", "-")


def _summary(name: str) -> TyperCommand:
    return TyperCommand(name, help=_told_in(MODULE_OF[name])[name], rich_help_panel=PANEL_OF[name])


@cache
def _told_in(module: str) -> dict[str, str]:
    """What the functions of a module say of themselves, by the names that are typed."""
    tree = ast.parse((Path(__file__).parent / f"{module}.py").read_text("utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"]
    return {_typed(function.name): ast.get_docstring(function) or "" for function in functions}
