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
from mailbot.model.letter import ONLY_BY_A_PERSON, SECOND_LOOK, Call, Enclosed, Letter, LetterState, numbers
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
from mailbot.model.policy import LADDER, Authority, Caps, Keeping, Place, Policy, Processor, Step, WorkingHours
from mailbot.model.work import Asked, Attached, How, Kept, Packed, PartyState, Settled, Work

__all__ = [
    "LADDER",
    "ONLY_BY_A_PERSON",
    "REQUEST_KINDS",
    "SECOND_LOOK",
    "Address",
    "Asked",
    "Attached",
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
    "How",
    "Item",
    "Keeping",
    "Kept",
    "Kind",
    "Letter",
    "LetterState",
    "Mail",
    "Match",
    "MatchState",
    "Outcome",
    "Packed",
    "PartyState",
    "Place",
    "Pointer",
    "Policy",
    "Processor",
    "Question",
    "Reason",
    "Seen",
    "Settled",
    "Status",
    "Step",
    "Suppression",
    "Trust",
    "Verdict",
    "Work",
    "WorkingHours",
    "fold_address",
    "numbers",
]
