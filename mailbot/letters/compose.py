"""From a decision to a letter: find the template, fill it, fix the Message-ID by the token of the decision."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path

from mailbot.actions import Send
from mailbot.checklist import POLICY_CHANGED, REPLIES, lacking
from mailbot.errors import ConfigError, Problem
from mailbot.letters import calendar_entries, case_lines, values
from mailbot.letters.processors import for_processor
from mailbot.letters.render import Rendered, Renderer, Template, Value
from mailbot.letters.replies import of_notice, of_reply
from mailbot.letters.values import Phrases
from mailbot.model import Case, Enclosed, Letter, LetterState, Policy

#: Letters that also exist in the writer's own language (F-16).
TRANSLATED = frozenset({"acknowledgement", "neutral", "confirmation"})
#: Letters that exist for the reader's calendar: they also take back what is over.
FOLLOWING = frozenset({"date_moved", "date_over"})


class Letters:
    """Composes letters from the templates of an installation."""

    def __init__(self, replies: Path) -> None:
        self.renderer = Renderer(replies)
        self.replies = replies

    @cached_property
    def phrases(self) -> dict[str, Phrases]:
        """Per language the words for kinds, needs, states. Raises ConfigError when a file cannot be read."""
        return self.renderer.loader.phrases()

    def compose(
        self,
        send: Send,
        case: Case | None,
        policy: Policy,
        now: datetime,
        key: str,
        extra: dict[str, Value] | None = None,
    ) -> Letter:
        """The letter for `send`, complete but for the Date header. `key` signs the Message-ID, in hex.

        Raises ConfigError naming the file when its template or a phrase is not usable.
        """
        return self.written(send, case, policy, now, key, *self.filled(send, case, policy, now, extra))

    def written(
        self,
        send: Send,
        case: Case | None,
        policy: Policy,
        now: datetime,
        key: str,
        template: Template,
        filled: Mapping[str, Value],
    ) -> Letter:
        """The same, from the template that applies and everything that it may name."""
        rendered = self.renderer.render(template, filled)
        _complete(send.template, template, rendered, filled)
        ref = case.ref if case else ""
        return Letter(
            token=send.token,
            tenant=policy.tenant,
            ref=ref,
            template=send.template,
            to=send.to,
            audience=send.audience,
            subject=f"[{ref}] {rendered.subject}" if ref else rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=message_id(send.token, key, policy),
            in_reply_to=send.in_reply_to,
            references=send.references,
            state=send.state,
            why=send.why,
            created_at=now,
            next_try=now if send.state is LetterState.QUEUED else None,
            digest=rendered.digest,
            enclosed=self.entries(case, policy, send.to, now, send.template)
            if case and send.audience == "staff"
            else (),
        )

    def entries(self, case: Case, policy: Policy, to: str, now: datetime, template: str = "") -> tuple[Enclosed, ...]:
        """What goes along for the reader's calendar; nothing where the company wants none."""
        if not policy.calendar:
            return ()
        return calendar_entries.entries(
            case, calendar_entries.CalendarContext(policy, to, now, self.phrases["nl"]), ended=template in FOLLOWING
        )

    def filled(
        self, send: Send, case: Case | None, policy: Policy, now: datetime, extra: dict[str, Value] | None = None
    ) -> tuple[Template, dict[str, Value]]:
        """The template that applies and everything that it may name."""
        template = self.template_for(send, case, policy)
        return template, self._values(send, case, policy, now, template.language) | (extra or {})

    def template_for(self, send: Send, case: Case | None, policy: Policy) -> Template:
        """The template that applies. Raises ConfigError when there is none."""
        return self.renderer.find(send.template, policy.tenant, self._language(send, case))

    def line_of(self, case: Case, policy: Policy, now: datetime, matter: str = "answer") -> dict[str, str]:
        """One case as a line of a mail about several. `matter`: answer, notice-, stop-."""
        return case_lines.line_of(case, policy, self.phrases["nl"], now, matter)

    def _language(self, send: Send, case: Case | None) -> str:
        if send.audience == "processor":
            return send.language or "nl"
        if send.audience == "requester" and case and send.template in TRANSLATED and case.language in self.phrases:
            return case.language
        return "nl"

    def _values(self, send: Send, case: Case | None, policy: Policy, now: datetime, language: str) -> dict[str, Value]:
        try:
            phrases = self.phrases[language]
            filled = values.of_company(policy, phrases, language) | values.of_send(send)
            if case:
                filled |= values.of_case(case, policy, phrases, language, send.to, now)
                filled |= of_reply(send, case, policy, phrases, now)
            if send.audience == "customer":
                filled |= of_notice(send, policy, phrases)
            if case and send.audience == "processor":
                filled |= for_processor(case, send, policy)
            if case and send.audience == "staff":
                filled |= values.for_staff(case, send, policy, phrases, now)
        except KeyError as error:
            raise ConfigError([Problem(f"replies/{language}/phrases.toml", f"{error} is missing")]) from error
        return filled


def _complete(name: str, template: Template, rendered: Rendered, filled: Mapping[str, Value]) -> None:
    """Raises ConfigError when a reply does not say what the law wants in it, whoever worded its template."""
    reply = POLICY_CHANGED if name.startswith(POLICY_CHANGED.name) else REPLIES.get(name)
    lacks = lacking(reply, rendered.text, filled) if reply else ()
    if lacks:
        told = "; ".join(map(str, lacks))
        raise ConfigError([Problem(f"replies/{template.path}", f"the letter does not say what it must: {told}")])


def message_id(token: str, key: str, policy: Policy) -> str:
    """Our Message-ID for a decision: the same decision has the same id, and nobody can guess another's."""
    name = hashlib.sha256(token.encode()).hexdigest()[:16]
    signature = hmac.digest(bytes.fromhex(key), token.encode(), "sha256").hex()[:32]
    return f"<mailbot.{name}.{signature}@{policy.mailbox.rpartition('@')[2] or 'mailbot.invalid'}>"
