"""Passages of the pool with synthetic names, dates and numbers (Faker), put into training mails.

So the sorter learns that who somebody is speaks for no kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
from faker import Faker
from passages import Pool, with_passage

from corpus import Labelled

#: The probability that a mail gets a passage, and that it then gets a second one.
FIRST, SECOND = 0.3, 0.4
_BLANK = re.compile(r"\{(\w+)\}")
_LOCALES = {"nl": ("nl_NL", "nl_BE"), "fr": ("fr_FR", "fr_BE"), "de": ("de_DE",), "en": ("en_GB",)}
_BORN = ("%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d-%m-'%y")
#: How firms number their customers and orders; # is a digit.
_CUSTOMER = ("KL-#####", "######", "C####-##", "########", "K######")
_ORDER = ("2025-#####", "######", "ORD######", "#########")


def with_passages(mail: Labelled, pool: Pool, rng: np.random.Generator) -> Labelled:
    """The mail, mostly as it is; else with one or two passages of its language in its text."""
    known = pool.get(mail.language)
    if not known or not mail.text.strip() or rng.random() >= FIRST:
        return mail
    for _ in range(1 + int(rng.random() < SECOND)):
        passage = known[int(rng.integers(len(known)))]
        mail = with_passage(mail, replace(passage, text=_filled(passage.text, mail.language, rng)), rng)
    return mail


def _filled(text: str, language: str, rng: np.random.Generator) -> str:
    locales = _LOCALES[language]
    faker = _faker(locales[int(rng.integers(len(locales)))])
    faker.seed_instance(int(rng.integers(2**31)))
    return _BLANK.sub(lambda blank: _VALUES[blank[1]](faker), text)


@cache
def _faker(locale: str) -> Faker:
    return Faker(locale)


_VALUES: dict[str, Callable[[Faker], str]] = {
    "naam": lambda faker: faker.name(),
    "voornaam": lambda faker: faker.first_name(),
    "straat": lambda faker: faker.street_address(),
    "postcode": lambda faker: faker.postcode(),
    "plaats": lambda faker: faker.city(),
    "geboorteplaats": lambda faker: faker.city(),
    # of age: whoever is younger is another kind of mail
    "geboren": lambda faker: faker.date_of_birth(minimum_age=22, maximum_age=88).strftime(faker.random_element(_BORN)),
    "klantnummer": lambda faker: faker.numerify(faker.random_element(_CUSTOMER)),
    "bestelnummer": lambda faker: faker.numerify(faker.random_element(_ORDER)),
    "telefoon": lambda faker: faker.phone_number(),
    "mail": lambda faker: faker.ascii_safe_email(),
    "bedrijf": lambda faker: faker.company(),
    "jaar": lambda faker: faker.year(),
}
