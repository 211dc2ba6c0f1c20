"""The kinds of values that stand in the TOML files: addresses, zones, moments, and secrets by reference."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from mailbot.dates import YEARS
from mailbot.model import Kind

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_EMAIL = re.compile(r"[^@\s<>,;]+@(localhost|[^@\s<>,;.]+(\.[^@\s<>,;.]+)+)")


def email_address(text: str) -> str:
    """An address in small letters, or nothing. Raises ValueError."""
    if text and not _EMAIL.fullmatch(text):
        raise ValueError('is not a mail address: type it as "name@example.nl"')
    return text.lower()


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('is not a known time zone: type for example "Europe/Amsterdam"') from None
    return text


def _kind(text: str) -> str:
    if text not in list(Kind):
        raise ValueError(f"is no kind of request: one of {', '.join(Kind)}")
    return text


def _encoding(text: str) -> str:
    try:
        "a".encode(text or "utf-8")
    except (LookupError, ValueError):  # "hex" and its like are encodings, but of no text
        raise ValueError('is not a known encoding: type for example "utf-8" or "cp1252"') from None
    return text


def _no_literal(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(
            'a secret never stands in the file: type { env = "NAME" }, { file = "path" } or { command = ["program"] }'
        )
    return value


def _limit(months: int) -> int:
    if months not in (2, 3):
        raise ValueError("must be 2 or 3: one month is the law's own term, and needs no line")
    return months


def _midnight(value: Any) -> Any:
    """A bare TOML date is the start of that day; the company's zone is added when the policy is made."""
    return datetime(value.year, value.month, value.day) if type(value) is date else value


def _of_our_time(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise ValueError(f"must lie between {YEARS[0]} and {YEARS[-1]}: type for example 2026-12-31")
    return moment


Email = Annotated[str, AfterValidator(email_address)]
KindName = Annotated[str, AfterValidator(_kind)]
ZoneName = Annotated[str, AfterValidator(_zone)]
Encoding = Annotated[str, AfterValidator(_encoding)]
LimitMonths = Annotated[int, AfterValidator(_limit)]
Moment = Annotated[datetime, BeforeValidator(_midnight), AfterValidator(_of_our_time)]


class Strict(BaseModel):
    """Types as TOML has them, no conversion, no unknown key; a fault text never repeats what was typed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class SecretPlace(Strict):
    """Where a secret is. Exactly one of the three."""

    env: str | None = None
    file: str | None = None
    command: list[str] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> SecretPlace:
        if len([value for value in (self.env, self.file, self.command) if value]) != 1:
            raise ValueError("needs exactly one of env, file and command, and not empty")
        return self


SecretField = Annotated[SecretPlace, BeforeValidator(_no_literal)]
