"""The ages that a mail states, and whether they are a child's: below the company's own limit (E-19).

The rule kept: `minor` goes only where Dutch says outright that somebody has reached the limit and nothing leaves room
for somebody younger; the right that is asked stays.
"""

from __future__ import annotations

import re

from mailbot.classify.rules import Rules
from mailbot.model import Kind

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
_N = rf"(\d{{1,2}}|{'|'.join(_NUMBERS)})"
_NAMED = r"(?:onze|mijn) (?!\w*(?:bestelling|factuur|mail|order)\b)[a-z]+"
_YOUNG = rf"\b(?:(?:klein)?(?:zoon|dochter)|jongen|meisje|hij|zij|ze|ik|{_NAMED})"
_ALREADY = r"(?:(?:nu|al|inmiddels|intussen|net|pas|sinds kort|vorige (?:week|maand)) )*"
_ENDS = r"(?=[,.;:!?)]|$| (?:en|maar|dus|is|heeft|had|wil|kan|staat) )"


def _at_age(who: str) -> tuple[re.Pattern[str], ...]:
    """How Dutch says beside a person how old he is."""
    return (
        re.compile(rf"{who}(?: [a-z]+)? ?\({_N}(?: jaar)?\)"),
        re.compile(rf"{who}(?: [a-z]+)?,? (?:van|is|ben) {_ALREADY}{_N}(?: jaar(?: oud)?)?{_ENDS}"),
        re.compile(rf"{who}(?: [a-z]+)?, {_N} jaar(?: oud)?{_ENDS}"),
    )


#: How Dutch says outright how old one young person is: "Fleur (16)", "een zoon van 16", "ze is zestien geworden".
_OUTRIGHT = (
    *_at_age(_YOUNG),
    re.compile(rf"\b(?:is|ben) {_ALREADY}{_N} (?:jaar )?(?:oud|geworden)\b"),
    re.compile(rf"\b{_N}[ -]jarige?\b(?! (?:huwelijk|garantie|jubileum|bestaan))"),
)
#: Of a child, as parents say it, also an age beyond eighteen; of anybody else it may be the writer's.
_GROWN = _at_age(r"\b(?:klein|stief|pleeg)?(?:zoon|dochter)")
_NUMBER = re.compile(rf"(?<![\w/.,:€-])(?:\d{{1,2}}|{'|'.join(_NUMBERS[3:])})(?![\w/:%]|[.,]\d)")
#: What leaves room for somebody younger: who becomes an age has not reached it, and of several one may be below it.
_PERHAPS_YOUNGER = re.compile(
    r"\b(?:word|wordt|worden|turns?|turning|wird|werde|va avoir|aura|bijna|(?:nog|net) geen|jonger\w*|onder de|"
    r"(?:zoon|dochter|broer|jonge|neef|nicht|kind)(?:er)?t?je|zusje|kinderen|jongste|kleuter|peuter|baby|allebei|beide|groep|klas|brugklas\w*|basisschool|\w*school)\b"
)
_SONS, _DAUGHTERS = (re.compile(rf"\b(?:klein)?{one}s?\b") for one in ("(?:zoon|zonen)", "dochter"))
#: Words for a child; "kleine" and "enkel" mean too much else in Dutch.
_CHILD = re.compile(
    r"\b(?:zoon\w*|dochter\w*|(?:achter)?klein(?:kind|zoon|dochter)\w*|kind(?:je|eren|lief)?|neefje|nichtje|broer\w*|"
    r"zusje|jongen\w*|meisje\w*|jongste|oudste|kleuter|puber|tiener|leerling\w*|minderjarig\w*|"
    r"son|daughter|child|kids?|boy|girl|nephew|niece|pupil|minor|teenager|"
    r"fils|fille|enfant|petit\w*|garcon|mineure?s?|sohn\w*|tochter\w*|enkel(?:in|kind|sohn|tochter)\w*|minderjahrig\w*)\b"
)
#: Below it an age is mostly that of a guarantee.
_YOUNGEST = 4


def is_about_child(folded: str) -> bool:
    """Whether a text speaks of a child and states an age below sixteen."""
    return any(_YOUNGEST <= age < 16 for age in ages_in(folded)) and bool(_CHILD.search(folded))


def ages_in(folded: str) -> list[int]:
    """The ages under eighteen that a text states, lowest first."""
    said = [int(one or other) for one, other in _AGE.findall(folded)]
    said += [_SPELLED[one or other] for one, other in _SPELLED_AGE.findall(folded)]
    return sorted(age for age in said if 0 < age < 18)


def as_age_says(kinds: tuple[Kind, ...], folded: str, rules: Rules) -> tuple[Kind, ...]:
    """The kinds without `minor`, where another right is asked for somebody whom the mail says to be old enough."""
    if Kind.MINOR not in kinds or len(kinds) == 1 or not _is_old_enough(folded, rules.minor_age):
        return kinds
    return tuple(kind for kind in kinds if kind is not Kind.MINOR)


def _is_old_enough(folded: str, limit: int) -> bool:
    outright = [_age(age) for said in _OUTRIGHT for age in said.findall(folded)]
    maybe = [*ages_in(folded), *outright, *map(_age, _NUMBER.findall(folded))]
    if any(_YOUNGEST <= age < limit for age in maybe) or _PERHAPS_YOUNGER.search(folded):
        return False
    of_both = _SONS.search(folded) and _DAUGHTERS.search(folded)
    grown = [_age(age) for said in _GROWN for age in said.findall(folded)]
    of_one = len(set(_CHILD.findall(folded))) < 2
    return (any(limit <= age < 18 for age in outright) or (of_one and any(age >= 18 for age in grown))) and not of_both


def _age(number: str) -> int:
    return _SPELLED[number] if number in _SPELLED else int(number)
