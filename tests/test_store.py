"""The contract of a store, kept by every store; and what a kill, a second writer and a full disk do to ours."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot import chain
from mailbot.errors import TryLater
from mailbot.model import Address, Case, Letter, LetterState, Pointer, Seen, Status, Suppression
from mailbot.store import Store, TinyStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_case(ref: str = "AVG-2026-0001", **changes: object) -> Case:
    return replace(Case(ref, "kaviaarshop", Status.OPEN, NOON, requester=Address("Piet@Example.nl")), **changes)


def a_letter(token: str = "AVG-2026-0001:ack", **changes: object) -> Letter:
    letter = Letter(
        token,
        "kaviaarshop",
        "AVG-2026-0001",
        "acknowledgement",
        "piet@example.nl",
        "requester",
        "s",
        "t",
        "<p>t</p>",
        f"<{token}@example.nl>",
        created_at=NOON,
    )
    return replace(letter, **changes)


class StoreContract:
    """What every store promises. Subclasses give a `store`."""

    def test_what_was_put_comes_back_the_same(self, store: Store) -> None:
        case = a_case(thread=("<a@x>",), next_at=NOON, signals=("reminder",))
        with store.unit() as unit:
            unit.put_case(case)
        with store.unit() as unit:
            assert unit.case(case.ref) == case

    def test_an_error_inside_a_unit_leaves_everything_as_it_was(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case())
        with pytest.raises(ZeroDivisionError), store.unit() as unit:
            unit.put_case(a_case(assignee="Els"))
            unit.put_letter(a_letter())
            raise ZeroDivisionError
        with store.unit() as unit:
            assert unit.case("AVG-2026-0001") == a_case()
            assert unit.letter("AVG-2026-0001:ack") is None

    def test_a_case_is_found_by_every_message_of_its_thread(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case(thread=("<a@x>", "<b@x>")))
            assert [case.ref for case in unit.cases_with_message("<b@x>")] == ["AVG-2026-0001"]
            assert unit.cases_with_message("<c@x>") == []

    def test_a_case_is_found_by_its_requester_whatever_the_letters_case(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case())
            assert len(unit.cases_of("piet@EXAMPLE.nl")) == 1

    def test_only_cases_whose_moment_has_come_are_due(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case("AVG-2026-0001", next_at=NOON))
            unit.put_case(a_case("AVG-2026-0002", next_at=NOON + timedelta(microseconds=1)))
            unit.put_case(a_case("AVG-2026-0003", next_at=None))
            assert [case.ref for case in unit.due_cases(NOON)] == ["AVG-2026-0001"]

    def test_a_closed_case_is_no_longer_among_the_open_ones(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case())
            assert len(unit.open_cases()) == 1
            unit.put_case(a_case(status=Status.CLOSED))
            assert unit.open_cases() == []
            assert len(unit.all_cases()) == 1

    def test_references_count_per_year_and_are_never_given_twice(self, store: Store) -> None:
        with store.unit() as unit:
            assert unit.next_ref(2026) == "AVG-2026-0001"
            unit.take_ref("AVG-2026-0001")
            assert unit.next_ref(2026) == "AVG-2026-0002"
            assert unit.next_ref(2027) == "AVG-2027-0001"

    def test_letters_wait_in_the_order_of_their_next_try(self, store: Store) -> None:
        with store.unit() as unit:
            for number, minutes in enumerate((5, 0, 9)):
                at = NOON + timedelta(minutes=minutes)
                unit.put_letter(a_letter(f"t{number}", state=LetterState.QUEUED, next_try=at))
            unit.put_letter(a_letter("held"))
            assert [letter.token for letter in unit.sendable(NOON + timedelta(minutes=6))] == ["t1", "t0"]

    def test_letters_that_left_are_counted_per_address_and_in_all(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_letter(a_letter("a", state=LetterState.SENT, settled_at=NOON))
            unit.put_letter(a_letter("b", state=LetterState.SENT, settled_at=NOON - timedelta(days=2)))
            unit.put_letter(a_letter("c", state=LetterState.SENT, settled_at=NOON, to="x@example.nl"))
            unit.put_letter(a_letter("d", state=LetterState.SENT, settled_at=NOON, audience="staff"))
            since = NOON - timedelta(days=1)
            assert (unit.sent_since(since, "Piet@example.nl"), unit.sent_since(since)) == (1, 2)

    def test_a_mail_is_found_by_its_hash_and_its_message_id(self, store: Store) -> None:
        seen = Seen("k", "<m@x>", Pointer("INBOX", 1, 7), NOON, NOON, "case", "AVG-2026-0001")
        with store.unit() as unit:
            unit.record(seen)
            assert unit.seen("k") == seen
            assert unit.seen_with_message("<m@x>") == [seen]
            assert unit.seen_since(NOON) == [seen]
            assert unit.seen_before(NOON - timedelta(seconds=1)) == []

    def test_the_history_comes_back_in_order_and_verifies(self, store: Store) -> None:
        key, previous = "ab" * 32, chain.START
        with store.unit() as unit:
            for seq in range(1, 13):
                line = chain.entry(
                    "AVG-2026-0001", seq, NOON, "els", "Noted", [{"do": "Remark", "text": "x"}], key, previous
                )
                unit.append(line)
                previous = line.hash
            entries = unit.history("AVG-2026-0001")
        assert [entry.seq for entry in entries] == list(range(1, 13))
        assert chain.faults(entries, key) == []

    def test_a_suppression_keeps_its_first_date(self, store: Store) -> None:
        with store.unit() as unit:
            unit.suppress(Suppression("a@x.nl", "all", NOON, "AVG-2026-0001"))
            unit.suppress(Suppression("A@x.nl", "all", NOON + timedelta(days=1), "AVG-2026-0002"))
            assert [entry.since for entry in unit.suppressions()] == [NOON]

    def test_small_facts_are_kept_and_forgotten(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_note("cursor:INBOX", "1:2")
            assert unit.note("cursor:INBOX") == "1:2"
            unit.drop_note("cursor:INBOX")
            unit.drop_note("cursor:INBOX")
            assert unit.note("cursor:INBOX") is None


class TestTinyStore(StoreContract):
    """The default store."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = TinyStore(tmp_path / "kaviaarshop")
        yield store
        store.close()

    def test_nobody_else_can_read_its_files(self, tmp_path: Path, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case())
        for file in (tmp_path / "kaviaarshop").iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name

    def test_it_refuses_a_symbolic_link_in_place_of_its_file(self, tmp_path: Path) -> None:
        folder = tmp_path / "linked"
        folder.mkdir()
        (folder / "store.db").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(OSError, match="symbolic link"):
            TinyStore(folder)

    def test_what_was_deleted_is_gone_from_the_files(self, tmp_path: Path, store: TinyStore) -> None:
        with store.unit() as unit:
            unit.put_case(a_case(remarks=("zeer-geheim-woord",)))
            unit.put_case(a_case())
        store.forget()
        for file in (tmp_path / "kaviaarshop").iterdir():
            assert b"zeer-geheim-woord" not in file.read_bytes(), file.name

    def test_a_damaged_file_is_named_with_the_cure(self, tmp_path: Path) -> None:
        folder = tmp_path / "broken"
        folder.mkdir()
        (folder / "store.db").write_bytes(b"not a database, by far" * 100)
        with pytest.raises(TryLater, match="mailbot backup"):
            TinyStore(folder)

    def test_two_processes_write_at_the_same_time_and_lose_nothing(self, tmp_path: Path) -> None:
        TinyStore(tmp_path / "both").close()
        writers = [multiprocessing.Process(target=_write_notes, args=(tmp_path / "both", name)) for name in "ab"]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(60)
        with TinyStore(tmp_path / "both").unit() as unit:
            assert sum(unit.note(f"{name}{number}") is not None for name in "ab" for number in range(100)) == 200

    def test_a_full_disk_is_told_and_loses_nothing_recorded(self, tmp_path: Path) -> None:
        store = TinyStore(tmp_path / "full")
        with store.unit() as unit:
            unit.put_case(a_case())
        pages = store.rows.db.execute("pragma page_count").fetchone()[0]
        store.rows.db.execute(f"pragma max_page_count={pages + 2}")
        with pytest.raises(TryLater, match="Make room"), store.unit() as unit:
            for number in range(500):
                unit.put_case(a_case(f"AVG-2026-{number + 2:04d}"))
        with store.unit() as unit:
            assert [case.ref for case in unit.all_cases()] == ["AVG-2026-0001"]

    def test_kill_at_random_moments_loses_nothing_acknowledged(self, tmp_path: Path) -> None:
        for round_ in range(15):
            acknowledged = _killed_writer(tmp_path / f"kill{round_}", after=0.02 + round_ * 0.013)
            with TinyStore(tmp_path / f"kill{round_}").unit() as unit:
                kept = {case.ref for case in unit.all_cases()}
            assert set(acknowledged) <= kept


def _write_notes(folder: Path, name: str) -> None:
    store = TinyStore(folder)
    for number in range(100):
        with store.unit() as unit:
            unit.put_note(f"{name}{number}", "x")


_WRITER = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from mailbot.store import TinyStore
from test_store import a_case
store = TinyStore(Path({folder!r}))
print("ready", flush=True)
for number in range(1, 10_000):
    with store.unit() as unit:
        unit.put_case(a_case(f"AVG-2026-{{number:04d}}"))
    print(f"AVG-2026-{{number:04d}}", flush=True)
"""


def _killed_writer(folder: Path, after: float) -> list[str]:
    code = _WRITER.format(tests=str(Path(__file__).parent), folder=str(folder))
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    time.sleep(after)
    os.kill(writer.pid, signal.SIGKILL)
    told = writer.stdout.read().splitlines()
    writer.wait()
    return [ref for ref in told if len(ref) == len("AVG-2026-0001")]


@given(st.lists(st.tuples(st.sampled_from("pd"), st.integers(1, 6), st.integers(0, 3)), max_size=40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_answer_as_a_plain_dictionary_would(steps: list[tuple[str, int, int]]) -> None:
    store, model = TinyStore(None), dict[str, Case]()
    with store.unit() as unit:
        for verb, number, hours in steps:
            ref = f"AVG-2026-{number:04d}"
            if verb == "p":
                model[ref] = a_case(ref, next_at=NOON + timedelta(hours=hours))
                unit.put_case(model[ref])
            else:
                model.pop(ref, None)
                unit.tables.drop("cases", ref)
        due = sorted(ref for ref, case in model.items() if case.next_at and case.next_at <= NOON + timedelta(hours=1))
        assert sorted(case.ref for case in unit.due_cases(NOON + timedelta(hours=1))) == due
        assert {case.ref: case for case in unit.all_cases()} == model
