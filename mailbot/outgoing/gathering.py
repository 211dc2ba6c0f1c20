"""What comes in at once calls a person once: calls to a colleague go by themselves, or many in one mail.

The rules kept here: no such mail leaves before it was looked at here. It goes at once, or waits half an hour at most
for others to the same person (`decide.call_batching`); what has lost its reason meanwhile is not told. The mails that
one stands for stay on file and end as it does, so that each case shows when a person was called and by what. What
names people is kept with their cases only: once the one mail left, it keeps no words.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from mailbot import absence
from mailbot.actions import Send
from mailbot.app import Tenant
from mailbot.decide import after_answer, call_batching, ladders, sending
from mailbot.errors import Broken, TryLater
from mailbot.execute import company_key, ladder_step_of, plan_steps_for, reply_code_for
from mailbot.letters.gathered import Matter, dated, gathered, waiting_letters
from mailbot.letters.in_words import held_reason
from mailbot.letters.render import Value
from mailbot.model import FIXED, NOT_TOLD, SECOND_LOOK, TOLD_IN, WAITS_FOR_OTHERS, Case, Letter, LetterState, Status
from mailbot.model.order import urgency
from mailbot.outgoing import drafts
from mailbot.outgoing.kept import as_kept
from mailbot.store import Unit

log = logging.getLogger(__name__)

TEMPLATE, HELD, REPLY = "gathered", "letter_held", "reply_received"
#: The mails about dates in people's calendars, and the one about many of them. They call nobody, so they never wait.
DATES, OF_DATES = ("date_moved", "date_over"), "dates"
#: Mails about many cases that name people: no words of them are kept.
_NAMING = (TEMPLATE, OF_DATES, "words_done")
#: That a mail to a colleague goes by itself.
ALONE = "told by itself"
#: So many cases one mail tells of: as many as an answer to it can name, each on a line.
MOST_CASES = 25


@dataclass(frozen=True, slots=True)
class _Call:
    """One mail to a colleague about a case, and the letter that it puts before him, where it does that."""

    mail: Letter
    case: Case
    letter: Letter | None = None

    @property
    def goes_alone(self) -> bool:
        """Whether it is always told by itself: a letter for the post, or with more than our own words in it, or of a
        case in which the word that lets it go means something else."""
        if self.mail.template != HELD:
            return False
        if self.letter is not None and self.letter.is_on_paper:
            return True
        judged = self.case.status is Status.TRIAGE or bool(set(after_answer.FURTHER) & set(self.case.needs))
        letter = self.letter
        fixed = letter is not None and letter.template in FIXED and not letter.enclosed and letter.why != SECOND_LOOK
        return judged or not fixed

    @property
    def stands(self) -> bool:
        """Whether there is still something to tell."""
        if self.mail.template == HELD:
            return self.letter is not None and self.letter.state is LetterState.HELD
        step = ladder_step_of(self.mail.token, self.case)
        return self.case.is_open and not ladders.is_seen(self.case, step)


def decide_calls(tenant: Tenant, now: datetime) -> bool:
    """Look at every call to a colleague whose time has come, and say whether there was one: each leaves, waits or ends
    by what is decided here. One that cannot be gathered goes by itself."""
    with tenant.store.unit() as unit:
        people = dict.fromkeys(mail.to for mail in _due(unit, now))
    for person in people:
        try:
            with tenant.store.unit() as unit:
                _call(unit, tenant, person, now)
        except (OSError, TryLater):
            raise  # the disk, or the store: nothing else could be written either
        except Exception as error:  # a call is worth more than its form
            log.error("%s: calls could not be gathered: %s", tenant.id, Broken.by(error, TEMPLATE))
            with tenant.store.unit() as unit:
                _go_alone(unit, (mail for mail in _due(unit, now) if mail.to == person), now)
    return bool(people)


def _due(unit: Unit, now: datetime) -> list[Letter]:
    return [mail for mail in unit.sendable(now, limit=-1) if mail.may_be_gathered]


def _is_due(mail: Letter, now: datetime) -> bool:
    return mail.next_try is not None and mail.next_try <= now


def _call(unit: Unit, tenant: Tenant, person: str, now: datetime) -> None:
    """Tell one person what he can be told now; the rest waits."""
    found = _calls(unit, person, now)
    dates, calls = ([one for one in found if (one.mail.template in DATES) is wanted] for wanted in (True, False))
    _tell_dates(unit, tenant, person, dates, now)
    turn = call_batching.turn(_call_moments(unit, person), now)
    overdue = any(call.mail.why == WAITS_FOR_OTHERS and _is_due(call.mail, now) for call in calls)
    ready = overdue or turn.free > 0 or turn.until <= now
    _go_alone(unit, (call.mail for call in calls if call.goes_alone), now)
    by_case: dict[str, list[_Call]] = {}
    for call in (one for one in calls if not one.goes_alone):
        if ready or not call_batching.can_wait(call.case, turn.until):
            by_case.setdefault(call.case.ref, []).append(call)
        elif call.mail.why != WAITS_FOR_OTHERS:
            unit.put_letter(replace(call.mail, why=WAITS_FOR_OTHERS, next_try=turn.until))
    if len(by_case) <= max(turn.free, 1):
        for group in by_case.values():
            _go_by_itself(unit, tenant, group, now)
    else:
        _go_together(unit, tenant, person, list(by_case.values()), now)
    _note_calls(unit, person, len(by_case), now)


def _calls(unit: Unit, person: str, now: datetime) -> list[_Call]:
    """The calls to a person that are due and those that wait for others, most urgent case first. What waited and has
    nothing to tell any more ends here."""
    calls, case_of = [], cache(unit.case)  # many mails can be about one case
    for mail in unit.sendable(now + call_batching.PAUSE, limit=-1):
        if mail.to != person or not mail.may_be_gathered or not (mail.why == WAITS_FOR_OTHERS or _is_due(mail, now)):
            continue
        if (case := case_of(mail.ref)) is None:
            _go_alone(unit, [mail], now)
            continue
        call = _Call(mail, case, unit.letter(mail.covers[0]) if mail.template == HELD and mail.covers else None)
        if mail.why == WAITS_FOR_OTHERS and not call.stands:
            _end(unit, mail, NOT_TOLD, now)
        else:
            calls.append(call)
    return sorted(calls, key=lambda call: urgency(call.case))


def _go_alone(unit: Unit, mails: Iterable[Letter], now: datetime) -> None:
    for mail in mails:
        unit.put_letter(replace(mail, passed=ALONE, why="", next_try=min(mail.next_try or now, now)))


def _go_by_itself(unit: Unit, tenant: Tenant, group: Sequence[_Call], now: datetime) -> None:
    """A case that is told by itself is told in one mail, with the letters that wait in it, and of all that the person
    wrote at once: how often he writes is not how often he calls."""
    replies = sorted((one for one in group if one.mail.template == REPLY), key=lambda one: one.mail.created_at or now)
    before = replies[:-1]
    tellers, held = ([one for one in group if bool(one.letter) is with_letter] for with_letter in (False, True))
    tellers = [one for one in tellers if one not in before]
    joined = before + (held if len(tellers) == 1 else [])
    alone = [one.mail for one in group if one not in joined]
    if joined:
        teller = replies[-1] if before else tellers[0]
        told = _with_others(unit, tenant, teller, joined, now)
        alone = [told if mail is teller.mail else mail for mail in alone]
        for one in joined:
            _end(unit, one.mail, f"{TOLD_IN}{told.token}", now)
    _go_alone(unit, alone, now)


def _with_others(unit: Unit, tenant: Tenant, teller: _Call, others: Sequence[_Call], now: datetime) -> Letter:
    """The mail about a case, written anew with the letters that wait in it and the number of mails that it tells of."""
    mail, case, policy, key = teller.mail, teller.case, absence.policy_now(unit, tenant), company_key(unit)
    phrases = tenant.letters.phrases["nl"]
    send = Send(mail.token, mail.template, mail.to, "staff", LetterState.QUEUED)
    said: dict[str, Value] = {"code": reply_code_for(send, case, key), **plan_steps_for(send, case, policy)}
    said["as_drafts"] = drafts.lays(tenant)
    said["letters_waiting"] = waiting_letters(_waiting(others, phrases["held"]), phrases["letters"])
    more = sum(call.letter is None for call in others)
    said["came"] = str(more + 1) if more else ""
    one = tenant.letters.compose(send, case, policy, now, key, said)
    covers = (mail.token, *(call.mail.token for call in others))
    return replace(one, covers=covers, created_at=mail.created_at, next_try=mail.next_try)


def _end(unit: Unit, mail: Letter, why: str, now: datetime) -> None:
    unit.put_letter(as_kept(mail).dropped(why, now))


# --- many in one mail ----------------------------------------------------------------------------


def _go_together(unit: Unit, tenant: Tenant, person: str, groups: Sequence[list[_Call]], now: datetime) -> None:
    """One mail about these cases, in place of theirs; more than one where they are too many for an answer."""
    for at in range(0, len(groups), MOST_CASES):
        some = groups[at : at + MOST_CASES]
        policy, phrases = absence.policy_now(unit, tenant), tenant.letters.phrases["nl"]
        matters = [_matter(group, phrases["held"]) for group in some]
        send = Send(f"{TEMPLATE}:{now.isoformat()}:{at:03}", TEMPLATE, person, "staff", LetterState.QUEUED)
        said = gathered(matters, policy, phrases, person, now) | {"as_drafts": drafts.lays(tenant)}
        _stand_for(unit, tenant, send, [call.mail for group in some for call in group], said, now)
        log.info("%s: one mail about %d cases that came in at once", tenant.id, len(some))


def _tell_dates(unit: Unit, tenant: Tenant, person: str, calls: Sequence[_Call], now: datetime) -> None:
    """What changed in a person's calendar: one mail about all of it."""
    for at in range(0, len(calls), MOST_CASES):
        some = calls[at : at + MOST_CASES]
        if len(some) == 1:
            _go_alone(unit, [some[0].mail], now)
            continue
        rows = [dated(call.case, call.mail.template, tenant.policy, tenant.letters.phrases["nl"], now) for call in some]
        send = Send(f"{OF_DATES}:{now.isoformat()}:{at:03}", OF_DATES, person, "staff", LetterState.QUEUED)
        _stand_for(unit, tenant, send, [call.mail for call in some], {"rows": rows, "count": str(len(rows))}, now)


def _stand_for(
    unit: Unit, tenant: Tenant, send: Send, mails: Sequence[Letter], said: dict[str, Value], now: datetime
) -> None:
    """One mail in place of these, with what they enclose."""
    covered = tuple(mail.token for mail in mails)
    digest = hashlib.sha256("|".join(covered).encode()).hexdigest()[:8]
    send, policy = replace(send, token=f"{send.token}:{digest}"), absence.policy_now(unit, tenant)
    entries = {part.name: part for mail in mails for part in mail.enclosed}
    letter = tenant.letters.compose(send, None, policy, now, company_key(unit), said)
    unit.put_letter(replace(letter, covers=covered, enclosed=tuple(entries.values())))
    for mail in mails:
        _end(unit, mail, f"{TOLD_IN}{letter.token}", now)


def _matter(group: Sequence[_Call], reasons: Mapping[str, str]) -> Matter:
    told = tuple(call.mail.template for call in group)
    usual = held_reason(sending.BY_A_PERSON, reasons)
    waiting = tuple((letter, "" if why == usual else why) for letter, why in _waiting(group, reasons))
    return Matter(group[0].case, told, waiting)


def _waiting(calls: Sequence[_Call], reasons: Mapping[str, str]) -> list[tuple[Letter, str]]:
    """The letters that wait in these calls, each with why, in words."""
    return [(call.letter, held_reason(call.letter.why, reasons)) for call in calls if call.letter]


# --- when a person was told ----------------------------------------------------------------------


def _call_moments(unit: Unit, person: str) -> list[datetime]:
    """When this person was told of his last cases, oldest first."""
    return [datetime.fromisoformat(at) for at in (unit.note(_note(person)) or "").split()]


def _note_calls(unit: Unit, person: str, cases: int, now: datetime) -> None:
    if cases:
        moments = [*_call_moments(unit, person), *([now] * min(cases, call_batching.AT_ONCE))][-call_batching.AT_ONCE :]
        unit.put_note(_note(person), " ".join(at.isoformat() for at in moments))


def _note(person: str) -> str:
    return f"told:{person}"


# --- how it ended --------------------------------------------------------------------------------


def covered(unit: Unit, letter: Letter) -> list[Letter]:
    """The mails to colleagues that this one stands for; none for a mail that stands for itself."""
    tokens = letter.covers if letter.template != HELD else ()
    found = (unit.letter(token) for token in tokens if token != letter.token)
    return [part for part in found if part and part.audience == "staff"]


def put_before(unit: Unit, mail: Letter, ref: str) -> list[str]:
    """The tokens of the letters of this case that a mail puts before its reader, to be let go with a word."""
    held = (one for one in (mail, *covered(unit, mail)) if one.template == HELD and one.ref == ref)
    return [token for one in held for token in one.covers[:1]]


def end_parts(unit: Unit, letter: Letter) -> None:
    """The mails that this one stands for end as it did, and it keeps no words once it left or cannot leave."""
    told_in = f"{TOLD_IN}{letter.token}"
    for part in covered(unit, letter):
        if part.state is not LetterState.DROPPED or part.why == told_in:
            why = told_in if letter.state is LetterState.SENT else letter.why
            ended = replace(part, state=letter.state, why=why, answer=letter.answer, settled_at=letter.settled_at)
            unit.put_letter(ended)
    if letter.template in _NAMING and letter.state in (LetterState.SENT, LetterState.FAILED):
        unit.put_letter(_without_words(letter))


def forget(unit: Unit, ref: str) -> None:
    """Of a mail that told of this case too, and of which nobody knows whether it left, no words stay."""
    for letter in unit.letters(LetterState.UNSURE):
        if letter.template in _NAMING and any(token.startswith(f"{ref}:") for token in letter.covers):
            unit.put_letter(_without_words(letter))


def _without_words(letter: Letter) -> Letter:
    """What is kept of it: when it went where, and of which cases it told."""
    refs = dict.fromkeys(token.partition(":")[0] for token in letter.covers)
    has_parts = letter.template in (TEMPLATE, OF_DATES)  # which failed with it, and can be let go again
    ended = LetterState.DROPPED if has_parts and letter.state is LetterState.FAILED else letter.state
    return replace(letter, state=ended, text="\n".join(refs) + "\n", html="", enclosed=())
