"""What a mail can ask, in the terms of the GDPR, and what the sorter says of one mail."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Kind(StrEnum):
    """What a mail asks, in the terms of the GDPR."""

    ACCESS = "access"  # article 15
    RECTIFICATION = "rectification"  # article 16
    ERASURE = "erasure"  # article 17
    RESTRICTION = "restriction"  # article 18
    RESTRICTION_LIFT = "restriction_lift"  # article 18(3)
    PORTABILITY = "portability"  # article 20
    OBJECTION = "objection"  # article 21(1)
    DIRECT_MARKETING = "direct_marketing"  # article 21(2)-(3)
    CONSENT_WITHDRAWAL = "consent_withdrawal"  # article 7(3)
    AUTOMATED_DECISION = "automated_decision"  # article 22
    COMPLAINT = "complaint"  # articles 12, 77
    BREACH_REPORT = "breach_report"  # articles 33, 34
    MINOR = "minor"  # articles 8, 17(1)(f)
    DECEASED = "deceased"  # recital 27
    PRIVACY_QUESTION = "privacy_question"  # articles 13, 14
    NOT_A_REQUEST = "not_a_request"


#: Kinds that ask the company to do something under the GDPR.
REQUEST_KINDS = frozenset(Kind) - {Kind.PRIVACY_QUESTION, Kind.NOT_A_REQUEST}
#: What is done at once and is never too complex or too much for its month.
STOP_AT_ONCE = frozenset({Kind.DIRECT_MARKETING, Kind.CONSENT_WITHDRAWAL})
#: Kinds for which nobody has to prove who he is (C-05, B-21, B-25).
NO_PROOF_NEEDED = frozenset(
    {
        Kind.DIRECT_MARKETING,
        Kind.CONSENT_WITHDRAWAL,
        Kind.COMPLAINT,
        Kind.BREACH_REPORT,
        Kind.PRIVACY_QUESTION,
        Kind.NOT_A_REQUEST,
    }
)
#: Kinds in which a wrong hand does harm, so the address is asked even where there is no doubt (C-02).
CHANGES = frozenset({Kind.ERASURE, Kind.RECTIFICATION, Kind.RESTRICTION_LIFT})


class Signal(StrEnum):
    """What stands in a mail beside what it asks; it calls a person or colours a letter."""

    AUTHORITY_DEMAND = "authority_demand"  # a supervisory or other authority wants something
    REPRESENTATIVE = "representative"  # somebody writes for another
    FORMER_EMPLOYEE = "former_employee"
    DEADLINE_THREAT = "deadline_threat"
    REMINDER = "reminder"
    ADDRESS_CHANGE = "address_change"
    KNOWN_GENERATOR = "known_generator"  # written with a site that writes requests for people
    IDENTITY_DOCUMENT = "identity_document"
    OTHER_COMPANY = "other_company"


@dataclass(frozen=True, slots=True)
class Reason:
    """The sentence that decided a kind; `quote` stands verbatim in the mail."""

    kind: Kind
    quote: str


#: Whether the kinds may be recorded unchecked, or a person looks first.
Act = Literal["auto", "triage"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the mail asks. `act` speaks of the sorting only."""

    kinds: tuple[Kind, ...]
    certainty: float  # 0..1
    act: Act
    language: str = "nl"
    reasons: tuple[Reason, ...] = ()
    signals: tuple[Signal, ...] = ()

    @property
    def is_request(self) -> bool:
        """Whether any kind asks the company to do something."""
        return any(kind in REQUEST_KINDS for kind in self.kinds)
