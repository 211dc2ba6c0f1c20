"""Domain names: the form that DNS uses (A-labels, IDNA 2008, RFC 5891), the one that people read, and whose they are.

The rule kept here: two domains that registries give to two owners stay two. The codec of the standard library knows
the rules of 2003 only, in which "straße" and "strasse" are one.
"""

from __future__ import annotations

from functools import lru_cache

#: Domains of mail in which neighbours are strangers.
PROVIDERS = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "outlook.be",
        "hotmail.com",
        "hotmail.nl",
        "hotmail.be",
        "live.com",
        "live.nl",
        "live.be",
        "msn.com",
        "yahoo.com",
        "yahoo.nl",
        "icloud.com",
        "me.com",
        "proton.me",
        "protonmail.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "t-online.de",
        "aol.com",
        "ziggo.nl",
        "kpnmail.nl",
        "planet.nl",
        "hetnet.nl",
        "xs4all.nl",
        "home.nl",
        "upcmail.nl",
        "online.nl",
        "telenet.be",
        "skynet.be",
        "proximus.be",
        "scarlet.be",
        "voo.be",
        "orange.fr",
        "wanadoo.fr",
        "free.fr",
        "laposte.net",
        "sfr.fr",
    ]
)


@lru_cache(maxsize=1000)
def to_ascii(domain: str) -> str:
    """A-labels, in small letters where they were none (UTS 46). Raises ValueError for what can be no domain."""
    if domain.isascii():
        return domain
    import idna  # its tables take time to load, and few mails need them

    return idna.encode(domain, uts46=True).decode("ascii")


@lru_cache(maxsize=1000)
def to_unicode(domain: str) -> str:
    """As people read it. Raises ValueError for what can be no domain."""
    if not any(label.startswith("xn--") for label in domain.lower().split(".")):
        return domain
    import idna

    return idna.decode(domain)


def is_provider(domain: str) -> bool:
    """Whether strangers are neighbours in a mail domain, so that nobody there is somebody's colleague by it."""
    return domain.lower() in PROVIDERS


def with_ascii_domain(address: str) -> str:
    """A mail address as it can stand in a header or an envelope. Raises ValueError."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{to_ascii(domain)}"
