"""Letters leave: claim one, send it, settle it. The claim is on disk before the line is opened.

The rules kept here: a letter whose end is not known is `unsure`, is told to staff and is never resent by itself. Later
answers (4xx, no server) are tried again for a day; a refusal (5xx) goes to a person at once, unless all are refused so
(`shared_refusals`). Caps stop sending to people outside, never intake and never mail to staff. A notice of extension
that the month overtook does not leave: it would name a date that does not count (A-34).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.app import Tenant
from mailbot.decide.clock import month_is_over
from mailbot.errors import (
    ConfigError,
    LoginRefused,
    RecipientWaits,
    RelayRefused,
    SendFailed,
    SendUnsure,
    SharedRefusal,
    TryLater,
    Unreachable,
)
from mailbot.letters import to_bytes
from mailbot.model import Letter, LetterState
from mailbot.outgoing import breaker, gathering, sent_mail, shared_refusals, successors
from mailbot.outgoing.airlock_check import inspect_queue, may_leave
from mailbot.outgoing.settling import settle, settle_in
from mailbot.store import Unit

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(days=1)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=4)
#: So many letters in a row that must wait mean that the server is down; recipients that must, one by one, AT_ONCE.
SERVER_DOWN_AFTER = 3
#: So many letters are looked up at once, and so long what was seen of colleagues holds for them.
AT_ONCE, LOOK_HOLDS = 20, timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class _Settlement:
    """How a letter ended, to be written down."""

    letter: Letter
    state: LetterState
    answer: str
    at: datetime


def deliver(
    tenant: Tenant,
    clock: Callable[[], datetime],
    stop: Callable[[], bool] = lambda: False,
    mailbox_error: TryLater | None = None,
) -> int:
    """Send what is due. Returns how many letters left. Raises TryLater when the server does not answer, and ConfigError
    when it cannot be dialled as the settings want it.

    `mailbox_error`: why the mailbox cannot be read just now; then what a colleague may have overtaken waits.
    """
    sent, waiting = 0, 0
    unreachable: TryLater | ConfigError | None = None
    inspect_queue(tenant, clock())
    gathering.decide_calls(tenant, clock())
    mailbox_errors = [mailbox_error] if mailbox_error else []
    for letter, end in _claimed(tenant, clock, stop, mailbox_errors):
        try:
            client, policy = tenant.submission_for(letter.to)
            answer = client.send(policy.mailbox, letter.to, to_bytes(letter, policy, clock(), tenant.folder))
        except (TryLater, ConfigError) as error:
            waiting += 1
            unreachable = _put_off(tenant, letter, error, waiting, clock()) or unreachable
        except SharedRefusal as error:
            if ours := shared_refusals.judge(tenant, letter, error, clock()):
                waiting += 1
                unreachable = _put_off(tenant, letter, ours, waiting, clock(), shared=True)
            else:
                end(_Settlement(letter, LetterState.FAILED, str(error), clock()))
        except SendUnsure as error:
            end(_Settlement(letter, LetterState.UNSURE, str(error), clock()))
        except (SendFailed, ValueError) as error:
            end(_Settlement(letter, LetterState.FAILED, str(error), clock()))
        else:
            left = replace(letter, copy_due=_wants_copy(tenant, letter))
            end(_Settlement(left, LetterState.SENT, answer, clock()))
            tenant.let_in(letter.to)
            sent, waiting = sent + 1, 0
            if isinstance(unreachable, LoginRefused) and not tenant.backed_off:
                unreachable = None
    if mailbox_errors and not mailbox_error:
        raise mailbox_errors[0]
    if unreachable:
        raise unreachable
    return sent


def _put_off(
    tenant: Tenant, letter: Letter, error: TryLater | ConfigError, waiting: int, now: datetime, shared: bool = False
) -> TryLater | ConfigError | None:
    """Nobody took the letter (a password that cannot be read is a ConfigError: nobody was dialled); it is tried again.

    `waiting`: so many in a row had to wait. Raises the error where it is no use to try others; returns it where it is
    told once they had their turn, since the next letter may have a server of its own, or (`shared`) a recipient to whom
    it may go.
    """
    next_try = now + _pause(letter, error)
    if isinstance(error, LoginRefused):
        dialled_again = tenant.back_off(letter.to, now, isinstance(error, RelayRefused))
        next_try = next_try if shared else dialled_again  # it is refused for us all, so once that is mended it leaves
    _postpone(tenant, letter, f"{shared_refusals.AS_OTHERS}{error}" if shared else str(error), next_try, now)
    most = AT_ONCE if isinstance(error, RecipientWaits) else SERVER_DOWN_AFTER
    if waiting >= most or (isinstance(error, LoginRefused) and not shared):
        raise error
    return error if shared or isinstance(error, Unreachable | ConfigError) else None


def _wants_copy(tenant: Tenant, letter: Letter) -> bool:
    """Not of a letter with somebody's data in it: those lie in no more places than they must."""
    if any(part.file for part in letter.enclosed):
        return False
    account = tenant.company.imap
    return bool(account and account.file_sent) and letter.audience == "requester"


def recover(tenant: Tenant, now: datetime) -> int:
    """After a crash: a letter that was being sent may have left. Nobody knows, so a person is told. Where only the
    memory could not be written, its end is known, and written down now."""
    _settle(tenant, tenant.unsettled)
    with tenant.store.unit() as unit:
        lost = unit.letters(LetterState.SENDING)
    for letter in lost:
        settle(tenant, letter, LetterState.UNSURE, "the program stopped while sending", now)
    return len(lost)


def _claimed(
    tenant: Tenant, clock: Callable[[], datetime], stop: Callable[[], bool], mailbox_errors: list[TryLater]
) -> Iterator[tuple[Letter, Callable[[_Settlement], None]]]:
    """The letters that may leave, each claimed on disk; and to whom its end is told.

    How one ended is written in the commit that claims the next one, so that a letter costs one commit, and before
    anything else is done.
    """
    ends: list[_Settlement] = tenant.unsettled
    while not stop():
        due = _due(tenant, clock, mailbox_errors)
        if not (due or gathering.decide_calls(tenant, clock())):  # what left may call a colleague in its turn
            break
        looked_up_at = clock()
        for letter, hold in due:
            if stop() or clock() - looked_up_at > LOOK_HOLDS:
                break
            if claimed := _claim(tenant, letter.token, hold, clock(), ends):
                yield claimed, ends.append
        _settle(tenant, ends)


def _due(tenant: Tenant, clock: Callable[[], datetime], mailbox_errors: list[TryLater]) -> list[tuple[Letter, str]]:
    """The letters whose turn it is, each with the reason to hold it, if any. What the program wrote by itself, and what
    lay in the drafts, yields to a colleague who was first; while the mailbox cannot be read to see that, such letters
    wait and the others leave (`mailbox_errors` keeps the reason).
    """
    found = _first(tenant, clock(), yielding=not mailbox_errors)
    try:
        hints = _colleague_hints(tenant, found, clock) if any(map(_yields, found)) else {}
    except TryLater as error:
        mailbox_errors.append(error)
        return _due(tenant, clock, mailbox_errors)
    return [(letter, hints.get(letter.token, "")) for letter in found]


def _yields(letter: Letter) -> bool:
    """Whether a colleague can have been first: by an answer, or by sending the draft of a released letter."""
    return letter.is_automatic or bool(letter.draft)


def _first(tenant: Tenant, now: datetime, yielding: bool) -> list[Letter]:
    """The letters that wait longest, of those whose server may be dialled; all are read when some must wait."""
    with tenant.store.unit() as unit:
        some_wait = any(one.until > now for one in tenant.backed_off.values()) or not yielding
        found = unit.sendable(now, limit=-1 if some_wait else AT_ONCE)
    leaving = (letter for letter in found if may_leave(letter) and (yielding or not _yields(letter)))
    return [letter for letter in leaving if not tenant.is_backing_off(letter.to, now)][:AT_ONCE]


def _colleague_hints(tenant: Tenant, letters: list[Letter], clock: Callable[[], datetime]) -> dict[str, str]:
    """Look once more whether a colleague answered; by token the reason to hold a letter, if any."""
    sent_mail.read_new(tenant, clock)
    return sent_mail.answered_hints(tenant, [letter for letter in letters if letter.is_automatic])


def _claim(tenant: Tenant, token: str, hold: str, now: datetime, ends: list[_Settlement]) -> Letter | None:
    """The letter, marked as being sent; None when it must not leave now. Settles the one before in the same commit."""
    try:
        with tenant.store.unit() as unit:
            for end in ends:
                _settle_in(unit, tenant, end)
            claimed = _claim_in(unit, tenant, token, hold, now)
    except Exception:
        _settle(tenant, ends)  # what came of it must not be lost with the claim of another
        raise
    ends.clear()
    return claimed


def _claim_in(unit: Unit, tenant: Tenant, token: str, hold: str, now: datetime) -> Letter | None:
    letter = unit.letter(token)
    if letter is None or letter.state is not LetterState.QUEUED or not may_leave(letter):
        return None
    if (letter.next_try or now) > now:  # a person gave it other minutes since it was looked up
        return None
    if why := hold or breaker.reason_to_hold(unit, tenant, letter, now):
        unit.put_letter(letter.held(why))
        log.warning("%s: letter of %s held: %s", tenant.id, letter.ref, why)
        return None
    if letter.template == "extended" and (case := unit.case(letter.ref)) and month_is_over(case, tenant.policy, now):
        settle_in(unit, tenant, letter, LetterState.FAILED, "the month is over: this notice extends nothing", now)
        return None
    claimed = replace(
        successors.readdressed(letter, tenant.policy),
        state=LetterState.SENDING,
        attempts=letter.attempts + 1,
        first_try=letter.first_try or now,
    )
    unit.put_letter(claimed)
    return claimed


def _settle(tenant: Tenant, ends: list[_Settlement]) -> None:
    while ends:
        with tenant.store.unit() as unit:
            _settle_in(unit, tenant, ends[-1])
        ends.pop()


def _settle_in(unit: Unit, tenant: Tenant, end: _Settlement) -> None:
    """Not of a letter that is gone, or that another worker took for lost."""
    kept = unit.letter(end.letter.token)
    if kept is None or kept.state is not LetterState.SENDING:
        return
    settle_in(unit, tenant, end.letter, end.state, end.answer, end.at)
    if end.state is LetterState.SENT:
        shared_refusals.end(unit, tenant, end.letter)


def _pause(letter: Letter, error: TryLater | ConfigError) -> timedelta:
    """Twice as long after each try, and no shorter than the other side asks for."""
    pause: timedelta = min(FIRST_WAIT * 2 ** min(letter.attempts - 1, 10), LONGEST_WAIT)
    asked = error.wait if isinstance(error, TryLater) else None
    return max(pause, timedelta(seconds=asked or 0))


def _postpone(tenant: Tenant, letter: Letter, why: str, next_try: datetime, now: datetime) -> None:
    """Try again later; a day after the first try a person is told. Not where the letter was overtaken, or is gone,
    since it was claimed."""
    if _ended_meanwhile(tenant, letter, now):
        return
    if now - max(letter.created_at or now, letter.first_try or now) >= GIVE_UP_AFTER:
        settle(tenant, letter, LetterState.FAILED, f"gave up after a day: {why}", now)
        return
    with tenant.store.unit() as unit:
        unit.put_letter(replace(letter, state=LetterState.QUEUED, next_try=next_try, why=why))


def _ended_meanwhile(tenant: Tenant, letter: Letter, now: datetime) -> bool:
    """Whether a letter that nobody took is not to be tried again: what was done to it on disk while it was at the
    server's door counts."""
    with tenant.store.unit() as unit:
        kept = unit.letter(letter.token)
        if kept and kept.withdrawn:
            unit.put_letter(kept.dropped(kept.withdrawn, now))
            log.info("%s: letter %s of %s withdrawn: %s", tenant.id, letter.template, letter.ref, kept.withdrawn)
    return kept is None or bool(kept.withdrawn)
