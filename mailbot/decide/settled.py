"""A letter left, failed or came back. Only what our own mail server accepted was said (F-15).

The rule kept here: a term is met, a clock extended or stopped by a letter that was sent, from the moment it was sent;
a bounce takes that back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot import events
from mailbot.decide import beyond, closing, parties, post, replying
from mailbot.decide.clock import answer_terms, climb, dates_of, terms_of, wake
from mailbot.decide.fold import Folder
from mailbot.model import FIXED, Case, LetterState, Policy, is_foreign
from mailbot.plan.retention import forget_on

#: What the notice meets that is no answer: an extension with reasons, or that we cannot identify the person (A-24).
_NOTICE = ("notice_by",)

#: A letter of the case waits because the airlock found something in it.
_STOPPED = "letter_stopped"


def on_settled(case: Case, event: events.LetterSettled, policy: Policy, now: datetime) -> list[do.Action]:
    """Meet the deadlines when an answer left; tell staff when a letter did not."""
    folder = Folder(case, now)
    if event.audience == "processor":
        return _about_party(folder, event, policy)
    if event.state is LetterState.SENT:
        folder.do(do.Remark(f"sent: {event.template}"), *([event.taken] if event.taken else []))
        if _STOPPED in case.needs and event.audience == "requester" and event.template not in FIXED:
            folder.do(do.SetNeeds(tuple(need for need in case.needs if need != _STOPPED)))
        _said(folder, event.template, event.token, policy)
        return folder.actions
    folder.do(do.Remark(f"{event.state}: {event.template} ({event.why})"))
    if event.template == "extended" and event.state in (LetterState.FAILED, LetterState.DROPPED):
        folder.do(do.PlanExtension(""))
    if is_foreign(event.token) and event.state in (LetterState.FAILED, LetterState.DROPPED):
        _let_go_of(folder, event.token)
    if event.state is LetterState.DROPPED or is_foreign(event.token):
        return folder.actions
    if event.audience == "requester":
        folder.do(*post.to_staff(f"undelivered:{event.token}", "undelivered", policy, deputy=True))
    elif event.state is LetterState.FAILED and not event.token.endswith(":deputy"):
        climb(folder, event.token.removeprefix(f"{case.ref}:"), policy)
    return folder.actions


def _about_party(folder: Folder, event: events.LetterSettled | events.MailBounced, policy: Policy) -> list[do.Action]:
    """A mail to a processor left, failed or came back."""
    if isinstance(event, events.LetterSettled):
        folder.do(do.Remark(f"{event.state}: {event.template}"))
        parties.on_letter(folder, event, policy)
    else:
        folder.do(do.Remark(f"bounced: {event.template}"))
        parties.on_bounce(folder, event, policy)
    if folder.case.is_open:
        folder.do(wake(folder.case, policy, folder.now))
    return folder.actions


def _said(folder: Folder, template: str, token: str, policy: Policy) -> None:
    """What a letter does to the case by having been sent."""
    case, now = folder.case, folder.now
    match template:
        case name if replying.ends(name):
            replying.said(folder, template, token)
        case "package":
            _copy_left(folder, token)
        case "cannot_identify":
            folder.do(do.MeetDeadlines(now, _NOTICE if case.clock_stands_still else answer_terms(case)))
            folder.do(dates_of(folder.case, policy))
        case "identity_question" | "confirmation" if case.doubt and case.identity_asked_at is None:
            folder.do(do.AskIdentity(now))
            folder.do(dates_of(folder.case, policy))
        case "extended":
            _extended(folder, policy)
        case "restriction_lifted":
            if not is_foreign(token):
                folder.do(do.LiftRestriction(now))
            if not case.is_open:
                folder.do(do.PlanForgetting(forget_on(folder.case, policy, now)))
            if any(item.letter == token for item in case.items):
                replying.said(folder, template, token)
        case _:
            return
    if folder.case.is_open:
        closing.letter_left(folder, policy)
    if folder.case.is_open:
        folder.do(wake(folder.case, policy, now))


def _copy_left(folder: Folder, token: str) -> None:
    """A letter of the copy left; the person has the copy when the last one did."""
    packed = folder.case.work.packed_in(token)
    if packed is None:
        return
    left = (*(one for one in packed.left if one != token), token)
    whole = set(left) >= set(packed.tokens)
    folder.do(do.Pack(replace(packed, left=left, sent_at=folder.now if whole else None)))
    if whole:
        replying.said(folder, "package", packed.token)


def _copy_back(folder: Folder, token: str) -> None:
    """A letter of the copy came back, so the person has no whole copy."""
    if packed := folder.case.work.packed_in(token):
        left = tuple(one for one in packed.left if one != token)
        folder.do(do.Pack(replace(packed, left=left, sent_at=None)))
        replying.unsaid(folder, packed.token)


def _lifted_unheard(folder: Folder, token: str) -> None:
    """Nobody was told before the restriction ended, so it did not end (article 18(3); A-54)."""
    told = any(item.letter == token for item in folder.case.items)
    if not is_foreign(token):
        folder.do(do.Restrict(folder.now))
        folder.do(*([] if folder.case.is_open else [do.PlanForgetting(None)]))
    if told:
        replying.unsaid(folder, token)
    _let_go_of(folder, token)


def _let_go_of(folder: Folder, token: str) -> None:
    """A letter of another case does not tell this right after all: people answer it here."""
    if is_foreign(token):
        items = (replace(item, letter="") if item.letter == token else item for item in folder.case.items)
        folder.do(do.SetItems(tuple(items)))


def _extended(folder: Folder, policy: Policy) -> None:
    """The notice extends from the moment it left; one that left after the first month extends nothing (A-34)."""
    folder.do(do.Extend(folder.now))
    terms = terms_of(folder.case, policy)[0]
    if terms.extension_valid:
        folder.do(do.MeetDeadlines(folder.now, _NOTICE))
        if terms.promise_missed:
            folder.do(do.Remark("promise_missed: the notice of extension left after the promised date (A-34)"))
    else:
        folder.do(do.SetNeeds((*folder.case.needs, "extension_too_late")))
        folder.do(*post.to_staff(f"{folder.case.ref}:extension-too-late", "needs_person", policy, deputy=True))
    folder.do(dates_of(folder.case, policy))


def on_stopped(case: Case, event: events.LetterStopped, policy: Policy, now: datetime) -> list[do.Action]:
    """The airlock stopped a letter: a person is told what was found. Nothing of it stands in the history."""
    folder = Folder(case, now)
    folder.do(do.Remark(f"stopped by the airlock: {event.template}"))
    if _STOPPED not in case.needs:
        folder.do(do.SetNeeds((*case.needs, _STOPPED)))
    tries = sum(remark.startswith("stopped by the airlock") for remark in folder.case.remarks)
    folder.do(*post.to_staff(f"stopped:{event.token}:{tries}", "stopped", policy, body=event.found))
    return folder.actions


def on_bounce(case: Case, event: events.MailBounced, policy: Policy, now: datetime) -> list[do.Action]:
    """What bounced was not said: an answered case opens again, an extended one is not, a question was not asked."""
    folder = Folder(case, now)
    if event.audience == "processor":
        return _about_party(folder, event, policy)
    folder.do(do.Remark(f"bounced: {event.template}"))
    _unsaid(folder, event.template, event.token, policy)
    if event.audience == "requester":
        folder.do(*post.to_staff(f"bounced:{event.token}", "undelivered", policy, deputy=True))
    elif not event.token.endswith(":deputy"):
        climb(folder, event.token.removeprefix(f"{case.ref}:"), policy)
    return folder.actions


def on_silence(
    case: Case, event: events.ContactSilent | events.DeputySilent, policy: Policy, now: datetime
) -> list[do.Action]:
    """Somebody is not there: the next one gets the step at hand."""
    folder = Folder(case, now)
    if isinstance(event, events.ContactSilent) and policy.has_deputy:
        climb(folder, event.step, policy)
        to = "the deputy"
    else:
        beyond.pass_on(folder, event.step, policy)
        to = "the next people"
    if folder.actions:
        folder.do(do.Remark(f"{event.step} to {to}: {event.why}"))
    return folder.actions


def _unsaid(folder: Folder, template: str, token: str, policy: Policy) -> None:
    case = folder.case
    match template:
        case name if replying.ends(name):
            replying.unsaid(folder, token)
        case "package":
            _copy_back(folder, token)
        case "restriction_lifted":
            _lifted_unheard(folder, token)
        case "extended":
            folder.do(do.Extend(None), do.PlanExtension(""), do.MissDeadlines(_NOTICE))
        case "cannot_identify":
            folder.do(do.MissDeadlines(answer_terms(case) if replying.untold(case) else _NOTICE))
        case "identity_question" | "confirmation" if _is_awaited(case):
            folder.do(do.AskIdentity(None))
        case _:
            return
    folder.do(dates_of(folder.case, policy))
    if folder.case.is_open:
        folder.do(wake(folder.case, policy, folder.now))


def _is_awaited(case: Case) -> bool:
    """Whether a question of ours stopped the clock and nobody has answered it."""
    return case.identity_asked_at is not None and case.identity_received_at is None and case.identity != "denied"


def on_staff_mail(case: Case, event: events.StaffMailSeen, policy: Policy, now: datetime) -> list[do.Action]:
    """A colleague wrote to the requester: on record, but the term is met only when a person confirms it.

    What the program would still say by itself is dropped: the person has heard from a human being, where he wrote from.
    """
    folder = Folder(case, now)
    if event.message_id in case.thread:
        return []
    folder.do(do.JoinThread(event.message_id), do.Remark("a colleague wrote to the requester"))
    if not event.elsewhere:
        folder.do(do.Overtake("a colleague wrote first"))
    if not case.is_open:
        return folder.actions
    folder.do(do.ColleagueWrote(max(event.at, case.colleague_wrote_at or event.at)))
    if "answered_by_colleague" not in case.needs:
        folder.do(do.SetNeeds((*case.needs, "answered_by_colleague")))
    folder.do(dates_of(folder.case, policy))
    return folder.actions
