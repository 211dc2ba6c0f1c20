"""Values for core tests: a policy, a mail, a verdict, each with only what a test says changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mailbot import actions as do
from mailbot import events
from mailbot.decide import apply, decide
from mailbot.model import (
    Address,
    Authority,
    Case,
    Kind,
    Mail,
    Match,
    MatchState,
    Pointer,
    Policy,
    Reason,
    Verdict,
)

AT = datetime(2026, 1, 31, 21, 14, tzinfo=UTC)  # a Saturday evening, 22:14 in Amsterdam
KNOWN = Match(MatchState.KNOWN, "1001", "piet@klant.example")
STRANGER = Match(MatchState.UNKNOWN)


def a_policy(**changes: Any) -> Policy:
    authority = Authority("Autoriteit Persoonsgegevens", "AP", "https://ap.example", "Postbus 93374", "088 1805 250")
    policy = Policy(
        tenant="kaviaarshop",
        name="Kaviaarshop",
        country="NL",
        zone=ZoneInfo("Europe/Amsterdam"),
        authority=authority,
        mailbox="info@shop.example",
        addresses=("info@shop.example",),
        contact_name="John",
        contact_email="john@staff.example",
        deputy_email="els@staff.example",
        promise_days=30,
        mode="automatic",
        automatic=frozenset({"acknowledgement", "neutral"}),
        leaving_is_erasure=True,
    )
    return replace(policy, **changes)


def a_mail(**changes: Any) -> Mail:
    mail = Mail(
        key="ab" * 32,
        message_id="<1@klant.example>",
        sender=Address("piet@klant.example", "Piet"),
        reply_to=None,
        to=("info@shop.example",),
        subject="mijn gegevens",
        text="Welke gegevens hebt u van mij?",
        quoted="",
        received_at=AT,
    )
    return replace(mail, **changes)


def a_verdict(*kinds: Kind, **changes: Any) -> Verdict:
    named = kinds or (Kind.ACCESS,)
    verdict = Verdict(named, 0.97, "auto", "nl", (Reason(named[0], "Welke gegevens hebt u van mij?"),))
    return replace(verdict, **changes)


def arrived(*kinds: Kind, match: Match = KNOWN, mail: Mail | None = None, **changes: Any) -> events.MailArrived:
    verdict = changes.pop("verdict", a_verdict(*kinds))
    event = events.MailArrived(mail or a_mail(), verdict, match, Pointer("INBOX", 1, 1), "AVG-2026-0001")
    return replace(event, **changes)


def after(case: Case | None, event: events.Event, policy: Policy | None = None, now: datetime = AT) -> Case:
    """The case after everything that the event calls for."""
    for action in decide(case, event, policy or a_policy(), now):
        if not isinstance(action, do.LetterAction):
            case = apply(case, action)
    assert case is not None
    return case


def sends(case: Case | None, event: events.Event, policy: Policy | None = None, now: datetime = AT) -> list[do.Send]:
    """The letters that the event calls for."""
    return [action for action in decide(case, event, policy or a_policy(), now) if isinstance(action, do.Send)]


def a_case(*kinds: Kind, policy: Policy | None = None, **changes: Any) -> Case:
    """A case as its first mail leaves it."""
    return after(None, arrived(*kinds, **changes), policy)


def a_proven_case(*kinds: Kind, policy: Policy | None = None, **changes: Any) -> Case:
    """The same once the person has confirmed from the address on file that the request is his."""
    return replace(a_case(*kinds, policy=policy, **changes), identity="confirmed")


def on(case: Case, name: str) -> date | None:
    """The day of a deadline, if the case has it."""
    deadline = case.deadline(name)
    return deadline.on if deadline else None


def met(case: Case) -> set[str]:
    """The names of the deadlines that are met."""
    return {deadline.name for deadline in case.deadlines if deadline.met_at}
