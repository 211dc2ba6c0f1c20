"""Nothing that answers by itself keeps us writing: loops, floods, bounces. Intake goes on whatever stops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from company import ACCESS, BOX, ERASURE, KNOWN, ORDER, START, Clock, a_company, a_raw_mail, cases, letters, opened
from mailbot import events, worker
from mailbot.acts import acting
from mailbot.app import Tenant
from mailbot.classify import GENERAL, Classifier, Rules
from mailbot.demo.servers import MailServers
from mailbot.model import Caps, Kind, LetterState, Outcome, Status, Verdict
from mailbot.operation import health
from mailbot.outgoing import releasing
from mailbot.outgoing.breaker import close
from rig.dovecot import Dovecot
from rig.postfix import Postfix

OTHER = "dpo@mail.test"
HEADERS_OF_MACHINES = ("auto-submitted", "x-mailbot-loop", "x-auto-response-suppress", "references", "in-reply-to")


class Believer(Classifier):
    """Takes every mail for a request: the worst that can meet itself."""

    def __init__(self) -> None:
        pass

    def classify(self, subject: str, text: str, *, quoted: str = "", rules: Rules = GENERAL) -> Verdict:
        return Verdict((Kind.ACCESS,), 0.99, "auto", "nl")


@contextmanager
def two_companies(dovecot: Dovecot, postfix: Postfix, folder: Path) -> Iterator[tuple[Tenant, Tenant]]:
    """Two installations whose mailboxes write to each other, with caps as shipped."""
    with ExitStack() as stack:
        made = []
        for box in (BOX, OTHER):
            (folder / box).mkdir()
            imap, smtp = dovecot.account(box), postfix.account(box)
            facts = {"mailbox": box, "addresses": (box,), "contact_email": KNOWN, "deputy_email": "", "caps": Caps()}
            tenant = stack.enter_context(opened(a_company(imap, smtp, folder / box, **facts), folder / box))
            tenant.classifier = Believer()
            made.append(tenant)
        yield made[0], made[1]


def to_each_other(tenant: Tenant) -> int:
    return sum(1 for letter in letters(tenant, LetterState.SENT) if letter.to in (BOX, OTHER))


@pytest.mark.real
def test_two_instances_pointed_at_each_other_stop_after_one_letter(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path, clock: Clock
) -> None:
    dovecot.deliver(a_raw_mail(ACCESS, sender=OTHER), BOX, OTHER)
    with two_companies(dovecot, postfix, tmp_path) as pair:
        for _ in range(6):
            for tenant in pair:
                worker.once(tenant, clock)
                postfix.settle()
            clock.move(minutes=10)
        assert [to_each_other(tenant) for tenant in pair] == [1, 0]


@pytest.mark.real
def test_two_instances_stop_after_two_letters_although_a_gateway_hides_that_they_are_machines(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path, clock: Clock
) -> None:
    dovecot.deliver(a_raw_mail(ACCESS, sender=OTHER), BOX, OTHER)
    with two_companies(dovecot, postfix, tmp_path) as pair:
        for turn in range(10):
            for tenant in pair:
                worker.once(tenant, clock)
                postfix.settle()
                _launder(dovecot, OTHER if tenant is pair[0] else BOX, turn)
            clock.move(minutes=10)
        sent = [to_each_other(tenant) for tenant in pair]
        assert max(sent) <= 2
        assert sent[1] >= 1, "the washed mail was taken for a person's"


def _launder(dovecot: Dovecot, box: str, turn: int) -> None:
    """What lies new in the inbox comes again as a stranger's mail, without a sign of a machine."""
    with dovecot.client(box) as client:
        client.select("INBOX")
        for number in client.search(None, "UNSEEN")[1][0].split():
            raw = client.fetch(number.decode(), "(RFC822)")[1][0]
            assert isinstance(raw, tuple)
            kept = [
                line
                for line in raw[1].split(b"\r\n")
                if line.split(b":")[0].decode(errors="replace").lower() not in HEADERS_OF_MACHINES
            ]
            clean = b"\r\n".join(line for line in kept if not line.lower().startswith(b"message-id"))
            if b"X-Washed" not in clean:
                new = b"X-Washed: yes\r\nMessage-ID: <washed.%d.%s@x.test>\r\n" % (turn, number)
                dovecot.put(new + clean, box)


# --- floods ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def servers() -> Iterator[MailServers]:
    with MailServers(
        [BOX, KNOWN, "contact@staff.test", "deputy@staff.test", *(f"u{n}@x.test" for n in range(9))]
    ) as up:
        yield up


@pytest.fixture
def flooded(servers: MailServers, tmp_path: Path, clock: Clock) -> Iterator[Tenant]:
    """A company whose breaker has opened: nine people wrote within an hour, and three letters may leave."""
    caps = Caps(per_address_a_day=2, per_hour=3)
    made = a_company(servers.imap_account(BOX), servers.smtp_account(BOX), tmp_path, caps=caps)
    with opened(made, tmp_path) as tenant:
        for number in range(9):
            raw = a_raw_mail(f"{ERASURE} ({number})", sender=f"u{number}@x.test", number=number)
            servers.put(BOX, raw, internal_date=START)
        worker.once(tenant, clock)
        worker.once(tenant, clock)
        yield tenant


def left_to_people(servers: MailServers) -> int:
    return sum(len(servers.messages(f"u{n}@x.test")) for n in range(9))


def test_the_breaker_stops_sending_not_intake_and_tells_the_contact_person_once(
    flooded: Tenant, servers: MailServers, clock: Clock
) -> None:
    assert len(cases(flooded)) == 9
    assert left_to_people(servers) == 3
    assert sum(1 for letter in letters(flooded, LetterState.SENT) if letter.template == "caps") == 1
    assert "mailbot outbox resume" in health.condition(flooded, clock()).wrong[0]


def test_the_breaker_stays_open_until_a_person_has_looked(flooded: Tenant, servers: MailServers, clock: Clock) -> None:
    clock.move(hours=5)
    servers.put(BOX, a_raw_mail(f"{ACCESS} nog een", sender="u1@x.test", number=50), internal_date=clock())
    worker.once(flooded, clock)
    assert (len(cases(flooded)), left_to_people(servers)) == (10, 3)
    with flooded.store.unit() as unit:
        assert close(unit)
    servers.put(BOX, a_raw_mail(f"{ACCESS} en nog een", sender="u8@x.test", number=51), internal_date=clock())
    worker.once(flooded, clock)
    assert left_to_people(servers) == 4


def test_what_a_person_wrote_or_released_leaves_although_the_breaker_is_open(
    flooded: Tenant, servers: MailServers, clock: Clock
) -> None:
    held = letters(flooded, LetterState.HELD)
    assert len(held) == 6
    releasing.release(flooded, held[0].token, clock())
    case = next(case for case in cases(flooded) if case.ref == held[1].ref)
    acting.act(flooded, case.ref, events.IdentityConfirmed("john", "teruggebeld"), clock())
    acting.act(flooded, case.ref, events.Answered("john", "Uw gegevens zijn gewist.", Outcome.GRANTED), clock())
    clock.move(hours=1)  # a person may take back what he wrote for a while
    worker.once(flooded, clock)
    assert left_to_people(servers) == 5


# --- bounces ---------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_an_answer_that_bounces_is_no_answer_the_case_opens_again_and_staff_hear_of_it(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path, clock: Clock
) -> None:
    gone = "verdwenen@klant.test"
    made = a_company(dovecot.account(), postfix.account(), tmp_path, contact_email=OTHER, deputy_email="", mode="hold")
    dovecot.put(a_raw_mail(ERASURE, sender=gone), internal_date=START)
    with opened(made, tmp_path) as tenant:
        worker.once(tenant, clock)
        [case] = cases(tenant)
        clock.move(days=1)
        acting.act(tenant, case.ref, events.IdentityConfirmed("john", "teruggebeld"), clock())
        acting.act(tenant, case.ref, events.Answered("john", "Uw gegevens zijn gewist.", Outcome.GRANTED), clock())
        clock.move(hours=1)  # a person may take back what he wrote for a while
        worker.once(tenant, clock)
        [answered] = cases(tenant)
        assert all(deadline.met_at for deadline in answered.deadlines)
        postfix.settle()
        clock.move(minutes=5)
        worker.once(tenant, clock)
        [case] = cases(tenant)
        assert (case.status, "answer_bounced" in case.needs) == (Status.OPEN, True)
        assert all(deadline.met_at is None for deadline in case.deadlines)
        told = [letter for letter in letters(tenant, LetterState.SENT) if letter.template == "undelivered"]
        assert [letter.to for letter in told] == [OTHER]
        assert len(cases(tenant)) == 1, "a bounce opens no case"


def test_an_absence_notice_neither_answers_nor_reopens(servers: MailServers, tmp_path: Path, clock: Clock) -> None:
    made = a_company(servers.imap_account(BOX), servers.smtp_account(BOX), tmp_path)
    with opened(made, tmp_path) as tenant:
        servers.put(BOX, a_raw_mail(ACCESS), internal_date=clock())
        worker.once(tenant, clock)
        [case] = cases(tenant)
        acting.act(tenant, case.ref, events.Closed("john", Outcome.WITHDRAWN, "ingetrokken"), clock())
        notice = EmailMessage()
        notice["From"], notice["To"], notice["Subject"] = KNOWN, BOX, "Automatisch antwoord: afwezig"
        notice["Message-ID"], notice["Auto-Submitted"] = "<afwezig@klant.test>", "auto-replied (vacation)"
        notice["In-Reply-To"] = case.thread[-1]
        notice.set_content("Ik ben met vakantie.")
        servers.put(BOX, notice.as_bytes(), internal_date=clock.move(hours=1))
        before = len(servers.messages(KNOWN))
        worker.once(tenant, clock)
        assert cases(tenant)[0].status is Status.CLOSED
        assert len(servers.messages(KNOWN)) == before


def test_no_letter_answers_an_order_question_in_a_flood(servers: MailServers, tmp_path: Path, clock: Clock) -> None:
    made = a_company(servers.imap_account(BOX), servers.smtp_account(BOX), tmp_path, caps=Caps())
    with opened(made, tmp_path) as tenant:
        for number in range(40):
            servers.put(BOX, a_raw_mail(f"{ORDER} {number}", number=number), internal_date=clock())
        worker.once(tenant, clock)
        clock.move(hours=1)
        assert (cases(tenant), servers.accepted) == ([], [])
        assert health.condition(tenant, clock() + timedelta(minutes=1)).wrong == (
            "the mailbox was last read 61 min ago",
        )
