"""The contents of the command line: under which heading `mailbot --help` shows each command, and its module.

A test wants every command of every module here, and none that is nowhere.
"""

from __future__ import annotations

PANELS = {
    "The worker": "run once status check",
    "What is going on": "cases triage show prove summary overview report register promises outbox",
    "What was asked, and by whom": "accept correct add link note assign snooze ask confirm recipient receipt ack",
    "The clock": "extend breach lift stopped unsuppress suppressions hold",
    "The plan": "decide done skip absent undo tell attach detach copy keep diary leftovers",
    "Answering": "fulfil refuse reply answer replies grounds takeback close reopen notify-policy-change",
    "Setting up and keeping": "init new-company new-companies confirm-settings login guide backup restore hand-over "
    "take-over remove-company migrate-store audit demo",
    "For tests and programs": "parse classify deadlines explain export-examples",
}
#: The commands in the order of their headings, each with its own.
PANEL_OF = {name: panel for panel, names in PANELS.items() for name in names.split()}

#: What the modules of this package add.
COMMANDS = {
    "announce": "notify-policy-change",
    "audit": "audit",
    "cases": "cases show triage",
    "checking": "check",
    "companies": "new-companies",
    "confirming": "confirm-settings",
    "copies": "attach detach copy",
    "demo": "demo",
    "examples": "export-examples",
    "guide": "guide",
    "handover": "hand-over take-over",
    "letters": "outbox suppressions",
    "login": "login",
    "measures": "extend ask lift confirm recipient receipt ack breach stopped unsuppress",
    "offline": "parse classify deadlines explain promises",
    "plan": "decide done skip absent undo tell keep hold diary",
    "prove": "prove",
    "records": "register leftovers backup restore",
    "removal": "remove-company",
    "replies": "replies grounds reply fulfil refuse",
    "reports": "report overview",
    "setup": "init new-company",
    "status": "status",
    "storage": "migrate-store",
    "summaries": "summary",
    "verbs": "accept correct note assign link snooze close reopen add takeback answer",
    "work": "run once",
}
MODULE_OF = {name: module for module, names in COMMANDS.items() for name in names.split()}
