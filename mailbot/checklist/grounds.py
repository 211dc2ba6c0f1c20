"""The grounds on which a right may be refused: a closed list, each with its article and the rights it can refuse.

The rule kept here (F-01, A-35, B-32): a person picks the ground and writes the reasons; a policy that promises
more than the law takes grounds away (E-09); what only covers parts of the data never refuses all of it (E-15).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.model.kinds import Kind
from mailbot.model.policy import COUNTRIES, Policy


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground. Its Dutch words stand in `replies/nl/phrases.toml` under [grounds].

    `in_part` only: it can leave out a part, never all. `beyond`: a company that promises this right always, without
    asking for grounds, cannot use it.
    """

    id: str
    article: str
    kinds: frozenset[Kind]
    countries: frozenset[str] = frozenset(COUNTRIES)
    in_part: bool = False
    beyond: bool = False


_CLAIMABLE = frozenset(
    {
        *(Kind.ACCESS, Kind.RECTIFICATION, Kind.ERASURE, Kind.RESTRICTION, Kind.PORTABILITY, Kind.OBJECTION),
        Kind.AUTOMATED_DECISION,
    }
)
_ERASING = frozenset({Kind.ERASURE, Kind.MINOR})

_ALL = (
    Ground("manifestly_unfounded", "12(5)(b)", _CLAIMABLE),
    Ground("excessive", "12(5)(b)", _CLAIMABLE),
    Ground("not_controller", "4(7), 28(3)(e)", _CLAIMABLE | _ERASING),
    Ground("national_exception", "23; UAVG 41", _CLAIMABLE, frozenset({"NL"})),
    Ground("rights_of_others", "15(4)", frozenset({Kind.ACCESS}), in_part=True),
    Ground("rights_of_others_file", "20(4)", frozenset({Kind.PORTABILITY}), in_part=True),
    Ground("not_consent_or_contract", "20(1)(a)", frozenset({Kind.PORTABILITY}), beyond=True),
    Ground("not_provided_by_person", "20(1)", frozenset({Kind.PORTABILITY}), in_part=True, beyond=True),
    Ground("accurate", "16", frozenset({Kind.RECTIFICATION}), beyond=True),
    Ground("accuracy_unknown", "16, 18(1)(a)", frozenset({Kind.RECTIFICATION}), beyond=True),
    Ground("no_restriction_ground", "18(1)", frozenset({Kind.RESTRICTION}), beyond=True),
    Ground("still_needed", "17(1)(a)", frozenset({Kind.ERASURE}), beyond=True),
    Ground("legal_duty", "17(3)(b)", _ERASING),
    Ground("legal_claims", "17(3)(e)", _ERASING),
    Ground("expression", "17(3)(a)", _ERASING),
    Ground("archiving", "17(3)(d)", _ERASING),
    Ground("compelling_grounds", "21(1)", frozenset({Kind.OBJECTION})),
    Ground("claims_outweigh", "21(1)", frozenset({Kind.OBJECTION})),
    Ground("other_basis", "6(1)(b), 6(1)(c), 21(1)", frozenset({Kind.OBJECTION})),
    Ground("decision_allowed", "22(2)", frozenset({Kind.AUTOMATED_DECISION})),
)

GROUNDS: dict[str, Ground] = {ground.id: ground for ground in _ALL}


def grounds_for(kind: Kind, policy: Policy) -> tuple[Ground, ...]:
    """The grounds that this company may use against this right."""
    return tuple(ground for ground in _ALL if kind in ground.kinds and not tuple(against(ground, kind, policy)))


def against(ground: Ground, kind: Kind, policy: Policy, in_part: bool = True) -> Iterator[tuple[str, str]]:
    """Why this ground cannot be used here, with the rule."""
    if kind not in ground.kinds:
        yield f"{ground.id} ({ground.article}) is no ground against {kind}", "A-35"
    if policy.country not in ground.countries:
        yield f"{ground.id} is no ground in {policy.country}", "A-35"
    if ground.beyond and policy.only_person_lifts:
        yield f"{policy.name} promises this right always; {ground.id} cannot be used", "E-09"
    if ground.in_part and not in_part:
        yield (
            f"{ground.id} covers a part of the data: give the rest, and use `mailbot reply` with a partly letter",
            "E-15",
        )
