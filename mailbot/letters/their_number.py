"""The number that a request generator gives its mail, by which it knows our answer again.

The rule kept here: of what a stranger wrote nothing but this one form comes back (B-05).
"""

from __future__ import annotations

import re

from mailbot.model import Case

_NUMBER = re.compile(
    r"\b(?:mijn referentie|my reference|ma référence|mein zeichen|meine referenz)\W{1,4}(\d{4}-[A-Z0-9]{6,8})\b", re.I
)
#: One of these is in every form of it. They are found at once; the form is slow to find where it is not, and a case
#: can have many mails.
_WORDS = ("referen", "référen", "zeichen")


def their_number(case: Case) -> str:
    """The requester's own number for his mail, empty where no generator made one."""
    texts = (f"{mail.subject}\n{mail.text}" for mail in case.mails)
    found = (_NUMBER.search(text) for text in texts if any(word in text.lower() for word in _WORDS))
    return next((hit[1].upper() for hit in found if hit), "")
