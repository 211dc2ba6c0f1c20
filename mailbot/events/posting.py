"""What a person did with a letter on paper: posted it, or got it back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SentByPost:
    """A person says that he posted this letter, or handed it over. When is the moment at which it is decided upon."""

    actor: str
    token: str
    template: str
    content: str  # the hash of what the letter says


@dataclass(frozen=True, slots=True)
class CameBackByPost:
    """A letter that was posted came back, or was not posted after all: what it said was not heard."""

    actor: str
    token: str
    template: str
    reason: str


PostalEvent = SentByPost | CameBackByPost
