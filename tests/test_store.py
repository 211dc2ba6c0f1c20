"""The default store keeps the contract; and what a kill, a second writer and a full disk do to it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_contract import NOON, StoreContract, a_case

from mailbot.errors import TryLater
from mailbot.model import Case
from mailbot.store import Store, TinyStore
from rig import program


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
        assert (tmp_path / "kaviaarshop" / "store.db").exists()
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
        folder = tmp_path / "kaviaarshop"
        assert any(b"zeer-geheim-woord" in file.read_bytes() for file in folder.iterdir())
        with store.unit() as unit:
            unit.put_case(a_case())
        store.vacuum()
        for file in folder.iterdir():
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

    def test_a_document_that_is_there_already_is_written_once(self, tmp_path: Path) -> None:
        store, said = TinyStore(tmp_path / "again"), list[str]()
        with store.unit() as unit:
            unit.put_case(a_case())
            store.rows.db.set_trace_callback(said.append)
            unit.put_case(a_case(next_at=NOON))
        assert sum("into docs" in one for one in said) == 1
        with store.unit() as unit:
            assert unit.due_refs(NOON) == ["AVG-2026-0001"]

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


def _killed_writer(folder: Path, after: float) -> list[str]:
    writer = program.start(str(folder), env=os.environ, module="store_writer", reads="store_writer")
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    time.sleep(after)
    os.kill(writer.pid, signal.SIGKILL)
    told, complaint = writer.communicate(timeout=60)
    assert writer.returncode == -signal.SIGKILL, complaint
    return [ref for ref in told.splitlines() if len(ref) == len("AVG-2026-0001")]


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
        assert sorted(unit.due_refs(NOON + timedelta(hours=1))) == due
        assert {case.ref: case for case in unit.all_cases()} == model
