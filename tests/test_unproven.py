"""Who was asked as a matter of routine to show who he is, and never does, hears in time that we cannot identify him."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from desk import REF, Desk, act, case_of, local, text_of

import builders
from company import ACCESS, CONTACT, ERASURE, KNOWN, a_raw_mail
from mailbot import events
from mailbot.decide.unproven import is_awaited, is_disowned
from mailbot.model import Case, Identity, Item, Kind, LetterState, Match, MatchState, Outcome, Question, Signal, Status
from mailbot.outgoing import releasing

STRANGER = "vreemd@elders.test"
#: 1 April is the day (30 days); three working days before it.
BEFORE, READY = local(2026, 3, 27, 8), local(2026, 3, 27, 10)


def asked(template: str, *items: Item, match: Match = builders.KNOWN) -> Case:
    """A request in which this letter has left, with a question to the owner of the address that nobody answered."""
    case = builders.a_case(*(item.kind for item in items), match=match)
    questions = (Question("<q@shop.example>", "piet@klant.example"),)
    return replace(case, items=items, questions=questions, remarks=(f"sent: {template}",))


@pytest.mark.parametrize(
    ("template", "asks"),
    [
        *((name, True) for name in ("acknowledgement", "neutral", "confirmation", "identity_question")),
        *((name, False) for name in ("message", "extended", "package")),
    ],
)
def test_proof_is_awaited_once_a_letter_that_asks_for_it_has_left(template: str, asks: bool) -> None:
    case = asked(template, Item(Kind.ERASURE))
    assert is_awaited(case) is asks
    assert not is_awaited(replace(case, status=Status.TRIAGE))
    assert not is_awaited(replace(case, questions=(Question("<q@shop.example>", "piet@klant.example", "no"),)))


def test_proof_is_awaited_for_what_is_still_open_only() -> None:
    erased, complaint = Item(Kind.ERASURE, Outcome.GRANTED), Item(Kind.COMPLAINT, Outcome.ANSWERED)
    assert is_awaited(asked("confirmation", Item(Kind.ERASURE), complaint))
    assert not is_awaited(asked("confirmation", erased, Item(Kind.COMPLAINT)))


def test_of_a_stranger_the_number_is_awaited_that_the_first_letter_asked_for() -> None:
    assert is_awaited(asked("neutral", Item(Kind.ACCESS), match=builders.STRANGER))
    assert not is_awaited(asked("identity_question", Item(Kind.ACCESS), match=builders.STRANGER))


def test_who_may_be_one_of_two_customers_hears_what_a_stranger_hears() -> None:
    case = asked("neutral", Item(Kind.ACCESS), match=Match(MatchState.AMBIGUOUS))
    assert is_awaited(case)
    assert not is_awaited(replace(case, signals=(Signal.REPRESENTATIVE,)))
    assert not is_awaited(replace(case, identity="denied"))


@pytest.mark.parametrize(
    ("identity", "to", "answer", "disowned"),
    [
        ("denied", "piet@klant.example", "no", True),
        ("denied", "Piet@Klant.example", "no", True),
        ("denied", "piet@klant.example", "yes", False),
        ("denied", "eigenaar@elders.example", "no", False),
        ("asked", "piet@klant.example", "no", False),
    ],
)
def test_nobody_is_left_to_hear_it_only_where_the_very_address_that_wrote_says_no(
    identity: Identity, to: str, answer: str, disowned: bool
) -> None:
    case = builders.a_case(Kind.ERASURE)
    questions = (Question("<q@shop.example>", "ander@klant.example", "yes"), Question("<r@shop.example>", to, answer))
    assert is_disowned(replace(case, identity=identity, questions=questions)) is disowned
    assert not is_disowned(replace(case, identity=identity, questions=questions, requester=None))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, local(2026, 3, 2, 10), calendar=False)


def waiting(desk: Desk) -> list[str]:
    return [letter.to for letter in desk.letters(LetterState.HELD) if letter.template == "cannot_identify"]


def let_go(desk: Desk) -> None:
    [letter] = [one for one in desk.letters(LetterState.HELD) if one.template == "cannot_identify"]
    releasing.release(desk.tenant, letter.token, desk.clock())
    desk.round(hours=1)


def is_met(desk: Desk, name: str) -> bool:
    deadline = case_of(desk).deadline(name)
    return deadline is not None and deadline.met_at is not None


@pytest.mark.parametrize(("text", "sender"), [(ACCESS, STRANGER), (ERASURE, KNOWN)])
def test_the_letter_that_we_cannot_identify_waits_for_a_person_three_working_days_before(
    desk: Desk, text: str, sender: str
) -> None:
    desk.round(a_raw_mail(text, sender=sender))
    desk.round(at=BEFORE)
    assert waiting(desk) == []
    desk.round(at=READY)
    desk.round(hours=1)
    assert waiting(desk) == [sender]


def test_who_is_asked_nothing_or_has_answered_gets_no_such_letter(desk: Desk) -> None:
    desk.round(a_raw_mail(ACCESS))
    desk.round(a_raw_mail(ERASURE, number=2, sender=STRANGER))
    act(desk, events.IdentityConfirmed("els", "teruggebeld"), "AVG-2026-0002")
    desk.round(at=READY)
    assert waiting(desk) == []


def test_once_it_left_people_read_that_the_case_waits_for_proof_and_not_that_it_is_answered(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), trust_staff_mail=True)
    desk.round(a_raw_mail(ERASURE, sender=STRANGER))
    desk.round(at=READY)
    let_go(desk)
    over = text_of(next(mail for mail in reversed(desk.mails_to(CONTACT)) if "Deze datum" in str(mail["Subject"])))
    assert "blijft open" in over
    assert "mailbot close" not in over
    desk.round(
        a_raw_mail(
            "Mijn bestelnummer is 5512.",
            number=2,
            sender=STRANGER,
            In_Reply_To=desk.mails_to(STRANGER)[-1]["Message-ID"],
        ),
        days=3,
    )
    told = text_of(next(mail for mail in reversed(desk.mails_to(CONTACT)) if "Nieuw bericht" in str(mail["Subject"])))
    assert "- BEVESTIGD en hoe" in told
    assert "eantwoord op" not in told
    assert "Beantwoord:" not in told


def test_once_it_left_no_term_runs_the_case_stays_open_and_late_proof_lets_the_answer_be_due_again(desk: Desk) -> None:
    desk.round(a_raw_mail(ERASURE))
    question = desk.mails_to(KNOWN)[-1]
    desk.round(at=READY)
    let_go(desk)
    assert "Antwoord met het woord JA" in " ".join(text_of(desk.mails_to(KNOWN)[-1]).split())
    assert (is_met(desk, "operating"), is_met(desk, "notice_by"), case_of(desk).status) == (True, True, Status.OPEN)
    desk.round(a_raw_mail("JA", number=3, In_Reply_To=question["Message-ID"]), days=2)
    assert (is_met(desk, "operating"), is_met(desk, "notice_by")) == (False, True)
    assert case_of(desk, REF).identity == "confirmed"


def says_no(desk: Desk, to: str = KNOWN) -> None:
    question = next(mail for mail in desk.mails_to(to) if "NEE" in text_of(mail))
    desk.round(a_raw_mail("NEE", number=3, sender=to, In_Reply_To=question["Message-ID"]), hours=1)


def test_it_waits_no_more_once_the_owner_of_the_address_says_that_it_is_not_his_request(desk: Desk) -> None:
    desk.round(a_raw_mail(ERASURE))
    desk.round(at=READY)
    assert waiting(desk) == [KNOWN]
    says_no(desk)
    assert (waiting(desk), case_of(desk).identity) == ([], "denied")


def test_it_is_not_written_to_an_owner_who_said_no_before_although_the_clock_stands_still(desk: Desk) -> None:
    desk.round(a_raw_mail(ERASURE))
    act(desk, events.IdentityAsked("els", "de toon is anders dan anders"))
    desk.round(hours=1)
    says_no(desk)
    desk.round(at=READY)
    assert waiting(desk) == []


def test_a_stranger_must_hear_it_also_when_the_owner_whom_he_named_says_no(desk: Desk) -> None:
    desk.round(a_raw_mail(ERASURE, sender=STRANGER))
    act(desk, events.CustomerLinked("els", "1001", KNOWN, "hij noemt dit adres"))
    act(desk, events.IdentityAsked("els", "schrijft van een ander adres"))
    desk.round(hours=1)
    desk.round(at=READY)
    assert waiting(desk) == [STRANGER]
    says_no(desk)
    assert waiting(desk) == [STRANGER]
