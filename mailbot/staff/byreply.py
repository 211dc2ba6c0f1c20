"""Work by reply: a colleague answers a mail of ours with a word, and it is done, confirmed and can be undone.

The rules kept here: a word counts only from a configured colleague whose address is vouched for, as the answer to a
mail that was sent to him (its Message-ID is the token that nobody can guess), each once, and only above what is quoted.
What is refused is reported, to the address on file, never to who wrote. No answer is never a yes.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from mailbot import absence
from mailbot.app import Tenant
from mailbot.errors import Refused
from mailbot.model import Case, Letter, Mail, Policy
from mailbot.sender import lookup
from mailbot.staff import calling, replywords, reservations, spentwords, staffmail, wordacts, wordmail
from mailbot.staff.replywords import Say, Word
from mailbot.staff.staffmail import Answer
from mailbot.staff.wordacts import Instruction
from mailbot.staff.wordmail import Done, Refusal
from mailbot.store import Unit

log = logging.getLogger(__name__)


def take(unit: Unit, tenant: Tenant, mail: Mail, asks: bool, now: datetime) -> tuple[str, ...] | None:
    """The references that a colleague's answer concerns, perhaps none; None when it is left to the sorter.

    `asks` tells that the mail itself may be a request; then only what is surely a colleague's word is none.
    """
    policy = absence.policy_now(unit, tenant)
    answer = staffmail.read(unit, mail)
    if staffmail.is_from(mail, staffmail.staff(policy)):
        if any(word.say is not Say.SEEN for word in answer.words):
            return _obey(unit, tenant, policy, answer, asks, now)
        told = _hear(unit, tenant, policy, answer, asks, now)
    elif staffmail.is_from(mail, frozenset(policy.beyond)):
        told = _hear_next(unit, tenant, answer, now)
    else:
        told = _hear_stranger(unit, tenant, answer, now)
    return told or (None if asks else told)


def _hear(
    unit: Unit, tenant: Tenant, policy: Policy, answer: Answer, asks: bool, now: datetime
) -> tuple[str, ...] | None:
    """A colleague has seen a warning, or only talks; of talk he is told which words there are."""
    told = calling.take_acknowledgement(unit, tenant, answer.mail, now)
    is_trusted = staffmail.is_trusted(answer.mail, policy)
    if told == () and answer.words and not is_trusted:
        wordmail.report(unit, tenant, answer, Refusal("unproven", answer.words[0]), now)
    if is_trusted and answer.letter and (why := _unclear(unit, answer, told, asks)):
        wordmail.report(unit, tenant, answer, Refusal(why), now)
    return told


def _unclear(unit: Unit, answer: Answer, told: tuple[str, ...] | None, asks: bool) -> str:
    """What a colleague is asked about an answer that does nothing, or not what he may have meant; empty for nothing."""
    if answer.words:
        if told == () and answer.letter and answer.letter.template in wordmail.WITH_CODES:
            return "which_seen" if len(wordmail.about(answer.letter)) > 1 else ""
        waits = replywords.says_ok(answer.mail.text) and wordmail.letters_waiting(unit, answer.letter)
        return "only_seen" if waits else ""
    if told != () or asks or _is_calendar(answer.mail) or answer.letter is None:
        return ""
    may_thank = answer.asked_again or answer.letter.template in wordmail.OURS
    return "" if may_thank and not replywords.names_one(answer.mail.text[:500]) else "talk"


def _hear_next(unit: Unit, tenant: Tenant, answer: Answer, now: datetime) -> tuple[str, ...] | None:
    """Who stands behind contact person and deputy says that he has seen it; to decide by reply is theirs."""
    if answer.letter and answer.words and answer.words[0].say is not Say.SEEN:
        wordmail.report(unit, tenant, answer, Refusal("not_yours", answer.words[0]), now)
        return ()
    return calling.take_acknowledgement(unit, tenant, answer.mail, now)


def _hear_stranger(unit: Unit, tenant: Tenant, answer: Answer, now: datetime) -> tuple[str, ...] | None:
    """Somebody else has a mail of ours to staff in hand and says a word: that is told, to whom the mail was sent."""
    if not (answer.letter and answer.words):
        return None
    wordmail.report(unit, tenant, answer, Refusal("stranger"), now)
    return ()


def _is_calendar(mail: Mail) -> bool:
    return any(part.type == "text/calendar" for part in mail.attachments)


def _obey(
    unit: Unit, tenant: Tenant, policy: Policy, answer: Answer, asks: bool, now: datetime
) -> tuple[str, ...] | None:
    """Do what a colleague says. His word is no request, whatever it speaks of and whether or not it can be done."""
    why, letter = _against(answer, policy), answer.letter
    orders = [word for word in answer.words if word.say is not Say.SEEN]
    seen = calling.take_acknowledgement(unit, tenant, answer.mail, now) if len(orders) < len(answer.words) else ()
    if why or letter is None:
        wordmail.report(unit, tenant, answer, Refusal(why, orders[0] if why == "below_quote" else None), now)
        return seen or (None if asks else ())
    absence.mark_back(unit, policy, letter.to)
    done = [(word, one) for word in orders if (one := _do(unit, tenant, answer, letter, word, now))]
    wordmail.confirm(unit, tenant, answer.mail, done, now)
    return tuple(dict.fromkeys((*(seen or ()), *(one.about for _, one in done)))) or wordmail.about(letter)


def _against(answer: Answer, policy: Policy) -> str:
    """Why no word of this mail counts; empty when they may."""
    mail, letter = answer.mail, answer.letter
    if not staffmail.is_trusted(mail, policy):
        return "unproven"
    if letter is None:
        return "no_token"
    if mail.sender is None or letter.to.lower() != mail.sender.email.lower() or mail.forwarded_from:
        return "forwarded"
    if not (replywords.read(mail.opens_with) or reservations.is_greeting(mail.opens_with)):
        return "below_quote"
    named = set(lookup.references_in(mail.subject))
    return "edited" if named - set(wordmail.about(letter)) else ""


def _do(unit: Unit, tenant: Tenant, answer: Answer, letter: Letter, word: Word, now: datetime) -> Done | None:
    """Carry out one word. Returns what it led to; None where nothing was done, which is told."""
    case = _meant(unit, letter, word)
    if case is None:
        wordmail.report(unit, tenant, answer, Refusal(_not_named(letter, word), word), now)
        return None
    said = Instruction(answer.mail, letter, case, word)
    done = _tried(unit, tenant, said, now)
    if isinstance(done, str):
        wordmail.report(unit, tenant, answer, Refusal(done, word, case), now)
        return None
    spentwords.remember(unit, letter, case.ref, word)
    log.info("%s: %s: %s by reply", tenant.id, case.ref, word.say.name.lower())
    return replace(done, about=case.ref)


def _meant(unit: Unit, letter: Letter, word: Word) -> Case | None:
    """The case that a word is about: the one that it names, or the only one of the mail."""
    refs = wordmail.about(letter)
    ref = word.ref or (refs[0] if len(refs) == 1 else "")
    return unit.case(ref) if ref in refs else None


def _not_named(letter: Letter, word: Word) -> str:
    """Why no case is meant by a word."""
    refs = wordmail.about(letter)
    if not refs:
        return "which_mail"
    return "which_case" if len(refs) > 1 and not word.ref else "edited"


def _tried(unit: Unit, tenant: Tenant, said: Instruction, now: datetime) -> Done | str:
    """What a word led to, or why it does not count."""
    spent = spentwords.against(unit, said.letter, said.case.ref, said.mail, said.word)
    if why := spent or wordacts.unfit(unit, tenant, said):
        return why
    try:
        return wordacts.carry_out(unit, tenant, said, now)
    except Refused as error:
        return error.rule or ("state" if said.case.is_open else "closed")
