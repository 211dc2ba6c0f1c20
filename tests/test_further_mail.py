"""A further mail in a case: what it asks at once is done at once, also when the case was about something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from builders import AT, a_case, a_mail, a_policy, a_verdict, after, arrived, sends
from mailbot import actions as do
from mailbot import events
from mailbot.decide import decide
from mailbot.model import Kind, Pointer, Status

MARKETING = "En stuur mij geen reclame meer."


def further(text: str, **changes: object) -> events.MailArrived:
    return arrived(Kind.ACCESS, mail=a_mail(key="cd" * 32, message_id="<2@klant.example>", text=text, **changes))


def test_no_more_advertising_is_heard_in_a_further_mail_too() -> None:
    case = a_case(Kind.ACCESS)
    assert case.suppressed == ()
    assert after(case, further(MARKETING)).suppressed == ("piet@klant.example",)


def test_who_says_it_again_after_it_stopped_calls_a_person_again_for_the_channel_that_he_names() -> None:
    stopped = after(a_case(Kind.DIRECT_MARKETING), events.StopConfirmed("els"))
    assert stopped.needs == ()
    text = "Ik krijg nog steeds post van u. Stuur mij geen reclame meer per post."
    actions = decide(stopped, further(text), a_policy(), AT)
    assert [(one.address, one.channel) for one in actions if isinstance(one, do.Suppress)] == [
        ("piet@klant.example", "post")
    ]
    again = after(stopped, further(text))
    assert "stop_marketing" in again.needs
    assert after(again, events.StopConfirmed("els")).needs == stopped.needs


def test_a_further_mail_by_a_machine_asks_nothing() -> None:
    case = after(a_case(Kind.ACCESS), further(MARKETING, automatic="auto-reply"))
    assert case.suppressed == ()
    assert len(case.mails) == 2


def test_a_further_mail_is_told_to_staff_and_one_by_a_machine_is_not() -> None:
    case = a_case(Kind.ACCESS)
    assert [letter.template for letter in sends(case, further("Hoe staat het ermee?"))] == ["reply_received"]
    assert sends(case, further("Ik ben afwezig.", automatic="auto-reply")) == []


def test_a_reply_to_a_closed_case_opens_it_and_calls_a_person() -> None:
    closed = replace(a_case(Kind.ACCESS), status=Status.CLOSED, closed_at=AT)
    case = after(closed, further("Maar ik heb niets ontvangen."))
    assert case.status is Status.OPEN
    assert case.closed_at is None
    assert "reply_to_closed" in case.needs


def test_a_mail_that_a_colleague_put_among_the_junk_is_a_question_once() -> None:
    case = a_case(Kind.ACCESS)
    key, place = case.mails[0].key, Pointer("Junk", 2, 9)
    moved = after(case, events.MailFoundAgain(key, place, junk=True))
    assert "moved_to_junk" in moved.needs
    assert moved.mails[0].newest_place == place
    assert decide(moved, events.MailFoundAgain(key, place, junk=True), a_policy(), AT) == []
    assert after(moved, events.MailFoundAgain(key, Pointer("Spam", 3, 1), junk=True)).needs == moved.needs


def test_a_mail_that_lies_where_it_lay_or_is_of_no_mail_of_the_case_changes_nothing() -> None:
    case = a_case(Kind.ACCESS)
    first = case.mails[0]
    assert first.pointer
    assert decide(case, events.MailFoundAgain(first.key, first.pointer), a_policy(), AT) == []
    assert decide(case, events.MailFoundAgain("ef" * 32, Pointer("INBOX", 1, 99)), a_policy(), AT) == []


def test_of_two_boxes_the_first_receipt_counts_whichever_is_read_first() -> None:
    case = a_case(Kind.ACCESS)
    evening = events.MailFoundAgain(case.mails[0].key, Pointer("Ander", 2, 9), received_at=AT - timedelta(days=10))
    found = after(case, evening)
    assert found.received_at == AT - timedelta(days=10)
    assert found.deadlines != case.deadlines
    later = events.MailFoundAgain(case.mails[0].key, Pointer("Ander", 2, 10), received_at=AT + timedelta(days=1))
    assert after(found, later).received_at == AT - timedelta(days=10)
    same = events.MailFoundAgain(case.mails[0].key, Pointer("Ander", 2, 11), received_at=AT)
    assert after(case, same).remarks == case.remarks


def test_what_a_person_said_of_the_receipt_stays_whatever_turns_up() -> None:
    case = after(a_case(Kind.ACCESS), events.ReceiptCorrected("els", AT, "de klok van de server liep achter"))
    found = events.MailFoundAgain(case.mails[0].key, Pointer("Ander", 2, 9), received_at=AT - timedelta(days=10))
    assert after(case, found).received_at == AT


def test_a_mail_that_was_only_filed_elsewhere_calls_nobody() -> None:
    case = a_case(Kind.ACCESS)
    moved = after(case, events.MailFoundAgain(case.mails[0].key, Pointer("Afgehandeld", 1, 5)))
    assert moved.needs == case.needs
    assert len(moved.mails[0].found_in) == 1


def test_the_case_knows_to_which_of_our_addresses_its_mail_was_written() -> None:
    policy = a_policy(addresses=("info@shop.example", "privacy@shop.example"))
    mail = a_mail(to=("iemand@elders.example", "Privacy@Shop.example"))
    assert a_case(Kind.ACCESS, policy=policy, mail=mail).mails[0].box == "Privacy@Shop.example"
    assert a_case(Kind.ACCESS, policy=policy, mail=a_mail(to=("x@elders.example",))).mails[0].box == ""


def unsure(*kinds: Kind, **changes: object) -> events.MailArrived:
    """A further mail of which the sorter is not sure what it asks."""
    return replace(further("En verwijder daarna alles.", **changes), verdict=a_verdict(*kinds, act="triage"))


def test_a_further_mail_that_may_ask_another_right_calls_a_person_until_somebody_says_what_it_asks() -> None:
    case = after(a_case(Kind.ACCESS), unsure(Kind.ERASURE, Kind.ACCESS))
    assert case.needs == ("asks_more",)
    assert after(case, unsure(Kind.ERASURE)).needs == case.needs
    assert after(case, events.Accepted("els")).needs == ()
    told = after(case, events.Corrected("els", (Kind.ACCESS, Kind.ERASURE), ""))
    assert (told.needs, told.kinds) == ((), (Kind.ACCESS, Kind.ERASURE))


def test_who_says_that_a_further_mail_asks_nothing_new_sends_nothing_by_it() -> None:
    case = after(a_case(Kind.ACCESS), unsure(Kind.ERASURE))
    assert sends(case, events.Accepted("els")) == []


def test_a_further_mail_that_asks_what_the_case_holds_or_asks_nothing_calls_nobody_again() -> None:
    case = a_case(Kind.ACCESS)
    assert after(case, unsure(Kind.ACCESS)).needs == ()
    assert after(case, unsure(Kind.NOT_A_REQUEST)).needs == ()
    assert after(case, unsure(Kind.ERASURE, automatic="auto-reply")).needs == ()
