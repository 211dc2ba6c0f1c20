"""By which words a document is found: a reference, a Message-ID, an address, a moment.

The rule kept here: words are taken from the document as it is written, so that a write costs no second reading of it;
what an older form lacks has no word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mailbot.model import LetterState, Status, fold_address, may_carry
from mailbot.store.rows import Keys

_DAY = timedelta(days=1)
_OPEN = (Status.TRIAGE, Status.OPEN)
_CLOSED = (Status.CLOSED, Status.ANONYMISED)


def stamp(at: datetime) -> str:
    """A moment, of whatever zone, as text that sorts like time does (UTC, microseconds always present)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _stamped(written: str) -> str:
    return stamp(datetime.fromisoformat(written))


def _case_keys(doc: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    yield "all", doc["ref"]
    yield "status", doc["status"]
    if doc["status"] in _OPEN:
        yield "open", _stamped(doc["received_at"])
    if doc.get("next_at"):
        yield "next", _stamped(doc["next_at"])
    if doc.get("forget_on"):
        yield "forget", doc["forget_on"]
    for kept in doc.get("work", {}).get("kept", ()):
        yield "keeps", (date.fromisoformat(kept["until"]) + _DAY).isoformat()
    if done := done_since(doc):
        yield "done", done
    if doc.get("requester"):
        yield "address", doc["requester"]["email"].lower()
    for address in _other_addresses(doc):
        yield "other_address", address
    for message_id in doc.get("thread", ()):
        yield "message", message_id


def _other_addresses(doc: Mapping[str, Any]) -> set[str]:
    """Where the person can be written to beside the address that he wrote from: on file, or named by a colleague."""
    wrote = doc["requester"]["email"].lower() if doc.get("requester") else ""
    return {doc.get(name, "").lower() for name in ("known_email", "recipient")} - {"", wrote}


def done_since(doc: Mapping[str, Any]) -> str:
    """Since when nothing is to be done in a case, empty while something is: its clock has work, it is held, what the
    law kept is still there, or a restriction is in force."""
    waits = doc.get("next_at") or doc.get("restricted_since") or doc.get("work", {}).get("hold")
    if doc["status"] not in _CLOSED or waits or not doc.get("closed_at"):
        return ""
    kept = (f"{date.fromisoformat(one['until']) + _DAY}T00:00:00Z" for one in doc.get("work", {}).get("kept", ()))
    return max(map(_stamped, (doc["closed_at"], doc.get("anonymised_at") or doc["closed_at"], *kept)))


def _letter_keys(doc: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    state, audience = doc.get("state", LetterState.HELD), doc["audience"]
    sent = state == LetterState.SENT
    yield "state", state
    yield "ref", doc["ref"]
    yield "message", doc["message_id"]
    if state == LetterState.QUEUED and doc.get("next_try"):
        yield "queue", _stamped(doc["next_try"])
    if state == LetterState.QUEUED and not doc.get("passed") and _may_carry(doc):
        yield "unread", "yes"
    if sent and doc.get("copy_due"):
        yield "copy", "due"
    if audience == "customer":
        yield f"announced:{doc['token'].split(':')[1]}", state
    if audience == "requester" and sent and doc.get("settled_at"):
        yield "sent", _stamped(doc["settled_at"])
        yield f"sent:{fold_address(doc['to'])}", _stamped(doc["settled_at"])


def _may_carry(doc: Mapping[str, Any]) -> bool:
    return may_carry(doc.get("template", ""), doc["audience"], [file["type"] for file in doc.get("enclosed", ())])


def _seen_keys(doc: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    yield "message", doc["message_id"]
    yield "disposition", doc["disposition"]
    if doc.get("ref"):
        yield "ref", doc["ref"]
    yield "recorded", _stamped(doc["recorded_at"])


def _next(doc: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    return [("next", _stamped(doc["next_try"]))] if doc["next_try"] else []


#: By which words a document is found, per table.
KEYS: dict[str, Keys] = {
    "cases": _case_keys,
    "letters": _letter_keys,
    "seen": _seen_keys,
    "calls": lambda doc: [("send", _stamped(doc["send_at"])), ("ref", doc["ref"])],
    "history": lambda doc: [("ref", doc["ref"])],
    "filings": lambda doc: [("all", doc["ref"])],
    "registers": lambda doc: [("all", doc["id"])],
    "suppressions": lambda doc: [("all", doc["address"]), ("source", doc["source"])],
    "errands": lambda doc: [("ref", doc["ref"]), ("state", doc["state"]), *_next(doc)],
}
