"""Files of companies that are there follow the table, in the settings that a person names and no others.

The rules kept here: nothing is written before all changed files were read together with the others; a change after
which a file could not be used is none. A password, and who holds data, are changed in the file itself.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from mailbot import private_files, regular_files
from mailbot.errors import Usage
from mailbot.setup import differences
from mailbot.setup.changed_settings import with_settings
from mailbot.setup.company_files import CompanyFiles, Outcome, Staged
from mailbot.setup.table import COLUMNS


def follow(place: CompanyFiles, outcomes: Sequence[Outcome], names: Iterable[str], by: str, on: date) -> list[Outcome]:
    """The outcomes with these settings, where table and file differ in them, as the table has them. Writes nothing.

    Raises Usage for a setting in which no file differs, or that is not changed this way.
    """
    wanted = set(names)
    known = {each.setting for one in outcomes if one.state == "differs" for each in one.differs if each.may_follow}
    if strangers := sorted(wanted - known):
        there = f"files differ in {', '.join(sorted(known))}" if known else "no file differs in what can be changed so"
        said = {COLUMNS[word][0] for one in outcomes for word in one.row.said}
        unsaid = [name for name in strangers if name not in said]
        why = f"; no column of the table says {', '.join(unsaid)}" if unsaid else ""
        raise Usage(f"{', '.join(strangers)}: nothing to change{why}; {there}")
    made = [_followed(place, one, wanted, by, on) if one.state == "differs" else one for one in outcomes]
    staged = place.staged({one.row.id: one.text for one in made if one.state == "changed"})
    return [_judged(one, staged) if one.state == "changed" else one for one in made]


def write(place: CompanyFiles, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Write the changed files; what fails is faulty."""
    return [_written(place, one) if one.state == "changed" else one for one in outcomes]


def _followed(place: CompanyFiles, one: Outcome, wanted: set[str], by: str, on: date) -> Outcome:
    names = tuple(each.setting for each in one.differs if each.setting in wanted and each.may_follow)
    if not names:
        return one
    values = differences.values_of(one.text)
    try:
        text = regular_files.read(place.file(one.row)).decode("utf-8-sig")
        if differences.CUSTOMERS in names:
            values |= {differences.CUSTOMERS: _with_own_url(values[differences.CUSTOMERS], text, one)}
        text = with_settings(text, {name: values[name] for name in names}, by, on)
    except (ValueError, OSError) as error:
        return replace(one, state="faulty", faults=(f"tenants/{one.row.id}.toml: {error}",))
    left = tuple(each for each in one.differs if each.setting not in names)
    return replace(one, state="changed", text=text, applied=names, differs=left)


def _with_own_url(customers: dict[str, Any], text: str, one: Outcome) -> dict[str, Any]:
    """The table of customers, with the place of the database's address that the file has, where the row gives none."""
    there = differences.values_of(text)[differences.CUSTOMERS]
    kept = "url" in customers and "customers_url" not in one.row.said and isinstance(there, dict) and "url" in there
    return {**customers, "url": there["url"]} if kept else customers


def _judged(one: Outcome, staged: Staged) -> Outcome:
    """A company that observes while something waits to be confirmed would come to a stand in another mode."""
    lacks = [problem for problem in staged.missing.get(one.row.id, ()) if problem.where.endswith(":mode")]
    faults = tuple(str(problem) for problem in (*staged.faulty.get(one.row.id, ()), *lacks))
    return replace(one, state="faulty", faults=faults, applied=()) if faults else one


def _written(place: CompanyFiles, one: Outcome) -> Outcome:
    try:
        if differences.CUSTOMERS in one.applied:
            place.lay(one.row, {"customers_url"} & set(one.row.said))
        rewrite(place.file(one.row), one.text)
    except Usage as error:
        return replace(one, state="faulty", faults=(str(error),), applied=())
    return one


def rewrite(file: Path, text: str) -> None:
    """The file anew, whole or not at all, with the rights that it had. Raises Usage."""
    try:
        private_files.replace(file.resolve(), text.encode(), stat.S_IMODE(file.stat().st_mode))
    except OSError as error:
        raise Usage(f"{file}: cannot be written ({error.strerror})") from None
