"""What differs per company."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """What differs per company (B-33, E-19), and from which certainty kinds are recorded without a person."""

    leaving_is_erasure: bool = False
    minor_age: int = 16
    certain: float = 0.85


GENERAL = Rules()
