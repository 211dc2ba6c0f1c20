"""The tables of words: what the program records has a word for its readers, and no table names what is not there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

from builders import STRANGER, a_case, a_policy, a_verdict
from mailbot import events
from mailbot.decide import ladders
from mailbot.model import Channel, Identity, Kind, LetterState, Outcome, Processor, Signal, Status
from mailbot.model.policy import LADDER
from mailbot.plan.needed_steps import needed_steps
from mailbot.reports import history_words, register_words

TEMPLATES = {path.stem for path in (Path(__file__).parents[1] / "replies" / "nl").glob("*.md")}
#: No right, or one that the authority's own article gives: what an account says of them needs none.
NO_ARTICLE = {Kind.COMPLAINT, Kind.DECEASED, Kind.NOT_A_REQUEST}
LADDER_STEPS = (
    *(step.name for step in LADDER),
    ladders.BREACH,
    ladders.NOTICE,
    ladders.STOP,
    ladders.SEEN,
    ladders.REPLY,
)


def test_every_event_has_its_words_and_no_other_has() -> None:
    named = {event.__name__ for event in get_args(events.Event)}
    assert history_words.EVENTS.keys() == named
    assert history_words.RULES.keys() <= named
    assert len(set(history_words.EVENTS.values())) == len(named)


def test_every_right_has_its_article() -> None:
    assert history_words.ARTICLES.keys() == set(Kind) - NO_ARTICLE


def test_every_mail_to_staff_that_an_account_names_is_one_of_ours() -> None:
    assert history_words.TO_STAFF.keys() <= TEMPLATES


def test_every_state_in_which_a_letter_ends_has_its_word() -> None:
    on_its_way = {LetterState.OBSERVED, LetterState.HELD, LetterState.QUEUED, LetterState.SENDING}
    assert history_words.STATES.keys() == set(LetterState) - on_its_way | {"bounced", "came back by post"}


def test_every_step_of_the_ladders_is_told_in_dutch() -> None:
    assert [step for step in LADDER_STEPS if step not in history_words.STEPS] == []


def plan(*signals: Signal, outcome: Outcome = Outcome.OPEN) -> set[str]:
    """The verbs of all steps of a case that asks everything and shows these signals."""
    sisow = Processor("Sisow", "Betalingen", status="te bevestigen")
    policy = a_policy(resists_authorities=True, processors=(sisow,), copies_before_stopping=True)
    rights = [kind for kind in Kind if kind is not Kind.NOT_A_REQUEST]
    case = a_case(*rights, verdict=a_verdict(*rights, signals=signals), match=STRANGER)
    case = replace(case, items=tuple(replace(item, outcome=outcome) for item in case.items))
    return {step.id.partition(":")[0] for step in needed_steps(case, policy)}


def test_every_step_of_a_plan_has_its_word() -> None:
    verbs = set().union(*(plan(signal) for signal in Signal), plan(outcome=Outcome.GRANTED))
    assert {"erase", "hand_over", "stop_for_good", "confirm", "mandate", "resist"} <= verbs
    assert [verb for verb in sorted(verbs) if register_words.step_word(verb) == verb] == []


def test_every_word_that_a_register_holds_has_a_dutch_one() -> None:
    own = {*Outcome, *Status, *get_args(Channel), *get_args(Identity), "notify", "register_only"}
    assert {word for word in own if register_words.word(word) == word} == {"open", "post"}
