"""What only people know and a reply needs: each fact with its form, its rule and what to write (rules B)."""

from __future__ import annotations

from mailbot.checklist.reply import Fact, Form


def words(name: str, rule: str, ask: str, needed: bool = True) -> Fact:
    return Fact(name, Form.WORDS, rule, ask, needed)


def lines(name: str, rule: str, ask: str, needed: bool = True) -> Fact:
    return Fact(name, Form.LINES, rule, ask, needed)


def day(name: str, rule: str, ask: str, needed: bool = True) -> Fact:
    return Fact(name, Form.DAY, rule, ask, needed)


REASONS = words("reasons", "A-35", "why, in plain Dutch; the person reads it")
GROUND = Fact("ground", Form.GROUND, "A-35", "the id of the ground: `mailbot grounds`")
TOLD = lines("told", "A-53", "who was told, by name (article 19)", needed=False)
COPY = words("copy", "B-10", "how the person gets the copy, as a sentence")
ERASED = (
    lines("erased", "B-12", "which data were erased"),
    day("erased_on", "B-12", "the day on which they were erased"),
    TOLD,
)
SHEET = (
    COPY,
    lines("categories", "B-10", "which kinds of data"),
    lines("purposes", "B-10", "what they are used for"),
    lines("recipients", "B-10", "who has them, by name"),
    lines("retention", "B-10", "how long they are kept"),
    words("source", "B-10", "where the data came from, as a sentence"),
    words("automated", "B-10", "whether a computer decides alone or makes profiles, as a sentence"),
    lines("transfers", "B-10", "which recipients are outside the EU, and under which safeguards", needed=False),
)
PARTLY = (
    lines("done", "B-01", "what was done"),
    day("done_on", "B-01", "the day on which it was done"),
    lines("not_done", "B-04", "what was not done"),
    REASONS,
)
