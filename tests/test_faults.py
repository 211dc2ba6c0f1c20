"""Everything breaks at once, and nothing is lost: servers die and hang, lines are cut, colleagues tidy up, and the
worker is killed again and again while mails come in.

Held afterwards: every mail is on record, each request has one case, no letter was handed over twice, no history is
broken, and no command that could change the mailbox was ever sent by the worker.
"""

from __future__ import annotations

import imaplib
import os
import random
import re
import signal
import smtplib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from company import ACCESS, BOX, KNOWN, ORDER, a_raw_mail
from mailbot.errors import TryLater
from mailbot.model import Case, Letter, LetterState, MailRecord
from mailbot.store import TinyStore
from rig.dovecot import Dovecot
from rig.installation import Installation
from rig.postfix import Postfix
from rig.program import Begun
from rig.proxy import Proxy
from rig.real import until

CHANGING = re.compile(r"^(UID )?(STORE|COPY|MOVE|APPEND|EXPUNGE|CLOSE|SELECT|DELETE|RENAME|CREATE|SUBSCRIBE)\b")
WATCHED = ("INBOX", "Privacy")
HANDED_OVER = re.compile(r"cleanup\[\d+\]: \w+: message-id=(<mailbot\.[^>]+>)")


@dataclass
class Storm:
    """Servers, colleagues and a worker, and the chance that rules them."""

    dovecot: Dovecot
    postfix: Postfix
    imap: Proxy
    smtp: Proxy
    installation: Installation
    chance: random.Random
    logged: int  # so much of Postfix's log is older: other tests share the server
    arrived: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    worker: Begun | None = None

    # --- mails -----------------------------------------------------------------------------------

    def mail_comes(self, number: int) -> None:
        """Half of them ask something; the sender's server tries until it is rid of it."""
        text = f"{ACCESS} ({number})" if number % 2 else f"{ORDER} ({number})"
        raw = a_raw_mail(text, number=number)
        for _ in range(200):
            with suppress(OSError, smtplib.SMTPException):
                self.dovecot.deliver(raw)
                self.arrived.append(f"<{number}@klant.test>")
                return
            time.sleep(0.1)
        raise AssertionError("Dovecot never took the mail")

    # --- colleagues ------------------------------------------------------------------------------

    def colleague(self) -> None:
        """Somebody moves, deletes, flags or answers a mail, as people do."""
        act = self.chance.choice([self._moves, self._moves, self._deletes, self._answers, self._flags])
        with suppress(OSError, imaplib.IMAP4.error), self.dovecot.client() as client:
            act(client)
            self.done[act.__name__] += 1

    def _pick(self, client: imaplib.IMAP4, folder: str) -> str:
        client.select(folder)
        uids = client.uid("SEARCH", "ALL")[1][0].split()
        return self.chance.choice(uids).decode() if uids else ""

    def _moves(self, client: imaplib.IMAP4) -> None:
        source, target = self.chance.sample(WATCHED, 2)
        if uid := self._pick(client, source):
            client.uid("MOVE", uid, target)

    def _flags(self, client: imaplib.IMAP4) -> None:
        if uid := self._pick(client, "INBOX"):
            client.uid("STORE", uid, "+FLAGS", r"(\Seen $Opgepakt)")

    def _deletes(self, client: imaplib.IMAP4) -> None:
        """Only what the program had time to see: what nobody could read nobody can account for."""
        if (uid := self._pick(client, "INBOX")) and self._is_on_record(self._id_of(client, uid)):
            client.uid("STORE", uid, "+FLAGS", r"(\Deleted)")
            client.expunge()

    def _answers(self, client: imaplib.IMAP4) -> None:
        if uid := self._pick(client, "INBOX"):
            raw = a_raw_mail("Dag, hierbij.", sender=BOX, number=900_000 + sum(self.done.values()))
            message = raw.replace(
                f"To: {BOX}".encode(), f"To: {KNOWN}\nIn-Reply-To: {self._id_of(client, uid)}".encode()
            )
            client.append("Sent", r"(\Seen)", None, message.replace(b"\n", b"\r\n"))  # type: ignore[arg-type]

    @staticmethod
    def _id_of(client: imaplib.IMAP4, uid: str) -> str:
        told = client.uid("FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1][0]
        found = re.search(rb"<[^>]+>", told[1]) if isinstance(told, tuple) else None
        return found[0].decode() if found else ""

    def _is_on_record(self, message_id: str) -> bool:
        with suppress(TryLater), self.memory() as store, store.unit() as unit:
            return bool(unit.seen_with_message(message_id))
        return False

    # --- what breaks -----------------------------------------------------------------------------

    def fault(self) -> None:
        """One thing breaks; it is mended before the next one."""
        acts: list[Callable[[], None]] = [
            self._imap_killed,
            self._imap_paused,
            self._sessions_dropped,
            self._renumbered,
            self._cut_in_fetch,
            self._cut_in_idle,
            self._imap_black_hole,
            self._smtp_restarted,
            self._cut_in_data,
            self._cut_before_the_answer,
        ]
        act = self.chance.choice(acts)
        self.done[act.__name__] += 1
        act()

    def _imap_killed(self) -> None:
        self.dovecot.kill()
        time.sleep(self.chance.random())
        self.dovecot.start()

    def _imap_paused(self) -> None:
        with self.dovecot.paused():
            time.sleep(self.chance.random() * 2)

    def _sessions_dropped(self) -> None:
        with suppress(RuntimeError):
            self.dovecot.drop_sessions(BOX)

    def _renumbered(self) -> None:
        with suppress(RuntimeError):
            self.dovecot.renumber(folder=self.chance.choice(WATCHED))

    def _cut_in_fetch(self) -> None:
        self.imap.cut_at(b"FETCH")
        self.imap.cut_after(self.chance.randrange(200, 20_000))

    def _cut_in_idle(self) -> None:
        self.imap.cut_at(b"IDLE")
        time.sleep(0.3)
        self.imap.cut()

    def _imap_black_hole(self) -> None:
        self.imap.block()
        time.sleep(self.chance.random() * 2)
        self.imap.heal()
        self.imap.cut()

    def _smtp_restarted(self) -> None:
        self.postfix.stop()
        time.sleep(self.chance.random())
        self.postfix.start()

    def _cut_in_data(self) -> None:
        self.smtp.cut_after_sent(self.chance.randrange(1_000, 20_000))

    def _cut_before_the_answer(self) -> None:
        self.smtp.cut_after(self.chance.randrange(0, 6_000))

    def heal(self) -> None:
        self.imap.heal()
        self.smtp.heal()

    # --- the worker ------------------------------------------------------------------------------

    def start_worker(self) -> None:
        self.worker = self.installation.start("run")
        assert self.worker.stdout
        self.worker.stdout.readline()

    def kill_worker(self) -> None:
        assert self.worker
        self.worker.send_signal(signal.SIGKILL)
        self.worker.communicate(timeout=60)
        self.done["worker killed"] += 1

    def stop_worker(self) -> None:
        assert self.worker
        self.worker.send_signal(signal.SIGTERM)
        self.worker.communicate(timeout=60)

    @contextmanager
    def memory(self) -> Iterator[TinyStore]:
        store = TinyStore(self.installation.state)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def a_storm(dovecot: Dovecot, postfix: Postfix, folder: Path, seed: int) -> Iterator[Storm]:
    with Proxy(dovecot.imap_port) as imap, Proxy(postfix.submission_port) as smtp:
        installation = Installation(folder)
        account = replace(
            dovecot.account(timeout=3.0), host="127.0.0.1", port=imap.port, security="plain", ca_file=None
        )
        out = postfix.account(port=smtp.port, timeout=3.0)
        installation.write(account, out, imap_more='folders = ["INBOX", "Privacy"]')
        with dovecot.client() as client:
            client.create("Privacy")
        storm = Storm(dovecot, postfix, imap, smtp, installation, random.Random(seed), len(postfix.log))
        try:
            yield storm
        finally:
            if storm.worker and storm.worker.poll() is None:
                storm.worker.kill()
                storm.worker.communicate(timeout=60)


def weather(storm: Storm, mails: int, kills: int) -> None:
    """Each turn: mails come in, something breaks, a colleague acts, and the worker is killed at some moment."""
    each = -(-mails // kills)
    for turn in range(kills):
        storm.start_worker()
        for number in range(turn * each, min((turn + 1) * each, mails)):
            storm.mail_comes(number)
            if storm.chance.random() < 0.3:
                storm.colleague()
        storm.fault()
        time.sleep(storm.chance.random() * 1.5)
        storm.colleague()
        storm.kill_worker()
        storm.heal()


def calm(storm: Storm) -> None:
    """Everything is mended and time passes, until nothing is left to do."""
    until(lambda: _serves(storm), 30, "servers")
    for _ in range(6):
        _let_time_pass(storm)
        storm.start_worker()
        with suppress(TimeoutError):
            until(lambda: _is_done(storm), 25, "the rest")
        storm.stop_worker()
        if _is_done(storm):
            break
    storm.postfix.settle()


def _serves(storm: Storm) -> bool:
    with suppress(OSError, imaplib.IMAP4.error), storm.dovecot.client() as client:
        return bool(client.noop()[0] == "OK")
    return False


def _let_time_pass(storm: Storm) -> None:
    with storm.memory() as store, store.unit() as unit:
        for letter in unit.letters(LetterState.QUEUED):
            unit.put_letter(replace(letter, next_try=datetime.now(UTC)))


def _is_done(storm: Storm) -> bool:
    with suppress(TryLater), storm.memory() as store, store.unit() as unit:
        waits = [*unit.letters(LetterState.QUEUED), *unit.letters(LetterState.SENDING)]
        return not waits and all(unit.seen_with_message(id) for id in storm.arrived)
    return False


# --- what must hold afterwards ---------------------------------------------------------------------------------------


def inspect(storm: Storm) -> None:
    with storm.memory() as store, store.unit() as unit:
        seen = {id: unit.seen_with_message(id) for id in storm.arrived}
        cases, letters = unit.all_cases(), [one for state in LetterState for one in unit.letters(state)]
    _every_mail_is_accounted_for(seen, cases)
    _no_letter_was_handed_over_twice(storm, letters)
    assert Counter(letter.state for letter in letters)[LetterState.SENT] > len(storm.arrived) // 4, (
        "hardly a letter left"
    )
    assert [command for command in storm.imap.commands if CHANGING.match(command)] == []
    checked = storm.installation.run("check")
    assert checked.returncode == 0, checked.stdout


def _every_mail_is_accounted_for(seen: dict[str, list[MailRecord]], cases: list[Case]) -> None:
    missing = [id for id, records in seen.items() if not records]
    assert missing == []
    opened = Counter(mail.message_id for case in cases for mail in case.mails[:1] if mail.message_id)
    for id, records in seen.items():
        asks = int(id[1:].partition("@")[0]) % 2 == 1
        dispositions = {record.disposition for record in records}
        assert dispositions <= {"case", "no_request", "duplicate", "resurfaced", "unreadable"}, (id, dispositions)
        assert opened[id] == (1 if "case" in dispositions else 0), (id, dispositions, opened[id])
        assert not asks or dispositions & {"case", "resurfaced", "unreadable"}, (id, dispositions)


def _no_letter_was_handed_over_twice(storm: Storm, letters: list[Letter]) -> None:
    handed = Counter(HANDED_OVER.findall(storm.postfix.log[storm.logged :]))
    assert {id: times for id, times in handed.items() if times > 1} == {}
    assert set(handed) <= {letter.message_id for letter in letters}
    taken = {told for letter in letters if letter.message_id in handed for told in (letter.token, *letter.covers)}
    sent = {letter.token for letter in letters if letter.state is LetterState.SENT}
    assert sent <= taken, "a letter that is called sent, or the one that tells it, was taken by the server"


@pytest.mark.real
def test_nothing_is_lost_or_said_twice_while_everything_breaks(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path
) -> None:
    with a_storm(dovecot, postfix, tmp_path, seed=20261126) as storm:
        weather(storm, mails=18, kills=4)
        calm(storm)
        inspect(storm)
        print(dict(storm.done))


@pytest.mark.real
@pytest.mark.soak
def test_a_thousand_mails_and_two_hundred_kills(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    seed = int(os.environ.get("MAILBOT_SEED", "7"))
    mails, kills = int(os.environ.get("MAILBOT_MAILS", "1000")), int(os.environ.get("MAILBOT_KILLS", "200"))
    with a_storm(dovecot, postfix, tmp_path, seed) as storm:
        weather(storm, mails, kills)
        calm(storm)
        inspect(storm)
        print(dict(storm.done))
