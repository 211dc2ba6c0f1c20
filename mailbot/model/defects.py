"""What is wrong with a mail that came in, in short phrases: all that can stand in `Mail.defects`.

The rule kept here: the phrases are part of what `mailbot parse` prints, so one that is in use never changes.
"""

from __future__ import annotations

from enum import StrEnum


class Defect(StrEnum):
    """What could not be read, or is not what it claims to be."""

    # the header block (RFC 5322)
    BROKEN_HEAD = "broken header block"
    JUNK_LINE = "junk header line"
    NO_SEPARATOR = "no empty line after the header"
    LONG_HEADER = "header cut"
    NO_MESSAGE_ID = "no message id"
    FIELD_TWICE = "field twice"  # a signature may cover the other one

    # who wrote it, and where an answer goes
    NO_SENDER = "no sender"
    TWO_SENDERS = "two senders"
    UNCLEAR_SENDER = "unclear sender"
    UNREADABLE_SENDER = "unreadable sender"
    OTHER_NAME = "display name shows another address"
    OTHER_IN_FORM = "form names another sender"
    WRITER_NOT_NAMED = "passed on, its writer not named"
    TWO_REPLY_TO = "two reply addresses"
    UNCLEAR_REPLY_TO = "unclear reply address"
    UNREADABLE_REPLY_TO = "unreadable reply-to"

    # the parts (RFC 2046)
    TOO_BIG = "mail cut"  # by us
    TRUNCATED = "truncated"  # by the server, or on the way from it
    TOO_MANY_PARTS = "too many parts"
    TOO_DEEP = "nested too deep"
    BROKEN_MULTIPART = "broken multipart"
    UNFINISHED = "unfinished multipart"
    BROKEN_ENCODING = "broken transfer encoding"

    # the text
    WRONG_CHARSET = "wrong charset"
    UNKNOWN_CHARSET = "unknown charset"
    ENCODED_TWICE = "encoded twice"
    TEXT_CUT = "text cut"
    TEXT_IN_ATTACHMENT = "text in attachment"  # and it was read
    ONLY_A_QUOTE = "only a quote"
    ANSWERS_IN_QUOTE = "answers in the quote"
    PAPER_LEFT_OUT = "identity paper or number left out"

    # the text cannot be read, or perhaps not all of it
    ENCRYPTED = "encrypted"
    OPAQUE = "signed and not readable"
    TNEF = "tnef"
    NO_TEXT = "no readable text"
    EMPTY = "empty"
    WORDS_ELSEWHERE = "words in attachment"
    WORDS_PERHAPS_ELSEWHERE = "words perhaps in attachment"
    UNREADABLE = "unreadable"
    UNREADABLE_BODY = "unreadable body"
    UNREADABLE_HTML = "unreadable html"


#: After these it is not sure who wrote the mail.
DOUBT_THE_SENDER = frozenset(
    {
        *(Defect.NO_SENDER, Defect.TWO_SENDERS, Defect.UNCLEAR_SENDER, Defect.UNREADABLE_SENDER),
        *(Defect.OTHER_NAME, Defect.OTHER_IN_FORM),
    }
)
#: After these the text cannot be trusted to say everything.
HIDE_THE_TEXT = frozenset(
    {
        *(Defect.ENCRYPTED, Defect.OPAQUE, Defect.TNEF, Defect.NO_TEXT, Defect.EMPTY),
        *(Defect.WORDS_ELSEWHERE, Defect.WORDS_PERHAPS_ELSEWHERE),
        *(Defect.UNREADABLE, Defect.UNREADABLE_BODY, Defect.UNREADABLE_HTML),
    }
)
