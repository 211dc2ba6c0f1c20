"""A letter that waits for a person is put before one: by mail, whole, to be let go or stopped with a word.

The rule kept here: each waiting letter is put before people once, in working hours, and stays where it is until one of
them says something.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from mailbot import absence
from mailbot import actions as do
from mailbot.app import Tenant
from mailbot.deadlines import leaves_at
from mailbot.decide import sending
from mailbot.execute import company_key
from mailbot.letters.in_words import held_reason
from mailbot.letters.render import Value, clean
from mailbot.model import SECOND_LOOK, Case, Letter, LetterState, Policy
from mailbot.outgoing import drafts
from mailbot.store import Unit

#: So many letters a day are put before people; the rest follow, and all are in the Monday summary. Of many at once one
#: mail is made (`outgoing.gathering`).
MOST_A_DAY = 100


def put_before_people(tenant: Tenant, now: datetime) -> int:
    """Write the mails about letters that wait. Returns how many letters were new."""
    told = 0
    with tenant.store.unit() as unit:
        policy = absence.policy_now(unit, tenant)
        today = f"held_told:{policy.day_of(now)}"
        before = int(unit.note(today) or 0)
        for letter in unit.letters(LetterState.HELD):
            if before + told >= MOST_A_DAY or unit.letter(_token(letter)):
                continue
            if (case := unit.case(letter.ref)) and not _goes_with_another(letter, case):
                _tell(unit, tenant, policy, case, letter, now)
                told += 1
        if told:
            unit.put_note(today, str(before + told))
    return told


def _goes_with_another(letter: Letter, case: Case) -> bool:
    """Whether it is a further part of a copy: people look at the copy once."""
    packed = case.work.packed_in(letter.token)
    return letter.why == SECOND_LOOK and packed is not None and letter.token != packed.token


def _token(letter: Letter) -> str:
    """The token of the mail about this letter, as it was held this time."""
    mark = hashlib.sha256(f"{letter.token}|{letter.why}".encode()).hexdigest()[:16]
    return f"{letter.ref}:held:{mark}"


def _tell(unit: Unit, tenant: Tenant, policy: Policy, case: Case, letter: Letter, now: datetime) -> None:
    phrases = tenant.letters.phrases["nl"]
    extra: dict[str, Value] = {
        "letter_name": phrases["letters"].get(letter.template, "De brief"),
        "letter_why": held_reason(letter.why, phrases["held"]),
        "letter_token": letter.token,
        "letter_to": clean(letter.to, 254),
        "letter_subject": clean(letter.subject, 200),
        "letter_text": letter.text,
        "on_paper": letter.is_on_paper,
        "second_look": letter.why == SECOND_LOOK,
        "as_drafts": drafts.lays(tenant),
    }
    moment = leaves_at(now, None, policy.hours, policy.country, policy.zone)
    first = do.Send(_token(letter), "letter_held", policy.contact_email, "staff", LetterState.QUEUED)
    for send in sending.to_both(first, policy, deputy=False):
        mail = tenant.letters.compose(send, case, policy, now, company_key(unit), extra)
        unit.put_letter(replace(mail, covers=(letter.token,), enclosed=(), next_try=moment))
