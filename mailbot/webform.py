"""Mail that the company's own website sends for a visitor: who filled in the form?

Contact forms write from the company's own address and name the visitor in Reply-To, or only in the text. The rule
kept here: what a visitor typed is a claim; it names where an answer may go, it proves nothing.
"""

from __future__ import annotations

import re

from mailbot.model import Address, Mail

_FIELD = re.compile(
    r"^\s*(?:uw |your |votre |ihre )?(?:e-?mail(?:adres|address)?|adresse e-?mail|courriel)\s*:\s*"
    r"<?([^\s<>@,;]{1,64}@[^\s<>@,;]{1,255}\.[a-z]{2,24})>?",
    re.IGNORECASE | re.MULTILINE,
)


def submitter(mail: Mail, own_addresses: tuple[str, ...]) -> Address | None:
    """The visitor's address as the form gives it: in Reply-To, else in a line `E-mail: ...`; None if there is none."""
    own = {address.lower() for address in own_addresses}
    if mail.reply_to and mail.reply_to.email.lower() not in own:
        return mail.reply_to
    claimed = {found.lower() for found in _FIELD.findall(mail.text[:20_000])} - own
    return Address(claimed.pop()) if len(claimed) == 1 else None
