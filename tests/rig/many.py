"""Many companies on one Dovecot and one worker process: how soon each sender has his acknowledgement."""

from __future__ import annotations

import json
import re
import signal
import smtplib
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from company import ACCESS, a_raw_mail
from mailbot.demo.servers import MailServers
from mailbot.operation import heartbeat
from rig.dovecot import PASSWORD, Dovecot
from rig.real import free_port, until

WORKER = str(Path(__file__).parent.parent / "many_worker.py")
SENDER = "klant@klant.test"
#: The first two companies have a server that hangs and one that refuses.
BROKEN = 2


@dataclass(frozen=True)
class Told:
    """What was seen: seconds from the delivery of a mail to its acknowledgement, and the worker's size."""

    waits: tuple[float, ...]
    ready: float  # seconds until every mailbox that answers was read once
    megabytes: float
    threads: int

    @property
    def median(self) -> float:
        return statistics.median(self.waits)


@contextmanager
def working(
    folder: Path,
    companies: int,
    *,
    poll_seconds: int,
    idle: bool = True,
    real_sorter: bool = False,
    database: str = "",
) -> Iterator[Many]:
    """Servers and worker, up; the worker ends with the block, as SIGTERM ends it. `database`: PostgreSQL's address, ""
    for files."""
    boxes = [f"box{number}@mail.test" for number in range(companies)]
    with MailServers([SENDER]) as servers, socket.create_server(("127.0.0.1", 0)) as hanging:
        dovecot = Dovecot(boxes, idle)
        try:
            dovecot.start()
            settings = {
                "folder": str(folder),
                "boxes": boxes,
                "imap_port": dovecot.imap_port,
                "hanging": hanging.getsockname()[1],
                "refusing": free_port(),
                "smtp_port": servers.smtp_port,
                "secret": PASSWORD,
                "ca": str(dovecot.ca),
                "poll_seconds": poll_seconds,
                "real_sorter": real_sorter,
                "database": database,
            }
            (folder / "settings.json").write_text(json.dumps(settings), "utf-8")
            command = [sys.executable, WORKER, str(folder / "settings.json")]
            with subprocess.Popen(command, stderr=subprocess.PIPE) as worker:
                try:
                    yield Many(folder, boxes, dovecot, servers, worker)
                finally:
                    worker.send_signal(signal.SIGTERM)
                    _end(worker)
        finally:
            dovecot.remove()


def _end(worker: subprocess.Popen[bytes]) -> None:
    try:
        worker.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.communicate()


class Many:
    """The companies at work."""

    def __init__(
        self,
        folder: Path,
        boxes: list[str],
        dovecot: Dovecot,
        servers: MailServers,
        worker: subprocess.Popen[bytes],
    ) -> None:
        self.folder, self.boxes, self.dovecot, self.servers, self.worker = folder, boxes, dovecot, servers, worker

    def write_to(self, mails: int, a_second: float, patience: float) -> Told:
        """Deliver mails to the companies in turn, at an even pace, and wait for every acknowledgement."""
        began = time.monotonic()
        until(self._all_were_read, patience, "the first round of every company")
        ready = time.monotonic() - began
        delivered: dict[str, float] = {}
        heard: dict[str, float] = {}
        with smtplib.LMTP("127.0.0.1", self.dovecot.lmtp_port) as line:
            for number in range(mails):
                box = self.boxes[BROKEN + number % (len(self.boxes) - BROKEN)]
                sender = SENDER.replace("@", f"+{number}@")
                line.sendmail(sender, [box], a_raw_mail(ACCESS, sender=sender, number=number, to=box))
                delivered[sender] = time.monotonic()
                self._listen(heard, delivered, 1 / a_second)
        end = time.monotonic() + patience
        while len(heard) < mails and time.monotonic() < end:
            self._listen(heard, delivered, 0.1)
        waits = tuple(heard[sender] - at for sender, at in delivered.items() if sender in heard)
        return Told(waits, ready, *self._size())

    def _listen(self, heard: dict[str, float], delivered: dict[str, float], seconds: float) -> None:
        end = time.monotonic() + seconds
        while True:
            for accepted in tuple(self.servers.accepted):
                if accepted.recipient in delivered:
                    heard.setdefault(accepted.recipient, time.monotonic())
            if time.monotonic() >= end:
                return
            time.sleep(0.02)

    def _all_were_read(self) -> bool:
        assert self.worker.poll() is None, self.worker.stderr and self.worker.stderr.read().decode()
        beats = (heartbeat.read(self.folder / f"c{n}" / "state") for n in range(BROKEN, len(self.boxes)))
        return all(beat and beat.polled_at for beat in beats)

    def _size(self) -> tuple[float, int]:
        """Memory at its highest (MB) and threads."""
        status = Path(f"/proc/{self.worker.pid}/status").read_text("utf-8")
        found = {name: int(value) for name, value in re.findall(r"^(VmHWM|Threads):\s+(\d+)", status, re.MULTILINE)}
        return found["VmHWM"] / 1024, found["Threads"]
