"""The register of breaches (article 33(5)): when each became known, what was decided about it, in time or not, and why.

The rule kept here: what a person wrote down as the reason stands in it whole, for facts, effects and measures are what
an authority asks for; who reported it does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from mailbot.dates import dutch_moment
from mailbot.model import Case, Entry, Policy
from mailbot.store import Unit

#: The columns in their order, with the heading that people read.
COLUMNS = {
    "company": "bedrijf",
    "case": "dossier",
    "known_at": "bekend geworden",
    "notify_by": "uiterlijk melden (72 uur)",
    "decision": "besluit",
    "decided_at": "besloten op",
    "in_time": "binnen 72 uur",
    "decided_by": "besloten door",
    "reasons": "feiten, gevolgen en maatregelen",
}
_DECISIONS = {"notify": "gemeld", "register_only": "niet gemeld, alleen in dit register", "": "nog geen besluit"}


def breaches_of(unit: Unit, policy: Policy, year: int) -> Iterator[dict[str, Any]]:
    """The breaches that became known in this year, oldest first, undecided ones too."""
    cases = [case for case in unit.all_cases() if case.deadline("breach")]
    for case in sorted(cases, key=lambda case: (case.received_at, case.ref)):
        if case.received_at.astimezone(policy.zone).year == year:
            yield _row(case, unit.history(case.ref), policy)


def _row(case: Case, history: Sequence[Entry], policy: Policy) -> dict[str, Any]:
    term = case.deadline("breach")
    assert term is not None
    decided = [line for line in history if line.event == "BreachDecided"]
    return {
        "company": policy.name,
        "case": case.ref,
        "known_at": _moment(case.received_at, policy),
        "notify_by": _moment(term.due, policy),
        "decision": case.breach_decision,
        "decided_at": _moment(term.met_at, policy),
        "in_time": term.met_at <= term.due if term.met_at else None,
        "decided_by": list(dict.fromkeys(line.actor for line in decided)),
        "reasons": [reason for line in decided for reason in _reasons(line)],
    }


def _moment(at: datetime | None, policy: Policy) -> str | None:
    return at.astimezone(policy.zone).isoformat(timespec="seconds") if at else None


def _reasons(line: Entry) -> Iterator[str]:
    """What the person wrote; nothing once the case was made anonymous."""
    for doc in line.actions:
        if doc["do"] == "Remark":
            yield str(doc["text"]).partition(": ")[2]


def in_dutch(row: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """A line in the words of its readers."""
    moments = {
        name: dutch_moment(datetime.fromisoformat(row[name]), policy.zone) if row[name] else None
        for name in ("known_at", "notify_by", "decided_at")
    }
    return row | moments | {"decision": _DECISIONS[row["decision"]]}
