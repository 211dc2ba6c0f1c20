"""A mail to ourselves, once a day, through the way that a customer's mail takes: does it still arrive where we look?

The rule kept here: it is known by our own signed Message-ID, opens no case, gets no letter and is in no figure. When it
does not come back in time, or lands in the junk folder, people hear of it.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from mailbot.actions import Send
from mailbot.app import Tenant
from mailbot.dates import dutch_moment
from mailbot.execute import company_key
from mailbot.model import Letter, LetterState, Mail
from mailbot.outgoing.notices import Notice, alarm
from mailbot.store import Unit

TEMPLATE = "canary"
AT = time(7, 30)
PATIENCE = timedelta(hours=4)


def check(tenant: Tenant, now: datetime) -> None:
    """Send today's mail, and see whether the last one came back."""
    if not tenant.policy.canary:
        return
    local = now.astimezone(tenant.policy.zone)
    token = f"{TEMPLATE}:{local.date().isoformat()}"
    with tenant.store.unit() as unit:
        if local.time() >= AT and unit.letter(token) is None:
            unit.put_letter(_written(unit, tenant, token, now))
            unit.put_note(TEMPLATE, token)
        last = unit.letter(unit.note(TEMPLATE) or "")
        if last and _is_lost(unit, last, now):
            since = dutch_moment(last.created_at or now, tenant.policy.zone)
            alarm(unit, tenant, Notice("canary_lost", f"lost:{last.token}", since=since), now)


def _written(unit: Unit, tenant: Tenant, token: str, now: datetime) -> Letter:
    send = Send(token, TEMPLATE, tenant.policy.mailbox, "staff", LetterState.QUEUED)
    return tenant.letters.compose(send, None, tenant.policy, now, company_key(unit), {})


def _is_lost(unit: Unit, letter: Letter, now: datetime) -> bool:
    late = letter.created_at is not None and now - letter.created_at >= PATIENCE
    return late and not unit.seen_with_message(letter.message_id)


def came_back(unit: Unit, tenant: Tenant, mail: Mail, junk: bool, now: datetime) -> bool:
    """Whether this mail is one that we sent to ourselves."""
    letter = unit.letter_with_message(mail.message_id)
    if letter is None or letter.template != TEMPLATE:
        return False
    if junk:
        alarm(unit, tenant, Notice("canary_junk", f"junk:{letter.token}"), now)
    return True
