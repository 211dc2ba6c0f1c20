"""From logits to a verdict: which kinds, with which words, how certain, and whether a person must look."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mailbot.classify.ages import as_age_says, is_about_child
from mailbot.classify.directives import as_directives
from mailbot.classify.invoking import invokes
from mailbot.classify.keeping import keeps
from mailbot.classify.language import language_of
from mailbot.classify.leaving import as_company_says
from mailbot.classify.model import Calibration, Model, Probabilities, probabilities_of
from mailbot.classify.opting_out import as_leaving_a_list, opts_out
from mailbot.classify.reading import Reading
from mailbot.classify.rules import Rules
from mailbot.classify.scoring import (
    MAX_SENTENCES,
    MailLogits,
    logits_of,
    max_window_logits,
    quotable,
    vocabulary_coverage,
)
from mailbot.classify.showing_first import as_shown_first
from mailbot.classify.signals import signals_of
from mailbot.model import REQUEST_KINDS, Kind, Reason, Signal, Verdict

KINDS = tuple(Kind)
_FIRST = (Kind.BREACH_REPORT, Kind.MINOR, Kind.DECEASED)
#: What is asked about a deceased person's record is no right of its own; only a near-certain one is the writer's own.
_OWN_RECORD_THRESHOLD = 0.95
#: From these logits the words alone, and a window of the mail scored alone, speak for a right. Of 152 requests in one
#: line of a long mail, by writers whom the network had not read, it missed eight in the whole and none in a window.
_WORDS_THRESHOLD, _WINDOW_THRESHOLD = -2.5, -1.5
#: As certain as this, the words may speak a little for a right, and one may come a little nearer: of 1,650 requests by
#: writers whom the network had not read, none was passed over at more than 0.96.
_SURE = 0.99
#: From this logit a window of a mail that seems to ask nothing names a right for a person to look at. In 113 requests
#: that were passed over in the whole, most of them one line of a long mail, 106 times the right one; in ordinary mail
#: it named a right five times in 1,750.
_HEARD_THRESHOLD = 3.0
#: How certain one word that ends mailings is.
_PLAIN = 0.99
#: Of a mail that passes as asking nothing at least so many words must be known: in a language or a dialect that the
#: sorter never read, it finds no right either.
_MIN_COVERAGE = 0.5
#: Who speaks for another, or threatens with the authority, is never passed over.
_WEIGHTY = frozenset({Signal.REPRESENTATIVE, Signal.DEADLINE_THREAT})
_NOTHING = KINDS.index(Kind.NOT_A_REQUEST)
_REQUESTS = np.array([kind in REQUEST_KINDS for kind in KINDS])


def judge(reading: Reading, model: Model, rules: Rules) -> Verdict:
    """The verdict on one mail. One without a word asks nothing that could be quoted: a person looks."""
    language = language_of(reading.tokens)
    if not quotable(reading):
        return Verdict((Kind.NOT_A_REQUEST,), 0.0, "triage", language)
    if said := opts_out(reading):
        verdict = Verdict((Kind.DIRECT_MARKETING,), _PLAIN, "triage", language, (Reason(Kind.DIRECT_MARKETING, said),))
        return replace(verdict, act="auto") if reading.whole and rules.certain <= _PLAIN else verdict
    logits = logits_of(reading, model.ensemble, rules)
    probabilities = probabilities_of(logits.members, model.calibration)
    kinds = predicted(probabilities, model.calibration.threshold)
    kinds = _by_rules(kinds, reading, rules)
    certainty = _certainty_of(logits.members, probabilities, kinds, model.calibration, bool(reading.quoted))
    if heard := _heard_alone(kinds, certainty, reading, model):
        kinds = _by_rules(heard, reading, rules)
        certainty = _certainty_of(logits.members, probabilities, kinds, model.calibration, bool(reading.quoted))
    signals = signals_of(_folded(reading))
    reasons = _reasons(kinds, reading, logits)
    verdict = Verdict(kinds, certainty, "triage", language, reasons, signals)
    may_pass = not heard and certainty >= rules.certain and _may_pass(verdict, logits, model, reading)
    return replace(verdict, act="auto") if may_pass else verdict


def _by_rules(kinds: tuple[Kind, ...], reading: Reading, rules: Rules) -> tuple[Kind, ...]:
    """The kinds, corrected where a rule and not the model decides."""
    kinds = as_leaving_a_list(as_shown_first(as_company_says(kinds, reading, rules), reading), reading)
    return as_directives(as_age_says(kinds, _folded(reading), rules), reading)


def _may_pass(verdict: Verdict, logits: MailLogits, model: Model, reading: Reading) -> bool:
    """Whether the kinds may be recorded unchecked, if they are certain: never of mail that was not read to its end, nor
    an erasure where something must stay.

    Mail that asks nothing passes only if its words are known, no signal weighs, no right is invoked, no child of a
    stated age is spoken of, and no window of it alone speaks for a right; unless it is sure, no right may come near,
    nor the words alone speak for one. Never as a short answer to the quote, nor if it is too long to be scored whole.
    """
    if not (reading.own and reading.whole) or (verdict.kinds == (Kind.ERASURE,) and keeps(_folded(reading))):
        return False
    return any(kind in REQUEST_KINDS for kind in verdict.kinds) or (
        not reading.quoted
        and _can_be_read_closely(reading, model)
        and _WEIGHTY.isdisjoint(verdict.signals)
        and not (invokes(_folded(reading)) or is_about_child(_folded(reading)))
        and (verdict.certainty >= _SURE or _is_below_thresholds(logits, model.calibration))
        and _highest_right(max_window_logits(reading, model.ensemble)) < _WINDOW_THRESHOLD
    )


def _heard_alone(kinds: tuple[Kind, ...], certainty: float, reading: Reading, model: Model) -> tuple[Kind, ...]:
    """The right that one window of the mail speaks for by itself, where the whole says, and not surely, that nothing is
    asked. A person looks at it, and is shown the words."""
    if kinds != (Kind.NOT_A_REQUEST,) or certainty >= _SURE or not _can_be_read_closely(reading, model):
        return ()
    windows = np.where(_REQUESTS, max_window_logits(reading, model.ensemble), -np.inf)
    best = int(np.argmax(windows))
    return (KINDS[best],) if windows[best] > _HEARD_THRESHOLD else ()


def _can_be_read_closely(reading: Reading, model: Model) -> bool:
    """Whether it has few enough sentences, in words that are known: each window costs time, and noise the most."""
    return len(reading.own) <= MAX_SENTENCES and vocabulary_coverage(reading, model.ensemble) > _MIN_COVERAGE


def _is_below_thresholds(logits: MailLogits, calibration: Calibration) -> bool:
    """Whether no right comes near and the words alone speak for none."""
    return (
        _highest_right(probabilities_of(logits.members, calibration)) < calibration.near_threshold
        and _highest_right(logits.members[0]) < _WORDS_THRESHOLD
    )


def _folded(reading: Reading) -> str:
    return " . ".join(sentence.folded for sentence in reading.own)


def nearest(reading: Reading, model: Model, rules: Rules) -> float:
    """The probability of the right that comes nearest, 0 to 1."""
    logits = logits_of(reading, model.ensemble, rules)
    return _highest_right(probabilities_of(logits.members, model.calibration))


def _highest_right(scores: NDArray[np.float64]) -> float:
    """The score of the right that scores highest, of one logit or probability per kind."""
    return float(scores[_REQUESTS].max())


def predicted(probabilities: Probabilities, threshold: float) -> tuple[Kind, ...]:
    """The kinds asked, the one to be named first in front."""
    best = int(np.argmax(probabilities))
    if best == _NOTHING:
        return (Kind.NOT_A_REQUEST,)
    of_kind = dict(zip(KINDS, probabilities.tolist(), strict=True))
    named = {kind for kind in KINDS if of_kind[kind] >= threshold} | {KINDS[best]}
    if KINDS[best] is Kind.DECEASED:
        named = {kind for kind in named if kind is Kind.DECEASED or of_kind[kind] >= _OWN_RECORD_THRESHOLD}
    return in_order(named - {Kind.NOT_A_REQUEST}, probabilities)


def in_order(kinds: set[Kind], probabilities: Probabilities) -> tuple[Kind, ...]:
    """Breach, minor and deceased first; then the most likely."""
    rank = dict(zip(KINDS, probabilities.tolist(), strict=True))
    return tuple(sorted(kinds, key=lambda kind: (kind not in _FIRST, -rank[kind])))


def _certainty_of(
    logits: NDArray[np.float64],
    probabilities: Probabilities,
    kinds: tuple[Kind, ...],
    calibration: Calibration,
    is_answer: bool,
) -> float:
    """The probability that exactly these kinds are asked."""
    features = certainty_features(logits, probabilities, kinds, calibration.threshold, is_answer)
    weights = calibration.certainty_weights
    return float(1 / (1 + np.exp(-(weights[:-1] @ features + weights[-1]))))


def certainty_features(
    logits: NDArray[np.float64],
    probabilities: Probabilities,
    kinds: tuple[Kind, ...],
    threshold: float,
    is_answer: bool,
) -> NDArray[np.float64]:
    """What certainty is predicted from: the log-odds of all choices and of the weakest, which members agree, what sort
    of mail. `logits`: members x kinds."""
    asked = np.array([kind in kinds for kind in KINDS])
    right = np.clip(np.where(asked, probabilities, 1 - probabilities), 1e-6, 1 - 1e-6)
    log_odds = np.log(right / (1 - right))
    agreeing = [float(np.array_equal(asked, _predicted_by(member))) for member in logits]
    return np.array(
        [
            np.log(right).sum(),
            np.sort(log_odds)[:2].mean(),
            log_odds[asked].min(),
            *agreeing,
            float(len(kinds) > 1),
            float(Kind.NOT_A_REQUEST in kinds),
            float(is_answer),
        ]
    )


def _predicted_by(member: NDArray[np.float64]) -> NDArray[np.bool_]:
    """What one member would name by itself. `member`: its logit per kind."""
    best = int(np.argmax(member))
    named: NDArray[np.bool_] = member > 0
    if best == _NOTHING:
        named = np.zeros(len(member), bool)
    named[_NOTHING] = False
    named[best] = True
    return named


def _reasons(kinds: tuple[Kind, ...], reading: Reading, logits: MailLogits) -> tuple[Reason, ...]:
    """For each right asked the sentence that speaks most for it; of the text, where one there asks it too: people see
    the subject anyway."""
    asked = [kind for kind in kinds if kind in REQUEST_KINDS]
    if not asked or not len(logits.sentences):
        return ()
    sentences = quotable(reading)
    below = np.array([sentence.part != "subject" for sentence in sentences])
    scores = [logits.sentences[:, KINDS.index(kind)] for kind in asked]
    shown = [np.where(below, score, -np.inf) if (score[below] > 0).any() else score for score in scores]
    return tuple(Reason(kind, sentences[int(score.argmax())].written) for kind, score in zip(asked, shown, strict=True))
