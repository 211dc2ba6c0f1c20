"""Domain names: the form that DNS uses (A-labels, IDNA 2008, RFC 5891), the one that people read, and whose they are.

The rule kept here: two domains that registries give to two owners stay two. The codec of the standard library knows
the rules of 2003 only, in which "straße" and "strasse" are one.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: Domains of mail in which neighbours are strangers: those of providers with one in many countries, by their names ...
_IN_MANY_COUNTRIES = re.compile(
    r"(?:aol|fastmail|gmail|gmx|googlemail|hotmail|icloud|live|msn|outlook|proton|protonmail|tutanota|yahoo|yandex|ymail"
    r"|zohomail)\.(?:[a-z]{2,3}|com?\.[a-z]{2})"
)
#: ... and others, by country.
_OTHERS = """
    duck.com email.com hey.com mac.com mail.com mail.ru mailbox.org mailfence.com me.com pm.me posteo.de posteo.net
    proton.me rocketmail.com startmail.com tuta.com tuta.io tutamail.com
    caiway.net caiway.nl casema.nl chello.nl dds.nl freeler.nl hccnet.nl hetnet.nl home.nl kabelfoon.nl kpnmail.nl
    kpnplanet.nl multiweb.nl online.nl orange.nl planet.nl quicknet.nl solcon.nl tele2.nl telfort.nl tiscali.nl
    upcmail.nl versatel.nl wanadoo.nl wxs.nl xs4all.nl zeelandnet.nl ziggo.nl zonnet.nl
    base.be belgacom.net brutele.be edpnet.be orange.be pandora.be proximus.be scarlet.be skynet.be telenet.be
    tvcablenet.be voo.be
    9online.fr aliceadsl.fr bbox.fr cegetel.net club-internet.fr free.fr laposte.net neuf.fr noos.fr numericable.fr
    orange.fr sfr.fr wanadoo.fr
    arcor.de freenet.de mail.de t-online.de vodafone.de web.de
"""
_PROVIDERS = frozenset(_OTHERS.split())


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
    domain = domain.lower()
    return domain in _PROVIDERS or _IN_MANY_COUNTRIES.fullmatch(domain) is not None


def domain_of(address: str) -> str:
    """The domain of a mail address, in the form by which two are compared: A-labels, in small letters."""
    domain = address.rpartition("@")[2].strip("<>\"' ").lower()
    try:
        return to_ascii(domain)
    except ValueError:  # no domain at all: it equals itself only
        return domain


def with_ascii_domain(address: str) -> str:
    """A mail address as it can stand in a header or an envelope. Raises ValueError."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{to_ascii(domain)}"
