"""The register of requests as accountability (F-03, article 5(2)): one line a case, facts of the procedure only.

The rules kept here: no name, address, subject or text of who asked stands in it, also for cases that are not anonymous
yet, so that it can be shown to an authority as it is. What is late is said to be late, also while nothing was answered.
The register of a year has what was received in it and, marked, what was still open when it began.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from html import escape
from typing import Any

from mailbot import csv_format
from mailbot.deadlines import is_within
from mailbot.decide.breach_record import settled_at
from mailbot.decide.clock import refused_late, terms_of
from mailbot.decide.known_facts import known_facts
from mailbot.model import Case, Deadline, Policy, ProcessorState, StepEnding
from mailbot.reports.html_page import page

ABOUT = (
    "Wie iets vroeg of schreef, staat niet in het register: geen namen, adressen of teksten. "
    "Wat bij niemand is ingevuld, is weggelaten."
)
#: The columns in their order, with the heading that people read.
COLUMNS = {
    "company": "bedrijf",
    "case": "dossier",
    "received_on": "ontvangen",
    "carried_over": "uit een eerder jaar",
    "channel": "binnengekomen",
    "received_by": "aangenomen door",
    "asked": "gevraagd",
    "identity": "identiteit",
    "identity_asked_on": "identiteit gevraagd op",
    "identity_proven_on": "identiteit vastgesteld op",
    "due_on": "uiterlijk",
    "statutory_on": "wettelijk uiterlijk",
    "extended_on": "verlengd",
    "extension_counts": "verlenging geldt",
    "answered_on": "beantwoord",
    "in_time": "op tijd",
    "within_law": "binnen de wettelijke termijn",
    "by_post": "per post verstuurd",
    "outcome": "uitkomst",
    "refused_on": "geweigerd op grond van",
    "decided_by": "beslist door",
    "decided_on": "beslist op",
    "copy_sent_on": "kopie verstuurd",
    "told": "verwerkers ingelicht",
    "kept_until": "bewaard tot",
    "set_aside": "overgeslagen stappen",
    "breach": "datalek",
    "legal_hold": "niets wissen (rechtszaak)",
    "status": "stand",
    "closed_on": "gesloten",
    "anonymised_on": "anoniem gemaakt",
}


#: In these columns a no says something.
JUDGED = ("extension_counts", "in_time", "within_law")


def tells(name: str, value: object) -> bool:
    """Whether a cell says something: a no does where it is judged whether a term was kept."""
    return value not in (None, [], False) or (value is False and name in JUDGED)


def used_columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The columns in which some line says something: a page with all of them is too wide to print."""
    used = {name for row in rows for name in COLUMNS if tells(name, row[name])}
    return {name: heading for name, heading in COLUMNS.items() if name in used or not rows}


_NOBODY: Mapping[str, str] = {}


def rows_of(
    cases: Iterable[Case], policy: Policy, year: int, now: datetime, received_by: Mapping[str, str] = _NOBODY
) -> list[dict[str, Any]]:
    """The cases that were received in this year, in the company's own zone, and those that were open when it began.

    `received_by`: who took a case in by hand, by its reference.
    """
    ours = [case for case in cases if _is_of(case, policy, year, now)]
    rows = rows_within(ours, policy, now, received_by)
    return [row | {"carried_over": not row["received_on"].startswith(str(year))} for row in rows]


def _is_of(case: Case, policy: Policy, year: int, now: datetime) -> bool:
    received = policy.day_of(case.received_at).year
    was_open = case.closed_at is None or policy.day_of(case.closed_at).year >= year
    return received == year or (received < year <= policy.day_of(now).year and was_open)


def rows_within(
    cases: Iterable[Case], policy: Policy, now: datetime, received_by: Mapping[str, str] = _NOBODY
) -> list[dict[str, Any]]:
    """These cases as lines of the register at this moment, oldest first."""
    ordered = sorted(cases, key=lambda case: (case.received_at, case.ref))
    return [_row(case, policy, now, received_by.get(case.ref)) for case in ordered]


def _row(case: Case, policy: Policy, now: datetime, received_by: str | None) -> dict[str, Any]:
    operating, statutory, answered = _terms(case)
    decided = [item for item in case.items if item.decided_at]
    late_no = refused_late(case, policy)
    return {
        "company": policy.name,
        "case": case.ref,
        "received_on": _day(case.received_at, policy),
        "carried_over": False,
        "channel": case.channel,
        "received_by": received_by,
        "asked": [str(kind) for kind in case.kinds],
        "identity": case.identity,
        "identity_asked_on": _day(case.proof_asked_at or case.identity_asked_at, policy),
        "identity_proven_on": _day(case.identity_received_at, policy),
        "due_on": _on(operating, policy),
        "statutory_on": _on(statutory, policy),
        "extended_on": _day(case.extended_at, policy),
        "extension_counts": terms_of(case, policy)[0].extension_valid if case.extended_at else None,
        "answered_on": _day(case.items[0].told_at if case.only_breach else answered, policy),
        "in_time": _in_time(case, answered, operating or case.deadline("notice_by"), late_no, now),
        "within_law": _in_time(case, answered, statutory, late_no, now),
        "by_post": list(case.by_post),
        "outcome": [f"{item.kind}: {item.outcome}" for item in case.items],
        "refused_on": [f"{item.kind}: {item.ground}" for item in case.items if item.ground],
        "decided_by": list(dict.fromkeys(item.decided_by for item in decided)),
        "decided_on": _day(max((item.decided_at for item in decided if item.decided_at), default=None), policy),
        "copy_sent_on": _day(case.work.package_sent_at, policy),
        "told": list(_told(case, policy)),
        "kept_until": max((one.until.isoformat() for one in case.work.kept), default=None),
        "set_aside": [one.step for one in case.work.settled if one.how is StepEnding.SKIPPED],
        "breach": case.breach_decision or None,
        "legal_hold": bool(case.work.hold),
        "status": case.status.value,
        "closed_on": _day(case.closed_at, policy),
        "anonymised_on": _day(case.anonymised_at, policy),
    }


def _terms(case: Case) -> tuple[Deadline | None, Deadline | None, datetime | None]:
    """The day that we work to, the law's, and when it was met. Of a breach report both are its 72 hours: the reporter
    has no term of his own."""
    if case.only_breach and (hours := case.deadline("breach")):
        hours = replace(hours, met_at=settled_at(case))
        return hours, hours, hours.met_at
    statutory = case.deadline("statutory")
    return case.deadline("operating"), statutory, statutory.met_at if statutory else None


def _told(case: Case, policy: Policy) -> Iterator[str]:
    """Every processor that was told or asked, by a mail of ours or by people, and whether it was done there."""
    answered = (one.party for one in case.work.asked if one.state is ProcessorState.DONE)
    done = dict.fromkeys((*answered, *known_facts(case, policy)["told"]))
    yield from (f"{name}: gedaan" for name in done)
    yield from (f"{name}: gevraagd" for name in dict.fromkeys(one.party for one in case.work.asked) if name not in done)


def _day(at: datetime | None, policy: Policy) -> str | None:
    return policy.day_of(at).isoformat() if at else None


def _on(deadline: Deadline | None, policy: Policy) -> str | None:
    return (deadline.on or policy.day_of(deadline.due)).isoformat() if deadline else None


def _in_time(case: Case, answered: datetime | None, due: Deadline | None, late_no: bool, now: datetime) -> bool | None:
    """Whether the answer left by that day, and a no within its month; not while the day has passed without one, and
    unknown until then. A case that ended without an answer, because nothing was asked or the person withdrew it, is
    neither."""
    if due is None:
        return None
    if late_no:
        return False
    if met_at := answered or due.met_at:
        return is_within(due, met_at)
    return False if case.is_open and not is_within(due, now) else None


def as_csv(rows: Sequence[dict[str, Any]], columns: Mapping[str, str] = COLUMNS) -> str:
    """With words a Dutch reader knows."""
    return csv_format.as_csv(columns.values(), ([words(row[name]) for name in columns] for row in rows))


def as_html(
    rows: Sequence[dict[str, Any]],
    title: str,
    made_on: date,
    columns: Mapping[str, str] = COLUMNS,
    about: str = ABOUT,
) -> str:
    """A page that prints on A4 across; opens offline. `about`: what is in its lines."""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns.values())
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(words(row[name]))}</td>" for name in columns) + "</tr>\n" for row in rows
    )
    told = f"<p>Aantal: {len(rows)}. Gemaakt op {made_on.isoformat()}. {escape(about)}</p>"
    table = f"<table><thead><tr>{heads}</tr></thead>\n<tbody>\n{lines}</tbody></table>"
    return page(title, _STYLE, f"{told}\n{table}")


def words(value: Any) -> str:
    """A value of the register as a Dutch reader writes it."""
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nee"
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)


_STYLE = """
@page { size: A4 landscape; margin: 10mm; }
body { font: 12px/1.4 Arial, sans-serif; color: #1d2733; margin: 2rem; }
h1 { font-size: 1.4rem; margin: 0 0 .2rem; }
p { color: #5b6773; margin: 0 0 1rem; }
table { border-collapse: collapse; }
th, td { border: 1px solid #dde2e7; padding: .3rem .45rem; text-align: left; vertical-align: top; }
th { background: #f2f5f8; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
@media print { body { margin: 0; font-size: 7pt; } }
"""
