"""The writer's own words, apart from what a mail program put under, over and between them.

The rules kept: answers between quoted lines stay; nothing is ever lost, because what is cut is handed back; a mail that
has text never becomes empty; one pass, linear time.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailbot.parse import banners, footers, quote_headers
from mailbot.parse.quote_headers import QuoteHeaderKind

#: A signature or a disclaimer has fewer lines.
_LOOKED_AT = 60
#: The fields of a quoted mail take fewer, blank ones between them included.
_HEAD_LINES = 16
_FOLDED_AT = 72  # where programs fold a line of plain text (RFC 3676, 4.2: at most 78)


@dataclass(frozen=True, slots=True)
class Cut:
    """Own and quoted text. `rest` are the lines under the opener that ended the own text, the opener included, and
    `opening` its kind; `only_quote` tells that the writer added nothing and `own` is therefore the whole."""

    own: str
    quoted: str
    rest: tuple[str, ...] = ()
    opening: QuoteHeaderKind | None = None
    added: str = ""
    only_quote: bool = False


def own_text(body: str) -> tuple[str, str]:
    """The writer's own text and what was cut off from it. Own text is empty only if the body is."""
    found = cut(body)
    return found.own, found.quoted


def answered(quoted: str) -> str:
    """What was quoted from another, as far as it can be answered: nothing, if only a signature or a disclaimer was cut
    off. One that says "I" may be more than that, and stays."""
    lines = quoted.split("\n", _LOOKED_AT)[:_LOOKED_AT]
    if any(line.lstrip()[:1] == ">" or quote_headers.find(lines, at) for at, line in enumerate(lines)):
        return quoted
    return quoted if len(lines) == _LOOKED_AT or footers.is_personal(lines) else ""


def cut(body: str) -> Cut:
    """Reads a body once and tells own lines from quoted ones."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    below, banner = banners.take_off(lines)
    pieces, quoted, at, opening = _scan(below)
    rest = below[at:]
    drawn: list[str] = []
    if rest:
        pieces[-1], drawn = footers.without_rules(pieces[-1])  # Outlook draws a line above a quote
    kept, footer = footers.take_off(pieces)
    added = _joined(kept)
    whole = _joined(lines)
    if not added:
        return Cut(whole, "", tuple(rest), opening, only_quote=bool(whole))
    return Cut(added, _joined([*footer, *banner, *quoted, *drawn, *rest]), tuple(rest), opening, added)


def _scan(lines: list[str]) -> tuple[list[list[str]], list[str], int, QuoteHeaderKind | None]:
    """The pieces of own lines between quoted ones, quoted lines, and where everything that follows is quoted, with the
    opener that says so."""
    own: list[str] = []
    pieces = [own]
    quoted: list[str] = []
    plain = (number for number in range(len(lines) - 1, -1, -1) if lines[number].lstrip()[:1] not in ("", ">"))
    last_plain = next(plain, -1)
    at, opened = 0, False
    while at < len(lines):
        line = lines[at]
        if _is_quoted(lines, at, opened) or _is_broken_off(lines, at):
            quoted.append(line)
            at += 1
            if own:
                own = []
                pieces.append(own)
            continue
        opener = quote_headers.find(lines, at)
        if opener is None:
            own.append(line)
            at += 1
        elif opener.kind is QuoteHeaderKind.FORWARD and last_plain < at + opener.size:
            return pieces, quoted, at, opener.kind  # Apple marks the whole forwarded mail
        elif _is_marked(lines, at + opener.size) or _is_doubled(lines, at, opener):
            quoted += lines[at : at + opener.size]
            at, opened = at + opener.size, True
        elif last_plain >= (end := _marked_below(lines, at, opener)) > 0:
            quoted += lines[at:end]
            at, opened = end, True
        elif opener.kind is QuoteHeaderKind.MAYBE:
            own += lines[at : at + opener.size]
            at += opener.size
        else:
            return pieces, quoted, at, opener.kind
    return pieces, quoted, at, None


def _is_quoted(lines: list[str], at: int, opened: bool) -> bool:
    """Whether a program marked this line; below an opener with marked lines under it, even a lone `> 2. Naam?`."""
    marked = lines[at].lstrip()[:1] == ">" and not quote_headers.is_whole_line(lines[at])
    return marked and (opened or not _is_own(lines, at))


def _is_broken_off(lines: list[str], at: int) -> bool:
    """The rest of a quoted line that a program folded and did not mark. A quoted question, a capital, a mark of its own
    or room for the word on the line above tell an answer: in doubt the words are the writer's."""
    above, line = lines[at - 1] if at else "", lines[at]
    below = lines[at + 1] if at + 1 < len(lines) else ""
    if above[:1] != ">" or below[:1] != ">" or not line[:1].islower():
        return False
    return above.rstrip()[-1:] not in ".?!:;" and len(above.rstrip()) + len(line.split()[0]) >= _FOLDED_AT


def _marked_below(lines: list[str], at: int, opener: quote_headers.QuoteHeader) -> int:
    """Where the fields below a rule with "Oorspronkelijk bericht" end and `>` lines begin; 0 if they do not. Outlook
    Express marks all that it quotes, so that one can answer below and between."""
    end = at + opener.size
    while end < min(len(lines), at + _HEAD_LINES) and (not lines[end].strip() or quote_headers.field_of(lines[end])[0]):
        end += 1
    return end if opener.kind is QuoteHeaderKind.ORIGINAL and _is_marked(lines, end) else 0


def _is_marked(lines: list[str], at: int) -> bool:
    """Whether the next line with anything on it is a `>` line: then the quote ends where the marks end."""
    following = next((line for line in lines[at : at + 4] if line.strip()), "")
    return following.lstrip()[:1] == ">"


def _is_doubled(lines: list[str], at: int, opener: quote_headers.QuoteHeader) -> bool:
    """Proton draws a rule above its "Op ... schreef": the second opener decides how far the quote goes."""
    following = next((later for later in range(at + 1, min(at + 4, len(lines))) if lines[later].strip()), None)
    if opener.kind is not QuoteHeaderKind.ORIGINAL or following is None:
        return False
    second = quote_headers.find(lines, following)
    return second is not None and second.kind is QuoteHeaderKind.WROTE


def _is_own(lines: list[str], at: int) -> bool:
    """A lone `>> knop <<` or `> 3 weken` is written by a person, not quoted by a program."""
    line = lines[at].strip()
    if (at and lines[at - 1].lstrip()[:1] == ">") or (at + 1 < len(lines) and lines[at + 1].lstrip()[:1] == ">"):
        return False
    above = next((lines[back].rstrip() for back in range(at - 1, max(at - 4, -1), -1) if lines[back].strip()), "")
    return line.endswith("<") or (line.lstrip("> ")[:1].isdigit() and len(line) < 80 and above[-1:] != ":")


def _joined(lines: list[str]) -> str:
    """Lines as text: no blanks at line ends, no blank lines at the ends, never two blank lines together."""
    kept: list[str] = []
    for line in lines:
        line = line.rstrip()
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n").strip()
