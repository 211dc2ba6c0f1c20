"""What the law keeps people from, whatever they write: asked by the act itself, and by the mails that offer it.

The rule kept here: staff are offered nothing that would be refused.
"""

from __future__ import annotations

import re

from mailbot.model import NO_PROOF_NEEDED, STOP_AT_ONCE, Case, Kind, Policy

#: The age that a writer gives himself, below the majority of the French law on minors' data (A-60).
_YOUNG = re.compile(
    r"\b(?:ik (?:ben|was)|was ik|ben ik|i am|i'm|i was) (?:(?:nog|maar|pas|toen|only|just) )*(?:[6-9]|1[0-7])"
    r"(?= (?:jaar|years)(?! (?:klant|lid|gebruiker|abonnee|bij|geleden|ago))| (?:en|toen|and|when)\b|[.,;:!?)]|\s*$)"
    r"|\bj'(?:ai|avais) (?:[6-9]|1[0-7]) ans(?! d)|\bik ben (?:nog )?minderjarig\b|\bje suis mineure?\b",
    re.IGNORECASE | re.MULTILINE,
)


def never_extended(case: Case, policy: Policy) -> tuple[str, str]:
    """Why the term of this case is never extended, with the rule; two empty words where it may be."""
    if case.only_breach:
        return "A report of a breach asks nothing: there is no month to extend, and 72 hours are never extended", "A-55"
    if case.kinds == (Kind.NOT_A_REQUEST,):
        return "Nothing is asked, so there is no month to extend; say first what is asked", "A-30:nothing"
    if policy.country == "FR" and (Kind.MINOR in case.kinds or _was_minor(case)):
        return "Data of a minor are erased as soon as possible; this case is never extended", "A-60"
    if case.kinds and STOP_AT_ONCE.issuperset(case.kinds):
        return "What must stop at once asks no more time; stop it and say so", "A-50:extend"
    return "", ""


def never_asked_who(case: Case) -> tuple[str, str]:
    """Why nobody asks who writes in this case, with the rule; two empty words where one may."""
    if set(case.kinds) & STOP_AT_ONCE and set(case.kinds) <= NO_PROOF_NEEDED:
        return "Whoever wants no advertising, or takes his consent back, need not show who he is", "C-05"
    return "", ""


def _was_minor(case: Case) -> bool:
    """Whether somebody who wants his data erased says that he is, or then was, younger than eighteen."""
    return Kind.ERASURE in case.kinds and any(_YOUNG.search(f"{mail.subject}\n{mail.text}") for mail in case.mails)
