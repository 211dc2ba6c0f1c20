"""What a refusal of an SMTP server means for a letter, and for all the others. Pure.

The rule kept here: a refusal before a recipient was named is the company's own matter. One behind it that speaks of us
can be the policy of that recipient alone: only a second, unrelated one tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.errors import (
    LoginRefused,
    MailbotError,
    RecipientWaits,
    RelayRefused,
    SenderRefused,
    SendFailed,
    SendUnsure,
    SharedRefusal,
    TryLater,
)
from mailbot.smtp_wire import ENHANCED, code_in

#: What people can do about a letter that is too large: a mail is a third larger than the file in it.
SMALLER = "a copy of data goes in several when package.max_mb is lowered and `mailbot copy` makes it again"
#: What a refusal can be about (RFC 3463, 2): at MAIL beside the sender room, the system, the protocol, the content; at
#: RCPT the address or the box of the recipient.
_NOT_THE_SENDER, _THE_RECIPIENT = frozenset("2356"), frozenset("12")
_POLICY = (550, 551, 553, 554)
#: How servers say that they take mail for others only from who logged in, or from machines that they know.
_RELAY = re.compile(r"relay(?! recipient| domain)|rcpthosts|client host|authenticat")
_RECIPIENT = "<recipient>"
#: A command that the server does not know, or does not expect (RFC 5321, 4.2.4).
_OUT_OF_STEP = (500, 502, 503)
_ENVELOPE = "refused the envelope"


@dataclass(frozen=True, slots=True)
class Replies:
    """The refusals of one server. Only the codes are told: the words may name the recipient."""

    server: str
    has_login: bool

    def at_sender(self, code: int, text: str, sender: str) -> MailbotError:
        """To MAIL: for good about the sender, where it is about nothing that a letter holds."""
        if sender and code in (550, 553, 554) and _subject(text) not in _NOT_THE_SENDER:
            return self._sender_refused(code, text)
        return self._before_the_letter(code, text, _ENVELOPE)

    def at_recipient(self, code: int, text: str, sender: str, recipient: str, doing: str = _ENVELOPE) -> MailbotError:
        """To RCPT, and to DATA before the letter was written."""
        if shared := self._shared(code, text, sender, recipient, doing):
            return shared
        if 400 <= code < 500 and _subject(text) in (*_THE_RECIPIENT, "7"):
            return RecipientWaits(f"{self.server} {doing} ({code_in(code, text)}): for now")
        return self._before_the_letter(code, text, doing)

    def at_end(self, code: int, text: str, sender: str, recipient: str) -> MailbotError:
        """To the whole letter: only here can it be unknown whether it was taken."""
        doing = "refused the letter"
        refused = self._shared(code, text, sender, recipient, doing) or self._refusal(code, text, doing)
        says = f"{self.server} {doing} ({code_in(code, text)}): not an answer of SMTP"
        return refused or SendUnsure(f"{says}; look in the mailbox before sending it again")

    def _before_the_letter(self, code: int, text: str, doing: str) -> MailbotError:
        """Nothing was taken. A server that understands no word of it, or none at this moment, judges no letter."""
        out_of_step = f"{self.server} {doing} ({code_in(code, text)}): out of step"
        return (None if code in _OUT_OF_STEP else self._refusal(code, text, doing)) or TryLater(out_of_step)

    def _refusal(self, code: int, text: str, doing: str) -> MailbotError | None:
        """By the first digit (RFC 5321, 4.2.1); None where that says nothing."""
        says = f"{self.server} {doing} ({code_in(code, text)})"
        if code in (530, 535):
            return LoginRefused(f"{says}: it wants a login; check `username` and its secret")
        if 400 <= code < 500:
            return TryLater(f"{says}: for now")
        if code == 552:  # too large, or the mailbox is full
            return SendFailed(f"{says}: it is too large; {SMALLER}")
        if 500 <= code < 600:
            return SendFailed(f"{says}: for good; correct the address or the letter, or answer by another way")
        return None

    def _shared(self, code: int, text: str, sender: str, recipient: str, doing: str) -> SharedRefusal | None:
        """Where it speaks of us, and not of the recipient."""
        if not sender or code not in _POLICY:
            return None
        words = text.lower().replace(recipient.lower(), _RECIPIENT)
        to_itself = sender.lower() == recipient.lower() and _subject(text) not in _THE_RECIPIENT
        says = f"{self.server} {doing} ({code_in(code, text)}) for this recipient, in words about who sends"
        says = f"{says}; answer by another way"
        if (sender.lower() in words and _RECIPIENT not in words) or (to_itself and "sender" in words):
            return SharedRefusal(says, self._sender_refused(code, text))
        if _RELAY.search(words) and _subject(text) not in _THE_RECIPIENT:
            return SharedRefusal(says, self._relay_refused(code, text))
        return None

    def _sender_refused(self, code: int, text: str) -> SenderRefused:
        """Every letter of the company would be refused like this."""
        says = f"{self.server} takes no letter from the company's own address ({code_in(code, text)})"
        login = "this login may send as it" if self.has_login else "it wants a login (`username`)"
        return SenderRefused(f"{says}; check `mail.mailbox`, and ask the provider whether {login}")

    def _relay_refused(self, code: int, text: str) -> RelayRefused:
        """Every letter to people outside would be."""
        says = f"{self.server} takes letters to its own addresses only ({code_in(code, text)})"
        login = "this login may send to everybody" if self.has_login else "it wants a login (`username`)"
        return RelayRefused(f"{says}; check [smtp], and ask the provider whether {login}")


def _subject(text: str) -> str:
    """The second digit of the enhanced code: what the reply is about."""
    found = ENHANCED.match(text)
    return found[1].split(".")[1] if found else ""
