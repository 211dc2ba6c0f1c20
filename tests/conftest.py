"""Servers for the tests: `loopmail` is embedded and always there; the others are real, see rig.real."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest

from company import BOX, CONTACT, DEPUTY, KNOWN, Clock, a_company, opened, shipped_sorter
from mailbot.app import Tenant
from mailbot.classify import Classifier
from mailbot.demo.servers import MailServers
from rig.courier import Courier
from rig.cyrus import Cyrus
from rig.dovecot import Dovecot
from rig.exim import Exim
from rig.imapserver import ImapServer
from rig.mariadb import MariaDB
from rig.memory import write_in_memory
from rig.postfix import Postfix
from rig.postgres import Postgres

# `make test` says the same of the same code, today and elsewhere; `make soak` and `make fuzz` draw anew each time.
hypothesis.settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
hypothesis.settings.register_profile("searching", deadline=None)


# Containers forbid to keep bytecode. Each of a thousand commands that these tests run would compile the whole program.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_configure(config: pytest.Config) -> None:
    """Long runs search, and write to the disk; the others repeat, in memory."""
    is_long = config.option.markexpr == "soak"
    hypothesis.settings.load_profile("searching" if is_long else "repeatable")
    if not is_long:
        write_in_memory()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """All that is read here stays until the end: nobody looks for garbage in it, neither now nor later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def _a_command_s_log_ends_with_its_test() -> Iterator[None]:
    """The command line writes its log to a stream that is gone when its test is."""
    yield
    for handler in logging.root.handlers[:]:
        if type(handler) is logging.StreamHandler:
            logging.root.removeHandler(handler)


@pytest.fixture
def loopmail() -> Iterator[MailServers]:
    """IMAP and SMTP in memory, empty, for this test alone."""
    with MailServers(["privacy@mail.test", "klant@mail.test", "dpo@mail.test"]) as servers:
        yield servers


@pytest.fixture
def clock() -> Clock:
    """A clock that stands until the test moves it."""
    return Clock()


@pytest.fixture
def servers() -> Iterator[MailServers]:
    """The servers of the company of the tests, in memory, with a mailbox for everybody it writes to."""
    with MailServers([BOX, KNOWN, CONTACT, DEPUTY]) as running:
        yield running


@pytest.fixture
def smtp(servers: MailServers) -> MailServers:
    """The same, of which a test uses only the way out."""
    return servers


@pytest.fixture
def tenant(servers: MailServers, tmp_path: Path) -> Iterator[Tenant]:
    """That company, ready to work."""
    company = a_company(servers.imap_account(BOX), servers.smtp_account(BOX), tmp_path)
    with opened(company, tmp_path) as ready:
        yield ready


@pytest.fixture(scope="session")
def sorter() -> Classifier:
    """The sorter that is shipped."""
    return shipped_sorter()


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """One Dovecot for all tests; ask for `dovecot`, which empties it."""
    server = Dovecot()
    try:
        yield server.start()
    finally:
        server.remove()


@pytest.fixture
def dovecot(dovecot_server: Dovecot) -> Dovecot:
    """A running Dovecot with empty mailboxes."""
    dovecot_server.clear()
    return dovecot_server


S = TypeVar("S", Cyrus, Courier)


@pytest.fixture(scope="session")
def cyrus_server() -> Iterator[Cyrus]:
    """One Cyrus for all tests; ask for `cyrus`, which empties it."""
    yield from _up(Cyrus())


@pytest.fixture(scope="session")
def cyrus_classic_server() -> Iterator[Cyrus]:
    """One whose folders lie below the inbox; ask for `cyrus_classic`, which empties it."""
    yield from _up(Cyrus(classic=True))


def _up(server: S) -> Iterator[S]:
    try:
        yield server.start()
    finally:
        server.remove()


@pytest.fixture
def cyrus(cyrus_server: Cyrus) -> Cyrus:
    """A running Cyrus with empty mailboxes."""
    cyrus_server.clear()
    return cyrus_server


@pytest.fixture
def cyrus_classic(cyrus_classic_server: Cyrus) -> Cyrus:
    """The same with INBOX.Sent, and no folder marked by its use."""
    cyrus_classic_server.clear()
    return cyrus_classic_server


@pytest.fixture(scope="session")
def courier_server() -> Iterator[Courier]:
    """One Courier for all tests; ask for `courier`, which empties it."""
    yield from _up(Courier())


@pytest.fixture
def courier(courier_server: Courier) -> Courier:
    """A running Courier with empty mailboxes."""
    courier_server.clear()
    return courier_server


@pytest.fixture(params=["dovecot", "cyrus", "cyrus_classic", "courier"])
def imap(request: pytest.FixtureRequest) -> ImapServer:
    """Each real IMAP server in turn, with empty mailboxes: what holds for one holds for all."""
    server: ImapServer = request.getfixturevalue(request.param)
    return server


@pytest.fixture(scope="session")
def postfix_server(dovecot_server: Dovecot) -> Iterator[Postfix]:
    """One Postfix for all tests, beside that Dovecot."""
    server = Postfix(dovecot_server)
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def postfix(postfix_server: Postfix, dovecot: Dovecot) -> Iterator[Postfix]:
    """A running Postfix that delivers into empty mailboxes."""
    yield postfix_server
    postfix_server.settle()


@pytest.fixture(scope="session")
def exim_server(courier_server: Courier) -> Iterator[Exim]:
    """One Exim for all tests, beside that Courier."""
    server = Exim(courier_server)
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def exim(exim_server: Exim, courier: Courier) -> Iterator[Exim]:
    """A running Exim that delivers into empty mailboxes."""
    yield exim_server
    exim_server.settle()


@pytest.fixture(params=["postfix", "exim"])
def submission(request: pytest.FixtureRequest) -> Postfix | Exim:
    """Each real SMTP server in turn, beside the mailboxes that it fills."""
    server: Postfix | Exim = request.getfixturevalue(request.param)
    return server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One PostgreSQL for all tests; ask for `postgres`, which empties it."""
    server = Postgres()
    try:
        yield server.start()
    finally:
        server.remove()


@pytest.fixture
def postgres(postgres_server: Postgres) -> Postgres:
    """A running PostgreSQL with an empty database."""
    postgres_server.clear()
    return postgres_server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDB]:
    """One MariaDB for all tests; ask for `mariadb`, which empties it."""
    server = MariaDB()
    try:
        yield server.start()
    finally:
        server.remove()


@pytest.fixture
def mariadb(mariadb_server: MariaDB) -> MariaDB:
    """A running MariaDB with an empty database."""
    mariadb_server.clear()
    return mariadb_server
