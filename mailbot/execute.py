"""Do what was decided: in one unit of work the case, its history, its letters and the suppression list.

The rule kept here: nothing leaves the building from here. A letter is composed now, from the case as it is now, and
waits in the outbox under the token of the decision that it carries, so the same decision is queued once.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot import chain
from mailbot import events as do
from mailbot.decide import apply
from mailbot.letters import Letters
from mailbot.model import Case, Letter, LetterState, Policy, Suppression
from mailbot.store import Unit
from mailbot.store.codec import action_to_doc


@dataclass(frozen=True, slots=True)
class Execution:
    """What one decision led to: the case as it is now and the letters that were composed."""

    case: Case | None
    letters: tuple[Letter, ...] = ()


def execute(
    unit: Unit,
    case: Case | None,
    event: do.Event,
    actions: Sequence[do.Action],
    policy: Policy,
    letters: Letters,
    now: datetime,
) -> Execution:
    """Carry out `actions` inside `unit`. An empty list changes nothing."""
    composed: list[Letter] = []
    done: list[do.CaseAction] = []
    for action in actions:
        if isinstance(action, do.Send):
            if letter := _compose(unit, case, action, policy, letters, now):
                composed.append(letter)
                joined = do.JoinThread(letter.message_id)
                case = apply(case, joined)
                done.append(joined)
        elif isinstance(action, do.Unsend):
            _drop_waiting(unit, action, now)
        else:
            case = apply(case, action)
            _beside(unit, case, action)
            done.append(action)
    if case and done:
        unit.put_case(case)
        _write_history(unit, case, event, done, now)
    return Execution(case, tuple(composed))


def _beside(unit: Unit, case: Case, action: do.CaseAction) -> None:
    """What an action changes outside the case itself."""
    match action:
        case do.OpenCase(ref):
            unit.take_ref(ref)
            unit.put_note(f"key:{ref}", secrets.token_hex(32))
        case do.Suppress(address, channel, at):
            unit.suppress(Suppression(address.lower(), channel, at, case.ref))


def _drop_waiting(unit: Unit, action: do.Unsend, now: datetime) -> None:
    letter = unit.letter(action.token)
    if letter and letter.state in (LetterState.HELD, LetterState.OBSERVED):
        unit.put_letter(replace(letter, state=LetterState.DROPPED, why=action.why, settled_at=now, next_try=None))


def _compose(
    unit: Unit, case: Case | None, send: do.Send, policy: Policy, letters: Letters, now: datetime
) -> Letter | None:
    """The letter for a decision, unless it exists already."""
    if unit.letter(send.token) is not None:
        return None
    letter = letters.compose(send, case, policy, now, key_of(unit))
    unit.put_letter(letter)
    return letter


def key_of(unit: Unit) -> str:
    """The company's own secret, made at first use; it signs our Message-IDs so that nobody can guess one."""
    if (key := unit.note("key")) is None:
        key = secrets.token_hex(32)
        unit.put_note("key", key)
    return key


def _write_history(unit: Unit, case: Case, event: do.Event, done: list[do.CaseAction], now: datetime) -> None:
    seq = int(unit.note(f"seq:{case.ref}") or 0) + 1
    before = unit.last_entry(case.ref, seq - 1)
    line = chain.entry(
        case.ref,
        seq,
        now,
        getattr(event, "actor", "mailbot"),
        type(event).__name__,
        [action_to_doc(action) for action in done],
        unit.note(f"key:{case.ref}") or chain.START,
        before.hash if before else chain.START,
    )
    unit.append(line)
    unit.put_note(f"seq:{case.ref}", str(seq))
