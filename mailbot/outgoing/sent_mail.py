"""What colleagues wrote from the shared mailbox, as its Sent folder shows it.

The rule kept here: a colleague's mail is a fact on record and a question to a person ("klopt dat?"), never the answer
by itself. Own letters that turn up in Sent prove that they left. A flag \\Answered is only a hint: it holds a letter.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mailbot import events
from mailbot.app import Tenant
from mailbot.cursors import cursor_in, move_cursor
from mailbot.dispatch import decide_and_execute
from mailbot.domains import domain_of, is_provider
from mailbot.errors import Broken, MailbotError
from mailbot.mailbox import FetchedHeader, roles
from mailbot.model import Case, Letter, LetterState, Mail, Policy, Trust
from mailbot.outgoing.settling import settle_in
from mailbot.parse import parse
from mailbot.sender import lookup
from mailbot.sender.screen import Automatic, screen
from mailbot.store import Unit

PURPOSE = "sent"
#: What lies in Sent and was not written by a colleague: receipts, absence notices, our own letters under a new id.
_NO_ANSWER = frozenset(
    {
        *(Automatic.LOOP, Automatic.REPORT, Automatic.BOUNCE, Automatic.CALENDAR),
        *(Automatic.AUTO_REPLY, Automatic.AUTO_GENERATED),
    }
)


def read_new(tenant: Tenant, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> int:
    """Read what is new in Sent. Returns how many cases a colleague wrote about.

    Raises TryLater; and Broken, once all others were read, where one of them broke the program: it is not read again,
    else it would keep every letter back for ever.
    """
    folder = sent_folder(tenant)
    if not folder:
        return 0
    with tenant.store.unit() as unit:
        place = cursor_in(unit, folder, PURPOSE)
    told, broken = 0, None
    for header in tenant.mailbox.headers(folder, place, tenant.policy.go_live):
        try:
            told += _note(tenant, header, clock())
        except (MailbotError, OSError):
            raise
        except Exception as error:
            broken = broken or Broken.by(error, "a mail in Sent", "look there whether a colleague answered a request")
            with tenant.store.unit() as unit:
                move_cursor(unit, header.pointer, PURPOSE)
        if stop():
            break
    if broken:
        raise broken
    return told


def sent_folder(tenant: Tenant) -> str:
    """The company's folder of sent mail, empty when it has none."""
    account = tenant.company.imap
    return (account.sent if account else "") or tenant.mailbox.role(roles.SENT)


def _note(tenant: Tenant, header: FetchedHeader, now: datetime) -> int:
    mail = parse(header.raw, header.internal_date)
    with tenant.store.unit() as unit:
        ours = unit.letter_with_message(mail.message_id) or _from_draft(unit, mail)
        told = 0
        if ours and not _went_elsewhere(ours, mail):
            _note_ours(unit, tenant, ours, mail, now)
        elif screen(mail, ()) not in _NO_ANSWER:
            told = note_answer(unit, tenant, mail, header.internal_date, now)
        move_cursor(unit, header.pointer, PURPOSE)
    return told


def _from_draft(unit: Unit, mail: Mail) -> Letter | None:
    """The letter whose draft a colleague changed and sent: its id stands among the references."""
    found = (unit.letter_with_message(id) for id in mail.references[:20])
    return next((letter for letter in found if letter and _can_be_sent_by_hand(letter)), None)


def _can_be_sent_by_hand(letter: Letter) -> bool:
    """Whether it lay in the drafts and never left by itself. One that was dropped here may lie there still, and what
    a person let go another may have sent before."""
    return bool(letter.draft) and letter.state in (LetterState.HELD, LetterState.QUEUED, LetterState.DROPPED)


def _went_elsewhere(letter: Letter, mail: Mail) -> bool:
    """Whether a colleague made a letter of his own out of our draft, to somebody else."""
    return _can_be_sent_by_hand(letter) and letter.to.lower() not in map(str.lower, mail.to)


def _note_ours(unit: Unit, tenant: Tenant, letter: Letter, mail: Mail, now: datetime) -> None:
    """A letter of ours lies in Sent, so it left: by itself although we were not sure, or by a colleague's hand."""
    if letter.state is LetterState.UNSURE:
        settle_in(unit, tenant, letter, LetterState.SENT, "found in the Sent folder", now)
    elif _can_be_sent_by_hand(letter):
        if case := unit.case(letter.ref):
            decide_and_execute(unit, tenant, case, events.DraftSent(mail.message_id), now)
        settle_in(unit, tenant, letter, LetterState.SENT, "sent by a colleague from the drafts", now)


def note_answer(unit: Unit, tenant: Tenant, mail: Mail, sent_at: datetime, now: datetime) -> int:
    """Tell each case that a colleague wrote to its requester. Returns how many."""
    told = 0
    for case in _answered(unit, mail, sent_at, tenant.policy):
        event = events.StaffMailSeen(mail.message_id, sent_at, lookup.went_elsewhere(mail, case))
        told += bool(decide_and_execute(unit, tenant, case, event, now).actions)
    return told


def answer_copied_in(unit: Unit, tenant: Tenant, mail: Mail, opens: bool, now: datetime) -> str | None:
    """The case whose requester this mail of a colleague, copied to the mailbox, answers; None if it is none such.

    A mail outside the thread that `opens` a case by what it says is an answer and goes on: it may pass on a request.
    """
    domain = domain_of(tenant.policy.mailbox)
    colleague = mail.sender is not None and domain_of(mail.sender.email) == domain
    if not colleague or is_provider(domain) or mail.authenticated.state is Trust.FAIL:
        return None
    recipients = {address.lower() for address in mail.to}
    for case in (case for id in mail.references[:50] for case in unit.cases_with_message(id)):
        if recipients & lookup.person_addresses(case) and not lookup.is_from_person(mail, case):
            note_answer(unit, tenant, mail, mail.received_at, now)
            return case.ref
    to_person = (case for address in recipients for case in unit.cases_to(address))
    at = mail.received_at
    fresh = [one for one in to_person if one.is_open and one.received_at <= at and not lookup.is_from_person(mail, one)]
    if fresh:
        note_answer(unit, tenant, mail, mail.received_at, now)
    return fresh[0].ref if fresh and not opens else None


def _answered(unit: Unit, mail: Mail, sent_at: datetime, policy: Policy) -> list[Case]:
    pointed = [case for id in mail.references[:50] for case in unit.cases_with_message(id)]
    pointed += [case for ref in lookup.references_in(mail.subject) if (case := unit.case(ref))]
    to_person = [case for address in mail.to[:50] for case in unit.cases_to(address)]
    return lookup.answered_cases(mail, sent_at, pointed, to_person, _own(policy))


def _own(policy: Policy) -> frozenset[str]:
    return frozenset(
        {*map(str.lower, policy.addresses), policy.contact_email.lower(), policy.deputy_email.lower()} - {""}
    )


def answered_hints(tenant: Tenant, letters: list[Letter]) -> dict[str, str]:
    """Those letters, by token, that must wait because somebody seems to have answered already, and why.

    Asks the mailbox, once for all. Raises TryLater.
    """
    with tenant.store.unit() as unit:
        cases = [(letter, unit.case(letter.ref)) for letter in letters]
    places = {letter.token: case.mails[-1].newest_place for letter, case in cases if case and case.mails}
    answered = tenant.mailbox.answered([place for place in places.values() if place])
    why = "a colleague's mail program marked the mail as answered"
    return {token: why for token, place in places.items() if place in answered}
