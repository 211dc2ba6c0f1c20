"""Triage full screen: one case at a time, its own words first, a key for everything that can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import ClassVar

from rich.console import Group
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Footer, Input, Static

from mailbot import events
from mailbot.acts.triage import TriageSession
from mailbot.checklist import GROUNDS
from mailbot.cli.sheet import case_sheet
from mailbot.dates import dutch_moment
from mailbot.errors import MailbotError, Usage
from mailbot.model import Case, Kind, Outcome

_NEEDS_WORDS = {
    "correct": "what it really asks (kinds, with commas; not_a_request closes it)",
    "ask": "why there is doubt about who writes (may stay empty)",
    "answer": "the answer (one line; `mailbot answer --file` takes more)",
    "refuse": "ground: reasons (grounds: " + ", ".join(list(GROUNDS)[:4]) + ", ...)",
    "extend": "why two more months are necessary; the person reads it",
    "note": "what to write down",
    "assign": "who takes the case",
    "link": "customer number, address on file, or the earlier case (AVG-...): how you know",
    "snooze": "until which day (2026-03-05), or in how many days (2); empty: to the end of this row",
}


_ALSO = "   o whole  l link  g give  b back  q quit"


class TriageScreen(App[None]):
    """The screen. It draws a session and turns keys into its acts."""

    TITLE = "mailbot triage"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #head { height: auto; padding: 0 1; background: $primary-background; }
    #body { padding: 0 1; }
    #said { height: auto; padding: 0 1; color: $text-muted; }
    #words { display: none; border: none; height: 1; padding: 0 1; background: $boost; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "act('accept')", "accept"),
        Binding("c", "say('correct')", "kind"),
        Binding("w", "say('answer')", "answer"),
        Binding("k", "say('ask')", "ask"),
        Binding("r", "say('refuse')", "refuse"),
        Binding("e", "say('extend')", "extend"),
        Binding("n", "say('note')", "note"),
        Binding("g", "say('assign')", "give", show=False),
        Binding("l", "say('link')", "link", show=False),
        Binding("s", "say('snooze')", "later"),
        Binding("o", "open", "all", show=False),
        Binding("right,j", "move(1)", "next"),
        Binding("left,b", "move(-1)", "back", show=False),
        Binding("u", "undo", "undo"),
        Binding("escape", "hush", "leave line", show=False),
        Binding("q", "quit", "quit", show=False),
    ]

    def __init__(self, session: TriageSession) -> None:
        super().__init__()
        self.session, self.verb, self.whole = session, "", False

    def compose(self) -> ComposeResult:
        """From top to bottom: which case, what it says, what was said back, the line to type on, the keys."""
        yield Static(id="head")
        with VerticalScroll(id="body"):
            yield Static(id="case")
        yield Static(id="said")
        yield Input(id="words")
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Begin with the most urgent case."""
        self.session.fill()
        self.draw()

    def draw(self, said: str = "") -> None:
        """Show the case at hand as it is now."""
        here = self.session.here
        self.query_one("#said", Static).update(Text(said))
        if here is None:
            self.query_one("#head", Static).update(Text("nothing needs a person", "bold"))
            self.query_one("#case", Static).update("")
            return
        tenant, case = here
        place = f"{self.session.at + 1} of {len(self.session.queue)}"
        self.query_one("#head", Static).update(
            Text(f"{place}  {tenant.policy.name}  {case.ref}", "bold").append(_ALSO, "not bold dim")
        )
        if self.whole:
            with tenant.store.unit() as unit:
                shown = case_sheet(tenant, case, unit.history(case.ref), unit.letters_of(case.ref))
            self.query_one("#case", Static).update(shown)
        else:
            self.query_one("#case", Static).update(self._sheet(case))
        self.query_one("#body", VerticalScroll).scroll_home(animate=False)

    def _sheet(self, case: Case) -> Group:
        policy = self.session.queue[self.session.at][0].policy
        from_ = case.requester.email if case.requester else "-"
        parts: list[Text] = [
            _row("asks", ", ".join(case.kinds) or "?", f"  certainty {case.certainty:.0%}"),
            _row("from", from_, f"  {case.match}, identity {case.identity}"),
            _row("needs", ", ".join(case.needs), style="yellow"),
            _row("clock", case.clock),
        ]
        for mail in case.mails:
            parts.append(
                Text(f"\n{dutch_moment(mail.received_at, policy.zone)}  {mail.sender}  {mail.subject}", "bold")
            )
            parts.append(lit(mail.text, [reason.quote for reason in case.reasons]))
        if letter := self.session.proposed():
            parts.append(Text(f"\nproposed letter: {letter.template} ({letter.state.value})", "bold"))
            parts.append(Text(letter.text, "dim"))
        return Group(*parts)

    # --- keys

    def action_act(self, verb: str) -> None:
        """An act that needs no words."""
        self._try(lambda: self._done(self.session.act(events.Accepted(self.session.actor)).case))

    def action_say(self, verb: str) -> None:
        """Ask for the words that an act needs."""
        if self.session.here is None:
            return
        self.verb = verb
        line = self.query_one("#words", Input)
        line.value, line.placeholder, line.styles.display = "", _NEEDS_WORDS[verb], "block"
        line.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The words are there: do it."""
        words, verb = event.value.strip(), self.verb
        self.action_hush()
        self._try(lambda: self._said(verb, words))

    def _said(self, verb: str, words: str) -> str:
        match verb:
            case "snooze":
                return self.session.snooze(_day(words, self.session.today()) if words and self.session.queue else None)
            case "link":
                named, _, reason = words.partition(":")
                return self._done(self.session.link(named, reason.strip()).case)
        return self._done(self.session.act(self._event(verb, words)).case)

    def _event(self, verb: str, words: str) -> events.StaffActed:
        actor = self.session.actor
        match verb:
            case "correct":
                return events.Corrected(actor, tuple(Kind(word.strip()) for word in words.split(",") if word.strip()))
            case "ask":
                return events.IdentityAsked(actor, words)
            case "answer":
                return events.Answered(actor, words, Outcome.ANSWERED, self.session.number("answer"))
            case "refuse":
                ground, _, why = words.partition(":")
                facts = (("ground", (ground.strip(),)), ("reasons", (why.strip(),)))
                return events.Replied(actor, "refused", facts, self._kinds(), self.session.number("refused"))
            case "extend":
                return events.ExtensionDecided(actor, words)
            case "assign":
                return events.Assigned(actor, words)
        return events.Noted(actor, words)

    def _kinds(self) -> tuple[Kind, ...]:
        here = self.session.here
        return here[1].kinds[:1] if here else ()

    def action_hush(self) -> None:
        """Put the line away."""
        line = self.query_one("#words", Input)
        line.styles.display = "none"
        self.query_one("#body", VerticalScroll).focus()

    def action_move(self, by: int) -> None:
        """Look at another case."""
        self.session.move(by)
        self.draw()

    def action_open(self) -> None:
        """Show everything about the case, or the short form again."""
        self.whole = not self.whole
        self.draw()

    def action_undo(self) -> None:
        """Take back the last act."""
        self._try(lambda: f"{self.session.undo()}: taken back")

    def _done(self, case: Case | None) -> str:
        return f"{case.ref}: {case.status}; u takes it back" if case else "done"

    def _try(self, step: Callable[[], str]) -> None:
        try:
            said = step() if self.session.queue or self.session.done else "nothing needs a person"
        except (MailbotError, IndexError) as error:
            said = str(error) or "nothing needs a person"
        except ValueError:
            said = f"that is no kind; kinds are {', '.join(Kind)}"
        self.draw(said)


def _day(words: str, today: date) -> date:
    """The day that a person typed, or so many days from now. Raises Usage."""
    try:
        return today + timedelta(days=int(words)) if words.isdigit() else date.fromisoformat(words)
    except (ValueError, OverflowError):
        raise Usage(f"{words}: write a day as 2026-03-05, or a number of days") from None


def _row(name: str, value: str, more: str = "", style: str = "") -> Text:
    return Text(f"{name:<7}", "dim").append(value, style or "not dim").append(more, "dim")


def lit(text: str, quotes: list[str]) -> Text:
    """The mail's own text, with the sentences that decided in reverse."""
    shown = Text(text)
    for quote in filter(None, quotes):
        at = text.find(quote)
        if at >= 0:
            shown.stylize("black on yellow", at, at + len(quote))
    return shown
