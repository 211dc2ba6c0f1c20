"""Mails that lie there together are recorded together: one commit for many, as a lone one would cost.

The rule kept here: the records of a batch and the place in its folder are one unit of work, so a crash leaves all of
it or nothing. Whatever goes wrong in a batch undoes it, and then its mails are taken one by one, each with tries of its
own; so does a batch in which the program was killed. Mails are read side by side, which touches nothing; whoever is
asked about their senders, and the memory, are asked one after the other.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache

from mailbot.app import Tenant
from mailbot.errors import MailbotError
from mailbot.incoming import intake
from mailbot.incoming.understanding import Understood, identify_sender, read
from mailbot.mailbox import FetchedMail, Unfetched

log = logging.getLogger(__name__)

#: So many mails, or bytes, share a commit: the program must be able to stop soon, and others want to write too.
MOST, MOST_BYTES = 64, 4 * 2**20

Arrived = FetchedMail | Unfetched


def batches(arriving: Iterable[Arrived]) -> Iterator[list[Arrived]]:
    """The mails in batches. What came before the line broke is given before the error is raised."""
    batch: list[Arrived] = []
    held = 0
    try:
        for mail in arriving:
            batch.append(mail)
            held += len(mail.raw) if isinstance(mail, FetchedMail) else 0
            if len(batch) >= MOST or held >= MOST_BYTES:
                yield batch
                batch, held = [], 0
    except MailbotError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def take(tenant: Tenant, batch: Sequence[Arrived], clock: Callable[[], datetime]) -> None:
    """Put these mails on record, whatever they do to the program. Raises TryLater."""
    mails = [mail for mail in batch if isinstance(mail, FetchedMail)]
    if len(mails) == len(batch) > 1 and tenant.intake_attempts.begin_together([mail.pointer for mail in mails]):
        try:
            _take_together(tenant, mails, clock)
        except Exception as error:  # one of them; which one shows when each is taken alone
            log.warning("%s: %d mails are taken one by one (%s)", tenant.id, len(mails), type(error).__name__)
        else:
            tenant.intake_attempts.done()
            return
    for mail in batch:
        intake.take(tenant, mail, clock)


def _take_together(tenant: Tenant, mails: Sequence[FetchedMail], clock: Callable[[], datetime]) -> None:
    said = _readers().map(lambda one: read(tenant, one.raw, one.internal_date, one.truncated), mails)
    known = [
        Understood(*identify_sender(tenant, mail, one.raw, one.truncated), verdict)
        for one, (mail, verdict) in zip(mails, said, strict=True)
    ]
    with tenant.store.unit() as unit:
        for one, told in zip(mails, known, strict=True):
            intake.record(unit, tenant, one, told, clock())


@cache
def _readers() -> ThreadPoolExecutor:
    """Threads that read mails, as many as there are cores: most of that work is the sorter's, outside Python."""
    return ThreadPoolExecutor(max(2, os.cpu_count() or 1), thread_name_prefix="reader")
