"""What a template may name: strings made from a case and a company's policy, and nothing else.

The rule kept here (B-05): a letter to people outside gets the company's own words and dates only; nothing that
a stranger wrote comes back, but for a generator's number of one fixed form. Letters to staff also get the address, the
subject, the sentences that decided and the commands to act.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mailbot.actions import Send
from mailbot.checklist.barred import never_asked_who
from mailbot.checklist.catalogue import UNDENIABLE
from mailbot.dates import written_date
from mailbot.letters.in_words import (
    date_in_words,
    day_in_words,
    days_left,
    days_left_in_words,
    hours_left_in_words,
    listed,
    may_extend,
    moment_in_words,
    passed,
)
from mailbot.letters.reader import phrases_for, words_for
from mailbot.letters.render import Value, clean, clean_lines
from mailbot.letters.their_number import their_number
from mailbot.model import Case, MatchState, Policy, Signal, Status

Phrases = Mapping[str, Mapping[str, str]]

#: Languages that a letter offers a translation in when it is written in Dutch (F-16).
FOREIGN = ("fr", "en", "de")
#: How `decide` begins the remark that says why the sender hears nothing.
_SILENCE = "no letter to the sender: "
#: How it begins the remark that names another case.
_MENTIONS = "mentions "


def of_company(policy: Policy, phrases: Phrases, language: str) -> dict[str, Value]:
    """What every letter may say about the company and its authority (rules D)."""
    authority = policy.authority
    return {
        "language": language,
        "tenant": policy.tenant,
        "company": clean(policy.name, 200),
        "mailbox": policy.mailbox,
        "contact_name": clean(policy.contact_name, 200),
        "contact_phone": clean(policy.contact_phone, 60),
        "post_address": clean(", ".join(policy.post_address.splitlines()), 300),
        "website": policy.website,
        "authority": authority.name,
        "authority_short": authority.short,
        "authority_url": authority.complaint_url,
        "authority_post": authority.post,
        "authority_phone": authority.phone,
        "authority_remark": authority.remark,
        "court": phrases["court"][policy.country],
        "promise_days": str(policy.promise_days or ""),
        "promises_sooner": policy.promises_sooner,
        "country": policy.country,
        "minor_age": str(policy.minor_age),
        "leaving_is_erasure": policy.leaving_is_erasure,
        "only_person_lifts": policy.only_person_lifts,
        "mode": policy.mode,
        "by_reply": policy.trust_staff_mail or bool(policy.authserv_ids),
        "ref": "",
        "their_ref": "",
    }


def of_send(send: Send) -> dict[str, Value]:
    """What a person wrote, for the letters that carry it, and for whom the letter is."""
    return {
        "template": send.template,
        "audience": send.audience,
        "body": clean_lines(send.body),
        "why": clean(send.why, 500),
        "code": "",
        "confirm_code": "",
        "was_due": "",
        "with_code": False,
        "with_tables": True,
        "part": "",
        "parts": "",
        "until": written_date(send.until, send.language or "nl") if send.until else "",
        "asked_in": send.asked_in,
        "asked_on": written_date(send.asked_on, send.language or "nl") if send.asked_on else "",
    }


def of_case(case: Case, policy: Policy, phrases: Phrases, language: str, to: str, now: datetime) -> dict[str, Value]:
    """What a letter to the requester, who reads it at the address `to`, may say about the case."""
    kinds = phrases_for(case, to, phrases, "kinds")
    due = case.deadline("operating")
    return words_for(case, to, policy) | {
        "ref": case.ref,
        "their_ref": their_number(case),
        "kinds": [kinds[kind] for kind in case.kinds if kind in kinds],
        "kind_words": [str(kind) for kind in case.kinds],
        "received_on": day_in_words(case.received_at, policy, language),
        "due_on": date_in_words(due, language),
        "is_late": bool(due and due.on and due.on < policy.day_of(now)),
        "notice_on": date_in_words(case.deadline("notice_by"), language),
        "from_known": case.match is MatchState.KNOWN and bool(case.questions),
        "asked_identity_on": day_in_words(case.identity_asked_at, policy, language),
        "restricted_on": day_in_words(case.restricted_since, policy, language),
        "marketing_stopped": bool(case.suppressed),
        "stopped_on": day_in_words(case.stopped_at, policy, language),
        "sent_id": Signal.IDENTITY_DOCUMENT in case.signals,
        "address_change": Signal.ADDRESS_CHANGE in case.signals,
        "foreign": case.language if case.language in FOREIGN else "",
    }


def for_staff(case: Case, send: Send, policy: Policy, phrases: Phrases, now: datetime) -> dict[str, Value]:
    """What a mail to staff says on top: who, what, why, until when and what to type."""
    first, last = (case.mails[0], case.mails[-1]) if case.mails else (None, None)
    return {
        "requester": clean(case.requester_email, 254),
        "mail_subject": clean(first.subject if first else "", 200),
        "mail_at": moment_in_words(case.received_at, policy),
        "last_from": clean(last.sender if last else "", 254),
        "last_subject": clean(last.subject if last else "", 200),
        "last_at": moment_in_words(last.received_at if last else case.received_at, policy),
        "channel": phrases["channels"].get(case.channel, case.channel),
        "quotes": _quotes(case),
        "asked": listed([phrases["kind_names"][kind] for kind in case.kinds]),
        "todo": [phrases["todo"][kind] for kind in case.kinds if kind in phrases["todo"]],
        "duties": list(dict.fromkeys(clean(line, 300) for kind, line in policy.duties if kind in case.kinds)),
        "needs": [_need(need, case, phrases) for need in case.needs],
        "signals": [phrases["signals"].get(signal, signal) for signal in case.signals],
        "match": phrases["match"]["named_unasked" if _is_unasked(case) else case.match],
        "identity_said": phrases["identity"].get(case.identity, ""),
        "waits_for_reply": case.identity not in phrases["identity"] and any(not one.answer for one in case.questions),
        "certainty": f"{round(case.certainty * 100)}%",
        "status": phrases["status"][case.status],
        "assignee": clean(case.assignee or policy.contact_name, 200),
        "in_triage": case.status is Status.TRIAGE,
        "only_breach": case.only_breach,
        "deniable": not case.kinds or not UNDENIABLE.issuperset(case.kinds),
        "may_extend": may_extend(case, policy, now),
        "for_another": Signal.REPRESENTATIVE in case.signals,
        "may_ask": not never_asked_who(case)[0],
        "asks_more": case.status is Status.OPEN and "asks_more" in case.needs,
        "wrote_again": case.status is Status.OPEN and "wrote_again" in case.needs,
        "closed": not case.is_open,
        "reply_since": moment_in_words(case.reply_at, policy) if case.reply_at else "",
        "other_case": _other_case(case),
        "letters_waiting": [],
        "came": "",
        "as_drafts": False,
        "steps": [],
        "steps_left": "0",
        "copy_step": "",
        "can_tick": True,
        "unconfirmed": [clean(one.name, 100) for one in policy.processors if one.status == "te bevestigen"],
        **_stops(case, policy),
        **_clock(case, policy, now),
        **_notice(case, policy, now),
        **_first_letter(case, policy, phrases),
        **_failed_letter(case, send, phrases),
    }


def _quotes(case: Case) -> list[str]:
    """The sentences that decided; of a mail in which none did how it begins, so that people see what it is about."""
    decided = list(dict.fromkeys(quote for reason in case.reasons if (quote := clean(reason.quote, 300))))
    if decided or not case.mails:
        return decided
    begins = clean(" ".join(case.mails[0].text.split()), 301)
    return [f"{begins[:300]}…" if len(begins) > 300 else begins] if begins else []


def _need(need: str, case: Case, phrases: Phrases) -> dict[str, str]:
    guessed = dict.fromkeys(phrases["kind_names"][kind] for mail in case.mails for kind in mail.guessed)
    told = f" ({listed(list(guessed))})" if guessed else ""
    return {
        "why": phrases["needs"].get(need, need).replace("{guessed}", told),
        "do": phrases["needs_do"].get(need, ""),
    }


def _is_unasked(case: Case) -> bool:
    """Whether the mail names a customer whose address on file got no question: a person must look first."""
    return case.match is MatchState.NAMED and not case.questions


def _other_case(case: Case) -> str:
    """The case of which the first mail speaks, or in whose thread it came."""
    named = (remark.removeprefix(_MENTIONS) for remark in case.remarks if remark.startswith(_MENTIONS))
    return clean(next(named, ""), 200)


def _stops(case: Case, policy: Policy) -> dict[str, Value]:
    """What had to stop at once and where, as long as nobody said that it has (A-50 to A-52)."""
    waits = case.stopped_at is None and bool(case.suppressed or case.restricted_since or case.consent_withdrawn_at)
    return {
        "stops": waits and case.is_open,
        "suppressed": [clean(address, 254) for address in case.suppressed],
        "freezes": bool(case.restricted_since or case.consent_withdrawn_at),
        "systems": list(dict.fromkeys(clean(name, 100) for name in _systems(policy))),
    }


def _systems(policy: Policy) -> list[str]:
    """Where data of people lie, as the company's file says: its own places and those who hold data for it."""
    return [one.name for one in policy.places] + [one.name for one in policy.processors if one.status != "gestopt"]


def _clock(case: Case, policy: Policy, now: datetime) -> dict[str, Value]:
    """The dates, how far away they are, and which of them has passed."""
    act_by, breach = case.deadline("act_by"), case.deadline("breach")
    unidentified = case.told_unidentified and case.identity_received_at is None
    answered = act_by.met_at if act_by and not unidentified else None
    return {
        "unidentified": unidentified,
        "answered_on": day_in_words(answered, policy, "nl"),
        "act_by": date_in_words(act_by, "nl"),
        "operating": date_in_words(case.deadline("operating"), "nl"),
        "statutory": date_in_words(case.deadline("statutory"), "nl"),
        "clock": case.clock,
        "clock_reasons": list(case.clock_reasons),
        "when": days_left_in_words(days_left(act_by, policy, now)),
        "passed": passed(case, policy, now),
        "breach_due": moment_in_words(breach.due, policy) if breach else "",
        "breach_decided": case.breach_decision,
        "breach_told": any(note.notified_at for note in case.breach_notes),
        "breach_runs": bool(breach and breach.met_at is None),
        "breach_left": hours_left_in_words(breach.due - now) if breach else "",
    }


def _notice(case: Case, policy: Policy, now: datetime) -> dict[str, Value]:
    """What must have left while the answer may come later (A-24, A-38)."""
    left = days_left(case.deadline("notice_by"), policy, now)
    written = [step for step in case.alerted if step.startswith("cannot_identify:")]
    return {
        "stands_still": case.clock_stands_still,
        "notice_when": days_left_in_words(left),
        "notice_passed": left is not None and left < 0,
        "cannot_identify": f"{case.ref}:{written[-1]}" if written else "",
    }


def _first_letter(case: Case, policy: Policy, phrases: Phrases) -> dict[str, Value]:
    """Whether the sender hears something by himself, and if not, why not."""
    reasons = [remark.removeprefix(_SILENCE) for remark in case.remarks if remark.startswith(_SILENCE)]
    reason = reasons[-1].partition(":")[0] if reasons else ""
    automatic = policy.mode == "automatic" and "acknowledgement" in policy.automatic
    return {
        "silence": phrases["silence"].get(reason, reason),
        "letter_waits": not reason and policy.mode != "observe" and not automatic,
        "observing": policy.mode == "observe",
    }


def _failed_letter(case: Case, send: Send, phrases: Phrases) -> dict[str, Value]:
    """Which letter did not arrive and how that went, from the remark that was written just before."""
    state, _, told = (case.remarks[-1] if case.remarks else "").partition(": ")
    name, _, answer = told.partition(" ")
    known = state if state in phrases["undelivered"] else ""
    return {
        "letter_token": _letter_token(send),
        "letter_name": phrases["letters"].get(name if known else "", "De brief"),
        "letter_end": phrases["undelivered"].get(known, ""),
        "letter_state": known,
        "server_answer": clean(answer.strip("()"), 300) if known else "",
    }


def _letter_token(send: Send) -> str:
    """The letter that a mail to staff is about, where it is about one."""
    name = send.token.partition(":")[2].removesuffix(":deputy")
    if send.template == "stopped":
        return name.rpartition(":")[0]
    return name if send.template == "undelivered" else ""
