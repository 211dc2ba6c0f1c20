"""Mail that a colleague passed on: who asks, and since when the company has known.

The rules kept: only a colleague passes on. A customer who forwards our newsletter asks for himself. The request counts
from its first receipt by anybody in the company (article 12(3) GDPR): the day on which it was sent to the colleague, as
his forward says. That is an assumption in the requester's favour, and a person is asked to look.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailbot.domains import domain_of, is_provider
from mailbot.model import Defect, Mail, Policy, Trust
from mailbot.sender.screen import Automatic

#: A forward of what somebody sent years ago starts no term in the past by itself.
LONGEST_AGO = timedelta(days=365)
_RULES = frozenset({Automatic.OWN, Automatic.FORWARDED})


def company_addresses(policy: Policy) -> tuple[str, ...]:
    """Every address of the company and of the people it named."""
    known = (*policy.addresses, policy.contact_email, policy.deputy_email)
    return tuple(dict.fromkeys(address.lower() for address in known if address))


def attribute(mail: Mail, automatic: str | None, policy: Policy) -> tuple[Mail, str | None]:
    """The mail as the company must see it, and why it is machine mail, if it is. What a colleague passed on, by hand or
    by a rule of his mailbox, is the requester's letter; what a stranger passed on is the stranger's own. Where the
    forward shows no address it is nobody's, until a person says whose."""
    if mail.forwarded_from is None:
        unnamed = Defect.WRITER_NOT_NAMED in mail.defects and is_colleague(mail, policy) and automatic is None
        return (replace(mail, sender=None, claimed_from=mail.sender) if unnamed else mail), automatic
    ours = mail.forwarded_from.email.lower() in company_addresses(policy)
    if ours or not is_colleague(mail, policy):
        return replace(mail, forwarded_from=None, forwarded_at=None), automatic
    return mail, None if automatic in _RULES else automatic


def as_requester(mail: Mail) -> Mail:
    """The mail as if the requester had sent it: whose customer record and whose cases it is about."""
    return replace(mail, sender=mail.forwarded_from, claimed_from=None) if mail.forwarded_from else mail


def first_receipt(mail: Mail, policy: Policy) -> datetime:
    """When the request reached the company: never later than this mail, and earlier if the forward says so, unless our
    own server says that no colleague sent it."""
    told = mail.forwarded_at
    if told is None or mail.forwarded_from is None or mail.authenticated.state is Trust.FAIL:
        return mail.received_at
    moment = (told if told.tzinfo else told.replace(tzinfo=policy.zone)).astimezone(UTC)
    return min(moment, mail.received_at) if moment >= mail.received_at - LONGEST_AGO else mail.received_at


def is_letter_of_ours(mail: Mail, policy: Policy) -> bool:
    """Whether a colleague writes to somebody outside, and the company only gets a copy."""
    ours = company_addresses(policy)
    domains = {domain for address in ours if not is_provider(domain := domain_of(address))}
    others = (to.lower() for to in mail.to if to.lower() not in ours)
    outside = any(domain_of(to) not in domains for to in others)
    return outside and is_colleague(mail, policy)


def is_colleague(mail: Mail, policy: Policy) -> bool:
    """Whether it came from one of the company's addresses, or one of the same domain, if it is not a provider's."""
    email = mail.sender.email if mail.sender else ""
    ours = set(company_addresses(policy))
    domain = domain_of(email)
    return email.lower() in ours or (domain in map(domain_of, ours) and not is_provider(domain))
