"""The clock in Dutch: one line, all steps with their article, and the deadlines that a case keeps.

The rule kept here: every date stands beside the article or promise it follows from, so that nobody has to believe it.
"30 dagen" is never called the legal term (A-22): that is one month, and the date is printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mailbot.dates import dutch_date, dutch_moment, dutch_short
from mailbot.deadlines.terms import Rule, Terms
from mailbot.model import Deadline

_ARTICLES = {
    Rule.ART12_3: "art. 12 lid 3 AVG",
    Rule.REFUSAL_12_4: "art. 12 lid 4 AVG",
    Rule.BREACH_72H: "art. 33 lid 1 AVG",
    Rule.UAVG35_COURT_6W: "art. 35 lid 2 UAVG",
    Rule.DM_OBJECTION: "art. 12 lid 3 AVG",
    Rule.OBJECTION_21_1: "art. 12 lid 3 AVG",
    Rule.CONSENT_WITHDRAWAL: "art. 12 lid 3 AVG, naar analogie",
}
_STOP_ARTICLES = {
    Rule.DM_OBJECTION: "art. 21 lid 3 AVG",
    Rule.OBJECTION_21_1: "art. 21 lid 1 AVG",
    Rule.CONSENT_WITHDRAWAL: "art. 7 lid 3 AVG",
}
_EU_TERMS = "Verordening 1182/71"
_POLICY = "privacybeleid"
_WORKING = "eigen werkwijze"
#: The steps that become deadlines of a case. `received` and the like explain, they are not to be met.
_KEPT = ("operating", "act_by", "notice_by", "statutory", "breach", "stop_by")


@dataclass(frozen=True, slots=True)
class ClockStep:
    """One date of the clock: a day, or for hours a moment, with its basis and its explanation in Dutch."""

    name: str
    due: date | datetime
    basis: str
    explanation: str


# --- one line ------------------------------------------------------------------------------------


def explain(terms: Terms, channel: str = "") -> str:
    """The clock in one line, from receipt to the day we work towards. `channel` is where it came in: "info@"."""
    received = f"ontvangen {dutch_moment(terms.received_at, terms.zone)}{f' op {channel}' if channel else ''}"
    return " -> ".join([received, *_hops(terms)])


def _hops(terms: Terms) -> Iterator[str]:
    match terms.rule:
        case Rule.BREACH_72H:
            yield f"72 uur: {_short(terms.statutory, terms)} -> melden bij de toezichthouder vóór dat uur"
        case Rule.UAVG35_COURT_6W:
            yield f"zes weken voor de rechter: {_short(terms.statutory, terms)}"
            if terms.next_working_day_end != terms.statutory:
                yield f"eerstvolgende werkdag: {_short(terms.next_working_day_end, terms)}"
        case _:
            yield from _month_hops(terms)


def _month_hops(terms: Terms) -> Iterator[str]:
    if terms.stop_by is not None:
        yield f"stoppen: {_short(terms.stop_by, terms)}"
    yield f"één maand: {_short(terms.month, terms)}"
    if terms.promise is not None:
        yield f"toezegging {terms.promise_days} dagen: {_short(terms.promise, terms)}"
    yield from _change_hops(terms)
    yield f"wij werken naar {_short(terms.act_by, terms)}"


def _change_hops(terms: Terms) -> Iterator[str]:
    """What happened since receipt moved the date, or failed to."""
    if terms.extension_valid:
        yield f"verlengd tot {_short(terms.without_suspension, terms)}"
    elif terms.extension_valid is False:
        yield "verlenging niet geldig"
    if terms.suspended_days is None:
        yield f"klok staat stil tot de identiteit vaststaat, bericht uiterlijk {_short(terms.notice_by, terms)}"
        yield f"zonder stilstand: {_short(terms.without_suspension, terms)}"
    elif terms.suspended_days:
        without = _short(terms.without_suspension, terms)
        yield f"{_days(terms.suspended_days)} stilgestaan: {_short(terms.operating, terms)} (zonder: {without})"


# --- all steps -----------------------------------------------------------------------------------


def steps(terms: Terms) -> tuple[ClockStep, ...]:
    """Every date of the clock in the order in which it is reasoned, each with its basis and its explanation."""
    match terms.rule:
        case Rule.BREACH_72H:
            return tuple(_breach_steps(terms))
        case Rule.UAVG35_COURT_6W:
            return tuple(_court_steps(terms))
        case _:
            return tuple(_month_steps(terms))


def _month_steps(terms: Terms) -> Iterator[ClockStep]:
    yield _received(terms)
    if terms.stop_by is not None:
        yield _stop(terms, terms.stop_by)
    if terms.month is not None:
        why = f"Eén maand na ontvangst loopt tot en met {dutch_date(terms.month)}."
        yield ClockStep("month", terms.month, f"{_ARTICLES[terms.rule]}; art. 3 lid 2 {_EU_TERMS}", why)
    if terms.promise is not None:
        why = f"De toegezegde {terms.promise_days} dagen lopen tot en met {dutch_date(terms.promise)}."
        yield ClockStep("promise", terms.promise, _POLICY, why)
    if terms.notice_by is not None:
        yield _notice(terms, terms.notice_by)
    if terms.statutory is not None:
        yield _statutory(terms, terms.statutory)
    yield from _rolled(terms, f"art. 3 lid 4 {_EU_TERMS}", "; wij gebruiken die ruimte niet")
    if terms.suspended_days != 0 and terms.without_suspension is not None:
        why = f"Zonder stilstand was het antwoord uiterlijk {dutch_date(terms.without_suspension)} weg."
        yield ClockStep("without_suspension", terms.without_suspension, "art. 12 lid 3 en 6 AVG", why)
    if terms.operating is not None:
        yield _operating(terms, terms.operating)
    if terms.act_by is not None:
        yield _act(terms, terms.act_by)


def _received(terms: Terms) -> ClockStep:
    at = f"{dutch_date(terms.received_on)} om {terms.received_at:%H:%M}"
    why = f"Ontvangen op {at}, op de klok van het bedrijf; deze dag zelf telt niet mee."
    return ClockStep("received", terms.received_on, f"art. 3 lid 1 {_EU_TERMS}", why)


def _stop(terms: Terms, on: date) -> ClockStep:
    why = f"De verwerking stopt meteen, op {dutch_date(on)}; alleen het antwoord heeft de gewone termijn."
    return ClockStep("stop_by", on, _STOP_ARTICLES[terms.rule], why)


def _notice(terms: Terms, on: date | datetime) -> ClockStep:
    what = "het antwoord, een verlenging met redenen, of dat de identiteit nog ontbreekt"
    if terms.rule is Rule.REFUSAL_12_4:
        what = "de weigering, met redenen, klachtrecht en de weg naar de rechter"
    why = f"Uiterlijk {dutch_date(on)} is er een inhoudelijk bericht weg: {what}."
    return ClockStep("notice_by", on, _earlier(terms, on), why)


def _statutory(terms: Terms, on: date | datetime) -> ClockStep:
    why = f"De wettelijke termijn loopt tot en met {dutch_date(on)}{_because(terms)}."
    return ClockStep("statutory", on, _ARTICLES[terms.rule], why)


def _operating(terms: Terms, on: date | datetime) -> ClockStep:
    choice = "de vroegste lezing van de wet" if terms.extension_valid else "de vroegste van wet en toezegging"
    if terms.limit_decides:
        choice = f"het beleid belooft een antwoord in hoogstens {terms.promise_months} maanden"
    why = f"Uiterlijk {dutch_date(on)} is het antwoord weg: {choice}{_because(terms)}."
    return ClockStep("operating", on, _earlier(terms, on), why)


def _act(terms: Terms, on: date) -> ClockStep:
    why = f"De laatste werkdag tot dan is {dutch_date(on)}: die dag moet het gedaan zijn{_waiting(terms)}."
    return ClockStep("act_by", on, _WORKING, why)


def _because(terms: Terms) -> str:
    """What moved the date away from the plain month, and what was tried in vain."""
    moved = []
    if terms.extension_valid:
        late = ", later gemeld dan toegezegd," if terms.promise_missed else ""
        moved.append(f"met de verlenging van twee maanden{late}")
    elif terms.extension_valid is False:
        moved.append("de verlenging kwam niet binnen de eerste maand en telt niet")
    if terms.suspended_days:
        moved.append(f"met {_days(terms.suspended_days)} wachten op bewijs van identiteit")
    return f", {' en '.join(moved)}".rstrip(",") if moved else ""


def _waiting(terms: Terms) -> str:
    if terms.suspended_days is not None:
        return ""
    return "; de klok staat stil tot de identiteit vaststaat, maar dit bericht moet er dan zijn"


def _earlier(terms: Terms, on: date | datetime) -> str:
    """Whether the law or the company's own promise decides; after an extension the law does, or the policy's limit."""
    if terms.limit_decides and on == terms.operating:
        return _POLICY
    promised = terms.promise is not None and terms.month is not None and terms.promise < terms.month
    ours = promised and (on == terms.notice_by or not terms.extension_valid)
    return _POLICY if ours else _ARTICLES[terms.rule]


def _rolled(terms: Terms, basis: str, remark: str) -> Iterator[ClockStep]:
    end = terms.next_working_day_end
    if end is None or end == terms.statutory:
        return
    why = f"Wegens weekend of feestdag loopt het in de wet door tot en met {dutch_date(end)}{remark}."
    yield ClockStep("next_working_day_end", end, basis, why)


def _breach_steps(terms: Terms) -> Iterator[ClockStep]:
    known = dutch_moment(terms.received_at, terms.zone)
    yield ClockStep("received", terms.received_at, _ARTICLES[terms.rule], f"Bij ons bekend op {known}.")
    if isinstance(terms.statutory, datetime):
        until = dutch_moment(terms.statutory, terms.zone)
        why = f"Binnen 72 uur melden bij de toezichthouder: vóór {until}. Weekend, feestdag en nacht tellen mee."
        yield ClockStep("breach", terms.statutory, _ARTICLES[terms.rule], why)


def _court_steps(terms: Terms) -> Iterator[ClockStep]:
    if terms.statutory is not None:
        why = (
            f"De betrokkene kan tot en met {dutch_date(terms.statutory)} naar de rechtbank: zes weken na ons antwoord."
        )
        yield ClockStep("court", terms.statutory, _ARTICLES[terms.rule], why)
    yield from _rolled(terms, "art. 1 Algemene termijnenwet", "")


# --- what a case keeps ---------------------------------------------------------------------------


def to_deadlines(terms: Terms, zone: ZoneInfo) -> tuple[Deadline, ...]:
    """The dates that we have to meet. `due` is the end of the day in `zone`: the next local midnight, in UTC.

    None for UAVG35_COURT_6W: that term is the person's, not ours.
    """
    return tuple(_deadline(step, zone) for step in steps(terms) if step.name in _KEPT)


def thanking_days(month: Terms, zone: ZoneInfo) -> tuple[Deadline, ...]:
    """By when who reported a breach is thanked: our own choice, so that he is not forgotten. No law sets a term."""
    why = "Uiterlijk {on} is de melder bedankt. Dat is een eigen keuze: de wet stelt daarvoor geen termijn."
    return tuple(
        replace(one, basis=_WORKING, explanation=why.format(on=dutch_date(one.on)))
        for one in to_deadlines(month, zone)
        if one.name in ("operating", "act_by") and one.on
    )


def _deadline(step: ClockStep, zone: ZoneInfo) -> Deadline:
    if isinstance(step.due, datetime):
        return Deadline(step.name, step.due.astimezone(UTC), None, step.basis, step.explanation)
    return Deadline(step.name, end_of_day(step.due, zone), step.due, step.basis, step.explanation)


@lru_cache(maxsize=512)
def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The midnight with which `day` ends in `zone`, in UTC; that instant itself belongs to the next day."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def is_within(deadline: Deadline, at: datetime) -> bool:
    """Whether this moment is still in time: the midnight with which a day ends belongs to the next (A-05)."""
    return at < deadline.due if deadline.on else at <= deadline.due


def _short(day: date | datetime | None, terms: Terms) -> str:
    """Without year where that is the year of receipt; a moment with its hour."""
    assert day is not None
    year = "" if day.year == terms.received_on.year else f"-{day.year}"
    hour = f" {day:%H:%M}" if isinstance(day, datetime) else ""
    return f"{dutch_short(day)}{year}{hour}"


def _days(n: int) -> str:
    return "1 dag" if n == 1 else f"{n} dagen"
