"""A mailbox that takes nothing more: full, read-only, or without keywords.

The rule kept here: mail is read and answered all the same, so what the server refuses to take is told when that begins,
when the reason changes and when it is over: in the log, and in a mail to the contact person, which needs no room in
this mailbox. A round in which nothing of that happens costs no unit of work; after a start the first one reads what was
told before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from mailbot.app import Tenant
from mailbot.dates import dutch_moment
from mailbot.errors import WriteRefused
from mailbot.outgoing.notices import Notice, tell
from mailbot.store import Unit

log = logging.getLogger(__name__)

_NOTE = "write refused"
#: Of what people were told last and not yet that it is over: its token, the moment, and the steps that were refused.
_TOLD = "write refused, told"


def note(
    tenant: Tenant, refusals: Mapping[str, WriteRefused], written: Mapping[str, int], clock: Callable[[], datetime]
) -> None:
    """Tell how a round went, by step: what was refused, and how many were written."""
    told = "; ".join(f"{what}: {why}" for what, why in sorted(refusals.items()))
    if told == tenant.write_refused:
        return
    with tenant.store.unit() as unit:
        before = unit.note(_NOTE) or ""
        if refusals:
            unit.put_note(_NOTE, told)
            settled = _tell_begin(unit, tenant, refusals, bool(before), clock())
        else:
            unit.drop_note(_NOTE)
            settled = _tell_end(unit, tenant, written, clock())
    tenant.write_refused = told if settled else None
    if told and told != before:
        log.warning("%s: not written into the mailbox: %s", tenant.id, told)
    elif before and not told:
        log.warning("%s: the mailbox takes what is written into it again", tenant.id)


def _tell_begin(unit: Unit, tenant: Tenant, refusals: Mapping[str, WriteRefused], lasts: bool, now: datetime) -> bool:
    """Once as long as it lasts, and once a day where it comes and goes; a full mailbox before all else. Returns whether
    people know."""
    topic = "full" if any(one.full for one in refusals.values()) else "refused"
    token = f"{topic}:{tenant.policy.day_of(now)}"
    known = (unit.note(_TOLD) or "").startswith(f"{topic}:")
    why = "; ".join(dict.fromkeys(map(str, refusals.values())))
    notice = Notice(topic, token, trouble=why, steps=tuple(sorted(refusals)))
    if not (known and lasts) and tell(unit, tenant, notice, now):
        unit.put_note(_TOLD, "\n".join((token, now.isoformat(), *notice.steps)))
        return True
    return known


def _tell_end(unit: Unit, tenant: Tenant, written: Mapping[str, int], now: datetime) -> bool:
    """Once something was written by a step that was refused: that nothing was asked of the mailbox proves nothing.
    Returns whether nothing is left to be told."""
    token, *rest = (unit.note(_TOLD) or "").split("\n")
    if not rest or not any(written.get(step) for step in rest[1:]):
        return not rest
    since = dutch_moment(datetime.fromisoformat(rest[0]), tenant.policy.zone)
    topic = f"{token.partition(':')[0]}_over"
    tell(unit, tenant, Notice(topic, f"{token}:over", since=since), now)
    unit.drop_note(_TOLD)
    return True
