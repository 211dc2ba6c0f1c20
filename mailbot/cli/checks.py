"""What `mailbot check` looks at, company by company. Each fault says where it is and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mailbot.app import Tenant
from mailbot.chain import read_head_code
from mailbot.cli.setting import FEW, aside
from mailbot.config import Installation
from mailbot.errors import ConfigError, Refused, TryLater, Usage
from mailbot.letters import to_bytes
from mailbot.letters.likeness import Alike
from mailbot.letters.sampling import sample_letters
from mailbot.memory import histories, tampering
from mailbot.operation import health
from mailbot.safekeeping import removal

if TYPE_CHECKING:
    from mailbot.store.postgres import Database


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend."""

    tenant: str
    where: str
    what: str


def one_by_one(opened: Sequence[Tenant]) -> Iterator[Tenant]:
    """The companies in order; whoever watches a terminal sees how far it is, once it takes long."""
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=aside, transient=True, disable=not aside.is_terminal or len(opened) < FEW) as bar:
        yield from bar.track(opened, description="checking")


def check_common(settings: Installation, database: Database | None, now: datetime) -> Iterator[Fault]:
    """What is wrong with no company that is here: with files that all share, with a worker, of companies that left."""
    for problem in settings.faults:
        yield Fault("", problem.where, problem.what)
    for one in health.workers(settings, now):
        yield from (Fault("", one.tenant, what) for what in one.wrong)
    try:
        left = health.left_behind(settings, database)
        removal.recorded(settings.state)
    except (TryLater, Refused) as error:
        yield Fault("", "the state", str(error))
    else:
        yield from (Fault(one.tenant, one.tenant, why) for one in left for why in one.wrong)


def check_company(tenant: Tenant, now: datetime, looked: Alike) -> Iterator[Fault]:
    """What the company lacks, and letters that cannot be rendered. `looked`: what was looked at for others before."""
    for problem in tenant.company.missing:
        yield Fault(tenant.id, problem.where, problem.what)
    if names := tenant.company.to_confirm:
        cure = f"`mailbot confirm-settings --tenant {tenant.id}` shows each with its source, and confirms what is right"
        yield Fault(tenant.id, _to_confirm_at(tenant), f"nobody confirmed {', '.join(names)}: {cure}")
    if tenant.company.usable:
        yield from _export(tenant)
        yield from _letters(tenant, now, looked)


def _export(tenant: Tenant) -> Iterator[Fault]:
    """The customers' export, where it is a file; a database is asked by `check --live` only."""
    source = tenant.company.customers
    try:
        if tenant.customers and source and source.type == "csv":
            tenant.customers.by_address("nobody@invalid")
    except TryLater as error:
        yield Fault(tenant.id, "customers", str(error))


def _to_confirm_at(tenant: Tenant) -> str:
    """Where it stands what nobody confirmed yet."""
    return f"tenants/{tenant.id}.toml:to_confirm"


def in_brief(tenant: Tenant, faults: Iterable[Fault]) -> str:
    """What is at fault in one line: settings that it lacks, what nobody confirmed, where else something is wrong."""
    company = tenant.company
    lacks = [(problem.where, problem.what) for problem in company.missing]
    others = [one for one in faults if (one.where, one.what) not in lacks and one.where != _to_confirm_at(tenant)]
    parties = [one.name for one in company.policy.processors if one.status == "te bevestigen"]
    parts = {
        "lacks" if company.usable else "faulty file": [where.partition(".toml:")[2] or where for where, _ in lacks],
        "to confirm": [*company.to_confirm, *([f"processors ({len(parties)})"] if parties else [])],
        "wrong": list(dict.fromkeys(one.where for one in others)),
    }
    return "; ".join(f"{name} {', '.join(dict.fromkeys(found))}" for name, found in parts.items() if found)


def _letters(tenant: Tenant, now: datetime, alike: Alike) -> Iterator[Fault]:
    try:
        for letter in sample_letters(tenant.letters, tenant.policy, now, alike):
            if tenant.policy.mailbox:  # without one, no mail can be made of it
                to_bytes(letter, tenant.policy, now)
    except ConfigError as error:
        for problem in error.problems:
            yield Fault(tenant.id, problem.where, problem.what)


def check_history(tenant: Tenant, alone: bool = True) -> Iterator[Fault]:
    """Fold every history and compare it with the case on file; verify the chain."""
    try:
        if tenant.has_memory:
            with tenant.store.unit() as unit:
                yield from (Fault(tenant.id, ref, fault) for ref, fault in histories.faults(unit))
    except TryLater as error:
        if alone:
            raise
        yield Fault(tenant.id, "memory", str(error))


def check_against(opened: list[Tenant], heads: list[str]) -> list[Fault]:
    """Hold the company's chain against heads of before. Raises Usage for what is none, or where it is unclear whose."""
    if len(opened) != 1:
        raise Usage("say whose head this is: --tenant ID")
    [tenant] = opened
    try:
        if not tenant.has_memory:
            read_head_code(heads[0])
            return [Fault(tenant.id, tampering.CHAIN, "nothing is on record here, and this head is of something")]
        with tenant.store.unit() as unit:
            found = tampering.compare(unit, heads)
    except ValueError:
        raise Usage("--against takes a head as the weekly summary shows it: 12-ABCD-EFGH-IJKL-MNOP-QRST") from None
    if found.holds:
        aside.print(f"{tenant.id}: {found.message}")
        return []
    return [Fault(tenant.id, tampering.CHAIN, found.message)]
