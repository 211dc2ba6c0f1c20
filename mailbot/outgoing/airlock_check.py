"""Letters pass the airlock before they may leave: read word for word, compared with what is known of other customers.

The rule kept here: a letter that carries what a person wrote, or data, leaves only once `passed` stands on it.
Customers that cannot be read delay such a letter and no other; after a day a person is told. A finding holds the letter
and tells a person what was found, with the middle of each detail hidden.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from mailbot import airlock, events
from mailbot.airlock import Detail, Finding, Text
from mailbot.app import Tenant
from mailbot.attachment_text import texts_of
from mailbot.customers import Customers, having
from mailbot.dispatch import decide_and_execute
from mailbot.errors import Broken, TryLater
from mailbot.model import Case, Letter, LetterState

log = logging.getLogger(__name__)

CLEAN = "nothing of others found"
#: So long a letter waits for customers that cannot be read; then a person decides.
PATIENCE, PAUSE = timedelta(days=1), timedelta(minutes=5)
#: So many findings are told one by one; the rest is counted.
_MOST_TOLD = 20


def inspect_queue(tenant: Tenant, now: datetime) -> None:
    """Read every queued letter that has not passed yet, also those that leave later."""
    with tenant.store.unit() as unit:
        waiting = [(one, unit.case(one.ref)) for one in unit.letters_to_inspect()]
    for letter, case in waiting:
        _inspect(tenant, letter, case, now)


def may_leave(letter: Letter) -> bool:
    """Whether the airlock stands open for this letter, and it is not to be told with others."""
    return bool(letter.passed) or not (airlock.carries(letter) or letter.may_be_gathered)


def findings(
    tenant: Tenant, letter: Letter, case: Case | None, inside: Sequence[Text | Finding] | None = None
) -> tuple[Finding, ...]:
    """Why this letter must not leave. Raises TryLater when the customers cannot be read.

    `inside` is what stands in a file that is encrypted by now, read before it was.
    """
    wrong = airlock.wrong_recipient(letter, case, tenant.policy)
    parts = [*_parts(replace(letter, enclosed=()), tenant.folder), *inside] if inside is not None else None
    parts = parts or list(_parts(letter, tenant.folder))
    unread = tuple(part for part in parts if isinstance(part, Finding))
    details = airlock.details_in(part for part in parts if isinstance(part, Text))
    if len(details) > airlock.MAX_DETAILS:
        unread += (Finding("too_much", letter.template),)
    return (*wrong, *unread, *_foreign(tenant.customers, details, letter, case))


def _inspect(tenant: Tenant, letter: Letter, case: Case | None, now: datetime) -> None:
    try:
        found = findings(tenant, letter, case)
    except TryLater as error:
        log.warning("%s: letter of %s waits: %s", tenant.id, letter.ref, error)
        if now - (letter.created_at or now) < PATIENCE:
            _wait(tenant, letter, now)
            return
        found = (Finding("customers_unread", ""),)
    except OSError:
        raise
    except Exception as error:  # whatever a file can do to the program, it does not leave and stops no other letter
        log.error("%s: letter of %s cannot be read: %s", tenant.id, letter.ref, Broken.by(error, letter.template))
        found = (Finding("unreadable", letter.template),)
    with tenant.store.unit() as unit:
        current = unit.letter(letter.token)
        if current is None or current.state is not LetterState.QUEUED or current.passed:
            return
        if not found:
            unit.put_letter(replace(current, passed=CLEAN))
            return
        unit.put_letter(current.held(_why(found)))
        if case := unit.case(letter.ref):
            event = events.LetterStopped(letter.token, letter.template, _findings_in_words(tenant, found))
            decide_and_execute(unit, tenant, case, event, now)
    log.warning("%s: letter of %s stopped by the airlock: %s", tenant.id, letter.ref, _why(found))


def _wait(tenant: Tenant, letter: Letter, now: datetime) -> None:
    """Step aside for letters that may leave."""
    with tenant.store.unit() as unit:
        current = unit.letter(letter.token)
        if current and current.state is LetterState.QUEUED:
            unit.put_letter(replace(current, next_try=max(current.next_try or now, now + PAUSE)))


def _parts(letter: Letter, folder: Path) -> Iterator[Text | Finding]:
    """Everything that would be read by the person who gets it."""
    yield Text("letter", letter.subject)
    yield Text("letter", letter.text)
    for file in letter.enclosed:
        try:
            content = (folder / file.file).read_bytes() if file.file else file.text.encode()
        except OSError:
            yield Finding("unreadable", file.name)
        else:
            yield from texts_of(file.name, file.type, content)


def _foreign(
    customers: Customers | None, details: tuple[Detail, ...], letter: Letter, case: Case | None
) -> tuple[Finding, ...]:
    if customers is None or not details:
        return ()
    whose = {(detail.kind, detail.value) for detail in details}
    owners = {key: frozenset(one.id for one in having(customers, *key)) for key in whose}
    return airlock.foreign(details, owners, _own(customers, letter, case))


def _own(customers: Customers, letter: Letter, case: Case | None) -> frozenset[str]:
    """The customers that the letter is about: the one of the case, else whoever has the address that it goes to."""
    if case and case.customer_id:
        return frozenset({case.customer_id})
    return frozenset(customer.id for customer in customers.by_address(letter.to))


def _why(found: tuple[Finding, ...]) -> str:
    return "airlock: " + ", ".join(dict.fromkeys(one.what for one in found))


def _findings_in_words(tenant: Tenant, found: tuple[Finding, ...]) -> str:
    words = tenant.letters.phrases["nl"]["stopped"]
    lines = [
        f"- {words.get(one.what, one.what)}{f': {one.shown}' if one.shown else ''}{_where(one, words)}"
        for one in found[:_MOST_TOLD]
    ]
    return "\n".join(lines + ([f"- en nog {len(found) - _MOST_TOLD}"] if len(found) > _MOST_TOLD else []))


def _where(found: Finding, words: Mapping[str, str]) -> str:
    if found.what == "recipient":
        return f" ({words.get(found.where, found.where)})"
    return f" ({words['letter'] if found.where == 'letter' else found.where})" if found.where else ""
