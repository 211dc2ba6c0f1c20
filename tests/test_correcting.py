"""What a case asks is said anew: what was told stays, what is named again stays, what is new has a term of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk import REF, Desk, act, case_of, local, text_of

from builders import AT, a_case, a_mail, a_policy, a_proven_case, a_verdict, after, arrived, sends
from company import ACCESS, CONTACT, KNOWN, Sorter, a_raw_mail
from mailbot import actions as do
from mailbot import events
from mailbot.decide import decide
from mailbot.decide.correcting import asked_later, leaves
from mailbot.errors import Refused
from mailbot.memory.histories import faults
from mailbot.model import Case, Item, Kind, LetterState, Outcome, Pointer, Status, Verdict
from mailbot.outgoing import releasing

NEW = "AVG-2026-0002"
TOLD = AT + timedelta(days=3)


def told(*kinds: Kind, open_too: tuple[Kind, ...] = ()) -> Case:
    """A case in which a letter has told these rights three days after receipt."""
    case = a_proven_case(*kinds, *open_too)
    items = [Item(kind, Outcome.GRANTED, "els", AT, letter="AVG-2026-0001:answer:1") for kind in kinds]
    case = replace(case, items=(*items, *(Item(kind) for kind in open_too)))
    return after(
        case, events.LetterSettled("AVG-2026-0001:answer:1", "answer", LetterState.SENT, "requester"), now=TOLD
    )


def corrected(case: Case, *kinds: Kind) -> Case:
    return after(case, events.Corrected("els", kinds), now=TOLD + timedelta(days=1))


def outcomes(case: Case) -> dict[Kind, Outcome]:
    return {item.kind: item.outcome for item in case.items}


def test_a_right_that_is_named_again_keeps_what_was_decided_and_told() -> None:
    case = told(Kind.ACCESS, open_too=(Kind.ERASURE,))
    again = corrected(case, Kind.ACCESS, Kind.RECTIFICATION)
    assert again.items == (case.items[0], Item(Kind.RECTIFICATION))


def test_a_right_that_was_told_stays_on_record_also_when_it_is_named_no_more() -> None:
    case = corrected(told(Kind.ACCESS), Kind.COMPLAINT)
    assert outcomes(case) == {Kind.COMPLAINT: Outcome.OPEN, Kind.ACCESS: Outcome.GRANTED}
    assert case.items[1].told_at == TOLD


def test_a_right_that_nobody_was_told_about_goes_when_it_is_named_no_more() -> None:
    assert corrected(told(Kind.ACCESS, open_too=(Kind.ERASURE,)), Kind.ACCESS, Kind.COMPLAINT).kinds == (
        Kind.ACCESS,
        Kind.COMPLAINT,
    )


def test_the_term_runs_again_when_a_right_is_added_to_what_was_answered() -> None:
    case = told(Kind.ACCESS)
    assert case.deadline("operating").met_at == TOLD  # type: ignore[union-attr]
    more = corrected(case, Kind.ACCESS, Kind.RECTIFICATION)
    assert {one.met_at for one in more.deadlines} == {None}
    assert more.next_at is not None


def test_the_term_is_met_by_the_answer_when_what_stood_open_was_not_asked_at_all() -> None:
    case = told(Kind.ACCESS, open_too=(Kind.ERASURE,))
    assert case.deadline("operating").met_at is None  # type: ignore[union-attr]
    assert corrected(case, Kind.ACCESS).deadline("operating").met_at == TOLD  # type: ignore[union-attr]


def test_a_notice_of_extension_stays_given_when_a_right_is_added() -> None:
    case = told(Kind.ACCESS)
    extended = replace(case, extended_at=AT + timedelta(days=1))
    met = {one.name: one.met_at for one in corrected(extended, Kind.ACCESS, Kind.RECTIFICATION).deadlines}
    assert (met["notice_by"], met["operating"]) == (TOLD, None)


def test_what_asks_nothing_ends_and_keeps_what_was_told() -> None:
    case = corrected(told(Kind.ACCESS, open_too=(Kind.ERASURE,)), Kind.NOT_A_REQUEST)
    assert case.status is Status.CLOSED
    assert outcomes(case) == {Kind.ACCESS: Outcome.GRANTED, Kind.ERASURE: Outcome.NO_REQUEST}


def further(case: Case, text: str, *kinds: Kind, days: int = 1, key: str = "cd", act: str = "triage") -> Case:
    at = AT + timedelta(days=days)
    mail = a_mail(key=key * 32, message_id=f"<{key}@klant.example>", text=text, received_at=at)
    return after(case, arrived(mail=mail, verdict=a_verdict(*kinds, act=act)), now=at)


def test_the_later_mail_that_may_ask_it_is_the_one_of_which_the_sorter_was_not_sure() -> None:
    case = further(a_proven_case(Kind.ACCESS), "Hoe staat het ermee?", Kind.ACCESS, key="aa", act="auto")
    case = further(case, "En daarna alles weg.", Kind.ERASURE, days=2)
    found = asked_later(case, (Kind.ACCESS, Kind.ERASURE))
    assert found
    assert (found[0].text, found[1]) == ("En daarna alles weg.", (Kind.ERASURE,))
    assert asked_later(case, (Kind.ACCESS,)) is None


def test_a_guess_is_over_once_a_person_has_said_what_is_asked() -> None:
    case = further(a_proven_case(Kind.ACCESS), "En daarna alles weg.", Kind.ERASURE)
    assert case.mails[1].guessed == (Kind.ERASURE,)
    found = events.MailFoundAgain(case.mails[0].key, Pointer("Junk", 1, 9), junk=True)
    moved = after(case, found)
    assert (moved.needs, moved.mails[1].guessed) == (("asks_more", "moved_to_junk"), (Kind.ERASURE,))
    assert after(moved, events.Accepted("els")).mails[1].guessed == ()


def test_naming_only_what_the_case_holds_takes_nothing_from_it_while_a_later_mail_waits() -> None:
    case = further(a_proven_case(Kind.ACCESS, Kind.RECTIFICATION), "En daarna alles weg.", Kind.ERASURE)
    for named in ((Kind.ACCESS,), (Kind.ACCESS, Kind.RECTIFICATION)):
        said = after(case, events.Corrected("els", named))
        assert (said.kinds, said.needs) == ((Kind.ACCESS, Kind.RECTIFICATION), ())
        assert sends(case, events.Corrected("els", named)) == []


def test_of_an_answered_case_the_first_mail_after_the_answer_asks_what_is_added() -> None:
    case = further(told(Kind.ACCESS), "Wis alles.", Kind.NOT_A_REQUEST, days=5, act="auto")
    seen = after(case, events.Acknowledged("els", ""))
    found = asked_later(seen, (Kind.ERASURE,))
    assert found
    assert found[0].text == "Wis alles."
    assert asked_later(further(a_proven_case(Kind.ACCESS), "Dank.", Kind.ACCESS, act="auto"), (Kind.ERASURE,)) is None


def test_what_was_taken_back_without_a_letter_keeps_no_answer_from_having_been_the_last() -> None:
    answered = told(Kind.ACCESS)
    answered = replace(answered, items=(*answered.items, Item(Kind.ERASURE, Outcome.WITHDRAWN)))
    again = corrected(answered, Kind.ACCESS, Kind.ERASURE, Kind.RECTIFICATION)
    assert {one.met_at for one in answered.deadlines} == {TOLD}
    assert {one.met_at for one in again.deadlines} == {None}


def test_what_nobody_was_told_of_meets_no_term_when_something_else_is_asked() -> None:
    actions = decide(a_case(Kind.ACCESS), events.Corrected("els", (Kind.ERASURE,)), a_policy(), TOLD)
    assert not any(isinstance(action, do.MeetDeadlines | do.MissDeadlines) for action in actions)


def test_a_right_leaves_with_its_letter_only_where_that_was_written_and_has_not_told_it() -> None:
    waits = Item(Kind.ACCESS, Outcome.GRANTED, letter="AVG-2026-0001:answer:1")
    case = replace(a_case(), items=(waits, Item(Kind.ERASURE), replace(waits, kind=Kind.OBJECTION, told_at=TOLD)))
    assert leaves(case, (Kind.COMPLAINT,)) == (waits,)
    assert leaves(case, (Kind.ACCESS,)) == ()


def test_saying_again_what_a_case_asks_moves_no_term() -> None:
    answered = told(Kind.ACCESS)
    assert corrected(answered, Kind.ACCESS).deadlines == answered.deadlines
    asked = a_case(Kind.ERASURE)
    sent = events.LetterSettled("AVG-2026-0001:x", "cannot_identify", LetterState.SENT, "requester")
    noticed = after(asked, sent, now=TOLD)
    assert {one.met_at for one in corrected(noticed, Kind.ACCESS).deadlines} == {TOLD}


def test_of_several_later_mails_the_one_that_may_ask_it_is_meant_else_the_first_in_doubt_else_the_last() -> None:
    case = further(a_proven_case(Kind.ACCESS), "Klopt mijn adres?", Kind.RECTIFICATION, key="aa", days=1)
    case = further(case, "En daarna alles weg.", Kind.ERASURE, key="bb", days=2)
    case = further(case, "Dank.", Kind.ACCESS, key="dd", days=3, act="auto")

    def meant(case: Case, *kinds: Kind) -> str:
        found = asked_later(case, kinds)
        return found[0].text if found else ""

    assert [one.guessed for one in case.mails[1:]] == [(Kind.RECTIFICATION,), (Kind.ERASURE,), ()]
    assert meant(case, Kind.RECTIFICATION, Kind.ACCESS) == "Klopt mijn adres?"
    assert meant(case, Kind.ERASURE, Kind.ACCESS) == "En daarna alles weg."
    assert meant(case, Kind.PORTABILITY) == "Klopt mijn adres?"
    sure = replace(case, mails=tuple(replace(one, guessed=()) for one in case.mails))
    assert meant(sure, Kind.PORTABILITY) == "Dank."


def test_of_an_answered_case_no_mail_up_to_the_answer_asks_what_is_added() -> None:
    case = further(told(Kind.ACCESS), "Dank, ontvangen.", Kind.NOT_A_REQUEST, key="aa", days=3, act="auto")
    assert case.mails[1].received_at == TOLD
    case = further(case, "Wis alles.", Kind.NOT_A_REQUEST, key="bb", days=4, act="auto")
    found = asked_later(case, (Kind.ERASURE,))
    assert found
    assert found[0].text == "Wis alles."
    assert asked_later(replace(case, mails=case.mails[:2]), (Kind.ERASURE,)) is None


# --- with a store --------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), calendar=False, trust_staff_mail=True)
    desk.round(a_raw_mail(ACCESS))
    return desk


def asks_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A week later the person writes something of which the sorter is not sure."""
    verdict = Verdict((Kind.ERASURE,), 0.6, "triage")
    monkeypatch.setattr(Sorter, "classify", lambda *_, **__: verdict)
    ours = str(desk.mails_to(KNOWN)[0]["Message-ID"])
    desk.round(a_raw_mail("En daarna alles weg.", number=5, In_Reply_To=ours), at=local(2026, 3, 9, 12))


def test_what_a_later_mail_asks_has_its_own_case_and_term_and_the_first_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = case_of(desk)
    asks_more(desk, monkeypatch)
    desk.round(at=local(2026, 3, 11, 9))
    act(desk, events.Corrected("els", (Kind.ACCESS, Kind.ERASURE)))
    old, new = case_of(desk), case_of(desk, NEW)
    assert (old.kinds, old.deadlines, old.needs, old.is_open) == ((Kind.ACCESS,), before.deadlines, (), True)
    assert (new.kinds, new.received_at) == ((Kind.ERASURE,), local(2026, 3, 9, 12))
    with desk.tenant.store.unit() as unit:
        assert list(faults(unit)) == []


def test_the_mail_about_a_later_message_names_the_right_that_it_may_ask(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks_more(desk, monkeypatch)
    assert "nog niet in dit dossier staat (verwijdering)" in " ".join(text_of(desk.mails_to(CONTACT)[-1]).split())


def test_a_right_whose_letter_has_not_left_is_not_dropped_before_that_letter(tmp_path: Path) -> None:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), mode="automatic", undo_minutes=60)
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.Corrected("els", (Kind.PRIVACY_QUESTION,)))
    act(desk, events.Answered("els", "Wij bewaren facturen zeven jaar.", Outcome.ANSWERED))
    for kind in (Kind.COMPLAINT, Kind.NOT_A_REQUEST):
        with pytest.raises(Refused, match="drop it first"):
            act(desk, events.Corrected("els", (kind,)))
    releasing.drop(desk.tenant, f"{REF}:answer:1", "niet gevraagd", desk.clock())
    assert act(desk, events.Corrected("els", (Kind.COMPLAINT,))).kinds == (Kind.COMPLAINT,)


def test_an_answer_that_was_written_before_a_right_was_added_does_not_tell_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), mode="automatic", undo_minutes=60)
    desk.round(a_raw_mail(ACCESS))
    act(desk, events.Corrected("els", (Kind.PRIVACY_QUESTION,)))
    act(desk, events.Answered("els", "Wij bewaren facturen zeven jaar.", Outcome.ANSWERED))
    act(desk, events.Corrected("els", (Kind.PRIVACY_QUESTION, Kind.COMPLAINT)))
    desk.round(hours=2)
    assert [(item.kind, item.told_at is not None) for item in case_of(desk).items] == [
        (Kind.PRIVACY_QUESTION, True),
        (Kind.COMPLAINT, False),
    ]


def test_a_breach_about_which_it_was_decided_stays_on_record_whatever_else_is_asked() -> None:
    decided = after(a_case(Kind.BREACH_REPORT), events.BreachDecided("els", "notify", "risico", notified_at=AT))
    for kinds in ((Kind.ACCESS,), (Kind.NOT_A_REQUEST,)):
        case = after(decided, events.Corrected("els", kinds))
        assert case.kinds.count(Kind.BREACH_REPORT) == 1
        assert case.deadline("breach")


def test_what_turns_out_to_be_no_breach_calls_nobody_for_one() -> None:
    case = after(a_case(Kind.BREACH_REPORT), events.Corrected("els", (Kind.ACCESS,)))
    assert (case.needs, case.deadline("breach")) == ((), None)
