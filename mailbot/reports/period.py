"""The report of a period for an authority's visit or the management: figures, charts, what is open, the register.

The rule kept here: one HTML file that opens offline and prints on A4; nothing in it comes from elsewhere, every value
is escaped, and no person is named, neither who asked nor who decided, unless that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape

from mailbot.dates import written_date
from mailbot.model import Case, Policy
from mailbot.reports import register, register_words
from mailbot.reports.charts import CHART_STYLE, Series, by_month, stacked
from mailbot.reports.figures import CaseResult, Figures, answered_at, case_results, figures_of
from mailbot.reports.html_page import PAGE_STYLE, cell, page

_STATES = {
    "in_time": ("op tijd beantwoord", "#2f7d5b"),
    "late": ("te laat beantwoord", "#e7b84c"),
    "overdue": ("open, over de termijn", "#a61b29"),
    "open": ("open, termijn loopt", "#8fa3b5"),
    "withdrawn": ("gesloten zonder antwoord", "#c9d1d9"),
}
_SPANS = ((0, 2), (3, 7), (8, 14), (15, 21), (22, 31), (32, 61), (62, 10_000))
_MODES = {
    "observe": "kijkt mee; verstuurt niets",
    "hold": "schrijft brieven die een medewerker vrijgeeft",
    "automatic": "bevestigt zelf de ontvangst; wat gegevens bevat of weigert, geeft een medewerker vrij",
}
#: Columns of the register that name staff, or say the same in every line of one company's report.
_STAFF, _SAME = ("decided_by", "received_by"), ("company",)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included."""

    first: date
    last: date


def as_html(
    cases: Sequence[Case],
    policy: Policy,
    period: Period,
    now: datetime,
    kinds: Mapping[str, str],
    broken: int = 0,
    names: bool = False,
    head: str = "",
) -> str:
    """The page. `kinds` are the Dutch names of the rights, `broken` counts histories that do not hold.

    `head` is of the company's chain: whoever keeps the page can have later records held against it.
    """
    found = case_results(cases, policy, period.first, period.last, now)
    ours = [case for case in cases if period.first <= policy.day_of(case.received_at) <= period.last]
    title = f"Privacyverzoeken {policy.name}"
    body = f"""<p class="muted">Ontvangen van {written_date(period.first)} tot en met {written_date(period.last)}.
Gemaakt op {written_date(policy.day_of(now))}.</p>
{_tiles(figures_of(found))}
{_organisation(policy, broken, names, head)}
<h3>Per maand van ontvangst</h3>{_by_month(found, period)}
<h3>Dagen tot het antwoord</h3>{_by_speed(found)}
<h3>Per recht</h3>{_by_kind(found, kinds)}
<h3>Wat open is</h3>{_open(cases, policy, now, kinds, names)}
<h3>Register</h3>{_register(ours, policy, now, kinds, names)}
{_method(names)}"""
    return page(title, PAGE_STYLE + CHART_STYLE, body)


def _tiles(figures: Figures) -> str:
    percent = figures.in_time_percent
    tiles = (
        (figures.received, "ontvangen"),
        ("–" if percent is None else f"{percent}%", "op tijd"),
        (_days(figures.median_days), "dagen, de helft sneller"),
        (_days(figures.slowest_days), "dagen, 9 van de 10 sneller"),
        (figures.open, "open"),
        (figures.overdue, "over de termijn"),
    )
    return f'<div class="tiles">{"".join(f"<div><b>{value}</b>{name}</div>" for value, name in tiles)}</div>'


def _organisation(policy: Policy, broken: int, names: bool, head: str) -> str:
    """What an authority asks first: who answers for it, within which term, and whether the record can be trusted."""
    promise = f"{policy.promise_days} dagen" if policy.promise_days else "een maand"
    if policy.promise_months:
        promise += f"; na een verlenging hoogstens {policy.promise_months} maanden na ontvangst"
    proof = "alle ketens kloppen" if not broken else f"{broken} geschiedenissen kloppen niet: zie mailbot check"
    contact = _person(policy.contact_name, policy.contact_email, names)
    deputy = _person(policy.deputy_name, policy.deputy_email, names)
    rows = {
        "Toezichthouder": policy.authority.name,
        "Termijn van het eigen beleid": promise,
        "Contactpersoon": contact,
        "Vervanger": deputy,
        "Werkwijze": _MODES.get(policy.mode, policy.mode),
        "Verwerkers in beeld": str(len(policy.processors)),
        "Bewijs": f"iedere stap staat in een geschiedenis waarvan elke regel de vorige vastlegt; {proof}",
    }
    if head:
        check = f"mailbot check --tenant {policy.tenant} --against {head}"
        rows["Kenmerk"] = f"{head}. Of er sindsdien iets is veranderd of weggehaald, zegt: {check}"
    lines = "".join(f'<tr><th scope="row">{escape(k)}</th><td>{escape(v)}</td></tr>' for k, v in rows.items())
    return f"<table>{lines}</table>{_defects(policy)}"


def _defects(policy: Policy) -> str:
    """Where the policy itself must still be mended, one line each, folded away on the screen."""
    if not policy.defects:
        return ""
    lines = "".join(f"<li>{escape(one)}</li>" for one in policy.defects)
    return (
        f"<details open><summary>Open punten in het beleid ({len(policy.defects)})</summary><ul>{lines}</ul></details>"
    )


def _person(name: str, email: str, names: bool) -> str:
    return "niet aangewezen" if not email else (name or email) if names else "aangewezen"


def _by_month(found: Sequence[CaseResult], period: Period) -> str:
    states = ((one.received_on, one.state) for one in found)
    chart = by_month("Verzoeken per maand van ontvangst", states, _STATES, period.first, period.last)
    return chart or "<p>Geen verzoeken in deze periode.</p>"


def _by_speed(found: Sequence[CaseResult]) -> str:
    def count(state: str, low: int, high: int) -> int:
        return sum(1 for one in found if one.state == state and one.days is not None and low <= int(one.days) <= high)

    series = [
        Series(*_STATES[state], tuple(count(state, low, high) for low, high in _SPANS)) for state in ("in_time", "late")
    ]
    labels = [f"{low}-{high}" if high < 10_000 else f"{low}+" for low, high in _SPANS]
    return stacked("Dagen van ontvangst tot antwoord", labels, series) or "<p>Nog niets beantwoord.</p>"


def _by_kind(found: Sequence[CaseResult], kinds: Mapping[str, str]) -> str:
    asked = sorted({kind for one in found for kind in one.kinds}, key=lambda kind: kinds.get(kind, kind))
    if not asked:
        return "<p>Geen.</p>"
    heads = "".join(f'<th scope="col">{name}</th>' for name, _ in _STATES.values())
    lines = []
    for kind in asked:
        own = [one for one in found if kind in one.kinds]
        counts = [(name, sum(1 for one in own if one.state == state)) for state, (name, _) in _STATES.items()]
        cells = "".join(cell(name, str(count or "")) for name, count in (*counts, ("samen", len(own))))
        lines.append(f'<tr><th scope="row">{escape(kinds.get(kind, kind))}</th>{cells}</tr>')
    head = f'<thead><tr><th scope="col">gevraagd</th>{heads}<th scope="col">samen</th></tr></thead>'
    return f'<table class="figures rows">{head}<tbody>{"".join(lines)}</tbody></table>'


def _open(cases: Iterable[Case], policy: Policy, now: datetime, kinds: Mapping[str, str], names: bool) -> str:
    """Every open case, also those from before the period: the one that must be answered first on top."""
    today = policy.day_of(now)
    rows = []
    for case in (one for one in cases if one.is_open):
        due = case.deadline("operating") or case.deadline("notice_by")
        left = (due.on - today).days if due and due.on and due.met_at is None else None
        stands = "beantwoord" if answered_at(case) else _left(left)
        who = case.requester_email if names else ""
        asked = ", ".join(kinds.get(kind, kind) for kind in case.kinds)
        rows.append((9_999 if left is None else left, case.ref, asked, due.on if due else None, stands, who))
    if not rows:
        return "<p>Niets: er is geen open verzoek.</p>"
    lines = "".join(
        f'<tr><th scope="row" class=n>{ref}</th>{cell("gevraagd", asked)}{cell("van", who) if names else ""}'
        f"{cell('uiterlijk', str(on or ''), ' class=n')}{cell('nog', stands)}</tr>"
        for _, ref, asked, on, stands, who in sorted(rows, key=lambda row: row[:2])
    )
    heads = ("dossier", "gevraagd", *(("van",) if names else ()), "uiterlijk", "nog")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return f'<table class="rows"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>'


def _left(days: int | None) -> str:
    if days is None:
        return "de klok staat stil"
    near = {0: "vandaag", 1: "1 dag", -1: "1 dag te laat"}
    return near.get(days) or (f"{days} dagen" if days >= 0 else f"{-days} dagen te laat")


def _register(cases: Sequence[Case], policy: Policy, now: datetime, kinds: Mapping[str, str], names: bool) -> str:
    rows = [register_words.in_dutch(row, kinds) for row in register.rows_within(cases, policy, now)]
    hidden = {*_SAME, *(() if names else _STAFF)}
    shown = [name for name in register.used_columns(rows) if name not in hidden]
    if not rows:
        return "<p>Geen verzoeken in deze periode.</p>"
    heads = "".join(f'<th scope="col">{escape(register.COLUMNS[name])}</th>' for name in shown)
    cells = [[_in_register(name, register.words(row[name])) for name in shown] for row in rows]
    lines = "".join(f"<tr>{''.join(line)}</tr>" for line in cells)
    return f'<table class="register rows"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>'


def _in_register(column: str, value: str) -> str:
    """The number of the case is what a line is called by; on a phone it stands above the rest."""
    return (
        f'<th scope="row" class=n>{escape(value)}</th>' if column == "case" else cell(register.COLUMNS[column], value)
    )


def _method(names: bool) -> str:
    told = "" if names else " De namen van verzoekers en medewerkers staan er niet in."
    return (
        '<p class="muted">Een verzoek telt mee in de periode waarin het is ontvangen. Op tijd is: een antwoord dat '
        "verstuurd is op of voor de dag waarop het bedrijf zich richt, nooit later dan de wettelijke termijn (art. 12 "
        f"lid 3 AVG). Een ontvangstbevestiging telt niet als antwoord.{told}</p>"
    )


def _days(days: float | None) -> str:
    return "–" if days is None else f"{days:.1f}".replace(".", ",")
