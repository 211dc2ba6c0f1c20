"""A company's mailbox, read and never changed.

The rule kept here: what arrived is found by UID above the cursor, never by flags (a colleague may have read it first),
and one mail that cannot be had never hides the others. IDLE is a hint to look sooner; looking is the same UID search.

    since -> EXAMINE -> UID SEARCH (in windows) -> sizes and dates (a batch) -> bodies (a few MB at a time)
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Self

from mailbot.accounts import ImapAccount
from mailbot.errors import FolderRefused, TryLater
from mailbot.mailbox import roles
from mailbot.mailbox.connection import Connection, FolderState, Unreadable
from mailbot.mailbox.namespaces import Namespaces, guessed
from mailbot.mailbox.responses import (
    DATE_AND_HEADER,
    SIZE_AND_DATE,
    Cursor,
    FetchedHeader,
    FetchedMail,
    FetchResponses,
    Unfetched,
    arrived_in,
    body_of,
    fetched_header,
    fetched_mail,
    groups,
    size_of,
    windows,
)
from mailbot.mailbox.wakeup import Wakeup
from mailbot.mailbox.writer import MailboxWriter
from mailbot.model import Pointer
from mailbot.tls import TlsState

__all__ = ["Cursor", "FetchedHeader", "FetchedMail", "Mailbox", "MailboxWriter", "Unfetched", "roles"]

BATCH = 128  # UIDs in one command: thousands break the server's line limit
RENEW_IDLE = 8 * 60.0  # servers and routers cut a silent IDLE after nine minutes and more
PAUSE_AFTER_CUT = 3.0  # a server that cuts every IDLE must not be dialled without a breath
TRIES_PER_MAIL = 3  # a mail on which the server drops the line is given up after so many


class Mailbox:
    """One connection to one mailbox, made when first needed and made again after it was lost.

    Used by one thread; only `wake` may be called by others. Raises TryLater (connection, throttling), FolderRefused and
    LoginRefused.
    """

    def __init__(self, account: ImapAccount) -> None:
        self.account = account
        self._connection = Connection(account)
        self._wakeup = Wakeup()
        self._marks: dict[str, tuple[int, int]] = {}  # of each folder when last searched
        self._listed: list[roles.Listed] = []
        self._namespaces: Namespaces | None = None
        self._one_by_one = 0  # the line broke on a batch: so many mails are asked for one by one
        self._failures: Counter[Pointer] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Log out and give everything back; the mailbox cannot be used again."""
        self._connection.close()
        self._wakeup.close()

    # --- reading ---------------------------------------------------------------------------------

    def folder_state(self, folder: str) -> tuple[int, int]:
        """(UIDVALIDITY, UIDNEXT). Another UIDVALIDITY than the cursor's: all UIDs known of this folder are void."""
        state = self._connection.examine(folder)
        return state.uidvalidity, state.uidnext

    def since(self, folder: str, cursor: Cursor | None, first_since: date | None) -> Iterator[FetchedMail | Unfetched]:
        """Every mail above the cursor, by rising UID.

        Without a cursor, or with one of another UIDVALIDITY or above what the server counts to, from the first mail
        on, where `first_since` leaves out what arrived more than a day before it. A mail that vanishes meanwhile is
        left out. Ends early with TryLater when the connection is lost: go on from the last mail that was given.
        """
        for pointers in self._batches(folder, cursor, first_since):
            yield from self._fetch(pointers)

    def headers(self, folder: str, cursor: Cursor | None, first_since: date | None) -> Iterator[FetchedHeader]:
        """As `since`, but only the headers; a mail whose header is not to be had, asked for alone, is left out."""
        for pointers in self._batches(folder, cursor, first_since):
            response = self._ask(pointers, DATE_AND_HEADER)
            for pointer in pointers:
                found = fetched_header(pointer, response)
                if not found and len(pointers) > 1:  # one that cannot be read may cost the whole answer
                    found = fetched_header(pointer, self._ask([pointer], DATE_AND_HEADER))
                if found:
                    yield found

    def count(self, folder: str, first_since: date | None) -> int:
        """How many mails `since` would give without a cursor."""
        state = self._connection.examine(folder)
        return sum(len(self._connection.search(start, end, first_since)) for start, end in windows(1, state))

    def can_move(self) -> bool:
        """Whether the server moves mails (RFC 6851)."""
        return self._connection.offers("MOVE")

    def tls_state(self) -> TlsState | None:
        """How the connection to the server is protected; None without TLS."""
        return self._connection.tls_state()

    def role(self, role: str) -> str:
        """The mailbox's own folder with this role (`roles.SENT` ...), empty when there is none. Asked once between two
        waits."""
        listed, spaces = self._folders(), self._spaces()
        return roles.find((one for one in listed if spaces.is_own(one[2])), role)

    def namespace(self) -> tuple[str, str]:
        """The hierarchy delimiter, and the prefix of every folder of its own but INBOX ("INBOX.")."""
        prefix, delimiter = self._spaces().own[0]
        return delimiter, prefix

    def can_make(self, folder: str) -> bool:
        """Whether a new folder of this name would be the mailbox's own."""
        return self._spaces().is_own(folder)

    def folder_names(self) -> list[str]:
        """Every folder, as the server lists them now, but those of other people who share theirs."""
        self._listed = self._connection.folders()
        spaces = self._spaces()
        return [name for _, _, name in self._listed if not spaces.is_another_persons(name)]

    def _folders(self) -> list[roles.Listed]:
        if not self._connection.is_open:
            self._listed, self._namespaces = [], None  # somebody may have renamed a folder
        self._listed = self._listed or self._connection.folders()
        return self._listed

    def _spaces(self) -> Namespaces:
        listed = self._folders()
        self._namespaces = self._namespaces or self._connection.namespaces()
        return self._namespaces or guessed(listed)

    def answered(self, pointers: Sequence[Pointer]) -> set[Pointer]:
        """Those mails that somebody's mail program marked as answered; none that is no longer there."""
        found: set[Pointer] = set()
        for folder in dict.fromkeys(pointer.folder for pointer in pointers):
            try:
                validity = self._connection.examine(folder).uidvalidity
            except FolderRefused:  # somebody renamed or removed it, and its mails with it
                continue
            here = [one for one in dict.fromkeys(pointers) if (one.folder, one.uidvalidity) == (folder, validity)]
            for start in range(0, len(here), BATCH):
                flags = self._ask(here[start : start + BATCH], ("FLAGS",))
                found |= {one for one in here if b"\\Answered" in flags.get(one.uid, {}).get(b"FLAGS", ())}
        return found

    def _batches(self, folder: str, cursor: Cursor | None, first_since: date | None) -> Iterator[list[Pointer]]:
        try:
            state = self._connection.examine(folder)
        except FolderRefused:
            self._listed = []  # it may have another name by now
            raise
        self._marks[folder] = state.mark
        known = cursor is not None and self._knows(cursor, folder, state)
        low = cursor.uid + 1 if cursor and known else 1
        for start, end in windows(low, state):
            self._reopen(folder, state.uidvalidity)
            uids = self._connection.search(start, end, None if known else first_since)
            while uids:
                count = 1 if self._one_by_one else BATCH
                yield [Pointer(folder, state.uidvalidity, uid) for uid in uids[:count]]
                uids, self._one_by_one = uids[count:], max(0, self._one_by_one - 1)

    def _knows(self, cursor: Cursor, folder: str, state: FolderState) -> bool:
        """Whether the cursor's number still means what it meant. A mailbox that was put back from a copy may keep its
        UIDVALIDITY, and gives numbers below the cursor to new mail."""
        if (cursor.folder, cursor.uidvalidity) != (folder, state.uidvalidity):
            return False
        went_back = 0 < state.uidnext <= cursor.uid
        return not went_back or bool(self._connection.search(cursor.uid, "*"))  # asked twice: some count UIDNEXT wrong

    def _fetch(self, pointers: list[Pointer]) -> Iterator[FetchedMail | Unfetched]:
        attributes = self._ask(pointers, SIZE_AND_DATE)
        for group in groups(pointers, attributes, self.account.max_bytes):
            truncated = len(group) == 1 and size_of(attributes, group[0].uid) > self.account.max_bytes
            bodies = self._ask(group, (body_of(truncated),))
            for pointer in group:
                mail = fetched_mail(pointer, attributes, bodies, truncated) or self._fetch_one(pointer)
                if mail:
                    yield mail

    def _fetch_one(self, pointer: Pointer) -> FetchedMail | Unfetched | None:
        """Ask once more for a single mail; None if it is no longer there."""
        attributes = self._ask([pointer], SIZE_AND_DATE)
        truncated = size_of(attributes, pointer.uid) > self.account.max_bytes
        mail = fetched_mail(pointer, attributes, self._ask([pointer], (body_of(truncated),)), truncated)
        if mail or not self._still_there(pointer):
            return mail
        drops = self._failures[pointer] >= TRIES_PER_MAIL
        why = "the server drops the line on it" if drops else "the server gives no readable answer"
        return Unfetched(pointer, why, arrived_in(attributes, pointer.uid))

    def _still_there(self, pointer: Pointer) -> bool:
        self._reopen(pointer.folder, pointer.uidvalidity)
        self._connection.noop()
        return pointer.uid in self._connection.search(pointer.uid, str(pointer.uid))

    def _ask(self, pointers: list[Pointer], parts: Sequence[str]) -> FetchResponses:
        """FETCH from one folder; an empty answer when it is refused or cannot be read."""
        first = pointers[0]
        tries = TRIES_PER_MAIL * (
            2 if parts == SIZE_AND_DATE else 1
        )  # when it came is worth asking where its text is not
        if self._failures[first] >= tries and len(pointers) == 1:
            return {}
        try:
            self._reopen(first.folder, first.uidvalidity)
            return self._connection.fetch([pointer.uid for pointer in pointers], parts)
        except Unreadable:
            return {}
        except TryLater as error:
            self._one_by_one = BATCH
            if len(pointers) == 1 and error.wait is None:
                self._failures[first] += 1
            raise

    def _reopen(self, folder: str, uidvalidity: int) -> None:
        """Between two mails the caller may have looked into another folder."""
        if self._connection.folder != folder and self._connection.examine(folder).uidvalidity != uidvalidity:
            raise TryLater("the mails of a folder were renumbered while it was read; read it again")

    # --- waiting ---------------------------------------------------------------------------------

    def wait(self, folder: str, seconds: float) -> bool:
        """Wait until mail may have come (True), until time is up, or until another thread calls `wake` (False).

        A hint only, and never an error: after False too, search now and then. Without a connection or without IDLE
        (RFC 2177) it just sleeps, so that a server in trouble is dialled by nobody but `since`.
        """
        self._listed = []  # colleagues make and rename folders meanwhile
        until = time.monotonic() + seconds
        try:
            if self._connection.is_open and self._connection.offers("IDLE"):
                return self._idle(folder, until)
        except TryLater:
            woken, _ = self._wakeup.wait(min(PAUSE_AFTER_CUT, until - time.monotonic()))
            return not woken
        self._wakeup.wait(seconds)
        return False

    def wake(self) -> None:
        """End a `wait` that runs now, or else the next one. May be called by any thread."""
        self._wakeup.wake()

    def _idle(self, folder: str, until: float) -> bool:
        named = self.role(folder) if folder.startswith("\\") else folder
        mark = self._connection.examine(named or "INBOX").mark
        if self._marks.setdefault(folder, mark) != mark:  # arrived since the search: IDLE would never tell
            self._marks[folder] = mark
            return True
        while (left := until - time.monotonic()) > 0:
            woken, news = self._connection.idle(self._wakeup, min(left, RENEW_IDLE))
            if woken or news:
                return not woken
        return False
