"""Everything that goes into the copy of a person's data, as one value: records, files of staff, own correspondence.

The rule kept here: data of another person's case never come in; what a source cannot give stops the copy. For
portability by law only what the person provided goes in (article 20); a company may promise all (B-16).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from mailbot import casefiles
from mailbot.accounts import RecordSource
from mailbot.app import Tenant
from mailbot.customers import CUSTOMER_RECORDS, as_database, as_record_source
from mailbot.model import (
    AttachedFile,
    Case,
    Kind,
    LetterState,
    Policy,
    fold_address,
    subject_on_file,
    writer_is_another,
)
from mailbot.sources import Person, Records, as_text, read


@dataclass(frozen=True, slots=True)
class File:
    """A file that staff added, with its bytes."""

    attached: AttachedFile
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Correspondence:
    """A mail or a letter of the case: ours when `own` is set. `at` is the moment of receipt or sending."""

    at: datetime
    own: bool
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Collected:
    """The copy before it is written down."""

    person: Person
    records: tuple[Records, ...] = ()
    files: tuple[File, ...] = ()
    written: tuple[Correspondence, ...] = ()
    left_out: tuple[str, ...] = ()  # sources that portability by law does not give

    @property
    def row_count(self) -> int:
        """How many records were found."""
        return sum(len(records.rows) for records in self.records)


def person_of(case: Case) -> Person:
    """Whose data: by the address and the number on file, and by the address that wrote once it is proven to be his.
    Who wrote for another whom our records know is not looked for: his data are no part of that copy (C-11)."""
    proven = case.identity in ("confirmed", "known_address") and _his_own(case) and _wrote_himself(case)
    wrote = case.requester_email if proven else ""
    emails = dict.fromkeys(email.lower() for email in (case.known_email, wrote) if email)
    return Person(tuple(emails), case.customer_id)


def not_searched(case: Case) -> str:
    """The address that wrote, where nobody knows whether it is the person's: nothing of it is in the copy."""
    wrote = case.requester.email if case.requester else ""
    return "" if _wrote_himself(case) or not _his_own(case) else wrote


def _his_own(case: Case) -> bool:
    """Whether who wrote asks for himself, as far as our records tell."""
    return not (writer_is_another(case) and any(subject_on_file(case)))


def _wrote_himself(case: Case) -> bool:
    """Whether the address that wrote is the person's, beside what is on file of him: a customer can put anybody's
    address above a mail, name his own number and say that it is his, and would get what is kept under the other's
    (C-04)."""
    wrote = fold_address(case.requester_email)
    known = {fold_address(one) for one in (case.known_email, case.recipient) if one}
    authentic = {fold_address(mail.sender) for mail in case.mails if mail.authentic}
    return not (case.known_email or case.customer_id) or wrote in known | authentic


def _only_provided(case: Case, policy: Policy) -> bool:
    """Whether the copy is for portability by law alone: what the person provided, not what others made of it."""
    return Kind.PORTABILITY in case.kinds and Kind.ACCESS not in case.kinds and not policy.portability_of_all


def collect(tenant: Tenant, case: Case) -> Collected:
    """Read every source and every file. Raises TryLater for a source, Usage for a file that cannot be read."""
    person = person_of(case)
    narrow = _only_provided(case, tenant.policy)
    known = _sources(tenant)
    sources = [source for source in known if source.provided or not narrow]
    left_out = tuple(source.name for source in known if source not in sources)
    return Collected(
        person,
        (*_on_file(tenant, person), *(read(source, person, tenant.company.customers) for source in sources)),
        tuple(_files(tenant, case)),
        () if narrow else tuple(sorted(_written(tenant, case), key=lambda one: one.at)),
        left_out,
    )


def _sources(tenant: Tenant) -> tuple[RecordSource, ...]:
    """The sources that the settings name, and the customer export itself where it is none of them."""
    named, customers = tenant.company.sources, tenant.company.customers
    own = as_record_source(customers) if customers else None
    if own is None or any(one.path and one.path == own.path for one in named):
        return named
    return (own, *named)


def _on_file(tenant: Tenant, person: Person) -> Iterator[Records]:
    """The customer's own row where the customers are in a database; of an export it is one of the sources."""
    if (database := as_database(tenant.customers)) is None:
        return
    headings, rows = database.rows_of(person.emails, person.customer_id)
    source = RecordSource(CUSTOMER_RECORDS, CUSTOMER_RECORDS, "", "sql")
    yield Records(source, headings, tuple(tuple(map(as_text, row)) for row in rows))


def _files(tenant: Tenant, case: Case) -> Iterator[File]:
    for attached in case.work.attached:
        yield File(attached, casefiles.get(tenant.folder, case.ref, stored_name(attached)))


def stored_name(attached: AttachedFile) -> str:
    """Under which name a file lies in the folder of its case."""
    return f"{attached.number:03}-{casefiles.plain_name(attached.name)}"


def _written(tenant: Tenant, case: Case) -> Iterator[Correspondence]:
    """The correspondence about the request: part of the data too (B-34)."""
    for mail in case.mails:
        yield Correspondence(mail.received_at, False, mail.subject, mail.text)
    with tenant.store.unit() as unit:
        letters = unit.letters_of(case.ref)
    for letter in letters:
        if letter.audience == "requester" and letter.state is LetterState.SENT and letter.settled_at:
            yield Correspondence(letter.settled_at, True, letter.subject, letter.text)
