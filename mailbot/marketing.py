"""Which advertising a person wants to be rid of: by which channel, at which addresses and numbers.

The rule kept here (A-50, C-05): doubt goes the person's way. Who names no channel means all of them, who names a
newsletter beside another means both; the address that wrote and those named in the mail are all meant. Only advertising
is ever meant, never mail about an order (E-25).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from mailbot.classify.normal import LONGEST, LONGEST_SENTENCE, fold
from mailbot.domains import domain_of
from mailbot.model import Marketing

MAIL: Final = "mail"
POST: Final = "post"
PHONE: Final = "phone"
SMS: Final = "sms"
ALL: Final = "all"
CHANNELS: tuple[Marketing, ...] = (MAIL, POST, PHONE, SMS)
#: So many addresses of one mail at most; more is no person who speaks of himself.
MOST_NAMED = 5

_LETTER = r"nieuwsbrie[fv]\w*|nieuwsmail\w*|newsletters?|mailings?|mailinglijst\w*|infolettres?"
_GENERAL = (
    r"reclame\w*|marketing\w*|advertenti\w*|aanbieding\w*|promoti?(?:e|es|onele?|mails?)\b|spam|aanprijzing\w*|acties\b|"
    r"publicit\w*|prospection|demarchage|offres? (?:commerciales?|promotionnelles?)|"
    r"advertis\w*|promotion\w*|special offers|werbe\w*|werbung"
)
_PAPER = r"\w*folders?|brochures?|catalogus\w*|flyers?|reclamedrukwerk|catalogues?|prospekte?"
_MARKETING = re.compile(rf"\b(?:{_LETTER}|{_GENERAL}|{_PAPER})\b")
_STOP = re.compile(
    r"\b(?:geen|niet (?:meer|langer)|nooit meer|stop\w*|ophouden|houd\w* (?:ermee |er mee )?op|"
    r"af ?meld\w*|meld\w*\b.*\baf|"
    r"uit ?schrij\w*|uitgeschreven|afgemeld|schrijf\w*\b.*\buit|haal\w*\b.*\b(?:uit|van|af)|verwijder\w*|schrap\w*|"
    r"intrek\w*|trek\w*\b.*\bin|ingetrokken|bezwaar\w*|weg met|opzeggen|zeg\w*\b.*\bop|"
    r"unsubscribe|opt.?out|no (?:more|longer)|remove|withdraw\w*|do not|don't|object|"
    r"desinscri\w*|desabonn\w*|arret\w*|ne \w+ plus|plus (?:de|recevoir)|oppos\w*|retir\w*|"
    r"abmeld\w*|keine\w*|nicht mehr|widerspr\w*|widerruf\w*|abbestell\w*)"
)
_CHANNEL: dict[Marketing, re.Pattern[str]] = {
    MAIL: re.compile(r"\b(?:e-?mails?|mails?|mailtjes?|per mail|courriels?)\b"),
    POST: re.compile(rf"\b(?:{_PAPER}|post|brievenbus|brieven|postal\w*|courrier|briefe?)\b"),
    PHONE: re.compile(
        r"\b(?:telefo\w*|bel|belt|bellen|gebeld|opbellen|telemarketing|phone|calls?|calling|appel\w*|anruf\w*)\b"
    ),
    SMS: re.compile(r"\b(?:sms\w*|whats ?app\w*|appjes?|tekstberichten|text messages?|texto)\b"),
}
#: A newsletter that comes by the channel that is named behind it.
_LETTER_BY = re.compile(
    rf"\b(?:{_LETTER})\b(?: \w+){{0,4}}? (?:per|via|met de|in de|in mijn|op|by|par|as|als) (?:\w+ )?"
    r"(?:post|brievenbus|papier|sms\w*|whats ?app|telefoon|mail|phone|paper|courrier|briefe?)\b"
)
#: A newsletter that may go on.
_LETTER_KEPT = re.compile(
    rf"\b(?:wel|alleen nog) (?:\w+ ){{0,3}}(?:{_LETTER})\b|\bhoud? (?:de|mijn|jullie|uw) (?:{_LETTER})\b|"
    rf"\b(?:{_LETTER})\b (?:(?!niet|geen|nooit)\w+ ){{0,3}}"
    r"(?:(?:be)?houden|(?:mag|mogen) (?:\w+ )?blijven|blijft|wel graag|"
    r"(?:vind ik|is|zijn) (?:wel )?(?:prima|leuk|fijn|goed))\b"
)
_NEWSLETTER = re.compile(rf"\b(?:{_LETTER})\b")
_ADVERTISING = re.compile(rf"\b(?:{_GENERAL})\b")
#: Whatever is named behind it is an example: what was said before is meant by every channel.
_ALSO = re.compile(r"\b(?:ook (?:niet|geen)|evenmin|nor|not even|non plus|auch (?:nicht|keine?))\b")
_EVERY = re.compile(
    r"\b(?:geen enkel\w* (?:vorm|soort|kanaal|manier|wijze)|op geen enkele|"
    r"welk\w* (?:kanaal|manier|vorm|wijze|weg)\b|"
    r"any (?:kind|form|channel|way)|quel que soit|aucune forme|jeglich\w*|egal wie)"
)
#: A whole mail of this word, as programs write it behind an unsubscribe button (RFC 2369), needs no other.
_BUTTON = re.compile(
    r"\W*(?:(?:unsubscribe|afmelden|afmelding|uitschrijven|uitschrijving|desinscription|desabonner|abmelden)\b\W*)+"
)
_SENTENCE = re.compile(r"[.!?;\n]+")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[A-Za-z]{2,24}")
_NUMBER = re.compile(r"(?<![\d+])(?:(?:\+|00)(3[123])[\s.-]?(?:\(0\))?|0)([1-9](?:[\s.-]?\d){7,8})(?!\d)")
_PREFIX = {"NL": "31", "BE": "32", "FR": "33"}


def names_marketing(text: str) -> bool:
    """Whether a sentence says to stop with advertising; the word alone is enough only where it is the whole mail."""
    bare = len(text) < LONGEST_SENTENCE and _BUTTON.fullmatch(fold(text)) is not None
    return bare or any(True for _ in _wishes(text))


def speaks_of_marketing(text: str) -> bool:
    """Whether advertising is named at all: enough where a consent is withdrawn."""
    return _MARKETING.search(fold(text)) is not None


def channels_of(text: str) -> tuple[Marketing, ...]:
    """The channels that a mail speaks of, in the order of `CHANNELS`; ("all",) where it names none or all."""
    found = {channel for sentence in _wishes(text) for channel in _channels(sentence)}
    if not found or ALL in found or found == set(CHANNELS):
        return (ALL,)
    return tuple(channel for channel in CHANNELS if channel in found)


def addresses_in(text: str, own: Collection[str]) -> tuple[str, ...]:
    """The mail addresses named in a text, but none of the company's own (`own`) or of its domains."""
    domains = set(map(domain_of, own))
    found = dict.fromkeys(address.lower().rstrip(".") for address in _ADDRESS.findall(text))
    return tuple(address for address in found if domain_of(address) not in domains)[:MOST_NAMED]


def numbers_in(text: str, country: str) -> tuple[str, ...]:
    """The telephone numbers named in a text, as +31612345678. `country` is where a number without one belongs."""
    found = (f"+{prefix or _PREFIX[country]}{re.sub(r'[^0-9]', '', rest)}" for prefix, rest in _NUMBER.findall(text))
    return tuple(dict.fromkeys(found))[:MOST_NAMED]


def _wishes(text: str) -> Iterator[str]:
    text = fold(text[:LONGEST])
    for sentence in _SENTENCE.split(_ADDRESS.sub("adres", text) if "@" in text else text):
        sentence = sentence[:LONGEST_SENTENCE]
        if _MARKETING.search(sentence) and _STOP.search(sentence):
            yield sentence


def _channels(sentence: str) -> set[Marketing]:
    """What one sentence means: the channels it names, and mail for a newsletter beside them; all for advertising in
    general, where none is named or the named ones are examples."""
    named = _named(sentence)
    if _ADVERTISING.search(sentence) and (not named or _of_every_sort(sentence)):
        return {ALL}
    beside = _NEWSLETTER.search(sentence) and not (_LETTER_BY.search(sentence) or _LETTER_KEPT.search(sentence))
    if not named or beside:
        named.add(MAIL)
    return named


def _named(text: str) -> set[Marketing]:
    return {channel for channel, words in _CHANNEL.items() if words.search(text)}


def _of_every_sort(sentence: str) -> bool:
    """Whether channels are named beside a wish that meant all: "no advertising, not by post either"."""
    also = _ALSO.search(sentence)
    before = sentence[: also.start()] if also else ""
    return _EVERY.search(sentence) is not None or (_ADVERTISING.search(before) is not None and not _named(before))
