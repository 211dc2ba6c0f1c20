"""What a person does to a case, through the same door as mails and time: an event, a decision, one unit of work."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from mailbot import absence, events
from mailbot.acts import answered, data_subject, new_request, restriction_lift
from mailbot.acts.permissions import permission_for
from mailbot.app import Tenant
from mailbot.checklist import Objection
from mailbot.decide import decide, posting, replying
from mailbot.errors import Refused
from mailbot.execute import Execution, execute
from mailbot.model import Case, Outcome, Policy, Status
from mailbot.sender.redaction import masked
from mailbot.store import TinyStore, Unit


def act(tenant: Tenant, ref: str, event: events.StaffActed, now: datetime) -> Execution:
    """Carry out what a person decided about a case. Raises Refused with the rule that forbids it."""
    with tenant.store.unit() as unit:
        return act_in(unit, tenant, ref, event, now)


def try_out(tenant: Tenant, ref: str, event: events.StaffActed, now: datetime) -> Execution:
    """What that would lead to, carried out on a copy that is thrown away. Raises Refused likewise."""
    with tenant.store.unit() as unit:
        case, key = unit.named_case(ref), unit.note(f"key:{ref}")
    copy = TinyStore(None)
    try:
        with copy.unit() as unit:
            unit.put_case(case)
            unit.take_ref(ref)
            unit.put_note(f"key:{ref}", key or "")
            return act_in(unit, tenant, ref, event, now)
    finally:
        copy.close()


def objections(case: Case, event: events.StaffActed, policy: Policy, now: datetime) -> tuple[Objection, ...]:
    """What speaks against the words of a letter that a person writes, without what stops it."""
    return tuple(one for one in replying.objections(case, event, policy, now) if not one.stops)


def act_in(
    unit: Unit,
    tenant: Tenant,
    ref: str,
    event: events.StaffActed,
    now: datetime,
    on_paper: bool = False,
    as_of: datetime | None = None,
) -> Execution:
    """Carry out what a person decided, inside `unit`. Raises Refused with the rule that forbids it.

    `on_paper`: its letters are for the post. `as_of`: it was decided, and told, at this moment before `now`.
    """
    tenant.require_permission(permission_for(event))
    case = unit.named_case(ref)
    if case.status is Status.ANONYMISED and not isinstance(event, events.BreachDescribed):
        raise Refused(
            f"the person of {ref} was forgotten: nothing can be written there; a new mail opens a case", "F-05"
        )
    policy = absence.policy_now(unit, tenant)
    event = _without_id_numbers(event)
    if isinstance(event, events.Corrected):
        if asked := new_request.new_request_in(case, event):
            return new_request.open_new_request(unit, tenant, case, event, asked, policy, now)
        answered.refuse_letter_under_way(unit, case, event.kinds)
    if isinstance(event, events.Answered):
        event = replace(event, instead=answered.replaceable_letters(unit, case))
    if isinstance(event, events.Answered | events.Replied):
        event = replace(event, number=_next_number(unit, ref, event))
    if isinstance(event, events.Closed) and event.once_sent:
        answered.refuse_unless_leaving(unit, case)
    data_subject.refuse_erasure(unit, case, event, policy)
    if isinstance(event, events.RestrictionLifted):
        event = restriction_lift.with_lift_request(unit, case, event, policy)
    actions = decide(case, event, policy, as_of or now)
    actions = [posting.by_post(action, policy) for action in actions] if on_paper else actions
    if isinstance(event, events.Acknowledged):
        absence.note_sign_of_life(unit, policy, event.actor, tenant.staff_member.email if tenant.staff_member else "")
    done = execute(unit, case, event, actions, policy, tenant.letters, now, as_of)
    if isinstance(event, events.RestrictionLifted) and event.asked_in and done.letters:
        restriction_lift.answer_lift_request(unit, tenant, event, done.letters[0].token, policy, now)
    return done


def _next_number(unit: Unit, ref: str, event: events.Answered | events.Replied) -> int:
    """The ordinal of the letter among those of its kind: one that was dropped or taken back keeps its own."""
    match event:
        case events.Replied():
            template = event.reply
        case events.Answered():
            template = "message" if event.outcome is Outcome.OPEN else "answer"
    return 1 + sum(letter.template == template for letter in unit.letters_of(ref))


def _without_id_numbers(event: events.StaffActed) -> events.StaffActed:
    """What a person typed, without identity numbers: they are not kept, whoever types them (C-10).

    An answer with one is refused as a whole instead.
    """
    if isinstance(event, events.Answered):
        return event
    typed = {field.name: getattr(event, field.name) for field in fields(event)}
    clean = {name: masked(text) for name, text in typed.items() if type(text) is str and name != "actor"}
    return replace(event, **clean)  # type: ignore[arg-type]
