"""What the program rests on: free licences, nothing unneeded, an audit that claims only what it looked up."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "bench"))

import audit_deps  # noqa: E402
import licences  # noqa: E402

#: What belongs to a package that is asked for, and cannot be had without it.
PARTS = {
    "psycopg-pool": "psycopg[pool]",
    "markupsafe": "jinja2",
    "pydantic-core": "pydantic",
    "pysasl": "pymap",
}
#: Named by the address that a company types, and imported for it by SQLAlchemy.
DRIVERS = {"pymysql"}


@pytest.mark.parametrize("name", licences.locked())
def test_every_package_is_free_to_use_beside_the_program(name: str) -> None:
    try:
        said = licences.licences(name)
    except metadata.PackageNotFoundError:
        pytest.skip("not for this system")
    assert said
    assert said <= licences.FREE


def asked() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {
        name: lines for name, lines in project["optional-dependencies"].items() if name not in ("build", "dev", "train")
    }
    lines = [*project["dependencies"], *(line for one in extras.values() for line in one)]
    return {re.split(r"[\[<>=~! ]", line)[0].lower() for line in lines}


@cache
def imported() -> set[str]:
    trees = (ast.parse(path.read_text("utf-8")) for path in (ROOT / "mailbot").rglob("*.py"))
    names: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


#: Asks every package that is installed.
packages_distributions = cache(metadata.packages_distributions)


def owners(names: set[str]) -> set[str]:
    """The packages that these imports come from."""
    packages = packages_distributions()
    return {owner.lower().replace("_", "-") for name in names for owner in packages.get(name, (name,))}


def test_the_program_asks_for_nothing_that_it_does_not_import() -> None:
    assert asked() - owners(imported()) == DRIVERS


def test_the_program_imports_nothing_that_it_does_not_ask_for() -> None:
    foreign = {name for name in imported() if name not in sys.stdlib_module_names and name != "mailbot"}
    assert owners(foreign) - asked() - set(PARTS) == set()


def hole(**more: object) -> dict[str, object]:
    return {"name": "x", "version": "1", "vulns": [], **more}


@pytest.mark.parametrize(
    ("found", "code", "said"),
    [
        ([hole()], 0, "1 packages, no known hole"),
        ([hole(vulns=[{"id": "CVE-1", "fix_versions": ["2"]}])], 1, "x 1: CVE-1, mended in 2"),
        ([hole(), {"name": "y", "skip_reason": "not found"}], 2, "could not be looked up: y"),
        ([{"name": "y", "skip_reason": "not found"}], 2, "NOT AUDITED"),
        (None, 2, "NOT AUDITED"),
        ([], 2, "NOT AUDITED"),
    ],
)
def test_the_audit_claims_only_what_was_looked_up(found: list[dict[str, object]] | None, code: int, said: str) -> None:
    told = audit_deps.verdict(found)
    assert told[0] == code
    assert said in " ".join(told[1])
