"""Who has no mail address is reached by post: a letter that a person posted counts like one that our server took."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from desk import REF, Desk, act, case_of, letter, local, proof, register, text_of

from company import ACCESS, CONTACT, KNOWN, a_raw_mail
from mailbot import events
from mailbot.acts import by_letter, undoing
from mailbot.config import StaffMember
from mailbot.decide.clock import terms_of
from mailbot.errors import Refused
from mailbot.fulfil import forgetting
from mailbot.incoming import manual
from mailbot.model import SECOND_LOOK, Case, Enclosed, Kind, LetterState, Outcome
from mailbot.outgoing import releasing
from mailbot.reports.history_account import account

WHY = "Uw gegevens staan in acht systemen, en het nakijken kost meer dan een maand."
NO = "U vroeg dit dit jaar al acht keer, en er is sindsdien niets veranderd."
EXTENDED, ASKED, NOTICE = f"{REF}:extended:1", f"{REF}:identity:1", f"{REF}:cannot_identify:2026-04-01"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A request that came by post on Monday 2 March, entered by hand; the month ends on 2 April, the promise a day
    before."""
    desk = Desk(tmp_path, local(2026, 3, 2, 10), calendar=False, trust_staff_mail=True)
    letter = tmp_path / "brief.txt"
    letter.write_text(ACCESS, "utf-8")
    manual.add(desk.tenant, letter, desk.clock(), "", "post", (Kind.ACCESS,), "els", desk.clock())
    return desk


def told(desk: Desk, event: events.StaffActed, on: date | None) -> Case:
    """Somebody says that he posted the letter of this act on that day."""
    done = by_letter.act(desk.tenant, REF, event, on, desk.clock())
    assert done.case
    return done.case


def posted(desk: Desk, token: str, on: date | None = None) -> Case:
    by_letter.post(desk.tenant, token, on, "els", desk.clock())
    return case_of(desk)


def changed(desk: Desk, **changes: Any) -> None:
    waits = replace(letter(desk, EXTENDED), **changes)
    with desk.tenant.store.unit() as unit:
        unit.put_letter(waits)


def operating(case: Case) -> date | None:
    deadline = case.deadline("operating")
    return deadline.on if deadline else None


def refusal(desk: Desk, event: events.StaffActed, on: date | None = None) -> Refused:
    with pytest.raises(Refused) as refused:
        told(desk, event, on)
    return refused.value


# --- the extension (A-30, A-34) ------------------------------------------------------------------


def test_an_extension_without_a_mail_address_is_a_letter_that_waits_to_be_posted(desk: Desk) -> None:
    act(desk, events.ExtensionDecided("els", WHY))
    desk.round(days=1)
    waits = letter(desk, EXTENDED)
    assert (waits.state, waits.to, case_of(desk).extended_at) == (LetterState.HELD, "", None)
    assert "op deze mail" not in waits.text
    assert WHY in " ".join(waits.text.split())
    with pytest.raises(Refused, match="posted"):
        releasing.release(desk.tenant, EXTENDED, desk.clock())


def test_it_extends_from_the_day_on_which_it_was_posted(desk: Desk) -> None:
    act(desk, events.ExtensionDecided("els", WHY))
    desk.clock.at = local(2026, 3, 20, 10)
    case = posted(desk, EXTENDED, date(2026, 3, 18))
    assert (operating(case), terms_of(case, desk.tenant.policy)[0].extension_valid) == (date(2026, 6, 2), True)
    assert case.deadline("notice_by").met_at == local(2026, 3, 18, 12)  # type: ignore[union-attr]
    assert register(desk)["extended_on"] == "2026-03-18"
    assert desk.faults() == []


def test_a_notice_that_was_posted_in_the_month_extends_however_late_it_is_recorded(desk: Desk) -> None:
    desk.clock.at = local(2026, 4, 10, 10)
    assert refusal(desk, events.ExtensionDecided("els", WHY)).rule == "A-34"
    case = told(desk, events.ExtensionDecided("els", WHY), date(2026, 4, 1))
    assert (operating(case), case.extended_at) == (date(2026, 6, 2), local(2026, 4, 1, 12))


def test_a_notice_that_was_posted_after_the_month_extends_nothing(desk: Desk) -> None:
    act(desk, events.ExtensionDecided("els", WHY))
    desk.clock.at = local(2026, 4, 10, 10)
    assert refusal(desk, events.ExtensionDecided("els", WHY), date(2026, 4, 3)).rule in ("A-30", "A-34")
    case = posted(desk, EXTENDED, date(2026, 4, 3))
    assert (operating(case), register(desk)["extension_counts"]) == (date(2026, 4, 1), False)
    assert "extension_too_late" in case.needs


@pytest.mark.parametrize(("day", "rule"), [(date(2026, 3, 4), "F-15"), (date(2026, 3, 1), "A-04")])
def test_nothing_was_told_before_the_request_or_tomorrow(desk: Desk, day: date, rule: str) -> None:
    desk.clock.at = local(2026, 3, 3, 10)
    assert refusal(desk, events.ExtensionDecided("els", WHY), day).rule == rule
    assert desk.letters(LetterState.HELD) == []


# --- the question who writes (A-36, A-37, C-01) --------------------------------------------------


@pytest.mark.parametrize(("day", "still"), [(date(2026, 3, 7), True), (date(2026, 3, 8), False)])
def test_a_question_on_paper_stops_the_clock_only_within_five_days(desk: Desk, day: date, still: bool) -> None:
    desk.clock.at = local(2026, 3, 9, 10)
    case = told(desk, events.IdentityAsked("els"), day)
    assert case.clock_stands_still is still
    assert register(desk)["identity_asked_on"] == day.isoformat()


def test_the_days_until_proof_are_added_as_after_a_question_by_mail(desk: Desk) -> None:
    desk.clock.at = local(2026, 3, 16, 10)
    told(desk, events.IdentityAsked("els"), date(2026, 3, 4))
    case = act(desk, events.IdentityConfirmed("els", "noemde bestelling 5512", local(2026, 3, 14, 9)))
    assert operating(case) == date(2026, 4, 11)


def test_the_address_on_file_is_asked_by_mail_where_there_is_one_and_the_person_on_paper_if_so_wished(
    desk: Desk,
) -> None:
    act(desk, events.CustomerLinked("els", "1001", KNOWN, "naam en postcode"))
    desk.clock.at = local(2026, 3, 3, 10)
    act(desk, events.IdentityAsked("els", "naam klopt, adres niet"))
    assert [(one.template, one.to) for one in desk.letters(LetterState.QUEUED) if one.to == KNOWN][-1:] == [
        ("confirmation", KNOWN)
    ]
    told(desk, events.IdentityAsked("els", by_letter=True), date(2026, 3, 3))
    assert letter(desk, f"{REF}:identity:2").posted_by == "els"


def test_that_nobody_could_be_identified_is_a_letter_too_and_meets_the_notice_when_it_is_posted(desk: Desk) -> None:
    desk.clock.at = local(2026, 3, 3, 10)
    told(desk, events.IdentityAsked("els"), date(2026, 3, 3))
    desk.round(at=local(2026, 3, 27, 9, 30))
    assert "op deze mail" not in letter(desk, NOTICE).text
    assert "rechtbank" in letter(desk, NOTICE).text
    case = posted(desk, NOTICE)
    assert case.is_open
    assert case.deadline("notice_by").met_at == desk.clock()  # type: ignore[union-attr]


# --- a no, and an answer -------------------------------------------------------------------------


def refused(**changes: Any) -> events.Replied:
    facts = (("ground", ("excessive",)), ("reasons", (NO,)))
    return replace(events.Replied("els", "refused", facts, (Kind.ACCESS,)), **changes)


def test_a_no_on_paper_says_what_one_by_mail_says_and_stands_with_its_ground(desk: Desk) -> None:
    desk.clock.at = local(2026, 4, 20, 10)
    told(desk, refused(), date(2026, 3, 30))
    said = " ".join(letter(desk, f"{REF}:refused:1").text.split())
    assert all(
        words in said for words in ("artikel 12, lid 5, onder b", NO, "Autoriteit Persoonsgegevens", "rechtbank")
    )
    assert "later dan de wet" not in said
    row = register(desk)
    assert (row["refused_on"], row["within_law"], row["by_post"]) == (["access: excessive"], True, ["refused"])
    found = proof(desk)
    assert found.holds
    assert "refusal" in [term.name for term in found.terms]


def test_a_no_that_was_posted_after_its_month_needs_a_reason_and_is_late(desk: Desk) -> None:
    desk.clock.at = local(2026, 4, 20, 10)
    assert refusal(desk, refused(), date(2026, 4, 3)).rule == ""
    told(desk, refused(late="ziek geweest"), date(2026, 4, 3))
    assert (register(desk)["within_law"], proof(desk).holds) == (False, False)


def test_own_words_can_be_posted_as_well(desk: Desk) -> None:
    act(desk, events.IdentityConfirmed("els", "kwam langs"))
    act(desk, events.Answered("els", "Wij hebben niets van u.", Outcome.ANSWERED))
    case = posted(desk, f"{REF}:answer:1")
    assert case.items[0].told_at == desk.clock()
    assert proof(desk).holds


# --- what is on record ---------------------------------------------------------------------------


def test_the_proof_names_who_posted_it_and_no_server(desk: Desk) -> None:
    desk.clock.at = local(2026, 4, 20, 10)
    told(desk, refused(), date(2026, 3, 30))
    found = proof(desk)
    [one] = found.letters
    assert (one.letter, one.posted_by, one.answer, one.message_id) == ("refused", "els", "", "")
    assert (one.sent_at, one.met) == (local(2026, 3, 30, 12), ("operating", "statutory", "refusal"))
    assert [(line.event, line.by, line.says) for line in found.lines] == [("SentByPost", "els", local(2026, 3, 30, 12))]


def test_the_account_tells_the_day_of_posting(desk: Desk) -> None:
    desk.clock.at = local(2026, 4, 20, 10)
    told(desk, refused(), date(2026, 3, 30))
    with desk.tenant.store.unit() as unit:
        lines = list(account(unit.history(REF), desk.tenant.policy, desk.tenant.letters.phrases["nl"]))
    assert "op de post gedaan op ma 30-03-2026" in lines[-1].what
    assert lines[-1].by == "els"


def test_a_letter_that_was_changed_after_it_was_posted_is_a_fault(desk: Desk) -> None:
    told(desk, events.ExtensionDecided("els", WHY), desk.tenant.policy.day_of(desk.clock()))
    assert desk.faults() == []
    changed(desk, text="Iets anders.")
    assert any("not the one that els posted" in fault for _, fault in desk.faults())


def test_of_a_person_who_was_forgotten_it_is_still_shown_who_posted_what_when(desk: Desk) -> None:
    desk.clock.at = local(2026, 3, 30, 10)
    told(desk, refused(), date(2026, 3, 30))
    act(desk, events.Closed("els", Outcome.REFUSED, "klaar"))
    forgetting.forget_due(desk.tenant, desk.clock.move(days=900))
    [one] = proof(desk).letters
    assert (one.posted_by, one.sent_at) == ("els", local(2026, 3, 30, 10))


# --- taking it back ------------------------------------------------------------------------------


def test_a_letter_that_came_back_was_not_told_and_can_be_posted_again(desk: Desk) -> None:
    told(desk, events.ExtensionDecided("els", WHY), desk.tenant.policy.day_of(desk.clock()))
    desk.clock.at = local(2026, 3, 10, 10)
    by_letter.came_back(desk.tenant, EXTENDED, "retour afzender", "els", desk.clock())
    case = case_of(desk)
    assert (case.extended_at, operating(case), register(desk)["by_post"]) == (None, date(2026, 4, 1), [])
    assert (letter(desk, EXTENDED).state, desk.faults()) == (LetterState.HELD, [])
    posted(desk, EXTENDED, date(2026, 3, 10))
    assert (register(desk)["extended_on"], register(desk)["by_post"]) == ("2026-03-10", ["extended"])
    assert desk.faults() == []


def test_what_was_posted_is_not_undone_but_said_to_have_come_back(desk: Desk) -> None:
    told(desk, events.ExtensionDecided("els", WHY), desk.tenant.policy.day_of(desk.clock()))
    with desk.tenant.store.unit() as unit, pytest.raises(Refused, match="outbox returned"):
        undoing.take_back(unit, desk.tenant, REF, "els", desk.clock())
    by_letter.came_back(desk.tenant, EXTENDED, "retour", "els", desk.clock())
    with desk.tenant.store.unit() as unit, pytest.raises(Refused, match="outbox posted"):
        undoing.take_back(unit, desk.tenant, REF, "els", desk.clock())
    with pytest.raises(Refused, match="was posted"):
        by_letter.came_back(desk.tenant, f"{REF}:ack", "x", "els", desk.clock())


def test_a_letter_cannot_have_been_posted_before_it_was_written_or_twice(desk: Desk) -> None:
    desk.clock.at = local(2026, 3, 10, 10)
    act(desk, events.ExtensionDecided("els", WHY))
    with pytest.raises(Refused, match="written on"):
        posted(desk, EXTENDED, date(2026, 3, 9))
    posted(desk, EXTENDED)
    with pytest.raises(Refused, match="waits to be posted"):
        posted(desk, EXTENDED)


@pytest.mark.parametrize("state", LetterState)
def test_what_left_or_was_dropped_is_not_posted_and_whatever_else_waits_can_be(desk: Desk, state: LetterState) -> None:
    act(desk, events.ExtensionDecided("els", WHY))
    changed(desk, state=state)
    if state in (LetterState.SENT, LetterState.SENDING, LetterState.DROPPED):
        with pytest.raises(Refused, match="waits to be posted"):
            posted(desk, EXTENDED)
    else:
        posted(desk, EXTENDED)
        assert letter(desk, EXTENDED).posted_by == "els"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"why": SECOND_LOOK}, "a copy of data is a file"),
        ({"enclosed": (Enclosed("a.zip", "application/zip", file="a.zip"),)}, "a copy of data is a file"),
        ({"draft": "lies"}, "delete it there first"),
        ({"audience": "staff"}, "waits to be posted"),
    ],
)
def test_no_copy_no_draft_and_no_mail_to_colleagues_is_posted(desk: Desk, changes: dict[str, Any], why: str) -> None:
    act(desk, events.ExtensionDecided("els", WHY))
    changed(desk, **changes)
    with pytest.raises(Refused, match=why):
        posted(desk, EXTENDED)
    assert case_of(desk).extended_at is None


@pytest.mark.parametrize("on", [date(2026, 3, 2), None])
def test_who_wrote_by_mail_can_be_told_on_paper_and_then_gets_no_mail(tmp_path: Path, on: date | None) -> None:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), calendar=False)
    desk.round(a_raw_mail(ACCESS))
    desk.round(minutes=30)
    desk.forget_mails()
    told(desk, events.ExtensionDecided("els", WHY), on)
    desk.round(minutes=30)
    notice = letter(desk, EXTENDED)
    assert (notice.to, notice.state, notice.posted_by) == (
        "",
        LetterState.SENT if on else LetterState.HELD,
        "els" if on else "",
    )
    assert desk.mails_to(KNOWN) == []
    assert [one for one in desk.letters() if one.audience == "staff" and one.posted_by] == []


def test_an_act_that_writes_no_letter_was_not_posted(desk: Desk) -> None:
    with pytest.raises(Refused, match="no letter about AVG-2026-0001 that a person can post"):
        told(desk, events.Assigned("els", "kim"), date(2026, 3, 2))
    assert case_of(desk).assignee == ""


def test_who_may_not_send_posts_nothing_and_who_may_not_decide_gets_nothing_back(desk: Desk) -> None:
    act(desk, events.ExtensionDecided("els", WHY))
    here = frozenset({desk.tenant.id})
    desk.tenant.staff_member = StaffMember("jun", "Junior", triage=here, decide=here)
    with pytest.raises(Refused, match="may not send"):
        posted(desk, EXTENDED)
    desk.tenant.staff_member = StaffMember("jun", "Junior", triage=here, send=here)
    posted(desk, EXTENDED)
    desk.tenant.staff_member = StaffMember("jun", "Junior", triage=here)
    with pytest.raises(Refused, match="may not"):
        by_letter.came_back(desk.tenant, EXTENDED, "retour", "jun", desk.clock())
    assert letter(desk, EXTENDED).state is LetterState.SENT


def test_a_letter_that_no_server_took_can_be_posted(tmp_path: Path) -> None:
    desk = Desk(tmp_path, local(2026, 3, 2, 10))
    desk.refused.add("vreemd@elders.test")
    desk.round(a_raw_mail(ACCESS, sender="vreemd@elders.test"))
    desk.round(hours=1)
    assert letter(desk, f"{REF}:ack").state is LetterState.FAILED
    posted(desk, f"{REF}:ack")
    assert proof(desk).letters[0].posted_by == "els"
    assert desk.faults() == []


# --- by reply ------------------------------------------------------------------------------------


def newest(desk: Desk, words: str) -> EmailMessage:
    return [mail for mail in desk.mails_to(CONTACT) if words in str(mail["Subject"])][-1]


def says(desk: Desk, to: EmailMessage, text: str, number: int) -> None:
    raw = a_raw_mail(text, CONTACT, f"Re: {to['Subject']}", number, In_Reply_To=str(to["Message-ID"]))
    desk.round(raw, hours=1)
    desk.round(minutes=15)


def put_before(desk: Desk) -> EmailMessage:
    act(desk, events.ExtensionDecided("els", WHY))
    desk.round(at=local(2026, 3, 3, 10))
    desk.round(minutes=15)
    return newest(desk, "Een brief wacht")


def test_the_letter_is_put_before_people_whole_with_how_to_say_that_it_was_posted(desk: Desk) -> None:
    said = " ".join(text_of(put_before(desk)).split())
    assert "GEPOST" in said
    assert WHY in said
    assert "AKKOORD" not in said.partition("De brief")[0]


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("GEPOST", "2026-03-03"),
        ("GEPOST 3-3-2026", "2026-03-03"),
        ("GEPOST 2026-03-03", "2026-03-03"),
        ("GEPOST op 3-3", "2026-03-03"),
    ],
)
def test_a_word_says_that_it_was_posted_and_when(desk: Desk, word: str, day: str) -> None:
    says(desk, put_before(desk), word, 7)
    assert (register(desk)["extended_on"], register(desk)["by_post"]) == (day, ["extended"])
    assert "ging per post weg" in " ".join(text_of(newest(desk, "Gedaan: GEPOST")).split())


@pytest.mark.parametrize(
    ("word", "told_why"),
    [
        ("GEPOST gisteren", "Schrijf hem als 10-03-2026"),
        ("GEPOST 31-2-2026", "Schrijf hem als 10-03-2026"),
        ("GEPOST 1-3-2026", "Schrijf hem als 10-03-2026"),
        ("AKKOORD", "er is geen mailadres"),
    ],
)
def test_another_word_posts_nothing_and_says_why(desk: Desk, word: str, told_why: str) -> None:
    says(desk, put_before(desk), word, 7)
    assert case_of(desk).extended_at is None
    assert told_why in " ".join(text_of(newest(desk, "Niet gedaan")).split())


def test_done_by_a_no_is_for_the_keyboard_where_its_ground_is_named(desk: Desk) -> None:
    says(desk, put_before(desk), "KLAAR geweigerd per brief", 7)
    assert case_of(desk).is_open
    assert "een weigering heeft een grond" in " ".join(text_of(newest(desk, "Niet gedaan")).split())
