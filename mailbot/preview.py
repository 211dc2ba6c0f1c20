"""What would happen with a mail: the whole decision, carried out in memory and thrown away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mailbot.app import Tenant
from mailbot.incoming.requests import content_wins, find_or_open
from mailbot.incoming.understanding import understand
from mailbot.model import Letter
from mailbot.store import TinyStore


def preview(tenant: Tenant, raw: bytes, received_at: datetime, now: datetime) -> dict[str, Any]:
    """Mail, verdict, customer match, deadlines, actions and letters as JSON. Touches no store of the company."""
    understood = understand(tenant, raw, received_at)
    mail, match, verdict = understood.mail, understood.match, understood.verdict
    store = TinyStore(None)
    with store.unit() as unit:
        taken_in = not mail.automatic or content_wins(mail, verdict, tenant.policy)
        done = find_or_open(unit, tenant, understood, None, now) if taken_in else None
        case = done.case if done else None
        history = unit.history(case.ref) if case else []
    store.close()
    return {
        "mail": {
            "from_address": mail.sender.email if mail.sender else None,
            "subject": mail.subject,
            "received_at": mail.received_at.astimezone(tenant.policy.zone).isoformat(),
            "automatic": mail.automatic,
            "authenticated": f"{mail.authenticated.state}: {mail.authenticated.reason}",
            "defects": list(mail.defects),
            "body_text": mail.text,
        },
        "verdict": {
            "kinds": [kind.value for kind in verdict.kinds],
            "certainty": round(verdict.certainty, 4),
            "act": verdict.act,
            "language": verdict.language,
            "reasons": [{"kind": reason.kind, "quote": reason.quote} for reason in verdict.reasons],
            "signals": list(verdict.signals),
        },
        "customer": {"state": match.state, "customer_id": match.customer_id},
        "status": case.status.value if case else "no case",
        "needs": list(case.needs) if case else [],
        "clock": case.clock if case else "",
        "deadlines": [
            {
                "name": deadline.name,
                "on": deadline.on and deadline.on.isoformat(),
                "due": deadline.due.astimezone(tenant.policy.zone).isoformat(),
                "basis": deadline.basis,
                "explanation": deadline.explanation,
            }
            for deadline in (case.deadlines if case else ())
        ],
        "actions": [action["do"] for entry in history for action in entry.actions],
        "letters": [_letter(letter) for letter in (done.letters if done else ())],
    }


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "template": letter.template,
        "to": letter.to,
        "audience": letter.audience,
        "state": letter.state.value,
        "why": letter.why,
        "subject": letter.subject,
        "text": letter.text,
    }
