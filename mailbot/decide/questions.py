"""When a letter of ours first asked who writes: in the first letter, of routine, or because a person is in doubt.

The rule kept here: the day stands on record either way (F-15). A first letter asks everybody who writes from elsewhere,
and nobody has judged whether there is doubt, so it stops no clock: whether one may stand still at all is disputed, and
the earlier day is the stricter (C-01, A-36, A-37).
"""

from __future__ import annotations

from mailbot import actions as do
from mailbot.decide.decision import Decision

#: Letters that ask it, whoever they go to.
ASKING = ("neutral", "confirmation", "identity_question")
#: The first letter to the address on file; it asks where the case has a question to its owner.
_FIRST = "acknowledgement"


def note_sent(decision: Decision, template: str) -> None:
    """A letter left; it may be the first that asks."""
    case = decision.case
    asks = template in ASKING or (template == _FIRST and bool(case.questions))
    if asks and case.proof_asked_at is None:
        decision.do(do.AskProof(decision.now))


def note_unheard(decision: Decision, template: str) -> None:
    """A letter came back; if nobody got another that asks, nobody was asked."""
    case = decision.case
    if case.proof_asked_at is None or template not in (*ASKING, _FIRST) or case.identity_received_at:
        return
    left = sum(_asked(remark, "sent: ") for remark in case.remarks)
    back = sum(_asked(remark, "bounced: ") + _asked(remark, "came back by post: ") for remark in case.remarks)
    if left <= back:
        decision.do(do.AskProof(None))


def _asked(remark: str, state: str) -> bool:
    return remark.startswith(state) and remark.removeprefix(state).partition(" ")[0] in (*ASKING, _FIRST)
