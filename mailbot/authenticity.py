"""Is the From address really the sender's? Read from our own server's Authentication-Results only (RFC 8601).

A stranger can write that header too, so only the topmost one that carries a configured authserv-id counts; with none
configured the answer is "unknown". A pass proves the domain, never the identity of the person.
"""

from __future__ import annotations

import re

from mailbot.model import Authentication, Mail, Trust

#: A visitor typed his address into a form on the website: nobody vouches for it, whoever sent the mail.
TYPED = Authentication(Trust.UNKNOWN, "typed into a form")
_RESULT = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")


def authenticate(mail: Mail, authserv_ids: tuple[str, ...], own_hosts: tuple[str, ...] = ()) -> Authentication:
    """The verdict of our own mail server on the From domain, with its reason."""
    if not authserv_ids:
        return Authentication(Trust.UNKNOWN, "no authserv-id configured")
    trusted = {name.lower() for name in authserv_ids}
    for name, value in mail.headers:
        if name == "authentication-results" and _authserv_id(value) in trusted:
            return _judge(
                {method.lower(): result.lower() for method, result in _RESULT.findall(_COMMENT.sub(" ", value))}
            )
    return Authentication(Trust.UNKNOWN, "no result from our own server")


def _authserv_id(value: str) -> str:
    return value.partition(";")[0].split()[0].lower() if value.partition(";")[0].split() else ""


def _judge(results: dict[str, str]) -> Authentication:
    """DMARC says whether the From domain is aligned; without it a failed signature or sender is doubt, no proof."""
    dmarc = results.get("dmarc", "")
    if dmarc == "pass":
        return Authentication(Trust.PASS, "dmarc=pass")
    if dmarc == "fail":
        return Authentication(Trust.FAIL, "dmarc=fail")
    failed = [
        f"{method}={results[method]}" for method in ("dkim", "spf") if results.get(method) in ("fail", "softfail")
    ]
    if failed and "pass" not in results.values():
        return Authentication(Trust.FAIL, ", ".join(failed))
    return Authentication(Trust.UNKNOWN, "not aligned with the From domain")
