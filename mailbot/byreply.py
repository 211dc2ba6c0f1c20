"""Work by reply: a colleague answers a mail of ours with a word, and it is done, confirmed and can be undone.

The rules kept here: a word counts only from a configured colleague whose address is vouched for, as the answer to a
mail that was sent to him (its Message-ID is the token that nobody can guess), each once, and only above what is quoted.
What is refused is reported, to the address on file, never to who wrote. No answer is never a yes.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from mailbot import absence, calling, concluding, lookup, outbox, replywords, spentwords, staffmail, wordmail
from mailbot import events as do
from mailbot.acts import undoing
from mailbot.acts.acting import act_in
from mailbot.app import Tenant
from mailbot.errors import Refused
from mailbot.execute import Execution
from mailbot.letters.render import clean
from mailbot.model import Case, Kind, Letter, LetterState, Mail, Outcome, Policy
from mailbot.plan import EVERYTHING
from mailbot.replywords import Say, Word
from mailbot.store import Unit
from mailbot.wordmail import Done

log = logging.getLogger(__name__)

_WAITING = (LetterState.HELD, LetterState.QUEUED, LetterState.FAILED)


def take(unit: Unit, tenant: Tenant, mail: Mail, asks: bool, now: datetime) -> str | None:
    """The references that a colleague's answer concerns, perhaps none; None when it is left to the sorter.

    `asks` tells that the mail itself may be a request; then only what is surely a colleague's word is none.
    """
    policy = absence.policy_now(unit, tenant)
    letter, words = staffmail.answered(unit, mail), replywords.read(mail.text)
    if staffmail.is_from(mail, frozenset(policy.beyond) - staffmail.staff(policy)):
        told = _seen_by_next(unit, tenant, mail, letter, words, now)
        return told or (None if asks else told)
    if not staffmail.is_from(mail, staffmail.staff(policy)):
        if letter and words:
            wordmail.report(unit, tenant, mail, letter, "stranger", now)
        return "" if letter and words and not asks else None
    if words and words[0].say is not Say.SEEN:
        return _obey(unit, tenant, policy, mail, letter, words, asks, now)
    told = calling.take_answer(unit, tenant, mail, now)
    if told == "" and words and not staffmail.vouched(mail, policy):
        wordmail.report(unit, tenant, mail, letter, "unproven", now, words[0])
    silent = told == "" and letter is not None and letter.template not in wordmail.OURS and not words and not asks
    if silent and letter and staffmail.vouched(mail, policy) and not _is_calendar(mail):
        wordmail.report(unit, tenant, mail, letter, "talk", now)
    return told or (None if asks else told)


def _seen_by_next(
    unit: Unit, tenant: Tenant, mail: Mail, letter: Letter | None, words: list[Word], now: datetime
) -> str | None:
    """Who stands behind contact person and deputy says that he has seen it; to decide by reply is theirs."""
    if letter and words and words[0].say is not Say.SEEN:
        wordmail.report(unit, tenant, mail, letter, "not_yours", now, words[0])
        return ""
    return calling.take_answer(unit, tenant, mail, now)


def _is_calendar(mail: Mail) -> bool:
    return any(part.type == "text/calendar" for part in mail.attachments)


def _obey(
    unit: Unit,
    tenant: Tenant,
    policy: Policy,
    mail: Mail,
    letter: Letter | None,
    words: list[Word],
    asks: bool,
    now: datetime,
) -> str | None:
    """Do what a colleague says. His word is no request, whatever it speaks of and whether or not it can be done."""
    why = _against(mail, letter, policy)
    if why or letter is None:
        wordmail.report(unit, tenant, mail, letter, why, now)
        return None if asks else ""
    absence.is_back(unit, policy, letter.to)
    done = [ref for word in words if (ref := _do(unit, tenant, mail, letter, word, now))]
    return " ".join(dict.fromkeys(done or wordmail.about(letter)))


def _against(mail: Mail, letter: Letter | None, policy: Policy) -> str:
    """Why no word of this mail counts; empty when they may."""
    if not staffmail.vouched(mail, policy):
        return "unproven"
    if letter is None:
        return "no_token"
    if mail.sender is None or letter.to.lower() != mail.sender.email.lower() or mail.forwarded_from:
        return "forwarded"
    if not replywords.read(mail.opens_with):
        return "below_quote"
    named = set(lookup.references_in(mail.subject))
    return "edited" if named - set(wordmail.about(letter)) else ""


def _do(unit: Unit, tenant: Tenant, mail: Mail, letter: Letter, word: Word, now: datetime) -> str:
    """Carry out one word. Returns the reference of the case that it changed, or nothing."""
    refs = wordmail.about(letter)
    ref = word.ref or (refs[0] if len(refs) == 1 else "")
    case = unit.case(ref) if ref in refs and ref else None
    why = (
        ("which_mail" if refs == ("",) else "which_case" if len(refs) > 1 and not word.ref else "edited")
        if case is None
        else spentwords.against(unit, letter, ref, mail, word) or _unfit(unit, tenant, letter, case, word)
    )
    if case is None or why:
        wordmail.report(unit, tenant, mail, letter, why, now, word, case)
        return ""
    try:
        done = _carry_out(unit, tenant, mail, letter, case, word, now)
    except Refused as error:
        wordmail.report(
            unit, tenant, mail, letter, error.rule or ("state" if case.is_open else "closed"), now, word, case
        )
        return ""
    spentwords.remember(unit, letter, ref, word)
    wordmail.confirm(unit, tenant, mail, word, done, now)
    log.info("%s: %s: %s by reply", tenant.id, case.ref, word.say.name.lower())
    return case.ref


def _unfit(unit: Unit, tenant: Tenant, letter: Letter, case: Case, word: Word) -> str:
    """What the word itself lacks, or why it cannot be said to this mail."""
    names = tenant.letters.phrases["nl"]["kind_names"]
    if word.say is Say.KINDS and replywords.kinds_of(word, names) is None:
        return "which_kind"
    if word.say is Say.ANSWER and replywords.outcome_of(word) is None:
        return "which_outcome"
    if word.say is Say.ANSWER and not word.below:
        return "no_text"
    if word.say is Say.NOTE and not (word.rest or word.below):
        return "no_text"
    if word.say is Say.YES and letter.template != "letter_held" and _changed_since(unit, letter, case):
        return "changed"
    return ""


def _changed_since(unit: Unit, letter: Letter, case: Case) -> bool:
    """Whether the case asks something else now than when the mail was written."""
    then = undoing.case_at([entry for entry in unit.history(case.ref) if entry.at <= (letter.created_at or entry.at)])
    return then is not None and (then.kinds, then.is_open) != (case.kinds, case.is_open)


def _carry_out(unit: Unit, tenant: Tenant, mail: Mail, letter: Letter, case: Case, word: Word, now: datetime) -> Done:
    """Raises Refused."""
    actor = mail.sender.email if mail.sender else ""
    match word.say:
        case Say.YES if letter.template == "letter_held":
            return _release(unit, tenant, letter.covers[0], case, actor, now)
        case Say.STOP:
            return _stop(unit, tenant, case, actor, now)
        case Say.BACK:
            return _back(unit, tenant, letter, case, actor, now)
    done = act_in(unit, tenant, case.ref, _event(unit, tenant, case, word, actor), now)
    seq = int(unit.note(f"seq:{case.ref}") or 0)
    letters = tuple(_with_grace(unit, tenant.policy, one, now) for one in done.letters)
    return Done(done.case or case, letters, "" if word.say is Say.NOTE else f"act:{seq}:{case.ref}")


def _event(unit: Unit, tenant: Tenant, case: Case, word: Word, actor: str) -> do.StaffActed:
    names = tenant.letters.phrases["nl"]["kind_names"]
    match word.say:
        case Say.YES:
            if case.status != "triage":
                raise Refused("nothing waits for a yes in this case", "nothing_waits")
            return do.Accepted(actor)
        case Say.NO_REQUEST:
            return do.Corrected(actor, (Kind.NOT_A_REQUEST,), "by reply")
        case Say.KINDS:
            return do.Corrected(actor, replywords.kinds_of(word, names) or (), "by reply")
        case Say.EXTEND:
            return do.ExtensionDecided(actor, word.rest)
        case Say.ASK:
            return do.IdentityAsked(actor, word.rest)
        case Say.PROVEN:
            return do.IdentityConfirmed(actor, word.rest)
        case Say.ANSWER:
            outcome, text = replywords.outcome_of(word) or (Outcome.ANSWERED, word.below)
            return do.Answered(actor, text, outcome, _next_answer(unit, case))
        case Say.DONE:
            return concluding.done(unit, case, actor, word.rest)
        case Say.STEP:
            return do.StepSettled(actor, word.rest or EVERYTHING)
        case Say.NOTIFY | Say.REGISTER_ONLY:
            decision = "notify" if word.say is Say.NOTIFY else "register_only"
            return do.BreachDecided(actor, decision, word.rest)
        case Say.STOPPED:
            return do.StopConfirmed(actor, word.rest or "said by reply")
        case Say.NOTE | Say.SEEN | Say.STOP | Say.BACK:
            return do.Noted(actor, clean(f"{word.rest} {word.below}", 2000))


def _next_answer(unit: Unit, case: Case) -> int:
    """The number of the next answer: one that was taken back keeps its own."""
    prefix = f"{case.ref}:answer:"
    return 1 + sum(letter.token.startswith(prefix) for letter in unit.letters_of(case.ref))


# --- letters -------------------------------------------------------------------------------------


def _with_grace(unit: Unit, policy: Policy, letter: Letter, now: datetime) -> Letter:
    if letter.audience == "staff" or letter.state is not LetterState.QUEUED:
        return letter
    waiting = replace(letter, next_try=max(letter.next_try or now, now + policy.undo_time(now)))
    unit.put_letter(waiting)
    return waiting


def _release(unit: Unit, tenant: Tenant, token: str, case: Case, actor: str, now: datetime) -> Done:
    try:
        letter = outbox.release_in(unit, tenant, token, now, wait=tenant.policy.undo_time(now))
    except Refused as error:
        raise Refused(
            str(error), "observe" if tenant.policy.mode == "observe" else error.rule or "nothing_waits"
        ) from None
    done = act_in(unit, tenant, case.ref, do.Noted(actor, f"let go: {letter.template}"), now)
    return Done(done.case or case, (letter,), f"letter:{token}")


def _stop(unit: Unit, tenant: Tenant, case: Case, actor: str, now: datetime) -> Done:
    """What waits for people outside does not leave."""
    waiting = [one for one in unit.letters_of(case.ref) if one.audience != "staff" and one.state in _WAITING]
    if not waiting:
        raise Refused("no letter of this case waits", "nothing_waits")
    dropped = tuple(outbox.drop_in(unit, tenant, one.token, f"stopped by {actor}", now) for one in waiting)
    note = do.Noted(actor, f"stopped: {', '.join(one.template for one in dropped)}")
    return Done(act_in(unit, tenant, case.ref, note, now).case or case, dropped)


def _back(unit: Unit, tenant: Tenant, letter: Letter, case: Case, actor: str, now: datetime) -> Done:
    """Undo what the answered mail confirms."""
    kind, _, what = (unit.note(f"undo:{letter.token}") or "").partition(":")
    if kind == "letter":
        held = unit.letter(what)
        if held is None or held.state is not LetterState.QUEUED:
            raise Refused("the letter has left", "undo:left")
        back = replace(held, state=LetterState.HELD, next_try=None, why="taken back by a person")
        unit.put_letter(back)
        return Done(act_in(unit, tenant, case.ref, do.Noted(actor, f"held again: {held.template}"), now).case or case)
    if kind != "act":
        raise Refused("this mail confirms nothing that can be undone", "undo:nothing")
    seq, _, ref = what.partition(":")  # the act may stand in another case: the one that the new one was opened from
    done: Execution = undoing.take_back(unit, tenant, ref or case.ref, actor, now, int(seq))
    return Done(done.case or case)
