"""A hundred thousand mails in the folder at first start: the start is quick, the memory flat, and nobody waits."""

from __future__ import annotations

import os
import shutil
import time
from datetime import datetime
from pathlib import Path

import pytest

from company import ACCESS, ORDER, START, a_company, a_raw_mail, cases, letters, opened
from mailbot import worker
from mailbot.demo.servers import MailServers
from mailbot.incoming import backlog, watching
from mailbot.model import LetterState
from mailbot.operation import heartbeat
from rig.dovecot import Dovecot
from rig.installation import Installation
from rig.real import until

OLD = datetime(2019, 6, 1)


def fill(dovecot: Dovecot, mails: int, at: datetime) -> None:
    """Lay mails into the inbox as files, with the moment of their arrival."""
    folder = dovecot.base / "mail" / "privacy@mail.test" / "Maildir"
    dovecot.put(b"Subject: makes the folder\r\n\r\nx\r\n", internal_date=START)
    owner = (folder / "cur").stat()
    for number in range(mails):
        path = folder / "cur" / f"{int(at.timestamp()) + number}.M{number}P1.vm:2,S"
        path.write_bytes(a_raw_mail(f"{ORDER} {number}", number=number))
        os.utime(path, (at.timestamp() + number, at.timestamp() + number))
        shutil.chown(path, owner.st_uid, owner.st_gid)


def peak_of(pid: int) -> float:
    """The most memory that a process ever held, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def first_round(installation: Installation) -> tuple[float, float]:
    """Seconds until the mailbox was read and letters left, and the peak of memory."""
    began = time.monotonic()
    process = installation.start("run")
    try:
        until(lambda: (beat := heartbeat.read(installation.state)) and beat.polled_at, 900, "a first round")
        return time.monotonic() - began, peak_of(process.pid)
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_letters_leave_and_time_passes_while_a_full_folder_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MOST_AT_ONCE", 10)
    monkeypatch.setattr(backlog, "MOST", 10)
    box = "privacy@mail.test"
    with MailServers([box, "klant@mail.test", "contact@staff.test", "deputy@staff.test"]) as servers:
        for number in range(35):
            servers.put(
                box, a_raw_mail(ACCESS if number == 3 else f"{ORDER} {number}", number=number), internal_date=START
            )
        with opened(a_company(servers.imap_account(box), servers.smtp_account(box), tmp_path), tmp_path) as tenant:
            looks: list[tuple[int, int]] = []  # mails on record, letters that left

            def look() -> bool:
                with tenant.store.unit() as unit:
                    looks.append((len(unit.seen_as("no_request")), len(servers.accepted)))
                return False

            done = worker.once(tenant, lambda: START, look)
            assert (done.mails, len(cases(tenant)), done.trouble) == (35, 1, "")
            recorded = min(mails for mails, left in looks if left == 2)
            assert recorded < 34, "the letters about the fourth mail left before the last ones were read"
            assert len(letters(tenant, LetterState.SENT)) == 2


@pytest.mark.real
@pytest.mark.soak
def test_a_hundred_thousand_old_mails_cost_a_short_start_and_no_memory(dovecot: Dovecot, tmp_path: Path) -> None:
    with MailServers(["privacy@mail.test", "dpo@mail.test"]) as servers:
        peaks = []
        for mails in (10, 100_000):
            dovecot.clear()
            fill(dovecot, mails, OLD)
            folder = tmp_path / str(mails)
            folder.mkdir()
            installation = Installation(folder)
            installation.write(dovecot.account(timeout=120.0), servers.smtp_account("privacy@mail.test"))
            seconds, peak = first_round(installation)
            peaks.append(peak)
            print(f"{mails} mails: first round after {seconds:.1f} s, peak {peak:.0f} MiB")
        assert peaks[1] - peaks[0] < 40
        assert seconds < 60
