"""Letters to people who do not exist: everything that each template can be asked to say.

The rule kept here: each template has a full and a bare case, and one of each kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

from mailbot.actions import Send
from mailbot.checklist import POLICY_CHANGED, REPLIES
from mailbot.letters.render import Value
from mailbot.letters.sample_agency import AGENCY_WEEKS
from mailbot.letters.sample_facts import facts_for, sample_facts
from mailbot.letters.sample_staff import (
    BY_REPLY,
    DATES,
    EMPTY_WEEK,
    FULL_WEEK,
    GATHERED,
    LEFT,
    NOTICE,
    REF,
    ROW,
    SECOND,
    TOPICS,
    WITH_LETTERS,
    WORDS_DONE,
)
from mailbot.letters.values import FOREIGN
from mailbot.model import (
    Address,
    Audience,
    Case,
    CaseMail,
    Deadline,
    Item,
    Kind,
    LetterState,
    MatchState,
    Policy,
    Reason,
    Status,
)

#: Letters that the program writes by itself, or that ask something.
FIRST_LETTERS = ("acknowledgement", "neutral", "identity_question", "confirmation", "paper_not_needed")
REQUESTER_LETTERS = (*FIRST_LETTERS, *REPLIES)
CASE_LETTERS = (
    *(
        "new_case",
        "needs_person",
        "reply_received",
        "reply_unseen",
        "deadline_near",
        "overdue",
        "breach_undecided",
        "undelivered",
    ),
    *("notice_near", "stop_unconfirmed", "date_moved", "date_over", "stopped"),
    *("word_done", "word_refused", "letter_held"),
)
#: Letters that may ask the owner of the address whether the request is his.
ASKING = frozenset({"acknowledgement", "confirmation"})
#: Letters that carry what a person wrote.
WRITTEN = frozenset({"answer", "message", "extended", "restriction_lifted", "stopped"})
COMPANY_LETTERS = (
    *(
        "agency_summary",
        POLICY_CHANGED.name,
        "canary",
        "caps",
        "dates",
        "gathered",
        "leftovers",
        "mailbox",
        "second_erasure",
        "summary",
        "warnings",
        "words_done",
    ),
)
#: Mails to processors, each in Dutch and English.
PROCESSOR_LETTERS = ("processor", "processor_reminder")


#: What is to be sent, in which case, and what else its template may name.
Sample = tuple[Send, Case | None, dict[str, Value]]


def samples(policy: Policy, now: datetime) -> Iterator[Sample]:
    """Every template with a full and a bare case. They hang on the company's country and zone alone."""
    cases = _sample_cases(policy, now)
    for case in cases:
        for name in FIRST_LETTERS:
            for language in ("nl", *FOREIGN):
                spoken = replace(case, language=language)
                yield _send(name, "requester"), spoken, {}
                if name in ASKING:
                    yield _send(name, "requester"), spoken, {"confirm_code": "ABCD-EFGH-2345"}
        for with_code, part in ((True, ""), (False, "2")):
            yield _send("package", "requester"), case, {"with_code": with_code, "part": part, "parts": part and "3"}
        yield from _to_processors(case)
        for name in CASE_LETTERS:
            for extra in (BY_REPLY | WITH_LETTERS).get(name, ({},)):
                yield _send(name, "staff"), case, extra
    yield from ((send, case, {}) for send, case in _replies(cases[0], cases[-1], policy))
    for numbers in (FULL_WEEK, EMPTY_WEEK):
        yield _send("caps", "staff"), None, {}
        yield _send("canary", "staff"), None, {}
        yield replace(_send(POLICY_CHANGED.name, "customer"), facts=facts_for(POLICY_CHANGED)), None, {}
        for topic in TOPICS:
            yield _send("mailbox", "staff"), None, NOTICE | {"topic": topic}
        yield _send("second_erasure", "staff"), None, SECOND
        yield _send("leftovers", "staff"), None, {"rows": [LEFT], "case_ref": REF, "trash": "Prullenbak"}
        bare = ROW | {"passed": "", "was_due": "", "matter": "reply:"}
        yield _send("warnings", "staff"), None, {"rows": [ROW], "cases": "1", "stands_in": True}
        yield _send("warnings", "staff"), None, {"rows": [ROW, bare], "cases": "2", "stands_in": False}
        yield from ((_send("dates", "staff"), None, dict(values)) for values in DATES)
        yield from ((_send("words_done", "staff"), None, dict(values)) for values in WORDS_DONE)
        yield from ((_send("gathered", "staff"), None, dict(values)) for values in GATHERED)
        for observing in (True, False):
            yield _send("summary", "staff"), None, {**numbers, "observing": observing}
    yield from ((_send("agency_summary", "staff"), None, week) for week in AGENCY_WEEKS)


def _replies(full: Case, bare: Case, policy: Policy) -> Iterator[tuple[Send, Case]]:
    """Each reply with all facts and with the needed ones only, for people of every language, in time and too late."""
    late = replace(full, deadlines=tuple(_passed(deadline) for deadline in full.deadlines))
    for name, reply in REPLIES.items():
        if policy.country in reply.countries:
            send = _send(name, "requester")
            yield from ((send, replace(full, language=language)) for language in ("nl", FOREIGN[0]))
            yield from ((replace(send, about=(kind,)), late) for kind in sorted(reply.kinds)[:1])
            yield replace(send, facts=sample_facts(name, only_needed=True)), bare


def _passed(deadline: Deadline) -> Deadline:
    on = deadline.on - timedelta(days=60) if deadline.on else None
    return replace(deadline, due=deadline.due - timedelta(days=60), on=on)


def _to_processors(case: Case) -> Iterator[tuple[Send, Case | None, dict[str, Value]]]:
    """Each mail for each thing that can be asked, with and without words of a person."""
    for name, verb, language in product(PROCESSOR_LETTERS, ("look_up", "correct", "erase", "freeze"), ("nl", "en")):
        body = "naam: Jansen wordt Janssen" if verb == "correct" else ""
        step, until = f"{verb}:voorbeeld", date(2026, 4, 30)
        yield replace(_send(name, "processor"), plan_step=step, language=language, body=body, until=until), case, {}


def _send(name: str, audience: Audience) -> Send:
    to = "jan.voorbeeld@example.nl" if audience == "requester" else "contact@example.nl"
    told = {"undelivered": f"undelivered:{REF}:answer:1", "stopped": f"stopped:{REF}:answer:1:1"}
    token = told.get(name, f"{REF}:{name}")
    body = "Dit is een voorbeeld van een antwoord.\n\n- eerste punt\n- tweede punt"
    return Send(
        token,
        name,
        to,
        audience,
        LetterState.HELD,
        "<vraag@example.nl>",
        ("<vraag@example.nl>",),
        body if name in WRITTEN else "",
        "een voorbeeld",
        date(2026, 4, 30) if name == "extended" else None,
        facts=sample_facts(name),
    )


def _sample_cases(policy: Policy, now: datetime) -> tuple[Case, ...]:
    """A case of everything, one for each kind, and one of which almost nothing is known."""
    bare = Case(REF, policy.tenant, Status.TRIAGE, now - timedelta(days=2))
    full = replace(
        bare,
        status=Status.OPEN,
        items=tuple(Item(kind) for kind in Kind if kind is not Kind.NOT_A_REQUEST),
        requester=Address("jan.voorbeeld@example.nl", "Jan Voorbeeld"),
        match=MatchState.KNOWN,
        certainty=0.87,
        reasons=(Reason(Kind.ACCESS, "Welke gegevens hebt u van mij?"), Reason(Kind.ERASURE, "Haal alles weg.")),
        signals=("reminder", "deadline_threat", "identity_document"),
        needs=("breach", "complaint", "identity_document"),
        deadlines=_sample_deadlines(policy, now),
        clock="ontvangen za 31-01-2026 22:14 -> één maand: za 28-02 -> wij werken naar vr 27-02",
        mails=(
            CaseMail("0" * 64, "<vraag@example.nl>", None, bare.received_at, "jan.voorbeeld@example.nl", "Vraag", ""),
        ),
        restricted_since=bare.received_at,
        suppressed=("jan.voorbeeld@example.nl",),
        remarks=("failed: answer (550 no such user)",),
    )
    single = (replace(full, items=(Item(kind),)) for kind in Kind)
    late = (replace(full, deadlines=_sample_deadlines(policy, now - timedelta(days=days))) for days in (21, 23, 40))
    again = replace(full, reply_at=now, signals=("representative",), remarks=(*full.remarks, f"mentions {REF}"))
    return (full, *single, *late, again, bare)


def _sample_deadlines(policy: Policy, now: datetime) -> tuple[Deadline, ...]:
    """Dates around `now`, as the clock would give them."""
    today = policy.day_of(now)
    days = {"act_by": 20, "operating": 22, "notice_by": 22, "statutory": 25}
    dated = tuple(
        Deadline(name, _end(today, left), today + timedelta(days=left), "", "") for name, left in days.items()
    )
    return (*dated, Deadline("breach", now + timedelta(hours=24), None, "", ""))


def _end(day: date, left: int) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=left + 1)
