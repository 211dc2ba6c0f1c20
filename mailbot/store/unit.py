"""What can be read and written inside one unit of work, on whatever database.

Everything is found by a key: a reference, a Message-ID, an address, a moment. Nothing on the path of a mail scans.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from mailbot.errors import Usage
from mailbot.model import (
    Call,
    Case,
    Disposition,
    HistoryEntry,
    Letter,
    LetterState,
    MailRecord,
    Status,
    Suppression,
    fold_address,
)
from mailbot.store.case_documents import Documents
from mailbot.store.codec import from_doc, to_doc
from mailbot.store.keys import KEYS, stamp
from mailbot.store.rows import Sign

__all__ = ["KEYS", "Tables", "Unit", "stamp"]


class Tables(Documents, Protocol):
    """What a company's memory offers a unit of work."""

    def by(
        self, table: str, name: str, value: str, sign: Sign = "=", limit: int = -1, *, working_only: bool = False
    ) -> list[dict[str, Any]]: ...
    def refs(self, name: str, value: str, sign: Sign = "=") -> list[str]: ...


class Unit:
    """What can be read and written inside one unit of work."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._made: dict[str, tuple[dict[str, Any], Case]] = {}

    # cases
    def case(self, ref: str) -> Case | None:
        """The case with this reference. It is made once of each document: a mail asks for its case by many words, and
        a case with many mails is long."""
        if (doc := self.tables.get("cases", ref)) is None:
            return None
        of, case = self._made.get(ref, (None, None))
        if case is None or of is not doc:
            case = from_doc(Case, doc)
            self._made[ref] = (doc, case)
        return case

    def named_case(self, ref: str) -> Case:
        """The case with the reference that a person gave. Raises Usage when there is none."""
        if (case := self.case(ref)) is None:
            raise Usage(f"there is no case {ref}")
        return case

    def put_case(self, case: Case) -> None:
        """Write the case as it now is."""
        self.tables.put("cases", case.ref, to_doc(case))

    def cases_with_message(self, message_id: str) -> list[Case]:
        """Cases to whose thread this Message-ID belongs."""
        return self._found("message", message_id)

    def cases_of(self, email: str) -> list[Case]:
        """Cases of this requester, oldest reference first."""
        return self._found("address", email.lower())

    def cases_to(self, email: str) -> list[Case]:
        """Cases in which a mail to this address can be an answer: the requester's own, the one on file, a named one."""
        found = (*self.cases_of(email), *self._found("other_address", email.lower()))
        return list({case.ref: case for case in found}.values())

    def open_cases(self) -> list[Case]:
        """Cases whose clock runs, oldest receipt first."""
        return self._cases("open", "~", "<=")

    def open_refs(self) -> list[str]:
        """The references of the cases whose clock runs, oldest receipt first."""
        return self.tables.refs("open", "~", "<=")

    def due_refs(self, now: datetime) -> list[str]:
        """The references of the cases for which the clock has work, longest due first."""
        return self.tables.refs("next", stamp(now), "<=")

    def all_cases(self, status: Status | None = None) -> list[Case]:
        """Every case on file, for lists that a person asks for; never on the path of a mail."""
        return self._cases("status", status) if status else self._cases("all", "~", "<=")

    def done_before(self, moment: datetime, limit: int) -> list[str]:
        """References of closed cases at hand in which nothing was to be done any more by then, longest done first."""
        return [doc["ref"] for doc in self.tables.by("cases", "done", stamp(moment), "<=", limit, working_only=True)]

    def cases_since(self, moment: datetime) -> list[Case]:
        """Every case but those in which nothing was to be done any more by then and that lie in a register."""
        recent = {doc["ref"]: doc for doc in self.tables.by("cases", "done", stamp(moment), ">=")}
        recent |= {doc["ref"]: doc for doc in self.tables.by("cases", "all", "~", "<=", working_only=True)}
        return [from_doc(Case, recent[ref]) for ref in sorted(recent)]

    def _found(self, name: str, value: str) -> list[Case]:
        """The few cases with this key, each read once in a unit."""
        return [case for ref in self.tables.refs(name, value) if (case := self.case(ref))]

    def _cases(self, name: str, value: str, sign: Sign = "=") -> list[Case]:
        return [from_doc(Case, doc) for doc in self.tables.by("cases", name, value, sign)]

    def next_ref(self, year: int) -> str:
        """The reference that the next case of this year gets."""
        return f"AVG-{year}-{int(self.note(f'refs:{year}') or 0) + 1:04d}"

    def take_ref(self, ref: str) -> None:
        """Mark a reference as used; it is never given again."""
        _, year, number = ref.split("-")
        self.put_note(f"refs:{year}", str(int(number)))

    # letters
    def letter(self, token: str) -> Letter | None:
        """The letter made for this decision."""
        doc = self.tables.get("letters", token)
        return from_doc(Letter, doc) if doc else None

    def put_letter(self, letter: Letter) -> None:
        """Write the letter as it now is."""
        self.tables.put("letters", letter.token, to_doc(letter))

    def letters(self, state: LetterState) -> list[Letter]:
        """Letters in this state."""
        return self._letters("state", state)

    def letters_of(self, ref: str) -> list[Letter]:
        """Letters of this case."""
        return self._letters("ref", ref)

    def announced(self, name: str, state: LetterState | None = None, limit: int = -1) -> list[Letter]:
        """Letters to customers about this announcement, all of them or those in one state."""
        return self._letters(f"announced:{name}", state or "", "=" if state else ">=", limit)

    def letter_with_message(self, message_id: str) -> Letter | None:
        """The letter that left under this Message-ID."""
        return next(iter(self._letters("message", message_id)), None)

    def letters_to_copy(self) -> list[Letter]:
        """Sent letters of which a copy is still to be filed in the mailbox."""
        return self._letters("copy", "due")

    def sendable(self, now: datetime, limit: int = 100) -> list[Letter]:
        """Queued letters whose time has come, longest waiting first."""
        return self._letters("queue", stamp(now), "<=", limit)

    def letters_to_inspect(self) -> list[Letter]:
        """Queued letters that can carry something about somebody and did not pass the airlock yet."""
        return self._letters("unread", "yes")

    def sent_since(self, since: datetime, to: str = "") -> int:
        """How many letters left for people outside since then, to all or to one address with its sub-addresses."""
        return self.tables.count("letters", f"sent:{fold_address(to)}" if to else "sent", stamp(since), ">=")

    def _letters(self, name: str, value: str, sign: Sign = "=", limit: int = -1) -> list[Letter]:
        return [from_doc(Letter, doc) for doc in self.tables.by("letters", name, value, sign, limit)]

    # warnings that wait for the day's mail to a colleague
    def put_call(self, call: Call) -> None:
        """Write a warning down until it is mailed."""
        self.tables.put("calls", call.token, to_doc(call))

    def calls_until(self, now: datetime) -> list[Call]:
        """Warnings that may leave by now, longest waiting first."""
        return [from_doc(Call, doc) for doc in self.tables.by("calls", "send", stamp(now), "<=")]

    def drop_call(self, token: str) -> None:
        """The warning was mailed, or is no longer needed."""
        self.tables.drop("calls", token)

    # records of mail
    def seen(self, key: str) -> MailRecord | None:
        """The record of the mail with this hash."""
        doc = self.tables.get("seen", key)
        return from_doc(MailRecord, doc) if doc else None

    def record(self, seen: MailRecord) -> None:
        """Write down that a mail was taken in."""
        self.tables.put("seen", seen.key, to_doc(seen))

    def seen_with_message(self, message_id: str) -> list[MailRecord]:
        """Records of mails with this Message-ID."""
        return [from_doc(MailRecord, doc) for doc in self.tables.by("seen", "message", message_id)]

    def seen_as(self, disposition: Disposition) -> list[MailRecord]:
        """Records of mails that became this."""
        return [from_doc(MailRecord, doc) for doc in self.tables.by("seen", "disposition", disposition)]

    def seen_since(self, since: datetime) -> list[MailRecord]:
        """Mails taken in since then."""
        return [from_doc(MailRecord, doc) for doc in self.tables.by("seen", "recorded", stamp(since), ">=")]

    def seen_before(self, moment: datetime) -> list[MailRecord]:
        """Mails taken in until then, but for those of cases in registers."""
        return [
            from_doc(MailRecord, doc)
            for doc in self.tables.by("seen", "recorded", stamp(moment), "<=", working_only=True)
        ]

    # history
    def history(self, ref: str) -> list[HistoryEntry]:
        """Everything that was done in a case, in order."""
        return [from_doc(HistoryEntry, doc) for doc in self.tables.by("history", "ref", ref)]

    def append(self, entry: HistoryEntry) -> None:
        """Add a line to the history of a case."""
        self.tables.put("history", f"{entry.ref}:{entry.seq:06d}", to_doc(entry))

    def entry(self, ref: str, seq: int) -> HistoryEntry | None:
        """The line with this number."""
        doc = self.tables.get("history", f"{ref}:{seq:06d}")
        return from_doc(HistoryEntry, doc) if doc else None

    # marketing
    def suppress(self, suppression: Suppression) -> None:
        """Put an address on the list of people who get no marketing."""
        id = f"{suppression.address.lower()}|{suppression.channel}"
        if not self.tables.get("suppressions", id):
            self.tables.put("suppressions", id, to_doc(suppression))

    def suppressions(self) -> list[Suppression]:
        """Everybody who gets no marketing."""
        return [from_doc(Suppression, doc) for doc in self.tables.by("suppressions", "all", "", ">=")]

    # small facts: cursors, counters, keys
    def note(self, name: str) -> str | None:
        """A small fact of the store, by name."""
        doc = self.tables.get("notes", name)
        return doc["value"] if doc else None

    def put_note(self, name: str, value: str) -> None:
        """Write a small fact."""
        self.tables.put("notes", name, {"value": value})

    def drop_note(self, name: str) -> None:
        """Forget a small fact."""
        self.tables.drop("notes", name)
