"""What a company still lacks before it may run, and what two companies may not share.

The rule kept here: nothing is invented (law.md E-04, E-05). What a policy does not state, a person types.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

from mailbot.config.files import Source
from mailbot.config.secrets import NoSecret
from mailbot.config.values import Company
from mailbot.errors import Problem


def with_missing(companies: list[Company], sources: dict[str, Source]) -> list[Company]:
    """The same companies, each with the list of what it lacks."""
    watched = {address for company in companies for address in company.policy.addresses}
    return [
        replace(company, missing=tuple(_missing(company, sources[company.id], frozenset(watched))))
        for company in companies
    ]


def _missing(company: Company, source: Source, watched: frozenset[str]) -> Iterable[Problem]:
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
    for key, address in (("contact.email", policy.contact_email), ("deputy.email", policy.deputy_email)):
        if address in watched:
            cure = "is an address that the program itself reads, so alerts would come back as mail; type a person's own"
            yield Problem(source.where(key), cure)


def shared(companies: list[Company], sources: dict[str, Source]) -> list[Problem]:
    """Companies that would read the same mail: each mail must have one company (law.md F-14)."""
    found: list[Problem] = []
    for one, other in combinations(companies, 2):
        if set(one.policy.addresses) & set(other.policy.addresses):
            found.append(Problem(sources[other.id].where("mail"), f"has an address that {one.id} has too; remove one"))
        if _folders(one) & _folders(other):
            found.append(
                Problem(sources[other.id].where("imap"), f"reads a folder that {one.id} reads too; remove one")
            )
    return found


def _folders(company: Company) -> set[tuple[str, str, str]]:
    imap = company.imap
    return {(imap.host.lower(), imap.username.lower(), folder) for folder in imap.folders} if imap else set()
