"""A new company: what its policy says is proposed with its sentence, and what is written loads."""

from __future__ import annotations

import shutil
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from mailbot.cli import app
from mailbot.config import load
from mailbot.setup.company_toml import Answers, toml_of
from mailbot.setup.policy_text import PROMISES, first, promised, propose

CONFIG = Path(__file__).parent.parent / "config"
POLICY = """Privacybeleid

Tuinhuis Zonnestraal geeft veel om uw privacy. Wij verkopen niets door.

Onze webwinkel is ontwikkeld met software van Winkelbouw. Zij bewaren uw gegevens voor ons.
U ontvangt dan binnen 30 dagen een reactie op uw verzoek. Schrijf naar info@zonnestraal.example.

Contactpersoon voor privacyzaken
Anna van der Berg
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    (folder / "tenants").mkdir(parents=True)
    for name in ("mailbot.toml", "authorities.toml"):
        shutil.copy(CONFIG / name, folder / name)
    return folder


def run(config: Path, *words: str, typed: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, [*words, "--config", str(config)], input=typed)
    return done.exit_code, done.output


def test_a_policy_proposes_with_the_sentence_that_says_so() -> None:
    said = {one.setting: (one.value, one.sentence) for one in propose(POLICY)}
    assert said["name"] == ("Tuinhuis Zonnestraal", "Tuinhuis Zonnestraal geeft veel om uw privacy.")
    assert said["contact"][0] == "Anna van der Berg"
    assert said["email"][0] == "info@zonnestraal.example"
    assert said["promise_days"] == ("30", "U ontvangt dan binnen 30 dagen een reactie op uw verzoek.")
    assert said["processor"][0] == "Winkelbouw"


@pytest.mark.parametrize(
    ("company", "country", "processors"),
    [
        ("kaviaarshop", "NL", "MyOnlineStore Mijnwebwinkel MijnDomein Sisow AddThis Google Mijn_webhost"),
        ("koopjesklik", "NL", "WooCommerce XelMedia MailChimp Mollie PostNL DHL E-boekhouden Google Pay.nl"),
        ("3dconfig", "BE", "SiteGround Sparkpost"),
        ("kaliningrad", "BE", ""),
        ("kraaft", "FR", ""),
    ],
)
def test_each_policy_tells_its_country_its_processors_and_what_it_promises_beyond_the_law(
    company: str, country: str, processors: str
) -> None:
    said = propose((Path(__file__).parent / "policies" / f"{company}.txt").read_text("utf-8"))
    values = {name: [one.value for one in said if one.setting == name] for name in {one.setting for one in said}}
    assert values["country"] == [country]
    assert values.get("processor", []) == [name.replace("_", " ") for name in processors.split()]
    wanted = load(CONFIG).company(company).policy
    assert {name for name in PROMISES if name in values} == {name for name in PROMISES if getattr(wanted, name)}
    assert all(int(age) == wanted.minor_age for age in values.get("minor_age", []))


def test_a_promise_that_the_person_confirms_stands_in_the_file_under_its_sentence(config: Path, tmp_path: Path) -> None:
    policy = tmp_path / "beleid.txt"
    policy.write_text(
        "Zegt u op, dan zien wij dat als een vergeetverzoek.\n\nWinkel\nDorpsstraat 5\n1234 AB Dorp\n", "utf-8"
    )
    for number, (typed, kept) in enumerate((("\n" * 20, True), ("\n" * 9 + "n\n" + "\n" * 5, False))):
        code, told = run(config, "init", f"zon{number}", "--policy", str(policy), "--offline", typed=typed)
        assert code == 0, told
        assert load(config).company(f"zon{number}").policy.leaving_is_erasure is kept
        assert load(config).company(f"zon{number}").policy.post_address == "Dorpsstraat 5, 1234 AB Dorp"
    assert "# Zegt u op" in (config / "tenants" / "zon0.toml").read_text("utf-8")


def test_of_two_limits_and_two_ages_the_one_that_binds_more_is_promised_once() -> None:
    said = propose(
        "Wij antwoorden binnen drie maanden na ontvangst. Soms: uiterlijk 2 maanden na de ontvangst.\n"
        "U bent minstens 15 jaar oud. Bent u jonger dan 16 jaar, vraag dan uw ouders.\n"
    )
    assert {one.setting: one.value for one in promised(said)} == {"promise_months": "2", "minor_age": "16"}


def test_what_a_policy_does_not_say_is_not_proposed() -> None:
    assert propose("Wij gaan netjes met alles om.") == []
    assert first(propose(POLICY), "website") is None


@given(st.text(max_size=500))
def test_any_text_is_read_without_harm(text: str) -> None:
    assert all(one.value and one.sentence for one in propose(text))


def test_a_new_company_loads_and_begins_by_observing(config: Path) -> None:
    code, _ = run(
        config, "new-company", "zon", "--name", 'Tuin "Zon"', "--country", "BE", "--mailbox", "info@zon.example"
    )
    assert code == 0
    [company] = load(config).companies
    assert (company.policy.name, company.policy.mode, company.policy.country) == ('Tuin "Zon"', "observe", "BE")
    assert company.missing


def test_a_new_company_s_promises_are_told_as_not_written_down_and_not_as_none(config: Path) -> None:
    run(config, "new-company", "zon", "--name", "Zon")
    code, told = run(config, "promises", "--tenant", "zon")
    assert (code, "0 of 0" in told) == (0, False)
    assert "nobody wrote down yet what zon promises" in told


def test_questions_are_answered_from_the_policy_and_confirmed(config: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.txt"
    policy.write_text(POLICY, "utf-8")
    typed = "\n\n\n\n\nanna@privat.example\nTuinweg 1, Stad\n\n2026-12-01\ny\nimap.zon.example:1993\nsmtp.zon.example\n"
    code, told = run(config, "init", "zon", "--offline", "--policy", str(policy), typed=typed)
    assert code == 0, told
    assert "binnen 30 dagen" in told
    [company] = load(config).companies
    assert company.policy.promise_days == 30
    assert (company.policy.contact_name, company.policy.mailbox) == ("Anna van der Berg", "info@zonnestraal.example")
    assert [one.status for one in company.policy.processors] == ["te bevestigen"]
    assert company.imap is not None
    assert company.imap.port == 1993
    assert company.policy.go_live == datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    assert company.missing == ()
    assert "mailbot check --live --send --tenant zon" in told
    assert "EnvironmentFile" in told


def test_an_answer_that_cannot_be_is_asked_anew_and_the_others_are_kept(config: Path) -> None:
    typed = "Nederland\nBE\nveel\n45\n\nZon\ngeen adres\ninfo@zon.example\nAnna\nanna\nanna@privat.example\n\n\n"
    code, told = run(
        config, "init", "zon", "--offline", typed=f"{typed}morgen\n2026-12-01\nimap:x\nimap.zon.example\n\n"
    )
    assert code == 0, told
    assert [told.count(f"type {cure}") for cure in ("NL, BE or FR", "a number of days", "it as", "a day as")] == [
        1,
        2,
        2,
        1,
    ]
    [company] = load(config).companies
    assert (company.policy.country, company.policy.mailbox) == ("BE", "info@zon.example")
    assert company.imap is not None
    assert company.imap.host == "imap.zon.example"


def test_the_port_that_is_typed_tells_how_its_line_is_guarded(config: Path) -> None:
    typed = "\n" * 9 + "info@zon.nl\nimap.zon.nl:143\nsmtp.zon.nl:465\n\n"
    code, told = run(config, "init", "zon", "--offline", typed=typed)
    assert (code, told.count("Error: type the server, or server:port")) == (0, 1)
    company = load(config).company("zon")
    text = (config / "tenants" / "zon.toml").read_text("utf-8")
    assert [tomllib.loads(text)[one]["security"] for one in ("imap", "smtp")] == ["starttls", "tls"]
    assert company.missing


def test_whoever_breaks_off_leaves_no_folder(tmp_path: Path) -> None:
    code, _ = run(tmp_path / "own", "init", "zon", "--offline", typed="NL\n")
    assert (code, list(tmp_path.iterdir())) == (1, [])
    assert run(tmp_path / "own", "new-company", "zon", "--name", "Zon", "--mailbox", "geen adres")[0] != 0
    assert list(tmp_path.iterdir()) == []


def test_a_configuration_folder_of_one_s_own_is_begun_without_the_program_s_companies(tmp_path: Path) -> None:
    own = tmp_path / "own"
    code, told = run(own, "new-company", "zon", "--name", "Zon")
    assert code == 0, told
    settings = load(own)
    assert [company.id for company in settings.companies] == ["zon"]
    assert settings.state == tmp_path / "mailbot-state"


def test_the_folder_is_begun_wherever_it_is_named_on_the_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["--config", str(tmp_path / "own"), "new-company", "zon", "--name", "Zon"])
    assert result.exit_code == 0, result.output
    assert [company.id for company in load(tmp_path / "own").companies] == ["zon"]
    assert f"mailbot check --tenant zon --config {tmp_path / 'own'}" in " ".join(result.output.split())


def test_a_company_that_is_there_is_never_written_over(config: Path) -> None:
    run(config, "new-company", "zon", "--name", "Zon")
    before = (config / "tenants" / "zon.toml").read_text("utf-8")
    assert run(config, "new-company", "zon", "--name", "Anders")[0] != 0
    assert (config / "tenants" / "zon.toml").read_text("utf-8") == before


def test_an_address_that_is_none_leaves_no_file_behind(config: Path) -> None:
    assert run(config, "new-company", "zon", "--name", "Zon", "--mailbox", "geen adres")[0] != 0
    assert list((config / "tenants").iterdir()) == []


@given(st.text(min_size=1, max_size=80))
def test_no_answer_breaks_the_file(name: str) -> None:
    assert tomllib.loads(toml_of(Answers(name.encode("utf-8", "ignore").decode()), "zon"))["mode"] == "observe"
