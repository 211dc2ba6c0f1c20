"""HTML to the text that a person sees (inscriptis on lxml).

The rule kept: what the sender hid is not read, and no style or table in the mail decides how much memory we use.
Styles go (a padding of a million signs is a bomb), tables become lines, quoted blocks become `> ` lines.
"""

from __future__ import annotations

import re
from itertools import islice

from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from mailbot.model import Defect
from mailbot.parse import coloured, vocabulary

MAX_HTML = 2_000_000
MAX_QUOTES = 500
MAX_LEVELS = 3
#: An opener is so long at most, and so many elements above its block at most: no mail can make the look long.
_MAX_OPENER, _MAX_ABOVE = 500, 30
_INLINE = frozenset(("a", "b", "i", "em", "strong", "span", "font", "u", "br"))

_DISPLAY = re.compile(r"display\s*:\s*([\w-]+)\s*(!\s*important)?", re.I)
#: What a child of the element can take back: templates set no size around their columns, and one in each column.
_UNSEEN = re.compile(r"visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.I)
_SEEN = re.compile(r"visibility\s*:\s*visible|font-size\s*:\s*(?:0?\.\d|[1-9]|[a-z])", re.I)
_PRE = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.I)
_BORDER = re.compile(r"border-left\s*:\s*(?!none|0)", re.I)
_OPENER = re.compile(rf"{vocabulary.WROTE}.{{0,200}}:\s*$", re.I | re.S)
_QUOTE_CLASS = re.compile(r"gmail_quote|protonmail_quote|yahoo_quoted|moz-cite", re.I)
#: What lxml reads and does not let itself be given back.
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_LINES = dict.fromkeys(("table", "tbody", "thead", "tfoot", "tr", "caption", "center"), "div")
_DROPPED = ("script", "style", "title", "template", "object", "svg", "select")


def to_text(html: str) -> tuple[str, Defect | None]:
    """The visible text, and a defect: the page could not be read as HTML, or has answers in red in what it quotes."""
    html = _CONTROL.sub("", html[:MAX_HTML].replace("\f", " "))
    if not html.strip():
        return "", None
    try:
        text, answered = _rendered(html)
    except Exception:  # lxml and inscriptis were not written for hostile pages
        text, answered = None, False
    if text is None:
        return _TAG.sub(" ", html), Defect.UNREADABLE_HTML
    return text, Defect.ANSWERS_IN_QUOTE if answered else None


def _rendered(html: str) -> tuple[str | None, bool]:
    """The text, or None if the page nests so deep that the parser leaves text out; and whether answers stand in what it
    quotes."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing but comments
        return "", False
    if any("depth" in error.message for error in parser.error_log):
        return None, False
    answered = coloured.has_answers(tree.iter(etree.Element))
    _tidy(tree)
    for quote in reversed(list(tree.iter("blockquote"))[:MAX_QUOTES]):
        _mark(quote)
    return _text(tree), answered


def _text(tree: HtmlElement) -> str:
    return str(Inscriptis(tree, ParserConfig(css=CSS_PROFILES["strict"])).get_text())


def _tidy(tree: HtmlElement) -> None:
    elements = list(tree.iter(etree.Element))
    around = _around_what_is_seen(elements)
    for element in elements:
        style = element.attrib.pop("style", "")
        hidden = "hidden" in element.attrib or (style and _is_not_displayed(style))
        if element.tag in _DROPPED or hidden or (style and element not in around and _UNSEEN.search(style)):
            _empty(element)
        elif style and _PRE.search(style):
            element.attrib["style"] = "white-space: pre"
        if element.tag == "blockquote" and style and _BORDER.search(style):  # the line that a program draws beside it
            element.attrib["type"] = "cite"
        if element.tag == "hr":
            element.tag, element.text = "div", "_" * 32
        elif element.tag in ("td", "th"):
            element.tag, element.tail = "span", "  " + (element.tail or "")
        elif element.tag in _LINES:  # a page can have names that the parser gives and does not take back
            element.tag = _LINES[element.tag]


def _is_not_displayed(style: str) -> bool:
    """Where it is told twice the last one counts, an important one before all others (CSS 2.2, 4.1.8 and 6.4.2)."""
    told = _DISPLAY.findall(style)
    counting = [value for value, important in told if important] or [value for value, _ in told]
    return "".join(counting[-1:]).lower() == "none"


def _around_what_is_seen(elements: list[HtmlElement]) -> set[HtmlElement]:
    """The elements that have one inside that says how it is seen. Each is looked at once."""
    around: set[HtmlElement] = set()
    for element in elements:
        if _SEEN.search(element.get("style", "")):
            for above in element.iterancestors():
                if above in around:
                    break
                around.add(above)
    return around


def _empty(element: HtmlElement) -> None:
    """Empties a hidden element and keeps what follows it. The page itself cannot be hidden."""
    if element.tag not in ("body", "html"):
        element.clear(keep_tail=True)
        element.tag = "span"


def _mark(quote: HtmlElement) -> None:
    """A block that a mail program quoted becomes lines with `> `, so that answers between the blocks stay visible."""
    cited = (
        quote.get("type", "").lower() == "cite"
        or _QUOTE_CLASS.search(quote.get("class", ""))
        or _OPENER.search(_before(quote))
    )
    if not cited or quote.getparent() is None or len(list(quote.iterancestors("blockquote"))) > MAX_LEVELS:
        return
    tail, quote.tail = quote.tail, None
    lines = _text(quote).strip("\n").split("\n")
    for child in list(quote):
        quote.remove(child)
    quote.tag, quote.tail = "pre", tail
    quote.text = "\n".join("> " + line for line in lines)


def _before(quote: HtmlElement) -> str:
    """The words on the line right above a block, if they are no more than an opener has."""
    line = ""
    for above in islice(quote.itersiblings(preceding=True), _MAX_ABOVE):
        line = (above.tail or "") + line
        if above.tag == "br" and line.strip():
            return line
        if above.tag != "br":
            line = _words(above) + line
        if len(line) > _MAX_OPENER or (above.tag not in _INLINE and line.strip()):
            return line[-_MAX_OPENER:]
    parent = quote.getparent()
    return ((parent.text or "") + line)[-_MAX_OPENER:] if parent is not None else line


def _words(element: HtmlElement) -> str:
    """What an element says; a rule in place of a text that is longer than any opener."""
    words = ""
    for piece in element.itertext():
        words += piece
        if len(words) > _MAX_OPENER:
            return "_" * 5
    return words
