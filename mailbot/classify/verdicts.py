"""From scores to a verdict: which kinds, with which words, how certain, and whether a person must look."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mailbot.classify.directives import as_directives
from mailbot.classify.facts import is_about_child
from mailbot.classify.hearing import MOST_SENTENCES, Heard, familiar, hear, loudest_apart, spoken
from mailbot.classify.invoking import invokes
from mailbot.classify.language import language_of
from mailbot.classify.leaving import as_company_says
from mailbot.classify.model import Chances, Model, Trust, chances_of
from mailbot.classify.reading import Reading
from mailbot.classify.rules import Rules
from mailbot.classify.signals import signals_of
from mailbot.model import REQUEST_KINDS, Kind, Reason, Signal, Verdict

KINDS = tuple(Kind)
_FIRST = (Kind.BREACH_REPORT, Kind.MINOR, Kind.DECEASED)
#: What is asked about a deceased person's record is no right of its own; only a near-certain one is the writer's own.
_OWN_RECORD = 0.95
#: From these scores the words alone, and a stretch of mail heard apart, speak for a right. Of 152 requests in one line
#: of a long mail, by writers whom the network had not read, it missed eight in the whole and none in a stretch.
_IN_WORDS, _APART = -2.5, -1.5
#: As certain as this, the words may speak a little for a right, and one may come a little nearer: of 1,650 requests by
#: writers whom the network had not read, none was passed over at more than 0.96.
_SURE = 0.99
#: Of a mail that passes as asking nothing at least so many words must be known: in a language or a dialect that the
#: sorter never read, it hears no right either.
_FAMILIAR = 0.5
#: Who speaks for another, or threatens with the authority, is never passed over.
_WEIGHTY = frozenset({Signal.REPRESENTATIVE, Signal.DEADLINE_THREAT})
_NOTHING = KINDS.index(Kind.NOT_A_REQUEST)
_REQUESTS = np.array([kind in REQUEST_KINDS for kind in KINDS])


def judge(reading: Reading, model: Model, rules: Rules) -> Verdict:
    """The verdict on one mail. One without a word asks nothing that could be quoted: a person looks."""
    if not spoken(reading):
        return Verdict((Kind.NOT_A_REQUEST,), 0.0, "triage", language_of(reading.tokens))
    heard = hear(reading, model.ears, rules)
    chances = chances_of(heard.voices, model.trust)
    kinds = as_directives(as_company_says(chosen(chances, model.trust.named_from), reading, rules), reading)
    certainty = certainty_of(heard.voices, chances, kinds, model.trust, bool(reading.quoted))
    signals = signals_of(_folded(reading))
    reasons = _reasons(kinds, reading, heard)
    verdict = Verdict(kinds, certainty, "triage", language_of(reading.tokens), reasons, signals)
    may_pass = certainty >= rules.certain and _may_pass(verdict, heard, model, reading)
    return replace(verdict, act="auto") if may_pass else verdict


def _may_pass(verdict: Verdict, heard: Heard, model: Model, reading: Reading) -> bool:
    """Whether the kinds may be recorded unchecked, if they are certain: never of mail that was not read to its end.

    Mail that asks nothing passes only if its words are known, no signal weighs, no right is invoked, no child of a
    stated age is spoken of, and no stretch of it apart speaks for a right; unless it is sure, no right may come near,
    nor the words alone speak for one. Never as a short answer to the quote, nor if it is too long to be heard whole.
    """
    if not (reading.own and reading.whole):
        return False
    return any(kind in REQUEST_KINDS for kind in verdict.kinds) or (
        not reading.quoted
        and len(reading.own) <= MOST_SENTENCES
        and familiar(reading, model.ears) > _FAMILIAR
        and _WEIGHTY.isdisjoint(verdict.signals)
        and not (invokes(_folded(reading)) or is_about_child(_folded(reading)))
        and (verdict.certainty >= _SURE or _is_quiet(heard, model.trust))
        and _loudest(loudest_apart(reading, model.ears)) < _APART
    )


def _is_quiet(heard: Heard, trust: Trust) -> bool:
    """Whether no right comes near and the words alone speak for none."""
    return _loudest(chances_of(heard.voices, trust)) < trust.near and _loudest(heard.voices[0]) < _IN_WORDS


def _folded(reading: Reading) -> str:
    return " . ".join(sentence.folded for sentence in reading.own)


def nearest(reading: Reading, model: Model, rules: Rules) -> float:
    """The chance of the right that comes nearest, 0 to 1."""
    heard = hear(reading, model.ears, rules)
    return _loudest(chances_of(heard.voices, model.trust))


def _loudest(said: NDArray[np.float64]) -> float:
    """What is said for the right that most is said for."""
    return float(said[_REQUESTS].max())


def chosen(chances: Chances, named_from: float) -> tuple[Kind, ...]:
    """The kinds asked, the one to be named first in front."""
    best = int(np.argmax(chances))
    if best == _NOTHING:
        return (Kind.NOT_A_REQUEST,)
    named = {kind for kind, chance in zip(KINDS, chances, strict=True) if chance >= named_from} | {KINDS[best]}
    if KINDS[best] is Kind.DECEASED:
        named = {kind for kind in named if kind is Kind.DECEASED or chances[KINDS.index(kind)] >= _OWN_RECORD}
    return in_order(named - {Kind.NOT_A_REQUEST}, chances)


def in_order(kinds: set[Kind], chances: Chances) -> tuple[Kind, ...]:
    """Breach, minor and deceased first; then the most likely."""
    rank = dict(zip(KINDS, chances.tolist(), strict=True))
    return tuple(sorted(kinds, key=lambda kind: (kind not in _FIRST, -rank[kind])))


def certainty_of(
    voices: NDArray[np.float64], chances: Chances, kinds: tuple[Kind, ...], trust: Trust, answers: bool
) -> float:
    """The chance that exactly these kinds are asked."""
    signs = signs_of(voices, chances, kinds, trust.named_from, answers)
    return float(1 / (1 + np.exp(-(trust.signs[:-1] @ signs + trust.signs[-1]))))


def signs_of(
    voices: NDArray[np.float64], chances: Chances, kinds: tuple[Kind, ...], named_from: float, answers: bool
) -> NDArray[np.float64]:
    """What certainty is read from: all choices, the weakest ones, which parts agree, what sort of mail."""
    asked = np.array([kind in kinds for kind in KINDS])
    right = np.clip(np.where(asked, chances, 1 - chances), 1e-6, 1 - 1e-6)
    logits = np.log(right / (1 - right))
    agreeing = [float(np.array_equal(asked, _alone(part))) for part in voices]
    return np.array(
        [
            np.log(right).sum(),
            np.sort(logits)[:2].mean(),
            logits[asked].min(),
            *agreeing,
            float(len(kinds) > 1),
            float(Kind.NOT_A_REQUEST in kinds),
            float(answers),
        ]
    )


def _alone(part: NDArray[np.float64]) -> NDArray[np.bool_]:
    """What one part would name by itself."""
    best = int(np.argmax(part))
    named: NDArray[np.bool_] = part > 0
    if best == _NOTHING:
        named = np.zeros(len(part), bool)
    named[_NOTHING] = False
    named[best] = True
    return named


def _reasons(kinds: tuple[Kind, ...], reading: Reading, heard: Heard) -> tuple[Reason, ...]:
    """For each right asked the sentence that speaks most for it."""
    asked = [kind for kind in kinds if kind in REQUEST_KINDS]
    if not asked or not len(heard.sentences):
        return ()
    loudest, sentences = heard.sentences.argmax(axis=0), spoken(reading)
    return tuple(Reason(kind, sentences[int(loudest[KINDS.index(kind)])].written) for kind in asked)
