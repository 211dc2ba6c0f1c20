"""The measurement for people: a few lines for the screen, and one Dutch page that opens offline and prints on A4.

The rule kept here: nothing in the page comes from elsewhere, every value is escaped, and nobody is named unless asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from mailbot.audit.findings import Finding, SentMail, State
from mailbot.audit.result import Result
from mailbot.dates import written_date
from mailbot.model import Policy
from mailbot.reports.charts import CHART_STYLE, by_month
from mailbot.reports.html_page import PAGE_STYLE, page

STATES = {
    State.UNANSWERED: ("nooit beantwoord", "#a61b29"),
    State.HALF: ("half beantwoord", "#d9822b"),
    State.LATE: ("te laat beantwoord", "#e7b84c"),
    State.RUNNING: ("termijn loopt nog", "#8fa3b5"),
    State.ANSWERED: ("op tijd beantwoord", "#2f7d5b"),
}
EXPOSURE = {"high": "hoog", "middle": "midden", "low": "laag", "none": ""}
_ORDER = {state: at for at, state in enumerate(STATES)}
_RANK = {"high": 0, "middle": 1, "low": 2, "none": 3}
#: A page with more lines than this is no reading matter; the rest is in --json.
MOST_LINES = 400


def in_words(result: Result) -> str:
    """The outcome of one company in a few lines."""
    lines = [
        f"{result.policy.tenant}: {result.mails} mails since {result.since} in {len(result.folders)} folders",
        f"  requests            {len(result.findings)}",
        f"  never answered      {result.count(State.UNANSWERED)}",
        f"  half answered       {result.count(State.HALF)}",
        f"  answered late       {result.count(State.LATE)}",
        f"  answered in time    {result.count(State.ANSWERED)}",
        f"  still running       {result.count(State.RUNNING)}",
        f"  for a person        {len(result.doubtful)} mails that may ask something",
    ]
    if result.unread:
        lines.append(f"  not readable        {result.unread} mails")
    return "\n".join(lines)


def as_html(results: Sequence[Result], names: bool, kinds: Mapping[str, str]) -> str:
    """The page. `kinds` are the Dutch names of the rights."""
    title = "Nulmeting privacyverzoeken" + (f": {results[0].policy.name}" if len(results) == 1 else "")
    body = "\n".join(_company(result, names, kinds, len(results) > 1) for result in results)
    return page(title, PAGE_STYLE + CHART_STYLE, f"{body}\n{_METHOD}")


def _company(result: Result, names: bool, kinds: Mapping[str, str], headed: bool) -> str:
    today = result.policy.day_of(result.made_at)
    head = f"<h2>{escape(result.policy.name)}</h2>" if headed else ""
    period = f"{written_date(result.since)} tot en met {written_date(today)}"
    unread = f" {_mails(result.unread)} gaf de server niet." if result.unread else ""
    return f"""{head}<p class="muted">Ontvangen van {period}. Gelezen: {_mails(result.mails)} in {len(result.folders)}
mappen, waarvan {result.machine} van een machine.{unread} Gelezen zonder iets te wijzigen of te versturen.</p>
{_tiles(result)}{_verdict(result)}
<h3>Per maand van ontvangst</h3>{_months(result.findings, result.policy, result.since, today)}
{_kinds_table(result, kinds)}
<h3>De verzoeken die aandacht vragen</h3>{_lines(_wrong(result.findings), result.policy, names, kinds)}
<h3>Misschien een verzoek: een mens moet kijken</h3>{_doubtful(result, names)}"""


def _tiles(result: Result) -> str:
    tiles = [f"<div><b>{len(result.findings)}</b>verzoeken</div>"]
    for state, (name, colour) in STATES.items():
        tiles.append(f'<div style="border-color:{colour}"><b>{result.count(state)}</b>{name}</div>')
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _verdict(result: Result) -> str:
    high = sum(1 for finding in result.findings if finding.exposure == "high")
    wrong = sum(1 for finding in result.findings if finding.state in (State.UNANSWERED, State.HALF))
    if not result.findings:
        return "<p>In deze periode is geen privacyverzoek gevonden.</p>"
    told = (
        f"<p><b>{wrong}</b> {'verzoek staat' if wrong == 1 else 'verzoeken staan'} nog open terwijl de termijn voorbij "
        f"is. Voor <b>{high}</b> {_requests(high)} is het risico hoog: lang over de termijn, een herinnering, een "
        "klacht of een kwetsbare verzoeker. Ieder van deze mensen kan klagen bij de toezichthouder (art. 77 AVG) of "
        "naar de rechter gaan (art. 79). Niet of te laat "
        "antwoorden schendt art. 12 lid 3; daarop staat de boete van art. 83 lid 5 onder b. Alsnog antwoorden kan en "
        "verkleint het risico.</p>"
    )
    unsure = sum(1 for finding in result.findings if not finding.first.sure)
    if unsure:
        told += (
            f"<p>Bij {unsure} {_requests(unsure)} staat <i>vermoedelijk</i>: daar moet een mens nog nagaan wat er "
            "precies werd gevraagd, en of het echt een verzoek is.</p>"
        )
    if over := result.broken_promises:
        told += (
            f"<p>{over} {'verzoek bleef' if over == 1 else 'verzoeken bleven'} binnen de wet maar niet binnen de "
            f"termijn van uw eigen privacybeleid ({result.policy.promise_days} dagen).</p>"
        )
    return told


def _months(found: Sequence[Finding], policy: Policy, since: date, today: date) -> str:
    states = ((policy.day_of(one.first.received_at), one.state) for one in found)
    upwards = dict(reversed(STATES.items()))
    return by_month("Verzoeken per maand van ontvangst", states, upwards, since, today) or "<p>Geen.</p>"


def _kinds_table(result: Result, kinds: Mapping[str, str]) -> str:
    found = sorted({kind for finding in result.findings for kind in finding.first.kinds})
    if not found:
        return ""
    heads = "".join(f'<th scope="col">{name}</th>' for name, _ in STATES.values())
    lines = []
    for kind in found:
        own = [finding for finding in result.findings if kind in finding.first.kinds]
        cells = "".join(f"<td>{sum(1 for one in own if one.state is state) or ''}</td>" for state in STATES)
        lines.append(f'<tr><th scope="row">{escape(kinds.get(kind, kind))}</th>{cells}<td>{len(own)}</td></tr>')
    return (
        '<h3>Per recht</h3><table class="figures"><thead><tr><th scope="col">gevraagd</th>'
        f'{heads}<th scope="col">samen</th></tr></thead><tbody>{"".join(lines)}</tbody></table>'
    )


def _wrong(found: Sequence[Finding]) -> list[Finding]:
    """What needs somebody, the worst first."""
    wrong = [one for one in found if one.state is not State.ANSWERED or one.promise_broken]
    return sorted(wrong, key=lambda one: (_RANK[one.exposure], _ORDER[one.state], -one.days_over, one.number))


def _lines(found: Sequence[Finding], policy: Policy, names: bool, kinds: Mapping[str, str]) -> str:
    if not found:
        return "<p>Geen: alles is op tijd beantwoord.</p>"
    who = '<th scope="col">wie en wat</th>' if names else ""
    lines = "".join(_line(one, policy, names, kinds) for one in found[:MOST_LINES])
    more = f"<p>En nog {len(found) - MOST_LINES}; zie --json.</p>" if len(found) > MOST_LINES else ""
    return (
        '<table><thead><tr><th scope="col">nr</th><th scope="col">risico</th><th scope="col">stand</th>'
        f'<th scope="col">gevraagd</th>{who}<th scope="col">ontvangen</th><th scope="col">uiterlijk</th>'
        '<th scope="col">wat er gebeurde</th><th scope="col">bewijs</th></tr></thead><tbody>'
        f"{lines}</tbody></table>{more}"
    )


def _line(finding: Finding, policy: Policy, names: bool, kinds: Mapping[str, str]) -> str:
    first = finding.first
    name, colour = STATES[finding.state]
    received = _short(policy.day_of(first.received_at))
    asked = ", ".join(kinds.get(kind, kind) for kind in first.kinds) + ("" if first.sure else " (vermoedelijk)")
    who = f"<td>{escape(first.writer)}<br>{escape(first.subject)}<br><q>{escape(' '.join(first.quotes))}</q></td>"
    return (
        f"<tr><td class=n>{finding.number}</td><td>{EXPOSURE[finding.exposure]}</td>"
        f'<td><i class="dot" style="background:{colour}"></i>{name}</td><td>{escape(asked)}</td>{who if names else ""}'
        f"<td class=n>{received}</td><td class=n>{_short(finding.due_on)}</td>"
        f"<td>{escape(_story(finding, policy, kinds))}</td>"
        f"<td>{escape(first.pointer.folder)} {first.pointer.uid}</td></tr>\n"
    )


def _story(finding: Finding, policy: Policy, kinds: Mapping[str, str]) -> str:
    """What happened, in a few words."""
    told = [f"{_says(mail)} op {_short(policy.day_of(mail.sent_at))}" for mail in finding.answers[:4]]
    if len(finding.answers) > 4:
        told.append(f"en nog {_mails(len(finding.answers) - 4)}")
    told += [f"{len(finding.reminders)}x herinnerd"] if finding.reminders else []
    if finding.state is State.HALF and finding.missing and any(mail.said.answers for mail in finding.answers):
        told.append("geen antwoord over " + ", ".join(kinds.get(kind, kind) for kind in finding.missing))
    days = "dag" if finding.days_over == 1 else "dagen"
    told += [f"{finding.days_over} {days} over de termijn"] if finding.days_over else []
    told += ["later dan het eigen beleid belooft"] if finding.promise_broken and not finding.days_over else []
    return "; ".join(told) or "niets verstuurd"


def _says(mail: SentMail) -> str:
    if mail.said.only_receipt:
        return "verlenging" if mail.said.extends else "alleen ontvangst of een vraag"
    return "weigering" if mail.said.refuses else "antwoord"


def _doubtful(result: Result, names: bool) -> str:
    """What the sorter could not tell, with whether anything was ever sent back."""
    if not result.doubtful:
        return "<p>Geen.</p>"
    silent = [one for one in result.doubtful if not one.answers]
    lines = "".join(
        f"<li>{_short(result.policy.day_of(one.first.received_at))}, "
        f"{escape(one.first.pointer.folder)} {one.first.pointer.uid}"
        f"{': ' + escape(one.first.writer) + ', ' + escape(one.first.subject) if names else ''}</li>"
        for one in silent[:MOST_LINES]
    )
    return (
        f"<p>{_mails(len(result.doubtful))} kon het programma niet met zekerheid lezen; op {len(silent)} daarvan is "
        f'niets teruggestuurd. Deze tellen hierboven niet mee.</p><ul class="columns">{lines}</ul>'
    )


def _mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count} mails"


def _requests(count: int) -> str:
    return "verzoek" if count == 1 else "verzoeken"


def _short(day: date) -> str:
    return f"{day.day:02}-{day.month:02}-{day.year}"


_METHOD = """<h3>Hoe dit is gemeten</h3>
<p class="muted">Alle mappen behalve concepten zijn gelezen zonder een mail als gelezen te merken. Een verzoek geldt als
beantwoord als er na ontvangst een mail naar de verzoeker ging, in hetzelfde gesprek, onder hetzelfde onderwerp of over
wat hij vroeg; een ontvangstbevestiging, een wedervraag of een automatisch antwoord telt niet. Half beantwoord: alleen
bevestigd, of van meer rechten niet elk genoemd. De termijn is een maand na ontvangst (art. 12 lid 3 AVG), drie maanden
als de verlenging op tijd is gemeld. Wat per telefoon, per post of uit een ander postvak werd beantwoord, ziet deze
meting niet: controleer het voordat u een regel voor waar aanneemt. Map en nummer wijzen de mail aan in uw eigen
postvak.</p>
"""
