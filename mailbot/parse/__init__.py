"""Bytes to a `Mail`: header, sender, own words, attachments, defects.

The rule kept here: nothing raises and nothing is guessed in silence. What could not be read, or was read otherwise than
it claims, is a short phrase in `Mail.defects`; `decide` calls a person for the ones that matter.

    parse(raw, received_at, own_hosts)
      reading    caps, then the stages, each guarded
        parts      the tree of parts as positions in the bytes    header, encoded_words, charsets
        addresses  From read twice (CVE-2023-27043)
        received   the moment of arrival                            moments (as forwards tell it)
        body       what a person would read                        html, flowed, embedded, invitation
          quotes     own words apart from quotes                   joined_headers, quote_headers, footers
          forwards   the inner mail of a bare forward
          attached_request  whether the words may stand in an attachment
        fields     kept headers, Message-ID, references
"""

from mailbot.parse.attached_request import is_scanned, may_be_attached
from mailbot.parse.quotes import answered, own_text
from mailbot.parse.reading import parse

__all__ = ["answered", "is_scanned", "may_be_attached", "own_text", "parse"]
