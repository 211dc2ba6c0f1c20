"""What nothing can refuse is not refused on record; a founded objection first gives the copies that were promised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import AT, STRANGER, a_case, a_policy, a_proven_case, after
from mailbot import events
from mailbot.decide import decide
from mailbot.errors import Refused
from mailbot.model import Case, Kind, Match, MatchState, Outcome, Policy, RetainedDocument, StepEnding

PROMISES = a_policy(copies_before_stopping=True)
UPHELD = (("stopped", ("profilering",)), ("stopped_on", ("2026-01-31",)), ("told", ("niemand",)))
TELLING = [
    events.Replied("els", "objection_upheld", UPHELD, (Kind.OBJECTION,)),
    events.Answered("els", "Wij zijn daar voorgoed mee gestopt.", Outcome.GRANTED),
]


def stopped(kind: Kind, policy: Policy = PROMISES) -> Case:
    return after(a_proven_case(kind, policy=policy), events.StopConfirmed("els", "overal"), policy)


def refused(case: Case, event: events.StaffActed, policy: Policy = PROMISES) -> str:
    with pytest.raises(Refused) as error:
        decide(case, event, policy, AT)
    return error.value.rule


@pytest.mark.parametrize("kind", [Kind.DIRECT_MARKETING, Kind.CONSENT_WITHDRAWAL])
def test_what_nothing_can_refuse_is_neither_decided_nor_closed_as_refused(kind: Kind) -> None:
    case = stopped(kind)
    assert refused(case, events.ItemDecided("els", kind, Outcome.REFUSED, "wij willen het niet")) == "B-18"
    assert refused(case, events.Closed("els", Outcome.REFUSED, "gebeld", answered_elsewhere=True)) == "B-18"


def test_an_erasure_of_which_documents_stay_is_not_closed_as_whole() -> None:
    case = a_proven_case(Kind.ERASURE)
    kept = RetainedDocument("2026-1", "factuur", AT.date(), AT.date(), "artikel 52 AWR", "els")
    case = after(replace(case, work=replace(case.work, kept=(kept,))), events.StepSettled("els", "all"))
    assert refused(case, events.Closed("els", Outcome.GRANTED, "gebeld", answered_elsewhere=True), a_policy()) == "B-40"


@pytest.mark.parametrize("event", TELLING)
def test_that_use_ended_for_good_is_told_after_the_copies_that_the_policy_promises(event: events.StaffActed) -> None:
    case = after(stopped(Kind.OBJECTION), events.ItemDecided("els", Kind.OBJECTION, Outcome.GRANTED), PROMISES)
    assert refused(case, event) == "B-17"
    unwanted = after(case, events.StepSettled("els", "copies", StepEnding.SKIPPED, "wil geen kopie"), PROMISES)
    assert after(unwanted, event, PROMISES).items[0].letter


def test_own_words_that_uphold_nothing_wait_for_no_copies_also_beside_access() -> None:
    case = after(a_proven_case(Kind.OBJECTION, Kind.ACCESS, policy=PROMISES), events.StopConfirmed("els"), PROMISES)
    assert refused(case, events.Answered("els", "Wij zijn daar voorgoed mee gestopt.", Outcome.GRANTED)) == "B-17"
    assert refused(stopped(Kind.OBJECTION), TELLING[1]) == "B-17", "although nothing was decided before"
    told = after(case, events.Answered("els", "Wij leggen u hier uit wat wij deden.", Outcome.ANSWERED), PROMISES)
    assert all(item.letter for item in told.items)


@pytest.mark.parametrize("event", TELLING)
def test_who_promised_no_copies_tells_it_at_once(event: events.StaffActed) -> None:
    assert after(stopped(Kind.OBJECTION, a_policy()), event, a_policy()).items[0].letter


@pytest.mark.parametrize("outcome", [None, Outcome.GRANTED])
def test_what_was_frozen_on_an_objection_stays_frozen_until_it_is_decided_against_it(outcome: Outcome | None) -> None:
    case = stopped(Kind.OBJECTION, a_policy())
    case = after(case, events.ItemDecided("els", Kind.OBJECTION, outcome)) if outcome else case
    assert refused(case, events.RestrictionLifted("els", "wij hebben ze nodig"), a_policy()) == "A-51"
    assert decide(case, events.RestrictionLifted("els", "u vroeg dit", on_request=True), a_policy(), AT)
    against = after(case, events.ItemDecided("els", Kind.OBJECTION, Outcome.REFUSED, "dwingende gronden"))
    assert decide(against, events.RestrictionLifted("els", "uw bezwaar is ongegrond"), a_policy(), AT)


@pytest.mark.parametrize("state", [MatchState.NAMED, MatchState.AMBIGUOUS])
def test_who_names_another_is_not_told_that_there_is_nothing_about_him(state: MatchState) -> None:
    nothing = events.Replied("els", "nothing_found", (("searched", ("Webwinkel",)),), (Kind.ACCESS,))
    stranger = a_case(Kind.ACCESS, match=Match(state, "1001", "piet@klant.example"))
    assert refused(stranger, nothing, a_policy()) == "C-02"
    assert decide(a_case(Kind.ACCESS, match=STRANGER), nothing, a_policy(), AT)
