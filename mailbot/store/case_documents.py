"""The documents that belong to a case, so that it can go from one place to another whole.

The rule kept here: a document is of one case or of none, and its table, id and reference say which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from mailbot.store.rows import Found, Sign

#: The tables of which documents go with a case, found by its reference; and the small facts that are named after it.
CASE_TABLES, _FACTS = ("letters", "seen", "history"), ("key", "seq")
#: The tables of which something lies in registers.
REGISTER_TABLES = frozenset({"cases", "notes", "ledger", *CASE_TABLES})
#: Words, and states of letters, that only what waits for something has: such a case is in no register.
_WAITING = frozenset({("cases", "open"), ("cases", "next"), ("letters", "queue"), ("letters", "copy")})
_LEAVING = frozenset({"queued", "sending"})
_REF = re.compile(r"AVG-(\d{4})-\d+")

Document = tuple[str, str, dict[str, Any]]


class Documents(Protocol):
    """The verbs that every place of documents has; these are JSON objects with a name of their own."""

    def get(self, table: str, id: str) -> dict[str, Any] | None: ...
    def put(self, table: str, id: str, doc: Mapping[str, Any]) -> None: ...
    def drop(self, table: str, id: str) -> None: ...
    def count(self, table: str, name: str, value: str, sign: Sign = "=") -> int: ...
    def everything(self) -> Iterator[Document]: ...
    def clear(self) -> None: ...


class DocumentStore(Documents, Protocol):
    """One database of documents: the working store, or a register."""

    def found(self, table: str, name: str, value: str, sign: Sign = "=", limit: int = -1) -> list[Found]: ...
    def ids(self, table: str, name: str, value: str, sign: Sign = "=") -> list[tuple[str, str]]: ...


def year_of(ref: str) -> str:
    """The year in a reference, empty for what is none."""
    found = _REF.fullmatch(ref)
    return found[1] if found else ""


def case_of(table: str, id: str, doc: Mapping[str, Any] | None) -> str:
    """The case that a document is of, empty when it is of none or the document is needed to tell."""
    match table:
        case "cases" | "filings":
            return id
        case "history":
            return id.rpartition(":")[0]
        case "notes":
            fact, _, ref = id.partition(":")
            return ref if fact in _FACTS else ""
        case "letters" | "seen" | "calls" | "errands":
            return str(doc.get("ref") or "") if doc else ""
        case _:
            return ""


def may_lie_in_register(table: str, name: str, value: str) -> bool:
    """Whether a register can hold something that is found like this."""
    leaves = (table, name) == ("letters", "state") and value in _LEAVING
    return table in REGISTER_TABLES and (table, name) not in _WAITING and not leaves


def documents_of(place: DocumentStore, ref: str) -> list[Document]:
    """Everything of a case that lies here."""
    named = [("cases", ref), *(("notes", f"{fact}:{ref}") for fact in _FACTS)]
    found = [(table, id, doc) for table, id in named if (doc := place.get(table, id)) is not None]
    return found + [(table, id, doc) for table in CASE_TABLES for _, id, doc in place.found(table, "ref", ref)]


def drop_case(place: DocumentStore, ref: str) -> None:
    """Remove everything of a case."""
    for table, id, _ in documents_of(place, ref):
        place.drop(table, id)


def copy(documents: Iterable[Document], place: DocumentStore) -> None:
    """Write these documents here."""
    for table, id, doc in documents:
        place.put(table, id, doc)
