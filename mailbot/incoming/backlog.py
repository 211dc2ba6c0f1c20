"""Mails that lie there together are recorded together: one commit for many, as a lone one would cost.

    batches    fetched one ahead                     while the one before is read, and then recorded
    Batch      its mails are read side by side       which touches nothing, while the one before is recorded
               senders, customers, memory            asked one after the other, in the order of the mailbox

The rules kept here: the records of a batch and the place in its folder are one unit of work, so a crash leaves all of
it or nothing. Whatever goes wrong in a batch undoes it, and then its mails are taken one by one, each with tries of its
own; so does a batch in which the program was killed. While a mail is taken alone no other is read: who did what to the
program is always known.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from functools import cache

from mailbot.app import Tenant
from mailbot.errors import MailbotError
from mailbot.incoming import intake
from mailbot.incoming.understanding import Understood, identify_sender, read
from mailbot.mailbox import FetchedMail, Unfetched
from mailbot.model import Mail, Verdict

log = logging.getLogger(__name__)

#: So many mails, or bytes, share a commit: the program must be able to stop soon, and others want to write too.
MOST, MOST_BYTES = 64, 4 * 2**20

Arrived = FetchedMail | Unfetched


def work_off(tenant: Tenant, arriving: Iterable[Arrived], clock: Callable[[], datetime]) -> Generator[int]:
    """Put on record what arrives, batch by batch; says of each how many mails it had. Raises TryLater.

    Whoever asks for no more must close this: what was read ahead is then read again another time.
    """
    for batch, behind in _in_pairs(Batch(tenant, mails) for mails in batches(arriving)):
        try:
            batch.record(clock, behind)
            yield len(batch.arrived)
        except BaseException:
            batch.drop()
            if behind:
                behind.drop()
            raise


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


def _in_pairs(begun: Iterator[Batch]) -> Iterator[tuple[Batch, Batch | None]]:
    """Each batch with the one behind it. Those that came before an error are given before it is raised."""
    batch, broken = next(begun, None), None
    while batch:
        behind = None
        try:
            behind = next(begun, None)
        except Exception as error:
            broken = error
        yield batch, behind
        batch = behind
    if broken:
        raise broken


class Batch:
    """Mails that are read from now on, unless each must be taken alone: one that is by itself or could not be fetched,
    and those in which the program was killed."""

    def __init__(self, tenant: Tenant, arrived: Sequence[Arrived]) -> None:
        self._tenant, self.arrived = tenant, arrived
        self._mails = [mail for mail in arrived if isinstance(mail, FetchedMail)]
        self._pointers = [mail.pointer for mail in self._mails]
        self._said: list[Future[tuple[Mail, Verdict]]] = []
        self._is_noted = False
        self._goes_together = len(self._mails) == len(arrived) > 1 and self._begin()

    def record(self, clock: Callable[[], datetime], behind: Batch | None = None) -> None:
        """Put these mails on record, whatever they do to the program; `behind` is read meanwhile. Raises TryLater."""
        if self._goes_together and (self._said or self._begin()):
            try:
                self._record_together(clock)
            except Exception as error:  # one of them; which one shows when each is taken alone
                many, kind = len(self._mails), type(error).__name__
                log.warning("%s: %d mails are taken one by one (%s)", self._tenant.id, many, kind)
            else:
                self.drop()
                return
        self.drop()
        if behind:
            behind.drop()
        for mail in self.arrived:
            intake.take(self._tenant, mail, clock)

    def _begin(self) -> bool:
        self._is_noted = self._tenant.intake_attempts.begin_together(self._pointers)
        try:
            for one in self._mails if self._is_noted else ():
                self._said.append(readers().submit(read, self._tenant, one.raw, one.internal_date, one.truncated))
        except BaseException:  # no thread to be had: what nobody reads is not under way
            self.drop()
            raise
        return self._is_noted

    def _record_together(self, clock: Callable[[], datetime]) -> None:
        tenant, said = self._tenant, (one.result() for one in self._said)
        known = [
            (one, Understood(*identify_sender(tenant, mail, one.raw, one.truncated), verdict))
            for one, (mail, verdict) in zip(self._mails, said, strict=True)
        ]
        with tenant.store.unit() as unit:
            intake.record(unit, tenant, known, clock)

    def drop(self) -> None:
        """None of these mails is being read any more once this returns; one that is wanted is begun again."""
        for one in self._said:
            one.cancel()
        wait(self._said)
        self._said = []
        if self._is_noted:
            self._is_noted = False
            self._tenant.intake_attempts.end_together(self._pointers)


@cache
def readers() -> ThreadPoolExecutor:
    """Threads that read mails, as many as there are cores: most of that work is the sorter's, outside Python."""
    return ThreadPoolExecutor(max(2, os.cpu_count() or 1), thread_name_prefix="reader")
