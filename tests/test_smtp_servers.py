"""What the program asks of a server that sends its letters, Postfix and Exim give: one contract, run on both."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from company import ACCESS, Clock, a_company, a_raw_mail, letters, opened, work
from mailbot.errors import LoginRefused, SendFailed, SendUnsure, TryLater
from mailbot.model import LetterState
from mailbot.setup import inspection
from mailbot.smtp import SubmissionClient
from rig.courier import Courier
from rig.exim import Exim
from rig.imapserver import mails_in
from rig.installation import Installation
from rig.postfix import Postfix
from rig.proxy import Proxy
from rig.real import until

pytestmark = pytest.mark.real

PRIVACY, KLANT = "privacy@mail.test", "klant@mail.test"
RAW = b"From: privacy@mail.test\r\nTo: klant@mail.test\r\nSubject: Uw verzoek\r\n\r\nOntvangen.\r\n"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_letter_is_taken_over_tls_and_arrives(submission: Postfix | Exim, security: str) -> None:
    port = submission.smtps_port if security == "tls" else submission.submission_port
    with SubmissionClient(submission.account(security=security, port=port)) as post:
        assert post.send(PRIVACY, KLANT, RAW).startswith("250 ")
    until(lambda: b"Ontvangen." in submission.boxes.dump(KLANT), what="delivery")


def test_a_certificate_that_nobody_vouches_for_gets_no_letter(submission: Postfix | Exim) -> None:
    for security, port in (("starttls", submission.submission_port), ("tls", submission.smtps_port)):
        strange = submission.account(security=security, port=port, ca_file=None)
        with (
            SubmissionClient(strange) as post,
            pytest.raises(TryLater, match="certificate is not trusted; set ca_file"),
        ):
            post.send(PRIVACY, KLANT, RAW)


def test_a_wrong_password_is_a_refused_login(submission: Postfix | Exim) -> None:
    with SubmissionClient(submission.account(password=lambda: "mis")) as post, pytest.raises(LoginRefused, match="535"):
        post.send(PRIVACY, KLANT, RAW)


def test_no_password_goes_over_a_bare_line(submission: Postfix | Exim) -> None:
    with SubmissionClient(submission.account(security="plain")) as post, pytest.raises(LoginRefused, match="security"):
        post.send(PRIVACY, KLANT, RAW)


@pytest.mark.parametrize(
    ("recipient", "error", "code"),
    [("grey@mail.test", TryLater, "451 4.7.1"), ("niemand@mail.test", SendFailed, "550 5.1.1")],
)
def test_refusals_are_sorted_by_their_first_digit_and_the_next_letter_goes_out(
    submission: Postfix | Exim, recipient: str, error: type[Exception], code: str
) -> None:
    with SubmissionClient(submission.account()) as post:
        with pytest.raises(error, match=code):
            post.send(PRIVACY, recipient, RAW)
        assert post.send(PRIVACY, KLANT, RAW).startswith("250 ")


def test_the_bounce_of_a_letter_carries_its_message_id(submission: Postfix | Exim) -> None:
    mark = b"Message-ID: <mailbot.1@mail.test>"
    with SubmissionClient(submission.account()) as post:
        post.send(PRIVACY, "bounces@klant.test", mark + b"\r\n" + RAW)
    until(lambda: mark.lower() in submission.boxes.dump(PRIVACY).lower(), what="the bounce")
    assert b"Action: failed" in submission.boxes.dump(PRIVACY)


def test_a_letter_whose_answer_got_lost_is_unsure_and_may_well_be_delivered(submission: Postfix | Exim) -> None:
    with (
        Proxy(submission.smtp_port) as proxy,
        SubmissionClient(submission.account(port=proxy.port, security="plain", username="", timeout=1)) as post,
    ):
        proxy.mute_after(b"\r\n.\r\n")
        with pytest.raises(SendUnsure, match="no answer in time"):
            post.send(PRIVACY, KLANT, RAW)
    until(lambda: b"Ontvangen." in submission.boxes.dump(KLANT), what="delivery")


def test_a_letter_larger_than_the_server_takes_is_not_even_begun(submission: Postfix | Exim) -> None:
    begun = len(submission.log)
    with submission.taking_at_most(100_000), SubmissionClient(submission.account()) as post:
        post.send(PRIVACY, KLANT, b"Subject: klein\r\n\r\nx\r\n")
        with pytest.raises(SendFailed, match=r"at most 0.1 MB, and this one has 0.2 MB; .*package.max_mb"):
            post.send(PRIVACY, KLANT, b"Subject: groot\r\n\r\n" + b"x" * 70 * 3_000)
        post.send(PRIVACY, KLANT, b"Subject: weer klein\r\n\r\nx\r\n")
    assert "exceeds" not in submission.log[begun:]


# --- what Exim does and Postfix of the rig does not -----------------------------------------------


@pytest.mark.parametrize(
    ("recipient", "error", "code"),
    [
        ("spam@mail.test", SendFailed, "refused the letter .550 5.7.1"),
        ("later@mail.test", TryLater, "refused the letter .451 4.3.2"),
        ("zoë@mail.test", SendFailed, "no SMTPUTF8"),
    ],
)
def test_a_letter_that_is_refused_after_it_was_read_is_not_unsure(
    exim: Exim, recipient: str, error: type[Exception], code: str
) -> None:
    with SubmissionClient(exim.account()) as post:
        with pytest.raises(error, match=code):
            post.send(PRIVACY, recipient, RAW)
        assert post.send(PRIVACY, KLANT, RAW).startswith("250 ")


def test_a_server_that_takes_two_letters_a_connection_and_four_an_hour_gets_each_once(
    exim: Exim, courier: Courier
) -> None:
    with exim.habits(letters=2, rate=4), SubmissionClient(exim.account()) as post:
        for number in range(4):
            post.send(PRIVACY, KLANT, RAW + b"nummer %d\r\n" % number)
        for _ in range(2):
            with pytest.raises(TryLater, match=r"451 4\.7\.1"):
                post.send(PRIVACY, KLANT, RAW)
    exim.settle()
    with courier.client(KLANT) as client:
        told = sorted(one.raw.split()[-1] for one in mails_in(client, "INBOX"))
    assert told == [b"0", b"1", b"2", b"3"]


def test_a_worker_killed_while_exim_reads_its_letter_sends_it_at_most_once_and_says_that_it_is_unsure(
    exim: Exim, courier: Courier, tmp_path: Path
) -> None:
    office = Installation(tmp_path)
    office.write(courier.account(), exim.account(), imap_more="file_sent = true")
    courier.deliver(a_raw_mail(ACCESS, sender="traag@mail.test"))
    worker = office.start("run")
    until(lambda: any((exim.base / "exim" / "input").glob("**/*-D")), 60, what="a letter on its way")
    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate(timeout=20)
    assert office.run("once").returncode == 0
    exim.settle()
    assert "unsure" in office.run("outbox").stdout
    with courier.client("traag@mail.test") as client:
        assert len(list(mails_in(client, "INBOX"))) <= 1, "Exim may have seen that the worker was gone"


def test_a_letter_that_exim_took_and_could_not_deliver_is_known_by_its_bounce(
    exim: Exim, courier: Courier, tmp_path: Path
) -> None:
    clock = Clock(datetime.now(UTC))
    made = a_company(courier.account(), exim.account(), tmp_path, contact_email="dpo@mail.test", deputy_email="")
    with opened(made, tmp_path) as tenant:
        looked = {line.where: line for line in inspection.look(tenant, True, lambda: datetime.now(UTC))}
        assert "came into INBOX" in looked["mail to itself"].what
        courier.deliver(a_raw_mail(ACCESS, sender="verdwenen@klant.test"))
        work(tenant, clock)
        until(lambda: b"eximdsn" in courier.dump(PRIVACY), what="the bounce")
        clock.move(minutes=1)
        work(tenant, clock)
        [letter] = [one for one in letters(tenant) if one.audience == "requester"]
        assert (letter.state, letter.why) == (LetterState.FAILED, "bounced")
