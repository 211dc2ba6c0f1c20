"""Which companies a running worker serves, by the files of its configuration, which are looked at as long as it runs.

The rules kept here: a look costs names, times and sizes of files; nothing is read before one of them changed and then
stood still. A fault in a company's file concerns that company alone, which goes on by what its file said when that was
right; a fault in what all share changes nothing for anybody.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mailbot import regular_files
from mailbot.config import Company, Installation
from mailbot.errors import ConfigError, MailbotError, Problem

#: What all companies share, and what each has: files beside `tenants`.
MAIN = "mailbot.toml"
SHARED = (MAIN, "authorities.toml", "staff.toml")

#: When a file was changed, in two ways, its size and its number on the disk.
Stamp = tuple[int, int, int, int]
_NOT_SEEN: Stamp = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Joined:
    """A company that was not served, and can be."""

    company: Company


@dataclass(frozen=True, slots=True)
class Changed:
    """A company whose settings are others now."""

    company: Company


@dataclass(frozen=True, slots=True)
class Left:
    """A company without a file."""

    tenant: str


@dataclass(frozen=True, slots=True)
class Faulty:
    """A company that cannot be served by its file. `goes_on`: it is served by what the file said before."""

    tenant: str
    problems: tuple[Problem, ...]
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """A company whose faulty file says again what it is served by."""

    tenant: str


@dataclass(frozen=True, slots=True)
class Unread:
    """What all share has a fault, so that nothing changes for anybody."""

    problems: tuple[Problem, ...]


Change = Joined | Changed | Left | Faulty | Restored | Unread


@dataclass(frozen=True, slots=True)
class Look:
    """The files of a configuration at one moment, and what each of them said."""

    stamps: dict[str, Stamp]
    digests: dict[str, str]


def look_at(directory: Path, before: Look | None = None) -> Look:
    """The files as they are. Of those that did not change since `before` nothing is read. Raises OSError."""
    stamps = dict(_stamps(directory))
    known = before or Look({}, {})
    digests = {
        name: known.digests[name] if known.stamps.get(name) == stamp else _digest(directory / name)
        for name, stamp in stamps.items()
    }
    return Look(stamps, digests)


def _stamps(directory: Path) -> Iterator[tuple[str, Stamp]]:
    tenants = directory / "tenants"
    names = [f"tenants/{name}" for name in os.listdir(tenants) if name.endswith(".toml") and name[0] != "."]
    for name in (*SHARED, *names):
        try:
            found = os.stat(directory / name)
            yield name, (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
        except FileNotFoundError:
            continue  # staff.toml, or one that just went
        except OSError:
            yield name, _NOT_SEEN  # as with what cannot be read: whoever wants its settings says what is wrong


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(regular_files.read(path)).hexdigest()
    except OSError as error:
        return type(error).__name__


def _can_be_served(company: Company) -> bool:
    """Whether its file is sound and lacks nothing."""
    return company.usable and not company.missing


class Roster:
    """The companies of an installation, as `read` finds them, or only one of them. `look` is from before `settings`
    were read. Used by one thread; `settings` may be looked at by others."""

    def __init__(self, settings: Installation, look: Look, read: Callable[[], Installation], only: str = "") -> None:
        self.settings = settings
        self.fault: Unread | None = None  # what is wrong with what all share
        self._read, self._only = read, only
        self._first_main = self._main = look.digests.get(MAIN)
        self._latest = self._taken = look
        self._served = {one.id: (one, _said(look, one.id)) for one in self._chosen(settings) if _can_be_served(one)}
        self._missing = {one.id: one.missing for one in self._chosen(settings) if not _can_be_served(one)}

    @property
    def waits_for_start(self) -> bool:
        """Whether mailbot.toml says otherwise than when the worker began; that counts from its next start."""
        return self._main != self._first_main

    @property
    def going_on(self) -> list[str]:
        """The companies that are served by what their files said before a fault came into them."""
        return sorted(self._served.keys() & self._missing.keys())

    def look(self) -> list[Change]:
        """What changed since the last look and stands still now; most often nothing."""
        try:
            found = look_at(self.settings.directory, self._latest)
        except OSError as error:
            self._taken = Look({}, {})  # once it is back, all of it is read
            where = error.filename or str(self.settings.directory)
            return self._unread((Problem(where, f"cannot be read ({error.strerror}): put the folder back"),))
        stands_still, self._latest = found.stamps == self._latest.stamps, found
        if not stands_still or found.digests == self._taken.digests:
            return []
        self._taken = found
        try:
            read = self._read()
        except ConfigError as error:
            return self._unread(tuple(error.problems))
        except MailbotError as error:
            return self._unread((Problem(MAIN, str(error)),))
        self.fault, self._main = None, found.digests.get(MAIN)
        changes = list(self._changes(self._chosen(read), found))
        self.settings = replace(self.settings, companies=read.companies, staff=read.staff, faults=read.faults)
        return changes

    def _unread(self, problems: tuple[Problem, ...]) -> list[Change]:
        """The fault, once: what does not go away is not told at every look."""
        before, self.fault = self.fault, Unread(problems)
        return [] if before == self.fault else [self.fault]

    def _chosen(self, settings: Installation) -> list[Company]:
        return [one for one in settings.companies if self._only in ("", one.id)]

    def _changes(self, companies: Iterable[Company], look: Look) -> Iterator[Change]:
        names = set()
        for company in companies:
            names.add(company.id)
            yield from self._change(company, _said(look, company.id))
        for tenant in sorted(self._served.keys() - names):
            del self._served[tenant]
            yield Left(tenant)
        self._missing = {tenant: lacks for tenant, lacks in self._missing.items() if tenant in names}

    def _change(self, company: Company, said: str) -> Iterator[Change]:
        served, by = self._served.get(company.id, (None, ""))
        if not _can_be_served(company):
            if self._missing.get(company.id) != company.missing:
                yield Faulty(company.id, company.missing, served is not None)
            self._missing[company.id] = company.missing
            return
        was_faulty = self._missing.pop(company.id, None) is not None
        if served is None:
            yield Joined(company)
        elif by != said or served.policy != company.policy:
            yield Changed(company)
        elif was_faulty:
            yield Restored(company.id)
        self._served[company.id] = company, said


def _said(look: Look, tenant: str) -> str:
    """What the company's file said, as one word."""
    return look.digests.get(f"tenants/{tenant}.toml", "")
