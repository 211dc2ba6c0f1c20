"""Mail that a website sends for a visitor: who filled in the form?

Contact forms write from the company's own address or from a service's, and name the visitor in Reply-To, or only in the
text. The rules kept here: what a visitor typed is a claim; it names where an answer may go, it proves nothing. Where a
form names two addresses, or comes from where no form of ours is known to come from, a person looks.
"""

from __future__ import annotations

import re

from mailbot.domains import domain_of, is_provider
from mailbot.model import Address, Mail

_ADDRESS = r"([^\s<>@,;:]{1,64}@[^\s<>@,;:]{1,255}\.[a-z]{2,24})"
_BEFORE = r"^[ \t>*_•-]{0,6}(?:(?:uw|jouw|your|votre|ihre) )?"
_AFTER = r"[ \t*_]{0,4}(?::|$|\t| {1,3})[\s*_]{0,8}"
_EMAIL = re.compile(
    rf"{_BEFORE}(?:e-?mail(?:[ -]?(?:adres|addres{{1,2}}|adresse))?|mailadres|adresse e-?mail|courriel){_AFTER}"
    rf"<?(?:mailto:)?{_ADDRESS}>?",
    re.IGNORECASE | re.MULTILINE,
)
_FROM = re.compile(
    rf"^[ \t>*_]{{0,4}}(?:van|from|de|von) ?:[^\n<>@]{{0,100}}<{_ADDRESS}>", re.IGNORECASE | re.MULTILINE
)
_MESSAGE = re.compile(
    rf"{_BEFORE}(?:bericht(?:inhoud)?|message(?: body)?|body|comments?|vraag|opmerking(?:en)?|reactie|toelichting"
    rf"|omschrijving|nachricht|ihre nachricht|question|commentaires?|demande){_AFTER}\S",
    re.IGNORECASE | re.MULTILINE,
)
_FOOTER = re.compile(r"\bcontact ?formulier\b|\bcontact form\b|\bformulaire de contact\b|\bkontakt ?formular\b", re.I)
#: Shops and services that send the forms of companies.
_SERVICES = re.compile(
    r"(?:^|\.)(?:shopify\.com|myshopify\.com|shopifyemail\.com|webshopapp\.com|lightspeedhq\.com|ccvshop\.(?:nl|be)"
    r"|mijnwebwinkel\.nl|jotform\.com|typeform\.com|wufoo\.com|formspree\.io|formsubmit\.co|getform\.io|netlify\.com"
    r"|wix\.com|wixforms\.com|squarespace\.(?:com|info)|jimdo\.com|webflow\.com|formstack\.com|tally\.so"
    r"|cognitoforms\.com|paperform\.co|123formbuilder\.(?:com|io)|forminator\.com)$"
)


def submitter(mail: Mail, own_addresses: tuple[str, ...]) -> Address | None:
    """The visitor's address as the form gives it: in Reply-To, else in a field for it; None if there is none, or more
    than one."""
    own = {address.lower() for address in own_addresses}
    if mail.reply_to and mail.reply_to.email.lower() not in own:
        return mail.reply_to
    named = _named(mail) - own
    return Address(named.pop()) if len(named) == 1 else None


def is_form(mail: Mail) -> bool:
    """Whether a mail is laid out as a form: an address in its field, and a field for the message or the form's name."""
    whole = f"{mail.subject}\n{mail.text[:20_000]}\n{mail.quoted[:2_000]}"
    return bool(_named(mail)) and (_MESSAGE.search(mail.text[:20_000]) or _FOOTER.search(whole)) is not None


def is_sent_for_us(mail: Mail, own_addresses: tuple[str, ...]) -> bool:
    """Whether a form came from where forms of a company come from: its own domain, naming the visitor in Reply-To, or a
    service that sends such forms."""
    if mail.sender is None or not is_form(mail):
        return False
    domain = domain_of(mail.sender.email)
    if _SERVICES.search(domain):
        return True
    ours = set(map(domain_of, own_addresses))
    named = mail.reply_to is not None and mail.reply_to.email.lower() in _named(mail)
    return domain in ours and not is_provider(domain) and named


def names_another(mail: Mail) -> bool:
    """Whether a form names only others than the one who sent it."""
    return mail.sender is not None and is_form(mail) and mail.sender.email.lower() not in _named(mail)


def is_to_ourselves(mail: Mail, own_addresses: tuple[str, ...]) -> bool:
    """Whether a mail of our own goes to nobody else and answers nothing: a form, or a note of what somebody asked."""
    own = {address.lower() for address in own_addresses}
    return not mail.references and bool(mail.to) and all(address.lower() in own for address in mail.to)


def _named(mail: Mail) -> set[str]:
    text = mail.text[:20_000]
    return {found.lower() for found in (*_EMAIL.findall(text), *(_FROM.findall(text) if _is_headed(text) else ()))}


def _is_headed(text: str) -> bool:
    """Whether a form begins with its writer's name and address, as Contact Form 7 does."""
    return _FROM.match(text.lstrip()) is not None and _MESSAGE.search(text) is not None
