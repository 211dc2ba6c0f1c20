"""The evidence is walked over once, and both its tellings, in the terminal and on the page, leave no part of it out."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from builders import AT, a_case, a_policy
from mailbot.cli.prove import _told
from mailbot.letters import Letters
from mailbot.model import Case, HistoryEntry, Kind, Outcome, Status
from mailbot.reports import evidence_page
from mailbot.reports.evidence import DecisiveLine, Evidence, SentLetter, Term
from mailbot.reports.evidence_parts import Part, Received, Source, Standing, Verdict, parts, standing, verdict

NOW = AT + timedelta(days=40)
DAY = timedelta(days=1)
MET = Term("operating", "artikel 12, lid 3", date(2026, 2, 28), AT + 28 * DAY, AT + 3 * DAY, True)
LATE = replace(MET, met_at=AT + 30 * DAY, in_time=False)
MISSED = replace(MET, met_at=None, in_time=None)
RUNNING = replace(MISSED, due=NOW + DAY)
FULL = Evidence(
    company="kaviaarshop",
    case="AVG-2026-0001",
    status="closed",
    channel="mail",
    received_at=AT,
    receipt="by shop.example; Sat, 31 Jan 2026",
    receipt_by="",
    rules=("ART12_3",),
    extended_at=datetime(2026, 2, 11, 9, tzinfo=UTC),
    anonymised_at=datetime(2026, 2, 21, 9, tzinfo=UTC),
    terms=(MET,),
    letters=(SentLetter("answer", AT + 3 * DAY, "<a@shop.example>", "250 2.0.0", ("operating",)),),
    lines=(DecisiveLine(7, AT + 3 * DAY, "Closed", "els", AT + 2 * DAY),),
    head="12-ABCD-EFGH",
    faults=("line 3 was changed",),
)
PHRASES = Letters(Path(__file__).parent.parent / "replies").phrases["nl"]


def terminal(found: Evidence) -> str:
    return "\n".join(line for part in parts(found, NOW) for line in _told(part, a_policy().zone))


def page(found: Evidence) -> str:
    return evidence_page.as_html(found, a_case(Kind.ACCESS), [], a_policy(), PHRASES, NOW)


def test_a_full_record_yields_every_kind_of_part_with_the_verdict_last() -> None:
    told = list(parts(FULL, NOW))
    assert {type(part) for part in told} == set(get_args(Part))
    assert told[-1] is Verdict.BROKEN


@pytest.mark.parametrize(
    ("words", "dutch"),
    [
        ("by shop.example; Sat, 31 Jan 2026", "by shop.example; Sat, 31 Jan 2026"),
        ("ART12_3", "De termijn: een maand (artikel 12, lid 3, AVG)."),
        ("2026-02-11T10:00:00+01:00", "Verlengd op wo 11-02-2026 10:00"),
        ("by 2026-02-28 (artikel 12, lid 3); met 2026-02-03T22:14:00+01:00, in time", "ja, di 03-02-2026 22:14"),
        ("<a@shop.example>", "&lt;a@shop.example&gt;"),
        ("250 2.0.0", "250 2.0.0"),
        ("line 7, 2026-02-03T22:14:00+01:00: Closed by els", "regel 7, di 03-02-2026 22:14, gesloten, door els"),
        ("said that it was done 2026-02-02T22:14:00+01:00", "die schreef dat het op ma 02-02-2026 22:14 was gedaan"),
        ("forgotten  2026-02-21", "Dit dossier is anoniem gemaakt"),
        ("12-ABCD-EFGH", "12-ABCD-EFGH"),
        ("line 3 was changed", "line 3 was changed"),
        ("NOT SHOWN: the history does not hold", "Niet aangetoond: de geschiedenis klopt niet"),
    ],
)
def test_each_part_is_told_in_the_terminal_and_on_the_page(words: str, dutch: str) -> None:
    assert words in terminal(FULL)
    assert dutch in page(FULL)


@pytest.mark.parametrize(
    ("terms", "faults", "comes_to"),
    [
        ((MET, MET), (), Verdict.SHOWN),
        ((MET, LATE), (), Verdict.MISSED),
        ((MET, MISSED), (), Verdict.MISSED),
        ((MET, RUNNING), (), Verdict.RUNNING),
        ((RUNNING, MISSED), (), Verdict.MISSED),
        ((), (), Verdict.TERMLESS),
        ((MET,), ("broken",), Verdict.BROKEN),
    ],
)
def test_what_it_comes_to(terms: tuple[Term, ...], faults: tuple[str, ...], comes_to: Verdict) -> None:
    found = replace(FULL, terms=terms, faults=faults)
    assert verdict(found, NOW) is comes_to
    assert found.holds is (comes_to is Verdict.SHOWN)


def test_a_term_that_ends_now_runs_no_more() -> None:
    assert standing(replace(MISSED, due=NOW), NOW) is Standing.MISSED
    assert standing(replace(MISSED, due=NOW + timedelta(seconds=1)), NOW) is Standing.RUNNING


@pytest.mark.parametrize(
    ("changes", "source", "words"),
    [
        ({"receipt_by": "els"}, Source.PERSON, "els"),
        ({"receipt": "", "anonymised_at": None}, Source.FOLDER, ""),
        ({"receipt": ""}, Source.GONE, ""),
        ({"receipt": "", "anonymised_at": None, "channel": "phone"}, Source.GONE, ""),
    ],
)
def test_who_says_when_it_was_received(changes: dict[str, object], source: Source, words: str) -> None:
    [received] = [part for part in parts(replace(FULL, **changes), NOW) if isinstance(part, Received)]  # type: ignore[arg-type]
    assert (received.source, received.words) == (source, words)


# --- the page as an authority sees it --------------------------------------------------------------

PAGES = Path(__file__).parent / "pages"
REFUSED = replace(MET, name="refusal", basis="artikel 12, lid 4", on=None)
SERVED = replace(FULL, faults=(), anonymised_at=None)
POSTED = replace(
    SERVED,
    channel="phone",
    receipt="",
    receipt_by="els",
    rules=(),
    extended_at=None,
    anonymised_at=NOW - DAY,
    terms=(MET, LATE, MISSED, RUNNING, REFUSED),
    letters=(
        SentLetter("answer", AT + 3 * DAY, "", "", ("operating", "statutory"), posted_by="jan"),
        SentLetter("acknowledgement", AT, "<b@shop.example>", "", ()),
    ),
    lines=(DecisiveLine(8, AT + 3 * DAY, "LetterSettled", "mailbot"),),
    faults=("line 3 was changed", "the chain has a gap"),
)


def a_line(seq: int, event: str, actor: str, *docs: dict[str, object]) -> HistoryEntry:
    return HistoryEntry("AVG-2026-0001", seq, AT + seq * DAY, actor, event, docs, "", "", f"{seq:x}" * 64)


HISTORY = [
    a_line(1, "MailArrived", "mailbot", {"do": "OpenCase", "channel": "mail", "received_at": "2026-01-31T21:14:00Z"}),
    a_line(2, "IdentityConfirmed", "els <b>", {"do": "Remark", "text": "belde terug & wist het"}),
    a_line(3, "ExtensionDecided", "els"),
]


def closed(case: Case) -> Case:
    item = replace(case.items[0], outcome=Outcome.REFUSED)
    return replace(case, items=(item,), status=Status.CLOSED, closed_at=AT + 4 * DAY)


@pytest.mark.parametrize(
    ("name", "found", "case", "history"),
    [
        ("evidence", SERVED, a_case(Kind.ACCESS), HISTORY),
        ("evidence-posted", POSTED, closed(a_case(Kind.ERASURE)), []),
    ],
)
def test_the_page_reads_as_it_is_kept(name: str, found: Evidence, case: Case, history: list[HistoryEntry]) -> None:
    """`MAILBOT_WRITE_PAGES=1 pytest tests/test_walk.py` writes it anew; look at it in a browser first."""
    told = evidence_page.as_html(found, case, history, a_policy(), PHRASES, NOW).partition("</style>")[2]
    path = PAGES / f"{name}.html"
    if os.environ.get("MAILBOT_WRITE_PAGES"):
        path.write_text(told, "utf-8")
    assert told == path.read_text("utf-8")
