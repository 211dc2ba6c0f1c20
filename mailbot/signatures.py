"""DKIM signatures checked by the program itself, where the receiving server writes no results (RFC 6376).

The rule kept here: only a signature of the From domain counts, it must cover the whole body, and an answer of the name
server that cannot be had proves nothing. The library and the look-up are optional: extra `dkim`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mailbot.errors import TryLater
from mailbot.model import Authentication, Trust

#: Asks for the TXT record of a name: (name, timeout=seconds) -> its bytes, or None.
Dns = Callable[..., bytes | None]
MOST = 5
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(rb"^dkim-signature:(.*(?:\r?\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(rb"(?:^|;)\s*([dl])\s*=\s*([^;]*)")


def verify(raw: bytes, domain: str, is_aligned: Callable[[str, str], bool], dns: Dns | None = None) -> Authentication:
    """What the signatures in these bytes prove for `domain`. Raises TryLater when the library is not installed."""
    try:
        import dkim
        from dkim.dnsplug import get_txt
    except ImportError:
        raise TryLater(
            "signatures: dkimpy is not installed; install mailbot[dkim] or set verify_dkim = false"
        ) from None
    signer = dkim.DKIM(raw, minkey=1024, timeout=5)
    keys = _Keys(dns or get_txt)
    broken = False
    for at, tags in enumerate(_signatures(raw)[:MOST]):
        if b"l" in tags or not is_aligned(tags.get(b"d", b"").decode("ascii", "replace"), domain):
            continue
        keys.found = False
        try:
            if signer.verify(idx=at, dnsfunc=keys.ask):
                return Authentication(Trust.PASS, "dkim=pass, checked here")
            broken = broken or keys.found
        except dkim.ValidationError as error:  # malformed, run out, or the body is another one than was signed
            broken = broken or "body hash" in str(error)
        except Exception:  # no answer, an unusable key: nothing is proven and nothing is disproven
            continue
    if broken:
        return Authentication(Trust.FAIL, "dkim=fail, checked here")
    return Authentication(Trust.UNKNOWN, "no signature of the From domain that can be checked")


class _Keys:
    """Asks for keys and remembers whether there was one."""

    def __init__(self, dns: Dns) -> None:
        self.dns, self.found = dns, False

    def ask(self, name: bytes, timeout: int = 5) -> bytes | None:
        """The key's record."""
        record = self.dns(name, timeout=timeout)
        self.found = bool(record)
        return record


def _signatures(raw: bytes) -> list[dict[bytes, bytes]]:
    """The tags of each signature, topmost first."""
    head = raw[: found.start()] if (found := _HEAD_END.search(raw)) else raw
    return [
        {name: value.strip() for name, value in _TAG.findall(re.sub(rb"\s+", b" ", field))}
        for field in _FIELD.findall(head)
    ]
