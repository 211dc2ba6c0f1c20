"""What need not be typed into a reply: what the settings, the case and the work on its plan say already.

The rule kept here: a reply tells what was really done; a search counts once somebody did it, a party was told once it
has done what was asked, and a processor that a person said is not used is no recipient (B-10, B-15, E-23).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mailbot.checklist.facts import in_lines
from mailbot.decide.stopping import FREEZES
from mailbot.model import Case, Policy, ProcessorState, SettledStep, StepEnding
from mailbot.plan import DataLocation, data_locations

#: The steps whose end a party at the location has heard of.
_TELLING = ("correct:", "erase:", "freeze:")
Known = dict[str, tuple[str, ...]]


def known_facts(case: Case, policy: Policy) -> Known:
    """The lines of each fact that follows from what is on record; empty where nothing does."""
    recipients = tuple(recipients_of(case, policy))
    named = {location.name for location in recipients}
    work = case.work
    return {
        "purposes": policy.purposes,
        "retention": tuple(retention_of(policy)),
        "recipients": tuple(map(_line, recipients)),
        "transfers": tuple(
            f"{one.name}: {one.outside_eu}" for one in policy.processors if one.outside_eu and one.name in named
        ),
        "source": policy.origins,
        "automated": (policy.automated_decisions,) if policy.automated_decisions else (),
        "searched": tuple(location.name for location in data_locations(policy) if _searched(case, location)),
        "told": tuple(dict.fromkeys(_told(case, policy))),
        "kept": tuple(in_lines(work.kept)),
        "erased_on": _day(_last(case, "erase", policy), policy),
        "changed_on": _day(_last(case, "correct", policy), policy),
        "closed_on": _day(closed.at if (closed := work.of("close_off")) else None, policy),
        "frozen_on": _day(case.restricted_since, policy),
        "stopped_on": _day(case.consent_withdrawn_at or case.restricted_since or case.stopped_at, policy),
    }


def retention_of(policy: Policy) -> Iterator[str]:
    """How long data stay. What the law makes the company keep is told in years, with the article: "as long as the law
    asks" says nothing to who reads it (B-10, E-29)."""
    yield from policy.retention
    for duty in policy.keeping:
        term = f"{duty.years} jaar na het jaar waarin ze zijn gemaakt"
        yield f"{duty.what}: {term}, omdat de wet dat vraagt ({duty.basis})"
    yield from (f"{location.name}: {location.keeps}" for location in data_locations(policy) if location.keeps)


def recipients_of(case: Case, policy: Policy) -> Iterator[DataLocation]:
    """The parties that hold data, by name, without those that a person said are not used."""
    for location in data_locations(policy):
        said = case.work.of(f"confirm:{location.slug}")
        if location.is_processor and not (said and said.how is StepEnding.NOT_USED):
            yield location


def _line(location: DataLocation) -> str:
    return f"{location.name}, categorie {location.category}" + (f": {location.holds}" if location.holds else "")


def _told(case: Case, policy: Policy) -> Iterator[str]:
    answered = (one for one in case.work.asked if one.state is ProcessorState.DONE and one.party)
    yield from (one.party for one in answered if one.step.startswith(_TELLING))
    for location in data_locations(policy):
        if location.is_processor and (
            any(_done(case, verb, location) for verb in _TELLING) or _stopped(case, location)
        ):
            yield location.name


def _stopped(case: Case, location: DataLocation) -> bool:
    """Whether people said that use has stopped at this location; a party that is written to says so itself."""
    said = case.work.of(f"confirm:{location.slug}")
    unused = said is not None and said.how is StepEnding.NOT_USED
    return bool(FREEZES & set(case.kinds)) and case.stopped_at is not None and not (location.contact or unused)


def _searched(case: Case, location: DataLocation) -> bool:
    """Whether people looked there, or the party that holds the data did."""
    return _done(case, "look_up:", location) or _answered(case, f"look_up:{location.slug}") is not None


def _done(case: Case, verb: str, location: DataLocation) -> bool:
    settled = case.work.of(f"{verb}{location.slug}")
    return bool(settled and settled.how is StepEnding.DONE)


def _last(case: Case, verb: str, policy: Policy) -> datetime | None:
    """When the last place was done, by people or by the party there; nothing while one is still to do."""
    steps = [f"{verb}:{location.slug}" for location in data_locations(policy)]
    ended = [case.work.of(step) or _answered(case, step) for step in steps]
    done = [end.at for end in ended if end and end.how is StepEnding.DONE]
    return max(done) if done and all(ended) else None


def _answered(case: Case, step: str) -> SettledStep | None:
    """The end of a step of which its party says that it is done."""
    asked = case.work.asked_about(step)
    if asked is None or asked.state is not ProcessorState.DONE or asked.answered_at is None:
        return None
    return SettledStep(step, StepEnding.DONE, asked.party, asked.answered_at)


def _day(at: datetime | None, policy: Policy) -> tuple[str, ...]:
    return (policy.day_of(at).isoformat(),) if at else ()
