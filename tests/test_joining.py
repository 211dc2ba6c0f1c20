"""The parts of a letter are joined in when its template is read: what it says stays what an included part would say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from builders import a_policy
from company import REPLIES, START
from mailbot.errors import ConfigError
from mailbot.letters import Letters
from mailbot.letters.inlining import InliningEnvironment
from mailbot.letters.likeness import Alike
from mailbot.letters.render import Rendered, Template
from mailbot.letters.sampling import sample_letters

#: What the layout around a letter names.
LAYOUT = dict.fromkeys(("company", "mailbox", "post_address", "website", "ref"), "") | {
    "language": "nl",
    "audience": "staff",
    "template": "mine",
}


@pytest.fixture
def replies(tmp_path: Path) -> Path:
    return Path(shutil.copytree(REPLIES, tmp_path / "replies"))


def lay(replies: Path, path: str, text: str) -> Template:
    file = replies / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return Template(path, "nl")


def written(replies: Path, template: Template, **values: str) -> Rendered:
    return Letters(replies).renderer.render(template, {**LAYOUT, **values})


def test_every_letter_says_the_same_as_with_its_parts_included(monkeypatch: pytest.MonkeyPatch) -> None:
    joined = list(sample_letters(Letters(REPLIES), a_policy(), START, Alike()))
    monkeypatch.setattr(InliningEnvironment, "part", lambda self, include: None)
    included = list(sample_letters(Letters(REPLIES), a_policy(), START, Alike()))
    assert joined == included
    assert len({letter.template for letter in joined}) > 40


def test_what_a_part_sets_stays_inside_it(replies: Path) -> None:
    lay(replies, "nl/parts/mine.md", "{% set word = 'binnen' %}{{ word }}\n")
    letter = lay(replies, "nl/mine.md", "Onderwerp: x\n\n{% include 'nl/parts/mine.md' %}\n{{ word }}\n")
    assert written(replies, letter, word="buiten").text.startswith("binnen\nbuiten\n")


def test_a_part_knows_what_is_gone_through_around_it(replies: Path) -> None:
    lay(replies, "nl/parts/mine.md", "nummer {{ number }}\n")
    body = "{% for number in ['een', 'twee'] %}\n{% include 'nl/parts/mine.md' %}\n{% endfor %}\n"
    letter = lay(replies, "nl/mine.md", f"Onderwerp: x\n\n{body}")
    assert written(replies, letter).text.startswith("nummer een\nnummer twee\n")


def test_a_part_that_holds_itself_stops_the_letter(replies: Path) -> None:
    lay(replies, "nl/parts/mine.md", "{% include 'nl/parts/mine.md' %}\n")
    letter = lay(replies, "nl/mine.md", "Onderwerp: x\n\n{% include 'nl/parts/mine.md' %}\n")
    with pytest.raises(ConfigError):
        written(replies, letter)


def test_a_part_that_is_not_there_is_told_by_its_name(replies: Path) -> None:
    letter = lay(replies, "nl/mine.md", "Onderwerp: x\n\n{% include 'nl/parts/gone.md' %}\n")
    with pytest.raises(ConfigError) as told:
        written(replies, letter)
    assert "includes nl/parts/gone.md, which does not exist" in str(told.value.problems[0])


def test_a_part_that_a_company_words_itself_is_read_anew_when_it_changes(replies: Path) -> None:
    own = "tenants/kaviaarshop/nl/groet.md"
    lay(replies, own, "Tot ziens.\n")
    letter = lay(replies, "tenants/kaviaarshop/nl/mine.md", f"Onderwerp: x\n\n{{% include '{own}' %}}\n")
    letters = Letters(replies)
    assert "Tot ziens." in letters.renderer.render(letter, LAYOUT).text
    lay(replies, own, "Tot gauw, en met dank.\n")
    assert "Tot gauw" in letters.renderer.render(letter, LAYOUT).text
