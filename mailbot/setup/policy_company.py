"""Who the company of a privacy policy is: its name, country, addresses, and who answers for privacy there.

The rule kept here: what belongs to a supervisory authority is never taken for the company's own. Where a text names
several, each is told with its place, the likeliest first, and a person chooses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

#: A value, and from where to where the text says it.
Found = tuple[str, int, int]

_SMALL = r"van|de|der|den|het|ten|ter|te|en|of|la|le|les|des|du|the|and|&|'t|’t"
_WORD = r"(?:[A-ZÀ-Ý0-9]|['’]t)[\w&'’-]*"
_FORM = r"B\.?V\.?B\.?A|B\.?V|N\.?V|V\.?O\.?F|vzw|VZW|SRL|SPRL|ASBL|asbl|SA|CommV|GmbH|Ltd"
_ENTITY = re.compile(
    rf"(?:(?!Privacy){_WORD}(?: (?:{_WORD}|{_SMALL})){{0,5}} (?:{_FORM})\b\.?)"
    rf"|(?:Stichting|Vereniging|Coöperatie|[A-Z][a-z]+vereniging)(?: (?:{_WORD}|{_SMALL}))+"
    r'(?: ["“][^"”\n]{2,40}["”])?'
)
#: What stands in the sentence that tells who is responsible, and in no other.
_OWN = re.compile(
    r"gevestigd|zetel|verantwoordelijk|hierna|handelsnaam|uitbater|KvK|KBO|ondernemingsnummer|trade name|trading as"
    r"|registered|\boffice at|controller|siège|responsable|BCE",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"^(?:privacy(?:-? en cookie)?[ -]?(?:verklaring|beleid|reglement|statement|policy)|politique de confidentialité)"
    r"(?: van| de| of|:| [–-])? (?P<name>[^\n]{2,60})$",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"\b([\w.+-]+@[\w-]+(?:\.[\w-]+)+)\b")
_SITE = re.compile(r"(https?://[\w.-]+)")
_AUTHORITY_HOSTS = re.compile(
    r"(?:autoriteitpersoonsgegevens\.nl|gegevensbeschermingsautoriteit\.be|autoriteprotectiondonnees\.be|apd-gba\.be"
    r"|dataprotectionauthority\.be|privacycommission\.be|cbpweb\.nl|cnil\.fr|europa\.eu)\.?$",
    re.IGNORECASE,
)
_AUTHORITY = re.compile(
    r"Autoriteit Persoonsgegevens|College Bescherming|Gegevensbeschermingsautoriteit|Privacycommissie|CNIL"
    r"|Commissie voor de bescherming|Autorité de protection|Data Protection Authority|[Tt]oezichthoud"
    r"|[Kk]lachten(?:loket|commissie)|[Gg]eschillencommissie"
)
_ASKED = re.compile(r"(?:verzoek|recht(?:en)?\b|inzage|demande|droits|request).{0,250}@", re.IGNORECASE)
_PRIVACY_BOX = re.compile(r"(?:privacy|avg|gdpr|rgpd)\b", re.IGNORECASE)
_OTHER_BOX = re.compile(
    r"(?:b2b|sales|webmaster|factu|retour|security|legal|jobs?|vacature|voorzitter|support)", re.IGNORECASE
)
_OFFICER_BOX = re.compile(r"(?:fg|dpo)\b", re.IGNORECASE)

_TOWN = r"[A-ZÀ-Ý'’][^\W\d_]*(?:[ '’-][A-ZÀ-Ý][^\W\d_]*){0,3}"
_STREET = (
    rf"(?:(?:rue|avenue|chaussée|place|boulevard) [^,\d\n]{{2,40}}|{_WORD}\.?(?: (?:{_WORD}|{_SMALL})){{0,3}})"
    r" \d{1,4}(?!\d) ?(?:(?!(?:in|te)\b)[a-zA-Z]{1,3}\b)?(?: bus \w+)?(?:[/-]\d+)?"
)
_PLACES = (
    re.compile(
        r"^(?:[A-Z][^\n:\d]{2,30}: *)?(?P<street>[^\W\d_][^\n@:]{2,50} \d+ ?[a-zA-Z]{0,3})\s*\n"
        r"\s*(?P<place>\d{4,5} ?(?:[A-Z]{2} )?[^\W\d_][^\n@:]{1,40})$",
        re.MULTILINE,
    ),
    re.compile(rf"(?P<street>{_STREET}), (?P<place>(?:\d{{4}} ?[A-Z]{{2}}|(?:B-)?\d{{4,5}}) +{_TOWN})"),
    re.compile(rf"(?P<place>\b\d{{4}} (?![A-Z]{{2}} ){_TOWN}), (?P<street>{_STREET})"),
    re.compile(rf"(?P<street>{_STREET}),? (?:in|te) (?P<place>\d{{4}} ?[A-Z]{{2}} +{_TOWN})"),
    re.compile(rf"(?P<street>{_STREET}),? (?:(?:in|te) )?(?P<town>{_TOWN}) \((?P<code>\d{{4}} ?[A-Z]{{2}})\)"),
)
#: Where goods go, and no letter to the company.
_FOR_GOODS = re.compile(r"retour|magazijn|\bafhal|\bafhaal|opslag|showroom|\breturns\b|warehouse", re.IGNORECASE)

_ADDRESSED = re.compile(rf",? {_STREET}")

_PERSON = (
    r"(?:[A-ZÀ-Ý][\w'’-]*\.?|[A-Z](?:\.[A-Z])*\.)"
    r"(?:(?: (?:van|von|de|der|den|ten|ter|te|la|le|op|in|['’]t)\b){0,3} [A-ZÀ-Ý][\w'’.-]*){1,3}"
)
_TITLES = r"(?:(?:de heer|mevrouw|mevr\.|dhr\.|mr\.|Mme|M\.) )*"
_OFFICER = r"(?:[Ff]unctionaris(?: voor)? [Gg]egevensbescherming|DPO|Data Protection Officer|Délégué[^.:\n]{0,50})"
#: Who handles privacy matters, whom letters name as such.
_HANDLERS = (
    re.compile(r"[Cc]ontactpersoon voor privacy ?zaken:?\s*\n\s*(?P<who>" + _PERSON + r")\s*$", re.MULTILINE),
    re.compile(
        rf"(?:[Pp]rivacy ?[Oo]fficer|[Cc]ontactpersoon(?: voor)? privacy(?: ?zaken)?) ?:? {_TITLES}(?P<who>{_PERSON})"
    ),
    re.compile(rf"^(?:Eigenaar|Zaakvoerder|Gérante?) ?: {_TITLES}(?P<who>{_PERSON})", re.MULTILINE),
)
#: Who oversees them: he advises, and is never proposed as who answers.
_OVERSEERS = (
    re.compile(rf"(?P<who>{_PERSON}) is (?:de|onze) {_OFFICER}"),
    re.compile(rf"{_OFFICER} ?(?:is|:) ?{_TITLES}(?P<who>{_PERSON})"),
)
#: What shows the country, the plainest first: its law, what the company is registered as, the authority, the postcode.
_COUNTRIES = (
    {
        "BE": r"\bBelgische? (?:en Europese )?(?:wet|recht)|\bdroit belge|\bBelgian law",
        "NL": r"\bNederlandse? (?:en Europese )?(?:wet|recht)|\bDutch law|\blaws of the Netherlands",
        "FR": r"\bFranse? (?:en Europese )?(?:wet|recht)|\bdroit français",
    },
    {
        "BE": r"^België\s*$|\bB\.?V\.?B\.?A\b|\bKBO\b|\bBCE\b|[Oo]ndernemingsnummer|\bvzw\b|\bASBL\b",
        "NL": r"^Nederland\s*$|\b[Kk][Vv][Kk]\b|\bChamber of Commerce\b|\bKamer van Koophandel\b",
        "FR": r"^Frankrijk\s*$|\bSIRET\b|\bRCS\b",
    },
    {
        "BE": r"\bGegevensbeschermingsautoriteit\b|\bAutorité de protection des données\b|\bPrivacycommissie\b",
        "NL": r"\bAutoriteit Persoonsgegevens\b|\bCollege [Bb]escherming [Pp]ersoonsgegevens\b",
        "FR": r"\bCNIL\b",
    },
    {"NL": r"\b\d{4} [A-Z]{2} +[A-Z]"},
)


def names(text: str) -> Iterator[Found]:
    """The controller as a legal person, then what the title names."""
    for match in _ENTITY.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 :].partition("\n")[0].strip()
        before = text[max(0, match.start() - 30) : match.start()].rpartition("\n")[2]
        after = re.split(r"\n|\. [A-Z]", text[match.end() : match.end() + 70])[0]
        if line == match[0] or _OWN.search(f"{before}|{after}") or _ADDRESSED.match(after):
            yield match[0], *match.span()
    for match in _TITLE.finditer(text[:1000]):
        yield re.split(r" [-–] ", match["name"])[0].strip(), *match.span("name")


def mail_addresses(text: str) -> Iterator[Found]:
    """Where requests are sent first, what has another purpose last."""
    found = [
        (_rank(match[1], text[max(0, match.start() - 250) : match.end()]), match.span(), match[1])
        for match in _ADDRESS.finditer(text)
        if not _AUTHORITY_HOSTS.search(match[1])
    ]
    yield from ((address, *span) for _, span, address in sorted(found))


def websites(text: str) -> Iterator[Found]:
    """Every site that is not an authority's."""
    for match in _SITE.finditer(text):
        if not _AUTHORITY_HOSTS.search(match[1]):
            yield match[1].rstrip("."), *match.span()


def post_addresses(text: str) -> Iterator[Found]:
    """A street with its number and a postcode with its place, on two lines or in one sentence; where goods go last."""
    found = [one for pattern in _PLACES for one in pattern.finditer(text)]
    for match in sorted(found, key=lambda one: (_is_for_goods(text, one), one.start())):
        if not _AUTHORITY.search(_before(text, match)):
            yield f"{match['street'].strip()}, {_place(match)}", *match.span()


def _is_for_goods(text: str, match: re.Match[str]) -> bool:
    return _FOR_GOODS.search(_before(text, match).rpartition(". ")[2]) is not None


def _before(text: str, match: re.Match[str]) -> str:
    """What the same line says before it."""
    return text[max(text.rfind("\n", 0, match.start()), match.start() - 150, 0) : match.start()]


def _place(match: re.Match[str]) -> str:
    parts = match.groupdict()
    return " ".join((parts.get("place") or f"{parts['code']} {parts['town']}").split())


def handlers(text: str) -> Iterator[Found]:
    """Who handles privacy matters."""
    yield from _people(_HANDLERS, text)


def officers(text: str) -> Iterator[Found]:
    """Who oversees them as data protection officer (article 39)."""
    yield from _people(_OVERSEERS, text)


def _people(patterns: Iterable[re.Pattern[str]], text: str) -> Iterator[Found]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield match["who"].rstrip("."), *match.span()


def countries(text: str) -> Iterator[Found]:
    """The country, or each that the plainest sign allows."""
    for level in _COUNTRIES:
        shown = [(country, re.search(pattern, text, re.MULTILINE)) for country, pattern in level.items()]
        if any(match for _, match in shown):
            yield from ((country, *match.span()) for country, match in shown if match)
            return


def _rank(address: str, before: str) -> int:
    line = before.rpartition("\n")[2]
    if _PRIVACY_BOX.match(address):
        return 0
    if _ASKED.search(line):
        return 1
    return 4 if _OFFICER_BOX.match(address) else 3 if _OTHER_BOX.match(address) else 2
