"""A disk that is full at any write, and links that somebody laid in the state folder: nothing lost, nothing twice.

The disk is a real one, a few hundred kilobytes of tmpfs; where mounting is not allowed these tests are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from traces import left_in

from company import ACCESS, ERASURE, ORDER, START, a_raw_mail
from mailbot import casefiles, events, worker
from mailbot.acts import acting
from mailbot.errors import MailbotError, Usage
from mailbot.incoming import backlog
from mailbot.intake_attempts import IntakeAttempts
from mailbot.mailbox import FetchedMail
from mailbot.memory import histories
from mailbot.model import LetterState, Outcome, Pointer
from mailbot.operation import heartbeat
from mailbot.private_files import write as write_private
from mailbot.safekeeping import backups
from mailbot.store import TinyStore

PAGE = 4096
#: A memory with a few cases, its log included, needs less than this.
ROOM = 16_000_000
MAILS = [a_raw_mail(f"{text} ({number})", number=number) for number, text in enumerate((ACCESS, ORDER, ERASURE), 1)]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(place)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount")
    if done.returncode:
        pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path, free: int) -> Path:
    """Leave so many bytes on the disk."""
    ballast, state = disk / "ballast", os.statvfs(disk)
    handle = os.open(ballast, os.O_WRONLY | os.O_CREAT, 0o600)
    os.posix_fallocate(handle, 0, max(state.f_bavail * state.f_frsize - free, PAGE))
    os.close(handle)
    return ballast


@contextmanager
def read_only(file: Path) -> Iterator[None]:
    """For a while the kernel lets nobody write this file."""
    file.touch()
    subprocess.run(["mount", "--bind", str(file), str(file)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(file)], check=True)
        yield
    finally:
        subprocess.run(["umount", str(file)], check=True)


class Box(Desk):
    """A company whose mailbox keeps its mails, as a real one does, until they are on record."""

    def __init__(self, folder: Path, mails: list[bytes]) -> None:
        super().__init__(folder)
        self.mails = mails
        self.tenant.__dict__["store"] = TinyStore(folder, wait=1.0)

    def since(self, folder: str, cursor: Any, first_day: Any) -> Iterator[FetchedMail]:
        for uid, raw in enumerate(self.mails, 1):
            if cursor is None or uid > cursor.uid:
                yield FetchedMail(Pointer(folder, 1, uid), raw, self.clock(), len(raw))

    def work(self) -> str:
        """A round; what stood in its way."""
        self.clock.move(minutes=5)
        return worker.once(self.tenant, self.clock).trouble

    def is_in_order(self, met: int) -> bool:
        """Everything is on record once, nothing left twice, and no letter hangs."""
        with self.tenant.store.unit() as unit:
            assert list(histories.faults(unit)) == []
            seen = unit.seen_since(START.replace(year=2020))
        assert Counter(one.pointer.uid for one in seen if one.pointer) == dict.fromkeys(
            range(1, len(self.mails) + 1), 1
        )
        assert {one.disposition for one in seen} <= {"case", "no_request"}
        ids = Counter(str(mail["Message-ID"]) for _, _, mail in self.left)
        assert not [id for id, times in ids.items() if times > 1]
        # one that left just when nothing could be written any more is a person's to look at
        states = Counter(letter.state for letter in self.letters())
        assert set(states) <= {LetterState.SENT, LetterState.UNSURE}
        assert states[LetterState.UNSURE] <= met
        return True

    def close(self) -> None:
        self.tenant.store.close()


def worked_with(disk: Path, free: int) -> int:
    """A company's first day with so much room, then with all of it; how many rounds met the end of the disk."""
    desk = Box(disk / f"of-{free}", MAILS)
    ballast, met = fill(disk, free), 0
    try:
        met += sum(bool(desk.work()) for _ in range(2))
        ballast.unlink()
        assert desk.work() == ""
        assert desk.is_in_order(met)
    finally:
        desk.close()
        shutil.rmtree(desk.tenant.folder)
    return met


def every(disk: Path, step: int) -> None:
    """With a little more room each time, until there is enough of it."""
    free, met = 0, list[int]()
    while not met or met[-1]:
        met.append(worked_with(disk, free))
        free += step
    assert len(met) > 3


def test_a_disk_that_is_full_at_a_write_loses_nothing_and_sends_nothing_twice(disk: Path) -> None:
    every(disk, step=7 * PAGE)


@pytest.mark.soak
def test_a_disk_that_is_full_at_every_write(disk: Path) -> None:
    every(disk, step=PAGE)


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_a_batch_that_could_not_be_noted_is_not_under_way_for_ever(
    disk: Path, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "MOST", 3)
    desk = Box(disk / "kaviaarshop", [a_raw_mail(f"{ORDER} ({number})", number=number) for number in range(12)])
    begin, attempts, begun = IntakeAttempts.begin_together, desk.tenant.intake_attempts, list[bool]()

    with ExitStack() as until_mended, monkeypatch.context() as watched:

        def begun_on_a_disk_that_fails(self: IntakeAttempts, pointers: Sequence[Pointer]) -> bool:
            begun.append(True)
            if len(begun) == batch:
                until_mended.enter_context(read_only(attempts.path))
            return begin(self, pointers)

        watched.setattr(IntakeAttempts, "begin_together", begun_on_a_disk_that_fails)
        assert "Read-only" in desk.work()
    assert desk.work() == ""
    assert desk.is_in_order(met=0)
    assert attempts.path.read_bytes() == b""
    desk.close()


def test_a_day_of_a_disk_that_fills_again_and_again(disk: Path) -> None:
    desk = Box(disk / "kaviaarshop", [])
    for number in range(12):
        desk.mails.append(a_raw_mail(f"{ACCESS} ({number})", sender=f"k{number}@klant.test", number=number))
        ballast = fill(disk, free=number * 5 * PAGE)
        desk.work()
        ballast.unlink()
        assert desk.work() == ""
    assert desk.is_in_order(met=12)
    desk.close()


def full(disk: Path, act: Callable[[Desk], object]) -> tuple[Box, MailbotError]:
    """What a full disk does to something that a person or the clock asks for."""
    desk = Box(disk / "kaviaarshop", MAILS)
    assert desk.work() == ""
    ballast = fill(disk, 0)
    with pytest.raises(MailbotError) as told:
        act(desk)
    ballast.unlink()
    assert list(desk.faults()) == []
    return desk, told.value


def test_what_a_person_wrote_is_told_to_be_not_on_record(disk: Path) -> None:
    note = events.Noted("els", "belde " * 2_000)
    desk, told = full(disk, lambda desk: acting.act(desk.tenant, "AVG-2026-0001", note, desk.clock()))
    assert "Make room" in str(told)
    with desk.tenant.store.unit() as unit:
        case = unit.case("AVG-2026-0001")
    assert case
    assert not [text for text in case.remarks if "belde" in text]
    desk.close()


def test_a_backup_leaves_no_half_copy(disk: Path) -> None:
    desk, told = full(disk, lambda desk: backups.back_up(desk.tenant, desk.clock()))
    assert "Make room" in str(told)
    assert backups.copies(desk.tenant.folder) == []
    desk.close()


def test_a_file_of_a_case_leaves_no_half_of_it(disk: Path) -> None:
    content = b"x" * 500_000
    desk, _ = full(disk, lambda desk: casefiles.put(desk.tenant.folder, "AVG-2026-0001", "kopie.zip", content))
    with pytest.raises(MailbotError):
        casefiles.get(desk.tenant.folder, "AVG-2026-0001", "kopie.zip")
    desk.close()


def test_forgetting_is_taken_up_again_and_leaves_nothing(disk: Path) -> None:
    desk = Box(disk / "kaviaarshop", [a_raw_mail(ACCESS, "geheim@klant.test")])
    assert desk.work() == ""
    acting.act(desk.tenant, "AVG-2026-0001", events.Closed("els", Outcome.WITHDRAWN, "x"), desk.clock())
    assert desk.work() == ""
    desk.clock.move(days=900)
    ballast = fill(disk, 10 * PAGE)
    desk.work()
    ballast.unlink()
    desk.clock.move(days=1)
    assert desk.work() == ""
    desk.close()
    assert left_in(desk.tenant.folder, ["geheim@klant.test"]) == []


# --- links ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["attempts", "worker.lock", "store.db", f".{heartbeat.NAME}.{os.getpid()}"],
    ids=["attempts", "lock", "store", "heartbeat"],  # the same names in every process that runs tests
)
def test_a_link_in_the_state_folder_is_never_written_through(tmp_path: Path, name: str) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "kaviaarshop"
    elsewhere.write_text("untouched")
    folder.mkdir()
    (folder / name).symlink_to(elsewhere)
    desk = Desk(folder)
    with suppress(OSError):
        desk.tenant.__dict__["store"] = TinyStore(folder)
        desk.tenant.claim()
    desk._coming.append(MAILS[0])
    worker.once(desk.tenant, desk.clock)
    assert elsewhere.read_text() == "untouched"
    desk.tenant.store.close()


def test_a_link_in_place_of_the_attempts_is_told_and_stops_no_other_company(tmp_path: Path) -> None:
    (tmp_path / "attempts").symlink_to(tmp_path / "elsewhere")
    desk = Desk(tmp_path)
    desk._coming.append(MAILS[0])
    assert "symbolic link" in worker.once(desk.tenant, desk.clock).trouble


def test_a_name_of_a_file_cannot_lead_out_of_the_folder_of_its_case(tmp_path: Path) -> None:
    for name in ("../../x", "..", "/etc/passwd", "a/../../b", "..\\..\\x", "con", "\0", ""):
        plain = casefiles.plain_name(name)
        assert plain not in ("", ".", "..")
        assert not set(plain) & set("/\\\0")


def test_a_file_of_a_case_is_not_read_or_written_through_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("untouched")
    folder = casefiles.folder_of(tmp_path, "AVG-2026-0001")
    folder.mkdir(parents=True)
    (folder / "kopie.zip").symlink_to(elsewhere)
    with pytest.raises(Usage):
        casefiles.get(tmp_path, "AVG-2026-0001", "kopie.zip")
    casefiles.put(tmp_path, "AVG-2026-0001", "kopie.zip", b"x")
    assert casefiles.get(tmp_path, "AVG-2026-0001", "kopie.zip") == b"x"
    assert elsewhere.read_text() == "untouched"


def test_a_report_replaces_a_link_and_leaves_what_it_led_to(tmp_path: Path) -> None:
    elsewhere, page = tmp_path / "elsewhere", tmp_path / "page.html"
    elsewhere.write_text("untouched")
    page.symlink_to(elsewhere)
    write_private(page, "report")
    assert (elsewhere.read_text(), page.read_text(), page.is_symlink()) == ("untouched", "report", False)


def test_attempts_that_a_crash_left_half_written_are_begun_anew(tmp_path: Path) -> None:
    attempts = IntakeAttempts(tmp_path / "attempts")
    for rubbish in (b"\xff\xfe\0", b"INBOX:1:1 x", b"INBOX:1:1 ", b" ", b"9" * 5_000):
        attempts.path.write_bytes(rubbish)
        assert attempts.begin(Pointer("INBOX", 1, 1)) == 1
    assert attempts.begin(Pointer("INBOX", 1, 1)) == 2
