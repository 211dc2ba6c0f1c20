"""What a company still lacks before it may run, and what two companies may not share.

The rules kept here: nothing is invented (E-04, E-05): what a policy does not state, a person types. A company
whose file is faulty is there by its name only: nothing is done for it by settings that nobody typed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import permutations
from zoneinfo import ZoneInfo

from mailbot.config.files import Source
from mailbot.config.secrets import NoSecret
from mailbot.config.values import Company
from mailbot.errors import Problem
from mailbot.model import Authority, Policy


def with_missing(
    companies: list[Company], faulty: Mapping[str, list[Problem]], sources: dict[str, Source]
) -> list[Company]:
    """The same companies, each with the list of what it lacks, and those that a faulty file makes unusable, by id."""
    watched = {address for company in companies for address in company.policy.addresses}
    complete = [
        replace(company, missing=tuple(_missing(company, sources[company.id], frozenset(watched))))
        for company in companies
    ]
    unusable = [_unusable(tenant, problems) for tenant, problems in faulty.items()]
    return sorted([*complete, *unusable], key=lambda company: company.id)


def _unusable(tenant: str, problems: list[Problem]) -> Company:
    """A company of which only the name of its file is known."""
    policy = Policy(
        tenant=tenant,
        name=tenant,
        country="",
        zone=ZoneInfo("UTC"),
        authority=Authority("", "", "", "", ""),
        mailbox="",
        addresses=(),
        contact_name="",
        contact_email="",
        mode="observe",
    )
    return Company(policy, missing=tuple(problems), usable=False)


def _missing(company: Company, source: Source, watched: frozenset[str]) -> Iterator[Problem]:
    policy = company.policy
    wanted = (
        (policy.mailbox, "mail.mailbox", 'the address that answers come from: type mailbox = "..." under [mail]'),
        (company.imap, "imap", "the mailbox to read: type host, username and password under [imap]"),
        (company.smtp, "smtp", "the server that sends letters: type host, username and password under [smtp]"),
        (policy.contact_name, "contact.name", 'who handles privacy matters: type name = "..." under [contact]'),
        (policy.contact_email, "contact.email", 'where alerts go: type email = "..." under [contact]'),
        (policy.post_address, "post_address", 'the postal address that letters name: type post_address = "..."'),
        (policy.go_live, "go_live", "from which day mail is handled: type go_live = 2026-12-01 (no quotes)"),
    )
    for value, key, cure in wanted:
        if not value:
            yield Problem(source.where(key), f"is missing: {cure}")
    for key, account in (("imap", company.imap), ("smtp", company.smtp)):
        if account and account.auth != "password" and isinstance(account.password, NoSecret) and not company.oauth:
            cure = 'needs a token: add an [oauth] table, or type password = { command = ["..."] } that prints one'
            yield Problem(source.where(f"{key}.auth"), cure)
    yield from _unconfirmed(company, source)
    for key, address in (("contact.email", policy.contact_email), ("deputy.email", policy.deputy_email)):
        if address in watched:
            cure = "is an address that the program itself reads, so alerts would come back as mail; type a person's own"
            yield Problem(source.where(key), cure)


def _unconfirmed(company: Company, source: Source) -> Iterator[Problem]:
    """A server that nobody confirmed gets no password, and nothing leaves on what nobody confirmed."""
    for key, account in (("imap", company.imap), ("smtp", company.smtp)):
        if account and key in company.to_confirm:
            typed = f"mailbot confirm-settings {key} --tenant {company.id}"
            cure = f"was found, not typed here: is {account.host} your provider's? Then `{typed}`"
            yield Problem(source.where(key), cure)
    for key in ("alarm", "oauth", "customers", "sources", "suppression"):
        if key in company.to_confirm:
            typed = f"mailbot confirm-settings {key} --tenant {company.id}"
            yield Problem(source.where(key), f"was not typed here: is it right at this place? Then `{typed}`")
    if company.to_confirm and company.policy.mode != "observe":
        typed = f"mailbot confirm-settings --tenant {company.id}"
        cure = f'waits for whoever confirms what was found (`{typed}`); until then type mode = "observe"'
        yield Problem(source.where("mode"), cure)


def shared(companies: list[Company], sources: dict[str, Source]) -> Iterator[tuple[str, Problem]]:
    """Companies that would read the same mail, by id: each mail must have one company (F-14)."""
    for one, other in _pairs_with_common(companies, lambda company: company.policy.addresses):
        cure = f"has an address that {other.id} has too; remove one"
        yield one.id, Problem(sources[one.id].where("mail"), cure)
    for one, other in _pairs_with_common(companies, _folders):
        cure = f"reads a folder that {other.id} reads too; remove one"
        yield one.id, Problem(sources[one.id].where("imap"), cure)


def _pairs_with_common(
    companies: list[Company], has: Callable[[Company], Iterable[Hashable]]
) -> list[tuple[Company, Company]]:
    """Each company with each other one that has something of what it has; found by what they have, so that hundreds
    of companies are not compared two by two at every command."""
    holders: dict[Hashable, list[Company]] = {}
    for company in companies:
        for thing in set(has(company)):
            holders.setdefault(thing, []).append(company)
    pairs = [pair for holding in holders.values() for pair in permutations(holding, 2)]
    return list({(one.id, other.id): (one, other) for one, other in pairs}.values())


def _folders(company: Company) -> set[tuple[str, str, str]]:
    imap = company.imap
    return {(imap.host.lower(), imap.username.lower(), folder) for folder in imap.folders} if imap else set()
