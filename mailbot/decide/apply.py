"""What one action does to a case. Folding `apply` over a history gives the case, always the same one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from mailbot import actions as do
from mailbot.decide.anonymisation import anonymised
from mailbot.decide.apply_work import apply_to_work
from mailbot.model import Case, Deadline, Question, Status

#: What a case that runs (again) does not have.
_RUNS = {"closed_at": None, "close_reason": "", "forget_on": None}
#: What calls nobody any more once a case is closed.
_ENDED = {"needs": (), "next_at": None, "reply_at": None, "closes_with": ()}
#: Why a person must look: a further mail may ask something new.
ASKS_MORE = "asks_more"
#: Why a person must look: the person wrote while an erasure was under way, and may have taken it back.
WROTE_AGAIN = "wrote_again"
#: What `Case.appointments` is made from.
_DATED = frozenset({"deadlines", "status"})


def apply(case: Case | None, action: do.CaseAction) -> Case:
    """The case after `action`; `case` is None only before OpenCase."""
    if case is None:
        if isinstance(action, do.OpenCase):
            return _opened(action)
        raise ValueError(f"{type(action).__name__} before the case was opened")
    if isinstance(action, do.Anonymise):
        return anonymised(case, action.at)
    changes = _changes(case, action)
    after = case.changed({**changes, "version": case.version + 1})
    return _counted(case, after) if _DATED & changes.keys() else after


def _opened(action: do.OpenCase) -> Case:
    return Case(
        ref=action.ref,
        tenant=action.tenant,
        status=action.status,
        received_at=action.received_at,
        opened_at=action.opened_at,
        requester=action.requester,
        language=action.language,
        certainty=action.certainty,
        reasons=action.reasons,
        signals=action.signals,
        channel=action.channel,
        version=1,
    )


def _changes(case: Case, action: do.CaseAction) -> dict[str, Any]:
    if isinstance(action, do.FulfilmentAction):
        return {"work": apply_to_work(case.work, action)}
    if isinstance(action, do.StopAction):
        return _stop_changes(case, action)
    match action:
        case do.OpenCase() | do.Anonymise():
            raise ValueError(f"{case.ref} is already open")
        case do.AddMail() | do.AddPlace() | do.JoinThread() | do.HandOver() | do.GiveUp():
            return _mail_changes(case, action)
        case do.SetItems(items):
            return {"items": items}
        case do.SetStatus(status):
            return {"status": status, **_RUNS}
        case do.SetIdentity(identity, match, customer_id, known_email, linked):
            customer = {"customer_id": customer_id, "known_email": known_email, "linked": linked}
            return {"identity": identity, "match": match, **customer}
        case do.SetDeadlines() | do.MeetDeadlines() | do.MissDeadlines() | do.Wake() | do.MarkAlerted() | do.Climb():
            return _clock_changes(case, action)
        case do.NameRecipient() | do.PutQuestion() | do.TakeAnswer() | do.DenyIdentity():
            return _identity_changes(case, action)
        case do.PlanExtension() | do.Extend() | do.DecideBreach() | do.PlanForgetting():
            return _measure_changes(action)
        case do.Doubt() | do.AskIdentity() | do.AskProof() | do.ProveIdentity():
            return _measure_changes(action)
        case do.ColleagueWrote(at) | do.ReplyWaits(at):
            return {"reply_at" if isinstance(action, do.ReplyWaits) else "colleague_wrote_at": at}
        case do.SetReceipt(received_at):
            return {"received_at": received_at}
        case do.Assign(to):
            return {"assignee": to}
        case do.LetterTaken():
            return {}
        case do.LetterPosted(_, template):
            return {"by_post": (*case.by_post, template)}
        case do.LetterReturned(_, template):
            return {"by_post": _without_last(case.by_post, template)}
        case do.DescribeBreach(note):
            return {"breach_notes": (*case.breach_notes, note)}
        case do.Remark(text):
            return {"remarks": (*case.remarks, text)}
        case do.SetNeeds(needs):
            return {"needs": needs, **_guesses(case, needs)}
        case do.TakeBack(fields, before):
            return {name: getattr(before, name) for name in fields}
        case do.CloseCase() | do.CloseWith():
            return _end_changes(action)


def _guesses(case: Case, needs: tuple[str, ...]) -> dict[str, Any]:
    """What the sorter guessed in a further mail counts as long as a person is called for it."""
    if ASKS_MORE not in case.needs or ASKS_MORE in needs:
        return {}
    return {"mails": tuple(replace(mail, guessed=()) if mail.guessed else mail for mail in case.mails)}


def _stop_changes(case: Case, action: do.StopAction) -> dict[str, Any]:
    match action:
        case do.Restrict(at):
            return {"restricted_since": case.restricted_since or at}
        case do.LiftRestriction():
            return {"restricted_since": None}
        case do.Suppress(address):
            return {"suppressed": _joined(case.suppressed, address)}
        case do.Unsuppress(address):
            return {"suppressed": tuple(one for one in case.suppressed if one != address)}
        case do.MarkWithdrawn(at):
            return {"consent_withdrawn_at": case.consent_withdrawn_at or at}
        case do.ConfirmStop(at):
            return {"stopped_at": at}


def _end_changes(action: do.CloseCase | do.CloseWith) -> dict[str, Any]:
    match action:
        case do.CloseWith(letters):
            return {"closes_with": letters}
        case do.CloseCase(at, reason):
            return {"status": Status.CLOSED, "closed_at": at, "close_reason": reason, **_ENDED}


def _identity_changes(
    case: Case, action: do.NameRecipient | do.PutQuestion | do.TakeAnswer | do.DenyIdentity
) -> dict[str, Any]:
    match action:
        case do.NameRecipient(email):
            return {"recipient": email}
        case do.PutQuestion(message_id, to):
            return {"questions": (*case.questions, Question(message_id, to))}
        case do.TakeAnswer(message_id, answer):
            asked = case.questions
            return {
                "questions": tuple(
                    replace(one, answer=answer) if one.message_id == message_id else one for one in asked
                )
            }
        case do.DenyIdentity():
            return {"identity": "denied"}


def _mail_changes(
    case: Case, action: do.AddMail | do.AddPlace | do.JoinThread | do.HandOver | do.GiveUp
) -> dict[str, Any]:
    match action:
        case do.AddMail(mail):
            return {"mails": (*case.mails, mail), "thread": _joined(case.thread, mail.message_id)}
        case do.AddPlace(key, pointer):
            found = (
                replace(mail, found_in=(*mail.found_in, pointer)) if mail.key == key else mail for mail in case.mails
            )
            return {"mails": tuple(found)}
        case do.JoinThread(message_id):
            return {"thread": _joined(case.thread, message_id)}
        case do.HandOver():
            return {"mails": (), "thread": ()}
        case do.GiveUp(keys, thread):
            return {
                "mails": tuple(mail for mail in case.mails if mail.key not in keys),
                "thread": tuple(id for id in case.thread if id not in thread),
            }


def _clock_changes(
    case: Case, action: do.SetDeadlines | do.MeetDeadlines | do.MissDeadlines | do.Wake | do.MarkAlerted | do.Climb
) -> dict[str, Any]:
    match action:
        case do.SetDeadlines(deadlines, clock, reasons):
            return {"deadlines": deadlines, "clock": clock, "clock_reasons": reasons}
        case do.MeetDeadlines(at, names):
            return {"deadlines": tuple(_met(one, at) if _named(one, names) else one for one in case.deadlines)}
        case do.MissDeadlines(names):
            return {
                "deadlines": tuple(replace(one, met_at=None) if _named(one, names) else one for one in case.deadlines)
            }
        case do.Wake(at):
            return {"next_at": at}
        case do.MarkAlerted(step):
            return {"alerted": _joined(case.alerted, step)}
        case do.Climb(step):
            return {"climbed": _joined(case.climbed, step)}


def _measure_changes(
    action: do.Doubt
    | do.AskIdentity
    | do.AskProof
    | do.ProveIdentity
    | do.PlanExtension
    | do.Extend
    | do.DecideBreach
    | do.PlanForgetting,
) -> dict[str, Any]:
    match action:
        case do.Doubt(reason):
            return {"doubt": reason}
        case do.AskIdentity(at):
            return {"identity_asked_at": at, "identity": "asked" if at else "unproven"}
        case do.AskProof(at):
            return {"proof_asked_at": at}
        case do.ProveIdentity(at):
            return {"identity_received_at": at, "identity": "confirmed"}
        case do.PlanExtension(reason):
            return {"extension_reason": reason}
        case do.Extend(at):
            return {"extended_at": at}
        case do.DecideBreach(decision):
            return {"breach_decision": decision}
        case do.PlanForgetting(on):
            return {"forget_on": on}


def _counted(before: Case, after: Case) -> Case:
    """`moves` grows whenever a date in people's calendars moves, goes or comes back: the sequence of RFC 5545."""
    dates = [[(deadline.name, deadline.due) for deadline in case.appointments] for case in (before, after)]
    return after.changed({"moves": after.moves + 1}) if before.deadlines and dates[0] != dates[1] else after


def _named(deadline: Deadline, names: tuple[str, ...]) -> bool:
    return not names or deadline.name in names


def _met(deadline: Deadline, at: datetime) -> Deadline:
    return deadline if deadline.met_at else replace(deadline, met_at=at)


def _without_last(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    found = [index for index, one in enumerate(values) if one == value]
    return (*values[: found[-1]], *values[found[-1] + 1 :]) if found else values


def _joined(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return values if value in values else (*values, value)
