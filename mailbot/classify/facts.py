"""What is true of a mail as a whole, by name, beside its words: its length, an age it states, who may leave how.

The rule kept: what differs per company enters here and nowhere else: the model learns a company's rule, not its name.
"""

from __future__ import annotations

import re

from mailbot.classify import grams
from mailbot.classify.ages import ages_in
from mailbot.classify.normal import Sentence
from mailbot.classify.rules import Rules

#: Words by which people take their leave; whether that asks erasure is the company's rule (B-33).
_LEAVING = re.compile(
    r"klant\w*|client\w*|klandizie|kunde|customer|gebruik\w*|gebruiker|dienst\w*|stop\w*|afscheid|kwijt|opzeg\w*|nodig|"
    r"terug\w*|terugkom\w*|laatste|nooit|einde|beeindig\w*|genoeg|overstap\w*|concurren\w*|elders|verder|langer|use|using"
)
_LENGTHS = (3, 8, 20, 50, 120, 300)


def facts_of(
    own: tuple[Sentence, ...], quoted: tuple[Sentence, ...], tokens: tuple[str, ...], rules: Rules
) -> list[str]:
    """The names of what is true of this mail."""
    asked = [word for sentence in quoted for word in grams.words(sentence.folded)]
    folded = " . ".join(sentence.folded for sentence in own)
    leaving = "leaves" if rules.leaving_is_erasure else "stays on file"
    return [
        *(f"asked {name}" for name in grams.word_names(asked)),
        *(f"{leaving} {word}" for word in set(tokens) if _LEAVING.fullmatch(word)),
        *(f"age {'below' if age < rules.minor_age else 'above'}" for age in ages_in(folded)[:1]),
        f"length {sum(len(tokens) > edge for edge in _LENGTHS)}",
        f"{'answers' if quoted else 'writes'}, {'with' if any(s.part == 'text' for s in own) else 'without'} text",
    ]
