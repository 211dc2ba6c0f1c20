"""The history of a case as an account: what happened, when, by whom, why, and on which article, line by line.

The rule kept here: what happened is told from what the line did, in the program's own Dutch words, and names nobody;
what a person typed is kept apart from it (`why`), so that staff can read it and a page for others can leave it out. Of
a line whose words were wiped only who did what when is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from mailbot.dates import dutch_moment, written_date
from mailbot.decide.notes import as_typed
from mailbot.letters.values import Phrases
from mailbot.model import HistoryEntry, Policy, numbers
from mailbot.reports import history_words, register_words
from mailbot.reports.history_typed import BY_HAND, SETTLED, beginning_of, reasons_in
from mailbot.reports.history_words import TERMS

#: So many places of one step are named one by one.
_MOST = 2
#: A longer row of calls is told by so many of its first and last lines.
_LONG_ROW, _ROW_ENDS = 12, 3
#: What a call to colleagues does in its case, beside the marking.
_CALL = frozenset({"MarkAlerted", "Climb", "JoinThread", "Wake"})


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One line of the account. `what` begins with what the event is; `why` is what people typed, for staff only.

    `calls`: nothing happened in it but that the program called colleagues, or that such a mail left.
    """

    line: int
    at: datetime
    by: str
    what: tuple[str, ...]
    why: tuple[str, ...]
    rules: tuple[str, ...]
    seal: str
    calls: bool = False


def account(history: Sequence[HistoryEntry], policy: Policy, phrases: Phrases) -> Iterator[AccountLine]:
    """The account of a history, oldest line first; `phrases` are the Dutch ones."""
    teller = _Teller(policy, phrases)
    for line in history:
        yield teller.step(line)


def in_short(steps: Iterable[AccountLine]) -> Iterator[AccountLine | int]:
    """The same without what only repeats: of a long row of calls to colleagues the first and the last ones, and
    between them how many were left out."""
    for calls, group in groupby(steps, lambda step: step.calls):
        row = list(group)
        if not calls or len(row) <= _LONG_ROW:
            yield from row
            continue
        yield from row[:_ROW_ENDS]
        yield len(row) - 2 * _ROW_ENDS
        yield from row[-_ROW_ENDS:]


def who(actor: str) -> str:
    """Who did something, as people read it."""
    return "het programma" if actor == "mailbot" else actor


class _Teller:
    """Tells line after line; it remembers what was told of rights and days, so that only what changed is told."""

    def __init__(self, policy: Policy, phrases: Phrases) -> None:
        self._policy, self._kinds, self._letters = policy, phrases["kind_names"], phrases["letters"]
        self._items: dict[str, str] = {}
        self._days: dict[str, str] = {}
        self._too_late = False

    def step(self, line: HistoryEntry) -> AccountLine:
        """One line. A note is told as it was typed, whatever it looks like."""
        before, docs = self._items, [dict[str, Any](doc) for doc in line.actions]
        self._too_late = any("extension_too_late" in doc.get("needs", ()) for doc in docs)
        noted = line.event == "Noted" and not _by_hand(docs)
        found = [] if noted else [part for doc in docs for part in self._what(doc)]
        found += _places(docs)
        what = dict.fromkeys((*_headline(line, bool(found)), *found))
        typed = [as_typed(str(doc["text"])) for doc in docs if doc["do"] == "Remark"] if noted else []
        why = dict.fromkeys(part for part in typed or (part for doc in docs for part in reasons_in(doc)) if part)
        rules = (history_words.RULES.get(line.event, ""), *self._articles(before), *_duties(docs))
        ruled = dict.fromkeys(filter(None, rules))
        seal, calls = line.hash[:12], bool(docs) and all(map(_calls, docs))
        return AccountLine(line.seq, line.at, who(line.actor), tuple(what), tuple(why), tuple(ruled), seal, calls)

    def _articles(self, before: Mapping[str, str]) -> Iterator[str]:
        """The articles of the rights that are new or ended, and that of a refusal."""
        changed = [kind for kind, outcome in self._items.items() if before.get(kind) != outcome]
        yield from (history_words.ARTICLES.get(kind, "") for kind in changed)
        if any(self._items[kind] in ("refused", "partly") for kind in changed):
            yield "artikel 12, lid 4, AVG"

    # --- what an action did ------------------------------------------------------------------------

    def _what(self, doc: Mapping[str, Any]) -> Iterator[str]:
        match doc["do"]:
            case "OpenCase":
                way = register_words.word(doc.get("channel", "mail"))
                yield f"ontvangen op {self._moment(doc['received_at'])}, per {way}"
            case "SetReceipt":
                yield f"ontvangst is nu {self._moment(doc['received_at'])}"
            case "SetItems":
                yield from self._rights(doc["items"])
            case "SetDeadlines":
                yield from self._terms(doc["deadlines"])
            case "MeetDeadlines" | "MissDeadlines":
                yield from self._met(doc)
            case "MarkAlerted":
                yield f"waarschuwing: {_ladder_step(doc['step'])}"
            case "Climb":
                yield "ook aan de vervanger"
            case "Unsettle":
                yield f"weer open: {register_words.step_word(doc['step'])}"
            case "Remark":
                yield from self._remark(doc["text"])
            case _:
                yield from self._change(doc)

    def _change(self, doc: Mapping[str, Any]) -> Iterator[str]:
        match doc["do"]:
            case "LetterPosted":
                yield f"op de post gedaan op {self._moment(doc['at']).rpartition(' ')[0]}"
            case "LetterTaken":
                yield f"de mailserver nam hem aan ({numbers(doc['answer']) or 'antwoord niet vastgelegd'})"
            case "Restrict":
                yield f"de gegevens zijn beperkt vanaf {self._moment(doc['at'])}"
            case "LiftRestriction":
                yield "de beperking is opgeheven, nadat de aanvrager het hoorde"
            case "Suppress":
                yield "een adres of nummer staat op de lijst zonder reclame"
            case "MarkWithdrawn":
                yield "wat op toestemming rustte, moet stoppen"
            case "ConfirmStop" if doc["at"]:
                yield "het gebruik is gestopt"
            case "Extend":
                not_so = "kwam niet aan" if not doc["at"] else "ging na de eerste maand weg" if self._too_late else ""
                yield f"de verlenging geldt{f' niet: het bericht {not_so}' if not_so else ''}"
            case "AskIdentity" | "AskProof" if doc["at"]:
                yield "de vraag wie er schrijft is verstuurd"
            case "ProveIdentity":
                yield f"bewijs van identiteit was er op {self._moment(doc['at'])}"
            case "SetIdentity":
                yield f"identiteit: {register_words.word(doc['identity'])}"
            case "DecideBreach":
                yield f"besluit: {register_words.word(doc['decision'])}"
            case "DescribeBreach" if doc["note"]["notified_at"]:
                yield f"aan de toezichthouder gemeld op {self._moment(doc['note']['notified_at'])}"
            case "Assign" if doc["to"]:
                yield f"behandelaar: {doc['to']}"
            case "SetStatus":
                yield f"stand: {register_words.word(doc['status'])}"
            case "PlanForgetting":
                on = doc["on"]
                yield f"anoniem vanaf {_day(on)}" if on else "wordt voorlopig niet anoniem gemaakt"

    def _rights(self, items: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """What was asked, and how each right ended, where that is new."""
        now = {str(item["kind"]): str(item["outcome"]) for item in items}
        asked = [self._kinds.get(kind, kind) for kind in now]
        if now.keys() != self._items.keys():
            yield f"gevraagd: {', '.join(asked)}"
        for item in items:
            kind, outcome = str(item["kind"]), str(item["outcome"])
            if outcome != "open" and self._items.get(kind) != outcome:
                by = f", besloten door {item['decided_by']}" if item.get("decided_by") else ""
                yield f"{self._kinds.get(kind, kind)}: {register_words.word(outcome)}{by}"
        self._items = now

    def _terms(self, deadlines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """The days by which it must be done, where they are new or moved."""
        now = {str(one["name"]): self._until(one) for one in deadlines if one["name"] in TERMS}
        yield from (f"{TERMS[name]}: uiterlijk {until}" for name, until in now.items() if self._days.get(name) != until)
        yield from (f"{TERMS[name]}: staat stil" for name in self._days if name not in now)
        self._days = now

    def _until(self, deadline: Mapping[str, Any]) -> str:
        return _day(deadline["on"]) if deadline["on"] else self._moment(deadline["due"])

    def _met(self, doc: Mapping[str, Any]) -> Iterator[str]:
        names = [TERMS[name] for name in (doc["names"] or self._days) if name in TERMS and name in self._days]
        if doc["names"] == ["breach"]:
            ends = doc["do"] == "MeetDeadlines"
            yield f"de oproepen over het datalek {'houden op' if ends else 'gaan door'}"
        elif names and doc["do"] == "MeetDeadlines":
            yield f"telt op {self._moment(doc['at'])} voor: {', '.join(names)}"
        elif names:
            yield f"telt niet meer voor: {', '.join(names)}"

    def _remark(self, text: str) -> Iterator[str]:
        if found := BY_HAND.match(text):
            yield f"met de hand opgenomen; het kwam per {register_words.word(found['channel'])}"
        elif found := SETTLED.match(text):
            name = self._letters.get(found["letter"]) or history_words.TO_STAFF.get(found["letter"], found["letter"])
            yield f"{name[:1].lower()}{name[1:]}: {history_words.STATES[found['state']]}"
        elif beginning := beginning_of(text):
            yield from filter(None, [history_words.BEGINNINGS[beginning]])
        else:
            yield from filter(None, [history_words.REMARKS.get(text, "")])

    def _moment(self, written: str) -> str:
        return dutch_moment(datetime.fromisoformat(written), self._policy.zone)


def _headline(line: HistoryEntry, tells: bool) -> Iterator[str]:
    """What the event is, where what it did does not say so by itself."""
    if any(doc["do"] == "LetterTaken" for doc in line.actions):
        yield "brief aan de vrager verstuurd"
    elif not (tells and line.event in ("LetterSettled", "TimePassed")):
        yield history_words.EVENTS.get(line.event, line.event)


def _by_hand(docs: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a note is the program's own, about a request that was taken in by hand."""
    return any(doc["do"] == "Remark" and BY_HAND.match(str(doc["text"])) for doc in docs)


def _duties(docs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The duties on which documents must stay."""
    yield from (str(doc["kept"]["basis"]) for doc in docs if doc["do"] == "Keep")


def _places(docs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The steps of the plan that ended; the same step in many places is one word with a number."""
    how = {"done": "gedaan", "skipped": "overgeslagen", "not_used": "niet (meer) in gebruik"}
    ended: dict[tuple[str, str], list[str]] = {}
    for doc in docs:
        if isinstance(settled := doc.get("settled"), dict):
            ended.setdefault((settled["step"].partition(":")[0], settled["how"]), []).append(settled["step"])
    for (verb, end), steps in ended.items():
        many = len(steps) > _MOST
        yield f"{f'{register_words.step_word(verb)} ({len(steps)} plaatsen)' if many else _listed(steps)}: {how[end]}"


def _listed(steps: Sequence[str]) -> str:
    return ", ".join(map(register_words.step_word, steps))


def _calls(doc: Mapping[str, Any]) -> bool:
    """Whether an action is part of a call to colleagues: its marks, or that the mail left."""
    settled = SETTLED.match(str(doc["text"])) if doc["do"] == "Remark" else None
    sent_to_staff = settled is not None and settled["state"] == "sent" and settled["letter"] in history_words.TO_STAFF
    return doc["do"] in _CALL or sent_to_staff


def _ladder_step(step: str) -> str:
    name = next((begin for begin in history_words.STEPS if step.startswith(begin)), "")
    hours = re.match(r"breach-(\d+)h", step)
    return history_words.STEPS.get(name, step).format(hours=hours[1] if hours else "")


def _day(written: str) -> str:
    return written_date(date.fromisoformat(written))
