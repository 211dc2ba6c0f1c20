"""Which steps a case needs: from the rights that were asked, the company and the law.

The rules kept here: who writes comes first (C-02); restriction and objection freeze on receipt (A-51); access is
given before anything is erased (B-30); a founded objection gives copies before processing stops for good, where the
policy promises it (B-17); every party that holds the data is told (article 19); a copy is seen by a second person
(F-11). A right that was refused or taken back needs no carrying out, but it needs its answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailbot.model import Case, Item, Kind, Outcome, Policy, Signal
from mailbot.plan.data_locations import DataLocation, data_locations
from mailbot.plan.step import StepDraft

#: Rights that are given only to the person himself (C-02).
PERSONAL = frozenset(
    {
        Kind.ACCESS,
        Kind.RECTIFICATION,
        Kind.ERASURE,
        Kind.RESTRICTION,
        Kind.RESTRICTION_LIFT,
        Kind.PORTABILITY,
        Kind.OBJECTION,
        Kind.AUTOMATED_DECISION,
    }
)
#: What is done where data lie, for each right: the verb, its Dutch words and the rule.
_AT_LOCATIONS = {
    Kind.ACCESS: ("look_up", "Opzoeken in {name}", "B-35"),
    Kind.PORTABILITY: ("look_up", "Opzoeken in {name}", "B-35"),
    Kind.RECTIFICATION: ("correct", "Verbeteren in {name}", "B-11"),
    Kind.ERASURE: ("erase", "Verwijderen uit {name}", "B-12"),
    Kind.RESTRICTION: ("freeze", "Gebruik stilleggen in {name}", "B-13"),
    Kind.OBJECTION: ("freeze", "Gebruik stilleggen in {name}", "A-51"),
}
VERBS = ("look_up", "correct", "erase", "freeze")
_GIVES_COPY = frozenset({Kind.ACCESS, Kind.PORTABILITY})
_FOUNDED = (Outcome.GRANTED, Outcome.PARTLY)
_ENDED = (Outcome.WITHDRAWN, Outcome.NO_REQUEST)


def needed_steps(case: Case, policy: Policy) -> Iterator[StepDraft]:
    """The steps of a case, in the order in which people take them; each once."""
    asked = [item for item in case.items if item.kind is not Kind.NOT_A_REQUEST and item.outcome not in _ENDED]
    running = frozenset(item.kind for item in asked if item.outcome is not Outcome.REFUSED)
    yield from _first(case, running)
    if Signal.AUTHORITY_DEMAND in case.signals:
        yield from _demand(policy)
    yield from _at_once(running)
    running |= _erasing_for_a_child(asked)
    yield from _at_locations(running, policy)
    if copies := _gives_copy(asked, running, policy):
        yield from _copy(running)
    yield from _decisions(asked)
    yield from _after_decision(asked, running, copies)
    if asked or Signal.AUTHORITY_DEMAND in case.signals:
        yield StepDraft("answer", "Antwoorden", "A-01", after=_before_answer(running), moment="answer")


def _first(case: Case, running: frozenset[Kind]) -> Iterator[StepDraft]:
    """Who writes, and for whom."""
    if running & PERSONAL:
        yield StepDraft("identity", "Vaststellen wie er schrijft", "C-02", moment="identity")
    if Signal.REPRESENTATIVE in case.signals:
        yield StepDraft("mandate", "Nagaan of wie schrijft dat namens de betrokkene mag", "B-24", moment="identity")
    if Kind.MINOR in running:
        yield StepDraft("guardian", "Nagaan wie er schrijft en namens welk kind", "B-22", moment="identity")
    if Kind.DECEASED in running:
        yield StepDraft("capacity", "Nagaan wie er schrijft en in welke hoedanigheid", "B-23", moment="identity")


def _erasing_for_a_child(asked: list[Item]) -> frozenset[Kind]:
    """A report about a child that was found true is carried out like an erasure, place by place (B-22, A-60)."""
    founded = any(item.kind is Kind.MINOR and item.outcome in _FOUNDED for item in asked)
    return frozenset({Kind.ERASURE} if founded else ())


def _demand(policy: Policy) -> Iterator[StepDraft]:
    """An authority wants data: nothing leaves before a person has gone through this list."""
    yield StepDraft("requester", "Langs een eigen weg nagaan of de vraag echt van deze overheid komt", "C-11")
    yield StepDraft("legal_basis", "De wettelijke grondslag opvragen en nagaan (artikel, bevoegdheid, stuk)", "F-01")
    yield StepDraft(
        "scope", "Nagaan wat precies wordt gevraagd, en of het met minder kan", "F-01", after=("legal_basis",)
    )
    if policy.resists_authorities:
        words = "Beoordelen of verzet mogelijk is: het beleid belooft dat binnen de wet"
        yield StepDraft("resist", words, "F-01", after=("legal_basis", "scope"))
    first = ("requester", "legal_basis", "scope", "resist")
    yield StepDraft("hand_over", "Beslissen wat wordt gegeven, en dat vastleggen", "F-01", after=first, moment="ready")


def _at_once(running: frozenset[Kind]) -> Iterator[StepDraft]:
    """What cannot wait for a decision."""
    if Kind.BREACH_REPORT in running:
        yield StepDraft("breach", "Beslissen of het datalek wordt gemeld", "A-55", moment="receipt")
    if Kind.DIRECT_MARKETING in running:
        words = "Uit elke mailinglijst halen, ook uit mailings die al klaarstaan"
        yield StepDraft("stop_marketing", words, "A-50", moment="receipt")
    if Kind.CONSENT_WITHDRAWAL in running:
        yield StepDraft("stop_consent", "Stoppen met alles wat op de toestemming rust", "A-52", moment="receipt")
    if Kind.AUTOMATED_DECISION in running:
        yield StepDraft("human_review", "Een mens laten kijken naar het besluit", "B-19")
    if Kind.COMPLAINT in running:
        yield StepDraft("look_again", "Laten kijken door wie er niet zelf bij betrokken was", "B-21", required=False)


def _at_locations(running: frozenset[Kind], policy: Policy) -> Iterator[StepDraft]:
    """What is done in each place where data lie; a doubtful entry of the list is confirmed first."""
    wanted = {verb: (words, rule) for kind, (verb, words, rule) in _AT_LOCATIONS.items() if kind in running}
    locations = data_locations(policy)
    if wanted:
        for location in locations:
            if location.unconfirmed:
                yield _confirm(location, Kind.ACCESS in running)
    for verb in VERBS:
        if verb in wanted:
            for location in locations:
                yield _at_location(verb, *wanted[verb], location, running)


def _confirm(location: DataLocation, blocks: bool) -> StepDraft:
    words = f"Nagaan of {location.name} gegevens voor ons heeft"
    return StepDraft(f"confirm:{location.slug}", words, "E-23", required=blocks)


def _at_location(verb: str, words: str, rule: str, location: DataLocation, running: frozenset[Kind]) -> StepDraft:
    first = [f"confirm:{location.slug}"] if location.unconfirmed else []
    if verb in ("correct", "erase") or (verb == "look_up" and location.contact):
        first.append("identity")
    if verb == "erase":
        first += ["decide:erasure", "keep"]
        if running & _GIVES_COPY:
            first.append("copies")
    moment = {"freeze": "receipt", "look_up": "work"}.get(verb, "carry_out")
    party = location.name if location.contact else ""
    return StepDraft(
        f"{verb}:{location.slug}",
        words.format(name=location.name),
        "A-53" if location.is_processor and verb != "look_up" else rule,
        after=tuple(first),
        owner=location.name if party else location.owner,
        moment=moment,
        party=party,
    )


def _gives_copy(asked: list[Item], running: frozenset[Kind], policy: Policy) -> bool:
    founded = any(item.kind is Kind.OBJECTION and item.outcome in _FOUNDED for item in asked)
    return bool(running & _GIVES_COPY) or (founded and policy.copies_before_stopping)


def _copy(running: frozenset[Kind]) -> Iterator[StepDraft]:
    """The copy of the data: made, seen by a second person, sent."""
    rule = "B-10" if Kind.ACCESS in running else "B-16" if Kind.PORTABILITY in running else "B-17"
    yield StepDraft(
        "package",
        "De kopie van de gegevens samenstellen",
        rule,
        after=("identity", "confirm", "look_up"),
        moment="ready",
    )
    yield StepDraft(
        "second_look", "De kopie laten nakijken door een tweede persoon", "F-11", after=("package",), moment="ready"
    )
    yield StepDraft(
        "copies", "De kopie versturen naar het bekende adres", rule, after=("package", "second_look"), moment="answer"
    )


def _decisions(asked: list[Item]) -> Iterator[StepDraft]:
    for kind in dict.fromkeys(item.kind for item in asked):
        first = ("identity",) if kind in PERSONAL else ()
        yield StepDraft(
            f"decide:{kind}", f"Beslissen over: {_RIGHTS.get(kind, kind)}", "F-01", after=first, moment="ready"
        )


#: The rights in Dutch, as short as a checklist wants them.
_RIGHTS = {
    Kind.ACCESS: "inzage",
    Kind.RECTIFICATION: "verbetering",
    Kind.ERASURE: "verwijdering",
    Kind.RESTRICTION: "beperking",
    Kind.RESTRICTION_LIFT: "opheffing van de beperking",
    Kind.PORTABILITY: "overdraagbaarheid",
    Kind.OBJECTION: "bezwaar",
    Kind.DIRECT_MARKETING: "geen reclame",
    Kind.CONSENT_WITHDRAWAL: "intrekking van toestemming",
    Kind.AUTOMATED_DECISION: "geautomatiseerd besluit",
    Kind.COMPLAINT: "de klacht",
    Kind.BREACH_REPORT: "de melding van een datalek",
    Kind.MINOR: "gegevens van een minderjarige",
    Kind.DECEASED: "gegevens van een overledene",
    Kind.PRIVACY_QUESTION: "de vraag",
}


def _after_decision(asked: list[Item], running: frozenset[Kind], copies: bool) -> Iterator[StepDraft]:
    if Kind.ERASURE in running:
        yield StepDraft("keep", "Vaststellen welke facturen moeten blijven, en tot wanneer", "B-40")
        words = "Toegang van medewerkers sluiten tot wat moet blijven"
        yield StepDraft("close_off", words, "B-12", after=("keep",), moment="carry_out")
    if any(item.kind is Kind.OBJECTION and item.outcome in _FOUNDED for item in asked):
        first = ("copies",) if copies else ()
        yield StepDraft("stop_for_good", "De verwerking blijvend staken", "B-17", after=first, moment="carry_out")
    if Kind.RESTRICTION_LIFT in running:
        words = "De opheffing vooraf melden (`mailbot lift`)"
        yield StepDraft("lift", words, "A-54", after=("identity",), moment="answer")


def _before_answer(running: frozenset[Kind]) -> tuple[str, ...]:
    """What an answer has to wait for: the list of recipients, when access was asked (E-23)."""
    return ("confirm",) if Kind.ACCESS in running else ()
