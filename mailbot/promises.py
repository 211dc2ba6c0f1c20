"""What each company's policy promises people, sentence by sentence, and whether this installation keeps it today.

The rule kept here: nobody types that a promise works. It works only if a test proves it, or a person of the company
confirmed what no program can prove, and nothing that it needs is missing. Tests are found by reading their files, not
by running them; `make test` is what runs them.
"""

from __future__ import annotations

import ast
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError

import mailbot
from mailbot import config
from mailbot.config import faults, fields, files
from mailbot.config.values import Company, Installation
from mailbot.errors import ConfigError, Problem

#: Kept by the people of the company; `[confirmed]` in the tenant's file says who vouches for it, and since when.
ORGANISATION = "organisation"

_KEEPER = re.compile(
    r"test:tests/[\w/]+\.py::\w+(::\w+)*|scenario:[a-z_]+|rule:[A-H]-\d+[a-z]?|letter:[\w-]+|module:mailbot/[\w/.]+"
)
#: Which test plays the scenarios, and where one of a company is kept, seen from the folder of the tests.
_PLAYED = "tests/test_scenarios.py::test_a_request_is_answered_closed_and_forgotten"
_KEPT = "scenarios/letters/{kind}-{tenant}.txt"


@dataclass(frozen=True, slots=True)
class Promise:
    """One sentence that binds a company. `sentence` stands verbatim in the policy; `why` says what is not there yet.

    `waits_for` says whose work that is: "proof" the program's, "settings" whoever sets it up, "people" the company's.
    """

    tenant: str
    id: str
    promise: str
    sentence: str
    kept_by: tuple[str, ...]
    state: Literal["working", "not yet"]
    why: str = ""
    shown_by: tuple[str, ...] = ()  # the tests and scenarios that show it working
    waits_for: str = ""  # proof, settings, people; empty when it works
    todo: tuple[str, ...] = ()  # what the company still has to do for it, in words


#: What a promise may need, and how to see whether a company has it.
NEEDS: dict[str, Callable[[Company], bool]] = {
    "mailbox": lambda company: bool(company.policy.mailbox),
    "contact": lambda company: bool(company.policy.contact_name and company.policy.contact_email),
    "deputy": lambda company: bool(company.policy.deputy_email),
    "post_address": lambda company: bool(company.policy.post_address),
    "customers": lambda company: company.customers is not None,
    "processors": lambda company: all(one.status != "te bevestigen" for one in company.policy.processors),
    "imap": lambda company: company.imap is not None,
    "smtp": lambda company: company.smtp is not None,
    "go_live": lambda company: company.policy.go_live is not None,
    "automatic": lambda company: company.policy.mode == "automatic",
}
#: The same for whoever has to fill it in.
ASKS = {
    "mailbox": 'type the address that people write to: mailbox = "..." under [mail]',
    "contact": "type who handles privacy matters, with an address of his own: name and email under [contact]",
    "deputy": "type who is warned when a day comes near: name and email under [deputy]",
    "post_address": 'type the postal address that letters name: post_address = "..."',
    "customers": "say where the known customers stand: [customers], a CSV export or a database",
    "processors": 'find out who really holds data for you; each "te bevestigen" becomes "bevestigd" or "gestopt"',
    "imap": "type how the mailbox is read: [imap]",
    "smtp": "type how letters leave: [smtp]",
    "go_live": "type from which day mail is handled: go_live = 2026-12-01",
    "automatic": 'let letters leave: mode = "automatic"',
}
CONFIRM = "look whether it is so, and let a person vouch for it under [confirmed]"


def _keeper(text: str) -> str:
    if text != ORGANISATION and not _KEEPER.fullmatch(text):
        raise ValueError(
            'must be "test:tests/test_x.py::name", "scenario:access", "rule:B-10", "letter:name", '
            '"module:mailbot/x.py" or "organisation"'
        )
    return text


def _need(text: str) -> str:
    if text not in NEEDS and not text.startswith("module:mailbot/"):
        raise ValueError(f'must be "module:mailbot/x.py" or one of {", ".join(NEEDS)}')
    return text


class Row(fields.Strict):
    """One promise as the file holds it."""

    id: Annotated[str, Field(pattern=r"^[0-9A-Z]+-\d\d+$")]
    promise: str = Field(min_length=1)
    sentence: str = Field(min_length=1)
    kept_by: list[Annotated[str, AfterValidator(_keeper)]] = Field(min_length=1)
    needs: list[Annotated[str, AfterValidator(_need)]] = Field(default_factory=list)


class Rows(fields.Strict):
    """One file of promises."""

    promise: list[Row] = Field(default_factory=list)


def load(config_dir: Path, tests_dir: Path | None, overlay: Path | None = None) -> list[Promise]:
    """Every promise of every company, in the order of its policy. Raises ConfigError with every problem.

    `tests_dir` is the folder that holds the tests; it may be absent, as in an installed copy.
    """
    installation = config.load(config_dir, overlay)
    rows, problems = _read(installation)
    if problems:
        raise ConfigError(problems)
    tests = tests_in(tests_dir)
    return [_judged(company, row, tests) for company in installation.companies for row in rows[company.id]]


def standing(rows: Sequence[Promise]) -> Iterator[str]:
    """How many promises work, and for whom the others wait."""
    waiting = Counter(row.waits_for for row in rows)
    yield f"{waiting['']} of {len(rows)} promises work"
    yield f"{waiting['settings']} are shown by tests and wait for the company's settings (`mailbot check`)"
    yield f"{waiting['people']} are kept by people; the company confirms them under [confirmed]"
    yield f"{waiting['proof']} have no test that shows them"


def wanted(rows: Sequence[Promise]) -> Iterator[tuple[str, str, int]]:
    """What each company still has to do, and for how many promises: (company, in words, how many)."""
    counted = Counter((row.tenant, todo) for row in rows for todo in row.todo)
    yield from ((tenant, todo, count) for (tenant, todo), count in sorted(counted.items()))


def tests_in(folder: Path | None) -> frozenset[str] | None:
    """All tests in a folder as "tests/test_x.py::name", skipped ones left out, and the letters of each scenario that is
    played there. None if there is no such folder."""
    if folder is None or not folder.is_dir():
        return None
    found = _tests(folder)
    return found | frozenset(_scenarios(folder)) if _PLAYED in found else found


def _scenarios(folder: Path) -> Iterator[str]:
    for path in folder.glob(_KEPT.format(kind="*", tenant="*")):
        yield f"tests/{path.relative_to(folder).as_posix()}"


def _tests(folder: Path) -> frozenset[str]:
    return frozenset(
        f"tests/{path.relative_to(folder).as_posix()}::{name}"
        for path in folder.rglob("test_*.py")
        for name in _names(_statements(path))
    )


def _statements(path: Path) -> list[ast.stmt]:
    """A file that Python cannot read proves nothing."""
    try:
        return ast.parse(path.read_bytes()).body
    except (SyntaxError, ValueError):
        return []


def _names(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() if node.name.startswith("test") and not _is_skipped(node):
                yield node.name
            case ast.ClassDef() if not _is_skipped(node):
                yield from (f"{node.name}::{name}" for name in _names(node.body))


def _is_skipped(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether a mark keeps this test from proving anything."""
    marks = {name.attr for one in node.decorator_list for name in ast.walk(one) if isinstance(name, ast.Attribute)}
    return bool(marks & {"skip", "xfail"})


def _read(installation: Installation) -> tuple[dict[str, list[Row]], list[Problem]]:
    """The rows of each company. A company without a file has none."""
    rows: dict[str, list[Row]] = {}
    problems: list[Problem] = []
    for company in installation.companies:
        name = f"promises/{company.id}.toml"
        rows[company.id] = []
        if not os.path.lexists(installation.directory / name):
            continue
        source, faulty = files.read(installation.directory, name, None)
        problems += faulty
        if source is None:
            continue
        try:
            rows[company.id] = Rows.model_validate(source.table).promise
        except ValidationError as error:
            problems += faults.problems(error, Rows, source)
    return rows, problems or list(_strays(installation, rows))


def _strays(installation: Installation, rows: dict[str, list[Row]]) -> Iterator[Problem]:
    """Ids that occur twice, and confirmations of promises that do not exist."""
    for company in installation.companies:
        ids = Counter(row.id for row in rows[company.id])
        for repeated in (one for one, count in ids.items() if count > 1):
            yield Problem(f"promises/{company.id}.toml", f"has {repeated} twice; give one of them a new number")
        for confirmation in company.confirmed:
            if confirmation.promise not in ids:
                where = f"tenants/{company.id}.toml:confirmed.{confirmation.promise}"
                yield Problem(where, f"is no promise of {company.policy.name}; see promises/{company.id}.toml")


def _judged(company: Company, row: Row, tests: frozenset[str] | None) -> Promise:
    """The promise with its state: working if nothing is left to say."""
    lacks = {
        "proof": tuple(_unproven(company, row, tests)),
        "people": tuple(_unconfirmed(company, row)),
        "settings": tuple(_unmet(company, row)),
    }
    why = "; ".join(lack for found in lacks.values() for lack in found)
    return Promise(
        company.id,
        row.id,
        row.promise,
        row.sentence,
        tuple(row.kept_by),
        "not yet" if why else "working",
        why,
        tuple(name for name in _named(row, company) if tests and name in tests),
        next((whose for whose, found in lacks.items() if found), ""),
        (*((CONFIRM,) if lacks["people"] else ()), *(ASKS[need] for need in _missing(company, row) if need in ASKS)),
    )


def _named(row: Row, company: Company) -> list[str]:
    """The tests that must exist, and the letters of a scenario that must be kept."""
    tests = [keeper.removeprefix("test:") for keeper in row.kept_by if keeper.startswith("test:")]
    kinds = [keeper.removeprefix("scenario:") for keeper in row.kept_by if keeper.startswith("scenario:")]
    return [*tests, *(f"tests/{_KEPT.format(kind=kind, tenant=company.id)}" for kind in kinds)]


def _unproven(company: Company, row: Row, tests: frozenset[str] | None) -> Iterator[str]:
    """What proof is not there: every test and scenario named must exist; only what people do needs none."""
    named = _named(row, company)
    if named and tests is None:
        yield "tests not found"
    elif tests is not None:
        yield from (f"no such test: {name}" for name in named if name not in tests)
    if not named and ORGANISATION not in row.kept_by:
        yield "no test proves it"


def _unconfirmed(company: Company, row: Row) -> Iterator[str]:
    if ORGANISATION in row.kept_by and row.id not in {one.promise for one in company.confirmed}:
        yield "not confirmed by the company"


def _unmet(company: Company, row: Row) -> Iterator[str]:
    yield from (f"needs {need}" for need in _missing(company, row))


def _missing(company: Company, row: Row) -> Iterator[str]:
    for need in row.needs:
        if not (_has_module(need) if need.startswith("module:") else NEEDS[need](company)):
            yield need


def _has_module(need: str) -> bool:
    return (Path(mailbot.__file__).parent.parent / need.removeprefix("module:")).exists()
