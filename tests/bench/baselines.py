"""Two simple ways to sort, to see what the sorter is worth: a list of words, and TF-IDF trained on the 240 examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

import corpus
from mailbot.model import Kind

Sorter = Callable[[corpus.Labelled], Sequence[Kind]]

#: The words that products on the market look for.
WORDS = {
    Kind.ACCESS: r"inzage|opvragen|access request",
    Kind.RECTIFICATION: r"rectificatie|corrigeren|wijzigen|adreswijziging",
    Kind.ERASURE: r"verwijder|wissen|vergetelheid|delete|erase",
    Kind.RESTRICTION: r"beperking|bevriezen",
    Kind.PORTABILITY: r"overdraagbaarheid|dataportabiliteit|overdragen",
    Kind.OBJECTION: r"bezwaar|verzet",
    Kind.DIRECT_MARKETING: r"nieuwsbrief|uitschrijven|afmelden|reclame|unsubscribe",
    Kind.CONSENT_WITHDRAWAL: r"toestemming",
    Kind.COMPLAINT: r"klacht",
    Kind.BREACH_REPORT: r"datalek|gelekt|gehackt",
    Kind.DECEASED: r"overleden",
    Kind.MINOR: r"minderjarig|mijn (?:zoon|dochter|kind)",
}


def sorters() -> dict[str, Sorter]:
    """The baselines by name."""
    return {"keywords": _by_words, "TF-IDF + LogReg on 240 examples": _by_frequency()}


def _by_words(mail: corpus.Labelled) -> list[Kind]:
    text = f"{mail.subject} {mail.text}".lower()
    return [kind for kind, words in WORDS.items() if re.search(words, text)] or [Kind.NOT_A_REQUEST]


def _by_frequency() -> Sorter:
    mails = corpus.read("examples.jsonl")
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
        OneVsRestClassifier(LogisticRegression(C=10, class_weight="balanced", max_iter=1000)),
    ).fit([f"{m.subject} {m.text}" for m in mails], [[kind in m.kinds for kind in Kind] for m in mails])

    def sort(mail: corpus.Labelled) -> list[Kind]:
        probabilities = dict(zip(Kind, model.predict_proba([f"{mail.subject} {mail.text}"])[0], strict=True))
        best = max(probabilities, key=lambda kind: probabilities[kind])
        return [best, *(kind for kind, probability in probabilities.items() if probability > 0.5 and kind is not best)]

    return sort
