"""Triage full screen: one case at a time, its own words first, a key for everything that can be done with it.

The rule kept here: what is shown of a case is Dutch, as `mailbot show` shows it; keys, questions and results are in the
words of the command line.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Footer, Input, Static

from mailbot import events
from mailbot.acts.triage import TriageSession
from mailbot.checklist import GROUNDS
from mailbot.cli.replies import refusal
from mailbot.cli.sheet import case_sheet, heading, short_sheet
from mailbot.cli.typed_words import kinds_named
from mailbot.cli.verb_options import ActContext
from mailbot.errors import MailbotError, Usage
from mailbot.model import Case, Outcome

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
#: Keys for which the line of keys has no room in 80 columns.
_ALSO = "o all  l link  g give  b back  q quit"
_NOTHING = "nothing needs a person"


class TriageScreen(App[MailbotError]):
    """The screen. It draws a session and turns keys into its acts. It ends with the error when a memory is lost."""

    TITLE = "mailbot triage"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #head { height: auto; padding: 0 1; background: $primary-background; }
    #body { padding: 0 1; }
    #said, #also { height: auto; padding: 0 1; color: $text-muted; }
    #words { display: none; border: none; height: 1; padding: 0 1; background: $boost; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "accept", "accept"),
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
        Binding("ctrl+c", "quit", "quit", show=False, priority=True),
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
        yield Static(_ALSO, id="also", markup=False)
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Begin with the most urgent case."""
        self.draw()

    def draw(self, said: str = "") -> None:
        """Show the case at hand as it is now."""
        try:
            head, page = self._shown()
        except MailbotError as error:
            self.exit(error)
            return
        for name, content in (("#said", Text(said)), ("#head", head), ("#case", page)):
            self.query_one(name, Static).update(content)
        self.query_one("#body", VerticalScroll).scroll_home(animate=False)

    def _shown(self) -> tuple[Text, RenderableType]:
        if (here := self.session.here) is None:
            return Text(_NOTHING, "bold"), ""
        tenant, case = here
        place = f"{self.session.at + 1} van {len(self.session.queue)}  "
        head = Text(place, "dim").append_text(heading(tenant, case))
        if self.whole:
            with tenant.store.unit() as unit:
                return head, case_sheet(tenant, case, unit.history(case.ref), unit.letters_of(case.ref))
        return head, Group(*short_sheet(tenant, case, self.session.proposed()))

    # --- keys

    def action_accept(self) -> None:
        """Agree with what was understood: an act that needs no words."""
        self._try(lambda: self._done(self.session.act(events.Accepted(self.session.actor)).case))

    def action_say(self, verb: str) -> None:
        """Ask for the words that an act needs."""
        if not self.session.queue:
            self.draw()
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
                return self.session.snooze(_day(words, self.session.today()) if words else None)
            case "link":
                named, _, reason = words.partition(":")
                return self._done(self.session.link(named, reason.strip()).case)
        return self._done(self.session.act(self._event(verb, words)).case)

    def _event(self, verb: str, words: str) -> events.StaffActed:
        actor = self.session.actor
        match verb:
            case "correct":
                return events.Corrected(actor, kinds_named(words))
            case "ask":
                return events.IdentityAsked(actor, words)
            case "answer":
                return events.Answered(actor, words, Outcome.ANSWERED)
            case "refuse":
                ground, _, why = words.partition(":")
                return self._refusal(ground.strip(), why.strip())
            case "extend":
                return events.ExtensionDecided(actor, words)
            case "assign":
                return events.Assigned(actor, words)
        return events.Noted(actor, words)

    def _refusal(self, ground: str, why: str) -> events.Replied:
        """Raises Usage where the case asks several things: which of them is refused, the command line can be told."""
        tenant, case = self.session.case_at_hand()
        return refusal(ActContext(self.session.actor, tenant, case), ground, why)

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
            self.draw(step())
        except MailbotError as error:
            self.draw(str(error))


def _day(words: str, today: date) -> date:
    """The day that a person typed, or so many days from now. Raises Usage."""
    try:
        return today + timedelta(days=int(words)) if words.isdigit() else date.fromisoformat(words)
    except (ValueError, OverflowError):
        raise Usage(f"{words}: write a day as 2026-03-05, or a number of days") from None
