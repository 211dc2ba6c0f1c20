"""Is the From address really the sender's? Read from our own server's Authentication-Results only (RFC 8601).

A stranger can write that header too, and a Received line of ours below it. Only one with a configured authserv-id
counts, the topmost; where the names of our own servers are configured it must stand above a Received line of theirs,
and all that stand above the topmost line count together. Without a configured authserv-id the answer is "unknown". A
pass proves the domain, never who the person is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.domains import domain_of
from mailbot.model import Authentication, Mail, Trust

#: A visitor typed his address into a form on the website: nobody vouches for it, whoever sent the mail.
TYPED = Authentication(Trust.UNKNOWN, "typed into a form")
NO_RESULT = Authentication(Trust.UNKNOWN, "no result from our own server")
_RESULT = re.compile(r"^\s*(dmarc|dkim|spf)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"\b((?:smtp|header)\.[a-z-]+)\s*=\s*([^\s;]+)", re.IGNORECASE)
#: One sign, or what is quoted; in a comment also a sign after a backslash, which ends nothing (RFC 5322, 3.2.2).
_OUTSIDE = re.compile(r'"(?:[^"\\]|\\.)*"|.', re.DOTALL)
_IN_COMMENT = re.compile(r'\\.|"(?:[^"\\]|\\.)*"|.', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result: dmarc, dkim or spf, and the domain that it is about, empty if not said."""

    method: str
    result: str
    domain: str


def authenticate(mail: Mail, authserv_ids: tuple[str, ...], own_hosts: tuple[str, ...] = ()) -> Authentication:
    """The verdict of our own mail server on the From domain, with its reason."""
    if not authserv_ids:
        return Authentication(Trust.UNKNOWN, "no authserv-id configured")
    if mail.sender is None:
        return Authentication(Trust.UNKNOWN, "no sender")
    trusted = {name.lower() for name in authserv_ids}
    on_top, below = _above_our_receipt(mail, own_hosts) if own_hosts else ([], _results(mail))
    ours = [value for value in on_top if _authserv_id(value) in trusted]
    ours = ours or [value for value in below if _authserv_id(value) in trusted][:1]
    if not ours:
        return NO_RESULT
    return judge([one for value in ours for one in results_in(value)], domain_of(mail.sender.email))


def judge(results: list[Result], domain: str) -> Authentication:
    """DMARC says whether the From domain is aligned; without it an aligned signature or envelope sender does.

    Results that contradict each other prove nothing. A failed signature or sender without any pass is doubt.
    """
    dmarc = {one.result for one in results if one.method == "dmarc"}
    if "fail" in dmarc:
        return Authentication(Trust.FAIL, "dmarc=fail")
    if dmarc == {"pass"} and all(aligned(one.domain or domain, domain) for one in results if one.method == "dmarc"):
        return Authentication(Trust.PASS, "dmarc=pass")
    others = [one for one in results if one.method != "dmarc"]
    for one in others:
        if one.result == "pass" and one.domain and aligned(one.domain, domain):
            return Authentication(Trust.PASS, f"{one.method}=pass, aligned")
    failed = [one for one in others if one.result in ("fail", "softfail") and aligned(one.domain or domain, domain)]
    if failed and not any(one.result == "pass" for one in others):
        return Authentication(Trust.FAIL, ", ".join(f"{one.method}={one.result}" for one in failed))
    return Authentication(Trust.UNKNOWN, "not aligned with the From domain")


def aligned(one: str, other: str) -> bool:
    """Relaxed alignment (RFC 7489, 3.1): the same domain, or one above the other with at least two labels."""
    one, other = one.lower().rstrip("."), other.lower().rstrip(".")
    shorter, longer = sorted((one, other), key=len)
    return one == other != "" or (shorter.count(".") >= 1 and longer.endswith("." + shorter))


def results_in(value: str) -> Iterator[Result]:
    """The results in one field. What is quoted or a comment was chosen by others and decides nothing."""
    for part in _without_comments(value).split(";")[1:]:
        if found := _RESULT.match(part):
            about = {name.lower(): told for name, told in _PROPERTY.findall(part)}
            yield Result(found[1].lower(), found[2].lower(), _result_domain(found[1].lower(), about))


def _result_domain(method: str, about: dict[str, str]) -> str:
    names = {"dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}[method]
    told = next((about[name] for name in names if name in about), "")
    return domain_of(told)


def _results(mail: Mail) -> list[str]:
    return [value for name, value in mail.headers if name == "authentication-results"]


def _above_our_receipt(mail: Mail, own_hosts: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The results above our own servers' topmost Received line, and those between it and the lowest that follows it
    without another's. Of these the sender may have written all but the first."""
    blocks: list[list[str]] = []
    pending: list[str] = []
    for name, value in mail.headers:
        if name == "authentication-results":
            pending.append(value)
        elif name == "received-by":
            if value not in own_hosts:
                break
            blocks.append(pending)
            pending = []
    return (blocks[0] if blocks else []), [value for block in blocks[1:] for value in block]


def _authserv_id(value: str) -> str:
    first = _without_comments(value).partition(";")[0].split()
    return first[0].lower() if first else ""


def _without_comments(value: str) -> str:
    """A field without its comments and without what is quoted, neither of which is our server's own word."""
    kept: list[str] = []
    depth = at = 0
    while at < len(value):
        found = (_IN_COMMENT if depth else _OUTSIDE).match(value, at)
        piece = found[0] if found else value[at]
        at += len(piece)
        depth = max(0, depth + (piece == "(") - (piece == ")"))
        kept.append(" " if depth or piece == ")" else piece if len(piece) == 1 else "quoted")
    return "".join(kept)
