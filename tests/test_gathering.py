"""What comes in at once calls a person once: a burst is a few mails, one request is told at once, haste never waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from desk import Desk, case_of, local, text_of
from test_byreply import reply

from company import ACCESS, CONTACT, DEPUTY, ERASURE, MARKETING, UNCLEAR, Sorter, a_raw_mail
from mailbot import events
from mailbot.acts import acting
from mailbot.errors import MailbotError
from mailbot.fulfil import forgetting
from mailbot.model import NOT_TOLD, TOLD_IN, Kind, Letter, LetterState, Outcome, Status, Verdict
from mailbot.outgoing import gathering
from mailbot.store import TinyStore

MONDAY = local(2026, 3, 2, 10)
MANY = "Kaviaarshop: veel tegelijk"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, MONDAY, trust_staff_mail=True, calendar=False, undo_minutes=10)


def a_request(number: int, text: str = ACCESS) -> bytes:
    return a_raw_mail(f"{text} ({number})", sender=f"p{number}@klant.test", number=number)


def burst(desk: Desk, first: int, last: int, text: str = ACCESS, minutes: float = 1) -> None:
    """Requests one after the other, each found by a round of its own."""
    for number in range(first, last + 1):
        desk.round(a_request(number, text))
        desk.clock.move(minutes=minutes)


def gathered(desk: Desk, to: str = CONTACT) -> list[EmailMessage]:
    return [mail for mail in desk.mails_to(to) if MANY in str(mail["Subject"])]


def staff_letters(desk: Desk, ref: str) -> list[Letter]:
    return [letter for letter in desk.letters() if letter.ref == ref and letter.audience == "staff"]


# --- how many mails ------------------------------------------------------------------------------


def test_one_request_is_told_at_once(desk: Desk) -> None:
    desk.round(a_request(1))
    assert [str(mail["Subject"])[:30] for mail in desk.mails_to(CONTACT)] == ["[AVG-2026-0001] Nieuw verzoek:"]


def test_the_mail_about_many_names_the_subject_of_each_so_that_it_is_found_in_the_mailbox(desk: Desk) -> None:
    burst(desk, 1, 5)
    desk.round(minutes=30)
    [mail] = gathered(desk)
    assert text_of(mail).count("Onderwerp: vraag") == 2


def test_forty_requests_within_the_hour_are_three_mails_at_once_and_a_few_about_many(desk: Desk) -> None:
    burst(desk, 1, 40)
    desk.round(minutes=30)
    told = desk.mails_to(CONTACT)
    assert len(told) <= 6
    assert all("Nieuw verzoek" in str(mail["Subject"]) for mail in told[:3])
    named = [ref for mail in gathered(desk) for ref in text_of(mail).split() if ref.endswith(":") and "AVG" in ref]
    assert sorted(named) == [f"AVG-2026-{number:04}:" for number in range(4, 41)]
    assert desk.faults() == []


def test_forty_requests_in_one_round_are_told_in_that_round(desk: Desk) -> None:
    desk.round(*map(a_request, range(1, 41)))
    assert [str(mail["Subject"]) for mail in desk.mails_to(CONTACT)] == [
        f"{MANY}, 25 dossiers wachten op u",
        f"{MANY}, 15 dossiers wachten op u",
    ]


def test_what_came_in_at_night_is_one_mail_in_the_morning(desk: Desk) -> None:
    desk.clock.at = local(2026, 3, 2, 22)
    burst(desk, 1, 8)
    assert desk.mails_to(CONTACT) == []
    desk.round(at=local(2026, 3, 3, 9))
    [mail] = desk.mails_to(CONTACT)
    assert str(mail["Subject"]) == f"{MANY}, 8 dossiers wachten op u"


def test_nobody_waits_longer_than_the_pause_while_more_comes_in(desk: Desk) -> None:
    burst(desk, 1, 120)
    for _ in range(3):
        desk.round(minutes=10)
    left = {mail["Message-ID"]: at for at, to, mail in desk.left if to == CONTACT}
    with desk.tenant.store.unit() as unit:
        for number in range(1, 121):
            [call] = [one for one in unit.letters_of(f"AVG-2026-{number:04}") if one.template == "new_case"]
            one = unit.letter(call.why.removeprefix(TOLD_IN)) or call
            assert call.created_at
            assert (left[one.message_id] - call.created_at).total_seconds() <= 40 * 60
    assert len(left) < 20


def test_after_a_quiet_hour_the_next_request_is_told_at_once_again(desk: Desk) -> None:
    burst(desk, 1, 6)
    desk.round(minutes=30)
    desk.forget_mails()
    desk.round(a_request(7), hours=2)
    assert "[AVG-2026-0007] Nieuw verzoek" in str(desk.mails_to(CONTACT)[0]["Subject"])


def test_a_judgement_is_gathered_with_new_requests(desk: Desk) -> None:
    desk.round(*(a_request(number, ACCESS if number % 2 else UNCLEAR) for number in range(1, 7)))
    [mail] = desk.mails_to(CONTACT)
    assert str(mail["Subject"]) == f"{MANY}, 6 dossiers wachten op u, 3 op uw oordeel"
    assert "Goed begrepen (geen verzoek)? AKKOORD AVG-2026-0002" in text_of(mail)
    assert "AKKOORD AVG-2026-0001" not in text_of(mail)


def test_each_person_gets_his_own_mail(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        unit.put_note("contact_away", MONDAY.isoformat())
    desk.round(*map(a_request, range(1, 6)))
    assert len(gathered(desk)) == len(gathered(desk, DEPUTY)) == 1


# --- what must not wait --------------------------------------------------------------------------


def test_a_breach_within_a_burst_is_told_at_once_and_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    burst(desk, 1, 5)
    monkeypatch.setattr(Sorter, "classify", lambda *_, **__: Verdict((Kind.BREACH_REPORT,), 0.99, "auto"))
    desk.round(a_request(6))
    assert str(desk.mails_to(CONTACT)[-1]["Subject"]).startswith("[AVG-2026-0006] Mogelijk datalek")
    assert gathered(desk) == []


@pytest.mark.parametrize("signal", ["authority_demand", "deadline_threat"])
def test_a_threat_within_a_burst_is_told_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch, signal: str) -> None:
    burst(desk, 1, 5)
    verdict = Verdict((Kind.ACCESS,), 0.99, "auto", signals=(signal,))
    monkeypatch.setattr(Sorter, "classify", lambda *_, **__: verdict)
    desk.round(a_request(6))
    assert str(desk.mails_to(CONTACT)[-1]["Subject"]).startswith("[AVG-2026-0006]")


def test_who_writes_many_times_at_once_calls_nobody_as_often(desk: Desk) -> None:
    """Else whoever has a case fills a colleague's mailbox, and uses up what the way out lets through in a day."""
    desk.round(a_request(1))
    desk.forget_mails()
    ours = case_of(desk).thread[-1]
    replies = [
        a_raw_mail(f"nog iets: {n}", "p1@klant.test", f"vervolg {n}", 100 + n, In_Reply_To=ours) for n in range(9)
    ]
    desk.round(*replies)
    [mail] = desk.mails_to(CONTACT)
    assert "Er zijn 9 berichten bij dit dossier gekomen, het laatste op" in " ".join(text_of(mail).split())
    told = [letter for letter in staff_letters(desk, "AVG-2026-0001") if letter.template == "reply_received"]
    assert {letter.state for letter in told} == {LetterState.SENT}
    assert (len(told), len(case_of(desk).mails)) == (9, 10)


def test_a_case_that_is_due_within_two_days_does_not_wait(desk: Desk) -> None:
    burst(desk, 1, 4)
    acting.act(desk.tenant, "AVG-2026-0004", events.ReceiptCorrected("els", local(2026, 2, 3), "x"), desk.clock())
    desk.round(a_request(5), minutes=1)
    assert "[AVG-2026-0004] Nieuw verzoek" in " ".join(str(mail["Subject"]) for mail in desk.mails_to(CONTACT))


# --- nothing lost, nothing twice -----------------------------------------------------------------


def test_each_history_tells_when_a_person_was_called_and_by_what(desk: Desk) -> None:
    desk.round(*map(a_request, range(1, 6)))
    for number in range(1, 6):
        ref = f"AVG-2026-{number:04}"
        [call] = staff_letters(desk, ref)
        assert (call.state, call.template, call.settled_at, call.answer) == (
            LetterState.SENT,
            "new_case",
            desk.clock(),
            "250 ok",
        )
        assert "sent: new_case" in case_of(desk, ref).remarks


def test_the_one_mail_keeps_no_words_once_it_left(desk: Desk) -> None:
    desk.round(*map(a_request, range(1, 6)))
    [one] = [letter for letter in desk.letters() if letter.template == gathering.TEMPLATE]
    assert one.text.split() == [f"AVG-2026-{number:04}" for number in range(1, 6)]
    assert (one.html, one.enclosed, one.state) == ("", (), LetterState.SENT)


def test_a_mail_that_is_refused_leaves_each_case_untold_and_climbs(desk: Desk) -> None:
    desk.refused.add(CONTACT)
    desk.round(*map(a_request, range(1, 6)))
    assert {letter.state for letter in staff_letters(desk, "AVG-2026-0003")} == {LetterState.FAILED}
    desk.round(minutes=30)
    assert any("AVG-2026-0003" in text_of(mail) for mail in desk.mails_to(DEPUTY))


def test_a_server_that_is_down_loses_nothing(desk: Desk) -> None:
    desk.down = True
    desk.round(*map(a_request, range(1, 6)))
    desk.down = False
    desk.round(hours=1)
    [mail] = desk.mails_to(CONTACT)
    assert MANY in str(mail["Subject"])


class Stopped(MailbotError):
    """The program came to an end here."""


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Stops the program instead of the n-th transaction from now; n stands in the list."""
    left, open_unit = [-1], TinyStore.unit

    def unit(self: TinyStore, *args: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            raise Stopped("stopped")
        return open_unit(self, *args)

    monkeypatch.setattr(TinyStore, "unit", unit)
    yield left
    left[0] = -1


@pytest.mark.parametrize("step", range(1, 30, 3))
def test_a_stop_between_any_two_transactions_tells_each_case_once(desk: Desk, counted: list[int], step: int) -> None:
    desk.round(*map(a_request, range(1, 4)))
    desk._coming = [a_request(number) for number in range(4, 9)]
    counted[0] = step
    desk.down = True  # a round may end in trouble
    desk.round()
    desk.down, counted[0] = False, -1
    for _ in range(3):
        desk.round(minutes=31)
    told = " ".join(f"{mail['Subject']} {text_of(mail)}" for mail in desk.mails_to(CONTACT))
    for number in range(1, 9):
        [call] = [one for one in staff_letters(desk, f"AVG-2026-{number:04}") if one.template == "new_case"]
        assert call.state is LetterState.SENT
        assert f"AVG-2026-{number:04}" in told
    heads = [str(mail["Subject"]) for mail in desk.mails_to(CONTACT)]
    assert len(heads) == len(set(heads))
    assert desk.faults() == []


def test_a_case_that_was_closed_while_it_waited_is_not_told(desk: Desk) -> None:
    burst(desk, 1, 5)
    acting.act(desk.tenant, "AVG-2026-0004", events.Closed("els", Outcome.WITHDRAWN, "taken back"), desk.clock())
    desk.round(minutes=30)
    assert all("AVG-2026-0004" not in text_of(mail) for mail in desk.mails_to(CONTACT))
    [call] = [one for one in staff_letters(desk, "AVG-2026-0004") if one.template == "new_case"]
    assert (call.state, call.why) == (LetterState.DROPPED, NOT_TOLD)


def test_a_mail_that_cannot_be_made_costs_nobody_his_call(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(gathering, "gathered", broken)
    desk.round(*map(a_request, range(1, 6)))
    assert len([mail for mail in desk.mails_to(CONTACT) if "Nieuw verzoek" in str(mail["Subject"])]) == 5


def test_of_a_forgotten_person_an_unsure_mail_about_many_keeps_no_words(desk: Desk) -> None:
    desk.round(*map(a_request, range(1, 6)))
    with desk.tenant.store.unit() as unit:
        [one] = [letter for letter in unit.letters(LetterState.SENT) if letter.template == gathering.TEMPLATE]
        unit.put_letter(replace(one, state=LetterState.UNSURE, text="p1@klant.test", html="p1@klant.test"))
    acting.act(desk.tenant, "AVG-2026-0001", events.Closed("els", Outcome.WITHDRAWN, "taken back"), desk.clock())
    assert forgetting.forget_due(desk.tenant, desk.clock.move(days=900)) == ["AVG-2026-0001"]
    [left] = [letter for letter in desk.letters() if letter.template == gathering.TEMPLATE]
    assert "klant.test" not in f"{left.text}{left.html}"


# --- what can be answered ------------------------------------------------------------------------


def test_words_about_single_cases_of_the_one_mail_are_carried_out(desk: Desk) -> None:
    desk.round(*(a_request(number, UNCLEAR) for number in range(1, 6)))
    [mail] = gathered(desk)
    said = "SOORT AVG-2026-0002 inzage\nGEEN VERZOEK AVG-2026-0003, AVG-2026-0005"
    desk.round(reply(mail, said), minutes=5)
    assert case_of(desk, "AVG-2026-0002").kinds == (Kind.ACCESS,)
    assert [case_of(desk, f"AVG-2026-{n:04}").status for n in (1, 3, 4, 5)] == [
        Status.TRIAGE,
        Status.CLOSED,
        Status.TRIAGE,
        Status.CLOSED,
    ]


def test_a_word_without_a_number_is_refused_and_said_so(desk: Desk) -> None:
    desk.round(*(a_request(number, UNCLEAR) for number in range(1, 6)))
    desk.round(reply(gathered(desk)[0], "GEEN VERZOEK"), minutes=5)
    assert "meer dan één dossier" in text_of(desk.mails_to(CONTACT)[-1])
    assert {case_of(desk, f"AVG-2026-{n:04}").status for n in range(1, 6)} == {Status.TRIAGE}


def test_seen_with_a_number_acknowledges_that_case_only(desk: Desk) -> None:
    desk.round(*map(a_request, range(1, 6)))
    desk.round(reply(gathered(desk)[0], "GEZIEN AVG-2026-0002 AVG-2026-0004"), minutes=5)
    seen = [n for n in range(1, 6) if "seen:new" in case_of(desk, f"AVG-2026-{n:04}").alerted]
    assert seen == [2, 4]


def test_seen_and_another_word_in_one_answer_both_count(desk: Desk) -> None:
    desk.round(*map(a_request, range(1, 6)))
    desk.round(reply(gathered(desk)[0], "GEZIEN AVG-2026-0002\nNOTITIE AVG-2026-0001 morgen bellen"), minutes=5)
    assert "seen:new" in case_of(desk, "AVG-2026-0002").alerted
    assert any("morgen bellen" in remark for remark in case_of(desk, "AVG-2026-0001").remarks)


def test_a_letter_of_one_case_is_let_go_and_held_again_by_its_number(desk: Desk) -> None:
    desk.change(mode="hold")
    desk.round(*(a_request(number, ERASURE if number == 3 else ACCESS) for number in range(1, 6)))
    [mail] = gathered(desk)
    assert text_of(mail).count("Deze brief wacht in") == 2, "letters that say the same are shown once"
    desk.round(reply(mail, "AKKOORD AVG-2026-0002\nSTOP AVG-2026-0003"), minutes=5)
    states = [desk_letter(desk, f"AVG-2026-{n:04}:ack").state for n in (1, 2, 3)]
    assert states == [LetterState.HELD, LetterState.QUEUED, LetterState.DROPPED]
    done = desk.mails_to(CONTACT)[-1]
    assert str(done["Subject"]) == "Kaviaarshop: gedaan in 2 dossiers"
    desk.round(reply(done, "TERUG AVG-2026-0002"), minutes=1)
    assert desk_letter(desk, "AVG-2026-0002:ack").state is LetterState.HELD
    assert desk_letter(desk, "AVG-2026-0003:ack").state is LetterState.DROPPED


def test_one_line_lets_every_letter_of_the_mail_go(desk: Desk) -> None:
    desk.change(mode="hold")
    desk.round(*map(a_request, range(1, 6)))
    [mail] = gathered(desk)
    line = next(line.strip() for line in text_of(mail).splitlines() if line.startswith("  AKKOORD"))
    desk.round(reply(mail, line), minutes=5)
    told = [str(mail["Subject"]) for mail in desk.mails_to(CONTACT) if "edaan" in str(mail["Subject"])]
    assert told == ["Kaviaarshop: gedaan in 5 dossiers"]
    desk.round(minutes=15)
    assert {desk_letter(desk, f"AVG-2026-{n:04}:ack").state for n in range(1, 6)} == {LetterState.SENT}


def desk_letter(desk: Desk, token: str) -> Letter:
    with desk.tenant.store.unit() as unit:
        found = unit.letter(token)
    assert found
    return found


def test_what_was_said_in_one_case_is_confirmed_as_before(desk: Desk) -> None:
    desk.round(*(a_request(number, UNCLEAR) for number in range(1, 6)))
    desk.round(reply(gathered(desk)[0], "SOORT AVG-2026-0002 inzage"), minutes=5)
    assert str(desk.mails_to(CONTACT)[-1]["Subject"]).startswith("[AVG-2026-0002] Gedaan: SOORT")


def test_a_letter_that_waits_comes_in_the_mail_that_tells_of_its_case_and_a_word_lets_it_go(desk: Desk) -> None:
    desk.change(mode="hold")
    desk.round(a_request(1))
    [mail] = desk.mails_to(CONTACT)
    held = desk_letter(desk, "AVG-2026-0001:ack")
    assert str(mail["Subject"]).endswith(". Een brief wacht op u")
    assert " ".join(held.text.split()) in " ".join(text_of(mail).split())
    assert {letter.state for letter in staff_letters(desk, "AVG-2026-0001")} == {LetterState.SENT}
    assert {"sent: new_case", "sent: letter_held"} <= set(case_of(desk, "AVG-2026-0001").remarks)
    desk.round(reply(mail, "GEZIEN"), minutes=5)
    assert "seen:new" in case_of(desk, "AVG-2026-0001").alerted
    desk.round(reply(mail, "AKKOORD"), minutes=5)
    desk.round(minutes=15)
    assert desk_letter(desk, "AVG-2026-0001:ack").state is LetterState.SENT
    assert desk.faults() == []


# --- dates in people's calendars -----------------------------------------------------------------


def test_many_dates_that_change_at_once_are_one_mail_with_an_entry_for_each(desk: Desk) -> None:
    desk.change(calendar=True)
    desk.round(*(a_request(number, UNCLEAR) for number in range(1, 6)))
    [mail] = gathered(desk)
    assert sum(part.get_content_type() == "text/calendar" for part in mail.walk()) == 5
    desk.round(reply(mail, "GEEN VERZOEK AVG-2026-0001 AVG-2026-0002 AVG-2026-0003"), minutes=5)
    [dates] = [one for one in desk.mails_to(CONTACT) if "afspra" in text_of(one) and one is not mail]
    assert str(dates["Subject"]) == "Kaviaarshop: 3 afspraken veranderen"
    assert sum(part.get_content_type() == "text/calendar" for part in dates.walk()) == 3


def test_one_date_that_changes_is_a_mail_of_its_own_and_takes_no_place_of_a_request(desk: Desk) -> None:
    desk.change(calendar=True)
    burst(desk, 1, 2, UNCLEAR)
    for number in (1, 2):
        acting.act(desk.tenant, f"AVG-2026-{number:04}", events.Corrected("els", (Kind.NOT_A_REQUEST,)), desk.clock())
        desk.round(minutes=1)
    desk.round(a_request(3))
    subjects = [str(mail["Subject"]) for mail in desk.mails_to(CONTACT)]
    assert [one[:16] for one in subjects if "Dossier gesloten" in one] == ["[AVG-2026-0001] ", "[AVG-2026-0002] "]
    assert subjects[-1].startswith("[AVG-2026-0003] Nieuw verzoek")


def test_what_must_stop_today_is_told_whole_in_the_mail_about_many(desk: Desk) -> None:
    desk.round(*(a_request(number, MARKETING) for number in range(1, 6)))
    [mail] = gathered(desk)
    assert "Geen reclame meer voor: p3@klant.test" in text_of(mail)
    desk.round(reply(mail, "GESTOPT AVG-2026-0003"), minutes=5)
    assert case_of(desk, "AVG-2026-0003").stopped_at
    assert not case_of(desk, "AVG-2026-0004").stopped_at
