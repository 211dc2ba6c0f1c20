"""The moment a mail reached us, by our own server's word.

The rule kept: the clock of article 12(3) GDPR starts at arrival. The `Date:` header is the sender's and never counts. A
Received line counts if one of our own hosts wrote it and if it is earlier than the given moment: a mailbox that was
moved can have a later INTERNALDATE, but nobody can have had the mail before our server did.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)


def moment(lines: list[bytes], given: datetime, own_hosts: tuple[str, ...]) -> datetime:
    """The earlier of `given` and the topmost Received line (RFC 5321, 4.4) of one of `own_hosts`, in UTC."""
    given = _aware(given)
    stamped = _stamp(own_line(lines, own_hosts))
    return stamped if stamped is not None and OLDEST <= stamped < given else given


def taken_at(lines: list[bytes], own_hosts: tuple[str, ...]) -> datetime | None:
    """When a mail that somebody encloses was taken in: by our own server's word, else by that of the last one."""
    own = _stamp(own_line(lines, own_hosts))
    return own or next((at for line in lines[:1] if (at := _stamp(line[:2_000].decode("latin-1")))), None)


def own_line(lines: list[bytes], own_hosts: tuple[str, ...]) -> str:
    """The topmost Received line of one of `own_hosts`, on one line; empty when none of them wrote one."""
    hosts = {host.lower().rstrip(".") for host in own_hosts}
    decoded = (line[:2_000].decode("latin-1") for line in lines)
    own = next((line for line in decoded if writer(line) in hosts), "")
    return "".join(sign for sign in " ".join(own.split()) if sign.isprintable())


def own_words(line: str) -> str:
    """Of the line of one of our own hosts its name and the moment: the rest can name the client and the sender."""
    stamped = _stamp(line)
    return f"by {writer(line)}; {format_datetime(stamped)}" if stamped else ""


def writer(line: str) -> str:
    """The host after `by`. Comments are dropped first: the client chooses part of what stands in them."""
    tokens = _without_comments(line.rpartition(";")[0] or line).lower().split()
    by = tokens.index("by") if "by" in tokens else -1
    if tokens[:1] == ["from"] and by == 1:  # a client that calls itself "by"
        by = tokens.index("by", 2) if "by" in tokens[2:] else -1
    return tokens[by + 1].rstrip(".") if 0 <= by < len(tokens) - 1 else ""


def _without_comments(line: str) -> str:
    kept: list[str] = []
    depth = 0
    for sign in line:
        depth += (sign == "(") - (sign == ")" and depth > 0)
        if depth == 0 and sign != ")":
            kept.append(sign)
    return "".join(kept)


def _stamp(line: str) -> datetime | None:
    try:
        return _aware(parsedate_to_datetime(line.rpartition(";")[2].strip()[:100]))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
