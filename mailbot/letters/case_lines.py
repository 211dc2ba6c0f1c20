"""A case as one of several in a mail to a colleague: what, until when, and what it waits for."""

from __future__ import annotations

from datetime import datetime

from mailbot.letters.in_words import date_in_words, day_in_words, days_left, days_left_in_words, listed, passed
from mailbot.letters.values import Phrases
from mailbot.model import Case, Policy


def line_of(case: Case, policy: Policy, phrases: Phrases, now: datetime, matter: str = "answer") -> dict[str, str]:
    """What a mail about several cases says of each. `matter`: the answer, a notice before it, a stop, a reply."""
    waits = case.deadline("operating") is None
    until = case.deadline("notice_by" if waits or matter == "notice-" else "act_by")
    line = {
        "ref": case.ref,
        "asked": listed([phrases["kind_names"][kind] for kind in case.kinds]) or "nog niet bekend",
        "until": date_in_words(until, "nl"),
        "when": days_left_in_words(days_left(until, policy, now)),
        "passed": phrases["passed"].get(passed(case, policy, now), "")
        if matter == "answer" and not case.only_breach
        else "",
        "todo": phrases["waiting"][_awaited(case, waits)],
        "matter": matter,
    }
    match matter:
        case "reply:":
            came = day_in_words(case.reply_at or case.received_at, policy, "nl")
            return line | {"until": came, "when": "", "passed": "", "todo": phrases["waiting"]["reply"]}
        case "notice-":
            return line | {"todo": phrases["waiting"][_awaited(case, waits) if waits else "notice"]}
        case "stop-":
            opened = case.opened_at or case.received_at
            late = (policy.day_of(now) - policy.day_of(opened)).days
            return line | {
                "until": day_in_words(opened, policy, "nl"),
                "when": days_left_in_words(-late),
                "todo": phrases["waiting"]["stop"],
            }
    return line


def _awaited(case: Case, stands_still: bool) -> str:
    """What a case waits for, by its name among the phrases; a letter that was put before people is named as such."""
    if stands_still:
        ready = any(step.startswith("cannot_identify:") for step in case.alerted)
        return "identity_ready" if ready else "identity"
    if "answered_by_colleague" in case.needs:
        return "colleague"
    if case.needs:
        return "person"
    return "thank" if case.only_breach else "answer"
