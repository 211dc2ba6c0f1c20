"""One mail from the server to a committed decision.

The rule kept here: the record is on disk together with the cursor that moves behind it, and one bad mail never stops
the rest. A mail that breaks the program three times becomes a case for a person.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from mailbot import absence, events
from mailbot.app import Tenant
from mailbot.cursors import move_cursor, note_newest, predates_renumbering
from mailbot.decide import opens_case
from mailbot.dispatch import decide_and_execute
from mailbot.errors import TryLater
from mailbot.incoming import filing, requests
from mailbot.incoming.processor_answers import take_processor_answer
from mailbot.incoming.understanding import Understood, understand
from mailbot.mailbox import FetchedMail, Unfetched
from mailbot.model import Letter, LetterState, Mail, MailRecord, Pointer, Trust
from mailbot.operation import canary
from mailbot.outgoing import gathering, sent_mail, unreachable
from mailbot.outgoing.settling import covered_decisions
from mailbot.sender import lookup
from mailbot.sender.screen import Automatic, bounced_letter
from mailbot.staff import byreply, staffmail
from mailbot.store import Unit

log = logging.getLogger(__name__)

TRIES = 3


def take(tenant: Tenant, incoming: FetchedMail | Unfetched, clock: Callable[[], datetime]) -> None:
    """Put one mail on record, whatever it does to the program. Raises TryLater."""
    if isinstance(incoming, Unfetched):
        came = incoming.internal_date or clock()
        _record_unreadable(tenant, incoming.pointer, came, f"not fetched: {incoming.reason}", clock())
        return
    for attempt in range(tenant.intake_attempts.begin(incoming.pointer), TRIES + 1):
        try:
            _take_mail(tenant, incoming, clock())
        except TryLater:
            tenant.intake_attempts.done()  # the server's fault, or the disk's: no try of this mail
            raise
        except Exception as error:  # whatever a mail can do to the program, the next mail must come in
            log.error("%s: mail failed, attempt %d (%s)", tenant.id, attempt, type(error).__name__)
        else:
            tenant.intake_attempts.done()
            return
    tenant.intake_attempts.done()
    _record_unreadable(tenant, incoming.pointer, incoming.internal_date, "broke the program", clock())


def _take_mail(tenant: Tenant, incoming: FetchedMail, now: datetime) -> None:
    understood = understand(tenant, incoming.raw, incoming.internal_date, incoming.truncated)
    with tenant.store.unit() as unit:
        record(unit, tenant, [(incoming, understood)], lambda: now)


def record(
    unit: Unit, tenant: Tenant, mails: Sequence[tuple[FetchedMail, Understood]], clock: Callable[[], datetime]
) -> None:
    """Decide what becomes of mails of one folder that were understood, in its order, carry it out, and move the place
    in it behind them."""
    new = [told.mail.received_at for one, told in mails if _recorded(unit, tenant, one, told, clock())]
    if new:
        note_newest(unit, max(new), clock())
    move_cursor(unit, mails[-1][0].pointer)


def _recorded(unit: Unit, tenant: Tenant, incoming: FetchedMail, understood: Understood, now: datetime) -> bool:
    """Record one mail; whether it was not on record before."""
    mail = understood.mail
    if known := unit.seen(mail.key):
        _found_again(unit, tenant, known, incoming.pointer, mail.received_at, now)
        if case := unit.case(known.ref):
            filing.moved(unit, tenant, case, known.key, incoming.pointer, now)
        return False
    seen = _dispose(unit, tenant, incoming, understood, now)
    unit.record(seen)
    log.info("%s: mail recorded as %s %s", tenant.id, seen.disposition, seen.ref)
    return True


def _dispose(unit: Unit, tenant: Tenant, incoming: FetchedMail, understood: Understood, now: datetime) -> MailRecord:
    """Decide what becomes of the mail and carry it out; the record says which."""
    mail, verdict = understood.mail, understood.verdict
    fingerprint = lookup.fingerprint(mail)
    seen = MailRecord(
        mail.key,
        mail.message_id,
        incoming.pointer,
        mail.received_at,
        now,
        "no_request",
        kind=verdict.kinds[0],
        certainty=verdict.certainty,
        fingerprint=fingerprint,
        reason=mail.automatic or "",
    )
    duplicate = next((old for old in unit.seen_with_message(mail.message_id) if old.fingerprint == fingerprint), None)
    if duplicate:
        _found_again(unit, tenant, duplicate, incoming.pointer, mail.received_at, now)
        return replace(seen, disposition="duplicate", ref=duplicate.ref)
    if canary.came_back(unit, tenant, mail, requests.is_junk(tenant, incoming.pointer.folder), now):
        return replace(seen, disposition="canary", kind="", certainty=0.0)
    if tenant.policy.go_live and mail.received_at < tenant.policy.go_live:
        return replace(seen, disposition="before_go_live")
    if predates_renumbering(unit, incoming.pointer, mail.received_at):
        return replace(seen, disposition="resurfaced") if opens_case(mail, verdict) else seen
    if (answered := take_processor_answer(unit, tenant, mail, now)) is not None:
        return replace(seen, disposition="party", ref=answered)
    if mail.automatic and not requests.content_wins(mail, verdict, tenant.policy):
        return replace(seen, disposition="automatic", ref=_file_machine_mail(unit, tenant, incoming, mail, now))
    if (ref := sent_mail.answer_copied_in(unit, tenant, mail, opens_case(mail, verdict), now)) is not None:
        return replace(seen, disposition="staff", ref=ref)
    if (refs := byreply.take(unit, tenant, mail, verdict.is_request, now)) is not None:
        return replace(seen, disposition="staff", ref=next(iter(refs), ""))
    done = requests.find_or_open(unit, tenant, understood, incoming.pointer, now)
    if done is None or done.case is None:
        return seen
    return replace(seen, disposition="joined" if done.case.mails[0].key != mail.key else "case", ref=done.case.ref)


def _found_again(
    unit: Unit, tenant: Tenant, known: MailRecord, pointer: Pointer, received_at: datetime, now: datetime
) -> None:
    """A mail on record lies in another place too: delivered twice, moved by a colleague, or numbered anew."""
    if (case := unit.case(known.ref)) is not None:
        event = events.MailFoundAgain(known.key, pointer, requests.is_junk(tenant, pointer.folder), received_at)
        decide_and_execute(unit, tenant, case, event, now)


def _file_machine_mail(unit: Unit, tenant: Tenant, incoming: FetchedMail, mail: Mail, now: datetime) -> str:
    """On record only; a bounce of one of our letters is told to its case. Returns the reference, if any."""
    if mail.automatic == Automatic.OWN and mail.authenticated.state is not Trust.FAIL:
        sent_mail.note_answer(unit, tenant, mail, mail.received_at, now)
    if absent := staffmail.absence_notice(unit, mail, tenant.policy):
        return next(iter(unreachable.escalate(unit, tenant, *absent, unreachable.OUT_OF_OFFICE, now)), "")
    domain = tenant.policy.mailbox.rpartition("@")[2]
    message_id = bounced_letter(incoming.raw, domain) if mail.automatic == Automatic.BOUNCE else None
    letter = unit.letter_with_message(message_id) if message_id else None
    return _record_bounce(unit, tenant, letter, now) if letter else ""


def _record_bounce(unit: Unit, tenant: Tenant, letter: Letter, now: datetime) -> str:
    """A letter came back: it failed, and every case that it speaks of hears so, or the next people where it went to
    staff. Returns the reference of its case, if any."""
    bounced = replace(letter, state=LetterState.FAILED, why="bounced", settled_at=now)
    unit.put_letter(bounced)
    gathering.end_parts(unit, bounced)
    if letter.audience == "staff" and (who := absence.role_of(tenant.policy, letter.to)):
        return next(iter(unreachable.escalate(unit, tenant, who, [letter], "bounced", now)), letter.ref)
    about = covered_decisions(letter) if letter.audience != "staff" else [(letter.ref, letter.token)]
    for ref, token in about:
        if case := unit.case(ref):
            event = events.MailBounced(token, letter.template, letter.audience)
            decide_and_execute(unit, tenant, case, event, now)
    return letter.ref if unit.case(letter.ref) else ""


def _record_unreadable(tenant: Tenant, pointer: Pointer, received_at: datetime, reason: str, now: datetime) -> None:
    key = hashlib.sha256(f"{pointer.folder}:{pointer.uidvalidity}:{pointer.uid}".encode()).hexdigest()
    policy = tenant.policy
    with tenant.store.unit() as unit:
        if unit.seen(key) is None:
            ref = ""
            if not (policy.go_live and received_at < policy.go_live):
                event = events.MailUnreadable(key, pointer, received_at, reason, unit.next_ref(policy.day_of(now).year))
                done = decide_and_execute(unit, tenant, None, event, now)
                ref = done.case.ref if done.case else ""
            unit.record(MailRecord(key, "", pointer, received_at, now, "unreadable", ref, reason))
        move_cursor(unit, pointer)
