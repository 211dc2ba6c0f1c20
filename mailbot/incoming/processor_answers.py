"""Answers of processors: which of our mails they answer, what they say, and what becomes of the step.

The rule kept here: an answer is known by the Message-ID of our mail, or by the code in its subject, which nobody can
guess. Words from another domain than the one we wrote to, or from an address that fails its check, are for a person.
"""

from __future__ import annotations

import hmac
import logging
import re
from datetime import datetime

from mailbot import events
from mailbot.app import Tenant
from mailbot.dispatch import decide_and_execute
from mailbot.domains import domain_of
from mailbot.execute import company_key, reply_code
from mailbot.model import Case, Letter, Mail, ProcessorRequest, ProcessorState, Trust
from mailbot.plan.processor_answers import ProcessorAnswer, read_answer
from mailbot.sender.authenticity import aligned
from mailbot.sender.screen import Automatic
from mailbot.store import Unit

log = logging.getLogger(__name__)

_CODE = re.compile(r"\b([A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4})\b")
_REF = re.compile(r"\bAVG-\d{4}-\d{4,}\b", re.IGNORECASE)
_REMINDER = ":reminder:"
#: Machine mail that no processor wrote.
_NO_ANSWER = frozenset({Automatic.LOOP, Automatic.OWN, Automatic.BOUNCE, Automatic.REPORT, Automatic.CALENDAR})


def take_processor_answer(unit: Unit, tenant: Tenant, mail: Mail, now: datetime) -> str | None:
    """The reference of the case whose question a processor answered; None if the mail answers none."""
    found = None if mail.automatic in _NO_ANSWER else _by_thread(unit, mail) or _by_code(unit, mail)
    if found is None:
        return None
    case, token, contact = found
    if not case.is_open:
        return case.ref
    words = _believed(read_answer(mail.subject, mail.text, bool(mail.automatic)), mail, contact)
    event = events.PartyAnswered(token, _state(words, token), mail.received_at, words.ticket, mail.message_id)
    decide_and_execute(unit, tenant, case, event, now)
    log.info("%s: %s: a processor answered: %s", tenant.id, case.ref, event.state)
    return case.ref


def _by_thread(unit: Unit, mail: Mail) -> tuple[Case, str, str] | None:
    """The mail of ours that this one answers."""
    for message_id in mail.references[:20]:
        letter: Letter | None = unit.letter_with_message(message_id)
        if letter and letter.audience == "processor" and (case := unit.case(letter.ref)):
            return case, letter.token.partition(_REMINDER)[0], letter.to
    return None


def _by_code(unit: Unit, mail: Mail) -> tuple[Case, str, str] | None:
    """The question whose code stands in the mail, where a ticket system lost the thread."""
    text = f"{mail.subject}\n{mail.text[:20_000]}\n{mail.quoted[:20_000]}"
    codes, key = set(_CODE.findall(text)[:20]), company_key(unit)
    for ref in list(dict.fromkeys(_REF.findall(text)))[:5] if codes else ():
        case = unit.case(ref.upper())
        for asked in case.work.asked if case else ():
            mark = reply_code(key, ref.upper(), asked.step)
            if case and any(hmac.compare_digest(mark, code) for code in codes):
                return case, asked.token, _contact(unit, asked)
    return None


def _contact(unit: Unit, asked: ProcessorRequest) -> str:
    letter = unit.letter(asked.token)
    return letter.to if letter else ""


def _believed(words: ProcessorAnswer, mail: Mail, contact: str) -> ProcessorAnswer:
    """ "Done" counts only from the party that we wrote to; a notice of receipt does no harm."""
    theirs = mail.sender is not None and aligned(domain_of(mail.sender.email), domain_of(contact))
    if words.state is ProcessorState.DONE and (not theirs or mail.authenticated.state is Trust.FAIL):
        return ProcessorAnswer(ProcessorState.UNCLEAR, words.ticket)
    return words


def _state(words: ProcessorAnswer, token: str) -> ProcessorState:
    """Data that were looked up come as a file, so a person takes them; nothing found needs nobody."""
    if words.state is ProcessorState.DONE and ":party:look_up:" in token and not words.nothing_found:
        return ProcessorState.UNCLEAR
    return words.state
