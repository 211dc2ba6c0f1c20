"""What a mail says, who wrote it, and what it asks; nothing is decided here, and no store is touched.

read       parse -> screen -> a form of our own website? -> passed on? -> identity numbers masked -> classify
recognise  is the sender who he says (may ask the DNS), and which customer is he (may ask the shop's database)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.app import Tenant
from mailbot.classify import GENERAL, Rules
from mailbot.decide import opens_case
from mailbot.incoming.identify import authenticate_sender, identify
from mailbot.model import Address, Defect, Mail, Match, Policy, Signal, Trust, Verdict
from mailbot.parse import answered, is_scanned, may_be_attached, parse
from mailbot.sender import capacity, passed_on, webform
from mailbot.sender.authenticity import TYPED
from mailbot.sender.redaction import redacted
from mailbot.sender.screen import Automatic, screen

#: What the mail of a form that is no machine's by its address may look like.
_BY_FORMS = (None, Automatic.AUTO_GENERATED, Automatic.NULL_SENDER)


@dataclass(frozen=True, slots=True)
class Understood:
    """A mail, whose customer its writer is, and what it asks."""

    mail: Mail
    match: Match
    verdict: Verdict


def understand(tenant: Tenant, raw: bytes, received_at: datetime, truncated: bool = False) -> Understood:
    """Read one mail and recognise its writer."""
    mail, verdict = read(tenant, raw, received_at, truncated)
    mail, match = identify_sender(tenant, mail, raw, truncated)
    return Understood(mail, match, verdict)


def identify_sender(tenant: Tenant, mail: Mail, raw: bytes, truncated: bool) -> tuple[Mail, Match]:
    """Ask whether the sender of a mail that was read is who he says, and a customer."""
    typed = mail.authenticated is TYPED
    sent = replace(mail, sender=mail.claimed_from) if typed else mail  # a form is as true as the website that sent it
    result = authenticate_sender(tenant, sent, b"" if truncated else raw)
    if not typed or result.state is Trust.FAIL:
        mail = replace(mail, authenticated=result)
    return mail, identify(tenant, passed_on.as_requester(mail))


def read(tenant: Tenant, raw: bytes, received_at: datetime, truncated: bool = False) -> tuple[Mail, Verdict]:
    """Parse, screen and classify one mail; asks nobody whether its sender is who he says, or a customer."""
    mail = parse(raw, received_at, tenant.policy.own_hosts, passed_on.company_addresses(tenant.policy))
    opened = mail.forwarded_from is not None
    automatic = screen(mail, tenant.policy.addresses)
    visitor = _visitor(mail, automatic, tenant.policy)
    if visitor:
        mail, automatic = replace(mail, sender=visitor, reply_to=None, claimed_from=mail.sender), None
    mail, automatic = passed_on.attribute(mail, automatic, tenant.policy)
    if automatic is None and not visitor and not mail.forwarded_from:
        mail = _through_form(mail, tenant.policy)
    defects = (*mail.defects, Defect.TRUNCATED) if truncated else mail.defects
    authentication = TYPED if visitor else mail.authenticated
    mail, papers = redacted(replace(mail, automatic=automatic, authenticated=authentication, defects=defects))
    rules = rules_of(tenant.policy)
    verdict = tenant.classifier.classify(mail.subject, mail.text, quoted=answered(mail.quoted), rules=rules)
    more = capacity.signals(mail, tenant.policy.professional_addresses) if _asks(verdict) else ()
    more += (Signal.AUTHORITY_DEMAND,) if capacity.is_authority(mail, tenant.policy.authority) else ()
    more += (Signal.IDENTITY_DOCUMENT,) if papers else ()
    verdict = replace(verdict, signals=tuple(dict.fromkeys((*verdict.signals, *more))))
    ours = verdict.is_request and Defect.ONLY_A_QUOTE in mail.defects  # sent back by mistake, perhaps
    if ours or Defect.ANSWERS_IN_QUOTE in mail.defects:
        verdict = replace(verdict, act="triage")
    return _unowned(_doubted(mail, verdict, opened, tenant.policy), verdict, tenant.policy), verdict


def _visitor(mail: Mail, automatic: str | None, policy: Policy) -> Address | None:
    """Who filled in the form that this mail is."""
    filled_in = mail.reply_to is not None or webform.is_form(mail)
    ours = automatic == Automatic.OWN or (automatic == Automatic.NO_REPLY and filled_in)
    if not ours and not (automatic in _BY_FORMS and webform.is_sent_for_us(mail, policy.addresses)):
        return None
    return webform.submitter(mail, policy.addresses)


def _through_form(mail: Mail, policy: Policy) -> Mail:
    """A form in somebody's mail that names another than him: a colleague passes it on; of a stranger's a person tells
    whose it is."""
    if not webform.names_another(mail):
        return mail
    if passed_on.is_colleague(mail, policy):
        visitor = webform.submitter(replace(mail, reply_to=None), policy.addresses)
        return replace(mail, forwarded_from=visitor, sender=mail.sender if visitor else None, claimed_from=mail.sender)
    return replace(mail, defects=(*mail.defects, Defect.OTHER_IN_FORM))


def _unowned(mail: Mail, verdict: Verdict, policy: Policy) -> Mail:
    """A mail from our own address to ourselves that may ask something is nobody's, until a person says whose."""
    if mail.automatic != Automatic.OWN or not webform.is_to_ourselves(mail, policy.addresses):
        return mail
    return replace(mail, sender=None, claimed_from=mail.sender) if opens_case(mail, verdict) else mail


def _doubted(mail: Mail, verdict: Verdict, opened: bool, policy: Policy) -> Mail:
    """A person's few words that ask nothing plainly, or a scanner's, beside a document: what he asks may stand there.
    Not in a mail that he enclosed and that was read, nor in what a colleague sends to somebody else and copies in."""
    plain = verdict.is_request and verdict.act == "auto"
    machine = mail.automatic is not None and not is_scanned(mail.text)
    if plain or opened or machine or not may_be_attached(mail.text, mail.attachments):
        return mail
    if passed_on.is_letter_of_ours(mail, policy):
        return mail
    return replace(mail, defects=(*mail.defects, Defect.WORDS_PERHAPS_ELSEWHERE))


def _asks(verdict: Verdict) -> bool:
    """Whether it can matter for whom somebody writes."""
    return verdict.is_request or verdict.act == "triage"


def rules_of(policy: Policy) -> Rules:
    """What the sorter must know of a company."""
    return Rules(policy.leaving_is_erasure, policy.minor_age, max(GENERAL.certain, policy.certainty_auto))
