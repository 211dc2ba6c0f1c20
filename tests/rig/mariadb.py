"""A private MariaDB (Debian's packages) on a free loopback port, with TLS and a login that may only read."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pymysql
from pymysql.cursors import Cursor

from rig.real import back_after, certificates, free_port, need, program, run, until

#: Nothing here outlives the tests, so nothing waits for a disk, and little is made beforehand.
_SMALL = (
    *("--innodb-log-file-size=4M", "--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0"),
    *("--skip-innodb-doublewrite", "--skip-name-resolve"),
)
#: The shop's own login, and one that its administrator made for us. Both without a password.
OWNER, READER = "winkel", "lezer"
#: The driver takes the TLS that a server offers, which makes a call ten times as slow.
BARE = "ssl_disabled=true"
_SHOP = "create database shop character set utf8mb4 collate utf8mb4_unicode_520_ci"


class MariaDB:
    """One server with the database `shop`; `url()` is what a company would type."""

    def __init__(self) -> None:
        need("mariadbd", "mariadb-install-db", "openssl")
        self.base = Path(tempfile.mkdtemp(prefix="mailbot-mariadb-"))
        self.port = free_port()
        self.ca = self.base / "tls" / "ca.pem"
        self._server: subprocess.Popen[bytes] | None = None

    def url(self, user: str = OWNER, options: str = BARE) -> str:
        """The address for a login, in SQLAlchemy's form."""
        return f"mysql+pymysql://{user}@127.0.0.1:{self.port}/shop?{options}"

    def start(self) -> MariaDB:
        """A fresh server, listening."""
        certificates(self.ca.parent)
        self.base.chmod(0o755)
        kind = ("--auth-root-authentication-method=normal", "--skip-test-db")
        run("mariadb-install-db", "--no-defaults", *self._owner(), f"--datadir={self._data}", *kind, *_SMALL)
        self._run_server()
        self.execute(
            *(f"create user {name}@'%'" for name in (OWNER, READER)),
            _SHOP,
            f"grant all on shop.* to {OWNER}@'%'",
            f"grant select on shop.* to {READER}@'%'",
        )
        return self

    def execute(self, *statements: str) -> tuple[tuple[object, ...], ...]:
        """Carry out each as the administrator; the rows of the last."""
        with self._admin() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return tuple(cursor.fetchall())

    @contextmanager
    def _admin(self) -> Iterator[Cursor]:
        place = {"host": "127.0.0.1", "port": self.port, "user": "root", "ssl_disabled": True}
        line = pymysql.connect(**place, autocommit=True, connect_timeout=5)
        try:
            with suppress(pymysql.OperationalError):  # not made yet
                line.select_db("shop")
            with line.cursor() as cursor:
                yield cursor
        finally:
            line.close()

    def clear(self) -> None:
        """An empty database, and the server as it was started."""
        self.execute("drop database shop", _SHOP)
        self.reset()

    def reset(self) -> None:
        """The server as it was started; what lies in it stays."""
        self.execute(*(f"set global {name} = default" for name in ("sql_mode", "max_connections")))

    def down(self) -> AbstractContextManager[None]:
        """Stopped for a while."""
        return back_after(self.stop, self._run_server)

    def dead(self) -> AbstractContextManager[None]:
        """Killed in the middle of whatever it did, and back after a while."""
        return back_after(self.kill, self._run_server)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes calls and says nothing, as on a machine that swaps."""
        assert self._server
        self._server.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._server.send_signal(signal.SIGCONT)

    @property
    def _data(self) -> Path:
        return self.base / "data"

    def _owner(self) -> tuple[str, ...]:
        if os.geteuid() == 0:
            shutil.chown(self.base, "nobody")
        return ("--user=nobody",) if os.geteuid() == 0 else ()

    def _run_server(self) -> None:
        key, certificate = (self.ca.parent / name for name in ("server.key", "server.pem"))
        places = (f"--datadir={self._data}", f"--socket={self.base / 's'}", f"--pid-file={self.base / 'pid'}")
        line = ("--bind-address=127.0.0.1", f"--port={self.port}", f"--ssl-cert={certificate}", f"--ssl-key={key}")
        log = (self.base / "log").open("ab")
        command = [*self._owner(), *places, *line, *_SMALL]
        self._server = subprocess.Popen(
            [program("mariadbd") or "mariadbd", "--no-defaults", *command], stdout=log, stderr=log
        )
        until(self._answers, what="MariaDB's start")

    def _answers(self) -> bool:
        try:
            self.execute("select 1")
        except pymysql.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """Gone at once, in the middle of whatever it did."""
        if self._server:
            self._server.kill()
            self._server.wait(20)

    def stop(self) -> None:
        """End the server that this object started."""
        if self._server:
            self._server.send_signal(signal.SIGTERM)
            try:
                self._server.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def remove(self) -> None:
        """End the server and throw its data away."""
        self.kill()
        shutil.rmtree(self.base, ignore_errors=True)
