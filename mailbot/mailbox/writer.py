"""The few verbs that change a mailbox, on a connection of their own. Nobody has one unless a setting says so.

The rule kept here: APPEND, a keyword of our own, and MOVE; never EXPUNGE or CLOSE, so what a colleague marked as
deleted stays his. It looks before it writes, so everything may be done twice; a mail that is gone is left alone.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from mailbot.errors import FolderRefused, WriteRefused
from mailbot.mailbox.connection import THROTTLED, Connection
from mailbot.model import Pointer

#: There is no room left, by its code (RFC 5530) or in the words of servers without one.
FULL = re.compile(
    r"\[OVERQUOTA\]|over ?quota|quota (is )?exceeded|exceeded your mail quota|mailbox (is )?full", re.IGNORECASE
)


class MailboxWriter(Connection):
    """A connection that may also write."""

    _permanent: Sequence[bytes] | None = None  # the flags that the folder keeps which was opened for writing last

    def contains(self, folder: str, message_id: str) -> bool:
        """Whether a mail with this Message-ID lies in a folder, or one that was made from it and refers to it; not one
        that somebody deleted in a program that only marks it so."""
        self.examine(folder)
        wanted = ["UNDELETED", "OR", "HEADER", "Message-ID", message_id, "HEADER", "References", message_id]
        with self._command("searching") as client:
            return bool(client.search(wanted))

    def find(self, folder: str, message_ids: list[str]) -> list[Pointer]:
        """Where the mails with these Message-IDs lie in a folder; a folder that is not there holds none."""
        try:
            numbering = self.examine(folder).uidvalidity
        except FolderRefused:
            return []
        found: set[int] = set()
        for message_id in message_ids:
            with self._command("searching") as client:
                found |= set(client.search(["HEADER", "Message-ID", message_id]))
        return [Pointer(folder, numbering, uid) for uid in sorted(found)]

    def append(self, folder: str, raw: bytes, flags: tuple[str, ...], at: datetime) -> None:
        """Lay a message into a folder. Raises WriteRefused."""
        with self._writing(f"writing to folder {folder}", "check its name, quota and who may write there") as client:
            client.append(folder, raw, flags, at)

    def move(self, pointer: Pointer, folder: str) -> bool:
        """Move a mail, making the folder if need be; False when it is no longer there.

        Raises FolderRefused when the server lacks MOVE (RFC 6851): copying would leave two, or need an EXPUNGE; and
        WriteRefused.
        """
        if not self._open(pointer):
            return False
        if not self.offers("MOVE"):
            raise FolderRefused(f"{self._server} cannot move mail; set filing to keyword or off, and no trash")
        with self._writing(
            f"moving a mail to folder {folder}", "check who may write there; set filing to off"
        ) as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
                client.subscribe_folder(folder)
            client.move([pointer.uid], folder)
        return True

    def mark(self, pointer: Pointer, keyword: str, instead_of: str = "") -> bool:
        """Give a mail our keyword, in place of an earlier one of ours; False when it is no longer there. Raises
        WriteRefused."""
        if not self._open(pointer):
            return False
        with self._writing("marking a mail", "the folder may take no keywords; set filing to move or off") as client:
            if not _lasts(keyword, self._permanent):
                raise IMAPClientError("a server may say yes, and keep nothing")
            if instead_of:
                client.remove_flags([pointer.uid], [instead_of], silent=True)
            told = client.add_flags([pointer.uid], [keyword]).get(pointer.uid)
            if told is not None and not _lasts(keyword, told):
                raise IMAPClientError("a server may promise to keep it, and say that it did not")
        return True

    @contextmanager
    def _writing(self, doing: str, cure: str) -> Iterator[IMAPClient]:
        """A command that the server may refuse by itself (NO), and stay well for all others."""
        with self._command(doing) as client:
            try:
                yield client
            except imaplib.IMAP4.abort:
                raise
            except IMAPClientError as error:
                if THROTTLED.search(str(error)):
                    raise
                full = bool(FULL.search(str(error)))
                why = "the mailbox is full; make room in it" if full else f"the server refused; {cure}"
                raise WriteRefused(f"{self._server}, {doing}: {why}", full) from None

    def _open(self, pointer: Pointer) -> bool:
        """Open the mail's folder for writing; False when the mail is not there or the folder was numbered anew."""
        try:
            if self.examine(pointer.folder).uidvalidity != pointer.uidvalidity:
                return False
        except FolderRefused:  # somebody renamed or removed the folder, and the mail with it
            return False
        if pointer.uid not in self.search(pointer.uid, str(pointer.uid)):
            return False
        doing, cure = f"opening folder {pointer.folder} for writing", "it may be read-only; set filing to off"
        with self._writing(doing, cure) as client:
            self._permanent = _select(client, pointer.folder)
        self.folder = ""  # open for writing: whoever reads next opens it anew
        return True


def _select(client: IMAPClient, folder: str) -> Sequence[bytes] | None:
    """The flags that this folder keeps (PERMANENTFLAGS); None where the server does not say so: then all of them.

    Raises IMAPClientError where it opens for reading only."""
    try:
        response = client.select_folder(folder, readonly=False)
    except imaplib.IMAP4.readonly:
        client.select_folder(folder, readonly=True)  # else imaplib would refuse every other command too
        raise IMAPClientError("read-only") from None
    kept: Sequence[bytes] | None = response.get(b"PERMANENTFLAGS")
    return kept


def _lasts(keyword: str, permanent: Sequence[bytes] | None) -> bool:
    """Whether a folder keeps this keyword: it is one of its own, or new ones may be made (RFC 3501, 7.1)."""
    wanted = (b"\\*", keyword.lower().encode())
    return permanent is None or any(isinstance(flag, bytes) and flag.lower() in wanted for flag in permanent)
