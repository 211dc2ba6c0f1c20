"""Files of a case: what staff add to the copy, and the copies that were made. One folder per case, for the owner only.

The rule kept here: no name that somebody typed ever becomes a path; a symbolic link is never followed.
"""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from pathlib import Path

from mailbot import private_files, regular_files
from mailbot.errors import TryLater, Usage

FOLDER = "files"
#: The largest file that staff may add, in bytes.
LARGEST = 50 * 2**20
REF = re.compile(r"AVG-\d{4}-\d{4,}")
_WINDOWS = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


def folder_of(company: Path, ref: str) -> Path:
    """Where the files of a case lie."""
    if not REF.fullmatch(ref):
        raise ValueError("no reference of a case")
    return company / FOLDER / ref


def put(company: Path, ref: str, name: str, content: bytes) -> str:
    """Write a file of the case, readable by its owner only; its path in the company's folder.

    Raises TryLater, leaving no half of it; a file of that name that was there stays as it was.
    """
    folder = folder_of(company, ref)
    try:
        for one in (company, company / FOLDER, folder):
            one.mkdir(parents=True, exist_ok=True, mode=0o700)
        private_files.replace(folder / name, content)
    except OSError as error:
        raise TryLater(f"{ref}: the file {name} was not kept ({error.strerror}). Make room and try again") from None
    return f"{FOLDER}/{ref}/{name}"


def named(_company: Path, ref: str, name: str, _content: bytes) -> str:
    """What `put` would answer, with nothing written: for a rehearsal."""
    return f"{FOLDER}/{ref}/{name}"


def get(company: Path, ref: str, name: str) -> bytes:
    """The bytes of a file of the case. Raises Usage when it is gone."""
    try:
        handle = os.open(folder_of(company, ref) / name, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise Usage(f"{ref}: the file {name} is gone ({error.strerror}); add it again") from None
    with os.fdopen(handle, "rb") as file:
        return file.read()


def read_given(path: Path) -> bytes:
    """The bytes of a file that a person named. Raises Usage with the reason when it cannot be taken."""
    try:
        return regular_files.read(path, LARGEST)
    except OSError as error:
        raise Usage(f"{path}: {error.strerror}") from None


def drop_all(company: Path, ref: str) -> bool:
    """Remove every file of a case; whether there was any."""
    folder = folder_of(company, ref)
    if folder.is_symlink():
        folder.unlink()
        return True
    if not folder.exists():
        return False
    shutil.rmtree(folder)
    return True


def refs_with_files(company: Path) -> list[str]:
    """The cases that have files."""
    folder = company / FOLDER
    return sorted(path.name for path in folder.iterdir() if REF.fullmatch(path.name)) if folder.is_dir() else []


def plain_name(name: str, fallback: str = "bestand") -> str:
    """A file name that every system takes: ASCII letters, digits, dot, hyphen; no path, no device name of Windows."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    bare = unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").decode()
    bare = re.sub(r"[^A-Za-z0-9.-]+", "-", bare).strip(".-")
    stem, dot, ending = bare.rpartition(".")
    stem, ending = (stem, ending) if dot else (bare, "")
    if not stem or stem.lower() in _WINDOWS:
        stem = f"{fallback}-{stem}".strip("-")
    return f"{stem[:60]}.{ending[:10]}" if ending else stem[:60]
