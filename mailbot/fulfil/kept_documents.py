"""`mailbot keep`: which documents of a person must stay, from the orders on file or as a person names them.

The rule kept here: what a source marks as a document (`document`, `dated`) is counted row by row; a row whose day
cannot be read stops the count, so that nothing is wiped that the law says to keep (B-40).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from mailbot import events
from mailbot.app import Tenant
from mailbot.dates import YEARS
from mailbot.dispatch import decide_and_execute
from mailbot.errors import Refused, Usage
from mailbot.fulfil.collect import person_of
from mailbot.model import Case, RetainedDocument
from mailbot.plan.retention_duties import Document, kept, still_due
from mailbot.sources import Records, read

_DUTCH = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_YES = frozenset({"ja", "yes", "true", "1", "01", "oss", "x", "j", "y"})  # 01: a bit of MySQL's


def day_of(text: str) -> date | None:
    """A day as shops write it: 2026-03-05, with or without a time, or 5-3-2026 with the day first.

    None for what is no day, or one too far away to count years from.
    """
    text = text.strip()
    if found := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DUTCH.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    else:
        return None
    try:
        return date(year, month, day) if year < YEARS.stop else None
    except ValueError:
        return None


def documents_on_file(tenant: Tenant, case: Case) -> list[Document]:
    """Every document that the sources hold of this person. Raises TryLater, and Usage for a day nobody can read."""
    person = person_of(case)
    found: dict[str, Document] = {}
    for source in tenant.company.sources:
        if source.document:
            found |= {one.number: one for one in _documents(read(source, person, tenant.company.customers))}
    return list(found.values())


def _documents(records: Records) -> Iterator[Document]:
    source = records.source
    for column in (source.document, source.dated, source.ten_years):
        if column and column.lower() not in [name.lower() for name in records.headings]:
            raise Usage(f'source {source.name} has no column "{column}"; name the right one under [[sources]]')
    for row in records.rows:
        number = records.value(row, source.document).strip()
        if not number:
            continue
        day = day_of(records.value(row, source.dated))
        if day is None:
            raise Usage(f"source {source.name}: the day of document {number} cannot be read; type it as 2026-03-31")
        longer = records.value(row, source.ten_years).strip().lower() in _YES
        yield Document(number, day, one_stop_shop=longer)


def keep(
    tenant: Tenant, ref: str, documents: list[Document], actor: str, now: datetime
) -> tuple[RetainedDocument, ...]:
    """Write down what must stay; what is past its time is left out, for it may go now. Raises Refused for none."""
    tenant.require_permission("decide")
    with tenant.store.unit() as unit:
        case = unit.named_case(ref)
        found = still_due((kept(one, tenant.policy, actor) for one in documents), tenant.policy.day_of(now))
        if not found:
            raise Refused(f"nothing has to stay; say so: `mailbot done {ref} keep --note 'niets'`", "B-40")
        decide_and_execute(unit, tenant, case, events.DocumentsKept(actor, found), now)
    return found
