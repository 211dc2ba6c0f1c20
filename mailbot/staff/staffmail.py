"""Whether a mail is a colleague's answer to a mail of ours, and whether its From address may be believed.

The rule kept here: a colleague is whom the settings name; his address counts when it is vouched for, or when the
company chose to believe it unproven.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailbot import absence
from mailbot.model import Letter, Mail, Policy, Trust
from mailbot.sender.screen import Automatic
from mailbot.staff import replywords
from mailbot.staff.replywords import Word
from mailbot.store import Unit

#: How the tokens begin of our mails that only ask again: an answer to one is an answer to the mail before it.
UNCLEAR = "unclear:"


@dataclass(frozen=True, slots=True)
class Answer:
    """A mail, the mail of ours to staff that it answers, if any, and the words that begin its own text. `asked_again`:
    it answers one in which we said that his answer before was not understood."""

    mail: Mail
    letter: Letter | None
    words: tuple[Word, ...]
    asked_again: bool = False


def read(unit: Unit, mail: Mail) -> Answer:
    """The mail as an answer, whoever wrote it."""
    ours = next(_answered(unit, mail), None)
    again = ours is not None and ours.token.startswith(UNCLEAR)
    return Answer(mail, answered(unit, mail), tuple(replywords.read(mail.text)), again)


def staff(policy: Policy) -> frozenset[str]:
    """The contact person and the deputy: whose word by reply counts."""
    return frozenset({policy.contact_email.lower(), policy.deputy_email.lower()} - {""})


def is_from(mail: Mail, people: frozenset[str]) -> bool:
    """Whether one of these people seems to have written it."""
    return mail.sender is not None and mail.sender.email.lower() in people


def answered(unit: Unit, mail: Mail) -> Letter | None:
    """The mail to staff that this one answers, by its Message-ID."""
    found = list(_answered(unit, mail))
    return next((letter for letter in found if not letter.token.startswith(UNCLEAR)), found[0] if found else None)


def _answered(unit: Unit, mail: Mail) -> Iterator[Letter]:
    """The mails to staff that stand before this one, newest first."""
    found = (unit.letter_with_message(id) for id in mail.references[:10])
    return (letter for letter in found if letter and letter.audience == "staff")


def absence_notice(unit: Unit, mail: Mail, policy: Policy) -> tuple[str, list[Letter]] | None:
    """Who says with this mail that he is away, and the warnings that it answers; None if it is nothing such, or if our
    own server says that it is not his."""
    if mail.automatic != Automatic.AUTO_REPLY or mail.sender is None or mail.authenticated.state is Trust.FAIL:
        return None
    who, letter = absence.role_of(policy, mail.sender.email), answered(unit, mail)
    return (who, [letter] if letter else []) if who else None


def is_trusted(mail: Mail, policy: Policy) -> bool:
    """Whether the From address is proven, or the company chose to believe it unproven."""
    if mail.authenticated.state is Trust.PASS:
        return True
    return policy.trust_staff_mail and mail.authenticated.state is Trust.UNKNOWN
