"""Triage in the terminal: the keys do what the verbs do, and the last step can be undone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from desk import Desk, local, session, three_in_doubt
from textual.widgets import Static

from company import ACCESS, KNOWN, UNCLEAR, a_raw_mail
from mailbot import events
from mailbot.acts import snoozing
from mailbot.cli.sheet import heading, lit, short_sheet
from mailbot.cli.triage_screen import TriageScreen
from mailbot.errors import MailbotError, Refused, TryLater, Usage
from mailbot.model import Kind, LetterState, Status
from mailbot.store.postgres import Database
from rig.postgres import Postgres


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return three_in_doubt(tmp_path)


def pressed(desk: Desk, keys: Sequence[str], size: tuple[int, int] = (80, 30)) -> str:
    """Press keys on the screen; what it says then."""

    async def play() -> str:
        screen = TriageScreen(session(desk))
        async with screen.run_test(size=size) as pilot:
            await pilot.press(*keys)
            await pilot.pause()
            return "\n".join(str(screen.query_one(name, Static).render()) for name in ("#head", "#said"))

    return asyncio.run(play())


@pytest.mark.real
def test_what_needs_a_person_is_shown_from_a_common_database_too(tmp_path: Path, postgres: Postgres) -> None:
    with closing(Database(lambda: postgres.url)) as database:
        desk = Desk(tmp_path, local(2026, 3, 2, 10))
        desk.tenant.database = database
        desk.tenant.__dict__["store"] = database.store(desk.tenant.id)
        desk.round(a_raw_mail(UNCLEAR))
        assert len(session(desk).queue) == 1


def statuses(desk: Desk) -> list[Status]:
    return [case.status for case in desk.cases()]


def test_the_first_key_agrees_about_the_most_urgent_case_which_asks_nothing(desk: Desk) -> None:
    assert "1 van 2" in pressed(desk, ["a"])
    assert statuses(desk)[0] is Status.CLOSED


def test_a_correction_is_typed(desk: Desk) -> None:
    pressed(desk, ["c", *"not_a_request", "enter"])
    assert statuses(desk)[0] is Status.CLOSED


def test_what_is_no_kind_is_said_and_does_nothing(desk: Desk) -> None:
    assert "no kind" in pressed(desk, ["c", *"nonsens", "enter"])
    assert statuses(desk) == [Status.TRIAGE] * 3


def test_the_last_step_is_undone(desk: Desk) -> None:
    said = pressed(desk, ["c", *"not_a_request", "enter", "u"])
    assert "taken back" in said
    assert "1 van 3" in said
    assert statuses(desk) == [Status.TRIAGE] * 3


def test_undo_without_a_step_says_so(desk: Desk) -> None:
    assert "nothing was done" in pressed(desk, ["u"])


def test_a_snoozed_case_comes_last_and_stays_open(desk: Desk) -> None:
    assert "AVG-2026-0002" in pressed(desk, ["s", "enter"])
    assert statuses(desk) == [Status.TRIAGE] * 3


def test_a_case_put_aside_stays_aside_in_the_next_sitting_and_comes_back_on_its_day(desk: Desk) -> None:
    assert "put aside until 2026-03-04" in pressed(desk, ["s", "2", "enter"])
    assert [ref for _, ref in session(desk).queue] == ["AVG-2026-0002", "AVG-2026-0003"]
    desk.clock.at = local(2026, 3, 4, 0, 1)
    assert [ref for _, ref in session(desk).queue] == ["AVG-2026-0001", "AVG-2026-0002", "AVG-2026-0003"]


def test_a_mail_wakes_a_case_that_was_put_aside(desk: Desk) -> None:
    session(desk).snooze(date(2026, 3, 9))
    desk.round(a_raw_mail("Nog iets vergeten.", number=9, sender="p1@klant.test", In_Reply_To="<1@klant.test>"))
    assert "AVG-2026-0001" in [ref for _, ref in session(desk).queue]


def test_a_case_that_was_put_aside_is_taken_up_again_early(desk: Desk) -> None:
    session(desk).snooze(date(2026, 3, 9))
    snoozing.wake(desk.tenant, "AVG-2026-0001", "els", desk.clock())
    assert "AVG-2026-0001" in [ref for _, ref in session(desk).queue]
    with pytest.raises(Refused, match="not put aside"):
        snoozing.wake(desk.tenant, "AVG-2026-0001", "els", desk.clock())


def test_nothing_is_put_aside_past_its_day_or_into_the_past(desk: Desk) -> None:
    row = session(desk)
    with pytest.raises(Refused, match="must be done by"):
        row.snooze(date(2026, 7, 1))
    with pytest.raises(Refused, match="after today"):
        row.snooze(date(2026, 3, 2))
    assert "write a day" in pressed(desk, ["s", *"morgen", "enter"])
    assert len(session(desk).queue) == 3


def test_who_put_it_aside_stands_in_the_history_and_its_clock_goes_on(desk: Desk) -> None:
    before = desk.cases()[0]
    session(desk).snooze(date(2026, 3, 9))
    after = desk.cases()[0]
    assert "put aside until 2026-03-09" in after.remarks
    assert (after.deadlines, after.next_at) == (before.deadlines, before.next_at)


def test_a_case_is_linked_to_the_one_customer_who_is_meant_and_his_address_on_file_is_asked(desk: Desk) -> None:
    row = session(desk)
    row.act(events.Corrected("els", (Kind.ACCESS,)))
    row.queue, row.at = [(desk.tenant, "AVG-2026-0001")], 0
    row.link(KNOWN, "noemt bestelling 5512")
    case = desk.cases()[0]
    assert (case.match, case.customer_id, case.known_email, case.identity) == ("named", "1001", KNOWN, "unproven")
    assert "linked to customer 1001: noemt bestelling 5512" in case.remarks
    desk.round(minutes=30)
    assert [str(mail["To"]) for mail in desk.mails_to(KNOWN)] == [KNOWN]


def test_the_writer_learns_nothing_of_the_link(desk: Desk) -> None:
    row = session(desk)
    row.link(KNOWN, "noemt bestelling 5512")
    desk.round(minutes=30)
    assert desk.mails_to("p1@klant.test") == []


def test_a_link_is_undone(desk: Desk) -> None:
    said = pressed(desk, ["l", *f"{KNOWN}:gebeld", "enter", "u"])
    assert "taken back" in said
    assert desk.cases()[0].customer_id == ""


def test_nobody_is_linked_without_a_reason_or_to_a_customer_who_is_not_there(desk: Desk) -> None:
    assert "how you know" in pressed(desk, ["l", *KNOWN, "enter"])
    assert "no customer" in pressed(desk, ["l", *"9999:gebeld", "enter"])
    assert desk.cases()[0].match == "unknown"


def test_going_on_and_back(desk: Desk) -> None:
    assert "AVG-2026-0002" in pressed(desk, ["j"])
    assert "AVG-2026-0003" in pressed(desk, ["b"])


def test_a_note_is_written(desk: Desk) -> None:
    pressed(desk, ["n", *"gebeld", "enter"])
    assert "gebeld" in desk.cases()[0].remarks


def test_a_case_is_shown_in_the_words_of_its_page(desk: Desk) -> None:
    case = desk.cases()[0]
    page = "\n".join(line.plain for line in (heading(desk.tenant, case), *short_sheet(desk.tenant, case, None)))
    assert [word for word in ("gevraagd", "van", "zekerheid", "termijnen", "let op") if word not in page] == []
    assert case.mails[0].text in page


def test_a_refusal_by_key_takes_the_letter_of_its_right_and_never_the_first_of_several(desk: Desk) -> None:
    session(desk).act(events.Corrected("els", (Kind.OBJECTION,)))
    row = session(desk)
    row.queue = [(desk.tenant, "AVG-2026-0001")]
    assert TriageScreen(row)._event("refuse", "compelling_grounds: omdat").reply == "objection_not_upheld"  # type: ignore[attr-defined]
    row.act(events.Corrected("els", (Kind.ACCESS, Kind.ERASURE)))
    row.queue = [(desk.tenant, "AVG-2026-0001")]
    with pytest.raises(Usage, match="say which"):
        TriageScreen(row)._event("refuse", "excessive: omdat")


def test_a_memory_that_is_lost_meanwhile_ends_the_screen_with_its_error(desk: Desk) -> None:
    async def play() -> MailbotError | None:
        screen = TriageScreen(session(desk))
        async with screen.run_test() as pilot:
            desk.tenant.__dict__["store"] = Lost()
            await pilot.press("j")
            await pilot.pause()
        return screen.return_value

    assert str(asyncio.run(play())) == "the memory cannot be read"


class Lost:
    """A memory on a disk that is gone."""

    def unit(self) -> None:
        raise TryLater("the memory cannot be read")


def test_ctrl_c_leaves_the_screen(desk: Desk) -> None:
    async def play() -> bool:
        screen = TriageScreen(session(desk))
        async with screen.run_test() as pilot:
            await pilot.press("n", "ctrl+c")
            await pilot.pause()
            return screen._exit

    assert asyncio.run(play())


def test_an_empty_row_is_said(desk: Desk) -> None:
    assert "nothing needs a person" in pressed(desk, ["a", "a", "a", "a"])


def test_it_fits_a_narrow_and_a_low_terminal(desk: Desk) -> None:
    assert "1 van 3" in pressed(desk, ["o", "o"], size=(40, 10))


def test_the_letter_that_accepting_would_write_is_shown_and_not_kept(desk: Desk) -> None:
    row = session(desk)
    row.act(events.Corrected("els", (Kind.ACCESS,)))
    before = len(desk.letters())
    row.proposed()
    assert len(desk.letters()) == before


def test_a_letter_waits_so_that_the_act_can_be_undone(desk: Desk) -> None:
    row = session(desk)
    row.act(events.Corrected("els", (Kind.ACCESS,)))
    desk.round(minutes=5)
    assert desk.mails_to("p1@klant.test") == []
    row.undo()
    desk.round(minutes=30)
    assert desk.mails_to("p1@klant.test") == []
    assert desk.letters(LetterState.DROPPED)


def test_a_letter_that_left_ends_the_undoing(desk: Desk) -> None:
    row = session(desk)
    row.act(events.Corrected("els", (Kind.ACCESS,)))
    desk.round(minutes=11)
    with pytest.raises(Refused, match="has left"):
        row.undo()


def test_the_deciding_sentence_is_lit_and_markup_stays_text() -> None:
    shown = lit(f"[bold]x[/bold] {ACCESS}", [ACCESS])
    assert shown.plain.startswith("[bold]x")
    assert [(span.start, span.end) for span in shown.spans] == [(15, 15 + len(ACCESS))]
