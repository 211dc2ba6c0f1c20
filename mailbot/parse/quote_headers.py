"""The lines with which mail programs open a quote, in Dutch, French, German and English, and in whatever other language
by a moment with an address or by its own word for "wrote".

The rule kept: linear time. Each pattern is tried at the start of one line, or searched once in at most three joined
lines of at most 500 characters; none nests a repetition in a repetition.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from mailbot.parse import other_languages, vocabulary

MAX_HEADING = 500
_WINDOW = 14


class QuoteHeaderKind(StrEnum):
    """What kind of quote header stands here."""

    WROTE = "wrote"  # "Op ... schreef ...:"
    MAYBE = "maybe"  # the same without time or address: a quote only if `>` lines follow
    ORIGINAL = "original"  # a rule with "Oorspronkelijk bericht"
    FIELDS = "fields"  # Van, Verzonden, Aan, Onderwerp
    FORWARD = "forward"  # a rule with "Doorgestuurd bericht"


@dataclass(frozen=True, slots=True)
class QuoteHeader:
    """What opens a quote, and the number of lines that it takes."""

    kind: QuoteHeaderKind
    size: int


_CANDIDATE = re.compile(
    rf"[\s*]*(?:[-‐]{{2,}}|_{{5,}}|={{3,}}|(?:{vocabulary.CANDIDATE}|{other_languages.CANDIDATE})\b)", re.IGNORECASE
)
_STARTS = re.compile(rf"(?:(?:op|on|am|le|den)\b|{vocabulary.CITES})", re.IGNORECASE)
_VERB = re.compile(rf"{vocabulary.WROTE}|\b{other_languages.WROTE}(?!\w)", re.IGNORECASE)
_VERB_LAST = re.compile(rf"(?:{vocabulary.WROTE}|\b{other_languages.WROTE})$", re.IGNORECASE)
_CITES = re.compile(vocabulary.CITES, re.IGNORECASE)
_TELLS = re.compile(vocabulary.TELLS, re.IGNORECASE)
_SPOKEN_TO = re.compile(vocabulary.SPOKEN_TO, re.IGNORECASE)
_ADDRESSED = re.compile(r"[<(]\s?[^<>()\s]{1,80}@[^<>()\s]{1,80}(?:\s?[>)]|\s:$)")
_NAMED = re.compile(r"\S [<\[](?:mailto:)?[^<>\[\]\s]{1,80}@[^<>\[\]\s]{1,80}[>\]]$")
_TIME = re.compile(r"\b\d{1,2}\s?[:.hu]\s?\d{2}\b")
_DAY = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b")
_GROUPWISE = re.compile(r">>> .{1,200}\d{1,2}[:.]\d\d.{0,20}$")
_RULED = re.compile(rf"[-‐]{{3,}} ?\S.{{5,300}}{vocabulary.WROTE}\s?(?::|:? ?[-‐]{{3,}})$", re.IGNORECASE)
_TYPE_ABOVE = re.compile(rf"##-? .{{0,80}}{vocabulary.TYPE_ABOVE}.{{0,20}}-?##$", re.IGNORECASE)
_DATED_BY = re.compile(
    r"[\w., ]{4,24}, \d{1,2}[:.]\d\d (?:[ap]m )?(?:door|von|by|par|van|de) \S{1,80}@\S{1,80}:$", re.IGNORECASE
)
_FIELD = re.compile(r"([^\W\d_](?:[^\W\d_]|['’ -]){0,30}?)\s?:(?!//)")
_INLINE_FIELD = re.compile(rf"(?:^|\s)({vocabulary.INLINE_FIELDS})\s?:", re.IGNORECASE)
_GROUP = {
    word: group
    for fields in (other_languages.FIELDS, vocabulary.FIELDS)
    for group, names in fields.items()
    for word in names.split("|")
}
_ORIGINAL = frozenset(vocabulary.ORIGINAL + other_languages.ORIGINAL)
_FORWARD = frozenset(vocabulary.FORWARD + other_languages.FORWARD)
_HEADINGS = _ORIGINAL | _FORWARD
_MESSAGE_OF = re.compile(r"message du \d{1,2}/\d{1,2}/\d{2,4} \d{1,2}:\d{2}$", re.IGNORECASE)
_RULE = re.compile(r"[\s*]*(?:_{5,}|-{5,}|={4,}|\*{5,}|—{3,}|─{3,})[\s*]*")


def find(lines: list[str], at: int) -> QuoteHeader | None:
    """The opener that begins at line `at`, if one does. Lines may still carry their `> `."""
    line = bare(lines[at])
    if not line:
        return None
    if _GROUPWISE.match(lines[at][:MAX_HEADING]) or _TYPE_ABOVE.match(line):
        return QuoteHeader(QuoteHeaderKind.ORIGINAL, 1)
    if _CANDIDATE.match(line) and (
        known := _rule(lines, at, line) or _fields(lines, at, line) or _wrote(lines, at, line)
    ):
        return known
    if line[-1] in ":><(" or ("<" in line and "@" in line) or _is_addressed_below(lines, at):
        return QuoteHeader(QuoteHeaderKind.WROTE, 1) if _DATED_BY.match(line) else _name_first(lines, at, line)
    return None


def _is_addressed_below(lines: list[str], at: int) -> bool:
    """Whether the next line is the end of an opener: an address and a colon. Programs fold before the address."""
    following = bare(lines[at + 1]) if at + 1 < len(lines) else ""
    return following[-1:] == ":" and "@" in following


def bare(line: str) -> str:
    """A line without quote marks, bold marks and blanks at its ends, short enough to look at."""
    return line[:MAX_HEADING].lstrip("> \t").replace("*", "").replace("\u00a0", " ").replace("\u202f", " ").strip()


def is_whole_line(line: str) -> bool:
    """Whether a line that begins with `>` is an opener by itself and no quoted line."""
    return _GROUPWISE.match(line[:MAX_HEADING]) is not None


def is_rule(line: str) -> bool:
    """Whether a line is only a drawn line."""
    return _RULE.fullmatch(line[:MAX_HEADING]) is not None


def is_heading(words: str) -> bool:
    """Whether these words stand in the rule above a mail that is quoted or passed on."""
    return words.strip().replace("’", "'").lower() in _HEADINGS


def field_of(line: str) -> tuple[str, str]:
    """The group (from, sent, to, copy, subject, other, form) and the value of a field line; empty if it is none."""
    text = bare(line)
    found = _FIELD.match(text)
    if found is None:
        return "", ""
    group = _GROUP.get(found[1].strip().lower().replace("’", "'"), "")
    return group, text[found.end() :].strip()


def _rule(lines: list[str], at: int, line: str) -> QuoteHeader | None:
    if line[0] in "-‐" and _RULED.match(line):
        return QuoteHeader(QuoteHeaderKind.WROTE, 1)
    if _MESSAGE_OF.match(line) and _field_next(lines, at):  # Orange
        return QuoteHeader(QuoteHeaderKind.ORIGINAL, 1)
    words = line.strip(" -‐_=—─>").rstrip(" :").replace("’", "'").lower()
    known = QuoteHeaderKind.ORIGINAL if words in _ORIGINAL else QuoteHeaderKind.FORWARD if words in _FORWARD else None
    if known is None:
        return None
    ruled = line[0] in "-‐_=—─" and line[-1] in "-‐_=—─:"
    return (
        QuoteHeader(known, 1)
        if ruled or words.startswith(("begin", "anfang", "début")) or _field_next(lines, at)
        else None
    )


def _field_next(lines: list[str], at: int) -> bool:
    following = next((line for line in lines[at + 1 : at + 4] if bare(line)), "")
    return (
        field_of(following)[0] in ("from", "sent", "to", "subject")
        or _wrote(lines, at + 1, bare(following)) is not None
    )


def _fields(lines: list[str], at: int, line: str) -> QuoteHeader | None:
    """Van, Verzonden, Aan and Onderwerp together. Two of them are ordinary text ("Van: Utrecht / Aan: Zeist"), unless
    they name a sender by name and address and a full moment."""
    if field_of(line)[0] not in ("from", "sent"):
        return None
    if len(inline := {found.lower() for found in _INLINE_FIELD.findall(line)}) >= 3 and "@" in line:
        return (
            QuoteHeader(QuoteHeaderKind.FIELDS, 1) if {_GROUP[name] for name in inline} & {"sent", "subject"} else None
        )
    groups = _groups(lines, at)
    told = groups - {"form", "other"}
    if "form" in groups or "from" not in told or not told & {"sent", "subject"}:
        return None
    return (
        QuoteHeader(QuoteHeaderKind.FIELDS, 1) if len(told) >= 3 or _is_sender_and_moment(lines[at : at + 2]) else None
    )


def _is_sender_and_moment(lines: list[str]) -> bool:
    told = dict(map(field_of, lines))
    sender, moment = told.get("from", ""), told.get("sent", "")
    return _NAMED.search(sender) is not None and _TIME.search(moment) is not None and _is_dated(moment)


def _groups(lines: list[str], at: int) -> set[str]:
    """The field groups near `at`. Blank lines may stand between them (HTML paragraphs); other text ends the block."""
    found: set[str] = set()
    strange = 0
    for line in lines[at : at + _WINDOW]:
        if not bare(line):
            continue
        group = field_of(line)[0]
        strange = 0 if group else strange + 1
        if group == "from" and "from" in found:  # the next block; what came before was a line of text
            break
        if strange > 2:  # a long list of recipients runs over two more lines at most
            break
        found |= {group} - {""}
    return found


def _wrote(lines: list[str], at: int, line: str) -> QuoteHeader | None:
    if not _STARTS.match(line):
        return None
    cites = _CITES.match(line) is not None
    for size, heading in _headings(lines, at):
        if cites or (_VERB.search(heading) and any(sign.isdigit() for sign in heading)):
            return QuoteHeader(_certainty(heading), size)
    if _VERB_LAST.search(line) and _is_dated_and_addressed(line):  # some leave the colon out
        return QuoteHeader(QuoteHeaderKind.WROTE, 1)
    return None


def _is_dated_and_addressed(heading: str) -> bool:
    """A full moment and an address in brackets: no person writes that, in whatever language."""
    return _ADDRESSED.search(heading) is not None and _TIME.search(heading) is not None and _is_dated(heading)


def _is_dated(heading: str) -> bool:
    return _DAY.search(heading) is not None


def _name_first(lines: list[str], at: int, line: str) -> QuoteHeader | None:
    """`Jan Jansen schreef op 3-11-2025 10:12:` and `Jan <jan@x.nl> schrieb am ...:`."""
    if not (_VERB.search(line) or "@" in line or _DAY.search(line)):
        return None
    for size, heading in _headings(lines, at):
        if (verb := _VERB.search(heading)) and verb.start() <= 160:
            return QuoteHeader(_certainty(heading), size)
        if _is_dated_and_addressed(heading):
            return QuoteHeader(QuoteHeaderKind.WROTE, size)
    if line[-1] == ":":
        return QuoteHeader(QuoteHeaderKind.MAYBE, 1) if _TIME.search(line) and _is_dated(line) else None
    return (
        QuoteHeader(QuoteHeaderKind.MAYBE, 1)
        if line[-1] == ">" and _is_dated(line) and _ADDRESSED.search(line)
        else None
    )


def _headings(lines: list[str], at: int) -> list[tuple[int, str]]:
    """One, two and three lines joined, as far as they end in a colon. Programs fold the opener at 72 characters."""
    joined: list[str] = []
    found = []
    for size, line in enumerate(lines[at : at + 4], start=1):
        text = bare(line)
        if not text or sum(map(len, joined)) > MAX_HEADING:
            break
        joined.append(text)
        if text.endswith(":"):
            found.append((size, " ".join(joined)[:MAX_HEADING]))
            break
    return found


def _certainty(heading: str) -> QuoteHeaderKind:
    """Sure if an address or a full moment stands in it; "Op 3 maart schreef ik u:" is text."""
    if _TELLS.search(heading):
        return QuoteHeaderKind.MAYBE
    if "@" in heading:
        return QuoteHeaderKind.WROTE
    if _TIME.search(heading) and _DAY.search(heading) and not _SPOKEN_TO.search(heading):
        return QuoteHeaderKind.WROTE
    return QuoteHeaderKind.MAYBE
