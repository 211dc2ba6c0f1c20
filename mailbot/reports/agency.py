"""An agency that runs the program for many companies gets one mail on Monday over all of them.

The rules kept here: it names no requester. It is written once a week and leaves through an outbox of the agency's own,
so that no company's memory holds the figures of another (F-14). A mail of which nobody knows whether it left is not
sent again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot.actions import Send
from mailbot.app import Busy, Clock, Tenant, close_all, database_of
from mailbot.classify import Classifier
from mailbot.config import Company, Installation
from mailbot.dates import dutch_date, dutch_short
from mailbot.errors import MailbotError, Usage
from mailbot.execute import company_key
from mailbot.letters import Letters
from mailbot.letters.render import Value
from mailbot.model import Authority, Letter, LetterState, Policy
from mailbot.operation import health
from mailbot.outgoing import outbox
from mailbot.reports import weekly
from mailbot.reports.digest import digest, dutch_week, iso_week, week_bounds
from mailbot.reports.roundup import CompanyWeek, Roundup, rounded_up
from mailbot.reports.summary import LONGEST_CHART, deadline_bar, trend_bars
from mailbot.store import Unit

log = logging.getLogger(__name__)

ID = ".agency"  # no company can have this id
TEMPLATE = "agency_summary"
LONGEST_TABLE = 60
#: So many companies are named with what is to be confirmed there.
LONGEST_LIST = 25
#: What a setting is called by who does not know the file.
TO_CONFIRM = {
    "name": "naam",
    "country": "land",
    "post_address": "postadres",
    "website": "website",
    "mail.mailbox": "postvak",
    "contact.name": "contactpersoon",
    "promise_days": "beloofde termijn",
    "promise_months": "beloofde uiterste termijn",
    "minor_age": "leeftijd van minderjarigen",
    "leaving_is_erasure": "vertrek als verzoek om te wissen",
    "only_person_lifts": "beperking die alleen de betrokkene opheft",
    "copies_before_stopping": "kopieën voordat de verwerking stopt",
    "portability_of_all": "overdracht van alle gegevens",
    "resists_authorities": "verzet tegen wat een overheid vordert",
    "imap": "server van het postvak",
    "smtp": "server voor het verzenden",
    "alarm": "tweede weg voor alarm",
    "oauth": "toegang met toestemming",
    "customers": "bestand van de klanten",
    "sources": "bronnen voor een kopie",
    "suppression": "programma dat afmeldt",
}


def office(settings: Installation, replies: Path) -> Tenant:
    """The agency as the program sees it: a sender without a mailbox, with a memory of its own."""
    agency = settings.agency
    if agency is None:
        raise Usage("there is no agency; name it in mailbot.toml under [agency]")
    policy = Policy(
        tenant=ID,
        name=agency.name,
        country="NL",
        zone=ZoneInfo(agency.zone),
        authority=Authority("", "", "", "", ""),
        mailbox=agency.sender,
        addresses=(agency.sender,),
        contact_name="",
        contact_email=agency.email,
        mode="automatic",
    )
    company = Company(policy, smtp=agency.smtp)
    return Tenant(company, settings.folder_of(ID), Letters(replies), Classifier.empty(), database=database_of(settings))


def tick(office: Tenant, companies: Callable[[], list[Tenant]], clock: Clock) -> int:
    """Write the week's mail when it is due, and send what waits. Returns how many mails left. Raises TryLater."""
    outbox.recover(office, clock())
    _write_when_due(office, companies, clock)
    return outbox.deliver(office, clock)


def run(
    office: Tenant, companies: Callable[[], list[Tenant]], clock: Clock, stop: threading.Event, seconds: float
) -> None:
    """Tick until stopped. One worker at a time does this, as with a company."""
    while not stop.is_set():
        try:
            office.claim()
            tick(office, companies, clock)
        except Busy:
            log.debug("agency: another worker writes its mail")
        except MailbotError as error:
            log.warning("agency: %s", error)
        except Exception as error:  # a full disk or one bad record must not end the mail for good
            log.warning("agency: %s", type(error).__name__)
        stop.wait(max(seconds, 60.0))
    close_all([office])


def _write_when_due(office: Tenant, companies: Callable[[], list[Tenant]], clock: Clock) -> None:
    with office.store.unit() as unit:
        day = weekly.week_due(unit, office.policy, clock())
    if day is None:
        return
    opened = companies()
    try:
        weeks = gather(opened, day, clock)
    finally:
        close_all(opened)
    with office.store.unit() as unit:
        unit.put_letter(compose(unit, office, weeks, day, clock))


def gather(companies: Sequence[Tenant], day: date, clock: Clock) -> Roundup:
    """The week that `day` lies in, of every company in its own zone."""
    return rounded_up(list(_weeks(companies, day, clock)))


def _weeks(companies: Sequence[Tenant], day: date, clock: Clock) -> Iterator[CompanyWeek]:
    """One after the other, so that hundreds of memories are not open at once."""
    for one in companies:
        yield _week(one, day, clock)
        if not one.database:
            one.close()


def _week(tenant: Tenant, day: date, clock: Clock) -> CompanyWeek:
    return replace(_numbers(tenant, day, clock), to_confirm=tenant.company.to_confirm)


def _numbers(tenant: Tenant, day: date, clock: Clock) -> CompanyWeek:
    policy, now = tenant.policy, clock()
    if tenant.company.missing:
        found = health.condition_of_one(tenant, now)
        return CompanyWeek(tenant.id, policy.name, None, bool(found.wrong), running=found.open_cases)
    start, end = week_bounds(day, policy.zone)
    nothing = digest([], [], [], start, end, now, policy)
    try:
        found = health.condition(tenant, now)
        if not tenant.has_memory:
            return CompanyWeek(tenant.id, policy.name, nothing, bool(found.wrong))
        with tenant.store.unit() as unit:
            numbers = weekly.numbers(unit, policy, day, now)
    except Exception as error:  # whatever is wrong with one company's memory, the others are told of
        log.warning("%s: its week cannot be read: %s", tenant.id, type(error).__name__)
        return CompanyWeek(tenant.id, policy.name, nothing, True)
    known = len([why for why in (found.overdue, found.unsure, found.failed) if why])
    return CompanyWeek(tenant.id, policy.name, numbers, len(found.wrong) > known)


def compose(unit: Unit, office: Tenant, weeks: Roundup, day: date, clock: Clock) -> Letter:
    """The mail about the week that `day` lies in."""
    policy = office.policy
    send = Send(weekly.token(day), TEMPLATE, policy.contact_email, "staff", LetterState.QUEUED)
    return office.letters.compose(send, None, policy, clock(), company_key(unit), values_of(weeks, day, policy))


# --- what the template may name


def values_of(weeks: Roundup, day: date, policy: Policy) -> dict[str, Value]:
    """What the template `agency_summary` may name."""
    start, _ = week_bounds(day, policy.zone)
    stirring = [one for one in weeks.working if not one.is_calm]
    in_need = [one for one in weeks.companies if one.needs_somebody]
    return {
        "week": dutch_week(iso_week(day)),
        "first_day": dutch_date(start.date()),
        "last_day": dutch_date(start.date() + timedelta(days=6)),
        "late_count": str(weeks.total("overdue")),
        "company_count": str(len(weeks.working)),
        "arrived": str(weeks.total("arrived")),
        "answered": str(weeks.total("answered")),
        "open_count": str(weeks.total("open")),
        "needs": [_need(one) for one in in_need[:LONGEST_TABLE]],
        "more_needs": str(max(len(in_need) - LONGEST_TABLE, 0)),
        "figure_head": ["bedrijf", "open", "te laat", "in", "uit", "eerste dag"],
        "figure_rows": [_row(one) for one in stirring[:LONGEST_TABLE]],
        "figure_lines": [_line(one) for one in stirring[:LONGEST_TABLE]],
        "left_out": str(max(len(stirring) - LONGEST_TABLE, 0)),
        "calm_count": str(len(weeks.working) - len(stirring)),
        "incomplete": [one.name for one in weeks.waiting if not one.wrong],
        **_unconfirmed(weeks),
        "deadline_bars": _deadline_bars(weeks),
        "trend_bars": trend_bars(weeks.trend),
    }


def _need(one: CompanyWeek) -> dict[str, str]:
    """What somebody must do for one company, in one line, and the command to begin with."""
    numbers = one.numbers
    if numbers is None and one.running:
        many = "dossiers lopen" if one.running > 1 else "dossier loopt"
        why = f"{one.running} {many} door, en het programma doet er niets voor, omdat instellingen ontbreken"
        return {"company": one.name, "what": why, "command": f"mailbot check --tenant {one.tenant}"}
    if numbers is None:
        why = "het instellingenbestand klopt niet, dus er gebeurt niets"
        return {"company": one.name, "what": why, "command": f"mailbot check --tenant {one.tenant}"}
    parts = (
        ("te laat", [case.ref for case in numbers.overdue]),
        ("te beoordelen", list(one.for_a_person)),
        ("met een brief die wacht", list(numbers.held)),
        ("misschien verstuurd", list(numbers.unsure)),
        ("niet verstuurd", list(numbers.failed)),
    )
    told = [f"{len(refs)} {what} ({', '.join(refs[:3])}{_more(refs)})" for what, refs in parts if refs]
    told += ["het programma zelf hapert"] if one.wrong else []
    verb = "status" if one.wrong else "triage" if numbers.overdue or one.for_a_person else "outbox"
    return {"company": one.name, "what": "; ".join(told), "command": f"mailbot {verb} --tenant {one.tenant}"}


def _unconfirmed(weeks: Roundup) -> dict[str, Value]:
    """What a person must confirm, company by company."""
    waiting = sorted((one for one in weeks.companies if one.to_confirm), key=lambda one: one.name.lower())
    return {
        "unconfirmed": [
            {
                "company": one.name,
                "settings": ", ".join(TO_CONFIRM.get(name, name) for name in one.to_confirm),
                "command": f"mailbot confirm-settings --tenant {one.tenant}",
            }
            for one in waiting[:LONGEST_LIST]
        ],
        "more_unconfirmed": str(max(len(waiting) - LONGEST_LIST, 0)),
    }


def _more(refs: Sequence[str]) -> str:
    return f" en {len(refs) - 3} meer" if len(refs) > 3 else ""


def _row(one: CompanyWeek) -> dict[str, str]:
    numbers, first = one.numbers, one.next_day
    assert numbers is not None
    return {
        "company": one.name,
        "open": str(len(numbers.open)),
        "late": str(len(numbers.overdue) or ""),
        "arrived": str(numbers.arrived),
        "answered": str(numbers.answered),
        "next": dutch_short(first.act_by) if first and first.act_by else "",
    }


def _line(one: CompanyWeek) -> str:
    row = _row(one)
    late = f", {row['late']} te laat" if row["late"] else ""
    following = f", eerste dag {row['next']}" if row["next"] else ""
    return f"{one.name}: {row['open']} open{late}, {row['arrived']} in, {row['answered']} uit{following}"


def _deadline_bars(weeks: Roundup) -> list[dict[str, str]]:
    """The coming days over all companies, nearest first."""
    dated = [(case, one) for one in weeks.working if one.numbers for case in one.numbers.dated]
    dated.sort(key=lambda pair: (pair[0].days_left, pair[1].name, pair[0].ref))
    return [
        deadline_bar(f"{one.tenant[:14]} {case.ref.rpartition('-')[2]}", case) for case, one in dated[:LONGEST_CHART]
    ]
