"""What every action does to a case beside its own field: versions count up, dates that move are counted, and what is
written anew stands once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from builders import AT, a_case, a_policy, arrived
from mailbot import actions as do
from mailbot.decide import apply, decide
from mailbot.model import AttachedFile, DataPackage, ProcessorRequest, Question, RetainedDocument, Status, Work


def test_each_action_makes_the_next_version() -> None:
    case = a_case()
    versions = []
    for action in (do.Remark("a"), do.Assign("els"), do.Wake(None), do.Remark("b")):
        case = apply(case, action)
        versions.append(case.version)
    first = a_case().version
    assert versions == [first + 1, first + 2, first + 3, first + 4]
    assert apply(case, do.Anonymise(AT)).version == first + 5


def test_the_version_of_a_case_is_the_number_of_actions_that_made_it() -> None:
    actions = [one for one in decide(None, arrived(), a_policy(), AT) if not isinstance(one, do.LetterAction)]
    assert a_case().version == len(actions)


def test_a_date_that_moves_is_counted_for_peoples_calendars_and_one_that_stays_is_not() -> None:
    case = a_case()
    same = do.SetDeadlines(case.deadlines)
    later = do.SetDeadlines(tuple(replace(one, due=one.due + timedelta(days=1)) for one in case.deadlines))
    assert apply(case, same).moves == case.moves
    assert apply(case, later).moves == case.moves + 1
    assert apply(apply(case, later), same).moves == case.moves + 2


def test_a_date_that_ends_with_its_case_and_comes_back_with_it_is_counted_each_time() -> None:
    closed = apply(a_case(), do.CloseCase(AT, "klaar"))
    assert closed.moves == 1
    assert apply(closed, do.SetStatus(Status.OPEN)).moves == 2


def test_a_case_that_is_changed_is_another_one_and_has_no_field_of_its_own() -> None:
    case = a_case()
    assert case.changed({"assignee": "els"}) == replace(case, assignee="els")
    assert case.assignee == ""
    with pytest.raises(TypeError, match="a case has no moves_of_it"):
        case.changed({"moves_of_it": 1})


def test_nothing_is_done_to_a_case_that_was_not_opened() -> None:
    with pytest.raises(ValueError, match="before the case was opened"):
        apply(None, do.Remark("x"))


def test_no_case_is_opened_a_second_time() -> None:
    again = do.OpenCase("AVG-2026-0001", "kaviaarshop", Status.OPEN, AT, AT, None)
    with pytest.raises(ValueError, match="AVG-2026-0001 is already open"):
        apply(a_case(), again)


def test_what_was_met_first_stays_the_moment_at_which_it_was_met() -> None:
    met = apply(a_case(), do.MeetDeadlines(AT))
    again = apply(met, do.MeetDeadlines(AT + timedelta(days=9)))
    assert {one.met_at for one in again.deadlines} == {AT}


def test_only_the_named_deadlines_are_met_and_missed() -> None:
    case = a_case()
    names = {one.name for one in case.deadlines}
    met = apply(case, do.MeetDeadlines(AT, ("notice_by",)))
    assert {one.name for one in met.deadlines if one.met_at} == {"notice_by"} & names
    everything = apply(case, do.MeetDeadlines(AT))
    missed = apply(everything, do.MissDeadlines(("operating",)))
    assert {one.name for one in missed.deadlines if one.met_at is None} == {"operating"}


def test_a_question_stands_in_the_case_beside_the_others_and_its_answer_with_it_alone() -> None:
    case = apply(apply(a_case(), do.PutQuestion("<a@x>", "a@x.test")), do.PutQuestion("<b@x>", "b@x.test"))
    case = apply(case, do.TakeAnswer("<b@x>", "no"))
    assert case.questions == (Question("<a@x>", "a@x.test"), Question("<b@x>", "b@x.test", "no"))


def test_of_two_letters_of_a_name_that_were_posted_the_last_one_came_back() -> None:
    case = replace(a_case(), by_post=("neutral", "message", "neutral", "answer"))
    assert apply(case, do.LetterReturned("t", "neutral")).by_post == ("neutral", "message", "answer")
    assert apply(case, do.LetterReturned("t", "package")).by_post == case.by_post


def test_a_case_without_its_person_says_so() -> None:
    assert apply(a_case(), do.Anonymise(AT)).status is Status.ANONYMISED


def test_a_case_that_runs_again_has_no_end() -> None:
    closed = apply(a_case(), do.CloseCase(AT, "klaar"))
    planned = apply(closed, do.PlanForgetting(AT.date()))
    running = apply(planned, do.SetStatus(a_case().status))
    assert (running.closed_at, running.close_reason, running.forget_on) == (None, "", None)


def test_a_restriction_keeps_its_first_day_until_it_is_lifted() -> None:
    case = apply(apply(a_case(), do.Restrict(AT)), do.Restrict(AT + timedelta(days=3)))
    assert case.restricted_since == AT
    assert apply(case, do.LiftRestriction(AT)).restricted_since is None


# --- the work on record --------------------------------------------------------------------------

COPY = DataPackage("copy:1", "els", AT, 100, 1)
ASKED = ProcessorRequest("tell:mollie", "mollie", "tell:mollie:1")
INVOICE = RetainedDocument("F-1", "factuur", date(2026, 1, 5), date(2033, 12, 31), "artikel 52 AWR")


def worked(*actions: do.FulfilmentAction) -> Work:
    case = a_case()
    for action in actions:
        case = apply(case, action)
    return case.work


def test_a_party_a_copy_and_a_document_that_are_written_anew_stand_there_once_beside_the_others() -> None:
    other_party, other_copy, other_document = (
        replace(ASKED, token="tell:shipper:1"),
        replace(COPY, token="copy:2"),
        replace(INVOICE, document="F-2"),
    )
    work = worked(
        *(do.SetAsked(ASKED), do.SetAsked(other_party), do.SetAsked(replace(ASKED, chased=1))),
        *(do.Pack(COPY), do.Pack(other_copy), do.Pack(replace(COPY, sent_at=AT))),
        *(do.Keep(INVOICE), do.Keep(other_document), do.Keep(replace(INVOICE, until=date(2036, 12, 31)))),
    )
    assert work.asked == (other_party, replace(ASKED, chased=1))
    assert work.packed == (other_copy, replace(COPY, sent_at=AT))
    assert work.kept == (other_document, replace(INVOICE, until=date(2036, 12, 31)))


def test_a_copy_that_came_back_was_not_sent() -> None:
    assert worked(do.Pack(replace(COPY, sent_at=AT))).package_sent_at == AT
    assert worked(do.Pack(replace(COPY, sent_at=AT)), do.Pack(COPY)).package_sent_at is None


def test_one_file_is_taken_out_of_the_copy_or_all_of_them() -> None:
    files = [do.Attach(AttachedFile(number, "a.pdf", "Brieven", "kast", 9, "els", AT)) for number in (1, 2, 3)]
    assert [one.number for one in worked(*files, do.Detach(2)).attached] == [1, 3]
    assert worked(*files, do.Detach(0)).attached == ()
