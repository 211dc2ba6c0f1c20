"""Which registers a company has, and which cases are on their way to or from one, as the working store says."""

from __future__ import annotations

from dataclasses import dataclass, field

#: The table of the working store that says which registers there are, and which cases are in transit.
CATALOGUE = "registers"


@dataclass
class Catalogue:
    """The registers that there are. `stale`: something was taken out and its bytes may still be there;
    `emptied`: nothing in it counts any more. `in_transit` names the register of each case that is on its way."""

    stale: dict[str, bool] = field(default_factory=dict)
    emptied: set[str] = field(default_factory=set)
    in_transit: dict[str, str] = field(default_factory=dict)

    @property
    def readable(self) -> list[str]:
        """The registers of which something counts."""
        return [name for name in self.stale if name not in self.emptied]
