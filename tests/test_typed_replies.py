"""What people type in answer to a mail that puts a letter before them, as their mail programs send it.

`replies/` holds the mails. A clear word works in each program; nothing is let go by doubt, and who was not understood
is told what to type.
"""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from desk import Desk, local, text_of

from company import ACCESS, BOX, CONTACT, DEPUTY, KNOWN, UNCLEAR, a_raw_mail
from mailbot import events
from mailbot.acts import acting
from mailbot.model import Kind, LetterState

REPLIES = Path(__file__).parent / "replies"
NUMBERS = iter(range(7000, 100_000))

YES = (
    "apple-mail-yes",
    "gmail-app-yes-with-thumb",
    "gmail-yes-with-exclamation",
    "outlook-ios-yes-with-thanks",
    "outlook-plain-yes",
    "outlook-web-yes-above-a-slogan",
    "outlook-web-yes-in-a-table",
    "outlook-yes-and-a-greeting",
    "outlook-yes-below-a-greeting",
    "outlook-yes-in-bold",
    "outlook-yes-sent-for-him",
    "outlook-yes-with-disclaimer",
    "samsung-yes",
)
ASKED = (
    "gmail-bare-forward",
    "gmail-yes-as-question",
    "iphone-no-because",
    "iphone-nothing-typed",
    "iphone-ok",
    "iphone-yes-and-no",
    "iphone-yes-misspelt",
    "outlook-forward",
    "outlook-web-no",
    "outlook-word-in-the-quote-only",
    "outlook-yes-but",
    "outlook-yes-but-on-the-next-line",
    "outlook-yes-with-postscript",
    "thunderbird-yes-below-the-quote",
)
OF_OTHERS = ("outlook-yes-of-another-colleague", "outlook-yes-of-the-deputy")
OF_MACHINES = ("outlook-absence", "outlook-calendar-accepted")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A request whose acknowledgement waits for the contact person's word."""
    desk = Desk(tmp_path, local(2026, 3, 2, 10), mode="hold", trust_staff_mail=True, calendar=False, undo_minutes=10)
    desk.round(a_raw_mail(ACCESS))
    return desk


def told(desk: Desk, to: str = CONTACT) -> EmailMessage:
    return desk.mails_to(to)[-1]


def answered_with(desk: Desk, name: str) -> None:
    """The last mail to the contact person is answered with a mail of `replies/`."""
    mail = told(desk)
    code = re.search(r"GEZIEN AVG-2026-0001 (\S+)", text_of(mail))
    assert code
    raw = (REPLIES / f"{name}.eml").read_bytes().replace(b"{code}", code[1].encode())
    desk.round(raw.replace(b"<the-mail-answered>", str(mail["Message-ID"]).encode()), minutes=5)


def says(desk: Desk, text: str, mail: EmailMessage | None = None) -> str:
    """What a colleague reads back who types this above the quote; empty if he is sent nothing."""
    mail, count = mail or told(desk), len(desk.mails_to(CONTACT))
    thread = f"{mail['Message-ID']} {' '.join(reversed(str(mail['References'] or '').split()))}"
    body = f"{text}\n\nOp ma 2 mrt 2026 om 10:05 schreef Kaviaarshop <{BOX}>:\n> AKKOORD of STOP\n"
    re_ = a_raw_mail(body, CONTACT, f"Re: {mail['Subject']}", next(NUMBERS), In_Reply_To=thread)
    desk.round(re_, minutes=1)
    new = desk.mails_to(CONTACT)[count:]
    return "".join(f"{one['Subject']}\n{text_of(one)}" for one in new)


def waits(desk: Desk) -> bool:
    """Whether the letter still waits for a person."""
    [letter] = [one for one in desk.letters() if one.template == "acknowledgement"]
    return letter.state is LetterState.HELD


def seen(desk: Desk) -> bool:
    return any(step.startswith("seen:") for step in desk.cases()[0].alerted)


def test_every_mail_kept_here_is_played() -> None:
    assert {path.stem for path in REPLIES.glob("*.eml")} == {*YES, *ASKED, *OF_OTHERS, *OF_MACHINES}


@pytest.mark.parametrize("name", YES)
def test_a_clear_yes_lets_the_letter_go_whatever_program_sends_it(desk: Desk, name: str) -> None:
    answered_with(desk, name)
    assert "Gedaan: AKKOORD" in str(told(desk)["Subject"])
    desk.round(minutes=15)
    assert len(desk.mails_to(KNOWN)) == 1


@pytest.mark.parametrize("name", ASKED)
def test_what_is_no_clear_yes_lets_nothing_go_and_its_writer_reads_what_to_type(desk: Desk, name: str) -> None:
    answered_with(desk, name)
    assert waits(desk)
    said = text_of(told(desk))
    assert "Antwoord met alleen AKKOORD op de eerste regel" in said
    assert "Antwoord met STOP" in said


@pytest.mark.parametrize("name", ["gmail-bare-forward", "iphone-nothing-typed", "outlook-forward"])
def test_a_code_in_our_own_text_says_not_that_a_colleague_saw_it(desk: Desk, name: str) -> None:
    answered_with(desk, name)
    assert not seen(desk)


@pytest.mark.parametrize("name", OF_OTHERS)
def test_a_yes_of_another_lets_nothing_go_and_is_told_to_whom_the_mail_was_sent(desk: Desk, name: str) -> None:
    answered_with(desk, name)
    assert waits(desk)
    assert "Let op: een antwoord is niet uitgevoerd" in str(told(desk)["Subject"])
    assert desk.mails_to(DEPUTY) == []


@pytest.mark.parametrize("name", OF_MACHINES)
def test_what_a_program_answers_is_no_word_and_gets_no_answer(desk: Desk, name: str) -> None:
    count = len(desk.mails_to(CONTACT))
    answered_with(desk, name)
    assert (waits(desk), seen(desk), len(desk.mails_to(CONTACT))) == (True, False, count)


# --- being asked again -----------------------------------------------------------------------------


def test_who_was_not_understood_lets_the_letter_go_in_answer_to_the_mail_that_says_so(desk: Desk) -> None:
    assert "niet begrepen" in says(desk, "Ziet er goed uit, verstuur maar")
    assert "Gedaan: AKKOORD" in says(desk, "AKKOORD")
    assert not waits(desk)


def test_a_yes_that_was_taken_already_counts_no_second_time_by_the_mail_that_asked_again(desk: Desk) -> None:
    first = told(desk)
    says(desk, "Ziet er goed uit")
    asked = told(desk)
    says(desk, "AKKOORD", first)
    says(desk, "TERUG")
    assert waits(desk)
    assert "niet uitgevoerd" in says(desk, "AKKOORD", asked)
    assert waits(desk)


def test_who_talks_again_with_a_word_in_it_is_asked_again_and_thanks_are_not(desk: Desk) -> None:
    says(desk, "Ziet er goed uit")
    assert "niet begrepen" in says(desk, "Dat bedoel ik: akkoord dus, verstuur hem")
    assert says(desk, "Dank u") == ""
    assert waits(desk)


def test_who_was_not_understood_reads_back_what_he_wrote(desk: Desk) -> None:
    assert "U schreef: “Akkoord, mits Els het ook vindt”" in says(desk, "Akkoord, mits Els het ook vindt")
    assert "U schreef: “Maar wel eerst Els vragen.”" in says(desk, "AKKOORD\n\nMaar wel eerst Els vragen.\n\nMvg")


def test_ok_is_taken_as_seen_and_says_that_the_letter_waits(desk: Desk) -> None:
    said = says(desk, "Ok")
    assert said.startswith("[AVG-2026-0001] De brief wacht nog\n")
    assert (waits(desk), seen(desk)) == (True, True)


def test_a_bare_ok_about_several_cases_is_asked_of_which(desk: Desk) -> None:
    desk.change(mode="automatic")
    desk.round(a_raw_mail(ACCESS, number=2, sender="p2@klant.test"))
    desk.round(at=local(2026, 3, 25, 9))
    mail = next(one for one in reversed(desk.mails_to(CONTACT)) if "2 verzoeken" in str(one["Subject"]))
    assert "meer dan één dossier" in says(desk, "OK", mail)
    assert not any("seen:7-days" in step for case in desk.cases() for step in case.alerted)


# --- what stands beside a word -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["gezien, dank", "Gezien. Ik pak het morgen op.", "GEZIEN AVG-2026-0001", "Hoi,\nGezien"]
)
def test_who_saw_a_mail_may_say_so_in_a_sentence(desk: Desk, text: str) -> None:
    says(desk, text)
    assert seen(desk)


@pytest.mark.parametrize("text", ["Gezien de drukte lukt dit niet", "Gezien, maar ik kan dit niet", "Gezien, en nu?"])
def test_who_says_more_than_that_he_saw_it_is_asked(desk: Desk, text: str) -> None:
    assert "niet begrepen" in says(desk, text)
    assert not seen(desk)


@pytest.mark.parametrize(
    "text",
    [
        "Vraag: wat moet ik nu doen?",
        "VRAAG wat moet ik hiermee?",
        "VERLENG niet, we halen het",
        "VERLENG mag dat zomaar",
        "KLAAR morgen",
        "KLAAR op vrijdag",
        "KLAAR nog niet",
        "GESTOPT nog niet",
        "KLAAR\n\nBehalve bij de boekhouder",
        "VERLENG er is veel\n\nOf is dat niet nodig?",
    ],
)
def test_a_word_that_its_line_or_the_next_takes_back_does_nothing(desk: Desk, text: str) -> None:
    before = desk.cases()[0]
    assert "Gedaan" not in says(desk, text).replace("Niet gedaan", "")
    after = desk.cases()[0]
    assert (after.is_open, after.extension_reason, after.identity_asked_at, after.remarks[: len(before.remarks)]) == (
        True,
        "",
        None,
        before.remarks,
    )


def test_a_word_in_capitals_keeps_what_is_said_behind_a_comma(desk: Desk) -> None:
    says(desk, "KLAAR, heb haar gebeld")
    assert desk.cases()[0].close_reason == "heb haar gebeld"


def test_a_stop_in_capitals_holds_back_whatever_reason_is_given_with_it(desk: Desk) -> None:
    assert "verkeerde klant" in says(desk, "STOP, verkeerde klant")
    assert [one.state for one in desk.letters() if one.template == "acknowledgement"] == [LetterState.DROPPED]


@pytest.mark.parametrize("text", ["Stop nog niet, ik lees hem straks", "STOP, nog niet", "Stop met die mails", "STOP?"])
def test_a_stop_in_a_sentence_drops_no_letter(desk: Desk, text: str) -> None:
    assert "niet begrepen" in says(desk, text)
    assert waits(desk)


@pytest.mark.parametrize("text", ["MELDEN hoeft niet", "MELDEN geen risico", "Melden: nee", "MELDEN HOEVEN WE NIET"])
def test_a_breach_is_not_reported_by_a_line_that_denies_it(tmp_path: Path, text: str) -> None:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), trust_staff_mail=True, calendar=False)
    desk.round(a_raw_mail(UNCLEAR))
    acting.act(desk.tenant, "AVG-2026-0001", events.Corrected("x", (Kind.BREACH_REPORT,)), desk.clock())
    desk.round(minutes=61)
    assert "niet begrepen" in says(desk, text)
    assert desk.cases()[0].breach_decision == ""
