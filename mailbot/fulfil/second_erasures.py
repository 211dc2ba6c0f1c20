"""The diary of second erasures: what the law kept goes when its time is over, and somebody is told on that day.

The rules kept here: an entry is computed from what is on record, so a restart or a moved clock loses none. It is told
once, on the first day on which people are in. It is still there when its case was made anonymous, with the number of
the document only (B-12).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from mailbot import actions as do
from mailbot.app import Tenant
from mailbot.dates import dutch_date
from mailbot.deadlines.calendars import is_working_day
from mailbot.execute import company_key
from mailbot.letters.render import Value
from mailbot.model import Case, Letter, LetterState
from mailbot.plan.retention_duties import erase_on
from mailbot.store import Unit

#: The note with the day on which the diary was looked at last.
_LOOKED_AT = "second_erasures"


@dataclass(frozen=True, slots=True)
class SecondErasure:
    """Documents of one case that go on one day."""

    company: str
    ref: str
    erase_on: date
    documents: tuple[str, ...]
    basis: str
    told: bool


def entries(unit: Unit, tenant: Tenant) -> list[SecondErasure]:
    """Every second erasure that is planned or was told, first day first."""
    found = [entry for doc in unit.tables.by("cases", "keeps", "~", "<=") for entry in _of(unit, tenant, doc["ref"])]
    return sorted(set(found), key=lambda entry: (entry.erase_on, entry.ref))


def _of(unit: Unit, tenant: Tenant, ref: str) -> Iterator[SecondErasure]:
    if case := unit.case(ref):
        for day in sorted({erase_on(one) for one in case.work.kept}):
            yield _entry(unit, tenant, case, day)


def _entry(unit: Unit, tenant: Tenant, case: Case, day: date) -> SecondErasure:
    due = [one for one in case.work.kept if erase_on(one) == day]
    told = unit.letter(_token(case.ref, day)) is not None
    names = tuple(sorted(f"{one.what} {one.document}" for one in due))
    return SecondErasure(tenant.id, case.ref, day, names, due[0].basis, told)


def _token(ref: str, day: date) -> str:
    return f"second-erasure:{ref}:{day.isoformat()}"


def tell_due(tenant: Tenant, now: datetime) -> int:
    """Tell the contact person what goes today, once a day, for the diary grows. Returns how many mails were written."""
    policy = tenant.policy
    today = policy.day_of(now)
    if not is_working_day(today, policy.country, wide=True) or not policy.contact_email:
        return 0
    with tenant.store.unit() as unit:
        if unit.note(_LOOKED_AT) == today.isoformat():
            return 0
        unit.put_note(_LOOKED_AT, today.isoformat())
        refs = dict.fromkeys(doc["ref"] for doc in unit.tables.by("cases", "keeps", today.isoformat(), "<="))
        due = [entry for ref in refs for entry in _of(unit, tenant, ref) if entry.erase_on <= today and not entry.told]
        due = [entry for entry in due if not _held(unit, entry.ref)]
        for entry in due:
            unit.put_letter(_letter(unit, tenant, entry, now))
    return len(due)


def _held(unit: Unit, ref: str) -> bool:
    """A legal hold keeps what it holds, also past its time."""
    case = unit.case(ref)
    return bool(case and case.work.hold)


def _letter(unit: Unit, tenant: Tenant, entry: SecondErasure, now: datetime) -> Letter:
    policy = tenant.policy
    send = do.Send(
        _token(entry.ref, entry.erase_on), "second_erasure", policy.contact_email, "staff", LetterState.QUEUED
    )
    extra: dict[str, Value] = {
        "case_ref": entry.ref,
        "erase_on": dutch_date(entry.erase_on),
        "documents": list(entry.documents),
        "basis": entry.basis,
    }
    return replace(tenant.letters.compose(send, None, policy, now, company_key(unit), extra), ref="")
