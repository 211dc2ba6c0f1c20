"""What each word of a colleague does to a case, once it is sure that he said it and about which case.

The rule kept here: a word becomes the event that the same act at the keyboard is, so the same rules refuse it; a letter
that it writes or lets go leaves only after the time to think it over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mailbot import events
from mailbot.acts import answered, by_letter, undoing
from mailbot.acts.acting import act_in
from mailbot.app import Tenant
from mailbot.decide import after_answer
from mailbot.errors import Refused
from mailbot.execute import Execution
from mailbot.letters.render import clean
from mailbot.memory.histories import folded
from mailbot.model import Case, Kind, Letter, LetterState, Mail, Outcome, Policy, Status
from mailbot.outgoing import gathering, releasing
from mailbot.plan import EVERYTHING
from mailbot.staff import named_moments, replywords
from mailbot.staff.replywords import Say, Word
from mailbot.staff.wordmail import Done, undo_note
from mailbot.store import Unit

_WAITING = (LetterState.HELD, LetterState.QUEUED, LetterState.FAILED)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One word: the mail in which it was said, the mail of ours that this answers, and the case that is meant."""

    mail: Mail
    letter: Letter
    case: Case
    word: Word

    @property
    def actor(self) -> str:
        """Who said it, by his address."""
        return self.mail.sender.email if self.mail.sender else ""

    def letters(self, unit: Unit) -> list[str]:
        """The tokens of the letters that the mail puts before him in this case."""
        return gathering.put_before(unit, self.letter, self.case.ref)


def unfit(unit: Unit, tenant: Tenant, said: Instruction) -> str:
    """What the word itself lacks, or why it cannot be said to this mail: a name in `[refused_words]`, empty if not."""
    word = said.word
    if replywords.is_doubted(word):
        return "doubted"
    if word.say is Say.KINDS and replywords.kinds_of(word, _kind_names(tenant)) is None:
        return "which_kind"
    answer = replywords.outcome_of(word) if word.say is Say.ANSWER else (None, "")
    if answer is None:
        return "which_outcome"
    if word.say is Say.POSTED and named_moments.day_in(word.rest, tenant.policy.day_of(said.mail.received_at)) is None:
        return "which_day"
    if word.say is Say.NOTIFIED and not _may_be_told(tenant, said):
        return "which_moment"
    if word.say is Say.ANSWER and not answer[1]:
        return "no_text"
    if word.say is Say.NOTE and not (word.rest or word.below):
        return "no_text"
    if word.say is Say.YES and not said.letters(unit) and _changed_since(unit, said.letter, said.case):
        return "changed"
    return ""


def _may_be_told(tenant: Tenant, said: Instruction) -> bool:
    """Whether the authority can have been told at the moment that is named."""
    at = named_moments.moment_in(said.word.rest, said.mail.received_at, tenant.policy.zone)
    return at is not None and said.case.received_at <= at <= said.mail.received_at


def _kind_names(tenant: Tenant) -> dict[str, str]:
    return dict(tenant.letters.phrases["nl"]["kind_names"])


def _changed_since(unit: Unit, letter: Letter, case: Case) -> bool:
    """Whether the case asks something else now than when the mail was written."""
    then = folded([entry for entry in unit.history(case.ref) if entry.at <= (letter.created_at or entry.at)])
    return then is not None and (then.kinds, then.is_open) != (case.kinds, case.is_open)


def carry_out(unit: Unit, tenant: Tenant, said: Instruction, now: datetime) -> Done:
    """Do it, inside the unit. Raises Refused with the rule that forbids it."""
    match said.word.say:
        case Say.YES if said.letters(unit):
            return _release(unit, tenant, said, now)
        case Say.STOP:
            return _stop(unit, tenant, said, now)
        case Say.BACK:
            return _back(unit, tenant, said, now)
        case Say.POSTED:
            return _posted(unit, tenant, said, now)
    ref = said.case.ref
    done = act_in(unit, tenant, ref, _event(unit, tenant, said), now)
    seq = int(unit.note(f"seq:{ref}") or 0)
    letters = tuple(_with_grace(unit, tenant.policy, one, now) for one in done.letters)
    return Done(done.case or said.case, letters, "" if said.word.say is Say.NOTE else f"act:{seq}:{ref}")


def _event(unit: Unit, tenant: Tenant, said: Instruction) -> events.StaffActed:
    word, case, actor = said.word, said.case, said.actor
    match word.say:
        case Say.YES:
            if case.status is not Status.TRIAGE and not set(after_answer.FURTHER) & set(case.needs):
                raise Refused("nothing waits for a yes in this case", "nothing_waits")
            return events.Accepted(actor)
        case Say.NO_REQUEST:
            return events.Corrected(actor, (Kind.NOT_A_REQUEST,), "by reply")
        case Say.KINDS:
            return events.Corrected(actor, replywords.kinds_of(word, _kind_names(tenant)) or (), "by reply")
        case Say.EXTEND:
            return events.ExtensionDecided(actor, word.rest)
        case Say.ASK:
            return events.IdentityAsked(actor, word.rest)
        case Say.PROVEN:
            return events.IdentityConfirmed(actor, word.rest)
        case Say.ANSWER:
            outcome, text = replywords.outcome_of(word) or (Outcome.ANSWERED, word.below)
            return events.Answered(actor, text, outcome)
        case Say.DONE:
            return answered.closing_event(unit, case, actor, word.rest)
        case Say.STEP:
            return events.StepSettled(actor, word.rest or EVERYTHING)
        case Say.NOTIFY | Say.REGISTER_ONLY:
            decision = "notify" if word.say is Say.NOTIFY else "register_only"
            return events.BreachDecided(actor, decision, word.rest)
        case Say.NOTIFIED:
            told_at = named_moments.moment_in(word.rest, said.mail.received_at, tenant.policy.zone)
            return events.BreachDescribed(actor, notified_at=told_at)
        case Say.STOPPED:
            return events.StopConfirmed(actor, word.rest or "said by reply")
        case Say.NOTE | Say.SEEN | Say.STOP | Say.BACK | Say.POSTED:
            return events.Noted(actor, clean(f"{word.rest} {word.below}", 2000))


# --- letters -------------------------------------------------------------------------------------


def _with_grace(unit: Unit, policy: Policy, letter: Letter, now: datetime) -> Letter:
    if letter.audience == "staff" or letter.state is not LetterState.QUEUED:
        return letter
    waiting = replace(letter, next_try=max(letter.next_try or now, now + policy.undo_time(now)))
    unit.put_letter(waiting)
    return waiting


def _release(unit: Unit, tenant: Tenant, said: Instruction, now: datetime) -> Done:
    """The letters that the mail puts before him leave; of more than one those that still wait."""
    tokens = said.letters(unit)
    waiting = [one for one in tokens if (letter := unit.letter(one)) and letter.state is LetterState.HELD]
    wait = tenant.policy.undo_time(now)
    try:
        letters = [releasing.release_in(unit, tenant, one, now, wait=wait) for one in waiting or tokens[:1]]
    except Refused as error:
        rule = "observe" if tenant.policy.mode == "observe" else error.rule or "nothing_waits"
        raise Refused(str(error), rule) from None
    names, released = (" ".join(getattr(one, what) for one in letters) for what in ("template", "token"))
    return Done(_noted(unit, tenant, said, f"let go: {names}", now), tuple(letters), f"letter:{released}")


def _posted(unit: Unit, tenant: Tenant, said: Instruction, now: datetime) -> Done:
    """The letter on paper that the mail puts before him, or the only one of the case, left on the day that he names."""
    before = [letter for token in said.letters(unit) if (letter := unit.letter(token))]
    found = before or unit.letters_of(said.case.ref)
    waiting = [one for one in found if one.is_on_paper and one.state is LetterState.HELD]
    if len(waiting) != 1:
        raise Refused("no letter on paper waits, or more than one does", "which_letter" if waiting else "nothing_waits")
    day = named_moments.day_in(said.word.rest, tenant.policy.day_of(said.mail.received_at))
    posted = by_letter.post_in(unit, tenant, waiting[0].token, day, said.actor, now)
    return Done(unit.case(said.case.ref) or said.case, (posted,))


def _stop(unit: Unit, tenant: Tenant, said: Instruction, now: datetime) -> Done:
    """What waits for people outside does not leave."""
    waiting = [one for one in unit.letters_of(said.case.ref) if one.audience != "staff" and one.state in _WAITING]
    if not waiting:
        raise Refused("no letter of this case waits", "nothing_waits")
    dropped = tuple(releasing.drop_in(unit, tenant, one.token, f"stopped by {said.actor}", now) for one in waiting)
    return Done(_noted(unit, tenant, said, f"stopped: {', '.join(one.template for one in dropped)}", now), dropped)


def _back(unit: Unit, tenant: Tenant, said: Instruction, now: datetime) -> Done:
    """Undo what the answered mail confirms."""
    token, ref = said.letter.token, said.case.ref
    undo = unit.note(undo_note(token, ref)) or unit.note(f"undo:{token}") or ""
    kind, _, what = undo.partition(":")
    if kind == "letter":
        return _hold_again(unit, tenant, said, what.split(), now)
    if kind != "act":
        raise Refused("this mail confirms nothing that can be undone", "undo:nothing")
    seq, _, ref = what.partition(":")  # the act may stand in another case: the one that the new one was opened from
    done: Execution = undoing.take_back(unit, tenant, ref or said.case.ref, said.actor, now, int(seq))
    return Done(done.case or said.case)


def _hold_again(unit: Unit, tenant: Tenant, said: Instruction, tokens: list[str], now: datetime) -> Done:
    """Letters that were let go and have not left wait for a person again."""
    letters = [letter for token in tokens if (letter := unit.letter(token)) and letter.state is LetterState.QUEUED]
    if len(letters) < len(tokens):
        raise Refused("the letter has left", "undo:left")
    for letter in letters:
        unit.put_letter(letter.held("taken back by a person"))
    return Done(_noted(unit, tenant, said, f"held again: {' '.join(one.template for one in letters)}", now))


def _noted(unit: Unit, tenant: Tenant, said: Instruction, note: str, now: datetime) -> Case:
    """The case with what was done to its letters on record."""
    return act_in(unit, tenant, said.case.ref, events.Noted(said.actor, note), now).case or said.case
