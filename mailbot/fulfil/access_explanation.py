"""The explanation that goes with a copy: everything that article 15(1) and (2) asks, for this company.

The rule kept here: nothing is invented. Where the settings still hold a gap or a doubt, the copy is refused and the
gap is named, so that no person gets "to be filled in" (B-10, E-23).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.decide.known_facts import recipients_of, retention_of
from mailbot.errors import Refused
from mailbot.fulfil.collect import Collected
from mailbot.model import Case, Kind, Policy
from mailbot.plan import DataLocation, data_locations

#: Words of the shipped settings that say: a person still has to fill this in.
_GAPS = ("vul hier in", "nog in te vullen", "zonder naam")


@dataclass(frozen=True, slots=True)
class AccessExplanation:
    """What article 15 asks, in Dutch, for one case."""

    purposes: tuple[str, ...]
    categories: tuple[str, ...]
    recipients: tuple[DataLocation, ...]
    outside_eu: tuple[tuple[str, str], ...]  # recipient, safeguard
    retention: tuple[str, ...]
    origins: tuple[str, ...]
    automated: str


def access_explanation(case: Case, collected: Collected, policy: Policy) -> AccessExplanation:
    """The explanation for a case. Raises Refused, naming every gap in the settings."""
    recipients = tuple(recipients_of(case, policy))
    outside = tuple(_outside_eu(recipients, policy))
    if gaps := list(_gaps(recipients, outside, policy)):
        raise Refused(f"the explanation of article 15 is not complete: {'; '.join(gaps)}", "B-10")
    return AccessExplanation(
        policy.purposes,
        tuple(_categories(collected, recipients, policy)),
        recipients,
        outside,
        tuple(retention_of(policy)),
        policy.origins,
        policy.automated_decisions,
    )


def needs_explanation(case: Case) -> bool:
    """Whether the copy answers an access request; for the others the data themselves are enough."""
    return Kind.ACCESS in case.kinds


def _outside_eu(recipients: tuple[DataLocation, ...], policy: Policy) -> Iterator[tuple[str, str]]:
    named = {location.name for location in recipients}
    for processor in policy.processors:
        if processor.outside_eu and processor.name in named:
            yield processor.name, processor.outside_eu


def _categories(collected: Collected, recipients: tuple[DataLocation, ...], policy: Policy) -> Iterator[str]:
    """What sort of data: of the sources and files that gave any, and of the places on the list."""
    found = [records.source.category for records in collected.records if records.rows]
    found += [file.attached.category for file in collected.files]
    found += [
        location.holds
        for location in data_locations(policy)
        if location.holds and (location in recipients or not location.is_processor)
    ]
    if collected.written:
        found.append("correspondentie over uw verzoek")
    named: dict[str, str] = {}
    for sort in found:
        named.setdefault(sort.lower(), sort)
    yield from named.values()


def _gaps(recipients: tuple[DataLocation, ...], outside: tuple[tuple[str, str], ...], policy: Policy) -> Iterator[str]:
    file = f"tenants/{policy.tenant}.toml"
    if not policy.purposes:
        yield f"{file} has no purposes"
    if not policy.retention:
        yield f"{file} has no retention"
    if not policy.origins:
        yield f"{file} has no origins (article 15(1)(g): where the data come from)"
    if not policy.automated_decisions:
        yield f"{file} has no automated_decisions (article 15(1)(h))"
    for location in recipients:
        if any(gap in location.name.lower() for gap in _GAPS):
            cure = f"mailbot absent REF confirm:{location.slug} --reason ..."
            yield f"name this processor, or say that it is none: {cure}"
    for name, safeguard in outside:
        if any(gap in safeguard.lower() for gap in _GAPS):
            yield f"{file}: outside_eu of {name} names no safeguard (article 15(2))"
