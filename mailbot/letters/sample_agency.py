"""What the weekly mail of an agency may say, full and bare, for `mailbot check`."""

from __future__ import annotations

from mailbot.letters.render import Value

_BAR = {"label": "voorbeeld 0000", "value": "nog 12 d", "width": "40", "colour": "#2f5d8a"}
_FULL: dict[str, Value] = {
    "week": "47 van 2026",
    "first_day": "maandag 16 november 2026",
    "last_day": "zondag 22 november 2026",
    **dict.fromkeys(
        ("late_count", "company_count", "arrived", "answered", "open_count", "left_out", "calm_count"), "3"
    ),
    "needs": [{"company": "Voorbeeld", "what": "te laat: AVG-2026-0000", "command": "mailbot triage --tenant x"}],
    "figure_head": ["bedrijf", "open", "te laat", "in", "uit", "eerste dag"],
    "figure_rows": [
        {"company": "Voorbeeld", "open": "3", "late": "1", "arrived": "2", "answered": "1", "next": "vr 04-12"}
    ],
    "figure_lines": ["Voorbeeld: 3 open, 1 te laat, 2 in, 1 uit, eerste dag vr 04-12"],
    "incomplete": ["Nog niet klaar"],
    "unconfirmed": [
        {"company": "Voorbeeld", "settings": "postadres", "command": "mailbot confirm-settings --tenant x"}
    ],
    "more_unconfirmed": "3",
    "more_needs": "3",
    "deadline_bars": [_BAR],
    "trend_bars": [_BAR],
}
_BARE: dict[str, Value] = {
    name: "0"
    if name.endswith(("count", "out")) or name.startswith("more_") or name in ("arrived", "answered")
    else type(value)()
    for name, value in _FULL.items()
} | {name: _FULL[name] for name in ("week", "first_day", "last_day", "figure_head")}
AGENCY_WEEKS = (_FULL, _BARE)
