"""Mails that a colleague only passed on: the words that count are the inner mail's.

The rule kept: only a bare forward is opened, one without words of its own or with no more than "zie onder"; a
colleague, who writes from the domain that he writes to, may say more. The inner sender is a mentioned person, no proven
one: From stays the forwarder, and a person decides about the reply.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailbot.domains import domain_of, is_provider
from mailbot.model import Address
from mailbot.parse import addresses, moments, quote_headers, quotes, vocabulary
from mailbot.parse.quote_headers import QuoteHeaderKind
from mailbot.parse.quotes import Cut

MAX_INNER = 3
_MAX_WORDS = 25

_PASSED_ON = re.compile(rf"\b{vocabulary.PASSED_ON}\b", re.IGNORECASE)
_FORWARD_SUBJECT = re.compile(vocabulary.FORWARD_SUBJECT, re.IGNORECASE)
_ANSWER_SUBJECT = re.compile(vocabulary.ANSWER_SUBJECT, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Inner:
    """The mail inside a forward: who wrote it and his own words."""

    sender: Address | None
    own: str
    quoted: str
    sent_at: datetime | None = None  # as the forwarder's program wrote it; naive where it wrote no offset
    message_id: str = ""  # where the whole mail was enclosed


def is_bare(added: str) -> bool:
    """Whether the forwarder's own words say no more than that he passes something on."""
    words = added.split()
    return not words or (len(words) <= _MAX_WORDS and _PASSED_ON.search(added[:1_000]) is not None)


def inline(cut: Cut, subject: str, colleague: bool = False, depth: int = 0) -> Inner | None:
    """The forwarded mail under the opener, if the mail above it is bare. Van and Onderwerp alone open a quote as
    well as a forward; there the subject's Re: or Antw: tells an empty answer."""
    cut = _lifted(cut)
    if not _is_forward(cut, subject, colleague):
        return None
    sender, sent_at, body = _opened(_unmarked(list(cut.rest)))
    inner = quotes.cut("\n".join(body))
    if not inner.own:
        return None
    deeper = inline(inner, "", colleague, depth + 1) if depth < MAX_INNER and inner.opening is not None else None
    if deeper is not None:
        own = _together(inner.added, deeper.own)
        return Inner(deeper.sender or sender, own, deeper.quoted, deeper.sent_at or sent_at)
    return Inner(sender, inner.own, inner.quoted, sent_at)


def _is_forward(cut: Cut, subject: str, colleague: bool) -> bool:
    if cut.opening is QuoteHeaderKind.FORWARD:
        return colleague or is_bare(cut.added)
    if cut.opening not in (QuoteHeaderKind.FIELDS, QuoteHeaderKind.ORIGINAL) or _ANSWER_SUBJECT.match(subject[:40]):
        return False
    return is_bare(cut.added) or (colleague and _FORWARD_SUBJECT.match(subject[:40]) is not None)


def is_colleague(sender: Address | None, recipients: Iterable[str], colleagues: Iterable[str] = ()) -> bool:
    """Whether somebody is known as one, or writes from the domain of one or of the recipient. Not where the domain is a
    provider's and strangers are neighbours."""
    if sender is None:
        return False
    known = {email.lower() for email in colleagues}
    if sender.email.lower() in known:
        return True
    domain = domain_of(sender.email)
    domains = {domain_of(email) for email in (*recipients, *known)}
    return domain != "" and domain in domains and not is_provider(domain)


def _lifted(cut: Cut) -> Cut:
    """Apple and Orange put `> ` before the opener too: the mail under the marks, where nothing stands above them."""
    if not cut.only_quote or cut.opening is not None:
        return cut
    lines = cut.own.split("\n")
    lifted = quotes.cut("\n".join(_unmarked(lines)))
    return (
        lifted if lifted.opening in (QuoteHeaderKind.FORWARD, QuoteHeaderKind.FIELDS, QuoteHeaderKind.ORIGINAL) else cut
    )


def _together(before: str, after: str) -> str:
    return f"{before}\n\n{after}" if before else after


def _unmarked(lines: list[str]) -> list[str]:
    """Apple puts `> ` before a whole forwarded mail: one level of it goes."""
    told = [line for line in lines if line.strip() and not quote_headers.find([line, "Van:"], 0)]
    marked = sum(line.lstrip().startswith(">") for line in told)
    if not told or marked * 10 < len(told) * 8:
        return lines
    return [line.lstrip()[1:].removeprefix(" ") if line.lstrip().startswith(">") else line for line in lines]


def _opened(lines: list[str]) -> tuple[Address | None, datetime | None, list[str]]:
    """The sender and the moment named in the fields on top, and the body under them."""
    sender: Address | None = None
    sent_at: datetime | None = None
    seen = False
    strange = 0
    for at, line in enumerate(lines):
        group, value = quote_headers.field_of(line)
        if group and group != "form":
            seen, strange = True, 0
            sender = sender or (addresses.mentioned(value) if group == "from" else None)
            sent_at = sent_at or (moments.written(value) if group == "sent" else None)
        elif quote_headers.bare(line) == "":
            if seen and not _field_follows(lines, at):
                return sender, sent_at, lines[at + 1 :]
        elif seen or at > 0:
            strange += 1
            if strange > 2 or not _field_follows(lines, at):
                return sender, sent_at, lines[at:]
    return sender, sent_at, []


def _field_follows(lines: list[str], at: int) -> bool:
    following = [line for line in lines[at + 1 : at + 4] if quote_headers.bare(line)][:1]
    return any(quote_headers.field_of(line)[0] not in ("", "form") for line in following)
