"""A later rewrite shows: a changed row, a case that was taken out, lines put elsewhere, every hash made anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from company import ACCESS, CONTACT, KNOWN, a_raw_mail
from mailbot import actions as do
from mailbot import chain, events
from mailbot.acts import acting
from mailbot.errors import Refused
from mailbot.fulfil import forgetting
from mailbot.memory import histories, rules_version, tampering
from mailbot.memory.moving import move
from mailbot.model import Outcome, Status
from mailbot.reports import weekly
from mailbot.safekeeping import backups
from mailbot.safekeeping.restoring import restore
from mailbot.store import TinyStore, Unit, ledger
from mailbot.store.codec import action_to_doc

REF, OTHER = "AVG-2026-0001", "AVG-2026-0002"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A company with its memory in a file and two cases, one of them noted on."""
    desk = Desk(tmp_path / "state" / "kaviaarshop")
    desk.tenant.__dict__["store"] = TinyStore(desk.tenant.folder)
    desk.round(a_raw_mail(ACCESS, KNOWN, number=1))
    desk.round(a_raw_mail(ACCESS, "ander@klant.test", number=2), minutes=10)
    noted(desk, "gebeld")
    yield desk
    desk.tenant.store.close()


def noted(desk: Desk, text: str, ref: str = REF) -> None:
    acting.act(desk.tenant, ref, events.Noted("els", text), desk.clock.move(minutes=1))


def head(desk: Desk) -> str:
    with desk.tenant.store.unit() as unit:
        return tampering.current_head(unit)


def against(desk: Desk, *heads: str) -> tampering.Comparison:
    with desk.tenant.store.unit() as unit:
        return tampering.compare(unit, heads)


def changed(unit: Unit, table: str, id: str, **changes: Any) -> None:
    doc = unit.tables.get(table, id)
    assert doc
    unit.tables.put(table, id, {**doc, **changes})


def drop(unit: Unit, ref: str) -> None:
    """Take a case out as somebody would who wants it never to have been."""
    for table, id, doc in list(unit.tables.everything()):
        if (doc.get("ref") == ref and table != ledger.TABLE) or id.endswith(f":{ref}"):
            unit.tables.drop(table, id)


def rehash(unit: Unit) -> None:
    """Make the company's chain anew from the histories as they are now, as a thorough forger would."""
    for table, id, _ in list(unit.tables.everything()):
        if table == ledger.TABLE:
            unit.tables.drop(table, id)
    unit.drop_note(ledger.TABLE)
    for table, _, doc in list(unit.tables.everything()):
        if table == "history":
            [entry] = [one for one in unit.history(doc["ref"]) if one.seq == doc["seq"]]
            ledger.add(unit, ledger.LINE, entry.ref, entry.seq, entry.at, entry.hash)


def forge(unit: Unit, ref: str) -> None:
    """Change what was noted and make every hash of that case anew; the key of the case lies beside it."""
    key, previous = unit.note(f"key:{ref}"), chain.START
    assert key
    for line in unit.history(ref):
        told = tuple({**doc, "text": "nooit gebeld"} if doc.get("text") == "gebeld" else doc for doc in line.actions)
        made = chain.entry(ref, line.seq, line.at, line.actor, line.event, told, key, previous)
        unit.append(made)
        previous = made.hash
    case = unit.case(ref)
    assert case
    unit.put_case(replace(case, remarks=tuple("nooit gebeld" if text == "gebeld" else text for text in case.remarks)))


# --- what is in order -----------------------------------------------------------------------------------------------


def test_what_nobody_touched_holds_and_agrees_with_every_head_of_before(desk: Desk) -> None:
    heads = [head(desk)]
    for number in range(3):
        noted(desk, str(number), OTHER)
        heads.append(head(desk))
    assert desk.faults() == []
    assert against(desk, *heads).holds


def test_a_head_may_be_copied_with_small_letters_spaces_and_without_hyphens(desk: Desk) -> None:
    number, _, code = head(desk).partition("-")
    for copied in (head(desk).lower(), f" {number} - {code.replace('-', ' ')}", f"{number}-{code.replace('-', '')}"):
        assert against(desk, copied).holds


@pytest.mark.parametrize("text", ["", "12", "12-ABCD", "0-AAAA-AAAA-AAAA-AAAA-AAAA", "x-AAAA-AAAA-AAAA-AAAA-AAAA"])
def test_what_is_no_head_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        against(desk, text)


@given(st.integers(1, 10**11), st.binary(min_size=32, max_size=32))
def test_a_mark_reads_as_it_was_written(number: int, head: bytes) -> None:
    mark = chain.head_code(number, head.hex())
    assert chain.read_head_code(mark) == (number, mark)


# --- tampering ------------------------------------------------------------------------------------------------------


def test_a_changed_case_shows(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        changed(unit, "cases", REF, assignee="niemand")
    assert desk.faults() == [(REF, "the case on file differs from its history")]


def test_a_changed_line_of_a_history_shows(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        changed(unit, "history", f"{REF}:000002", actor="jan")
    assert (REF, f"{REF}: line 2 was changed") in desk.faults()


def test_a_changed_answer_of_the_server_shows(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        [letter] = [one for one in unit.letters_of(REF) if one.audience == "requester"]
        changed(unit, "letters", letter.token, answer="250 queued as something else")
    assert desk.faults() == [(REF, f"the letter {letter.token} is not the one that our server took")]


def test_a_letter_with_other_words_shows_and_so_does_one_that_is_gone(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        [letter] = [one for one in unit.letters_of(REF) if one.audience == "requester"]
        changed(unit, "letters", letter.token, text="Wij doen niets.")
    assert desk.faults() == [(REF, f"the letter {letter.token} is not the one that our server took")]
    with desk.tenant.store.unit() as unit:
        unit.tables.drop("letters", letter.token)
    assert desk.faults() == [(REF, f"the letter {letter.token} is gone, and our server took it")]


def test_a_case_that_was_taken_out_shows(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        drop(unit, OTHER)
    assert desk.faults() == [
        (OTHER, "lines 1, 2, 3 are of its history gone or changed: the chain has another"),
        (OTHER, "the case is gone: the chain has its history"),
    ]


def test_a_case_shows_that_was_taken_out_while_its_history_stayed(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        unit.tables.drop("cases", OTHER)
    assert desk.faults() == [(OTHER, "the case is gone: the chain has its history")]


def test_a_case_that_no_list_shows_any_more_shows(desk: Desk) -> None:
    desk.tenant.store.rows.db.execute("delete from keys where tbl='cases' and id=?", (OTHER,))  # type: ignore[attr-defined]
    assert desk.faults() == [(OTHER, "the case is on file, and no list shows it")]


def altered(unit: Unit, *more: do.CaseAction) -> None:
    """Let the last line of a history do more, and write the case that comes of it."""
    last = unit.history(REF)[-1]
    unit.append(replace(last, actions=(*last.actions, *map(action_to_doc, more))))
    case = histories.folded(unit.history(REF))
    assert case
    unit.put_case(case)


def test_a_line_cannot_be_changed_by_dropping_the_key_of_its_case(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        altered(unit, do.MeetDeadlines(desk.clock()))
        unit.drop_note(f"key:{REF}")
    assert (REF, f"{REF}: line 3 was changed") in desk.faults()


def test_an_upgrade_does_not_make_a_case_of_a_line_whose_key_is_gone(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        before = unit.case(REF)
        altered(unit, do.Remark("nooit gedaan"))
        unit.drop_note(f"key:{REF}")
        assert before
        unit.put_case(before)
        assert rules_version.refold(unit) == 0


def test_a_person_who_was_never_forgotten_shows(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        altered(unit, do.Anonymise(desk.clock()))
        for line in unit.history(REF):
            unit.append(replace(line, actions=()))
        unit.drop_note(f"key:{REF}")
    assert desk.faults() == [(REF, "it says that its person was forgotten, and the chain does not")]


def test_a_case_that_was_slipped_in_shows(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        case, lines, key = unit.case(OTHER), unit.history(OTHER), unit.note(f"key:{OTHER}")
        assert case
        assert key
        previous = chain.START
        for line in lines:
            docs = [{**doc, "ref": "AVG-2026-0009"} if "ref" in doc else doc for doc in line.actions]
            made = chain.entry("AVG-2026-0009", line.seq, line.at, line.actor, line.event, docs, key, previous)
            unit.append(made)
            previous = made.hash
        unit.put_case(replace(case, ref="AVG-2026-0009"))
        unit.put_note("key:AVG-2026-0009", key)
    assert desk.faults() == [("AVG-2026-0009", "lines 1, 2, 3 are of its history, and not in the chain")]


def test_links_in_another_order_show(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        second, third = (unit.tables.get(ledger.TABLE, f"{number:012d}") for number in (2, 3))
        assert second
        assert third
        unit.tables.put(ledger.TABLE, f"{2:012d}", {**third, "number": 2})
        unit.tables.put(ledger.TABLE, f"{3:012d}", {**second, "number": 3})
    assert {ref for ref, _ in desk.faults()} == {tampering.CHAIN}


def test_links_that_were_cut_off_at_the_end_show(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        number, _ = ledger.newest(unit)
        unit.tables.drop(ledger.TABLE, f"{number:012d}")
    assert (tampering.CHAIN, f"it ends at link {number - 1}, and link {number} was the newest") in desk.faults()


def test_a_forger_who_makes_every_hash_anew_cannot_give_the_head_of_before(desk: Desk) -> None:
    """Seen from inside all is well: only the head that lies in somebody's mailbox tells."""
    before = head(desk)
    with desk.tenant.store.unit() as unit:
        forge(unit, REF)
        rehash(unit)
    assert desk.faults() == []
    found = against(desk, before)
    assert not found.holds
    assert "rewritten" in found.message


def test_so_it_is_with_a_case_that_was_taken_out_and_every_hash_made_anew(desk: Desk) -> None:
    before = head(desk)
    with desk.tenant.store.unit() as unit:
        drop(unit, OTHER)
        rehash(unit)
    assert desk.faults() == []
    assert "is gone" in against(desk, before).message


def test_two_heads_tell_between_which_links_it_was_rewritten(desk: Desk) -> None:
    early = head(desk)
    noted(desk, "gebeld", OTHER)
    noted(desk, "nog eens", OTHER)
    late = head(desk)
    first, last = early.partition("-")[0], late.partition("-")[0]
    with desk.tenant.store.unit() as unit:
        kept = [one for one in (ledger.link_at(unit, n) for n in range(1, int(first) + 1)) if one]
        forge(unit, OTHER)
        for table, id, _ in list(unit.tables.everything()):
            if table == ledger.TABLE:
                unit.tables.drop(table, id)
        unit.drop_note(ledger.TABLE)
        for one in kept:
            ledger.add(unit, one.what, one.ref, one.seq, one.at, one.hash)
        for line in unit.history(OTHER)[-2:]:
            ledger.add(unit, ledger.LINE, line.ref, line.seq, line.at, line.hash)
    assert desk.faults() == []
    told = against(desk, late, early).message
    assert f"rewritten after link {first} " in told
    assert f"up to link {last} at the latest" in told


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_field_of_any_link_or_line_can_be_changed_unseen(desk: Desk, data: st.DataObject) -> None:
    with desk.tenant.store.unit() as unit:
        sealed = [(t, i, d) for t, i, d in unit.tables.everything() if t in ("history", ledger.TABLE)]
        table, id, doc = data.draw(st.sampled_from(sealed))
        name = data.draw(st.sampled_from(sorted(doc)))
        other = data.draw(_another(doc[name]))
        unit.tables.put(table, id, {**doc, name: other})
        try:
            found = list(histories.faults(unit))
        except ValueError:
            found = [("unreadable", "")]
        finally:
            unit.tables.put(table, id, doc)
        assert found, (table, id, name, other)
        assert list(histories.faults(unit)) == []


def _another(value: Any) -> st.SearchStrategy[Any]:
    """Something else of the same kind."""
    match value:
        case int():
            return st.integers(0, 99).filter(lambda other: other != value)
        case list():
            return st.just([*value, {"do": "Remark", "text": "x"}]) if value else st.just([{"do": "SetNeeds"}])
        case str() if value[:4].isdigit() and "T" in value:
            return st.sampled_from(["2026-03-02T08:00:01Z", "2025-01-01T00:00:00Z"])
        case _:
            return st.sampled_from(["", "x", "0" * 64, "AVG-2026-0007"]).filter(lambda other: other != value)


# --- what is not a rewrite ------------------------------------------------------------------------------------------


def forgotten(desk: Desk) -> None:
    acting.act(desk.tenant, REF, events.Closed("els", Outcome.WITHDRAWN, "x"), desk.clock())
    assert forgetting.forget_due(desk.tenant, desk.clock.move(days=900)) == [REF]


def test_forgetting_a_person_keeps_the_chain_and_every_head_of_before(desk: Desk) -> None:
    before = head(desk)
    forgotten(desk)
    assert desk.faults() == []
    assert against(desk, before).holds


@pytest.mark.parametrize("name", ["closed_at", "received_at"])
def test_what_stayed_of_a_person_who_was_forgotten_cannot_be_changed_unseen(desk: Desk, name: str) -> None:
    forgotten(desk)
    with desk.tenant.store.unit() as unit:
        changed(unit, "cases", REF, **{name: "2026-03-02T08:00:00Z"})
    assert desk.faults() == [(REF, "what stayed of it was changed")]


def test_who_did_what_cannot_be_changed_after_the_key_is_gone(desk: Desk) -> None:
    forgotten(desk)
    with desk.tenant.store.unit() as unit:
        changed(unit, "history", f"{REF}:000002", actor="jan")
    assert desk.faults() == [(REF, "what stayed of it was changed")]


def test_a_backup_in_which_somebody_was_forgotten_holds_and_keeps_the_heads_of_before(desk: Desk) -> None:
    before = head(desk)
    path = backups.back_up(desk.tenant, desk.clock())
    forgotten(desk)
    desk.clock.move(days=1)
    restore(desk.tenant, path, desk.clock())
    assert desk.faults() == []
    assert against(desk, before).holds
    assert [case.status for case in desk.cases()] == [Status.ANONYMISED, Status.OPEN]


def test_a_memory_that_was_put_back_says_so_when_a_later_head_does_not_agree(desk: Desk) -> None:
    path = backups.back_up(desk.tenant, desk.clock())
    for text in ("een", "twee", "drie"):
        noted(desk, text)
    late = head(desk)
    restore(desk.tenant, path, desk.clock())
    assert "put back from a backup" in against(desk, late).message
    for text in ("vier", "vijf", "zes"):
        noted(desk, text)
    assert "put back from a backup" in against(desk, late).message


def test_a_move_to_another_store_keeps_the_head(desk: Desk, tmp_path: Path) -> None:
    other = TinyStore(tmp_path / "other")
    before = head(desk)
    move(desk.tenant.store, other, "postgresql")
    with other.unit() as unit:
        assert tampering.current_head(unit) == before
        assert list(histories.faults(unit)) == []
    other.close()


def test_a_move_is_refused_when_a_case_was_taken_out_before(desk: Desk, tmp_path: Path) -> None:
    with desk.tenant.store.unit() as unit:
        drop(unit, OTHER)
    other = TinyStore(tmp_path / "other")
    with pytest.raises(Refused, match=OTHER):
        move(desk.tenant.store, other, "postgresql")
    other.close()


def test_nothing_can_be_written_in_a_case_whose_person_was_forgotten(desk: Desk) -> None:
    forgotten(desk)
    with pytest.raises(Refused, match="forgotten"):
        noted(desk, "Piet belde")


# --- the summary ----------------------------------------------------------------------------------------------------


def test_the_monday_summary_brings_the_head_in_its_text_and_in_its_html(desk: Desk) -> None:
    desk.round(days=7)
    told = head(desk)
    [mail] = [mail for _, to, mail in desk.left if to == CONTACT and "privacyverzoeken in week" in str(mail["Subject"])]
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part
        assert f"--against {told}" in re.sub(r"<[^>]+>", "", str(part.get_content()))


def test_a_company_without_cases_gets_no_head(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with desk.tenant.store.unit() as unit:
        text = weekly.compose(unit, desk.tenant, desk.clock().date(), desk.clock()).text
    assert "Bewijs" not in text


def test_a_link_costs_the_same_with_many_on_file(desk: Desk) -> None:
    """By what is read and written, for time says little on a busy machine."""

    def statements() -> int:
        seen: list[str] = []
        db = desk.tenant.store.rows.db  # type: ignore[attr-defined]
        db.set_trace_callback(seen.append)
        noted(desk, "x")
        db.set_trace_callback(None)
        return len(seen)

    first = statements()
    with desk.tenant.store.unit() as unit:
        for number in range(500):
            ledger.add(unit, ledger.LINE, f"AVG-2025-{number:04d}", 1, desk.clock() + timedelta(number), "00" * 32)
    assert statements() == first
