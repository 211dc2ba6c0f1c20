"""Raw bytes to a `Mail`.

The rules kept: it never raises, because a mail that stops the program would be a request that is lost; each thing that
could not be read is named in `defects`; time and memory are bounded by caps that apply before anything is decoded.
Each stage stands alone: a body that cannot be read does not cost the sender and the subject.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.model import Address, Attachment, Defect, Mail
from mailbot.parse import (
    addresses,
    attached_request,
    body,
    fields,
    forwards,
    joined_headers,
    moments,
    parts,
    quote_headers,
    quotes,
    received,
    vocabulary,
)
from mailbot.parse.body import Body
from mailbot.parse.parts import Part, tried

MAX_BYTES = 64 * 2**20
MAX_SUBJECT = 1_000
#: Fields that say what a mail says, of which there is one (RFC 5322, 3.6; RFC 2045, 3).
_ONCE = (b"subject", b"content-type", b"content-transfer-encoding")

_REPEATS = re.compile(rf"{vocabulary.ANSWER_SUBJECT}|{vocabulary.FORWARD_SUBJECT}", re.IGNORECASE)
_BY_FORM = re.compile(vocabulary.BY_FORM, re.IGNORECASE)
_ANNOUNCED_IN = 30  # words
#: Outlook sets the writer's name before what he types into a quoted mail: "[Jan de Wit] Ja graag".
_COMMENT = re.compile(r"[ \t]{0,8}\[[A-ZÀ-Þ][\w.'-]{0,20}(?: [\w.'-]{1,20}){1,4}\] ?\S")
_MOST_LINES = 2_000
_ANSWERS_BELOW = re.compile(vocabulary.ANSWERS_BELOW, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MailText:
    """The text of a mail after quotes and forwards have been told apart."""

    text: str = ""
    quoted: str = ""
    forwarded_from: Address | None = None
    forwarded_at: datetime | None = None
    passed_on: str = ""  # the Message-ID of the mail that was enclosed
    attachments: tuple[Attachment, ...] = ()
    defects: tuple[Defect, ...] = ()
    opens_with: str = ""


def parse(raw: bytes, received_at: datetime, own_hosts: tuple[str, ...] = (), colleagues: tuple[str, ...] = ()) -> Mail:
    """The mail in these bytes. Never raises.

    `colleagues` are addresses of the company and its staff, who pass mail on with more words than strangers do.
    `received_at` is the server's INTERNALDATE; an earlier Received line of one of `own_hosts` wins. `key` is the
    SHA-256 of all bytes given, also where the reading stops earlier.
    """
    key = hashlib.sha256(raw).hexdigest()
    try:
        return _read(raw, key, received_at, own_hosts, colleagues)
    except Exception:  # MemoryError and RecursionError too: the mail becomes a case for a person
        return _nothing(key, received_at)


def _nothing(key: str, received_at: datetime) -> Mail:
    moment = received.moment([], received_at, ())
    return Mail(key, fields.made_id(key), None, None, (), "", "", "", moment, defects=(Defect.UNREADABLE,))


def _read(raw: bytes, key: str, received_at: datetime, own_hosts: tuple[str, ...], colleagues: tuple[str, ...]) -> Mail:
    root, defects = _tree(raw)
    header = root.header
    no_sender, no_reply_to = _no_address(Defect.UNREADABLE_SENDER), _no_address(Defect.UNREADABLE_REPLY_TO)
    sender, from_defects = tried(lambda: addresses.sender(header.all(b"from")), no_sender)
    reply_to, reply_defects = tried(lambda: addresses.reply_to(header.all(b"reply-to")), no_reply_to)
    message_id, id_defect = fields.message_id(header, key)
    subject = tried(lambda: header.text(b"subject")[:MAX_SUBJECT], "")
    recipients: tuple[str, ...] = tried(lambda: _recipients(root), ())
    colleague = forwards.is_colleague(sender, recipients, colleagues)
    references: tuple[str, ...] = tried(lambda: fields.references(header), ())
    answers = bool(references) or _REPEATS.match(subject[:40]) is not None
    words = tried(
        lambda: _mail_text(root, subject, colleague, own_hosts, answers=answers),
        MailText(defects=(Defect.UNREADABLE_BODY,)),
    )
    twice = [Defect.FIELD_TWICE] if any(len(header.all(name)) > 1 for name in _ONCE) else []
    found = [*defects, *twice, *from_defects, *reply_defects, *([id_defect] if id_defect else []), *words.defects]
    return Mail(
        key=key,
        message_id=message_id,
        sender=sender,
        reply_to=reply_to,
        to=recipients,
        subject=subject,
        text=words.text,
        quoted=words.quoted,
        received_at=tried(lambda: received.moment(header.all(b"received"), received_at, own_hosts), received_at),
        receipt=tried(lambda: received.own_line(header.all(b"received"), own_hosts), ""),
        references=(*references, *([words.passed_on] if words.passed_on and colleague else [])),
        attachments=words.attachments,
        headers=tried(lambda: fields.kept_fields(root), ()),
        claimed_from=tried(lambda: addresses.claimed(header.all), None) if sender is None else None,
        defects=tuple(dict.fromkeys(found)),
        forwarded_from=words.forwarded_from,
        forwarded_at=words.forwarded_at,
        opens_with=words.opens_with,
    )


def _no_address(why: Defect) -> tuple[Address | None, list[Defect]]:
    return None, [why]


def _tree(raw: bytes) -> tuple[Part, list[Defect]]:
    """The tree of parts and the defects of the structure. The mail is cut to size first."""
    cut = _plain(raw[:MAX_BYTES])
    if b"\n" not in cut:
        cut = cut.replace(b"\r", b"\n")
    start = len(cut) - len(cut.lstrip(b"\r\n\t "))  # a mail that was saved by hand may begin with blanks
    limits = parts.Limits(defects=[Defect.TOO_BIG] if len(raw) > MAX_BYTES else [])
    root = parts.read(cut, start, len(cut), limits)
    claimed = tuple(dict.fromkeys(name for part in root.walk()[:20] if (name := part.charset)))
    return replace(root, header=root.header.recoded(claimed)), limits.defects


def _plain(raw: bytes) -> bytes:
    """The bytes without the mark that editors put before a text file; a mail saved as UTF-16 becomes UTF-8."""
    if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return raw.decode("utf-16", "replace").encode("utf-8", "replace")
    return raw.removeprefix(codecs.BOM_UTF8)


def _recipients(root: Part) -> tuple[str, ...]:
    names = (b"to", b"cc", b"delivered-to", b"x-original-to")
    return addresses.recipients([value for name in names for value in root.header.all(name)])


def _mail_text(
    root: Part, subject: str, colleague: bool, own_hosts: tuple[str, ...], depth: int = 0, answers: bool = True
) -> MailText:
    """The own text of a mail; of a bare forward, the forwarder's words and then the inner mail's own. `answers`:
    whether the mail answers another or passes it on, as far as its header tells."""
    found = body.read(root)
    cut = quotes.cut(joined_headers.split_fields(found.text))
    first = next((line.strip() for line in found.text.split("\n", 50)[:50] if line.strip()), "")
    words = MailText(cut.own, cut.quoted, attachments=tuple(found.attachments), defects=tuple(found.defects))
    words = replace(words, opens_with=first[:500])
    inner = forwards.inline(cut, subject, colleague) or _enclosed(root, found, cut, colleague, own_hosts, depth)
    if inner is not None and inner.own:
        text = f"{cut.added}\n\n{inner.own}" if cut.added else inner.own
        sees_text = tuple(defect for defect in words.defects if defect not in (Defect.NO_TEXT, Defect.EMPTY))
        return replace(
            words,
            text=text,
            quoted=inner.quoted,
            forwarded_from=inner.sender,
            forwarded_at=inner.sent_at,
            passed_on=inner.message_id,
            defects=(*sees_text, *([] if inner.sender else [Defect.WRITER_NOT_NAMED])),
        )
    if not answers and _is_form(cut):
        return replace(words, text=f"{cut.added}\n\n" + "\n".join(cut.rest).strip(), quoted="")
    below = _answers_below(cut) or (not answers and _is_quoting(cut))
    more = [Defect.ONLY_A_QUOTE] if cut.only_quote else [Defect.ANSWERS_IN_QUOTE] if below else []
    more += (
        [Defect.WORDS_ELSEWHERE]
        if attached_request.refers_to_attachment(cut.added, found.text, found.attachments)
        else []
    )
    return replace(words, defects=(*words.defects, *more))


def _answers_below(cut: quotes.Cut) -> bool:
    """Outlook writers answer between unmarked lines, in red, or announce what they paste and go on below it: only a
    person can tell whose words are whose."""
    if not cut.rest:
        return False
    announced = cut.added.endswith(":") or _ANSWERS_BELOW.search(cut.added[:5_000]) is not None
    return announced or any(_COMMENT.match(line) for line in cut.rest[:_MOST_LINES])


def _is_quoting(cut: quotes.Cut) -> bool:
    """Whether lines look like a quote and no "Op ... schreef ...:" says so: in a mail that answers nothing no program
    quoted them, the writer put them there and may go on below, or made his list with the sign for it."""
    if cut.rest:
        return cut.opening in (quote_headers.QuoteHeaderKind.FIELDS, quote_headers.QuoteHeaderKind.ORIGINAL)
    lines = cut.quoted.split("\n", 200)[:200]
    opened = any(quote_headers.find(lines, at) for at, line in enumerate(lines) if line[:1] not in ("", ">"))
    return not opened and any(line.startswith(">") for line in lines)


def _is_form(cut: quotes.Cut) -> bool:
    """Whether the fields are a form's, which names who filled it in and when: what follows is what he typed."""
    if cut.opening is not quote_headers.QuoteHeaderKind.FIELDS or len(cut.added.split()) > _ANNOUNCED_IN:
        return False
    return _BY_FORM.search(cut.added[:1_000]) is not None


def _enclosed(
    root: Part, found: Body, cut: quotes.Cut, colleague: bool, own_hosts: tuple[str, ...], depth: int
) -> forwards.Inner | None:
    """The first mail enclosed as message/rfc822, if nothing is said beside it. A delivery report encloses our own.

    It carries the lines of the servers that took it, so its sender's own date counts only where there are none (A-04).
    """
    letters = [letter for letter in found.letters if letter.children]
    if depth >= forwards.MAX_INNER or not letters or root.type == "multipart/report":
        return None
    if not (colleague or forwards.is_bare(cut.added)):
        return None
    inner = letters[0].children[0]
    words = _mail_text(inner, inner.header.text(b"subject"), colleague, own_hosts, depth + 1)
    sender, _ = addresses.sender(inner.header.all(b"from"))
    taken_at = received.taken_at(inner.header.all(b"received"), own_hosts)
    sent_at = words.forwarded_at or taken_at or moments.written(inner.header.text(b"date"))
    id, missing = fields.message_id(inner.header, "")
    passed_on = words.passed_on or ("" if missing else id)
    return forwards.Inner(words.forwarded_from or sender, words.text, words.quoted, sent_at, passed_on)
