"""A restriction is lifted at a wish in a later case: one letter ends it and answers the later case."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from desk import REF, Desk, act, case_of, text_of

from company import KNOWN, UNCLEAR, a_raw_mail
from mailbot import events
from mailbot.errors import Refused
from mailbot.memory.histories import faults
from mailbot.model import Case, Kind, Outcome
from mailbot.outgoing import releasing
from mailbot.reports.evidence import evidence

WISH = "AVG-2026-0002"
LIFT = events.RestrictionLifted("els", "u vroeg ons dit", on_request=True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A person whose data are restricted asks, in a mail of its own, to use them again."""
    desk = Desk(tmp_path / "kaviaarshop", calendar=False)
    asked(desk, Kind.RESTRICTION, 1)
    act(desk, events.Answered("els", "Wij hebben gedaan wat u vroeg.", Outcome.GRANTED))
    desk.round(hours=1)
    asked(desk, Kind.RESTRICTION_LIFT, 2)
    says_yes(desk)
    yield desk
    desk.tenant.store.close()


def asked(desk: Desk, kind: Kind, number: int, sender: str = KNOWN) -> Case:
    desk.round(a_raw_mail(f"{UNCLEAR} {number}", number=number, sender=sender, subject=f"vraag {number}"), days=1)
    return act(desk, events.Corrected("els", (kind,)), f"AVG-2026-{number:04d}")


def says_yes(desk: Desk) -> None:
    """The owner of the address on file answers the question that he got last."""
    desk.round(minutes=5)
    [*_, question] = [mail for mail in desk.mails_to(KNOWN) if "het woord JA" in " ".join(text_of(mail).split())]
    desk.round(a_raw_mail("JA", number=90 + len(desk.left), In_Reply_To=str(question["Message-ID"])), minutes=5)


def how(desk: Desk, ref: str = WISH) -> tuple[Outcome, bool, bool]:
    """How the wish stands: what was decided, whether the person was told, whether its term is met."""
    case = case_of(desk, ref)
    term = case.deadline("operating")
    return case.items[0].outcome, case.items[0].told_at is not None, bool(term and term.met_at)


def test_the_letter_that_lifts_it_answers_the_wish_too_once_it_has_left(desk: Desk) -> None:
    act(desk, LIFT)
    assert how(desk) == (Outcome.GRANTED, False, False)
    assert case_of(desk).restricted_since
    desk.round(hours=1)
    assert how(desk) == (Outcome.GRANTED, True, True)
    assert case_of(desk).restricted_since is None
    told = " ".join(text_of(the_letter(desk)).split())
    assert (
        "Op woensdag 4 maart 2026 ontvingen wij uw verzoek om de beperking van uw persoonsgegevens op te heffen" in told
    )
    assert f"met kenmerk {WISH}. Dit is ons antwoord daarop." in told
    assert act(desk, events.Closed("els", Outcome.GRANTED, "opgeheven"), WISH).is_open is False
    with desk.tenant.store.unit() as unit:
        assert list(faults(unit)) == []


def test_that_letter_is_the_proof_of_the_later_case(desk: Desk) -> None:
    act(desk, LIFT)
    desk.round(hours=1)
    case = case_of(desk, WISH)
    with desk.tenant.store.unit() as unit:
        found = evidence(unit, case, desk.tenant.policy)
    assert found.holds
    assert ("restriction_lifted", True) in [(one.letter, "operating" in one.met) for one in found.letters]


def test_a_letter_that_is_dropped_answers_nothing_and_lifting_again_does(desk: Desk) -> None:
    act(desk, LIFT)
    releasing.drop(desk.tenant, f"{REF}:lifted:1", "te vroeg", desk.clock())
    assert case_of(desk, WISH).items[0].letter == ""
    act(desk, LIFT)
    desk.round(hours=1)
    assert how(desk) == (Outcome.GRANTED, True, True)


def test_a_letter_that_the_server_refuses_ends_nothing_and_answers_nothing(desk: Desk) -> None:
    desk.refused.add(KNOWN)
    act(desk, LIFT)
    desk.round(hours=1)
    assert how(desk) == (Outcome.GRANTED, False, False)
    assert case_of(desk).restricted_since
    assert case_of(desk, WISH).restricted_since is None


def test_of_two_wishes_neither_is_chosen(desk: Desk) -> None:
    asked(desk, Kind.RESTRICTION_LIFT, 3)
    says_yes(desk)
    act(desk, LIFT)
    assert (how(desk)[0], how(desk, "AVG-2026-0003")[0]) == (Outcome.OPEN, Outcome.OPEN)


def test_a_wish_that_anybody_can_have_sent_lifts_nothing_until_its_owner_says_yes(tmp_path: Path) -> None:
    """From can be forged, and data that were frozen would be used against the will of the person."""
    desk = Desk(tmp_path / "kaviaarshop", calendar=False)
    asked(desk, Kind.RESTRICTION, 1)
    asked(desk, Kind.RESTRICTION_LIFT, 2)
    with pytest.raises(Refused, match="First who writes"):
        act(desk, LIFT)
    act(desk, events.RestrictionLifted("els", "het is uitgezocht"))
    releasing.drop(desk.tenant, f"{REF}:lifted:1", "te vroeg", desk.clock())
    says_yes(desk)
    act(desk, LIFT)
    assert how(desk)[0] is Outcome.GRANTED


def test_nor_does_one_in_the_case_that_restricts(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "kaviaarshop", calendar=False)
    asked(desk, Kind.RESTRICTION, 1)
    act(desk, events.Corrected("els", (Kind.RESTRICTION, Kind.RESTRICTION_LIFT)))
    with pytest.raises(Refused, match="First who writes"):
        act(desk, LIFT)


def test_a_lifting_that_nobody_asked_for_answers_no_wish(desk: Desk) -> None:
    act(desk, events.RestrictionLifted("els", "het is uitgezocht"))
    assert how(desk)[0] is Outcome.OPEN


def test_a_stranger_s_wish_is_no_wish_of_the_person(desk: Desk) -> None:
    asked(desk, Kind.RESTRICTION_LIFT, 3, sender="vreemd@elders.test")
    act(desk, LIFT)
    assert (how(desk)[0], how(desk, "AVG-2026-0003")[0]) == (Outcome.GRANTED, Outcome.OPEN)


def test_a_lifting_that_came_back_leaves_both_as_they_were(desk: Desk) -> None:
    act(desk, LIFT)
    desk.round(hours=1)
    desk.round(bounce(str(the_letter(desk)["Message-ID"])), hours=1)
    assert case_of(desk).restricted_since
    assert how(desk) == (Outcome.GRANTED, False, False)
    assert case_of(desk, WISH).restricted_since is None


def the_letter(desk: Desk) -> EmailMessage:
    [letter] = [mail for mail in desk.mails_to(KNOWN) if "wordt opgeheven" in str(mail["Subject"])]
    return letter


def bounce(message_id: str) -> bytes:
    """What a mail server says of a mail that it could not deliver (RFC 3464)."""
    return (
        "From: MAILER-DAEMON@mail.test\r\nTo: privacy@mail.test\r\nSubject: Undelivered Mail\r\n"
        "Message-ID: <b@mail.test>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNot delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.test\r\n\r\n"
        f"Final-Recipient: rfc822; {KNOWN}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {message_id}\r\n\r\nx\r\n--b--\r\n"
    ).encode()
