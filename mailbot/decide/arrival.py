"""A mail arrives: open the case, or add to the one it belongs to; freeze and suppress at once; tell people."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot import events
from mailbot.deadlines import end_of_day, leaves_at
from mailbot.decide import after_answer, erasing, identity, ladders, measures, sending, stopping
from mailbot.decide.apply import ASKS_MORE, WROTE_AGAIN
from mailbot.decide.clock import dates_of, wake
from mailbot.decide.decision import Decision
from mailbot.model import (
    HIDE_THE_TEXT,
    Case,
    CaseMail,
    Item,
    Kind,
    Mail,
    MatchState,
    Policy,
    Signal,
    Status,
    Trust,
    Verdict,
)

#: Kinds and signals that call a person at once, with the word under which the staff's mail explains it.
_CALLS = {
    Kind.BREACH_REPORT: "breach",
    Kind.DECEASED: "deceased",
    Kind.MINOR: "minor",
    Kind.AUTOMATED_DECISION: "automated_decision",
    Kind.COMPLAINT: "complaint",
    Kind.PRIVACY_QUESTION: "question",
    Kind.RESTRICTION_LIFT: "restriction_lift",
}
_SIGNAL_CALLS = (
    *(Signal.AUTHORITY_DEMAND, Signal.REPRESENTATIVE, Signal.IDENTITY_DOCUMENT),
    *(Signal.ADDRESS_CHANGE, Signal.FORMER_EMPLOYEE),
)


def opens_case(mail: Mail, verdict: Verdict) -> bool:
    """Whether a file must be opened. Doubt opens one: the clock runs if it turns out to be a request (B-26)."""
    if verdict.act == "triage" or Signal.AUTHORITY_DEMAND in verdict.signals or is_unreadable(mail):
        return True
    return any(kind is not Kind.NOT_A_REQUEST for kind in verdict.kinds)


def open_case(event: events.MailArrived, policy: Policy, now: datetime) -> list[do.Action]:
    """Everything that the first mail of a request sets in motion; nothing when it is no request."""
    mail, verdict = event.mail, event.verdict
    if not opens_case(mail, verdict):
        return []
    needs = needs_of(event)
    unsure = verdict.act == "triage" or is_unreadable(mail)
    decision = Decision(None, now)
    decision.do(
        do.OpenCase(
            ref=event.ref,
            tenant=policy.tenant,
            status=Status.TRIAGE if unsure else Status.OPEN,
            received_at=mail.received_at,
            opened_at=now,
            requester=mail.forwarded_from or mail.sender,
            language=verdict.language,
            certainty=verdict.certainty,
            reasons=verdict.reasons,
            signals=verdict.signals,
            channel=event.channel,
        ),
        do.AddMail(_case_mail(mail, event, policy)),
        do.SetItems(tuple(Item(kind) for kind in verdict.kinds)),
        do.SetIdentity(
            identity.identity_of(event.match, mail),
            event.match.state,
            event.match.customer_id,
            event.match.known_email,
        ),
        do.SetNeeds(needs),
    )
    decision.do(*identity.remarks_on(mail, event.match))
    decision.do(dates_of(decision.case, policy))
    stopping.on_text(decision, f"{mail.subject}\n{mail.text}", policy)
    decision.do(*_first_letters(decision.case, event, policy, now))
    decision.do(*_first_calls(decision.case, policy, now))
    decision.do(wake(decision.case, policy, now))
    return decision.actions


def join_case(case: Case, event: events.MailArrived, policy: Policy, now: datetime) -> list[do.Action]:
    """A further mail of the same person in the same matter. A reply to a closed case opens it again."""
    decision = Decision(case, now)
    more = after_answer.possible_new_rights(case, event)
    decision.do(do.AddMail(replace(_case_mail(event.mail, event, policy), guessed=more)))
    if not case.is_open:
        decision.do(do.SetStatus(Status.OPEN))
        decision.need(after_answer.TO_CLOSED)
    else:
        decision.need(*_new_needs(case, event, bool(more)))
    identity.on_further_mail(decision, event, policy)
    if not event.mail.automatic:
        stopping.on_text(decision, event.mail.text, policy, further=True)
        decision.do(*([do.CloseWith(())] if case.closes_with else []))  # a person reads it before the case closes
    after_answer.keep_calling(decision, event.mail, not case.is_open, policy)
    if not event.mail.automatic:
        moment = _when_people_are_in(decision.case, policy, now)
        token = f"{case.ref}:{after_answer.step_of(event.mail)}"
        decision.do(*sending.to_staff(token, "reply_received", policy, not_before=moment))
    if decision.case.reply_at:
        decision.do(wake(decision.case, policy, now))
    return decision.actions


def _new_needs(case: Case, event: events.MailArrived, more: bool) -> list[str]:
    """Why a person must look after a further mail: it may ask something new, or take an erasure back."""
    reasons = {ASKS_MORE: more, WROTE_AGAIN: erasing.may_take_back(case, event)}
    return [need for need, applies in reasons.items() if applies]


def find_again(case: Case, event: events.MailFoundAgain, policy: Policy, now: datetime) -> list[do.Action]:
    """The same mail in another place: on record, no new case. Moved to junk by a colleague it is a question, no end.

    Of two boxes that got it the first receipt counts, whichever is read first (A-03).
    """
    decision = Decision(case, now)
    mail = next((mail for mail in case.mails if mail.key == event.key), None)
    if mail is None or event.pointer in (mail.pointer, *mail.found_in):
        return []
    decision.do(do.AddPlace(event.key, event.pointer))
    if event.junk and case.is_open:
        decision.need("moved_to_junk")
    if event.received_at and mail is case.mails[0] and _came_before(event.received_at, mail, case):
        decision.do(do.SetReceipt(event.received_at), do.Remark("the same mail reached another box before"))
        decision.do(dates_of(decision.case, policy), wake(decision.case, policy, now))
    return decision.actions


def _came_before(at: datetime, mail: CaseMail, case: Case) -> bool:
    """Whether this is an earlier receipt than any that we knew; what a person corrected stays as he said."""
    corrected = any(remark.startswith(measures.RECEIPT_CORRECTED) for remark in case.remarks)
    return case.is_open and not corrected and at < min(mail.received_at, case.received_at)


def open_unreadable(event: events.MailUnreadable, policy: Policy, now: datetime) -> list[do.Action]:
    """A mail that nobody could read is a case for a person, and its clock runs."""
    decision = Decision(None, now)
    decision.do(
        do.OpenCase(event.ref, policy.tenant, Status.TRIAGE, event.received_at, now, None),
        do.AddMail(CaseMail(event.key, "", event.pointer, event.received_at, "", "", "")),
        do.SetNeeds(("unreadable",)),
        do.Remark(f"unreadable: {event.reason}"),
    )
    decision.do(dates_of(decision.case, policy))
    decision.do(*sending.to_staff(f"{event.ref}:needs", "needs_person", policy))
    decision.do(wake(decision.case, policy, now))
    return decision.actions


def needs_of(event: events.MailArrived) -> tuple[str, ...]:
    """Why a person must look, as words that the staff's letters explain."""
    mail, verdict, match = event.mail, event.verdict, event.match
    reasons = {
        "unreadable": is_unreadable(mail),
        "unsure": verdict.act == "triage" and not is_unreadable(mail),
        "ambiguous_customer": match.state is MatchState.AMBIGUOUS,
        "not_authentic": mail.authenticated.state is Trust.FAIL,
        "junk": event.junk,
        "mentions_case": bool(event.mentions),
        "follows_case": bool(event.follows),
        "other_language": verdict.language not in ("nl", ""),
        "forwarded": mail.forwarded_from is not None,
        "no_sender": mail.sender is None,
        "machine": bool(mail.automatic),
    }
    reasons |= {signal.value: signal in verdict.signals for signal in _SIGNAL_CALLS}
    reasons |= {word: kind in verdict.kinds for kind, word in _CALLS.items()}
    return tuple(word for word, applies in reasons.items() if applies)


def _case_mail(mail: Mail, event: events.MailArrived, policy: Policy) -> CaseMail:
    """What the case keeps of a mail."""
    sender = mail.sender.email if mail.sender else ""
    box = next((address for address in mail.to if address.lower() in policy.addresses), "")
    return CaseMail(
        key=mail.key,
        message_id=mail.message_id,
        pointer=event.pointer,
        received_at=mail.received_at,
        sender=sender,
        subject=mail.subject,
        text=mail.text,
        box=box,
        receipt=mail.receipt,
        authentic=mail.authenticated.state is Trust.PASS,
    )


def is_unreadable(mail: Mail) -> bool:
    """Whether what the mail asks may stand where the program cannot read."""
    return not HIDE_THE_TEXT.isdisjoint(mail.defects)


def _first_letters(case: Case, event: events.MailArrived, policy: Policy, now: datetime) -> list[do.Action]:
    actions: list[do.Action] = []
    mail = event.mail
    if named := event.mentions or event.follows:
        actions.append(do.Remark(f"{sending.MENTIONS}{named}"))
    silence = sending.reason_for_silence(mail, event.junk)
    by_authority = Signal.AUTHORITY_DEMAND in case.signals
    if case.status is Status.TRIAGE or by_authority or event.channel != "mail":
        silence = silence or sending.PERSON_FIRST
    if silence:
        actions.append(do.Remark(f"{sending.SILENT}{silence}"))
    else:
        hold = sending.reason_to_hold(mail)
        later = now + policy.acknowledge_after if policy.acknowledge_after else None
        first = [first_letter(case, policy, hold), *identity.ask_elsewhere(case, policy, hold)]
        actions += [replace(letter, not_before=later) for letter in first]
    return actions


def _first_calls(case: Case, policy: Policy, now: datetime) -> list[do.Action]:
    """The mail to people at receipt; of a request that was found late it is also the step that has passed."""
    urgent, passed = bool(case.needs), ladders.passed_step(case, policy, now)
    deputy = bool(passed and passed.deputy and policy.deputy_email)
    moment = None if "breach" in case.needs else _when_people_are_in(case, policy, now)
    calls: list[do.Action] = [
        *sending.to_staff(
            f"{case.ref}:{'needs' if urgent else 'new'}",
            "breach_undecided" if "breach" in case.needs else "needs_person" if urgent else "new_case",
            policy,
            deputy=deputy,
            not_before=moment,
        )
    ]
    if passed:
        calls += [do.MarkAlerted(passed.name), *([do.Climb(passed.name)] if deputy else [])]
    return calls


def _when_people_are_in(case: Case, policy: Policy, now: datetime) -> datetime:
    return leaves_at(now, _acts_by(case, policy, now), policy.hours, policy.country, policy.zone)


def _acts_by(case: Case, policy: Policy, now: datetime) -> datetime | None:
    """Until when people can act: today, where something must stop at once."""
    if stopping.waits_for_stop(case):
        return end_of_day(policy.day_of(now), policy.zone)
    act_by = case.deadline("act_by")
    return act_by.due if act_by else None


def first_letter(case: Case, policy: Policy, hold: str = "") -> do.Send:
    """The acknowledgement, or for a stranger the neutral letter that gives nothing away (C-03)."""
    stranger = case.match in (MatchState.UNKNOWN, MatchState.AMBIGUOUS, MatchState.NAMED)
    if stranger and identity.asks_who(case):
        return sending.to_requester(f"{case.ref}:ack", "neutral", case, policy, hold=hold)
    send = sending.to_requester(f"{case.ref}:ack", "acknowledgement", case, policy, hold=hold)
    return replace(send, asks=identity.asks_itself(case))
