"""Reading the configuration: all faults at once, incomplete companies load, secrets stay where they are."""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.config import Installation, load, schema, sections
from mailbot.config.fields import Strict
from mailbot.errors import ConfigError, TryLater, Usage
from mailbot.model import Kind

SHIPPED = Path(__file__).parent.parent / "config"

MAIN = 'state = "../state"\n'
AUTHORITIES = """
[AP]
countries = ["NL"]
name = "Autoriteit Persoonsgegevens"
short = "AP"
complaint_url = "https://example.nl/klacht"
post = "Postbus 1, Den Haag"
"""
BARE = """
name = "Winkel"
country = "NL"
zone = "Europe/Amsterdam"
authority = "AP"
"""
COMPLETE = """
name = "Winkel"
country = "NL"
zone = "Europe/Amsterdam"
authority = "AP"
post_address = "Straat 1, Plaats"
go_live = 2026-12-01
[contact]
name = "Jo Jansen"
email = "jo@example.nl"
[mail]
mailbox = "info@winkel.nl"
[imap]
host = "imap.winkel.nl"
username = "info@winkel.nl"
password = { env = "WINKEL_IMAP" }
[smtp]
host = "smtp.winkel.nl"
security = "starttls"
username = "info@winkel.nl"
password = { file = "smtp.secret" }
"""


def folder(root: Path, **tenants: str) -> Path:
    """A configuration folder with these companies."""
    directory = root / "config"
    (directory / "tenants").mkdir(parents=True)
    (directory / "mailbot.toml").write_text(MAIN, encoding="utf-8")
    (directory / "authorities.toml").write_text(AUTHORITIES, encoding="utf-8")
    for name, text in tenants.items():
        (directory / "tenants" / f"{name}.toml").write_text(text, encoding="utf-8")
    return directory


def faults(directory: Path, overlay: Path | None = None) -> dict[str, str]:
    """Where each problem is, and what it says."""
    with pytest.raises(ConfigError) as caught:
        load(directory, overlay)
    return {problem.where: problem.what for problem in caught.value.problems}


@pytest.fixture(scope="module")
def shipped() -> Installation:
    return load(SHIPPED)


# --- the five companies as shipped ---------------------------------------------------------------


def test_the_five_companies_load(shipped: Installation) -> None:
    assert {company.id for company in shipped.companies} == {
        "kaviaarshop",
        "koopjesklik",
        "3dconfig",
        "kaliningrad",
        "kraaft",
    }


@pytest.mark.parametrize(
    ("tenant", "lacking"),
    [
        ("kaviaarshop", {"imap", "smtp", "contact.email", "go_live"}),
        ("koopjesklik", {"imap", "smtp", "contact.email", "go_live"}),
        (
            "3dconfig",
            {"mail.mailbox", "imap", "smtp", "contact.name", "contact.email", "post_address", "go_live"},
        ),
        (
            "kaliningrad",
            {"mail.mailbox", "imap", "smtp", "contact.name", "contact.email", "post_address", "go_live"},
        ),
        ("kraaft", {"imap", "smtp", "contact.name", "contact.email", "post_address", "go_live"}),
    ],
)
def test_what_a_policy_does_not_state_is_missing(shipped: Installation, tenant: str, lacking: set[str]) -> None:
    company = shipped.company(tenant)
    assert {problem.where for problem in company.missing} == {f"tenants/{tenant}.toml:{key}" for key in lacking}


def test_every_company_is_shipped_in_observe_mode(shipped: Installation) -> None:
    assert len(shipped.companies) == 5
    for company in shipped.companies:
        assert company.policy.mode == "observe"
        assert company.policy.automatic == {"acknowledgement", "neutral", "confirmation", "paper_not_needed"}


@pytest.mark.parametrize(
    ("tenant", "country", "zone", "authority", "days", "leaving", "age"),
    [
        ("kaviaarshop", "NL", "Europe/Amsterdam", "AP", 30, True, 16),
        ("koopjesklik", "NL", "Europe/Amsterdam", "AP", 30, True, 16),
        ("3dconfig", "BE", "Europe/Brussels", "GBA", 30, True, 16),
        ("kaliningrad", "BE", "Europe/Brussels", "GBA", 30, False, 16),
        ("kraaft", "FR", "Europe/Paris", "CNIL", None, False, 15),
    ],
)
def test_a_company_has_its_own_country_and_promise(
    shipped: Installation,
    tenant: str,
    country: str,
    zone: str,
    authority: str,
    days: int | None,
    leaving: bool,
    age: int,
) -> None:
    policy = shipped.company(tenant).policy
    found = (policy.country, policy.zone.key, policy.authority.short, policy.promise_days)
    assert found == (country, zone, authority, days)
    assert (policy.leaving_is_erasure, policy.minor_age) == (leaving, age)


def test_kraafts_three_months_are_no_ordinary_term(shipped: Installation) -> None:
    policy = shipped.company("kraaft").policy
    assert (policy.promise_days, policy.promise_months) == (None, 3)


def test_kraaft_answers_from_dpo_and_also_owns_contact(shipped: Installation) -> None:
    policy = shipped.company("kraaft").policy
    assert policy.mailbox == "dpo@kraaft.co"
    assert policy.addresses == ("dpo@kraaft.co", "contact@kraaft.co")


def test_the_wrong_names_of_the_policies_stand_nowhere_in_what_is_read(shipped: Installation) -> None:
    assert "80751" not in repr(shipped)
    assert "College Bescherming" not in repr(shipped)
    assert "TSA 80715" in shipped.company("kraaft").policy.authority.post


def test_kaviaarshops_unusable_phone_number_is_not_kept(shipped: Installation) -> None:
    assert "48152148" not in repr(shipped)


def test_the_uncertain_processors_wait_for_confirmation(shipped: Installation) -> None:
    def waiting(tenant: str) -> set[str]:
        return {one.name for one in shipped.company(tenant).policy.processors if one.status == "te bevestigen"}

    assert {"Mijn webhost", "Sisow", "AddThis"} <= waiting("kaviaarshop")
    assert {"XelMedia", "Pay.nl", "Mollie", "PostNL", "DHL"} <= waiting("koopjesklik")
    assert all(waiting(company.id) for company in shipped.companies)


@pytest.mark.parametrize(
    ("tenant", "ids"),
    [
        ("kaviaarshop", "E-02 E-07 E-08 E-09 E-10 E-22 E-23 E-26 E-27 E-28 E-30"),
        ("koopjesklik", "E-02 E-07 E-08 E-09 E-10 E-24 E-25 E-26 E-27 E-28 E-30"),
        ("3dconfig", "E-02 E-04 E-06 E-07 E-08 E-09 E-10 E-26 E-27 E-28 E-29 E-30"),
        ("kaliningrad", "E-01 E-05 E-06 E-19 E-20 E-21 E-28 E-30"),
        ("kraaft", "E-03 E-06 E-11 E-12 E-13 E-14 E-15 E-16 E-17 E-18 E-19 E-29a E-30"),
    ],
)
def test_every_contradiction_of_the_rule_book_is_reported(shipped: Installation, tenant: str, ids: str) -> None:
    told = [one.partition(": ") for one in shipped.company(tenant).policy.defects]
    assert sorted(id for id, _, _ in told) == sorted(ids.split())
    assert all(" Het programma: " in text for _, _, text in told)


def test_kept_invoices_name_the_law_of_the_companys_country(shipped: Installation) -> None:
    kept = {
        company.id: (company.policy.keeping[0].years, company.policy.keeping[0].basis) for company in shipped.companies
    }
    assert kept["kaviaarshop"][0] == 7
    assert "AWR" in kept["kaviaarshop"][1]
    assert kept["3dconfig"][0] == 10
    assert "WIB" in kept["3dconfig"][1]
    assert kept["kraaft"][0] == 10


def test_the_duties_of_a_company_belong_to_a_kind(shipped: Installation) -> None:
    assert Kind.DECEASED not in dict(shipped.company("kaliningrad").policy.duties)
    assert Kind.ACCESS in dict(shipped.company("kaviaarshop").policy.duties)


def test_the_state_folder_lies_outside_the_checkout(shipped: Installation) -> None:
    assert shipped.state.is_absolute()
    assert not shipped.state.is_relative_to(SHIPPED.parent)


def test_loading_creates_no_file(tmp_path: Path) -> None:
    directory = tmp_path / "config"
    shutil.copytree(SHIPPED, directory)
    before = sorted(tmp_path.rglob("*"))
    load(directory)
    assert sorted(tmp_path.rglob("*")) == before


def test_loading_works_in_a_folder_without_write_permission(tmp_path: Path) -> None:
    directory = folder(tmp_path, winkel=COMPLETE)
    for path in [*directory.rglob("*"), directory]:
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    try:
        assert not load(directory).company("winkel").missing
    finally:
        for path in [directory, *directory.rglob("*")]:
            path.chmod(path.stat().st_mode | stat.S_IWUSR)


# --- completeness --------------------------------------------------------------------------------


def test_a_complete_company_lacks_nothing(tmp_path: Path) -> None:
    company = load(folder(tmp_path, winkel=COMPLETE)).company("winkel")
    assert company.missing == ()
    assert company.imap is not None
    assert (company.imap.port, company.imap.security) == (993, "tls")
    assert company.smtp is not None
    assert company.smtp.port == 587


def test_a_bare_company_loads_and_lists_all_it_lacks(tmp_path: Path) -> None:
    company = load(folder(tmp_path, winkel=BARE)).company("winkel")
    assert len(company.missing) == 7


@pytest.mark.parametrize("key", ["contact", "deputy"])
def test_alerts_may_not_go_to_an_address_that_the_program_reads(tmp_path: Path, key: str) -> None:
    text = COMPLETE.replace('"jo@example.nl"', '"Info@Winkel.nl"')
    if key == "deputy":
        text = COMPLETE + '[deputy]\nname = "An"\nemail = "info@winkel.nl"\n'
    company = load(folder(tmp_path, winkel=text)).company("winkel")
    assert [problem.where for problem in company.missing] == [f"tenants/winkel.toml:{key}.email"]


def test_alerts_may_not_go_to_the_mailbox_of_another_company(tmp_path: Path) -> None:
    other = COMPLETE.replace("winkel.nl", "ander.nl").replace("jo@example.nl", "info@winkel.nl")
    installation = load(folder(tmp_path, ander=other, winkel=COMPLETE))
    assert installation.company("ander").missing
    assert not installation.company("winkel").missing


def test_two_companies_may_not_read_the_same_mail(tmp_path: Path) -> None:
    found = faults(folder(tmp_path, een=COMPLETE, twee=COMPLETE))
    assert set(found) == {f"tenants/{one}.toml:{key}" for one in ("een", "twee") for key in ("mail", "imap")}


def test_a_date_of_going_live_is_midnight_in_the_companys_zone(tmp_path: Path) -> None:
    policy = load(folder(tmp_path, winkel=COMPLETE)).company("winkel").policy
    assert policy.go_live == datetime(2026, 11, 30, 23, 0, tzinfo=UTC)


def test_a_moment_of_going_live_keeps_its_own_offset(tmp_path: Path) -> None:
    text = COMPLETE.replace("2026-12-01", "2026-12-01T09:00:00Z")
    policy = load(folder(tmp_path, winkel=text)).company("winkel").policy
    assert policy.go_live == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("moment", ["0001-01-01", "9999-12-31T23:00:00-05:00"])
def test_a_moment_of_going_live_from_which_nothing_can_be_counted_is_a_fault(tmp_path: Path, moment: str) -> None:
    found = faults(folder(tmp_path, winkel=COMPLETE.replace("2026-12-01", moment)))
    assert "type for example" in found["tenants/winkel.toml:go_live"]


def test_an_encoding_that_is_none_of_text_is_a_fault(tmp_path: Path) -> None:
    found = faults(folder(tmp_path, winkel=f'{COMPLETE}[customers]\npath = "k.csv"\nencoding = "hex"\n'))
    assert "is not a known encoding" in found["tenants/winkel.toml:customers.encoding"]


def test_a_company_says_when_its_closed_cases_go_into_the_registers(tmp_path: Path) -> None:
    path = folder(tmp_path, winkel="register_after_days = 30\n" + BARE, ander=BARE)
    terms = {company.id: company.policy.register_after.days for company in load(path).companies}
    assert terms == {"winkel": 30, "ander": 90}


def test_behind_the_deputy_stand_colleagues_who_sort_the_second_address_and_the_office_in_that_order(
    tmp_path: Path,
) -> None:
    alarm = '[contact]\nname = "Jan"\nemail = "jan@winkel.example"\n[alarm]\nemail = "Baas@thuis.example"\n'
    path = folder(tmp_path, winkel=BARE + alarm, ander=BARE)
    office = '[agency]\nname = "K"\nemail = "beheer@kantoor.example"\nsender = "m@kantoor.example"\n'
    smtp = '[agency.smtp]\nhost = "smtp.kantoor.example"\nusername = "u"\npassword = { env = "P" }\n'
    with (path / "mailbot.toml").open("a") as file:
        file.write(office + smtp)
    (path / "staff.toml").write_text(
        '[els]\ntriage = ["winkel"]\nemail = "els@winkel.example"\n'
        '[jan]\ntriage = ["*"]\nemail = "JAN@winkel.example"\n[piet]\nsee = ["*"]\nemail = "piet@winkel.example"\n'
    )
    beyond = {company.id: company.policy.beyond for company in load(path).companies}
    assert beyond["winkel"] == ("els@winkel.example", "baas@thuis.example", "beheer@kantoor.example")
    assert beyond["ander"] == ("jan@winkel.example", "beheer@kantoor.example")


def test_an_unknown_company_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="winkel"):
        load(folder(tmp_path, winkel=BARE)).company("winkle")


# --- faults --------------------------------------------------------------------------------------


def test_all_faults_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    directory = folder(
        tmp_path,
        een='name = 5\nzone = "Mars/Olympus"\ncountry = "NL"\n',
        twee=BARE + 'mode = "live"\npromise_day = 30\n',
    )
    (directory / "mailbot.toml").write_text("poll_seconds = 0\n")
    assert set(faults(directory)) == {
        "mailbot.toml:state",
        "mailbot.toml:poll_seconds",
        "tenants/een.toml:name",
        "tenants/een.toml:zone",
        "tenants/een.toml:authority",
        "tenants/twee.toml:mode",
        "tenants/twee.toml:promise_day",
    }


@pytest.mark.parametrize(
    ("line", "where", "meant"),
    [
        ("promise_day = 30", "promise_day", "promise_days"),
        ('[contact]\nmail = "x"', "contact.mail", "email"),
        ('[imap]\nhost = "h"\nusername = "u"\npasword = {env = "X"}', "imap.pasword", "password"),
        ('[[processors]]\nname = "x"\ncategory = "y"\nholdz = "z"', "processors[1].holdz", "holds"),
        ('[kinds.access]\nduty = ["x"]', "kinds.access.duty", "duties"),
    ],
)
def test_an_unknown_key_is_a_fault_that_names_the_key_that_was_meant(
    tmp_path: Path, line: str, where: str, meant: str
) -> None:
    found = faults(folder(tmp_path, winkel=BARE + line))
    assert f"did you mean {meant}?" in found[f"tenants/winkel.toml:{where}"]


@pytest.mark.parametrize(
    ("line", "where", "instead"),
    [
        ('form_of_address = "je"', "form_of_address", "letters of its own"),
        ('[kinds.access]\nrules = ["B-10"]', "kinds.access.rules", "stands under duties"),
    ],
)
def test_a_key_that_is_gone_says_so_and_what_to_do(tmp_path: Path, line: str, where: str, instead: str) -> None:
    found = faults(folder(tmp_path, winkel=BARE + line))
    assert "is gone: take the line out" in found[f"tenants/winkel.toml:{where}"]
    assert instead in found[f"tenants/winkel.toml:{where}"]


def test_a_promise_of_one_month_is_answered_with_what_the_law_says(tmp_path: Path) -> None:
    found = faults(folder(tmp_path, winkel=BARE + "promise_months = 1"))
    assert found == {
        "tenants/winkel.toml:promise_months": "must be 2 or 3: one month is the law's own term, and needs no line"
    }


def test_every_setting_of_a_company_and_of_the_installation_is_read_by_the_program() -> None:
    sources = {path: path.read_text("utf-8") for path in (SHIPPED.parent / "mailbot").rglob("*.py")}
    elsewhere = "\n".join(text for path, text in sources.items() if path.name not in ("schema.py", "sections.py"))
    forms = [one for module in (schema, sections) for one in vars(module).values() if isinstance(one, type)]
    settings = {name for form in forms if issubclass(form, Strict) for name in form.model_fields}
    assert {name for name in settings if not re.search(rf"[.\"']{name}\b", elsewhere)} == set()


def test_a_key_like_no_other_is_answered_with_the_known_keys(tmp_path: Path) -> None:
    found = faults(folder(tmp_path, winkel=BARE + "[contact]\nzzz = 1"))
    assert "known here: email, name, phone" in found["tenants/winkel.toml:contact.zzz"]


def test_a_missing_key_says_what_to_type(tmp_path: Path) -> None:
    found = faults(folder(tmp_path, winkel='name = "Winkel"\ncountry = "NL"\nzone = "Europe/Amsterdam"\n'))
    assert found == {"tenants/winkel.toml:authority": 'is missing: type authority = "AP"'}


def test_a_password_in_the_file_is_a_fault_that_does_not_repeat_it(tmp_path: Path) -> None:
    text = COMPLETE.replace('{ env = "WINKEL_IMAP" }', '"geheim123"')
    found = faults(folder(tmp_path, winkel=text))
    assert set(found) == {"tenants/winkel.toml:imap.password"}
    assert "{ env = " in found["tenants/winkel.toml:imap.password"]
    assert "geheim123" not in str(found)


@pytest.mark.parametrize("secret", ["{}", '{ env = "A", file = "b" }', '{ env = "" }', "{ command = [] }"])
def test_a_secret_has_exactly_one_place(tmp_path: Path, secret: str) -> None:
    found = faults(folder(tmp_path, winkel=COMPLETE.replace('{ env = "WINKEL_IMAP" }', secret)))
    assert "exactly one" in found["tenants/winkel.toml:imap.password"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_an_unguarded_line_is_allowed_on_this_machine(tmp_path: Path, host: str) -> None:
    text = COMPLETE.replace('host = "imap.winkel.nl"', f'host = "{host}"\nsecurity = "plain"')
    imap = load(folder(tmp_path, winkel=text)).company("winkel").imap
    assert imap is not None
    assert imap.security == "plain"


@pytest.mark.parametrize("host", ["imap.winkel.nl", "127.0.0.1.winkel.nl", "0.0.0.0"])
def test_an_unguarded_line_elsewhere_is_a_fault(tmp_path: Path, host: str) -> None:
    text = COMPLETE.replace('host = "imap.winkel.nl"', f'host = "{host}"\nsecurity = "plain"')
    assert "this machine only" in faults(folder(tmp_path, winkel=text))["tenants/winkel.toml:imap"]


def test_an_authority_of_another_country_is_a_fault(tmp_path: Path) -> None:
    found = faults(folder(tmp_path, winkel=BARE.replace('"NL"', '"BE"')))
    assert "no authority of BE" in found["tenants/winkel.toml:authority"]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("Postbus 1, Den Haag", "3 place de Fontenoy, TSA 80751", "AP"),
        ("Autoriteit Persoonsgegevens", "College Bescherming Persoonsgegevens", "AP"),
    ],
)
def test_a_wrong_name_copied_from_a_policy_is_a_fault(tmp_path: Path, old: str, new: str, key: str) -> None:
    directory = folder(tmp_path, winkel=BARE)
    (directory / "authorities.toml").write_text(AUTHORITIES.replace(old, new), encoding="utf-8")
    assert set(faults(directory)) == {f"authorities.toml:{key}"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"name = ", "is not valid TOML"),
        (b"name = '\xff'", "is not UTF-8"),
        (b".".join([b"a"] * 3000) + b" = 1", "deeper than anybody needs"),
        (b"promise_days = " + b"9" * 5000, "cannot be used"),
        (b'[customers]\npath = "~nobody-of-this-name/klanten.csv"', "path is no path"),
        (b'[customers]\npath = "a\\u0000b"', "path is no path"),
    ],
)
def test_an_unreadable_file_is_a_fault_with_its_name(tmp_path: Path, content: bytes, says: str) -> None:
    directory = folder(tmp_path, goed=BARE)
    (directory / "tenants" / "stuk.toml").write_bytes(content)
    assert says in faults(directory)["tenants/stuk.toml"]


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    directory = folder(tmp_path)
    (directory / "tenants" / "winkel.toml").write_bytes(b"\xef\xbb\xbf" + BARE.replace("\n", "\r\n").encode())
    assert load(directory).company("winkel").policy.name == "Winkel"


def test_a_folder_without_files_says_which_files_belong_there(tmp_path: Path) -> None:
    assert set(faults(tmp_path)) == {"mailbot.toml", "authorities.toml", "tenants/"}


def test_a_file_name_that_cannot_be_an_id_is_a_fault(tmp_path: Path) -> None:
    directory = folder(tmp_path, goed=BARE)
    (directory / "tenants" / "Mijn Winkel.toml").write_text(BARE)
    assert set(faults(directory)) == {"tenants/Mijn Winkel.toml"}


def test_an_address_without_a_domain_is_a_fault(tmp_path: Path) -> None:
    found = faults(folder(tmp_path, winkel=COMPLETE.replace("jo@example.nl", "jo@example")))
    assert "is not a mail address" in found["tenants/winkel.toml:contact.email"]


# --- secrets -------------------------------------------------------------------------------------


def test_a_secret_is_read_only_when_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WINKEL_IMAP", raising=False)
    company = load(folder(tmp_path, winkel=COMPLETE)).company("winkel")
    assert company.imap is not None
    with pytest.raises(ConfigError, match=r"tenants/winkel\.toml:imap\.password"):
        company.imap.password()
    monkeypatch.setenv("WINKEL_IMAP", "pass word")
    assert company.imap.password() == "pass word"


def test_a_secret_file_lies_beside_the_file_that_names_it_and_loses_its_line_end(tmp_path: Path) -> None:
    directory = folder(tmp_path, winkel=COMPLETE)
    (directory / "tenants" / "smtp.secret").write_text(" s3cret \n")
    company = load(directory).company("winkel")
    assert company.smtp is not None
    assert company.smtp.password() == " s3cret "


def test_a_secret_from_a_command_is_asked_anew_each_time(tmp_path: Path) -> None:
    counter = tmp_path / "count"
    script = f"import pathlib; p = pathlib.Path({str(counter)!r}); p.open('a').write('x'); print(len(p.read_text()))"
    text = COMPLETE.replace('{ env = "WINKEL_IMAP" }', f'{{ command = [{sys.executable!r}, "-c", """{script}"""] }}')
    imap = load(folder(tmp_path, winkel=text)).company("winkel").imap
    assert imap is not None
    assert not counter.exists()
    assert [imap.password(), imap.password()] == ["1", "2"]


def test_a_failing_secret_command_is_tried_later_and_its_output_is_not_told(tmp_path: Path) -> None:
    script = "import sys; print('half-a-token', file=sys.stderr); sys.exit(3)"
    text = COMPLETE.replace('{ env = "WINKEL_IMAP" }', f'{{ command = [{sys.executable!r}, "-c", """{script}"""] }}')
    imap = load(folder(tmp_path, winkel=text)).company("winkel").imap
    assert imap is not None
    with pytest.raises(TryLater) as caught:
        imap.password()
    assert "half-a-token" not in str(caught.value)


def test_a_server_without_login_needs_no_secret(tmp_path: Path) -> None:
    text = COMPLETE.split("[smtp]", maxsplit=1)[0] + '[smtp]\nhost = "127.0.0.1"\nsecurity = "plain"\nport = 2525\n'
    smtp = load(folder(tmp_path, winkel=text)).company("winkel").smtp
    assert smtp is not None
    assert (smtp.username, smtp.password(), smtp.port) == ("", "", 2525)


# --- overlay -------------------------------------------------------------------------------------


def overlay_of(root: Path, text: str, name: str = "tenants/winkel.toml") -> Path:
    overlay = root / "over"
    (overlay / name).parent.mkdir(parents=True, exist_ok=True)
    (overlay / name).write_text(text, encoding="utf-8")
    return overlay


def test_an_overlay_fills_gaps_and_leaves_the_rest(tmp_path: Path) -> None:
    directory = folder(tmp_path, winkel=BARE + '[contact]\nname = "Jo"\n')
    overlay = overlay_of(tmp_path, 'mode = "automatic"\n[contact]\nemail = "jo@demo.test"\n')
    policy = load(directory, overlay).company("winkel").policy
    assert (policy.name, policy.contact_name, policy.contact_email) == ("Winkel", "Jo", "jo@demo.test")
    assert policy.mode == "automatic"


def test_a_list_in_an_overlay_replaces_the_list(tmp_path: Path) -> None:
    directory = folder(tmp_path, winkel=BARE + 'purposes = ["a", "b"]\n')
    policy = load(directory, overlay_of(tmp_path, 'purposes = ["c"]\n')).company("winkel").policy
    assert policy.purposes == ("c",)


def test_a_path_in_an_overlay_is_seen_from_the_overlay(tmp_path: Path) -> None:
    directory = folder(tmp_path, winkel=BARE)
    overlay = overlay_of(tmp_path, 'state = "here"\n', "mailbot.toml")
    overlay_of(tmp_path, '[customers]\npath = "klanten.csv"\n')
    installation = load(directory, overlay)
    assert installation.state == overlay / "here"
    source = installation.company("winkel").customers
    assert source is not None
    assert source.path == overlay / "tenants" / "klanten.csv"


def test_a_fault_in_an_overlay_names_the_overlay(tmp_path: Path) -> None:
    directory = folder(tmp_path, winkel=BARE)
    assert set(faults(directory, overlay_of(tmp_path, 'mode = "live"\n'))) == {"over/tenants/winkel.toml:mode"}


def test_an_overlay_of_a_company_that_is_not_there_adds_none(tmp_path: Path) -> None:
    directory = folder(tmp_path, winkel=BARE)
    installation = load(directory, overlay_of(tmp_path, BARE, "tenants/extra.toml"))
    assert [company.id for company in installation.companies] == ["winkel"]


def test_loading_reads_no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = folder(tmp_path, winkel=COMPLETE)
    monkeypatch.setattr(os, "environ", {})
    assert not load(directory).company("winkel").missing
