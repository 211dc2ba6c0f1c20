"""The command line as scripts and people meet it: what is printed, which exit code, and that looking writes nothing."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from rich.console import Console

from builders import AT, a_case, a_policy
from mailbot import __main__
from mailbot.cli import demo
from mailbot.cli.tables import CaseTable
from mailbot.model import Kind
from rig import program

ROOT = Path(__file__).parent.parent
MAILS = Path(__file__).parent / "mails"
VECTORS = json.loads((Path(__file__).parent / "data" / "deadlines.json").read_text("utf-8"))["vectors"]
TENANTS = ["3dconfig", "kaliningrad", "kaviaarshop", "koopjesklik", "kraaft"]
RECEIVED = "2026-02-03T09:00:00+01:00"
ACCESS = "From: Jan <jan@klant.example>\nSubject: inzage\n\nGraag ontvang ik inzage in al mijn persoonsgegevens.\n"


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as one JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Place:
    """A folder of one's own with an installation in it, and nothing that could be written elsewhere."""

    root: Path

    @property
    def config(self) -> Path:
        """The copy of the shipped configuration; its state would lie in `state`."""
        return self.root / "config"

    def run(self, *words: object, given: str | bytes = "", cwd: Path | None = None, **env: str) -> Done:
        """Run mailbot here, as a program of its own, in a terminal of 80 columns."""
        typed = given.encode() if isinstance(given, str) else given
        done = program.run(*map(str, words), folder=cwd or self.root, env=self._env | env, given=typed)
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *words: str, **env: str) -> Done:
        """The same with an interpreter of its own, for what depends on how that starts."""
        command = [sys.executable, "-m", "mailbot", *words]
        done = subprocess.run(command, capture_output=True, cwd=self.root, env=self._env | env, timeout=120)
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    @property
    def _env(self) -> dict[str, str]:
        return os.environ | {"HOME": str(self.root), "TMPDIR": str(self.root), "COLUMNS": "80", "NO_COLOR": "1"}

    def files(self) -> set[Path]:
        """All that lies here."""
        return set(self.root.rglob("*"))


def _place(root: Path) -> Place:
    shutil.copytree(ROOT / "config", root / "config")
    shutil.copytree(ROOT / "replies", root / "replies")
    settings = root / "config" / "mailbot.toml"
    lines = settings.read_text("utf-8").splitlines()
    lines = ['state = "../state"' if line.startswith("state =") else line for line in lines]
    settings.write_text("\n".join(lines), "utf-8")
    (root / "mail.eml").write_text(ACCESS, "utf-8")
    return Place(root)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A fresh installation, as it is shipped: every company incomplete, no state."""
    return _place(tmp_path)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An installation in which kraaft and koopjesklik have the same reference. Tests only look."""
    place = _place(tmp_path_factory.mktemp("busy"))
    for tenant in ("kraaft", "koopjesklik"):
        words = ("add", "mail.eml", "--received", RECEIVED, "--tenant", tenant, "--as", "access", "--by", "Anna")
        assert place.run(*words).code == 0
    return place


@pytest.fixture(scope="module")
def ref(busy: Place) -> str:
    """The reference that two companies have."""
    [found] = {case["ref"] for case in busy.run("cases", "--json").json}
    return str(found)


# --- looking writes nothing ----------------------------------------------------------------------

LOOKING = {
    "help": ["--help"],
    "parse": ["parse", "mail.eml", "--json"],
    "classify": ["classify", "--jsonl"],
    "deadlines": ["deadlines", "--jsonl"],
    "explain": ["explain", "mail.eml", "--tenant", "kaviaarshop", "--json"],
    "promises": ["promises", "--json"],
    "check": ["check"],
    "cases": ["cases", "--json"],
    "triage": ["triage"],
    "outbox": ["outbox"],
    "summary": ["summary", "--json"],
    "suppressions": ["suppressions"],
}


@pytest.mark.parametrize("words", LOOKING.values(), ids=LOOKING)
def test_looking_creates_no_file(place: Place, words: list[str]) -> None:
    before = place.files()
    done = place.run(*words, given='{"id": 1, "tenant": "kraaft", "body": "Verwijder mijn gegevens."}\n')
    assert "Traceback" not in done.err
    assert place.files() == before


@pytest.mark.parametrize("words", [["--help"], ["parse", MAILS / "alternative.eml"], ["deadlines", "--jsonl"]])
def test_looking_works_in_a_folder_that_cannot_be_written(place: Place, words: list[object]) -> None:
    closed = place.root / "closed"
    closed.mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    assert place.run(*words, cwd=closed).code == 0
    assert list(closed.iterdir()) == []


def test_a_mail_is_classified_where_the_configuration_is_empty(place: Place) -> None:
    (place.root / "bare" / "config").mkdir(parents=True)
    done = place.run("classify", "--jsonl", given='{"id": 7, "body": "Wis mij"}\n', cwd=place.root / "bare")
    assert [line["id"] for line in done.lines] == [7]


@pytest.mark.parametrize("tenant", TENANTS)
def test_a_mail_is_explained_for_a_company_that_is_not_complete(place: Place, tenant: str) -> None:
    words = ("explain", "mail.eml", "--tenant", tenant, "--received", RECEIVED, "--now", RECEIVED, "--json")
    done = place.run(*words)
    assert done.code == 0
    assert {"mail", "verdict", "customer", "deadlines", "actions", "letters"} <= done.json.keys()


def test_moments_of_an_explanation_have_the_offset_of_the_company(place: Place) -> None:
    words = ("explain", "mail.eml", "--tenant", "kraaft", "--received", RECEIVED, "--now", RECEIVED, "--json")
    shown = place.run(*words).json
    assert shown["mail"]["received_at"] == RECEIVED
    assert {one["due"][-6:] for one in shown["deadlines"]} == {"+01:00"}


def test_an_explanation_for_a_person_shows_the_letter_as_lines(place: Place) -> None:
    shown = place.run("explain", "mail.eml", "--tenant", "kraaft").out
    assert "\\n" not in shown
    assert "<Kind" not in shown


# --- parse, classify, deadlines: one object a line -----------------------------------------------


def test_every_mail_file_gets_its_line(place: Place) -> None:
    files = sorted(MAILS.glob("*.eml"))
    done = place.run("parse", "--json", *files)
    assert done.code == 0
    assert len(done.lines) == len(files)
    wanted = {"from_address", "from_name", "subject", "body_text", "quoted_text", "attachments", "automatic", "defects"}
    assert all(wanted <= line.keys() for line in done.lines)


def test_a_mail_file_that_cannot_be_read_is_wrong_usage_and_the_others_get_their_line(place: Place) -> None:
    done = place.run("parse", "--json", "nowhere.eml", "mail.eml")
    assert done.code == 2
    assert "nowhere.eml" in done.err
    assert [line["from_address"] for line in done.lines] == ["jan@klant.example"]


def test_a_broken_line_among_mails_gets_an_error_in_its_place(place: Place) -> None:
    given = (
        b'\xef\xbb\xbf{"id": "a", "tenant": "", "body": "Wis mij"}\n{broken\n\xff\n[1]\n{"id": "b", "tenant": "who"}\n'
    )
    done = place.run("classify", "--jsonl", given=given)
    assert done.code == 0
    assert [line["id"] for line in done.lines] == ["a", 2, 3, 4, "b"]
    assert ["error" in line for line in done.lines] == [False, True, True, True, False]
    assert {"kinds", "certainty", "act", "language", "reasons", "signals"} <= done.lines[0].keys()


def test_a_field_that_is_no_text_is_an_error_and_not_a_mail_about_a_number(place: Place) -> None:
    lines = ({"id": 1, "body": 5}, {"id": 2, "subject": ["Wis"]}, {"id": 3, "tenant": {}, "body": "Wis mij"})
    done = place.run("classify", "--jsonl", given="\n".join(map(json.dumps, (*lines, {"id": 4, "body": None}))))
    assert ["error" in line for line in done.lines] == [True, True, True, False]


@pytest.mark.parametrize("words", [["parse", MAILS / "alternative.eml"], ["deadlines", "--jsonl"], ["replies"]])
def test_the_folder_and_json_may_be_named_to_each_command_that_prints_data(words: list[object], place: Place) -> None:
    given = json.dumps(VECTORS[0]) + "\n"
    done = place.run(*words, "--config", place.config, "--json", given=given)
    assert (done.code, done.err) == (0, "")
    assert done.json


def test_a_case_without_the_kinds_that_it_should_have_is_wrong_usage(place: Place) -> None:
    done = place.run("classify", "AVG-2026-0001")
    assert (done.code, "--as" in done.err) == (2, True)


def test_half_a_character_is_no_reason_to_leave_a_mail_aside(place: Place) -> None:
    given = b'{"id": "a", "subject": "\\ud83d", "body": "Verwijder mijn account. \\udfff"}\n' + b"[" * 200_000 + b"\n"
    done = place.run("classify", "--jsonl", given=given)
    assert [(line["id"], line.get("kinds")) for line in done.lines] == [("a", ["erasure"]), (2, None)]


def test_ids_and_quotes_come_back_letter_for_letter(place: Place) -> None:
    mail = {"id": "\ud83d", "subject": "Vraag", "body": "Verwijder mijn account \udfff"}
    done = place.run("classify", "--jsonl", given=json.dumps(mail) + '\n{"id": 123456789012345678901234567890}\n')
    assert [line["id"] for line in done.lines] == ["\ud83d", 123456789012345678901234567890]
    assert [reason["quote"] for reason in done.lines[0]["reasons"]] == [mail["body"]]


def test_a_vector_with_half_a_character_as_its_rule_is_answered(place: Place) -> None:
    done = place.run("deadlines", "--jsonl", given=json.dumps({"id": "\ud83d", "rule": "\udfff"}))
    assert done.code == 0
    assert (done.lines[0]["id"], "error" in done.lines[0]) == ("\ud83d", True)


def test_every_vector_gets_the_dates_that_are_expected(place: Place) -> None:
    asked = [{name: value for name, value in vector.items() if name != "expected"} for vector in VECTORS]
    done = place.run("deadlines", "--jsonl", given="\n".join(map(json.dumps, asked)))
    answers = [
        {name: line.get(name) for name in vector["expected"]} for vector, line in zip(VECTORS, done.lines, strict=True)
    ]
    assert answers == [vector["expected"] for vector in VECTORS]


def test_a_broken_line_among_vectors_gets_an_error_in_its_place(place: Place) -> None:
    done = place.run("deadlines", "--jsonl", given='{\n{"id": "x", "rule": "NONE"}\n' + json.dumps(VECTORS[0]))
    assert done.code == 0
    assert ["error" in line for line in done.lines] == [True, True, False]
    assert done.lines[1]["id"] == "x"


# --- configuration: exit code 3 ------------------------------------------------------------------


def test_check_says_for_every_company_what_is_missing(place: Place) -> None:
    done = place.run("check", "--json")
    assert done.code == 3
    assert {fault["company"] for fault in done.json} == set(TENANTS)
    assert all(fault["where"] and fault["what"] for fault in done.json)


def test_check_reads_well_in_a_terminal(place: Place) -> None:
    done = place.run("check")
    assert done.code == 3
    assert [line[2:] for line in done.out.splitlines() if line.startswith("✗")] == TENANTS
    assert max(map(len, done.out.splitlines())) <= 80


@pytest.mark.parametrize("command", ["run", "once"])
def test_no_worker_starts_when_every_company_is_incomplete(place: Place, command: str) -> None:
    done = place.run(command)
    assert done.code == 3
    assert all(f"tenants/{tenant}.toml" in done.err for tenant in TENANTS)


def test_a_round_without_companies_prints_no_words_where_json_belongs(place: Place) -> None:
    assert place.run("once", "--json").out == ""


@pytest.mark.parametrize("words", [["cases"], ["check"], ["promises"], ["classify", "--jsonl"]])
def test_a_configuration_that_is_not_there_is_named(place: Place, words: list[str]) -> None:
    done = place.run(*words, "--config", "nowhere")
    assert (done.code, done.out) == (3, "")
    assert "nowhere" in done.err


def test_a_folder_without_settings_is_no_configuration(place: Place) -> None:
    (place.root / "bare" / "config").mkdir(parents=True)
    done = place.run("cases", cwd=place.root / "bare")
    assert done.code == 3
    assert "mailbot.toml" in done.err


# --- wrong usage: exit code 2 --------------------------------------------------------------------

WRONG = {
    "no such command": ["nope"],
    "no argument": ["show"],
    "no such case": ["show", "AVG-2026-9999"],
    "no such kind": ["cases", "--kind", "nope"],
    "no such company": ["cases", "--tenant", "nope"],
    "no promises of such a company": ["promises", "--tenant", "nope"],
    "no company named": ["explain", "mail.eml"],
    "no such mail": ["explain", "nowhere.eml", "--tenant", "kraaft"],
    "a moment without offset": ["explain", "mail.eml", "--tenant", "kraaft", "--now", "2026-02-01"],
    "no week": ["summary", "--week", "3"],
    "a page that cannot be written": ["summary", "--tenant", "kraaft", "--html", "nowhere/page.html"],
    "one page for five summaries": ["summary", "--html", "page.html"],
    "sending without going live": ["check", "--send"],
    "no input form": ["classify"],
    "no form of vectors": ["deadlines"],
    "no such letter": ["outbox", "read", "nope"],
    "no file to add": ["add", "nowhere", "--received", RECEIVED, "--tenant", "kraaft"],
}


@pytest.mark.parametrize("words", WRONG.values(), ids=WRONG)
def test_wrong_usage_is_said_and_nothing_is_printed(place: Place, words: list[str]) -> None:
    done = place.run(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.strip()
    assert "Traceback" not in done.err


def test_an_answer_that_is_no_text_is_refused(busy: Place, ref: str) -> None:
    done = busy.run("answer", ref, "--tenant", "kraaft", "--file", "-", given=b"\xff\xfe\x00a")
    assert done.code == 2
    assert "Traceback" not in done.err


def test_a_reference_that_two_companies_have_asks_for_the_company(busy: Place, ref: str) -> None:
    done = busy.run("show", ref)
    assert (done.code, done.out) == (2, "")
    assert "koopjesklik, kraaft" in done.err
    assert "--tenant" in done.err


@pytest.mark.parametrize(
    "order", [lambda ref: ("show", ref, "--tenant", "kraaft"), lambda ref: ("--tenant", "kraaft", "show", ref)]
)
def test_the_company_may_be_named_before_or_after_the_command(
    busy: Place, ref: str, order: Callable[[str], tuple[str, ...]]
) -> None:
    done = busy.run(*order(ref), "--json")
    assert done.json["tenant"] == "kraaft"


# --- lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", [["cases"], ["triage"], ["outbox"], ["outbox", "list"], ["summary"], ["suppressions"], ["promises"]]
)
@pytest.mark.parametrize("where", ["place", "busy"])
def test_a_list_is_one_json_array(request: pytest.FixtureRequest, where: str, words: list[str]) -> None:
    done = request.getfixturevalue(where).run(*words, "--json")
    assert done.code == 0
    assert isinstance(done.json, list)


def test_cases_are_listed_with_company_and_reference(busy: Place, ref: str) -> None:
    lines = busy.run("cases").out.splitlines()
    assert {tuple(line.split()[:3]) for line in lines if ref in line} == {
        ("koopjesklik", ref, "access"),
        ("kraaft", ref, "access"),
    }


@pytest.mark.parametrize("words", [["cases"], ["triage"], ["promises"], ["outbox", "list", "--state", "observed"]])
def test_a_list_fits_in_80_columns(busy: Place, words: list[str]) -> None:
    assert max(map(len, busy.run(*words).out.splitlines())) <= 80


KINDS_ASKED = (Kind.CONSENT_WITHDRAWAL, Kind.DIRECT_MARKETING)


def cases_shown(width: int, *companies: str) -> list[str]:
    """The lines of the list, of a case of each company that asks two rights with long names."""
    rows = [(Mock(policy=a_policy(tenant=name)), a_case(*KINDS_ASKED)) for name in companies]
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(CaseTable(rows, AT, of_several=len(companies) > 1))
    return console.export_text().splitlines()


@pytest.mark.parametrize("companies", [("kraaft",), ("kraaft", "kaliningradcarpets")])
@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_no_name_of_a_company_a_case_or_a_right_is_broken_whatever_the_width(
    width: int, companies: tuple[str, ...]
) -> None:
    lines = cases_shown(width, *companies)
    named = ["AVG-2026-0001", *KINDS_ASKED, *(companies if len(companies) > 1 else ())]
    assert [name for name in named if not any(name in line for line in lines)] == []
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize(
    ("hours", "left"), [(0, "72 h"), (71.5, "0 h"), (73, "-1 h"), (171, "-99 h"), (172, "-4 d"), (766, "-28 d")]
)
def test_what_is_left_of_a_breach_is_told_in_hours_until_they_are_too_many(hours: float, left: str) -> None:
    rows = [(Mock(policy=a_policy()), a_case(Kind.BREACH_REPORT))]
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(CaseTable(rows, AT + timedelta(hours=hours), of_several=False))
    assert console.export_text().splitlines()[1].split()[-2:] == left.split()


def test_the_company_is_named_only_where_several_are_looked_at() -> None:
    [head] = [line for line in cases_shown(100, "kraaft") if "act by" in line]
    assert head.split() == ["case", "asked", "received", "act", "by", "left"]
    assert "company" in cases_shown(100, "kraaft", "koopjesklik")[0]


def test_a_narrow_overview_still_says_which_company_a_line_is_about(place: Place) -> None:
    told = place.run("overview", COLUMNS="60").out
    assert [one for one in TENANTS if one not in told] == []


def test_a_case_is_shown_with_its_history_and_letters(busy: Place, ref: str) -> None:
    shown = busy.run("show", ref, "--tenant", "kraaft", "--json").json
    assert [item["kind"] for item in shown["items"]] == ["access"]
    assert any("Anna" in entry["actor"] for entry in shown["history"])


def test_a_promise_names_company_sentence_keeper_and_state(place: Place) -> None:
    rows = place.run("promises", "--json").json
    assert {row["tenant"] for row in rows} == set(TENANTS)
    assert {row["state"] for row in rows} <= {"working", "not yet"}
    assert all({"id", "promise", "sentence", "kept_by"} <= row.keys() for row in rows)


# --- the store: exit code 4 ----------------------------------------------------------------------


def test_a_damaged_store_is_one_line_and_exit_code_4(place: Place) -> None:
    (place.root / "state" / "kraaft").mkdir(parents=True)
    (place.root / "state" / "kraaft" / "store.db").write_text("rubbish " * 40, "utf-8")
    done = place.run("cases")
    assert done.code == 4
    assert "Traceback" not in done.err


def test_a_state_folder_that_cannot_be_made_is_one_line_and_exit_code_4(place: Place) -> None:
    (place.root / "state").write_text("", "utf-8")
    done = place.run("add", "mail.eml", "--received", RECEIVED, "--tenant", "kraaft")
    assert done.code == 4
    assert "Traceback" not in done.err


def test_outside_the_checkout_the_shipped_configuration_applies(place: Place) -> None:
    (place.root / "elsewhere").mkdir()
    done = place.run("promises", "--tenant", "kraaft", "--json", cwd=place.root / "elsewhere")
    assert {row["tenant"] for row in done.json} == {"kraaft"}


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A place where the demonstration was played. Tests only look."""
    return _place(tmp_path_factory.mktemp("theatre"))


@pytest.fixture(scope="module")
def played(theatre: Place) -> Done:
    """What the demonstration showed."""
    return theatre.run("demo", "--out", "played")


def test_the_demonstration_leaves_cases_to_look_around_in(theatre: Place, played: Done) -> None:
    assert played.code == 0
    assert "--config played/config" in played.out
    shown = theatre.run("cases", "--all", "--json", "--config", "played/config")
    assert {case["tenant"] for case in shown.json} == set(TENANTS)


def test_the_commands_that_the_demonstration_suggests_count_days_as_it_did(theatre: Place, played: Done) -> None:
    suggested = {line.split()[1]: line.split()[1:] for line in played.out.splitlines() if "--config played/" in line}
    assert days_left(played.out)
    assert days_left(theatre.run(*suggested["cases"]).out) == days_left(played.out)
    assert days_left(theatre.run(*suggested["triage"]).out)
    assert days_left(theatre.run(*suggested["triage"]).out) <= days_left(played.out)
    assert "AVG-2026-0004 (overledene): uiterlijk vr 06-03, 2 dagen te laat" in theatre.run(*suggested["summary"]).out


def days_left(table: str) -> set[tuple[str, ...]]:
    """Company, case and days, of the cases that have days left or are late."""
    rows = re.findall(r"^(\w+) +(AVG-\d{4}-\d{4}) .* (-?\d+ d) *$", table, re.MULTILINE)
    return {tuple(row) for row in rows}


def test_what_is_late_in_the_overview_and_the_report_is_late_at_the_moment_that_was_named(
    theatre: Place, played: Done
) -> None:
    late = len([row for row in days_left(played.out) if row[0] == "kraaft" and row[2].startswith("-")])
    whose = ("--tenant", "kraaft", "--json", "--config", "played/config", "--now")
    [line] = theatre.run("overview", *whose, "2026-03-08T21:00+01:00").json
    assert (line["overdue"], line["next_due"]) == (late, "2026-03-11")
    told = theatre.run("report", *whose, "2026-03-08T21:00+01:00").json
    assert (told["overdue"], told["to"]) == (late, "2026-03-08")


def test_a_case_put_aside_is_listed_again_at_a_moment_after_its_day(place: Place) -> None:
    received = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    added = place.run("add", "mail.eml", "--received", received, "--tenant", "kraaft", "--as", "complaint", "--by", "A")
    ref = added.out.split()[0]
    day = (datetime.now(UTC) + timedelta(days=4)).date()
    assert place.run("snooze", ref, "--until", day, "--tenant", "kraaft", "--by", "A").code == 0
    assert place.run("triage", "--json").json == []
    later = f"{day + timedelta(days=1)}T12:00+01:00"
    assert [case["ref"] for case in place.run("triage", "--json", "--now", later).json] == [ref]


def test_a_report_asked_as_data_and_as_a_page_gives_both(place: Place) -> None:
    done = place.run("report", "--tenant", "kraaft", "--json", "--html", "both.html")
    assert done.json["tenant"] == "kraaft"
    assert "<html" in (place.root / "both.html").read_text("utf-8")


def test_the_summary_of_last_week_begins_on_the_companys_own_monday(place: Place) -> None:
    sunday_in_utc, monday_here = "2026-03-01T23:30+00:00", "2026-03-02T00:30+01:00"
    named = [
        place.run("summary", "--tenant", "kraaft", "--json", "--now", at).json[0]["token"]
        for at in (sunday_in_utc, monday_here)
    ]
    asked = place.run("summary", "--tenant", "kraaft", "--json", "--week", "2026-W09", "--now", monday_here).json[0]
    assert named == [asked["token"]] * 2


#: Lists and figures that count days, with what each needs beside a moment.
COUNT_DAYS = [["cases"], ["triage", "--list"], ["summary"], ["overview"], ["report", "--tenant", "kraaft", "--json"]]


@pytest.mark.parametrize("words", COUNT_DAYS, ids=lambda words: words[0])
def test_a_moment_without_offset_is_wrong_usage(place: Place, words: list[str]) -> None:
    done = place.run(*words, "--now", "2026-03-08T21:00")
    assert (done.code, "add the offset" in done.err) == (2, True)


@pytest.mark.parametrize("at", ["0001-01-01T00:00+14:00", "9999-12-31T23:59+00:00"])
def test_a_moment_from_which_no_days_can_be_counted_is_wrong_usage(place: Place, at: str) -> None:
    for words in COUNT_DAYS:
        done = place.run(*words, "--now", at)
        assert (done.code, "write a year from 1990 to 2100" in done.err) == (2, True), words


@pytest.mark.parametrize("out", ["replies", "mail.eml", "."])
def test_a_demonstration_replaces_nothing_but_a_demonstration(place: Place, out: str) -> None:
    """The folder of an installation, whose memory is called as that of a demonstration, least of all."""
    (place.root / "state" / "kraaft").mkdir(parents=True)
    before = place.files()
    done = place.run("demo", "--out", out)
    assert (done.code, "--out" in done.err) == (2, True)
    assert place.files() == before


def test_a_demonstration_that_was_broken_off_or_ended_is_replaced_and_so_is_an_empty_folder(tmp_path: Path) -> None:
    for number, names in enumerate([(), ("sent",), ("sent", "state"), ("sent", "state", "config")]):
        for name in names:
            (tmp_path / str(number) / name).mkdir(parents=True)
        assert demo._may_be_replaced(tmp_path / str(number))


# --- words and places that nobody expects --------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("summary", "--week", "0001-W01"), 2, "write it as 2026-W47"),
        (("summary", "--week", "9999-W52"), 2, "write it as 2026-W47"),
        (("summary", "--tenant", "kraaft", "--html", "."), 2, "name another file"),
        (("grounds", "nonsense"), 2, "is no kind; kinds are access"),
        (("register", "--year", "2199"), 2, "until this year"),
        (("cases", "--waiting-for", "x"), 2, "'x' is not one of 'person'"),
        (("confirm-settings", "--all", "--tenant", "kraaft"), 0, ""),
    ],
)
def test_a_value_that_cannot_be_is_told_with_what_to_type(
    place: Place, words: tuple[str, ...], code: int, says: str
) -> None:
    done = place.run(*words)
    assert (done.code, "Traceback" in done.err, "Value error" in done.err) == (code, False, False)
    assert says in done.err


def test_words_in_brackets_are_no_style(place: Place) -> None:
    (place.root / "[").mkdir()
    (place.root / "[" / "bold].eml").write_text(ACCESS, "utf-8")
    done = place.run("parse", "[/bold].eml")
    assert (done.code, done.out.splitlines()[0]) == (0, "[/bold].eml")


def test_whoever_is_called_in_brackets_breaks_no_page(place: Place) -> None:
    found = place.run("add", "mail.eml", "--received", RECEIVED, "--tenant", "kraaft", "--as", "access").out.split()[0]
    assert place.run("assign", found, "[/Jo]").code == 0
    done = place.run("show", found)
    assert (done.code, "[/Jo]" in done.out) == (0, True)


@pytest.mark.parametrize("words", [("--json", "cases"), ("--json", "outbox"), ("outbox", "--json", "list")])
def test_json_may_be_asked_for_before_the_command(busy: Place, words: tuple[str, ...]) -> None:
    assert isinstance(busy.run(*words).json, list)


def test_a_text_of_a_windows_editor_is_an_answer_and_holds_facts(place: Place) -> None:
    words = ("add", "mail.eml", "--received", RECEIVED, "--tenant", "kraaft", "--as", "privacy_question")
    found = place.run(*words).out.split()[0]
    (place.root / "a.txt").write_text("\ufeffWij zoeken het uit.", "utf-8")
    (place.root / "a.toml").write_text("\ufeffanswer = 'Wij bewaren facturen zeven jaar.'", "utf-8")
    assert place.run("answer", found, "--file", "a.txt", "--outcome", "open").code == 0
    assert "\ufeff" not in place.run("outbox", "read", f"{found}:message:1").out
    done = place.run("reply", found, "--template", "question_answered", "--facts", "a.toml", "--draft")
    assert "zeven jaar" in done.out


def test_a_fault_of_the_program_is_one_line_without_the_words_of_a_mail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(**_: object) -> None:
        raise ValueError("geheim@klant.example")

    monkeypatch.setattr("mailbot.cli.app", broken)
    with pytest.raises(SystemExit, match="1"):
        __main__.main()
    told = capsys.readouterr().err
    assert (told.count("\n"), "geheim" in told, "--verbose" in told) == (1, False, True)


def test_ctrl_c_is_told_in_one_word(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mailbot.cli.app", interrupted)
    with pytest.raises(SystemExit, match="130"):
        __main__.main()
    assert capsys.readouterr().err == "mailbot: stopped\n"


# --- answering -----------------------------------------------------------------------------------


def test_every_reply_names_what_it_needs(place: Place) -> None:
    done = place.run("replies", "--json")
    assert done.code == 0
    rows = {row["reply"]: row for row in done.json}
    assert [fact["name"] for fact in rows["refused"]["facts"]] == ["ground", "reasons"]
    told = place.run("replies", "erasure_partly")
    assert "--set kept=" in told.out
    assert place.run("replies", "sorry").code == 2


def test_the_grounds_of_a_company_leave_out_what_its_policy_promises_anyway(place: Place) -> None:
    shop = place.run("grounds", "restriction", "--tenant", "kaviaarshop", "--json")
    other = place.run("grounds", "restriction", "--tenant", "kaliningrad", "--json")
    assert "no_restriction_ground" not in {row["ground"] for row in shop.json}
    assert "no_restriction_ground" in {row["ground"] for row in other.json}


@pytest.mark.parametrize(
    "words",
    [
        ("--name", "a b"),
        ("--name", "2026-12", "--template", "../x"),
        ("--name", "2026-12", "--release", "--stop"),
        ("--name", "2026-12"),
    ],
)
def test_a_policy_notice_that_makes_no_sense_is_refused(place: Place, words: tuple[str, ...]) -> None:
    assert place.run("notify-policy-change", "--tenant", "koopjesklik", *words).code == 2


# --- the door: wrong words, closed output, machines in another language ---------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nonsense",), "mailbot --help"),
        (("parse",), "mailbot parse --help"),
        (("parse", "--wrong", "x"), "mailbot parse --help"),
        (("--wrong",), "mailbot --help"),
    ],
)
def test_wrong_words_get_one_line_that_says_what_to_type_next(place: Place, words: tuple[str, ...], told: str) -> None:
    done = place.run(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith(f"Try: python -m {told}\n")
    assert done.err.count("\n") == 1


def test_no_words_at_all_get_the_help_once(place: Place) -> None:
    done = place.run()
    assert done.code == 2
    assert done.out.count("Usage:") == 1


def test_the_version_is_told(place: Place) -> None:
    assert (done := place.run("--version")).code == 0
    assert done.out.startswith("mailbot 0.")


@pytest.mark.parametrize("words", [("promises",), ("promises", "--json"), ("--help",)])
def test_a_reader_who_has_seen_enough_is_no_problem(place: Place, words: tuple[str, ...]) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    with os.fdopen(theirs, "wb") as broken:
        done = subprocess.run(
            [sys.executable, "-m", "mailbot", *words],
            stdout=broken,
            stderr=subprocess.PIPE,
            cwd=place.root,
            timeout=120,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_closed_output_is_no_crash(place: Place) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m mailbot promises >&-"],
        stderr=subprocess.PIPE,
        cwd=place.root,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_machine_that_only_knows_ascii_shows_dutch_and_french(place: Place) -> None:
    ascii_only = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    assert place.start("promises", "--json", **ascii_only).out == place.run("promises", "--json").out
    assert place.start("promises", **ascii_only).code == 0
