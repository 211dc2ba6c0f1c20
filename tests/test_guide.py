"""The guide shows only what is there: commands, options, words, settings and files."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer
from pydantic import ValidationError
from typer.testing import CliRunner

from mailbot.cli import app, panels
from mailbot.cli.guide import pages
from mailbot.cli.loading import commands_of
from mailbot.config import schema
from mailbot.staff.replywords import Say, read

ROOT = Path(__file__).parent.parent
PAGES = pages()
SHOWN = PAGES | {"README": (ROOT / "README.md").read_text("utf-8")}
COMMANDS = typer.main.get_command(app)
MODULES = sorted((ROOT / "mailbot" / "cli").glob("*.py"))


def commands_in(text: str) -> list[list[str]]:
    lines = re.findall(r"^    (mailbot [^\n]+)$", text, re.MULTILINE)
    columns = [column for line in lines for column in re.split(r"\s{2,}", line) if column.startswith("mailbot ")]
    return [line.split()[1:] for line in (*re.findall(r"`(mailbot [^`]+)`", text), *columns)]


@pytest.mark.parametrize("name", SHOWN)
def test_every_command_and_option_on_a_page_exists(name: str) -> None:
    known = COMMANDS.commands  # type: ignore[attr-defined]
    for words in commands_in(SHOWN[name]):
        verb, *rest = (word for word in words if not word.startswith("-"))
        assert verb in known
        options = {word for word in words if word.startswith("--")}
        below = [command for name, command in getattr(known[verb], "commands", {}).items() if name in rest[:1]]
        own = {option for one in (COMMANDS, known[verb], *below) for part in one.params for option in part.opts}
        assert options <= own, (verb, options - own)


def test_the_page_for_the_contact_person_names_every_word_and_each_is_one() -> None:
    text = PAGES["contactpersoon"]
    shown = [words[0] for line in re.findall(r"^\| `([^`]+)`", text, re.MULTILINE) if (words := read(line))]
    assert {word.say for word in shown} == set(Say)
    assert len(shown) == len(re.findall(r"^\| `", text, re.MULTILINE))


SETTINGS = [
    block for text in SHOWN.values() for block in re.findall(r"^ *```toml\n(.*?)```", text, re.DOTALL | re.MULTILINE)
]


def test_the_pages_show_settings() -> None:
    assert len(SETTINGS) >= 3


@pytest.mark.parametrize("block", SETTINGS)
def test_settings_on_a_page_are_settings(block: str) -> None:
    """A block shows part of a company's file, so keys may lack; one that the file does not know is a fault."""
    with pytest.raises(ValidationError) as told:
        schema.Tenant.model_validate(tomllib.loads(block))
    assert [fault["loc"] for fault in told.value.errors() if fault["type"] == "extra_forbidden"] == []


def test_every_rule_that_code_settings_or_letters_name_stands_on_the_page_of_rules() -> None:
    told = re.findall(r"^- \*\*([A-F]-\d\d)\*\* \S", PAGES["rules"], re.MULTILINE)
    assert told == sorted(set(told))
    files = [one for folder in ("mailbot", "config", "replies") for one in (ROOT / folder).rglob("*.*")]
    texts = [one.read_text("utf-8") for one in files if one.suffix in (".py", ".toml", ".md")]
    named = {id for text in texts for id in re.findall(r"(?<![\w-])[A-F]-\d\d(?![\w-])", text)}
    assert named - {"E-00"} <= set(told)  # E-00 is a sample's


def test_files_on_a_page_are_there() -> None:
    for text in SHOWN.values():
        for path in re.findall(r"`((?:mailbot|replies|config|tests)/[\w./*-]+)`", text):
            assert list(ROOT.glob(path.rstrip("/"))) or "NAME" in path, path


def test_what_the_page_for_developers_says_to_stand_in_a_file_stands_there() -> None:
    told = re.findall(r"`([\w=\[\]]+)`(?:,? and `(\w+)`)? in\s`((?:mailbot|replies)/[\w./*]+)`", PAGES["developer"])
    assert len(told) > 5
    for *words, path in told:
        found = [one for place in ROOT.glob(path) for one in (place.rglob("*.py") if place.is_dir() else [place])]
        text = "".join(one.read_text("utf-8") for one in found)
        assert all(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for word in words), (words, path)


def test_guide_lists_its_pages_and_names_them_when_one_is_unknown() -> None:
    told = CliRunner().invoke(app, ["guide"])
    assert all(name in told.output for name in ("contactpersoon", "operator", "developer"))
    assert "# Voor de contactpersoon" in CliRunner().invoke(app, ["guide", "contactpersoon"]).output


def test_every_command_stands_under_a_heading_of_the_help() -> None:
    told = CliRunner().invoke(app, ["--help"]).output
    assert all(f" {panel} " in told for panel in panels.PANELS)
    assert all(re.search(rf"^│ {name} ", told, re.MULTILINE) for name in COMMANDS.commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", [file.stem for file in MODULES if "\ndef add_to(" in file.read_text("utf-8")])
def test_what_a_module_adds_stands_in_the_table_of_contents_and_says_there_what_it_is(module: str) -> None:
    added = commands_of(module)
    assert sorted(added) == sorted(name for name in panels.PANEL_OF if panels.MODULE_OF[name] == module)
    listed = {name: COMMANDS.get_command(None, name) for name in added}  # type: ignore[attr-defined]
    assert {name: one.help for name, one in listed.items()} == {name: one.help for name, one in added.items()}
