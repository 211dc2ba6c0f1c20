"""A private PostgreSQL (Debian's packages) on a free loopback port, with a role that row security binds."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg

from rig.real import back_after, free_port, listens, need, run, until

_BIN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class Postgres:
    """One server; `url` is the address for the program's own role, `admin` that of a superuser."""

    def __init__(self) -> None:
        if not _BIN:
            need("postgres")
        self.base = Path(tempfile.mkdtemp(prefix="mailbot-postgres-"))
        self.port = free_port()
        self.url = f"postgresql://mailbot@127.0.0.1:{self.port}/mailbot"
        self.admin = f"postgresql://admin@127.0.0.1:{self.port}/mailbot"
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> Postgres:
        """A fresh cluster, listening."""
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.base, owner.pw_uid, owner.pw_gid)
        data = self.base / "data"
        run(*self._as_owner(), _BIN[-1] / "initdb", "-A", "trust", "-U", "admin", "-E", "UTF8", "--no-sync", "-D", data)
        self._run_server()
        with psycopg.connect(f"postgresql://admin@127.0.0.1:{self.port}/postgres", autocommit=True) as admin:
            admin.execute("create role mailbot login")
            admin.execute("create database mailbot owner mailbot")
        return self

    def restart(self) -> None:
        """Stop at once, as a crash does, and come back."""
        self.stop()
        self._run_server()

    def down(self) -> AbstractContextManager[None]:
        """Stopped for a while."""
        return back_after(self.stop, self._run_server)

    def _run_server(self) -> None:
        options = ("-D", self.base / "data", "-p", str(self.port), "-h", "127.0.0.1", "-k", self.base, "-F")
        command = [*self._as_owner(), _BIN[-1] / "postgres", *options]
        log = (self.base / "log").open("ab")
        self._server = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log)
        until(lambda: listens(self.port), what="PostgreSQL's start")
        until(self._answers, what="PostgreSQL's first answer")

    def _answers(self) -> bool:
        try:
            psycopg.connect(f"postgresql://admin@127.0.0.1:{self.port}/postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _as_owner(self) -> tuple[str | Path, ...]:
        return ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups") if os.geteuid() == 0 else ()

    def clear(self) -> None:
        """No tables, no leases."""
        with psycopg.connect(self.admin, autocommit=True) as admin:
            admin.execute("drop table if exists docs, keys, register_docs, register_keys, leases, companies")

    def stop(self) -> None:
        """End the server that this object started."""
        if self._server:
            self._server.send_signal(signal.SIGINT)  # a fast shutdown: it does not wait for those who are connected
            try:
                self._server.wait(20)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait(20)

    def remove(self) -> None:
        """End the server and throw the cluster away."""
        self.stop()
        shutil.rmtree(self.base, ignore_errors=True)
