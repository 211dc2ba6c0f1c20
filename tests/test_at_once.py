"""At once: advertising ends, contested data freeze, withdrawn consent is marked; people confirm that it stopped."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk, local, text_of
from rich.console import Console

from company import ACCESS, CONTACT, DEPUTY, KNOWN, MARKETING, ORDER, UNCLEAR, Sorter, a_raw_mail
from mailbot import actions as do
from mailbot import events
from mailbot.accounts import SuppressionHook
from mailbot.acts import acting
from mailbot.cli.letters import _suppressed
from mailbot.cli.sheet import case_sheet
from mailbot.decide import decide
from mailbot.errors import Refused
from mailbot.model import Case, Kind, LetterState, Outcome, Processor, Suppression, Verdict
from mailbot.store import suppressions

MONDAY = local(2026, 3, 2, 10)
REF = "AVG-2026-0001"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, MONDAY, calendar=False)


def means(monkeypatch: pytest.MonkeyPatch, *kinds: Kind, act: str = "auto") -> None:
    verdict = Verdict(kinds, 0.99, act)
    monkeypatch.setattr(Sorter, "classify", lambda *_, **__: verdict)


def suppressed(desk: Desk) -> list[Suppression]:
    with desk.tenant.store.unit() as unit:
        return unit.suppressions()


def listed(desk: Desk) -> set[tuple[str, str]]:
    return {(one.address, one.channel) for one in suppressed(desk)}


def staff(desk: Desk, event: events.StaffActed) -> None:
    acting.act(desk.tenant, REF, event, desk.clock())
    desk.round(hours=1)


def case_of(desk: Desk) -> Case:
    return desk.cases()[0]


# --- the list ------------------------------------------------------------------------------------


def test_an_objection_to_marketing_is_on_the_list_in_the_minute_it_came_in(desk: Desk) -> None:
    saturday = local(2026, 3, 7, 21)
    desk.round(a_raw_mail(MARKETING), at=saturday)
    [entry] = suppressed(desk)
    assert (entry.address, entry.channel, entry.since, entry.source) == (KNOWN, "all", saturday, REF)


def test_the_address_that_wrote_and_the_one_named_are_both_on_the_list(desk: Desk) -> None:
    desk.round(a_raw_mail(f"{MARKETING} Het gaat ook om oud.adres@klant.test."))
    assert listed(desk) == {(KNOWN, "all"), ("oud.adres@klant.test", "all")}


def test_a_mail_that_cannot_be_read_is_on_no_list_by_a_guess_at_its_subject(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, Kind.DIRECT_MARKETING, act="triage")
    desk.round(a_raw_mail("", subject="brief"))
    assert (listed(desk), case_of(desk).needs) == (set(), ("unreadable",))
    staff(desk, events.Corrected("kim", (Kind.DIRECT_MARKETING,)))
    assert listed(desk) == {(KNOWN, "all")}
    assert "unreadable" not in case_of(desk).needs


def test_a_mail_without_text_whose_subject_wants_no_advertising_is_on_the_list(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, Kind.DIRECT_MARKETING, act="triage")
    desk.round(a_raw_mail("", subject="uitschrijven nieuwsbrief"))
    assert listed(desk) == {(KNOWN, "mail")}


def test_only_the_channels_that_were_named_end(desk: Desk) -> None:
    desk.round(a_raw_mail("Bel mij niet meer: geen reclame per telefoon op 06-12345678."))
    assert listed(desk) == {(KNOWN, "phone"), ("+31612345678", "phone")}


def test_a_withdrawn_consent_for_the_newsletter_is_on_the_list_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    means(monkeypatch, Kind.CONSENT_WITHDRAWAL)
    desk.round(a_raw_mail("Ik trek mijn toestemming voor de nieuwsbrief in."))
    assert listed(desk) == {(KNOWN, "mail")}
    assert case_of(desk).consent_withdrawn_at is None


def test_a_mail_for_triage_that_names_marketing_is_on_the_list_and_a_person_can_take_it_off(desk: Desk) -> None:
    desk.round(a_raw_mail(f"{UNCLEAR} Haal mij van de mailinglijst."))
    assert listed(desk) == {(KNOWN, "mail")}
    assert "marketing_unsure" in case_of(desk).needs
    staff(desk, events.SuppressionLifted("els", "het ging om een bestelling"))
    assert listed(desk) == set()
    assert case_of(desk).needs == ("unsure",)


def test_an_unsubscribe_button_s_empty_mail_puts_who_sent_it_on_the_list_and_a_person_looks(desk: Desk) -> None:
    desk.round(a_raw_mail("", subject="unsubscribe"))
    assert listed(desk) == {(KNOWN, "all")}
    assert {"unreadable", "stop_marketing"} <= set(case_of(desk).needs)


def test_mail_about_an_order_puts_nobody_on_the_list(desk: Desk) -> None:
    desk.round(a_raw_mail(ORDER))
    assert listed(desk) == set()


def test_letters_about_the_case_still_reach_who_is_on_the_list(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    staff(desk, events.StopConfirmed("els"))
    staff(desk, events.Answered("els", "Het is gestopt.", Outcome.GRANTED))
    assert len(desk.mails_to(KNOWN)) == 2


def test_taking_back_one_case_leaves_what_another_asked(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    desk.round(a_raw_mail("Ik wil geen reclame per telefoon meer.", sender="ander@klant.test", number=2))
    staff(desk, events.SuppressionLifted("els", "vergissing"))
    assert listed(desk) == {("ander@klant.test", "phone")}


def test_taking_back_one_case_leaves_what_the_same_person_asked_in_another(desk: Desk) -> None:
    desk.round(a_raw_mail(f"{UNCLEAR} Haal mij van de mailinglijst."))
    desk.round(a_raw_mail("Stop met de nieuwsbrief per mail, geen reclame daar.", number=2))
    assert [case.suppressed for case in desk.cases()] == [(KNOWN,), (KNOWN,)]
    staff(desk, events.SuppressionLifted("els", "het ging om een bestelling"))
    assert [(one.address, one.source) for one in suppressed(desk)] == [(KNOWN, "AVG-2026-0002")]
    acting.act(desk.tenant, "AVG-2026-0002", events.SuppressionLifted("els", "vergissing"), desk.clock())
    assert listed(desk) == set()


def test_who_asks_again_also_ends_the_channels_that_he_names_then(desk: Desk) -> None:
    desk.round(a_raw_mail("Stop met de nieuwsbrief per mail, geen reclame daar."))
    staff(desk, events.StopConfirmed("els", "afgemeld"))
    desk.round(a_raw_mail("En ook geen reclame per post meer.", number=2, In_Reply_To="<1@klant.test>"))
    assert listed(desk) == {(KNOWN, "mail"), (KNOWN, "post")}
    assert "stop_marketing" in case_of(desk).needs, "people hear that something has to stop once more"


def test_who_only_says_thanks_asks_nothing_again(desk: Desk) -> None:
    desk.round(a_raw_mail("Stop met de nieuwsbrief per mail, geen reclame daar."))
    staff(desk, events.StopConfirmed("els", "afgemeld"))
    desk.round(a_raw_mail("Fijn, bedankt.", number=2, In_Reply_To="<1@klant.test>"))
    assert listed(desk) == {(KNOWN, "mail")}
    assert "stop_marketing" not in case_of(desk).needs


def test_how_it_stopped_and_why_it_did_not_after_all_stay_on_record(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    stopped = decide(
        case_of(desk), events.StopConfirmed("els", "afgemeld in Mailchimp"), desk.tenant.policy, desk.clock()
    )
    lifted = decide(
        case_of(desk), events.SuppressionLifted("els", "het was een broer"), desk.tenant.policy, desk.clock()
    )
    assert do.Remark("stopped: afgemeld in Mailchimp") in stopped
    assert do.Remark("marketing not stopped after all: het was een broer") in lifted


@pytest.mark.parametrize(
    ("undo", "said"),
    [(False, "the company's program was told: mail"), (True, "the company's program was told: mail, to go on")],
)
def test_what_the_company_s_program_was_told_stays_on_record(desk: Desk, undo: bool, said: str) -> None:
    desk.round(a_raw_mail(MARKETING))
    told = decide(case_of(desk), events.ProgramEnded("mail", True, undo=undo), desk.tenant.policy, desk.clock())
    assert do.Remark(said) in told


def test_taking_it_back_needs_a_reason(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    with pytest.raises(Refused, match="why"):
        acting.act(desk.tenant, REF, events.SuppressionLifted("els", " "), desk.clock())


# --- other withdrawals, objection, restriction ---------------------------------------------------


def test_another_withdrawal_marks_the_data_and_calls_people_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, Kind.CONSENT_WITHDRAWAL)
    saturday = local(2026, 3, 7, 21)
    desk.round(a_raw_mail("Ik trek mijn toestemming voor de foto's in."), at=saturday)
    assert case_of(desk).consent_withdrawn_at == saturday
    assert listed(desk) == set()
    [mail] = desk.mails_to(CONTACT)
    assert "mailbot stopped" in text_of(mail)


@pytest.mark.parametrize("kind", [Kind.OBJECTION, Kind.RESTRICTION])
def test_contested_data_freeze_on_receipt_and_staff_hears_in_which_systems(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    means(monkeypatch, kind)
    desk.change(processors=(Processor("Mailchimp", "mail"), Processor("e-Boekhouden", "boeken")))
    desk.round(a_raw_mail("Gebruik mijn gegevens niet meer."), at=local(2026, 3, 7, 21))
    assert case_of(desk).restricted_since == local(2026, 3, 7, 21)
    [mail] = desk.mails_to(CONTACT)
    assert [line for line in text_of(mail).splitlines() if line[2:5] in ("Mai", "e-B")] == [
        "- Mailchimp",
        "- e-Boekhouden",
    ]


# --- nobody says "stopped" before somebody knows --------------------------------------------------


def test_no_letter_says_stopped_before_somebody_confirmed_it(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    assert "krijgt u geen reclame meer" not in text_of(desk.mails_to(KNOWN)[0])
    assert "doorgegeven" in text_of(desk.mails_to(KNOWN)[0])


def test_what_is_not_confirmed_is_called_for_every_day_and_from_the_second_to_the_deputy(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    desk.forget_mails()
    for day in range(3, 9):  # Tuesday to Sunday
        desk.round(at=local(2026, 3, day, 9))
    assert len(desk.mails_to(CONTACT)) == 6
    assert len(desk.mails_to(DEPUTY)) == 5


def test_once_confirmed_it_is_quiet_and_the_day_is_met(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    staff(desk, events.StopConfirmed("els", "in Mailchimp en in de winkel"))
    desk.forget_mails()
    desk.round(at=local(2026, 3, 4, 9))
    deadline = case_of(desk).deadline("stop_by")
    assert desk.mails_to(CONTACT) == []
    assert deadline is not None
    assert deadline.met_at == MONDAY


def test_an_answer_does_not_say_that_it_stopped(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    staff(desk, events.Answered("els", "Wij doen ons best.", Outcome.ANSWERED))
    assert case_of(desk).needs == ("stop_marketing",)
    with pytest.raises(Refused, match="stopped everywhere"):
        staff(desk, events.Closed("els", Outcome.ANSWERED, "klaar"))


def test_a_case_in_which_nothing_had_to_stop_cannot_be_confirmed(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    with pytest.raises(Refused, match="Nothing has to stop"):
        staff(desk, events.StopConfirmed("els"))


# --- the company's own program -------------------------------------------------------------------


def with_program(desk: Desk, code: str, seconds: float = 20.0, undo: str = "") -> Path:
    """A program that may write to a file beside it; `code` is Python."""
    seen = desk.tenant.folder / "told.txt"
    desk.tenant.folder.mkdir(parents=True, exist_ok=True)
    start = f"import os, sys, time; address = sys.stdin.read(); out = open({str(seen)!r}, 'a')\n"

    def command(body: str) -> tuple[str, ...]:
        return (sys.executable, "-c", start + body) if body else ()

    policy = replace(desk.tenant.policy, stops_by_program=True)
    program = SuppressionHook(command(code), command(undo), seconds)
    desk.tenant.company = replace(desk.tenant.company, policy=policy, suppression_hook=program)
    return seen


TOLD = "out.write(address.strip() + ' ' + os.environ['MAILBOT_CHANNEL'] + '\\n')"


def test_the_program_hears_the_address_on_its_input_and_that_confirms_the_stop(desk: Desk) -> None:
    seen = with_program(desk, TOLD)
    desk.round(a_raw_mail(MARKETING))
    assert seen.read_text() == f"{KNOWN} all\n"
    assert case_of(desk).stopped_at == MONDAY
    assert "stop_marketing" not in case_of(desk).needs


def test_the_program_hears_each_address_once(desk: Desk) -> None:
    seen = with_program(desk, TOLD)
    desk.round(a_raw_mail(f"{MARKETING} Ook oud@klant.test"))
    for _ in range(3):
        desk.round(hours=2)
    assert sorted(seen.read_text().splitlines()) == sorted([f"{KNOWN} all", "oud@klant.test all"])


def test_a_failure_is_a_step_for_a_person_and_is_tried_again(desk: Desk) -> None:
    seen = with_program(desk, f"{TOLD}\nsys.exit(3)")
    desk.round(a_raw_mail(MARKETING))
    assert "program_failed" in case_of(desk).needs
    assert any("deed het niet" in text_of(mail) for mail in desk.mails_to(CONTACT))
    with_program(desk, TOLD)
    desk.round(minutes=6)
    assert len(seen.read_text().splitlines()) == 2
    assert (case_of(desk).needs, case_of(desk).stopped_at is None) == ((), False)


def test_a_failure_is_told_once_and_given_up_after_a_while(desk: Desk) -> None:
    seen = with_program(desk, f"{TOLD}\nsys.exit(3)")
    desk.round(a_raw_mail(MARKETING))
    for _ in range(60):
        desk.round(hours=3)
    assert len(seen.read_text().splitlines()) == 5
    assert len([mail for mail in desk.mails_to(CONTACT) if "oordeel" in str(mail["Subject"])]) == 1


def test_a_program_that_hangs_is_ended_with_all_that_it_started(desk: Desk) -> None:
    child = (
        "import subprocess; p = subprocess.Popen(['sleep', '60']); out.write(str(p.pid)); out.close(); time.sleep(60)"
    )
    seen = with_program(desk, child, seconds=1.5)
    desk.round(a_raw_mail(MARKETING))
    assert "program_failed" in case_of(desk).needs
    state = Path(f"/proc/{seen.read_text()}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


def test_a_program_that_is_not_there_is_a_step_for_a_person(desk: Desk) -> None:
    with_program(desk, TOLD)
    nowhere = SuppressionHook(("/nowhere/afmelden",))
    desk.tenant.company = replace(desk.tenant.company, suppression_hook=nowhere)
    desk.round(a_raw_mail(MARKETING))
    assert any("cannot be started" in remark for remark in case_of(desk).remarks)


def test_a_run_that_was_cut_off_goes_to_a_person_and_is_not_lost(desk: Desk) -> None:
    seen = with_program(desk, TOLD)
    desk.down = False
    desk.round(a_raw_mail(ACCESS))
    with desk.tenant.store.unit() as unit:
        suppressions.queue_run(unit, REF, "x@klant.test", "mail", desk.clock())
        [run] = suppressions.runs_due(unit, desk.clock())
        suppressions.put_run(unit, replace(run, state="running", next_try=None, attempts=1))
    desk.round(minutes=1)
    assert "program_failed" in case_of(desk).needs
    desk.round(minutes=10)
    assert seen.read_text() == "x@klant.test mail\n"


def test_no_secret_and_no_address_is_in_the_environment_or_the_arguments(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAVIAARSHOP_IMAP", "geheim")
    seen = with_program(desk, "out.write(repr(dict(os.environ)) + repr(sys.argv))")
    desk.round(a_raw_mail(MARKETING))
    assert "geheim" not in seen.read_text()
    assert KNOWN not in seen.read_text()
    assert "PATH" in os.environ


def test_what_is_taken_back_is_told_to_the_program_that_puts_addresses_back(desk: Desk) -> None:
    seen = with_program(desk, TOLD, undo=TOLD.replace("address.strip()", "'terug ' + address.strip()"))
    desk.round(a_raw_mail(MARKETING))
    staff(desk, events.SuppressionLifted("els", "vergissing"))
    assert seen.read_text() == f"{KNOWN} all\nterug {KNOWN} all\n"


def test_without_a_way_back_a_person_puts_the_address_back(desk: Desk) -> None:
    with_program(desk, TOLD)
    desk.round(a_raw_mail(MARKETING))
    staff(desk, events.SuppressionLifted("els", "vergissing"))
    assert "program_failed" in case_of(desk).needs


def test_an_observing_company_still_takes_people_off_its_lists(desk: Desk) -> None:
    desk.change(mode="observe")
    seen = with_program(desk, TOLD)
    desk.round(a_raw_mail(MARKETING))
    assert seen.read_text() == f"{KNOWN} all\n"
    assert desk.letters(LetterState.SENT, LetterState.QUEUED) != []
    assert desk.mails_to(KNOWN) == []


# --- other programs read the list ----------------------------------------------------------------


def test_the_list_has_a_line_for_each_channel_so_that_a_program_looks_for_one_word(desk: Desk) -> None:
    desk.round(a_raw_mail(MARKETING))
    desk.round(a_raw_mail("Ik wil geen reclame per post meer.", sender="post@klant.test", number=2))
    with desk.tenant.store.unit() as unit:
        everything, by_mail = list(_suppressed("kaviaarshop", unit, None)), list(_suppressed("x", unit, "mail"))
    assert {(row["address"], row["channel"]) for row in everything} == {
        *((KNOWN, channel) for channel in ("mail", "post", "phone", "sms")),
        ("post@klant.test", "post"),
    }
    assert [row["address"] for row in by_mail] == [KNOWN]


def test_a_person_sees_in_the_case_what_stopped_and_whether_that_was_confirmed(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.round(a_raw_mail(MARKETING))
    staff(desk, events.StopConfirmed("els"))
    Console(width=200).print(case_sheet(desk.tenant, case_of(desk), [], []))
    shown = capsys.readouterr().out
    assert f"reclame    niet meer naar {KNOWN}" in shown
    assert "gestopt    bevestigd ma 02-03-2026 10:00" in shown
