"""The plan of a case: which steps law and policy want, in which order, and what stands in the way of closing."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from rich.console import Console

from builders import AT, STRANGER, a_case, a_policy, a_verdict, after
from builders import arrived as mail_arrived
from company import ACCESS, CONTACT, a_raw_mail
from mailbot import actions as do
from mailbot import events
from mailbot.cli.plan_table import plan_table
from mailbot.decide import apply, decide
from mailbot.decide.anonymisation import anonymised
from mailbot.errors import Refused
from mailbot.model import (
    AttachedFile,
    Case,
    DataPackage,
    Kind,
    LetterState,
    Outcome,
    Place,
    Policy,
    Processor,
    RetainedDocument,
    StepEnding,
)
from mailbot.plan import PlanStep, StepState, data_locations, open_required, plan_of
from mailbot.plan.next_steps import next_steps
from mailbot.reports.register import rows_within

PLACES = (Place("WooCommerce", "klantprofiel", owner="Piet"), Place("Postvak", "correspondentie"))
MOLLIE = Processor("Mollie", "Betalingen", "betaalgegevens", contact="privacy@mollie.example", language="en")
POSTNL = Processor("PostNL", "Verzending", status="te bevestigen")
GONE = Processor("AddThis", "Overig", status="gestopt")


INVOICE = RetainedDocument("F1", "factuur", date(2026, 1, 5), date(2033, 12, 31), "artikel 52, vierde lid, AWR", "els")


def policy(**changes: Any) -> Policy:
    facts: dict[str, Any] = {"places": PLACES, "processors": (MOLLIE, POSTNL, GONE), "copies_before_stopping": True}
    return a_policy(**(facts | changes))


def case_of(*kinds: Kind, **changes: Any) -> Case:
    return a_case(*kinds, policy=policy(), **changes)


def steps(case: Case, **changes: Any) -> dict[str, PlanStep]:
    return {step.id: step for step in plan_of(case, policy(**changes))}


def did(case: Case, *names: str, by: str = "els", how: StepEnding = StepEnding.DONE, note: str = "gezien") -> Case:
    for name in names:
        case = after(case, events.StepSettled(by, name, how, note), policy())
    return case


def decided(case: Case, kind: Kind, outcome: Outcome = Outcome.GRANTED) -> Case:
    return after(case, events.ItemDecided("els", kind, outcome, "omdat"), policy())


def confirmed(case: Case) -> Case:
    return after(case, events.IdentityConfirmed("els", "antwoordde vanaf het bekende adres"), policy())


def packed(case: Case, by: str = "els") -> Case:
    return after(case, events.PackageMade(by, DataPackage(f"{case.ref}:package:1", by, AT, 1000, 2)), policy())


# --- which steps -----------------------------------------------------------------------------------


def test_access_asks_to_look_everywhere_to_confirm_what_is_doubtful_and_to_have_the_copy_checked() -> None:
    assert list(steps(case_of(Kind.ACCESS))) == [
        "identity",
        "confirm:postnl",
        "look_up:woocommerce",
        "look_up:postvak",
        "look_up:mollie",
        "look_up:postnl",
        "package",
        "second_look",
        "copies",
        "decide:access",
        "answer",
    ]


def test_a_processor_that_is_no_longer_used_has_no_step() -> None:
    assert [location.slug for location in data_locations(policy())] == ["woocommerce", "postvak", "mollie", "postnl"]


def test_a_system_in_both_lists_is_one_spot_that_knows_its_contact() -> None:
    both = policy(places=(*PLACES, Place("Mollie", "betalingen", owner="Piet")), processors=(MOLLIE,))
    [location] = [location for location in data_locations(both) if location.slug == "mollie"]
    assert (location.contact, location.holds, location.owner) == ("privacy@mollie.example", "betaalgegevens", "Piet")


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (Kind.RECTIFICATION, "correct:mollie"),
        (Kind.ERASURE, "erase:mollie"),
        (Kind.RESTRICTION, "freeze:mollie"),
        (Kind.OBJECTION, "freeze:mollie"),
        (Kind.PORTABILITY, "package"),
        (Kind.DIRECT_MARKETING, "stop_marketing"),
        (Kind.CONSENT_WITHDRAWAL, "stop_consent"),
        (Kind.AUTOMATED_DECISION, "human_review"),
        (Kind.BREACH_REPORT, "breach"),
        (Kind.MINOR, "guardian"),
        (Kind.DECEASED, "capacity"),
        (Kind.RESTRICTION_LIFT, "lift"),
    ],
)
def test_each_right_has_the_step_that_carries_it_out(kind: Kind, wanted: str) -> None:
    found = steps(case_of(kind))
    assert found[wanted].required
    assert found[f"decide:{kind}"].required


def test_a_report_about_a_child_that_is_true_is_carried_out_in_every_place() -> None:
    reported = case_of(Kind.MINOR)
    assert not [id for id in steps(reported) if id.startswith("erase:")]
    founded = steps(decided(confirmed(reported), Kind.MINOR))
    assert {"erase:mollie", "erase:postvak", "keep", "close_off"} <= set(founded)
    assert all(founded[id].required for id in ("erase:mollie", "keep", "close_off"))


def test_a_child_of_whom_invoices_stay_is_not_told_that_everything_is_gone() -> None:
    reported = after(confirmed(case_of(Kind.MINOR)), events.DocumentsKept("els", (INVOICE,)), policy())
    with pytest.raises(Refused, match="granted in part"):
        decided(reported, Kind.MINOR)


def test_the_register_names_every_processor_that_was_told_also_after_the_person_is_forgotten() -> None:
    case = did(decided(confirmed(case_of(Kind.ERASURE)), Kind.ERASURE), "keep", "confirm:postnl", "erase")
    frozen = after(case_of(Kind.RESTRICTION), events.StopConfirmed("els"), policy())
    for one, told in ((case, ["Mollie: gedaan", "PostNL: gedaan"]), (frozen, ["PostNL: gedaan"])):
        assert rows_within([one], policy(), AT)[0]["told"] == told
        assert rows_within([anonymised(one, AT)], policy(), AT)[0]["told"] == told


def test_a_question_needs_only_its_decision_and_its_answer() -> None:
    assert list(steps(case_of(Kind.PRIVACY_QUESTION))) == ["decide:privacy_question", "answer"]


def test_what_freezes_is_due_on_the_day_of_receipt() -> None:
    assert steps(case_of(Kind.RESTRICTION))["freeze:mollie"].due == date(2026, 1, 31)


def test_the_days_of_the_plan_lie_before_the_day_on_which_people_must_act() -> None:
    case = case_of(Kind.ACCESS)
    act_by = case.deadline("act_by")
    assert act_by is not None
    dues = [step.due for step in plan_of(case, policy())]
    assert all(due is not None and due <= act_by.on for due in dues)
    assert dues == sorted(dues, key=lambda due: due or date.max) or steps(case)["copies"].due == act_by.on


def test_a_step_belongs_to_the_owner_of_its_place_else_to_who_has_the_case() -> None:
    case = after(case_of(Kind.ACCESS), events.Assigned("els", "Anna"), policy())
    found = steps(case)
    assert (found["look_up:woocommerce"].owner, found["look_up:postvak"].owner) == ("Piet", "Anna")


def test_a_known_address_is_enough_for_access_and_not_for_erasure() -> None:
    states = [steps(case_of(kind))["identity"].state for kind in (Kind.ACCESS, Kind.ERASURE)]
    assert states == [StepState.DONE, StepState.OPEN]
    assert steps(case_of(Kind.ACCESS, match=STRANGER))["identity"].state is StepState.OPEN


def test_an_authoritys_demand_has_a_list_of_its_own_and_the_promise_to_resist() -> None:
    demand = case_of(verdict=a_verdict(Kind.NOT_A_REQUEST, signals=("authority_demand",)))
    found = steps(demand, resists_authorities=True)
    assert list(found) == ["requester", "legal_basis", "scope", "resist", "hand_over", "answer"]
    assert found["hand_over"].state is StepState.BLOCKED
    assert "resist" not in steps(demand, resists_authorities=False)


# --- in which order --------------------------------------------------------------------------------


def test_access_comes_before_erasure() -> None:
    case = confirmed(case_of(Kind.ACCESS, Kind.ERASURE))
    case = did(decided(case, Kind.ERASURE, Outcome.PARTLY), "keep")
    with pytest.raises(Refused, match=r"copies.*B-30"):
        did(case, "erase:woocommerce")
    given = did(case, "confirm:postnl", "look_up", "package", by="anna")
    assert did(did(given, "second_look", "copies"), "erase:woocommerce").work.of("erase:woocommerce")


def test_a_copy_is_not_sent_before_a_second_person_has_seen_it() -> None:
    case = packed(did(case_of(Kind.ACCESS), "confirm", "look_up"))
    with pytest.raises(Refused, match=r"copies comes after .*second_look.*F-11"):
        did(case, "copies")


def test_a_founded_objection_gives_copies_before_it_stops_for_good() -> None:
    case = decided(case_of(Kind.OBJECTION), Kind.OBJECTION)
    with pytest.raises(Refused, match=r"comes after copies: .*B-17"):
        did(case, "stop_for_good")
    given = did(did(case, "confirm:postnl", "package"), "second_look", "copies", by="anna")
    assert did(given, "stop_for_good").work.of("stop_for_good")


def test_without_that_promise_a_founded_objection_stops_at_once() -> None:
    case = decided(case_of(Kind.OBJECTION), Kind.OBJECTION)
    assert steps(case, copies_before_stopping=False)["stop_for_good"].state is StepState.OPEN


def test_an_access_answer_waits_until_the_list_of_recipients_is_confirmed() -> None:
    case, answer = case_of(Kind.ACCESS), events.Answered("els", "Hierbij.", Outcome.GRANTED)
    with pytest.raises(Refused, match=r"confirm:postnl.*E-23"):
        decide(case, answer, policy(), AT)
    assert decide(did(case, "confirm"), answer, policy(), AT)


def test_a_processor_that_turns_out_not_to_be_used_loses_its_steps() -> None:
    case = did(case_of(Kind.ACCESS), "confirm:postnl", how=StepEnding.NOT_USED, note="wij verzenden met DHL")
    assert steps(case)["look_up:postnl"].state is StepState.NOT_USED
    assert "look_up:postnl" not in steps(did(case, "look_up"))["package"].waits_for


def test_who_made_the_copy_does_not_check_it() -> None:
    case = packed(did(case_of(Kind.ACCESS), "confirm", "look_up"))
    with pytest.raises(Refused, match="F-11"):
        did(case, "second_look", by="els")
    assert did(case, "second_look", by="anna").work.of("second_look")


TWO = {
    "contact_name": "Els Bakker",
    "contact_email": "els@zon.test",
    "deputy_name": "Jan",
    "deputy_email": "jan@zon.test",
}


@pytest.mark.parametrize(
    ("maker", "looker"),
    [
        ("Els Bakker", "els@zon.test"),
        ("els", "els@zon.test"),  # a login name says not whose it is
        ("Els@zon.test", "els@zon.test"),
        ("jan", "Jan@Zon.test"),
        ("Els Bakker", "unknown@zon.test"),
    ],
)
def test_by_name_and_by_reply_nobody_is_two_people(maker: str, looker: str) -> None:
    case = packed(did(case_of(Kind.ACCESS), "confirm", "look_up"), maker)
    with pytest.raises(Refused, match="F-11"):
        decide(case, events.StepSettled(looker, "second_look"), policy(**TWO), AT)


@pytest.mark.parametrize(("maker", "looker"), [("Els Bakker", "jan@zon.test"), ("jan", "els@zon.test")])
def test_the_other_colleague_on_file_looks_at_a_copy_by_reply(maker: str, looker: str) -> None:
    case = packed(did(case_of(Kind.ACCESS), "confirm", "look_up"), maker)
    actions = decide(case, events.StepSettled(looker, "second_look"), policy(**TWO), AT)
    assert do.Release("AVG-2026-0001:package:1", f"seen by {looker}") in actions


@pytest.mark.parametrize(("maker", "deputy"), [("Jan", "Jan"), (" ", "")])
def test_by_reply_a_name_without_an_address_on_file_is_no_other_colleague(maker: str, deputy: str) -> None:
    case = packed(did(case_of(Kind.ACCESS), "confirm", "look_up"), maker)
    alone = policy(**(TWO | {"deputy_email": "", "deputy_name": deputy}))
    with pytest.raises(Refused, match="F-11"):
        decide(case, events.StepSettled("els@zon.test", "second_look"), alone, AT)


def test_the_second_look_lets_the_letter_go() -> None:
    case = packed(did(case_of(Kind.ACCESS), "confirm", "look_up"))
    actions = decide(case, events.StepSettled("anna", "second_look"), policy(), AT)
    assert do.Release("AVG-2026-0001:package:1", "seen by anna") in actions


def test_a_newer_copy_is_looked_at_anew_and_takes_the_waiting_one_back() -> None:
    seen = did(packed(did(case_of(Kind.ACCESS), "confirm", "look_up")), "second_look", by="anna")
    newer = events.PackageMade("els", DataPackage("AVG-2026-0001:package:2", "els", AT, 1, 1))
    assert do.Unsend("AVG-2026-0001:package:1", "a newer copy was made") in decide(seen, newer, policy(), AT)
    assert steps(after(seen, newer, policy()))["second_look"].state is StepState.OPEN


def test_a_newer_copy_takes_neither_one_that_left_nor_itself_back() -> None:
    seen = did(packed(did(case_of(Kind.ACCESS), "confirm", "look_up")), "second_look", by="anna")
    left = events.LetterSettled("AVG-2026-0001:package:1", "package", LetterState.SENT, "requester")
    told = after(seen, left, policy(), AT + timedelta(days=1))
    newer = events.PackageMade("els", DataPackage("AVG-2026-0001:package:2", "els", AT, 1, 1))
    same = events.PackageMade("els", DataPackage("AVG-2026-0001:package:1", "els", AT, 1, 1))
    for case, made in ((told, newer), (seen, same)):
        assert not [one for one in decide(case, made, policy(), AT) if isinstance(one, do.Unsend)]


def test_a_file_belongs_to_the_copy_until_it_is_taken_out() -> None:
    one, two = (AttachedFile(number, "brief.pdf", "Brieven", "kast", 9, "els", AT) for number in (1, 2))
    case = after(after(case_of(Kind.ACCESS), events.FileAttached("els", one)), events.FileAttached("els", two))
    assert case.work.attached == (one, two)
    assert after(case, events.FileDetached("els", 1)).work.attached == (two,)
    with pytest.raises(Refused, match="has no file 3"):
        decide(case, events.FileDetached("els", 3), policy(), AT)


# --- several rights, one clock ---------------------------------------------------------------------


def test_each_right_has_its_own_outcome_and_the_clock_is_one() -> None:
    case = case_of(Kind.ACCESS, Kind.OBJECTION)
    both = decided(decided(case, Kind.ACCESS), Kind.OBJECTION, Outcome.REFUSED)
    assert [item.outcome for item in both.items] == [Outcome.GRANTED, Outcome.REFUSED]
    assert both.deadlines == case.deadlines


def test_a_right_that_was_not_asked_cannot_be_decided() -> None:
    with pytest.raises(Refused, match="does not ask"):
        decided(case_of(Kind.ACCESS), Kind.ERASURE)


def test_a_refusal_needs_its_reasons() -> None:
    with pytest.raises(Refused, match="A-35"):
        decide(case_of(Kind.ACCESS), events.ItemDecided("els", Kind.ACCESS, Outcome.REFUSED), policy(), AT)


def test_what_was_decided_stays_on_record_with_its_reasons() -> None:
    refused = decided(case_of(Kind.ACCESS), Kind.ACCESS, Outcome.REFUSED)
    assert refused.remarks[-1] == "decided, access: refused: omdat"
    granted = after(case_of(Kind.ACCESS), events.ItemDecided("els", Kind.ACCESS, Outcome.GRANTED), policy())
    assert granted.remarks[-1] == "decided, access: granted"


def test_nothing_is_granted_before_it_is_known_who_writes() -> None:
    with pytest.raises(Refused, match="C-02"):
        decided(case_of(Kind.ACCESS, match=STRANGER), Kind.ACCESS)


def test_a_refused_right_needs_no_carrying_out_and_still_its_answer() -> None:
    case = decided(case_of(Kind.RECTIFICATION), Kind.RECTIFICATION, Outcome.REFUSED)
    assert list(steps(case)) == ["decide:rectification", "answer"]


# --- closing ---------------------------------------------------------------------------------------


def answered(case: Case) -> Case:
    told = after(case, events.Answered("els", "Gedaan.", Outcome.GRANTED), policy())
    return after(
        told,
        events.LetterSettled("AVG-2026-0001:answer:1", "answer", LetterState.SENT, "requester"),
        policy(),
        AT + timedelta(days=1),
    )


def test_nothing_closes_while_a_step_that_the_law_wants_is_open() -> None:
    case = after(answered(case_of(Kind.RESTRICTION)), events.StopConfirmed("els", "overal"), policy())
    with pytest.raises(Refused, match=r"open steps: freeze:mollie\."):
        decide(case, events.Closed("els", Outcome.GRANTED, "klaar"), policy(), AT)
    case = did(case, "freeze:mollie")
    assert not after(case, events.Closed("els", Outcome.GRANTED, "klaar"), policy()).is_open


def test_what_people_stopped_in_their_own_systems_still_has_to_be_told_to_processors() -> None:
    case = after(case_of(Kind.RESTRICTION), events.StopConfirmed("els", "overal"), policy())
    assert [step.id for step in plan_of(case, policy()) if step.verb == "freeze" and not step.is_settled] == [
        "freeze:mollie"
    ]


def test_a_step_set_aside_needs_a_reason_that_stays_on_record() -> None:
    case = case_of(Kind.RESTRICTION)
    with pytest.raises(Refused, match="Say why"):
        did(case, "freeze:mollie", how=StepEnding.SKIPPED, note=" ")
    aside = did(case, "freeze:mollie", how=StepEnding.SKIPPED, note="Mollie heeft deze klant nooit gezien")
    assert steps(aside)["freeze:mollie"].note == "els: Mollie heeft deze klant nooit gezien"
    assert "freeze:mollie" not in [step.id for step in open_required(aside, policy())]


def test_a_group_leaves_out_what_a_processor_was_asked_to_do() -> None:
    asked = after(case_of(Kind.ACCESS), events.PartiesTold("els"), policy())
    done = did(did(asked, "confirm"), "look_up")
    assert steps(done)["look_up:mollie"].state is StepState.WAITING
    assert steps(did(done, "look_up:mollie"))["look_up:mollie"].state is StepState.DONE


def test_a_group_leaves_out_what_another_step_comes_before() -> None:
    done = did(case_of(Kind.ACCESS), "look_up")  # nobody has said yet whether PostNL holds data
    assert steps(done)["look_up:postvak"].state is StepState.DONE
    assert steps(done)["look_up:postnl"].state is StepState.BLOCKED


def test_of_a_group_that_was_asked_of_others_one_names_a_step_alone() -> None:
    both = policy(processors=(MOLLIE, replace(MOLLIE, name="Klaviyo", contact="privacy@klaviyo.example")), places=())
    case = after(a_case(Kind.ACCESS, policy=both), events.PartiesTold("els"), both)
    with pytest.raises(Refused, match="was asked of Mollie; name it alone"):
        after(case, events.StepSettled("els", "look_up"), both)
    after(case, events.StepSettled("els", "look_up:mollie"), both)


def test_a_step_can_be_opened_again() -> None:
    case = did(case_of(Kind.ACCESS), "look_up:postvak")
    again = after(case, events.StepReopened("els", "look_up:postvak", "er lag nog een map"), policy())
    assert steps(again)["look_up:postvak"].state is StepState.OPEN
    with pytest.raises(Refused, match="Nobody said"):
        decide(again, events.StepReopened("els", "look_up:postvak", "nog eens"), policy(), AT)


def test_opening_a_step_again_needs_a_reason_which_stays_on_record() -> None:
    case = did(case_of(Kind.ACCESS), "look_up:postvak")
    with pytest.raises(Refused, match="why"):
        decide(case, events.StepReopened("els", "look_up:postvak", " "), policy(), AT)
    done = decide(case, events.StepReopened("els", "look_up:postvak", "er lag nog een map"), policy(), AT)
    assert do.Remark("look_up:postvak open again: er lag nog een map") in done


def test_a_copy_answers_the_wish_to_take_data_elsewhere_too() -> None:
    assert [item.outcome for item in packed(case_of(Kind.PORTABILITY)).items] == [Outcome.GRANTED]


def test_a_withdrawn_request_closes_without_its_steps() -> None:
    assert not after(case_of(Kind.ERASURE), events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"), policy()).is_open


def test_what_only_looked_like_an_authoritys_demand_closes_without_its_list() -> None:
    demand = case_of(verdict=a_verdict(Kind.NOT_A_REQUEST, signals=("authority_demand",)))
    with pytest.raises(Refused, match="legal_basis"):
        decide(demand, events.Closed("els", Outcome.ANSWERED, "x", answered_elsewhere=True), policy(), AT)
    assert not after(demand, events.Closed("els", Outcome.NO_REQUEST, "reclame"), policy()).is_open


def test_a_case_whose_writer_stayed_unknown_closes_after_the_letter_that_said_so() -> None:
    asked = after(case_of(Kind.ACCESS, match=STRANGER), events.IdentityAsked("els"), policy())
    for template in ("identity_question", "cannot_identify"):
        left = events.LetterSettled(f"{asked.ref}:{template}", template, LetterState.SENT, "requester")
        asked = after(asked, left, policy(), AT + timedelta(days=1))
    refused = decided(asked, Kind.ACCESS, Outcome.REFUSED)
    assert not after(refused, events.Closed("els", Outcome.REFUSED, "niet vastgesteld"), policy()).is_open


def test_an_answer_by_another_way_stands_for_the_copy_but_not_for_the_searches() -> None:
    case = did(case_of(Kind.ACCESS), "confirm")
    by_post = events.Closed("els", Outcome.GRANTED, "per post", answered_elsewhere=True)
    with pytest.raises(Refused, match="look_up:woocommerce"):
        decide(case, by_post, policy(), AT)
    assert not after(did(case, "look_up"), by_post, policy()).is_open


@pytest.mark.parametrize(
    ("name", "verb"),
    [
        ("identity", "mailbot confirm"),
        ("breach", "mailbot breach"),
        ("decide:erasure", "mailbot decide"),
        ("answer", "mailbot answer"),
        ("lift", "mailbot lift"),
    ],
)
def test_what_has_a_verb_of_its_own_is_not_ticked(name: str, verb: str) -> None:
    with pytest.raises(Refused, match=f"is done with `{verb} AVG-2026-0001"):
        did(replace(case_of(Kind.ERASURE, Kind.BREACH_REPORT, Kind.RESTRICTION_LIFT), restricted_since=AT), name)


def test_an_unknown_step_names_the_open_ones() -> None:
    with pytest.raises(Refused, match=r"no step kelder. Open: .*look_up:postvak"):
        did(case_of(Kind.ACCESS), "kelder")
    with pytest.raises(Refused) as error:
        did(did(case_of(Kind.ACCESS), "look_up:postvak"), "kelder")
    assert "look_up:postvak" not in str(error.value)


def test_the_plan_is_the_same_after_the_case_was_rebuilt_from_its_actions() -> None:
    event = mail_arrived(Kind.ACCESS)
    case: Case | None = None
    for action in decide(None, event, policy(), AT):
        if not isinstance(action, do.Send):
            case = apply(case, action)
    assert case is not None
    assert plan_of(case, policy()) == plan_of(case_of(Kind.ACCESS), policy())


def test_a_legal_hold_has_a_reason_and_is_lifted_with_one() -> None:
    held = after(case_of(Kind.ERASURE), events.HeldLegally("els", "dagvaarding van 3 maart"), policy())
    assert held.work.hold == "dagvaarding van 3 maart"
    lifted = after(held, events.HeldLegally("els", "vonnis", lift=True), policy())
    assert lifted.work.hold == ""
    assert lifted.remarks[-2:] == (
        "legal hold set by els: dagvaarding van 3 maart",
        "legal hold lifted by els: vonnis",
    )
    with pytest.raises(Refused, match="not held"):
        decide(case_of(Kind.ERASURE), events.HeldLegally("els", "vonnis", lift=True), policy(), AT)


def test_a_case_without_items_has_no_plan() -> None:
    assert plan_of(replace(case_of(Kind.ACCESS), items=()), policy()) == ()


# --- told to staff -----------------------------------------------------------------------------------


def test_the_mail_about_a_new_case_says_what_can_be_done_now_and_who_does_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, places=PLACES)
    desk.round(a_raw_mail(ACCESS), at=datetime(2026, 3, 2, 10, tzinfo=UTC))
    [mail] = [mail for mail in desk.mails_to(CONTACT) if "inzage" in str(mail["Subject"])]
    part = mail.get_body(("plain",))
    assert part
    text = str(part.get_content())
    assert "- Opzoeken in WooCommerce: Piet, uiterlijk ma 23-03" in text
    assert "en daarna nog" in text


def test_the_next_steps_leave_out_what_still_has_to_wait() -> None:
    said = next_steps(case_of(Kind.ACCESS, Kind.ERASURE), policy())
    assert not any("Verwijderen uit" in line for line in said["steps"])
    assert int(str(said["steps_left"])) > 0


def test_a_long_name_of_a_step_is_never_broken_and_many_of_a_kind_are_a_number() -> None:
    places = tuple(Place(f"Postvak van de afdeling nummer {number}", "mail") for number in range(4))
    case = case_of(Kind.ACCESS)
    console = Console(width=80, file=io.StringIO())
    console.print(plan_table(plan_of(case, policy(places=places, processors=()))))
    shown = str(console.file.getvalue())  # type: ignore[attr-defined]
    assert "look_up:postvak-van-de-afdeling-nummer-3" in shown.split()
    assert "na look_up (4)" in shown or "na identity, look_up (4)" in shown


# --- all at once ---------------------------------------------------------------------------------


def test_done_without_a_step_ticks_what_a_tick_can_end_and_leaves_what_has_a_verb_of_its_own() -> None:
    case = did(case_of(Kind.ACCESS), "all")
    left = {step.id for step in plan_of(case, policy()) if not step.is_settled}
    assert {f"look_up:{location.slug}" for location in data_locations(policy()) if location.slug != "addthis"} <= {
        settled.step for settled in case.work.settled
    }
    assert {"package", "second_look", "answer"} <= left


@pytest.mark.parametrize(
    ("kind", "stop"), [(Kind.DIRECT_MARKETING, "stop_marketing"), (Kind.CONSENT_WITHDRAWAL, "stop_consent")]
)
def test_done_without_a_step_never_says_that_something_has_stopped(kind: Kind, stop: str) -> None:
    case = case_of(kind)
    assert steps(case)[stop].state is StepState.OPEN
    with suppress(Refused):
        case = did(case, "all")
    assert not steps(case)[stop].is_settled


def test_done_without_a_step_neither_looks_at_a_copy_nor_sends_it() -> None:
    case = packed(did(case_of(Kind.ACCESS), "all"))
    assert steps(case)["second_look"].state is StepState.OPEN
    with pytest.raises(Refused, match="by a tick alone"):
        did(case, "all", by="anna")
    seen = did(case, "second_look", by="anna")
    assert steps(seen)["copies"].state is StepState.OPEN
    with pytest.raises(Refused, match="by a tick alone"):
        did(seen, "all")


def test_done_without_a_step_is_refused_where_a_tick_ends_nothing() -> None:
    with pytest.raises(Refused, match="by a tick alone"):
        did(did(case_of(Kind.ACCESS), "all"), "all")


def test_done_without_a_step_says_who_did_each_and_when() -> None:
    case = did(case_of(Kind.ACCESS), "all", by="piet", note="gezien")
    assert {(one.how, one.by, one.note) for one in case.work.settled} == {(StepEnding.DONE, "piet", "gezien")}


def test_what_was_withdrawn_or_never_asked_closes_whatever_its_steps() -> None:
    case = case_of(Kind.ACCESS)
    for outcome in (Outcome.WITHDRAWN, Outcome.NO_REQUEST):
        assert after(case, events.Closed("els", outcome, "omdat"), policy()).closed_at
    with pytest.raises(Refused, match="open steps"):
        after(case, events.Closed("els", Outcome.GRANTED, "omdat", answered_elsewhere=True), policy())
