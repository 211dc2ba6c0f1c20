"""A company comes in from another agency: its archive is looked at whole first, and then all of it comes or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import stat
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from desk import REF, Desk
from test_setup import config
from typer.testing import CliRunner

from company import ACCESS, ERASURE, REPLIES, START, a_raw_mail
from mailbot import casefiles
from mailbot.cli import app
from mailbot.config import load
from mailbot.errors import ConfigError, MailbotError, Refused, Usage
from mailbot.memory import histories, rules, tampering
from mailbot.memory.moving import TAKING_OVER
from mailbot.operation import health
from mailbot.safekeeping import handover, handover_archive, takeover
from mailbot.safekeeping.installing import Destination
from mailbot.store import Store, TinyStore, file_opened
from mailbot.store.postgres import Database
from rig import program
from rig.postgres import Postgres

__all__ = ["config"]

NOW = START
SETTINGS = """# Onze winkel, door Jo ingevuld
name = "Kaviaarshop"
country = "NL"
zone = "Europe/Amsterdam"
authority = "AP"
post_address = "Straat 1"
go_live = 2026-01-01
mode = "automatic"
automatic = ["acknowledgement"]
promise_days = 30               # bevestigd door Jo op 2026-01-02

[contact]
name = "John"
email = "john@staff.example"

[mail]
mailbox = "privacy@mail.test"

[imap]
host = "imap.mail.test"
username = "privacy@mail.test"
password = { command = ["pass", "show", "kaviaar"] }

[smtp]
host = "smtp.mail.test"
username = "privacy@mail.test"
password = { env = "KAVIAARSHOP_SMTP" }

[customers]
path = "../../klanten.csv"

[suppression]
command = ["/usr/local/bin/afmelden"]
"""


@dataclass
class Agency:
    """A place where companies are."""

    config: Path
    state: Path

    @property
    def destination(self) -> Destination:
        return Destination(load(self.config, contained=True, may_be_empty=True), self.config.parent / "replies")

    def everything(self) -> list[str]:
        return sorted(str(path.relative_to(self.config.parent)) for path in self.config.parent.rglob("*"))

    def run(self, *words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, [*words, "--config", str(self.config)])
        if isinstance(done.exception, MailbotError):
            return done.exception.exit_code, str(done.exception)
        return done.exit_code, done.output


@pytest.fixture
def here(config: Path, tmp_path: Path) -> Agency:
    """An agency without any company yet."""
    text = (config / "mailbot.toml").read_text("utf-8")
    (config / "mailbot.toml").write_text(text.replace('state = "../../mailbot-state"', 'state = "../state"'), "utf-8")
    (tmp_path / "replies").symlink_to(REPLIES)
    own = tmp_path / "own"
    own.mkdir()
    config.rename(own / "config")
    (own / "replies" / "tenants").mkdir(parents=True)
    for path in REPLIES.iterdir():
        if path.name != "tenants":
            (own / "replies" / path.name).symlink_to(path)
    return Agency(own / "config", own / "state")


@pytest.fixture
def there(tmp_path: Path) -> Desk:
    """The other agency's company: two cases, files of one, a letter and promises of its own."""
    desk = Desk(tmp_path / "there" / "state" / "kaviaarshop")
    desk.tenant.__dict__["store"] = TinyStore(desk.tenant.folder)
    desk.round(a_raw_mail(ACCESS, number=1))
    desk.round(a_raw_mail(ERASURE, number=2, sender="ander@klant.test"), hours=1)
    casefiles.put(desk.tenant.folder, REF, "bestelling.txt", b"vijf rozen")
    for name, text in (
        ("config/tenants/kaviaarshop.toml", SETTINGS),
        ("config/promises/kaviaarshop.toml", '[[promises]]\nid = "A-01"\n'),
        ("replies/tenants/kaviaarshop/nl/neutral.md", "Onderwerp: Dank u\n\nDank u.\n"),
        ("replies/tenants/kaviaarshop/nl/.neutral.md.swp", "niet af"),
    ):
        (tmp_path / "there" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "there" / name).write_text(text, "utf-8")
    return desk


@pytest.fixture
def archive(there: Desk, tmp_path: Path) -> Path:
    home = tmp_path / "there"
    to = tmp_path / "kaviaarshop.zip"
    handover.hand_over(there.tenant, home / "config", home / "replies", to, there.clock())
    return to


def documents(store: Store) -> list[tuple[str, str, dict[str, Any]]]:
    """Everything that is about a case; not the brake and the link that a restore adds."""
    with store.unit() as unit:
        return [row for row in unit.tables.everything() if row[0] in ("cases", "history", "letters", "calls", "seen")]


def head_of(store: Store) -> str:
    with store.unit() as unit:
        return tampering.current_head(unit)


# --- what comes in


def test_a_company_that_was_handed_over_comes_in_whole(there: Desk, archive: Path, here: Agency) -> None:
    taken = takeover.take_over(archive, here.destination, NOW)
    assert (taken.company, taken.cases, taken.files, taken.letters, taken.has_promises) == (
        "kaviaarshop",
        2,
        1,
        1,
        True,
    )
    with closing(TinyStore(here.state / "kaviaarshop")) as store:
        assert documents(store) == documents(there.tenant.store)
        with store.unit() as unit:
            assert list(histories.faults(unit)) == []
            assert tampering.compare(unit, [head_of(there.tenant.store)]).holds
    assert casefiles.get(here.state / "kaviaarshop", REF, "bestelling.txt") == b"vijf rozen"
    own = here.config.parent / "replies" / "tenants" / "kaviaarshop"
    assert [path.name for path in own.rglob("*") if path.is_file()] == ["neutral.md"]
    assert (here.config / "promises" / "kaviaarshop.toml").is_file()
    assert stat.S_IMODE((here.state / "kaviaarshop").stat().st_mode) == 0o700


def test_its_open_terms_and_its_proof_are_as_they_were(there: Desk, archive: Path, here: Agency) -> None:
    with there.tenant.store.unit() as unit:
        before = [(case.ref, case.deadlines, case.next_at) for case in unit.open_cases()]
    takeover.take_over(archive, here.destination, NOW)
    with closing(TinyStore(here.state / "kaviaarshop")) as store, store.unit() as unit:
        assert [(case.ref, case.deadlines, case.next_at) for case in unit.open_cases()] == before
    _, told = here.run("check", "--tenant", "kaviaarshop", "--against", head_of(there.tenant.store), "--json")
    assert "chain" not in {fault["where"] for fault in json.loads(told[told.index("[") :])}
    assert here.run("prove", REF, "--tenant", "kaviaarshop")[0] in (0, 1)
    assert json.loads(here.run("cases", "--json")[1])[0]["ref"] == REF


def test_what_reaches_out_of_its_settings_waits_until_somebody_here_confirms_it(archive: Path, here: Agency) -> None:
    takeover.take_over(archive, here.destination, NOW)
    text = (here.config / "tenants" / "kaviaarshop.toml").read_text("utf-8")
    assert "# Onze winkel, door Jo ingevuld" in text
    assert "# bevestigd door Jo op 2026-01-02" in text
    settings = tomllib.loads(text)
    assert settings["to_confirm"] == ["imap", "smtp", "customers", "suppression"]
    assert settings["imap"]["password"] == {"file": "../secrets/kaviaarshop.imap"}
    assert settings["smtp"]["password"] == {"file": "../secrets/kaviaarshop.smtp"}
    [company] = load(here.config).companies
    assert company.missing
    assert (company.customers, company.suppression_hook) == (None, None)
    assert here.run("once")[0] == 3, "it is not read, and nothing is sent"
    told = here.run("confirm-settings")[1]
    assert "customers = ../../klanten.csv" in told
    assert "suppression = /usr/local/bin/afmelden" in told
    assert here.run("confirm-settings", "--all", "--tenant", "kaviaarshop", "--by", "Jo")[0] == 0
    [company] = load(here.config).companies
    assert not company.missing
    assert company.customers is not None


def test_what_waited_to_leave_is_held_until_a_person_has_looked(there: Desk, here: Agency, tmp_path: Path) -> None:
    there.down = True
    there.round(a_raw_mail(ACCESS, number=3, sender="derde@klant.test"), hours=1)
    home, to = tmp_path / "there", tmp_path / "wacht.zip"
    handover.hand_over(there.tenant, home / "config", home / "replies", to, there.clock())
    taken = takeover.take_over(to, here.destination, NOW)
    assert taken.held == 1
    _, told = here.run("outbox", "--json")
    outside = [letter for letter in json.loads(told) if letter["to"] == "derde@klant.test"]
    assert [letter["state"] for letter in outside] == ["held"]


def test_a_rehearsal_says_the_same_and_writes_nothing(archive: Path, here: Agency) -> None:
    before = here.everything()
    rehearsed = takeover.take_over(archive, here.destination, NOW, dry_run=True)
    assert here.everything() in (before, sorted([*before, "state"]))
    assert rehearsed == takeover.take_over(archive, here.destination, NOW)


def test_the_command_says_what_came_in_and_what_a_person_sets(archive: Path, here: Agency) -> None:
    code, told = here.run("take-over", str(archive))
    assert code == 0
    assert "kaviaarshop came in: Kaviaarshop: 2 cases, 2 open, the first by 2026-0" in told
    assert str(here.config / "secrets" / "kaviaarshop.imap") in told
    for word in ("confirm-settings", "check --live", "outbox resume", "imap, smtp, customers, suppression"):
        assert word in told


def test_a_company_without_any_memory_comes_in_too(tmp_path: Path, here: Agency, there: Desk) -> None:
    home, to = tmp_path / "there", tmp_path / "leeg.zip"
    there.tenant.store.close()
    (there.tenant.folder / "store.db").unlink()
    handover.hand_over(there.tenant, home / "config", home / "replies", to, there.clock())
    assert takeover.take_over(to, here.destination, NOW).cases == 0
    assert not (here.state / "kaviaarshop" / "store.db").exists()


# --- what does not come in


def refused(archive: Path, here: Agency, kind: type[MailbotError] = Refused) -> str:
    """Why; and nothing was written."""
    before = here.everything()
    with pytest.raises(kind) as caught:
        takeover.take_over(archive, here.destination, NOW)
    assert here.everything() in (before, sorted([*before, "state"]))
    return str(caught.value)


def test_a_company_that_is_here_already_stays_as_it_is(archive: Path, here: Agency) -> None:
    takeover.take_over(archive, here.destination, NOW)
    assert "is a company here already" in refused(archive, here)


@pytest.mark.parametrize("name", ["state/kaviaarshop/store.db", "config/promises/kaviaarshop.toml"])
def test_what_lies_here_under_its_name_is_not_touched(archive: Path, here: Agency, name: str) -> None:
    (here.config.parent / name).parent.mkdir(parents=True, exist_ok=True)
    (here.config.parent / name).write_text("van vroeger")
    assert "is there already" in refused(archive, here)


def test_an_address_that_another_company_reads_keeps_it_out(archive: Path, here: Agency) -> None:
    (here.config / "tenants" / "ander.toml").write_text(SETTINGS, "utf-8")
    assert "has an address that ander has too" in refused(archive, here, ConfigError)


def test_a_head_that_does_not_fit_keeps_it_out(archive: Path, here: Agency) -> None:
    with pytest.raises(Refused, match="is not the one that this head was made from"):
        takeover.take_over(archive, here.destination, NOW, against=["1-AAAA-AAAA-AAAA-AAAA-AAAA"])
    with pytest.raises(Usage):
        takeover.take_over(archive, here.destination, NOW, against=["geen kop"])


Change = Callable[[dict[str, bytes]], None]


def remade(archive: Path, change: Change, honest: bool = True) -> Path:
    """The archive with other files in it; `honest`: on its list too."""
    with zipfile.ZipFile(archive) as old:
        files = {name: old.read(name) for name in old.namelist()}
    listed = json.loads(files.pop(handover_archive.MANIFEST))
    change(files)
    if honest:
        listed["files"] = {
            name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        }
    to = archive.with_name("ander.zip")
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in {**files, handover_archive.MANIFEST: json.dumps(listed).encode()}.items():
            new.writestr(name, content)
    return to


@pytest.mark.parametrize(
    "name",
    [
        "../tenants/ander.toml",
        "tenants/../../ander.toml",
        "/etc/cron.d/kaviaarshop",
        "tenants/ander.toml",
        "mailbot.toml",
        "replies/nl/acknowledgement.md",
        "replies/tenants/ander/nl/neutral.md",
        "replies/tenants/kaviaarshop/../../nl/neutral.md",
        "replies/tenants/kaviaarshop/nl/.verborgen.md",
        "state/ander/files/AVG-2026-0001/a.txt",
        "state/kaviaarshop/store.db",
        "state/kaviaarshop/files/../a.txt",
        "state/kaviaarshop/files/AVG-2026-0001/../../../a.txt",
        "state/kaviaarshop/files/AVG-2026-0001/a\\b.txt",
        "state/kaviaarshop/files/AVG-2026-0001/a\nb.txt",
        "state/kaviaarshop/files/AVG-2026-0001/" + "a" * 300,
        "tenants\\kaviaarshop.toml",
        "C:/kaviaarshop.toml",
        "tenants//kaviaarshop.toml",
    ],
)
def test_a_file_that_has_no_place_at_a_company_keeps_everything_out(archive: Path, here: Agency, name: str) -> None:
    told = refused(remade(archive, lambda files: files.update({name: b"kwaad"})), here)
    assert "does not belong to its company" in told
    assert "kwaad" not in told


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR])
def test_what_is_no_plain_file_keeps_everything_out(archive: Path, here: Agency, kind: int) -> None:
    member = zipfile.ZipInfo("replies/tenants/kaviaarshop/nl/neutral.md")
    member.external_attr = (kind | 0o777) << 16
    other = remade(archive, lambda files: files.pop(member.filename) and None)
    with zipfile.ZipFile(other, "a") as more:
        more.writestr(member, "/etc/passwd")
    assert "a link, a folder or a device" in refused(other, here)


def test_a_file_that_is_in_it_twice_keeps_everything_out(archive: Path, here: Agency) -> None:
    with zipfile.ZipFile(archive, "a") as more, pytest.warns(UserWarning, match="Duplicate name"):
        more.writestr("tenants/kaviaarshop.toml", SETTINGS.replace("Kaviaarshop", "Ander"))
    assert "has a file twice" in refused(archive, here)


def test_a_file_that_is_not_on_the_list_keeps_everything_out(archive: Path, here: Agency) -> None:
    more: Change = lambda files: files.update({"replies/tenants/kaviaarshop/nl/answer.md": b"x"})  # noqa: E731
    assert "other files in it than its list names" in refused(remade(archive, more, honest=False), here)


def test_a_changed_file_keeps_everything_out(archive: Path, here: Agency) -> None:
    def changed(files: dict[str, bytes]) -> None:
        files["tenants/kaviaarshop.toml"] = files["tenants/kaviaarshop.toml"].replace(b"Straat 1", b"Straat 2")

    assert "is not the one that its list names" in refused(remade(archive, changed, honest=False), here)


def test_a_bomb_is_refused_before_it_is_unpacked(archive: Path, here: Agency, monkeypatch: Any) -> None:
    bomb = remade(archive, lambda files: files.update({"promises/kaviaarshop.toml": bytes(5 * 2**20)}))
    assert "more than 4 MB" in refused(bomb, here)
    monkeypatch.setattr(handover_archive, "MOST_TOGETHER", 5 * 2**20)
    assert "larger than" in refused(bomb, here)
    monkeypatch.setattr(handover_archive, "MOST_FILES", 3)
    assert "more than 3 files" in refused(bomb, here)


def test_a_size_that_lies_keeps_everything_out(archive: Path, here: Agency) -> None:
    """The directory says a few bytes, and much more comes out."""
    bomb = remade(archive, lambda files: files.update({"promises/kaviaarshop.toml": bytes(3 * 2**20)}), honest=False)
    raw = bytearray(bomb.read_bytes())
    at = raw.rfind(b"promises/kaviaarshop.toml") - 46
    assert raw[at : at + 4] == b"PK\x01\x02"
    with zipfile.ZipFile(archive) as old:
        raw[at + 24 : at + 28] = old.getinfo("promises/kaviaarshop.toml").file_size.to_bytes(4, "little")
    bomb.write_bytes(bytes(raw))
    assert "nothing was taken in" in refused(bomb, here)


@pytest.mark.parametrize("cut", [0, 10, 200, -1, -30])
def test_half_an_archive_keeps_everything_out(archive: Path, here: Agency, cut: int) -> None:
    archive.write_bytes(archive.read_bytes()[:cut])
    assert "nothing was taken in" in refused(archive, here)


@pytest.mark.parametrize("at", range(40, 4000, 331))
def test_a_flipped_bit_never_gets_in(archive: Path, here: Agency, at: int) -> None:
    """Where it hits bytes that mean nothing, such as a moment in the directory, what comes in is the same."""
    raw = bytearray(archive.read_bytes())
    raw[at] ^= 16
    archive.write_bytes(bytes(raw))
    try:
        takeover.take_over(archive, here.destination, NOW)
    except MailbotError:
        assert not (here.config / "tenants" / "kaviaarshop.toml").exists()
    else:
        assert "kaviaarshop" in (here.config / "tenants" / "kaviaarshop.toml").read_text("utf-8")


def test_a_memory_that_was_rewritten_keeps_everything_out(archive: Path, here: Agency, tmp_path: Path) -> None:
    def rewritten(files: dict[str, bytes]) -> None:
        (tmp_path / "memory.db").write_bytes(files[handover_archive.MEMORY])
        with file_opened(tmp_path / "memory.db") as unit:
            case = unit.case(REF)
            assert case
            unit.put_case(replace(case, received_at=case.received_at.replace(day=1)))
            unit.put_note("rules", str(rules.RULES))
        files[handover_archive.MEMORY] = (tmp_path / "memory.db").read_bytes()

    assert f"{REF}: the case on file differs from its history" in refused(remade(archive, rewritten), here)


def test_a_memory_that_ends_elsewhere_than_its_list_says_keeps_everything_out(archive: Path, here: Agency) -> None:
    other = archive.with_name("ander.zip")
    with zipfile.ZipFile(archive) as old:
        files = {name: old.read(name) for name in old.namelist()}
    told = json.loads(files[handover_archive.MANIFEST])
    files[handover_archive.MANIFEST] = json.dumps({**told, "cases": 1}).encode()
    with zipfile.ZipFile(other, "w") as new:
        for name, content in files.items():
            new.writestr(name, content)
    assert "does not end where its list says" in refused(other, here)


def test_a_memory_with_steps_of_its_own_keeps_everything_out(archive: Path, here: Agency, tmp_path: Path) -> None:
    def with_trigger(files: dict[str, bytes]) -> None:
        path = tmp_path / "memory.db"
        path.write_bytes(files[handover_archive.MEMORY])
        with closing(sqlite3.connect(path)) as line:
            line.execute("create trigger t after update on docs begin delete from docs; end")
            line.commit()
        files[handover_archive.MEMORY] = path.read_bytes()

    assert "none of ours" in refused(remade(archive, with_trigger), here)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = [" * 3000, "cannot be read"),
        ("imap = 3\n", "cannot be read"),
        (SETTINGS.replace('country = "NL"', 'country = "XX"'), "country"),
        (SETTINGS + '[onbekend]\na = "b"\n', "onbekend"),
    ],
)
def test_settings_that_are_faulty_keep_everything_out(archive: Path, here: Agency, text: str, told: str) -> None:
    other = remade(archive, lambda files: files.update({"tenants/kaviaarshop.toml": text.encode()}))
    assert told in refused(other, here, MailbotError)


def test_what_is_no_archive_of_ours_is_named_so(here: Agency, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ander.zip", "w") as other:
        other.writestr("foto.jpg", "x")
    assert "no archive of `mailbot hand-over`" in refused(tmp_path / "ander.zip", here)
    os.mkfifo(tmp_path / "pijp")
    assert "pipe" in refused(tmp_path / "pijp", here, Usage)
    assert "No such file" in refused(tmp_path / "weg.zip", here, Usage)


# --- cut off


class Stop(Exception):
    pass


@pytest.mark.parametrize("at", range(1, 7))
def test_where_it_was_cut_off_there_is_no_company_and_the_same_archive_carries_on(
    there: Desk, archive: Path, here: Agency, at: int
) -> None:
    steps = iter(range(1, 99))

    def step() -> None:
        if next(steps) == at:
            raise Stop

    with pytest.raises(Stop):
        takeover.take_over(archive, here.destination, NOW, step=step)
    is_here = [company.id for company in here.destination.installation.companies]
    half = [one.wrong[0] for one in health.left_behind(here.destination.installation)]
    assert [why.startswith("it is half taken over") for why in half] == ([] if at == 6 else [True])
    assert is_here == (["kaviaarshop"] if at == 6 else [])
    takeover.take_over(archive, here.destination, NOW)
    assert not (here.state / "kaviaarshop" / TAKING_OVER).exists()
    assert not list((here.state / "kaviaarshop").glob("backups/*"))
    assert [path.name for path in here.state.iterdir()] == ["kaviaarshop"]
    with closing(TinyStore(here.state / "kaviaarshop")) as store:
        assert documents(store) == documents(there.tenant.store)
        with store.unit() as unit:
            assert list(histories.faults(unit)) == []
    assert casefiles.get(here.state / "kaviaarshop", REF, "bestelling.txt") == b"vijf rozen"


def test_another_archive_does_not_carry_on(archive: Path, here: Agency) -> None:
    def stop() -> None:
        raise Stop

    with pytest.raises(Stop):
        takeover.take_over(archive, here.destination, NOW, step=stop)
    other = remade(archive, lambda files: files.update({"promises/kaviaarshop.toml": b""}))
    assert "another archive was half taken in" in refused(other, here)


def test_a_killed_take_over_carries_on(archive: Path, here: Agency, there: Desk) -> None:
    """Really killed, at each place where it lays something."""
    for at in range(1, 6):
        words = (str(here.config), str(archive), NOW.isoformat(), str(at))
        killed = program.start(*words, env=os.environ, module="takeover_killed")
        _, complaint = killed.communicate(timeout=120)
        assert killed.returncode == -signal.SIGKILL, complaint
        assert not (here.config / "tenants" / "kaviaarshop.toml").exists()
    takeover.take_over(archive, here.destination, NOW)
    with closing(TinyStore(here.state / "kaviaarshop")) as store:
        assert documents(store) == documents(there.tenant.store)


def test_two_at_once_do_not_mix(archive: Path, here: Agency) -> None:
    def second() -> None:
        with pytest.raises(Refused, match="takes a company in just now"):
            takeover.take_over(archive, here.destination, NOW)

    takeover.take_over(archive, here.destination, NOW, step=second)


# --- PostgreSQL


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    running = Postgres().start()
    yield running
    running.remove()


@pytest.mark.parametrize("at", [0, 4, 5])
def test_it_comes_into_postgresql_too_whole_or_not_at_all(
    there: Desk, archive: Path, here: Agency, server: Postgres, at: int
) -> None:
    database = Database(lambda: server.url, 30)
    steps = iter(range(1, 99))

    def step() -> None:
        if next(steps) == at:
            raise Stop

    destination = replace(here.destination, database=database)
    try:
        with database.store("kaviaarshop").unit() as unit:
            unit.tables.clear()
        if at:
            with pytest.raises(Stop):
                takeover.take_over(archive, destination, NOW, step=step)
            assert not (here.config / "tenants" / "kaviaarshop.toml").exists()
        takeover.take_over(archive, destination, NOW)
        assert documents(database.store("kaviaarshop")) == documents(there.tenant.store)
        with database.store("kaviaarshop").unit() as unit:
            assert list(histories.faults(unit)) == []
            assert tampering.compare(unit, [head_of(there.tenant.store)]).holds
        with pytest.raises(Refused, match="is a company here already"):
            takeover.take_over(archive, destination, NOW)
        (here.config / "tenants" / "kaviaarshop.toml").unlink()
    finally:
        database.close()


def test_status_counts_the_cases_of_a_company_for_which_no_worker_ran_here_yet(archive: Path, here: Agency) -> None:
    takeover.take_over(archive, here.destination, NOW)
    assert "2 cases are open" in here.run("status", "--brief")[1]
    assert here.run("confirm-settings", "--all", "--tenant", "kaviaarshop", "--by", "Jo")[0] == 0
    code, told = here.run("status", "--brief")
    assert code == 1
    assert "no worker ever ran here and 2 cases are open" in told
