"""The archive in which a company goes over, and how it is looked at whole before anything of it is used.

The rules kept here: it holds a manifest of what is in it, each thing with its size and its SHA-256. What is not in the
manifest, not as that says, no plain file, there twice, too large, or under a name that has no place at a company,
refuses all of it. No more is unpacked than was promised. Names of members are never told: a person may stand in one.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mailbot import casefiles, regular_files
from mailbot.attachment_text import UNREADABLE
from mailbot.errors import Refused

FORMAT = 1
README, MANIFEST, MEMORY = "LEESMIJ.txt", "inhoud.json", "memory.db"
#: So large the archive may be, the memory in it, and all together; so many files may be in it.
MOST_PACKED, MOST_MEMORY, MOST_TOGETHER, MOST_FILES = 4 * 2**30 - 1, 4 * 2**30, 8 * 2**30, 50_000
_LONGEST_LIST, _LONGEST_DIRECTORY, _CHUNK = 32 * 2**20, 16 * 2**20, 2**20
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")


class _Member(BaseModel):
    """One file, as the manifest has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """Whose everything this is, where its chain ends, and what is in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    form: int
    company: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    name: str = Field(max_length=300)
    made_on: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    head: str = Field(max_length=60)
    cases: int = Field(ge=0)
    files: dict[str, _Member]


@dataclass
class ArchiveWriter:
    """An archive that is being made: what was put in is in its manifest."""

    archive: zipfile.ZipFile
    files: dict[str, dict[str, object]] = field(default_factory=dict)

    def add(self, name: str, content: bytes) -> None:
        """One file."""
        self.archive.writestr(name, content)
        self.files[name] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    def add_from(self, name: str, path: Path) -> None:
        """One that may be too large to be read at once."""
        with path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        self.archive.write(path, name)
        self.files[name] = {"size": path.stat().st_size, "sha256": digest}

    def close(self, company: str, name: str, made_on: str, head: str, cases: int) -> None:
        """Put in the manifest."""
        entry = {"form": FORMAT, "company": company, "name": name, "made_on": made_on, "head": head, "cases": cases}
        self.archive.writestr(MANIFEST, orjson.dumps({**entry, "files": self.files}, option=orjson.OPT_INDENT_2))


@dataclass(frozen=True)
class HandoverArchive:
    """An archive of which every name and size is in order. `digest` names exactly this content."""

    path: Path
    manifest: Manifest
    digest: str
    _archive: zipfile.ZipFile

    @property
    def size(self) -> int:
        """What all of it takes on disk."""
        return sum(one.size for one in self.manifest.files.values())

    def names(self, *start: str) -> list[str]:
        """What lies under this folder of the archive."""
        return sorted(name for name in self.manifest.files if name.startswith("/".join((*start, ""))))

    def read(self, name: str) -> bytes:
        """A file that is small enough to be read at once."""
        return b"".join(self._pieces(name))

    def unpack(self, to: Path) -> None:
        """Everything below a folder that is there and empty, for the owner only. Raises Refused, or OSError."""
        for name in self.manifest.files:
            (to / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(to / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.writelines(self._pieces(name))

    def _pieces(self, name: str) -> Iterator[bytes]:
        """The content in pieces; the last comes only when all of it is as the list says."""
        listed, digest, left = self.manifest.files[name], hashlib.sha256(), self.manifest.files[name].size
        with _translated_errors(self.path), self._archive.open(name) as source:
            while piece := source.read(min(_CHUNK, left + 1)):
                left -= len(piece)
                digest.update(piece)
                if left < 0:
                    break
                yield piece
        if left or digest.hexdigest() != listed.sha256:
            raise Refused(f"{self.path.name}: a file in it is not the one that its list names; nothing was taken in")


@contextmanager
def opened(path: Path) -> Iterator[HandoverArchive]:
    """The archive, looked at whole but for the bytes of its files. Raises Refused, or OSError for no regular file."""
    regular_files.check(path, MOST_PACKED)
    with path.open("rb") as file:
        _directory_is_bounded(path, file)
        with _translated_errors(path):
            archive = zipfile.ZipFile(file)
        members = archive.infolist()
        for fault in _faults(members):
            raise Refused(f"{path.name}: {fault}; nothing was taken in")
        if MANIFEST not in archive.namelist():
            raise Refused(f"{path.name}: is no archive of `mailbot hand-over`: the list of what is in it is not there")
        with _translated_errors(path):
            listed = archive.read(MANIFEST)
        manifest = _manifest(path, listed)
        if (fault := _unlisted(manifest, members)) or (fault := _wrong_names(manifest)):
            raise Refused(f"{path.name}: {fault}; nothing was taken in")
        yield HandoverArchive(path, manifest, hashlib.sha256(listed).hexdigest(), archive)


def _directory_is_bounded(path: Path, file: IO[bytes]) -> None:
    """Reading the directory of an archive takes memory by its size: that is looked at first."""
    size = path.stat().st_size
    file.seek(max(0, size - 2**16 - 22))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise Refused(f"{path.name}: is no archive, or not the whole of it; nothing was taken in")
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    if length > _LONGEST_DIRECTORY or tail[max(0, at - 20) : at].startswith(_END_64):
        raise Refused(f"{path.name}: has more in it than a company has; nothing was taken in")


@contextmanager
def _translated_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (*UNREADABLE, struct.error, IndexError) as error:
        told = f"{path.name}: cannot be read ({type(error).__name__}): have it made and brought over again"
        raise Refused(f"{told}; nothing was taken in") from None


def _faults(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    """What no archive of ours has."""
    if len(members) > MOST_FILES:
        yield f"has more than {MOST_FILES} files"
    if len({one.filename for one in members}) != len(members):
        yield "has a file twice"
    if sum(one.file_size for one in members) > MOST_TOGETHER:
        yield f"is larger than {MOST_TOGETHER // 2**30} GB unpacked"
    for one in members:
        kind = stat.S_IFMT(one.external_attr >> 16)
        if kind not in (0, stat.S_IFREG) or one.filename.endswith("/"):
            yield "has a link, a folder or a device in it"
        if one.flag_bits & 1 or one.compress_type not in _PACKED:
            yield "has a file in it that is locked or packed in another way"
        if one.orig_filename != one.filename or (one.filename == MANIFEST and one.file_size > _LONGEST_LIST):
            yield "has a name in it that is not what it seems, or a list without end"


def _manifest(path: Path, listed: bytes) -> Manifest:
    try:
        found = Manifest.model_validate_json(listed)
    except ValidationError:
        raise Refused(f"{path.name}: its list cannot be read; nothing was taken in") from None
    if found.form != FORMAT:
        cure = f"has form {found.form} and this program knows {FORMAT}: a newer mailbot made it; install that one"
        raise Refused(f"{path.name}: {cure}")
    return found


def _unlisted(manifest: Manifest, members: list[zipfile.ZipInfo]) -> str:
    """Where the archive and its manifest differ."""
    there = {one.filename: one.file_size for one in members if one.filename != MANIFEST}
    listed = {name: one.size for name, one in manifest.files.items()}
    return "" if there == listed else "has other files in it than its list names"


def _wrong_names(manifest: Manifest) -> str:
    """What would lie elsewhere than where a company's things lie, or is larger than such a thing can be."""
    settings = f"tenants/{manifest.company}.toml"
    if settings not in manifest.files:
        return "lacks the settings of its company"
    for name, one in manifest.files.items():
        most = _most(name.split("/"), manifest.company)
        if most is None:
            return "has a file in it that does not belong to its company, or leads outside its folder"
        if one.size > most:
            return f"has a file in it of more than {most // 2**20} MB"
    return ""


def _most(parts: list[str], company: str) -> int | None:
    """How large a file of this name may be; None for a name that has no place here."""
    if not all(_is_plain(part) for part in parts):
        return None
    match parts:
        case [name] if name == README:
            return regular_files.TEXT
        case [name] if name == MEMORY:
            return MOST_MEMORY
        case ["tenants" | "promises", name] if name == f"{company}.toml":
            return regular_files.TEXT
        case ["replies", "tenants", owner, *rest] if owner == company and 1 <= len(rest) <= 5:
            return regular_files.TEXT
        case ["state", owner, folder, ref, _] if (owner, folder) == (company, casefiles.FOLDER):
            return regular_files.EXPORT if casefiles.REF.fullmatch(ref) else None
    return None


def _is_plain(part: str) -> bool:
    """A name that is neither hidden nor anything but a name, on whatever system."""
    return (
        bool(part)
        and part[0] not in ". "
        and len(part.encode("utf-8", "replace")) <= 200
        and not _CONTROLS.search(part)
    )
