"""What a reply takes from the work that was done, so that nobody types it and nothing untrue is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from builders import AT, a_case, a_policy, after
from mailbot import events
from mailbot.decide.known_facts import known_facts
from mailbot.decide.replying import objections
from mailbot.model import (
    Case,
    Kind,
    Outcome,
    Place,
    Policy,
    Processor,
    ProcessorRequest,
    ProcessorState,
    RetainedDocument,
    RetentionDuty,
    SettledStep,
    StepEnding,
)
from mailbot.reports.register import rows_within

MOLLIE = Processor("Mollie", "Betalingen", "betaalgegevens", keeps="zeven jaar")
ADDTHIS = Processor("AddThis", "Overig", status="te bevestigen")
OUTSIDE = Processor("SparkPost", "E-mail", outside_eu="Verenigde Staten, met standaardbepalingen")
STOPPED = Processor("Sisow", "Betalingen", status="gestopt")


def policy() -> Policy:
    return a_policy(
        places=(Place("WooCommerce", "klantprofiel"),),
        processors=(MOLLIE, ADDTHIS, OUTSIDE, STOPPED),
        purposes=("bestellingen leveren",),
        retention=("facturen: zeven jaar",),
        origins=("U gaf ze ons zelf.",),
        automated_decisions="Een computer beslist niet over u.",
    )


def did(case: Case, *steps: str, how: StepEnding = StepEnding.DONE) -> Case:
    for step in steps:
        case = after(case, events.StepSettled("els", step, how, "gezien"), policy(), AT + timedelta(days=3))
    return case


def an_access() -> Case:
    return a_case(Kind.ACCESS, policy=policy())


def an_erasure() -> Case:
    """One that was granted; nothing has to stay."""
    case = after(a_case(Kind.ERASURE, policy=policy()), events.IdentityConfirmed("els", "antwoord"), policy())
    case = after(case, events.ItemDecided("els", Kind.ERASURE, Outcome.GRANTED, "mag"), policy())
    return did(case, "keep", "confirm")


def test_the_sheet_of_article_15_comes_from_the_settings() -> None:
    access = an_access()
    facts = known_facts(access, policy())
    assert facts["purposes"] == ("bestellingen leveren",)
    assert facts["retention"] == ("facturen: zeven jaar", "Mollie: zeven jaar")
    assert facts["source"] == ("U gaf ze ons zelf.",)
    assert facts["automated"] == ("Een computer beslist niet over u.",)
    assert facts["transfers"] == ("SparkPost: Verenigde Staten, met standaardbepalingen",)


def test_recipients_are_those_that_are_used() -> None:
    access = an_access()
    before = known_facts(access, policy())["recipients"]
    assert [line.partition(",")[0] for line in before] == ["Mollie", "AddThis", "SparkPost"]
    after_asking = did(access, "confirm:addthis", how=StepEnding.NOT_USED)
    told = known_facts(after_asking, policy())["recipients"]
    assert [line.partition(",")[0] for line in told] == ["Mollie", "SparkPost"]


def test_only_where_somebody_looked_was_searched() -> None:
    access = an_access()
    assert known_facts(access, policy())["searched"] == ()
    looked = did(access, "look_up:woocommerce")
    assert known_facts(looked, policy())["searched"] == ("WooCommerce",)


def test_who_has_done_it_was_told_and_the_day_is_known_when_all_have() -> None:
    erasure = an_erasure()
    half = did(erasure, "erase:mollie")
    assert known_facts(half, policy())["told"] == ("Mollie",)
    assert known_facts(half, policy())["erased_on"] == ()
    whole = did(half, "erase:woocommerce", "erase:addthis", "erase:sparkpost")
    assert known_facts(whole, policy())["erased_on"] == ("2026-02-03",)


def test_a_party_that_says_it_is_done_counts_as_much_as_a_colleague() -> None:
    erasure = an_erasure()
    mostly = did(erasure, "erase:woocommerce", "erase:addthis", "erase:sparkpost")
    answer = ProcessorRequest("erase:mollie", "Mollie", "x", AT, ProcessorState.DONE, AT + timedelta(days=9))
    done = replace(mostly, work=replace(mostly.work, asked=(answer,)))
    assert known_facts(done, policy())["erased_on"] == ("2026-02-09",)
    waiting = replace(answer, state=ProcessorState.TICKET)
    not_yet = replace(mostly, work=replace(mostly.work, asked=(waiting,)))
    assert known_facts(not_yet, policy())["erased_on"] == ()


def test_what_a_party_did_of_itself_makes_it_one_that_was_told() -> None:
    erasure = an_erasure()
    answer = ProcessorRequest("erase:mollie", "Mollie", "x", AT, ProcessorState.DONE, AT + timedelta(days=9))
    answered = replace(erasure, work=replace(erasure.work, asked=(answer,)))
    assert known_facts(answered, policy())["told"] == ("Mollie",)
    silent = replace(erasure, work=replace(erasure.work, asked=(replace(answer, state=ProcessorState.SILENT),)))
    assert known_facts(silent, policy())["told"] == ()


def test_a_party_that_only_looked_for_data_has_searched_and_was_told_of_nothing() -> None:
    erasure = an_erasure()
    answer = ProcessorRequest("look_up:mollie", "Mollie", "x", AT, ProcessorState.DONE, AT + timedelta(days=9))
    case = replace(erasure, work=replace(erasure.work, asked=(answer,)))
    facts = known_facts(case, policy())
    assert (facts["searched"], facts["told"]) == (("Mollie",), ())
    assert rows_within([case], policy(), AT)[0]["told"] == ["Mollie: gedaan"]
    waiting = replace(case, work=replace(case.work, asked=(replace(answer, state=ProcessorState.TICKET),)))
    assert known_facts(waiting, policy())["searched"] == ()


def test_the_day_of_a_correction_is_that_of_the_last_place() -> None:
    case = after(a_case(Kind.RECTIFICATION, policy=policy()), events.IdentityConfirmed("els", "antwoord"), policy())
    case = after(case, events.ItemDecided("els", Kind.RECTIFICATION, Outcome.GRANTED, "klopt"), policy())
    half = did(case, "confirm", "correct:woocommerce")
    assert known_facts(half, policy())["changed_on"] == ()
    assert known_facts(half, policy())["told"] == ()
    assert known_facts(did(half, "correct:mollie"), policy())["told"] == ("Mollie",)
    whole = did(half, *(f"correct:{slug}" for slug in ("mollie", "addthis", "sparkpost")))
    assert known_facts(whole, policy())["changed_on"] == ("2026-02-03",)


def test_a_party_that_froze_the_data_was_told_of_the_restriction() -> None:
    case = a_case(Kind.RESTRICTION, policy=policy())
    assert known_facts(case, policy())["told"] == ()
    assert known_facts(did(case, "freeze:mollie"), policy())["told"] == ("Mollie",)


def test_that_advertising_has_stopped_tells_no_processor_of_a_right_of_another_kind() -> None:
    access = an_access()
    assert known_facts(replace(access, stopped_at=AT), policy())["told"] == ()


def test_the_days_of_a_restriction_and_of_a_withdrawal_are_those_on_which_it_stopped() -> None:
    frozen = known_facts(a_case(Kind.RESTRICTION, policy=policy()), policy())
    assert frozen["frozen_on"] == frozen["stopped_on"] == (AT.date().isoformat(),)
    withdrawn = known_facts(a_case(Kind.CONSENT_WITHDRAWAL, policy=policy()), policy())
    assert withdrawn["stopped_on"] == (AT.date().isoformat(),)
    assert known_facts(a_case(Kind.ACCESS, policy=policy()), policy())["stopped_on"] == ()


def test_what_stays_after_an_erasure_and_the_day_an_account_was_shut_are_told() -> None:
    erasure = an_erasure()
    bill = RetainedDocument("F1", "factuur", date(2026, 1, 5), date(2033, 12, 31), "artikel 52, vierde lid, AWR", "els")
    shut = SettledStep("close_off", StepEnding.DONE, "els", AT + timedelta(days=4))
    work = replace(erasure.work, kept=(bill,), settled=(*erasure.work.settled, shut))
    facts = known_facts(replace(erasure, work=work), policy())
    assert facts["closed_on"] == ((AT + timedelta(days=4)).date().isoformat(),)
    assert "factuur" in facts["kept"][0]


def test_who_has_stopped_using_the_data_was_told_of_the_restriction() -> None:
    case = did(a_case(Kind.RESTRICTION, policy=policy()), "confirm:addthis", how=StepEnding.NOT_USED)
    assert known_facts(case, policy())["told"] == ()
    stopped = after(case, events.StopConfirmed("els", "overal"), policy())
    assert known_facts(stopped, policy())["told"] == ("Mollie", "SparkPost")


def test_telling_of_a_correction_or_a_freeze_that_is_not_done_everywhere_is_noted_and_of_nothing_else() -> None:
    def noted(case: Case, reply: str, *facts: tuple[str, tuple[str, ...]]) -> list[str]:
        found = objections(case, events.Replied("els", reply, facts, case.kinds), policy(), AT)
        return [one.what.partition(": ")[2] for one in found if one.rule == "B-15" and not one.stops]

    mended = after(a_case(Kind.RECTIFICATION, policy=policy()), events.IdentityConfirmed("els", "antwoord"), policy())
    mended = did(
        after(mended, events.ItemDecided("els", Kind.RECTIFICATION, Outcome.GRANTED, "ja"), policy()), "confirm"
    )
    changes = ("changed", ("uw naam",)), ("changed_on", ("2026-02-03",))
    assert "correct:mollie" in noted(mended, "rectification_granted", *changes)[0]
    assert noted(did(mended, "correct"), "rectification_granted", *changes) == []
    frozen = did(a_case(Kind.RESTRICTION, policy=policy()), "confirm")
    assert "freeze:mollie" in noted(frozen, "restricted", ("frozen", ("alles",)))[0]
    assert noted(did(frozen, "freeze"), "restricted", ("frozen", ("alles",))) == []


def test_own_words_that_leave_out_a_recipient_are_noted() -> None:
    access = an_access()
    event = events.Answered("els", "Wij hebben uw naam. Mollie heeft uw betaalgegevens.", Outcome.GRANTED)
    [finding] = [one for one in objections(access, event, policy(), AT) if one.rule == "B-10"]
    assert "SparkPost" in finding.what
    assert not [name for name in ("Mollie", "AddThis", "Sisow") if name in finding.what]


def test_nothing_is_said_against_a_note() -> None:
    access = an_access()
    assert objections(access, events.Noted("els", "gezien"), policy(), AT) == ()


def test_who_asks_for_access_reads_how_many_years_the_law_makes_the_company_keep_what() -> None:
    """ "As long as the law asks" says nothing to the reader (B-10, E-29)."""
    belgian = replace(policy(), keeping=(RetentionDuty("facturen", 10, "artikel 315 WIB 92"),))
    told = "facturen: 10 jaar na het jaar waarin ze zijn gemaakt, omdat de wet dat vraagt (artikel 315 WIB 92)"
    assert known_facts(an_access(), belgian)["retention"] == ("facturen: zeven jaar", told, "Mollie: zeven jaar")
