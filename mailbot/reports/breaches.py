"""The register of breaches (article 33(5)): when each became known, what was decided about it, in time or not, and why.

The rules kept here: what people wrote down stands in it, for facts, effects and measures are what an authority asks
for; who reported it does not. It still stands there when he was forgotten (`decide.breach_record` says why). That it
was decided to tell the authority is not that it was told in time; the moment must be on record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from mailbot.dates import dutch_moment
from mailbot.decide.breach_record import WORDS, notes_of, settled_at, told_at
from mailbot.model import Case, HistoryEntry, Policy
from mailbot.store import Unit

#: The columns in their order, with the heading that people read.
COLUMNS = {
    "company": "bedrijf",
    "case": "dossier",
    "known_at": "bekend geworden",
    "notify_by": "uiterlijk melden (72 uur)",
    "decision": "besluit",
    "decided_at": "besloten op",
    "notified_at": "gemeld op",
    "in_time": "binnen 72 uur",
    "decided_by": "besloten door",
    "facts": "feiten",
    "effects": "gevolgen",
    "measures": "maatregelen",
    "reasons": "reden van het besluit",
}
_DECISIONS = {"notify": "melden", "register_only": "niet gemeld, alleen in dit register", "": "nog geen besluit"}


def breaches_of(unit: Unit, policy: Policy, year: int, now: datetime) -> Iterator[dict[str, Any]]:
    """The breaches that became known in this year, oldest first, undecided ones too."""
    cases = [case for case in unit.all_cases() if case.deadline("breach")]
    for case in sorted(cases, key=lambda case: (case.received_at, case.ref)):
        if case.received_at.astimezone(policy.zone).year == year:
            yield _row(case, unit.history(case.ref), policy, now)


def _row(case: Case, history: Sequence[HistoryEntry], policy: Policy, now: datetime) -> dict[str, Any]:
    term = case.deadline("breach")
    assert term is not None
    decided = [line for line in history if line.event == "BreachDecided"]
    notes, met_at = notes_of(case), settled_at(case)
    return {
        "company": policy.name,
        "case": case.ref,
        "known_at": _moment(case.received_at, policy),
        "notify_by": _moment(term.due, policy),
        "decision": case.breach_decision,
        "decided_at": _moment(next((one.at for one in reversed(notes) if one.decision), term.met_at), policy),
        "notified_at": _moment(told_at(case), policy),
        "in_time": met_at <= term.due if met_at else None if now <= term.due else False,
        "decided_by": list(dict.fromkeys(line.actor for line in decided)),
        "reasons": [note.reason for note in notes if note.reason],
        **{name: [words for note in notes if (words := getattr(note, name))] for name in WORDS[1:]},
    }


def _moment(at: datetime | None, policy: Policy) -> str | None:
    return at.astimezone(policy.zone).isoformat(timespec="seconds") if at else None


def in_dutch(row: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """A line in the words of its readers."""
    moments = {
        name: dutch_moment(datetime.fromisoformat(row[name]), policy.zone) if row[name] else None
        for name in ("known_at", "notify_by", "decided_at", "notified_at")
    }
    unknown = row["decision"] == "notify" and not row["notified_at"]
    in_time = "niet vastgelegd" if unknown else row["in_time"]
    told = {name: "; ".join(row[name]) for name in (*WORDS[1:], "reasons")}
    return row | moments | told | {"decision": _DECISIONS[row["decision"]], "in_time": in_time}
