"""The report of a company: true figures, charts in words too, nobody named unless asked, nothing from elsewhere."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from builders import AT, STRANGER, a_policy, after, arrived
from company import ACCESS, BOX, a_raw_mail
from mailbot.demo.servers import MailServers
from mailbot.model import Address, Case, Deadline, Kind, Status
from mailbot.reports.charts import Series, line, stacked
from mailbot.reports.figures import Figures, case_results, figures_of
from mailbot.reports.period import Period, as_html
from mailbot.reports.register_words import in_dutch
from rig.installation import Installation

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
PAGES = Path(__file__).parent / "pages"


def a_case(
    number: int, day: int = 0, answered: int | None = None, closed: bool = False, kind: Kind = Kind.ACCESS
) -> Case:
    """A case received so many days after AT and answered so many days after that."""
    case = after(None, arrived(kind, match=STRANGER))
    at = AT + timedelta(days=day)
    met = at + timedelta(days=answered) if answered is not None else None
    due = at + timedelta(days=30, hours=1)
    deadlines = tuple(Deadline(name, due, due.date(), "art. 12(3)", "", met) for name in ("operating", "statutory"))
    status = Status.CLOSED if closed or met else Status.OPEN
    return replace(case, ref=f"AVG-2026-{number:04}", received_at=at, deadlines=deadlines, status=status)


def figures(cases: Sequence[Case], now: datetime = NOW) -> Figures:
    return figures_of(case_results(cases, a_policy(), YEAR.first, YEAR.last, now))


def page(cases: Sequence[Case], names: bool = False, **changes: object) -> str:
    return as_html(cases, a_policy(**changes), YEAR, NOW, {"access": "inzage"}, names=names)


def test_answers_are_in_time_until_the_day_to_which_the_company_works() -> None:
    told = figures([a_case(1, answered=30), a_case(2, answered=31)])
    assert (told.in_time, told.late, told.in_time_percent) == (1, 1, 50)


def test_silence_past_the_day_is_overdue_and_spoils_the_share_in_time() -> None:
    told = figures([a_case(1, answered=3), a_case(2)])
    assert (told.open, told.overdue, told.in_time_percent) == (1, 1, 50)


def test_what_is_open_within_its_term_is_judged_neither_way() -> None:
    told = figures([a_case(1)], now=AT + timedelta(days=10))
    assert (told.open, told.overdue, told.in_time_percent) == (1, 0, None)


def test_one_that_is_late_is_never_rounded_away() -> None:
    told = figures([a_case(n, answered=1) for n in range(299)] + [a_case(299, answered=31)])
    assert (told.late, told.in_time_percent) == (1, 99)


def awaiting_proof(notice_left: datetime | None) -> Case:
    """A case whose clock stands still; the notice that we cannot identify the person left at that moment."""
    due = AT + timedelta(days=30)
    return replace(a_case(1), deadlines=(Deadline("notice_by", due, due.date(), "art. 12(2)", "", notice_left),))


def test_while_proof_is_awaited_it_is_late_only_when_the_notice_did_not_leave() -> None:
    silent, told = awaiting_proof(None), awaiting_proof(AT + timedelta(days=20))
    assert [figures([case]).overdue for case in (silent, told)] == [1, 0]
    assert [words in page([case]) for case, words in ((silent, "dagen te laat"), (told, "de klok staat stil"))] == [
        True,
        True,
    ]


def test_an_open_request_that_was_answered_is_not_called_late() -> None:
    told = page([replace(a_case(1, answered=3), status=Status.OPEN)])
    assert "dagen te laat" not in told
    assert '<td data-name="nog">beantwoord</td>' in told


def test_median_and_ninetieth_percentile_are_of_the_answers_alone() -> None:
    told = figures([a_case(n, answered=n) for n in range(1, 11)] + [a_case(11)])
    assert (told.median_days, told.slowest_days) == (5.5, 9)


def test_the_period_is_of_receipt_on_the_company_s_own_clock() -> None:
    """23:30 UTC on the last day of the year is the next year in Amsterdam."""
    late = replace(a_case(1), received_at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    assert figures([late], now=datetime(2027, 1, 2, tzinfo=UTC)).received == 0


def test_nobody_is_named_unless_asked() -> None:
    case = replace(a_case(1), requester=Address("piet@klant.example", "Piet"))
    for word in ("piet@klant.example", "John", "john@staff.example", "els@staff.example"):
        assert word not in page([case])
    assert "piet@klant.example" in page([case], names=True)
    assert "John" in page([case], names=True)


def test_the_page_brings_the_head_against_which_the_record_can_be_held() -> None:
    told = as_html([a_case(1)], a_policy(), YEAR, NOW, {}, head="12-ABCD-EFGH-IJKL-MNOP-QRST")
    assert f"mailbot check --tenant {a_policy().tenant} --against 12-ABCD-EFGH-IJKL-MNOP-QRST" in told
    assert "Kenmerk" not in page([a_case(1)])


def test_the_page_needs_nothing_from_elsewhere_and_escapes_what_it_shows() -> None:
    told = page([a_case(1)], name="<b>Shop</b> & zoon")
    assert "<b>Shop" not in told
    assert "&lt;b&gt;Shop" in told
    assert not re.search(r"<script|<link|@import|url\(|src=|https?://(?!www\.w3\.org/2000/svg)", told)


def test_a_company_without_any_request_has_a_report_too() -> None:
    assert "Geen verzoeken in deze periode" in page([])


def test_a_chart_says_in_words_what_it_shows() -> None:
    drawn = stacked("Per maand", ["01", "02"], [Series("op tijd", "#000", (3, 1)), Series("laat", "#fff", (0, 2))])
    assert "<title>Per maand</title><desc>op tijd: 4; laat: 2</desc>" in drawn
    assert drawn.count("<rect") == 3


@pytest.mark.parametrize(("top", "step"), [(1, 1), (5, 1), (6, 2), (11, 5), (60, 20), (1234, 500)])
def test_the_scale_of_a_chart_has_at_most_five_steps(top: int, step: int) -> None:
    assert line([top]) == (top, step)


def a_years_cases() -> list[Case]:
    """One of every state, on both sides of every edge: of the spans of days, of the months, of the period."""
    fast = [a_case(number, answered=days) for number, days in enumerate((0, 2, 3, 7, 8, 14, 15, 21, 22, 30, 31), 1)]
    rights = [a_case(20 + at, day=20 * at, answered=9, kind=kind) for at, kind in enumerate((Kind.ERASURE, Kind.MINOR))]
    late = a_case(31, day=5, answered=62, kind=Kind.OBJECTION)
    waits = [a_case(40 + at, day=(NOW - AT).days - 30 + left) for at, left in enumerate((-2, -1, 0, 1, 2, 9))]
    ends = [a_case(51, day=40, closed=True), replace(a_case(52, day=50, answered=1), status=Status.OPEN)]
    before = replace(a_case(60, answered=3), received_at=datetime(2025, 12, 31, 22, 59, tzinfo=UTC))
    asker, standing = Address("piet@klant.example", "Piet"), replace(awaiting_proof(None), ref="AVG-2026-0053")
    return [
        *fast,
        *rights,
        late,
        *(replace(one, requester=asker) for one in waits),
        *ends,
        standing,
        before,
    ]


@pytest.mark.parametrize("name", ["figures", "names"])
def test_a_report_reads_as_it_is_kept(name: str) -> None:
    """`MAILBOT_WRITE_PAGES=1 pytest tests/test_report.py` writes them anew; look at them in a browser first."""
    kinds = {"access": "inzage", "erasure": "verwijdering", "objection": "bezwaar", "minor": "minderjarige"}
    policy = a_policy(defects=("A-01: het beleid noemt geen termijn",), promise_months=2)
    broken, head = (2, "12-ABCD-EFGH") if name == "figures" else (0, "")
    page = as_html(a_years_cases(), policy, YEAR, NOW, kinds, broken, name == "names", head)
    told = page.partition("</style>")[2]
    path = PAGES / f"report-{name}.html"
    if os.environ.get("MAILBOT_WRITE_PAGES"):
        path.write_text(told, "utf-8")
    assert told == path.read_text("utf-8")


# --- the commands ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A company that took in one request."""
    installed = Installation(tmp_path_factory.mktemp("report"))
    with MailServers([BOX, "klant@mail.test", installed.contact], password="geheim") as servers:
        servers.put(BOX, a_raw_mail(ACCESS))
        installed.write(servers.imap_account(BOX), servers.smtp_account(BOX))
        done = installed.run("once")
        assert done.returncode == 0, done.stderr
    return installed


def test_the_report_is_a_file_for_its_owner_only(place: Installation) -> None:
    file = place.folder / "verslag.html"
    done = place.run("report", "--html", str(file), "--tenant", "kaviaarshop")
    assert (done.returncode, file.stat().st_mode & 0o777) == (0, 0o600), done.stderr
    assert "inzage" in file.read_text("utf-8")


def test_the_overview_is_one_line_a_company_and_names_no_requester(place: Installation) -> None:
    done = place.run("overview")
    assert done.returncode == 0, done.stderr
    assert [line.split()[:3] for line in done.stdout.splitlines()[1:]] == [["✓", "kaviaarshop", "1"]]
    assert "klant@" not in done.stdout


def test_the_figures_are_the_same_as_csv_and_as_json(place: Installation) -> None:
    rows = list(csv.DictReader(io.StringIO(place.run("overview", "--csv").stdout), delimiter=";"))
    told = json.loads(place.run("overview", "--json").stdout)
    assert rows == [{name: "" if value is None else str(value) for name, value in one.items()} for one in told]


def test_the_requests_of_a_quarter_are_counted_for_the_invoice(place: Installation) -> None:
    [shown] = json.loads(place.run("cases", "--json").stdout)
    at = datetime.fromisoformat(shown["received_at"])
    quarter = (at.month + 2) // 3

    def received(*words: str) -> int:
        done = place.run("overview", "--json", *words)
        assert done.returncode == 0, (words, done.stderr)
        told: int = json.loads(done.stdout)[0]["received"]
        return told

    assert received("--year", str(at.year), "--quarter", str(quarter)) == 1
    others = [number for number in (1, 2, 3, 4) if number != quarter]
    end = ("--now", f"{at.year}-12-31T12:00:00+00:00")
    assert [received("--year", str(at.year), "--quarter", str(number), *end) for number in others] == [0, 0, 0]
    early = place.run("overview", "--year", "2026", "--quarter", "4", "--now", "2026-05-01T12:00:00+00:00")
    assert (early.returncode, "has not begun" in early.stderr) == (2, True)


def test_looking_makes_no_memory_where_there_is_none(place: Installation, tmp_path: Path) -> None:
    fresh = Installation(tmp_path)
    with MailServers([BOX], password="geheim") as servers:
        fresh.write(servers.imap_account(BOX), servers.smtp_account(BOX))
    assert (fresh.run("overview").returncode, fresh.state.exists()) == (0, False)


def test_a_company_whose_settings_are_not_complete_still_shows_what_is_open(place: Installation) -> None:
    file = place.folder / "config" / "tenants" / "kaviaarshop.toml"
    whole = file.read_text("utf-8")
    file.write_text(re.sub(r"^post_address = .*$", "", whole, flags=re.MULTILINE), "utf-8")
    [line] = json.loads(place.run("overview", "--json").stdout)
    file.write_text(whole, "utf-8")
    assert (line["state"], line["open"]) == ("incomplete", 1)


def test_the_register_is_read_in_dutch_and_by_programs_in_the_program_s_words(place: Installation) -> None:
    [row] = json.loads(place.run("register", "--format", "json").stdout)
    told = in_dutch(row, {"access": "inzage"})
    assert (row["asked"], row["identity"], row["outcome"]) == (["access"], "known_address", ["access: open"])
    assert (told["asked"], told["identity"], told["outcome"]) == (["inzage"], "bekend adres", ["inzage: open"])
    aside = in_dutch(row | {"set_aside": ["look_up:a", "look_up:b", "package"]}, {})["set_aside"]
    assert aside == ["opzoeken (2 plaatsen)", "kopie samenstellen"]
    assert "inzage;bekend adres" in place.run("register").stdout


def test_on_a_phone_every_cell_of_the_register_says_what_it_is_and_the_case_stands_above() -> None:
    text = page([a_case(1, answered=3), a_case(2)], names=True)
    register = text.partition("<h3>Register</h3>")[2].partition("</table>")[0]
    heads = re.findall(r'<th scope="col">([^<]+)</th>', register)
    [first, _] = [row for row in register.split("<tr>") if "<td" in row]
    assert re.findall(r'data-name="([^"]+)"', first) == [head for head in heads if head != "dossier"]
    assert re.search(r'<th scope="row"[^>]*>AVG-2026-0001</th>', first)
    open_ones = text.partition("<h3>Wat open is</h3>")[2].partition("</table>")[0]
    assert re.findall(r'data-name="([^"]+)"', open_ones) == ["gevraagd", "van", "uiterlijk", "nog"]
