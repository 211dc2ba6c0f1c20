"""A recipient was refused in words about who sends: by his own policy, or because the server refuses everybody so.

The rules kept here: one such refusal holds nobody else's letter, and a person is told of it as of any other. Once an
unrelated recipient is refused in the same way, and none was taken between, it is the company's own matter: the letters
wait, also those that failed for it and of which nobody was told yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mailbot.app import Tenant
from mailbot.domains import domain_of, is_provider
from mailbot.errors import LoginRefused, RelayRefused, SharedRefusal
from mailbot.model import Letter, LetterState
from mailbot.outgoing.settling import covered_decisions
from mailbot.store import Unit

NOTE = "refused_as_sender"
#: Why a letter waits that was refused as others are.
AS_OTHERS = "refused as other recipients are: "
FIRST_WAIT = timedelta(minutes=5)
#: So many of the last that were refused are remembered.
MOST_NOTED = 20


def judge(tenant: Tenant, letter: Letter, refusal: SharedRefusal, now: datetime) -> LoginRefused | None:
    """Why all letters of the company wait, where this refusal shows that; None where it may be the recipient's own."""
    kind = refusal.if_all.topic
    if tenant.leaves_aside(letter.to):
        return None  # what the server of alarms thinks of its one recipient
    with tenant.store.unit() as unit:
        before = _refused(unit, kind)
        if not _is_ours([*before, letter], tenant, kind):
            if not letter.why.startswith(AS_OTHERS):  # else others that waited with it were taken since
                _note(unit, kind, [*before, letter])
            return None
        if not _is_ours(before, tenant, kind):  # only now: what has waited for a day since is given up once
            for one in before:
                _put_back(unit, one, letter, f"{AS_OTHERS}{refusal.if_all}", now)
            _note(unit, kind, [*before, letter])
    return refusal.if_all


def end(unit: Unit, tenant: Tenant, letter: Letter) -> None:
    """The server took a letter: what it refuses now is a recipient's own. Of a relay it tells nothing at home."""
    noted = unit.note(NOTE) or ""
    at_home = noted.startswith(RelayRefused.topic) and tenant.is_at_home(letter.to)
    if noted and not at_home and not tenant.leaves_aside(letter.to):
        unit.drop_note(NOTE)


def _refused(unit: Unit, kind: str) -> list[Letter]:
    """The letters that were refused in this way since the server took one."""
    noted, *tokens = (unit.note(NOTE) or "").split("\n")
    return [letter for token in tokens if noted == kind and (letter := unit.letter(token)) and letter.to]


def _note(unit: Unit, kind: str, letters: Sequence[Letter]) -> None:
    unit.put_note(NOTE, "\n".join((kind, *list(dict.fromkeys(letter.token for letter in letters))[-MOST_NOTED:])))


def _is_ours(refused: Sequence[Letter], tenant: Tenant, kind: str) -> bool:
    """Whether two of these recipients have nothing in common but that our letters go to them: those of one domain can
    have one policy, but for our own, and but for strangers at a provider, to whom our own server relays or does not."""

    def is_common(domain: str) -> bool:
        return tenant.is_at_home(f"@{domain}") or (kind == RelayRefused.topic and is_provider(domain))

    domains = [domain_of(to) for to in {letter.to.lower() for letter in refused}]
    return len(set(domains)) > 1 or (len(domains) > 1 and is_common(domains[0]))


def _put_back(unit: Unit, failed: Letter, at_hand: Letter, why: str, now: datetime) -> None:
    """A letter that failed for this waits as the others do, if nobody was told of it; then nobody need be."""
    if failed.state is not LetterState.FAILED:
        return
    told = [one for one in unit.letters_of(failed.ref) if _tells_of(one, failed)] if failed.ref else []
    if any(one.state is LetterState.SENT for one in told):
        return
    for one in told:
        if one.token == at_hand.token:
            unit.put_letter(replace(one, withdrawn=AS_OTHERS))
        elif one.state is LetterState.QUEUED:
            unit.put_letter(one.dropped(AS_OTHERS, now))
    waits = replace(failed, state=LetterState.QUEUED, why=why, settled_at=None, answer="", next_try=now + FIRST_WAIT)
    unit.put_letter(waits)


def _tells_of(mail: Letter, failed: Letter) -> bool:
    """Whether this mail told people that the letter failed."""
    about = mail.token.partition(":")[2].removesuffix(":deputy")
    since = failed.settled_at and mail.created_at and mail.created_at >= failed.settled_at
    names = [token for _, token in covered_decisions(failed)]
    return mail.template == "undelivered" and bool(since) and about in names
