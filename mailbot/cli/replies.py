"""replies, grounds, reply, fulfil, refuse: answer with letters that say what the law wants in them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from mailbot import checklist, events, regular_files
from mailbot.acts import acting
from mailbot.app import Tenant, now
from mailbot.cli.options import SETTING, ConfigOption, JsonOption, TenantOption
from mailbot.cli.setting import actor, console, find_case, print_json, print_wrapped, tenants
from mailbot.cli.typed_words import RefArgument, kind_named, kinds_named
from mailbot.cli.verb_options import ActContext, MakeEvent, add_letter_verbs, here, tell_objections
from mailbot.errors import Usage
from mailbot.model import Case, Kind, Outcome

SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="A fact, as name=value; the same name again adds a line.")
]
FactsOption = Annotated[Path | None, typer.Option("--facts", help="A TOML file with facts: name = value or a list.")]
KindOption = Annotated[str, typer.Option("--kind", help="Which right, where the case asks several.")]
LateOption = Annotated[str, typer.Option("--late", help="Why it goes although the month is over; stays on record.")]
HoldOption = Annotated[bool, typer.Option("--hold", help="Let a second person read it: it waits in the outbox.")]
DraftOption = Annotated[bool, typer.Option("--draft", help="Only show the letter and the objections; send nothing.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(replies)
    app.command()(grounds)
    add_letter_verbs(app, reply, fulfil, refuse)


def replies(
    name: Annotated[str, typer.Argument(help="One reply: what it needs.")] = "",
    _config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the replies that exist and the facts that each needs."""
    if name and name not in checklist.REPLIES:
        raise Usage(f"there is no reply {name}; `mailbot replies` lists them")
    chosen = [checklist.REPLIES[name]] if name else list(checklist.REPLIES.values())
    if as_json:
        print_json([_reply_doc(one) for one in chosen])
        return
    for one in chosen:
        _print_reply(one, whole=bool(name))


def _reply_doc(one: checklist.Reply) -> dict[str, Any]:
    return {
        "reply": one.name,
        "verb": one.verb,
        "kinds": sorted(one.kinds),
        "outcomes": list(one.outcomes),
        "countries": sorted(one.countries),
        "facts": [
            {"name": fact.name, "form": fact.form, "needed": fact.needed, "rule": fact.rule, "ask": fact.ask}
            for fact in one.facts
        ],
        "says": sorted(one.elements),
    }


def _print_reply(one: checklist.Reply, whole: bool) -> None:
    outcomes = ", ".join(one.outcomes) or "decides nothing"
    about = "any right" if len(one.kinds) > 10 else ", ".join(sorted(one.kinds))
    console.print(f"{one.name}: {about}; {outcomes}; mailbot {one.verb}")
    if whole:
        for fact in one.facts:
            need = "needed" if fact.needed else "may stay out"
            line = f"--set {fact.name}=...  {fact.ask} ({fact.form}, {need}, {fact.rule})"
            print_wrapped(Text(line), 2)


def grounds(
    kind: Annotated[str, typer.Argument(help="The right that is refused.")] = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
    as_json: JsonOption = False,
) -> None:
    """List the grounds on which a right may be refused; with --tenant those that this company may use."""
    asked, rows = kind_named(kind) if kind else None, list[dict[str, Any]]()
    with tenants(config, tenant, classifier=False) as opened:
        for one in opened:
            for ground in checklist.GROUNDS.values():
                kinds = [word for word in sorted(ground.kinds) if ground in checklist.grounds_for(word, one.policy)]
                if kinds and asked in (None, *kinds):
                    rows.append(
                        {"company": one.id, "ground": ground.id, "article": ground.article, "kinds": kinds}
                        | {"in_part_only": ground.in_part, "words": one.letters.phrases["nl"]["grounds"][ground.id]}
                    )
    if as_json:
        print_json(rows)
        return
    for row in rows:
        part = "; only for a part" if row["in_part_only"] else ""
        head = f"{row['company']}  {row['ground']} (article {row['article']}): {', '.join(row['kinds'])}{part}"
        console.print(head)
        print_wrapped(Text(str(row["words"])), 2)


def reply(
    ref: RefArgument,
    template: Annotated[str, typer.Option("--template", help="Which reply: `mailbot replies` lists them.")],
    given: SetOption = None,
    facts: FactsOption = None,
    kind: KindOption = "",
    late: LateOption = "",
    hold: HoldOption = False,
    draft: DraftOption = False,
) -> MakeEvent | None:
    """Send one of the replies that exist. What it lacks is named, with the rule that wants it.

    Example: mailbot reply AVG-2026-0001 --template question_answered --set answer="Ja, dat klopt." --dry-run
    """
    said, kinds = read_facts(given, facts), kinds_named(kind)
    return _sent(ref, lambda at: events.Replied(at.who, template, said, kinds, late=late, waits=hold), draft)


def fulfil(
    ref: RefArgument,
    given: SetOption = None,
    facts: FactsOption = None,
    kind: KindOption = "",
    partly: Annotated[bool, typer.Option("--partly", help="A part was done, a part is refused.")] = False,
    hold: HoldOption = False,
    draft: DraftOption = False,
) -> MakeEvent | None:
    """Tell the person that it was done, with the reply that belongs to the right that was asked."""
    outcome = Outcome.PARTLY if partly else Outcome.GRANTED
    said, named = read_facts(given, facts), kinds_named(kind)

    def make_event(at: ActContext) -> events.Replied:
        name, kinds = _fitting(at.owner, at.case, named, outcome)
        return events.Replied(at.who, name, said, kinds, waits=hold)

    return _sent(ref, make_event, draft)


def _fitting(owner: Tenant, case: Case, named: tuple[Kind, ...], outcome: Outcome) -> tuple[str, tuple[Kind, ...]]:
    """The reply that tells this outcome. Raises Usage where a person must say which right is meant."""
    kind = _one_kind(case, named)
    if kind is Kind.RESTRICTION_LIFT and case.restricted_since:
        raise Usage(f"this restriction ends by `mailbot lift {case.ref} --reason ...`, which tells the person")
    wanted = (outcome, Outcome.ANSWERED) if outcome is Outcome.GRANTED else (outcome,)
    for one in wanted:
        if found := checklist.reply_for(kind, one, owner.policy.country):
            return found.name, (kind,)
    raise Usage(f"there is no reply for {kind}, {outcome}; `mailbot replies` lists them")


def refuse(
    ref: RefArgument,
    ground: Annotated[str, typer.Option("--ground", help="On which ground: `mailbot grounds` lists them.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for this person; he or she reads it.")],
    kind: KindOption = "",
    given: SetOption = None,
    late: LateOption = "",
    hold: HoldOption = False,
    draft: DraftOption = False,
) -> MakeEvent | None:
    """Refuse: a ground from the closed list, the reasons, authority and court. Never automatic."""
    named, said = kinds_named(kind), read_facts(given, None)
    return _sent(ref, lambda at: replace(refusal(at, ground, reason, named, said), late=late, waits=hold), draft)


def refusal(
    at: ActContext, ground: str, reasons: str, named: tuple[Kind, ...] = (), said: checklist.Facts = ()
) -> events.Replied:
    """The refusal of one right. Raises Usage where a person must say which."""
    kind = _one_kind(at.case, named)
    name = "objection_not_upheld" if kind is Kind.OBJECTION else "refused"
    return events.Replied(at.who, name, (*said, ("ground", (ground,)), ("reasons", (reasons,))), (kind,))


def _one_kind(case: Case, named: tuple[Kind, ...]) -> Kind:
    """The right that was named, else the only one of which the person was told nothing yet. Raises Usage."""
    kinds = named or tuple(item.kind for item in case.items if item.told_at is None and not item.letter)
    if len(kinds) != 1:
        asked = ", ".join(kinds) or "nothing that is still open"
        raise Usage(f"{case.ref} asks {asked}; say which: --kind KIND")
    return kinds[0]


def _sent(ref: str, make_event: Callable[[ActContext], events.Replied], draft: bool) -> MakeEvent | None:
    """What makes the event; for a draft only the letter is shown."""
    if not draft:
        return make_event
    _show_draft(ref, make_event)
    return None


def _show_draft(ref: str, make_event: Callable[[ActContext], events.Replied]) -> None:
    """The letter as it would leave, and what speaks against its words."""
    with here() as opened:
        owner, case = find_case(opened, ref)
        event = make_event(ActContext(actor(SETTING.by), owner, case))
        done = acting.try_out(owner, ref, event, now())
        tell_objections(owner, case, event)
        if SETTING.as_json:
            print_json([{"to": one.to, "subject": one.subject, "text": one.text} for one in done.letters])
            return
        for letter in done.letters:
            console.print(f"To: {letter.to or '(by post)'}\nSubject: {letter.subject}\n", style="bold")
            console.print(letter.text)


def read_facts(pairs: list[str] | None, file: Path | None) -> checklist.Facts:
    """Facts of the file, then those that were typed, which win."""
    typed = dict(checklist.parse_facts(pairs or ()))
    return tuple((_read(file) | typed).items())


def _read(file: Path | None) -> dict[str, tuple[str, ...]]:
    if file is None:
        return {}
    try:
        table = tomllib.loads(regular_files.read(file).decode("utf-8-sig"))
    except OSError as error:
        raise Usage(f"{file}: {error.strerror}") from error
    except ValueError as error:  # no text in UTF-8, or no TOML
        raise Usage(f"{file}: {error}") from error
    rows = {name: value if isinstance(value, list) else [value] for name, value in table.items()}
    return {name: tuple(str(line) for line in lines) for name, lines in rows.items()}
