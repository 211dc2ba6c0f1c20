"""A later mail in a case asks something new, a person says: it becomes a case with a term of its own.

The rule kept here (A-39, B-26): the term runs from the receipt of that mail, not from the moment at which somebody says
what it asks; and what was answered before stays on record as it was.
"""

from __future__ import annotations

from datetime import datetime

from mailbot import events
from mailbot.app import Tenant
from mailbot.decide import asked_later, decide
from mailbot.execute import Execution, execute
from mailbot.model import Address, Case, CaseMail, Kind, Mail, Match, Policy, Verdict
from mailbot.store import Unit

LaterRequest = tuple[CaseMail, tuple[Kind, ...]]


def new_request_in(case: Case, event: events.StaffActed) -> LaterRequest | None:
    """The later mail that asks something by this act, and what; None where it only speaks of what the case holds.

    Of a reply which nobody had looked at all that is named counts, of another mail what the case does not hold.
    """
    if not isinstance(event, events.Corrected) or Kind.NOT_A_REQUEST in event.kinds or not case.is_open:
        return None
    if case.reply_at is not None:
        return _reply(case), event.kinds
    return asked_later(case, event.kinds)


def open_new_request(
    unit: Unit, tenant: Tenant, case: Case, event: events.Corrected, asked: LaterRequest, policy: Policy, now: datetime
) -> Execution:
    """Open the new case from that mail, and write in the old one which it is. Raises Refused."""
    ref, (mail, kinds) = unit.next_ref(policy.day_of(now).year), asked
    told = events.AskedAnew(event.actor, kinds, ref, event.reason)
    ending = decide(case, told, policy, now)
    arrived = _as_arrived(case, mail, kinds, ref, policy)
    opened = execute(unit, None, arrived, decide(None, arrived, policy, now), policy, tenant.letters, now)
    execute(unit, case, told, ending, policy, tenant.letters, now)
    return opened


def _reply(case: Case) -> CaseMail:
    """The first mail that nobody had looked at: of two that ask, the earlier receipt counts."""
    return next((mail for mail in case.mails if mail.received_at == case.reply_at), case.mails[-1])


def _as_arrived(case: Case, reply: CaseMail, kinds: tuple[Kind, ...], ref: str, policy: Policy) -> events.MailArrived:
    himself = case.requester is not None and case.requester.email.lower() == reply.sender.lower()
    mail = Mail(
        key=reply.key,
        message_id=reply.message_id,
        sender=case.requester if himself else Address(reply.sender, "") if reply.sender else None,
        reply_to=None,
        to=(reply.box or policy.mailbox,),
        subject=reply.subject,
        text=reply.text,
        quoted="",
        received_at=reply.received_at,
        receipt=reply.receipt,
    )
    verdict = Verdict(kinds, 1.0, "auto", case.language)
    match = Match(case.match, case.customer_id, case.known_email)
    return events.MailArrived(mail, verdict, match, reply.newest_place, ref, follows=case.ref, channel=case.channel)
