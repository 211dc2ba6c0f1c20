"""What is said back to a colleague who worked by reply: what was done and how to undo it, or why nothing was done.

The rule kept here: it goes to the address on file and says nothing that was not so; reports are counted, so that a
flood of forged mail does not become one of ours.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot import actions as do
from mailbot.acts import answered
from mailbot.app import Tenant
from mailbot.dates import dutch_moment
from mailbot.execute import company_key
from mailbot.letters.render import Value, clean
from mailbot.model import SECOND_LOOK, Case, Letter, LetterState, Mail
from mailbot.outgoing import gathering
from mailbot.plan.next_steps import next_steps
from mailbot.staff import replywords, reservations, staffmail
from mailbot.staff.replywords import Say, Word
from mailbot.staff.staffmail import Answer
from mailbot.store import Unit

log = logging.getLogger(__name__)

#: Reports about refused words that leave in a day; a flood of forged mail must not become one of ours.
MOST_REPORTS = 10
#: Our own answers to words: a mail that answers them without a word gets no further one.
OURS = ("word_done", "words_done", "word_refused")
#: Mails about several cases, in which what was seen is said of each.
WITH_CODES = ("warnings", gathering.TEMPLATE)
#: Of these many in one answer are confirmed in one mail; what others did takes more telling.
_SHORT = frozenset({Say.YES, Say.NO_REQUEST, Say.KINDS, Say.STOP, Say.BACK, Say.NOTE})
#: What KLAAR did, by the way in which the person got his answer.
_DONE_BY = {"letter": "done_by_letter", "both": "done_by_both", "waits": "done_once_sent"}
#: A mail of ours was answered with a word before, and this one does not count beside it.
_AGAIN = ("replayed", "again_unproven")
#: What is told with a warning, because somebody else may have used the colleague's name.
_ALARMING = ("stranger", "unproven", "no_token", "forwarded", "edited", "replayed_letter", *_AGAIN)
#: A word that is refused by these rules is refused because of steps that are still open.
_BY_STEPS = ("F-15", "F-11")
#: Why a colleague is asked again what he means.
_UNCLEAR = ("talk", "doubted", "only_seen", "which_seen", "below_quote")


@dataclass(frozen=True, slots=True)
class Done:
    """What a word led to: the case, its letters, and how to undo it ("act:12", "letter:TOKEN", or nothing). `about`:
    the case in which it was said, where it led to another."""

    case: Case
    letters: tuple[Letter, ...] = ()
    undo: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a word was not carried out (a name in the table `[refused_words]` of the phrases, or the rule that forbids
    it), which word, and in which case, as far as these are known."""

    why: str
    word: Word | None = None
    case: Case | None = None


def about(letter: Letter) -> tuple[str, ...]:
    """The references of the cases that a mail to staff speaks of; none for a mail about the company."""
    covered = tuple(dict.fromkeys(token.partition(":")[0] for token in letter.covers))
    return covered or ((letter.ref,) if letter.ref else ())


def confirm(unit: Unit, tenant: Tenant, mail: Mail, done: Sequence[tuple[Word, Done]], now: datetime) -> None:
    """Tell what an answer led to, in one mail as far as that is soon told, and how to undo it."""
    short = [one for one in done if one[0].say in _SHORT]
    together = short if len({one.case.ref for _, one in short}) > 1 else []
    for word, one in done:
        if (word, one) not in together:
            _confirm(unit, tenant, mail, word, one, now)
    if together:
        _confirm_all(unit, tenant, mail, together, now)


def _confirm_all(unit: Unit, tenant: Tenant, mail: Mail, done: Sequence[tuple[Word, Done]], now: datetime) -> None:
    """One mail about many cases; an answer to it undoes what was done in one of them, by its number."""
    token = f"words:{mail.key[:24]}"
    refs = list(dict.fromkeys(one.case.ref for _, one in done))
    rows: list[dict[str, str]] = [_row(tenant, word, one) for word, one in done]
    extra: dict[str, Value] = {
        "rows": rows,
        "count": str(len(refs)),
        "can_undo": any(one.undo for _, one in done),
        "until_left": any(row["at"] for row in rows),
    }
    to = mail.sender.email if mail.sender else tenant.policy.contact_email
    send = _answering(mail, token, "words_done", to)
    letter = tenant.letters.compose(send, None, tenant.policy, now, company_key(unit), extra)
    unit.put_letter(replace(letter, covers=tuple(f"{ref}:{token}" for ref in refs)))
    for one in (one for _, one in done if one.undo):
        unit.put_note(undo_note(token, one.case.ref), one.undo)


def undo_note(token: str, ref: str) -> str:
    """Under which name it is kept how that is undone which a mail about many cases confirms in one of them."""
    return f"undo:{token}:{ref}"


def _row(tenant: Tenant, word: Word, done: Done) -> dict[str, str]:
    letters = [_line(letter, tenant) for letter in done.letters if letter.audience != "staff"]
    first = letters[0] if letters else {"state": "", "at": ""}
    return {
        "ref": done.case.ref,
        "word": word.say.value,
        "said": clean(word.rest, 300),
        "what": tenant.letters.phrases["nl"]["done_words"][_what(word, done)],
        "letters": ", ".join(letter["name"] for letter in letters),
        "state": first["state"],
        "at": first["at"],
    }


def _confirm(unit: Unit, tenant: Tenant, mail: Mail, word: Word, done: Done, now: datetime) -> None:
    """Tell what one word led to."""
    token = f"{done.case.ref}:word:{mail.key[:24]}"
    token = f"{token}:{word.say.name.lower()}" if unit.letter(token) else token  # of one mail the second word
    phrases = tenant.letters.phrases["nl"]
    kinds = phrases["kind_names"]
    extra: dict[str, Value] = {
        "word": word.say.value,
        "what": phrases["done_words"][_what(word, done)],
        "said": clean(word.rest, 300),
        "more": _unread(word),
        "second": _second(word, done.case),
        "kinds_now": [kinds.get(kind, str(kind)) for kind in done.case.kinds],
        "letters": [_line(letter, tenant) for letter in done.letters if letter.audience != "staff"],
        "still": [_line(one, tenant) for one in answered.waiting(unit, done.case)] if word.say is Say.DONE else [],
        "over": [_line(one, tenant) for one in answered.overtaken(unit, done.case, now)],
        "until_left": bool(done.case.closes_with),
        "can_undo": bool(done.undo),
        **_what_is_left(done.case, tenant, with_steps=word.say is Say.STEP),
    }
    to = mail.sender.email if mail.sender else tenant.policy.contact_email
    _send(unit, tenant, _answering(mail, token, "word_done", to), done.case, extra, now)
    if done.undo:
        unit.put_note(f"undo:{token}", done.undo)


def _unread(word: Word) -> str:
    """What a colleague typed below a word that nothing is done with; closing and signature are no such thing."""
    if word.ref or word.say in (Say.ANSWER, Say.NOTE):
        return ""
    return clean(reservations.own_words(word.below), 300)


def _second(word: Word, case: Case) -> str:
    """Another word that stands below, as it counts beside the first: with its case."""
    below = next(iter(replywords.read(_unread(word))), None)
    return f"{below.say.value} {case.ref} {below.rest}".strip() if below and not below.ref else ""


def _what(word: Word, done: Done) -> str:
    """The name of what a word did, in the table `[done_words]` of the phrases."""
    if word.say is Say.DONE:
        return _DONE_BY.get(answered.how_answered(done.case), "done")
    if done.undo.startswith("letter:"):
        return "release"
    return "no_request" if word.say is Say.YES and not done.case.is_open else word.say.name.lower()


def _what_is_left(case: Case | None, tenant: Tenant, with_steps: bool) -> dict[str, Value]:
    """Whether a word ticks a step of the plan, and the steps that are still open."""
    left = next_steps(case, tenant.policy) if case else {}
    return {name: value for name, value in left.items() if with_steps or name == "can_tick"}


def _line(letter: Letter, tenant: Tenant) -> dict[str, str]:
    names = tenant.letters.phrases["nl"]["letters"]
    leaves = letter.state is LetterState.QUEUED and letter.next_try
    return {
        "name": names.get(letter.template, "De brief"),
        "state": letter.state.value,
        "at": dutch_moment(letter.next_try, tenant.policy.zone) if leaves and letter.next_try else "",
        "text": letter.text if letter.template in ("answer", "message", "extended") else "",
    }


def report(unit: Unit, tenant: Tenant, answer: Answer, refusal: Refusal, now: datetime) -> None:
    """Tell the one whose name was used what was not done, and why; never the one who wrote."""
    log.warning("%s: a word by reply was refused: %s", tenant.id, refusal.why)
    mail, letter, word = answer.mail, answer.letter, refusal.word
    begins = staffmail.UNCLEAR if refusal.why in _UNCLEAR else "refused:"
    token = f"{begins}{mail.key[:24]}{f':{word.ref}' if word and word.ref else ''}"
    to = letter.to if letter else tenant.policy.contact_email
    own = mail if mail.sender and mail.sender.email.lower() == to.lower() else None
    if unit.letter(token) or not _may_report(unit, tenant, bool(letter and own), now):
        return
    case = refusal.case or (unit.case(about(letter)[0]) if letter and len(about(letter)) == 1 else None)
    _send(
        unit,
        tenant,
        _answering(own, token, "word_refused", to),
        case,
        _refusal_values(refusal, case, mail, tenant)
        | _what_waits(unit, tenant, letter)
        | {"said": _said(refusal, own), "meant": _meant(refusal, own)},
        now,
    )


def _may_report(unit: Unit, tenant: Tenant, answers: bool, now: datetime) -> bool:
    """Whether there were not too many reports today; counts this one. Those to who answers a mail of ours are counted
    apart: whoever has none of them in hand cannot use up what a colleague must hear about his own words."""
    today = f"word_reports:{'answers:' if answers else ''}{tenant.policy.day_of(now)}"
    count = int(unit.note(today) or 0)
    if count < MOST_REPORTS:
        unit.put_note(today, str(count + 1))
    return count < MOST_REPORTS


def _refusal_values(refusal: Refusal, case: Case | None, mail: Mail, tenant: Tenant) -> dict[str, Value]:
    """What the report says on top."""
    why, reasons = refusal.why, tenant.letters.phrases["nl"]["refused_words"]
    return {
        "word": refusal.word.say.value if refusal.word else "",
        "reason": reasons.get(why) or reasons["state"],
        "talk": why == "talk",
        "only_seen": why == "only_seen",
        "alarm": why in _ALARMING,
        "again": why in _AGAIN,
        "told_at": dutch_moment(mail.received_at, tenant.policy.zone),
        **_what_is_left(case, tenant, with_steps=why.startswith(_BY_STEPS)),
    }


def _said(refusal: Refusal, mail: Mail | None) -> str:
    """What a colleague wrote that was not understood, for himself only."""
    if mail is None or refusal.why not in ("talk", "doubted"):
        return ""
    return clean(reservations.own_words(refusal.word.below if refusal.word else mail.text), 300)


def _meant(refusal: Refusal, mail: Mail | None) -> str:
    """The line that a colleague may have meant as a word, as he has to write it; for himself only."""
    meant = replywords.in_capitals(mail.text) if mail and refusal.why == "talk" else ""
    return clean(meant, 300)


def letters_waiting(unit: Unit, letter: Letter | None) -> list[Letter]:
    """The letters that a mail to staff puts before its reader, and that still wait for his word."""
    refs = about(letter) if letter else ()
    tokens = (token for ref in refs for token in gathering.put_before(unit, letter, ref)) if letter else ()
    found = (unit.letter(token) for token in tokens)
    return [one for one in found if one and one.state is LetterState.HELD and one.why != SECOND_LOOK]


def _what_waits(unit: Unit, tenant: Tenant, letter: Letter | None) -> dict[str, Value]:
    """The letters that are let go with a word, or posted; each with its case where the mail is about several."""
    names = tenant.letters.phrases["nl"]["letters"]
    several = letter is not None and len(about(letter)) > 1
    rows: list[dict[str, str]] = [
        {
            "name": names.get(one.template, "De brief"),
            "number": one.ref if several else "",
            "posted": "yes" if one.is_on_paper else "",
            "draft": "yes" if one.lies_in_drafts else "",
        }
        for one in letters_waiting(unit, letter)
    ]
    return {"waits": rows}


def _answering(mail: Mail | None, token: str, template: str, to: str) -> do.Send:
    """A mail to staff, in the thread of the mail that it answers, if any."""
    thread = (mail.message_id, (*reversed(mail.references[:8]), mail.message_id)) if mail else ("", ())
    return do.Send(token, template, to, "staff", LetterState.QUEUED, *thread)


def _send(unit: Unit, tenant: Tenant, send: do.Send, case: Case | None, extra: dict[str, Value], now: datetime) -> None:
    letter = tenant.letters.compose(send, case, tenant.policy, now, company_key(unit), extra)
    unit.put_letter(replace(letter, enclosed=()))
