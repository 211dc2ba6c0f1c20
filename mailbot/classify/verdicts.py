"""From scores to a verdict: which kinds, with which words, how certain, and whether a person must look."""

from __future__ import annotations

import numpy as np

from mailbot.classify.language import language_of
from mailbot.classify.linear import Linear, Scores
from mailbot.classify.normal import Sentence
from mailbot.classify.reading import Reading, pieces
from mailbot.classify.rules import Rules
from mailbot.classify.signals import signals_of
from mailbot.model import REQUEST_KINDS, Kind, Reason, Verdict

KINDS = tuple(Kind)
#: What is recorded unchecked: few mails, and nearly all of them exactly right (`make eval` prints how many).
CERTAIN = 0.62
#: A score below which no mail with a request was found among those taken for mail that asks nothing.
FAR = -3.5
_FIRST = (Kind.BREACH_REPORT, Kind.MINOR, Kind.DECEASED)


def judge(reading: Reading, model: Linear, rules: Rules) -> Verdict:
    """The verdict on one mail."""
    scores = model.scores(pieces(reading))
    kinds = chosen(scores)
    reasons = tuple(_reason(kind, reading, model) for kind in kinds if kind in REQUEST_KINDS)
    certainty = certainty_of(scores, kinds)
    signals = signals_of(" . ".join(sentence.folded for sentence in reading.own))
    act = "auto" if _may_pass(kinds, certainty, scores, bool(reading.quoted)) else "triage"
    quoted = tuple(reason for reason in reasons if reason.quote)
    return Verdict(kinds, certainty, act, language_of(reading.tokens), quoted, signals)


def _may_pass(kinds: tuple[Kind, ...], certainty: float, scores: Scores, answers: bool) -> bool:
    """Whether the kinds may be recorded unchecked.

    Mail that asks nothing passes only if no right comes near, and never as a short answer to what stands in the quote.
    """
    if any(kind in REQUEST_KINDS for kind in kinds):
        return certainty >= CERTAIN
    if answers:
        return False
    nearest = max(float(score) for kind, score in zip(KINDS, scores, strict=True) if kind in REQUEST_KINDS)
    return certainty >= CERTAIN and nearest <= FAR


def chosen(scores: Scores) -> tuple[Kind, ...]:
    """The kinds asked, the one to be named first in front."""
    best = KINDS[int(np.argmax(scores))]
    if best is Kind.NOT_A_REQUEST:
        return (best,)
    others = [kind for kind, score in zip(KINDS, scores, strict=True) if score > 0 and kind is not Kind.NOT_A_REQUEST]
    return in_order({best, *others}, scores)


def in_order(kinds: set[Kind], scores: Scores) -> tuple[Kind, ...]:
    """Breach, minor and deceased first; then the strongest."""
    rank = {kind: float(score) for kind, score in zip(KINDS, scores, strict=True)}
    return tuple(sorted(kinds, key=lambda kind: (kind not in _FIRST, -rank[kind])))


def certainty_of(scores: Scores, kinds: tuple[Kind, ...]) -> float:
    """The chance that exactly these kinds are asked, as if kinds were independent."""
    chance = 1 / (1 + np.exp(-scores.astype(np.float64)))
    right = [chance[at] if kind in kinds else 1 - chance[at] for at, kind in enumerate(KINDS)]
    return float(np.prod(right))


def _reason(kind: Kind, reading: Reading, model: Linear) -> Reason:
    """The sentence that speaks most for a kind."""
    at = KINDS.index(kind)
    best: tuple[float, Sentence | None] = (-np.inf, None)
    for sentence in reading.own:
        score = float(model.scores(pieces(Reading((sentence,), ())))[at])
        if score > best[0]:
            best = (score, sentence)
    return Reason(kind, best[1].written if best[1] else "")
