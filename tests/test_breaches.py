"""The register of breaches: what an authority asks for under article 33(5), and nobody who reported anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from desk import Desk, case_of

from builders import a_case, after
from company import ACCESS, KNOWN, START, a_raw_mail
from mailbot import events
from mailbot.acts import acting
from mailbot.dates import dutch_moment
from mailbot.decide.breach_record import notes_of, people_in, settled_at, without_people
from mailbot.errors import Refused
from mailbot.fulfil import forgetting
from mailbot.memory.histories import faults
from mailbot.model import Address, BreachNote, Case, Kind, Outcome, Status
from mailbot.model.order import first_due
from mailbot.reports import weekly
from mailbot.reports.breaches import COLUMNS, breaches_of, in_dutch
from mailbot.reports.digest import Digest
from mailbot.reports.evidence import evidence
from mailbot.reports.register import as_csv, as_html, rows_within
from mailbot.reports.summary import summary_values

REF = "AVG-2026-0001"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A company to which a breach was reported, and that got a request for access too."""
    desk = Desk(tmp_path / "kaviaarshop")
    desk.round(a_raw_mail(ACCESS, KNOWN, number=1))
    desk.round(a_raw_mail(ACCESS, "ander@post.test", number=2))
    acting.act(desk.tenant, REF, events.Corrected("els", (Kind.BREACH_REPORT,)), desk.clock())
    yield desk
    desk.tenant.store.close()


def rows(desk: Desk, year: int = 2026) -> list[dict[str, Any]]:
    with desk.tenant.store.unit() as unit:
        return list(breaches_of(unit, desk.tenant.policy, year, desk.clock()))


def decided(desk: Desk, reason: str, decision: str = "register_only") -> dict[str, Any]:
    acting.act(desk.tenant, REF, events.BreachDecided("els", decision, reason), desk.clock())
    [row] = rows(desk)
    return row


def test_a_breach_stands_in_it_from_its_report_on_and_a_request_does_not(desk: Desk) -> None:
    [row] = rows(desk)
    assert (row["case"], row["decision"], row["in_time"]) == (REF, "", None)
    known, until = datetime.fromisoformat(row["known_at"]), datetime.fromisoformat(row["notify_by"])
    assert (until - known).total_seconds() == 72 * 3600


def test_what_was_decided_by_whom_and_why_is_told_whole(desk: Desk) -> None:
    row = decided(desk, "Mail aan verkeerd adres: drie namen; ontvanger wiste hem")
    assert (row["decision"], row["decided_by"], row["in_time"]) == ("register_only", ["els"], True)
    assert row["reasons"] == ["Mail aan verkeerd adres: drie namen; ontvanger wiste hem"]


def test_its_own_call_ends_with_the_decision_and_no_other_one_does(desk: Desk) -> None:
    case = replace(case_of(desk), needs=("identity", "breach", "bounced"))
    told = after(case, events.BreachDecided("els", "register_only", "klein"), now=desk.clock())
    assert told.needs == ("identity", "bounced")


def test_a_decision_after_72_hours_is_told_as_late(desk: Desk) -> None:
    desk.clock.move(hours=80)
    assert decided(desk, "laat")["in_time"] is False


def test_until_it_is_decided_its_hour_is_what_is_due_and_then_the_day_of_the_answer(desk: Desk) -> None:
    first = first_due(case_of(desk))
    assert first
    assert (first.name, first.due - case_of(desk).received_at) == ("breach", timedelta(hours=72))
    [breach, _] = week_of(desk).open
    assert breach.days_left == 3
    decided(desk, "drie namen; ontvanger wiste hem")
    first = first_due(case_of(desk))
    assert first
    assert first.name == "act_by"


def test_a_breach_is_too_late_from_its_hour_on(desk: Desk) -> None:
    desk.clock.move(hours=72, minutes=1)
    assert [case.ref for case in week_of(desk).overdue] == [REF]


@pytest.mark.parametrize(
    ("hours", "told", "bar"),
    [
        (-0.5, "nog minder dan een uur", "nog 0 u"),
        (-5, "nog 5 uur", "nog 5 u"),
        (0, "minder dan een uur te laat", "0 u te laat"),
        (3.5, "3 uur te laat", "3 u te laat"),
        (30, "30 uur te laat", "30 u te laat"),
        (100, "4 dagen te laat", "4 d te laat"),
    ],
)
def test_the_monday_mail_tells_of_a_breach_its_hour_and_how_many_hours_away_that_is(
    desk: Desk, hours: float, told: str, bar: str
) -> None:
    due = case_of(desk).received_at + timedelta(hours=72)
    desk.clock.at = due + timedelta(hours=hours)
    values = summary_values(week_of(desk), desk.tenant.policy, desk.tenant.letters.phrases["nl"])
    hour = dutch_moment(due, desk.tenant.policy.zone).replace("-2026", "")
    overdue, waiting, bars = (cast(list[Any], values[name]) for name in ("overdue", "open", "deadline_bars"))
    [line] = [one for one in (*overdue, *waiting) if REF in one]
    assert line == f"{REF} (melding datalek): uiterlijk {hour}, {told}"
    [shown] = [one["value"] for one in bars if one["label"] == REF]
    assert shown == bar


def week_of(desk: Desk) -> Digest:
    with desk.tenant.store.unit() as unit:
        return weekly.numbers(unit, desk.tenant.policy, desk.clock().date(), desk.clock())


def test_what_became_known_in_another_year_is_not_in_it(desk: Desk) -> None:
    assert rows(desk, 2025) == []


def test_it_names_nobody_who_reported_and_what_was_typed_is_no_formula_or_mark_up(desk: Desk) -> None:
    row = in_dutch(decided(desk, "=HYPERLINK(1) <b>", "notify"), desk.tenant.policy)
    table = as_csv([row], COLUMNS)
    assert "melden" in table
    assert ";'=HYPERLINK(1)" in table
    page = as_html([row], "Register van datalekken", desk.clock().date(), COLUMNS, "")
    assert "&lt;b&gt;" in page
    assert KNOWN not in table + page


def test_who_decided_is_no_formula_either(desk: Desk) -> None:
    acting.act(desk.tenant, REF, events.BreachDecided("=cmd", "notify", "gemeld"), desk.clock())
    assert ";'=cmd;" in as_csv([in_dutch(row, desk.tenant.policy) for row in rows(desk)], COLUMNS)


# --- facts, effects, measures, and when the authority was told ---------------------------------------


def act(desk: Desk, event: events.StaffActed) -> dict[str, Any]:
    acting.act(desk.tenant, REF, event, desk.clock())
    [row] = rows(desk)
    return row


def test_what_happened_can_be_told_in_parts_before_and_after_the_decision_and_after_closing(desk: Desk) -> None:
    act(desk, events.BreachDescribed("els", facts="mail aan verkeerde klant, drie adressen"))
    decided(desk, "een risico is niet waarschijnlijk")
    act(desk, events.BreachDescribed("els", effects="wellicht reclame", measures="ontvanger wiste hem"))
    act(desk, events.Closed("els", Outcome.ANSWERED, "klaar", True))
    row = act(desk, events.BreachDescribed("jan", measures="adressen komen nu uit het klantbestand"))
    assert row["facts"] == ["mail aan verkeerde klant, drie adressen"]
    assert row["effects"] == ["wellicht reclame"]
    assert row["measures"] == ["ontvanger wiste hem", "adressen komen nu uit het klantbestand"]
    assert (row["reasons"], row["decided_by"]) == (["een risico is niet waarschijnlijk"], ["els"])


def test_a_decision_to_tell_the_authority_is_in_time_only_once_the_moment_is_on_record(desk: Desk) -> None:
    row = decided(desk, "groot", "notify")
    assert (row["decision"], row["notified_at"], row["in_time"]) == ("notify", None, None)
    assert in_dutch(row, desk.tenant.policy)["in_time"] == "niet vastgelegd"
    told = desk.clock.move(hours=5)
    desk.clock.move(days=4)
    row = act(desk, events.BreachDescribed("els", notified_at=told))
    assert (row["in_time"], datetime.fromisoformat(row["notified_at"])) == (True, told.replace(microsecond=0))


def test_a_decision_that_names_the_moment_of_telling_meets_the_72_hours_at_that_moment(desk: Desk) -> None:
    told = desk.clock.move(hours=5)
    desk.clock.move(days=4)
    row = act(desk, events.BreachDecided("els", "notify", "groot", notified_at=told))
    term = case_of(desk).deadline("breach")
    assert term
    assert (term.met_at, row["in_time"]) == (told, True)


def test_an_authority_that_was_told_after_72_hours_was_told_too_late_however_soon_that_was_decided(desk: Desk) -> None:
    decided(desk, "groot", "notify")
    late = desk.clock.move(hours=80)
    assert act(desk, events.BreachDescribed("els", notified_at=late))["in_time"] is False


def test_nothing_decided_after_72_hours_is_not_in_time(desk: Desk) -> None:
    desk.clock.move(hours=73)
    [row] = rows(desk)
    assert row["in_time"] is False


def test_the_last_moment_of_telling_stays_when_more_is_written_down_later(desk: Desk) -> None:
    decided(desk, "groot", "notify")
    told = desk.clock.move(hours=5)
    act(desk, events.BreachDescribed("els", notified_at=told))
    row = act(desk, events.BreachDescribed("els", measures="wachtwoorden vervangen"))
    assert (row["in_time"], datetime.fromisoformat(row["notified_at"])) == (True, told.replace(microsecond=0))


def test_the_authority_can_be_told_in_the_moment_in_which_the_breach_became_known_or_right_now(desk: Desk) -> None:
    decided(desk, "groot", "notify")
    for moment in (case_of(desk).received_at, desk.clock()):
        row = act(desk, events.BreachDescribed("els", notified_at=moment))
        assert datetime.fromisoformat(row["notified_at"]) == moment.replace(microsecond=0)


@pytest.mark.parametrize("hours", [-1, 2])
def test_the_authority_was_told_neither_before_the_breach_was_known_nor_in_the_future(desk: Desk, hours: int) -> None:
    decided(desk, "groot", "notify")
    with pytest.raises(Refused, match="future"):
        act(desk, events.BreachDescribed("els", notified_at=desk.clock() + timedelta(hours=hours)))


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (events.BreachDescribed("els"), "Say what happened"),
        (events.BreachDecided("els", "later", "klein"), "Decide one of notify, register_only"),
        (events.BreachDecided("els", "notify", " "), "Say why"),
        (events.BreachDescribed("els", notified_at=datetime(2026, 3, 2, 9, tzinfo=UTC)), "Decide first"),
        (
            events.BreachDecided("els", "register_only", "klein", notified_at=datetime(2026, 3, 2, 9, tzinfo=UTC)),
            "one of the two",
        ),
    ],
)
def test_what_says_nothing_or_two_things_is_refused(desk: Desk, event: events.StaffActed, why: str) -> None:
    with pytest.raises(Refused, match=why):
        act(desk, event)


@pytest.mark.parametrize(
    "event", [events.BreachDecided("els", "notify", "groot"), events.BreachDescribed("els", facts="drie adressen")]
)
def test_of_what_is_no_report_of_a_breach_nothing_is_decided_or_written_down_as_one(
    desk: Desk, event: events.StaffActed
) -> None:
    other = "AVG-2026-0002"
    with pytest.raises(Refused, match=f"mailbot correct {other} breach_report"):
        acting.act(desk.tenant, other, event, desk.clock())
    assert case_of(desk, other).breach_notes == ()


# --- what stays when who reported it is forgotten ----------------------------------------------------


def forgotten(desk: Desk) -> dict[str, Any]:
    act(desk, events.Closed("els", Outcome.ANSWERED, "klaar", True))
    assert forgetting.forget_due(desk.tenant, desk.clock.move(days=900)) == [REF]
    [row] = rows(desk)
    return row


def test_facts_effects_measures_and_reasons_outlive_who_reported_it(desk: Desk) -> None:
    act(desk, events.BreachDescribed("els", facts="drie adressen in een mail van 2 maart 2026 om 09:15"))
    before = decided(desk, "ontvanger wiste de mail; gemeld hoeft niet (z2026-00123)")
    after = forgotten(desk)
    assert {**after, "known_at": ""} == {**before, "known_at": ""}
    assert after["facts"] == ["drie adressen in een mail van 2 maart 2026 om 09:15"]
    with desk.tenant.store.unit() as unit:
        assert list(faults(unit)) == []


def test_what_looks_like_a_person_is_blotted_out_of_them(desk: Desk) -> None:
    decided(desk, f"gemeld door {KNOWN}; mevrouw De Vries kreeg het bericht, bel 06-12345678")
    assert forgotten(desk)["reasons"] == [
        "gemeld door [weggelaten]; mevrouw [weggelaten] kreeg het bericht, bel [weggelaten]"
    ]


def test_the_words_of_a_decision_that_an_older_program_wrote_stay_too_with_its_moment(desk: Desk) -> None:
    at = desk.clock.move(hours=7)
    decided(desk, f"ontvanger {KNOWN} wiste de mail")
    with desk.tenant.store.unit() as unit:
        case = unit.case(REF)
        assert case
        unit.put_case(replace(case, breach_notes=()))
    [row] = rows(desk)
    assert row["reasons"] == [f"ontvanger {KNOWN} wiste de mail"]
    assert datetime.fromisoformat(row["decided_at"]) == at.replace(microsecond=0)
    assert forgotten(desk)["reasons"] == ["ontvanger [weggelaten] wiste de mail"]


@pytest.mark.parametrize(
    ("decision", "told", "settled"),
    [
        ("notify", (None,), None),
        ("notify", (None, 5), 5),
        ("notify", (5, None), 5),
        ("notify", (5, 9), 9),  # the last word counts
        ("register_only", (None,), 2),
        ("", (None,), 2),
    ],
)
def test_the_72_hours_were_answered_when_the_authority_was_told_or_it_was_decided_that_it_need_not_be(
    decision: str, told: tuple[int | None, ...], settled: int | None
) -> None:
    def at(hours: int) -> datetime:
        return START + timedelta(hours=hours)

    notes = tuple(BreachNote(at(1), "els", notified_at=at(hours) if hours else None) for hours in told)
    case = replace(a_case(Kind.BREACH_REPORT), breach_decision=decision, breach_notes=notes)
    assert settled_at(case) is None or decision == "notify"
    met = after(case, events.BreachDecided("els", "register_only", "klein"), now=at(2))
    met = replace(met, breach_decision=decision, breach_notes=notes)
    assert settled_at(met) == (None if settled is None else at(settled))
    assert settled_at(a_case()) is None


def test_what_an_older_program_wrote_among_the_remarks_is_a_note_where_there_was_a_breach() -> None:
    said = ("breach, notify: groot lek", "breach: iets anders", "breach, register_only: klein")
    case = replace(a_case(Kind.BREACH_REPORT), remarks=said)
    assert [(note.decision, note.reason, note.at) for note in notes_of(case)] == [
        ("notify", "groot lek", case.received_at),
        ("register_only", "klein", case.received_at),
    ]
    met = tuple(replace(one, met_at=START) for one in case.deadlines)
    assert {note.at for note in notes_of(replace(case, deadlines=met))} == {START}
    assert notes_of(replace(a_case(), remarks=said)) == ()
    written = BreachNote(START, "els", facts="een lijst")
    assert notes_of(replace(case, breach_notes=(written,))) == (written,)


NOTIFY = events.BreachDecided("els", "notify", "groot lek")
TELLS = events.BreachDescribed("els", facts="een lijst ging naar een ander")


@pytest.mark.parametrize(
    ("event", "decided", "words"),
    [
        (replace(NOTIFY, decision="later"), "", "Decide one of notify, register_only"),
        (replace(NOTIFY, reason=" "), "", "Say why"),
        (replace(NOTIFY, decision="register_only", notified_at=START), "", "say one of the two"),
        (replace(NOTIFY, notified_at=START - timedelta(days=60)), "", "after the breach became known"),
        (replace(NOTIFY, notified_at=START + timedelta(seconds=1)), "", "not in the future"),
        (replace(TELLS, facts=""), "notify", "Say what happened"),
        (replace(TELLS, notified_at=START), "", "Decide first"),
        (replace(TELLS, notified_at=START), "register_only", "Decide first"),
    ],
)
def test_what_cannot_be_so_of_a_breach_is_not_written_down(
    event: events.BreachDecided | events.BreachDescribed, decided: str, words: str
) -> None:
    case = replace(a_case(Kind.BREACH_REPORT), breach_decision=decided)
    with pytest.raises(Refused, match=words):
        after(case, event, now=START)


@pytest.mark.parametrize("event", [NOTIFY, TELLS])
def test_nothing_is_said_of_a_breach_where_none_was_reported(event: events.BreachDecided) -> None:
    with pytest.raises(Refused, match="is no report of a breach"):
        after(a_case(), event, now=START)


def test_what_was_decided_of_a_breach_is_a_note_with_the_moment_of_telling() -> None:
    told = after(a_case(Kind.BREACH_REPORT), replace(NOTIFY, notified_at=START, effects="weinig"), now=START)
    [note] = told.breach_notes
    assert (note.decision, note.notified_at, note.reason, note.effects) == ("notify", START, "groot lek", "weinig")
    later = after(told, replace(TELLS, notified_at=START), now=START)
    assert (len(later.breach_notes), settled_at(later)) == (2, START)
    at_once = after(a_case(Kind.BREACH_REPORT), replace(NOTIFY, notified_at=told.received_at), now=START)
    assert settled_at(at_once) == told.received_at


def test_a_breach_is_described_before_it_is_decided() -> None:
    described = after(a_case(Kind.BREACH_REPORT), TELLS)
    assert [(note.facts, note.decision) for note in described.breach_notes] == [("een lijst ging naar een ander", "")]


def test_once_its_reporter_was_forgotten_nobody_is_named_in_what_is_told_of_it_later() -> None:
    said = events.BreachDescribed("els", facts="Gemeld via 06-12345678.")
    case = a_case(Kind.BREACH_REPORT)
    assert after(case, said).breach_notes[0].facts == "Gemeld via 06-12345678."
    forgotten = replace(case, status=Status.ANONYMISED)
    assert after(forgotten, said).breach_notes[0].facts == "Gemeld via [weggelaten]."


def a_reporter() -> Case:
    changes = {"requester": Address("j.bos@klant.test", "Jan van den Bos"), "customer_id": "KL-77310"}
    return replace(a_case(Kind.BREACH_REPORT), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gemeld door j.bos@klant.test", ("j.bos@klant.test",)),
        ("de heer Bos, klant KL-77310, zag het", ("Bos", "KL-77310")),
        ("Familie van der Meer en mw. A.B. Pietersen", ("van der Meer", "A.B. Pietersen")),
        ("bel +32 2 274 48 00 of 06 1234 5678", ("+32 2 274 48 00", "06 1234 5678")),
        ("rekening NL91 ABNA 0417 1643 00", ("NL91 ABNA 0417 1643 00",)),
        ("bezorgd op 1234 AB 12", ("1234 AB 12",)),
    ],
)
def test_what_looks_like_a_person_is_told_to_who_types_it(text: str, found: tuple[str, ...]) -> None:
    assert people_in(text, a_reporter()) == found


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Jan zag het en Bos belde", "[weggelaten] zag het en [weggelaten] belde"),
        ("BOS van den Heuvel", "[weggelaten] van den Heuvel"),
        ("aan j.o'bos+avg@klant.test, J. en Bo", "aan [weggelaten], J. en Bo"),
    ],
)
def test_his_own_name_and_address_are_blotted_out_without_any_title_and_small_words_stay(text: str, left: str) -> None:
    requester = Address("j.o'bos+avg@klant.test", "J. Bo, Jan van den Bos")
    assert without_people(text, replace(a_reporter(), requester=requester, recipient="")) == left


def test_of_two_that_stand_against_each_other_both_are_blotted_out() -> None:
    reporter = replace(a_reporter(), customer_id="KL/")
    assert without_people("Klant KL/+31 6 1234 5678 belde.", reporter) == "Klant [weggelaten][weggelaten] belde."


@pytest.mark.parametrize(
    "text",
    [
        "Op 02-03-2026 09:15 gingen 1.200 mails uit Mailchimp aan de verkeerde lijst.",
        "De heer des huizes merkte het; 40 klanten in Nederland, artikel 33, lid 5.",
        "Gemeld bij de AP onder nummer z2026-00123 op 3 maart 2026, na 31 uur.",
        "Bosrand BV is verwerker; 2026-03-02T09:15 hersteld.",
    ],
)
def test_dates_numbers_and_names_of_things_stay(text: str) -> None:
    assert without_people(text, a_reporter()) == text


# --- what `prove` makes of it ------------------------------------------------------------------------


def proven(desk: Desk) -> tuple[bool | None, list[str]]:
    with desk.tenant.store.unit() as unit:
        case = unit.case(REF)
        assert case
        found = evidence(unit, case, desk.tenant.policy)
    [in_time] = [term.in_time for term in found.terms if term.name == "breach"]
    return in_time, [line.event for line in found.lines]


def test_that_the_authority_was_told_in_time_is_shown_by_who_wrote_down_when(desk: Desk) -> None:
    decided(desk, "groot", "notify")
    assert proven(desk) == (None, [])
    told = desk.clock.move(hours=5)
    desk.clock.move(hours=1)
    act(desk, events.BreachDescribed("els", notified_at=told))
    assert proven(desk) == (True, ["BreachDescribed"])


def test_more_can_be_told_of_a_breach_whose_reporter_was_forgotten_without_people_in_it(desk: Desk) -> None:
    decided(desk, "geen risico")
    forgotten(desk)
    act(desk, events.BreachDescribed("els", facts="de toezichthouder vroeg ernaar; mevrouw Jansen belde jan@post.test"))
    [row] = rows(desk)
    [told] = row["facts"]
    assert "de toezichthouder vroeg ernaar" in told
    assert not {"Jansen", "jan@post.test"} & set(told.replace(";", " ").split())
    case = case_of(desk, REF)
    assert (case.forget_on, case.requester) == (None, None)
    with desk.tenant.store.unit() as unit:
        assert list(faults(unit)) == []


def test_nothing_else_is_written_where_the_person_was_forgotten(desk: Desk) -> None:
    decided(desk, "geen risico")
    forgotten(desk)
    for event in (events.Noted("els", "gebeld"), events.BreachDecided("els", "notify", "toch wel")):
        with pytest.raises(Refused, match="was forgotten"):
            act(desk, event)


# --- the terms of a report -----------------------------------------------------------------------


def proof(desk: Desk) -> tuple[list[str], tuple[str, ...], bool]:
    case = case_of(desk, REF)
    with desk.tenant.store.unit() as unit:
        found = evidence(unit, case, desk.tenant.policy)
    return [term.name for term in found.terms], found.rules, found.holds


def test_only_the_72_hours_are_proven_of_a_breach_report(desk: Desk) -> None:
    assert proof(desk) == (["breach"], ("BREACH_72H",), False)
    decided(desk, "geen risico")
    assert proof(desk) == (["breach"], ("BREACH_72H",), True)


def test_the_register_of_requests_tells_the_72_hours_of_a_breach_report_and_no_month(desk: Desk) -> None:
    def line() -> tuple[object, ...]:
        [row] = rows_within([case_of(desk, REF)], desk.tenant.policy, desk.clock())
        return row["due_on"], row["statutory_on"], row["in_time"], row["answered_on"]

    hours_end = (desk.clock() + timedelta(hours=72)).date().isoformat()
    assert line() == (hours_end, hours_end, None, None)
    decided(desk, "risico", "notify")
    desk.clock.move(hours=80)
    assert line()[2] is False, "that it was decided to tell is not that it was told"


def test_a_breach_report_has_no_month_to_extend(desk: Desk) -> None:
    with pytest.raises(Refused, match="no month to extend"):
        acting.act(desk.tenant, REF, events.ExtensionDecided("els", "veel gegevens"), desk.clock())
