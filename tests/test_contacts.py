"""Who is meant by a name or an address: one person of the settings, or nobody."""

from __future__ import annotations

from builders import a_policy
from mailbot.contacts import address_of, names, to_type

TWINS = a_policy(contact_name="Jo", contact_email="jo@staff.example", deputy_name="jo", deputy_email="j2@staff.example")


def test_a_name_that_both_have_is_nobodys() -> None:
    assert address_of(TWINS, "Jo") == ""
    assert list(names(TWINS)) == ["jo@staff.example", "j2@staff.example"]


def test_an_address_means_its_own_person_however_it_is_written() -> None:
    assert address_of(TWINS, " J2@Staff.example ") == "j2@staff.example"


def test_a_stranger_and_an_empty_name_mean_nobody() -> None:
    assert (address_of(TWINS, "Piet"), address_of(TWINS, "")) == ("", "")


def test_what_is_to_be_typed_can_be_pasted_into_a_shell() -> None:
    assert to_type(["Jo Contact", "els"]) == "--by 'Jo Contact' or --by els"
