"""Proof that was asked as a matter of routine and does not come: the clock runs on, and yet nothing can be granted.

The rule kept here: the person hears in time that we cannot identify him, as where the clock stands still (A-38).
"""

from __future__ import annotations

from mailbot.model import Case, MatchState, Outcome, Status, fold_address
from mailbot.sender import proof
from mailbot.sender.proof import Proof

#: Letters that asked the writer, or the owner of the address on file, to show who it is.
_ASKED = ("acknowledgement", "neutral", "confirmation", "identity_question")


def is_disowned(case: Case) -> bool:
    """Whether the owner of the address that wrote says no: he heard the question himself, so nobody is left who must
    hear that we cannot identify him. A stranger who named that owner must still hear it (articles 11(2), 12(4))."""
    wrote = fold_address(case.requester_email)
    said = [question.answer for question in case.questions if fold_address(question.to) == wrote]
    return case.identity == "denied" and "no" in said


def is_awaited(case: Case) -> bool:
    """Whether a letter that left has asked for proof, and what is still open waits for it. Who may be one of two
    customers was asked what a stranger is, and hears what a stranger hears (C-03)."""
    open_kinds = [item.kind for item in case.items if item.outcome is Outcome.OPEN]
    if case.status is not Status.OPEN or not any(f"sent: {name}" in case.remarks for name in _ASKED):
        return False
    as_asked = case.changed({"match": MatchState.UNKNOWN}) if case.match is MatchState.AMBIGUOUS else case
    match proof.still_needed(as_asked, open_kinds):
        case Proof.REPLY:
            return any(not question.answer for question in case.questions)
        case Proof.NUMBER:
            return "sent: neutral" in case.remarks
        case _:
            return False
