"""The evidence of one request as a page for an authority: what was asked, by when, what left, and every step in order.

The rules kept here: it says what `mailbot prove` says (both tell `evidence_parts`), in Dutch, and nothing that a
person wrote or that names who asked; one HTML file that opens offline and prints on A4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape

from mailbot.dates import dutch_moment, written_date
from mailbot.letters.values import Phrases
from mailbot.model import Case, HistoryEntry, Policy
from mailbot.reports import evidence_parts, register, register_words
from mailbot.reports.evidence import DecisiveLine, Evidence, SentLetter, Term
from mailbot.reports.history_account import AccountLine, account, who
from mailbot.reports.history_words import COUNTED, EVENTS, TERMS
from mailbot.reports.html_page import PAGE_STYLE, cell, page

_STYLE = "@page { size: A4 portrait; } td:first-child, td:nth-child(2), td:nth-child(3) { overflow-wrap: normal; }"
_SOURCES = {
    evidence_parts.Source.PERSON: " Dat moment is opgeschreven door {words}; geen server legde het vast.",
    evidence_parts.Source.SERVER: " Dat moment is van onze eigen mailserver: {words}.",
    evidence_parts.Source.FOLDER: " Op dat moment legde onze mailserver de mail in zijn map.",
    evidence_parts.Source.GONE: "",
}
_NAMES = TERMS | {"notice_by": "bericht dat de klok stilstaat"}
_VERDICTS = {
    evidence_parts.Verdict.BROKEN: "Niet aangetoond: de geschiedenis klopt niet, dus bewijst zij niets.",
    evidence_parts.Verdict.TERMLESS: "Dit dossier heeft geen termijn.",
    evidence_parts.Verdict.SHOWN: "Aangetoond: elke termijn is gehaald.",
    evidence_parts.Verdict.RUNNING: "Nog niet aangetoond: de termijn loopt nog.",
    evidence_parts.Verdict.MISSED: "Niet aangetoond: niet elke termijn is gehaald.",
}
_STANDINGS = {
    evidence_parts.Standing.RUNNING: "loopt nog",
    evidence_parts.Standing.MISSED: "nee",
    evidence_parts.Standing.IN_TIME: "ja",
    evidence_parts.Standing.LATE: "te laat",
}


def as_html(
    found: Evidence, case: Case, history: Sequence[HistoryEntry], policy: Policy, phrases: Phrases, now: datetime
) -> str:
    """The page; `phrases` are the Dutch ones."""
    title = f"Verzoek {case.ref}, {policy.name}"
    by = {case.ref: found.receipt_by} if found.receipt_by else {}
    [row] = register.rows_within([case], policy, now, by)
    row = register_words.in_dutch(row, phrases["kind_names"], phrases["grounds"], phrases["letters"])
    facts = (
        (name, register.words(row[key])) for key, name in register.COLUMNS.items() if register.tells(key, row[key])
    )
    told = _Told(policy, phrases)
    for part in evidence_parts.parts(found, now):
        told.take(part)
    explained = dict.fromkeys(one.explanation for one in case.deadlines if one.name in TERMS and one.explanation)
    body = f"""<p class="muted">Gemaakt op {written_date(policy.day_of(now))}.
Wie het vroeg en wat er is geschreven, staat er niet in.</p>
<p><b>{escape(" ".join(told.verdict))}</b></p>
{_facts(facts)}
<h3>Ontvangst en termijnen</h3>
{_table(("", "uiterlijk", "grondslag", "gehaald"), told.terms)}
<p>{escape(" ".join(told.receipt))}</p>
{"".join(f"<p>{escape(one)}</p>" for one in explained)}
<h3>Brieven die de mailserver aannam, of die zijn gepost</h3>
{_table(("brief", "verstuurd", "haalde", "Message-ID", "de server zei"), told.letters)}
{"".join(f"<p>{escape(one)}</p>" for one in told.lines)}
<h3>Alles wat er gebeurde</h3>
{_table(("regel", "wanneer", "door", "wat", "grondslag", "zegel"), _steps(history, policy, phrases))}
<h3>Of dit nog klopt</h3>
<p>{escape(" ".join(told.seal))}</p>"""
    return page(title, PAGE_STYLE + _STYLE, body)


class _Told:
    """The parts of the evidence in Dutch, each in the place of the page where it stands."""

    def __init__(self, policy: Policy, phrases: Phrases) -> None:
        self._policy, self._letters = policy, phrases["letters"]
        self.verdict: list[str] = []
        self.receipt: list[str] = []
        self.terms: list[tuple[str, ...]] = []
        self.letters: list[tuple[str, ...]] = []
        self.lines: list[str] = []
        self.seal: list[str] = []

    def take(self, part: evidence_parts.Part) -> None:
        """Find the words for a part, and their place."""
        match part:
            case evidence_parts.Received(at, _, source, words):
                self.receipt.append(f"Ontvangen op {self._moment(at)}.{_SOURCES[source].format(words=words)}")
            case evidence_parts.Ruled(rules):
                self.receipt.append(
                    f"De termijn: {'; '.join(COUNTED.get(one, one) for one in rules)}." if rules else ""
                )
            case evidence_parts.Extended(at):
                self.receipt.append(f"Verlengd op {self._moment(at)}.")
            case evidence_parts.Judged(term, standing):
                self.terms.append(self._term(term, standing))
                if standing in (evidence_parts.Standing.MISSED, evidence_parts.Standing.LATE):
                    self.verdict.append(f"Niet op tijd: {_NAMES[term.name]}.")
            case SentLetter():
                self.letters.append(self._letter(part))
            case DecisiveLine():
                self.lines.append(self._line(part))
            case evidence_parts.Forgotten():
                gone = "alleen data, regels en de aanname door de mailserver zijn bewaard"
                self.receipt.append(f"Dit dossier is anoniem gemaakt: {gone}.")
            case evidence_parts.Sealed(head):
                self.seal += self._seal(head)
            case evidence_parts.Broken(fault):
                self.verdict.append(f"{fault}.")
            case evidence_parts.Verdict():
                self.verdict.insert(0, _VERDICTS[part])

    def _term(self, term: Term, standing: evidence_parts.Standing) -> tuple[str, ...]:
        until = written_date(term.on) if term.on else self._moment(term.due)
        at = f", {self._moment(term.met_at)}" if term.met_at else ""
        return (_NAMES[term.name], until, term.basis, f"{_STANDINGS[standing]}{at}")

    def _letter(self, one: SentLetter) -> tuple[str, ...]:
        name = self._letters.get(one.letter, one.letter)
        met = ", ".join(_NAMES[name] for name in one.met)
        if one.posted_by:
            told = f"per post, opgeschreven door {one.posted_by}; geen server legde het vast"
            return (name, written_date(self._policy.day_of(one.sent_at)), met, "", told)
        return (name, self._moment(one.sent_at), met, one.message_id, one.answer or "niet vastgelegd")

    def _line(self, one: DecisiveLine) -> str:
        says = f", die schreef dat het op {self._moment(one.says)} was gedaan" if one.says else ""
        what = "brief aan de vrager verstuurd" if one.event == "LetterSettled" else EVENTS.get(one.event, one.event)
        return f"Wat de termijn haalde: regel {one.line}, {self._moment(one.at)}, {what}, door {who(one.by)}{says}."

    def _seal(self, head: str) -> Iterator[str]:
        check = f"mailbot check --tenant {self._policy.tenant} --against {head}"
        yield "Elk zegel legt zijn regel en alle regels daarvoor vast."
        yield f"Het kenmerk van alle dossiers samen is nu {head};"
        yield f"of er sindsdien iets is veranderd of weggehaald, zegt: {check}"

    def _moment(self, at: datetime) -> str:
        return dutch_moment(at, self._policy.zone)


def _steps(history: Sequence[HistoryEntry], policy: Policy, phrases: Phrases) -> Iterator[tuple[str, ...]]:
    for step in account(history, policy, phrases):
        yield _step(step, policy)


def _step(step: AccountLine, policy: Policy) -> tuple[str, ...]:
    at = dutch_moment(step.at, policy.zone)
    return (str(step.line), at, step.by, "; ".join(step.what), "; ".join(step.rules), step.seal)


def _facts(rows: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>\n' for name, value in rows)
    return f"<table>{lines}</table>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(f"<tr>{_row(heads, row)}</tr>\n" for row in rows)
    return (
        f'<table class="rows"><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>' if body else "<p>Geen.</p>"
    )


def _row(heads: Sequence[str], row: Sequence[str]) -> str:
    told = "".join(cell(name, value) for name, value in zip(heads[1:], row[1:], strict=True))
    return f'<th scope="row">{escape(row[0])}</th>{told}'
