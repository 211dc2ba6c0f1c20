"""kill -9 at any moment: every mail has exactly one case or record, and no letter left twice (demands 2, 6)."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from collections import Counter
from pathlib import Path

import crash_worker
import pytest

from company import ACCESS, BOX, ORDER, START, a_company, a_raw_mail, cases, letters, opened
from mailbot.app import Tenant
from mailbot.cli.checks import check_history
from mailbot.demo.servers import MailServers
from mailbot.model import Letter, LetterState
from mailbot.outgoing import gathering
from mailbot.parse import parse
from rig import program
from rig.dovecot import Dovecot
from rig.postfix import Postfix
from rig.program import Begun


def start(folder: Path, servers: MailServers, step: int = 0, hours: int = 0) -> Begun:
    words = (str(folder), str(servers.imap_port), str(servers.smtp_port), str(step), str(hours))
    return program.start(*words, env=os.environ, module="crash_worker", reads="crash_worker")


def finish(folder: Path, servers: MailServers) -> int:
    """A round that is left alone, an hour later, when nothing waits to be told with others; the number of its steps."""
    told, complaint = start(folder, servers, hours=1).communicate(timeout=120)
    assert told.split()[-1:], complaint
    return int(told.split()[-1])


def put_mails(servers: MailServers, many: int, first: int = 1) -> None:
    """Half of them ask something."""
    for number in range(first, first + many):
        text = f"{ACCESS} ({number})" if number % 2 else f"{ORDER} ({number})"
        servers.put(BOX, a_raw_mail(text, number=number), internal_date=START)


def inspect(folder: Path, servers: MailServers, mails: int) -> None:
    """Everything accounted for, once."""
    company = a_company(servers.imap_account(BOX), servers.smtp_account(BOX), folder)
    with opened(company, folder) as tenant:
        _each_mail_is_on_record_once(tenant, mails)
        _no_letter_left_twice(tenant, servers)
        assert list(check_history(tenant)) == []


def _each_mail_is_on_record_once(tenant: Tenant, mails: int) -> None:
    """A mail on which three kills fell in a row is a case too: a person is asked to read it."""
    with tenant.store.unit() as unit:
        seen = unit.seen_since(START)
    assert len(seen) == len({record.pointer for record in seen}) == mails
    dispositions = Counter(record.disposition for record in seen)
    assert set(dispositions) <= {"case", "no_request", "unreadable"}
    assert dispositions["case"] >= (mails + 1) // 2 - dispositions["unreadable"]
    opened_for = [case.mails[0].key for case in cases(tenant)]
    assert len(opened_for) == len(set(opened_for)) == dispositions["case"] + dispositions["unreadable"]


def _no_letter_left_twice(tenant: Tenant, servers: MailServers) -> None:
    left = Counter(parse(mail.raw, START).message_id for mail in servers.accepted)
    assert [id for id, times in left.items() if times > 1] == []
    told_in_another = {part.token for one in letters(tenant) for part in parts_of(tenant, one)}
    known = {one.message_id: one.state for one in letters(tenant) if one.token not in told_in_another}
    assert set(left) <= set(known)
    for id, state in known.items():
        assert state in (LetterState.SENT, LetterState.UNSURE), state
        assert state is LetterState.UNSURE or id in left, "a letter that is called sent was taken by the server"


def parts_of(tenant: Tenant, letter: Letter) -> list[Letter]:
    """The mails to colleagues that one mail stood for: they end as it did."""
    with tenant.store.unit() as unit:
        parts = gathering.covered(unit, letter)
    assert {part.state for part in parts} <= {letter.state}
    return parts


@pytest.mark.parametrize("stride", [4, pytest.param(1, marks=pytest.mark.soak)])
def test_a_kill_at_each_outside_step_in_turn(servers: MailServers, tmp_path: Path, stride: int) -> None:
    put_mails(servers, 4)
    step = 1
    while (killed := start(tmp_path, servers, step)).wait(60) == -signal.SIGKILL:
        step += stride
    assert killed.returncode == 0
    assert step > 15, "each round begins anew and gets further than the one before"
    finish(tmp_path, servers)
    inspect(tmp_path, servers, 4)


STEPS = [*range(1, 60, 8), *(pytest.param(step, marks=pytest.mark.soak) for step in range(1, 60) if step % 8 != 1)]


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_this_step_of_a_first_round(servers: MailServers, tmp_path: Path, step: int) -> None:
    put_mails(servers, 3)
    start(tmp_path, servers, step).communicate(timeout=60)
    finish(tmp_path, servers)
    inspect(tmp_path, servers, 3)


# --- on real servers -------------------------------------------------------------------------------------------------

#: Steps of a first round with seven mails on Dovecot and Postfix: notes, mails, units of work and words of SMTP.
WORDS = 172
HANDED_OVER = re.compile(r"cleanup\[\d+\]: \w+: message-id=(<mailbot\.[^>]+>)")


def start_on(dovecot: Dovecot, postfix: Postfix, folder: Path, step: int, hours: int = 0) -> Begun:
    words = (str(folder), str(dovecot.imap_port), str(postfix.smtp_port), str(step), str(hours), "real")
    return program.start(*words, env=os.environ, module="crash_worker", reads="crash_worker")


@pytest.mark.real
@pytest.mark.parametrize(
    "step",
    [
        *range(3, WORDS, 24),
        *(pytest.param(step, marks=pytest.mark.soak) for step in range(1, WORDS + 1) if step % 24 != 3),
    ],
)
def test_a_kill_at_this_note_batch_or_word_loses_no_mail_and_hands_no_letter_over_twice(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path, step: int
) -> None:
    for number in range(1, 8):
        text, sender = (ACCESS if number % 2 else ORDER), ("klant@mail.test" if number < 5 else "vreemd@mail.test")
        dovecot.deliver(a_raw_mail(f"{text} ({number})", sender=sender, number=number))
    logged = len(postfix.log)
    killed = start_on(dovecot, postfix, tmp_path, step)
    killed.communicate(timeout=120)
    assert killed.returncode in (0, -signal.SIGKILL)
    for hours in (1, 2):
        ended = start_on(dovecot, postfix, tmp_path, 0, hours)
        _, complaint = ended.communicate(timeout=120)
        assert ended.returncode == 0, complaint
    postfix.settle()
    handed = Counter(HANDED_OVER.findall(postfix.log[logged:]))
    assert [id for id, times in handed.items() if times > 1] == []
    company = crash_worker.a_real_company(dovecot.account(), postfix.account(), tmp_path)
    with opened(company, tmp_path) as tenant:
        with tenant.store.unit() as unit:
            seen = Counter(one.disposition for one in unit.seen_since(START.replace(year=2020)))
        assert seen == {"case": 4, "no_request": 3}
        told_in_another = {part.token for one in letters(tenant) for part in parts_of(tenant, one)}
        alone = [one for one in letters(tenant) if one.token not in told_in_another]
        assert set(handed) <= {one.message_id for one in alone}
        assert {one.state for one in alone} <= {LetterState.SENT, LetterState.UNSURE}
        assert {one.message_id for one in alone if one.state is LetterState.SENT} <= set(handed)
        assert sum(one.state is LetterState.UNSURE for one in alone) <= 1
        assert list(check_history(tenant)) == []


def kill_at_random(servers: MailServers, folder: Path, mails: int, kills: int) -> None:
    chance = random.Random(20260302)
    for kill in range(kills):
        put_mails(servers, mails // kills or (kill < mails), first=1 + kill * (mails // kills or 1))
        victim = start(folder, servers)
        assert victim.stdout is not None
        victim.stdout.readline()
        time.sleep(chance.random() * 0.12)
        os.kill(victim.pid, signal.SIGKILL)
        victim.communicate(timeout=60)
    finish(folder, servers)
    inspect(folder, servers, mails)


def test_kills_at_random_moments_while_mails_come_in(servers: MailServers, tmp_path: Path) -> None:
    kill_at_random(servers, tmp_path, mails=30, kills=15)


@pytest.mark.soak
def test_a_hundred_kills_at_random_moments(servers: MailServers, tmp_path: Path) -> None:
    kill_at_random(servers, tmp_path, mails=100, kills=100)
