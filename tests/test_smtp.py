"""Of every letter it is known whether the server took it, refused it, or perhaps took it; and TLS is never given up."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from mailbot import smtp as module
from mailbot.accounts import SmtpAccount
from mailbot.demo.servers import MailServers
from mailbot.errors import (
    LoginRefused,
    RecipientWaits,
    RelayRefused,
    SenderRefused,
    SendFailed,
    SendUnsure,
    SharedRefusal,
    TryLater,
    Unreachable,
)
from mailbot.smtp import SubmissionClient
from rig.dovecot import Dovecot
from rig.fakes import CLOSE, STALL, FakeSmtp
from rig.postfix import Postfix
from rig.proxy import Proxy
from rig.real import until

PRIVACY, KLANT = "privacy@mail.test", "klant@mail.test"
RAW = b"From: privacy@mail.test\r\nTo: klant@mail.test\r\nSubject: Uw verzoek\r\n\r\nOntvangen.\r\n"


@pytest.fixture
def post(loopmail: MailServers) -> Iterator[SubmissionClient]:
    with SubmissionClient(loopmail.smtp_account(PRIVACY)) as opened:
        yield opened


def post_to(server: FakeSmtp, **changes: object) -> SubmissionClient:
    facts = {"username": "", "timeout": 1.0, **changes}
    return SubmissionClient(SmtpAccount("127.0.0.1", server.port, "plain", password=lambda: "p", **facts))  # type: ignore[arg-type]


# --- letters that arrive ---------------------------------------------------------------------------------------------


def test_a_letter_arrives_byte_for_byte_at_its_recipient_only(loopmail: MailServers, post: SubmissionClient) -> None:
    assert re.match(r"250 2\.0\.0 OK queued as \w+", post.send(PRIVACY, KLANT, RAW))
    (accepted,) = loopmail.accepted
    assert (accepted.sender, accepted.recipient, accepted.raw, accepted.login) == (PRIVACY, KLANT, RAW, PRIVACY)
    assert [stored.raw for stored in loopmail.messages(KLANT)] == [RAW]
    assert loopmail.messages(PRIVACY) == []


@pytest.mark.parametrize(
    ("given", "arrives"),
    [
        (b"Subject: x\n\nbare\nline ends", b"Subject: x\r\n\r\nbare\r\nline ends\r\n"),
        (b"Subject: x\r\n\r\n.\r\n..\r\n.x\r\n", b"Subject: x\r\n\r\n.\r\n..\r\n.x\r\n"),
        (b"Subject: x\r\n\r\n.\nMAIL FROM:<evil@x.test>\n", b"Subject: x\r\n\r\n.\r\nMAIL FROM:<evil@x.test>\r\n"),
        (b"Subject: x\r\n\r\n\xc3\xab\r\n", b"Subject: x\r\n\r\n\xc3\xab\r\n"),
    ],
)
def test_lines_and_dots_survive_the_wire(
    loopmail: MailServers, post: SubmissionClient, given: bytes, arrives: bytes
) -> None:
    post.send(PRIVACY, KLANT, given)
    assert [accepted.raw for accepted in loopmail.accepted] == [arrives]


def test_letters_share_one_connection_and_one_login() -> None:
    with FakeSmtp() as server, post_to(server, username="u") as post:
        for _ in range(3):
            post.send(PRIVACY, KLANT, RAW)
    assert server.connections == 1
    assert sum(line.startswith(b"AUTH") for line in server.seen) == 1
    assert len(server.messages) == 3


def test_a_connection_that_dropped_between_letters_is_opened_anew(loopmail: MailServers) -> None:
    with (
        Proxy(loopmail.smtp_port) as proxy,
        SubmissionClient(loopmail.smtp_account(PRIVACY, port=proxy.port)) as post,
    ):
        post.send(PRIVACY, KLANT, RAW)
        proxy.cut()
        post.send(PRIVACY, KLANT, RAW)
        assert proxy.connections == 2
    assert len(loopmail.accepted) == 2


def test_a_server_that_says_goodbye_on_a_kept_connection_gets_the_letter_on_a_new_one() -> None:
    with (
        FakeSmtp(mail=[b"250 ok", b"421 4.7.0 enough for one connection", b"250 ok"]) as server,
        post_to(server) as post,
    ):
        post.send(PRIVACY, KLANT, RAW)
        post.send(PRIVACY, KLANT, RAW)
    assert (server.connections, len(server.messages)) == (2, 2)


def test_a_server_that_says_goodbye_at_once_is_dialled_once_and_asked_later() -> None:
    with (
        FakeSmtp(mail=b"421 4.3.2 not now") as server,
        post_to(server) as post,
        pytest.raises(TryLater, match="421"),
    ):
        post.send(PRIVACY, KLANT, RAW)
    assert (server.connections, server.messages) == (1, [])


def test_letters_in_a_row_cost_no_question_whether_the_server_is_still_there() -> None:
    with FakeSmtp() as server, post_to(server) as post:
        for _ in range(3):
            post.send(PRIVACY, KLANT, RAW)
    assert b"RSET" not in server.seen


def test_after_a_refusal_the_next_letter_goes_out(loopmail: MailServers, post: SubmissionClient) -> None:
    with pytest.raises(SendFailed):
        post.send(PRIVACY, "niemand@mail.test", RAW)
    post.send(PRIVACY, KLANT, RAW)
    assert len(loopmail.accepted) == 1


def test_the_secret_is_asked_only_when_a_connection_is_made(loopmail: MailServers) -> None:
    asked: list[int] = []
    with SubmissionClient(loopmail.smtp_account(PRIVACY, password=lambda: asked.append(1) or "secret")) as post:
        assert asked == []
        post.send(PRIVACY, KLANT, RAW)
        post.send(PRIVACY, KLANT, RAW)
    assert asked == [1]


def test_check_logs_in_and_sends_nothing(loopmail: MailServers, post: SubmissionClient) -> None:
    post.check()
    assert loopmail.accepted == []


# --- letters that do not ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["rcpt", "end"])
def test_a_4xx_is_for_later_and_nothing_was_taken(loopmail: MailServers, post: SubmissionClient, at: str) -> None:
    loopmail.script(KLANT, "451 4.7.1 greylisted klant@mail.test", at=at)
    with pytest.raises(TryLater, match=r"451 4\.7\.1") as told:
        post.send(PRIVACY, KLANT, RAW)
    assert loopmail.accepted == []
    assert KLANT not in str(told.value)


@pytest.mark.parametrize("at", ["rcpt", "end"])
def test_a_5xx_is_for_good_and_names_no_person(loopmail: MailServers, post: SubmissionClient, at: str) -> None:
    loopmail.script(KLANT, "550 5.1.1 no klant@mail.test here", at=at)
    with pytest.raises(SendFailed, match=r"550 5\.1\.1") as told:
        post.send(PRIVACY, KLANT, RAW)
    assert loopmail.accepted == []
    assert KLANT not in str(told.value)


@pytest.mark.parametrize("answer", [b"550 no", b"550 5.7.1 not you", b"553 5.1.8 bad sender", b"554 5.7.60 SendAs"])
def test_a_server_that_refuses_the_sender_would_refuse_every_letter(answer: bytes) -> None:
    told = r"mail\.mailbox`.* it wants a login \(`username`\)"
    with FakeSmtp(mail=answer) as server, post_to(server) as post, pytest.raises(SenderRefused, match=told) as error:
        post.send(PRIVACY, KLANT, RAW)
    assert PRIVACY not in str(error.value)


@pytest.mark.parametrize(
    ("answer", "if_all"),
    [
        (f"553 5.7.1 <{PRIVACY}>: Sender address rejected: not owned by user", SenderRefused),
        (f"554 5.7.1 <{KLANT}>: Relay access denied", RelayRefused),
        ("550 relay not permitted", RelayRefused),
        ("550 5.7.1 Unable to relay", RelayRefused),
        ("553 sorry, that domain isn't in my list of allowed rcpthosts", RelayRefused),
        ("554 5.7.1 <mail[127.0.0.1]>: Client host rejected: Access denied", RelayRefused),
    ],
)
@pytest.mark.parametrize("verb", ["rcpt", "data", "end"])
def test_one_that_speaks_of_us_once_it_knows_the_recipient_may_say_so_to_him_alone(
    verb: str, answer: str, if_all: type[Exception]
) -> None:
    with (
        FakeSmtp(**{verb: answer.encode()}) as server,
        post_to(server) as post,
        pytest.raises(SharedRefusal, match="for this recipient") as told,
    ):
        post.send(PRIVACY, KLANT, RAW)
    assert type(told.value.if_all) is if_all
    assert not {PRIVACY, KLANT} & set(re.split(r"[ <>:;,]", f"{told.value} {told.value.if_all}"))


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("mail", "554 5.3.4 message too big"),
        ("mail", "550 5.6.7 cannot write so"),
        ("mail", "501 5.1.7 syntax"),
        ("rcpt", f"550 5.1.1 <{KLANT}> unknown"),
        ("rcpt", f"550 5.7.1 {PRIVACY} may not write to {KLANT}"),
        ("rcpt", f"550 5.1.1 <{KLANT}>: Recipient address rejected: User unknown in relay recipient table"),
        ("rcpt", "550 5.1.2 relaying to an unknown host"),
        ("end", "554 5.7.1 spam"),
    ],
)
def test_what_one_letter_or_recipient_is_refused_for_is_no_matter_of_the_sender(verb: str, answer: str) -> None:
    server = FakeSmtp(**{verb: answer.encode()})
    with server, post_to(server) as post, pytest.raises(SendFailed) as told:
        post.send(PRIVACY, KLANT, RAW)
    assert type(told.value) is SendFailed


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"450 4.2.0 greylisted", RecipientWaits),
        (b"451 4.7.1 later", RecipientWaits),
        (b"450 4.1.2 domain not found", RecipientWaits),
        (b"452 4.3.1 no room", TryLater),
        (b"451 local error", TryLater),
    ],
)
def test_a_recipient_that_must_wait_is_told_from_a_server_that_cannot(answer: bytes, kind: type[Exception]) -> None:
    with FakeSmtp(rcpt=answer) as server, post_to(server) as post, pytest.raises(TryLater) as told:
        post.send(PRIVACY, KLANT, RAW)
    assert type(told.value) is kind


def test_a_refusal_for_a_time_passes(loopmail: MailServers, post: SubmissionClient) -> None:
    loopmail.script(KLANT, "451 4.3.0 later", times=1)
    with pytest.raises(TryLater):
        post.send(PRIVACY, KLANT, RAW)
    post.send(PRIVACY, KLANT, RAW)
    assert len(loopmail.accepted) == 1


@pytest.mark.parametrize("act", ["cut", "drop"])
def test_a_line_cut_after_the_message_leaves_the_letter_unsure(
    loopmail: MailServers, post: SubmissionClient, act: str
) -> None:
    loopmail.script(KLANT, act, at="end")
    with pytest.raises(SendUnsure, match="answer is missing"):
        post.send(PRIVACY, KLANT, RAW)
    assert len(loopmail.accepted) == (1 if act == "cut" else 0)


def test_no_answer_after_the_message_leaves_the_letter_unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_AFTER_DATA", 0.3)
    with FakeSmtp(end=STALL) as server, post_to(server) as post, pytest.raises(SendUnsure, match="no answer in time"):
        post.send(PRIVACY, KLANT, RAW)


@pytest.mark.parametrize("verb", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(
    "answer", [b"", b"whatever", b"334 ", b"999 x", b"250" + b"x" * 70_000, b"2\xff0 x", b"500 what", b"503 AUTH first"]
)
def test_an_answer_that_judges_no_letter_before_it_was_written_is_for_later(verb: str, answer: bytes) -> None:
    with FakeSmtp(**{verb: answer}) as server, post_to(server) as post, pytest.raises(TryLater):
        post.send(PRIVACY, KLANT, RAW)
    assert server.messages == []


def test_an_answer_that_is_no_smtp_leaves_the_letter_unsure() -> None:
    with FakeSmtp(end=b"whatever") as server, post_to(server) as post, pytest.raises(SendUnsure):
        post.send(PRIVACY, KLANT, RAW)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (b"250 2.0.0 accept\xe9", "250 2.0.0 accept?"),
        (b"250 2.0.0 ok\x1b[31m\x00", "250 2.0.0 ok?[31m?"),
        (b"250-" + b"x" * 600 + b"\r\n250 ok", "250 " + "x" * 508),
    ],
    ids=["beyond ASCII", "for the terminal", "long"],
)
def test_an_answer_is_kept_as_it_can_be_stored_and_shown(answer: bytes, kept: str) -> None:
    with FakeSmtp(end=answer) as server, post_to(server) as post:
        assert post.send(PRIVACY, KLANT, RAW) == kept


def test_a_host_that_no_name_can_be_is_a_server_out_of_reach() -> None:
    account = SmtpAccount("smtp..mail.test", 587, "plain", password=lambda: "p", username="", timeout=1.0)
    with SubmissionClient(account) as post, pytest.raises(Unreachable):
        post.send(PRIVACY, KLANT, RAW)


def test_a_late_answer_is_never_taken_for_the_next_letters() -> None:
    with FakeSmtp(end=[CLOSE, b"250 2.0.0 second"]) as server, post_to(server) as post:
        with pytest.raises(SendUnsure):
            post.send(PRIVACY, KLANT, RAW)
        assert post.send(PRIVACY, KLANT, RAW) == "250 2.0.0 second"
        assert server.connections == 2


@pytest.mark.parametrize("verb", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("fate", [CLOSE, STALL, b"421 4.3.2 shutting down"])
def test_a_line_that_fails_before_the_message_is_for_later(verb: str, fate: bytes) -> None:
    with FakeSmtp(**{verb: fate}) as server, post_to(server, timeout=0.3) as post, pytest.raises(TryLater):
        post.send(PRIVACY, KLANT, RAW)
    assert server.messages == []


@pytest.mark.parametrize(
    "answers",
    [
        {"hello": b"421 busy"},
        {"hello": b"554 not now"},
        {"hello": CLOSE},
        {"hello": STALL},
        {"auth": b"454 4.7.0 later"},
        {"auth": CLOSE},
        {"end": b"421 4.3.2 shutting down"},
        {"end": b"452 4.2.2 full"},
    ],
)
def test_trouble_that_may_pass_is_for_later(answers: dict[str, bytes]) -> None:
    with (
        FakeSmtp(**answers) as server,
        post_to(server, username="u", timeout=0.3) as post,
        pytest.raises(TryLater) as told,
    ):
        post.send(PRIVACY, KLANT, RAW)
    assert not isinstance(told.value, LoginRefused)
    assert f"127.0.0.1:{server.port}" in str(told.value)


def test_nothing_listening_is_told_with_host_port_and_cure(loopmail: MailServers) -> None:
    nowhere = loopmail.smtp_account(PRIVACY, port=1)
    with SubmissionClient(nowhere) as post, pytest.raises(TryLater, match=r"127\.0\.0\.1:1: .*check host and port"):
        post.send(PRIVACY, KLANT, RAW)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "klant",
        "klant@",
        "@mail.test",
        "a b@mail.test",
        "klant@mail.test\r\nRCPT TO:<evil@x.test>",
        "klant@mail.test>\nDATA",
        "<klant@mail.test>",
        "Klant <klant@mail.test>",
        "a@x.test,b@x.test",
        "a@b@mail.test",
    ],
)
def test_what_is_no_address_is_never_written_on_the_line(address: str) -> None:
    with FakeSmtp() as server, post_to(server) as post:
        with pytest.raises(SendFailed, match="no mail address"):
            post.send(PRIVACY, address, RAW)
        if address:
            with pytest.raises(SendFailed, match="no mail address"):
                post.send(address, KLANT, RAW)
    assert server.seen == []


# --- logging in ------------------------------------------------------------------------------------------------------


def test_a_wrong_password_is_tried_once_and_told_with_its_cure() -> None:
    with (
        FakeSmtp(auth=b"535 5.7.8 no, privacy@mail.test") as server,
        post_to(server, username="u") as post,
        pytest.raises(LoginRefused, match="check `username`") as told,
    ):
        post.send(PRIVACY, KLANT, RAW)
    assert sum(line.startswith(b"AUTH") for line in server.seen) == 1
    assert PRIVACY not in str(told.value)


def test_a_server_that_wants_a_login_we_do_not_have_says_so() -> None:
    closed = FakeSmtp(mail=b"530 5.7.0 authentication required")
    with closed as server, post_to(server) as post, pytest.raises(LoginRefused):
        post.send(PRIVACY, KLANT, RAW)


def test_without_a_user_name_there_is_no_login() -> None:
    with FakeSmtp() as server, post_to(server) as post:
        post.send(PRIVACY, KLANT, RAW)
    assert not any(line.startswith(b"AUTH") for line in server.seen)


def test_a_server_without_starttls_gets_neither_password_nor_letter() -> None:
    with FakeSmtp() as server:
        account = SmtpAccount("127.0.0.1", server.port, "starttls", "u", lambda: "p", timeout=1.0)
        with SubmissionClient(account) as post, pytest.raises(TryLater, match="lacks STARTTLS"):
            post.send(PRIVACY, KLANT, RAW)
    assert not any(line.startswith((b"AUTH", b"MAIL")) for line in server.seen)


# --- DSN -------------------------------------------------------------------------------------------------------------


def test_where_dsn_is_offered_bounces_are_asked_for_with_the_head_of_the_letter() -> None:
    with FakeSmtp() as server, post_to(server) as post:
        post.send(PRIVACY, KLANT, RAW)
    assert b"MAIL FROM:<privacy@mail.test> RET=HDRS" in server.seen
    assert b"RCPT TO:<klant@mail.test> NOTIFY=FAILURE,DELAY" in server.seen


def test_where_dsn_is_not_offered_nothing_is_asked() -> None:
    with FakeSmtp(ehlo=b"250 fake") as server, post_to(server) as post:
        post.send(PRIVACY, KLANT, RAW)
    assert b"MAIL FROM:<privacy@mail.test>" in server.seen
    assert b"RCPT TO:<klant@mail.test>" in server.seen


def test_an_empty_sender_asks_for_no_bounces() -> None:
    with FakeSmtp() as server, post_to(server) as post:
        post.send("", KLANT, RAW)
    assert any(line.startswith(b"MAIL FROM:<>") for line in server.seen)
    assert b"RCPT TO:<klant@mail.test>" in server.seen


def test_an_address_beyond_ascii_needs_a_server_that_can() -> None:
    with FakeSmtp() as server, post_to(server) as post:
        post.send(PRIVACY, "zoë@mail.test", RAW)
        assert any(line.startswith(b"MAIL") and b"SMTPUTF8" in line for line in server.seen)
    with FakeSmtp(ehlo=b"250 fake") as server, post_to(server) as post, pytest.raises(SendFailed, match="SMTPUTF8"):
        post.send(PRIVACY, "zoë@mail.test", RAW)


def test_a_domain_outside_ascii_goes_out_as_its_labels_and_needs_no_extension() -> None:
    with FakeSmtp(ehlo=b"250 fake") as server, post_to(server) as post:
        post.send("info@bücher.example", "piet@straße.example", RAW)
        envelope = [line for line in server.seen if line.startswith((b"MAIL", b"RCPT"))]
        assert b"<info@xn--bcher-kva.example>" in envelope[0]
        assert b"<piet@xn--strae-oqa.example>" in envelope[1]
        assert b"SMTPUTF8" not in envelope[0]


@pytest.mark.parametrize("code", [b"251", b"252", b"299"])
@pytest.mark.parametrize("verb", ["mail", "rcpt"])
def test_any_2yz_to_the_envelope_is_a_yes(verb: str, code: bytes) -> None:
    with FakeSmtp(**{verb: code + b" taken"}) as server, post_to(server) as post:
        assert post.send(PRIVACY, KLANT, RAW).startswith("250")
    assert len(server.messages) == 1


# --- a real Postfix --------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_a_hundred_letters_leave_on_one_connection(postfix: Postfix) -> None:
    with SubmissionClient(postfix.account()) as post:
        for _ in range(100):
            post.send(PRIVACY, KLANT, RAW)
    until(lambda: re.search(r": disconnect from \S+ .*\bmail=100 rcpt=100 data=100 ", postfix.log), what="its end")


@pytest.mark.real
def test_a_token_is_a_login_at_postfix_and_an_expired_one_is_not(postfix: Postfix, dovecot: Dovecot) -> None:
    for auth in ("xoauth2", "oauthbearer"):
        with SubmissionClient(postfix.account(auth=auth, password=dovecot.token)) as post:
            assert post.send(PRIVACY, KLANT, RAW).startswith("250 ")
        old = postfix.account(auth=auth, password=lambda: dovecot.token(seconds=-60))
        with SubmissionClient(old) as post, pytest.raises(LoginRefused):
            post.send(PRIVACY, KLANT, RAW)


@pytest.mark.real
def test_postfix_lets_nobody_write_as_somebody_else(postfix: Postfix) -> None:
    with SubmissionClient(postfix.account()) as post, pytest.raises(SharedRefusal, match=r"553 5\.7\.1") as told:
        post.send("iemand@mail.test", KLANT, RAW)
    assert isinstance(told.value.if_all, SenderRefused)


def test_a_server_that_says_no_limit_gets_letters_of_any_size() -> None:
    with FakeSmtp(ehlo=b"250-here\r\n250 SIZE 0") as server, post_to(server) as post:
        assert post.send("a@mail.test", "b@mail.test", b"x" * 100_000).startswith("250")
