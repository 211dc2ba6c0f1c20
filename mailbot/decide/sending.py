"""Which letter goes to whom, and whether it may leave by itself.

The rule kept here (F-01): in `observe` nothing reaches people outside, in `hold` a person releases each letter,
in `automatic` only the letters on the company's list leave by themselves. Staff mail always leaves.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from mailbot.actions import Send
from mailbot.domains import domain_of
from mailbot.model import DOUBT_THE_SENDER, FIXED, ON_PAPER, ONLY_BY_A_PERSON, Case, LetterState, Mail, Policy, Trust
from mailbot.sender.proof import answer_address

#: How the remark begins that names the other case of which the first mail speaks.
MENTIONS = "mentions "
#: Why a letter waits where nothing is the matter with it.
BY_A_PERSON = "a person releases this letter"
#: Why it never leaves where the company only looks on.
OBSERVES = "this company only observes"
#: How the remark begins that says why a mail went without a letter, and the reason that a person takes away.
SILENT, PERSON_FIRST = "no letter to the sender: ", "a person looks first"


def to_requester(
    token: str,
    template: str,
    case: Case,
    policy: Policy,
    *,
    body: str = "",
    hold: str = "",
    released: bool = False,
    until: date | None = None,
    to: str = "",
) -> Send:
    """A letter to the person who wrote, or `to` another address; for the post where there is none. `hold`: a reason to
    wait. `released`: a person just sent it himself."""
    to = to or (case.requester_email if template in FIXED else answer_address(case))
    state, why = state_of(template, policy, hold, released) if to else on_paper(policy)
    newest = case.mails[-1].message_id if case.mails else ""
    return Send(token, template, to, "requester", state, newest, case.thread, body, why, until)


def state_of(template: str, policy: Policy, hold: str, released: bool) -> tuple[LetterState, str]:
    """Where a letter to people outside begins, and why it waits there."""
    if policy.mode == "observe":
        return LetterState.OBSERVED, OBSERVES
    if released:
        return LetterState.QUEUED, ""
    if hold:
        return LetterState.HELD, hold
    if policy.mode == "automatic" and template in policy.automatic - ONLY_BY_A_PERSON:
        return LetterState.QUEUED, ""
    return LetterState.HELD, BY_A_PERSON


def on_paper(policy: Policy) -> tuple[LetterState, str]:
    """Where a letter begins that goes by post: it waits for a person to print it, and to say when he posted it."""
    return (LetterState.OBSERVED, OBSERVES) if policy.mode == "observe" else (LetterState.HELD, ON_PAPER)


def to_staff(
    token: str,
    template: str,
    policy: Policy,
    *,
    deputy: bool = False,
    body: str = "",
    not_before: datetime | None = None,
) -> list[Send]:
    """A mail to the contact person, and to the deputy when the ladder says so. Never held."""
    first = Send(token, template, policy.contact_email, "staff", LetterState.QUEUED, body=body, not_before=not_before)
    return to_both(first, policy, deputy=deputy)


def _to_deputy(send: Send, policy: Policy) -> Send:
    """The same mail, for the deputy."""
    return replace(send, token=f"{send.token}:deputy", to=policy.deputy_email)


def to_both(send: Send, policy: Policy, *, deputy: bool) -> list[Send]:
    """A warning to the contact person, and to the deputy where he is called or the contact is away."""
    if (deputy or policy.contact_away) and policy.has_deputy:
        return [send, _to_deputy(send, policy)]
    return [send]


def reason_for_silence(mail: Mail, junk: bool) -> str:
    """Why no letter at all answers this mail by itself; empty when one may."""
    if mail.sender is None:
        return "no usable sender address"
    if mail.automatic:
        return f"machine mail: {mail.automatic}"
    if junk:
        return "found in the junk folder"
    if mail.forwarded_from:
        return "forwarded by a colleague"
    if mail.reply_to and domain_of(mail.reply_to.email) != domain_of(mail.sender.email):
        return "replies were asked to another domain"
    return ""


def was_silent(case: Case) -> bool:
    """Whether the first mail of this case went without a letter, for a reason that still stands."""
    told = (remark.removeprefix(SILENT) for remark in case.remarks if remark.startswith(SILENT))
    return any(reason != PERSON_FIRST for reason in told)


def reason_to_hold(mail: Mail) -> str:
    """Why the letter must wait for a person although it was written; empty when it need not."""
    if mail.authenticated.state is Trust.FAIL:
        return f"sender not authentic: {mail.authenticated.reason}"
    doubt = next((defect for defect in mail.defects if defect in DOUBT_THE_SENDER), None)
    return f"doubt about the sender: {doubt}" if doubt else ""
