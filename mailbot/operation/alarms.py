"""Whether requests are still seen: signs of life, and alarms when they stay away.

The rule kept here: the contact person and a second address get a mail when a mailbox was not read for an hour, and
when a login was refused twice. The alarm is repeated every day until that is over.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from mailbot.app import Tenant
from mailbot.dates import dutch_moment
from mailbot.errors import LoginRefused, MailbotError, TryLater
from mailbot.isolation import run_isolated
from mailbot.letters import to_bytes
from mailbot.operation import heartbeat
from mailbot.operation.heartbeat import Heartbeat
from mailbot.outgoing.notices import Notice, alarm, compose

log = logging.getLogger(__name__)

#: A login refused so often in a row is told: the account may be locked by trying on.
REFUSALS = 2


def after_reading(tenant: Tenant, polled: bool, refused: bool, trouble: str, now: datetime) -> Heartbeat:
    """What the sign of life says once the mailbox was read, or could not be."""
    before = heartbeat.read(tenant.folder) or Heartbeat(now, now)
    return replace(
        before,
        at=now,
        polled_at=now if polled else before.polled_at,
        trouble=trouble,
        refusals=before.refusals + 1 if refused else 0,
        pid=os.getpid(),
    )


def raise_alarms(tenant: Tenant, beat: Heartbeat, now: datetime) -> None:
    """Tell people what lasts too long. An alarm that cannot be written keeps no other back."""
    run_isolated((f"alarm {one.topic}", partial(_raise_alarm, tenant, one, now)) for one in _alarms(tenant, beat, now))


def after_sending(
    tenant: Tenant, beat: Heartbeat, sent: int, refused: LoginRefused | None, trouble: str, now: datetime
) -> None:
    """Leave the sign of life of a whole round. What left by the server of alarms says nothing of the other, nor what
    went to the company's own domain of what it relays."""
    over = sent and not refused and False not in tenant.backed_off
    over = over and (beat.refuses != "relay" or tenant.took_outside)
    if refused:
        times = beat.refusals_to_send + 1
        beat = replace(beat, refusals_to_send=times, way_out=str(refused), refuses=refused.topic)
    elif over:
        beat = replace(beat, sent_at=now, refusals_to_send=0, way_out="", refuses="")
    heartbeat.write(tenant.folder, replace(beat, at=now, trouble=trouble))


def _alarms(tenant: Tenant, beat: Heartbeat, now: datetime) -> Iterator[Notice]:
    """What must be told: each once a day, as long as it lasts."""
    silent, since = now - beat.read_at, dutch_moment(beat.read_at, tenant.policy.zone)
    if silent >= tenant.policy.alarm_after:
        token = f"unread:{beat.read_at.isoformat()}:{silent.days}"
        yield Notice("unread", token, since=since, trouble=beat.trouble)
    if beat.refusals >= REFUSALS:
        token = f"login:{beat.read_at.isoformat()}:{silent.days}"
        yield Notice("login", token, since=since, trouble=beat.trouble)
    if beat.refusals_to_send >= REFUSALS:
        token = f"login-smtp:{(beat.sent_at or beat.since).isoformat()}:{now.date()}"
        yield Notice(beat.refuses or "login", token, trouble=beat.way_out)


def _raise_alarm(tenant: Tenant, notice: Notice, now: datetime) -> None:
    try:
        with tenant.store.unit() as unit:
            if alarm(unit, tenant, notice, now):
                told = f"{notice.topic}: {notice.trouble}".removesuffix(": ")
                log.error("%s: alarm: %s", tenant.id, told)
    except TryLater:
        _alarm_without_memory(tenant, notice, now)


def _alarm_without_memory(tenant: Tenant, notice: Notice, now: datetime) -> None:
    """The memory cannot be written, perhaps because the disk is full: the alarm goes out without it, once a day."""
    topic = notice.topic
    if (last := tenant.alarmed.get(topic)) and now - last < timedelta(days=1):
        return
    for to in {tenant.policy.contact_email, tenant.policy.alarm_email} - {""}:
        shouted = replace(notice, token=f"{topic}:{now.isoformat()}")
        letter = compose(tenant, shouted, to, os.urandom(32).hex(), now)
        client, policy = tenant.submission_for(to)
        try:
            client.send(policy.mailbox, to, to_bytes(letter, policy, now))
            tenant.alarmed[topic] = now
        except MailbotError as error:
            log.error("%s: the alarm cannot leave either: %s", tenant.id, error)
