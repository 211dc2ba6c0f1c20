"""When the register forgets a person: after an erasure soon, else two years after closing (F-05, F-06).

The rules kept here: soonest is when nothing can come back any more (a bounce, a reply); where something was refused,
the person keeps the time to complain or go to court, also when another case of his is forgotten. Nobody is forgotten
while a restriction that he asked for is in force, because he must be told before it is lifted (article 18(3)); the two
years count from its lifting then. A freeze on objection, which ends with the decision, holds nothing back, nor does a
restriction of data that were erased since. Dates are in the company's zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from mailbot.model import Case, Kind, Outcome, Policy

#: A bounce or a reply to the confirmation comes within this; F-06 allows thirty days.
AFTER_ERASURE = timedelta(days=14)
#: Six weeks to go to court (UAVG 35(2)), counted from receipt of the answer, and a week for what is under way.
AFTER_PART_REFUSAL_NL = timedelta(weeks=7)
AFTER_PART_REFUSAL = relativedelta(months=3)
OTHERS = relativedelta(years=2)
_ERASES = frozenset({Kind.ERASURE, Kind.MINOR})
#: A restriction that ended so was never granted.
_NOT_GRANTED = frozenset({Outcome.REFUSED, Outcome.WITHDRAWN, Outcome.NO_REQUEST})


def restricts(case: Case) -> bool:
    """Whether a restriction that was granted on request is in force, of data that are still there."""
    asked = [item for item in case.items if item.kind is Kind.RESTRICTION and item.outcome not in _NOT_GRANTED]
    return case.restricted_since is not None and bool(asked) and not _gave(case, _ERASES)


def restriction_in_force(together: Sequence[Case]) -> Case | None:
    """Of all cases of a person the one whose restriction keeps him from being forgotten. One that was lifted, or whose
    data were erased, on a later request keeps nobody."""
    for case in filter(restricts, together):
        later = (one for one in together if one is not case and one.received_at >= case.received_at)
        if not any(_gave(one, _ERASES | {Kind.RESTRICTION_LIFT}) for one in later):
            return case
    return None


def _gave(case: Case, kinds: frozenset[Kind]) -> bool:
    return any(item.kind in kinds and item.outcome in (Outcome.GRANTED, Outcome.PARTLY) for item in case.items)


def contestable_until(case: Case, policy: Policy) -> date | None:
    """Until when the person can complain or go to court about what was refused in a closed case; None where nothing
    was."""
    time = _time_to_complain(case, policy)
    return policy.day_of(case.closed_at) + time if case.closed_at and time else None


def _time_to_complain(case: Case, policy: Policy) -> timedelta | relativedelta | None:
    refused = {item.outcome for item in case.items} & {Outcome.REFUSED, Outcome.PARTLY}
    if not (refused or case.work.kept):
        return None
    return AFTER_PART_REFUSAL_NL if policy.country == "NL" else AFTER_PART_REFUSAL


def forget_on(case: Case, policy: Policy, lifted_at: datetime | None = None) -> date | None:
    """The day from which the entry is made anonymous; None while the case is open, was made so, or restricts.

    `lifted_at`: when a restriction ended that had outlived the case.
    """
    if case.closed_at is None or case.anonymised_at or restricts(case):
        return None
    closed = policy.day_of(max(case.closed_at, lifted_at or case.closed_at))
    return closed + ((_time_to_complain(case, policy) or AFTER_ERASURE) if _gave(case, _ERASES) else OTHERS)
