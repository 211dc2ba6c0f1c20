"""Closed cases go into the register of their year when the company's term is over, and nothing else changes."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, act, case_of
from hypothesis import given, settings
from hypothesis import strategies as st
from store_contract import a_case, a_closed_case, a_letter, always, told
from traces import left_in, traces_of

from company import ACCESS, ERASURE, KNOWN, MARKETING, START, a_raw_mail
from mailbot import events
from mailbot.errors import Refused, TryLater
from mailbot.memory import histories, tampering
from mailbot.memory.moving import move
from mailbot.model import Case, LetterState, MailRecord, Outcome, Pointer, RetainedDocument, Status, StepEnding
from mailbot.reports.digest import digest, week_bounds
from mailbot.reports.evidence import evidence
from mailbot.reports.register import rows_of
from mailbot.safekeeping import archiving, backups
from mailbot.safekeeping.restoring import restore
from mailbot.store import Store, TinyStore, ledger
from mailbot.store.codec import to_doc
from mailbot.store.keys import done_since
from mailbot.store.postgres import Database
from mailbot.store.rows import Rows
from rig.postgres import Postgres

REF, OTHER = "AVG-2026-0001", "AVG-2026-0002"
STRANGER = "ander@klant.test"
TRACES = traces_of(KNOWN, "Zonneveld")
KEPT = RetainedDocument("F2026-1", "factuur", date(2026, 1, 5), date(2033, 12, 31), "artikel 52 AWR")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A company with its memory in files and two cases: the first was answered and is closed."""
    desk = Desk(tmp_path / "state" / "kaviaarshop", mode="hold")
    desk.tenant.__dict__["store"] = TinyStore(desk.tenant.folder)
    with_two_cases(desk)
    yield desk
    desk.tenant.store.close()


def with_two_cases(desk: Desk) -> None:
    desk.round(a_raw_mail(f"{ACCESS}, Zonneveld", KNOWN, number=1))
    desk.round(a_raw_mail(ACCESS, STRANGER, number=2), minutes=10)
    act(desk, events.IdentityConfirmed("els", "gebeld"))
    act(desk, events.Answered("els", "Hierbij het overzicht van uw gegevens.", Outcome.GRANTED))
    desk.round(hours=1)
    for step in ("package", "second_look", "copies"):
        act(desk, events.StepSettled("els", step, StepEnding.SKIPPED, "alles stond in de brief"))
    act(desk, events.Closed("els", Outcome.GRANTED, "klaar"))


def later(desk: Desk, days: int = 91) -> None:
    """The term passes; the next round puts away what is due, and one more lets calls and letters of that round go."""
    desk.round(days=days)
    desk.round(days=1)


def lies_in(desk: Desk, ref: str = REF) -> str:
    """Where a case lies: "work", or the name of a register."""
    store = desk.tenant.store
    assert isinstance(store, TinyStore)
    with store._opened() as tables:
        found = ["work"] if tables.working.get("cases", ref) else []
        found += [name for name in tables.catalogue.readable if store._registers.open(name).get("cases", ref)]
    [place] = found
    return place


# --- what goes, and what stays ---------------------------------------------------------------------


def test_a_closed_case_goes_into_the_register_of_its_year_once_its_term_is_over(desk: Desk) -> None:
    later(desk, 88)
    assert lies_in(desk) == "work"
    later(desk, 1)
    assert lies_in(desk) == "2026"
    assert lies_in(desk, OTHER) == "work"
    assert (desk.tenant.folder / "register-2026.db").stat().st_mode & 0o777 == 0o600
    assert desk.faults() == []


def test_the_company_sets_its_own_term(desk: Desk) -> None:
    desk.change(register_after=timedelta(days=10))
    later(desk, 9)
    assert lies_in(desk) == "2026"


def test_what_is_shown_proven_registered_and_checked_is_the_same_as_before(desk: Desk) -> None:
    def shown() -> dict[str, Any]:
        with desk.tenant.store.unit() as unit:
            case = unit.case(REF)
            assert case
            return {
                "evidence": evidence(unit, case, desk.tenant.policy),
                "register": rows_of(unit.all_cases(), desk.tenant.policy, 2026, desk.clock()),
                "folded": histories.folded(unit.history(REF)),
                "faults": list(histories.faults(unit)),
                "head": tampering.current_head(unit),
                "everything": list(unit.tables.everything()),
            }

    desk.change(register_after=timedelta(days=1000))
    later(desk)
    before = shown()
    assert before["evidence"].holds
    desk.change(register_after=timedelta(days=90))
    assert archiving.archive_closed(desk.tenant, desk.clock()) == 1
    assert lies_in(desk) == "2026"
    assert shown() == before


def test_the_head_of_before_still_verifies_and_links_lie_in_the_register_too(desk: Desk) -> None:
    with desk.tenant.store.unit() as unit:
        head = tampering.current_head(unit)
    later(desk)
    with desk.tenant.store.unit() as unit:
        assert unit.tables.working.get(ledger.TABLE, f"{1:012d}") is None  # type: ignore[attr-defined]
        assert tampering.compare(unit, [head]).holds


def test_what_was_changed_in_a_register_by_hand_shows(desk: Desk) -> None:
    later(desk)
    rows = desk.tenant.store._registers.rows("2026")  # type: ignore[attr-defined]
    with rows.transaction():
        doc = rows.get("cases", REF)
        rows.put("cases", REF, {**doc, "assignee": "Mallory"})
    assert (REF, "the case on file differs from its history") in desk.faults()


@pytest.mark.parametrize(
    "still",
    [
        lambda case: replace(case, status=Status.OPEN),
        lambda case: replace(case, next_at=START),
        lambda case: replace(case, restricted_since=START),
        lambda case: replace(case, work=replace(case.work, hold="dagvaarding")),
        lambda case: replace(case, work=replace(case.work, kept=(KEPT,))),
        lambda case: replace(case, anonymised_at=START + timedelta(days=5)),
    ],
    ids=["open", "clock has work", "restricted", "held", "second erasure planned", "forgotten lately"],
)
def test_while_something_is_to_be_done_in_it_a_case_is_not_done(still: Callable[[Case], Case]) -> None:
    closed = a_case(status=Status.CLOSED, closed_at=START)
    assert done_since(to_doc(closed)) == "2026-03-02T09:00:00.000000Z"
    assert not "" < done_since(to_doc(still(closed))) <= "2026-03-02T09:00:00.000000Z"


def test_a_case_under_legal_hold_stays_and_goes_when_the_hold_is_lifted(desk: Desk) -> None:
    act(desk, events.HeldLegally("els", "dagvaarding"))
    later(desk)
    assert lies_in(desk) == "work"
    act(desk, events.HeldLegally("els", "vonnis", lift=True))
    later(desk, 1)
    assert lies_in(desk) == "2026"


@pytest.mark.parametrize("state", [LetterState.QUEUED, LetterState.SENDING])
def test_a_case_with_a_letter_about_to_leave_stays(desk: Desk, state: LetterState) -> None:
    desk.clock.move(days=91)
    with desk.tenant.store.unit() as unit:
        unit.put_letter(a_letter(f"{REF}:x", ref=REF, state=state, next_try=None))
    assert archiving.archive_closed(desk.tenant, desk.clock()) == 0


def test_only_so_many_go_in_one_round(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "MOST_CASES", 2)
    for number in range(11, 16):
        a_closed_case(desk.tenant.store, f"AVG-2026-00{number}")
    desk.clock.move(days=200)
    assert [archiving.archive_closed(desk.tenant, desk.clock()) for _ in range(4)] == [2, 2, 2, 0]


def test_the_weekly_summary_counts_what_was_put_away_early_and_does_not_read_what_is_old(desk: Desk) -> None:
    desk.change(register_after=timedelta(days=1))
    later(desk, 8)
    assert lies_in(desk) == "2026"
    start, end = week_bounds(START.date(), desk.tenant.policy.zone)
    with desk.tenant.store.unit() as unit:
        recent, everything = unit.cases_since(start), unit.all_cases()
        assert [case.ref for case in recent] == [REF, OTHER]
        numbers = [digest(rows, [], [], start, end, desk.clock(), desk.tenant.policy) for rows in (recent, everything)]
        assert (numbers[0], numbers[0].closed) == (numbers[1], 1)
        assert [case.ref for case in unit.cases_since(end)] == [OTHER]


# --- what happens later ----------------------------------------------------------------------------


def twins(tmp_path: Path) -> Iterator[tuple[Desk, str]]:
    """The same company twice: with registers, and with a term that never ends. Each with where a closed case lies."""
    for place, days in (("2026", 1), ("work", 100_000)):
        desk = Desk(tmp_path / place / "kaviaarshop", register_after=timedelta(days=days), mode="hold")
        desk.tenant.__dict__["store"] = TinyStore(desk.tenant.folder)
        with desk.tenant.store.unit() as unit:
            unit.put_note("key", "5e" * 32)  # it signs Message-IDs
        yield desk, place


STORIES: dict[str, Callable[[Desk], object]] = {
    "a late reply in its thread": lambda desk: desk.round(
        a_raw_mail("Dank u, maar wanneer komt de rest?", KNOWN, "Re: vraag", 9, In_Reply_To="<1@klant.test>"), days=1
    ),
    "a late mail with its reference": lambda desk: desk.round(
        a_raw_mail("Nog een vraag.", "nieuw@klant.test", f"over {REF}", 9), days=1
    ),
    "a new request of the same person": lambda desk: desk.round(a_raw_mail(ERASURE, KNOWN, number=9), days=1),
    "the same mail once more": lambda desk: desk.round(a_raw_mail(f"{ACCESS}, Zonneveld", KNOWN, number=1), days=1),
    "a bounce of a letter of then": lambda desk: desk.round(bounce(desk), days=1),
    "it is opened again": lambda desk: act(desk, events.Reopened("els", "toch niet klaar")),
    "a note": lambda desk: act(desk, events.Noted("els", "gebeld")),
    "a hold": lambda desk: act(desk, events.HeldLegally("els", "dagvaarding")),
    "two years": lambda desk: desk.round(days=735),
}


def bounce(desk: Desk) -> bytes:
    [answer] = [one for one in desk.letters(LetterState.SENT) if one.ref == REF and one.template == "answer"]
    notice = (
        f"From: MAILER-DAEMON@mail.test\r\nTo: privacy@mail.test\r\nSubject: Undelivered Mail\r\n"
        f"Message-ID: <bounce@mail.test>\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\nno such user\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.test\r\n\r\n"
        f"Final-Recipient: rfc822; {KNOWN}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {answer.message_id}\r\n\r\nx\r\n--b--\r\n"
    )
    return notice.encode()


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_a_company_with_registers_decides_the_same(tmp_path: Path, story: Callable[[Desk], object]) -> None:
    ends = []
    for desk, place in twins(tmp_path):
        with_two_cases(desk)
        later(desk)
        assert lies_in(desk) == place
        desk.forget_mails()
        story(desk)
        desk.round(minutes=20)
        assert desk.faults() == []
        ends.append((desk.cases(), events_of(desk), [(to, str(mail["Subject"])) for _, to, mail in desk.left]))
        desk.tenant.store.close()
    assert ends[0] == ends[1]


def events_of(desk: Desk) -> list[tuple[str, int, str]]:
    with desk.tenant.store.unit() as unit:
        return [(line.ref, line.seq, line.event) for case in unit.all_cases() for line in unit.history(case.ref)]


def test_no_reference_is_given_twice(desk: Desk) -> None:
    later(desk)
    desk.round(a_raw_mail(MARKETING, "derde@klant.test", number=33))
    assert [case.ref for case in desk.cases()] == [REF, OTHER, "AVG-2026-0003"]


def test_a_register_that_is_gone_is_told_with_what_to_do(desk: Desk) -> None:
    later(desk)
    desk.tenant.store.close()
    (desk.tenant.folder / "register-2026.db").unlink()
    desk.tenant.__dict__["store"] = TinyStore(desk.tenant.folder)
    with pytest.raises(TryLater, match=r"register-2026\.db is gone.*mailbot restore"):
        desk.cases()


# --- forgetting ------------------------------------------------------------------------------------


def test_of_a_forgotten_person_no_byte_is_left_in_any_file(desk: Desk) -> None:
    later(desk)
    backup = backups.back_up(desk.tenant, desk.clock())
    act(desk, events.Noted("els", f"{KNOWN} belde"))  # out of the register and back: both files have had it
    later(desk, 1)
    assert lies_in(desk) == "2026"
    known_to = left_in(desk.tenant.folder, TRACES)
    assert all(any(line.startswith(file) for line in known_to) for file in ("register-2026.db", backup.name))
    desk.round(days=735)
    assert case_of(desk).status is Status.ANONYMISED
    assert left_in(desk.tenant.folder, TRACES) == []
    later(desk)
    assert lies_in(desk) == "2026"
    assert left_in(desk.tenant.folder, TRACES) == []
    assert desk.faults() == []
    desk.tenant.store.close()
    assert left_in(desk.tenant.folder, TRACES) == []


def test_an_open_case_of_the_person_keeps_the_one_in_the_register(desk: Desk) -> None:
    later(desk)
    desk.round(a_raw_mail(MARKETING, KNOWN, number=9))
    desk.round(days=735)
    assert case_of(desk).status is Status.CLOSED


# --- copies ----------------------------------------------------------------------------------------


def test_a_backup_has_what_lies_in_registers_and_can_be_put_back(desk: Desk) -> None:
    later(desk)
    before = content(desk.tenant.store)
    backup = backups.back_up(desk.tenant, desk.clock())
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]
    desk.round(a_raw_mail(MARKETING, "derde@klant.test", number=33))
    restore(desk.tenant, backup, desk.clock())
    assert content(desk.tenant.store) == before
    assert lies_in(desk) == "work"
    later(desk, 1)
    assert lies_in(desk) == "2026"
    assert desk.faults() == []


def test_a_backup_of_a_case_in_between_has_it_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    later(desk)
    monkeypatch.setattr(TinyStore, "_try_to_settle", lambda store: None)
    act(desk, events.Noted("els", "gebeld"))
    before = content(desk.tenant.store)
    restore(desk.tenant, backups.back_up(desk.tenant, desk.clock()), desk.clock())
    assert content(desk.tenant.store) == before


def test_a_damaged_register_is_set_aside_when_a_backup_is_put_back(desk: Desk) -> None:
    later(desk)
    before = content(desk.tenant.store)
    backup = backups.back_up(desk.tenant, desk.clock())
    desk.tenant.store.close()
    del desk.tenant.__dict__["store"]
    (desk.tenant.folder / "register-2026.db").write_bytes(b"rubbish" * 1000)
    restore(desk.tenant, backup, desk.clock())
    assert content(desk.tenant.store) == before


def test_when_a_register_is_gone_a_backup_can_be_put_back(desk: Desk) -> None:
    later(desk)
    before = content(desk.tenant.store)
    backup = backups.back_up(desk.tenant, desk.clock())
    desk.tenant.store.close()
    (desk.tenant.folder / "register-2026.db").unlink()
    desk.tenant.__dict__["store"] = TinyStore(desk.tenant.folder)
    with pytest.raises(TryLater, match="is gone"):
        desk.tenant.store.archive([OTHER], always)
    desk.tenant.store.close()
    del desk.tenant.__dict__["store"]
    restore(desk.tenant, backup, desk.clock())
    assert content(desk.tenant.store) == before


def test_the_working_file_alone_is_no_backup(desk: Desk, tmp_path: Path) -> None:
    later(desk)
    desk.tenant.store.vacuum()
    alone = Path(shutil.copy(desk.tenant.folder / "store.db", tmp_path / "alone.db"))
    with pytest.raises(Refused, match=r"alone\.db lacks the closed cases of 2026"):
        restore(desk.tenant, alone, desk.clock())
    assert lies_in(desk) == "2026"


def content(store: Store) -> list[tuple[str, str, dict[str, Any]]]:
    """But for what a restore itself writes down."""
    with store.unit() as unit:
        rows = list(unit.tables.everything())
    own = ("stopped", "ledger", "moved_to", "breaker", "form", "rules")
    return [row for row in rows if row[0] not in (ledger.TABLE,) and not (row[0] == "notes" and row[1] in own)]


@pytest.mark.real
def test_a_memory_with_registers_moves_to_the_other_store_and_back(desk: Desk, postgres: Postgres) -> None:
    later(desk)
    with closing(Database(lambda: postgres.url)) as database:
        common = database.store("kaviaarshop")
        before = content(desk.tenant.store)
        move(desk.tenant.store, common, "postgresql")
        assert content(common) == before
        file, desk.tenant.__dict__["store"] = desk.tenant.store, common
        desk.round(days=1)
        with common._opened() as tables:
            assert tables.working.get("cases", REF) is None
        assert desk.faults() == []
        act(desk, events.Noted("els", "gebeld"))
        after = content(common)
        move(common, file, "tinydb")
        desk.tenant.__dict__["store"] = file
        assert content(file) == after
        assert desk.faults() == []


# --- kill -9 ---------------------------------------------------------------------------------------


@contextmanager
def fused(at: int) -> Iterator[None]:
    """Ends the process (SIGKILL) at a step: before or after a file takes what was written to it."""
    steps, whole = [0], Rows.transaction

    def step() -> None:
        steps[0] += 1
        if steps[0] == at:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def transaction(self: Rows) -> Iterator[None]:
        with whole(self):
            yield
            step()
        step()

    Rows.transaction = transaction  # type: ignore[method-assign]
    try:
        yield
    finally:
        Rows.transaction = whole  # type: ignore[method-assign]


def _do(folder: Path, deed: str, step: int) -> None:
    with fused(step):
        store = TinyStore(folder)
        DEEDS[deed](store)
        store.close()


def _put_away(store: Store) -> None:
    store.archive([REF], always)


def _write(store: Store) -> None:
    with store.unit() as unit:
        unit.tables.drop("letters", f"{REF}:ack")
        unit.put_case(a_case(REF, status=Status.OPEN))


def _clear(store: Store) -> None:
    with store.unit() as unit:
        form = unit.note("form") or ""
        unit.tables.clear()
        unit.put_note("form", form)
        unit.put_case(a_case(OTHER))


def _put_links_away(store: Store) -> None:
    store.archive_links(START + timedelta(days=1000), 10)


DEEDS: dict[str, Callable[[Store], None]] = {
    "put away": _put_away,
    "write": _write,
    "clear": _clear,
    "links": _put_links_away,
    "forget": lambda store: store.vacuum(),
}


@pytest.mark.parametrize(
    ("before", "deed"),
    [
        ((), "put away"),
        (("put away",), "write"),
        (("put away",), "clear"),
        ((), "links"),
        (("put away", "write"), "forget"),
    ],
)
def test_killed_at_any_step_each_case_is_there_once_whole(tmp_path: Path, before: tuple[str, ...], deed: str) -> None:
    start = tmp_path / "start"
    store = TinyStore(start)
    a_closed_case(store)
    a_closed_case(store, "AVG-2025-0001")
    for one in before:
        DEEDS[one](store)
    untouched = told(store)
    store.close()
    done = tmp_path / "done"
    shutil.copytree(start, done)
    _do(done, deed, 0)
    with closing(TinyStore(done)) as store:
        finished = told(store)
    for step in range(1, 100):
        folder = tmp_path / str(step)
        shutil.copytree(start, folder)
        process = multiprocessing.Process(target=_do, args=(folder, deed, step))
        process.start()
        process.join(60)
        with closing(TinyStore(folder)) as store:
            assert told(store) in (untouched, finished), step
            DEEDS[deed](store)
            assert told(store) == finished, step
            store.vacuum()
            assert told(store) == finished, step
            assert store._registers is not None
            with store._opened() as tables:
                assert (
                    tables.catalogue.in_transit,
                    tables.catalogue.emptied,
                    any(tables.catalogue.stale.values()),
                ) == ({}, set(), False)
        if process.exitcode == 0:
            break
    assert step > 2, "the deed has steps"
    assert process.exitcode == 0


# --- whatever happens, in whatever order -----------------------------------------------------------

_VERBS = ("put", "letter", "drop letter", "give away", "away", "halfway", "fail", "settle", "forget")


@given(st.lists(st.tuples(st.sampled_from(_VERBS), st.integers(1, 2), st.sampled_from((2025, 2026))), max_size=12))
@settings(max_examples=40, deadline=None)
def test_a_store_with_registers_answers_as_one_without(steps: list[tuple[str, int, int]]) -> None:
    ours, plain = TinyStore(None), TinyStore(None)
    for store in (ours, plain):
        for number in (1, 2):
            a_closed_case(store, f"AVG-2025-000{number}")
            a_closed_case(store, f"AVG-2026-000{number}")
    for turn, (verb, number, year) in enumerate(steps):
        ref = f"AVG-{year}-000{number}"
        match verb:
            case "away":
                ours.archive([ref], always)
            case "halfway":
                with ours._opened() as tables:
                    tables.mark_in_transit([ref])
            case "settle":
                ours.settle()
            case "forget":
                ours.vacuum()
            case _:
                for store in (ours, plain):
                    _change(store, verb, ref, turn)
        assert told(ours) == told(plain), (verb, ref)


def _change(store: Store, verb: str, ref: str, turn: int) -> None:
    try:
        with store.unit() as unit:
            match verb:
                case "put" | "fail":
                    unit.put_case(a_case(ref, status=Status.CLOSED, closed_at=START, remarks=(str(turn),)))
                case "letter":
                    unit.put_letter(a_letter(f"{ref}:{turn}", ref=ref))
                case "give away":
                    unit.put_letter(a_letter(f"{ref}:ack", ref=f"AVG-2025-000{1 + turn % 2}"))
                    unit.record(MailRecord(f"k{ref}", "<x@x>", Pointer("INBOX", 1, 7), START, START, "case", REF))
                case "drop letter":
                    unit.tables.drop("letters", f"{ref}:ack")
            if verb == "fail":
                raise ZeroDivisionError
    except ZeroDivisionError:
        pass
