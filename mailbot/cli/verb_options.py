"""What all verbs share: who acts, where, `--dry-run` and `--json`, and how the result is told.

The rule kept here: a verb is a function of its own words that gives a `MakeEvent`, which makes the event for a case.
The options that every verb has are added here and nowhere else, so that no verb lacks them. A dry run carries the event
out in a memory that is taken back (`dry_run`), so it says what the real one would say.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

import typer

from mailbot import contacts, events
from mailbot.acts import acting, answered, by_letter
from mailbot.app import Tenant, now
from mailbot.cli.options import (
    REHEARSABLE,
    SETTING,
    ActorOption,
    ConfigOption,
    DryRunOption,
    ResultOption,
    TenantOption,
)
from mailbot.cli.setting import actor, aside, console, find_case, print_json, tenants
from mailbot.cli.typed_words import day_named
from mailbot.execute import Execution
from mailbot.model import Case, Letter, LetterState

ByLetterOption = Annotated[
    bool, typer.Option("--by-letter", help="Write it for the post: it waits in the outbox to be printed.")
]
ToldByLetterOption = Annotated[
    str, typer.Option("--told-by-letter", help="The day on which you posted it, as 2026-03-05; it counts from then.")
]


@dataclass(frozen=True, slots=True)
class ActContext:
    """Where an event is to happen, and by whom."""

    who: str
    owner: Tenant
    case: Case


MakeEvent = Callable[[ActContext], events.StaffActed]

Options = tuple[tuple[str, Any, Any], ...]

_BY_POST: Options = (
    ("by_letter", ByLetterOption, False),
    ("told_by_letter", ToldByLetterOption, ""),
)
_SHARED: Options = (
    ("by", ActorOption, ""),
    ("config", ConfigOption, None),
    ("tenant", TenantOption, ""),
    ("dry_run", DryRunOption, False),
    ("as_json", ResultOption, False),
)


def add_verbs(app: typer.Typer, *verbs: Callable[..., MakeEvent | None]) -> None:
    """Add verbs with the options that all of them have. One that gives no event has told its result itself."""
    for verb in verbs:
        _add(app, verb, _SHARED)


def add_letter_verbs(app: typer.Typer, *verbs: Callable[..., MakeEvent | None]) -> None:
    """The same for verbs that write to who asked: their letter can go by post."""
    for verb in verbs:
        _add(app, verb, (*_BY_POST, *_SHARED))


def _add(app: typer.Typer, verb: Callable[..., MakeEvent | None], options: Options) -> None:
    name = verb.__name__.strip("_").replace("_", "-")
    REHEARSABLE.add(name)
    app.command(name)(_shared(verb, options))


def _shared(verb: Callable[..., MakeEvent | None], options: Options) -> Callable[..., None]:
    own = inspect.signature(verb, eval_str=True)
    shared = [
        inspect.Parameter(option, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for option, annotation, default in options
    ]

    def command(**words: Any) -> None:
        given = {option: words.pop(option) for option, _, _ in options}
        by_letter, told = given.pop("by_letter", False), day_named(given.pop("told_by_letter", ""), "--told-by-letter")
        SETTING.given(**given)
        if make_event := verb(**words):
            act(words["ref"], make_event, by_letter or told is not None, told)

    parameters = [*own.parameters.values(), *shared]
    command.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    command.__name__, command.__doc__ = verb.__name__, verb.__doc__
    return command


def act(ref: str, make_event: MakeEvent, on_paper: bool = False, told_on: date | None = None) -> None:
    """Carry an event out and tell what came of it. `on_paper`: its letters go by post; they did so on `told_on`."""
    with here() as opened:
        owner, case = find_case(opened, ref)
        event = make_event(ActContext(actor(SETTING.by, owner.policy), owner, case))
        at = now()
        done = by_letter.act(owner, ref, event, told_on, at) if on_paper else acting.act(owner, ref, event, at)
        _tell_overtaken(owner, done, at)
        tell_objections(owner, case, event)
        _tell_nobody_known(owner, case, event)
        tell_done(ref, done, _asks(event, ref, done.case))


def _asks(event: events.StaffActed, ref: str, case: Case | None) -> str:
    """What the case asks by now, or the case that a later mail became, where a person has said what is asked."""
    if not isinstance(event, events.Corrected) or case is None:
        return ""
    kinds = ", ".join(case.kinds)
    return f"asks {kinds}; " if case.ref == ref else f"what a later mail asks is {case.ref} now: {kinds}; "


def here(classifier: bool = False) -> AbstractContextManager[list[Tenant]]:
    """The companies that the verb is about."""
    return tenants(SETTING.config, SETTING.tenant, classifier)


def tell_objections(owner: Tenant, case: Case, event: events.StaffActed) -> None:
    """What speaks against the words of a letter although it may leave, beside the result."""
    for finding in acting.objections(case, event, owner.policy, now()):
        aside.print(f"note: the letter {finding.what} ({finding.rule})")


def _tell_overtaken(owner: Tenant, done: Execution, at: datetime) -> None:
    """Which letters that still waited do not leave any more because the case was called done, beside the result."""
    if done.case is None:
        return
    with owner.store.unit() as unit:
        names = [letter.template for letter in answered.overtaken(unit, done.case, at)]
    if names:
        aside.print(f"note: no longer leaves, because the case is done: {', '.join(names)}")


def _tell_nobody_known(owner: Tenant, case: Case, event: events.StaffActed) -> None:
    """That an acknowledgement was no sign of life of anybody, and how to give one. A staff file says who acts."""
    names = list(contacts.names(owner.policy))
    known = contacts.address_of(owner.policy, event.actor) or event.actor.casefold() in owner.policy.beyond
    if isinstance(event, events.Acknowledged) and names and not (SETTING.staff_member or known):
        told = f"the settings of {owner.id} name no {event.actor}, so nobody who was away counts as back"
        typed = f"mailbot ack {case.ref} {contacts.to_type(names)}"
        aside.print(f"note: {told}. Is it you? {typed}")


def tell_done(ref: str, done: Execution, what: str = "") -> None:
    """What an event did to a case, and which letters it wrote."""
    status = done.case.status if done.case else ""
    told = f"{ref}: {what}{status}"
    told += ", closes when its letter has left" if done.case and done.case.closes_with else ""
    for letter in done.letters:
        told += f"; letter {letter.template} to {letter.audience}: {_standing(letter)}"
    wrote = [{"token": one.token, "state": one.state, "subject": one.subject} for one in done.letters]
    tell(told, {"case": ref, "status": status, "letters": wrote})


def _standing(letter: Letter) -> str:
    """Where a letter stands, and what a person does with one for the post."""
    if letter.posted_by:
        return "posted"
    if letter.is_on_paper:
        read, posted = f"`mailbot outbox read {letter.token}`", f"`mailbot outbox posted {letter.token} --on DAY`"
        return f"{letter.state.value}; print it ({read}), post it, then {posted}"
    return "never leaves: the company observes" if letter.state is LetterState.OBSERVED else letter.state.value


def tell(text: str, doc: dict[str, Any]) -> None:
    """The result for a person, or for a program."""
    if SETTING.as_json:
        print_json({**doc, "dry_run": SETTING.dry_run})
    else:
        console.print(f"(dry run) {text}" if SETTING.dry_run else text)
