"""A person says which customer a case is about, or to which earlier case it belongs.

The rules kept here: one number or address is one customer, or nothing is linked (never the first match). Two cases are
joined in one unit of work: what was written for the later one and waits is dropped, for the earlier one answers. To
join is a decision, for it closes a case; where letters are dropped it needs the right to send as well. Taken back, both
cases are as they were; letters that were dropped stay dropped.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import actions as do
from mailbot import events
from mailbot.acts.acting import act_in
from mailbot.app import Tenant
from mailbot.customers import having
from mailbot.errors import Refused, Usage
from mailbot.execute import Execution
from mailbot.model import Case, HistoryEntry, LetterState
from mailbot.outgoing.releasing import drop_in
from mailbot.store import Unit
from mailbot.store.codec import action_from_doc

_WAITING = (LetterState.HELD, LetterState.QUEUED, LetterState.OBSERVED)


def link_event(tenant: Tenant, who: str, named: str, reason: str) -> events.CustomerLinked:
    """The event for `named`, a customer number or a mail address. Raises Usage, Refused and TryLater."""
    if tenant.customers is None:
        raise Usage(f"{tenant.id} names no customers; fill in [customers] in its file")
    kind = "address" if "@" in named else "number"
    found = {customer.id: customer for customer in having(tenant.customers, kind, named.strip())}
    if not found:
        raise Usage("no customer has this number or address; look in your own customer file")
    if len(found) > 1:
        raise Refused(f"{len(found)} customers have this number or address; name one by his customer number", "C-03")
    [customer] = found.values()
    return events.CustomerLinked(who, customer.id, customer.emails[0] if customer.emails else "", reason)


def join(tenant: Tenant, ref: str, other: str, who: str, reason: str, now: datetime) -> Execution:
    """Put the mails of case `ref` into the earlier case `other` and close it. Raises Refused and Usage."""
    with tenant.store.unit() as unit:
        later, earlier = unit.named_case(ref), unit.named_case(other)
        done = act_in(unit, tenant, ref, events.BelongsTo(who, earlier, reason), now)
        act_in(unit, tenant, other, events.TakesOver(who, later), now)
        for letter in unit.letters_of(ref):
            if letter.audience == "requester" and letter.state in _WAITING:
                tenant.require_permission("send")
                drop_in(unit, tenant, letter.token, f"the case belongs to {other}", now)
        for mail in later.mails:
            if (seen := unit.seen(mail.key)) and seen.ref == ref:
                unit.record(replace(seen, ref=other))
        return done


def separate(unit: Unit, tenant: Tenant, later: Case, act: HistoryEntry, actor: str, now: datetime) -> None:
    """The earlier case gives back what it got when `later`, as it was before that act, was joined to it."""
    [other] = [str(doc["to"]) for doc in act.actions if doc["do"] == "HandOver"]
    earlier, mark = unit.case(other), {"do": "Remark", "text": f"the mails of {later.ref} belong here"}
    got = [entry for entry in unit.history(other) if entry.event == "TakesOver" and _has(entry, mark)]
    if earlier is None or not got:
        raise Refused(f"{other} is anonymous by now, and the mails of {later.ref} with it", "undo:later")
    done = [action_from_doc(dict(doc)) for doc in got[-1].actions]
    keys = tuple(one.mail.key for one in done if isinstance(one, do.AddMail))
    ids = {one.message_id for one in done if isinstance(one, do.JoinThread)}
    own = {mail.message_id for mail in later.mails if mail.key in keys} | ids
    stays = {mail.message_id for mail in earlier.mails if mail.key not in keys}
    thread = tuple(id for id in later.thread if id in own - stays)
    act_in(unit, tenant, other, events.GivesBack(actor, later.ref, keys, thread), now)
    for key in keys:
        if (seen := unit.seen(key)) and seen.ref == other:
            unit.record(replace(seen, ref=later.ref))


def _has(entry: HistoryEntry, wanted: dict[str, str]) -> bool:
    return any(dict(doc) == wanted for doc in entry.actions)
