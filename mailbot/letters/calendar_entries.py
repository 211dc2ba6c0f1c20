"""The entry in a colleague's calendar (RFC 5545), which moves when the date moves and goes when the case is done.

One calendar object per date, each an attachment of its own, as RFC 5546 wants it: a request from the company's mailbox
to the one reader, without asking for an answer. The uid is the same for the life of the case and the sequence counts
what happened to its dates, so Outlook, Google and Apple replace or remove what they have instead of adding to it.
The rule kept here: a calendar is seen by more people than a mail, so an entry names the case and what to do, nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mailbot.letters.render import clean
from mailbot.model import Case, Deadline, DeadlineName, Enclosed, Policy

REQUEST, CANCEL = "REQUEST", "CANCEL"
#: The dates that are entries.
_ENTRIES: tuple[DeadlineName, ...] = ("act_by", "breach")
_HOUR = timedelta(hours=1)
#: Bytes of a line without its end (RFC 5545, 3.1).
_WIDTH = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,"})

Phrases = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class CalendarContext:
    """Whose calendar it is: of the reader at the address `to`, by the company's settings and its Dutch phrases, now."""

    policy: Policy
    to: str
    now: datetime
    phrases: Phrases


def entries(case: Case, context: CalendarContext, *, ended: bool) -> tuple[Enclosed, ...]:
    """The entries for the dates that still run; with `ended` also what takes back those that are over. None where the
    company has no mailbox, from which an entry would come."""
    running = {deadline.name for deadline in case.appointments}
    if not context.policy.mailbox:
        return ()
    return tuple(
        _enclosed(case, deadline, REQUEST if name in running else CANCEL, context)
        for name in _ENTRIES
        if (deadline := _last_known(case, name)) and (name in running or ended)
    )


def _last_known(case: Case, name: DeadlineName) -> Deadline | None:
    """The date, also of a case that has no day to act by any more because its notice left."""
    found = case.deadline(name)
    return case.deadline("notice_by") if found is None and name == "act_by" else found


def _enclosed(case: Case, deadline: Deadline, method: str, context: CalendarContext) -> Enclosed:
    text = "".join(f"{_folded(line)}\r\n" for line in _lines(case, deadline, method, context))
    return Enclosed(f"{_name(case, deadline)}.ics", f"text/calendar; charset=utf-8; method={method}", text)


def _name(case: Case, deadline: Deadline) -> str:
    """What an entry is known by: the case, and whether it is about the breach that it reported."""
    return f"{case.ref}-datalek" if deadline.name == "breach" else case.ref


def _lines(case: Case, deadline: Deadline, method: str, context: CalendarContext) -> Iterator[str]:
    policy, phrases = context.policy, context.phrases
    kind = "breach" if deadline.name == "breach" else "act_by"
    asked = ", ".join(phrases["kind_names"][one] for one in case.kinds[:4])
    words = {"ref": case.ref, "company": clean(policy.name), "asked": asked or "?", "tenant": policy.tenant}
    do = phrases["calendar"]["over" if method == CANCEL else f"{kind}_do"]
    uid = f"{_name(case, deadline)}.{policy.tenant}@{policy.mailbox.rpartition('@')[2]}"
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//mailbot//NL", f"METHOD:{method}", "BEGIN:VEVENT")
    yield f"UID:{_text(uid)}"
    yield f"SEQUENCE:{case.moves}"
    yield f"DTSTAMP:{context.now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield from _span(deadline)
    yield f"SUMMARY:{_text(phrases['calendar'][kind].format_map(words))}"
    yield f"DESCRIPTION:{_text(do.format_map(words))}"
    yield f"STATUS:{'CANCELLED' if method == CANCEL else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"  # a date to keep takes no time out of the day
    yield f"ORGANIZER;CN={_quoted(policy.name)}:mailto:{clean(policy.mailbox)}"
    # the one who gets the mail; his calendar program must not write back to the mailbox
    yield f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{clean(context.to)}"
    yield from ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", "X-MICROSOFT-DISALLOW-COUNTER:TRUE")
    yield from ("END:VEVENT", "END:VCALENDAR")


def _span(deadline: Deadline) -> tuple[str, str]:
    """A whole day, its end excluded (RFC 5545, 3.6.1); for an hour, the hour that ends with it."""
    if deadline.on is not None:
        start, end = (f"{day:%Y%m%d}" for day in (deadline.on, deadline.on + timedelta(days=1)))
        return f"DTSTART;VALUE=DATE:{start}", f"DTEND;VALUE=DATE:{end}"
    due = deadline.due.astimezone(UTC)
    start, end = (f"{moment:%Y%m%dT%H%M%SZ}" for moment in (due - _HOUR, due))
    return f"DTSTART:{start}", f"DTEND:{end}"


def _text(value: str) -> str:
    """On one line (RFC 5545, 3.3.11)."""
    return clean(value).translate(_ESCAPES)


def _quoted(value: str) -> str:
    """A value of a parameter, which can hold anything but quotes and line ends (RFC 5545, 3.2)."""
    return '"' + clean(value).replace('"', "'") + '"'


def _folded(line: str) -> str:
    """The line in pieces that fit, each but the first after a space, no letter broken (RFC 5545, 3.1)."""
    if line.isascii():
        rest = (line[at : at + _WIDTH - 1] for at in range(_WIDTH, len(line), _WIDTH - 1))
        return "\r\n ".join((line[:_WIDTH], *rest))
    pieces, width = [""], 0
    for letter in line:
        width += len(letter.encode())
        if width > _WIDTH:
            pieces.append(" ")
            width = 1 + len(letter.encode())
        pieces[-1] += letter
    return "\r\n".join(pieces)
