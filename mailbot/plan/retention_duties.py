"""Until when a document must stay after erasure: by country, by its kind, from the end of its financial year.

The rule kept here (B-40 to B-42): a duty runs from the end of the financial year in which the document was made.
NL: seven years, ten for real estate and one-stop-shop sales. BE: ten, for documents up to 2021 seven. FR: ten. Only
what the duty needs stays, never the profile (B-43).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from mailbot.model import Policy, RetainedDocument

NL, NL_LONG = "artikel 52, vierde lid, AWR", "artikel 52, vierde lid, AWR en artikel 34a Wet OB 1968"
NL_ONE_STOP_SHOP = "artikel 369k van de btw-richtlijn (éénloketregeling)"
BE, FR = "artikel 315 WIB 92 en artikel 60 WBTW", "artikel L123-22 Code de commerce"
#: The last year of documents under the shorter Belgian duty (law of 20 November 2022).
BE_SHORT_UNTIL = 2021


@dataclass(frozen=True, slots=True)
class Document:
    """A document on file: its own number, the day it was made, and what makes its duty longer."""

    number: str
    dated_on: date
    what: str = "factuur"
    one_stop_shop: bool = False
    real_estate: bool = False


def kept(document: Document, policy: Policy, by: str = "") -> RetainedDocument:
    """What must stay of a document, until which day and by which duty."""
    years, basis = duty(document, policy.country)
    ordinary = not (document.one_stop_shop or document.real_estate)
    named = next((one.basis for one in policy.keeping if one.years == years and ordinary), basis)
    until = _years_after(year_end(document.dated_on, policy.year_end), years)
    return RetainedDocument(document.number, document.what, document.dated_on, until, named, by)


def duty(document: Document, country: str) -> tuple[int, str]:
    """For how many years after its financial year, and the article."""
    match country:
        case "NL" if document.one_stop_shop:
            return 10, NL_ONE_STOP_SHOP
        case "NL" if document.real_estate:
            return 10, NL_LONG
        case "NL":
            return 7, NL
        case "BE":
            return (7 if document.dated_on.year <= BE_SHORT_UNTIL else 10), BE
        case _:
            return 10, FR


def year_end(day: date, ends: tuple[int, int]) -> date:
    """The last day of the financial year that `day` lies in; 29 February counts as the last day of that month."""
    this_year = _day(day.year, *ends)
    return this_year if day <= this_year else _day(day.year + 1, *ends)


def _day(year: int, month: int, day: int) -> date:
    """That day, or the last of its month where the month is shorter."""
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day - 1), first_of_next - timedelta(days=1))


def _years_after(day: date, years: int) -> date:
    ends_month = (day + timedelta(days=1)).day == 1
    return _day(day.year + years, day.month, 31 if ends_month else day.day)


def still_due(found: Iterable[RetainedDocument], today: date) -> tuple[RetainedDocument, ...]:
    """Those whose time is not over yet; what is past may be erased now. Oldest end first."""
    return tuple(sorted((one for one in found if one.until >= today), key=lambda one: (one.until, one.document)))


def erase_on(kept: RetainedDocument) -> date:
    """The first day on which the document may, and must, be erased."""
    return kept.until + timedelta(days=1)
