"""For whom the reader of a letter asks: for himself, or for somebody else, as a representative, a parent or an heir.

The rule kept here: who asks for another is not told that the data are his. Where it is not sure the words fit both:
"the data" is never wrong. The owner of the address on file always reads about himself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mailbot.letters.render import Value
from mailbot.model import Case, Kind, Policy, Signal, asks_for_another

_OWN: dict[str, Value] = {"uw": "uw", "uw_het": "uw", "Uw": "Uw", "van_u": "van u"}
_OF_OTHER: dict[str, Value] = {"uw": "de", "uw_het": "het", "Uw": "De", "van_u": "van deze persoon"}


def words_for(case: Case, to: str, policy: Policy) -> dict[str, Value]:
    """The words that differ, for the templates."""
    other = asks_for_another(case, to)
    through_another = Signal.REPRESENTATIVE in case.signals
    known: dict[str, Value] = {"for_other": other, "through_another": through_another, "on_paper": not to}
    return known | {"outside_gdpr": outside_gdpr(case.kinds, policy)} | (_OF_OTHER if other else _OWN)


def phrases_for(case: Case, to: str, phrases: Mapping[str, Mapping[str, str]], table: str) -> Mapping[str, str]:
    """The phrases of a table in the wording for this reader; a language without such wording has one for all."""
    own = phrases[table]
    return {**own, **phrases.get(f"{table}_of_other", {})} if asks_for_another(case, to) else own


def outside_gdpr(kinds: Iterable[Kind], policy: Policy) -> bool:
    """Whether a letter is about the dead alone, where the GDPR does not cover them: nothing was refused under it, so no
    court looks at it under that law (recital 27; B-23). French law gives heirs rights of their own."""
    return set(kinds) == {Kind.DECEASED} and policy.country != "FR"
