"""What a mail asks: its own text in, a Verdict out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.model import Kind, Reason, Verdict


@dataclass(frozen=True, slots=True)
class Rules:
    """What differs per company (law.md B-33, E-19)."""

    leaving_is_erasure: bool = False
    minor_age: int = 16


GENERAL = Rules()

_WORDS = {
    Kind.ACCESS: r"inzage|welke gegevens|kopie van mijn gegevens|artikel 15",
    Kind.ERASURE: r"verwijder|wissen|vergeten|artikel 17|account weg",
    Kind.RECTIFICATION: r"rectific|corrig|klopt niet|nieuw adres|wijzig",
    Kind.RESTRICTION: r"beperk|bevriez",
    Kind.PORTABILITY: r"overdraag|export|artikel 20",
    Kind.OBJECTION: r"bezwaar",
    Kind.DIRECT_MARKETING: r"nieuwsbrief|reclame|uitschrijven|folder",
    Kind.CONSENT_WITHDRAWAL: r"toestemming .*(in|intrek)",
    Kind.COMPLAINT: r"klacht",
    Kind.BREACH_REPORT: r"datalek|lek\b|gehackt",
    Kind.DECEASED: r"overleden|overlijden",
    Kind.MINOR: r"mijn (zoon|dochter) van|minderjarig",
}


class Classifier:
    """Temporary keyword sorter; the seam stays."""

    @classmethod
    def empty(cls) -> Classifier:
        """For commands that sort nothing."""
        return cls()

    def classify(self, subject: str, text: str, *, quoted: str = "", rules: Rules = GENERAL) -> Verdict:
        """What the mail asks."""
        whole = f"{subject}\n{text}"
        hits = [(kind, m.group(0)) for kind, words in _WORDS.items() if (m := re.search(words, whole, re.I))]
        if not hits:
            return Verdict((Kind.NOT_A_REQUEST,), 0.6, "auto")
        return Verdict(tuple(k for k, _ in hits), 0.6, "auto", "nl", tuple(Reason(k, q) for k, q in hits))


def load_classifier() -> Classifier:
    """The sorter that is shipped."""
    return Classifier()
