"""What the measurement found at one company: findings, counts, and the same as rows for JSON and for the page.

The rule kept here: a row says where a mail lies, never who wrote it or what it says, unless names are asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mailbot.audit.findings import Finding, FoundRequest, SentMail, State, findings
from mailbot.audit.reading import FoundMails
from mailbot.model import Policy


@dataclass(frozen=True, slots=True)
class Result:
    """The measurement of one company. `doubtful` may ask something; a person must look."""

    policy: Policy
    since: date
    made_at: datetime
    findings: tuple[Finding, ...]
    doubtful: tuple[Finding, ...]
    mails: int
    machine: int
    unread: int
    folders: tuple[str, ...]

    def count(self, state: State) -> int:
        """How many requests ended so."""
        return sum(1 for finding in self.findings if finding.state is state)

    @property
    def broken_promises(self) -> int:
        """Requests that the law's month allowed and the company's own promise did not."""
        return sum(1 for finding in self.findings if finding.promise_broken and finding.state is State.ANSWERED)


def result_of(trail: FoundMails, policy: Policy, since: date, now: datetime) -> Result:
    """Judge what was read."""
    found = findings(trail.asked, trail.sent, policy, now)
    known = {mail.message_id for one in found for mail in (one.first, *one.reminders)}
    known |= {mail.message_id for one in found for mail in one.answers}
    doubtful = [mail for mail in trail.doubtful if known.isdisjoint(mail.references)]
    return Result(
        policy=policy,
        since=since,
        made_at=now,
        findings=tuple(found),
        doubtful=tuple(findings(doubtful, trail.sent, policy, now)),
        mails=trail.mails,
        machine=trail.machine,
        unread=trail.unread,
        folders=trail.folders,
    )


def as_json(result: Result, names: bool) -> dict[str, Any]:
    """The whole result, one object a company."""
    states = Counter(str(finding.state) for finding in result.findings)
    return {
        "tenant": result.policy.tenant,
        "since": result.since.isoformat(),
        "made_at": result.made_at.astimezone(result.policy.zone).isoformat(timespec="seconds"),
        "folders": list(result.folders),
        "mails": result.mails,
        "machine_mails": result.machine,
        "unreadable": result.unread,
        "requests": len(result.findings),
        **{str(state): states[str(state)] for state in State},
        "promise_broken": sum(1 for finding in result.findings if finding.promise_broken),
        "findings": rows(result.findings, result.policy, names),
        "doubtful": rows(result.doubtful, result.policy, names),
    }


def rows(found: Iterable[Finding], policy: Policy, names: bool) -> list[dict[str, Any]]:
    """Each finding as a row."""
    return [_row(finding, policy, names) for finding in found]


def _row(finding: Finding, policy: Policy, names: bool) -> dict[str, Any]:
    first = finding.first
    row = {
        "number": finding.number,
        "state": str(finding.state),
        "exposure": finding.exposure,
        "kinds": [str(kind) for kind in first.kinds],
        "certainty": first.certainty,
        "sure": first.sure,
        "received_on": _day(first.received_at, policy),
        "due_on": finding.due_on.isoformat(),
        "promised_on": finding.promised_on.isoformat() if finding.promised_on else None,
        "answered_on": _day(finding.answered_at, policy),
        "days_over": finding.days_over,
        "promise_broken": finding.promise_broken,
        "extended": finding.extended,
        "not_answered": [str(kind) for kind in finding.missing],
        "reminders_on": [_day(mail.received_at, policy) for mail in finding.reminders],
        "evidence": _place(first),
        "sent": [{"on": _day(mail.sent_at, policy), "says": _says(mail), **_place(mail)} for mail in finding.answers],
    }
    if names:
        row |= {"writer": first.writer, "subject": first.subject, "sentences": list(first.quotes)}
    return row


def _place(mail: FoundRequest | SentMail) -> dict[str, Any]:
    return {"folder": mail.pointer.folder, "uid": mail.pointer.uid, "message_id": mail.message_id}


def _says(mail: SentMail) -> str:
    if mail.said.extends and mail.said.only_receipt:
        return "extension"
    return "receipt or question" if mail.said.only_receipt else "refusal" if mail.said.refuses else "answer"


def _day(at: datetime | None, policy: Policy) -> str | None:
    return policy.day_of(at).isoformat() if at else None
