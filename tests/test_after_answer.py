"""A person writes in a case in which no term runs any more: somebody hears it, again and again until he has looked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from desk import Desk, local, text_of

from builders import AT, a_mail, a_policy, a_proven_case, a_verdict, after, arrived
from company import ACCESS, CONTACT, DEPUTY, ERASURE, KNOWN, UNCLEAR, Sorter, a_raw_mail
from mailbot import actions as do
from mailbot import events
from mailbot.acts import acting
from mailbot.decide import asked_again, decide
from mailbot.memory.histories import faults
from mailbot.model import Case, Kind, LetterState, Outcome, Status, Verdict

REF, NEW = "AVG-2026-0001", "AVG-2026-0002"
MONDAY = local(2026, 3, 9, 12)
THANKS = "Bedankt, alles is duidelijk."


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A case that was answered and closed a week ago."""
    desk = Desk(tmp_path, local(2026, 3, 2, 10), calendar=False, trust_staff_mail=True)
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.IdentityConfirmed("els", "gebeld"))
    act(desk, events.Closed("els", Outcome.GRANTED, "gebeld", answered_elsewhere=True))
    return desk


def act(desk: Desk, event: events.StaffActed, ref: str = REF) -> None:
    acting.act(desk.tenant, ref, event, desk.clock())


def reply(desk: Desk, text: str = UNCLEAR, number: int = 5) -> None:
    """The person answers in the thread on Monday at noon."""
    ours = str(desk.mails_to(KNOWN)[0]["Message-ID"])
    mail = a_raw_mail(text, number=number, In_Reply_To=ours, References=f"<1@klant.test> {ours}")
    desk.sent = [one for one in desk.sent if one[1] == KNOWN]
    desk.round(mail, at=MONDAY)


def told(desk: Desk) -> list[tuple[int, str]]:
    """On which days of March which colleague got a mail about a case, once each."""
    heard = [(at.day, to) for at, to, mail in desk.left if to in (CONTACT, DEPUTY) and REF in str(mail["Subject"])]
    return list(dict.fromkeys(heard))


def day(desk: Desk, number: int) -> None:
    desk.round(at=local(2026, 3, number, 9))


def answered(mail: EmailMessage, text: str, number: int = 77) -> bytes:
    body = f"{text}\n\nOp ma 9 mrt 2026 schreef Kaviaarshop:\n> Er is een bericht\n"
    subject = f"Re: {mail['Subject']}"
    return a_raw_mail(body, sender=CONTACT, subject=subject, number=number, In_Reply_To=str(mail["Message-ID"]))


def case_of(desk: Desk, ref: str = REF) -> Case:
    return next(case for case in desk.cases() if case.ref == ref)


# --- somebody hears it ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", [UNCLEAR, THANKS])
def test_a_reply_to_a_closed_case_is_told_every_working_day_and_from_the_second_on_to_the_deputy(
    desk: Desk, text: str
) -> None:
    reply(desk, text)
    for number in range(10, 17):
        day(desk, number)
    working = [11, 12, 13, 16]
    both = [(number, who) for number in working for who in (CONTACT, DEPUTY)]
    assert told(desk) == [(9, CONTACT), (10, CONTACT), *both]


def test_the_mail_says_that_no_term_runs_and_names_no_date_to_be_ready_by(desk: Desk) -> None:
    reply(desk)
    said = text_of(desk.mails_to(CONTACT)[0])
    assert "geen termijn meer: het is beantwoord op maandag 2 maart 2026" in said
    assert "Klaar op" not in said


def test_a_reply_at_the_weekend_is_told_on_monday_once(desk: Desk) -> None:
    ours = str(desk.mails_to(KNOWN)[0]["Message-ID"])
    desk.sent = [one for one in desk.sent if one[1] == KNOWN]
    desk.round(a_raw_mail(UNCLEAR, number=5, In_Reply_To=ours), at=local(2026, 3, 7, 15))
    for number in (8, 9, 10):
        day(desk, number)
    assert told(desk) == [(9, CONTACT), (10, CONTACT)]
    assert len(desk.mails_to(CONTACT)) == 2


def test_a_reply_in_an_answered_case_that_nobody_closed_is_told_again_too(desk: Desk) -> None:
    act(desk, events.Reopened("els", "nog iets nakijken"))
    act(desk, events.Answered("els", "Hier zijn uw gegevens. " * 5, Outcome.ANSWERED))
    desk.round(hours=1)
    desk.round(hours=2)
    assert case_of(desk).is_open
    reply(desk)
    day(desk, 10)
    assert told(desk) == [(9, CONTACT), (10, CONTACT)]


def test_a_reply_while_the_term_runs_is_told_once_because_the_ladder_comes_anyway(tmp_path: Path) -> None:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), calendar=False)
    desk.round(a_raw_mail(ACCESS))
    reply(desk)
    day(desk, 10)
    assert told(desk) == [(9, CONTACT)]


def test_where_the_contact_is_away_the_deputy_gets_the_reply_at_once(desk: Desk) -> None:
    reply(desk)
    mail = desk.mails_to(CONTACT)[0]
    away = answered(mail, "Ik ben met vakantie.", number=88).replace(b"Subject: Re:", b"Subject: Automatisch antwoord:")
    desk.round(away.replace(b"MIME-Version", b"Auto-Submitted: auto-replied\nMIME-Version"), minutes=5)
    assert told(desk) == [(9, CONTACT), (9, DEPUTY)]


# --- until somebody has looked -------------------------------------------------------------------

_LOOKS: list[Callable[[Desk], object]] = [
    lambda desk: desk.round(answered(desk.mails_to(CONTACT)[0], "GEZIEN"), minutes=5),
    lambda desk: act(desk, events.Acknowledged("els", "")),
    lambda desk: act(desk, events.Answered("els", "Dat staat in de bijlage. " * 5, Outcome.ANSWERED)),
    lambda desk: act(desk, events.Closed("els", Outcome.ANSWERED, "gebeld", answered_elsewhere=True)),
    lambda desk: act(desk, events.Corrected("els", (Kind.NOT_A_REQUEST,))),
]


@pytest.mark.parametrize("look", _LOOKS)
def test_whoever_has_seen_it_decides_or_closes_ends_the_calls(desk: Desk, look: Callable[[Desk], object]) -> None:
    reply(desk)
    look(desk)
    for number in (10, 11, 12):
        day(desk, number)
    assert told(desk) == [(9, CONTACT)]
    assert case_of(desk).reply_at is None


@pytest.mark.parametrize("act_of", [events.Noted("els", "lijkt niets"), events.Assigned("els", "Lotte")])
def test_a_note_or_another_name_on_the_case_is_no_look(desk: Desk, act_of: events.StaffActed) -> None:
    reply(desk)
    act(desk, act_of)
    day(desk, 10)
    assert told(desk) == [(9, CONTACT), (10, CONTACT)]


def test_to_have_seen_an_older_warning_is_not_to_have_seen_the_reply(desk: Desk) -> None:
    reply(desk)
    act(desk, events.Acknowledged("els", "new"))
    day(desk, 10)
    assert told(desk) == [(9, CONTACT), (10, CONTACT)]


def test_a_second_reply_after_the_first_was_seen_is_told_again(desk: Desk) -> None:
    reply(desk)
    act(desk, events.Acknowledged("els", ""))
    day(desk, 10)
    ours = str(desk.mails_to(KNOWN)[0]["Message-ID"])
    desk.round(a_raw_mail(THANKS, number=6, In_Reply_To=ours), hours=1)
    day(desk, 11)
    assert told(desk) == [(9, CONTACT), (10, CONTACT), (11, CONTACT)]


def test_that_it_asks_nothing_closes_the_case_again_and_what_was_answered_stays(desk: Desk) -> None:
    reply(desk, THANKS)
    act(desk, events.Corrected("els", (Kind.NOT_A_REQUEST,)))
    case = case_of(desk)
    assert (case.status, case.kinds, case.items[0].outcome) == (Status.CLOSED, (Kind.ACCESS,), Outcome.GRANTED)


# --- what it asks anew has a term ----------------------------------------------------------------


@pytest.mark.parametrize(("text", "kind"), [(ACCESS, Kind.ACCESS), (ERASURE, Kind.ERASURE)])
def test_what_is_surely_asked_anew_is_a_case_of_its_own_and_the_closed_one_stays_closed(
    desk: Desk, text: str, kind: Kind
) -> None:
    reply(desk, text)
    new = case_of(desk, NEW)
    assert (new.kinds, new.received_at, new.needs) == ((kind,), MONDAY, ("follows_case",))
    assert str(new.deadlines[0].on) == "2026-04-08"
    assert case_of(desk).status is Status.CLOSED


def test_the_mail_about_it_names_the_earlier_case(desk: Desk) -> None:
    reply(desk, ACCESS)
    assert f"Ander dossier: {REF}" in text_of(desk.mails_to(CONTACT)[0])


def test_a_reminder_is_no_new_request_and_is_told_until_somebody_looks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = Verdict((Kind.ACCESS,), 0.99, "auto", signals=("reminder",))
    monkeypatch.setattr(Sorter, "classify", lambda *_, **__: verdict)
    reply(desk, "Ik heb de kopie van mijn gegevens nog steeds niet.")
    assert [case.ref for case in desk.cases()] == [REF]
    assert case_of(desk).reply_at == MONDAY


@pytest.mark.parametrize(
    "say",
    [
        lambda desk: act(desk, events.Corrected("els", (Kind.ERASURE,))),
        lambda desk: desk.round(answered(desk.mails_to(CONTACT)[0], "SOORT verwijdering")),
    ],
)
def test_what_a_person_says_that_the_reply_asks_has_a_term_from_its_receipt(
    desk: Desk, say: Callable[[Desk], object]
) -> None:
    reply(desk)
    desk.round(at=local(2026, 3, 12, 10))
    say(desk)
    old, new = case_of(desk), case_of(desk, NEW)
    assert (new.kinds, new.received_at, new.status) == ((Kind.ERASURE,), MONDAY, Status.OPEN)
    assert (old.status, old.kinds, old.items[0].outcome) == (Status.CLOSED, (Kind.ACCESS,), Outcome.GRANTED)


def opened_anew(desk: Desk) -> EmailMessage:
    """A colleague says by reply that it asks for erasure; what he is told of it."""
    desk.change(undo_minutes=10, mode="automatic")
    reply(desk)
    desk.round(answered(desk.mails_to(CONTACT)[0], "SOORT verwijdering"), minutes=5)
    return next(mail for mail in desk.mails_to(CONTACT) if "Gedaan: SOORT" in str(mail["Subject"]))


def undone(desk: Desk, done: EmailMessage) -> None:
    desk.round(answered(done, "TERUG", number=78), minutes=1)


def test_a_word_that_opened_a_new_case_can_be_taken_back(desk: Desk) -> None:
    done = opened_anew(desk)
    assert "TERUG" in text_of(done)
    before = len(desk.mails_to(KNOWN))
    undone(desk, done)
    old, new = case_of(desk), case_of(desk, NEW)
    assert (old.reply_at, old.is_open, new.is_open, new.kinds) == (MONDAY, True, False, (Kind.NOT_A_REQUEST,))
    desk.round(hours=2)
    assert len(desk.mails_to(KNOWN)) == before
    with desk.tenant.store.unit() as unit:
        assert list(faults(unit)) == []


def test_a_reply_that_is_given_back_is_told_again_and_can_be_called_something_else(desk: Desk) -> None:
    undone(desk, opened_anew(desk))
    act(desk, events.Corrected("els", (Kind.ACCESS,)))
    assert case_of(desk, "AVG-2026-0003").kinds == (Kind.ACCESS,)


def test_a_new_case_whose_letter_has_left_is_not_taken_back(desk: Desk) -> None:
    done = opened_anew(desk)
    desk.round(minutes=30)
    undone(desk, done)
    assert "al weg" in text_of(desk.mails_to(CONTACT)[-1])
    assert (case_of(desk).reply_at, case_of(desk, NEW).is_open) == (None, True)


def test_a_new_case_in_which_somebody_went_on_is_not_taken_back(desk: Desk) -> None:
    done = opened_anew(desk)
    act(desk, events.IdentityConfirmed("els", "gebeld"), NEW)
    undone(desk, done)
    assert (case_of(desk).reply_at, case_of(desk, NEW).is_open) == (None, True)


def test_of_two_replies_that_nobody_had_looked_at_the_first_receipt_counts(desk: Desk) -> None:
    reply(desk)
    ours = str(desk.mails_to(KNOWN)[0]["Message-ID"])
    desk.round(a_raw_mail(THANKS, number=6, In_Reply_To=ours), at=local(2026, 3, 11, 10))
    act(desk, events.Corrected("els", (Kind.ERASURE,)))
    assert case_of(desk, NEW).received_at == MONDAY


def test_the_history_of_both_cases_still_leads_to_them(desk: Desk) -> None:
    reply(desk)
    act(desk, events.Corrected("els", (Kind.ERASURE,)))
    with desk.tenant.store.unit() as unit:
        assert list(faults(unit)) == []


# --- decided without a store ---------------------------------------------------------------------


def heard_after(*happened: events.Event) -> Case:
    """An answered case, what happened then, and a reply after it."""
    case = after(a_proven_case(Kind.ACCESS), events.Answered("els", "Wij hebben niets over u.", Outcome.ANSWERED))
    case = after(case, events.LetterSettled(case.items[0].letter, "answer", LetterState.SENT, "requester"))
    for event in happened:
        case = after(case, event)
    return after(case, arrived(Kind.NOT_A_REQUEST, mail=a_mail(key="cd" * 32, text=THANKS)))


@pytest.mark.parametrize(
    ("event", "waits"),
    [
        (events.Accepted("els"), False),
        (events.Corrected("els", (Kind.NOT_A_REQUEST,)), False),
        (events.AskedAnew("els", (Kind.ERASURE,), NEW), False),
        (events.Acknowledged("els", ""), False),
        (events.Noted("els", "lijkt niets"), True),
    ],
)
def test_a_reply_waits_until_somebody_has_decided_about_it(event: events.StaffActed, waits: bool) -> None:
    case = heard_after()
    assert case.reply_at == AT
    assert (after(case, event).reply_at is not None) is waits


def test_that_a_reply_asks_nothing_or_something_anew_ends_the_case_only_where_it_had_ended() -> None:
    closed = events.Closed("els", Outcome.ANSWERED, "beantwoord", answered_elsewhere=True)
    for event in (events.Corrected("els", (Kind.NOT_A_REQUEST,)), events.AskedAnew("els", (Kind.ERASURE,), NEW)):
        open_still, ended = after(heard_after(), event), after(heard_after(closed), event)
        assert (open_still.status, ended.status) == (Status.OPEN, Status.CLOSED)
        for case in (open_still, ended):
            assert [(item.kind, item.outcome) for item in case.items] == [(Kind.ACCESS, Outcome.ANSWERED)]


def test_whoever_has_looked_at_a_reply_to_a_closed_case_is_not_called_for_it_any_more() -> None:
    case = heard_after(events.Closed("els", Outcome.ANSWERED, "beantwoord", answered_elsewhere=True))
    assert "reply_to_closed" in case.needs
    assert "reply_to_closed" not in after(case, events.Accepted("els")).needs


@pytest.mark.parametrize(
    "said", [events.Corrected("els", (Kind.NOT_A_REQUEST,)), events.AskedAnew("els", (Kind.ERASURE,), NEW, "wil weg")]
)
def test_once_somebody_has_looked_only_what_must_still_stop_keeps_a_case_open_that_the_reply_had_opened(
    said: events.StaffActed,
) -> None:
    case = heard_after(events.Closed("els", Outcome.ANSWERED, "klaar", answered_elsewhere=True))
    assert case.needs == ("reply_to_closed",)
    assert not after(case, said).is_open
    stops = after(replace(case, needs=(*case.needs, "stop_marketing")), said)
    assert (stops.is_open, stops.reply_at, stops.needs) == (True, None, ("stop_marketing",))
    assert ("kinds corrected: wil weg" in stops.remarks) is isinstance(said, events.AskedAnew)


def test_a_right_is_asked_anew_where_it_was_told_or_the_case_had_ended_and_a_reminder_asks_nothing_anew() -> None:
    open_still = after(
        a_proven_case(Kind.ACCESS, Kind.ERASURE), events.ItemDecided("els", Kind.ACCESS, Outcome.GRANTED)
    )
    assert asked_again(open_still, a_verdict(Kind.ACCESS)) == ()
    items = tuple(replace(item, told_at=item.decided_at) for item in open_still.items)
    assert asked_again(replace(open_still, items=items), a_verdict(Kind.ACCESS)) == (Kind.ACCESS,), (
        "erasure is open yet"
    )
    told = heard_after()
    assert asked_again(told, a_verdict(Kind.ACCESS)) == (Kind.ACCESS,)
    assert asked_again(told, a_verdict(Kind.ACCESS, signals=("reminder",))) == ()
    closed = after(open_still, events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"))
    assert asked_again(closed, a_verdict(Kind.ACCESS)) == (Kind.ACCESS, Kind.ERASURE)


def test_other_rights_named_in_a_case_with_a_reply_stand_beside_what_was_told() -> None:
    corrected = after(heard_after(), events.Corrected("els", (Kind.ERASURE,)))
    assert (corrected.status, corrected.kinds) == (Status.OPEN, (Kind.ERASURE, Kind.ACCESS))


def test_what_a_further_mail_asks_anew_is_on_record_and_calls_nobody_here_any_more() -> None:
    open_case = replace(a_proven_case(Kind.ACCESS), needs=("asks_more", "junk"))
    asked = after(open_case, events.AskedAnew("els", (Kind.ERASURE, Kind.OBJECTION), NEW))
    assert (asked.needs, asked.is_open) == (("junk",), True)
    assert asked.remarks[-1] == f"a reply asks something new: {NEW} (erasure, objection)"
    nothing = decide(a_proven_case(), events.AskedAnew("els", (Kind.ERASURE,), NEW), a_policy(), AT)
    assert not any(isinstance(action, do.SetNeeds) for action in nothing)
