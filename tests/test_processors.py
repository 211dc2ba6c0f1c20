"""Processors: each gets its own mail, its answer is known again and read, silence is chased in working days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, act, case_of

from builders import a_case
from company import ACCESS, CONTACT, ERASURE, KNOWN, START, a_raw_mail
from mailbot import events
from mailbot.errors import Refused
from mailbot.model import (
    Case,
    Kind,
    LetterState,
    Outcome,
    Processor,
    ProcessorRequest,
    ProcessorState,
    RetainedDocument,
    StepEnding,
    subject_on_file,
)
from mailbot.plan import StepState, plan_of

MAIL = "privacy@mollie.example"
MOLLIE = Processor("Mollie", "Betalingen", "betaalgegevens", contact=MAIL, language="en")
BOOKS = Processor("E-boekhouden", "Boekhouding", "facturen", contact="avg@boeken.example")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, processors=(MOLLIE, BOOKS), mode="hold")


def erasing(desk: Desk) -> Case:
    """A case in which the processors can be told to erase."""
    desk.round(a_raw_mail(ERASURE))
    act(desk, events.IdentityConfirmed("els", "antwoordde vanaf het bekende adres"))
    act(desk, events.ItemDecided("els", Kind.ERASURE, Outcome.GRANTED))
    return act(desk, events.StepSettled("els", "keep", StepEnding.DONE, "geen facturen"))


def told(desk: Desk, **changes: Any) -> Case:
    """A case whose processors were told, on Monday 2 March at nine."""
    erasing(desk)
    act(desk, events.PartiesTold("els", **changes))
    desk.round()
    return case_of(desk)


def asked(desk: Desk) -> ProcessorRequest:
    found = case_of(desk).work.asked_about("erase:mollie")
    assert found
    return found


def answer(desk: Desk, text: str, sender: str = MAIL, number: int = 50, **headers: str) -> bytes:
    """An answer to the newest mail that Mollie got."""
    mail = desk.mails_to(MAIL)[-1]
    given = {"In_Reply_To": mail["Message-ID"], "References": mail["Message-ID"]} | headers
    return a_raw_mail(text, sender, f"Re: {mail['Subject']}", number, **given)


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


# --- telling ---------------------------------------------------------------------------------------


def test_each_processor_gets_its_own_mail_in_its_own_language(desk: Desk) -> None:
    told(desk)
    english, dutch = desk.mails_to(MAIL)[0], desk.mails_to("avg@boeken.example")[0]
    assert "Please erase all data about this person" in body(english)
    assert "Verwijder alle gegevens van deze persoon" in body(dutch)


def test_two_processors_of_one_group_at_one_address_are_each_told_of_their_own_data(tmp_path: Path) -> None:
    one = Processor("Facebook", "Reclame", "doelgroepen voor advertenties", "privacy@meta.example")
    other = replace(one, name="WhatsApp", holds="gesprekken met klanten")
    desk = Desk(tmp_path, processors=(replace(one, name="Instagram", status="gestopt"), one, other))
    told(desk)
    mails = [body(mail) for mail in desk.mails_to("privacy@meta.example")]
    assert ["advertenties" in mail for mail in mails] == [True, False]
    assert ["gesprekken met klanten" in mail for mail in mails] == [False, True]


def test_who_erases_is_told_which_documents_must_stay(desk: Desk) -> None:
    desk.round(a_raw_mail(ERASURE))
    act(desk, events.IdentityConfirmed("els", "antwoordde vanaf het bekende adres"))
    invoice = RetainedDocument("F2026-117", "factuur", date(2026, 1, 5), date(2033, 12, 31), "artikel 52 AWR", "els")
    act(desk, events.DocumentsKept("els", (invoice,)))
    act(desk, events.ItemDecided("els", Kind.ERASURE, Outcome.PARTLY))
    act(desk, events.PartiesTold("els"))
    desk.round()
    assert "- factuur F2026-117, tot en met zaterdag 31 december 2033" in body(desk.mails_to("avg@boeken.example")[0])
    assert "- F2026-117, up to and including 31 December 2033" in body(desk.mails_to(MAIL)[0])


def test_a_copy_for_another_company_is_asked_by_its_own_article(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.Corrected("els", (Kind.PORTABILITY,)))
    act(desk, events.PartiesTold("els"))
    desk.round()
    assert "(artikel 20 AVG)" in body(desk.mails_to("avg@boeken.example")[0])


def test_the_mail_names_the_person_by_the_address_on_file_and_never_in_the_subject(desk: Desk) -> None:
    told(desk)
    mail = desk.mails_to(MAIL)[0]
    assert KNOWN in body(mail)
    assert KNOWN not in mail["Subject"]
    assert [to for _, to, _ in desk.left].count(MAIL) == 1
    assert mail["Cc"] is None


def erasing_for_a_child(desk: Desk) -> None:
    """A customer asks, from his own address on file, to erase what there is of his child."""
    desk.round(a_raw_mail(ERASURE))
    act(desk, events.Corrected("els", (Kind.MINOR, Kind.ERASURE)))


def decided(desk: Desk) -> None:
    act(desk, events.IdentityConfirmed("els", "gebeld op het bekende nummer"))
    act(desk, events.ItemDecided("els", Kind.ERASURE, Outcome.GRANTED))
    act(desk, events.StepSettled("els", "keep", StepEnding.DONE, "geen facturen"))


def test_a_parent_s_own_records_are_never_named_as_those_of_the_child(desk: Desk) -> None:
    erasing_for_a_child(desk)
    decided(desk)
    with pytest.raises(Refused, match="asks for somebody else"):
        act(desk, events.PartiesTold("els"))
    act(desk, events.PartiesTold("els", text="Het account van Fleur, aangemaakt op 3 januari."))
    desk.round()
    reminder = desk.round(days=9) and desk.mails_to("avg@boeken.example")[-1]
    mails = [*desk.mails_to(MAIL), *desk.mails_to("avg@boeken.example")]
    assert [KNOWN in body(mail) or "1001" in body(mail) for mail in mails] == [False] * len(mails)
    assert [body(mail).count("Het account van Fleur") for mail in mails[:1]] == [1]
    assert "Herinnering" in reminder["Subject"]
    assert "de persoon uit onze eerste mail" in body(reminder)


def test_a_child_that_is_a_customer_itself_is_named_by_its_own_records(desk: Desk) -> None:
    erasing_for_a_child(desk)
    act(desk, events.CustomerLinked("els", "2002", "fleur@mail.test", "de moeder gaf het nummer"))
    decided(desk)
    act(desk, events.PartiesTold("els"))
    desk.round()
    told = body(desk.mails_to(MAIL)[0])
    assert ("fleur@mail.test" in told, "2002" in told, KNOWN in told) == (True, True, False)


def test_a_child_s_account_under_a_parent_s_own_address_is_named_once_a_person_links_it(desk: Desk) -> None:
    erasing_for_a_child(desk)
    act(desk, events.CustomerLinked("els", "1001", KNOWN, "het account van Fleur staat op het adres van haar moeder"))
    decided(desk)
    act(desk, events.PartiesTold("els"))
    desk.round()
    told = body(desk.mails_to(MAIL)[0])
    assert ("1001" in told, KNOWN in told) == (True, True)


def test_a_number_without_an_address_may_be_that_of_who_wrote_for_another() -> None:
    named = replace(a_case(Kind.ERASURE), customer_id="1001", known_email="", signals=("representative",))
    assert [subject_on_file(case) for case in (named, replace(named, linked=True))] == [("", ""), ("", "1001")]


def test_nobody_is_told_of_a_person_without_address_and_number_before_somebody_says_who_it_is(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS, sender=""))
    act(desk, events.IdentityConfirmed("els", "stond aan de balie"))
    with pytest.raises(Refused, match="no address or number is on file"):
        act(desk, events.PartiesTold("els"))


def test_one_processor_can_be_told_alone(desk: Desk) -> None:
    told(desk, only="mollie")
    assert len(desk.mails_to(MAIL)) == 1
    assert desk.mails_to("avg@boeken.example") == []


def test_nobody_is_told_to_erase_before_it_was_decided(desk: Desk) -> None:
    desk.round(a_raw_mail(ERASURE))
    with pytest.raises(Refused, match=r"wait for other steps: erase:mollie"):
        act(desk, events.PartiesTold("els"))


def test_nobody_is_told_twice(desk: Desk) -> None:
    told(desk)
    with pytest.raises(Refused, match="can be done now"):
        act(desk, events.PartiesTold("els"))


def test_a_company_that_observes_tells_nobody(tmp_path: Path) -> None:
    desk = Desk(tmp_path, processors=(MOLLIE,), mode="observe")
    told(desk)
    assert desk.mails_to(MAIL) == []
    with desk.tenant.store.unit() as unit:
        [letter] = [one for one in unit.letters(LetterState.OBSERVED) if one.audience == "processor"]
    assert letter.template == "processor"


def test_for_access_a_processor_is_asked_to_look_up(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.IdentityConfirmed("els", "antwoordde vanaf het bekende adres"))
    act(desk, events.PartiesTold("els"))
    desk.round()
    assert "Please look up all data" in body(desk.mails_to(MAIL)[0])


# --- answers ---------------------------------------------------------------------------------------


def test_an_answer_that_it_is_done_settles_the_step(desk: Desk) -> None:
    told(desk)
    desk.round(answer(desk, "All data of this person have been deleted."), hours=2)
    assert asked(desk).state is ProcessorState.DONE
    assert states(desk)["erase:mollie"] is StepState.DONE


def test_an_answer_opens_no_case_and_gets_no_letter(desk: Desk) -> None:
    told(desk)
    before = len(desk.left)
    desk.round(answer(desk, "All data of this person have been deleted."), hours=2)
    with desk.tenant.store.unit() as unit:
        assert len(unit.all_cases()) == 1
    assert len(desk.left) == before


def states(desk: Desk) -> dict[str, StepState]:
    return {step.id: step.state for step in plan_of(case_of(desk), desk.tenant.policy)}


def test_a_ticket_number_is_kept_and_the_step_stays_open(desk: Desk) -> None:
    told(desk)
    machine = {"Auto_Submitted": "auto-replied"}
    desk.round(answer(desk, "Your request has been received, ticket #104433.", **machine), hours=1)
    assert (asked(desk).state, asked(desk).ticket) == (ProcessorState.TICKET, "104433")
    assert states(desk)["erase:mollie"] is StepState.WAITING


def test_an_answer_whose_thread_was_lost_is_known_by_the_code_in_its_subject(desk: Desk) -> None:
    told(desk)
    subject = desk.mails_to(MAIL)[0]["Subject"]
    lost = a_raw_mail("The request has been completed.", "support@mollie.example", f"[Ticket 881] {subject}", 51)
    desk.round(lost, hours=3)
    assert asked(desk).state is ProcessorState.DONE


def test_a_wrong_code_is_no_answer(desk: Desk) -> None:
    told(desk)
    forged = "[AVG-2026-0001] Personal data request (our code AAAA-BBBB-CCCC)"
    desk.round(a_raw_mail("The request has been completed.", MAIL, forged, 52), hours=3)
    assert asked(desk).state is ProcessorState.WAITING


def test_done_from_another_domain_goes_to_a_person(desk: Desk) -> None:
    told(desk)
    desk.round(answer(desk, "All data have been deleted.", "someone@else.example"), hours=1)
    assert asked(desk).state is ProcessorState.UNCLEAR
    assert "party_unclear" in case_of(desk).needs


@pytest.mark.parametrize(
    ("sender", "state"),
    [("a@help.mollie.co.test", ProcessorState.DONE), ("a@other.co.test", ProcessorState.UNCLEAR)],
)
def test_a_party_under_the_same_suffix_of_a_country_is_another_one(
    tmp_path: Path, sender: str, state: ProcessorState
) -> None:
    contact = "privacy@mollie.co.test"
    desk = Desk(tmp_path, processors=(replace(MOLLIE, contact=contact),), mode="hold")
    told(desk)
    thread = {"In_Reply_To": desk.mails_to(contact)[-1]["Message-ID"]}
    desk.round(a_raw_mail("All data have been deleted.", sender, "Re: request", 50, **thread), hours=1)
    assert asked(desk).state is state


def test_who_wants_to_know_more_calls_a_person(desk: Desk) -> None:
    told(desk)
    desk.round(answer(desk, "Could you please provide the transaction ID?"), hours=1)
    assert "party_needs_more" in case_of(desk).needs
    assert "wil meer van ons weten" in body(desk.mails_to(CONTACT)[-1])


def test_a_person_who_dealt_with_it_is_called_no_more(desk: Desk) -> None:
    told(desk)
    desk.round(answer(desk, "Could you please provide the transaction ID?"), hours=1)
    assert (
        "party_needs_more" not in act(desk, events.StepSettled("els", "erase:mollie", StepEnding.DONE, "gebeld")).needs
    )


def test_data_that_were_looked_up_are_taken_by_a_person(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.IdentityConfirmed("els", "antwoordde vanaf het bekende adres"))
    act(desk, events.PartiesTold("els", only="mollie"))
    desk.round()
    desk.round(answer(desk, "The request has been completed, see the attachment."), hours=1)
    found = case_of(desk).work.asked_about("look_up:mollie")
    assert found
    assert found.state is ProcessorState.UNCLEAR


def test_a_mail_that_came_back_calls_a_person_and_may_be_sent_anew(desk: Desk) -> None:
    desk.refused.add(MAIL)
    told(desk)
    assert asked(desk).state is ProcessorState.BOUNCED
    assert "party_bounced" in case_of(desk).needs
    desk.refused.clear()
    assert "party_bounced" not in act(desk, events.PartiesTold("els", only="mollie")).needs
    desk.round(minutes=1)
    assert len(desk.mails_to(MAIL)) == 1


# --- chasing ---------------------------------------------------------------------------------------


def days(desk: Desk, until: datetime) -> None:
    """Every day a round at ten in the morning."""
    while desk.clock() < until:
        desk.round(days=1)


def reminders(desk: Desk) -> list[str]:
    return [f"{at:%m-%d}" for at, to, mail in desk.left if to == MAIL and "Reminder" in mail["Subject"]]


def test_silence_is_chased_in_working_days_and_then_a_person_is_called(desk: Desk) -> None:
    told(desk)  # Monday 2 March
    days(desk, START + timedelta(days=23))
    assert reminders(desk) == ["03-09", "03-16"]
    assert asked(desk).state is ProcessorState.SILENT
    assert "party_silent" in case_of(desk).needs


@pytest.mark.parametrize("text", ["All data of this person have been deleted.", "We received your ticket ABC-12345."])
def test_a_party_that_was_silent_and_answers_at_last_calls_nobody_any_more(desk: Desk, text: str) -> None:
    told(desk, only="mollie")
    days(desk, START + timedelta(days=23))
    assert "party_silent" in case_of(desk).needs
    desk.round(answer(desk, text), hours=1)
    assert "party_silent" not in case_of(desk).needs


def test_who_answered_is_not_reminded(desk: Desk) -> None:
    told(desk)
    desk.round(answer(desk, "All data of this person have been deleted."), hours=2)
    days(desk, START + timedelta(days=23))
    assert reminders(desk) == []


def test_a_ticket_is_reminded_of_with_its_number(desk: Desk) -> None:
    told(desk)
    desk.round(answer(desk, "Your request has been received, ticket #104433."), hours=1)
    days(desk, START + timedelta(days=9))
    assert "Your number is 104433" in body(desk.mails_to(MAIL)[-1])


def test_an_answer_to_the_reminder_counts_too(desk: Desk) -> None:
    told(desk)
    days(desk, START + timedelta(days=8))
    desk.round(answer(desk, "Done"), hours=1)
    assert asked(desk).state is ProcessorState.DONE


def test_a_step_that_a_person_settled_is_not_chased(desk: Desk) -> None:
    told(desk)
    act(desk, events.StepSettled("els", "erase:mollie", StepEnding.DONE, "gebeld: gewist"))
    days(desk, START + timedelta(days=23))
    assert reminders(desk) == []


def test_the_case_does_not_close_while_a_processor_has_not_done_it(desk: Desk) -> None:
    told(desk)
    act(desk, events.StepSettled("els", "close_off", StepEnding.DONE, "gesloten"))
    with pytest.raises(Refused, match=r"erase:mollie \(asked\), erase:e-boekhouden \(asked\)"):
        act(desk, events.Answered("els", "Wij hebben alles gewist.", Outcome.GRANTED))
    with pytest.raises(Refused, match=r"open steps: erase:mollie, erase:e-boekhouden"):
        act(desk, events.Closed("els", Outcome.GRANTED, "gebeld", answered_elsewhere=True))
