"""A worker that runs on while a newer version is laid over the program writes with the templates it began with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from desk import Desk, text_of
from jinja2.sandbox import ImmutableSandboxedEnvironment

from company import ACCESS, KNOWN, REPLIES, a_raw_mail
from mailbot.errors import ConfigError
from mailbot.letters import Letters

SIGNED = "Dit is van een nieuwere versie."
#: A second request for the same, in other words: the same words once more are a reminder.
AGAIN = f"{ACCESS} Het gaat ook om mijn oude account."


@pytest.fixture
def replies(tmp_path: Path) -> Path:
    return Path(shutil.copytree(REPLIES, tmp_path / "replies"))


@pytest.fixture
def desk(tmp_path: Path, replies: Path) -> Desk:
    """A company whose program runs with these templates."""
    desk = Desk(tmp_path / "state", mode="automatic")
    desk.tenant.letters = Letters(replies)
    return desk


def lay_newer_version(replies: Path) -> None:
    """Every letter says something that only the newer program can fill, and so do the layouts; words have gone."""
    for path in replies.rglob("*"):
        if path.suffix in (".md", ".html", ".txt"):
            path.write_text(f"{path.read_text('utf-8')}\n\n{SIGNED} {{{{ newer_name }}}}\n", "utf-8")
    for path in replies.rglob("phrases.toml"):
        path.write_text("[newer]\n", "utf-8")


def own(replies: Path, tenant: str, text: str) -> None:
    path = replies / "tenants" / tenant / "nl" / "acknowledgement.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_a_mail_is_answered_although_a_newer_version_was_laid_over_a_worker_that_had_written_nothing(
    desk: Desk, replies: Path
) -> None:
    lay_newer_version(replies)
    desk.round(a_raw_mail(ACCESS))
    [answer] = desk.mails_to(KNOWN)
    assert SIGNED not in text_of(answer)


def test_a_mail_is_answered_in_the_words_of_before_although_a_newer_version_was_laid_over_a_worker_at_work(
    desk: Desk, replies: Path
) -> None:
    desk.round(a_raw_mail(ACCESS))
    lay_newer_version(replies)
    desk.round(a_raw_mail(AGAIN, number=2, subject="nog een vraag"))
    first, second = desk.mails_to(KNOWN)
    assert text_of(first).split("AVG-")[0] == text_of(second).split("AVG-")[0]


def test_a_mail_is_answered_although_the_program_was_taken_away_from_under_the_worker(
    desk: Desk, replies: Path
) -> None:
    shutil.rmtree(replies)
    desk.round(a_raw_mail(ACCESS))
    assert desk.mails_to(KNOWN)


def test_what_a_company_words_itself_stands_in_the_next_letter(desk: Desk, replies: Path) -> None:
    for number, words in enumerate(("Wij lezen het.", "Wij lezen het vandaag."), 1):
        own(replies, desk.tenant.id, f"Onderwerp: Dank u\n\n{words} Kenmerk {{{{ ref }}}}.\n")
        desk.round(a_raw_mail((ACCESS, AGAIN)[number - 1], number=number, subject=f"vraag {number}"))
        assert words in text_of(desk.mails_to(KNOWN)[-1])


def test_a_company_that_takes_its_own_wording_away_gets_the_common_one_again(desk: Desk, replies: Path) -> None:
    own(replies, desk.tenant.id, "Onderwerp: Dank u\n\nWij lezen het, {{ ref }}.\n")
    desk.round(a_raw_mail(ACCESS))
    shutil.rmtree(replies / "tenants" / desk.tenant.id)
    desk.round(a_raw_mail(AGAIN, number=2, subject="nog een vraag"))
    first, second = map(text_of, desk.mails_to(KNOWN))
    assert first.startswith("Wij lezen het, ")
    assert "Wij lezen het, " not in second


def test_what_a_company_includes_from_the_common_letters_is_as_it_was_at_the_start(desk: Desk, replies: Path) -> None:
    own(replies, desk.tenant.id, "Onderwerp: Dank u\n\nKenmerk {{ ref }}\n\n{% include 'nl/parts/eigen.md' %}\n")
    (replies / "nl" / "parts" / "eigen.md").write_text("Tot ziens.\n", "utf-8")
    desk.tenant.letters = Letters(replies)
    (replies / "nl" / "parts" / "eigen.md").write_text("{{ newer_name }}\n", "utf-8")
    desk.round(a_raw_mail(ACCESS))
    assert "Tot ziens." in text_of(desk.mails_to(KNOWN)[0])


def test_a_template_that_is_not_readable_is_named_at_the_start(replies: Path) -> None:
    (replies / "nl" / "answer.md").unlink()
    (replies / "nl" / "answer.md").symlink_to("/proc/self/mem")
    with pytest.raises(ConfigError, match=r"^replies/nl/answer\.md: "):
        Letters(replies)


def test_what_one_company_had_compiled_is_compiled_for_no_other_again(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.round(a_raw_mail(ACCESS))
    other = Desk(tmp_path / "other", mode="automatic", tenant="kraaft")
    compiled: list[str] = []
    monkeypatch.setattr(ImmutableSandboxedEnvironment, "compile", lambda *given, **_: compiled.append(str(given[2])))
    other.round(a_raw_mail(ACCESS))
    assert other.mails_to(KNOWN)
    assert compiled == []
