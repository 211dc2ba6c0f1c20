"""What happens: a mail arrives, time passes, a letter settles, a person acts. Each is a value that `decide` reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailbot.actions import LetterTaken
from mailbot.events.fulfilment import PartyAnswered, PersonForgotten
from mailbot.events.posting import PostalEvent
from mailbot.events.staff import StaffActed
from mailbot.model import Audience, Channel, LetterState, Mail, Marketing, Match, Pointer, Verdict


@dataclass(frozen=True, slots=True)
class MailArrived:
    """A mail was taken in. `ref` is the reference that a new case would get."""

    mail: Mail
    verdict: Verdict
    match: Match
    pointer: Pointer | None
    ref: str
    junk: bool = False
    mentions: str = ""  # a case that the mail names without proof that it belongs there
    follows: str = ""  # an earlier case of the same person, in whose thread the mail asks something new
    channel: Channel = "mail"


@dataclass(frozen=True, slots=True)
class MailUnreadable:
    """A mail that broke the program three times, or that the server could not hand over."""

    key: str
    pointer: Pointer
    received_at: datetime
    reason: str
    ref: str


@dataclass(frozen=True, slots=True)
class MailFoundAgain:
    """A mail of the case lies in another place too: delivered twice, moved by a colleague, or numbered anew."""

    key: str
    pointer: Pointer
    junk: bool = False
    received_at: datetime | None = None  # when this copy reached us


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The clock has work for this case."""


@dataclass(frozen=True, slots=True)
class LetterSettled:
    """The outbox knows how a letter ended: sent, failed or unsure."""

    token: str
    template: str
    state: LetterState
    audience: Audience
    why: str = ""
    taken: LetterTaken | None = None  # of a letter to the requester that our server took


@dataclass(frozen=True, slots=True)
class MailBounced:
    """A bounce came back for one of our letters: what was said was not heard."""

    token: str
    template: str
    audience: Audience


@dataclass(frozen=True, slots=True)
class CustomerLookedUp:
    """The customers, which could not be read when the mail came, say who the requester is."""

    match: Match


@dataclass(frozen=True, slots=True)
class LetterStopped:
    """The airlock found something in a letter; `found` says what, in Dutch lines for the person who decides."""

    token: str
    template: str
    found: str


@dataclass(frozen=True, slots=True)
class ContactSilent:
    """The contact person did not get a warning, or answered that nobody is there. `why`: bounced, out of office."""

    step: str
    why: str


@dataclass(frozen=True, slots=True)
class DeputySilent:
    """The deputy did not get a warning, or answered that nobody is there. `why`: bounced, refused, out of office."""

    step: str
    why: str


@dataclass(frozen=True, slots=True)
class StaffMailSeen:
    """A colleague answered the requester from the shared mailbox.

    `elsewhere`: to another of his addresses than the one that he wrote from, and not in the thread.
    """

    message_id: str
    at: datetime
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class DraftSent:
    """A colleague sent a letter of ours from the drafts, under an id that his mail program gave it."""

    message_id: str


@dataclass(frozen=True, slots=True)
class ProgramEnded:
    """The company's own program was told about an address. `left`: how many of the case it has still to hear."""

    channel: Marketing
    done: bool
    why: str = ""
    left: int = 0
    undo: bool = False


Event = (
    MailArrived
    | MailUnreadable
    | MailFoundAgain
    | TimePassed
    | LetterSettled
    | LetterStopped
    | CustomerLookedUp
    | MailBounced
    | ContactSilent
    | DeputySilent
    | StaffMailSeen
    | ProgramEnded
    | DraftSent
    | PartyAnswered
    | PersonForgotten
    | PostalEvent
    | StaffActed
)
