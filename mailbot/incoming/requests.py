"""A mail that asks something, or may, finds its case, or opens one; also a machine's, where its content wins.

The rule kept here: doubt opens a case, so that its clock runs if it turns out to be a request (B-26).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot import events
from mailbot.app import Tenant
from mailbot.decide import asked_again, is_unreadable, opens_case
from mailbot.dispatch import decide_and_execute
from mailbot.execute import Execution
from mailbot.incoming.identify import wait_for_customers
from mailbot.incoming.understanding import Understood
from mailbot.mailbox import roles
from mailbot.model import REQUEST_KINDS, Case, Channel, Kind, Mail, Pointer, Policy, Signal, Verdict
from mailbot.sender import lookup, passed_on
from mailbot.sender.proof import answer_in
from mailbot.sender.screen import Automatic
from mailbot.store import Unit

#: Folders whose mail was judged as junk by somebody; a request found there is told to a person, not answered.
JUNK_WORDS = ("junk", "spam", "ongewenst", "indésirable", "indesirable", "pourriel", "unerwünscht")
#: Signs of a machine that also stand on what a person wrote: a forwarding rule, a form. Here the content decides.
CONTENT_WINS = frozenset({Automatic.FORWARDED, Automatic.AUTO_GENERATED, Automatic.NO_REPLY, Automatic.NULL_SENDER})


def content_wins(mail: Mail, verdict: Verdict, policy: Policy) -> bool:
    """Whether machine mail opens a case all the same: because of what it asks or who sends it, or because
    nobody could read it. A stranger's words in an invitation count like those in a mail; a list, or a colleague's
    invitation, only when it is plainly a request: newsletters and meetings speak of it too."""
    if mail.automatic in CONTENT_WINS:
        return verdict.is_request or is_unreadable(mail) or Signal.AUTHORITY_DEMAND in verdict.signals
    if mail.automatic == Automatic.OWN:
        return mail.sender is None
    if mail.automatic == Automatic.CALENDAR and mail.text and not passed_on.is_colleague(mail, policy):
        return opens_case(mail, verdict)
    return mail.automatic in (Automatic.LIST, Automatic.CALENDAR) and verdict.is_request and verdict.act == "auto"


def find_or_open(
    unit: Unit,
    tenant: Tenant,
    understood: Understood,
    pointer: Pointer | None,
    now: datetime,
    channel: Channel = "mail",
) -> Execution | None:
    """Find or open the case for a mail that a person wrote; None when it asks nothing.

    A right that the case does not hold yet is a case of its own (A-39), also where the mail speaks of both. A stranger
    to the case at which his mail points is left to a person, whatever he writes.
    """
    mail, verdict = understood.mail, understood.verdict
    received_at = passed_on.first_receipt(mail, tenant.policy)
    found = _find_case(unit, replace(passed_on.as_requester(mail), received_at=received_at), verdict)
    more = _new_rights(found.case, verdict, mail) if found.case else ()
    if found.mentions and not opens_case(mail, verdict) and not passed_on.is_colleague(mail, tenant.policy):
        verdict = replace(verdict, act="triage")
    elif found.case is None and not opens_case(mail, verdict):
        return None
    event = events.MailArrived(
        replace(mail, received_at=received_at),
        verdict,
        understood.match,
        pointer,
        ref=unit.next_ref(tenant.policy.day_of(now).year),
        junk=bool(pointer and is_junk(tenant, pointer.folder)),
        mentions=found.mentions,
        follows=found.case.ref if found.case and more else "",
        channel=channel,
    )
    done = None
    if found.case and set(more) != set(verdict.kinds):
        done = _decide_arrival(unit, tenant, found.case, event, now)
    if found.case is None or more:
        kinds = more or verdict.kinds
        done = _decide_arrival(unit, tenant, None, replace(event, verdict=replace(verdict, kinds=kinds)), now)
    return done


def _decide_arrival(
    unit: Unit, tenant: Tenant, case: Case | None, event: events.MailArrived, now: datetime
) -> Execution:
    """Let a mail join its case, or open one."""
    done = decide_and_execute(unit, tenant, case, event, now)
    if case is None and done.case:
        wait_for_customers(unit, done.case)
    return done


def _find_case(unit: Unit, mail: Mail, verdict: Verdict) -> lookup.Found:
    pointed = [unit.cases_with_message(id) for id in mail.references[:50]]
    pointed += [[case for ref in lookup.references_in(mail.subject) if (case := unit.case(ref))]]
    of_sender = unit.cases_of(mail.sender.email) if mail.sender else []
    return lookup.find_case(mail, pointed, of_sender, verdict)


def _new_rights(case: Case, verdict: Verdict, mail: Mail) -> tuple[Kind, ...]:
    """The rights asked for certain that the case does not hold yet, or that were dealt with there before."""
    asked = verdict.kinds if verdict.act == "auto" and verdict.is_request else ()
    again = () if answer_in(case, mail) else asked_again(case, verdict)
    return tuple(kind for kind in asked if kind in REQUEST_KINDS and (kind in again or kind not in case.kinds))


def is_junk(tenant: Tenant, folder: str) -> bool:
    """Whether mail in this folder was judged as junk by somebody: by its role, or by its name."""
    return any(word in folder.lower() for word in JUNK_WORDS) or folder == tenant.mailbox.role(roles.JUNK)
