"""What the template of a mail to a processor may name.

The rule kept here: only what our own records know goes out (F-04), never the name that a stranger wrote above
his mail, nor the records of who only asks for another (C-11); and who erases for us is told what the law makes us
keep (B-40).
"""

from __future__ import annotations

from mailbot.actions import Send
from mailbot.dates import written_date
from mailbot.letters.in_words import day_in_words
from mailbot.letters.render import Value, clean
from mailbot.model import Case, Policy, subject_on_file


def for_processor(case: Case, send: Send, policy: Policy) -> dict[str, Value]:
    """The person by the address and number on file, and what is asked about him."""
    asked = case.work.asked_about(send.plan_step)
    address, number = subject_on_file(case)
    party = next((one for one in policy.processors if asked and one.name == asked.party), None)
    language = send.language or "nl"
    return {
        "verb": send.plan_step.partition(":")[0],
        "party": clean(party.name if party else "", 200),
        "party_holds": clean(party.holds if party else "", 300),
        "on_file": bool(address or number),
        "person_email": clean(address, 254),
        "person_number": clean(number, 60),
        "asked_on": day_in_words(asked.asked_at if asked else None, policy, language),
        "ticket": clean(asked.ticket if asked else "", 40),
        "must_stay": [
            {
                "document": clean(one.document, 100),
                "what": clean(one.what, 60),
                "until": written_date(one.until, language),
            }
            for one in case.work.kept
        ],
    }
