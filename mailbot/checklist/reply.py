"""The words of the checklists: a reply, the facts that go into it, the elements that must stand in its text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailbot.model.case import Outcome
from mailbot.model.kinds import Kind
from mailbot.model.policy import COUNTRIES


class Form(StrEnum):
    """In which form a person gives a fact."""

    WORDS = "words"  # one text
    LINES = "lines"  # one line each
    DAY = "day"  # YYYY-MM-DD
    KEPT = "kept"  # one line each: what | why, with its article | until YYYY-MM-DD
    GROUND = "ground"  # the id of a ground (`grounds`)


class Element(StrEnum):
    """What must stand in the text of a reply whatever else it says."""

    COMPANY = "company"  # who writes
    REF = "ref"
    RECEIVED = "received_on"
    RIGHT = "kinds"  # the rights that this reply is about
    FREE = "free"  # it costs nothing
    AUTHORITY = "authority"  # name, address, page
    COURT = "court"
    TRANSLATION = "translation"  # the line in the writer's language (F-16)
    OPENING = "overview"  # with which file of the copy to begin
    PARTS = "parts"  # how many mails bring the copy, where it takes several


#: The rule that asks for each element.
RULES = {
    Element.COMPANY: "B-01",
    Element.REF: "B-01",
    Element.RECEIVED: "B-01",
    Element.RIGHT: "B-01",
    Element.FREE: "B-02",
    Element.AUTHORITY: "B-04",
    Element.COURT: "B-04",
    Element.TRANSLATION: "F-16",
    Element.OPENING: "B-10",
    Element.PARTS: "B-10",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that only people know. `ask` says what to write, `rule` why. `needed` facts stop the reply."""

    name: str
    form: Form
    rule: str
    ask: str
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply: for which rights, with which outcomes, with which facts and elements.

    `ends` says that it is the answer to the rights it is about; else it is a step on the way. `verb` names the command
    that writes it, where that is not `mailbot reply`.
    """

    name: str
    kinds: frozenset[Kind]
    outcomes: tuple[Outcome, ...] = ()
    facts: tuple[Fact, ...] = ()
    elements: frozenset[Element] = frozenset()
    countries: frozenset[str] = frozenset(COUNTRIES)
    verb: str = "reply"

    @property
    def ends(self) -> bool:
        """Whether it is the answer to what it is about."""
        return bool(self.outcomes)

    @property
    def denies(self) -> bool:
        """Whether it says no, in whole or in part: then reasons, authority and court stand in it (article 12(4))."""
        return Element.COURT in self.elements

    def fact(self, name: str) -> Fact | None:
        """The fact of that name, if this reply has one."""
        return next((fact for fact in self.facts if fact.name == name), None)
