"""A mailbox of years with requests planted in it, of each of which it is known what became of it.

The texts are mails on which the sorter was not trained; threads, folders, dates and answers are made here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from random import Random

from mailbot.audit.findings import State

BOX = "privacy@mail.test"
FIRST, LAST = datetime(2024, 1, 5, 8, tzinfo=UTC), datetime(2025, 9, 1, 8, tzinfo=UTC)
NOW = datetime(2025, 12, 1, 9, tzinfo=UTC)
_DEV = Path(__file__).parent / "corpus" / "heldout" / "dev.jsonl"
_RIGHTS = {"access", "erasure", "rectification", "portability", "restriction", "objection", "direct_marketing"}
_ANSWERS = {
    "access": "In de bijlage vindt u een kopie van alle gegevens die wij van u hebben.",
    "erasure": "Wij hebben uw account en uw gegevens vandaag verwijderd.",
    "rectification": "Wij hebben uw gegevens aangepast zoals u vroeg.",
    "portability": "Bijgevoegd vindt u uw gegevens als csv-bestand.",
    "restriction": "Wij hebben het gebruik van uw gegevens beperkt tot de bewaring.",
    "objection": "Wij zijn na uw bezwaar gestopt met dit gebruik.",
    "direct_marketing": "Wij hebben u afgemeld voor al onze mailings.",
}
_RECEIPT = "Wij hebben uw verzoek in goede orde ontvangen en nemen het in behandeling. U hoort nog van ons."
_BOTH = (
    "Ik wil een kopie van alle persoonsgegevens die u van mij hebt. Verwijder daarna mijn account en al mijn gegevens."
)
_TALK = "Dank voor uw bericht. Uw pakket is onderweg; hieronder de track en trace. Vriendelijke groet, de winkel"


@dataclass(frozen=True)
class Laid:
    """A mail as it must lie in the mailbox."""

    folder: str
    raw: bytes
    at: datetime
    flags: str = "\\Seen"


@dataclass(frozen=True)
class Planted:
    """The mails, and the fate of each planted request by its Message-ID."""

    mails: tuple[Laid, ...]
    fates: dict[str, State]


def mailbox(mails: int, unanswered: int, late: int, half: int, timely: int, seed: int = 7) -> Planted:
    """So many mails in all, among them the planted requests."""
    chance = Random(seed)
    fates: dict[str, State] = {}
    laid: list[Laid] = []
    wanted = {State.UNANSWERED: unanswered, State.LATE: late, State.HALF: half, State.ANSWERED: timely}
    texts = _requests(chance)
    for number, state in enumerate(state for state, count in wanted.items() for _ in range(count)):
        id = f"<request.{number}@people.test>"
        fates[id] = state
        laid += _request(chance, number, id, state, next(texts))
    talk = _talk(chance)
    while len(laid) < mails:
        laid.append(next(talk))
    chance.shuffle(laid)
    return Planted(tuple(laid), fates)


def _rows() -> list[dict[str, object]]:
    return [json.loads(line) for line in _DEV.read_text("utf-8").splitlines()]


def _requests(chance: Random) -> Iterator[tuple[str, str, str]]:
    """(kind, subject, body), each text once before any comes again."""
    rows = [row for row in _rows() if len(row["kinds"]) == 1 and row["kinds"][0] in _RIGHTS]  # type: ignore[arg-type,index]
    while True:
        chance.shuffle(rows)
        yield from ((str(row["kinds"][0]), str(row["subject"]), str(row["body"])) for row in rows)  # type: ignore[index]


def _request(chance: Random, number: int, id: str, state: State, text: tuple[str, str, str]) -> Iterator[Laid]:
    kind, subject, body = text
    person = f"persoon{number}@people.test"
    at = FIRST + (LAST - FIRST) * chance.random()
    only_receipt = state is State.HALF and number % 2 == 0
    if state is State.HALF and not only_receipt:
        kind, body = "access", _BOTH
    yield _laid(chance.choice(("INBOX", "Archive", "Trash")), at, person, BOX, subject, body, id)
    if state is State.UNANSWERED:
        if number % 3 == 0:  # something else went to the same person, which is no answer
            yield _laid(
                "Sent", at + timedelta(days=3), BOX, person, "Uw bestelling", _TALK, f"<order.{number}@mail.test>"
            )
        return
    days = {State.LATE: 40 + chance.randrange(200), State.HALF: 4, State.ANSWERED: 1 + chance.randrange(24)}[state]
    answer = _RECEIPT if only_receipt else f"Beste heer, mevrouw,\n\n{_ANSWERS[kind]}\n\nVriendelijke groet"
    loose = number % 4 == 0  # a colleague who wrote a new mail instead of answering
    yield _laid(
        "Archive" if number % 5 == 0 else "Sent",
        at + timedelta(days=days),
        BOX,
        person,
        f"Re: {subject}",
        answer,
        f"<answer.{number}@mail.test>",
        "" if loose else id,
    )


def _talk(chance: Random) -> Iterator[Laid]:
    """Everything else that lies in a mailbox: questions about orders with answers, newsletters, notices."""
    rows = [row for row in _rows() if row["kinds"] == ["not_a_request"]]
    number = 0
    while True:
        chance.shuffle(rows)
        for row in rows:
            number += 1
            at = FIRST + (LAST - FIRST) * chance.random()
            person, id, subject = f"klant{number}@people.test", f"<talk.{number}@people.test>", str(row["subject"])
            folder = chance.choice(("INBOX", "INBOX", "Archive", "Junk", "Trash"))
            yield _laid(folder, at, person, BOX, subject, f"{row['body']}\n\nnr. {number}", id)
            if number % 3 == 0:
                yield _laid(
                    "Sent", at + timedelta(days=1), BOX, person, f"Re: {subject}", _TALK, f"<re.{number}@mail.test>", id
                )
            if number % 10 == 0:
                yield _laid(
                    folder,
                    at,
                    "nieuws@lijst.test",
                    BOX,
                    "Nieuwsbrief",
                    f"Uitgave {number}.",
                    f"<list.{number}@x.test>",
                    list="<nieuws.lijst.test>",
                )


def _laid(
    folder: str, at: datetime, sender: str, to: str, subject: str, text: str, id: str, answers: str = "", list: str = ""
) -> Laid:
    at = at.replace(microsecond=0)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = sender, to, " ".join(subject.split()), id
    mail["Date"] = format_datetime(at)
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    if list:
        mail["List-Id"] = list
    mail.set_content(text)
    return Laid(
        folder,
        mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
        at,
        "" if len(id) % 5 == 0 else "\\Seen",
    )
