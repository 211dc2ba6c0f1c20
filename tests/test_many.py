"""One worker process serves many mailboxes; one that hangs and one that is down delay nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from rig.many import BROKEN, working
from rig.postgres import Postgres
from rig.real import need

pytestmark = pytest.mark.real


def test_each_of_twenty_mailboxes_is_heard_while_one_hangs_and_one_is_down(tmp_path: Path) -> None:
    need("dovecot", "doveadm", "openssl")
    with working(tmp_path, 20, poll_seconds=3600) as many:
        told = many.write_to(2 * (20 - BROKEN), a_second=20, patience=120)
    assert len(told.waits) == 2 * (20 - BROKEN), "by IDLE: the next poll is an hour away"


def test_without_idle_a_mail_is_seen_at_the_next_poll(tmp_path: Path) -> None:
    need("dovecot", "doveadm", "openssl")
    with working(tmp_path, 6, poll_seconds=1, idle=False) as many:
        told = many.write_to(6 - BROKEN, a_second=20, patience=120)
    assert len(told.waits) == 6 - BROKEN


def test_with_a_shared_database_the_mailboxes_are_heard_as_well(tmp_path: Path, postgres: Postgres) -> None:
    need("dovecot", "doveadm", "openssl")
    with working(tmp_path, 12, poll_seconds=3600, database=postgres.url) as many:
        told = many.write_to(12 - BROKEN, a_second=20, patience=120)
    assert len(told.waits) == 12 - BROKEN


@pytest.mark.soak
def test_five_hundred_mailboxes_on_one_worker(tmp_path: Path) -> None:
    five_hundred(tmp_path)


@pytest.mark.soak
def test_five_hundred_mailboxes_with_a_shared_database(tmp_path: Path, postgres: Postgres) -> None:
    five_hundred(tmp_path, postgres.url)


def five_hundred(folder: Path, database: str = "") -> None:
    """Two hundred mails to five hundred mailboxes: how soon, and how large the worker is."""
    need("dovecot", "doveadm", "openssl")
    with working(folder, 500, poll_seconds=60, real_sorter=True, database=database) as many:
        told = many.write_to(200, a_second=2, patience=300)
    print(
        f"500 mailboxes: ready after {told.ready:.0f} s, acknowledged after {told.median:.2f} s at the median "
        f"({max(told.waits):.1f} s at most), {told.megabytes:.0f} MB, {told.threads} threads"
    )
    assert len(told.waits) == 200
    assert told.median < 5
    assert told.megabytes < 1024


@pytest.mark.soak
def test_five_hundred_mailboxes_without_idle(tmp_path: Path) -> None:
    need("dovecot", "doveadm", "openssl")
    with working(tmp_path, 500, poll_seconds=60, idle=False, real_sorter=True) as many:
        told = many.write_to(200, a_second=2, patience=300)
    print(f"without IDLE: {told.median:.0f} s at the median, {max(told.waits):.0f} s at most")
    assert len(told.waits) == 200
    assert told.median < 2 * 60
