"""The account of a case: its history as somebody reads it who knows the law and not the program."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk import REF, Desk, act, case_of, local
from rich.console import Console

from company import ACCESS, KNOWN, START, UNCLEAR, a_raw_mail
from mailbot import events
from mailbot.cli import plan_table, sheet
from mailbot.cli.sheet import LAST_CALLS, case_sheet
from mailbot.fulfil import forgetting
from mailbot.model import (
    NOT_TOLD,
    TOLD_IN,
    WAITS_FOR_OTHERS,
    Item,
    Kind,
    LetterState,
    MatchState,
    Outcome,
    StepEnding,
)
from mailbot.plan import StepState
from mailbot.reports.history_account import AccountLine, account, in_short
from mailbot.sender.proof import Proof


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "kaviaarshop")
    desk.round(a_raw_mail(ACCESS, KNOWN, number=1))
    yield desk
    desk.tenant.store.close()


def told(desk: Desk) -> list[AccountLine]:
    with desk.tenant.store.unit() as unit:
        history = unit.history(REF)
    return list(account(history, desk.tenant.policy, desk.tenant.letters.phrases["nl"]))


def last(desk: Desk) -> AccountLine:
    return told(desk)[-1]


def shown(desk: Desk) -> str:
    with desk.tenant.store.unit() as unit:
        history, letters = unit.history(REF), unit.letters_of(REF)
    console = Console(width=400, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(case_sheet(desk.tenant, case_of(desk), history, letters))
    return console.export_text()


def test_the_first_line_says_when_it_was_received_what_was_asked_and_until_when(desk: Desk) -> None:
    first = told(desk)[0]
    assert first.by == "het programma"
    assert first.what[:3] == (
        "mail ontvangen en op waarde geschat",
        "ontvangen op ma 02-03-2026 10:00, per e-mail",
        "gevraagd: inzage",
    )
    assert "wettelijke termijn: uiterlijk donderdag 2 april 2026" in first.what
    assert first.rules == ("artikel 12, lid 3, AVG", "artikel 15 AVG")


def test_a_letter_that_left_is_named_with_what_the_server_said(desk: Desk) -> None:
    [letter] = [one for one in told(desk) if one.what[0] == "brief aan de vrager verstuurd"]
    assert letter.what[1:] == ("de ontvangstbevestiging: verstuurd", "de mailserver nam hem aan (250)")


def test_an_answer_tells_how_the_right_ended_who_decided_and_that_the_term_is_met(desk: Desk) -> None:
    act(desk, events.IdentityConfirmed("els", "belde terug"))
    assert (last(desk).by, last(desk).why) == ("els", ("belde terug",))
    act(desk, events.Answered("els", "Wij hebben niets van u.", Outcome.GRANTED))
    assert "inzage: ingewilligd, besloten door els" in last(desk).what
    desk.round(hours=1)
    met = [one for step in told(desk) for one in step.what if one.startswith("telt op") and "wettelijke termijn" in one]
    assert len(met) == 1


def test_what_staff_typed_is_told_as_typed_and_apart_from_what_the_program_says(desk: Desk) -> None:
    act(desk, events.Noted("els", "sent: answer"))
    assert (last(desk).what, last(desk).why) == (("aantekening gemaakt",), ("sent: answer",))
    act(desk, events.ExtensionDecided("els", "vier systemen met veel gegevens"))
    assert (last(desk).what[0], last(desk).why) == ("besloten tot verlenging", ("vier systemen met veel gegevens",))
    assert "artikel 12, lid 3, AVG" in last(desk).rules


def test_steps_that_ended_are_named_with_how_and_why(desk: Desk) -> None:
    act(desk, events.StepSettled("els", "package", StepEnding.SKIPPED, "er is niets"))
    assert "kopie samenstellen: overgeslagen" in last(desk).what
    assert last(desk).why == ("er is niets",)


def test_a_warning_says_how_long_there_is_left(desk: Desk) -> None:
    desk.round(days=21)
    assert any("waarschuwing: nog 14 dagen" in one.what for one in told(desk))


def test_a_long_row_of_calls_is_told_by_its_ends_and_its_length(desk: Desk) -> None:
    for _ in range(60):
        desk.round(days=1)
    act(desk, events.Noted("els", "gezien"))
    steps = list(in_short(told(desk)))
    [left_out] = [one for one in steps if isinstance(one, int)]
    assert (left_out > 10, len(steps) - 1 + left_out) == (True, len(told(desk)))
    assert f"... {left_out} regels met zulke oproepen" in shown(desk)


def test_of_many_mails_to_colleagues_show_names_the_last_ones_and_counts_the_others(desk: Desk) -> None:
    for _ in range(60):
        desk.round(days=1)
    with desk.tenant.store.unit() as unit:
        sent = [one.token for one in unit.letters_of(REF) if one.audience == "staff" and one.state is LetterState.SENT]
    table = shown(desk).partition("wat er gebeurde")[0]
    assert len([token for token in sent if f"{token} " in table]) == LAST_CALLS
    assert f"... en {len(sent) - LAST_CALLS} eerdere mails aan collega's" in table


def test_nothing_but_calls_is_left_out(desk: Desk) -> None:
    for _ in range(60):
        desk.round(days=1)
        act(desk, events.Noted("els", "gezien"))
    kept = [one for one in in_short(told(desk)) if isinstance(one, AccountLine)]
    assert [one for one in kept if not one.calls] == [one for one in told(desk) if not one.calls]


def test_a_decision_on_one_right_says_why_without_the_words_of_the_program(desk: Desk) -> None:
    act(desk, events.ItemDecided("els", Kind.ACCESS, Outcome.GRANTED, "zij krijgt alles"))
    assert last(desk).why == ("zij krijgt alles",)


def test_a_case_that_was_corrected_and_taken_back_reads_in_order(desk: Desk) -> None:
    act(desk, events.Corrected("els", (Kind.OBJECTION,), "zij maakt bezwaar"))
    assert "gevraagd: bezwaar" in last(desk).what
    assert last(desk).why == ("zij maakt bezwaar",)
    assert "artikel 21, lid 1, AVG" in last(desk).rules


def test_of_who_was_forgotten_it_tells_only_who_did_what_when(desk: Desk) -> None:
    act(desk, events.Noted("els", "zij belde"))
    act(desk, events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"))
    before = [(one.at, one.by, one.what[0]) for one in told(desk) if one.by == "els"]
    forgetting.forget_due(desk.tenant, desk.clock.move(days=900))
    after = told(desk)
    assert [(one.at, one.by, one.what[0]) for one in after if one.by == "els"] == before
    assert not any(one.why for one in after)
    assert after[-1].what[0] == "dossier anoniem gemaakt"


def test_show_reads_as_an_account_with_the_words_of_notes_and_no_words_of_the_program(desk: Desk) -> None:
    act(desk, events.Noted("els", "zij belde en wil alles per post"))
    sheet = shown(desk)
    assert "els: aantekening gemaakt" in sheet
    assert "“zij belde en wil alles per post”" in sheet
    assert "(artikel 12, lid 3, AVG; artikel 15 AVG)" in sheet
    for word in ("MailArrived", "SetItems", "LetterSettled", "Wake", "JoinThread"):
        assert word not in sheet


def test_show_says_from_when_on_the_person_is_forgotten_or_what_keeps_him(desk: Desk) -> None:
    act(desk, events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"))
    assert "vergeten   vanaf 2028-03-02" in shown(desk)


def test_a_mail_that_waits_for_a_judgement_is_told_without_a_right(desk: Desk) -> None:
    desk.round(a_raw_mail(UNCLEAR, "ander@mail.test", number=2), hours=1)
    desk.clock.at += timedelta(days=1)
    with desk.tenant.store.unit() as unit:
        history = unit.history("AVG-2026-0002")
    [first, *_] = account(history, desk.tenant.policy, desk.tenant.letters.phrases["nl"])
    assert "gevraagd: geen verzoek" in first.what


def test_a_request_that_was_taken_in_by_hand_says_so_in_dutch(desk: Desk) -> None:
    act(desk, events.Noted("els", "taken in by hand, received by phone"))
    assert "met de hand opgenomen; het kwam per telefoon" in last(desk).what
    assert last(desk).why == ()


# --- the page of a case


ENGLISH = (
    "asked",
    "from",
    "proof",
    "clock",
    "plan",
    "step",
    "needs",
    "because",
    "letter",
    "state",
    "forgotten",
    "since",
)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_page_of_a_case_has_no_english_label(desk: Desk, kind: Kind) -> None:
    """Words that are typed, such as the name of a right, may stand in it."""
    case = replace(
        case_of(desk),
        items=(Item(kind),),
        needs=("breach", "iets nieuws"),
        restricted_since=START,
        consent_withdrawn_at=START,
        suppressed=(KNOWN,),
        stopped_at=START,
        assignee="Els",
    )
    with desk.tenant.store.unit() as unit:
        letters = unit.letters_of(case.ref)
    letters += [replace(letters[0], state=state, token=f"t:{state}", why="cap") for state in LetterState]
    console = Console(width=200, file=io.StringIO(), record=True)
    console.print(case_sheet(desk.tenant, case, [], letters))
    page = console.export_text()
    labels = {line.split()[0] for line in page.splitlines() if line.strip()}
    assert labels & (set(ENGLISH) - {"plan"}) == set()
    for dutch in ("gevraagd ", "van ", "bewijs ", "termijnen ", "let op ", "bij ", "omdat ", "reclame ", "brief "):
        assert dutch in page
    for state in ("wacht op u", "gaat zo weg", "verstuurd", "misschien weg", "er gingen al veel brieven weg"):
        assert state in page
    assert f"({kind})" in page


@pytest.mark.parametrize(
    ("why", "told"),
    [
        (f"{TOLD_IN}call:1", "ging op in één mail met andere"),
        (NOT_TOLD, "er viel niets meer te vertellen"),
        (WAITS_FOR_OTHERS, "wacht even, om samen met andere mails te gaan"),
    ],
)
def test_why_a_mail_to_a_colleague_did_not_leave_by_itself_is_said_in_dutch(desk: Desk, why: str, told: str) -> None:
    case = case_of(desk)
    with desk.tenant.store.unit() as unit:
        letter = replace(unit.letters_of(case.ref)[0], audience="staff", state=LetterState.DROPPED, why=why)
    console = Console(width=200, file=io.StringIO(), record=True)
    console.print(case_sheet(desk.tenant, case, [], [letter]))
    page = console.export_text()
    assert told in page
    assert why not in page


def test_every_state_of_a_letter_and_of_a_step_has_a_word_of_its_own() -> None:
    assert set(sheet._STATES) == set(LetterState)
    assert set(plan_table._STATES) == set(StepState)
    assert set(sheet._PROOF) == set(Proof)
    assert set(sheet._MATCH) == set(MatchState)


def test_a_notice_that_was_taken_after_the_month_is_said_not_to_count(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.round(at=local(2026, 4, 2, 23, 59))
    act(desk, events.ExtensionDecided("els", "Uw gegevens staan in vier systemen en een archief."))
    send = desk.send

    def slowly(sender: str, to: str, raw: bytes) -> str:
        desk.clock.at = local(2026, 4, 3, 0, 1)
        return send(sender, to, raw)

    monkeypatch.setattr(desk, "send", slowly)
    desk.round(seconds=10)
    what = [one for step in told(desk) for one in step.what]
    assert "de verlenging geldt niet: het bericht ging na de eerste maand weg" in what
    assert "de verlenging geldt" not in what
