"""Where an answer goes, case by case: no spoiled word in this rule may go unseen (F-11)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from builders import a_case
from mailbot.model import Address, Kind
from mailbot.sender.proof import answer_address

WRITER, ON_FILE, NAMED = "jan@werk.example", "jan@thuis.example", "jan@nieuw.example"


@pytest.mark.parametrize(
    ("changes", "to"),
    [
        ({"identity": "known_address"}, ON_FILE),
        ({"identity": "confirmed"}, ON_FILE),
        ({"identity": "unproven"}, WRITER),
        ({"identity": "asked"}, WRITER),
        ({"identity": "failed"}, WRITER),
        ({"identity": "denied"}, WRITER),
        ({"identity": "confirmed", "signals": ("former_employee",)}, WRITER),
        ({"identity": "known_address", "signals": ("former_employee",)}, WRITER),
        ({"identity": "confirmed", "signals": ("representative",)}, ON_FILE),
        ({"identity": "confirmed", "known_email": ""}, WRITER),
        ({"identity": "confirmed", "recipient": NAMED}, NAMED),
        ({"identity": "unproven", "recipient": NAMED}, NAMED),
        ({"identity": "confirmed", "signals": ("former_employee",), "recipient": NAMED}, NAMED),
        ({"identity": "unproven", "requester": None}, ""),
    ],
)
def test_an_answer_goes_where_it_is_proven_that_the_person_is(changes: dict[str, Any], to: str) -> None:
    case = replace(a_case(Kind.ACCESS), **{"requester": Address(WRITER), "known_email": ON_FILE} | changes)
    assert answer_address(case) == to
