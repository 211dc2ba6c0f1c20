"""What is given before and behind every command: its options, and what was typed for them.

The rule kept here: nothing that works on a company is imported, so that help, version and a mistyped word cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mailbot.config import StaffMember


@dataclass
class Setting:
    """The options that were given before the command, and those of a verb."""

    config: Path | None = None
    tenant: str = ""
    verbose: bool = False
    dry_run: bool = False
    as_json: bool = False
    by: str = ""
    staff_member: StaffMember | None = None
    left_out: dict[str, int] = field(default_factory=dict)  # companies for which nothing is done, with the exit code

    def given(self, by: str, config: Path | None, tenant: str, dry_run: bool, as_json: bool) -> None:
        """What holds for a verb."""
        self.by, self.config, self.tenant, self.dry_run, self.as_json = by, config, tenant, dry_run, as_json


SETTING = Setting()


def _or_before(name: str) -> Callable[[Any], Any]:
    """An option that may stand before the command too: what is not given behind it is what was given there."""

    def chosen(value: Any) -> Any:
        return value or getattr(SETTING, name)

    return chosen


ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="Folder with mailbot.toml (default ./config).", callback=_or_before("config")),
]
TenantOption = Annotated[str, typer.Option("--tenant", help="One company, by its id.", callback=_or_before("tenant"))]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON instead of a table.", callback=_or_before("as_json"))
]
ActorOption = Annotated[
    str, typer.Option("--by", help="Who decides (default: your login name).", envvar="MAILBOT_ACTOR")
]
BriefOption = Annotated[bool, typer.Option("--brief", help="One line for each company that needs somebody.")]

DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would happen, and do nothing.", callback=_or_before("dry_run"))
]
ResultOption = Annotated[
    bool, typer.Option("--json", help="Say what happened as JSON.", callback=_or_before("as_json"))
]

#: Verbs that can be rehearsed, by the name that is typed; each is here once its module was imported.
REHEARSABLE: set[str] = set()
