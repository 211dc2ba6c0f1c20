"""What mails to staff say of a case: what must stop and where, what the sender heard, which day was missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from test_letters import KEY, LETTERS, NOW, RECEIVED, a_case, a_letter, company

from mailbot.actions import Send
from mailbot.decide import apply
from mailbot.decide.clock import dates_of
from mailbot.model import Case, Kind, LetterState, Place, Policy, Processor, Question, Status

STOPPING = "Vandaag stoppen"


def read(template: str, case: Case, **settings: Any) -> str:
    """What staff of a company with these settings read about a case."""
    policy: Policy = replace(company(case.tenant), **settings)
    send = Send(f"{case.ref}:{template}", template, "kim@voorbeeld.example", "staff", LetterState.QUEUED)
    letter = LETTERS.compose(send, case, policy, NOW, KEY)
    return f"{letter.subject}\n{' '.join(letter.text.split())}"


@pytest.mark.parametrize(
    ("mode", "automatic", "told"),
    [
        ("automatic", {"acknowledgement"}, "gaat vanzelf"),
        ("automatic", {"neutral"}, "staat klaar en wacht op u"),
        ("hold", {"acknowledgement"}, "staat klaar en wacht op u"),
        ("observe", {"acknowledgement"}, "het programma kijkt alleen mee"),
    ],
)
def test_staff_read_whether_the_first_letter_waits_for_them(mode: str, automatic: set[str], told: str) -> None:
    said = read("new_case", a_case("kaviaarshop", Kind.ACCESS), mode=mode, automatic=frozenset(automatic))
    assert told in said
    others = {"gaat vanzelf", "staat klaar en wacht op u", "het programma kijkt alleen mee"} - {told}
    assert not any(other in said for other in others)


@pytest.mark.parametrize("mode", ["automatic", "hold", "observe"])
def test_staff_read_why_the_sender_hears_nothing_whatever_was_noted_since(mode: str) -> None:
    remarks = ("no letter to the sender: forwarded by a colleague: els", "noted by els")
    said = read("new_case", a_case("kaviaarshop", Kind.ACCESS, remarks=remarks), mode=mode)
    assert "heeft nog niets van ons gehoord: een collega stuurde de mail door." in said
    assert "wacht op u" not in said


@pytest.mark.parametrize(
    ("settings", "offered"),
    [({}, False), ({"trust_staff_mail": True}, True), ({"authserv_ids": ("mx.voorbeeld.example",)}, True)],
)
def test_words_to_answer_with_are_offered_where_an_answer_would_be_believed(
    settings: dict[str, Any], offered: bool
) -> None:
    unproven = {"trust_staff_mail": False, "authserv_ids": ()}
    said = read("needs_person", a_case("kaviaarshop", Kind.ACCESS, status=Status.TRIAGE), **unproven | settings)
    assert ("- AKKOORD" in said) is offered


# --- what must stop ------------------------------------------------------------------------------

PLACES: dict[str, Any] = {
    "places": (Place("Webshop", holds="klanten"),),
    "processors": (Processor("Mollie", "Betalingen"), Processor("Oude Drukker", "Drukwerk", status="gestopt")),
}


@pytest.mark.parametrize("since", ["restricted_since", "consent_withdrawn_at"])
def test_what_must_be_frozen_is_frozen_in_every_place_that_is_still_used(since: str) -> None:
    said = read("stop_unconfirmed", a_case("kaviaarshop", Kind.RESTRICTION, **{since: RECEIVED}), **PLACES)
    assert "Nagaan en stilleggen in: - Webshop - Mollie Zolang" in said
    assert "Geen reclame meer" not in said


def test_who_wants_no_marketing_is_named_by_his_addresses_and_freezes_nothing() -> None:
    case = a_case("kaviaarshop", Kind.DIRECT_MARKETING, suppressed=("a@klant.example", "b@klant.example"))
    said = read("stop_unconfirmed", case, **PLACES)
    assert "voor: - a@klant.example - b@klant.example Zolang" in said
    assert "stilleggen" not in said


@pytest.mark.parametrize("over", [{"stopped_at": NOW}, {"status": Status.CLOSED}])
def test_what_has_stopped_or_is_closed_is_stopped_no_more(over: dict[str, Any]) -> None:
    case = a_case("kaviaarshop", Kind.DIRECT_MARKETING, suppressed=("a@klant.example",))
    assert STOPPING in read("needs_person", case)
    assert STOPPING not in read("needs_person", replace(case, **over))


# --- what was missed, and what is waited for ------------------------------------------------------


@pytest.mark.parametrize(("day", "late"), [(date(2026, 2, 28), False), (date(2026, 3, 1), True)])
def test_a_notice_is_too_late_the_day_after_its_day(day: date, late: bool) -> None:
    now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    said = a_letter("notice_near", a_case("kaviaarshop", Kind.ACCESS), now=now)
    assert said.subject.startswith("[AVG-2026-0007] Te laat") is late
    assert ("dat is niet gebeurd" in said.text) is late


def test_the_letter_that_ends_the_wait_is_the_newest_whatever_was_warned_of_since() -> None:
    alerted = ("cannot_identify:2026-02-28", "cannot_identify:2026-03-07", "notice-left:2026-03-07")
    case = a_case("kaviaarshop", Kind.ACCESS, doubt="unknown address", identity_asked_at=RECEIVED, alerted=alerted)
    said = read("notice_near", case)
    assert "mailbot outbox read AVG-2026-0007:cannot_identify:2026-03-07 " in said


@pytest.mark.parametrize(
    ("identity", "answer", "waits"),
    [("", "", True), ("", "yes", False), ("confirmed", "", False)],
)
def test_staff_read_that_the_owner_of_the_address_was_asked_until_he_answers(
    identity: str, answer: str, waits: bool
) -> None:
    asked = Question("<mailbot.1.2@voorbeeld.example>", "w.devries@klant.example", answer)
    case = a_case("kaviaarshop", Kind.ERASURE, questions=(asked,), identity=identity)
    assert ("de vraag aan het bekende adres is nog niet beantwoord" in read("new_case", case)) is waits


def test_a_letter_that_was_stopped_is_named_with_the_commands_for_it() -> None:
    case = a_case("kaviaarshop", Kind.ACCESS)
    for token in ("stopped:AVG-2026-0007:answer:1:2", "stopped:AVG-2026-0007:answer:1:2:deputy"):
        said = a_letter("stopped", case, token=token, body="- een adres").text
        assert "mailbot outbox drop AVG-2026-0007:answer:1 --tenant" in " ".join(said.split())


def test_a_subject_names_four_rights_and_counts_the_rest() -> None:
    four = (Kind.ACCESS, Kind.ERASURE, Kind.PORTABILITY, Kind.RECTIFICATION)
    assert "en nog" not in a_letter("new_case", a_case("kaviaarshop", *four)).subject
    assert " en nog 1, klaar op" in a_letter("new_case", a_case("kaviaarshop", *four, Kind.OBJECTION)).subject


# --- a line of a mail about several cases -----------------------------------------------------------


def line(case: Case, matter: str = "answer", now: datetime = NOW) -> dict[str, str]:
    return LETTERS.line_of(case, company(case.tenant), now, matter)


def waiting_for_proof() -> Case:
    """A case whose clock stands still until it is sure who writes; a notice leaves within the month."""
    case = replace(a_case("kaviaarshop", Kind.ACCESS), doubt="unknown address", identity_asked_at=RECEIVED)
    return apply(case, dates_of(case, company("kaviaarshop")))


def test_a_line_names_the_day_to_act_by_and_how_far_away_it_is() -> None:
    told = line(a_case("kaviaarshop", Kind.ACCESS, Kind.ERASURE))
    assert told == {
        "ref": "AVG-2026-0007",
        "asked": "inzage, verwijdering",
        "until": "vrijdag 27 februari 2026",
        "when": "nog 26 dagen",
        "passed": "",
        "todo": LETTERS.phrases["nl"]["waiting"]["answer"],
        "matter": "answer",
    }


def test_a_line_of_a_case_that_a_person_must_look_at_says_so_and_one_of_unknown_kind_too() -> None:
    told = line(a_case("kaviaarshop", needs=("unsure",)))
    assert (told["todo"], told["asked"]) == (LETTERS.phrases["nl"]["waiting"]["person"], "nog niet bekend")


def test_a_line_says_which_term_is_over_and_only_where_it_is_about_the_answer() -> None:
    case, late = a_case("kaviaarshop", Kind.ACCESS), datetime(2026, 3, 1, 9, tzinfo=UTC)
    passed = LETTERS.phrases["nl"]["passed"]
    assert [line(case, matter, late)["passed"] for matter in ("answer", "notice-", "stop-", "reply:")] == [
        passed["law"],
        *("", "", ""),
    ]


def test_a_line_of_a_case_that_waits_for_proof_names_the_day_of_the_notice() -> None:
    for matter in ("answer", "notice-"):
        told = line(waiting_for_proof(), matter)
        assert told["until"] == "zaterdag 28 februari 2026"
        assert told["todo"] == LETTERS.phrases["nl"]["waiting"]["identity"]


def test_a_line_names_the_letter_that_was_put_before_people_and_the_mail_of_a_colleague() -> None:
    waiting = LETTERS.phrases["nl"]["waiting"]
    ready = replace(waiting_for_proof(), alerted=("cannot_identify:2026-02-28",))
    assert [line(ready, matter)["todo"] for matter in ("answer", "notice-")] == [waiting["identity_ready"]] * 2
    answered = a_case("kaviaarshop", Kind.ACCESS, needs=("minor", "answered_by_colleague"))
    assert line(answered)["todo"] == waiting["colleague"]


def test_a_line_about_a_report_of_a_breach_names_no_term_of_the_law_for_the_thanks() -> None:
    case, late = a_case("kaviaarshop", Kind.BREACH_REPORT), datetime(2026, 4, 1, 9, tzinfo=UTC)
    told = line(case, now=late)
    assert (told["passed"], told["todo"]) == ("", LETTERS.phrases["nl"]["waiting"]["thank"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("De Autoriteit heeft\n\neen klacht ontvangen.", "“De Autoriteit heeft een klacht ontvangen.”"),
        ("klacht " * 60, f"“{('klacht ' * 60)[:300]}…”"),
        ("", ""),
    ],
)
def test_of_a_mail_in_which_no_sentence_decided_people_read_how_it_begins(text: str, shown: str) -> None:
    case = a_case("kaviaarshop", Kind.NOT_A_REQUEST, needs=("authority_demand",))
    case = replace(case, reasons=(), mails=tuple(replace(mail, text=text) for mail in case.mails))
    send = Send(f"{case.ref}:needs", "needs_person", "john@staff.example", "staff", LetterState.QUEUED)
    said = " ".join(LETTERS.compose(send, case, company("kaviaarshop"), NOW, "00" * 32).text.split())
    assert (shown in said) if shown else ("Wat er staat" not in said)


def test_a_line_about_a_notice_names_its_day_and_not_the_one_to_act_by() -> None:
    told = line(a_case("kaviaarshop", Kind.ACCESS), "notice-")
    assert (told["until"], told["when"]) == ("zaterdag 28 februari 2026", "nog 27 dagen")
    assert told["todo"] == LETTERS.phrases["nl"]["waiting"]["notice"]


@pytest.mark.parametrize("opened", [None, datetime(2026, 1, 29, 9, tzinfo=UTC)])
def test_a_line_about_a_stop_names_the_day_on_which_it_was_asked_and_how_late_it_is(opened: datetime | None) -> None:
    told = line(a_case("kaviaarshop", Kind.DIRECT_MARKETING, opened_at=opened), "stop-")
    day, late = (
        ("donderdag 29 januari 2026", "3 dagen te laat") if opened else ("zaterdag 31 januari 2026", "1 dag te laat")
    )
    assert (told["until"], told["when"]) == (day, late)
    assert told["todo"] == LETTERS.phrases["nl"]["waiting"]["stop"]


@pytest.mark.parametrize("came", [None, datetime(2026, 2, 10, 9, tzinfo=UTC)])
def test_a_line_about_a_reply_names_the_day_on_which_it_came(came: datetime | None) -> None:
    told = line(a_case("kaviaarshop", Kind.ACCESS, reply_at=came), "reply:")
    assert told["until"] == ("dinsdag 10 februari 2026" if came else "zaterdag 31 januari 2026")
    assert (told["when"], told["todo"]) == ("", LETTERS.phrases["nl"]["waiting"]["reply"])
