"""Numbers of identity papers, found before anything of a mail is kept (C-10, C-12; UAVG article 46).

The rule kept here: a citizen service number (BSN), a Belgian or French national number, a passport's machine-readable
zone or a document number that arrives unasked is blotted out at the door, so that nothing behind it ever sees one. A
number without a name counts only if its check digits are right and nothing else explains it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from mailbot.model import Address, Attachment, Defect, Mail

REDACTED = "[nummer weggelaten]"
FILE = "[identiteitsbewijs]"
#: Longer texts are looked at in pieces of this size, so that time stays in proportion.
_MOST = 2_000_000

_BSN_NAME = r"(?:bsn|burger\s?service\s?(?:nummer|nr)|sofi-?(?:nummer|nr)?|citizen service number)"
_RRN_NAME = (
    r"(?:rijksregister(?:nummer|nr)?|rrn|insz(?:-nummer)?|num[eé]ro (?:de )?registre national|registre national)"
)
_NIR_NAME = r"(?:nir|(?:n[°o]|num[eé]ro)\s?(?:de\s)?s[eé]curit[eé] sociale|s[eé]curit[eé] sociale)"
_BETWEEN = r"(?:[^\d\n]{0,40}?)"
_NAMED = re.compile(
    rf"(?i:\b{_BSN_NAME}){_BETWEEN}(?P<bsn>\d(?:[ .-]?\d){{7,8}})(?!\d)"
    rf"|(?i:\b{_RRN_NAME}){_BETWEEN}(?P<rrn>\d(?:[ .-]?\d){{10}})(?!\d)"
    rf"|(?i:\b{_NIR_NAME}){_BETWEEN}(?P<nir>[1-8](?:[ .-]?[\dABab]){{12,14}})(?!\d)"
)
_DOCUMENT = re.compile(
    r"(?i:\b(?:paspoort|identiteitskaart|id-?kaart|id-?bewijs|rijbewijs|document|passport|carte d'identit[eé])"
    r"[ -]?(?:nummer|nr|number|no|n°)\b)[\s.:=#-]{0,5}(?:(?i:is|van mij is)\s)?"
    r"(?P<document>(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{6,11})\b"
)
_BARE_BSN = re.compile(
    r"(?<![\w.,+/@#-])(?<!\d )(?:\d{9}|\d{3}([ .])\d{3}\1\d{3}|\d{4}([ .])\d{2}\2\d{3})(?![\w@]|[.,/-]\d)"
)
_BARE_RRN = re.compile(
    r"(?<![\w.,+/@-])(?<!\d )(?:\d{11}|\d{2}[ .]\d{2}[ .]\d{2}[ -]\d{3}[ .-]\d{2})(?![\w@]|[.,/-]\d)"
)
_BARE_NIR = re.compile(
    r"(?<![\w.,+/@-])[1-478](?: ?\d{2})(?: ?\d{2})(?: ?\d[\dABab])(?: ?\d{3})(?: ?\d{3})(?: ?\d{2})(?![\w@]|[.,/-]\d)"
)
_MRZ = re.compile(r"(?m)^[ \t>]*([A-Z0-9<«]{26,46})[ \t]*$")
_MRZ_INLINE = re.compile(r"\b[PIACV][A-Z<][A-Z]{3}[A-Z0-9]{1,9}[A-Z0-9<]*<[A-Z0-9<]{8,}")
#: Without one of these nothing of the above is there: most texts are looked through no further.
_ANY = re.compile(r"[\d<«]")
#: An account number is no identity number, whatever digits stand in it.
_ACCOUNT = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ .-]?[A-Za-z0-9]{2,4}){3,9}\b")
#: Words that say a nine-digit number is meant to prove who somebody is.
_PROOF = re.compile(
    r"(?i)\b(?:bsn|burgerservice\w*|sofi\w*|paspoort\w*|identiteits?\w*|identificeer\w*|identificatie\w*|identif\w*"
    r"|legitim\w*|id-?(?:kaart|bewijs|card|nummer)|rijbewijs\w*|passport|rijksregister\w*|geboren op|geboortedatum"
    r"|bewijs (?:dat|wie) ik)\b"
)
#: The name of the number behind it: "123456782, dat is mijn BSN".
_NAMED_BEHIND = re.compile(rf"(?i)[^\d\n]{{0,30}}?\b{_BSN_NAME}")
#: Words before a number that explain it.
_EXPLAINED = re.compile(
    r"(?i)(?:bestel\w*|order\w*|klant\w*|factu\w*|pakket\w*|zending\w*|track\w*|debiteur\w*|polis\w*|account\w*"
    r"|referentie|kenmerk|kvk|btw|tel\w*|mobiel|nummer|bel(?:len)?|reken\w*|iban|client\w*|invoice|phone|dossier\w*"
    r"|commande|facture|ticket\w*|artikel\w*|ean|retour\w*)[\s.:=#-]{0,4}(?:nummer|nr|no|number|is|op|:)?[\s.:=#-]{0,4}$"
)
_FILE_NAME = re.compile(
    r"(?i)(?:^|[^a-z])(?:pas(?:poort|port|sport)|id[-_ ]?(?:kaart|card|bewijs|kopie|copy)"
    r"|(?:kopie|copy|scan)[-_ ]?id(?![a-z])"
    r"|identiteits?\w*|identity|legitimatie\w*|rijbewijs\w*|drivers?[-_ ]?licen[cs]e|e-?id(?![a-z])|bsn|verblijfs\w*"
    r"|carte[-_ ]?(?:d[-_ ]?)?identit\w*|passeport|personalausweis|ausweis)"
)


@dataclass(frozen=True, slots=True)
class Found:
    """An identity number in a text: which kind, and where it stands."""

    kind: str  # bsn, rrn, nir, mrz, document
    start: int
    end: int


def find(text: str, proof: bool = False) -> tuple[Found, ...]:
    """The identity numbers in a text, in order, none inside another.

    A nine-digit number that nobody names is a BSN only beside words about proving who one is, or with `proof`:
    one in eleven passes its test.
    """
    text = text[:_MOST]
    if not _ANY.search(text):
        return ()
    found: list[Found] = []
    for one in sorted(_all(text, proof), key=lambda one: (one.start, -one.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return tuple(found)


def masked(text: str, proof: bool = False) -> str:
    """The text with every identity number blotted out."""
    for one in reversed(find(text, proof)):
        text = text[: one.start] + REDACTED + text[one.end :]
    return text


def redacted(mail: Mail) -> tuple[Mail, tuple[str, ...]]:
    """The mail without identity numbers, and what was found: kinds of numbers, "file" for a copy of a paper.

    Where something was found, `Defect.PAPER_LEFT_OUT` stands among its defects.
    """
    files = any(is_identity_file(file) for file in mail.attachments)
    means = files or _PROOF.search(mail.subject) is not None
    kinds = [one.kind for part in _parts(mail) for one in find(part, means)] + ["file"] * files
    if not kinds:
        return mail, ()
    clean = replace(
        mail,
        subject=masked(mail.subject, means),
        text=masked(mail.text, means),
        quoted=masked(mail.quoted, means),
        sender=_redacted_address(mail.sender),
        reply_to=_redacted_address(mail.reply_to),
        forwarded_from=_redacted_address(mail.forwarded_from),
        attachments=tuple(_redacted_file(file, means) for file in mail.attachments),
        defects=(*mail.defects, Defect.PAPER_LEFT_OUT),
        headers=tuple((name, masked(value, False)) for name, value in mail.headers),
    )
    return clean, tuple(dict.fromkeys(kinds))


def is_identity_file(file: Attachment) -> bool:
    """Whether the name of a picture or document says that it is an identity paper."""
    shown = file.type.startswith(("image/", "application/pdf", "application/octet-stream"))
    return (shown or file.name.lower().endswith((".pdf", ".jpg", ".jpeg", ".png", ".heic"))) and bool(
        _FILE_NAME.search(file.name[:300])
    )


def is_bsn(digits: str) -> bool:
    """The 11-test: nine digits, weights 9 to 2 and -1."""
    if not re.fullmatch(r"\d{9}", digits) or len(set(digits)) == 1:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True))
    return total % 11 == 0


def is_rrn(digits: str) -> bool:
    """Belgian national number: a date of birth, a serial and a check; a 2 goes before it for births from 2000."""
    if not re.fullmatch(r"\d{11}", digits):
        return False
    month, day = int(digits[2:4]) % 20, int(digits[4:6])
    if int(digits[2:4]) > 52 or month > 12 or day > 31:
        return False
    return int(digits[9:]) in (97 - int(digits[:9]) % 97, 97 - int("2" + digits[:9]) % 97)


def is_nir(text: str) -> bool:
    """French national number with its key; the two departments of Corsica count as 19 and 18."""
    text = text.upper()
    if not re.fullmatch(r"[1-478]\d{4}(?:\d{2}|2A|2B)\d{8}", text):
        return False
    month = int(text[3:5])
    number = int(text[:13].replace("2A", "19").replace("2B", "18"))
    return (1 <= month <= 12 or 20 <= month <= 42 or month >= 50) and int(text[13:]) == 97 - number % 97


def _all(text: str, means: bool) -> Iterator[Found]:
    for match in _NAMED.finditer(text):
        kind = str(match.lastgroup)
        yield Found(kind, *match.span(kind))
    for match in _DOCUMENT.finditer(text):
        yield Found("document", *match.span("document"))
    yield from _machine_readable(text)
    rest = _ACCOUNT.sub(lambda match: "x" * len(match[0]) if _is_account(match[0]) else match[0], text)
    yield from _bare(rest, _BARE_RRN, "rrn", _is_plain_rrn)
    yield from _bare(rest, _BARE_NIR, "nir", is_nir)
    for one in _bare(rest, _BARE_BSN, "bsn", is_bsn):
        about = text[max(one.start - 80, 0) : one.end + 14]
        if means or _PROOF.search(about) or _NAMED_BEHIND.match(text, one.end):
            yield one


def _is_plain_rrn(digits: str) -> bool:
    """Without its name a number of a foreigner (month plus 20 or 40) is too like a telephone number."""
    return is_rrn(digits) and int(digits[2:4]) <= 12


def _bare(text: str, pattern: re.Pattern[str], kind: str, checks: Callable[[str], bool]) -> Iterator[Found]:
    for match in pattern.finditer(text):
        digits = re.sub(r"[ .-]", "", match[0])
        if checks(digits) and not _EXPLAINED.search(text[max(match.start() - 40, 0) : match.start()]):
            yield Found(kind, *match.span())


def _machine_readable(text: str) -> Iterator[Found]:
    """Lines of a passport's or card's zone (ICAO 9303): filled with <; a line beside such a line goes with it."""
    lines = [(match, "<" in match[1] or "«" in match[1]) for match in _MRZ.finditer(text)]
    for at, (match, filled) in enumerate(lines):
        beside = any(near[1] for near in lines[max(at - 1, 0) : at + 2])
        if filled or (beside and any(sign.isdigit() for sign in match[1])):
            yield Found("mrz", *match.span(1))
    for match in _MRZ_INLINE.finditer(text):
        yield Found("mrz", *match.span())


def _is_account(written: str) -> bool:
    """Whether it is an IBAN: long enough, and its check digits are right (ISO 13616)."""
    bare = re.sub(r"[ .-]", "", written)
    return len(bare) >= 15 and int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1


def _parts(mail: Mail) -> Iterator[str]:
    yield from (mail.subject, mail.text, mail.quoted)
    yield from (address.name for address in (mail.sender, mail.reply_to, mail.forwarded_from) if address)
    yield from (file.name for file in mail.attachments)


def _redacted_address(address: Address | None) -> Address | None:
    return replace(address, name=masked(address.name)) if address else None


def _redacted_file(file: Attachment, means: bool) -> Attachment:
    return replace(file, name=FILE if is_identity_file(file) else masked(file.name, means))
