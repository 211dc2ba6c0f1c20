"""Which case a mail belongs to, and which customer wrote it. Doubt is an answer of its own, never the first match.

A mail joins a case only on two proofs together: it points at the case (a Message-ID of the thread, or the reference
in the subject) and it comes from a person of that case. One proof alone makes a new mail that mentions the case.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.airlock import Detail, Text, details_in
from mailbot.domains import domain_of, is_provider
from mailbot.model import Case, Customer, Mail, Match, MatchState, Signal, Trust, Verdict, fold_address

#: So many numbers and addresses of one mail are looked up.
MOST_NAMED = 20
#: So far apart the sender's clock and our server's may be for one mail.
AT_ONCE = timedelta(minutes=5)
_POSTCODE = re.compile(r"\b\d{4} ?[A-Za-z]{2}\b|\b\d{5}\b|\b[1-9]\d{3}\b")
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
    """What stays the same when one mail is delivered twice: its id, writer, subject and text."""
    sender = mail.sender.email if mail.sender else ""
    parts = (mail.message_id, sender, mail.subject, mail.text, mail.quoted)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def find_case(mail: Mail, pointed: Iterable[Iterable[Case]], of_sender: Iterable[Case], verdict: Verdict) -> Found:
    """The case that `mail` joins.

    `pointed` are the cases that each of its references names, newest first, and then its subject; `of_sender` those
    whose requester has its address. A thread that holds two cases of a person is about the one answered last.
    """
    each = [{case.ref: case for case in cases} for cases in pointed]
    own = next((found for cases in each if (found := [one for one in cases.values() if is_from_person(mail, one)])), [])
    if len(own) == 1:
        return Found(case=own[0])
    if cases := list({ref: case for named in each for ref, case in named.items()}.values()):
        return Found(mentions=", ".join(case.ref for case in cases))
    known = list(of_sender)
    return Found(case=_passed_on_again(mail, known, verdict) or _reminded(mail, known, verdict))


def answered_cases(
    mail: Mail, sent_at: datetime, pointed: Iterable[Case], to_person: Iterable[Case], own: frozenset[str]
) -> list[Case]:
    """The cases whose requester a colleague wrote to with this mail. `own` are our addresses.

    In the thread any address outside the company counts; without the thread only those of the person, and only in cases
    that were open when it was sent. What a colleague passes on to another colleague answers nobody.
    """
    recipients = {address.lower() for address in mail.to} - own
    domains = {domain for address in own if not is_provider(domain := domain_of(address))}
    outside = {address for address in recipients if domain_of(address) not in domains}
    threaded = [case for case in pointed if outside or recipients & person_addresses(case)]
    if threaded:
        return list({case.ref: case for case in threaded}.values())
    return [case for case in to_person if case.is_open and case.received_at <= sent_at]


def went_elsewhere(mail: Mail, case: Case) -> bool:
    """Whether a colleague's mail outside the thread leaves out the address that the requester wrote from: then he has
    not heard of it there, and what would go there still goes."""
    wrote = case.requester_email.lower()
    return set(case.thread).isdisjoint(mail.references) and wrote not in {address.lower() for address in mail.to}


def person_addresses(case: Case) -> frozenset[str]:
    """The addresses of the person whose case it is."""
    return frozenset({case.known_email.lower(), case.requester_email.lower()} - {""})


def is_from_person(mail: Mail, case: Case) -> bool:
    """Whether the sender is the requester of the case, writes from the address on file or is whom a person named.

    A sender whose check failed is nobody's: From can be forged and a reference guessed.
    """
    if mail.sender is None or mail.authenticated.state is Trust.FAIL:
        return False
    named = person_addresses(case) | {case.recipient} - {""}
    return fold_address(mail.sender.email) in {fold_address(address) for address in named}


def _passed_on_again(mail: Mail, cases: Iterable[Case], verdict: Verdict) -> Case | None:
    """What a colleague passes on may be on record: the same writer, right and minute. `received_at` is then the moment
    that the forward tells."""
    if mail.forwarded_at is None or mail.authenticated.state is Trust.FAIL:
        return None
    same = [
        case
        for case in cases
        if case.is_open and set(case.kinds) & set(verdict.kinds) and abs(case.received_at - mail.received_at) <= AT_ONCE
    ]
    return same[0] if len(same) == 1 else None


def _reminded(mail: Mail, cases: Iterable[Case], verdict: Verdict) -> Case | None:
    """A reminder without our reference, or the same words once more, belongs to the one open case about the same right
    (A-39)."""
    if mail.authenticated.state is Trust.FAIL:
        return None
    same = [case for case in cases if case.is_open and set(case.kinds) & set(verdict.kinds)]
    if Signal.REMINDER not in verdict.signals:
        same = [case for case in same if mail.text.strip() and any(mail.text == one.text for one in case.mails)]
    return same[0] if len(same) == 1 else None


def find_customer(
    candidates: Iterable[Customer], mail: Mail, named: Iterable[Customer] = (), hints: Iterable[Customer] = ()
) -> Match:
    """Who the sender is to us. `candidates` have the sender's address.

    `named` have a number or an address that the mail names, `hints` only the same name and postcode. Of two customers
    with one address the one whose number the mail names is meant; nothing else decides between two.
    """
    by_id = {customer.id: customer for customer in candidates}
    by_number = {customer.id: customer for customer in named}
    if len(both := by_id.keys() & by_number.keys()) == 1:
        by_id = {id: by_id[id] for id in both}
    if len(by_id) > 1 or (not by_id and len(by_number) > 1):
        return Match(MatchState.AMBIGUOUS)
    if mail.sender is None or not (by_id or by_number):
        return Match(MatchState.UNKNOWN, hint=_only(hints))
    if by_id:
        customer = next(iter(by_id.values()))
        return Match(MatchState.KNOWN, customer.id, _on_file(customer, [mail.sender.email]))
    customer = next(iter(by_number.values()))
    return Match(MatchState.NAMED, customer.id, _on_file(customer, [one.value for one in names_in(mail)]))


def names_in(mail: Mail) -> tuple[Detail, ...]:
    """The numbers and addresses that the writer names, which may be a customer's; not his own address."""
    own = fold_address(mail.sender.email) if mail.sender else ""
    details = details_in([Text("mail", f"{mail.subject}\n{mail.text[:20_000]}")])
    wanted = [one for one in details if one.kind in ("number", "address") and fold_address(one.value) != own]
    return tuple(wanted[:MOST_NAMED])


def postcodes_in(mail: Mail) -> tuple[str, ...]:
    """Dutch, French and Belgian postcodes in a text, without blanks, for the hint of name and postcode."""
    found = _POSTCODE.findall(mail.text[:20_000])
    return tuple(dict.fromkeys("".join(one.split()).upper() for one in found))[:5]


def _on_file(customer: Customer, written: list[str]) -> str:
    """The customer's own address: the one that was used or named, else his first."""
    used = {fold_address(address) for address in written}
    same = (address for address in customer.emails if fold_address(address) in used)
    return next(same, customer.emails[0] if customer.emails else "")


def _only(hints: Iterable[Customer]) -> str:
    ids = {customer.id for customer in hints}
    return ids.pop() if len(ids) == 1 else ""
