"""What the company itself writes down about a breach: facts, effects, measures, and why the authority was told or not.

The rule kept here (article 33(5)): these words are a record of the company about its own breach, by which the authority
checks it, and not data of who reported it. So they outlive him: no term is set for them, and the limit on keeping
applies to personal data only (article 5(1)(e)). To that end they may name nobody. Whoever writes them is told what in
them looks like a person, and when the reporter is forgotten (F-05) that is blotted out: his own names, addresses and
numbers wherever they stand; any mail address, telephone number, account number or postal code; and whoever is called
by a title. A third person by his bare name cannot be told from a place or a product; he stays, and people are told so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mailbot.model import BreachNote, Case

DECISIONS = ("notify", "register_only")
BLOT = "[weggelaten]"
#: The words of a note, by the names that it has for them.
WORDS = ("reason", "facts", "effects", "measures")
_MARKS = re.compile(
    r"[\w.+-]+@[\w.-]*\w"
    r"|\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{2,4}){3,8}\b"
    r"|(?<![\w.+-])(?!\d\d[-./]\d\d[-./]\d{2})(?:\+\d|0)(?:[ ().-]{0,2}\d){8,13}(?![\w-])"
    r"|\b[1-9]\d{3} ?[A-Z]{2}\b(?: \d{1,4}\b)?"
)
#: Who is called by a title: the title stays, the name does not.
_TITLED = re.compile(
    r"\b(?P<title>(?:[Dd]e heer|[Mm]evrouw|[Mm]evr\.?|[Mm]w\.?|[Dd]hr\.?|[Mm]eneer|[Ff]amilie|[Mm]adame|[Mm]onsieur"
    r"|[Mm]r\.|[Mm]rs\.|[Hh]err|[Ff]rau)) (?P<name>(?:[A-Z]\.)*(?:(?: ?(?:van|von|de|den|der|ten|ter|du|la|le|'t)\b)*"
    r" ?[A-ZÀ-Þ][\w'’-]+)+)"
)


def remark_of(decision: str) -> str:
    """How the remark about a decision begins."""
    return f"breach, {decision}: "


def notes_of(case: Case) -> tuple[BreachNote, ...]:
    """What people wrote about a breach, oldest first; of an older program that kept it among the remarks too."""
    return case.breach_notes or tuple(_of_remarks(case))


def _of_remarks(case: Case) -> Iterator[BreachNote]:
    term = case.deadline("breach")
    at = (term.met_at if term else None) or case.received_at
    for remark in case.remarks:
        for decision in DECISIONS:
            if term and remark.startswith(remark_of(decision)):
                yield BreachNote(at, "", decision, reason=remark.removeprefix(remark_of(decision)))


def told_at(case: Case) -> datetime | None:
    """When the authority was told, so far as people wrote that down; the last word counts."""
    return next((note.notified_at for note in reversed(notes_of(case)) if note.notified_at), None)


def is_untold(case: Case) -> bool:
    """Whether it was decided that the authority is told, and nobody has said that it was."""
    return case.breach_decision == "notify" and case.deadline("breach") is not None and told_at(case) is None


def settled_at(case: Case) -> datetime | None:
    """When the 72 hours were answered: the authority was told, or it was decided that it need not be (A-55)."""
    term = case.deadline("breach")
    return told_at(case) if case.breach_decision == "notify" else term.met_at if term else None


def nameless(case: Case) -> tuple[BreachNote, ...]:
    """The notes without what looks like a person, as they stay when who reported it is forgotten."""
    return tuple(_nameless(note, case) for note in notes_of(case))


def _nameless(note: BreachNote, case: Case) -> BreachNote:
    reason, facts, effects, measures = (without_people(getattr(note, name), case) for name in WORDS)
    return replace(note, reason=reason, facts=facts, effects=effects, measures=measures)


def people_in(text: str, case: Case) -> tuple[str, ...]:
    """What in a text looks like a person, as it stands there."""
    return tuple(dict.fromkeys(text[start:end] for start, end in _found(text, case)))


def without_people(text: str, case: Case) -> str:
    """The text with what looks like a person blotted out."""
    for start, end in reversed(_found(text, case)):
        text = f"{text[:start]}{BLOT}{text[end:]}"
    return text


def _found(text: str, case: Case) -> list[tuple[int, int]]:
    """Where it stands, in order, none inside another."""
    found = [match.span() for match in _MARKS.finditer(text)]
    found += [match.span("name") for match in _TITLED.finditer(text)]
    for own in _own_marks(case):
        found += [match.span() for match in re.finditer(rf"(?<!\w){re.escape(own)}(?!\w)", text, re.IGNORECASE)]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return apart


def _own_marks(case: Case) -> Iterator[str]:
    """What names who reported it: his addresses, customer number and the parts of his name that are no small word."""
    yield from filter(None, (case.known_email, case.customer_id, case.recipient))
    if case.requester:
        yield case.requester.email
        yield from (part for part in re.split(r"[\s,;]+", case.requester.name) if len(part) > 2 and not part.islower())
