"""A no, in whole or in part, that the person got by another way: on paper, by telephone, in a mail of a colleague.

The rule kept here: it is held to what a no in a letter of ours is held to. It has a ground from the closed list that
this company may use against this right, reasons, the authority and the court (article 12(4); A-35), and its month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mailbot import checklist, events
from mailbot.decide import replying
from mailbot.errors import Refused
from mailbot.model import Case, Item, Kind, Outcome, Policy

#: The remark that a no by another way was complete, as a person says.
REMEDIES = "the no by another way named the authority and the court"
_DENIED = (Outcome.REFUSED, Outcome.PARTLY)


def with_grounds(case: Case, event: events.Closed, policy: Policy, told_at: datetime) -> tuple[Item, ...]:
    """What was decided about each right, once it was told by another way. Raises Refused, with the rule, where a no is
    not what the law asks of one, and for a ground where nothing was refused."""
    denied = tuple(_denied(case))
    grounds = {item.kind: _ground_of(item, event) for item in denied}
    _refuse_idle(event, grounds)
    for item in denied:
        _check(item, grounds[item.kind], case, event, policy)
    return tuple(
        replace(item, ground=grounds[item.kind], told_at=told_at) if item in denied else item for item in case.items
    )


def _denied(case: Case) -> Iterator[Item]:
    """The rights that were denied, so far as no letter of ours that left has said so."""
    yield from (item for item in case.items if item.outcome in _DENIED and item.told_at is None)


def _ground_of(item: Item, event: events.Closed) -> str:
    named = dict(event.grounds)
    return named.get(item.kind.value) or named.get("", "") or item.ground


def _refuse_idle(event: events.Closed, grounds: dict[Kind, str]) -> None:
    for kind, ground in event.grounds:
        if not grounds or (kind and kind not in grounds):
            what = f"{kind} was" if kind else "nothing was"
            raise Refused(
                f"{what} {'not ' if kind else ''}refused by another way, so {ground} is the ground of nothing", "A-35"
            )


def _check(item: Item, ground: str, case: Case, event: events.Closed, policy: Policy) -> None:
    part = item.outcome is Outcome.PARTLY
    if not (ground or part):
        usable = ", ".join(one.id for one in checklist.grounds_for(item.kind, policy)) or "none"
        raise Refused(f"A refusal has a ground: add --ground. For {item.kind} there are: {usable}", "A-35")
    if ground:
        replying.check_ground(ground, item.kind, policy, in_part=part)
    said = checklist.Draft(
        words=event.reason, kinds=(item.kind,), outcome=item.outcome, reasons=event.reason, denies=True
    )
    for one in checklist.lint(said):
        if one.rule == "A-35":
            raise Refused(f"Say with --reason which reasons the person was told: as it is, it {one.what}", "A-35")
    if not event.names_remedies:
        raise Refused(
            f"A no also names the authority and the court. It did: add --names-remedies. It did not: tell it now with "
            f"`mailbot refuse {case.ref} --ground ... --reason ... --by-letter`, which writes all of it",
            "A-35",
        )
