"""Who writes: the question to the address on file, what its owner answers, and what a further mail shows.

The rule kept here (C-02, C-03, A-37, B-11): the question goes to the address on file and nowhere else; the
writer learns nothing of it. A yes proves, a no stops everything and calls a person, silence proves nothing. A question
of routine never stops the clock. Identity papers are never asked and never kept (C-06, C-10).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot import events
from mailbot.decide import measures, sending, unproven
from mailbot.decide.clock import dates_of, resume, wake
from mailbot.decide.decision import Decision
from mailbot.errors import Refused
from mailbot.model import (
    NO_PROOF_NEEDED,
    Case,
    Defect,
    Identity,
    Mail,
    Match,
    MatchState,
    Policy,
    Status,
    Trust,
    fold_address,
)
from mailbot.sender import proof
from mailbot.sender.capacity import roles_of
from mailbot.sender.proof import PERSON_ONLY, Proof

#: What a proof of identity settles among the reasons for which a person must look.
_SETTLED = frozenset({"not_authentic", "ambiguous_customer"})


def identity_of(match: Match, mail: Mail | None = None) -> Identity:
    """How far it is proven who writes, on arrival. Of a mail that a colleague passed on nobody knows who sent it."""
    if mail and mail.authenticated.state is Trust.FAIL:
        return "failed"
    passed_on = mail is not None and mail.forwarded_from is not None
    return "known_address" if match.state is MatchState.KNOWN and not passed_on else "unproven"


def asks_who(case: Case) -> bool:
    """Whether anything in the case needs to be sure who writes before it can be done."""
    return bool(set(case.kinds) - NO_PROOF_NEEDED - PERSON_ONLY)


def asks_itself(case: Case) -> bool:
    """Whether the first letter can carry the question: it goes to the address on file itself."""
    return case.match is MatchState.KNOWN and proof.still_needed(case) is Proof.REPLY


def confirmation(case: Case, policy: Policy, hold: str = "", released: bool = False) -> list[do.Send]:
    """The question to the address on file, where somebody wrote from elsewhere or a person wants to be sure.

    It is no answer to the writer's mail: it stands in no thread and names nothing that he wrote.
    """
    if not case.known_email:
        return []
    token = f"{case.ref}:confirm:{1 + len(case.questions)}"
    send = sending.to_requester(token, "confirmation", case, policy, hold=hold, released=released, to=case.known_email)
    return [replace(send, asks=True, in_reply_to="", references=())]


def ask_elsewhere(case: Case, policy: Policy, hold: str = "") -> list[do.Send]:
    """The question that goes out beside the neutral letter; none where nobody can or need be asked."""
    if case.match is not MatchState.NAMED or proof.still_needed(case) is not Proof.REPLY:
        return []
    return confirmation(case, policy, hold)


def remarks_on(mail: Mail, match: Match) -> list[do.Action]:
    """What the file notes about the sender, as facts (C-10, C-12)."""
    noted: list[do.Action] = []
    if Defect.PAPER_LEFT_OUT in mail.defects:
        noted.append(do.Remark("an identity paper or number came unasked; it was not kept (C-10)"))
    if roles := roles_of(mail):
        noted.append(do.Remark(f"writes for somebody else, it seems as: {', '.join(roles)}"))
    if match.hint:
        noted.append(do.Remark(f"customer {match.hint} has this name and postcode: a hint, no proof"))
    return noted


def on_further_mail(decision: Decision, event: events.MailArrived, policy: Policy) -> None:
    """What a further mail in a case shows about who writes."""
    case, mail = decision.case, event.mail
    decision.do(*remarks_on(mail, event.match))
    if Defect.PAPER_LEFT_OUT in mail.defects and case.requester and not mail.automatic:
        decision.do(sending.to_requester(f"{case.ref}:paper:{mail.key[:16]}", "paper_not_needed", case, policy))
    if answer := proof.answer_in(case, mail):
        _answered(decision, answer, policy)
    elif case.match is MatchState.UNKNOWN and case.identity != "confirmed" and _is_requester(case, mail):
        _named_now(decision, event.match, policy, sending.reason_to_hold(mail))


def look_up(case: Case, event: events.CustomerLookedUp, policy: Policy, now: datetime) -> list[do.Action]:
    """The customers could be read at last: the step that waited for them is taken now."""
    decision = Decision(case, now)
    match = event.match
    identity = case.identity if case.identity in ("failed", "confirmed") else _known_from(case, match)
    decision.do(do.SetIdentity(identity, match.state, match.customer_id, match.known_email))
    decision.do(do.Remark(f"customers could be read again: {match.state}"))
    if match.state is MatchState.AMBIGUOUS:
        decision.need("ambiguous_customer")
    decision.do(*_late_letters(decision.case, policy))
    if decision.case.is_open:
        decision.do(wake(decision.case, policy, now))
    return decision.actions


def _known_from(case: Case, match: Match) -> Identity:
    """How far a customer who was found later proves who writes: not where somebody else sent the mail (E-11)."""
    wrote = case.mails[0].sender if case.mails else ""
    himself = case.requester is not None and fold_address(wrote) == fold_address(case.requester.email)
    return identity_of(match) if himself else "unproven"


def link(decision: Decision, event: events.CustomerLinked, policy: Policy) -> None:
    """A person knows which customer is meant. The address on file is asked where that is needed; the writer learns
    nothing, and nothing is proven by it."""
    case = decision.case
    if not event.reason.strip():
        raise Refused("Say how you know which customer it is", "C-03")
    if case.identity in ("confirmed", "denied"):
        raise Refused(f"Who writes in {case.ref} is settled already: {case.identity}", "C-03")
    himself = case.requester is not None and fold_address(case.requester.email) == fold_address(event.known_email)
    state = MatchState.KNOWN if himself else MatchState.NAMED
    proven = case.identity if case.identity == "failed" else _known_from(case, Match(state))
    decision.do(do.SetIdentity(proven, state, event.customer_id, event.known_email, linked=True))
    decision.do(do.Remark(f"linked to customer {event.customer_id}: {event.reason}"))
    decision.need_no_more("ambiguous_customer")
    if not any(one.to == event.known_email and not one.answer for one in case.questions):
        decision.do(*_late_question(decision.case, policy, by_a_person=True))


def _late_letters(case: Case, policy: Policy) -> list[do.Send]:
    """What would have left at receipt, had the customers been readable. A stranger gets the same neutral letter whether
    or not the customer exists whom he names (C-03); a mail that had to go without a letter still goes without."""
    if sending.was_silent(case) or not case.is_open or case.status is Status.TRIAGE or case.identity == "failed":
        return []
    stranger = case.match is not MatchState.KNOWN and asks_who(case)
    neutral = [sending.to_requester(f"{case.ref}:number", "neutral", case, policy)] if stranger else []
    return [*neutral, *_late_question(case, policy)]


def _late_question(case: Case, policy: Policy, by_a_person: bool = False) -> list[do.Send]:
    """The first letter has left already, so the address on file is asked in a letter of its own."""
    if not case.is_open or case.status is Status.TRIAGE or case.identity == "failed":
        return []
    asks = proof.still_needed(case) is Proof.REPLY
    return confirmation(case, policy, released=by_a_person) if asks else []


def _answered(decision: Decision, answer: proof.Answer, policy: Policy) -> None:
    case = decision.case
    decision.do(do.TakeAnswer(answer.question.message_id, "yes" if answer.yes else "no"))
    if not answer.yes:
        decision.do(do.DenyIdentity(), do.Remark("the owner of the address on file says that the request is not his"))
        decision.need("denied")
        if unproven.is_disowned(decision.case):
            decision.do(*measures.withdraw(case, "the owner of the address says that it is not his request"))
        return
    decision.do(do.Remark("confirmed by a reply from the address on file (C-02)"))
    if case.identity_received_at is None:
        decision.do(do.ProveIdentity(decision.now))
        resume(decision)
        decision.do(dates_of(decision.case, policy))
        decision.do(*measures.withdraw(case, "identity was confirmed"))
    decision.need_no_more(*_SETTLED)
    if decision.case.is_open:
        decision.do(wake(decision.case, policy, decision.now))


def _named_now(decision: Decision, match: Match, policy: Policy, hold: str) -> None:
    """The stranger gives a number or becomes known: the address on file is asked; he himself learns nothing."""
    if match.state not in (MatchState.NAMED, MatchState.KNOWN):
        return
    case = decision.case
    identity = case.identity if case.identity in ("failed", "asked") else identity_of(match)
    decision.do(do.SetIdentity(identity, match.state, match.customer_id, match.known_email))
    decision.do(do.Remark("a customer was named in a further mail"))
    if case.status is not Status.TRIAGE:
        decision.do(*ask_elsewhere(decision.case, policy, hold))


def _is_requester(case: Case, mail: Mail) -> bool:
    return mail.sender is not None and case.requester_email.lower() == mail.sender.email.lower()
