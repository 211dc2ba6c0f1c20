"""Markdown to the two parts of a letter: HTML with its styles inline, and plain text that says the same.

The rule kept here: what comes from a value is never markup. Both parts are made from one text, in which a mark stands
for each value; no link, image or tag can come from a value, and nothing is fetched from elsewhere. Only where the
template itself says that a value is an address, `<{{ authority_url }}>`, can it be followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from mailbot.letters.slots import MARK, NO_BREAK, escaped, set_in

_ESCAPED = re.compile(r"\\([\\`*_\[\]<>&|~#+=.)-])|\*\*|`|^#{1,6} +", re.MULTILINE)
#: Stands for a value inside a command.
_MARK_IN_CODE = "\ue001"
#: Stands for a value that the template calls an address.
_MARK_TO_FOLLOW = "\ue002"
_ANY_MARK = re.compile(f"([{MARK}{_MARK_IN_CODE}{_MARK_TO_FOLLOW}])")
#: A mark that became part of an address.
_MARK_IN_LINK = quote(MARK)
_BLANK = re.compile(r"(\n[ \t]*\n\s*?(?=[^\n]))")
#: A list, and what may still belong to one after an empty line.
_LIST = re.compile(r"^ {0,3}(?:[-+*]|\d{1,9}[.)])(?=\s|$)", re.MULTILINE)
_IN_LIST = re.compile(r"[ \t]|(?:[-+*]|\d{1,9}[.)])(?=\s|$)")
_VALUE_ESCAPE = re.compile(r"\\([\\`*_\[\]<>&|~#+=.)-])")

_TEXT = "font-size:16px;line-height:1.5;margin:0 0 16px 0;overflow-wrap:anywhere;"
_STYLES = {
    "paragraph_open": _TEXT,
    "heading_open": "font-size:17px;line-height:1.35;font-weight:bold;margin:26px 0 8px 0;",
    "bullet_list_open": "margin:0 0 16px 0;padding:0 0 0 20px;",
    "ordered_list_open": "margin:0 0 16px 0;padding:0 0 0 24px;",
    "list_item_open": "font-size:16px;line-height:1.5;margin:0 0 6px 0;overflow-wrap:anywhere;",
    "blockquote_open": "margin:0 0 16px 0;padding:0 0 0 12px;border-left:3px solid #9aa5b1;",
}

_ADDRESS = re.compile(r"https://[^\s<>\"]+")
_LINK = "color:inherit;text-decoration:underline;"
_WORD = '<span style="white-space:nowrap">'
_CODE = "font-family:Consolas,Menlo,monospace;font-size:14px;background-color:#eef1f4;padding:1px 4px;"


def _code(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """A command, never broken inside one of its words; between backticks an escaped value would show its escapes."""
    words = _unbroken(_VALUE_ESCAPE.sub(r"\1", tokens[at].content).split()).replace(MARK, _MARK_IN_CODE)
    return f'<code class="code" style="{_CODE}">{_WORD}{words}</span></code>'


def _unbroken(words: Iterable[str]) -> str:
    return f"</span> {_WORD}".join(map(escapeHtml, words))


_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["image", "html_inline", "html_block", "code"]
)
_markdown.add_render_rule("code_inline", _code)


def as_html(markdown: str, values: Sequence[str] = ()) -> str:
    """The Markdown as HTML whose every element carries its own style, as mail programs want it.

    `values` are set in where the marks stand, in order.
    """
    if words := _words_in(markdown):
        return _filled(words, values)
    rest = iter(values)
    blocks = ((block, list(islice(rest, block.count(MARK)))) for block in _blocks(markdown))
    return "".join(_part(block, held) for block, held in blocks)


@lru_cache(maxsize=1000)  # a template's text is the same for many letters once its values are out of it
def _words_in(markdown: str) -> tuple[str, ...]:
    """The HTML of a whole text, cut at the marks, which stay; nothing where a part needs its values first."""
    cut = [""]
    for block in _blocks(markdown):
        words = _words_of(block)
        if len(words) != 2 * block.count(MARK) + 1:
            return ()
        cut[-1] += words[0]
        cut += words[1:]
    return tuple(cut)


def _part(block: str, values: list[str]) -> str:
    """A part with its values: set in, but as part of the Markdown where one of them is an address to follow."""
    words = _words_of(block)
    if len(words) != 2 * len(values) + 1:
        return rendered(set_in(block, map(escaped, values)))
    return _filled(words, values)


def _filled(words: Sequence[str], values: Sequence[str]) -> str:
    shown = (_shown(mark, value) for mark, value in zip(words[1::2], values, strict=True))
    return "".join(chain.from_iterable(zip(words[::2], [*shown, ""], strict=True)))


def _shown(mark: str, value: str) -> str:
    if mark == _MARK_IN_CODE:
        return _unbroken(value.split())
    safe = escapeHtml(value)
    if mark == MARK:
        return safe
    return f'<a href="{safe}" style="{_LINK}">{safe}</a>' if _ADDRESS.fullmatch(value) else f"&lt;{safe}&gt;"


def _blocks(markdown: str) -> list[str]:
    """The parts that mean the same alone as together: paragraphs, headings, and lists with all that belongs to them."""
    found: list[str] = []
    between = ""
    for at, part in enumerate(_BLANK.split(markdown)):
        if at % 2:
            between = part
        elif found and _IN_LIST.match(part) and _LIST.search(found[-1]):
            found[-1] += between + part
        elif part.strip():
            found.append(part)
    return found


@lru_cache(maxsize=500)  # most paragraphs of a letter are those of its template
def _words_of(block: str) -> tuple[str, ...]:
    """The HTML of a part, cut at the marks, which stay; nothing where a mark became part of an address."""
    html = rendered(block).replace(f"&lt;{MARK}&gt;", _MARK_TO_FOLLOW)
    return () if _MARK_IN_LINK in html else tuple(_ANY_MARK.split(html))


def rendered(markdown: str) -> str:
    """A whole text at once: what `as_html` gives, without remembering."""
    tokens = _markdown.parse(markdown)
    for token in tokens:
        if style := _STYLES.get(token.type):
            token.attrSet("style", style)
    return str(_markdown.renderer.render(tokens, _markdown.options, {}))


def as_text(markdown: str, values: Sequence[str] = ()) -> str:
    """The Markdown as a person reads it, without its marks; `values` are set in as they are."""
    plain = _unmarked(markdown)
    return set_in(plain, (value.replace(NO_BREAK, " ") for value in values)) if values else plain


@lru_cache(maxsize=200)  # a value is never empty, has no line end and no blank at its ends: it moves nothing around it
def _unmarked(markdown: str) -> str:
    plain = _ESCAPED.sub(lambda match: match[1] or "", markdown.replace(f"<{MARK}>", MARK)).replace(NO_BREAK, " ")
    lines = (line.rstrip() for line in plain.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
