"""What every store promises, as tests; a subclass gives the `store`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailbot import chain, rewrites
from mailbot.model import Address, Case, Letter, LetterState, Pointer, Seen, Status, Suppression
from mailbot.store import Store, ledger

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
            assert ("AVG-2026-0001", "the case is gone: the chain has its history") in list(rewrites.faults(unit))

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

    def test_only_cases_whose_moment_has_come_are_due(self, store: Store) -> None:
        with store.unit() as unit:
            unit.put_case(a_case("AVG-2026-0001", next_at=NOON))
            unit.put_case(a_case("AVG-2026-0002", next_at=NOON + timedelta(microseconds=1)))
            unit.put_case(a_case("AVG-2026-0003", next_at=None))
            assert [case.ref for case in unit.due_cases(NOON)] == ["AVG-2026-0001"]

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
        seen = Seen("k", "<m@x>", Pointer("INBOX", 1, 7), NOON, NOON, "case", "AVG-2026-0001")
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

    def test_one_worker_at_a_time(self, store: Store) -> None:
        assert store.claim()
        assert store.claim()
