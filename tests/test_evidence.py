"""`mailbot prove`: what shows that the term was met, from what is on record, and when nothing shows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from desk import Desk

from company import ACCESS, KNOWN, a_raw_mail
from mailbot import events
from mailbot.accounts import ImapAccount, SmtpAccount
from mailbot.acts import acting
from mailbot.app import now
from mailbot.decide import decide
from mailbot.execute import execute
from mailbot.fulfil import forgetting
from mailbot.model import LetterState, Outcome
from mailbot.parse import parse
from mailbot.reports import evidence_page
from mailbot.reports.evidence import Evidence, evidence
from mailbot.store import TinyStore, ledger
from rig.installation import Installation

REF = "AVG-2026-0001"
HOP = "from a.klant.test (a.klant.test [192.0.2.7]) by shop.example with ESMTPS id 4F3A; Mon, 2 Mar 2026 08:59:00 +0000"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A company with its memory in a file and one request on record."""
    desk = Desk(tmp_path / "kaviaarshop", own_hosts=("shop.example",))
    desk.tenant.__dict__["store"] = TinyStore(desk.tenant.folder)
    desk.round(a_raw_mail(ACCESS, KNOWN, number=1, Received=HOP))
    yield desk
    desk.tenant.store.close()


def answer(desk: Desk, **later: float) -> None:
    desk.clock.move(**later or {"days": 3})
    acting.act(desk.tenant, REF, events.IdentityConfirmed("els", "belde"), desk.clock())
    acting.act(desk.tenant, REF, events.Answered("els", "Wij hebben niets van u.", Outcome.GRANTED), desk.clock())
    desk.round(hours=1)


def told(desk: Desk) -> Evidence:
    with desk.tenant.store.unit() as unit:
        case = unit.case(REF)
        assert case
        return evidence(unit, case, desk.tenant.policy)


def test_an_answer_in_time_is_shown_with_receipt_days_message_id_and_acceptance(desk: Desk) -> None:
    answer(desk)
    found = told(desk)
    assert found.holds
    assert found.received_at == datetime(2026, 3, 2, 8, 59, tzinfo=UTC)
    assert found.receipt == "by shop.example; Mon, 02 Mar 2026 08:59:00 +0000"
    assert found.rules == ("ART12_3",)
    assert [(term.name, term.in_time) for term in found.terms] == [("operating", True), ("statutory", True)]
    [ours] = [letter for letter in found.letters if letter.met]
    assert (ours.letter, ours.met, ours.answer) == ("answer", ("operating", "statutory"), "250")
    assert ours.message_id in [str(mail["Message-ID"]) for mail in desk.mails_to(KNOWN)]
    assert [line.event for line in found.lines] == ["LetterSettled"]


def test_a_no_has_a_term_of_its_own_that_no_extension_moves(desk: Desk) -> None:
    desk.clock.move(days=20)
    acting.act(desk.tenant, REF, events.ExtensionDecided("els", "Uw gegevens staan in vier systemen."), desk.clock())
    desk.round(hours=1)
    desk.clock.move(days=20)
    acting.act(desk.tenant, REF, events.IdentityConfirmed("els", "belde"), desk.clock())
    words = "U vroeg vorige week hetzelfde en kreeg toen de hele kopie; er is niets veranderd."
    facts = (("ground", ("excessive",)), ("reasons", (words,)))
    acting.act(desk.tenant, REF, events.Replied("els", "refused", facts, late="pas nu gezien"), desk.clock())
    desk.round(hours=1)
    found = told(desk)
    assert found.rules == ("ART12_3", "REFUSAL_12_4")
    assert [(term.name, term.in_time) for term in found.terms] == [
        ("operating", True),
        ("statutory", True),
        ("refusal", False),
    ]
    assert not found.holds


def test_while_proof_is_awaited_the_notice_has_a_term_though_the_answer_has_none(desk: Desk) -> None:
    desk.clock.move(days=1)
    acting.act(desk.tenant, REF, events.IdentityAsked("els", "andere stijl dan eerder"), desk.clock())
    desk.round(hours=1)
    found = told(desk)
    assert [(term.name, term.in_time) for term in found.terms] == [("notice_by", None)]
    with desk.tenant.store.unit() as unit:
        case = unit.case(REF)
        assert case
        phrases = desk.tenant.letters.phrases["nl"]
        page = evidence_page.as_html(found, case, unit.history(REF), desk.tenant.policy, phrases, desk.clock())
    assert "bericht dat de klok stilstaat" in page
    assert "geen termijn" not in page


def test_an_acknowledgement_shows_nothing(desk: Desk) -> None:
    found = told(desk)
    assert [letter.letter for letter in found.letters] == ["acknowledgement"]
    assert not found.holds
    assert {term.in_time for term in found.terms} == {None}


def test_an_answer_that_was_late_is_not_shown_as_in_time(desk: Desk) -> None:
    answer(desk, days=40)
    found = told(desk)
    assert not found.holds
    assert {term.in_time for term in found.terms} == {False}


def test_a_letter_that_the_server_has_not_taken_is_no_evidence(desk: Desk) -> None:
    desk.down = True
    answer(desk)
    assert [letter.letter for letter in told(desk).letters] == ["acknowledgement"]


def test_a_history_that_does_not_hold_proves_nothing(desk: Desk) -> None:
    answer(desk)
    with desk.tenant.store.unit() as unit:
        [letter] = [one for one in unit.letters_of(REF) if one.template == "answer"]
        doc = unit.tables.get("letters", letter.token)
        assert doc
        unit.tables.put("letters", letter.token, {**doc, "settled_at": "2026-03-03T09:00:00Z", "answer": "250 x"})
    found = told(desk)
    assert found.faults
    assert not found.holds


def test_a_letter_that_never_left_is_not_listed(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        [letter] = [one for one in unit.letters_of(REF) if one.audience == "requester"]
        unit.put_letter(replace(letter, token=f"{REF}:forged", template="answer"))
    assert [one.letter for one in told(desk).letters] == ["acknowledgement"]


@pytest.mark.parametrize(
    "changes",
    [
        {"settled_at": datetime(2026, 3, 1, tzinfo=UTC)},
        {"to": "ander@klant.test"},
        {"state": LetterState.DROPPED},
        {"state": LetterState.FAILED, "text": "Wij doen niets."},
    ],
    ids=["moment", "addressee", "state", "words of one that failed"],
)
def test_a_letter_that_was_taken_shows_when_it_is_changed(desk: Desk, changes: dict[str, Any]) -> None:
    with desk.tenant.store.unit() as unit:
        [letter] = [one for one in unit.letters_of(REF) if one.audience == "requester"]
        unit.put_letter(replace(letter, **changes))
    assert told(desk).faults


def test_neither_the_receipt_nor_the_acceptance_names_the_requester(desk: Desk) -> None:
    hop = "from [192.0.2.7] (helo=x) by shop.example with esmtp (Exim 4.96) (envelope-from <jan@klant.test>) id 1r-2"
    desk.send = lambda *_: "250 2.1.5 <jan@klant.test> Ok"  # type: ignore[method-assign]
    desk.round(a_raw_mail(ACCESS, "jan@klant.test", number=2, Received=f"{hop}; Mon, 2 Mar 2026 08:59:00 +0000"))
    with desk.tenant.store.unit() as unit:
        [case] = [one for one in unit.all_cases() if one.ref != REF]
        found = evidence(unit, case, desk.tenant.policy)
    assert "jan@" not in repr((found.receipt, found.letters))
    assert "192.0.2.7" not in found.receipt
    assert [letter.answer for letter in found.letters] == ["250 2.1.5"]


def test_a_receipt_that_a_person_corrected_is_his_word(desk: Desk) -> None:
    corrected = events.ReceiptCorrected("els", datetime(2026, 3, 1, 9, tzinfo=UTC), "lag in het andere postvak")
    acting.act(desk.tenant, REF, corrected, desk.clock())
    found = told(desk)
    assert (found.receipt_by, found.receipt) == ("els", "")


def test_an_answer_by_a_colleague_is_the_word_of_who_closed_the_case(desk: Desk) -> None:
    left = desk.clock.move(days=1)
    with desk.tenant.store.unit() as unit:
        case, seen = unit.case(REF), events.StaffMailSeen("<x@shop.example>", left)
        assert case
        todo = decide(case, seen, desk.tenant.policy, left)
        execute(unit, case, seen, todo, desk.tenant.policy, desk.tenant.letters, left)
    closed = desk.clock.move(days=2)
    acting.act(desk.tenant, REF, events.Closed("els", Outcome.ANSWERED, "beantwoord", True), closed)
    found = told(desk)
    assert found.holds
    assert [(line.event, line.by, line.at, line.says) for line in found.lines] == [("Closed", "els", closed, left)]
    forgetting.forget_due(desk.tenant, desk.clock.move(days=900))
    assert [(line.event, line.by) for line in told(desk).lines] == [("Closed", "els")]


def test_a_company_chain_that_does_not_hold_proves_nothing(desk: Desk) -> None:
    answer(desk)
    with desk.tenant.store.unit() as unit:
        number, head = ledger.newest(unit)
        unit.put_note(ledger.TABLE, f"{number + 1} {head}")
    found = told(desk)
    assert found.faults == (f"it ends at link {number}, and link {number + 1} was the newest",)
    assert not found.holds


def test_of_a_person_who_was_forgotten_only_dates_rules_and_the_acceptance_are_shown(desk: Desk) -> None:
    answer(desk)
    acting.act(desk.tenant, REF, events.Closed("els", Outcome.WITHDRAWN, "klaar"), desk.clock())
    before = told(desk)
    forgetting.forget_due(desk.tenant, desk.clock.move(days=900))
    found = told(desk)
    assert found.holds
    assert (found.terms, found.rules, found.received_at) == (before.terms, before.rules, before.received_at)
    assert found.receipt == ""
    assert [(one.letter, one.message_id, one.answer) for one in found.letters] == [
        ("acknowledgement", "", "250"),
        ("answer", "", "250"),
    ]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("250 2.1.5 <piet@klant.test> Ok: queued as 4F3A", "250 2.1.5"),
        ("250 ok", "250"),
        ("250-2.0.0 x", "250-2.0.0"),
        ("2500 piet", ""),
        ("queued for piet@klant.test", ""),
        ("", ""),
    ],
)
def test_of_a_servers_answer_only_its_numbers_outlive_the_person(desk: Desk, said: str, kept: str) -> None:
    desk.send = lambda *_: said  # type: ignore[method-assign]
    answer(desk)
    acting.act(desk.tenant, REF, events.Closed("els", Outcome.WITHDRAWN, "klaar"), desk.clock())
    forgetting.forget_due(desk.tenant, desk.clock.move(days=900))
    assert [letter.answer for letter in told(desk).letters if letter.letter == "answer"] == [kept]


def test_the_receipt_line_has_no_sign_that_moves_a_terminal() -> None:
    hop = b"from \x1b[31mx\x07 by shop.example; Mon, 2 Mar 2026 08:59:00 +0000"
    mail = parse(
        b"Received: " + hop + b"\r\nFrom: a@b.nl\r\n\r\nx", datetime(2026, 3, 3, tzinfo=UTC), ("shop.example",)
    )
    assert mail.receipt == "from [31mx by shop.example; Mon, 2 Mar 2026 08:59:00 +0000"


def test_a_line_that_somebody_elses_server_wrote_is_no_receipt() -> None:
    raw = b"Received: from a by evil.example; Mon, 2 Mar 2026 08:59:00 +0000\r\nFrom: a@b.nl\r\n\r\nx"
    assert parse(raw, datetime(2026, 3, 3, tzinfo=UTC), ("shop.example",)).receipt == ""


def test_a_term_that_still_runs_is_not_called_missed(tmp_path: Path) -> None:
    place = Installation(tmp_path)
    place.write(
        ImapAccount("127.0.0.1", 9, "plain", "x", lambda: ""), SmtpAccount("127.0.0.1", 9, "plain", "x", lambda: "")
    )
    mail = tmp_path / "verzoek.eml"
    mail.write_bytes(a_raw_mail(ACCESS, KNOWN, number=1))
    received = now()
    place.run("add", str(mail), "--received", received.isoformat(), "--by", "els")
    done = place.run("prove", f"AVG-{received.year}-0001")
    assert done.returncode == 1
    assert "NOT SHOWN: a term is still running" in done.stdout
    assert "NOT MET" not in done.stdout


def test_the_command_prints_it_and_its_exit_code_says_whether_it_is_shown(tmp_path: Path) -> None:
    place = Installation(tmp_path)
    place.write(
        ImapAccount("127.0.0.1", 9, "plain", "x", lambda: ""), SmtpAccount("127.0.0.1", 9, "plain", "x", lambda: "")
    )
    mail = tmp_path / "verzoek.eml"
    mail.write_bytes(a_raw_mail(ACCESS, KNOWN, number=1))
    added = place.run("add", str(mail), "--received", "2026-03-02T09:00:00+01:00", "--by", "els")
    assert added.returncode == 0, added.stderr
    done = place.run("prove", REF, "--json")
    assert done.returncode == 1
    shown = json.loads(done.stdout)
    assert (shown["holds"], shown["rules"], shown["case"]) == (False, ["ART12_3"], REF)
    assert (shown["receipt_by"], shown["receipt"]) == ("els", "")
    assert "NOT SHOWN" in place.run("prove", REF).stdout
    head = shown["head"]
    assert place.run("check", "--against", head).stderr.count("unchanged up to link") == 1
    other = head[:-1] + ("A" if head[-1] != "A" else "B")
    assert "not the one that this head was made from" in place.run("check", "--against", other).stdout.replace(
        "\n  ", " "
    )
    assert place.run("check", "--against", "onzin").returncode == 2
