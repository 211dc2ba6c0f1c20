"""What is erased does not come back: nobody is told of it before it is so, nor over a mail that may take it back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, case_of, local, text_of

from builders import AT, a_mail, a_policy, a_proven_case, a_verdict, after, arrived
from company import CONTACT, ERASURE, KNOWN, a_raw_mail
from mailbot import events
from mailbot.decide import decide, erasing
from mailbot.errors import Refused
from mailbot.model import Case, Kind, Outcome, Place, Processor, StepEnding

POLICY = a_policy(places=(Place("Webwinkel"),), processors=(Processor("Mollie", "Betalingen"),))
ERASED = (("erased", ("uw profiel",)), ("erased_on", ("2026-01-31",)))
KEPT = (("kept", ("facturen | AWR 52 | 2033-12-31",)), ("closed_on", ("2026-01-31",)))
GRANTED = events.Replied("els", "erasure_granted", ERASED, (Kind.ERASURE,))
PARTLY = events.Replied("els", "erasure_partly", (*ERASED, *KEPT), (Kind.ERASURE,))
OWN_WORDS = events.Answered("els", "Wij hebben alles gewist.", Outcome.GRANTED)


def an_erasure(*others: Kind, outcome: Outcome = Outcome.GRANTED) -> Case:
    """Proven, decided, and nothing was erased yet."""
    case = a_proven_case(Kind.ERASURE, *others, policy=POLICY)
    case = after(case, events.ItemDecided("els", Kind.ERASURE, outcome), POLICY)
    return did(case, "keep")


def did(case: Case, step: str, how: StepEnding = StepEnding.DONE) -> Case:
    return after(case, events.StepSettled("els", step, how, "gezien"), POLICY)


def written(case: Case, text: str = "Toch maar niet, ik wil graag klant blijven.", **changes: Any) -> Case:
    mail = a_mail(key="cd" * 32, message_id="<2@klant.example>", text=text, **changes)
    return after(case, arrived(mail=mail, verdict=a_verdict(Kind.NOT_A_REQUEST, act="triage")), POLICY)


def refused(case: Case, event: events.StaffActed) -> str:
    with pytest.raises(Refused) as error:
        decide(case, event, POLICY, AT)
    return str(error.value)


@pytest.mark.parametrize(
    ("event", "outcome"), [(GRANTED, Outcome.GRANTED), (PARTLY, Outcome.PARTLY), (OWN_WORDS, Outcome.GRANTED)]
)
def test_no_letter_tells_of_an_erasure_before_every_place_is_done(event: events.StaffActed, outcome: Outcome) -> None:
    case = did(an_erasure(outcome=outcome), "erase:webwinkel")
    assert "still has to erase: erase:mollie. Erased there: `mailbot done AVG-2026-0001 erase`" in refused(case, event)
    assert after(did(case, "erase:mollie"), event, POLICY).items[0].letter


def test_who_has_not_decided_yet_is_told_to_do_that_first() -> None:
    case = a_proven_case(Kind.ERASURE, policy=POLICY)
    assert "`mailbot decide AVG-2026-0001 erasure granted`, then" in refused(case, GRANTED)


def test_a_place_that_was_set_aside_is_told_with_what_stays_and_never_as_erased() -> None:
    case = did(did(an_erasure(), "erase:webwinkel"), "erase:mollie", StepEnding.SKIPPED)
    for event in (GRANTED, OWN_WORDS):
        assert "erase:mollie was set aside" in refused(case, event)
    in_part = after(case, events.ItemDecided("els", Kind.ERASURE, Outcome.PARTLY), POLICY)
    assert after(in_part, PARTLY, POLICY).items[0].letter


def test_a_child_is_not_said_to_be_erased_before_it_is() -> None:
    case = a_proven_case(Kind.MINOR, policy=POLICY)
    event = events.Replied("els", "minor_erased", ERASED, (Kind.MINOR,))
    assert "erase:webwinkel, erase:mollie" in refused(case, event)


def test_a_letter_about_another_right_of_the_case_waits_for_no_erasure() -> None:
    case = written(an_erasure(Kind.COMPLAINT))
    event = events.Replied("els", "complaint_answered", (("answer", ("Wij keken ernaar en leggen het hier uit.",)),))
    assert [item.letter != "" for item in after(case, event, POLICY).items] == [False, True]


def test_own_words_about_what_stays_open_wait_for_no_erasure_that_was_refused() -> None:
    case = a_proven_case(Kind.ERASURE, Kind.ACCESS, policy=POLICY)
    case = after(case, events.ItemDecided("els", Kind.ERASURE, Outcome.REFUSED, "wettelijke plicht"), POLICY)
    erasing.refuse_letter(case, (Kind.ERASURE, Kind.ACCESS), Outcome.GRANTED, POLICY)


DEEDS = [
    GRANTED,
    OWN_WORDS,
    events.StepSettled("els", "erase:webwinkel"),
    events.StepSettled("els", "all"),
    events.Closed("els", Outcome.GRANTED, "gebeld", answered_elsewhere=True),
]


@pytest.mark.parametrize("event", DEEDS)
def test_nothing_is_erased_or_told_over_a_mail_that_nobody_has_read(event: events.StaffActed) -> None:
    case = written(an_erasure())
    assert case.needs == ("wrote_again",)
    assert "read it first" in refused(case, event)


def test_processors_are_not_told_to_erase_over_a_mail_that_nobody_has_read() -> None:
    asks = a_policy(processors=(Processor("Mollie", "Betalingen", contact="privacy@mollie.example"),))
    case = written(an_erasure())
    with pytest.raises(Refused, match="read it first"):
        decide(case, events.PartiesTold("els"), asks, AT)
    assert decide(after(case, events.Accepted("els"), asks), events.PartiesTold("els"), asks, AT)


def test_a_place_that_was_asked_to_erase_is_named_as_asked_and_said_to_be_done_by_its_own_name() -> None:
    asks = a_policy(processors=(Processor("Mollie", "Betalingen", contact="privacy@mollie.example"),))
    case = after(an_erasure(), events.PartiesTold("els"), asks)
    with pytest.raises(Refused, match=r"erase:mollie \(asked\)\..*`mailbot done AVG-2026-0001 STEP`"):
        decide(case, GRANTED, asks, AT)


def test_who_has_read_it_goes_on() -> None:
    read = after(written(an_erasure()), events.Accepted("els"), POLICY)
    assert read.needs == ()
    assert did(read, "erase:webwinkel").work.of("erase:webwinkel")


def test_what_was_taken_back_is_confirmed_and_closed_without_erasing() -> None:
    case = after(written(an_erasure()), events.Replied("els", "request_withdrawn"), POLICY)
    assert (case.needs, case.items[0].outcome) == ((), Outcome.WITHDRAWN)
    assert after(case, events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"), POLICY).is_open is False


def test_what_the_person_writes_when_nothing_is_left_to_erase_or_to_tell_calls_nobody_for_it() -> None:
    for case in (a_proven_case(Kind.ACCESS, policy=POLICY), written(an_erasure(), automatic="auto-reply")):
        assert "wrote_again" not in (written(case) if case.kinds == (Kind.ACCESS,) else case).needs


# --- with a store --------------------------------------------------------------------------------


def test_what_the_person_wrote_since_holds_back_what_erases_and_no_other_step() -> None:
    case = written(an_erasure(Kind.ACCESS), received_at=AT + timedelta(days=2))
    assert did(case, "look_up:webwinkel").work.of("look_up:webwinkel")
    assert did(case, "erase:mollie", StepEnding.SKIPPED).work.of("erase:mollie")
    for step in ("erase:mollie", "erase", "all"):
        assert "The person wrote again on ma 02-02-2026 22:14" in refused(case, events.StepSettled("els", step))
    gone = written(did(an_erasure(Kind.RECTIFICATION), "erase"))
    assert did(gone, "all").work.settled != gone.work.settled


def test_a_copy_of_the_data_may_be_told_while_the_erasure_waits() -> None:
    case = an_erasure(Kind.ACCESS)
    erasing.refuse_letter(written(case), (Kind.ACCESS,), Outcome.GRANTED, POLICY)
    with pytest.raises(Refused, match="still has to erase"):
        erasing.refuse_letter(case, (Kind.ACCESS, Kind.ERASURE), Outcome.GRANTED, POLICY)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), calendar=False, trust_staff_mail=True, places=(Place("Webwinkel"),))
    desk.round(a_raw_mail(ERASURE))
    return desk


def reply(desk: Desk, text: str, number: int = 5) -> None:
    ours = str(desk.mails_to(KNOWN)[0]["Message-ID"])
    desk.round(a_raw_mail(text, number=number, In_Reply_To=ours, References=f"<1@klant.test> {ours}"), hours=1)


def say(desk: Desk, word: str, number: int = 77) -> str:
    """A colleague answers the newest mail about the case with a word; what he is told."""
    mail = desk.mails_to(CONTACT)[-1]
    body = f"{word}\n\nOp ma 2 mrt 2026 schreef Kaviaarshop:\n> Er is een bericht\n"
    desk.round(
        a_raw_mail(body, CONTACT, f"Re: {mail['Subject']}", number, In_Reply_To=str(mail["Message-ID"])), minutes=5
    )
    return " ".join(text_of(desk.mails_to(CONTACT)[-1]).split())


def test_a_yes_to_our_question_takes_nothing_back(desk: Desk) -> None:
    reply(desk, "Ja, dat klopt.")
    assert (case_of(desk).identity, case_of(desk).needs) == ("confirmed", ())


def test_a_colleague_works_an_erasure_off_by_reply_from_the_first_word_to_the_last(desk: Desk) -> None:
    reply(desk, "Ja, dat klopt.")
    assert "schrijf dan eerst GEDAAN" in say(desk, "ANTWOORD INGEWILLIGD\nWij hebben alles gewist.", 71)
    say(desk, "GEDAAN", 72)
    settled = case_of(desk).work.of("erase:webwinkel")
    assert settled
    assert settled.by == CONTACT
    say(desk, "ANTWOORD INGEWILLIGD\nWij hebben alles gewist.", 73)
    desk.round(hours=1)
    assert case_of(desk).items[0].told_at


def test_a_colleague_who_has_not_read_a_retraction_is_told_so_and_can_end_it(desk: Desk) -> None:
    reply(desk, "Ja, dat klopt.")
    reply(desk, "Toch maar niet, ik wil graag klant blijven.", 6)
    assert "misschien wil hij of zij dat niet meer" in " ".join(text_of(desk.mails_to(CONTACT)[-1]).split())
    assert "AKKOORD" in text_of(desk.mails_to(CONTACT)[-1])
    assert "Lees dat eerst" in say(desk, "GEDAAN", 72)
    say(desk, "GEEN VERZOEK", 73)
    case = case_of(desk)
    assert (case.is_open, case.work.settled) == (False, ())
