"""What a template may name: strings made from a case and a company's policy, and nothing else.

Letters to the requester get the company's own words and dates only (law.md B-05: nothing of the sender's text comes
back). Letters to staff also get the address, the subject, the sentences that decided and the commands to act.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mailbot.dates import dutch_moment, written_date
from mailbot.events import Send
from mailbot.letters.render import Value, clean
from mailbot.model import Case, Deadline, Policy

Phrases = Mapping[str, Mapping[str, str]]


def of_company(policy: Policy, phrases: Phrases) -> dict[str, Value]:
    """What every letter may say about the company and its authority (law.md D)."""
    authority = policy.authority
    return {
        "company": policy.name,
        "mailbox": policy.mailbox,
        "contact_name": policy.contact_name,
        "contact_phone": policy.contact_phone,
        "post_address": policy.post_address,
        "website": policy.website,
        "authority": authority.name,
        "authority_short": authority.short,
        "authority_url": authority.complaint_url,
        "authority_post": authority.post,
        "authority_phone": authority.phone,
        "authority_remark": authority.remark,
        "court": phrases["court"][policy.country],
        "promise_days": str(policy.promise_days or ""),
        "country": policy.country,
    }


def of_case(case: Case, policy: Policy, phrases: Phrases, language: str) -> dict[str, Value]:
    """What a letter to the requester may say about the case."""
    operating = case.deadline("operating")
    received_on = case.received_at.astimezone(policy.zone).date()
    return {
        "ref": case.ref,
        "kinds": [phrases["kinds"][kind] for kind in case.kinds if kind in phrases["kinds"]],
        "kind_words": list(case.kinds),
        "received_on": written_date(received_on, language),
        "due_on": _date(operating, language),
        "restricted_on": _moment_date(case.restricted_since, policy, language),
        "marketing_stopped": bool(case.suppressed),
        "foreign": case.language if case.language in ("fr", "en", "de") else "",
    }


def for_staff(case: Case, policy: Policy, phrases: Phrases, now: datetime) -> dict[str, Value]:
    """What a mail to staff says on top: who, what, why, until when and what to type."""
    statutory, act_by = case.deadline("statutory"), case.deadline("act_by")
    breach = case.deadline("breach")
    first = case.mails[0] if case.mails else None
    return {
        "requester": clean(case.requester.email if case.requester else "", 254),
        "mail_subject": clean(first.subject if first else "", 200),
        "mail_at": dutch_moment(case.received_at, policy.zone),
        "quotes": [clean(reason.quote, 300) for reason in case.reasons],
        "needs": [phrases["needs"].get(need, need) for need in case.needs],
        "signals": [phrases["signals"].get(signal, signal) for signal in case.signals],
        "match": phrases["match"][case.match],
        "certainty": f"{round(case.certainty * 100)}%",
        "act_by": _date(act_by, "nl"),
        "statutory": _date(statutory, "nl"),
        "breach_due": dutch_moment(breach.due, policy.zone) if breach else "",
        "clock": case.clock,
        "days_left": str(_days_left(act_by, policy, now)),
        "status": phrases["status"][case.status],
        "assignee": case.assignee or policy.contact_name,
        "in_triage": case.status == "triage",
    }


def _date(deadline: Deadline | None, language: str) -> str:
    return written_date(deadline.on, language) if deadline and deadline.on else ""


def _moment_date(at: datetime | None, policy: Policy, language: str) -> str:
    return written_date(at.astimezone(policy.zone).date(), language) if at else ""


def _days_left(deadline: Deadline | None, policy: Policy, now: datetime) -> int:
    if deadline is None or deadline.on is None:
        return 0
    return (deadline.on - now.astimezone(policy.zone).date()).days


def of_send(send: Send) -> dict[str, Value]:
    """What a person wrote, for the letters that carry it."""
    return {"body": send.body.strip(), "why": send.why}
