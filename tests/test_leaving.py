"""Letters in a row share commits and looks into the mailbox, and still each end is on record before the next begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from desk import Desk, text_of

from company import ACCESS, BOX, CONTACT, DEPUTY, a_raw_mail
from mailbot.errors import ConfigError, Problem, TryLater
from mailbot.model import Enclosed, LetterState, Pointer
from mailbot.outgoing import airlock_check, breaker, outbox, releasing, sent_mail
from mailbot.store import TinyStore

MANY = 25


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """With acknowledgements that wait for their turn."""
    desk = Desk(tmp_path)
    desk.down = True
    desk.round(*(a_raw_mail(f"{ACCESS} {n}", sender=f"p{n}@klant.test", number=n) for n in range(MANY)))
    desk.down = False
    desk.clock.move(hours=1)
    with desk.tenant.store.unit() as unit:
        for letter in unit.letters(LetterState.QUEUED):
            if letter.audience == "staff":
                unit.tables.drop("letters", letter.token)
    return desk


def test_a_letter_costs_one_commit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    changed: list[int] = []
    unit = TinyStore.unit

    @contextmanager
    def counted(self: TinyStore) -> Iterator[Any]:
        before = self.rows.db.total_changes
        with unit(self) as inside:
            yield inside
        changed.append(self.rows.db.total_changes > before)

    monkeypatch.setattr(TinyStore, "unit", counted)
    assert outbox.deliver(desk.tenant, desk.clock) == MANY
    assert sum(changed) <= MANY + MANY // outbox.AT_ONCE + 1


def test_before_a_letter_is_sent_it_is_claimed_and_the_one_before_is_settled(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    states: list[tuple[int, int]] = []
    send = desk.send

    def watched(sender: str, to: str, raw: bytes) -> str:
        states.append((len(desk.letters(LetterState.SENDING)), len(desk.letters(LetterState.SENT))))
        return send(sender, to, raw)

    monkeypatch.setattr(desk, "send", watched)
    outbox.deliver(desk.tenant, desk.clock)
    assert states == [(1, sent) for sent in range(MANY)]
    assert len(desk.letters(LetterState.SENT)) == MANY


def test_a_claim_that_fails_takes_the_end_of_the_letter_before_not_with_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = breaker.reason_to_hold

    def failing(*args: Any) -> str:
        if len(desk.left) == 3:
            raise TryLater("the disk is full")
        return hold(*args)

    monkeypatch.setattr(breaker, "reason_to_hold", failing)
    with pytest.raises(TryLater):
        outbox.deliver(desk.tenant, desk.clock)
    assert len(desk.letters(LetterState.SENT)) == 3
    assert desk.letters(LetterState.SENDING) == []
    monkeypatch.undo()
    assert outbox.deliver(desk.tenant, desk.clock) == MANY - 3


def test_a_stop_leaves_no_end_untold(desk: Desk) -> None:
    assert outbox.deliver(desk.tenant, desk.clock, stop=lambda: len(desk.left) >= 7) == 7
    assert len(desk.letters(LetterState.SENT)) == 7
    assert len(desk.letters(LetterState.QUEUED)) == MANY - 7


def test_what_was_seen_of_colleagues_holds_for_a_few_seconds_only(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(sent_mail, "read_new", lambda *_: looks.append(len(desk.left)))
    outbox.deliver(desk.tenant, desk.clock, stop=lambda: len(desk.left) == outbox.AT_ONCE)
    assert looks == [0]
    send = desk.send

    def slow(sender: str, to: str, raw: bytes) -> str:
        desk.clock.move(seconds=10)
        return send(sender, to, raw)

    monkeypatch.setattr(desk, "send", slow)
    outbox.deliver(desk.tenant, desk.clock)
    assert looks == [0, *range(outbox.AT_ONCE, MANY)]


def test_only_the_mail_that_a_colleague_marked_as_answered_holds_its_letter(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answered(pointers: Sequence[Pointer]) -> set[Pointer]:
        return {pointer for pointer in pointers if pointer.uid == 9}

    monkeypatch.setattr(desk, "answered", answered)
    assert outbox.deliver(desk.tenant, desk.clock) == MANY - 1
    [held] = desk.letters(LetterState.HELD)
    assert "marked the mail as answered" in held.why


def test_a_letter_that_left_keeps_its_words_and_not_their_dress(desk: Desk) -> None:
    [first, *_] = desk.letters(LetterState.QUEUED)
    assert "<html" in first.html
    outbox.deliver(desk.tenant, desk.clock)
    kept = desk.letters(LetterState.SENT)
    assert {letter.html for letter in kept} == {""}
    assert first.text in {letter.text for letter in kept}
    with desk.tenant.store.unit() as unit:
        sizes = [len(str(row)) for row in unit.tables.everything() if row[0] == "letters"]
    assert sum(sizes) / len(sizes) < 4_000


def test_a_letter_that_bounced_and_is_let_go_again_leaves_with_its_words(desk: Desk) -> None:
    outbox.deliver(desk.tenant, desk.clock)
    [first, *_] = desk.letters(LetterState.SENT)
    with desk.tenant.store.unit() as unit:
        unit.put_letter(replace(first, state=LetterState.FAILED, why="bounced"))
    releasing.release(desk.tenant, first.token, desk.clock())
    desk.forget_mails()
    assert outbox.deliver(desk.tenant, desk.clock) == 1
    [(_, _, mail)] = desk.left
    assert mail.get_content_type() == "text/plain"
    assert first.text.split() == text_of(mail).split()


# --- what goes wrong before a server has the letter -----------------------------------------------


def locked(*_: object) -> str:
    raise ConfigError([Problem("smtp.password", "cannot read /run/secrets/smtp")])


def test_a_password_that_cannot_be_read_leaves_every_letter_where_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(desk, "send", locked)
        for _ in range(3):
            with pytest.raises(ConfigError):
                outbox.deliver(desk.tenant, desk.clock)
    assert len(desk.letters(LetterState.QUEUED)) == MANY
    assert outbox.recover(desk.tenant, desk.clock()) == 0
    desk.clock.move(hours=1)
    assert outbox.deliver(desk.tenant, desk.clock) == MANY


def test_a_letter_with_a_server_of_its_own_leaves_although_the_password_of_the_other_cannot_be_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Aside:
        took: ClassVar[list[str]] = []

        def send(self, sender: str, to: str, raw: bytes) -> str:
            self.took.append(to)
            return "250 ok"

    first, second, *others = desk.letters(LetterState.QUEUED)
    desk.change(alarm_email="alarm@thuis.test")
    desk.tenant.company = replace(desk.tenant.company, alarm_sender=BOX)
    desk.tenant.__dict__["alarm_submission"] = Aside()
    with desk.tenant.store.unit() as unit:
        for letter in others:
            unit.tables.drop("letters", letter.token)
        unit.put_letter(replace(second, to="alarm@thuis.test", audience="staff"))
    monkeypatch.setattr(desk, "send", locked)
    with pytest.raises(ConfigError):
        outbox.deliver(desk.tenant, desk.clock)
    assert Aside.took == ["alarm@thuis.test"]
    assert [one.token for one in desk.letters(LetterState.QUEUED)] == [first.token]


def test_a_letter_whose_file_is_gone_is_told_to_a_person_and_stops_no_other(desk: Desk) -> None:
    first, *_ = desk.letters(LetterState.QUEUED)
    gone = Enclosed("overzicht.html", "text/html", file="copies/overzicht.html")
    with desk.tenant.store.unit() as unit:
        unit.put_letter(replace(first, enclosed=(gone,), passed=airlock_check.CLEAN))
    outbox.deliver(desk.tenant, desk.clock)
    assert len({to for _, to, _ in desk.left} - {CONTACT, DEPUTY}) == MANY - 1
    [failed] = desk.letters(LetterState.FAILED)
    assert failed.token == first.token


def test_a_letter_of_which_no_mail_can_be_made_is_told_to_a_person(desk: Desk) -> None:
    first, *_ = desk.letters(LetterState.QUEUED)
    with desk.tenant.store.unit() as unit:
        unit.put_letter(replace(first, to="geen adres"))
    outbox.deliver(desk.tenant, desk.clock)
    assert len({to for _, to, _ in desk.left} - {CONTACT, DEPUTY}) == MANY - 1
    assert [one.token for one in desk.letters(LetterState.FAILED)] == [first.token]
