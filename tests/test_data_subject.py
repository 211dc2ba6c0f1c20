"""What a person asks in two cases: nothing is erased while he waits for a copy, whichever he asked first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from desk import REF, Desk, act, case_of, local

from company import ACCESS, ERASURE, KNOWN, a_raw_mail
from mailbot import events
from mailbot.acts.data_subject import cases_of_person
from mailbot.errors import Refused
from mailbot.model import Case, Identity, Item, Kind, Outcome, Place, Processor, Status, StepEnding

LATER = "AVG-2026-0002"
ERASED = (("erased", ("uw profiel",)), ("erased_on", ("2026-03-02",)))
DEEDS: list[events.StaffActed] = [
    events.StepSettled("els", "erase:webwinkel"),
    events.StepSettled("els", "erase"),
    events.StepSettled("els", "all"),
    events.PartiesTold("els"),
    events.Replied("els", "erasure_granted", ERASED, (Kind.ERASURE,)),
    events.Answered("els", "Alles is gewist.", Outcome.GRANTED),
]
PARTLY = events.Answered("els", "Alles is gewist, behalve uw facturen.", Outcome.PARTLY)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    mollie = Processor("Mollie", "Betalingen", contact="privacy@mollie.example")
    return Desk(tmp_path, local(2026, 3, 2, 10), calendar=False, places=(Place("Webwinkel"),), processors=(mollie,))


def asks(desk: Desk, text: str, number: int, sender: str = KNOWN) -> None:
    desk.round(a_raw_mail(text, number=number, sender=sender, subject=f"vraag {number}"), days=1)


def ready_to_erase(desk: Desk, ref: str) -> Case:
    act(desk, events.IdentityConfirmed("els", "antwoordde vanaf het bekende adres"), ref)
    act(desk, events.ItemDecided("els", Kind.ERASURE, Outcome.GRANTED), ref)
    return act(desk, events.StepSettled("els", "keep"), ref)


@pytest.mark.parametrize("deed", [*DEEDS, PARTLY])
@pytest.mark.parametrize("first", [ACCESS, ERASURE])
def test_nothing_is_erased_while_another_case_owes_the_person_a_copy(
    desk: Desk, first: str, deed: events.StaffActed
) -> None:
    asks(desk, first, 1)
    asks(desk, ERASURE if first == ACCESS else ACCESS, 2)
    erasure, access = (LATER, REF) if first == ACCESS else (REF, LATER)
    ready_to_erase(desk, erasure)
    with pytest.raises(Refused, match=f"{access} of the same person asks access"):
        act(desk, deed, erasure)


@pytest.mark.parametrize("kind", [Kind.ACCESS, Kind.PORTABILITY, Kind.OBJECTION])
@pytest.mark.parametrize("outcome", Outcome)
def test_what_holds_the_erasure_back_is_a_copy_that_he_can_still_get_and_nothing_else(
    desk: Desk, kind: Kind, outcome: Outcome
) -> None:
    asks(desk, ACCESS, 1)
    asks(desk, ERASURE, 2)
    ready_to_erase(desk, LATER)
    with desk.tenant.store.unit() as unit:
        case = unit.named_case(REF)
        unit.put_case(replace(case, items=(Item(Kind.RECTIFICATION), Item(kind, outcome))))
    gets_one = kind is not Kind.OBJECTION and outcome not in (
        Outcome.REFUSED,
        Outcome.WITHDRAWN,
        Outcome.NO_REQUEST,
    )
    if gets_one:
        with pytest.raises(Refused, match=f"{REF} of the same person asks {kind}"):
            act(desk, DEEDS[0], LATER)
    else:
        assert act(desk, DEEDS[0], LATER).work.of("erase:webwinkel")


def test_a_case_that_is_anonymous_is_nobody_s_any_more_and_any_other_is(desk: Desk) -> None:
    asks(desk, ACCESS, 1)
    states = {"AVG-2026-0002": Status.ANONYMISED, "AVG-2026-0003": Status.TRIAGE, "AVG-2026-0004": Status.CLOSED}
    with desk.tenant.store.unit() as unit:
        case = unit.named_case(REF)
        for ref, status in states.items():
            unit.put_case(replace(case, ref=ref, status=status))
        together = [one.ref for one in cases_of_person(unit, case)]
    assert (together[0], sorted(together[1:])) == (REF, ["AVG-2026-0003", "AVG-2026-0004"])


def test_once_he_has_his_answer_the_erasure_goes_on(desk: Desk) -> None:
    asks(desk, ACCESS, 1)
    asks(desk, ERASURE, 2)
    ready_to_erase(desk, LATER)
    act(desk, events.Closed("els", Outcome.WITHDRAWN, "hoeft niet meer"))
    assert act(desk, events.StepSettled("els", "erase:webwinkel"), LATER).work.of("erase:webwinkel")


@pytest.mark.parametrize("identity", ["confirmed", "unproven"])
def test_what_he_asked_from_another_address_counts_once_it_is_proven_that_it_was_he(
    desk: Desk, identity: Identity
) -> None:
    asks(desk, ACCESS, 1, sender="elders@post.test")
    with desk.tenant.store.unit() as unit:
        unit.put_case(replace(unit.named_case(REF), known_email=KNOWN, identity=identity))
    asks(desk, ERASURE, 2)
    with desk.tenant.store.unit() as unit:
        together = [one.ref for one in cases_of_person(unit, unit.named_case(LATER))]
    assert together == ([LATER, REF] if identity == "confirmed" else [LATER])


def test_another_person_s_access_holds_nothing_back(desk: Desk) -> None:
    asks(desk, ACCESS, 1, sender="ander@post.test")
    asks(desk, ERASURE, 2)
    ready_to_erase(desk, LATER)
    assert act(desk, events.StepSettled("els", "erase:webwinkel"), LATER).work.of("erase:webwinkel")


def test_who_said_that_he_did_not_ask_for_a_copy_holds_nothing_back(desk: Desk) -> None:
    asks(desk, ACCESS, 1)
    asks(desk, ERASURE, 2)
    ready_to_erase(desk, LATER)
    with desk.tenant.store.unit() as unit:
        unit.put_case(replace(unit.named_case(REF), identity="denied"))
    assert act(desk, DEEDS[0], LATER).work.of("erase:webwinkel")


def test_a_no_to_the_erasure_waits_for_no_copy(desk: Desk) -> None:
    asks(desk, ACCESS, 1)
    asks(desk, ERASURE, 2)
    act(desk, events.IdentityConfirmed("els", "antwoordde vanaf het bekende adres"), LATER)
    facts = (("ground", ("excessive",)), ("reasons", ("U vroeg dit dit jaar al acht keer.",)))
    assert act(desk, events.Replied("els", "refused", facts, (Kind.ERASURE,)), LATER).items[0].letter


def test_what_erases_nothing_waits_for_no_copy(desk: Desk) -> None:
    asks(desk, ACCESS, 1)
    asks(desk, ERASURE, 2)
    ready_to_erase(desk, LATER)
    assert act(desk, events.StepSettled("els", "close_off"), LATER).work.of("close_off")
    assert case_of(desk, LATER).kinds == (Kind.ERASURE,)


# --- held for a dispute --------------------------------------------------------------------------

HELD = events.HeldLegally("els", "dagvaarding")


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("held", [REF, LATER])
def test_nothing_is_erased_while_a_case_of_the_person_is_held_for_a_dispute(
    desk: Desk, held: str, deed: events.StaffActed
) -> None:
    asks(desk, ACCESS, 1)
    act(desk, events.Closed("els", Outcome.WITHDRAWN, "hoeft niet meer"))
    asks(desk, ERASURE, 2)
    ready_to_erase(desk, LATER)
    act(desk, HELD, held)
    with pytest.raises(Refused, match=f"{held} is held for a dispute"):
        act(desk, deed, LATER)


def test_what_is_kept_for_a_dispute_can_be_told_and_erased_once_it_is_over(desk: Desk) -> None:
    asks(desk, ERASURE, 1)
    ready_to_erase(desk, REF)
    act(desk, HELD)
    act(desk, events.StepSettled("els", "erase", StepEnding.SKIPPED, "geschil"))
    act(desk, events.ItemDecided("els", Kind.ERASURE, Outcome.PARTLY))
    kept = ("kept", ("uw dossier | artikel 17, lid 3, onder e, AVG: een geschil | 2027-03-01",))
    partly = events.Replied("els", "erasure_partly", (*ERASED, kept, ("closed_on", ("2026-03-02",))), (Kind.ERASURE,))
    assert act(desk, partly).items[0].letter
    act(desk, events.HeldLegally("els", "uitspraak gedaan", lift=True))
    act(desk, events.StepReopened("els", "erase:webwinkel", "geschil voorbij"))
    assert act(desk, events.StepSettled("els", "erase:webwinkel")).work.of("erase:webwinkel")


def test_what_stays_for_a_dispute_can_be_told_in_own_words_too(desk: Desk) -> None:
    asks(desk, ERASURE, 1)
    ready_to_erase(desk, REF)
    act(desk, HELD)
    act(desk, events.StepSettled("els", "erase", StepEnding.SKIPPED, "geschil"))
    act(desk, events.StepSettled("els", "close_off"))
    act(desk, events.ItemDecided("els", Kind.ERASURE, Outcome.PARTLY))
    assert act(desk, PARTLY).items[0].letter


def test_a_copy_is_given_to_who_has_a_case_that_is_held_for_a_dispute(desk: Desk) -> None:
    asks(desk, ACCESS, 1)
    act(desk, events.IdentityConfirmed("els", "antwoordde vanaf het bekende adres"))
    act(desk, events.StepSettled("els", "all"))
    act(desk, HELD)
    assert act(desk, events.Answered("els", "Wij hebben niets van u.", Outcome.GRANTED)).items[0].letter
