"""A breach that was reported: whether the authority is told, and what is written down about it (article 33).

The rules kept here: a person decides, with a reason, and tells what happened before or after that. That it was decided
to tell the authority is not that it was told: the moment of telling is a fact of its own, and until a person has said
it the 72 hours go on and are called for, and the case does not close. The record goes on when who reported it was
forgotten (article 33(5)), without people in it.
"""

from __future__ import annotations

from mailbot import actions as do
from mailbot import events
from mailbot.decide.breach_record import DECISIONS, is_untold, remark_of, told_at, without_people
from mailbot.decide.decision import Decision
from mailbot.errors import Refused
from mailbot.model import BreachNote, Case, Status

_TERM = ("breach",)


def on_breach(decision: Decision, event: events.BreachDecided | events.BreachDescribed) -> None:
    """What a person says about a breach. Raises Refused for what is not (yet) so."""
    if isinstance(event, events.BreachDecided):
        _decide(decision, event)
    else:
        _describe(decision, event)


def refuse_untold(case: Case) -> None:
    """Raises Refused where it was decided that the authority is told, and nobody has said that it was."""
    if is_untold(case):
        raise Refused(
            f"Say first when the authority was told: `mailbot breach {case.ref} --notified 2026-03-02T09:00+01:00`; "
            "if it need not be: `--register-only --reason ...`",
            "A-55:untold",
        )


def _decide(decision: Decision, event: events.BreachDecided) -> None:
    """Whether the authority hears of it; either way it goes into the company's own register (article 33(5))."""
    _must_be_breach(decision.case)
    if event.decision not in DECISIONS:
        raise Refused(f"Decide one of {', '.join(DECISIONS)}", "A-55")
    if not event.reason.strip():
        raise Refused("Say why; the register must hold it (article 33(5))", "A-55")
    if event.notified_at and event.decision != "notify":
        raise Refused("The authority was told at that moment, or it is not told: say one of the two", "A-55")
    _note(decision, event, event.decision)
    decision.do(do.DecideBreach(event.decision), do.Remark(f"{remark_of(event.decision)}{event.reason}"))
    if settled := told_at(decision.case) if event.decision == "notify" else decision.now:
        decision.do(do.MeetDeadlines(settled, _TERM))
    elif (term := decision.case.deadline("breach")) and term.met_at:
        decision.do(do.MissDeadlines(_TERM))
    decision.need_no_more("breach")


def _describe(decision: Decision, event: events.BreachDescribed) -> None:
    """More of what happened, before or after the decision (article 33(4) lets a report come in parts)."""
    _must_be_breach(decision.case)
    if not any((event.facts, event.effects, event.measures, event.notified_at)):
        raise Refused("Say what happened, what it can lead to, or what was done: --facts, --effects, --measures")
    if event.notified_at and decision.case.breach_decision != "notify":
        raise Refused("Decide first that the authority is told: --notify with --reason", "A-55")
    _note(decision, event, "")
    if event.notified_at:
        decision.do(do.MeetDeadlines(event.notified_at, _TERM))


def _note(decision: Decision, event: events.BreachDecided | events.BreachDescribed, breach_decision: str) -> None:
    if event.notified_at and not decision.case.received_at <= event.notified_at <= decision.now:
        raise Refused("The authority was told after the breach became known, and not in the future", "A-55")
    reason = event.reason if isinstance(event, events.BreachDecided) else ""
    words = {"reason": reason, "facts": event.facts, "effects": event.effects, "measures": event.measures}
    if decision.case.status is Status.ANONYMISED:  # nobody blots it out later
        words = {name: without_people(text, decision.case) for name, text in words.items()}
    decision.do(do.DescribeBreach(BreachNote(decision.now, event.actor, breach_decision, event.notified_at, **words)))


def _must_be_breach(case: Case) -> None:
    if case.deadline("breach") is None:
        raise Refused(f"{case.ref} is no report of a breach; `mailbot correct {case.ref} breach_report` makes it one")
