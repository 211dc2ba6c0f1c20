"""What a person may do to the clock: extend it, ask who writes, confirm it, decide about a breach, lift a restriction.

The rule kept here (F-01): the program does none of this by itself. What moves a date is not the decision but the
letter: an extension or a question counts from the moment it was sent (`letter_settled`), and a bounce undoes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from mailbot import actions as do
from mailbot import events
from mailbot.checklist.barred import never_asked_who, never_extended
from mailbot.dates import dutch_date
from mailbot.deadlines import add_months, compute
from mailbot.decide import ladders, outcomes, replying, sending
from mailbot.decide.clock import clock_events, dates_of, resume, terms_of
from mailbot.decide.decision import Decision
from mailbot.errors import Refused
from mailbot.model import CHANGES, Case, Kind, MatchState, Outcome, Policy, foreign

#: How the remarks begin that count a try: the letter of each try has a name of its own.
_EXTENDING, _ASKING, _LIFTING = "extension decided", "identity asked", "restriction to be lifted"
#: An objection that ended so, or has not ended, still stops the use of the data (A-51, B-17).
_STANDS = (Outcome.OPEN, Outcome.GRANTED, Outcome.PARTLY)
#: How the remark begins that a person corrected the moment of receipt.
RECEIPT_CORRECTED = "receipt corrected: "
#: Why a letter that waited does not leave once its case is closed.
ENDED = "the case is closed"


def extend(decision: Decision, event: events.ExtensionDecided, policy: Policy) -> None:
    """Two more months, once, told within the first month with reasons that a person wrote (A-30 to A-34)."""
    case = decision.case
    for why, rule in _against_extension(decision, event.reason, policy):
        raise Refused(why, rule)
    replying.check_words(case, policy, decision.now, event.reason)
    token = f"{case.ref}:extended:{_next(case, _EXTENDING)}"
    until = _extended_until(decision, policy)
    decision.do(do.PlanExtension(event.reason), do.Remark(f"{_EXTENDING}: {event.reason}"))
    decision.do(sending.to_requester(token, "extended", case, policy, body=event.reason, released=True, until=until))


def _against_extension(decision: Decision, reason: str, policy: Policy) -> Iterator[tuple[str, str]]:
    """What the law says against extending this case today, with the rule."""
    case, act_by = decision.case, decision.case.deadline("act_by")
    last = add_months(policy.day_of(case.received_at), 1)
    if len(reason.split()) < 2:  # a word alone is no reason: "druk" says nothing about this request
        yield "Say in some words why two more months are necessary; the person reads it", "A-30"
    if (never := never_extended(case, policy))[0]:
        yield never
    if case.extended_at or case.extension_reason:
        yield f"{case.ref} was extended already; that is possible once", "A-30"
    if act_by and act_by.met_at:
        yield f"{case.ref} was answered; there is nothing to extend", "A-30"
    if policy.day_of(decision.now) > last:
        told = f"Too late: the first month ended on {dutch_date(last)}, and a notice after it extends nothing."
        yield f"{told} Answer today and say that it is late", "A-34"


def _extended_until(decision: Decision, policy: Policy) -> date | None:
    """The day that the notice names: it is counted from receipt, so it does not depend on the hour of sending."""
    [rule, *_] = (terms.rule for terms in terms_of(decision.case, policy))
    moved = replace(clock_events(decision.case), extended_at=decision.now)
    received_at, promise = decision.case.received_at, policy.promise_days
    terms = compute(rule, received_at, policy.country, policy.zone, promise, moved, policy.promise_months)
    until = terms.operating or terms.without_suspension
    return until if type(until) is date else None


def ask(decision: Decision, event: events.IdentityAsked, policy: Policy) -> None:
    """Ask who writes. Only reasonable doubt stops the clock, and only if asked within five days (A-36, A-37, C-01)."""
    case = decision.case
    doubt = event.reason.strip() or _doubt(case)
    if (never := never_asked_who(case))[0]:
        raise Refused(*never)
    if not doubt and not CHANGES & set(case.kinds):
        raise Refused(
            f"{case.ref} came from the address on file, so there is no reasonable doubt; "
            "if there is, say why with --reason",
            "C-01",
        )
    if doubt and not case.doubt:
        decision.do(do.Doubt(doubt))
    tries = _next(case, _ASKING)
    decision.do(do.Remark(f"{_ASKING}: {doubt or 'check of the address, no doubt'}"))
    if case.known_email and not event.by_letter:
        decision.do(_to_known(decision.case, policy, tries))
    else:
        decision.do(
            sending.to_requester(f"{case.ref}:identity:{tries}", "identity_question", case, policy, released=True)
        )


def _to_known(case: Case, policy: Policy, tries: int) -> do.Send:
    """The question goes to the address on file and to no other (C-03)."""
    token = f"{case.ref}:identity:{tries}"
    send = sending.to_requester(token, "confirmation", case, policy, released=True, to=case.known_email)
    return replace(send, asks=True, in_reply_to="", references=())


def _doubt(case: Case) -> str:
    """What makes it reasonable to ask, as far as the program knows."""
    if case.identity == "failed":
        return "the sender's address failed authentication"
    words = {
        MatchState.UNKNOWN: "the address is not known to us",
        MatchState.NAMED: "the address is not the one on file",
        MatchState.AMBIGUOUS: "more than one customer could be meant",
    }
    return words.get(case.match, "")


def confirm(decision: Decision, event: events.IdentityConfirmed, policy: Policy) -> None:
    """The person has shown who he is: the clock goes on, with the days that it stood still added."""
    case, at = decision.case, event.at or decision.now
    if case.identity_received_at:
        raise Refused(f"The identity in {case.ref} was confirmed already")
    if not event.reason.strip():
        raise Refused("Say with --reason how the person showed who he is; never keep the proof itself", "C-12")
    if at > decision.now:
        raise Refused("The proof cannot have come in the future")
    decision.do(do.ProveIdentity(at), do.Remark(f"identity confirmed: {event.reason}"))
    resume(decision)
    decision.do(dates_of(decision.case, policy))
    decision.do(*withdraw(case, "identity was confirmed"))


def name_recipient(decision: Decision, event: events.RecipientNamed, policy: Policy) -> None:
    """Another address for the answer: a new one of the person himself, or a representative's (C-04, C-11)."""
    case, email = decision.case, event.email.strip().lower()
    if not event.reason.strip():
        raise Refused(
            "Say with --reason how you know that the answer may go there; never keep the proof itself", "C-11"
        )
    if email in policy.addresses or email in (policy.contact_email, policy.deputy_email):
        raise Refused("Copies of data never go to a colleague by mail", "F-11")
    if not event.representative and case.identity != "confirmed":
        raise Refused(
            f"The person must confirm another address from the one on file first: `mailbot ask {case.ref}`, or "
            f"`mailbot confirm {case.ref} --reason ...` if he has shown who he is",
            "C-04",
        )
    role = "representative" if event.representative else "another address"
    decision.do(do.NameRecipient(email), do.Remark(f"answer may go to {role}: {event.reason}"))


def withdraw(case: Case, why: str) -> list[do.Action]:
    """Drop the letter "we cannot identify you" where it still waits for a person."""
    waiting = [step for step in case.alerted if step.startswith("cannot_identify:")]
    return [do.Unsend(f"{case.ref}:{step}", why) for step in waiting]


def end(decision: Decision, reason: str) -> None:
    """Close the case. What the program would still say by itself, such as that an answer will come, is no longer so."""
    decision.do(*withdraw(decision.case, ENDED), do.Overtake(ENDED, observed=False), do.CloseCase(decision.now, reason))


def on_lifting(decision: Decision, event: events.RestrictionLifted | events.ToldElsewhere, policy: Policy) -> None:
    """A restriction is lifted; in the later case in which that was asked, the same letter tells it."""
    if isinstance(event, events.ToldElsewhere):
        _told_elsewhere(decision, event)
    else:
        _lift(decision, event, policy)


def _lift(decision: Decision, event: events.RestrictionLifted, policy: Policy) -> None:
    """Tell the person first; the restriction ends when that letter was sent (article 18(3); A-54)."""
    case = decision.case
    if case.restricted_since is None:
        raise Refused(
            f"Nothing is restricted in {case.ref}; what was restricted in an earlier case ends there: "
            "`mailbot lift` with that reference and --on-request, which answers this case too"
        )
    if not event.reason.strip():
        raise Refused("Say why; the person reads it before the restriction ends", "A-54")
    if policy.only_person_lifts and not event.on_request and Kind.RESTRICTION_LIFT not in case.kinds:
        raise Refused(
            f"{policy.name} promises that only the person lifts a restriction; if he asked for it, add --on-request",
            "A-54",
        )
    stands = any(one.kind is Kind.OBJECTION and one.outcome in _STANDS for one in case.items)
    if stands and not event.on_request:
        raise Refused("While the objection is open or upheld the data are not used; decide about it first", "A-51")
    if Kind.RESTRICTION_LIFT in case.kinds:
        replying.refuse_unproven(case, [Kind.RESTRICTION_LIFT])
    replying.check_words(case, policy, decision.now, event.reason)
    token = f"{case.ref}:lifted:{_next(case, _LIFTING)}"
    decision.do(do.Remark(f"{_LIFTING}: {event.reason}"))
    send = sending.to_requester(token, "restriction_lifted", case, policy, body=event.reason, released=True)
    decision.do(replace(send, asked_in=event.asked_in, asked_on=event.asked_on))
    if Kind.RESTRICTION_LIFT in case.kinds:
        decision.do(do.SetItems(outcomes.granted(case, Kind.RESTRICTION_LIFT, event.actor, token, decision.now)))


def _told_elsewhere(decision: Decision, event: events.ToldElsewhere) -> None:
    """A letter of another case answers this right; what calls a person for it alone calls nobody any more."""
    case = decision.case
    token = foreign(case.ref, event.letter)
    decision.do(do.SetItems(outcomes.granted(case, event.kind, event.actor, token, decision.now)))
    decision.do(do.Remark(f"told by a letter of another case: {event.letter}"))
    decision.need_no_more(event.kind.value, "follows_case")


def acknowledge(decision: Decision, step: str) -> None:
    """A person has seen a warning: that step climbs no further; later steps and overdue mails still come."""
    seen = step or ladders.current_step(decision.case)
    if not ladders.is_step(decision.case, seen):
        raise Refused(f"Nobody was warned of {seen} in {decision.case.ref}")
    decision.do(do.MarkAlerted(f"{ladders.SEEN}{seen}"))


def correct_receipt(decision: Decision, event: events.ReceiptCorrected, policy: Policy) -> None:
    """The request was received at another moment than we thought; a person says why (A-04)."""
    if not event.reason.strip():
        raise Refused("Say why the date of receipt was wrong", "A-04")
    if event.received_at > decision.now:
        raise Refused("It cannot have been received in the future", "A-04")
    decision.do(do.SetReceipt(event.received_at), do.Remark(f"{RECEIPT_CORRECTED}{event.reason}"))
    decision.do(dates_of(decision.case, policy))


def _next(case: Case, words: str) -> int:
    return 1 + sum(remark.startswith(words) for remark in case.remarks)
