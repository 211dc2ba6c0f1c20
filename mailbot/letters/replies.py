"""What the template of a reply may name on top: the facts that people gave, written as a Dutch reader expects them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from mailbot.actions import Send
from mailbot.checklist import POLICY_CHANGED, REPLIES, Form, Reply
from mailbot.dates import written_date
from mailbot.letters.in_words import passed
from mailbot.letters.reader import outside_gdpr, phrases_for
from mailbot.letters.render import Value, clean, clean_lines
from mailbot.letters.values import Phrases
from mailbot.model import Case, Kind, Policy

#: Kinds that ask for no decision under articles 15 to 22.
UNDECIDED = frozenset({Kind.COMPLAINT, Kind.BREACH_REPORT, Kind.PRIVACY_QUESTION, Kind.CONSENT_WITHDRAWAL})


def of_reply(send: Send, case: Case | None, policy: Policy, phrases: Phrases, now: datetime) -> dict[str, Value]:
    """What people know, for a reply that tells it, and what else in the case is still to be told."""
    reply = REPLIES.get(send.template)
    if reply is None or case is None:
        return {}
    about = [kind for kind in case.kinds if not send.about or kind in send.about]
    given = dict(send.facts)
    kinds = phrases_for(case, send.to, phrases, "kinds")
    grounds = phrases_for(case, send.to, phrases, "grounds")
    filled = {fact.name: _fact(fact.form, given.get(fact.name, ()), grounds) for fact in reply.facts}
    waits = [item.kind for item in case.items if item.told_at is None and not item.letter and item.kind not in about]
    return {name: value for name, value in filled.items() if name not in ("body", "until")} | {
        "kinds": [kinds[kind] for kind in about if kind in kinds],
        "kind_words": [str(kind) for kind in about],
        "outside_gdpr": outside_gdpr(about, policy),
        "rest": [kinds[kind] for kind in waits if kind in kinds] if send.about else [],
        "due_on": _still_due(case, policy, now),
        "late": passed(case, policy, now) if _tells_first(reply, about, case) else "",
        "court": phrases["court" if _decides(reply, about) else "court_without_term"][policy.country],
    }


def _tells_first(reply: Reply, about: list[Kind], case: Case) -> bool:
    """Whether this letter is the answer to something that no letter has told yet: only then can it be late."""
    untold = any(item.told_at is None for item in case.items if item.kind in about)
    return untold and (reply.ends or reply.verb == "copy")


def _decides(reply: Reply, about: list[Kind]) -> bool:
    """Whether a letter decides on a request under articles 15 to 22: the six weeks for a petition to the Dutch court
    run from the answer to one (UAVG 35), not from a notice that it takes longer or from the answer to a complaint."""
    return reply.verb != "extend" and not UNDECIDED.issuperset(about)


def of_notice(send: Send, policy: Policy, phrases: Phrases) -> dict[str, Value]:
    """What changes in the policy, for everybody alike."""
    given = dict(send.facts) | (
        {} if dict(send.facts).get("page") or not policy.website else {"page": (policy.website,)}
    )
    return {fact.name: _fact(fact.form, given.get(fact.name, ()), phrases["grounds"]) for fact in POLICY_CHANGED.facts}


def _still_due(case: Case, policy: Policy, now: datetime) -> str:
    """The day by which the rest is answered; nothing where that day is over or cannot be named."""
    due = case.deadline("operating")
    ahead = due and due.on and due.on >= policy.day_of(now)
    return written_date(due.on, "nl") if due and due.on and ahead else ""


def _fact(form: Form, lines: tuple[str, ...], grounds: Mapping[str, str]) -> Value:
    match form:
        case Form.WORDS:
            return clean_lines("\n".join(lines))
        case Form.LINES:
            return [clean(line, 500) for line in lines]
        case Form.DAY:
            return written_date(date.fromisoformat(lines[0]), "nl") if lines else ""
        case Form.GROUND:
            return grounds[lines[0]] if lines else ""
        case Form.KEPT:
            rows = [[part.strip() for part in line.split("|")] for line in lines]
            return [
                {"what": clean(what), "why": clean(why), "until": written_date(date.fromisoformat(until), "nl")}
                for what, why, until in rows
            ]
