"""Which words a mail to staff has taken already: each is carried out once, whoever sends it again.

The rules kept here: a copy of a colleague's mail does nothing, so a word counts once for each mail of ours and case,
whatever stands below it (what is below is not always signed). A second, other word counts where our own server proves
that the colleague wrote it: a setting that believes unproven mail is enough for the first word only, because then who
has seen the mail in a quote has all that it takes.
"""

from __future__ import annotations

import hmac

from mailbot import chain
from mailbot.model import Letter, Mail, Trust
from mailbot.outgoing import gathering
from mailbot.staff.replywords import Say, Word
from mailbot.store import Unit


def against(unit: Unit, letter: Letter, ref: str, mail: Mail, word: Word) -> str:
    """Why this word does not count any more in answer to this mail of ours; empty when it does."""
    taken = _taken(unit, letter, ref)
    if {str(word.say), _mark(unit, ref, word)} & set(taken):
        lets_go = word.say is Say.YES and gathering.put_before(unit, letter, ref)
        return "replayed_letter" if lets_go else "replayed"
    return "again_unproven" if taken and mail.authenticated.state is not Trust.PASS else ""


def remember(unit: Unit, letter: Letter, ref: str, word: Word) -> None:
    """The word was carried out."""
    unit.put_note(_note(letter, ref), "\n".join([*_taken(unit, letter, ref), _mark(unit, ref, word)]))


def _taken(unit: Unit, letter: Letter, ref: str) -> list[str]:
    return (unit.note(_note(letter, ref)) or "").splitlines()


def _note(letter: Letter, ref: str) -> str:
    return f"spent:{letter.token}:{ref}"


def _mark(unit: Unit, ref: str, word: Word) -> str:
    """The word and what was said on its line, under the key of the case, which goes with the person (F-05). Of answers
    each mail takes one: their text stands below."""
    if word.say is Say.ANSWER:
        return str(word.say)
    said = " ".join(word.rest.casefold().split())
    key = bytes.fromhex(unit.note(f"key:{ref}") or chain.START)
    return f"{word.say} {hmac.digest(key, said.encode(), 'sha256')[:12].hex()}"
