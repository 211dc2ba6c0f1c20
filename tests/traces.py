"""What a person could be found again by, and a search for it in every byte of a folder."""

from __future__ import annotations

import base64
import hashlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path


def traces_of(address: str, *words: str) -> tuple[str, ...]:
    """The address, plain and in the forms that look anonymous and are not, and what else names the person."""
    plain = address.encode()
    hashes = (hashlib.sha256(plain), hashlib.sha1(plain), hashlib.md5(plain))
    return (
        address,
        address.partition("@")[0] + "@",
        *(one.hexdigest() for one in hashes),
        base64.b64encode(plain).decode().rstrip("="),
        *words,
    )


def left_in(folder: Path, traces: Iterable[str]) -> list[str]:
    """Which trace stands in which file or its name: as it is written, in capitals, or wide."""
    wanted = [(trace, trace.lower().encode(), trace.lower().encode("utf-16-le")) for trace in traces]
    found = []
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes().lower() if path.is_file() else b""
        content += str(path.relative_to(folder)).lower().encode()
        found += [f"{path.name}: {trace}" for trace, plain, wide in wanted if plain in content or wide in content]
    return found


def tables_with(store: Path, trace: str) -> set[str]:
    """The tables of a memory that hold a trace, in a document or in a key to it."""
    line = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        like = f"%{trace}%"
        docs = line.execute("select tbl from docs where cast(doc as text) like ? or id like ?", (like, like))
        keys = line.execute("select tbl from keys where value like ?", (like,))
        return {table for (table,) in [*docs, *keys]}
    finally:
        line.close()
