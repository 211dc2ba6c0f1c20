"""What `mailbot check` looks at, company by company. Each fault says where it is and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mailbot import colleagues, histories, watching
from mailbot.app import Tenant
from mailbot.errors import ConfigError, MailbotError
from mailbot.letters import to_bytes
from mailbot.letters.samples import sample_letters


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend."""

    tenant: str
    where: str
    what: str


def check_company(tenant: Tenant, now: datetime, live: bool, send: bool) -> Iterator[Fault]:
    """What the company lacks, letters that cannot be rendered, and with `live` what the servers say."""
    for problem in tenant.company.missing:
        yield Fault(tenant.id, problem.where, problem.what)
    yield from _letters(tenant, now)
    if live and not tenant.company.missing:
        yield from _servers(tenant, send, now)


def _letters(tenant: Tenant, now: datetime) -> Iterator[Fault]:
    try:
        for letter in sample_letters(tenant.letters, tenant.policy, now):
            if not tenant.company.missing:
                to_bytes(letter, tenant.policy, now)
    except ConfigError as error:
        for problem in error.problems:
            yield Fault(tenant.id, problem.where, problem.what)


def _servers(tenant: Tenant, send: bool, now: datetime) -> Iterator[Fault]:
    try:
        names = (*watching.folders(tenant), colleagues.sent_folder(tenant))
    except MailbotError as error:
        names = ()
        yield Fault(tenant.id, "imap", str(error))
    for folder in filter(None, names):
        try:
            tenant.mailbox.folder_state(folder)
        except MailbotError as error:
            yield Fault(tenant.id, f"folder {folder}", str(error))
    try:
        tenant.post.check()
        if send:
            letter = next(iter(sample_letters(tenant.letters, tenant.policy, now)))
            tenant.post.send(tenant.policy.mailbox, tenant.policy.mailbox, to_bytes(letter, tenant.policy, now))
    except MailbotError as error:
        yield Fault(tenant.id, "smtp", str(error))
    try:
        if tenant.customers:
            tenant.customers.by_address("nobody@invalid")
    except MailbotError as error:
        yield Fault(tenant.id, "customers", str(error))


def check_history(tenant: Tenant) -> Iterator[Fault]:
    """Fold every history and compare it with the case on file; verify the chain."""
    if tenant.remembers:
        with tenant.store.unit() as unit:
            yield from (Fault(tenant.id, ref, fault) for ref, fault in histories.faults(unit))
