"""The command line. Each command is thin: read the arguments, call the shell, print.

Which there are says `panels`; each is imported when it runs (`loading`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.loading import Contents
from mailbot.cli.options import REHEARSABLE, SETTING
from mailbot.errors import Usage


def _in_the_end(_result: object, **_options: object) -> None:
    """A command that worked for the other companies still ends with the code of those that it left out."""
    if SETTING.left_out:
        raise typer.Exit(max(SETTING.left_out.values()))


app = typer.Typer(
    name="mailbot",
    cls=Contents,
    result_callback=_in_the_end,
    help="A company's privacy mailbox that answers itself on time.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def everywhere(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", help="Folder with mailbot.toml (default ./config).")
    ] = None,
    tenant: Annotated[str, typer.Option("--tenant", help="One company, by its id.")] = "",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show what the worker does.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Verbs: say what would happen, do nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, of a verb what happened.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Say which mailbot this is.")] = False,
) -> None:
    """Options that go before any command."""
    if version:
        from importlib import metadata  # a tenth of what the help costs

        typer.echo(f"mailbot {metadata.version('mailbot')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(Usage.exit_code)
    SETTING.config, SETTING.tenant, SETTING.verbose = config, tenant, verbose
    SETTING.dry_run, SETTING.as_json, SETTING.by = dry_run, as_json, ""
    SETTING.left_out = {}
    if dry_run and context.invoked_subcommand not in REHEARSABLE:
        raise Usage(f"{context.invoked_subcommand} has no dry run")
