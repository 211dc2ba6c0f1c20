"""parse, classify, deadlines, explain, promises: look and tell; nothing is written, no server is asked."""

from __future__ import annotations

import codecs
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailbot.app import now
from mailbot.cli.options import SETTING, ActorOption, ConfigOption, DryRunOption, JsonOption, ResultOption, TenantOption
from mailbot.cli.setting import configuration, console, installation, print_json, print_line, print_wrapped, tenants
from mailbot.cli.tables import explanation, promise_table
from mailbot.cli.typed_words import ReasonOption, as_of, moment
from mailbot.errors import ConfigError, Usage
from mailbot.parse import answered, own_text, parse
from mailbot.sender.screen import screen

if TYPE_CHECKING:
    from mailbot.classify import Classifier, Rules
    from mailbot.promises import Promise

#: Half a character: JSON can say one, UTF-8 cannot.
_HALF = re.compile("[\ud800-\udfff]")


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("parse")(parse_)
    app.command()(classify)
    app.command()(deadlines)
    app.command()(explain)
    app.command()(promises)


def parse_(
    files: Annotated[list[Path], typer.Argument(help="Mails as .eml files.")],
    _config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is read from mail files: sender, subject, own text, attachments, defects."""
    unread = 0
    for file in files:
        try:
            raw = file.read_bytes()
        except OSError as error:
            print(f"mailbot: {file}: {error.strerror}", file=sys.stderr)
            unread += 1
            continue
        shown = _parsed(raw)
        if as_json:
            print_line(shown)
        else:
            console.print(f"{file}", style="bold")
            for name, value in shown.items():
                console.print(f"  {name}: {value}")
    if unread:
        raise typer.Exit(2)


def _parsed(raw: bytes) -> dict[str, Any]:
    mail = parse(raw, now())
    shown = mail.sender or mail.claimed_from
    return {
        "from_address": shown.email if shown else None,
        "from_name": shown.name if shown else "",
        "subject": mail.subject,
        "body_text": mail.text,
        "quoted_text": mail.quoted,
        "attachments": [{"name": part.name, "type": part.type, "size": part.size} for part in mail.attachments],
        "automatic": screen(mail, ()),
        "defects": list(mail.defects),
        "message_id": mail.message_id,
        "to": list(mail.to),
        "forwarded_from": mail.forwarded_from.email if mail.forwarded_from else None,
        "forwarded_at": mail.forwarded_at.isoformat() if mail.forwarded_at else None,
    }


def _lines() -> Iterator[tuple[Any, dict[str, Any] | None]]:
    """The JSON objects on standard input; a line that is none gives (id or line number, None)."""
    for number, line in enumerate(sys.stdin.buffer, 1):
        line = line.removeprefix(codecs.BOM_UTF8)
        if not line.strip():
            continue
        value = _value(line)
        yield (value.get("id"), value) if isinstance(value, dict) else (number, None)


def _value(line: bytes) -> Any:
    """What a line of JSON says; None if it is none. Half a character, as a mail that was cut in an emoji has, and an id
    of any length are no reason to leave the mail aside."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def classify(
    ref: Annotated[str, typer.Argument(help="A case, with --as: say what its mail really asks.")] = "",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read mails as JSON lines from standard input.")] = False,
    kinds: Annotated[str, typer.Option("--as", help="The kinds, separated by commas.")] = "",
    reason: ReasonOption = "",
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
    dry_run: DryRunOption = False,
    as_json: ResultOption = False,
) -> None:
    """Sort mails: JSON lines in, verdicts out. With a case and --as, correct a verdict."""
    if ref:
        if not kinds.strip():
            raise Usage(f"say what {ref} really asks: --as KIND,KIND")
        from mailbot.cli import verbs  # with all that acts
        from mailbot.cli.verb_options import act

        SETTING.given(by, config, tenant, dry_run, as_json)
        act(ref, verbs.correct(ref, kinds, reason))
        return
    if not jsonl:
        raise Usage("give --jsonl and mails on standard input, or a case with --as KIND,KIND")
    from mailbot.classify import load_classifier

    rules = _rules(config)
    classifier = load_classifier()
    for name, mail in _lines():
        try:
            if mail is None:
                raise ValueError("this line is no JSON object")
            print_line({"id": name} | _verdict(classifier, mail, rules))
        except (ValueError, TypeError, AttributeError) as error:
            print_line({"id": name, "error": str(error)})


def _words(mail: dict[str, Any], name: str) -> str:
    """A field of a line, empty where it is null or left out. Raises ValueError for what is no text."""
    value = mail.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f'"{name}" must be text')
    return value or ""


def _verdict(classifier: Classifier, mail: dict[str, Any], rules: dict[str, Rules]) -> dict[str, Any]:
    from mailbot.classify import GENERAL

    subject, body = _words(mail, "subject"), _words(mail, "body")
    readable = tuple(_HALF.sub("?", text) for text in (subject, body))
    text, quoted = own_text(readable[1])
    verdict = classifier.classify(
        readable[0], text, quoted=answered(quoted), rules=rules.get(_words(mail, "tenant"), GENERAL)
    )
    return {
        "kinds": list(verdict.kinds),
        "certainty": round(verdict.certainty, 4),
        "act": verdict.act,
        "language": verdict.language,
        "reasons": [
            {"kind": reason.kind, "quote": _as_written(reason.quote, readable, (subject, body))}
            for reason in verdict.reasons
        ],
        "signals": list(verdict.signals),
    }


def _as_written(quote: str, readable: tuple[str, ...], written: tuple[str, ...]) -> str:
    """A quote letter for letter, half characters too."""
    for shown, original in zip(readable, written, strict=True):
        if (at := shown.find(quote)) >= 0:
            return original[at : at + len(quote)]
    return quote


def _rules(config: Path | None) -> dict[str, Rules]:
    """What differs per company; without a configuration the general rules hold."""
    from mailbot.incoming.understanding import rules_of

    try:
        companies = installation(config).usable
    except ConfigError:
        if config:
            raise
        return {}
    return {company.id: rules_of(company.policy) for company in companies}


def deadlines(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read vectors as JSON lines.")] = False,
    _config: ConfigOption = None,
    _json: JsonOption = False,
) -> None:
    """Compute legal dates: JSON lines in, dates out."""
    if not jsonl:
        raise Usage(
            "give --jsonl and one JSON object a line on standard input; shared form: id, rule, jurisdiction, received"
        )
    from mailbot.deadlines import answer_vector

    for name, vector in _lines():
        print_line(
            answer_vector(vector) if vector is not None else {"id": name, "error": "this line is no JSON object"}
        )


def explain(
    file: Annotated[Path, typer.Argument(help="A mail as .eml file.")],
    config: ConfigOption = None,
    tenant: TenantOption = "",
    received: Annotated[str, typer.Option("--received", help="Moment of receipt, ISO 8601 with offset.")] = "",
    at: Annotated[str, typer.Option("--now", help="Pretend that it is this moment.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Say what would happen with a mail: verdict, customer, dates, actions, letters. Writes nothing."""
    from mailbot.preview import preview  # with all that acts

    settings = installation(config)
    company = tenant or (settings.companies[0].id if len(settings.companies) == 1 else "")
    if not company:
        raise Usage("say for which company: --tenant ID")
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Usage(f"{file}: {error.strerror}") from error
    today = as_of(at)
    with tenants(config, company) as [opened]:
        shown = preview(opened, raw, moment(received, "--received") if received else today, today)
    if as_json:
        print_json(shown)
    else:
        print_wrapped(explanation(shown))


def promises(config: ConfigOption = None, tenant: TenantOption = "", as_json: JsonOption = False) -> None:
    """Show what each company promises, where the program keeps it, and whether that is proven."""
    from mailbot.promises import load, standing

    folder = configuration(config)
    beside = folder.resolve().parent / "tests"
    if tenant:
        installation(config).company(tenant)  # a name that no company has is said, not answered with nothing
    rows = [row for row in load(folder, beside if beside.is_dir() else None) if tenant in ("", row.tenant)]
    if as_json:
        print_json([asdict(row) for row in rows])
    elif tenant and not rows:
        print_wrapped(f"nobody wrote down yet what {tenant} promises: type it in {folder}/promises/{tenant}.toml")
    else:
        print_wrapped(promise_table(rows))
        for line in standing(rows):
            console.print(line)
        _tell_wanted(rows)


def _tell_wanted(rows: list[Promise]) -> None:
    """What each company still has to fill in, once each, with how many promises wait for it."""
    from mailbot.promises import wanted

    company = ""
    for tenant, todo, count in wanted(rows):
        if tenant != company:
            company = tenant
            console.print(f"\n{tenant}", style="bold")
        waits = f"{count} promise{'s' if count != 1 else ''}"
        print_wrapped(f"- {todo} ({waits})")
