"""In which capacity somebody writes: for himself, for another, or from a place that he has left.

The rule kept here (B-22 to B-24, C-11, C-13, E-12): nobody is refused for writing for another; a person looks,
because the writer's own address proves nothing of the other. Where a company knows people by their work address, a
stated departure counts too: the employer reads that address. A supervisory authority is known by its address or its
name above the mail, whatever it writes about: its letter has a term of its own.
"""

from __future__ import annotations

import re

from mailbot.model import Authority, Mail, Signal

_RELATIVE = (
    r"(?:zoon(?:tje)?|dochter(?:tje)?|kind(?:eren)?|vader|moeder|man|vrouw|partner|oma|opa|broer|zus|buurman|buurvrouw)"
)
#: Who writes for whom, as remarks name it. The patterns read lower-case text.
_ROLES = {
    "lawyer": re.compile(
        r"\b(?:als|uw|haar|zijn|hun) (?:advocaat|raadsman|raadsvrouw|gemachtigde|juriste?)\b|\bmijn cli[eë]nte?\b"
        r"|\btreed(?:t)? op (?:namens|voor)\b|\brechtsbijstand\b|\bmon client\b|\bma cliente\b|\bmy client\b"
    ),
    "parent": re.compile(
        r"\b(?:gegevens|account|profiel|foto'?s|data|inschrijving) van (?:mijn|m'n|onze|ons) (?:\w+ )?"
        r"(?:zoon|dochter|kind)"
        r"|\bals (?:ouder|vader|moeder|voogd|wettelijk vertegenwoordiger)\b|\bals ouders\b|\bparent of\b|\bparent d"
    ),
    "relative": re.compile(
        rf"\b(?:namens|voor rekening van|in opdracht van) (?:mijn|m'n|onze|ons) (?:\w+ )?{_RELATIVE}\b"
        rf"|\b(?:gegevens|account|profiel|data) van (?:mijn|m'n|onze|ons) (?:\w+ )?{_RELATIVE}\b"
    ),
    "guardian": re.compile(r"\b(?:bewindvoerder|curator|mentor|mantelzorger|onder bewind|onder curatele|tuteur)\b"),
    "heir": re.compile(r"\b(?:erfgena(?:am|men)|executeur|nabestaanden?|nalatenschap|h[eé]ritiers?|executor|heirs?)\b"),
    "union": re.compile(r"\b(?:vakbond|ondernemingsraad|patiëntenvereniging|consumentenbond)\b[^.]{0,60}\bnamens\b"),
}
#: Services that write for people from addresses of their own.
_SERVICES = re.compile(
    r"(?:^|\.)(?:saymine\.(?:io|com)|incogni\.com|yourdigitalrights\.org|joindeleteme\.com|privacybee\.com|optery\.com"
    r"|rightly\.co\.uk|kanary\.com|privacyhawk\.com|onerep\.com)$"
)
#: Those of the three countries (rules D); any of them may write to any company (D-08).
_AUTHORITIES = re.compile(
    r"(?:^|\.)(?:autoriteitpersoonsgegevens\.nl|apd-gba\.be|cnil\.fr"
    r"|gegevensbeschermingsautoriteit\.be|autoriteprotectiondonnees\.be|dataprotectionauthority\.be)$"
)
_LAW_FIRM = re.compile(r"advoca(?:at|ten|tuur)|avocats?\b|\blaw(?:firm|yers)?\b|rechtsbijstand|legal\b|notaris")
_DEPARTED = re.compile(
    r"\b(?:niet (?:meer|langer)|nooit meer) (?:werkzaam|in dienst|actief) (?:bij|voor)\b|\buit dienst\b"
    r"|\bwerk(?:te)? (?:ik )?(?:daar|er|hier|bij [\w .&-]{2,40}|voor [\w .&-]{2,40}) niet meer\b"
    r"|\b(?:ex|oud|voormalig|vorige|vroegere)e?[- ]?(?:werkgever|werknemer|medewerker|collega|baas|personeelslid)\b"
    r"|\b(?:ben|was|werd|is) (?:ik )?(?:daar )?ontslagen\b|\bontslag (?:genomen|gekregen)\b|\bandere werkgever\b"
    r"|\b(?:oude|vroegere|vorige) (?:werk)?(?:mail|e-mail|adres|account|werkadres|mailadres|e-mailadres)\b"
    r"|\bwerkgever (?:mag|hoeft|moet|weet)\b[^.]{0,30}\bniet(?:s)?\b|\bzonder dat mijn (?:werkgever|baas)\b"
    r"|\bancien(?:ne)? employeur\b|\bne travaille plus\b|\bformer employe[er]\b|\bno longer (?:work|employed)\b"
    r"|\bleft the company\b|\bnicht mehr (?:bei|beschäftigt)\b|\behemalige[rn]? arbeitgeber\b"
)


def roles_of(mail: Mail) -> tuple[str, ...]:
    """For whom he writes, by his words or his address: as lawyer, parent, heir, service; nothing if for himself."""
    text = f"{mail.subject}\n{mail.text[:20_000]}".lower()
    found = [role for role, pattern in _ROLES.items() if pattern.search(text)]
    sender = mail.sender
    if sender and _SERVICES.search(sender.email.rpartition("@")[2].lower()):
        found.append("service")
    if sender and _LAW_FIRM.search(f"{sender.email.rpartition('@')[2]} {sender.name}".lower()):
        found.append("lawyer")
    return tuple(dict.fromkeys(found))


def has_left(mail: Mail) -> bool:
    """Whether the writer says that he no longer works where his address on file is, or hides from who reads it."""
    return _DEPARTED.search(f"{mail.subject}\n{mail.text[:20_000]}".lower()) is not None


def is_authority(mail: Mail, own: Authority) -> bool:
    """Whether a supervisory authority writes, or whoever calls himself one; `own` is the company's."""
    if mail.sender is None:
        return False
    domain = mail.sender.email.rpartition("@")[2].lower()
    page = own.complaint_url.partition("://")[2].partition("/")[0].lower().removeprefix("www.")
    at_home = domain == page or domain.endswith(f".{page}") or _AUTHORITIES.search(domain) is not None
    return at_home or own.name.lower() in mail.sender.name.lower()


def signals(mail: Mail, professional: bool) -> tuple[Signal, ...]:
    """What the capacity adds to the signals of a mail. `professional`: the company knows people by work addresses."""
    found = [Signal.REPRESENTATIVE] if roles_of(mail) else []
    return (*found, Signal.FORMER_EMPLOYEE) if professional and has_left(mail) else tuple(found)
