"""The evidence of one request as a page for an authority: what was asked, by when, what left, and every step in order.

The rules kept here: it says what `mailbot prove` says, in Dutch, and nothing that a person wrote or that names who
asked; one HTML file that opens offline and prints on A4.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from mailbot.dates import dutch_moment, written_date
from mailbot.model import Case, Entry, Policy
from mailbot.reports import register
from mailbot.reports.charts import PAGE_STYLE
from mailbot.reports.evidence import Evidence, Sent, Term

_TERMS = {"operating": "waar wij naar werken", "statutory": "wettelijke termijn", "breach": "datalek, 72 uur"}
_LETTERS = {"acknowledgement": "ontvangstbevestiging", "answer": "antwoord", "neutral": "neutrale brief"}

_STYLE = "@page { size: A4 portrait; } td:first-child { overflow-wrap: normal; }"

#: What each line of a history tells, in the words of its readers.
EVENTS = {
    "MailArrived": "mail ontvangen en op waarde geschat",
    "MailUnreadable": "mail ontvangen die niet te lezen is",
    "MailFoundAgain": "mail teruggevonden",
    "TimePassed": "termijn bewaakt",
    "LetterSettled": "afloop van een ander bericht genoteerd",
    "MailBounced": "mail kwam onbestelbaar terug",
    "CustomerLookedUp": "nagekeken of het om een klant gaat",
    "LetterStopped": "brief tegengehouden",
    "ContactSilent": "contactpersoon antwoordde niet",
    "DeputySilent": "vervanger antwoordde niet",
    "StaffMailSeen": "antwoord van een medewerker gezien",
    "DraftSent": "concept verstuurd door een medewerker",
    "ProgramEnded": "uitslag van een programma genoteerd",
    "Accepted": "oordeel bevestigd",
    "Corrected": "oordeel verbeterd",
    "AskedAnew": "nieuw verzoek in dezelfde mail vastgelegd",
    "Noted": "aantekening gemaakt",
    "Assigned": "toegewezen",
    "Answered": "antwoord geschreven",
    "Replied": "antwoordbrief gekozen",
    "Closed": "gesloten",
    "Reopened": "heropend",
    "Acknowledged": "waarschuwing gezien",
    "ReceiptCorrected": "moment van ontvangst verbeterd",
    "IdentityAsked": "gevraagd wie er schrijft",
    "IdentityConfirmed": "vastgesteld wie er schrijft",
    "RecipientNamed": "adres voor het antwoord vastgelegd",
    "CustomerLinked": "aan een klant verbonden",
    "BelongsTo": "bij een ander dossier gevoegd",
    "TakesOver": "een ander dossier erbij genomen",
    "GivesBack": "een ander dossier weer losgemaakt",
    "ExtensionDecided": "besloten tot verlenging",
    "BreachDecided": "besloten over melding van het datalek",
    "BreachDescribed": "meer vastgelegd over het datalek",
    "RestrictionLifted": "beperking opgeheven",
    "StopConfirmed": "bevestigd dat het gebruik overal is gestopt",
    "SuppressionLifted": "van de lijst zonder reclame gehaald",
    "TakenBack": "vorige handeling teruggenomen",
    "StepSettled": "stap van het plan afgehandeld",
    "StepReopened": "stap van het plan heropend",
    "ItemDecided": "besloten over een gevraagd recht",
    "PartiesTold": "verwerkers ingelicht",
    "FileAttached": "bestand bij de kopie gevoegd",
    "FileDetached": "bestand uit de kopie gehaald",
    "PackageMade": "kopie van de gegevens gemaakt",
    "DocumentsKept": "vastgelegd wat bewaard moet blijven",
    "HeldLegally": "bewaarplicht wegens een rechtszaak gewijzigd",
    "PartyAnswered": "verwerker antwoordde",
    "PersonForgotten": "dossier anoniem gemaakt",
}


def as_html(
    found: Evidence, case: Case, history: Sequence[Entry], policy: Policy, kinds: Mapping[str, str], now: datetime
) -> str:
    """The page. `kinds` are the Dutch names of the rights."""
    title = f"Verzoek {case.ref}, {policy.name}"
    [row] = [register.in_dutch(one, kinds) for one in register.rows_within([case], policy)]
    facts = ((name, register.words(row[key])) for key, name in register.COLUMNS.items())
    check = f"mailbot check --tenant {policy.tenant} --against {found.head}"
    explained = dict.fromkeys(one.explanation for one in case.deadlines if one.name in _TERMS and one.explanation)
    return f"""<!DOCTYPE html>
<html lang="nl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_text(title)}</title><style>{PAGE_STYLE}{_STYLE}</style></head><body>
<h1>{_text(title)}</h1>
<p class="muted">Gemaakt op {written_date(now.astimezone(policy.zone).date())}. Wie het vroeg en wat er is geschreven,
staat er niet in.</p>
<p><b>{_text(verdict(found, now))}</b></p>
{_table((), ((name, told) for name, told in facts if told))}
<h3>Ontvangst en termijnen</h3>
{_table(("", "uiterlijk", "grondslag", "gehaald"), _terms(found, policy, now))}
<p>{_text(" ".join(_receipt(found, policy)))}</p>
{"".join(f"<p>{_text(one)}</p>" for one in explained)}
<h3>Brieven die de mailserver aannam</h3>
{_table(("brief", "verstuurd", "Message-ID", "de server zei"), (_letter(one, policy) for one in found.letters))}
<h3>Alles wat er gebeurde</h3>
{_table(("regel", "wanneer", "door", "wat", "zegel"), (_step(one, policy) for one in history))}
<h3>Of dit nog klopt</h3>
<p>Elk zegel legt zijn regel en alle regels daarvoor vast. Het kenmerk van alle dossiers samen is nu
<b>{_text(found.head)}</b>; of er sindsdien iets is veranderd of weggehaald, zegt: {_text(check)}</p>
</body></html>
"""


def verdict(found: Evidence, now: datetime) -> str:
    """What the evidence comes to, in one sentence."""
    if found.faults:
        return "Niet aangetoond: de geschiedenis klopt niet, dus bewijst zij niets. " + "; ".join(found.faults)
    if not found.terms:
        return "Dit dossier heeft geen termijn."
    if found.holds:
        return "Aangetoond: elke termijn is gehaald."
    if all(term.in_time or (term.met_at is None and term.due > now) for term in found.terms):
        return "Nog niet aangetoond: de termijn loopt nog."
    return "Niet aangetoond: een termijn is niet gehaald, of te laat."


def _receipt(found: Evidence, policy: Policy) -> Iterator[str]:
    yield f"Ontvangen op {dutch_moment(found.received_at, policy.zone)}."
    if found.receipt_by:
        yield f"Dat moment is opgeschreven door {found.receipt_by}; geen server legde het vast."
    elif found.receipt:
        yield f"Dat moment is van onze eigen mailserver: {found.receipt}"
    elif found.channel == "mail" and not found.anonymised_at:
        yield "Op dat moment legde onze mailserver de mail in zijn map."
    if found.extended_at:
        yield f"Verlengd op {dutch_moment(found.extended_at, policy.zone)}."
    if found.anonymised_at:
        yield "Dit dossier is anoniem gemaakt: alleen data, regels en de aanname door de mailserver zijn bewaard."


def _terms(found: Evidence, policy: Policy, now: datetime) -> Iterator[tuple[str, ...]]:
    for term in found.terms:
        until = written_date(term.on) if term.on else dutch_moment(term.due, policy.zone)
        yield (_TERMS[term.name], until, term.basis, _met(term, policy, now))


def _met(term: Term, policy: Policy, now: datetime) -> str:
    if term.met_at is None:
        return "loopt nog" if term.due > now else "nee"
    return f"{'ja' if term.in_time else 'te laat'}, {dutch_moment(term.met_at, policy.zone)}"


def _letter(one: Sent, policy: Policy) -> tuple[str, ...]:
    name = _LETTERS.get(one.letter, one.letter)
    return (name, dutch_moment(one.sent_at, policy.zone), one.message_id, one.answer or "niet vastgelegd")


def _step(line: Entry, policy: Policy) -> tuple[str, ...]:
    taken = any(doc["do"] == "LetterTaken" for doc in line.actions)
    told = "brief aan de vrager verstuurd" if taken else EVENTS.get(line.event, line.event)
    return (str(line.seq), dutch_moment(line.at, policy.zone), line.actor, told, line.hash[:12])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>" if body else "<p>Geen.</p>"


def _text(value: str) -> str:
    return html.escape(value)
