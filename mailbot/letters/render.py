"""One template to a subject, a plain text and an HTML part that say the same.

The rule kept here: a template is filled once, in a sandbox, with strings only; a value that is missing stops the
letter. Found by company first, then in the language asked, then in Dutch; `loader` says what holds while it runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from jinja2 import (
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    meta,
    pass_context,
)
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from mailbot.errors import ConfigError, Problem
from mailbot.letters.compiled import Compiled
from mailbot.letters.inlining import InliningEnvironment
from mailbot.letters.markdown import as_html, as_text
from mailbot.letters.slots import MARK, Slots
from mailbot.letters.template_loader import TemplateLoader

Value = str | list[str] | bool | list[dict[str, str]]

#: How the first line of a template begins, in the languages that letters have.
SUBJECT_WORDS = ("onderwerp", "objet", "subject", "betreff")
#: Under this name a template's context holds the values that were printed.
_SLOTS = "_slots"
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Template:
    """A letter's template: its path under the replies folder and the language it is written in."""

    path: str
    language: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a template says in one case: the text, in which a mark stands for each value, and these values in order."""

    text: str
    values: list[str]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's words. `digest` names the template they were made from."""

    subject: str
    text: str
    html: str
    digest: str


class Renderer:
    """The templates of an installation."""

    def __init__(self, replies: Path) -> None:
        self.loader = TemplateLoader(replies)
        self._marked = self._environment("marked", autoescape=False, finalize=_held)
        self._plain = self._environment("plain", autoescape=False)
        self._page = self._environment("page", autoescape=True)

    def _environment(
        self, manner: str, autoescape: bool, finalize: Callable[..., object] | None = None
    ) -> InliningEnvironment:
        return InliningEnvironment(
            self.loader,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=autoescape,
            finalize=finalize,
            bytecode_cache=Compiled(f"{manner} {self.loader.wording}"),
        )

    def find(self, name: str, tenant: str, language: str) -> Template:
        """The template that applies. Raises ConfigError when the installation has none of that name."""
        for found in _candidates(name, tenant, language):
            if self.loader.has(found.path):
                return found
        raise ConfigError([Problem(f"replies/nl/{name}.md", "this letter is missing; put the file back")])

    def words(self, template: Template, values: Mapping[str, Value]) -> Words:
        """What the template says. Raises ConfigError naming the file and the reason when it cannot be filled."""
        try:
            slots = Slots()
            return Words(self._marked.get_template(template.path).render({**values, _SLOTS: slots}), slots.values)
        except Exception as error:
            raise ConfigError([Problem(f"replies/{template.path}", _reason(error))]) from error

    def render(self, template: Template, values: Mapping[str, Value]) -> Rendered:
        """The letter in words. Raises ConfigError naming the file and the reason when it cannot be rendered."""
        words = self.words(template, values)
        where = f"replies/{template.path}"
        try:
            subject, body, held = _parted(words)
            where = "replies/layout.html"
            html = self._page.get_template("layout.html").render(
                {**values, "subject": subject, "body": Markup(as_html(body, held))}
            )
            where = "replies/layout.txt"
            text = self._plain.get_template("layout.txt").render({**values, "body": as_text(body, held).rstrip()})
        except Exception as error:
            raise ConfigError([Problem(where, _reason(error))]) from error
        return Rendered(subject, text.rstrip() + "\n", html, self.loader.digest(template.path))

    def unknown_names(self, template: Template, values: Mapping[str, Value]) -> list[str]:
        """Names that the template uses and nobody fills, also in branches that a given case would not take."""
        return sorted(self.names_in(template.path) - set(values))

    @cached_property
    def layout_names(self) -> tuple[str, ...]:
        """Names that the frame uses around what a template says. Raises ConfigError when it is no template."""
        return tuple(sorted(self.names_in("layout.html") | self.names_in("layout.txt")))

    def names_in(self, path: str) -> frozenset[str]:
        """Names that a template uses, and the parts that it includes. Raises ConfigError when it is no template."""
        try:
            return self._names(path, set())
        except Exception as error:
            raise ConfigError([Problem(f"replies/{path}", _reason(error))]) from error

    def _names(self, path: str, seen: set[str]) -> frozenset[str]:
        seen.add(path)
        source, _, _ = self.loader.get_source(self._marked, path)
        names, included = _named_in(source)
        new = [other for other in included if other not in seen]
        return names.union(*(self._names(other, seen) for other in new))


@lru_cache(maxsize=1000)
def _named_in(source: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names that a template uses, and the templates that it includes."""
    tree = ImmutableSandboxedEnvironment().parse(source)
    included = dict.fromkeys(filter(None, meta.find_referenced_templates(tree)))
    return frozenset(meta.find_undeclared_variables(tree)), tuple(included)


def clean(value: str, limit: int = 2000) -> str:
    """A value on one line, without control or direction marks, of bearable length."""
    return " ".join(_CONTROLS.sub(" ", value).split())[:limit]


def clean_lines(value: str) -> str:
    """A text of more lines, without other control characters, of bearable length."""
    return _CONTROLS.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))[:50_000].strip()


@pass_context
def _held(context: Context, value: object) -> object:
    """What a placeholder prints: a mark where the value is set in later. A list or an object is no text."""
    if isinstance(value, str):
        return context[_SLOTS].hold(value)
    if isinstance(value, bool | list | dict):
        raise TypeError("a placeholder holds a list or a yes/no; use {% for %} or {% if %}")
    return value


def _candidates(name: str, tenant: str, language: str) -> Iterator[Template]:
    for tongue in dict.fromkeys((language, "nl")):
        yield Template(f"tenants/{tenant}/{tongue}/{name}.md", tongue)
        yield Template(f"{tongue}/{name}.md", tongue)


def _reason(error: Exception) -> str:
    """Why a template failed, in words that never hold a value (F-09)."""
    match error:
        case TemplateNotFound():
            return f"includes {error.name}, which does not exist"
        case TemplateSyntaxError():
            return f"line {error.lineno}: {error.message}"
        case TemplateError() | _NotALetter():
            return f"{type(error).__name__}: {error.message}"
        case TypeError() if str(error).startswith("a placeholder"):
            return str(error)
    return f"cannot be filled ({type(error).__name__})"


class _NotALetter(ValueError):
    """The file has not the form of a letter."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


def _parted(words: Words) -> tuple[str, str, list[str]]:
    """Subject, body and the values of the body: the first line of a template is `Onderwerp: ...`."""
    head, _, body = words.text.lstrip().partition("\n")
    label, colon, subject = head.partition(":")
    if not colon or label.strip().lower() not in SUBJECT_WORDS or not subject.strip():
        raise _NotALetter("the first line must be `Onderwerp: ...`")
    if not body.strip():
        raise _NotALetter("there is no text under the subject")
    if words.text.count(MARK) != len(words.values):
        raise _NotALetter("it holds the character U+E000, which nobody can read; take it out")
    first = head.count(MARK)
    return clean(as_text(subject, words.values[:first]), 200), body.strip() + "\n", words.values[first:]
