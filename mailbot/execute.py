"""Do what was decided: in one unit of work the case, its history, its letters and the suppression list.

The rule kept here: nothing leaves the building from here. A letter is composed now, from the case as it is now, and
waits in the outbox under the token of the decision that it carries, so the same decision is queued once.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot import actions as do
from mailbot import chain, events
from mailbot.airlock import carries
from mailbot.decide import apply, ladders
from mailbot.letters import Letters
from mailbot.letters.compose import message_id
from mailbot.letters.render import Value
from mailbot.model import SECOND_LOOK, Call, Case, Letter, LetterState, Policy, Status, Suppression, foreign
from mailbot.plan.next_steps import next_steps
from mailbot.sender.proof import code_of as code_in
from mailbot.store import Unit, ledger, suppressions
from mailbot.store.codec import action_to_doc
from mailbot.store.filings import queue_filing


@dataclass(frozen=True, slots=True)
class Execution:
    """What one decision led to: the case as it is now, the letters that were composed, and what was decided."""

    case: Case | None
    letters: tuple[Letter, ...] = ()
    actions: tuple[do.Action, ...] = ()


def execute(
    unit: Unit,
    case: Case | None,
    event: events.Event,
    actions: Sequence[do.Action],
    policy: Policy,
    letters: Letters,
    now: datetime,
    as_of: datetime | None = None,
) -> Execution:
    """Carry out `actions` inside `unit`. An empty list changes nothing. `as_of`: the letters say what was so then."""
    composed: list[Letter] = []
    done: list[do.CaseAction] = []
    was_forgotten = case is not None and case.status is Status.ANONYMISED
    for action in actions:
        if isinstance(action, do.Send):
            if letter := _compose(unit, case, action, policy, letters, as_of or now):
                composed.append(letter)
                for change in _changes_by_letter(action, letter):
                    case = apply(case, change)
                    done.append(change)
        elif isinstance(action, do.Unsend):
            _drop_waiting(unit, action, now)
        elif isinstance(action, do.Overtake):
            _drop_overtaken(unit, case, action, now)
        elif isinstance(action, do.Release):
            _release(unit, action, policy, now)
        else:
            case = apply(case, action)
            _change_elsewhere(unit, case, action, policy, now)
            done.append(action)
    if case and done:
        unit.put_case(case)
        _write_history(unit, case, event, done, now)
        if was_forgotten:
            ledger.seal_remains(unit, case.ref, now)
    return Execution(case, tuple(composed), tuple(actions))


def _changes_by_letter(send: do.Send, letter: Letter) -> list[do.CaseAction]:
    """What a letter that was written changes in its case: answers find it, and may prove something."""
    joined: list[do.CaseAction] = [do.JoinThread(letter.message_id)]
    return [*joined, do.PutQuestion(letter.message_id, letter.to)] if send.asks else joined


def _change_elsewhere(unit: Unit, case: Case, action: do.CaseAction, policy: Policy, now: datetime) -> None:
    """What an action changes outside the case itself."""
    match action:
        case do.OpenCase(ref):
            unit.take_ref(ref)
            unit.put_note(f"key:{ref}", secrets.token_hex(32))
        case do.SetItems() | do.AddMail() if policy.files_mail:
            queue_filing(unit, case)
        case do.Suppress(address, channel, at):
            unit.suppress(Suppression(address.lower(), channel, at, case.ref, case.customer_id))
            if policy.stops_by_program:
                suppressions.queue_run(unit, case.ref, address.lower(), channel, now)
        case do.Unsuppress(address):
            for channel in suppressions.unsuppress(unit, case.ref, address.lower()):
                if policy.stops_by_program:
                    suppressions.queue_run(unit, case.ref, address.lower(), channel, now, undo=True)


def _drop_waiting(unit: Unit, action: do.Unsend, now: datetime) -> None:
    letter = unit.letter(action.token)
    if letter and letter.state in (LetterState.HELD, LetterState.OBSERVED):
        unit.put_letter(letter.dropped(action.why, now))


def _drop_overtaken(unit: Unit, case: Case | None, action: do.Overtake, now: datetime) -> None:
    waiting = (LetterState.HELD, LetterState.QUEUED, *((LetterState.OBSERVED,) if action.observed else ()))
    for letter in unit.letters_of(case.ref) if case else ():
        if not letter.is_automatic:
            continue
        if letter.state is LetterState.SENDING:  # it may have left; if the server asks to come back, it does not
            unit.put_letter(replace(letter, withdrawn=action.why))
        elif letter.state in waiting:
            unit.put_letter(letter.dropped(action.why, now))


def _release(unit: Unit, action: do.Release, policy: Policy, now: datetime) -> None:
    letter = unit.letter(action.token)
    if letter and letter.state is LetterState.HELD and letter.why == SECOND_LOOK:
        leaves = now + _undo_time(letter, policy, now)
        unit.put_letter(
            replace(letter, state=LetterState.QUEUED, why=action.why, next_try=leaves, created_at=now, settled_at=None)
        )


def _compose(
    unit: Unit, case: Case | None, send: do.Send, policy: Policy, letters: Letters, now: datetime
) -> Letter | None:
    """The letter for a decision, unless it exists already; a step of the ladder waits to be one mail with others."""
    if unit.letter(send.token) is not None:
        return None
    if send.step and case:
        unit.put_call(_call(send, case, now))
        return None
    key = company_key(unit)
    extra = {
        "code": reply_code_for(send, case, key),
        **_identity_question(send, key, policy),
        **plan_steps_for(send, case, policy),
    }
    letter = letters.compose(send, case, policy, now, key, extra)
    if send.asked_in:
        letter = replace(letter, covers=(send.token, foreign(send.asked_in, send.token)))
    if letter.state is LetterState.QUEUED:
        letter = replace(letter, next_try=max(now + _undo_time(letter, policy, now), send.not_before or now))
    unit.put_letter(letter)
    return letter


def plan_steps_for(send: do.Send, case: Case | None, policy: Policy) -> dict[str, Value]:
    """What can be done now, for a mail to staff; nothing while it is not sure what is asked."""
    if case is None or send.audience != "staff" or case.status is not Status.OPEN:
        return {}
    return {**next_steps(case, policy)}


def _identity_question(send: do.Send, key: str, policy: Policy) -> dict[str, Value]:
    """The code that proves an answer, in a letter that asks; others ask nothing."""
    return {"confirm_code": code_in(message_id(send.token, key, policy)) if send.asks else ""}


def _undo_time(letter: Letter, policy: Policy, now: datetime) -> timedelta:
    """So long a letter that can carry data can still be dropped."""
    return policy.undo_time(now) if carries(letter) else timedelta(0)


def reply_code_for(send: do.Send, case: Case | None, key: str) -> str:
    """What a colleague may answer to say that he has seen this mail; empty where there is nothing to acknowledge.

    In a mail to a processor: the mark by which its answer is known again when a ticket system lost the thread.
    """
    if case and send.audience == "processor":
        return reply_code(key, case.ref, send.plan_step)
    step = ladder_step_of(send.token, case) if case and send.audience == "staff" else ""
    warns = step in ladders.AT_RECEIPT or step.startswith(ladders.BREACH)
    waits = step.startswith(ladders.REPLY) and case is not None and case.reply_at is not None
    return reply_code(key, case.ref, step) if case and (warns or waits) else ""


def ladder_step_of(token: str, case: Case) -> str:
    """The step of the ladder that a mail to staff with this token gives."""
    return token.removeprefix(f"{case.ref}:").removesuffix(":deputy").partition(":beyond")[0]


def reply_code(key: str, ref: str, step: str) -> str:
    """The words that acknowledge one step of one case: nobody can guess them who did not get the mail."""
    mark = hmac.digest(bytes.fromhex(key), f"ack:{ref}:{step}".encode(), "sha256")
    letters = base64.b32encode(mark)[:12].decode()
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def _call(send: do.Send, case: Case, now: datetime) -> Call:
    return Call(
        send.token, case.ref, send.step, send.template, send.to, send.due_at or now, send.not_before or now, send.by
    )


def company_key(unit: Unit) -> str:
    """The company's own secret, made at first use; it signs our Message-IDs so that nobody can guess one."""
    if (key := unit.note("key")) is None:
        key = secrets.token_hex(32)
        unit.put_note("key", key)
    return key


def _write_history(unit: Unit, case: Case, event: events.Event, done: list[do.CaseAction], now: datetime) -> None:
    seq = int(unit.note(f"seq:{case.ref}") or 0) + 1
    before = unit.entry(case.ref, seq - 1) if seq > 1 else None
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
    ledger.add(unit, ledger.LINE, line.ref, line.seq, line.at, line.hash)
