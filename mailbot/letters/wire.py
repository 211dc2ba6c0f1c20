"""A letter as bytes (RFC 5322): the headers that keep machines quiet, one recipient, text and HTML.

Letters to people outside say that they were made by a machine (RFC 3834), so that no absence notice answers them, but
never ask for silence of bounces. Mail to staff carries only our loop header, so that an absence notice is seen.
"""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from mailbot.letters.render import clean
from mailbot.model import Letter, Policy

LOOP_HEADER = "X-Mailbot-Loop"


def to_bytes(letter: Letter, policy: Policy, at: datetime) -> bytes:
    """The finished message. Raises ValueError when an address or header would not survive the wire."""
    message = EmailMessage(policy=SMTP)
    message["From"] = HeaderAddress(clean(policy.name, 100), addr_spec=policy.mailbox)
    message["To"] = HeaderAddress(addr_spec=letter.to)
    message["Subject"] = clean(letter.subject, 200)
    message["Date"] = format_datetime(at.astimezone(policy.zone))
    message["Message-ID"] = letter.message_id
    if letter.in_reply_to:
        message["In-Reply-To"] = clean(letter.in_reply_to, 500)
        message["References"] = " ".join(_references(letter))
    if letter.audience == "requester":
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message[LOOP_HEADER] = policy.tenant
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return _checked(message, letter)


def _references(letter: Letter) -> list[str]:
    """First and newest ids of the thread (RFC 5322, 3.6.4), cleaned and bounded."""
    ids = [clean(id, 250) for id in letter.references if " " not in id]
    kept = ids if len(ids) <= 10 else [*ids[:2], *ids[-8:]]
    last = clean(letter.in_reply_to, 250)
    return [*(id for id in kept if id != last), last]


def _checked(message: EmailMessage, letter: Letter) -> bytes:
    """Read the finished bytes again: the headers must be the ones we set (demand 12)."""
    raw = message.as_bytes()
    head = raw.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    if len(names) != len(message.keys()):
        raise ValueError(f"{letter.token}: a header value would add a header")
    return raw
