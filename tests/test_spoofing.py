"""People who are not who they say: seventy-odd mails, each played in a world where the customer exists and in one where
not. Nothing of the customer leaves to anybody else, and what anybody else gets is the same in both worlds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import pytest
from desk import Desk

from company import ACCESS, BOX, ERASURE, shipped_sorter
from mailbot import events, worker
from mailbot.accounts import CustomerSource
from mailbot.acts import acting
from mailbot.classify import Classifier
from mailbot.customers import CsvCustomers
from mailbot.errors import Refused
from mailbot.letters import to_bytes
from mailbot.model import REQUEST_KINDS, Case, Kind, Outcome, Status

EXAMPLES = Path(__file__).parent / "corpus" / "examples.jsonl"
PIET, ELS, THIEF = "piet@klant.example", "els@klant.example", "dief@elders.example"
OURS, OWN_HOST = "mx.mail.test", "mx.mail.test"
SECRET = "GEHEIM-7719"
RECEIVED = f"Received: from x by {OWN_HOST}; Mon, 2 Mar 2026 09:00:00 +0000\n"
FOREIGN = "Received: from y by relay.example; Mon, 2 Mar 2026 08:59:00 +0000\n"
SHARED = "thuis@samen.example"
CATALOGUE = f"""id;naam;e-mail;postcode;bestelnummer
1001;Piet Klant;{PIET};1000AA;551234
1001;Piet Klant;piet@werk.example;1000AA;551235
1002;Els Klant;{ELS};1000AB;771234
1003;Anna Samen;{SHARED};2000AA;881234
1004;Bert Samen;{SHARED};2000AA;881235
"""
EMPTY = "id;naam;e-mail;postcode;bestelnummer\n9;Iemand;iemand@anders.example;9999ZZ;123123\n"


def results(words: str, id: str = OURS) -> str:
    return f"Authentication-Results: {id}; {words}\n"


def mail(sender: str, text: str = ACCESS, above: str = "", inside: str = "", subject: str = "verzoek") -> bytes:
    """A mail as our server hands it over: what it wrote above, then what came from outside."""
    head = f"{above}{RECEIVED}{inside}From: {sender}\nTo: {BOX}\nSubject: {subject}\nMessage-ID: <9@elders.example>\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode()


PASS_THIEF = results("dmarc=pass header.from=elders.example")
FAIL_PIET = results("dmarc=fail header.from=klant.example")
FORGED_PASS = results("dmarc=pass header.from=klant.example")
NAMES_PIET = f"{ACCESS} Mijn account staat op {PIET}."


def spoofs() -> dict[str, bytes]:
    """Each attack under the name of what it tries."""
    made: dict[str, bytes] = {}
    for name, text in (("access", ACCESS), ("erasure", ERASURE)):
        made |= {
            f"forged From, check failed, {name}": mail(PIET, text, FAIL_PIET),
            f"forged From, spf failed, {name}": mail(PIET, text, results("spf=fail smtp.mailfrom=klant.example")),
            f"forged From, nobody checked, {name}": mail(PIET, text),
            f"forged result below ours, {name}": mail(PIET, text, FAIL_PIET, FORGED_PASS),
            f"forged result and none of ours, {name}": mail(PIET, text, "", FORGED_PASS),
            f"forged result above a foreign relay, {name}": mail(PIET, text, "", FORGED_PASS + FOREIGN),
            f"forged result of another server above, {name}": mail(
                PIET, text, results("dmarc=pass", "mx.dief.example") + FAIL_PIET
            ),
            f"forged received line of ours, {name}": mail(PIET, text, FAIL_PIET, FORGED_PASS + RECEIVED),
            f"his own domain passes, {name}": mail(
                PIET, text, results("spf=pass smtp.mailfrom=elders.example; dkim=none")
            ),
            f"quoted mailfrom holds a pass, {name}": mail(
                PIET, text, results('spf=pass smtp.mailfrom="a; dmarc=pass"@elders.example')
            ),
            f"look-alike domain, {name}": mail("piet@k1ant.example", text, PASS_THIEF),
            f"longer domain, {name}": mail("piet@klant.example.elders.example", text, PASS_THIEF),
            f"homoglyph domain, {name}": mail("piet@кlant.example", text),
            f"homoglyph local part, {name}": mail("pіet@klant.example", text),
            f"punycode look-alike, {name}": mail("piet@xn--lant-3vd.example", text, PASS_THIEF),
            f"other ending, {name}": mail("piet@klant.example.com", text, PASS_THIEF),
            f"Reply-To elsewhere, {name}": mail(PIET, text, "", f"Reply-To: {THIEF}\n"),
            f"Reply-To elsewhere and passed, {name}": mail(PIET, text, FORGED_PASS, f"Reply-To: {THIEF}\n"),
            f"two From lines, {name}": mail(THIEF, text, "", f"From: {PIET}\n"),
            f"two addresses in From, {name}": mail(f"{PIET}, {THIEF}", text),
            f"From read two ways, {name}": mail(f"{THIEF})<{PIET}>", text),
            f"address as display name, {name}": mail(f'"{PIET}" <{THIEF}>', text, PASS_THIEF),
            f"name of the customer, {name}": mail(f"Piet Klant <{THIEF}>", f"{text}\nPiet Klant, 1000AA", PASS_THIEF),
            f"comment with his address, {name}": mail(f"{THIEF} ({PIET})", text, PASS_THIEF),
            f"null sender, {name}": mail(PIET, text, "", "Return-Path: <>\n"),
            f"no sender at all, {name}": mail("", text),
            f"Sender field of his, {name}": mail(THIEF, text, PASS_THIEF, f"Sender: {PIET}\n"),
            f"names the address, {name}": mail(THIEF, f"{text} Mijn adres bij u is {PIET}.", PASS_THIEF),
            f"names the order, {name}": mail(THIEF, f"{text} Bestelnummer 551234.", PASS_THIEF),
            f"names the customer number, {name}": mail(THIEF, f"{text} Klantnummer 1001.", PASS_THIEF),
            f"names two customers, {name}": mail(THIEF, f"{text} 551234 en 771234.", PASS_THIEF),
            f"names an order that nobody has, {name}": mail(THIEF, f"{text} Bestelnummer 990099.", PASS_THIEF),
            f"shared address, {name}": mail(SHARED, text, results("dmarc=pass header.from=samen.example")),
            f"stranger names the shared address, {name}": mail(THIEF, f"{text} {SHARED}", PASS_THIEF),
            f"sub-address, {name}": mail("piet+x@klant.example", text),
            f"forwarded inline, {name}": mail(
                THIEF, f"---------- Forwarded message ---------\nVan: Piet <{PIET}>\nOnderwerp: x\nAan: {BOX}\n\n{text}"
            ),
            f"changed address asked from the new one, {name}": mail(
                THIEF, f"{text} Ik heb een nieuw e-mailadres, dit. Het oude was {PIET}.", PASS_THIEF
            ),
            f"lawyer with his number, {name}": mail(
                "mr@advocaat.example", f"Namens mijn client, bestelnummer 551234. {text}", PASS_THIEF
            ),
            f"copy to himself, {name}": mail(PIET, text, "", f"Cc: {THIEF}\n"),
            f"errors to himself, {name}": mail(
                PIET, text, "", f"Errors-To: {THIEF}\nDisposition-Notification-To: {THIEF}\n"
            ),
            f"form-like text, {name}": mail(THIEF, f"Naam: Piet Klant\nE-mail: {PIET}\nBericht: {text}", PASS_THIEF),
            f"through our own form, {name}": mail(
                BOX, f"E-mail: {THIEF}\n{text} bestelnummer 551234", "", f"Reply-To: {THIEF}\n"
            ),
        }
    return made


def desk_of(folder: Path, book: str) -> Desk:
    desk = Desk(
        folder,
        automatic=frozenset({"acknowledgement", "neutral", "confirmation", "paper_not_needed"}),
        authserv_ids=(OURS,),
        own_hosts=(OWN_HOST,),
    )
    folder.mkdir(exist_ok=True)
    (folder / "book.csv").write_text(book, "utf-8")
    desk.tenant.__dict__["customers"] = CsvCustomers(CustomerSource("csv", folder / "book.csv"))
    return desk


def masked(letter: EmailMessage) -> str:
    """A mail byte for byte, but for what is different in every mail: id, date, boundary, reference, code."""
    text = letter.as_string()
    for pattern in (
        r"^Message-ID:\s+<[^>]+>",
        r"^Date: .*$",
        r"AVG-\d{4}-\d{4}",
        r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}",
    ):
        text = re.sub(pattern, "*", text, flags=re.MULTILINE)
    boundaries = set(re.findall(r'boundary="([^"]+)"', text))
    for boundary in boundaries:
        text = text.replace(boundary, "*")
    return text


def of_others(desk: Desk, *his: str) -> list[tuple[str, str, str]]:
    """When, to whom and what left for anybody but the customer himself and colleagues."""
    inside = {*his, "contact@staff.test", "deputy@staff.test"}
    return [(str(at), to, masked(letter)) for at, to, letter in desk.left if to not in inside]


def try_to_give(desk: Desk, case: Case) -> None:
    """A colleague in a hurry grants everything."""
    with suppress(Refused):
        acting.act(
            desk.tenant, case.ref, events.Answered("els", f"Uw gegevens: {SECRET}", Outcome.GRANTED), desk.clock()
        )
    for minutes in (0, 15, 15):
        desk.clock.move(minutes=minutes)
        worker.once(desk.tenant, desk.clock)


HIS = (PIET, "piet@werk.example", "piet+x@klant.example", SHARED)


@pytest.mark.parametrize("name", spoofs())
def test_whoever_is_not_the_customer_gets_the_same_whether_he_exists_or_not(name: str, tmp_path: Path) -> None:
    raw = spoofs()[name]
    told = []
    for world, book in (("with", CATALOGUE), ("without", EMPTY)):
        desk = desk_of(tmp_path / world, book)
        desk.round(raw)
        desk.round(hours=1)
        told.append(of_others(desk, *HIS))
    assert told[0] == told[1]


@pytest.mark.parametrize("name", spoofs())
def test_nothing_of_the_customer_leaves_to_anybody_else_even_when_a_colleague_grants_it(
    name: str, tmp_path: Path
) -> None:
    desk = desk_of(tmp_path / "desk", CATALOGUE)
    desk.round(spoofs()[name])
    for case in desk.cases():
        try_to_give(desk, case)
    leaked = [to for _, to, letter in desk.left if SECRET in letter.as_string() and to not in HIS]
    assert leaked == []
    assert not any(THIEF in (str(letter["Cc"]), str(letter["Reply-To"])) for _, _, letter in desk.left)


@pytest.mark.parametrize("name", [name for name in spoofs() if "erasure" in name])
def test_nothing_is_erased_on_the_word_of_somebody_else(name: str, tmp_path: Path) -> None:
    desk = desk_of(tmp_path / "desk", CATALOGUE)
    desk.round(spoofs()[name])
    for case in desk.cases():
        with pytest.raises(Refused):
            acting.act(desk.tenant, case.ref, events.Answered("els", "Alles is gewist.", Outcome.GRANTED), desk.clock())


# --- hijacking a thread --------------------------------------------------------------------------


def hijacks() -> dict[str, Callable[[Case, str], bytes]]:
    """Ways into somebody's case: made from the case and our own letter in it."""

    def with_reference(id: str, sender: str = THIEF, text: str = "JA", above: str = PASS_THIEF) -> bytes:
        return mail(sender, text, above, f"In-Reply-To: {id}\nReferences: {id}\n", subject="Re: verzoek")

    return {
        "guessed reference": lambda case, ours: mail(THIEF, "JA", PASS_THIEF, subject=f"Re: [{case.ref}]"),
        "guessed message id": lambda case, ours: with_reference(f"{ours[:-20]}0000@mail.test>"),
        "leaked message id, other sender": lambda case, ours: with_reference(ours),
        "his own message id": lambda case, ours: with_reference(case.thread[0]),
        "leaked id, forged From that failed": lambda case, ours: with_reference(ours, PIET, above=FAIL_PIET),
        "guessed reference, forged From that failed": lambda case, ours: mail(
            PIET, "JA", FAIL_PIET, subject=f"Re: [{case.ref}]"
        ),
        "leaked id, look-alike": lambda case, ours: with_reference(ours, "piet@k1ant.example"),
        "leaked id, display name": lambda case, ours: with_reference(ours, f'"{PIET}" <{THIEF}>'),
        "leaked id, asks a copy": lambda case, ours: with_reference(ours, THIEF, ACCESS),
        "reminder of somebody else": lambda case, ours: mail(THIEF, f"Herinnering! {ACCESS}", PASS_THIEF),
    }


@pytest.mark.parametrize("name", hijacks())
def test_nobody_writes_himself_into_anothers_case(name: str, tmp_path: Path) -> None:
    desk = desk_of(tmp_path / "desk", CATALOGUE)
    desk.round(mail(PIET, ERASURE, FORGED_PASS))
    [case] = desk.cases()
    ours = str(desk.mails_to(PIET)[0]["Message-ID"])
    desk.forget_mails()
    desk.round(hijacks()[name](case, ours), hours=1)
    mine = next(one for one in desk.cases() if one.ref == case.ref)
    assert (mine.identity, len(mine.mails)) == ("known_address", 1)
    assert not any("AVG-2026-0001" in letter.as_string() for _, to, letter in desk.left if to == THIEF)


def test_the_customer_himself_still_gets_in(tmp_path: Path) -> None:
    desk = desk_of(tmp_path / "desk", CATALOGUE)
    desk.round(mail(PIET, ERASURE, FORGED_PASS))
    ours = str(desk.mails_to(PIET)[0]["Message-ID"])
    desk.round(mail(PIET, "Ja.", FORGED_PASS, f"In-Reply-To: {ours}\n").replace(b"<9@", b"<10@"), hours=1)
    assert [case.identity for case in desk.cases()] == ["confirmed"]


def test_a_forged_yes_without_our_letter_confirms_nothing(tmp_path: Path) -> None:
    desk = desk_of(tmp_path / "desk", CATALOGUE)
    desk.round(mail(THIEF, f"{ERASURE} Mijn adres is {PIET}", PASS_THIEF))
    [case] = desk.cases()
    desk.round(mail(PIET, "JA", "", subject=f"Re: [{case.ref}]").replace(b"<9@", b"<10@"), hours=1)
    assert "confirmed" not in {case.identity for case in desk.cases()}


def test_the_matrix_is_as_large_as_promised() -> None:
    assert len(spoofs()) + len(hijacks()) >= 60


# --- strangers and honest people -----------------------------------------------------------------


def test_the_letter_to_a_stranger_is_the_same_on_the_wire_and_in_its_state(tmp_path: Path) -> None:
    wires = []
    for world, book in (("with", CATALOGUE), ("without", EMPTY)):
        desk = desk_of(tmp_path / world, book)
        desk.round(mail(THIEF, NAMES_PIET, PASS_THIEF))
        [letter] = [one for one in desk.letters() if one.to == THIEF]
        wire = to_bytes(letter, desk.tenant.policy, desk.clock()).decode()
        wires.append(re.sub(r"Message-ID:\s+<[^>]+>|boundary=.*|--=+\d+==(--)?", "*", wire))
        assert (letter.state, letter.attempts, letter.next_try) == ("sent", 1, None)
    assert wires[0] == wires[1]


@pytest.mark.parametrize("each", [3, pytest.param(1, marks=pytest.mark.soak)], ids=["each third", "all"])
def test_nine_of_ten_honest_people_need_no_extra_mail(tmp_path: Path, each: int) -> None:
    rows = [json.loads(line) for line in EXAMPLES.read_text("utf-8").splitlines()]
    asks = [row for row in rows if set(row["kinds"]) & set(REQUEST_KINDS) and "@" in row["from_addr"]]
    counted = [_letters_before_the_answer(tmp_path, row, shipped_sorter()) for row in asks[::each]]
    assert len(asks) > 150
    assert sum(letters == 1 for letters in counted) >= 0.9 * len(counted)
    assert max(counted) <= 1


def _letters_before_the_answer(folder: Path, row: dict[str, str], sorter: Classifier) -> int:
    """How many letters an honest customer gets before his request is handled, when his address is on file."""
    book = f"id;naam;e-mail\n1;{row['from_name'].replace(';', ' ')};{row['from_addr']}\n"
    desk = desk_of(folder / row["id"], book)
    desk.tenant.classifier = sorter
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = row["from_addr"], BOX, row["subject"].replace("\n", " ")
    message["Message-ID"] = f"<{row['id']}@voorbeeld.example>"
    message.set_content(row["body"] or row["subject"])
    domain = row["from_addr"].rpartition("@")[2]
    desk.round((results(f"dmarc=pass header.from={domain}") + RECEIVED).encode() + message.as_bytes())
    for case in desk.cases():
        if case.status is Status.TRIAGE:
            kinds = tuple(Kind(kind) for kind in row["kinds"])
            acting.act(desk.tenant, case.ref, events.Corrected("els", kinds), desk.clock())
    desk.round(hours=1)
    return len(desk.mails_to(row["from_addr"]))
