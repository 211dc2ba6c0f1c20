"""Data augmentation: labelled mails as others would have sent them.

The rule kept: the labels stay true. Two mails are mixed only where it is sure what both ask together.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from passages import Pool
from synthetic import with_passages

from corpus import Labelled

#: A text of so many letters is inserted in the middle of another one.
SHORT = 160
_SENTENCE_END = re.compile(r"[.!?]\s+|\n+")
_PUNCTUATION = re.compile(r"[.,;:!?]+(?=\s|$)|\n+")


def augmented(mail: Labelled, mails: list[Labelled], pool: Pool, rng: np.random.Generator) -> Labelled:
    """With passages that say who somebody is or ask nothing, mixed with another mail, in lower or upper case, without
    punctuation, without a subject, with typing errors."""
    mail = with_passages(mail, pool, rng)
    if rng.random() < 0.25:
        mail = _mixed(mail, mails[int(rng.integers(len(mails)))], rng)
    draw = rng.random()
    if draw < 0.12:
        mail = replace(mail, subject=mail.subject.lower(), text=mail.text.lower())
    elif draw < 0.14:
        mail = replace(mail, text=mail.text.upper())
    elif draw < 0.22:
        mail = replace(mail, text=_PUNCTUATION.sub(" ", mail.text).lower())
    if mail.text and rng.random() < 0.10:
        mail = replace(mail, subject="")
    return replace(mail, text=_with_typos(mail.text, rng)) if rng.random() < 0.25 else mail


def _mixed(mail: Labelled, other: Labelled, rng: np.random.Generator) -> Labelled:
    """Both texts as one mail that asks what both ask, where that is sure: one after the other, or a short one
    inserted in a long one."""
    alone = {"deceased", "minor"} & {*mail.kinds, *other.kinds}
    long, short = sorted((mail, other), key=lambda one: len(one.text), reverse=True)
    if (
        alone
        or mail.quoted
        or other.quoted
        or len(long.text) > 1000
        or len(short.text) > 500
        or long.rules != short.rules
    ):
        return mail
    if len(short.text) <= SHORT:
        return _both(long, short, _inserted(long.text, _whole_text(short), rng))
    if len(long.text) > 500:
        return mail
    one, two = (mail, other) if rng.random() < 0.5 else (other, mail)
    return _both(one, two, f"{one.text}\n{_whole_text(two)}")


def _whole_text(mail: Labelled) -> str:
    """All that a mail says: what it asks may stand in its subject only."""
    return ". ".join(part for part in (mail.subject, mail.text) if part)


def _both(one: Labelled, two: Labelled, text: str) -> Labelled:
    kinds = tuple(dict.fromkeys(kind for kind in (*one.kinds, *two.kinds) if kind != "not_a_request"))
    return replace(one, text=text, kinds=kinds or one.kinds)


def _inserted(long: str, short: str, rng: np.random.Generator) -> str:
    """A text behind a sentence of another one, or before its first or behind its last."""
    edges = [0, *(found.end() for found in _SENTENCE_END.finditer(long)), len(long)]
    at = int(rng.choice(edges))
    return f"{long[:at]} {short} {long[at:]}".strip()


def _with_typos(text: str, rng: np.random.Generator) -> str:
    """Up to one letter in fifty left out, swapped with the one before, or typed twice."""
    letters = list(text)
    for _ in range(1 + int(len(letters) * 0.02 * rng.random())):
        if len(letters) < 20:
            break
        at, draw = int(rng.integers(1, len(letters) - 1)), rng.random()
        if draw < 0.4:
            del letters[at]
        elif draw < 0.7:
            letters[at], letters[at - 1] = letters[at - 1], letters[at]
        else:
            letters.insert(at, letters[at])
    return "".join(letters)
