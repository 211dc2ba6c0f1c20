"""A Dutch page for people: one HTML file that opens offline, on a screen, on a phone and on paper. Pure.

The rule kept here: nothing in a page comes from elsewhere.
"""

from __future__ import annotations

from html import escape


def page(title: str, style: str, body: str) -> str:
    """The whole file; `body` is HTML and stands below the title."""
    return f"""<!DOCTYPE html>
<html lang="nl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><style>{style}</style></head><body>
<h1>{escape(title)}</h1>
{body}
</body></html>
"""


def cell(heading: str, value: str, more: str = "") -> str:
    """A cell of a table with class "rows" that knows its heading: on a narrow screen each stands on a line of its own,
    empty ones nowhere."""
    return f'<td data-name="{escape(heading)}"{more}>{escape(value)}</td>'


#: Reports look alike: on a screen, on a phone and on paper.
PAGE_STYLE = """
@page { size: A4 landscape; margin: 12mm; }
body { font: 15px/1.5 Arial, Helvetica, sans-serif; color: #1d2733; margin: 0 auto; padding: 1.5rem; max-width: 72rem; }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; } h2 { margin: 2rem 0 .2rem; } h3 { margin: 1.8rem 0 .5rem; }
.muted { color: #55616d; }
.tiles { display: grid; grid-template-columns: repeat(3, 1fr); gap: .6rem; margin: 1rem 0; }
@media (max-width: 480px) { .tiles { grid-template-columns: repeat(2, 1fr); } }
.tiles div { border-left: 5px solid #1d2733; background: #f4f6f8; padding: .5rem .8rem; }
details { margin: 1rem 0; } summary { font-weight: bold; } details li { margin: .3rem 0; }
table.figures th[scope=col]:not(:first-child) { text-align: right; }
.tiles b { display: block; font-size: 1.7rem; line-height: 1.2; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
th, td { border-bottom: 1px solid #dde2e7; padding: .35rem .5rem; text-align: left; vertical-align: top; }
thead th { background: #f2f5f8; } thead { display: table-header-group; } tr { break-inside: avoid; }
.register { font-size: .72rem; } .figures { width: auto; } .figures td { text-align: right; }
.dot { display: inline-block; width: .7rem; height: .7rem; margin-right: .4rem; border-radius: 50%; }
.columns { columns: 14rem; font-size: .88rem; } td { overflow-wrap: anywhere; }
.n { white-space: nowrap; overflow-wrap: normal; }
@media (max-width: 40rem) {
  body { padding: .8rem; } table { display: block; overflow-x: auto; } td, th { overflow-wrap: normal; }
}
@media screen and (max-width: 40rem) {
  .rows, .rows tbody, .rows tr, .rows th, .rows td { display: block; width: auto; text-align: left; }
  .rows { overflow-x: visible; font-size: .88rem; } .rows thead { display: none; }
  .rows tr { border: 1px solid #dde2e7; border-radius: 4px; margin: 0 0 .6rem; padding: .3rem .6rem; }
  .rows th, .rows td { border: 0; padding: .15rem 0; overflow-wrap: anywhere; } .rows td:empty { display: none; }
  .rows th { background: none; font-size: 1rem; }
  svg .tick { font-size: 18px; }
  .rows td::before { content: attr(data-name) ": "; color: #55616d; }
}
@media print { body { max-width: none; padding: 0; font-size: 9pt; } * { print-color-adjust: exact; } }
"""
