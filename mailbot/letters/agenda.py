"""The entry in a colleague's calendar (RFC 5545), which moves when the date moves and goes when the case is done.

One calendar object per date, each an attachment of its own, as RFC 5546 wants it: a request from the company's mailbox
to the one reader, without asking for an answer. The uid is the same for the life of the case and the sequence counts
what happened to its dates, so Outlook, Google and Apple replace or remove what they have instead of adding to it.
The rule kept here: a calendar is seen by more people than a mail, so an entry names the case and what to do, nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

from mailbot.model import Case, Deadline, Enclosed, Policy

REQUEST, CANCEL = "REQUEST", "CANCEL"
#: The dates that are entries, with what is added to the reference in the name of the file and in the uid.
_ENTRIES = {"act_by": "", "breach": "-datalek"}
_HOUR = timedelta(hours=1)

Phrases = Mapping[str, Mapping[str, str]]


def entries(
    case: Case, policy: Policy, to: str, now: datetime, phrases: Phrases, *, ended: bool = False
) -> tuple[Enclosed, ...]:
    """The entries for the dates that still run; with `ended` also what takes back those that are over."""
    running = {deadline.name for deadline in case.appointments}
    if not policy.mailbox:
        return ()
    return tuple(
        _enclosed(case, deadline, REQUEST if name in running else CANCEL, policy, to, now, phrases)
        for name in _ENTRIES
        if (deadline := _last_known(case, name)) and (name in running or ended)
    )


def _last_known(case: Case, name: str) -> Deadline | None:
    """The date, also of a case that has no day to act by any more because its notice left."""
    found = case.deadline(name)
    return case.deadline("notice_by") if found is None and name == "act_by" else found


def _enclosed(
    case: Case, deadline: Deadline, method: str, policy: Policy, to: str, now: datetime, phrases: Phrases
) -> Enclosed:
    calendar = Calendar()
    for name, value in (("prodid", "-//mailbot//NL"), ("version", "2.0"), ("method", method)):
        calendar.add(name, value)
    calendar.add_component(_event(case, deadline, method, policy, to, now, phrases))
    text = calendar.to_ical().decode()
    addition = _ENTRIES.get(deadline.name, "")
    return Enclosed(f"{case.ref}{addition}.ics", f"text/calendar; charset=utf-8; method={method}", text)


def _event(
    case: Case, deadline: Deadline, method: str, policy: Policy, to: str, now: datetime, phrases: Phrases
) -> Event:
    kind = "breach" if deadline.name == "breach" else "act_by"
    asked = ", ".join(phrases["kind_names"][one] for one in case.kinds[:4])
    words = {"ref": case.ref, "company": policy.name, "asked": asked or "?", "tenant": policy.tenant}
    event = Event()
    event.add("uid", f"{case.ref}{_ENTRIES[kind]}.{policy.tenant}@{policy.mailbox.rpartition('@')[2]}")
    event.add("sequence", case.moves)
    event.add("dtstamp", now.astimezone(UTC))
    for name, moment in zip(("dtstart", "dtend"), _span(deadline), strict=True):
        event.add(name, moment)
    event.add("summary", phrases["calendar"][kind].format_map(words))
    event.add("description", phrases["calendar"]["over" if method == CANCEL else f"{kind}_do"].format_map(words))
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # a date to keep takes no time out of the day
    event.add("organizer", _person(policy.mailbox, policy.name))
    event.add("attendee", _reader(to))
    event.add("x-microsoft-cdo-busystatus", "FREE")
    event.add("x-microsoft-disallow-counter", "TRUE")
    return event


def _span(deadline: Deadline) -> tuple[date, date] | tuple[datetime, datetime]:
    """A whole day, its end excluded (RFC 5545, 3.6.1); for an hour, the hour that ends with it."""
    if deadline.on is not None:
        return deadline.on, deadline.on + timedelta(days=1)
    due = deadline.due.astimezone(UTC).replace(microsecond=0)
    return due - _HOUR, due


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    person.params["CN"] = vText(name)
    return person


def _reader(address: str) -> vCalAddress:
    """The one who gets the mail; his calendar program must not write back to the mailbox."""
    reader = vCalAddress(f"mailto:{address}")
    for name, value in (("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "ACCEPTED"), ("RSVP", "FALSE")):
        reader.params[name] = vText(value)
    return reader
