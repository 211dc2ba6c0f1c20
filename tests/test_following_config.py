"""A running worker follows its configuration: who joins is taken up, who leaves is let go, who is mended begins anew,
and a file that is wrong costs nobody a turn."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from company import ACCESS, BOX, CONTACT, KNOWN, Clock, a_raw_mail
from mailbot.app import Tenant, now
from mailbot.config import load
from mailbot.demo.servers import MailServers
from mailbot.operation import presence
from mailbot.operation.crew import Crew, Liveness
from mailbot.operation.presence import Presence
from mailbot.operation.roster import Changed, Faulty, Joined, Left, Restored, Roster, Unread, look_at
from mailbot.store.postgres import Database
from rig.installation import Installation
from rig.postgres import Postgres
from rig.program import Begun
from rig.real import free_port, until

MAAN = "maan@mail.test"
SENDER = "p1@klant.test"


@pytest.fixture
def servers() -> Iterator[MailServers]:
    with MailServers([BOX, MAAN, KNOWN, CONTACT, "dpo@mail.test", SENDER]) as running:
        yield running


@pytest.fixture
def place(servers: MailServers, tmp_path: Path) -> Installation:
    installation = Installation(tmp_path)
    installation.write(servers.imap_account(BOX), servers.smtp_account(BOX))
    return installation


def file_of(place: Installation, tenant: str = "kaviaarshop") -> Path:
    return place.folder / "config" / "tenants" / f"{tenant}.toml"


def join(place: Installation, tenant: str = "maan", box: str = MAAN) -> Path:
    """A second company like the first, with a mailbox of its own."""
    text = file_of(place).read_text("utf-8").replace(BOX, box).replace('name = "Kaviaarshop"', f'name = "{tenant}"')
    return rewrite(file_of(place, tenant), text)


def rewrite(file: Path, text: str) -> Path:
    fresh = file.with_name(f".{file.name}")
    fresh.write_text(text, "utf-8")
    return fresh.replace(file)


def change(file: Path, old: str, new: str) -> Path:
    text = file.read_text("utf-8")
    assert old in text
    return rewrite(file, text.replace(old, new))


# --- what changed --------------------------------------------------------------------------------


@pytest.fixture
def roster(place: Installation) -> Roster:
    config = place.folder / "config"

    def read() -> object:
        reads.append(1)
        return load(config, contained=True, may_be_empty=True)

    reads: list[int] = []
    roster = Roster(load(config, contained=True), look_at(config), read)  # type: ignore[arg-type]
    roster.reads = reads  # type: ignore[attr-defined]
    return roster


def seen(roster: Roster) -> list[object]:
    """What two looks find: the first one sees that something moves, the second that it stands still."""
    assert roster.look() == []
    return list(roster.look())


def test_nothing_is_read_while_nothing_changes_nor_for_a_file_that_was_only_touched(
    roster: Roster, place: Installation
) -> None:
    assert seen(roster) == []
    os.utime(file_of(place))
    assert seen(roster) == []
    assert roster.reads == []  # type: ignore[attr-defined]


def test_a_file_that_is_still_being_written_waits(roster: Roster, place: Installation) -> None:
    join(place)
    assert roster.look() == []
    change(file_of(place, "maan"), '"John"', '"Jan"')
    assert roster.look() == []
    [joined] = roster.look()
    assert isinstance(joined, Joined)
    assert joined.company.policy.contact_name == "Jan"


def test_who_joins_changes_and_leaves_is_named_and_nobody_else(roster: Roster, place: Installation) -> None:
    join(place)
    assert [type(one) for one in seen(roster)] == [Joined]
    assert [one.id for one in roster.settings.companies] == ["kaviaarshop", "maan"]
    change(file_of(place, "maan"), '"John"', '"Jan"')
    [changed] = seen(roster)
    assert isinstance(changed, Changed)
    assert (changed.company.id, changed.company.policy.contact_name) == ("maan", "Jan")
    file_of(place, "maan").unlink()
    assert seen(roster) == [Left("maan")]
    assert seen(roster) == []


def test_a_company_whose_file_becomes_faulty_goes_on_and_one_that_never_was_right_is_not_begun(
    roster: Roster, place: Installation
) -> None:
    good = file_of(place).read_text("utf-8")
    rewrite(file_of(place), 'name = "x')
    rewrite(file_of(place, "maan"), 'name = "x')
    first, second = seen(roster)
    assert isinstance(first, Faulty)
    assert isinstance(second, Faulty)
    assert [(first.tenant, first.goes_on), (second.tenant, second.goes_on)] == [("kaviaarshop", True), ("maan", False)]
    assert "is not valid TOML" in str(first.problems[0])
    assert roster.going_on == ["kaviaarshop"]
    file_of(place, "maan").unlink()
    rewrite(file_of(place), good)
    assert seen(roster) == [Restored("kaviaarshop")]
    assert roster.going_on == []


def test_a_company_that_comes_to_lack_something_goes_on_by_what_its_file_said(
    roster: Roster, place: Installation
) -> None:
    change(file_of(place), 'post_address = "Straat 1, 1000 AA Stad"', "")
    [faulty] = seen(roster)
    assert isinstance(faulty, Faulty)
    assert (faulty.goes_on, "post_address" in str(faulty.problems[0])) == (True, True)


def test_a_newcomer_with_the_address_of_another_is_not_begun_and_takes_nothing_away(
    roster: Roster, place: Installation
) -> None:
    join(place, box=BOX)
    found = {one.tenant: one.goes_on for one in seen(roster) if isinstance(one, Faulty)}
    assert found == {"kaviaarshop": True, "maan": False}


def test_a_fault_in_what_all_share_changes_nothing_and_is_told_once(roster: Roster, place: Installation) -> None:
    main = place.folder / "config" / "mailbot.toml"
    good = main.read_text("utf-8")
    rewrite(main, good + "rubbish = 1\n")
    [unread] = seen(roster)
    assert isinstance(unread, Unread)
    join(place)
    assert seen(roster) == []
    rewrite(main, good)
    assert [type(one) for one in seen(roster)] == [Joined], "who joined meanwhile is not forgotten"
    assert roster.fault is None


def test_what_lies_there_and_is_no_file_keeps_no_newcomer_out(roster: Roster, place: Installation) -> None:
    tenants = file_of(place).parent
    (tenants / "kring.toml").symlink_to("kring.toml")
    (tenants / "map.toml").mkdir()
    os.mkfifo(tenants / "pijp.toml")
    join(place)
    told = {getattr(one, "tenant", "") or one.company.id: type(one) for one in seen(roster)}  # type: ignore[attr-defined]
    assert told == {"kring": Faulty, "map": Faulty, "pijp": Faulty, "maan": Joined}


def test_a_folder_that_is_gone_for_a_moment_lets_nobody_go(roster: Roster, place: Installation) -> None:
    tenants = file_of(place).parent
    tenants.rename(tenants.with_name("elsewhere"))
    [unread] = roster.look()
    assert isinstance(unread, Unread)
    assert roster.look() == []
    tenants.with_name("elsewhere").rename(tenants)
    assert seen(roster) == []
    assert roster.look() == []
    assert roster.fault is None


def test_what_another_file_says_of_a_company_counts_for_it_too(roster: Roster, place: Installation) -> None:
    staff = '[els]\nname = "Els"\ntriage = ["kaviaarshop", "vertrokken"]\nemail = "els@elders.test"\n'
    rewrite(place.folder / "config" / "staff.toml", staff)
    [changed] = seen(roster)
    assert isinstance(changed, Changed)
    assert changed.company.policy.beyond == ("els@elders.test",)
    assert "vertrokken, which is no company here" in str(roster.settings.faults[0])


def test_a_setting_for_all_waits_for_the_next_start(roster: Roster, place: Installation) -> None:
    change(place.folder / "config" / "mailbot.toml", "poll_seconds = 1", "poll_seconds = 2")
    assert (seen(roster), roster.waits_for_start) == ([], True)


def test_a_colleague_with_a_company_that_left_and_a_file_with_a_name_that_cannot_be_stop_nobody(
    place: Installation,
) -> None:
    rewrite(place.folder / "config" / "staff.toml", '[els]\nname = "Els"\nsee = ["vertrokken"]\n')
    rewrite(file_of(place, "Niet Goed"), 'name = "x"\n')
    settings = load(place.folder / "config", contained=True)
    assert [one.id for one in settings.companies] == ["kaviaarshop"]
    done = place.run("check", "--json")
    told = {(one["company"], one["where"]) for one in json.loads(done.stdout)}
    assert told == {("", "tenants/Niet Goed.toml"), ("", "staff.toml:els")}
    assert done.returncode == 1
    assert "kaviaarshop" in place.run("once").stdout


# --- the threads ---------------------------------------------------------------------------------


class Company:
    """As much of a company as the threads know."""

    def __init__(self, id: str) -> None:
        self.id, self.closed, self.woken = id, 0, 0
        self.mailbox = self

    def wake(self) -> None:
        self.woken += 1

    def close(self) -> None:
        self.closed += 1


class Work:
    """Serves until it is told to leave, and then holds on until it may end."""

    def __init__(self) -> None:
        self.served: list[object] = []
        self.may_end = threading.Event()

    def __call__(self, tenant: Tenant, leave: threading.Event) -> None:
        self.served.append(tenant)
        leave.wait(10)
        self.may_end.wait(10)


def test_a_company_that_is_taken_up_anew_is_never_served_twice_at_once() -> None:
    work, liveness = Work(), Liveness()
    crew = Crew(work, liveness)
    old, new, newest = Company("a"), Company("a"), Company("a")
    crew.begin(old)  # type: ignore[arg-type]
    until(lambda: work.served == [old], what="the first")
    crew.begin(new)  # type: ignore[arg-type]
    crew.begin(newest)  # type: ignore[arg-type]
    assert crew.settle() == []
    assert (work.served, old.woken, old.closed, crew.companies) == ([old], 1, 0, ["a"])
    work.may_end.set()
    until(lambda: crew.settle() == ["a"], what="the end of the first")
    until(lambda: work.served == [old, newest], what="the last")
    assert (old.closed, new.closed) == (1, 0)
    crew.let_go("a")
    until(lambda: crew.settle() == ["a"], what="the end")
    assert (crew.companies, newest.closed, liveness.is_kept, crew.end(1)) == ([], 1, True, True)


def test_a_company_that_leaves_while_it_waits_to_be_taken_up_anew_is_not_begun() -> None:
    work = Work()
    crew = Crew(work, Liveness())
    old, new = Company("a"), Company("a")
    crew.begin(old)  # type: ignore[arg-type]
    crew.begin(new)  # type: ignore[arg-type]
    crew.let_go("a")
    work.may_end.set()
    until(lambda: crew.settle() == ["a"], what="the end of the first")
    assert (crew.companies, old.closed) == ([], 1)
    assert crew.end(1)
    assert work.served == [old]


# --- the sign of life ----------------------------------------------------------------------------


def test_a_worker_that_was_killed_counts_for_nothing_after_a_while_and_is_swept(tmp_path: Path, clock: Clock) -> None:
    presence.write(tmp_path, Presence("here-1", clock(), clock(), ("a",), ("a",)))
    assert presence.going_on(tmp_path, "a", clock())
    later = clock() + timedelta(minutes=5)
    assert presence.read(tmp_path, later) == []
    presence.sweep(tmp_path, later)
    assert list((tmp_path / presence.FOLDER).iterdir()) == []
    (tmp_path / presence.FOLDER / "x.json").write_text("{}")
    assert presence.read(tmp_path, clock()) == []


# --- the worker ----------------------------------------------------------------------------------


@contextmanager
def worker(place: Installation, servers: MailServers, **env: str) -> Iterator[Begun]:
    process = place.start("run", BOX_PASSWORD=servers.imap_account(BOX).password(), **env)
    try:
        yield process
    finally:
        process.terminate()
        with suppress(ProcessLookupError):
            process.wait(20)
        process.communicate(timeout=20)


def put(servers: MailServers, box: str, number: int) -> None:
    servers.put(box, a_raw_mail(f"{ACCESS} {number}", sender=SENDER, number=number))


def answers(servers: MailServers) -> int:
    return len(servers.messages(SENDER))


def told(place: Installation) -> list[str]:
    """What the running workers say that they did."""
    out = place.run("status").stdout
    return [line.strip() for line in out.splitlines() if "taken up" in line or "let go" in line or "goes on" in line]


def read(place: Installation, tenant: str) -> Callable[[], bool]:
    beat = place.state.parent / tenant / "heartbeat.json"
    return lambda: beat.exists() and json.loads(beat.read_bytes())["polled_at"] is not None


def test_a_running_worker_takes_up_lets_go_and_takes_up_anew(place: Installation, servers: MailServers) -> None:
    with worker(place, servers):
        until(read(place, "kaviaarshop"), 30, "the first round")
        join(place)
        put(servers, MAAN, 1)
        until(lambda: answers(servers) == 1, 30, "the newcomer's first letter")
        assert [line.endswith("maan: taken up") for line in told(place)] == [True]

        change(file_of(place, "maan"), f'username = "{MAAN}"', 'username = "niemand@mail.test"')
        until(lambda: "login" in (place.run("status", "--tenant", "maan").stdout), 30, "a refused login")
        change(file_of(place, "maan"), 'username = "niemand@mail.test"', f'username = "{MAAN}"')
        put(servers, MAAN, 2)
        until(lambda: answers(servers) == 2, 30, "mail of who was mended")

        rewrite(file_of(place, "maan"), 'name = "x')
        until(lambda: any("goes on by what" in line for line in told(place)), 30, "the fault")
        put(servers, MAAN, 3)
        until(lambda: answers(servers) == 3, 30, "mail by the last good settings")
        status = place.run("status")
        assert "goes on by what it said before" in " ".join(status.stdout.split())
        assert status.returncode == 1

        file_of(place, "maan").unlink()
        until(lambda: any("maan: let go" in line for line in told(place)), 30, "letting go")
        put(servers, MAAN, 4)
        put(servers, BOX, 5)
        until(lambda: answers(servers) == 4, 30, "mail of who stayed")
    assert answers(servers) == 4
    assert not list((place.state.parent / presence.FOLDER).iterdir())


def test_one_memory_that_cannot_be_opened_keeps_no_other_from_being_started(
    place: Installation, servers: MailServers
) -> None:
    join(place)
    (place.state.parent / "maan").mkdir(parents=True)
    (place.state.parent / "maan" / "store.db").write_bytes(b"rubbish " * 400)
    put(servers, BOX, 1)
    done = place.run("once")
    assert (done.returncode, "kaviaarshop: " in done.stdout) == (4, True)
    assert "maan: not started: " in done.stderr
    with worker(place, servers):
        until(lambda: answers(servers) == 1, 30, "the letter of the other")
        (place.state.parent / "maan" / "store.db").unlink()
        put(servers, MAAN, 2)
        until(lambda: answers(servers) == 2, 30, "the one whose memory was mended")


@pytest.mark.real
def test_workers_on_one_database_take_up_and_let_go_the_same_companies(
    place: Installation, servers: MailServers, postgres: Postgres
) -> None:
    main = place.folder / "config" / "mailbot.toml"
    store = '[store]\ntype = "postgresql"\nurl = { env = "MAILBOT_DATABASE" }\nlease_seconds = 4\n'
    main.write_text(main.read_text("utf-8") + store, "utf-8")

    def holder(tenant: str) -> str:
        database = Database(lambda: postgres.url)
        try:
            with database.pool.connection() as connection:
                row = connection.execute("select holder from leases where tenant = %s", (tenant,)).fetchone()
            return str(row[0]) if row else ""
        finally:
            database.close()

    with worker(place, servers, MAILBOT_DATABASE=postgres.url) as first:
        until(read(place, "kaviaarshop"), 30, "the first round")
        with worker(place, servers, MAILBOT_DATABASE=postgres.url):
            join(place)
            put(servers, MAAN, 1)
            until(lambda: answers(servers) == 1, 30, "the newcomer's letter, once")
            has_it = holder("maan")
            change(file_of(place, "maan"), '"John"', '"Jan"')
            put(servers, MAAN, 2)
            until(lambda: answers(servers) == 2, 30, "the changed company's letter")
            assert has_it
            first.kill()
            put(servers, MAAN, 3)
            put(servers, BOX, 4)
            until(lambda: answers(servers) == 4, 60, "both companies at the worker that is left")
            file_of(place, "maan").unlink()
            until(lambda: not holder("maan"), 30, "the lease that is given back")
            assert holder("kaviaarshop")


def test_a_worker_whose_last_company_left_waits_for_the_next(place: Installation, servers: MailServers) -> None:
    with worker(place, servers):
        until(read(place, "kaviaarshop"), 30, "the first round")
        text = file_of(place).read_text("utf-8")
        file_of(place).unlink()
        until(lambda: served(place) == [()], 30, "letting go")
        rewrite(file_of(place), text)
        put(servers, BOX, 1)
        until(lambda: answers(servers) == 1, 30, "the one that came back")


def served(place: Installation) -> list[tuple[str, ...]]:
    """Which companies each running worker serves."""
    return [one.companies for one in presence.read(place.state.parent, now())]


def test_nobody_waits_for_a_company_whose_server_hangs_when_it_is_let_go(
    place: Installation, servers: MailServers
) -> None:
    join(place)
    port = free_port()
    change(file_of(place, "maan"), f"port = {servers.imap_account(BOX).port}", f"port = {port}")
    with worker(place, servers):
        until(read(place, "kaviaarshop"), 30, "the first round")
        file_of(place, "maan").unlink()
        put(servers, BOX, 1)
        until(lambda: answers(servers) == 1, 30, "the other's letter")
        until(lambda: any("maan: let go" in line for line in told(place)), 30, "letting go")
