"""What every store promises, as tests; a subclass gives the `store`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailbot import chain
from mailbot.memory import tampering
from mailbot.model import Address, Case, Letter, LetterState, MailRecord, Pointer, Status, Suppression
from mailbot.store import Store, Unit, ledger
from mailbot.store import unit as unit_module
from mailbot.store.base import BaseStore
from mailbot.store.codec import from_doc

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_case(ref: str = "AVG-2026-0001", **changes: object) -> Case:
    return replace(Case(ref, "kaviaarshop", Status.OPEN, NOON, requester=Address("Piet@Example.nl")), **changes)


def a_letter(token: str = "AVG-2026-0001:ack", **changes: object) -> Letter:
    letter = Letter(
        token,
        "kaviaarshop",
        "AVG-2026-0001",
        "acknowledgement",
        "piet@example.nl",
        "requester",
        "s",
        "t",
        "<p>t</p>",
        f"<{token}@example.nl>",
        created_at=NOON,
    )
    return replace(letter, **changes)


REF = "AVG-2026-0001"


def always(unit: Unit, ref: str) -> bool:
    return True


def a_closed_case(store: Store, ref: str = REF) -> None:
    """A case with one of each thing that goes with it."""
    with store.unit() as unit:
        unit.put_case(a_case(ref, status=Status.CLOSED, closed_at=NOON, thread=(f"<{ref}@x>",)))
        unit.put_letter(a_letter(f"{ref}:ack", ref=ref, state=LetterState.SENT, settled_at=NOON))
        unit.record(MailRecord(f"k{ref}", f"<{ref}@x>", Pointer("INBOX", 1, 7), NOON, NOON, "case", ref))
        for seq in (1, 2):
            unit.append(chain.entry(ref, seq, NOON, "els", "Noted", [], "ab" * 32, chain.START))
        unit.put_note(f"key:{ref}", "ab" * 32)
        unit.put_note(f"seq:{ref}", "2")
    with store.unit() as unit:
        assert unit.note("form"), "a memory is brought up to date before anything of it is put away"


def told(store: Store) -> dict[str, Any]:
    """What the store answers to every question about its cases."""
    with store.unit() as unit:
        cases = unit.all_cases()
        return {
            "everything": list(unit.tables.everything()),
            "cases": cases,
            "closed": unit.all_cases(Status.CLOSED),
            "open": unit.open_cases(),
            "by message": [unit.cases_with_message(f"<{case.ref}@x>") for case in cases],
            "by address": unit.cases_of("piet@example.nl"),
            "by reference": [unit.case(case.ref) for case in cases],
            "letters": [one for case in cases for one in unit.letters_of(case.ref)],
            "sent": (unit.letters(LetterState.SENT), unit.sent_since(NOON), unit.sent_since(NOON, "piet@example.nl")),
            "by letter": [unit.letter_with_message(f"<{case.ref}:ack@example.nl>") for case in cases],
            "seen": [(unit.seen(f"k{case.ref}"), unit.seen_with_message(f"<{case.ref}@x>")) for case in cases],
            "seen lately": (unit.seen_since(NOON), unit.seen_as("case")),
            "history": [unit.history(case.ref) for case in cases],
            "facts": [(unit.note(f"key:{case.ref}"), unit.note(f"seq:{case.ref}")) for case in cases],
            "links": [ledger.link_at(unit, number) for number in range(9)],
            "next": unit.next_ref(2026),
        }


class StoreContract:
    """What every store promises. Subclasses give a `store`."""

    def test_what_was_put_comes_back_the_same(self, store: Store) -> None:
        case = a_case(thread=("<a@x>",), next_at=NOON, signals=("reminder",))
        with store.unit() as unit:
            unit.put_case(case)
        with store.unit() as unit:
            assert unit.case(case.ref) == case

    def test_a_case_that_was_taken_out_is_missed(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case())
            ledger.add(unit, ledger.LINE, "AVG-2026-0001", 1, NOON, chain.START)
            unit.tables.drop("cases", "AVG-2026-0001")
            assert ("AVG-2026-0001", "the case is gone: the chain has its history") in list(tampering.faults(unit))

    def test_an_error_inside_a_unit_leaves_everything_as_it_was(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case())
        with pytest.raises(ZeroDivisionError), store.unit() as unit:
            unit.put_case(a_case(assignee="Els"))
            unit.put_letter(a_letter())
            raise ZeroDivisionError
        with store.unit() as unit:
            assert unit.case("AVG-2026-0001") == a_case()
            assert unit.letter("AVG-2026-0001:ack") is None

    def test_a_case_is_found_by_every_message_of_its_thread(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case(thread=("<a@x>", "<b@x>")))
            assert [case.ref for case in unit.cases_with_message("<b@x>")] == ["AVG-2026-0001"]
            assert unit.cases_with_message("<c@x>") == []

    def test_a_case_is_found_by_its_requester_whatever_the_letters_case(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case())
            assert len(unit.cases_of("piet@EXAMPLE.nl")) == 1

    def test_a_moment_on_a_companys_own_clock_is_the_same_moment(self, store: Store) -> None:
        """Midnight of a Monday in Amsterdam is still Sunday in UTC."""
        midnight = datetime(2026, 3, 2, tzinfo=ZoneInfo("Europe/Amsterdam"))
        at = midnight.astimezone(UTC)
        with store.unit() as unit:
            unit.put_case(a_case(next_at=midnight))
            unit.record(MailRecord("k", "<1@x>", Pointer("INBOX", 1, 7), at, at, "automatic"))
        with store.unit() as unit:
            assert unit.due_refs(at) == [REF]
            assert [seen.key for seen in unit.seen_since(midnight)] == ["k"]

    def test_only_cases_whose_moment_has_come_are_due(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case("AVG-2026-0001", next_at=NOON))
            unit.put_case(a_case("AVG-2026-0002", next_at=NOON + timedelta(microseconds=1)))
            unit.put_case(a_case("AVG-2026-0003", next_at=None))
            assert unit.due_refs(NOON) == ["AVG-2026-0001"]

    def test_open_cases_are_named_in_the_order_of_their_receipt(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case("AVG-2026-0001", received_at=NOON + timedelta(hours=1)))
            unit.put_case(a_case("AVG-2026-0002", received_at=NOON))
            unit.put_case(a_case("AVG-2026-0003", status=Status.CLOSED))
            assert unit.open_refs() == ["AVG-2026-0002", "AVG-2026-0001"]

    def test_a_case_is_told_as_it_was_last_written_in_the_same_unit(self, store: Store) -> None:
        first, second = a_case(thread=("<a@x>",)), a_case(thread=("<a@x>", "<b@x>"))
        with store.unit() as unit:
            assert unit.case(REF) is None
            for case in (first, second, first):
                unit.put_case(case)
                found = (unit.case(REF), *unit.cases_with_message("<a@x>"), *unit.cases_of("piet@example.nl"))
                assert found == (case, case, case)
                assert bool(unit.cases_with_message("<b@x>")) is (case is second)
            unit.tables.drop("cases", REF)
            assert (unit.case(REF), unit.cases_with_message("<a@x>")) == (None, [])

    def test_a_case_of_many_words_is_read_once_in_a_unit(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        thread = tuple(f"<{number}@x>" for number in range(50))
        with store.unit() as unit:
            unit.put_case(a_case(thread=thread))
        made: list[type] = []
        monkeypatch.setattr(unit_module, "from_doc", lambda kind, doc: made.append(kind) or from_doc(kind, doc))
        with store.unit() as unit:
            for id in thread:
                assert [case.ref for case in unit.cases_with_message(id)] == [REF]
            assert unit.cases_of("piet@example.nl") == [unit.case(REF)]
        assert made == [Case]

    def test_a_closed_case_is_no_longer_among_the_open_ones(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case())
            assert len(unit.open_cases()) == 1
            unit.put_case(a_case(status=Status.CLOSED))
            assert unit.open_cases() == []
            assert len(unit.all_cases()) == 1

    def test_references_count_per_year_and_are_never_given_twice(self, store: Store) -> None:
        with store.unit() as unit:
            assert unit.next_ref(2026) == "AVG-2026-0001"
            unit.take_ref("AVG-2026-0001")
            assert unit.next_ref(2026) == "AVG-2026-0002"
            assert unit.next_ref(2027) == "AVG-2027-0001"

    def test_letters_wait_in_the_order_of_their_next_try(self, store: Store) -> None:
        with store.unit() as unit:
            for number, minutes in enumerate((5, 0, 9)):
                at = NOON + timedelta(minutes=minutes)
                unit.put_letter(a_letter(f"t{number}", state=LetterState.QUEUED, next_try=at))
            unit.put_letter(a_letter("held"))
            assert [letter.token for letter in unit.sendable(NOON + timedelta(minutes=6))] == ["t1", "t0"]

    def test_letters_that_left_are_counted_per_address_and_in_all(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_letter(a_letter("a", state=LetterState.SENT, settled_at=NOON))
            unit.put_letter(a_letter("b", state=LetterState.SENT, settled_at=NOON - timedelta(days=2)))
            unit.put_letter(a_letter("c", state=LetterState.SENT, settled_at=NOON, to="x@example.nl"))
            unit.put_letter(a_letter("d", state=LetterState.SENT, settled_at=NOON, audience="staff"))
            since = NOON - timedelta(days=1)
            assert (unit.sent_since(since, "Piet@example.nl"), unit.sent_since(since)) == (1, 2)

    def test_a_mail_is_found_by_its_hash_and_its_message_id(self, store: Store) -> None:
        seen = MailRecord("k", "<m@x>", Pointer("INBOX", 1, 7), NOON, NOON, "case", "AVG-2026-0001")
        with store.unit() as unit:
            unit.record(seen)
            assert unit.seen("k") == seen
            assert unit.seen_with_message("<m@x>") == [seen]
            assert unit.seen_since(NOON) == [seen]
            assert unit.seen_before(NOON - timedelta(seconds=1)) == []

    def test_the_history_comes_back_in_order_and_verifies(self, store: Store) -> None:
        key, previous = "ab" * 32, chain.START
        with store.unit() as unit:
            for seq in range(1, 13):
                line = chain.entry(
                    "AVG-2026-0001", seq, NOON, "els", "Noted", [{"do": "Remark", "text": "x"}], key, previous
                )
                unit.append(line)
                previous = line.hash
            entries = unit.history("AVG-2026-0001")
        assert [entry.seq for entry in entries] == list(range(1, 13))
        assert chain.faults(entries, key) == []

    def test_a_suppression_keeps_its_first_date(self, store: Store) -> None:
        with store.unit() as unit:
            unit.suppress(Suppression("a@x.nl", "all", NOON, "AVG-2026-0001"))
            unit.suppress(Suppression("A@x.nl", "all", NOON + timedelta(days=1), "AVG-2026-0002"))
            assert [entry.since for entry in unit.suppressions()] == [NOON]

    def test_an_address_of_any_letters_is_on_the_list(self, store: Store) -> None:
        """ASCII ends at the tilde; addresses do not (RFC 6531)."""
        with store.unit() as unit:
            for address in ("~jan@x.nl", "éva@x.nl", "+31612345678"):
                unit.suppress(Suppression(address, "all", NOON, REF))
            assert {entry.address for entry in unit.suppressions()} == {"~jan@x.nl", "éva@x.nl", "+31612345678"}

    def test_small_facts_are_kept_and_forgotten(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_note("cursor:INBOX", "1:2")
            assert unit.note("cursor:INBOX") == "1:2"
            unit.drop_note("cursor:INBOX")
            unit.drop_note("cursor:INBOX")
            assert unit.note("cursor:INBOX") is None

    def test_text_of_any_kind_comes_back_and_is_found(self, store: Store) -> None:
        odd = "<\0 \u2028 'quote\" %s\\>"
        with store.unit() as unit:
            unit.put_case(a_case(thread=(odd,), remarks=(odd,)))
            assert [case.remarks for case in unit.cases_with_message(odd)] == [(odd,)]

    def test_everything_lists_every_document_once(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case())
            unit.put_note("a", "b")
        with store.unit() as unit:
            listed = [(table, id) for table, id, _ in unit.tables.everything()]
        assert listed == [("cases", "AVG-2026-0001"), ("notes", "a"), ("notes", "form")]

    def test_a_small_fact_is_told_as_it_was_last_written_in_the_same_unit(self, store: Store) -> None:
        with store.unit() as unit:
            assert unit.note("a") is None
            unit.put_note("a", "b")
            assert unit.note("a") == "b"
            unit.put_note("a", "c")
            assert unit.note("a") == "c"
            unit.drop_note("a")
            assert unit.note("a") is None
            unit.put_note("a", "d")
            unit.tables.clear()
            assert unit.note("a") is None

    def test_a_small_fact_of_a_unit_that_failed_was_never_so(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_note("a", "b")
        with pytest.raises(RuntimeError), store.unit() as unit:
            unit.put_note("a", "c")
            raise RuntimeError
        with store.unit() as unit:
            assert unit.note("a") == "b"

    # --- the registers of years

    def test_a_case_that_was_put_away_is_found_as_before(self, store: Store) -> None:
        a_closed_case(store)
        a_closed_case(store, "AVG-2025-0007")
        before = told(store)
        assert store.archive([REF], always) == 1
        assert told(store) == before
        assert store.archive(["AVG-2025-0007"], always) == 1
        assert told(store) == before

    def test_a_case_that_was_put_away_is_found_by_its_words_beside_others(self, store: Store) -> None:
        a_closed_case(store, "AVG-2025-0007")
        assert store.archive(["AVG-2025-0007"], always) == 1
        with store.unit() as unit:
            unit.put_case(a_case())
            assert [case.ref for case in unit.cases_of("piet@example.nl")] == ["AVG-2025-0007", REF]
            assert [case.ref for case in unit.cases_with_message("<AVG-2025-0007@x>")] == ["AVG-2025-0007"]

    def test_what_is_worked_on_no_longer_holds_it(self, store: BaseStore) -> None:
        a_closed_case(store)
        store.archive([REF], always)
        with store._opened() as tables:
            assert {table for table, _, _ in tables.working.everything()} <= {"notes", "registers", "ledger"}
            assert tables.working.get("notes", f"key:{REF}") is None

    def test_what_is_written_about_it_brings_it_back_whole(self, store: BaseStore) -> None:
        a_closed_case(store)
        before = told(store)
        store.archive([REF], always)
        with store.unit() as unit:
            unit.put_letter(a_letter(f"{REF}:later", ref=REF))
        with store.unit() as unit:
            assert [one.token for one in unit.letters_of(REF)] == [f"{REF}:ack", f"{REF}:later"]
            unit.tables.drop("letters", f"{REF}:later")
        assert told(store) == before
        with store._opened() as tables:
            assert len(list(tables.working.everything())) > len(before["everything"])
            assert [list(register.everything()) for register in tables._where("")] == [[]]

    def test_what_is_taken_out_of_it_is_gone(self, store: Store) -> None:
        a_closed_case(store)
        store.archive([REF], always)
        with store.unit() as unit:
            unit.tables.drop("letters", f"{REF}:ack")
            unit.tables.drop("seen", f"k{REF}")
        store.archive([REF], always)
        store.vacuum()
        with store.unit() as unit:
            assert (unit.letters_of(REF), unit.seen(f"k{REF}"), len(unit.history(REF))) == ([], None, 2)

    def test_a_unit_that_failed_leaves_it_where_it_was(self, store: BaseStore) -> None:
        a_closed_case(store)
        store.archive([REF], always)
        before = told(store)
        with pytest.raises(ZeroDivisionError), store.unit() as unit:
            unit.tables.drop("letters", f"{REF}:ack")
            raise ZeroDivisionError
        assert told(store) == before
        with store._opened() as tables:
            assert tables.working.get("cases", REF) is None

    def test_a_case_that_may_no_longer_go_stays(self, store: BaseStore) -> None:
        a_closed_case(store)
        before = told(store)
        assert store.archive([REF], lambda unit, ref: False) == 0
        assert told(store) == before
        with store._opened() as tables:
            assert (tables.catalogue.in_transit, tables.working.get("cases", REF) is None) == ({}, False)

    def test_between_the_halves_of_the_way_it_can_be_worked_on(self, store: BaseStore) -> None:
        a_closed_case(store)
        with store._opened() as tables:
            tables.mark_in_transit([REF])
        before = told(store)
        with store.unit() as unit:
            unit.tables.drop("letters", f"{REF}:ack")
        with store._opened() as tables:
            assert tables.archive([REF]) == 1
        with store.unit() as unit:
            assert (unit.letters_of(REF), len(before["letters"])) == ([], 1)

    def test_while_it_is_not_taken_out_of_its_register_only_what_is_newer_counts(
        self, store: BaseStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        a_closed_case(store)
        store.archive([REF], always)
        monkeypatch.setattr(store, "_try_to_settle", lambda: None)
        with store.unit() as unit:
            unit.tables.drop("letters", f"{REF}:ack")
            unit.put_case(a_case(status=Status.OPEN))
        with store.unit() as unit:
            assert [case.status for case in unit.all_cases()] == [Status.OPEN]
            assert (unit.letter(f"{REF}:ack"), unit.letters_of(REF)) == (None, [])
            assert unit.tables.count("letters", "state", "sent") == 0
            assert unit.tables.count("cases", "all", "~", "<=") == 1
            assert [id for table, id, _ in unit.tables.everything() if table == "letters"] == []

    def test_a_case_of_a_register_is_listed_in_its_turn(self, store: Store) -> None:
        for number in (1, 2, 3):
            a_closed_case(store, f"AVG-2026-000{number}")
        store.archive(["AVG-2026-0002"], always)
        with store.unit() as unit:
            refs = [f"AVG-2026-000{number}" for number in (1, 2, 3)]
            assert (
                [case.ref for case in unit.all_cases()]
                == [case.ref for case in unit.cases_of("piet@example.nl")]
                == refs
            )
            tokens = [doc["ref"] for doc in unit.tables.by("letters", "state", "sent", "=", 2)]
            assert tokens == refs[:2]

    def test_a_letter_that_becomes_another_cases_is_no_longer_the_firsts(self, store: Store) -> None:
        other = "AVG-2025-0007"
        for ref in (REF, other):
            a_closed_case(store, ref)
        store.archive([REF, other], always)
        with store.unit() as unit:
            unit.put_letter(a_letter(f"{REF}:ack", ref=other))
        with store.unit() as unit:
            assert (unit.letters_of(REF), len(unit.letters_of(other))) == ([], 2)

    def test_links_of_the_chain_go_in_their_order_and_no_further(self, store: Store) -> None:
        with store.unit() as unit:
            for day in range(6):
                ledger.add(unit, ledger.LINE, REF, day, NOON + timedelta(days=day), chain.START)
            newest = ledger.newest(unit)
        before = told(store)
        assert store.archive_links(NOON + timedelta(days=3), 3) == 3
        assert store.archive_links(NOON + timedelta(days=3), 3) == 1
        assert store.archive_links(NOON + timedelta(days=3), 3) == 0
        assert told(store) == before
        with store.unit() as unit:
            assert (ledger.newest(unit), ledger.link_at(unit, 1) is None) == (newest, False)

    def test_when_everything_goes_the_registers_go_too(self, store: Store) -> None:
        a_closed_case(store)
        store.archive([REF], always)
        with store.unit() as unit:
            unit.tables.clear()
            assert list(unit.tables.everything()) == []
            unit.put_case(a_case("AVG-2026-0002"))
        with store.unit() as unit:
            assert [case.ref for case in unit.all_cases()] == ["AVG-2026-0002"]
            assert unit.letters_of(REF) == []

    def test_what_could_not_be_settled_is_settled_before_the_next_case_goes(
        self, store: BaseStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        a_closed_case(store)
        store.archive([REF], always)
        monkeypatch.setattr(store, "_try_to_settle", lambda: None)
        with store.unit() as unit:
            form = unit.note("form") or ""
            unit.tables.clear()
            unit.put_note("form", form)
        a_closed_case(store)
        assert store.archive([REF], always) == 1
        with store._opened() as tables:
            assert (tables.catalogue.emptied, tables.working.get("cases", REF)) == (set(), None)
            assert tables.get("cases", REF) is not None

    def test_one_worker_at_a_time(self, store: Store) -> None:
        assert store.claim()
        assert store.claim()
