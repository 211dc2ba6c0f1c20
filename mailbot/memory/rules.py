"""By which set of rules a memory was written: whether `rules_version` has anything to bring up.

The rule kept here: to ask costs little, for everybody who only looks asks it.
"""

from __future__ import annotations

from mailbot.store import Store, Unit

#: Counted up whenever `decide.apply` makes another case of the same history.
RULES = 1
_NOTE = "rules"


def must_be_applied(store: Store) -> bool:
    """Whether an older program wrote what is on file; a memory without cases has nothing to bring up."""
    with store.unit() as unit:
        return not is_current(unit) and bool(unit.tables.count("cases", "all", "~", "<="))


def is_current(unit: Unit) -> bool:
    """Whether these rules made what is on file."""
    return unit.note(_NOTE) == str(RULES)


def note(unit: Unit) -> None:
    """They did."""
    unit.put_note(_NOTE, str(RULES))
