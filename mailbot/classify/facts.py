"""What is true of a mail as a whole, by name, beside its words: its length, an age it states, who may leave how.

The rule kept: what differs per company enters here and nowhere else: the model learns a company's rule, not its name.
"""

from __future__ import annotations

import re

from mailbot.classify import grams
from mailbot.classify.normal import Sentence
from mailbot.classify.rules import Rules

_MONTHS = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
_NO_AGE = rf"(?! ?(?:%|[a-z]*(?:dag|week|weken|maand|uur|euro|{_MONTHS})))"
_BEING = r"\b(?:ik ben|word|wordt|is|was|van|i am|i'm) (?:nog )?(?:maar |pas )?"
_AGE = re.compile(rf"\b(\d{{1,2}})[ -]?(?:jaar|jarige?|j\b|ans\b|years?\b|jahre?\b)|{_BEING}(\d{{1,2}})\b{_NO_AGE}")
_NUMBERS = (
    *("een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf", "dertien"),
    *("veertien", "vijftien", "zestien", "zeventien"),
)
_SPELLED = {word: age for age, word in enumerate(_NUMBERS, 1)}
_SPELLED_AGE = re.compile(rf"\b({'|'.join(_NUMBERS)})[ -]?(?:jaar|jarige?)\b|{_BEING}({'|'.join(_NUMBERS[3:])})\b")
#: Words by which people take their leave; whether that asks erasure is the company's rule (B-33).
_LEAVING = re.compile(
    r"klant\w*|client\w*|klandizie|kunde|customer|gebruik\w*|gebruiker|dienst\w*|stop\w*|afscheid|kwijt|opzeg\w*|nodig|"
    r"terug\w*|terugkom\w*|laatste|nooit|einde|beeindig\w*|genoeg|overstap\w*|concurren\w*|elders|verder|langer|use|using"
)
#: Words for a child; "kleine" and "enkel" mean too much else in Dutch.
_CHILD = re.compile(
    r"\b(?:zoon\w*|dochter\w*|(?:achter)?klein(?:kind|zoon|dochter)\w*|kind(?:je|eren|lief)?|neefje|nichtje|broer\w*|"
    r"zusje|jongen\w*|meisje\w*|jongste|oudste|kleuter|puber|tiener|leerling\w*|minderjarig\w*|"
    r"son|daughter|child|kids?|boy|girl|nephew|niece|pupil|minor|teenager|"
    r"fils|fille|enfant|petit\w*|garcon|mineure?s?|sohn\w*|tochter\w*|enkel(?:in|kind|sohn|tochter)\w*|minderjahrig\w*)\b"
)
#: Below it an age is mostly that of a guarantee.
_YOUNGEST = 4
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


def is_about_child(folded: str) -> bool:
    """Whether a text speaks of a child and states an age below sixteen."""
    return any(_YOUNGEST <= age < 16 for age in ages_in(folded)) and bool(_CHILD.search(folded))


def ages_in(folded: str) -> list[int]:
    """The ages under eighteen that a text states, lowest first."""
    said = [int(one or other) for one, other in _AGE.findall(folded)]
    said += [_SPELLED[one or other] for one, other in _SPELLED_AGE.findall(folded)]
    return sorted(age for age in said if 0 < age < 18)
