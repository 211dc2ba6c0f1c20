"""One range of Pythons, named alike wherever it is named; and what newer ones do otherwise changes nothing."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
import tomllib
from email import utils
from pathlib import Path
from typing import Any

import pytest

from mailbot.parse import addresses

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
OLDEST = PROJECT["project"]["requires-python"].removeprefix(">=")
#: What the standard library of 3.11 still has and that of 3.12 or 3.13 no longer (PEP 594, PEP 632).
_GONE = """
    aifc asynchat asyncore audioop cgi cgitb chunk crypt distutils imghdr imp lib2to3 mailcap msilib nis nntplib
    ossaudiodev pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib
"""
GONE = frozenset(_GONE.split())
#: Senders that a person can read; a comma at the end, brackets and apostrophes are what the library came to doubt.
READABLE = (
    "jan@klant.example,",
    "Jan [Klant] <jan@klant.example>",
    "(Jan) jan@klant.example",
    "Jan d'Hont <jan@klant.example>",
)


def minor(version: str) -> int:
    """Of "3.11" the eleven."""
    major, _, rest = version.partition(".")
    assert major == "3"
    return int(rest)


def range_of_make() -> list[str]:
    """The Pythons that `make install` looks for, in its order."""
    return re.findall(r"python(3\.\d+)", MAKEFILE.partition("\n\nBIN")[0].partition("; do")[0])


def test_what_checks_style_types_and_locks_takes_the_oldest_python() -> None:
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{OLDEST.replace('.', '')}"
    assert PROJECT["tool"]["mypy"]["python_version"] == OLDEST
    assert re.findall(r"--python-version (\S+)", MAKEFILE) == [OLDEST]


def test_make_refuses_an_older_python_and_says_which_it_wants() -> None:
    assert re.findall(r"version_info < \((\d+), (\d+)\)", MAKEFILE) == [tuple(OLDEST.split("."))]
    assert f"Python {OLDEST} or newer" in MAKEFILE


def test_make_looks_for_every_python_that_the_readme_promises() -> None:
    [(first, last)] = re.findall(r"Python (3\.\d+) to (3\.\d+)", (ROOT / "README.md").read_text("utf-8"))
    assert first == OLDEST
    assert [minor(one) for one in range_of_make()] == list(range(minor(first), minor(last) + 1))


def test_the_container_holds_one_python_that_make_looks_for() -> None:
    lines = (ROOT / "config" / "deploy" / "Containerfile").read_text("utf-8")
    [version] = set(re.findall(r"^FROM python:(3\.\d+)", lines, re.MULTILINE))
    assert version in range_of_make()


def test_nothing_is_imported_that_a_newer_python_no_longer_has() -> None:
    wrong = []
    for file in (*(ROOT / "mailbot").rglob("*.py"), *(ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            wrong += [(file.name, name) for name in names if name.partition(".")[0] in GONE]
    assert wrong == []


@pytest.mark.parametrize("text", READABLE)
def test_a_library_that_became_strict_finds_the_same_sender(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = addresses.sender([text.encode()])
    assert before[0] is not None
    assert newer_addresses(monkeypatch).sender([text.encode()]) == before


def newer_addresses(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module as a newer Python would load it, whose reader is strict where nobody asks it not to be."""
    lenient: Any = utils.getaddresses
    known = {"strict": False} if hasattr(utils, "supports_strict_parsing") else {}

    def getaddresses(values: list[str], *, strict: bool = True) -> list[tuple[str, str]]:
        return [("", "")] if strict else list(lenient(values, **known))

    monkeypatch.setattr(utils, "supports_strict_parsing", True, raising=False)
    monkeypatch.setattr(utils, "getaddresses", getaddresses)
    spec = importlib.util.spec_from_file_location("newer_addresses", addresses.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module
