"""What goes out: a letter and where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from re import match
from typing import Literal

#: Whom a letter is for: who asked, our own people, a party that holds data for us, or a customer who asked nothing and
#: is told of a changed policy.
Audience = Literal["requester", "staff", "processor", "customer"]

#: Letters that no setting can make automatic: they refuse, extend, disclose, erase or decide (F-01).
ONLY_BY_A_PERSON = frozenset(
    {
        *(
            "answer",
            "message",
            "extended",
            "identity_question",
            "cannot_identify",
            "restriction_lifted",
            "restriction_ended",
        ),
        *("access_granted", "access_partly", "nothing_found", "portability_granted"),
        *("rectification_granted", "erasure_granted", "erasure_partly", "minor_erased"),
        *("restricted", "objection_upheld", "objection_not_upheld", "marketing_stopped", "withdrawal_done"),
        *("automated_answered", "complaint_received", "complaint_answered", "breach_thanked", "question_answered"),
        *("mandate_asked", "capacity_asked", "deceased_answered", "directives_recorded"),
        *("package", "partly_granted", "refused", "request_withdrawn", "closed", "reopened"),
    }
)

#: Letters made of our own fixed words and dates: they cannot carry anything about anybody.
FIXED = frozenset(
    {
        *("acknowledgement", "neutral", "confirmation", "identity_question", "cannot_identify", "paper_not_needed"),
        *("mandate_asked", "capacity_asked", "complaint_received", "breach_thanked", "request_withdrawn"),
    }
)
#: Mails to colleagues about what came in, or about dates in their calendars: of many at once one mail is made.
TOLD_TOGETHER = frozenset({"new_case", "needs_person", "reply_received", "letter_held", "date_moved", "date_over"})
#: A calendar entry for a colleague names a case and a date, nothing else.
CALENDAR = "text/calendar"
#: Why one of these waits, or never left by itself: in which other mail it went, by its token, or that it was all over.
WAITS_FOR_OTHERS = "waits a little, to be told with others"
TOLD_IN = "told in one mail with others: "
NOT_TOLD = "nothing is left to tell"
#: Why a letter waits that cannot leave by mail: a person posts it and says when.
ON_PAPER = "print it, post it and say when"
#: How a letter on file says that it was posted, and who says so.
BY_POST = "by post, as told by "
#: Why a copy of somebody's data waits (F-11); only `mailbot done REF second_look` ends it.
SECOND_LOOK = "a second person looks at the copy first"


class LetterState(StrEnum):
    """A letter on its way out. Only `sent` counts as said (F-15)."""

    OBSERVED = "observed"  # composed in observe mode; never leaves
    HELD = "held"  # waits for a person
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """Something that goes along with a letter: text (a calendar entry), or a file in the company's folder."""

    name: str
    type: str  # a media type with its parameters: "text/calendar; method=PUBLISH"
    text: str = ""
    file: str = ""  # a path in the company's folder: a package, whose bytes never stand in the store


@dataclass(frozen=True, slots=True)
class Call:
    """A warning that a colleague is to get. Calls of one day become one mail."""

    token: str  # of the decision: "AVG-2026-0042:7-days:2026-02-20", for the deputy with ":deputy"
    ref: str
    step: str
    template: str
    to: str
    due_at: datetime  # when it should have been given
    send_at: datetime  # not before this moment
    by: datetime | None = None  # the deadline that it warns of


@dataclass(frozen=True, slots=True)
class Letter:
    """What we send. `token` names the decision behind it: the same decision is queued once."""

    token: str
    tenant: str
    ref: str
    template: str
    to: str
    audience: Audience
    subject: str
    text: str
    html: str
    message_id: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    state: LetterState = LetterState.HELD
    why: str = ""  # why it is held, failed, dropped
    attempts: int = 0
    created_at: datetime | None = None
    next_try: datetime | None = None
    first_try: datetime | None = None  # a letter may wait for people to be in before it is tried
    settled_at: datetime | None = None
    answer: str = ""  # the mail server's last answer
    covers: tuple[str, ...] = ()  # tokens of what it stands for: calls or letters to staff, or a wish in another case
    enclosed: tuple[Enclosed, ...] = ()
    released: bool = False  # a person let it go: neither a cap nor a colleague who was first stops it
    draft: Literal["", "lies", "gone"] = ""  # where it is as a draft in the mailbox; "gone": somebody took it away
    withdrawn: str = ""  # why it is not to be tried again; said while it was at the server's door
    copy_due: bool = False  # a copy is still to be filed in the mailbox
    digest: str = ""  # hash of the template it was made from
    passed: str = ""  # that the airlock found nothing, who let it go all the same and why, or that it need not wait

    @property
    def content_hash(self) -> str:
        """The hash of what the letter says. Its HTML says the same, and is not kept once the letter left."""
        return sha256("\0".join((self.subject, self.text)).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def is_on_paper(self) -> bool:
        """Whether it is for somebody outside who is reached by post, not by mail."""
        return self.audience == "requester" and not self.to

    @property
    def lies_in_drafts(self) -> bool:
        """Whether a draft of it lies in the mailbox, from where people send it."""
        return self.draft == "lies"

    @property
    def posted_by(self) -> str:
        """Who says that he posted it; empty for a letter that went by mail, or waits."""
        return self.answer.removeprefix(BY_POST) if self.answer.startswith(BY_POST) else ""

    @property
    def may_be_gathered(self) -> bool:
        """Whether it calls a colleague, and it is not said yet whether it goes by itself or in one mail with others."""
        return self.audience == "staff" and self.template in TOLD_TOGETHER and not self.passed

    @property
    def is_automatic(self) -> bool:
        """Whether the program writes it to the requester by itself; it yields to caps and to a colleague."""
        return self.audience == "requester" and not self.released and self.template not in ONLY_BY_A_PERSON

    def dropped(self, why: str, at: datetime) -> Letter:
        """The letter that does not leave."""
        return replace(self, state=LetterState.DROPPED, why=why, settled_at=at, next_try=None)

    def held(self, why: str) -> Letter:
        """The letter that waits for a person."""
        return replace(self, state=LetterState.HELD, why=why, next_try=None)


def may_carry(template: str, audience: Audience, enclosed: Iterable[str]) -> bool:
    """Whether such a letter, with files of these types, can hold anything about anybody beside our own fixed words."""
    files = any(not type.startswith(CALENDAR) for type in enclosed)
    return files or (audience != "staff" and template not in FIXED)


def numbers(answer: str) -> str:
    """Of a server's answer the numbers: its words can name a person, or the line of a log that does."""
    found = match(r"[2-5][0-9]{2}(?:[ -][245]\.[0-9]{1,3}\.[0-9]{1,3})?(?![0-9])", answer)
    return found[0] if found else ""


def foreign(ref: str, token: str) -> str:
    """How the case `ref` calls a letter of another case that tells one of its rights."""
    return f"{ref}:{token}"


def is_foreign(token: str) -> bool:
    """Whether a case calls a letter of another case so."""
    ref, _, rest = token.partition(":")
    return ref.startswith("AVG-") and rest.startswith("AVG-")
