"""A person says which customer a case is about, or to which earlier case it belongs.

The rules kept here: one number or address is one customer, or nothing is linked (never the first match). Two cases are
joined in one unit of work: what was written for the later one and waits is dropped, for the earlier one answers. To
join is a decision, for it closes a case; where letters are dropped it needs the right to send as well.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import events as do
from mailbot.acting import act_in
from mailbot.app import Tenant
from mailbot.customers import Customers
from mailbot.errors import Refused, Usage
from mailbot.execute import Execution
from mailbot.model import Customer, LetterState
from mailbot.outbox import drop_in


def linked(tenant: Tenant, who: str, named: str, reason: str) -> do.CustomerLinked:
    """The event for `named`, a customer number or a mail address. Raises Usage, Refused and TryLater."""
    if tenant.customers is None:
        raise Usage(f"{tenant.id} names no customers; fill in [customers] in its file")
    found = {customer.id: customer for customer in _having(tenant.customers, named.strip())}
    if not found:
        raise Usage("no customer has this number or address; look in your own customer file")
    if len(found) > 1:
        raise Refused(f"{len(found)} customers have this number or address; name one by his customer number", "C-03")
    [customer] = found.values()
    return do.CustomerLinked(who, customer.id, customer.emails[0] if customer.emails else "", reason)


def _having(customers: Customers, named: str) -> list[Customer]:
    return customers.by_address(named) if "@" in named else customers.by_reference(named)


_WAITING = (LetterState.HELD, LetterState.QUEUED, LetterState.OBSERVED)


def join(tenant: Tenant, ref: str, other: str, who: str, reason: str, now: datetime) -> Execution:
    """Put the mails of case `ref` into the earlier case `other` and close it. Raises Refused and Usage."""
    with tenant.store.unit() as unit:
        later, earlier = unit.case(ref), unit.case(other)
        if later is None or earlier is None:
            raise Usage(f"there is no case {other if later else ref}")
        done = act_in(unit, tenant, ref, do.BelongsTo(who, earlier, reason), now)
        act_in(unit, tenant, other, do.TakesOver(who, later), now)
        for letter in unit.letters_of(ref):
            if letter.audience == "requester" and letter.state in _WAITING:
                tenant.permit("send")
                drop_in(unit, tenant, letter.token, f"the case belongs to {other}", now)
        for mail in later.mails:
            if (seen := unit.seen(mail.key)) and seen.ref == ref:
                unit.record(replace(seen, ref=other))
        return done
