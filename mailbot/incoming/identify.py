"""Who writes, as the company's own customers know it: by address, by a number that the mail names, by name as a hint.

The rule kept here: customers that cannot be read are never "no customer"; they delay this step and nothing else. Cases
that wait for it are looked up again on every round.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile

from mailbot import events, signatures
from mailbot.app import Tenant
from mailbot.customers import Customers, having
from mailbot.dispatch import decide_and_execute
from mailbot.domains import domain_of
from mailbot.errors import NotAsked, TryLater
from mailbot.model import Authentication, Case, Customer, Defect, Mail, Match, MatchState, Trust
from mailbot.sender import lookup
from mailbot.sender.authenticity import aligned, authenticate
from mailbot.store import Unit

log = logging.getLogger(__name__)

#: Under this name the store remembers which cases wait for the customers.
_WAITING = "unidentified"


def authenticate_sender(tenant: Tenant, mail: Mail, raw: bytes) -> Authentication:
    """Whether the From address is really the sender's: by our own server's word, else by a signature checked here.

    Not of a mail in which a field stands twice: a signature covers the lower one (RFC 6376, 5.4.2), and the upper one,
    which is read, can be anybody's.
    """
    result = _vouched(tenant, mail, raw)
    if result.state is Trust.PASS and Defect.FIELD_TWICE in mail.defects:
        return Authentication(Trust.UNKNOWN, Defect.FIELD_TWICE)
    return result


def _vouched(tenant: Tenant, mail: Mail, raw: bytes) -> Authentication:
    result = authenticate(mail, tenant.policy.authserv_ids, tenant.policy.own_hosts)
    if result.state is not Trust.UNKNOWN or not tenant.policy.verify_dkim or not raw or mail.sender is None:
        return result
    try:
        checked = signatures.verify(raw, domain_of(mail.sender.email), aligned, tenant.dns)
    except TryLater as error:
        log.warning("%s: %s", tenant.id, error)
        return result
    return result if checked.state is Trust.UNKNOWN else checked


def identify(tenant: Tenant, mail: Mail) -> Match:
    """Who the sender is to the company. Touches no store."""
    if mail.sender is None or tenant.customers is None:
        return Match(MatchState.UNKNOWN)
    try:
        return _match(tenant.customers, mail)
    except NotAsked:  # said when it was asked
        return Match(MatchState.UNAVAILABLE)
    except TryLater as error:
        log.warning("%s: customers not readable: %s", tenant.id, error)
        return Match(MatchState.UNAVAILABLE)


def _match(customers: Customers, mail: Mail) -> Match:
    sender = mail.sender.email if mail.sender else ""
    found = customers.by_address(sender)
    if len({customer.id for customer in found}) == 1:
        return lookup.find_customer(found, mail)
    named = [customer for detail in lookup.names_in(mail) for customer in having(customers, detail.kind, detail.value)]
    hints = [] if found or named else list(_hinted(customers, mail))
    return lookup.find_customer(found, mail, named, hints)


def _hinted(customers: Customers, mail: Mail) -> Iterable[Customer]:
    name = mail.sender.name if mail.sender else ""
    if len(name.split()) > 1:
        for postcode in lookup.postcodes_in(mail):
            yield from customers.by_name(name, postcode)


def wait_for_customers(unit: Unit, case: Case) -> None:
    """Remember that a case must be looked up once the customers can be read."""
    if case.match is MatchState.UNAVAILABLE:
        waiting = (unit.note(_WAITING) or "").split()
        unit.put_note(_WAITING, " ".join(dict.fromkeys((*waiting, case.ref))))


def identify_waiting(tenant: Tenant, now: datetime) -> int:
    """Look up again who wrote the cases that came while the customers could not be read. Returns how many were.

    The first that cannot be looked up ends the round: customers that do not answer keep the worker waiting each time.
    It goes behind the others, since the fault may be its own.
    """
    with tenant.store.unit() as unit:
        refs = (unit.note(_WAITING) or "").split()
    done = list(takewhile(lambda ref: _looked_up(tenant, ref, now), refs))
    if not refs:
        return 0
    with tenant.store.unit() as unit:  # others may have come meanwhile, from the command line
        waiting = [ref for ref in (unit.note(_WAITING) or "").split() if ref not in done]
        failed = refs[len(done) : len(done) + 1]
        unit.put_note(_WAITING, " ".join([*(ref for ref in waiting if ref not in failed), *failed]))
    return len(done)


def _looked_up(tenant: Tenant, ref: str, now: datetime) -> bool:
    """Whether the case waits no more."""
    with tenant.store.unit() as unit:
        case = unit.case(ref)
    if case is None or not case.is_open:
        return True
    mail = _as_mail(case)
    match = identify(tenant, mail) if mail else Match(MatchState.UNKNOWN)
    if match.state is MatchState.UNAVAILABLE:
        return False
    event = events.CustomerLookedUp(match)
    with tenant.store.unit() as unit:
        current = unit.case(case.ref)
        if current and current.match is MatchState.UNAVAILABLE:
            decide_and_execute(unit, tenant, current, event, now)
    log.info("%s: %s: looked up: %s", tenant.id, case.ref, match.state)
    return True


def _as_mail(case: Case) -> Mail | None:
    """What the case keeps of its first mail, as far as a look-up needs it."""
    if not case.mails or case.requester is None:
        return None
    one = case.mails[0]
    return Mail(one.key, one.message_id, case.requester, None, (), one.subject, one.text, "", one.received_at)
