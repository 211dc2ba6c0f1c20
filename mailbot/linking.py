"""A person says which customer a case is about: the customer is looked up in the company's own source.

The rule kept here: one number or address is one customer, or nothing is linked (never the first match).
"""

from __future__ import annotations

from mailbot import events as do
from mailbot.app import Tenant
from mailbot.customers import Customers
from mailbot.errors import Refused, Usage
from mailbot.model import Customer


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
