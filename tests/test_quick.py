"""A command pays for what it uses: libraries that sort, write or send are imported where that is done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAIL = str(ROOT / "tests" / "mails" / "alternative.eml")
TABLE = ("cli.loading", "cli.options", "cli.panels")
#: Runs the command line, and tells at its end what was imported.
_TOLD = """
import atexit, sys
from mailbot.__main__ import main
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
main()
"""


def imported_by(*words: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", _TOLD, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("words", ["--version", "--help", "casess"])
def test_what_works_on_no_company_imports_nothing_that_does(words: str) -> None:
    ours = {name for name in imported_by(words) if name.startswith("mailbot.")}
    assert ours == {f"mailbot.{name}" for name in ("__main__", "errors", "cli", *TABLE)}


def test_only_the_version_is_looked_up_among_the_packages() -> None:
    assert "importlib.metadata" not in imported_by("--help")


@pytest.mark.parametrize("words", [["cases"], ["status"], ["show", "AVG-2026-0001"]])
def test_what_looks_at_cases_imports_nothing_that_sorts_reads_a_mailbox_or_sends(words: list[str]) -> None:
    edges = {"imapclient", "mailbot.mailbox", "aiosmtplib", "asyncio", "mailbot.smtp", "mailbot.oauth"}
    assert imported_by(*words) & (edges | {"mailbot.classify.sorting", "mailbot.parse", "numpy"}) == set()


@pytest.mark.parametrize("words", [["status"], ["cases"], ["cases", "--json"], ["triage", "--list"], ["parse", MAIL]])
def test_what_lists_cases_or_reads_a_mail_or_says_how_it_goes_imports_nothing_that_acts_or_writes(
    words: list[str],
) -> None:
    acting = {f"mailbot.{name}" for name in ("execute", "decide", "events", "actions", "letters", "acts.acting")}
    assert imported_by(*words) & (acting | {"jinja2", "markdown_it"}) == set()


def test_who_loads_the_sorter_has_loaded_all_that_sorts() -> None:
    told = """
import sys
from mailbot.classify import load_classifier
sorter, before = load_classifier(), set(sys.modules)
sorter.classify("vraag", "Welke gegevens hebt u van mij?")
print(*(name for name in set(sys.modules) - before if name.startswith("mailbot.")))
"""
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
