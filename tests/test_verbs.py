"""Every verb has --by, --dry-run and --json from one place; a dry run says what would happen, and nothing stays."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from mailbot.cli import app, options
from mailbot.cli.panels import PANELS
from mailbot.cli.setting import console
from mailbot.store import TinyStore

CONFIG = Path(__file__).parent.parent / "config"
REF = "AVG-2026-0001"
MAIL = "Verwijder mijn account en wis al mijn gegevens. Bedankt."
GROUPS = ("What was asked, and by whom", "The clock", "The plan", "Answering")
#: Commands under those headings that only show something, and one with a release of its own.
LOOKS = {"suppressions", "diary", "leftovers", "replies", "grounds", "notify-policy-change"}
VERBS = sorted({verb for group in GROUPS for verb in PANELS[group].split()} - LOOKS)
REHEARSABLE = sorted(set(VERBS) - {"attach", "copy"})


class Place:
    """An installation with one case at kraaft."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(CONFIG, root / "config")
        settings = root / "config" / "mailbot.toml"
        settings.write_text(settings.read_text("utf-8").replace("../../mailbot-state", "../state"), "utf-8")
        (root / "verzoek.txt").write_text(MAIL, "utf-8")
        (root / "antwoord.txt").write_text("Wij hebben het gedaan.", "utf-8")
        self.done("add", str(root / "verzoek.txt"), "--received", "2026-11-02T09:00:00+01:00", "--as", "erasure")
        self.done("show", REF)  # the memory has its form from here on

    def run(self, *words: str) -> Any:
        given = ["--config", str(self.root / "config"), "--tenant", "kraaft", *words]
        return CliRunner().invoke(app, given, env={"MAILBOT_ACTOR": "els", "COLUMNS": "120"})

    def done(self, *words: str) -> str:
        result = self.run(*words)
        assert result.exit_code == 0, f"{result.output}{result.exception}"
        return str(result.stdout)

    def told(self, *words: str) -> Any:
        return json.loads(self.done(*words))

    def memory(self) -> str:
        store = TinyStore(self.root / "state" / "kraaft")
        try:
            with store.unit() as unit:
                return json.dumps(sorted(map(str, unit.tables.everything())))
        finally:
            store.close()


@pytest.fixture(scope="module")
def _once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Place(tmp_path_factory.mktemp("place")).root


@pytest.fixture
def place(_once: Path, tmp_path: Path) -> Place:
    """A copy of that installation for this test alone."""
    shutil.copytree(_once, tmp_path / "place")
    place = Place.__new__(Place)
    place.root = tmp_path / "place"
    return place


def options_of(verb: str) -> set[str]:
    command = get_command(app).commands[verb]  # type: ignore[attr-defined]
    return {option for parameter in command.params for option in parameter.opts}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_the_options_of_all_verbs(verb: str) -> None:
    assert {"--by", "--config", "--tenant", "--dry-run", "--json"} <= options_of(verb)


def test_every_verb_can_be_rehearsed_also_those_that_make_files() -> None:
    wanted = {*REHEARSABLE, "attach", "copy", "notify-policy-change"}
    assert all(map(options_of, wanted))  # each stands in the set once its module was imported
    assert wanted <= options.REHEARSABLE


DEEDS = {
    "note": ["note", REF, "gebeld"],
    "assign": ["assign", REF, "Jan"],
    "correct": ["correct", REF, "access"],
    "close": ["close", REF, "--reason", "dubbel", "--outcome", "withdrawn"],
    "extend": ["extend", REF, "--reason", "veel werk"],
    "confirm": ["confirm", REF, "--reason", "gebeld"],
    "receipt": ["receipt", REF, "--at", "2026-11-01T09:00:00+01:00", "--reason", "brief"],
    "hold": ["hold", REF, "--reason", "rechtszaak"],
    "decide": ["decide", REF, "erasure", "granted"],
    "keep": ["keep", REF, "F1=2026-05-01"],
    "refuse": ["refuse", REF, "--ground", "manifestly_unfounded", "--reason", "Al tien keer gevraagd."],
    "add": ["add", "{root}/antwoord.txt", "--received", "2026-11-03T09:00:00+01:00", "--as", "access"],
    "answer": ["answer", REF, "--file", "{root}/antwoord.txt"],
    "attach": ["attach", REF, "{root}/antwoord.txt", "--category", "Brieven"],
}


@pytest.mark.parametrize("verb", DEEDS)
@pytest.mark.parametrize("where", ["before the verb", "after the verb"])
def test_a_dry_run_leaves_the_memory_as_it_was(place: Place, verb: str, where: str) -> None:
    words = [word.format(root=place.root) for word in DEEDS[verb]]
    before = place.memory()
    done = place.run(*(["--dry-run", *words] if where == "before the verb" else [*words, "--dry-run"]))
    assert done.exit_code in (0, 1), done.output
    assert place.memory() == before
    if done.exit_code == 0:
        assert "(dry run)" in done.stdout


@pytest.mark.parametrize("verb", sorted(set(DEEDS) - {"refuse", "answer", "extend", "decide"}))
def test_the_same_without_it_changes_the_memory(place: Place, verb: str) -> None:
    before = place.memory()
    place.done(*(word.format(root=place.root) for word in DEEDS[verb]))
    assert place.memory() != before


def test_what_happened_is_told_as_json(place: Place) -> None:
    told = place.told("note", REF, "gebeld", "--json")
    assert (told["case"], told["dry_run"], told["letters"]) == (REF, False, [])


def test_a_dry_run_tells_the_letter_that_would_be_written(place: Place) -> None:
    place.done(*(word.format(root=place.root) for word in DEEDS["add"]), "--from", "k@klant.test")
    told = place.told("ask", "AVG-2026-0002", "--reason", "twijfel", "--dry-run", "--json")
    assert told["dry_run"] is True
    assert [letter["state"] for letter in told["letters"]] == ["observed"]


def test_takeback_can_be_rehearsed_too(place: Place) -> None:
    place.done("assign", REF, "Jan")
    before = place.memory()
    assert "taken back" in place.done("takeback", REF, "--dry-run")
    assert place.memory() == before
    place.done("takeback", REF)
    assert place.memory() != before


def test_who_acts_stands_in_the_history(place: Place) -> None:
    place.done("note", REF, "gebeld", "--by", "Anna")
    history = place.told("show", REF, "--json")["history"]
    assert history[-1]["actor"] == "Anna"


PEOPLE = """
[contact]
name = "Jo Contact"
email = "jo@kantoor.test"
[deputy]
name = "{deputy}"
email = "dee@kantoor.test"
"""


def with_people(place: Place, deputy: str = "Dee Puty") -> None:
    """The company names a contact person and a deputy."""
    file = place.root / "config" / "tenants" / "kraaft.toml"
    text = re.sub(r"^\[(contact|deputy)\]", r"# \g<0>", file.read_text("utf-8"), flags=re.MULTILINE)
    file.write_text(text + PEOPLE.format(deputy=deputy), "utf-8")


def test_an_acknowledgement_under_a_name_that_nobody_has_says_what_to_type(place: Place) -> None:
    with_people(place)
    done = place.run("ack", REF, "--by", "root")
    assert done.exit_code == 0
    assert "name no root" in done.stderr
    assert f"mailbot ack {REF} --by 'Jo Contact' or --by 'Dee Puty'" in done.stderr


def test_where_both_have_one_name_the_addresses_are_what_to_type(place: Place) -> None:
    with_people(place, deputy="jo contact")
    assert "--by jo@kantoor.test or --by dee@kantoor.test" in place.run("ack", REF, "--by", "root").stderr


@pytest.mark.parametrize("name", ["Jo Contact", "dee puty", "JO@kantoor.test"])
def test_an_acknowledgement_of_somebody_on_file_needs_no_such_word(place: Place, name: str) -> None:
    with_people(place)
    done = place.run("ack", REF, "--by", name)
    assert (done.exit_code, done.stderr) == (0, "")


def test_what_the_program_reads_of_an_acknowledgement_is_the_result_alone(place: Place) -> None:
    with_people(place)
    assert place.told("ack", REF, "--by", "root", "--json")["case"] == REF


def test_where_the_machine_knows_no_name_it_says_which_names_there_are(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    with_people(place)
    monkeypatch.setattr("getpass.getuser", nobody)
    told = str(place.run("note", REF, "gebeld", "--by", "").exception)
    assert "say who decides: --by 'Jo Contact' or --by 'Dee Puty', or MAILBOT_ACTOR" in told


@pytest.mark.parametrize("words", [["once"], ["run"], ["backup"], ["restore"], ["cases"]])
def test_what_is_no_verb_has_no_dry_run(place: Place, words: list[str]) -> None:
    done = place.run("--dry-run", *words)
    assert done.exit_code != 0
    assert "has no dry run" in str(done.exception)


def test_a_dry_run_makes_no_file_either(place: Place) -> None:
    before = sorted(place.root.rglob("*"))
    told = place.told("attach", REF, str(place.root / "antwoord.txt"), "--category", "x", "--dry-run", "--json")
    assert (told["file"], told["dry_run"]) == (1, True)
    assert sorted(place.root.rglob("*")) == before


def test_a_notice_of_a_new_policy_is_read_before_any_letter_is_written(place: Place) -> None:
    file = place.root / "config" / "tenants" / "kraaft.toml"
    (place.root / "klanten.csv").write_text("id;e-mail\n1;a@klant.test\n2;b@klant.test\n", "utf-8")
    file.write_text(
        file.read_text("utf-8") + f'\n[customers]\ntype = "csv"\npath = "{place.root}/klanten.csv"\n', "utf-8"
    )
    before, facts = place.memory(), ["--set", "what=a", "--set", "effect=b", "--set", "starts_on=2027-01-01"]
    told = place.done("notify-policy-change", "--name", "2027", *facts, "--dry-run")
    assert "2 letters would be written and held" in told
    assert "vrijdag 1 januari 2027" in told
    assert place.memory() == before


def test_rehearsing_in_a_company_without_a_memory_makes_none(place: Place) -> None:
    shutil.rmtree(place.root / "state")
    place.done(*(word.format(root=place.root) for word in DEEDS["add"]), "--dry-run")
    assert not (place.root / "state").exists()


def test_a_letter_that_waits_can_be_released_in_a_rehearsal(place: Place) -> None:
    company = place.root / "config" / "tenants" / "kraaft.toml"
    company.write_text(company.read_text("utf-8").replace('mode = "observe"', 'mode = "hold"'), "utf-8")
    place.done(
        "add",
        str(place.root / "antwoord.txt"),
        "--received",
        "2026-11-03T09:00:00+01:00",
        "--as",
        "access",
        "--from",
        "k@klant.test",
    )
    [letter, *_] = place.told("outbox", "list", "--state", "held", "--json")
    before = place.memory()
    told = place.told("outbox", "release", letter["token"], "--dry-run", "--json")
    assert (told["letter"], told["state"]) == (letter["token"], "queued")
    assert place.memory() == before
    place.done("outbox", "release", letter["token"])
    assert "leaves" in place.done("outbox")


def test_a_token_is_printed_as_it_is_typed() -> None:
    with console.capture() as shown:
        console.print("AVG-2026-0001:package:1")
    assert shown.get() == "AVG-2026-0001:package:1\n"
