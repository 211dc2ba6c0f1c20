"""What stands under the writer's words without being his: signatures of devices, legal disclaimers, form footers.

The rule kept: when in doubt it stays. A disclaimer speaks to "you", conditionally, and never says "I": "Ik heb uw mail
ten onrechte ontvangen en verwijderd" is a breach report, not a disclaimer. The greeting and the name stay.
"""

from __future__ import annotations

import re

from mailbot.parse import quote_headers, vocabulary

_MAX_SIGNATURE = 12
_MAX_MARKED_SIGNATURE = 40  # after "-- " (RFC 3676, 4.3), which programs write by themselves
_LOOKED_AT = 12

_POSTSCRIPT = re.compile(
    r"\s*(?:p\.? ?s\.?(?: ?\d)?(?:[ :.-]|$)|n\.?b\.? ?:|naschrift\b|post ?scriptum\b)", re.IGNORECASE
)
_DEVICE = re.compile(vocabulary.DEVICE, re.IGNORECASE)
_FORM = re.compile(vocabulary.FORM_FOOTER, re.IGNORECASE)
_FOOTER_START = re.compile(rf"\s*[*_<]?{vocabulary.FOOTER_START}", re.IGNORECASE)
_START = re.compile(rf"[\s*_-]*{vocabulary.DISCLAIMER_START}", re.IGNORECASE)
_SIGNS = tuple(re.compile(sign, re.IGNORECASE) for sign in vocabulary.DISCLAIMER_SIGNS)
_CONDITION = re.compile(vocabulary.CONDITION, re.IGNORECASE)
_BOILERPLATE = re.compile(vocabulary.BOILERPLATE, re.IGNORECASE)
_FIRST_PERSON = re.compile(vocabulary.FIRST_PERSON, re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+\.me\b", re.IGNORECASE)
_OWN_DEVICE = re.compile(vocabulary.OWN_DEVICE, re.IGNORECASE)
_ASKED = re.compile(rf"\b{vocabulary.ASKED}\b", re.IGNORECASE)
_HELD = re.compile(rf"\b{vocabulary.HELD}\b", re.IGNORECASE)
_ERASE = re.compile(rf"\b{vocabulary.ERASE}", re.IGNORECASE)
_YOUR_RIGHT = re.compile(vocabulary.YOUR_RIGHT, re.IGNORECASE)
_THIS_MAIL = re.compile(vocabulary.THIS_MAIL, re.IGNORECASE)
#: The signs that only boilerplate gives: a secret, for whom it is, that it went to somebody else.
_FOR_OTHERS = (0, 1, 2)
_WORDS_OF_A_SENTENCE = 5


def take_off(pieces: list[list[str]]) -> tuple[list[str], list[str]]:
    """The writer's lines and the lines taken off. No writer's lines: nothing else was there. A signature ends with the
    piece that it stands in: programs put it above a quote, and answers may follow below."""
    kept: list[str] = []
    cut: list[str] = []
    begun = False
    for piece in pieces:
        own, signature = _signature(piece, begun)
        begun = begun or any(line.strip() for line in own)
        kept += own
        cut += signature
    kept, devices = _devices(kept)
    kept, legal = _disclaimers(kept)
    kept, drawn = without_rules(kept)
    return kept, [*drawn, *legal, *devices, *cut]


def _signature(lines: list[str], words_before: bool) -> tuple[list[str], list[str]]:
    """Everything after "-- ", or after "--" if it is as short as a signature, but a postscript; never the whole
    mail."""
    below = sum(1 for line in lines if line.strip())
    for at, line in enumerate(lines):
        below -= bool(line.strip())
        longest = _MAX_MARKED_SIGNATURE if line == "-- " else _MAX_SIGNATURE
        if line.rstrip() == "--" and words_before and below <= longest and _ends_the_mail(lines, at):
            end = next((end for end in range(at + 1, len(lines)) if _is_postscript(lines, end)), len(lines))
            said, signed = _said(lines[at + 1 : end])
            return [*lines[:at], *said, *lines[end:]], [line, *signed]
        words_before = words_before or bool(line.strip())
    return lines, []


def _said(lines: list[str]) -> tuple[list[str], list[str]]:
    """The paragraphs of a signature in which somebody speaks of himself, and the others: who writes on where his
    program left him writes there too."""
    said: list[str] = []
    signed: list[str] = []
    for block in _paragraphs(lines):
        speaks = any(_is_sentence(line) for line in block) and not is_disclaimer(" ".join(block)[:4_000])
        (said if speaks else signed).extend(block)
    return said, signed


def _is_sentence(line: str) -> bool:
    long = len(line.split(None, _WORDS_OF_A_SENTENCE)) >= _WORDS_OF_A_SENTENCE
    return long and is_personal([line]) and (line.rstrip()[-1:] in ".!?" or _ASKED.search(line) is not None)


def _is_postscript(lines: list[str], at: int) -> bool:
    """Whether the writer goes on below his signature."""
    return not lines[at - 1].strip() and _POSTSCRIPT.match(lines[at]) is not None


def _ends_the_mail(lines: list[str], at: int) -> bool:
    """Whether a signature stands under two dashes. A person draws them too; then longer lines or dashes follow."""
    return lines[at] == "-- " or all(len(line) <= 80 and line.rstrip() != "--" for line in lines[at + 1 :])


def _devices(lines: list[str]) -> tuple[list[str], list[str]]:
    kept: list[str] = []
    cut: list[str] = []
    for line in lines:
        (cut if _is_footer(line) else kept).append(line)
    return kept, cut


def _is_footer(line: str) -> bool:
    """Whether a line was added by a device, a mail program or a web form."""
    if len(line) > 240 or not _FOOTER_START.match(line):
        return False
    text = line.strip(" *_<>\t")
    if _DEVICE.fullmatch(text) is None and _FORM.fullmatch(text) is None:
        return False
    return not _is_asking(_OWN_DEVICE.sub(" ", _LINK.sub(" ", text)))


def _is_asking(text: str) -> bool:
    """Whether somebody speaks of himself, or of what requesters ask and no boilerplate."""
    asked = _ASKED.search(text) is not None and not any(_SIGNS[sign].search(text) for sign in _FOR_OTHERS)
    return asked or _FIRST_PERSON.search(text) is not None


def _disclaimers(lines: list[str]) -> tuple[list[str], list[str]]:
    """Takes disclaimers out of the last paragraphs. The first paragraph is never one: somebody wrote the mail."""
    blocks = _paragraphs(lines)
    kept: list[str] = []
    cut: list[str] = []
    for number, block in enumerate(blocks):
        start = _disclaimer_at(block, first=not kept) if number >= len(blocks) - _LOOKED_AT else None
        kept += block if start is None else block[:start]
        cut += [] if start is None else block[start:]
    return (kept, cut) if any(line.strip() for line in kept) else (lines, [])


def _paragraphs(lines: list[str]) -> list[list[str]]:
    """Lines in blocks; the blank lines stay at the end of their block."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip() and blocks[-1] and not blocks[-1][-1].strip():
            blocks.append([])
        blocks[-1].append(line)
    return blocks


def _disclaimer_at(block: list[str], first: bool) -> int | None:
    """The line of a paragraph where a disclaimer begins; it may follow the name without a blank line."""
    tried = 0
    for at, line in enumerate(block):
        if not _START.match(line) and not _BOILERPLATE.search(line[:2_000]):
            continue
        if first and at == 0:
            continue
        tried += 1
        if tried > 4:
            return None
        if is_disclaimer(" ".join(block[at:])[:4_000]):
            return at
    return None


def is_disclaimer(paragraph: str) -> bool:
    """Whether a paragraph is legal boilerplate: it tells "you" what to do with a mail that was not meant for you. One
    that speaks of no mail may ask to erase what "you" hold of somebody else: "Indien u gegevens van ons kind heeft"."""
    text = " ".join(paragraph.split()).replace("’", "'")
    if _FIRST_PERSON.search(text):
        return False
    signs = [sign.search(text) is not None for sign in _SIGNS]
    for_others = any(signs[sign] for sign in _FOR_OTHERS)
    of_a_mail, holds = _THIS_MAIL.search(text) is not None, _HELD.search(text) is not None
    if sum(signs) >= (2 if _CONDITION.search(text) else 3):
        return for_others or (of_a_mail and not holds)
    asks = holds and _ERASE.search(text) and not (for_others or of_a_mail or _YOUR_RIGHT.search(text))
    return _BOILERPLATE.search(text) is not None and len(text) < 600 and not asks


def is_personal(lines: list[str]) -> bool:
    """Whether somebody speaks of himself in lines that no device wrote."""
    text = " ".join(" ".join(line.split()) for line in lines if not _is_footer(line))
    return _FIRST_PERSON.search(text.replace("’", "'")) is not None


def without_rules(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines, and the blank and drawn lines at their end, which belong to what stood below."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or quote_headers.is_rule(lines[end - 1])):
        end -= 1
    return lines[:end], lines[end:]
