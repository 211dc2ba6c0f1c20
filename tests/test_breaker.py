"""The brake on letters that leave by themselves, as a stranger who wants to flood somebody meets it."""

from __future__ import annotations

from pathlib import Path

from desk import Desk, local

from company import ACCESS, a_raw_mail
from mailbot.model import Caps


def test_sub_addresses_of_one_mailbox_share_its_letters_of_a_day(tmp_path: Path) -> None:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), calendar=False, caps=Caps(per_address_a_day=2))
    for number in range(5):
        desk.round(a_raw_mail(ACCESS, sender=f"slachtoffer+{number}@elders.test", number=number), minutes=10)
    assert len([to for _, to, _ in desk.left if to.startswith("slachtoffer")]) == 2
    assert len(desk.cases()) == 5, "intake goes on"
