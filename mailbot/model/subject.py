"""Whose data a case is about, where who wrote may ask for somebody else: a representative, a parent, an heir.

The rule kept here: the records of who wrote are not those of the person he asks for. Where nothing on file says whose
data they are, a person says it.
"""

from __future__ import annotations

from mailbot.model.case import Case
from mailbot.model.kinds import Kind, Signal
from mailbot.model.mail import fold_address

#: How `decide` begins the remark that a person named a representative for the answer.
_NAMED = "answer may go to representative"


def asks_for_another(case: Case, to: str) -> bool:
    """Whether who reads a letter of this case at this address asks, as far as we know, for somebody else."""
    wrote = fold_address(case.requester_email)
    if case.known_email and fold_address(to) == fold_address(case.known_email) != wrote:
        return False
    named = any(remark.startswith(_NAMED) for remark in case.remarks)
    about_another = not {Kind.MINOR, Kind.DECEASED}.isdisjoint(case.kinds)
    return Signal.REPRESENTATIVE in case.signals or about_another or named


def writer_is_another(case: Case) -> bool:
    """Whether who wrote asks for somebody else."""
    return asks_for_another(case, case.requester_email)


def subject_on_file(case: Case) -> tuple[str, str]:
    """Address and number of the person it is about, as our own records know them; empty where they know only who
    wrote for that person. A child may have its account under a parent's address: then a person links it."""
    wrote = case.requester_email
    if not writer_is_another(case):
        return case.known_email or wrote, case.customer_id
    of_another = bool(case.known_email) and fold_address(case.known_email) != fold_address(wrote)
    return (case.known_email, case.customer_id) if case.linked or of_another else ("", "")
