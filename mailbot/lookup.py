"""Which case a mail belongs to, and which customer wrote it. Doubt is an answer of its own, never the first match.

A mail joins a case only on two proofs together: it points at the case (a Message-ID of the thread, or the reference
in the subject) and it comes from a person of that case. One proof alone makes a new mail that mentions the case.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailbot.model import Case, Customer, Mail, Match, MatchState, Verdict
from mailbot.parse import is_provider

_REFERENCE = re.compile(r"\bAVG-\d{4}-\d{4,}\b")


@dataclass(frozen=True, slots=True)
class Found:
    """`case` is the one that the mail joins; `mentions` names a case that it only points at."""

    case: Case | None = None
    mentions: str = ""


def references_in(subject: str) -> tuple[str, ...]:
    """Our own references in a subject, in order, each once."""
    return tuple(dict.fromkeys(_REFERENCE.findall(subject)))


def fingerprint(mail: Mail) -> str:
    """What stays the same when one mail is delivered twice: its id, writer, subject and text (demand 8)."""
    sender = mail.sender.email if mail.sender else ""
    parts = (mail.message_id, sender, mail.subject, mail.text, mail.quoted)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def find_case(mail: Mail, pointed: Iterable[Case], of_sender: Iterable[Case], verdict: Verdict) -> Found:
    """The case that `mail` joins.

    `pointed` are the cases that its references or subject name, `of_sender` the cases whose requester has its address.
    """
    cases = list({case.ref: case for case in pointed}.values())
    own = [case for case in cases if is_party(mail, case)]
    if len(own) == 1:
        return Found(case=own[0])
    if cases:
        return Found(mentions=", ".join(case.ref for case in cases))
    return Found(case=_reminded(of_sender, verdict))


def answered_cases(
    mail: Mail, sent_at: datetime, pointed: Iterable[Case], to_requester: Iterable[Case], own: frozenset[str]
) -> list[Case]:
    """The cases whose requester a colleague wrote to with this mail (demand 19). `own` are our addresses.

    In the thread any address outside the company counts; without the thread only the requester's own, and only in
    cases that were open when it was sent. What a colleague passes on to another colleague answers nobody.
    """
    recipients = {address.lower() for address in mail.to} - own
    domains = {domain for address in own if not is_provider(domain := address.rpartition("@")[2])}
    outside = {address for address in recipients if address.rpartition("@")[2] not in domains}
    threaded = [case for case in pointed if outside or recipients & parties(case)]
    if threaded:
        return list({case.ref: case for case in threaded}.values())
    return [case for case in to_requester if case.is_open and case.received_at <= sent_at]


def parties(case: Case) -> frozenset[str]:
    """The addresses of the person whose case it is."""
    return frozenset({case.known_email.lower(), case.requester.email.lower() if case.requester else ""} - {""})


def is_party(mail: Mail, case: Case) -> bool:
    """Whether the sender is the requester of the case or writes from the address on file."""
    return mail.sender is not None and mail.sender.email.lower() in parties(case)


def _reminded(cases: Iterable[Case], verdict: Verdict) -> Case | None:
    """A reminder without our reference belongs to the one open case about the same right (A-39)."""
    if "reminder" not in verdict.signals:
        return None
    same = [case for case in cases if case.is_open and set(case.kinds) & set(verdict.kinds)]
    return same[0] if len(same) == 1 else None


def find_customer(candidates: Iterable[Customer] | None, mail: Mail) -> Match:
    """Who the sender is to us. `candidates` is None when the customer source could not be read."""
    if candidates is None:
        return Match(MatchState.UNAVAILABLE)
    by_id = {customer.id: customer for customer in candidates}
    if len(by_id) > 1:
        return Match(MatchState.AMBIGUOUS)
    if not by_id or mail.sender is None:
        return Match(MatchState.UNKNOWN)
    customer = next(iter(by_id.values()))
    return Match(MatchState.KNOWN, customer.id, mail.sender.email)
