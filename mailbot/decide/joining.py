"""A case that is no request of its own: its mails go to the earlier case of the same person, and it closes.

The rules kept here: no day is lost and no right is lost. The earlier receipt counts, so a case joins an earlier one
only; everything that it asks must be asked there already; and nobody's mail goes into somebody else's case.
"""

from __future__ import annotations

from dataclasses import replace

from mailbot import actions as do
from mailbot import events
from mailbot.decide import measures
from mailbot.decide.decision import Decision
from mailbot.errors import Refused
from mailbot.model import Case, Item, Kind, Outcome
from mailbot.sender.lookup import person_addresses


def belong(decision: Decision, event: events.BelongsTo) -> None:
    """Close the later case; its mails and its thread leave it."""
    case, other = decision.case, event.other
    _refuse(case, other, event.reason)
    undecided = tuple(item if item.outcome is not Outcome.OPEN else _no_request(item) for item in case.items)
    decision.do(do.SetItems(undecided), *measures.withdraw(case, f"it belongs to {other.ref}"))
    decision.do(do.Remark(f"belongs to {other.ref}: {event.reason}"), do.HandOver(other.ref))
    decision.do(do.CloseCase(decision.now, f"belongs to {other.ref}"))


def _no_request(item: Item) -> Item:
    return replace(item, outcome=Outcome.NO_REQUEST)


def take_over(decision: Decision, event: events.TakesOver) -> None:
    """The earlier case has the mails from now on, and answers to them find it."""
    known = {mail.key for mail in decision.case.mails}
    decision.do(*(do.AddMail(mail) for mail in event.later.mails if mail.key not in known))
    decision.do(*(do.JoinThread(id) for id in event.later.thread if id not in decision.case.thread))
    decision.do(do.Remark(f"the mails of {event.later.ref} belong here"))


def give_back(decision: Decision, event: events.GivesBack) -> None:
    """The earlier case is without them again; what came in answer since the two were joined stays where it came."""
    decision.do(do.GiveUp(event.keys, event.thread), do.Remark(f"the mails of {event.later} do not belong here"))


def _refuse(case: Case, other: Case, reason: str) -> None:
    if case.ref == other.ref:
        raise Refused(f"{case.ref} is this case itself")
    if not reason.strip():
        raise Refused(f"Say why it belongs to {other.ref}")
    if not other.is_open:
        raise Refused(f"{other.ref} is closed; `mailbot reopen {other.ref} --reason ...` first")
    if other.received_at > case.received_at:
        raise Refused(f"{other.ref} came later, and the first receipt counts: link {other.ref} to {case.ref}", "A-04")
    if not _same_person(case, other):
        cure = f"say first which customer it is: `mailbot link {case.ref} --customer`"
        raise Refused(f"{other.ref} is of somebody else; {cure}", "C-03")
    asked = [kind for kind in case.kinds if kind not in other.kinds and kind is not Kind.NOT_A_REQUEST]
    if asked:
        both = ",".join((*other.kinds, *asked))
        raise Refused(f"It asks {', '.join(asked)} too: `mailbot correct {other.ref} {both}` first", "F-15")


def _same_person(case: Case, other: Case) -> bool:
    same_customer = bool(case.customer_id) and case.customer_id == other.customer_id
    return same_customer or bool(person_addresses(case) & person_addresses(other))
