"""The words of the program: what comes in, what we know, what we keep, what goes out.

Everything here is a frozen value. `_at` is a moment (aware, UTC), `_on` a date in the company's own zone.
"Mail" comes in, a "letter" goes out, a "case" is the file about one person's request.
"""

from mailbot.model.case import (
    Case,
    CaseMail,
    Deadline,
    Entry,
    Errand,
    Item,
    Outcome,
    Question,
    Seen,
    Status,
    Suppression,
)
from mailbot.model.kinds import REQUEST_KINDS, Kind, Reason, Verdict
from mailbot.model.letter import ONLY_BY_A_PERSON, Call, Enclosed, Letter, LetterState
from mailbot.model.mail import (
    Address,
    Attachment,
    Authentication,
    Customer,
    Mail,
    Match,
    MatchState,
    Pointer,
    Trust,
    fold_address,
)
from mailbot.model.policy import LADDER, Authority, Caps, Policy, Processor, Step, WorkingHours

__all__ = [
    "LADDER",
    "ONLY_BY_A_PERSON",
    "REQUEST_KINDS",
    "Address",
    "Attachment",
    "Authentication",
    "Authority",
    "Call",
    "Caps",
    "Case",
    "CaseMail",
    "Customer",
    "Deadline",
    "Enclosed",
    "Entry",
    "Errand",
    "Item",
    "Kind",
    "Letter",
    "LetterState",
    "Mail",
    "Match",
    "MatchState",
    "Outcome",
    "Pointer",
    "Policy",
    "Processor",
    "Question",
    "Reason",
    "Seen",
    "Status",
    "Step",
    "Suppression",
    "Trust",
    "Verdict",
    "WorkingHours",
    "fold_address",
]
