"""One template to a subject, a plain text and an HTML part that say the same.

The text part is the rendered Markdown itself, so templates keep to what reads well as text: paragraphs, lists and
headings. In the HTML part every value is escaped for Markdown first, so that no value can become a link or a tag.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markdown_it import MarkdownIt

from mailbot.errors import ConfigError, Problem

Value = str | list[str] | bool | list[dict[str, str]]

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>&~=-])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's words. `digest` names the template they were made from (demand 25)."""

    subject: str
    text: str
    html: str
    digest: str


class Renderer:
    """The templates of an installation. Found by company first, then by language, then in Dutch."""

    def __init__(self, replies: Path) -> None:
        self.replies = replies
        self._plain = self._environment(escape=False)
        self._marked = self._environment(escape=True)
        self._markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True})

    def _environment(self, escape: bool) -> ImmutableSandboxedEnvironment:
        return ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(self.replies),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,
            finalize=_markdown_escape if escape else None,
        )

    def find(self, name: str, tenant: str, language: str) -> str:
        """The path of the template that applies, relative to the replies folder."""
        for path in self._candidates(name, tenant, language):
            if (self.replies / path).is_file():
                return path
        raise ConfigError([Problem(f"replies/nl/{name}.md", "this letter is missing; put the file back")])

    def _candidates(self, name: str, tenant: str, language: str) -> list[str]:
        languages = [language, "nl"] if language in ("fr", "en", "de") else ["nl"]
        return [
            path for tongue in languages for path in (f"tenants/{tenant}/{tongue}/{name}.md", f"{tongue}/{name}.md")
        ]

    def render(self, name: str, tenant: str, language: str, values: Mapping[str, Value]) -> Rendered:
        """The letter in words. Raises ConfigError naming the template when it cannot be rendered."""
        path = self.find(name, tenant, language)
        try:
            subject, text = _parted(self._plain.get_template(path).render(values))
            _, marked = _parted(self._marked.get_template(path).render(values))
            html = self._layout(subject, self._markdown.render(marked), values)
        except TemplateNotFound as error:
            raise ConfigError([Problem(f"replies/{path}", f"includes {error.name}, which does not exist")]) from error
        except Exception as error:
            raise ConfigError([Problem(f"replies/{path}", f"{type(error).__name__}: {error}")]) from error
        return Rendered(subject, _as_text(text), html, self._digest(path))

    def _layout(self, subject: str, body: str, values: Mapping[str, Value]) -> str:
        layout = self._plain.get_template("layout.html")
        return layout.render(dict(values) | {"subject": _html_escape(subject), "body": body})

    def _digest(self, path: str) -> str:
        return hashlib.sha256((self.replies / path).read_bytes()).hexdigest()[:16]


def clean(value: str, limit: int = 2000) -> str:
    """A value without control characters, of bearable length: safe in a letter and in a header."""
    return _CONTROLS.sub(" ", value)[:limit].strip()


def _markdown_escape(value: object) -> object:
    return _SPECIAL.sub(r"\\\1", value) if isinstance(value, str) else value


def _html_escape(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _parted(rendered: str) -> tuple[str, str]:
    """Subject and body: the first line of a template is `Onderwerp: ...` or `Subject: ...`."""
    head, _, body = rendered.lstrip().partition("\n")
    label, colon, subject = head.partition(":")
    if not colon or label.strip().lower() not in ("onderwerp", "subject", "objet", "betreff"):
        raise ValueError("the first line must be `Onderwerp: ...`")
    return clean(subject, 200), body.strip() + "\n"


def _as_text(markdown: str) -> str:
    """The Markdown without its marks, as a person reads it."""
    lines = [re.sub(r"^#+\s+", "", line).replace("**", "").rstrip() for line in markdown.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
