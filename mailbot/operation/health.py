"""What is wrong now, company by company.

The rule kept here: it is computed from what is on disk, so that a worker that is dead shows too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mailbot.app import Tenant
from mailbot.config import Installation
from mailbot.memory.moving import TAKING_OVER
from mailbot.model import Case, Letter, LetterState
from mailbot.model.order import first_due
from mailbot.operation import heartbeat, presence
from mailbot.operation.heartbeat import Heartbeat
from mailbot.outgoing import breaker
from mailbot.store import MEMORY_FILE, Unit

if TYPE_CHECKING:
    from mailbot.store.postgres import Database

log = logging.getLogger(__name__)

QUARANTINE = "unreadable"


@dataclass(frozen=True, slots=True)
class Condition:
    """How one company is doing. `wrong` says in words what a person must look at; empty when all is well."""

    tenant: str
    state: Literal["working", "never started", "incomplete", "unusable", "unreadable", "left behind", "worker"]
    polled_at: datetime | None = None
    sent_at: datetime | None = None
    beat_at: datetime | None = None
    queued: int = 0
    held: int = 0
    unsure: int = 0
    failed: int = 0
    quarantine: int = 0
    open_cases: int = 0
    next_deadline: datetime | None = None  # the last moment: of a day its end, and `next_on` is that day
    next_on: date | None = None
    next_ref: str = ""
    overdue: tuple[str, ...] = ()
    stopped_at: datetime | None = None  # the breaker opened: nothing leaves by itself
    stopped_why: str = ""
    wrong: tuple[str, ...] = ()


def left_behind(settings: Installation, database: Database | None = None) -> list[Condition]:
    """Memories in the state folder, and in the database, that belong to no company: its file was renamed or removed.
    Their clocks run on. Raises TryLater where the database does not answer."""
    known = {company.id for company in settings.companies}
    signs = [file for name in (MEMORY_FILE, TAKING_OVER) for file in settings.state.glob(f"*/{name}")]
    found = sorted({file.parent for file in signs if file.parent.name not in known})
    whys = {folder.name: _why_left(folder) for folder in found}
    rows = database.companies() if database else []
    whys = {name: _LEFT_BEHIND.format(tenant=name, where="the database") for name in rows if name not in known} | whys
    return [Condition(name, "left behind", wrong=(why,)) for name, why in sorted(whys.items()) if name[0] != "."]


def _why_left(folder: Path) -> str:
    why = _HALF if (folder / TAKING_OVER).exists() else _LEFT_BEHIND
    return why.format(tenant=folder.name, where=folder)


_LEFT_BEHIND = (
    "its cases lie in {where} and no tenants/{tenant}.toml names it, so nothing is done for them: put the file back "
    "under this name; of a company that has left and was handed over, `mailbot remove-company {tenant}`"
)
_HALF = "it is half taken over: run `mailbot take-over` once more with the same archive, which carries on in {where}"


def workers(settings: Installation, now: datetime) -> list[Condition]:
    """The running workers with which something is wrong that is no company's, each by its name."""
    found = presence.read(settings.state, now)
    return [Condition(f"worker {one.name}", "worker", beat_at=one.at, wrong=one.wrong) for one in found if one.wrong]


def condition_of_one(tenant: Tenant, now: datetime) -> Condition:
    """The same for one of many: whatever is wrong with its memory, the others are told of too."""
    try:
        return condition(tenant, now)
    except Exception as error:  # a damaged file can break anything
        log.warning("%s: how it is doing cannot be read: %s", tenant.id, type(error).__name__)
        cure = f"its memory cannot be read: `mailbot check --tenant {tenant.id}` says what to do"
        return Condition(tenant.id, "unreadable", wrong=(cure,))


def condition(tenant: Tenant, now: datetime) -> Condition:
    """How the company is doing, by what is on disk; asks no server and makes no file."""
    beat = heartbeat.read(tenant.folder)
    if not tenant.company.usable:
        goes_on = presence.going_on(tenant.folder.parent, tenant.id, now)
        then = "its worker goes on by what it said before" if goes_on else "so nothing is done for it"
        cure = f"its file is faulty, {then}: `mailbot check --tenant {tenant.id}` says what to mend"
        return Condition(tenant.id, "unusable", beat_at=beat.at if beat else None, wrong=(cure,))
    if tenant.company.missing:
        return _incomplete(tenant, beat, now)
    if not tenant.has_memory:
        return Condition(tenant.id, "never started", wrong=("no worker ever ran; start `mailbot run`",))
    if beat is None:
        with tenant.store.unit() as unit:
            found = _counted(unit, tenant, Heartbeat(now, now), now)
        many = f" and {found.open_cases} cases are open" if found.open_cases else ""
        cure = f"no worker ever ran here{many}; start `mailbot run`"
        return replace(found, state="never started", beat_at=None, wrong=(cure,))
    with tenant.store.unit() as unit:
        found = _counted(unit, tenant, beat, now)
    return replace(found, wrong=tuple(_wrongs(tenant, found, beat, now)))


def renewed(tenant: Tenant, found: Condition, now: datetime) -> Condition:
    """The same counts a little later, with what the sign of life says now. Opens no memory."""
    beat = heartbeat.read(tenant.folder)
    if found.state != "working" or beat is None:
        return found
    found = replace(found, polled_at=beat.polled_at, sent_at=beat.sent_at, beat_at=beat.at)
    return replace(found, wrong=tuple(_wrongs(tenant, found, beat, now)))


def _incomplete(tenant: Tenant, beat: Heartbeat | None, now: datetime) -> Condition:
    """It lacks something, so nothing is done for it, or by what its file said before; what is open runs on anyhow."""
    bare = Condition(tenant.id, "incomplete", beat_at=beat.at if beat else None)
    if presence.going_on(tenant.folder.parent, tenant.id, now):
        cure = "it lacks settings, and its worker goes on by what its file said before"
        return replace(bare, wrong=(f"{cure}: `mailbot check --tenant {tenant.id}`",))
    if not tenant.has_memory:
        return bare
    with tenant.store.unit() as unit:
        found = _counted(unit, tenant, beat or Heartbeat(now, now), now)
    if not found.open_cases:
        return bare
    many = f"{found.open_cases} cases are" if found.open_cases > 1 else "1 case is"
    first = f", {found.overdue[0]} too late" if found.overdue else ""
    cure = (
        f"{many} open{first}, and nothing is done for it, for it lacks settings: `mailbot check --tenant {tenant.id}`"
    )
    return replace(found, state="incomplete", beat_at=bare.beat_at, wrong=(cure,))


def _counted(unit: Unit, tenant: Tenant, beat: Heartbeat, now: datetime) -> Condition:
    open_cases = unit.open_cases()
    due = sorted(((first, case.ref) for case in open_cases if (first := first_due(case))), key=lambda one: one[0].due)
    coming, next_ref = next(((first, ref) for first, ref in due if first.due > now), (None, ""))
    letters = {state: unit.tables.count("letters", "state", state) for state in LetterState}
    return Condition(
        tenant.id,
        "working",
        beat.polled_at,
        beat.sent_at,
        beat.at,
        queued=letters[LetterState.QUEUED] + letters[LetterState.SENDING],
        held=letters[LetterState.HELD],
        unsure=letters[LetterState.UNSURE],
        failed=len(undecided(unit.letters(LetterState.FAILED), open_cases)),
        quarantine=sum(1 for case in open_cases if QUARANTINE in case.needs),
        open_cases=len(open_cases),
        next_deadline=coming.due if coming else None,
        next_on=coming.on if coming else None,
        next_ref=next_ref,
        overdue=tuple(ref for first, ref in due if first.due <= now),
        stopped_at=breaker.open_since(unit),
        stopped_why=breaker.why_open(unit),
    )


def undecided(failed: Sequence[Letter], open_cases: Sequence[Case]) -> list[Letter]:
    """Failed letters that still matter: of open cases, or about the company."""
    refs = {case.ref for case in open_cases}
    return [letter for letter in failed if not letter.ref or letter.ref in refs]


def _wrongs(tenant: Tenant, found: Condition, beat: Heartbeat, now: datetime) -> Iterator[str]:
    late = tenant.policy.alarm_after
    if now - beat.read_at >= late:
        yield f"the mailbox was last read {_ago(now - beat.read_at)} ago"
    elif now - beat.at >= late:
        yield f"no sign of life for {_ago(now - beat.at)}; is `mailbot run` working?"
    if beat.trouble:
        yield beat.trouble
    if beat.way_out and beat.way_out not in beat.trouble:  # between two tries nothing else tells it
        yield beat.way_out
    at_home = beat.refuses == "relay" and tenant.is_at_home(tenant.policy.contact_email)
    if beat.way_out and not (tenant.company.alarm_smtp or at_home):
        why = "no mail about this can leave, for [alarm] names no server of its own"
        yield f"{why}; mend it, then try it with `mailbot check --live --send --tenant {tenant.id}`"
    if found.stopped_at:
        look = "compare Sent with `mailbot outbox`, then `mailbot outbox resume`"
        yield f"nothing leaves by itself, because {found.stopped_why}: {look}"
    if found.unsure:
        yield f"letters of which nobody knows whether they left: {found.unsure}; `mailbot outbox list --state unsure`"
    if found.failed:
        yield f"letters failed: {found.failed}; `mailbot outbox list --state failed`"
    if found.quarantine:
        yield f"mails that could not be read: {found.quarantine}; `mailbot cases`"
    if found.overdue:
        yield f"overdue: {', '.join(found.overdue)}"


def _ago(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
