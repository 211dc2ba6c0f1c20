"""What may leave the building, and to whom: nothing of another customer, and copies only to a verified address.

The rule kept here (C-02, C-04, F-11; a wrong recipient is a breach): a letter that carries what a person wrote,
or data, is read word for word before it leaves. `details_in` takes out what can identify somebody, `foreign` compares
it with what is known of others, `wrong_recipient` looks at the address. Any finding stops the letter; a person decides.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mailbot.model import CALENDAR, Case, Kind, Letter, MatchState, Outcome, Policy, Signal, fold_address, may_carry

#: What the answer to these brings is data about a person (articles 15, 20, 21; E-27).
COPIES = frozenset({Kind.ACCESS, Kind.PORTABILITY, Kind.OBJECTION})
#: A letter of more details than this is a file for a person to look at.
MAX_DETAILS = 20_000

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]{2,4}){2,9}\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_/.-]{0,39}(?![,.]\d{2}(?!\d))")
_PIECES = re.compile(r"[A-Za-z]*\d{3,}")
#: Numbers that are a day, a moment, a postcode or a sum, never a customer or an order.
_NO_NUMBER = re.compile(
    r"(?:19|20)\d\d|\d{4}-\d\d(?:-\d\d(?:T.*)?)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{4}[A-Za-z]{2}|\d+[.]\d{2}|AVG-\d{4}-\d{4,}"
)
_LABELLED = re.compile(
    r"(?:klant|bestel(?:ling)?|order|factuur|debiteur|customer|invoice|account|client|commande|facture)"
    r"[\s_.-]{0,2}(?:nummer|nr|no|number|id|num[eé]ro)?[\s\"'.:=#-]{1,5}([A-Za-z]{0,6}-?\d[\w-]{0,20})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Text:
    """Words that would leave, and where they stand: "letter", or the name of a file that goes along."""

    where: str
    words: str


@dataclass(frozen=True, slots=True)
class Detail:
    """Something that can name a person: an address, an IBAN, a customer or order number. `value` is folded."""

    kind: str  # address, iban, number
    value: str
    where: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a letter must not leave. `shown` is the detail with its middle hidden, for the person who decides."""

    what: str  # address, iban, number, recipient, unreadable
    where: str
    shown: str = ""


def carries(letter: Letter) -> bool:
    """Whether a letter can hold anything about anybody, so that it must pass the airlock. Mail to colleagues names
    cases; only a file other than a calendar entry is looked at there."""
    return may_carry(letter.template, letter.audience, [file.type for file in letter.enclosed])


def details_in(texts: Iterable[Text]) -> tuple[Detail, ...]:
    """Everything in these texts that can name a person, each once per place."""
    found: dict[Detail, None] = {}
    for text in texts:
        for kind, value in _values(html.unescape(text.words).replace("%40", "@")):
            found.setdefault(Detail(kind, value, text.where))
            if len(found) > MAX_DETAILS:
                return tuple(found)
    return tuple(found)


def foreign(
    details: Iterable[Detail], owners: Mapping[tuple[str, str], frozenset[str]], own: frozenset[str]
) -> tuple[Finding, ...]:
    """The details that belong to known customers and to none of `own`, the ids of the person the letter is about.

    `owners` says per (kind, value) which customers have it; what nobody has is nobody's.
    """
    found = (
        Finding(detail.kind, detail.where, hidden(detail.value))
        for detail in details
        if (whose := owners.get((detail.kind, detail.value), frozenset())) and not whose & own
    )
    return tuple(dict.fromkeys(found))


def wrong_recipient(letter: Letter, case: Case | None, policy: Policy) -> tuple[Finding, ...]:
    """Whether the letter goes where it must not: copies to an unproven address, data to staff, others to anybody."""
    return tuple(Finding("recipient", why, hidden(letter.to)) for why in _against(letter, case, policy))


def _against(letter: Letter, case: Case | None, policy: Policy) -> Iterator[str]:
    to = fold_address(letter.to)
    if letter.audience == "staff":
        if any(not one.type.startswith(CALENDAR) for one in letter.enclosed):
            yield "staff_gets_no_copies"
        return
    if letter.audience == "processor":
        if to not in {fold_address(one.contact) for one in policy.processors if one.contact}:
            yield "unknown_processor"
        return
    if case is None:
        return
    if to not in recipients(case):
        yield "not_of_this_case"
    elif (letter.enclosed or gives_copies(case)) and carries(letter) and to not in verified(case):
        yield "not_verified"


def recipients(case: Case) -> frozenset[str]:
    """Whom a letter about this case may reach at all: who wrote, the address on file, whom a person named."""
    return frozenset(fold_address(one) for one in (case.requester_email, case.known_email, case.recipient) if one)


def verified(case: Case) -> frozenset[str]:
    """Where copies of data may go (C-02): the address on file once that is sure, and whom a person recorded.

    A former colleague's old work address is never one (C-13): the employer reads it. Who writes for somebody else is
    perhaps a customer too, but what he asks for is not his (C-11).
    """
    himself = case.match is MatchState.KNOWN and Signal.REPRESENTATIVE not in case.signals
    sure = case.identity == "confirmed" or (case.identity == "known_address" and himself)
    on_file = case.known_email if sure and Signal.FORMER_EMPLOYEE not in case.signals else ""
    return frozenset(fold_address(one) for one in (on_file, case.recipient) if one)


def gives_copies(case: Case) -> bool:
    """Whether something asked in the case was granted whose answer brings data of the person."""
    return any(item.kind in COPIES and item.outcome in (Outcome.GRANTED, Outcome.PARTLY) for item in case.items)


def hidden(value: str) -> str:
    """A detail that a person recognises and a reader does not learn: "pi…@klant.example", "NL…51"."""
    local, at, domain = value.partition("@")
    if at:
        return f"{local[:2]}…@{domain}"
    return f"{value[:2]}…{value[-2:]}" if len(value) > 5 else f"{value[:1]}…"


def _values(text: str) -> Iterator[tuple[str, str]]:
    rest = text
    if "@" in text:
        yield from (("address", match[0].strip(".").lower()) for match in _ADDRESS.finditer(text))
        rest = _ADDRESS.sub(" ", text)
    if not _DIGIT.search(rest):  # neither an account nor a number is without one, and most mails are
        return
    for match in _IBAN.finditer(rest):
        for iban in _ibans(match[0]):
            yield "iban", iban
    yield from (("number", number) for number in _numbers(rest))


def _ibans(written: str) -> Iterator[str]:
    """An IBAN that checks (ISO 13616); the word that happens to follow it may hang on its end."""
    bare = re.sub(r"[ .-]", "", written).upper()
    for end in range(len(bare), 14, -1):
        if is_iban(bare[:end]):
            yield bare[:end]
            return


def is_iban(text: str) -> bool:
    """Whether the check digits are right: modulo 97 is 1 (ISO 7064)."""
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", text):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def _numbers(text: str) -> Iterator[str]:
    """Words with at least three digits, whole and by their pieces, and whatever is called a number of a customer."""
    for labelled in _LABELLED.findall(text):
        yield labelled.lower().rstrip("-")
    for word in _WORD.findall(text):
        word = word.strip("_/.-")
        if sum(map(str.isdigit, word)) < 3 or _NO_NUMBER.fullmatch(word):
            continue
        yield word.lower()
        for piece in _PIECES.findall(word):
            if piece != word and not _NO_NUMBER.fullmatch(piece):
                yield piece.lower()
