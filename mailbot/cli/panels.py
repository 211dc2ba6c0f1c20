"""Under which heading `mailbot --help` shows each command. A test wants every command under one."""

from __future__ import annotations

import typer

PANELS = {
    "The worker": "run once status check",
    "What is going on": "cases triage show prove outbox summary overview report register promises",
    "What was asked, and by whom": "accept correct add link note assign snooze ask confirm recipient receipt ack",
    "The clock": "extend breach lift stopped unsuppress suppressions hold",
    "The plan": "decide done skip absent undo tell attach detach copy keep diary leftovers",
    "Answering": "fulfil refuse reply answer replies grounds takeback close reopen notify-policy-change",
    "Setting up and keeping": "init new-company new-companies confirm-settings login guide backup restore hand-over "
    "take-over remove-company migrate-store audit demo",
    "For tests and programs": "parse classify deadlines explain export-examples",
}
_PANEL_OF = {name: panel for panel, names in PANELS.items() for name in names.split()}


#: For a command that nobody has put under a heading yet.
OTHER = "Other"


def name_of(command: typer.models.CommandInfo) -> str:
    """What is typed for a command."""
    return command.name or (command.callback.__name__.replace("_", "-") if command.callback else "")


def arrange(app: typer.Typer) -> None:
    """Put every command under its heading, in the order given here."""
    order = {name: place for place, name in enumerate(_PANEL_OF)}
    app.registered_commands.sort(key=lambda command: order.get(name_of(command), len(order)))
    for command in app.registered_commands:
        command.rich_help_panel = _PANEL_OF.get(name_of(command), OTHER)
    for group in app.registered_groups:
        own = group.typer_instance.info.name if group.typer_instance else None
        group.rich_help_panel = _PANEL_OF.get(str(own), OTHER)
