"""`mailbot attach` and `mailbot copy`: add files, make the copy, and put its letter before a second pair of eyes.

The rule kept here (F-11, C-02): a copy goes to the proven address on file only, a second person looks at it
first, and the airlock reads it before it leaves. What is too large for one mail goes in several, or waits with a clear
word.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from mailbot import absence, casefiles, events
from mailbot import actions as do
from mailbot.app import Tenant
from mailbot.attachment_text import texts_of
from mailbot.decide import decide
from mailbot.decide.sending import OBSERVES
from mailbot.errors import Refused, Usage
from mailbot.execute import company_key, execute
from mailbot.fulfil.access_explanation import access_explanation, needs_explanation
from mailbot.fulfil.collect import collect, stored_name
from mailbot.fulfil.package import TABLES, Member, members_of
from mailbot.fulfil.splitting import portions
from mailbot.letters.render import Value
from mailbot.model import (
    SECOND_LOOK,
    AttachedFile,
    Case,
    DataPackage,
    Enclosed,
    Item,
    Kind,
    Letter,
    LetterState,
    Outcome,
    Policy,
)
from mailbot.outgoing.airlock_check import CLEAN, findings
from mailbot.plan import plan_of

#: How a file of a case is kept: the company's folder, the case, its name, its bytes -> its path there.
Put = Callable[[Path, str, str, bytes], str]
_GIVES_COPY = (Kind.ACCESS, Kind.PORTABILITY, Kind.OBJECTION)
#: Without the letters and digits that people mix up.
_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was made: its first letter, what is in it, and the code that goes by another way, if it has one."""

    letter: Letter
    paths: tuple[Path, ...]
    rows: int
    files: int
    size: int
    code: str = ""


def attach(
    tenant: Tenant,
    ref: str,
    path: Path,
    category: str,
    place: str,
    actor: str,
    now: datetime,
    put: Put = casefiles.put,
) -> AttachedFile:
    """Add a file to the copy of a case. The file itself stays where it was."""
    tenant.require_permission("triage")
    content = casefiles.read_given(path)
    if not category.strip():
        raise Usage("say which sort of data it is: --category Facturen")
    with tenant.store.unit() as unit:
        case = unit.named_case(ref)
        number = 1 + max((one.number for one in case.work.attached), default=0)
        attached = AttachedFile(number, path.name, category.strip(), place, len(content), actor, now)
        event = events.FileAttached(actor, attached)
        policy = absence.policy_now(unit, tenant)
        actions = decide(case, event, policy, now)
        put(tenant.folder, ref, stored_name(attached), content)
        execute(unit, case, event, actions, policy, tenant.letters, now)
    return attached


def make_copy(
    tenant: Tenant, case: Case, text: str, actor: str, replies: Path, now: datetime, put: Put = casefiles.put
) -> Copied:
    """Collect everything, write the copy and its letter. Raises Refused with what still stands in the way."""
    tenant.require_permission("send")
    policy = tenant.policy
    _refuse(case, policy)
    collected = collect(tenant, case)
    explanation = access_explanation(case, collected, policy) if needs_explanation(case) else None
    members = members_of(case, collected, explanation, policy, replies, now)
    code = _new_code() if policy.package_code else ""
    made = portions(members, policy, case.ref, now, code)
    number, size, parts = 1 + len(case.work.packed), sum(map(len, made.contents)), len(made.contents)
    paths = [
        put(tenant.folder, case.ref, f"kopie-{number}{_which(part, parts)}.zip", content)
        for part, content in enumerate(made.contents, 1)
    ]
    packed = DataPackage(f"{case.ref}:package:{number}", actor, now, size, len(members), parts=parts)
    extra: dict[str, Value] = {
        "with_code": bool(code),
        "with_tables": any(one.name.startswith(TABLES) for one in members),
    }
    first, *rest = _letters(tenant, case, packed, paths, text, extra, made.too_large, now)
    if code:
        first, *rest = (_scanned(tenant, letter, case, members) for letter in (first, *rest))
    return Copied(first, tuple(tenant.folder / path for path in paths), collected.row_count, len(members), size, code)


def address_of(case: Case) -> str:
    """Where a copy may go: the address that a person named and recorded, else the one on file (C-02, C-04)."""
    return case.recipient or case.known_email


def _refuse(case: Case, policy: Policy) -> None:
    """What must be so before a copy is made."""
    if not set(case.kinds) & set(_GIVES_COPY):
        raise Refused(f"{case.ref} asks no copy of data; it asks {', '.join(case.kinds)}", "B-10")
    if not address_of(case):
        raise Refused(
            f"{case.ref} has no known address, and copies go nowhere else; `mailbot ask {case.ref}` asks who writes",
            "C-02",
        )
    package = next((step for step in plan_of(case, policy) if step.id == "package"), None)
    if package is None:
        raise Refused(f"the plan of {case.ref} gives no copy (yet); see `mailbot show {case.ref}`", "B-17")
    if package.waits_for:
        raise Refused(f"a copy would not be complete before: {', '.join(package.waits_for)}", "B-35")


def _which(part: int, parts: int) -> str:
    """What a file's name says when it is one of several."""
    return f"-{part}-van-{parts}" if parts > 1 else ""


def _letters(
    tenant: Tenant,
    case: Case,
    packed: DataPackage,
    paths: list[str],
    text: str,
    extra: dict[str, Value],
    why: str,
    now: datetime,
) -> list[Letter]:
    """The letters that carry the copy, on file and held; and the case knows that it was made."""
    with tenant.store.unit() as unit:
        current = unit.case(case.ref)
        if current is None or current.version != case.version:
            raise Refused(f"{case.ref} changed meanwhile; make the copy again")
        policy = absence.policy_now(unit, tenant)
        written = []
        for part, (token, path) in enumerate(zip(packed.tokens, paths, strict=True), 1):
            send = _send(case, token, text, *_state(policy, why))
            said = extra | _part_of(part, packed.parts)
            composed = tenant.letters.compose(send, current, policy, now, company_key(unit), said)
            name = f"{case.ref}-gegevens{_which(part, packed.parts)}.zip"
            written.append(replace(composed, enclosed=(Enclosed(name, "application/zip", file=path),)))
            unit.put_letter(written[-1])
        event = events.PackageMade(packed.by, packed)
        actions = [*decide(current, event, policy, now), *(do.JoinThread(one.message_id) for one in written)]
        execute(unit, current, event, actions, policy, tenant.letters, now)
    return written


def _send(case: Case, token: str, text: str, state: LetterState, why: str) -> do.Send:
    thread = (case.mails[-1].message_id if case.mails else "", case.thread)
    about = tuple(item.kind for item in case.items if _is_answered_by_copy(item))
    return do.Send(token, "package", address_of(case), "requester", state, *thread, text, why, about=about)


def _is_answered_by_copy(item: Item) -> bool:
    """What the copy is about; an objection only when it is founded, for then a copy comes first (B-17)."""
    founded = item.outcome in (Outcome.GRANTED, Outcome.PARTLY)
    return item.kind in (Kind.ACCESS, Kind.PORTABILITY) or (item.kind is Kind.OBJECTION and founded)


def _part_of(part: int, parts: int) -> dict[str, Value]:
    return {"part": str(part), "parts": str(parts)} if parts > 1 else {"part": "", "parts": ""}


def _scanned(tenant: Tenant, letter: Letter, case: Case, members: tuple[Member, ...]) -> Letter:
    """An encrypted copy cannot be read when it leaves, so the airlock reads it now. What it finds, it finds again then:
    the letter is stopped as unreadable and a person decides."""
    inside = [part for member in members for part in texts_of(member.name, "", member.content, inside=True)]
    if findings(tenant, letter, case, inside):
        return letter
    passed = replace(letter, passed=CLEAN)
    with tenant.store.unit() as unit:
        unit.put_letter(passed)
    return passed


def _state(policy: Policy, too_large: str) -> tuple[LetterState, str]:
    if policy.mode == "observe":
        return LetterState.OBSERVED, OBSERVES
    return LetterState.HELD, too_large or SECOND_LOOK


def _new_code() -> str:
    """A code that can be read out on the telephone: five groups of four, a hundred bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(5))
