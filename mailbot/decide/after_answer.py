"""The person writes in a case in which no term runs: it was closed, or everything was answered.

The rule kept here: such a reply cannot get lost. Somebody is told when it comes in and again every working day, until
he says that he has seen it, takes a decision or closes the case. What it asks anew is a case of its own (A-39).
"""

from __future__ import annotations

from mailbot import actions as do
from mailbot import events
from mailbot.decide import ladders, stopping
from mailbot.decide.apply import ASKS_MORE, WROTE_AGAIN
from mailbot.decide.decision import Decision
from mailbot.model import REQUEST_KINDS, Case, Item, Kind, Mail, Outcome, Policy, Signal, Status, Verdict

#: Why a person must look: the case had been closed.
TO_CLOSED = "reply_to_closed"
#: Why a person must look at a further mail in an open case.
FURTHER = (ASKS_MORE, WROTE_AGAIN)
#: What a person can do in a case without having looked at what came in.
_NO_LOOK = (events.Noted, events.Assigned, events.TakesOver, events.GivesBack, events.TakenBack, events.Closed)


def step_of(mail: Mail) -> str:
    """Under which name people are told of a reply when it comes in; it is also the end of the token."""
    return f"{ladders.REPLY}{mail.key[:16]}"


def keep_calling(decision: Decision, mail: Mail, was_closed: bool, policy: Policy) -> None:
    """Keep calling for this reply, unless a term runs that brings people back to the case anyway."""
    if not was_closed and ladders.term_runs(decision.case, policy):
        return
    if decision.case.reply_at is None:
        decision.do(do.ReplyWaits(mail.received_at))
    decision.do(do.MarkAlerted(step_of(mail)))


def possible_new_rights(case: Case, event: events.MailArrived) -> tuple[Kind, ...]:
    """The rights that this mail may ask beside those that the case holds: who asks them gets a case or a decision,
    never silence (A-39, B-26)."""
    verdict = event.verdict
    if verdict.act != "triage" or case.status is not Status.OPEN or event.mail.automatic:
        return ()
    return tuple(kind for kind in verdict.kinds if kind in REQUEST_KINDS and kind not in case.kinds)


def nothing_new(decision: Decision) -> None:
    """A person says that the further mail asks nothing new, and takes nothing back."""
    decision.need_no_more(*FURTHER)


def mark_looked_at(decision: Decision, event: events.StaffActed) -> None:
    """Whoever decides something about the case has looked at it; who says GEZIEN, if he says it to a mail about the
    reply."""
    if decision.case.reply_at is None or isinstance(event, _NO_LOOK):
        return
    if isinstance(event, events.Acknowledged):
        said = event.step or ladders.current_step(decision.case)
        if not said.startswith(ladders.REPLY):
            return
    decision.do(do.ReplyWaits(None))
    decision.need_no_more(TO_CLOSED)


def asks_nothing(decision: Decision) -> None:
    """A person says that the reply asks nothing: what was answered before stays as it was."""
    _end(decision, "the reply asks nothing new")


def ask_anew(decision: Decision, event: events.AskedAnew) -> None:
    """What the reply asks is another case now; this one ends again where the reply had opened it."""
    decision.do(do.Remark(f"a reply asks something new: {event.ref} ({', '.join(event.kinds)})"))
    if event.reason.strip():
        decision.do(do.Remark(f"kinds corrected: {event.reason}"))
    if set(FURTHER) & set(decision.case.needs):
        nothing_new(decision)
    _end(decision, f"what was asked anew is {event.ref}")


def _end(decision: Decision, why: str) -> None:
    """Close what the reply had opened; what must still stop keeps it open."""
    if TO_CLOSED in decision.case.needs and not stopping.waits_for_stop(decision.case):
        decision.do(do.CloseCase(decision.now, why))


def asked_again(case: Case, verdict: Verdict) -> tuple[Kind, ...]:
    """The rights of this case that were dealt with before this mail asked them: a request of its own. A reminder is
    none (A-39)."""
    if Signal.REMINDER in verdict.signals:
        return ()
    return tuple(item.kind for item in case.items if not case.is_open or _is_done(item))


def _is_done(item: Item) -> bool:
    return item.outcome is not Outcome.OPEN and item.told_at is not None
