"""What people name in settings is read only where it is a regular file of a sane size; the rest is named."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailbot import regular_files
from mailbot.accounts import CustomerSource, RecordSource
from mailbot.cli import app
from mailbot.config import load
from mailbot.config.secrets import FromFile
from mailbot.customers import open_source
from mailbot.errors import ConfigError, TryLater, Usage
from mailbot.sources import Person
from mailbot.sources import read as read_records
from mailbot.tls import failure_reason, tls_context

SHIPPED = Path(__file__).parent.parent / "config"
WINKEL = 'name = "Winkel"\ncountry = "NL"\nzone = "Europe/Amsterdam"\nauthority = "AP"\n'


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_link_to_an_endless_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_folder(path: Path) -> None:
    path.mkdir()


def a_file_without_end(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(regular_files.EXPORT + 1)  # takes no room on the disk


ENDLESS = pytest.mark.parametrize("put", [a_pipe, a_link_to_an_endless_device, a_folder, a_file_without_end])
Put = Callable[[Path], None]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    (folder / "tenants").mkdir(parents=True)
    for name in ("mailbot.toml", "authorities.toml"):
        shutil.copy(SHIPPED / name, folder / name)
    (folder / "tenants" / "goed.toml").write_text(WINKEL, "utf-8")
    return folder


def what_is_wrong(config: Path) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        load(config)
    return {problem.where: problem.what for problem in caught.value.problems}


@ENDLESS
def test_a_company_s_file_that_is_no_regular_file_is_named_and_stops_no_other(config: Path, put: Put) -> None:
    put(config / "tenants" / "kwaad.toml")
    settings = load(config, contained=True)
    assert [company.id for company in settings.usable] == ["goed"]
    [problem] = settings.companies[1].missing
    assert problem.where == "tenants/kwaad.toml"
    assert "put a text file with settings there" in problem.what


@ENDLESS
@pytest.mark.parametrize("name", ["mailbot.toml", "authorities.toml", "staff.toml"])
def test_a_common_file_that_is_no_regular_file_is_a_fault_of_its_own(config: Path, put: Put, name: str) -> None:
    (config / name).unlink(missing_ok=True)
    put(config / name)
    assert name in what_is_wrong(config)


def test_a_staff_file_that_points_nowhere_gives_nobody_every_right(config: Path) -> None:
    (config / "staff.toml").symlink_to(config / "gone.toml")
    assert "there is no such file" in what_is_wrong(config)["staff.toml"]


def test_a_link_to_a_regular_file_is_read(config: Path) -> None:
    (config / "elders.toml").write_text(WINKEL, "utf-8")
    (config / "tenants" / "link.toml").symlink_to(config / "elders.toml")
    assert [company.id for company in load(config).companies] == ["goed", "link"]


@ENDLESS
def test_a_customer_export_that_is_no_regular_file_is_tried_later_and_named(tmp_path: Path, put: Put) -> None:
    put(tmp_path / "klanten.csv")
    with pytest.raises(TryLater, match=r"klanten\.csv: is .*Put the customer export there"):
        open_source(CustomerSource("csv", tmp_path / "klanten.csv")).by_address("jo@example.nl")


@ENDLESS
def test_records_for_a_copy_that_are_no_regular_file_are_tried_later_and_named(tmp_path: Path, put: Put) -> None:
    put(tmp_path / "orders.csv")
    source = RecordSource("Bestellingen", "Bestellingen", "", "csv", tmp_path / "orders.csv", match_email="e-mail")
    with pytest.raises(TryLater, match=r"orders\.csv: is .*Put the export there"):
        read_records(source, Person(("jo@example.nl",)))


@ENDLESS
def test_a_secret_is_read_from_a_regular_file_only(tmp_path: Path, put: Put) -> None:
    put(tmp_path / "imap.secret")
    with pytest.raises(ConfigError, match=r"imap\.password: .*imap\.secret is "):
        FromFile("tenants/goed.toml:imap.password", tmp_path / "imap.secret")()


@ENDLESS
def test_a_policy_that_is_no_regular_file_is_wrong_use(config: Path, put: Put) -> None:
    put(config / "beleid.txt")
    done = CliRunner().invoke(app, ["init", "zon", "--policy", str(config / "beleid.txt"), "--config", str(config)])
    assert isinstance(done.exception, Usage)
    assert "save the policy as a text file" in str(done.exception)


@pytest.mark.parametrize("put", [a_pipe, a_link_to_an_endless_device])
def test_a_certificate_is_read_from_a_regular_file_only(tmp_path: Path, put: Put) -> None:
    put(tmp_path / "ca.pem")
    with pytest.raises(regular_files.NotRegular) as caught:
        tls_context(tmp_path / "ca.pem")
    assert failure_reason(caught.value) == "the ca_file is no regular file; check its path"


def test_a_file_of_just_the_limit_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 100)
    assert regular_files.read(tmp_path / "a", 100) == b"x" * 100
    with pytest.raises(regular_files.NotRegular, match="is larger than 0 kB"):
        regular_files.read(tmp_path / "a", 99)


def test_a_file_of_the_kernel_that_says_it_is_empty_is_read_to_the_limit_only() -> None:
    numbers = Path("/proc/self/maps")
    assert numbers.stat().st_size == 0
    with pytest.raises(regular_files.NotRegular, match="is larger than"):
        regular_files.read(numbers, 10)


def test_a_customer_export_with_a_quote_left_open_is_the_export_s_fault_and_not_the_mail_s(tmp_path: Path) -> None:
    (tmp_path / "klanten.csv").write_text(
        'id;naam;e-mail\n1;"Jo;jo@x.test\n' + "2;Piet;piet@x.test\n" * 20_000, "utf-8"
    )
    with pytest.raises(TryLater, match=r"klanten\.csv: has a quote .* never closed"):
        open_source(CustomerSource("csv", tmp_path / "klanten.csv")).by_address("piet@x.test")
    source = RecordSource("Orders", "Orders", "", "csv", tmp_path / "klanten.csv", match_email="e-mail")
    with pytest.raises(TryLater, match=r"klanten\.csv: has a quote .* never closed"):
        read_records(source, Person(("piet@x.test",)))
