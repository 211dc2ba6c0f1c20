"""A change of the privacy policy is told to every known customer: composed once, held, let go little by little.

The rules kept here: nothing leaves before a person released it, and nobody is told twice, however often the program
stops. The company says how many letters may leave in an hour; after an outage they do not leave all at once. Whoever
asked for no advertising is told too. What is written is written once, and is what the person who released it has read.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import orjson

from mailbot import checklist
from mailbot.actions import Send
from mailbot.app import Tenant
from mailbot.decide.sending import OBSERVES
from mailbot.errors import Refused, Usage
from mailbot.execute import company_key
from mailbot.letters.compose import message_id
from mailbot.model import Audience, Customer, Letter, LetterState
from mailbot.outgoing.releasing import refuse_where_observed
from mailbot.store import Unit

AUDIENCE: Audience = "customer"
#: So much of the pace an outage may save up.
_GRACE = timedelta(minutes=5)
#: After so long nothing is kept of an announcement but how many were told.
_KEPT = timedelta(days=30)
_BATCH = 200
_WAITING = (LetterState.HELD, LetterState.OBSERVED, LetterState.QUEUED, LetterState.SENDING)


@dataclass(frozen=True, slots=True)
class Announcement:
    """One change that customers are told of, with the words that all of them get."""

    name: str
    template: str
    subject: str
    text: str
    html: str
    digest: str
    by: str
    at: str  # ISO 8601
    released_by: str = ""
    next_at: str = ""  # when the next letter may leave
    told: int = 0  # kept when the letters are forgotten
    finished: bool = False


def prepare(
    tenant: Tenant, name: str, template: str, facts: checklist.Facts, actor: str, now: datetime
) -> Announcement:
    """Put a held letter for every known customer into the outbox; go on where an earlier run stopped.

    Raises Refused for words that lack something or advertise, and Usage where there are no customers to read.
    """
    tenant.require_permission("send")
    if tenant.customers is None:
        raise Usage(f"{tenant.id} names no customers; fill in [customers] first")
    with tenant.store.unit() as unit:
        found = announcement(unit, name)
        if found is None:
            found = _composed(unit, tenant, name, template, facts, actor, now)
            _keep(unit, found)
        elif facts:
            raise Refused(f"{name} is written already; another text needs another --name")
    if found.finished:
        raise Refused(f"{name} was told to {found.told} customers and is finished")
    for batch in _batches(_new(tenant, found)):
        with tenant.store.unit() as unit:
            for customer in batch:
                _put(unit, tenant, found, customer, now)
    return found


def still_to_write(tenant: Tenant, found: Announcement) -> int:
    """How many customers have no letter of this announcement yet."""
    return len(_new(tenant, found))


def release(tenant: Tenant, name: str, actor: str, now: datetime) -> Announcement:
    """A person lets the letters of an announcement go, at the pace that the company allows."""
    tenant.require_permission("send")
    refuse_where_observed(tenant)
    with tenant.store.unit() as unit:
        found = replace(_existing(unit, name), released_by=actor, next_at=now.isoformat())
        _keep(unit, found)
    return found


def stop(tenant: Tenant, name: str) -> Announcement:
    """No more letters of this announcement leave until it is released again."""
    tenant.require_permission("send")
    with tenant.store.unit() as unit:
        found = replace(_existing(unit, name), released_by="")
        _keep(unit, found)
        for letter in unit.announced(name, LetterState.QUEUED):
            unit.put_letter(replace(letter, state=LetterState.HELD, text="", html="", next_try=None))
    return found


def queue_released(tenant: Tenant, now: datetime) -> int:
    """Queue the released letters whose turn it is. Returns how many."""
    with tenant.store.unit() as unit:
        names = orjson.loads(unit.note("announcements") or b"[]")
        running = [one for name in names if (one := announcement(unit, name)) and not one.finished]
    return sum(_queue_released(tenant, one, now) for one in running if one.released_by)


def letters_by_state(unit: Unit, name: str) -> Counter[str]:
    """How many letters of an announcement are in which state."""
    return Counter(letter.state.value for letter in unit.announced(_existing(unit, name).name))


def with_text(unit: Unit, letter: Letter) -> Letter:
    """A letter of an announcement with its words."""
    found = announcement(unit, letter.token.split(":")[1]) if letter.audience == AUDIENCE else None
    return replace(letter, text=found.text, html=found.html) if found else letter


def announcement(unit: Unit, name: str) -> Announcement | None:
    """What is kept of an announcement."""
    kept = unit.note(f"announcement:{name}")
    return Announcement(**orjson.loads(kept)) if kept else None


def _existing(unit: Unit, name: str) -> Announcement:
    found = announcement(unit, name)
    if found is None:
        raise Usage(f"there is no announcement {name}")
    return found


def _keep(unit: Unit, found: Announcement) -> None:
    names = orjson.loads(unit.note("announcements") or b"[]")
    unit.put_note("announcements", orjson.dumps(sorted({*names, found.name})).decode())
    unit.put_note(f"announcement:{found.name}", orjson.dumps(asdict(found)).decode())


def _composed(
    unit: Unit, tenant: Tenant, name: str, template: str, facts: checklist.Facts, actor: str, now: datetime
) -> Announcement:
    for why in checklist.advertises("\n".join(line for _, lines in facts for line in lines)):
        raise Refused(f"This notice is stopped: it {why}", "B-18")
    checklist.require(checklist.POLICY_CHANGED, checklist.checked(checklist.POLICY_CHANGED, facts))
    send = Send(f"announce:{name}", template, tenant.policy.mailbox, AUDIENCE, LetterState.HELD, facts=facts)
    letter = tenant.letters.compose(send, None, tenant.policy, now, company_key(unit))
    return Announcement(name, template, letter.subject, letter.text, letter.html, letter.digest, actor, now.isoformat())


def _new(tenant: Tenant, found: Announcement) -> list[Customer]:
    """Customers who have no letter of this announcement yet: each person once, each address once."""
    assert tenant.customers is not None
    with tenant.store.unit() as unit:
        key = company_key(unit)
        there = unit.announced(found.name)
    tokens, addresses = {letter.token for letter in there}, {letter.to for letter in there}
    addresses |= {address.lower() for address in tenant.policy.addresses}
    fresh = []
    for customer in tenant.customers.everyone():
        address = customer.emails[0].lower()
        if _token(found, customer, key) not in tokens and address not in addresses:
            addresses.add(address)
            fresh.append(customer)
    return fresh


def _put(unit: Unit, tenant: Tenant, found: Announcement, customer: Customer, now: datetime) -> None:
    token = _token(found, customer, key := company_key(unit))
    if unit.letter(token) is not None:
        return
    observes = tenant.policy.mode == "observe"
    unit.put_letter(
        Letter(
            token,
            tenant.id,
            "",
            found.template,
            customer.emails[0].lower(),
            AUDIENCE,
            found.subject,
            "",
            "",
            message_id(token, key, tenant.policy),
            state=LetterState.OBSERVED if observes else LetterState.HELD,
            why=OBSERVES if observes else "a person releases this announcement",
            created_at=now,
            digest=found.digest,
        )
    )


def _token(found: Announcement, customer: Customer, key: str) -> str:
    """The same customer has the same token, and it does not say who it is."""
    mark = hmac.new(bytes.fromhex(key), f"{found.name}:{customer.id}".encode(), hashlib.sha256)
    return f"announce:{found.name}:{mark.hexdigest()[:24]}"


def _queue_released(tenant: Tenant, found: Announcement, now: datetime) -> int:
    pace = timedelta(hours=1) / max(tenant.policy.caps.notices_per_hour, 1)
    turn = max(datetime.fromisoformat(found.next_at), now - _GRACE)
    gone = 0
    with tenant.store.unit() as unit:
        for letter in unit.announced(found.name, LetterState.HELD, _BATCH):
            if turn > now:
                break
            if tenant.customers and not tenant.customers.by_address(letter.to):
                unit.put_letter(letter.dropped("no customer any more", now))
                continue
            queued = replace(letter, text=found.text, html=found.html, state=LetterState.QUEUED)
            unit.put_letter(replace(queued, next_try=now, created_at=now, why=f"released by {found.released_by}"))
            gone, turn = gone + 1, turn + pace
        if gone:
            _keep(unit, replace(found, next_at=turn.isoformat()))
        elif not any(unit.announced(found.name, state, 1) for state in _WAITING):
            _finish(unit, found, now)
    return gone


def _finish(unit: Unit, found: Announcement, now: datetime) -> None:
    """Everybody was told: after a while only the number remains."""
    letters = unit.announced(found.name)
    last = max((letter.settled_at for letter in letters if letter.settled_at), default=now)
    if not letters or now - last < _KEPT:
        return
    told = sum(letter.state is LetterState.SENT for letter in letters)
    for letter in letters:
        unit.tables.drop("letters", letter.token)
    _keep(unit, replace(found, told=told, finished=True))


def _batches(customers: list[Customer]) -> Iterator[list[Customer]]:
    for start in range(0, len(customers), _BATCH):
        yield customers[start : start + _BATCH]
