"""Everything about one case on one page, in the language of the office that works with it.

The rule kept here: the page is Dutch from the first line to the last; words that somebody types in a command stand in
their own form, beside or in place of the Dutch ones. `--json` has everything in the words of the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mailbot.app import Tenant
from mailbot.cli.plan_table import plan_table
from mailbot.dates import dutch_moment, dutch_short
from mailbot.model import NOT_TOLD, TOLD_IN, WAITS_FOR_OTHERS, Case, Deadline, HistoryEntry, Letter, LetterState
from mailbot.plan import plan_of
from mailbot.plan.retention import restricts
from mailbot.reports import register_words
from mailbot.reports.history_account import AccountLine, account, in_short
from mailbot.sender.proof import Proof, still_needed

Phrases = Mapping[str, Mapping[str, str]]

#: So many of the mails to colleagues that left are shown with a case, the last ones.
LAST_CALLS = 3
_MATCH = {
    "known": "bekende klant",
    "unknown": "niet bekend onder dit adres",
    "named": "noemt een bekende klant",
    "ambiguous": "meer dan één klant past",
    "unavailable": "klantenbestand niet te lezen",
}
#: Why a mail to a colleague waits, or never left by itself.
_OF_CALLS = {
    WAITS_FOR_OTHERS: "wacht even, om samen met andere mails te gaan",
    TOLD_IN: "ging op in één mail met andere",
    NOT_TOLD: "er viel niets meer te vertellen",
}
_PROOF = {
    Proof.NOTHING: "er is niets meer nodig",
    Proof.REPLY: "een antwoord vanaf het adres dat wij kennen",
    Proof.NUMBER: "een bestel- of klantnummer, nooit een identiteitsbewijs",
    Proof.LATER: "het klantenbestand was nog niet te lezen",
    Proof.PERSON: "iemand beslist: `mailbot confirm`, of `mailbot recipient`",
}
_TERMS = {
    "act_by": "doen",
    "operating": "antwoord",
    "notice_by": "bericht",
    "statutory": "wet",
    "breach": "72 uur",
    "stop_by": "stoppen",
    "court": "rechter",
}
_STATES = {
    LetterState.OBSERVED: "alleen bekeken",
    LetterState.HELD: "wacht op u",
    LetterState.QUEUED: "gaat zo weg",
    LetterState.SENDING: "gaat nu weg",
    LetterState.SENT: "verstuurd",
    LetterState.FAILED: "mislukt",
    LetterState.UNSURE: "misschien weg",
    LetterState.DROPPED: "niet verstuurd",
}


def case_sheet(
    tenant: Tenant, case: Case, history: Sequence[HistoryEntry], letters: Sequence[Letter]
) -> RenderableType:
    """The whole page."""
    zone, phrases = tenant.policy.zone, tenant.letters.phrases["nl"]
    lines: list[RenderableType] = [heading(tenant, case)]
    lines += _asked(case, phrases)
    lines += [_line("termijnen", case.clock), *(_deadline(one, zone) for one in case.deadlines)]
    lines += [Text(f"  {reason}", "dim") for reason in case.clock_reasons]
    lines += [Text(told, "bold") for told in _at_once(case, zone)]
    if case.work.hold:
        lines.append(_line("bewaard", f"voor een geschil: {case.work.hold}", "bold yellow"))
    if plan := plan_of(case, tenant.policy):
        lines += [Text("\nplan", "bold"), plan_table(plan)]
    lines += _needs(case, phrases)
    lines += [_line("omdat", f"{_kind(one.kind, phrases)}: “{one.quote}”") for one in case.reasons]
    lines += _mails(case, zone)
    lines += _letters(letters, zone, phrases)
    if case.forget_on:
        lines.append(Text(f"\nvergeten   vanaf {case.forget_on.isoformat()}"))
    elif restricts(case) and not case.is_open:
        lines.append(Text("\nvergeten   niet voordat de beperking is opgeheven (artikel 18, lid 3)"))
    lines.append(Text("\nwat er gebeurde", "bold"))
    steps = in_short(account(history, tenant.policy, phrases))
    lines += [_left_out(step) if isinstance(step, int) else _step(step, zone) for step in steps]
    return Group(*lines)


def heading(tenant: Tenant, case: Case) -> Text:
    """The first line of a page: which case, whose, and how it stands."""
    status = tenant.letters.phrases["nl"]["status"].get(case.status, case.status.value)
    return Text(f"{case.ref}  {tenant.policy.name}  {status}", "bold")


def short_sheet(tenant: Tenant, case: Case, proposed: Letter | None) -> Iterator[Text]:
    """What a person must know to sort the case: below its heading, up to the letter that waits or would be written."""
    zone, phrases = tenant.policy.zone, tenant.letters.phrases["nl"]
    yield from _asked(case, phrases)
    yield _line("zekerheid", f"{case.certainty:.0%}")
    yield _line("termijnen", case.clock)
    yield from _needs(case, phrases)
    yield from _mails(case, zone)
    if proposed:
        yield Text(f"\nvoorstel   brief {proposed.template}: {_STATES[proposed.state]}", "bold")
        yield Text(proposed.text, "dim")


def _needs(case: Case, phrases: Phrases) -> Iterator[Text]:
    """Why a person must look, and who has it."""
    yield from (_line("let op", phrases["needs"].get(need, need), "yellow") for need in case.needs)
    if case.assignee:
        yield _line("bij", case.assignee)


def _mails(case: Case, zone: ZoneInfo) -> Iterator[Text]:
    """Each mail in its own words, with the sentences that decided in reverse."""
    for mail in case.mails:
        yield Text(f"\n{dutch_moment(mail.received_at, zone)}  {mail.sender}  {mail.subject}", "bold")
        yield lit(mail.text, [reason.quote for reason in case.reasons])


def lit(text: str, quotes: Iterable[str]) -> Text:
    """A text in which these sentences stand out."""
    shown = Text(text)
    for quote in filter(None, quotes):
        if (at := text.find(quote)) >= 0:
            shown.stylize("black on yellow", at, at + len(quote))
    return shown


def _line(label: str, told: str, style: str = "") -> Text:
    return Text(f"{label:<10} {told}", style)


def _kind(kind: str, phrases: Phrases) -> str:
    """A right by its Dutch name, and by the word that commands take."""
    name = phrases["kind_names"].get(kind, kind)
    return f"{name} ({kind})" if name != kind else name


def _asked(case: Case, phrases: Phrases) -> Iterator[Text]:
    """What is asked, by whom, and what must still be shown."""
    items = (f"{_kind(item.kind, phrases)}: {register_words.word(item.outcome)}" for item in case.items)
    yield _line("gevraagd", ", ".join(items) or "nog niet bekend")
    who = f"{_MATCH.get(case.match, case.match)}; identiteit: {register_words.word(case.identity)}"
    yield _line("van", f"{case.requester_email or '-'}  ({who})")
    yield _line("bewijs", _proof(case))


def _proof(case: Case) -> str:
    """What must still be shown before something is granted, and how our questions stand."""
    asked = [f"gevraagd aan {one.to}: {_ANSWERS.get(one.answer, one.answer)}" for one in case.questions]
    named = [f"het antwoord mag naar {case.recipient}"] if case.recipient else []
    return "; ".join([_PROOF[still_needed(case)], *asked, *named])


_ANSWERS = {"": "nog geen antwoord", "yes": "ja", "no": "nee"}


def _deadline(one: Deadline, zone: ZoneInfo) -> Text:
    met = f"  gehaald {dutch_moment(one.met_at, zone)}" if one.met_at else ""
    return Text(f"  {_TERMS.get(one.name, one.name):<10} {_when(one.on, one.due, zone)}  {one.basis}{met}")


def _at_once(case: Case, zone: ZoneInfo) -> Iterator[str]:
    """What stopped on receipt, and whether somebody said that it has."""
    if case.restricted_since:
        yield f"gegevens   beperkt sinds {dutch_moment(case.restricted_since, zone)}"
    if case.consent_withdrawn_at:
        yield f"gegevens   toestemming ingetrokken {dutch_moment(case.consent_withdrawn_at, zone)}"
    if case.suppressed:
        yield f"reclame    niet meer naar {', '.join(case.suppressed)}"
    if case.stopped_at:
        yield f"gestopt    bevestigd {dutch_moment(case.stopped_at, zone)}"


def _letters(letters: Sequence[Letter], zone: ZoneInfo, phrases: Phrases) -> Iterator[RenderableType]:
    """The letters of a case; of many mails to colleagues that left, only the last ones."""
    ordered = sorted(letters, key=lambda one: str(one.created_at))
    told = [one.token for one in ordered if one.audience == "staff" and one.state is LetterState.SENT]
    left_out = set(told[:-LAST_CALLS])
    if shown := [one for one in ordered if one.token not in left_out]:
        yield Text("")
        yield _letter_table(shown, zone, phrases)
    if left_out:
        yield Text(f"... en {len(left_out)} eerdere mails aan collega's, alle verstuurd (alle: --json)", "dim")


def _letter_table(letters: Sequence[Letter], zone: ZoneInfo, phrases: Phrases) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("brief", "stand", "aan"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "stand")
    for letter in letters:
        told = Text(letter.to)
        for words in _why(letter, zone, phrases):
            told.append(f"\n{words}", "dim")
        table.add_row(Text(letter.token), _STATES[letter.state], told)
    return table


def _why(letter: Letter, zone: ZoneInfo, phrases: Phrases) -> Iterator[str]:
    """Why it waits, and when one that is on its way leaves."""
    if letter.lies_in_drafts and letter.state is LetterState.HELD:
        yield "ligt bij de concepten van het postvak"
    elif letter.why:
        why = TOLD_IN if letter.why.startswith(TOLD_IN) else letter.why  # in which other mail is for programs
        yield _OF_CALLS.get(why) or phrases["held"].get(why, why)
    if letter.state is LetterState.QUEUED and letter.next_try:
        yield f"gaat weg {dutch_moment(letter.next_try, zone)}"


def _when(on: date | None, due: datetime, zone: ZoneInfo) -> str:
    return f"{dutch_short(on)}-{on.year}" if on else dutch_moment(due, zone)


def _left_out(count: int) -> RenderableType:
    return Text(f"    ... {count} regels met zulke oproepen aan collega's (alle: --json)", "dim")


def _step(step: AccountLine, zone: ZoneInfo) -> RenderableType:
    """One line of the account: when, who, what; below it what came of it, why, and the article."""
    what, *more = step.what
    below = [*more, *(f"“{why}”" for why in step.why)]
    if step.rules:
        below.append(f"({'; '.join(step.rules)})")
    told = Text(f"{step.line}. {dutch_moment(step.at, zone)}  {step.by}: ").append(what, "bold")
    return Group(told, *(Padding(Text(one, "dim"), (0, 0, 0, 4)) for one in below))
