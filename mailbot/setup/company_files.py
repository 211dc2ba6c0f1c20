"""From a table to the files of many companies: drafted, judged together with those that are there, then written.

The rules kept here: what exists is never written over. A row that cannot be used is named with its cure and stops no
other. Nothing is written before the whole configuration was read with the new files in a place of their own; a password
goes into a file for its owner only, and nowhere else.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from mailbot import private_files
from mailbot.config import load
from mailbot.errors import ConfigError, Problem, Usage
from mailbot.model import Policy
from mailbot.setup import differences, server_search, table_answers
from mailbot.setup.company_toml import Answers, toml_of
from mailbot.setup.export_file import read_export
from mailbot.setup.policy_contradictions import contradictions
from mailbot.setup.policy_file import policy_text
from mailbot.setup.policy_retention import retention
from mailbot.setup.policy_text import propose
from mailbot.setup.public_records import Records
from mailbot.setup.table import COLUMNS, SECRET, Row, Table, column_of
from mailbot.setup.toml_words import Place

State = Literal["new", "same", "differs", "changed", "faulty"]
#: So many domains are asked at once.
_AT_ONCE = 8
#: How the file of a password that stood in the table ends.
_SECRET_FILES = {"password": "imap", "smtp_password": "smtp", "customers_url": "klanten"}
_COMMON = ("mailbot.toml", "authorities.toml", "staff.toml")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row. `faults` say what to type; `notes` are worth a look."""

    row: Row
    state: State
    answers: Answers | None = None
    text: str = ""  # of the file, as it would be written for this row; of a changed one, as it is written
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[Problem, ...] = ()
    to_confirm: tuple[str, ...] = ()
    differs: tuple[differences.Difference, ...] = ()
    applied: tuple[str, ...] = ()  # settings that were changed in a file that is there


@dataclass(slots=True)
class _Draft:
    """A row on its way to a file."""

    row: Row
    answers: Answers | None = None
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return toml_of(self.answers, self.row.id) if self.answers else ""


@dataclass(frozen=True, slots=True)
class CompanyFiles:
    """Where the companies come to stand, where their table lies, and whom to ask for servers (None: nobody)."""

    config: Path
    common: Path  # the folder with mailbot.toml: `config`, or the program's own where that one is yet to be made
    beside: Path
    records: Records | None = None

    def draft(self, table: Table) -> list[Outcome]:
        """What each row would become. Writes nothing. Raises ConfigError where the common settings are faulty."""
        twice = {one for one, count in Counter(row.id for row in table.rows).items() if count > 1}
        drafts = [self._drafted(row, table, twice) for row in table.rows]
        fresh = [one for one in drafts if not one.faults and not self._exists(one.row)]
        if self.records:
            _look_up(fresh, self.records)
        staged = self.staged({one.row.id: one.text for one in fresh})
        return [self._outcome(one, staged, table) for one in drafts]

    def write(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Write the files of the new ones, each with its passwords before it; what fails is faulty."""
        return [self._written(one) if one.state == "new" else one for one in outcomes]

    def write_one(self, tenant: str, answers: Answers) -> Path:
        """Write the file of one company of which a person answered everything. Raises ConfigError, Usage."""
        text, file = toml_of(answers, tenant), self.config / "tenants" / f"{tenant}.toml"
        if problems := self.staged({tenant: text}).faulty.get(tenant):
            raise ConfigError(list(problems))
        _write_new(file, text)
        return file

    # --- one row

    def _drafted(self, row: Row, table: Table, twice: set[str]) -> _Draft:
        if row.beyond:
            return _Draft(
                row, faults=["has more cells than there are headings; put quotes around a cell that holds a ; or a ,"]
            )
        draft = _Draft(row, faults=[f"{table.heading(one.column)}: {one.cure}" for one in table_answers.faults_of(row)])
        if row.id in twice:
            draft.faults.append(f"{table.heading('id')}: {row.id} stands in more than one row; give each its own")
        try:
            policy = self.beside / row.get("policy") if row.get("policy") else None
            text = policy_text(policy) if policy else ""
        except Usage as error:
            draft.faults.append(f"{table.heading('policy')}: {error}")
        draft.faults += [f"{table.heading(word)}: {what}" for word, what in self._unreadable(row)]
        if not draft.faults:
            said = propose(text)
            kept, collides = tuple(retention(text)), tuple(contradictions(text))
            answers = replace(table_answers.answers_of(row, said), contradictions=collides, retention=kept)
            draft.faults += [f"{table.heading(one.column)}: {one.cure}" for one in table_answers.lacks(answers)]
            draft.notes += table_answers.contradictions(row, said)
            draft.answers = self._with_paths(answers, row)
        return draft

    def _unreadable(self, row: Row) -> Iterator[tuple[str, str]]:
        """Files that the row names and that cannot be what it says."""
        if table_answers.names_export(row):
            try:
                read_export(self.beside / row.get("customers"))
            except ValueError as error:
                there = (self.beside / row.get("customers")).exists()
                yield "customers", f"{error}{'' if there else ', or type sql:woocommerce for the database of the shop'}"
        if row.get("password_file") and not (self.beside / row.get("password_file")).is_file():
            yield "password_file", f"{self.beside / row.get('password_file')} is no file; lay the password there first"

    def _with_paths(self, answers: Answers, row: Row) -> Answers:
        """The answers with every file as the company's own file sees it."""
        imap, smtp = answers.imap_password, answers.smtp_password
        if row.get("password_file"):
            imap = smtp = Place(file=self.seen(self.beside / row.get("password_file")))
        if row.get("password"):
            imap = smtp = Place(file=self.seen(self._secret(row, "password")))
        if row.get("smtp_password"):
            smtp = Place(file=self.seen(self._secret(row, "smtp_password")))
        shop, customers = answers.shop, ""
        if shop and row.get("customers_url"):
            shop = replace(shop, url=Place(file=self.seen(self._secret(row, "customers_url"))))
        elif row.get("customers") and not shop:
            customers = self.seen(self.beside / row.get("customers"))
        return replace(answers, imap_password=imap, smtp_password=smtp, customers=customers, shop=shop)

    def seen(self, path: Path) -> str:
        """A path as the company's file sees it: relative within what is moved together, else whole."""
        whole, home = path.resolve(), self.config.resolve().parent
        return os.path.relpath(whole, home / self.config.name / "tenants") if whole.is_relative_to(home) else str(whole)

    def _secret(self, row: Row, word: str) -> Path:
        return self.config / "secrets" / f"{row.id}.{_SECRET_FILES[word]}"

    def file(self, row: Row) -> Path:
        """Where the company's file is, or comes to stand."""
        return self.config / "tenants" / f"{row.id}.toml"

    def _exists(self, row: Row) -> bool:
        return os.path.lexists(self.file(row))

    def _outcome(self, draft: _Draft, staged: Staged, table: Table) -> Outcome:
        row, notes = draft.row, tuple(draft.notes)
        if draft.faults:
            return Outcome(row, "faulty", faults=tuple(draft.faults), notes=notes)
        if self._exists(row):
            return self._beside_what_is(draft)
        if problems := staged.faulty.get(row.id):
            faults = dict.fromkeys(table.told(one) for one in problems)
            return Outcome(row, "faulty", faults=tuple(faults), notes=notes)
        notes += tuple(table.told(one) for one in staged.missing[row.id] if column_of(one) in row.said)
        confirm = tuple(name for name, _ in draft.answers.to_confirm) if draft.answers else ()
        return Outcome(row, "new", draft.answers, draft.text, (), notes, staged.missing[row.id], confirm)

    def _beside_what_is(self, draft: _Draft) -> Outcome:
        row = draft.row
        there, problems = differences.table_there(self.config, row.id)
        if there is None:
            cure = f"its file is faulty; `mailbot check --tenant {row.id}` says what to mend"
            return Outcome(row, "faulty", faults=(cure, *(str(one) for one in problems)))
        said = [COLUMNS[word][0] for word in row.said]
        found = [*differences.differences(there, draft.text, self.file(row).parent, said), *self._other_passwords(row)]
        state: State = "differs" if found else "same"
        return Outcome(row, state, draft.answers, draft.text, notes=tuple(draft.notes), differs=tuple(found))

    def _other_passwords(self, row: Row) -> Iterator[differences.Difference]:
        for word in sorted(SECRET & set(row.said)):
            file = self._secret(row, word)
            if file.is_file() and differences.is_other_secret(file, row.get(word)):
                yield differences.Difference(COLUMNS[word][0], f"the one in {file}", "another one")

    # --- all together

    def staged(self, texts: Mapping[str, str]) -> Staged:
        """The configuration as it would be with these files, read in a place of its own."""
        if not texts:
            return Staged({}, {})
        with tempfile.TemporaryDirectory() as name:
            place = Path(name) / self.config.name
            (place / "tenants").mkdir(parents=True)
            links = [self.common / one for one in _COMMON if os.path.lexists(self.common / one)]
            for link in (*links, *(one for one in _toml_files(self.config / "tenants") if one.stem not in texts)):
                inside = "tenants" if link.parent.name == "tenants" else "."
                (place / inside / link.name).symlink_to(link.resolve() if link.exists() else link.absolute())
            for tenant, text in texts.items():
                (place / "tenants" / f"{tenant}.toml").write_text(text, "utf-8")
            return _read(place, set(texts))

    def _written(self, outcome: Outcome) -> Outcome:
        try:
            self.lay(outcome.row, SECRET & set(outcome.row.said))
            _write_new(self.file(outcome.row), outcome.text)
        except Usage as error:
            return Outcome(outcome.row, "faulty", faults=(str(error),))
        return outcome

    def lay(self, row: Row, words: Iterable[str]) -> None:
        """The passwords of these columns, each in a file for its owner only. Raises Usage where another one lies."""
        for word in sorted(words):
            self._lay(self._secret(row, word), row.get(word))

    def _lay(self, file: Path, secret: str) -> None:
        if file.is_file() and differences.is_other_secret(file, secret):
            raise Usage(f"{file} has another password already: remove that file, or the password from the table")
        try:
            file.parent.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise Usage(f"{file.parent}: {error.strerror}") from error
        private_files.write(file, secret)


@dataclass(frozen=True, slots=True)
class Staged:
    """What was read with the new files beside the others: by company what is faulty, and what it lacks."""

    faulty: Mapping[str, Sequence[Problem]]
    missing: Mapping[str, tuple[Problem, ...]]
    policies: Mapping[str, Policy] = field(default_factory=dict)


def _write_new(path: Path, text: str) -> None:
    """A file that was not there. Raises Usage with the reason, and leaves no half of it."""
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Usage(f"{path} exists; change it there, or choose another id") from None
    except OSError as error:
        if path.is_file():
            path.unlink()
        raise Usage(f"{path}: {error.strerror}") from error


def _read(place: Path, fresh: set[str]) -> Staged:
    """Raises ConfigError where the fault is not one of these new files."""
    try:
        companies = load(place, contained=True).companies
    except ConfigError as error:
        by_company = {one: [each for each in error.problems if _whose(each) == one] for one in fresh}
        if not any(by_company.values()) or not all(one.where.startswith("tenants/") for one in error.problems):
            raise
        return Staged(by_company, dict.fromkeys(fresh, ()))
    return Staged(
        {one.id: list(one.missing) for one in companies if not one.usable},
        {one.id: one.missing for one in companies},
        {one.id: one.policy for one in companies if one.usable},
    )


def _whose(problem: Problem) -> str:
    return problem.where.removeprefix("tenants/").partition(".toml")[0]


def _toml_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml"))


def _look_up(drafts: Iterable[_Draft], records: Records) -> None:
    """Ask the network for the servers of those that named none. What it says is to be confirmed."""
    asked = [(one, one.answers) for one in drafts if one.answers and one.answers.mailbox]
    asked = [(one, answers) for one, answers in asked if answers.imap is None or answers.smtp is None]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(lambda one: server_search.find(one[1].mailbox, records), asked)
        for (draft, answers), search in zip(asked, found, strict=True):
            if search.found:
                draft.answers = table_answers.with_found(answers, search.found[0])
            else:
                why = "names no mail servers" if search.answered else "could not be asked for its mail servers"
                draft.notes.append(f"{answers.mailbox.rpartition('@')[2]} {why}; type imap and smtp")
