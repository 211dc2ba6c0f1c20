"""Forget a person: the case keeps its number, dates and kinds; everything else goes, from every file of ours.

The rules kept here (F-05 to F-08): all cases of a person are forgotten together, and none while one of them is open, on
legal hold, restricts on request or can still be contested (`plan.retention`). The history keeps its links, but what it
says is wiped, and the key of its commitments is destroyed so that nobody can find an address by guessing. The
write-ahead log, logs that were set aside and backups are emptied too. The list of people who get no marketing is the
one exception (F-07).
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot import casefiles, events
from mailbot.acts.data_subject import cases_of_person
from mailbot.app import Tenant
from mailbot.errors import TryLater
from mailbot.execute import execute
from mailbot.fulfil import leftovers
from mailbot.model import Case, Letter, LetterState, Policy, Status, numbers
from mailbot.outgoing import gathering
from mailbot.plan import retention
from mailbot.safekeeping import backups
from mailbot.store import Unit, ledger, suppressions

log = logging.getLogger(__name__)

#: The note that names whose traces are still to be taken out of files, across crashes.
_WIPING = "wiping"

#: A letter in these states is about to leave, or nobody knows whether it did. One that nobody released never will.
_UNDER_WAY = (LetterState.QUEUED, LetterState.SENDING, LetterState.UNSURE)


def forget_due(tenant: Tenant, now: datetime) -> list[str]:
    """Forget every person whose day has come, once a day. Returns the references that were made anonymous."""
    _clean_files(tenant, now)
    today = tenant.policy.day_of(now).isoformat()
    with tenant.store.unit() as unit:
        if unit.note("forgotten") == today:
            return []
        due = [doc["ref"] for doc in unit.tables.by("cases", "forget", today, "<=")]
    done, whole = _forget_all(tenant, due, now)
    _clean_files(tenant, now)
    _sweep_files(tenant)
    if whole:
        with tenant.store.unit() as unit:
            unit.put_note("forgotten", today)
    return done


def _forget_all(tenant: Tenant, due: list[str], now: datetime) -> tuple[list[str], bool]:
    """Who was forgotten, and whether all that are due could be; else the next round goes on."""
    done: list[str] = []
    try:
        for ref in due:
            if ref not in done:
                done += _forget(tenant, ref, now)
    except TryLater as error:
        log.warning("%s: forgetting waits: %s", tenant.id, error)
        return done, False
    return done, True


def _forget(tenant: Tenant, ref: str, now: datetime) -> list[str]:
    """Forget the person of a case in the memory, in all his cases; the files are cleaned of everybody together.

    Returns the references; none while something stands in the way. Raises TryLater when the company wants its mailbox
    emptied too and it cannot be searched.
    """
    with tenant.store.unit() as unit:
        letters = [letter for one in _ready(unit, tenant, ref, now) for letter in unit.letters_of(one.ref)]
    trash = leftovers.trash(tenant)
    own = leftovers.own_mails(tenant, letters, trash)
    with tenant.store.unit() as unit:
        together = _ready(unit, tenant, ref, now)
        if not together:
            return []
        for one in together:
            leftovers.tell(unit, tenant, one, now, trash)
            if trash:
                leftovers.plan_move(unit, one, own if one is together[0] else [])
            wipe(unit, one, now, tenant)
        refs = [one.ref for one in together]
        unit.put_note(_WIPING, " ".join([*(unit.note(_WIPING) or "").split(), *refs]))
    log.info("%s: made anonymous: %s", tenant.id, ", ".join(refs))
    return refs


def _ready(unit: Unit, tenant: Tenant, ref: str, now: datetime) -> list[Case]:
    """Every case of the person, the given one first; none while one of them stands in the way."""
    case = unit.case(ref)
    if case is None or case.status is Status.ANONYMISED:
        return []
    together = cases_of_person(unit, case)
    if why := _hindrance(unit, together, tenant.policy, now):
        log.info("%s: %s is not made anonymous yet: %s", tenant.id, ref, why)
        return []
    return together


def _clean_files(tenant: Tenant, now: datetime) -> None:
    """Take who was forgotten out of every file beside the memory; what was interrupted is taken up again."""
    with tenant.store.unit() as unit:
        refs = (unit.note(_WIPING) or "").split()
    if not refs:
        return
    for ref in refs:
        casefiles.drop_all(tenant.folder, ref)
    tenant.store.vacuum()
    for path in backups.copies(tenant.folder):
        backups.forget(path, refs, lambda unit, case: wipe(unit, case, now, tenant))
    backups.drop_damaged(tenant.folder)
    with tenant.store.unit() as unit:
        unit.drop_note(_WIPING)


def _hindrance(unit: Unit, together: list[Case], policy: Policy, now: datetime) -> str:
    for case in together:
        if case.is_open:
            return f"{case.ref} is open"
        if case.work.hold:
            return f"{case.ref} is held"
        if any(one.state in _UNDER_WAY and one.audience == "requester" for one in unit.letters_of(case.ref)):
            return f"a letter of {case.ref} is under way"
        if (day := retention.contestable_until(case, policy)) and policy.day_of(now) < day:
            return f"something was refused in {case.ref}, and the person can complain until {day.isoformat()}"
    restricted = retention.restriction_in_force(together)
    return f"{restricted.ref} restricts, and the person must hear before that ends" if restricted else ""


def wipe(unit: Unit, case: Case, now: datetime, tenant: Tenant) -> None:
    """Write what remains of a case, and drop all that spoke of the person."""
    event = events.PersonForgotten()
    execute(unit, case, event, [do.Anonymise(now)], tenant.policy, tenant.letters, now)
    for letter in unit.letters_of(case.ref):
        _strip(unit, letter)
    gathering.forget(unit, case.ref)
    for doc in unit.tables.by("calls", "ref", case.ref):
        unit.drop_call(doc["token"])
    for run in suppressions.runs_of(unit, case.ref):
        suppressions.drop_run(unit, run)
    suppressions.forget_customer(unit, case.ref)
    for doc in unit.tables.by("seen", "ref", case.ref):
        unit.tables.drop("seen", doc["key"])
    for entry in unit.history(case.ref):
        unit.append(replace(entry, actions=()))
    for note in (f"key:{case.ref}", f"snooze:{case.ref}", *(f"filed:{mail.key}" for mail in case.mails)):
        unit.drop_note(note)
    ledger.seal_remains(unit, case.ref, now)


def _strip(unit: Unit, letter: Letter) -> None:
    """Of a letter to the person its kind and its times stay, as the proof that it left; every other letter goes. One
    that never left waits for nobody any more."""
    unit.tables.drop("letters", letter.token)
    if letter.audience != "requester":
        return
    unit.put_letter(
        Letter(
            token=letter.token,
            tenant=letter.tenant,
            ref=letter.ref,
            template=letter.template,
            to="",
            audience=letter.audience,
            subject="",
            text="",
            html="",
            message_id="",
            state=letter.state if letter.state is LetterState.SENT else LetterState.DROPPED,
            created_at=letter.created_at,
            settled_at=letter.settled_at,
            answer=letter.answer if letter.posted_by else numbers(letter.answer),
            digest=letter.digest,
        )
    )


def _sweep_files(tenant: Tenant) -> None:
    """Files of a person are not kept once his case is closed."""
    for ref in casefiles.refs_with_files(tenant.folder):
        with tenant.store.unit() as unit:
            case = unit.case(ref)
        if case is None or not case.is_open:
            casefiles.drop_all(tenant.folder, ref)
