"""How sure we must be who writes before something is done: one table, and what counts as an answer to our question.

The rule kept here (C-01 to C-05, A-37): nothing is asked beyond what the request needs. Data goes to the address
on file only, so whoever writes from there and wants to see, take along, freeze or object is asked nothing. Erasing,
changing and using again what was frozen are confirmed from that address by a plain reply, because From can be forged. A
question of routine never stops the clock. A reply that shows neither our Message-ID nor our code proves nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from mailbot.model import (
    CHANGES,
    NO_PROOF_NEEDED,
    Case,
    Kind,
    Mail,
    Match,
    MatchState,
    Question,
    Signal,
    Trust,
    fold_address,
)


class Sender(StrEnum):
    """Who writes, as far as we can tell."""

    AUTHENTICATED = "authenticated"  # from the address on file, vouched for by our own server
    KNOWN = "known"  # from the address on file, nobody vouches for it
    FAILED = "failed"  # from the address on file, but the check failed: reasonable doubt (C-02)
    NAMES_CUSTOMER = "names_customer"  # from elsewhere, but names a customer: his address on file can be asked
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"  # two customers could be meant
    REPRESENTATIVE = "representative"  # writes for somebody else (C-11)
    DEPARTED = "departed"  # has left the employer whose address is on file (C-13)
    UNREAD = "unread"  # the customers could not be read just now


class Proof(IntEnum):
    """What is still needed, least first."""

    NOTHING = 0
    REPLY = 1  # a plain reply from the address on file
    NUMBER = 2  # ask for an order or customer number, never for an identity paper
    LATER = 3  # the customers must be read first; neither the first letter nor the clock waits for it
    PERSON = 4  # a person decides


#: Kinds that a person always answers himself, whoever writes (B-22, B-23).
PERSON_ONLY = frozenset({Kind.MINOR, Kind.DECEASED})

_TABLE: dict[
    Sender, tuple[Proof, Proof]
] = {  # who writes -> (to see, take along, freeze or object; to erase, change or use again)
    Sender.AUTHENTICATED: (Proof.NOTHING, Proof.REPLY),
    Sender.KNOWN: (Proof.NOTHING, Proof.REPLY),
    Sender.FAILED: (Proof.REPLY, Proof.REPLY),
    Sender.NAMES_CUSTOMER: (Proof.REPLY, Proof.REPLY),
    Sender.UNKNOWN: (Proof.NUMBER, Proof.NUMBER),
    Sender.AMBIGUOUS: (Proof.PERSON, Proof.PERSON),
    Sender.REPRESENTATIVE: (Proof.PERSON, Proof.PERSON),
    Sender.DEPARTED: (Proof.PERSON, Proof.PERSON),
    Sender.UNREAD: (Proof.LATER, Proof.LATER),
}


def proof_for(kind: Kind, sender: Sender) -> Proof:
    """What this sender must still show for this kind. The whole table of C-01 to C-05 in one place."""
    if kind in NO_PROOF_NEEDED:
        return Proof.NOTHING
    if kind in PERSON_ONLY:
        return Proof.PERSON
    return _TABLE[sender][kind in CHANGES]


def needed(kinds: Iterable[Kind], sender: Sender) -> Proof:
    """The strictest of what the kinds of one mail need."""
    return max((proof_for(kind, sender) for kind in kinds), default=Proof.NOTHING)


def sender_of(match: Match, trust: Trust, signals: Iterable[str]) -> Sender:
    """Who writes. That somebody writes for another goes first: his own address proves nothing of the other."""
    if Signal.REPRESENTATIVE in signals:
        return Sender.REPRESENTATIVE
    if Signal.FORMER_EMPLOYEE in signals:
        return Sender.DEPARTED
    match match.state:
        case MatchState.KNOWN:
            by_trust = {Trust.PASS: Sender.AUTHENTICATED, Trust.FAIL: Sender.FAILED, Trust.UNKNOWN: Sender.KNOWN}
            return by_trust[trust]
        case MatchState.NAMED:
            return Sender.NAMES_CUSTOMER
        case MatchState.AMBIGUOUS:
            return Sender.AMBIGUOUS
        case MatchState.UNAVAILABLE:
            return Sender.UNREAD
        case MatchState.UNKNOWN:
            return Sender.UNKNOWN


def still_needed(case: Case, kinds: Iterable[Kind] | None = None) -> Proof:
    """What a case still needs before something of it, or of these kinds, may be granted."""
    if case.identity == "confirmed":
        return Proof.NOTHING
    if case.identity == "denied":
        return Proof.PERSON
    trust = Trust.UNKNOWN if case.identity == "known_address" and not case.doubt else Trust.FAIL
    asked = case.kinds if kinds is None else kinds
    return needed(asked, sender_of(Match(case.match, case.customer_id, case.known_email), trust, case.signals))


# --- our question and its answer -----------------------------------------------------------------

_YES = (
    "ja|jawel|yes|oui|akkoord|klopt|bevestig\\w*|confirm\\w*|correct|ik bevestig|dat klopt|je confirme|i confirm"
    "|graag(?=\\W*(?:$|\\n|verwijder|wis))"
)
_NO = "nee|neen|no|non|nein|niet van mij|klopt niet|dat klopt niet|ik was het niet|not me|stop"
_ANSWER = re.compile(rf"\W*(?:(?P<no>(?:{_NO})\b)|(?P<yes>(?:{_YES})\b))", re.IGNORECASE)
#: What makes a yes none: a question in the same breath, or a denial anywhere near it ("no longer" denies nothing).
_ASKS_BACK = re.compile(r"[^.!\n]{0,300}\?")
_NO_LONGER = re.compile(
    r"\b(?:niet (?:meer|langer)|nooit meer|geen (?:\w+ ){0,4}meer|no longer|nicht mehr|keine?\w* (?:\w+ ){0,3}mehr)\b"
    r"|\bne (?:\w+ ){1,3}plus\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:niet|nooit|niets|geen|not|never|nothing|\w+n['’]t|ne (?:\w+ ){1,3}pas|n['’]\w+ pas|jamais|rien|nicht|nie"
    r"|nichts|keine?\w*)\b",
    re.IGNORECASE,
)
#: Greetings before the word.
_GREETING = re.compile(
    r"\W*(?:beste|geachte|hallo|hoi|dag|goedemorgen|goedemiddag|goedenavond|goeiedag|hi|hello|dear|bonjour|madame"
    r"|monsieur|guten tag|lieve)\b[^\n,.!]{0,60}(?:[,.!]|\n|$)",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}\b")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the owner of an address on file said to our question."""

    question: Question
    yes: bool


def code_of(message_id: str) -> str:
    """The code that stands in a question of ours. Its Message-ID is keyed, so nobody guesses one or the other."""
    mark = hashlib.sha256(f"question:{message_id}".encode()).digest()
    letters = base64.b32encode(mark)[:12].decode()
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def answer_in(case: Case, mail: Mail) -> Answer | None:
    """The answer that this mail gives to an open question of the case; None if it proves nothing.

    It must come from the very address that was asked, not failing its check, show our Message-ID or code, and begin
    with the word. A question is answered once; only who said yes may still say no, in reply to the question itself.
    """
    if mail.sender is None or mail.automatic or mail.authenticated.state is Trust.FAIL:
        return None
    word = _word(mail.text)
    sender = fold_address(mail.sender.email)
    asked = [one for one in case.questions if fold_address(one.to) == sender and _is_open(one, mail, word)]
    shown = [one for one in asked if _shows(mail, one)]
    return Answer(shown[-1], word) if shown and word is not None else None


def _is_open(question: Question, mail: Mail, word: bool | None) -> bool:
    taken_back = question.answer == "yes" and word is False and mail.references[:1] == (question.message_id,)
    return not question.answer or taken_back


def _shows(mail: Mail, question: Question) -> bool:
    codes = _CODE.findall(f"{mail.subject}\n{mail.text}\n{mail.quoted}"[:50_000])
    return question.message_id in mail.references or code_of(question.message_id) in codes


def _word(text: str) -> bool | None:
    """Yes, no, or neither, from the first word of the writer's own text. "Klopt dit wel? Ik heb niets gevraagd" begins
    with a yes and is none; a person reads it."""
    head = text[:300]
    if greeting := _GREETING.match(head):
        head = head[greeting.end() :]
    found = _ANSWER.match(head)
    if found is None or found["no"]:
        return None if found is None else False
    return None if _ASKS_BACK.match(head) or _DENIES.search(_NO_LONGER.sub(" ", head)) else True


# --- where an answer goes ------------------------------------------------------------------------


def answer_address(case: Case) -> str:
    """Where what is said in the matter goes: to whom a person named, else the address on file, else the writer."""
    if case.recipient:
        return case.recipient
    left = Signal.FORMER_EMPLOYEE in case.signals
    if case.known_email and not left and case.identity in ("confirmed", "known_address"):
        return case.known_email
    return case.requester_email
