"""Where one company keeps data of people: its own systems and the processors, each once (B-35).

The rule kept here: a system that stands in both lists is one location; a processor that the company confirmed as
stopped is none; one "te bevestigen" is a location that a person confirms first (E-23, E-24).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from mailbot.model import Place, Policy, Processor

_LONGEST = 32


@dataclass(frozen=True, slots=True)
class DataLocation:
    """One place where data may lie. `contact` is empty for a system in which people look themselves."""

    slug: str
    name: str
    category: str = ""
    holds: str = ""
    keeps: str = ""
    owner: str = ""
    contact: str = ""
    language: str = "nl"
    is_processor: bool = False
    unconfirmed: bool = False


@lru_cache(maxsize=1000)  # a plan asks for the same names at each of its steps
def slug(name: str) -> str:
    """A name as it is typed on a command line: "E-boekhouden" is "e-boekhouden", "Pay.nl" is "pay-nl"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain.partition("(")[0] or plain).strip("-")
    return words if len(words) <= _LONGEST else words[:_LONGEST].rpartition("-")[0] or words[:_LONGEST]


def data_locations(policy: Policy) -> tuple[DataLocation, ...]:
    """Every place where data of a person may lie: the systems first, then the processors that are not among them."""
    found: dict[str, DataLocation] = {}
    for place in policy.places:
        found.setdefault(slug(place.name), _of_place(place))
    for processor in policy.processors:
        if processor.status != "gestopt":
            name = slug(processor.name)
            found[name] = _of_processor(processor, found.get(name))
    return tuple(found.values())


def _of_place(place: Place) -> DataLocation:
    return DataLocation(slug(place.name), place.name, place.category, place.holds, place.keeps, place.owner)


def _of_processor(processor: Processor, place: DataLocation | None) -> DataLocation:
    """A processor, with what the company's own list knows of it."""
    return DataLocation(
        slug=slug(processor.name),
        name=processor.name,
        category=processor.category,
        holds=processor.holds or (place.holds if place else ""),
        keeps=processor.keeps or (place.keeps if place else ""),
        owner=place.owner if place else "",
        contact=processor.contact,
        language=processor.language,
        is_processor=True,
        unconfirmed=processor.status == "te bevestigen",
    )
