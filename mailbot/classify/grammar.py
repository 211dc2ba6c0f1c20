"""A sentence as concepts, and what stands together in it: what is done to what, for whom, denied or asked.

The rule kept: the names are readable ("ERASE+DATA", "not ADS", "SEE~ME"), so what this part of the model says can be
explained to the person who asks why.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mailbot.classify.concepts import BEGIN, SPLIT, WHOLE
from mailbot.classify.normal import Sentence

_WORD = re.compile(r"[a-z0-9'-]+")
_VERBS = frozenset(verb for verb, _ in SPLIT)
#: How far a particle may stand behind its verb, and a "not" before or behind what it denies.
_REACH, _BEFORE, _BEHIND = 15, 4, 3
#: Words that modify others: they pair only with what they modify.
_MODIFIERS = frozenset({"NOT", "IF", "ME", "YOU", "THEM", "WHAT", "ALL", "PAST"})


@lru_cache(maxsize=20_000)
def _concepts_of(word: str) -> tuple[str, ...]:
    """What a word, or a phrase joined by `_`, means as far as it is known."""
    found = set(WHOLE.get(word, ()))
    if "_" not in word:
        for end in range(3, min(len(word), 20) + 1):
            found |= BEGIN.get(word[:end], set())
    return tuple(sorted(found))


def names_of(sentences: tuple[Sentence, ...]) -> list[str]:
    """The concepts of each sentence, alone and in pairs."""
    return [name for sentence in sentences for name in _names(sentence)]


def _names(sentence: Sentence) -> list[str]:
    found = _tagged(_WORD.findall(sentence.folded))
    plain = {name for _, name in found}
    strong, modifiers = sorted(plain - _MODIFIERS), plain & _MODIFIERS
    pairs = {f"{one}+{two}" for at, one in enumerate(strong) for two in strong[at + 1 :]}
    modified = {f"{one}~{modifier}" for one in strong for modifier in modifiers}
    asked = {f"{name}?" for name in plain} if sentence.question else set()
    titled = {f"subject {name}" for name in strong} if sentence.part == "subject" else set()
    return sorted(plain | pairs | modified | asked | titled | _denied(found))


def _tagged(words: list[str]) -> list[tuple[int, str]]:
    """The concepts of a sentence with their places."""
    phrases = [(at, "_".join(words[at : at + size])) for size in (1, 2, 3) for at in range(len(words) - size + 1)]
    found = [(at, name) for at, phrase in phrases for name in _concepts_of(phrase)]
    return [*found, *_split_verbs(words)]


def _split_verbs(words: list[str]) -> list[tuple[int, str]]:
    """Verbs whose particle stands later: "haal dat er weer af"."""
    return [
        (at, SPLIT[word, particle])
        for at, word in enumerate(words)
        if word in _VERBS
        for particle in words[at + 1 : at + 1 + _REACH]
        if (word, particle) in SPLIT
    ]


def _denied(found: list[tuple[int, str]]) -> set[str]:
    denials = [at for at, name in found if name == "NOT"]
    return {
        f"not {name}"
        for at, name in found
        if name not in _MODIFIERS and any(-_BEHIND <= at - denial <= _BEFORE for denial in denials)
    }
