"""The words and the attachments of a tree of parts.

The rules kept: what a person would read is read, once (of several versions: `versions`);
bytes of attachments are never decoded; what cannot be read is said, so that a person is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailbot.model import Attachment, Defect
from mailbot.parse import charsets, embedded, flowed, html, invitation, parts, versions
from mailbot.parse.parts import Part

MAX_TEXT = 1_000_000

_CLEANED = {0xA0: " ", 0x2007: " ", 0x202F: " ", 0x2028: "\n", 0x2029: "\n", 0x85: "\n", 0x0B: "\n", 0x0C: "\n"}
_CLEANED_AWAY = [*range(0x09), *range(0x0E, 0x20), 0x7F, *range(0x80, 0x85), *range(0x86, 0xA0), 0xAD, 0x200B, 0x200C]
_CLEANED_AWAY += [0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
_TABLE: dict[int, str | None] = {**dict.fromkeys(_CLEANED_AWAY), **_CLEANED}
#: Text that a program reads and no person.
_NO_WORDS = frozenset(
    {
        *("text/calendar", "text/rtf", "text/richtext", "text/rfc822", "text/rfc822-headers", "text/directory"),
        *("text/vcard", "text/x-vcard", "text/css", "text/csv", "text/xml", "text/javascript", "text/x-amp-html"),
    }
)
#: How a page begins that a program sends as plain text.
_PAGE = re.compile(rb"\s*<(?:!doctype html|html|head|body)\b[^<>]{0,500}>", re.IGNORECASE)
_LOOKED_AT = 1_000
#: Exchange makes a file of what an iPhone writes behind a picture.
_TEXT_BEHIND = re.compile(r"ATT\d{5}\.(?:txt|html?)", re.IGNORECASE)


@dataclass
class Body:
    """What was found while walking the parts."""

    texts: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    letters: list[Part] = field(default_factory=list)  # mails enclosed as message/rfc822
    unnamed: list[Part] = field(default_factory=list)  # text parts that have a name, in case there is no other text
    invitations: list[Part] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    left: int = MAX_TEXT  # characters of text still allowed
    html_left: int = html.MAX_HTML  # bytes of HTML still converted, over all parts: the dearest step of all

    @property
    def text(self) -> str:
        return "\n\n".join(text for text in self.texts if text.strip())


def read(root: Part) -> Body:
    """Reads the whole tree. Text is cut at `MAX_TEXT` characters in all."""
    body = Body()
    _walk(root, body)
    if not body.text.strip() and body.unnamed:
        body.defects.append(Defect.TEXT_IN_ATTACHMENT)
        for part in body.unnamed[:5]:
            _take_text(part, body)
    elif any(part.disposition == "inline" for part in body.unnamed):  # shown below the words, so perhaps some of them
        body.defects.append(Defect.WORDS_ELSEWHERE)
    _invited(body)
    if embedded.ENCRYPTED in body.text:
        body.defects.append(Defect.ENCRYPTED)
    if not body.text.strip():
        body.defects.append(Defect.NO_TEXT if body.attachments else Defect.EMPTY)
    return body


def _invited(body: Body) -> None:
    """The words of an invitation that has none beside it; how one joins a meeting by video nobody wrote."""
    if not body.invitations:
        return
    body.texts = [invitation.without_meeting(text) for text in body.texts]
    for part in body.invitations[:5] if not body.text.strip() else ():
        text, _ = charsets.decode(part.content(MAX_TEXT)[0], part.charset)
        body.texts.append(invitation.without_meeting(invitation.text_of(clean(text)))[: body.left])


def _walk(part: Part, body: Body) -> None:
    match part.type:
        case "multipart/alternative" if part.children:
            _alternative(part, body)
        case "multipart/encrypted":
            body.defects.append(Defect.ENCRYPTED)
            for child in part.children or (part,):
                _attach(child, body)
        case "message/rfc822" | "message/global":
            body.letters.append(part)
            _attach(part, body)
        case _ if part.children:
            for child in part.children:
                _walk(child, body)
        case _ if _is_text(part.type) and _is_inline(part):
            _take_text(part, body)
        case _:
            _attach(part, body)


def _is_text(kind: str) -> bool:
    """Whether a part is words to read: plain ones, HTML, or a sort that nobody knows, which counts as plain (RFC 2046,
    4.1.4)."""
    return kind == "text" or (kind.startswith("text/") and kind not in _NO_WORDS)


def _is_inline(part: Part) -> bool:
    return _TEXT_BEHIND.fullmatch(part.name) is not None or (part.disposition != "attachment" and not part.name)


def _alternative(part: Part, body: Body) -> None:
    """The version that is read, the attachments of all, and whether one shows answers in red."""
    in_order = sorted(part.children, key=lambda child: child.type != "text/plain")
    tried = [_version(version, body) for version in in_order]
    for found in (tried[at] for at in versions.chosen([found.text for found in tried])):
        body.left = max(body.left - len(found.text), 0)
        body.texts += found.texts
        body.letters += found.letters
        body.unnamed += found.unnamed
        body.defects += found.defects
    body.defects += [Defect.ANSWERS_IN_QUOTE for found in tried if Defect.ANSWERS_IN_QUOTE in found.defects][:1]
    body.invitations += [invited for found in tried for invited in found.invitations]
    body.attachments += [attachment for found in tried for attachment in found.attachments]


def _version(part: Part, body: Body) -> Body:
    found = Body(left=body.left, html_left=body.html_left)
    _walk(part, found)
    body.html_left = found.html_left
    return found


def _take_text(part: Part, body: Body) -> None:
    is_html = part.type == "text/html" or _PAGE.match(part.content(_LOOKED_AT)[0]) is not None
    limit = min(body.html_left, html.MAX_HTML) if is_html else MAX_TEXT
    if min(body.left, limit) <= 0:
        body.defects.append(Defect.TEXT_CUT)
        return
    raw, broken = part.content(limit)
    text, wrong = charsets.decode(raw, part.charset)
    body.defects += [defect for defect in (broken, wrong) if defect]
    if is_html:
        body.html_left -= len(raw)
        text, wrong = html.to_text(text)
        body.defects += [wrong] if wrong else []
    elif part.parameter("format") == "flowed":
        text = flowed.joined(text, part.parameter("delsp") == "yes")
    text, files = embedded.take_out(clean(text))
    body.attachments += files
    if len(text) > body.left or len(raw) >= limit:
        body.defects.append(Defect.TEXT_CUT)
    body.texts.append(text[: body.left])
    body.left = max(body.left - len(text), 0)


def clean(text: str) -> str:
    """Text with `\\n` line ends, without control characters and without signs that only hide or turn round."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() and text.isprintable() else text.translate(_TABLE)


def _attach(part: Part, body: Body) -> None:
    name = part.name
    body.defects += _locked(part, name)
    if part.type.startswith("text/") and part.disposition != "attachment" and part.type in ("text/plain", "text/html"):
        body.unnamed.append(part)
    if part.type == "text/calendar":
        body.invitations.append(part)
    if part.type in ("message/rfc822", "message/global") and not name and part.children:
        name = parts.safe_name(part.children[0].header.text(b"subject") or "message") + ".eml"
    body.attachments.append(Attachment(name or "unnamed", part.type[:100], part.size()))


def _locked(part: Part, name: str) -> list[Defect]:
    """Why the words may be inside a container that we do not open."""
    if part.type in ("application/ms-tnef", "application/vnd.ms-tnef") or name.lower() == "winmail.dat":
        return [Defect.TNEF]
    if part.type in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return [Defect.OPAQUE if part.parameter("smime-type") == "signed-data" else Defect.ENCRYPTED]
    return [Defect.ENCRYPTED] if part.type == "application/pgp-encrypted" else []
