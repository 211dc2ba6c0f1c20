"""A clock that jumps to and fro, and people who type while the worker works and everybody is killed again and again."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import make_msgid
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from company import ACCESS, ERASURE, MARKETING, ORDER, START, a_raw_mail
from mailbot import worker
from mailbot.demo.servers import MailServers
from mailbot.mailbox import FetchedMail
from mailbot.memory import histories
from mailbot.model import TOLD_IN, Letter, LetterState, Pointer
from mailbot.parse import parse
from mailbot.store import TinyStore
from rig.installation import Installation
from rig.program import Begun

BOX, CONTACT = "privacy@mail.test", "dpo@mail.test"
#: On a slow machine it goes on for so many seconds more, until so many notes are on record.
LATER, ENOUGH = 150.0, 3

# --- the clock ------------------------------------------------------------------------------------------------------


class Box(Desk):
    """A company whose mails have the dates that its own server gave them, whatever this machine's clock says."""

    def since(self, folder: str, cursor: Any, first_day: Any) -> Iterator[FetchedMail]:
        texts = (ACCESS, ORDER, ERASURE, MARKETING)
        for uid in range(1 if cursor is None else cursor.uid + 1, len(texts) + 1):
            raw = a_raw_mail(texts[uid - 1], sender=f"k{uid}@klant.test", number=uid)
            yield FetchedMail(Pointer(folder, 1, uid), raw, START + timedelta(hours=uid), len(raw))


def dates_of(desk: Desk) -> dict[str, list[tuple[str, datetime]]]:
    return {case.mails[0].message_id: [(one.name, one.due) for one in case.deadlines] for case in desk.cases()}


def twin(folder: Path) -> dict[str, list[tuple[str, datetime]]]:
    """The dates of the same mails under a clock that goes as it should."""
    desk = Box(folder, START + timedelta(days=1))
    worker.once(desk.tenant, desk.clock)
    return dates_of(desk)


JUMPS = st.lists(st.tuples(st.booleans(), st.integers(-60 * 24, 60 * 24)), min_size=1, max_size=12)


@given(jumps=JUMPS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_clock_that_jumps_moves_no_date_and_sends_nothing_twice(
    tmp_path: Path, jumps: list[tuple[bool, int]]
) -> None:
    desk = Box(tmp_path, START + timedelta(days=1))
    inside: Iterator[int] = iter(())

    def clock() -> datetime:
        desk.clock.at += timedelta(hours=next(inside, 0))
        return desk.clock.at

    for within, hours in jumps:
        if within:
            inside = iter([0, 0, hours, 0, -hours])
        else:
            desk.clock.at += timedelta(hours=hours)
        assert not worker.once(desk.tenant, clock).trouble
    desk.clock.at = START + timedelta(days=300)
    desk.round()
    assert dates_of(desk) == twin(tmp_path)
    told = Counter(str(mail["Message-ID"]) for _, _, mail in desk.left)
    assert not [id for id, times in told.items() if times > 1]
    to_people = Counter((to, str(mail["Subject"])) for _, to, mail in desk.left if to.endswith("@klant.test"))
    assert set(to_people.values()) <= {1}
    with desk.tenant.store.unit() as unit:
        assert list(histories.faults(unit)) == []
    assert not desk.letters(LetterState.SENDING, LetterState.UNSURE)


def test_letters_that_were_queued_before_a_jump_back_leave_once_the_clock_is_right_again(tmp_path: Path) -> None:
    desk = Box(tmp_path, START + timedelta(days=1))
    desk.down = True
    worker.once(desk.tenant, desk.clock)
    desk.down = False
    desk.round(days=-400)
    desk.round(days=401)
    assert {to for _, to, _ in desk.left if to.endswith("@klant.test")} == {
        "k1@klant.test",
        "k3@klant.test",
        "k4@klant.test",
    }


# --- people, the worker, and the end of all of them ------------------------------------------------------------------


@dataclass
class Office:
    """A worker, two people who type, and mails that come in, for so many seconds."""

    place: Installation
    servers: MailServers
    chance: random.Random
    kills: bool
    noted: list[str] = field(default_factory=list)  # what a command said that it wrote down
    tried: list[str] = field(default_factory=list)
    mails: int = 0
    strange: list[str] = field(default_factory=list)
    takes: float = 2.0  # seconds of the last command: whoever kills must leave some of them alive
    running: set[Begun] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def busy(self, seconds: float) -> None:
        """Everybody at work until the time is over and a few things were written down, then a quiet end."""
        until = time.monotonic() + seconds
        crew = [self._mails_come, self._worker, self._person, self._person, *([self._killer] if self.kills else [])]
        threads = [threading.Thread(target=self._while, args=(work, until)) for work in crew]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(seconds + LATER + 120)
        assert not any(thread.is_alive() for thread in threads)

    def _while(self, work: Callable[[random.Random], None], until: float) -> None:
        chance = random.Random(self.chance.random())
        while not self.strange and (time.monotonic() < until or self._is_slow(until)):
            work(chance)

    def _is_slow(self, until: float) -> bool:
        return len(self.noted) < ENOUGH and time.monotonic() < until + LATER

    def _mails_come(self, chance: random.Random) -> None:
        self.mails += 1
        text = ACCESS if self.mails % 2 else ORDER
        raw = a_raw_mail(f"{text} ({self.mails})", sender=f"k{self.mails}@klant.test", number=self.mails)
        self.servers.put(
            BOX, raw.replace(b"To: privacy@mail.test", b"To: " + BOX.encode()), internal_date=datetime.now(UTC)
        )
        time.sleep(chance.random() * 2)

    def _worker(self, chance: random.Random) -> None:
        self._run(["once"], {0, 1, 4})
        time.sleep(chance.random() * 0.2)

    def _person(self, chance: random.Random) -> None:
        text = make_msgid(domain="x")[1:-1]
        ref = f"AVG-{datetime.now(UTC).year}-{chance.randrange(1, min(self.mails // 2, 5) + 2):04d}"
        words: list[list[str]] = [
            *[["note", ref, text]] * 5,
            *(["assign", ref, "els"], ["cases", "--json"], ["show", ref, "--json"], ["prove", ref], ["backup"]),
            *(["check"], ["summary", "--json"], ["outbox", "list"], ["status"], ["register"], ["suppressions"]),
        ]
        command = chance.choice(words)
        with self.lock:
            self.tried += [text] if command[0] == "note" else []
        if self._run(command, {0, 1, 2, 4}) == 0 and command[0] == "note":
            with self.lock:
                self.noted.append(text)

    def _run(self, words: list[str], expected: set[int]) -> int | None:
        begun = time.monotonic()
        process = self.place.start(*words)
        with self.lock:
            self.running.add(process)
        out, complaint = process.communicate(timeout=100)
        with self.lock:
            self.running.discard(process)
        if process.returncode == -signal.SIGKILL:
            return process.returncode
        self.takes = time.monotonic() - begun
        if process.returncode not in expected or "Traceback" in complaint:
            self.strange.append(f"{words}: {process.returncode}\n{out[-500:]}\n{complaint[-3000:]}")
        return process.returncode

    def _killer(self, chance: random.Random) -> None:
        time.sleep((0.1 + chance.random()) * 2 * self.takes)
        with self.lock:
            victims = [one for one in self.running if one.poll() is None]
            if victims:
                with suppress(ProcessLookupError):
                    os.kill(chance.choice(victims).pid, signal.SIGKILL)

    def look(self) -> None:
        """Afterwards: everything once, nothing lost that was said to be written."""
        assert self.strange == []
        for _ in range(2):
            done = self.place.run("once", timeout=600)
            assert done.returncode == 0, done.stderr
        checked = self.place.run("check", timeout=600)
        assert checked.returncode == 0, checked.stdout
        store = TinyStore(self.place.state)
        with store.unit() as unit:
            seen = unit.seen_since(START.replace(year=2020))
            cases, letters = unit.all_cases(), [one for state in LetterState for one in unit.letters(state)]
        store.close()
        times = Counter(one.pointer.uid for one in seen if one.pointer)
        assert (len(times), set(times.values())) == (self.mails, {1})
        remarks = Counter(text for case in cases for text in case.remarks if text in set(self.tried))
        assert set(self.noted) <= set(remarks)
        assert set(remarks.values()) <= {1}
        self._no_letter_left_twice(letters)

    def _no_letter_left_twice(self, letters: list[Letter]) -> None:
        left = Counter(parse(mail.raw, START).message_id for mail in self.servers.accepted)
        assert [id for id, times in left.items() if times > 1] == []
        assert set(left) <= {letter.message_id for letter in letters}
        ids = {letter.token: letter.message_id for letter in letters}
        sent = [letter for letter in letters if letter.state is LetterState.SENT]
        assert {ids[one.why.removeprefix(TOLD_IN) or one.token] for one in sent} <= set(left)


def an_office(folder: Path, servers: MailServers, kills: bool) -> Office:
    place = Installation(folder, box=BOX, contact=CONTACT)
    place.write(servers.imap_account(BOX), servers.smtp_account(BOX))
    return Office(place, servers, random.Random(20260302), kills)


@pytest.fixture
def servers() -> Iterator[MailServers]:
    people = [f"k{number}@klant.test" for number in range(1, 2)]
    with MailServers([BOX, CONTACT, *people], password="geheim") as running:
        yield running


@pytest.mark.parametrize("kills", [False, True], ids=["in peace", "killed"])
def test_two_command_lines_and_the_worker_at_once(servers: MailServers, tmp_path: Path, kills: bool) -> None:
    office = an_office(tmp_path, servers, kills)
    office.busy(4)
    office.look()
    assert office.noted or kills, "where nobody is killed something comes to be written"


@pytest.mark.soak
@pytest.mark.parametrize("kills", [False, True], ids=["in peace", "killed"])
def test_two_command_lines_and_the_worker_for_ten_minutes(servers: MailServers, tmp_path: Path, kills: bool) -> None:
    minutes = float(os.environ.get("MAILBOT_CHAOS_MINUTES", "10"))
    office = an_office(tmp_path, servers, kills)
    office.busy(minutes * 60)
    office.look()
    told = {"mails": office.mails, "notes": len(office.noted), "tried": len(office.tried), "kills": kills}
    print(json.dumps(told))
