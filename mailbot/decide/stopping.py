"""What happens on receipt, before any decision: frozen, taken off advertising, marked; and who says that it stopped.

The rules kept here: advertising, and the use of data that somebody objects to, end when the mail is received (A-50 to
A-52). Whoever writes need not prove who he is (C-05). A mail that only seems to ask this counts too, because a person
can take it back. Nothing is called stopped before a person, or the company's own program, has said so.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailbot import actions as do
from mailbot import events, marketing
from mailbot.decide import sending
from mailbot.decide.decision import Decision
from mailbot.errors import Refused
from mailbot.model import Case, Kind, Policy, Status

#: Kinds that freeze on receipt (A-51; article 18).
FREEZES = frozenset({Kind.OBJECTION, Kind.RESTRICTION})
STOP_MARKETING, STOP_CONSENT, FREEZE, FAILED = "stop_marketing", "stop_consent", "freeze", "program_failed"
#: The mail could not be read.
UNREAD = "unreadable"
#: Why a person must stop something today; gone only when it was confirmed.
TO_STOP = (STOP_MARKETING, STOP_CONSENT, FREEZE, FAILED)
#: Asked for certain or not, the address is on the list; a person says which.
UNSURE = "marketing_unsure"


def waits_for_stop(case: Case) -> bool:
    """Whether somebody still has to say that something stopped."""
    return any(need in TO_STOP for need in case.needs)


def on_text(decision: Decision, text: str, policy: Policy, further: bool = False) -> None:
    """Freeze, suppress and mark what the kinds of the case and this text ask, once; call a person for the rest.

    A `further` mail that says it again counts again: it may name another channel, or say that nothing stopped.
    """
    before = decision.case
    again = further and marketing.names_marketing(text)
    if FREEZES & set(before.kinds) and before.restricted_since is None:
        decision.do(do.Restrict(decision.now))
    asked = asks_marketing(before, text)
    if asked:
        decision.do(*_suppressions(decision, text, policy, again))
    elif Kind.CONSENT_WITHDRAWAL in before.kinds and before.consent_withdrawn_at is None:
        decision.do(do.MarkWithdrawn(decision.now))
    decision.need(*_new_needs(before, decision.case, policy, again))


def asks_marketing(case: Case, text: str) -> bool:
    """Whether this may ask for an end of advertising: the kind says it, or the text does.

    Of a mail that could not be read the kind is a guess at a word or two of its subject; then only the text counts.
    """
    withdrawn = Kind.CONSENT_WITHDRAWAL in case.kinds and marketing.speaks_of_marketing(text)
    sorted_so = Kind.DIRECT_MARKETING in case.kinds and (
        UNREAD not in case.needs or marketing.speaks_of_marketing(text)
    )
    return sorted_so or withdrawn or marketing.names_marketing(text)


def _suppressions(decision: Decision, text: str, policy: Policy, again: bool) -> Iterator[do.Suppress]:
    """One for each channel of each address: of who wrote, of the customer on file, and as named in the text."""
    case, channels = decision.case, marketing.channels_of(text)
    wrote = (case.requester_email, case.known_email)
    named = marketing.addresses_in(text, policy.addresses)
    for address in dict.fromkeys(one.lower() for one in (*wrote, *named) if one):
        if again or address not in case.suppressed:
            yield from (do.Suppress(address, channel, decision.now) for channel in channels)
    spoken = [channel for channel in channels if channel in (marketing.PHONE, marketing.SMS, marketing.ALL)]
    for number in marketing.numbers_in(text, policy.country):
        if again or number not in case.suppressed:
            yield from (do.Suppress(number, channel, decision.now) for channel in spoken)


def _new_needs(before: Case, after: Case, policy: Policy, again: bool) -> Iterator[str]:
    if again or after.suppressed != before.suppressed:
        if not policy.stops_by_program:
            yield STOP_MARKETING
        if before.status is Status.TRIAGE or not {Kind.DIRECT_MARKETING, Kind.CONSENT_WITHDRAWAL} & set(before.kinds):
            yield UNSURE
    if after.consent_withdrawn_at != before.consent_withdrawn_at:
        yield STOP_CONSENT
    if after.restricted_since != before.restricted_since:
        yield FREEZE


# --- who says that it stopped --------------------------------------------------------------------


def confirm(decision: Decision, reason: str) -> None:
    """A person says that it stopped everywhere."""
    case = decision.case
    if not (case.suppressed or case.restricted_since or case.consent_withdrawn_at):
        raise Refused(f"Nothing has to stop at once in {case.ref}")
    if case.stopped_at and not waits_for_stop(case):
        raise Refused(f"That it stopped was confirmed in {case.ref} already")
    decision.do(do.Remark(f"stopped: {reason}" if reason else "stopped"))
    _stopped(decision, TO_STOP)


def lift(decision: Decision, reason: str) -> None:
    """A person takes the addresses of this case off the list again."""
    case = decision.case
    if not case.suppressed:
        raise Refused(f"No address was taken off marketing for {case.ref}")
    if not reason.strip():
        raise Refused("Say why with --reason; it stays on record", "A-50")
    decision.do(do.Remark(f"marketing not stopped after all: {reason}"))
    decision.do(*(do.Unsuppress(address) for address in case.suppressed))
    decision.need_no_more(STOP_MARKETING, FAILED, UNSURE)


def on_program(decision: Decision, event: events.ProgramEnded, policy: Policy) -> None:
    """The company's own program took an address off its mailings, or failed to: then it is a step for a person."""
    case = decision.case
    if event.done:
        decision.do(do.Remark(f"the company's program was told: {event.channel}{', to go on' if event.undo else ''}"))
        if event.left == 0 and case.suppressed and not event.undo:
            _stopped(decision, (STOP_MARKETING, FAILED))
        return
    decision.do(do.Remark(f"the company's program failed: {event.channel}: {event.why}"))
    if case.is_open and FAILED not in case.needs:
        decision.need(FAILED)
        decision.do(*sending.to_staff(f"{case.ref}:program-failed:{case.version}", "needs_person", policy))


def _stopped(decision: Decision, over: tuple[str, ...]) -> None:
    decision.need_no_more(*over)
    if not waits_for_stop(decision.case):
        decision.do(do.ConfirmStop(decision.now), do.MeetDeadlines(decision.now, ("stop_by",)))
