"""What happens in the demonstration: mails that arrive and what people at the companies do about them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from mailbot.model import Outcome

ZONE = ZoneInfo("Europe/Amsterdam")
FIRST_DAY = datetime(2026, 1, 26, 7, 0, tzinfo=ZONE)
DAYS = 42

#: Who is answered by a colleague, how long after receipt, and how. The rest waits, so that warnings can be seen.
ANSWERS: dict[str, tuple[timedelta, Outcome, str]] = {
    "marjan.hoekstra@mail.example": (
        timedelta(days=9),
        Outcome.GRANTED,
        "U vroeg welke gegevens wij van u bewaren. Wij hebben uw naam, adres, e-mailadres en bestellingen bij elkaar "
        "gezocht; u ontvangt het volledige overzicht vandaag in een aparte, beveiligde mail.",
    ),
    "lars.maes@mail.example": (
        timedelta(days=2),
        Outcome.GRANTED,
        "Wij hebben het adres in uw profiel vandaag aangepast. Het oude adres is verwijderd.",
    ),
    "rita.aerts@mail.example": (
        timedelta(days=1),
        Outcome.GRANTED,
        "U staat sinds vandaag niet meer in de verzendlijst voor onze folder en onze nieuwsbrief. Alleen uw adres "
        "staat nog op de lijst van mensen die wij geen reclame sturen, zodat het zo blijft.",
    ),
    "ilse.wouters@mail.example": (
        timedelta(days=12),
        Outcome.ANSWERED,
        "Uw profiel bewaren wij zolang u klant bent. Facturen bewaren wij zolang de wet dat vraagt. De servers van "
        "onze webhost staan in Europa.",
    ),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One mail of the demonstration."""

    at: datetime
    tenant: str
    box: str
    sender: str
    subject: str
    text: str
    kind: str = ""
    reply_to_case: str = ""


def scenes() -> list[Scene]:
    """Every mail, in the order in which they arrive."""
    content = (resources.files("mailbot.demo") / "mails.toml").read_text("utf-8")
    return sorted(map(_scene, tomllib.loads(content)["mail"]), key=lambda scene: scene.at)


def _scene(row: dict[str, Any]) -> Scene:
    return Scene(
        at=datetime.strptime(row["at"], "%Y-%m-%d %H:%M").replace(tzinfo=ZONE),
        tenant=row["to"],
        box=row.get("box", ""),
        sender=row["from"],
        subject=row["subject"],
        text=row.get("text", "").strip() + "\n",
        kind=row.get("kind", ""),
        reply_to_case=row.get("reply_to_case", ""),
    )


def to_bytes(scene: Scene, number: int, box: str, answers: str) -> bytes:
    """The mail as it arrives at `box`; `answers` is the Message-ID that it replies to."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = scene.sender, box, scene.subject
    message["Date"] = format_datetime(scene.at)
    message["Message-ID"] = f"<demo-{number}@mail.example>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    for name, value in _SIGNS.get(scene.kind, {}).items():
        message[name] = value
    message.set_content(scene.text if scene.kind != "bounce" else _BOUNCE)
    return message.as_bytes()


_SIGNS = {
    "bounce": {"Auto-Submitted": "auto-replied", "Return-Path": "<>", "X-Failed-Recipients": "weg@mail.example"},
    "auto-reply": {"Auto-Submitted": "auto-replied", "Precedence": "bulk"},
    "list": {"List-Id": "<nieuwsbrief.bouwwereld.example>", "Precedence": "list"},
}
_BOUNCE = "Your message could not be delivered: <weg@mail.example>: unknown user\n"
