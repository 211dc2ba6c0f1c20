"""The configuration folder as one frozen value: `load(directory)`.

The rules kept here: all faults are reported together, each with its file, its key and what to type. A company that is
only incomplete loads, and says what it lacks. Where the caller asks for those that can work, one company's faulty file
stops no other. Loading opens no connection, reads no secret and creates no file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from mailbot.config import build, completeness, faults, files, schema
from mailbot.config.files import Source
from mailbot.config.values import (
    Agency,
    Company,
    Confirmation,
    Installation,
    Log,
    StaffMember,
)
from mailbot.errors import ConfigError, Problem

__all__ = [
    "Agency",
    "Company",
    "Confirmation",
    "Installation",
    "Log",
    "StaffMember",
    "load",
]

Form = TypeVar("Form", bound=BaseModel)


def load(
    directory: Path, overlay: Path | None = None, contained: bool = False, may_be_empty: bool = False
) -> Installation:
    """Read mailbot.toml, authorities.toml and tenants/*.toml. Raises ConfigError with every problem found.

    Files of the same name under `overlay` are laid over those of `directory`: tables merge, the rest is replaced.
    `contained`: a fault of one company's own file makes that company unusable, and stops no other; neither does a file
    whose name is no id, or a colleague of whom staff.toml names a company that is not there (`Installation.faults`).
    `may_be_empty`: for whoever brings the first company.
    """
    reader = _Reader(directory, overlay)
    main = reader.form("mailbot.toml", schema.Main)
    authorities = reader.authorities()
    names = list(reader.tenants(may_be_empty))
    sound, faulty = reader.companies(names, authorities)
    staff = reader.staff(names)
    if not (contained and (names or may_be_empty)):
        reader.problems += reader.harmless
    if main is None or reader.problems or (faulty and not (contained and (sound or may_be_empty))):
        raise ConfigError([*reader.problems, *(problem for problems in faulty.values() for problem in problems)])
    agency = build.agency(main.agency, reader.sources["mailbot.toml"]) if main.agency else None
    url = build.secret(main.store.url, "mailbot.toml: store.url") if main.store.url else None
    return Installation(
        directory=directory.resolve(),
        state=Path(main.state),
        poll_seconds=main.poll_seconds,
        companies=tuple(
            build.with_next_people(completeness.with_missing(sound, faulty, reader.sources), staff, agency)
        ),
        database=url if main.store.type == "postgresql" else None,
        lease_seconds=main.store.lease_seconds,
        other_database=url if main.store.type == "tinydb" else None,
        log=Log(main.log.level, main.log.format),
        staff=staff,
        metrics_port=main.metrics.port if main.metrics else None,
        agency=agency,
        faults=tuple(reader.harmless),
    )


class _Reader:
    """Collects the problems of all files on the way, so that one fault never hides another."""

    def __init__(self, directory: Path, overlay: Path | None) -> None:
        self.directory = directory
        self.overlay = overlay
        self.problems: list[Problem] = []
        self.harmless: list[Problem] = []  # what gives nobody a right or a turn that was not meant
        self.sources: dict[str, Source] = {}

    def form(self, name: str, model: type[Form], key: str = "") -> Form | None:
        """The file in its form, or None when a problem was noted. Its source is kept under `key`."""
        source, problems = files.read(self.directory, name, self.overlay)
        self.problems += problems
        if source is None:
            return None
        self.sources[key or name] = source
        return self._checked(source, model)

    def authorities(self) -> dict[str, schema.AuthorityTable] | None:
        """The authorities by their short key, or None when that file cannot be used."""
        name = "authorities.toml"
        source, problems = files.read(self.directory, name, self.overlay)
        self.problems += problems
        if source is None:
            return None
        parts = {key: Source(name, table, {}, prefix=key) for key, table in source.table.items()}
        tables = {key: self._checked(part, schema.AuthorityTable) for key, part in parts.items()}
        sound = {key: table for key, table in tables.items() if table}
        return sound if len(sound) == len(tables) else None

    def staff(self, companies: list[str]) -> tuple[StaffMember, ...] | None:
        """Who may do what; None where there is no staff.toml."""
        name = "staff.toml"
        if not any(os.path.lexists(folder / name) for folder in (self.directory, self.overlay) if folder):
            return None
        source, problems = files.read(self.directory, name, self.overlay)
        self.problems += problems
        found = []
        for user, table in source.table.items() if source else ():
            form = self._checked(Source(name, table, {}, prefix=user), schema.StaffMemberTable)
            found += [build.staff_member(user, form)] if form else []
        for one in found:
            named = one.see | one.triage | one.decide | one.send
            for stranger in sorted(named - {"*", *companies}):
                cure = f'names {stranger}, which is no company here; companies are {", ".join(companies)}, or "*"'
                self.harmless.append(Problem(f"{name}:{one.user}", cure))
        return tuple(found)

    def tenants(self, may_be_empty: bool) -> Iterator[str]:
        """The ids of the companies, from the names of their files."""
        names, problems = files.tenant_names(self.directory)
        self.harmless += problems
        if not names and not problems and not may_be_empty:
            self.problems.append(
                Problem("tenants/", f"has no company: put one ID.toml in {self.directory / 'tenants'}")
            )
        yield from names

    def companies(
        self, names: list[str], authorities: dict[str, schema.AuthorityTable] | None
    ) -> tuple[list[Company], dict[str, list[Problem]]]:
        """The companies whose files are sound, and by id what is wrong with the files of the others."""
        shared, faulty = self.problems, dict[str, list[Problem]]()
        found = []
        for tenant in names:
            self.problems = faulty[tenant] = []
            found += [company] if (company := self.company(tenant, authorities)) else []
        self.problems = shared
        for tenant, problem in completeness.shared(found, self.sources):
            faulty[tenant].append(problem)
        faulty = {tenant: problems for tenant, problems in faulty.items() if problems}
        return [company for company in found if company.id not in faulty], faulty

    def company(self, tenant: str, authorities: dict[str, schema.AuthorityTable] | None) -> Company | None:
        """The company, or None when its file has a problem or its authority is not known."""
        table = self.form(f"tenants/{tenant}.toml", schema.Tenant, tenant)
        if table is None or authorities is None:
            return None
        found = authorities.get(table.authority)
        if found is None or table.country not in found.countries:
            fitting = [key for key, one in authorities.items() if table.country in one.countries]
            cure = f"is no authority of {table.country}; in authorities.toml: {', '.join(fitting) or 'none'}"
            self.problems.append(Problem(self.sources[tenant].where("authority"), cure))
            return None
        return build.company(tenant, table, build.authority(found), self.sources[tenant])

    def _checked(self, source: Source, model: type[Form]) -> Form | None:
        try:
            return model.model_validate(source.table)
        except ValidationError as error:
            self.problems += faults.problems(error, model, source)
            return None
