"""Passages of the pool with a made-up person's name, dates and numbers, put into mails that teach.

So the sorter learns that who somebody is speaks for no kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
from beside import Pool, beside
from faker import Faker

from corpus import Labelled

#: In so many mails, and in so many of these a second one.
PUT_IN, SECOND = 0.3, 0.4
_BLANK = re.compile(r"\{(\w+)\}")
_AT_HOME = {"nl": ("nl_NL", "nl_BE"), "fr": ("fr_FR", "fr_BE"), "de": ("de_DE",), "en": ("en_GB",)}
_BORN = ("%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d-%m-'%y")
#: How firms number their customers and orders; # is a digit.
_CUSTOMER = ("KL-#####", "######", "C####-##", "########", "K######")
_ORDER = ("2025-#####", "######", "ORD######", "#########")


def with_passages(mail: Labelled, pool: Pool, chance: np.random.Generator) -> Labelled:
    """The mail, mostly as it is; else with one or two passages of its language in its text."""
    known = pool.get(mail.language)
    if not known or not mail.text.strip() or chance.random() >= PUT_IN:
        return mail
    for _ in range(1 + int(chance.random() < SECOND)):
        passage = known[int(chance.integers(len(known)))]
        mail = beside(mail, replace(passage, text=_filled(passage.text, mail.language, chance)), chance)
    return mail


def _filled(text: str, language: str, chance: np.random.Generator) -> str:
    homes = _AT_HOME[language]
    one = _somebody(homes[int(chance.integers(len(homes)))])
    one.seed_instance(int(chance.integers(2**31)))
    return _BLANK.sub(lambda blank: _WRITTEN[blank[1]](one), text)


@cache
def _somebody(home: str) -> Faker:
    return Faker(home)


_WRITTEN: dict[str, Callable[[Faker], str]] = {
    "naam": lambda one: one.name(),
    "voornaam": lambda one: one.first_name(),
    "straat": lambda one: one.street_address(),
    "postcode": lambda one: one.postcode(),
    "plaats": lambda one: one.city(),
    "geboorteplaats": lambda one: one.city(),
    # of age: whoever is younger is another kind of mail
    "geboren": lambda one: one.date_of_birth(minimum_age=22, maximum_age=88).strftime(one.random_element(_BORN)),
    "klantnummer": lambda one: one.numerify(one.random_element(_CUSTOMER)),
    "bestelnummer": lambda one: one.numerify(one.random_element(_ORDER)),
    "telefoon": lambda one: one.phone_number(),
    "mail": lambda one: one.ascii_safe_email(),
    "bedrijf": lambda one: one.company(),
    "jaar": lambda one: one.year(),
}
