"""Undo what a person did to a case: everything it changed is again as it was, and its letters do not leave.

The rules kept here: what has left the building cannot be undone, and an act that others built upon cannot either; both
are said. The history keeps the act and its undoing. A stop of advertising stays: lifting it is an act of its own. A
case that an act opened closes again as one that asks nothing, and what it was opened from waits as before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime

from mailbot import events
from mailbot.acts.acting import act_in
from mailbot.acts.linking import separate
from mailbot.acts.permissions import permission_for_name
from mailbot.app import Tenant
from mailbot.decide import measures, sending
from mailbot.errors import Refused
from mailbot.execute import Execution
from mailbot.memory.histories import folded
from mailbot.model import Case, HistoryEntry, Kind, Letter, LetterState
from mailbot.outgoing.releasing import drop_in
from mailbot.store import Unit

#: Of these nothing is taken back: they only grow, or follow from the rest.
_GROWS = frozenset({"version", "moves", "thread", "remarks", "alerted", "climbed", "mails", "suppressed", "next_at"})
_LEFT = (LetterState.SENT, LetterState.SENDING, LetterState.UNSURE)
_NO_ACT = frozenset({"Acknowledged", "Noted", "TakenBack", "TakesOver", "GivesBack"})
#: What became of a letter on paper is said anew, not taken back.
_BY_POST = {
    "SentByPost": "was posted; if it was not, or came back: `mailbot outbox returned`",
    "CameBackByPost": "came back; if it did not: `mailbot outbox posted`, with its day",
}
#: What an act moved out of the case beside its fields: taken back, it is there again.
_MOVED = {"BelongsTo": ("mails", "thread")}
#: How an act that opened another case names it in its own.
_OPENED = re.compile(r"a reply asks something new: (AVG-\d{4}-\d{4,}) ")


def _last_act(entries: Sequence[HistoryEntry]) -> HistoryEntry | None:
    """The newest line by a person that changed the case and was not taken back."""
    taken: Counter[str] = Counter()
    for entry in reversed(entries):
        undone = f"taken back: {entry.event}"
        if entry.event == "TakenBack":
            taken.update(str(doc.get("text", "")) for doc in entry.actions)
        elif entry.actor != "mailbot" and entry.event not in _NO_ACT:
            if not taken[undone]:
                return entry
            taken[undone] -= 1
    return None


def take_back(unit: Unit, tenant: Tenant, ref: str, actor: str, now: datetime, seq: int = 0) -> Execution:
    """Undo the act on line `seq` of the history, or the last one. Raises Refused when it is too late for that."""
    entries = unit.history(ref)
    act = _act_of(entries, ref, seq)
    tenant.require_permission(permission_for_name(act.event))
    if act.event in _BY_POST:
        raise Refused(f"a letter {_BY_POST[act.event]}", "undo:left")
    earlier, today = [entry for entry in entries if entry.seq < act.seq], unit.case(ref)
    before, after = folded(earlier), folded([*earlier, act])
    if before is None or after is None or today is None:
        raise Refused(f"the opening of {ref} cannot be undone", "undo:nothing")
    opened = _opened(unit, act)
    letters = _letters(unit, act) + [one for case in opened for one in _outside(unit.letters_of(case.ref))]
    if any(letter.state in _LEFT for letter in letters):
        raise Refused("the letter has left; that cannot be undone", "undo:left")
    changed = _changed(act, before, after, today, drops=bool(letters))
    _stop_letters(unit, tenant, act, letters, actor, now)
    if act.event == "Closed":
        _wait_again(unit, ref, act.at)
    for case in opened:
        act_in(unit, tenant, case.ref, events.Corrected(actor, (Kind.NOT_A_REQUEST,), f"taken back in {ref}"), now)
    if act.event in _MOVED:
        separate(unit, tenant, before, act, actor, now)
    return act_in(unit, tenant, ref, events.TakenBack(actor, act.event, changed, _only(before, changed)), now)


def _act_of(entries: Sequence[HistoryEntry], ref: str, seq: int) -> HistoryEntry:
    """The act on this line, without a line the last one. Raises Refused where there is none."""
    wanted = next((entry for entry in entries if entry.seq == seq), None)
    act = wanted if wanted or seq else _last_act(entries)
    if act is None:
        raise Refused(f"there is nothing to undo in {ref}", "undo:nothing")
    return act


def _changed(act: HistoryEntry, before: Case, after: Case, today: Case, drops: bool) -> tuple[str, ...]:
    """The fields that the act changed, each still as it left them. `drops`: it wrote letters, which can be dropped.
    Raises Refused."""
    names = (*_names(), *_MOVED.get(act.event, ()))
    changed = tuple(name for name in names if getattr(before, name) != getattr(after, name))
    if not changed:
        drop = "; its letter does not leave after `mailbot outbox drop`" if drops else ""
        told = f"what was done last in {today.ref} changed nothing that can be taken back{drop}"
        raise Refused(told, "undo:nothing")
    if any(getattr(today, name) != getattr(after, name) for name in changed):
        raise Refused("others have gone on from there since; undo that first", "undo:later")
    return changed


def _stop_letters(
    unit: Unit, tenant: Tenant, act: HistoryEntry, letters: Sequence[Letter], actor: str, now: datetime
) -> None:
    """What the act wrote does not leave; who let a letter go, or stops one, must be let send."""
    waiting = [letter for letter in letters if letter.state is not LetterState.DROPPED]
    if waiting or any(doc["do"] == "Release" for doc in act.actions):
        tenant.require_permission("send")
    for letter in waiting:
        drop_in(unit, tenant, letter.token, f"taken back by {actor}", now)


def _wait_again(unit: Unit, ref: str, closed_at: datetime) -> None:
    """The letters that did not leave because the case was over wait for a person again."""
    for letter in unit.letters_of(ref):
        if (letter.state, letter.why, letter.settled_at) == (LetterState.DROPPED, measures.ENDED, closed_at):
            unit.put_letter(replace(letter, state=LetterState.HELD, why=sending.BY_A_PERSON, settled_at=None))


def _opened(unit: Unit, act: HistoryEntry) -> list[Case]:
    """The case that this act opened, if any. Raises Refused when a colleague or the person himself went on in it."""
    refs = [found[1] for doc in act.actions if (found := _OPENED.match(str(doc.get("text", ""))))]
    cases = [case for ref in refs if act.event == "AskedAnew" and (case := unit.case(ref))]
    if any(len(case.mails) > 1 or _last_act(unit.history(case.ref)) for case in cases):
        raise Refused("others have gone on in the new case since; undo that first", "undo:later")
    return cases


def _letters(unit: Unit, act: HistoryEntry) -> list[Letter]:
    """The letters to people outside that this act wrote."""
    ids = [str(doc["message_id"]) for doc in act.actions if doc["do"] == "JoinThread"]
    found = (unit.letter_with_message(id) for id in ids)
    return _outside([letter for letter in found if letter])


def _outside(letters: Sequence[Letter]) -> list[Letter]:
    return [letter for letter in letters if letter.audience != "staff"]


def _names() -> list[str]:
    return [field.name for field in fields(Case) if field.name not in _GROWS]


def _only(case: Case, names: tuple[str, ...]) -> Case:
    """The named fields and nothing else, so that the history holds no more than it must."""
    bare = Case(case.ref, case.tenant, case.status, case.received_at)
    return replace(bare, **{name: getattr(case, name) for name in names})
