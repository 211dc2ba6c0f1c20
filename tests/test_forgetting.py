"""Who is forgotten is forgotten: no byte of him is left in any file of ours, and the history still holds together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import REF, Desk, act, case_of
from traces import left_in, traces_of

from builders import AT, a_case, a_policy, after
from company import KNOWN, START, a_raw_mail
from mailbot import casefiles, chain, events, worker
from mailbot.accounts import CustomerSource
from mailbot.cli.checks import check_history
from mailbot.customers import CsvCustomers
from mailbot.decide.anonymisation import anonymised
from mailbot.errors import TryLater, WriteRefused
from mailbot.fulfil import copying, forgetting
from mailbot.fulfil.leftovers import leftovers_of
from mailbot.memory import histories
from mailbot.model import (
    Case,
    DataPackage,
    Item,
    Kind,
    LetterState,
    Outcome,
    Pointer,
    Processor,
    ProcessorRequest,
    RetainedDocument,
    SettledStep,
    Status,
    StepEnding,
    Work,
)
from mailbot.plan.retention import forget_on
from mailbot.reports import weekly
from mailbot.reports.register import as_csv, as_html, rows_of, rows_within
from mailbot.safekeeping import backups
from mailbot.store import TinyStore, file_opened

NUMBER = "KL-77310"
WORDS = "Verwijder mijn account, want ik ben de buurvrouw van bakker Zonneveld."
PARTY = "privacy@mollie.example"
#: Everything by which this person could be found again.
TRACES = traces_of(
    KNOWN,
    *(NUMBER, "Zonneveld", "Geertruida", "vraag-van-geertruida"),
    *("<77310@klant.test>", "77310@klant.test", "TCK-90210"),
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from a_desk(tmp_path)


def a_desk(tmp_path: Path, **changes: Any) -> Iterator[Desk]:
    """A company whose memory is on disk, with one known customer."""
    state = tmp_path / "state" / "kaviaarshop"
    party = Processor("Mollie", "Betalingen", "betaalgegevens", PARTY)
    desk = Desk(state, **{"mode": "hold", "processors": (party,)} | changes)
    desk.tenant.__dict__["store"] = TinyStore(state)
    (tmp_path / "klanten.csv").write_text(f"id;e-mail\n{NUMBER};{KNOWN}\n", "utf-8")
    desk.tenant.__dict__["customers"] = CsvCustomers(CustomerSource("csv", tmp_path / "klanten.csv"))
    try:
        yield desk
    finally:
        desk.tenant.store.close()


def request(number: int = 77310, text: str = WORDS) -> bytes:
    return a_raw_mail(text, f"Geertruida <{KNOWN}>", "vraag-van-geertruida", number)


def erased(desk: Desk, outcome: Outcome = Outcome.GRANTED) -> Case:
    """A case of erasure from its mail to its end, with everything that can be written about a person."""
    desk.round(request())
    act(desk, events.Noted("els", "Geertruida belde ook nog"))
    act(desk, events.IdentityConfirmed("els", f"antwoordde vanaf {KNOWN}"))
    act(desk, events.ItemDecided("els", Kind.ERASURE, outcome, "Geertruida krijgt gelijk"))
    act(desk, events.StepSettled("els", "keep", StepEnding.DONE, "geen facturen van Geertruida"))
    desk.round(minutes=1)
    act(desk, events.PartiesTold("els"))
    desk.round(minutes=1)
    ours = desk.mails_to(PARTY)[-1]
    told = {"In_Reply_To": ours["Message-ID"]}
    desk.round(a_raw_mail("Ontvangen, ticketnummer TCK-90210.", PARTY, f"Re: {ours['Subject']}", 501, **told), hours=1)
    desk.round(a_raw_mail("De gegevens zijn verwijderd.", PARTY, f"Re: {ours['Subject']}", 502, **told), hours=1)
    attach(desk)
    act(desk, events.StepSettled("els", "close_off", StepEnding.DONE, "klaar voor Geertruida"))
    act(desk, events.Answered("els", "Beste Geertruida, alles is gewist.", outcome))
    desk.round(hours=1)
    return act(desk, events.Closed("els", outcome, "Geertruida is tevreden"))


def attach(desk: Desk) -> None:
    path = desk.tenant.folder.parent.parent / "Geertruida.txt"
    path.write_text(f"van {KNOWN}", "utf-8")
    copying.attach(desk.tenant, REF, path, "Brieven", "kast", "els", desk.clock())


# --- the byte search -------------------------------------------------------------------------------


def test_before_the_day_the_person_is_all_over_the_files(desk: Desk) -> None:
    erased(desk)
    assert len({line.partition(": ")[2] for line in left_in(desk.tenant.folder, TRACES)}) >= 6, (
        "the search itself must work"
    )


def test_after_an_erasure_no_byte_of_the_person_is_left(desk: Desk) -> None:
    erased(desk)
    (desk.tenant.folder / "store.db-wal.damaged-1").write_bytes(b"..." + KNOWN.encode())
    backups.back_up(desk.tenant, desk.clock())
    desk.round(days=15)
    assert case_of(desk).status is Status.ANONYMISED
    assert left_in(desk.tenant.folder, TRACES) == []


def test_the_search_finds_nothing_while_the_store_is_open_and_after_it_was_closed(desk: Desk) -> None:
    erased(desk)
    desk.round(days=15)
    assert left_in(desk.tenant.folder, TRACES) == []
    desk.tenant.store.close()
    assert left_in(desk.tenant.folder, TRACES) == []


def test_a_backup_made_before_forgets_the_person_and_keeps_the_others(desk: Desk) -> None:
    erased(desk)
    desk.round(a_raw_mail("Welke persoonsgegevens hebt u? welke persoonsgegevens", "ander@mail.test", "x", 9))
    path = backups.back_up(desk.tenant, desk.clock())
    desk.round(days=15)
    with file_opened(path) as unit:
        statuses = {case.ref: case.status for case in unit.all_cases()}
        assert list(histories.faults(unit)) == []
    assert statuses == {REF: Status.ANONYMISED, "AVG-2026-0002": Status.OPEN}
    assert left_in(path.parent, TRACES) == []
    assert path.stat().st_mode & 0o077 == 0


def test_only_so_many_backups_are_kept(desk: Desk) -> None:
    desk.round(request())
    for _ in range(backups.KEEP + 3):
        desk.clock.move(minutes=1)
        backups.back_up(desk.tenant, desk.clock())
    assert len(list((desk.tenant.folder / "backups").iterdir())) == backups.KEEP


def test_the_suppression_list_is_the_named_exception(desk: Desk) -> None:
    desk.round(request(text=f"{WORDS} En geen reclame meer."))
    act(desk, events.Closed("els", Outcome.WITHDRAWN, "x"))
    with desk.tenant.store.unit() as unit:
        assert [one.address for one in unit.suppressions()] == [KNOWN]


def test_on_that_list_only_the_address_outlives_the_forgetting(desk: Desk) -> None:
    desk.round(request(text=f"{WORDS} En geen reclame meer."))
    act(desk, events.Closed("els", Outcome.WITHDRAWN, "x"))
    desk.round(days=800)
    assert case_of(desk).status is Status.ANONYMISED
    with desk.tenant.store.unit() as unit:
        assert [(one.address, one.customer) for one in unit.suppressions()] == [(KNOWN, "")]


# --- what stays ------------------------------------------------------------------------------------


def test_number_dates_kinds_and_outcome_stay(desk: Desk) -> None:
    before = erased(desk)
    desk.round(days=15)
    case = case_of(desk)
    assert (case.ref, case.received_at, case.closed_at) == (REF, before.received_at, before.closed_at)
    assert [(item.kind, item.outcome, item.decided_by) for item in case.items] == [
        (Kind.ERASURE, Outcome.GRANTED, "els")
    ]
    assert case.deadlines == before.deadlines


def test_the_history_keeps_its_links_and_check_still_passes(desk: Desk) -> None:
    erased(desk)
    with desk.tenant.store.unit() as unit:
        before = [(line.seq, line.event, line.hash) for line in unit.history(REF)]
    desk.round(days=15)
    with desk.tenant.store.unit() as unit:
        now, key = unit.history(REF), unit.note(f"key:{REF}")
    assert [(line.seq, line.event, line.hash) for line in now][: len(before)] == before
    assert all(line.actions == () for line in now)
    assert key is None
    assert chain.faults(now, None) == []
    assert list(check_history(desk.tenant)) == []


def test_a_line_taken_out_afterwards_still_shows(desk: Desk) -> None:
    erased(desk)
    desk.round(days=15)
    with desk.tenant.store.unit() as unit:
        history = unit.history(REF)
    assert chain.faults(history[:2] + history[3:], None)
    assert chain.faults([*history[:2], replace(history[2], at=history[2].at + timedelta(days=1)), *history[3:]], None)


def test_that_the_letters_left_and_when_stays_on_record(desk: Desk) -> None:
    erased(desk)
    desk.round(days=15)
    with desk.tenant.store.unit() as unit:
        letters = unit.letters_of(REF)
    assert {letter.template: letter.state for letter in letters} == {
        "acknowledgement": LetterState.DROPPED,
        "answer": LetterState.SENT,
    }
    assert all(letter.to == letter.text == letter.message_id == "" for letter in letters)
    assert [letter.settled_at for letter in letters if letter.state is LetterState.SENT]


def test_a_new_mail_of_the_person_is_a_new_case(desk: Desk) -> None:
    erased(desk)
    desk.round(days=15)
    desk.round(request(77311), hours=1)
    assert case_of(desk, "AVG-2026-0002").status is Status.OPEN
    assert case_of(desk).status is Status.ANONYMISED


# --- when (F-06) -----------------------------------------------------------------------------------


def closed(kind: Kind, outcome: Outcome, country: str = "NL", kept: bool = False) -> date | None:
    policy = a_policy(country=country)
    case = replace(
        a_case(kind), items=(Item(kind, outcome),), closed_at=datetime(2026, 3, 1, 23, 30, tzinfo=START.tzinfo)
    )
    if kept:
        document = RetainedDocument("F2026-1", "factuur", date(2026, 1, 5), date(2033, 12, 31), "artikel 52 AWR")
        case = replace(case, work=replace(case.work, kept=(document,)))
    return forget_on(case, policy)


@pytest.mark.parametrize(
    ("kind", "outcome", "country", "kept", "on"),
    [
        (Kind.ERASURE, Outcome.GRANTED, "NL", False, date(2026, 3, 16)),
        (Kind.ERASURE, Outcome.PARTLY, "NL", False, date(2026, 4, 20)),
        (Kind.ERASURE, Outcome.GRANTED, "NL", True, date(2026, 4, 20)),
        (Kind.ERASURE, Outcome.PARTLY, "BE", False, date(2026, 6, 2)),
        (Kind.ERASURE, Outcome.REFUSED, "NL", False, date(2028, 3, 2)),
        (Kind.ACCESS, Outcome.GRANTED, "NL", False, date(2028, 3, 2)),
        (Kind.MINOR, Outcome.GRANTED, "NL", False, date(2026, 3, 16)),
    ],
)
def test_the_day_follows_from_what_was_decided(
    kind: Kind, outcome: Outcome, country: str, kept: bool, on: date
) -> None:
    assert closed(kind, outcome, country, kept) == on


def test_an_open_case_has_no_day_and_a_reopened_one_has_none_any_more() -> None:
    case = after(a_case(Kind.ACCESS), events.Closed("els", Outcome.WITHDRAWN, "x"))
    assert case.forget_on is not None
    assert after(case, events.Reopened("els", "toch")).forget_on is None


def test_nothing_is_forgotten_a_day_too_early(desk: Desk) -> None:
    erased(desk)
    desk.round(days=13)
    assert case_of(desk).status is Status.CLOSED


# --- what stands in the way ------------------------------------------------------------------------


def test_a_legal_hold_stops_it_until_it_is_lifted(desk: Desk) -> None:
    erased(desk)
    act(desk, events.HeldLegally("els", "dagvaarding"))
    desk.round(days=400)
    assert case_of(desk).status is Status.CLOSED
    act(desk, events.HeldLegally("els", "vonnis", lift=True))
    desk.round(days=1)
    assert case_of(desk).status is Status.ANONYMISED
    assert left_in(desk.tenant.folder, TRACES) == []


def test_all_cases_of_a_person_go_together_and_none_while_one_is_open(desk: Desk) -> None:
    erased(desk)
    desk.round(a_raw_mail("Welke persoonsgegevens? welke persoonsgegevens", KNOWN, "x", 600))
    desk.round(days=20)
    assert case_of(desk).status is Status.CLOSED
    act(desk, events.Closed("els", Outcome.WITHDRAWN, "ingetrokken"), "AVG-2026-0002")
    desk.round(days=1)
    assert [case_of(desk, ref).status for ref in (REF, "AVG-2026-0002")] == [Status.ANONYMISED] * 2
    assert left_in(desk.tenant.folder, TRACES) == []


def test_who_was_refused_something_keeps_his_time_to_complain_whatever_else_is_forgotten(desk: Desk) -> None:
    """His erasure is two weeks old; the no to what he asked besides left today, and he has seven weeks."""
    erased(desk)
    desk.round(a_raw_mail("Welke persoonsgegevens? welke persoonsgegevens", KNOWN, "x", 600))
    with desk.tenant.store.unit() as unit:
        case = unit.named_case("AVG-2026-0002")
        [asked] = case.items
        closed = {"status": Status.CLOSED, "closed_at": desk.clock(), "next_at": None}
        unit.put_case(replace(case, items=(replace(asked, outcome=Outcome.REFUSED),), **closed))
    states = []
    for days in (20, 28, 1):
        desk.round(days=days)
        states.append(case_of(desk).status)
    assert states == [Status.CLOSED, Status.CLOSED, Status.ANONYMISED]


def test_files_of_a_closed_case_go_the_same_day(desk: Desk) -> None:
    erased(desk)
    assert casefiles.refs_with_files(desk.tenant.folder) == [REF]
    desk.round(days=1)
    assert casefiles.refs_with_files(desk.tenant.folder) == []


def test_forgetting_twice_changes_nothing(desk: Desk) -> None:
    erased(desk)
    desk.round(days=15)
    before = case_of(desk)
    assert forgetting.forget_due(desk.tenant, desk.clock.move(days=1)) == []
    assert case_of(desk) == before


# --- the mailbox (F-08) ----------------------------------------------------------------------------


def test_staff_hear_what_to_delete_in_the_mailbox_without_names(desk: Desk) -> None:
    erased(desk)
    desk.round(days=15)
    [mail] = [mail for mail in desk.mails_to("contact@staff.test") if "nog te wissen" in str(mail["Subject"])]
    part = mail.get_body(("plain",))
    assert part
    text = str(part.get_content())
    assert "INBOX (volgnummer 1)" in text
    assert KNOWN not in text


def test_what_lies_in_the_mailbox_can_be_listed(desk: Desk) -> None:
    case = erased(desk)
    with desk.tenant.store.unit() as unit:
        found = leftovers_of(unit, case)
    assert found[0].folder == "INBOX"
    assert "brief van ons" in [one.what for one in found]


# --- the register (F-03) ---------------------------------------------------------------------------


def test_the_register_tells_the_procedure_and_nobody(desk: Desk) -> None:
    erased(desk)
    with desk.tenant.store.unit() as unit:
        rows = rows_of(unit.all_cases(), desk.tenant.policy, 2026, desk.clock())
    [row] = rows
    assert (row["case"], row["received_on"], row["asked"]) == (REF, "2026-03-02", ["erasure"])
    assert (row["outcome"], row["in_time"], row["told"]) == (["erasure: granted"], True, ["Mollie: gedaan"])
    for text in (as_csv(rows), as_html(rows, "Register", date(2026, 3, 3)), repr(rows)):
        assert not [trace for trace in TRACES if trace in text]


def test_the_register_of_a_year_begins_on_the_companys_own_new_year(desk: Desk) -> None:
    policy = desk.tenant.policy
    case = replace(a_case(Kind.ACCESS), received_at=datetime(2026, 12, 31, 23, 30, tzinfo=START.tzinfo))
    assert rows_of([case], policy, 2026, START) == []
    assert len(rows_of([case], policy, 2027, START)) == 1


def test_the_register_of_a_forgotten_case_still_has_its_line(desk: Desk) -> None:
    erased(desk)
    desk.round(days=15)
    with desk.tenant.store.unit() as unit:
        [row] = rows_of(unit.all_cases(), desk.tenant.policy, 2026, desk.clock())
    assert (row["status"], row["outcome"], row["anonymised_on"]) == ("anonymised", ["erasure: granted"], "2026-03-17")


def test_the_line_of_a_forgotten_case_says_all_that_it_said_before() -> None:
    day = AT + timedelta(days=1)
    case = a_case(Kind.RESTRICTION, Kind.BREACH_REPORT)
    work = Work(
        settled=(SettledStep("freeze:mollie", StepEnding.SKIPPED, "els", day, "Piet was daar nooit klant"),),
        asked=(ProcessorRequest("freeze:postnl", "PostNL", "t", day, ticket="TCK-1"),),
        packed=(DataPackage("p", "els", day, 9, 1, day),),
        kept=(RetainedDocument("F2026-1", "factuur", date(2026, 1, 5), date(2033, 12, 31), "artikel 52 AWR"),),
    )
    full = replace(
        case,
        items=tuple(Item(kind, Outcome.PARTLY, "els", day, "legal_duty") for kind in case.kinds),
        deadlines=tuple(replace(one, met_at=day) for one in case.deadlines),
        identity="confirmed",
        channel="phone",
        by_post=("refused",),
        proof_asked_at=day,
        identity_asked_at=day,
        identity_received_at=day,
        extended_at=day,
        stopped_at=day,
        breach_decision="register_only",
        closed_at=day,
        work=work,
    )
    policy = a_policy(processors=(Processor("Klaviyo", "E-mail"),))
    by = {full.ref: "els"}
    [before], [left] = (rows_within([one], policy, day, by) for one in (full, anonymised(full, day)))
    assert {name for name in before if before[name] != left[name]} == {"status", "anonymised_on"}
    assert {name for name in before if not before[name]} == {"carried_over", "legal_hold", "anonymised_on"}


# --- the weekly summary ----------------------------------------------------------------------------


def test_the_weekly_summary_lists_who_was_forgotten_and_what_is_held(desk: Desk) -> None:
    erased(desk)
    desk.round(a_raw_mail("Welke persoonsgegevens? welke persoonsgegevens", "ander@mail.test", "x", 9))
    act(desk, events.HeldLegally("els", "dagvaarding"), "AVG-2026-0002")
    desk.round(days=15)
    week = desk.clock().astimezone(desk.tenant.policy.zone).date()
    with desk.tenant.store.unit() as unit:
        text = weekly.compose(unit, desk.tenant, week, desk.clock()).text
    assert f"Anoniem gemaakt, omdat de bewaartermijn om is: {REF}" in text
    assert "Niets wissen, er loopt een zaak: AVG-2026-0002" in text


# --- interrupted -----------------------------------------------------------------------------------


def test_what_was_interrupted_after_the_memory_forgot_is_taken_up_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    erased(desk)
    backups.back_up(desk.tenant, desk.clock())

    def broken(*_: object) -> None:
        raise TryLater("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(backups, "forget", broken)
        desk.clock.move(days=15)
        with pytest.raises(TryLater):
            forgetting.forget_due(desk.tenant, desk.clock())
    assert case_of(desk).status is Status.ANONYMISED
    assert left_in(desk.tenant.folder, TRACES) != []
    desk.round(hours=1)
    assert left_in(desk.tenant.folder, TRACES) == []


# --- the mailbox, where the company switched it on ---------------------------------------------------


class FakeWriter:
    """What was moved where; a server that is down first, or one that gives nothing out of a folder."""

    def __init__(self, down: int = 0, moves: bool = True, closed: str = "") -> None:
        self.moved: list[tuple[str, int, str]] = []
        self.down = down
        self.moves = moves
        self.closed = closed

    def offers(self, capability: str) -> bool:
        return self.moves

    def move(self, pointer: Pointer, folder: str) -> bool:
        if pointer.folder == self.closed:
            raise WriteRefused("the server refused")
        if self.down:
            self.down -= 1
            raise TryLater("the server is down")
        self.moved.append((pointer.folder, pointer.uid, folder))
        return True

    def holds(self, folder: str, message_id: str) -> bool:
        return True

    def find(self, folder: str, message_ids: list[str]) -> list[Pointer]:
        if self.down:
            self.down -= 1
            raise TryLater("the server is down")
        return [Pointer(folder, 7, 40 + number) for number, _ in enumerate(message_ids)]

    def close(self) -> None:
        """Nothing to let go of."""


def with_trash(desk: Desk, writer: FakeWriter, **changes: Any) -> None:
    account = desk.tenant.company.imap
    assert account
    desk.tenant.company = replace(desk.tenant.company, imap=replace(account, trash="Prullenbak", **changes))
    desk.tenant.__dict__["mailbox_writer"] = writer


def test_the_program_moves_the_mails_itself_where_the_company_wants_it(desk: Desk) -> None:
    writer = FakeWriter()
    with_trash(desk, writer)
    erased(desk)
    desk.round(days=15)
    assert ("INBOX", 1, "Prullenbak") in writer.moved
    assert left_in(desk.tenant.folder, TRACES) == []


def test_without_that_setting_it_moves_nothing(desk: Desk) -> None:
    writer = FakeWriter()
    desk.tenant.__dict__["mailbox_writer"] = writer
    erased(desk)
    desk.round(days=15)
    assert writer.moved == []


def test_where_the_server_moves_no_mail_people_are_not_told_that_the_program_does(desk: Desk) -> None:
    writer = FakeWriter(moves=False)
    with_trash(desk, writer)
    erased(desk)
    desk.round(days=15)
    [told] = [letter for letter in desk.letters() if letter.template == "leftovers"]
    assert "INBOX (volgnummer 1)" in told.text
    assert "Prullenbak" not in told.text
    assert writer.moved == []


def test_a_mailbox_that_is_away_is_asked_again(desk: Desk) -> None:
    writer = FakeWriter(down=1)
    with_trash(desk, writer)
    erased(desk)
    desk.clock.move(days=15)
    assert worker.once(desk.tenant, desk.clock).trouble
    desk.round(hours=1)
    assert writer.moved


def test_a_mail_that_the_server_does_not_let_go_keeps_no_other_and_is_moved_when_it_does(desk: Desk) -> None:
    writer = FakeWriter(closed="INBOX")
    erased(desk)
    with_trash(desk, writer, sent="Verzonden")
    desk.clock.move(days=15)
    worker.once(desk.tenant, desk.clock)
    assert "the server refused" in worker.once(desk.tenant, desk.clock).trouble
    assert {folder for folder, _, _ in writer.moved} == {"Verzonden"}
    writer.closed, before = "", list(writer.moved)
    desk.round(minutes=5)
    assert {folder for folder, _, _ in writer.moved} == {"Verzonden", "INBOX"}
    assert [moved for moved in writer.moved if moved[0] == "Verzonden"] == before, "and none twice"


def test_no_mark_of_the_mailbox_or_of_triage_outlives_the_person(desk: Desk) -> None:
    [mail] = erased(desk).mails
    marks = (f"filed:{mail.key}", f"snooze:{REF}")
    with desk.tenant.store.unit() as unit:
        for mark in marks:
            unit.put_note(mark, "Privacy-erasure")
    desk.round(days=15)
    with desk.tenant.store.unit() as unit:
        assert [unit.note(mark) for mark in marks] == [None, None]


def test_copies_and_drafts_of_our_own_letters_are_moved_too(desk: Desk) -> None:
    writer = FakeWriter()
    erased(desk)
    with_trash(desk, writer, sent="Verzonden", drafts="Concepten", put_drafts=True)
    desk.round(days=15)
    assert {folder for folder, _, _ in writer.moved} == {"INBOX", "Verzonden", "Concepten"}
    assert left_in(desk.tenant.folder, TRACES) == []


def test_nobody_is_forgotten_before_his_copies_could_be_looked_for(desk: Desk) -> None:
    writer = FakeWriter(down=1)
    erased(desk)
    with_trash(desk, writer, sent="Verzonden")
    desk.round(days=15)
    assert case_of(desk).status is Status.CLOSED
    desk.round(minutes=5)
    assert case_of(desk).status is Status.ANONYMISED
    assert ("Verzonden", 40, "Prullenbak") in writer.moved


def test_what_a_processor_answered_is_on_the_list(desk: Desk) -> None:
    case = erased(desk)
    with desk.tenant.store.unit() as unit:
        found = leftovers_of(unit, case)
    assert [one.what for one in found].count("antwoord van een verwerker") == 2
