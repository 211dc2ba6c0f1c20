"""When the register forgets a person: after an erasure soon, else two years after closing (F-05, F-06).

The rule kept here: soonest is when nothing can come back any more (a bounce, a reply); where something was refused, the
person keeps the time to complain or go to court. Dates are in the company's zone.
"""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from mailbot.model import Case, Kind, Outcome, Policy

#: A bounce or a reply to the confirmation comes within this; F-06 allows thirty days.
AFTER_ERASURE = timedelta(days=14)
#: Six weeks to go to court (UAVG 35(2)), counted from receipt of the answer, and a week for what is under way.
AFTER_PART_REFUSAL_NL = timedelta(weeks=7)
AFTER_PART_REFUSAL = relativedelta(months=3)
OTHERS = relativedelta(years=2)


def forget_on(case: Case, policy: Policy) -> date | None:
    """The day from which the entry is made anonymous; None while the case is open or has been made so."""
    if case.closed_at is None:
        return None
    closed = policy.day_of(case.closed_at)
    erased = [item.outcome for item in case.items if item.kind in (Kind.ERASURE, Kind.MINOR)]
    whole = Outcome.GRANTED in erased and not case.work.kept
    others = {item.outcome for item in case.items} & {Outcome.REFUSED, Outcome.PARTLY}
    if whole and not others:
        return closed + AFTER_ERASURE
    if Outcome.GRANTED in erased or Outcome.PARTLY in erased:
        return closed + (AFTER_PART_REFUSAL_NL if policy.country == "NL" else AFTER_PART_REFUSAL)
    return closed + OTHERS
