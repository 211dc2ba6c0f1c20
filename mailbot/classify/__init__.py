"""What a mail asks: its own text in, a Verdict out.

    classify(subject, text, quoted, rules)
      normal     one spelling, sentences that remember their place
      reading    the mail as sentences and features    grams, clusters, concepts, grammar, facts
      scoring    the logits of an ensemble: linear models and a network    model, linear, network
      verdicts   calibrated: which kinds, how certain, may it be recorded unchecked    opting_out, signals

The rule kept: the same mail always gets the same verdict, and every request kind carries the words that decided it.
What computes with the model is imported with it: most commands sort nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from mailbot.classify.rules import GENERAL, Rules
from mailbot.model import Kind, Verdict

if TYPE_CHECKING:
    from mailbot.classify.sorting import Model

__all__ = ["GENERAL", "Classifier", "Rules", "load_classifier"]


@dataclass(frozen=True)
class Classifier:
    """The sorter: a trained model as a value. Without one it leaves every mail to a person."""

    model: Model | None = None

    @classmethod
    def empty(cls) -> Classifier:
        """For commands that sort nothing."""
        return cls()

    def classify(self, subject: str, text: str, *, quoted: str = "", rules: Rules = GENERAL) -> Verdict:
        """What the mail asks. `text` is the writer's own text, `quoted` what was cut from it."""
        if self.model is None:
            return Verdict((Kind.NOT_A_REQUEST,), 0.0, "triage")
        from mailbot.classify import sorting

        return sorting.judge(sorting.read(subject, text, quoted), self.model, rules)

    def nearest_right(self, subject: str, text: str, *, quoted: str = "", rules: Rules = GENERAL) -> float:
        """The probability, 0 to 1, of the right that comes nearest, also when the verdict is that nothing is asked."""
        if self.model is None:
            return 1.0
        from mailbot.classify import sorting

        return sorting.nearest(sorting.read(subject, text, quoted), self.model, rules)


def load_classifier() -> Classifier:
    """The sorter that is shipped."""
    from mailbot.classify import sorting

    stored = files("mailbot.classify").joinpath("model.npz")
    if not stored.is_file():
        return Classifier.empty()
    return Classifier(sorting.load(stored.read_bytes(), sorting.load_network()))
