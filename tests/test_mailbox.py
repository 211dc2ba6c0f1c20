"""The mailbox is read in full, in order, in every kind of weather, and is never changed."""

from __future__ import annotations

import imaplib
import logging
import re
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from mailbot import mailbox as module
from mailbot.accounts import ImapAccount
from mailbot.demo.servers import MailServers
from mailbot.errors import FolderRefused, LoginRefused, MailbotError, TryLater, WriteRefused
from mailbot.mailbox import Cursor, FetchedMail, Mailbox, MailboxWriter, Unfetched, responses, roles
from mailbot.model import Pointer
from rig.dovecot import Dovecot
from rig.fakes import CLOSE, FakeImap
from rig.proxy import Proxy

PRIVACY = "privacy@mail.test"
RAW = b"From: klant@mail.test\r\nSubject: Inzage\r\n\r\nGraag al mijn gegevens.\r\n"
FORBIDDEN = re.compile(r"\b(STORE|COPY|MOVE|APPEND|EXPUNGE|CLOSE|SELECT|DELETE|RENAME|CREATE|SUBSCRIBE)\b")


def mail(number: int) -> bytes:
    return b"Subject: %d\r\n\r\nbody %d\r\n" % (number, number)


def cursor_at(incoming: FetchedMail | Unfetched) -> Cursor:
    return Cursor(incoming.pointer.folder, incoming.pointer.uidvalidity, incoming.pointer.uid)


def read(
    box: Mailbox, cursor: Cursor | None = None, first: date | None = None, folder: str = "INBOX"
) -> list[FetchedMail]:
    found = list(box.since(folder, cursor, first))
    assert all(isinstance(each, FetchedMail) for each in found), found
    return [each for each in found if isinstance(each, FetchedMail)]


def later(seconds: float, act: Callable[[], object]) -> threading.Timer:
    timer = threading.Timer(seconds, act)
    timer.start()
    return timer


@pytest.fixture
def box(loopmail: MailServers) -> Iterator[Mailbox]:
    with Mailbox(loopmail.imap_account(PRIVACY)) as opened:
        yield opened


# --- reading ---------------------------------------------------------------------------------------------------------


def test_an_empty_folder_gives_nothing(box: Mailbox) -> None:
    assert read(box) == []


def test_a_mail_comes_byte_for_byte_with_its_moment_in_utc(loopmail: MailServers, box: Mailbox) -> None:
    arrived = datetime(2026, 3, 29, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    uid = loopmail.put(PRIVACY, RAW, internal_date=arrived)
    (incoming,) = read(box)
    assert incoming.raw == RAW
    assert incoming.pointer == Pointer("INBOX", box.folder_state("INBOX")[0], uid)
    assert incoming.internal_date == arrived
    assert incoming.internal_date.tzinfo is UTC
    assert (incoming.size, incoming.truncated) == (len(RAW), False)


def test_only_mail_above_the_cursor_comes_and_the_last_one_is_not_echoed(loopmail: MailServers, box: Mailbox) -> None:
    loopmail.put(PRIVACY, mail(1))
    cursor = cursor_at(read(box)[-1])
    assert read(box, cursor) == []
    loopmail.put(PRIVACY, mail(2))
    assert [each.raw for each in read(box, cursor)] == [mail(2)]


def test_a_mail_that_a_colleague_read_first_still_comes(loopmail: MailServers, box: Mailbox) -> None:
    loopmail.put(PRIVACY, RAW, flags=["\\Seen", "\\Answered", "\\Deleted"])
    assert [each.raw for each in read(box)] == [RAW]


def test_more_mails_than_one_command_asks_for_come_in_order(
    loopmail: MailServers, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 7)
    monkeypatch.setattr(responses, "GROUP_BYTES", 100)
    for number in range(30):
        loopmail.put(PRIVACY, mail(number))
    assert [each.raw for each in read(box)] == [mail(number) for number in range(30)]


def test_a_large_folder_is_searched_in_windows_without_loss_or_repetition(
    loopmail: MailServers, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "WINDOW", 10)
    for number in range(43):
        loopmail.put(PRIVACY, mail(number))
    assert [each.raw for each in read(box)] == [mail(number) for number in range(43)]


def test_the_first_start_leaves_old_mail_where_it_is(loopmail: MailServers, box: Mailbox) -> None:
    for day in (1, 10, 20):
        loopmail.put(PRIVACY, mail(day), internal_date=datetime(2026, 3, day, 12, tzinfo=UTC))
    assert [each.raw for each in read(box, None, date(2026, 3, 12))] == [mail(20)]


def test_the_first_start_spares_a_day_for_the_servers_zone(loopmail: MailServers, box: Mailbox) -> None:
    loopmail.put(PRIVACY, RAW, internal_date=datetime(2026, 3, 11, 23, 30, tzinfo=UTC))
    assert len(read(box, None, date(2026, 3, 12))) == 1


def test_after_renumbering_the_old_cursor_hides_no_mail(loopmail: MailServers, box: Mailbox) -> None:
    loopmail.put(PRIVACY, RAW)
    cursor = cursor_at(read(box)[-1])
    loopmail.renumber(PRIVACY)
    again = read(box, cursor)
    assert [each.raw for each in again] == [RAW]
    assert again[0].pointer.uidvalidity == box.folder_state("INBOX")[0] != cursor.uidvalidity


def test_a_mail_over_the_limit_comes_by_its_first_bytes_and_says_so(
    loopmail: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "FIRST_BYTES", 2000)
    huge = RAW + b"x" * 70 + b"\r\n" + b"y" * 50_000
    for raw in (mail(1), huge, mail(2)):
        loopmail.put(PRIVACY, raw)
    with Mailbox(loopmail.imap_account(PRIVACY, max_bytes=10_000)) as box:
        first, cut, last = read(box)
    assert (first.raw, last.raw) == (mail(1), mail(2))
    assert (cut.raw, cut.truncated, cut.size) == (huge[:2000], True, len(huge))


def test_looking_into_another_folder_between_two_mails_disturbs_nothing(
    loopmail: MailServers, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 1)
    loopmail.put(PRIVACY, mail(9), folder="Junk")
    for number in range(3):
        loopmail.put(PRIVACY, mail(number))
    found = []
    for each in box.since("INBOX", None, None):
        assert isinstance(each, FetchedMail)
        found.append((each.pointer.folder, each.raw))
        assert [other.raw for other in read(box, folder="Junk")] == [mail(9)]
    assert found == [("INBOX", mail(number)) for number in range(3)]


def test_an_unknown_folder_is_told_with_its_cure(box: Mailbox) -> None:
    with pytest.raises(TryLater, match="opening folder Verdwenen"):
        read(box, folder="Verdwenen")


# --- servers that answer nonsense ------------------------------------------------------------------------------------


def fetch_answer(uid: int, what: bytes) -> bytes:
    return b"* 1 FETCH (UID %d %s)\r\n" % (uid, what)


def listing(uids: list[int], body: Callable[[int], bytes]) -> Callable[[bytes, bytes], bytes | None]:
    """A folder of these mails whose bodies are answered as the test says."""

    def tell(command: bytes, tag: bytes) -> bytes | None:
        words = command.upper().split(b" ")
        if words[:2] == [b"UID", b"SEARCH"]:
            low = int(words[3].split(b":")[0])
            found = b" ".join(b"%d" % uid for uid in uids if uid >= low)
            return b"* SEARCH " + found + b"\r\n" + tag + b" OK done\r\n"
        if words[:2] == [b"UID", b"FETCH"]:
            asked = [int(uid) for uid in words[2].split(b",")]
            if b"RFC822.SIZE" in words[3]:
                facts = b'RFC822.SIZE 5 INTERNALDATE "01-Mar-2026 10:00:00 +0000"'
                return b"".join(fetch_answer(uid, facts) for uid in asked) + tag + b" OK done\r\n"
            responses = [body(uid) for uid in asked]
            if CLOSE in responses:
                return CLOSE
            refused = next((answer for answer in responses if answer.startswith((b"NO", b"BAD"))), None)
            return tag + b" " + refused + b"\r\n" if refused else b"".join(responses) + tag + b" OK done\r\n"
        return None

    return tell


def good(uid: int) -> bytes:
    return fetch_answer(uid, b"BODY[] {5}\r\nmail%d" % uid)


def account_of(server: FakeImap, **changes: object) -> ImapAccount:
    plain = ImapAccount("127.0.0.1", server.port, "plain", "u", lambda: "p", timeout=2.0)
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "nonsense",
    [
        fetch_answer(2, b"BODY[] NIL"),
        fetch_answer(2, b"BODY[] 5"),
        fetch_answer(2, b"FLAGS ()"),
        b"* 1 FETCH (UID 2 BODY[\r\n",
        b"* 1 FETCH (UID two BODY[] {1}\r\nx)\r\n",
        b"NO some messages could not be fetched",
        b"BAD internal error",
    ],
)
def test_one_bad_answer_is_one_failed_mail_and_the_others_come(nonsense: bytes) -> None:
    bodies = listing([1, 2, 3], lambda uid: nonsense if uid == 2 else good(uid))
    with FakeImap(bodies) as server, Mailbox(account_of(server)) as box:
        first, failed, last = box.since("INBOX", None, None)
    assert isinstance(first, FetchedMail)
    assert isinstance(last, FetchedMail)
    assert (first.raw, last.raw) == (b"mail1", b"mail3")
    assert isinstance(failed, Unfetched)
    assert failed.pointer == Pointer("INBOX", 7, 2)


@pytest.mark.parametrize("nonsense", [b"NO some messages could not be fetched", fetch_answer(2, b"FLAGS ()"), b""])
def test_one_header_that_cannot_be_had_is_left_out_and_the_others_come(nonsense: bytes) -> None:
    def header(uid: int) -> bytes:
        dated = b'INTERNALDATE "01-Mar-2026 10:00:00 +0000" BODY[HEADER] {5}\r\nhead%d'
        return nonsense if uid == 2 else fetch_answer(uid, dated % uid)

    with FakeImap(listing([1, 2, 3], header)) as server, Mailbox(account_of(server)) as box:
        found = list(box.headers("INBOX", None, None))
    assert [(one.pointer.uid, one.raw) for one in found] == [(1, b"head1"), (3, b"head3")]


def test_a_mail_that_a_colleague_removes_while_we_read_is_left_out() -> None:
    there = [1, 2, 3]

    def body(uid: int) -> bytes:
        if 2 in there:
            there.remove(2)
        return good(uid) if uid in there else b""

    with FakeImap(listing(there, body)) as server, Mailbox(account_of(server)) as box:
        assert [each.raw for each in read(box)] == [b"mail1", b"mail3"]


def test_a_mail_on_which_the_server_dies_does_not_stop_the_inbox_for_ever() -> None:
    found: list[FetchedMail | Unfetched] = []
    with (
        FakeImap(listing([1, 2, 3], lambda uid: CLOSE if uid == 2 else good(uid))) as server,
        Mailbox(account_of(server)) as box,
    ):
        for _ in range(6):
            with suppress(TryLater):
                take_in(box, found)
    assert [each.pointer.uid for each in found] == [1, 2, 3]
    assert isinstance(found[1], Unfetched)
    assert "drops the line" in found[1].reason
    assert found[1].internal_date == found[0].internal_date, "when it came is known all the same"  # type: ignore[union-attr]


def test_a_folder_that_colleagues_made_or_renamed_meanwhile_is_found_without_a_new_connection() -> None:
    with (
        MailServers(["privacy@mail.test"], folders=("Drafts",)) as servers,
        Mailbox(servers.imap_account("privacy@mail.test")) as box,
        imaplib.IMAP4("127.0.0.1", servers.imap_port) as colleague,
    ):
        colleague.login("privacy@mail.test", servers.password)
        assert box.role(roles.SENT) == ""
        colleague.create('"Verzonden items"')
        box.wait("INBOX", 0)
        assert box.role(roles.SENT) == "Verzonden items"
        colleague.rename('"Verzonden items"', "Sent")
        with pytest.raises(FolderRefused):
            list(box.headers("Verzonden items", None, None))
        assert box.role(roles.SENT) == "Sent"


def take_in(box: Mailbox, found: list[FetchedMail | Unfetched]) -> None:
    """One round that keeps what came before the line broke."""
    for each in box.since("INBOX", cursor_at(found[-1]) if found else None, None):
        found.append(each)


def test_after_a_cut_line_mails_are_asked_one_by_one_only_for_a_while(
    loopmail: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 5)
    for number in range(20):
        loopmail.put(PRIVACY, mail(number))
    with Proxy(loopmail.imap_port) as proxy, Mailbox(loopmail.imap_account(PRIVACY, port=proxy.port)) as box:
        reading = box.since("INBOX", None, None)
        found = [next(reading) for _ in range(5)]
        proxy.cut()
        with pytest.raises(TryLater):
            next(reading)
        proxy.sent.clear()
        assert len(read(box, cursor_at(found[-1]))) == 15
        asked = [command.split()[2].count(",") + 1 for command in proxy.commands if "BODY.PEEK" in command]
    assert asked == [1, 1, 1, 1, 1, 5, 5]


class LargeImap(FakeImap):
    """A folder with so many mails of a kilobyte, none of which it has to keep."""

    def __init__(self, count: int) -> None:
        body = b"BODY[] {1024}\r\n" + b"x" * 1024
        self.count = count
        super().__init__(listing([], lambda uid: fetch_answer(uid, body)))

    def _usual(self, command: bytes, tag: bytes) -> bytes:
        if not command.startswith(b"EXAMINE"):
            return super()._usual(command, tag)
        told = b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT %d] x\r\n" % (self.count, self.count + 1)
        return told + tag + b" OK done\r\n"

    def _say(self, client: socket.socket, answer: bytes) -> None:
        if answer.startswith(b"* SEARCH"):
            low, high = self.seen[-1].split(b" ")[-1].split(b":")
            found = range(int(low), self.count + 1 if high == b"*" else int(high) + 1)
            answer = answer.replace(b"* SEARCH ", b"* SEARCH " + b" ".join(b"%d" % uid for uid in found))
        super()._say(client, answer)


@pytest.mark.soak
def test_a_hundred_thousand_mails_are_read_with_flat_memory() -> None:
    with LargeImap(100_000) as server, Mailbox(account_of(server)) as box:
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert sum(isinstance(each, FetchedMail) for each in box.since("INBOX", None, None)) == 100_000
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held
        searches = [command for command in server.seen if b"SEARCH" in command]
    assert grown < 64 * 1024  # KiB, the server's share included; the mails together are 100 MiB
    assert searches == [b"UID SEARCH UID 1:50000", b"UID SEARCH UID 50001:*"]


# --- forbidden things ------------------------------------------------------------------------------------------------


def test_no_command_that_could_change_a_mailbox_is_sent(loopmail: MailServers) -> None:
    for number in range(3):
        loopmail.put(PRIVACY, mail(number))
    with Proxy(loopmail.imap_port) as proxy:
        with Mailbox(loopmail.imap_account(PRIVACY, port=proxy.port)) as box:
            cursor = cursor_at(read(box)[1])
            read(box, cursor)
            box.folder_state("Junk")
            later(0.2, box.wake)
            box.wait("INBOX", 5)
        commands = proxy.commands
    assert any(command.startswith("EXAMINE") for command in commands)
    assert [command for command in commands if FORBIDDEN.search(command)] == []
    fetched = [command for command in commands if "FETCH" in command and "BODY" in command]
    assert fetched
    assert all("BODY.PEEK" in command for command in fetched)


def test_no_mail_reaches_the_log_even_at_debug(
    loopmail: MailServers, box: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    loopmail.put(PRIVACY, RAW)
    read(box)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("imapclient", "mailbot"))]
    assert ours == []


# --- logging in ------------------------------------------------------------------------------------------------------


def test_a_wrong_password_is_a_refused_login_that_names_server_and_cure(loopmail: MailServers) -> None:
    with Mailbox(loopmail.imap_account(PRIVACY, password=lambda: "mis")) as box, pytest.raises(LoginRefused) as refused:
        read(box)
    assert f"127.0.0.1:{loopmail.imap_port}" in str(refused.value)
    assert "check `username`" in str(refused.value)
    assert PRIVACY not in str(refused.value)


def test_a_password_that_login_cannot_carry_still_works(loopmail: MailServers) -> None:
    with MailServers([PRIVACY], password='gé"heim \\') as servers, Mailbox(servers.imap_account(PRIVACY)) as box:
        assert read(box) == []


def test_the_secret_is_asked_only_when_a_connection_is_made(loopmail: MailServers) -> None:
    asked = []
    account = loopmail.imap_account(PRIVACY, password=lambda: asked.append(1) or loopmail.password)
    with Mailbox(account) as box:
        assert asked == []
        read(box)
        read(box)
    assert asked == [1]


def test_nothing_listening_is_told_with_host_and_port(loopmail: MailServers) -> None:
    nowhere = loopmail.imap_account(PRIVACY, port=1)
    with Mailbox(nowhere) as box, pytest.raises(TryLater, match=r"127\.0\.0\.1:1, .*check"):
        read(box)


def test_a_server_without_starttls_gets_no_password(loopmail: MailServers) -> None:
    with Proxy(loopmail.imap_port) as proxy:
        account = loopmail.imap_account(PRIVACY, port=proxy.port, security="starttls")
        with Mailbox(account) as box, pytest.raises(TryLater, match="lacks STARTTLS"):
            read(box)
        assert not any("LOGIN" in command or "AUTHENTICATE" in command for command in proxy.commands)


def refusing(verb: bytes, answer: bytes) -> Callable[[bytes, bytes], bytes | None]:
    return lambda command, tag: tag + b" " + answer + b"\r\n" if command.upper().startswith(verb) else None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"NO [OVERQUOTA] Quota exceeded", WriteRefused),
        (b"NO Request is throttled. Suggested Backoff Time: 295715 milliseconds", TryLater),
    ],
)
def test_a_mailbox_that_takes_nothing_is_told_from_a_server_that_asks_to_wait(
    answer: bytes, kind: type[TryLater]
) -> None:
    with FakeImap(refusing(b"APPEND", answer)) as server:
        box = MailboxWriter(account_of(server))
        with pytest.raises(TryLater) as told:
            box.append("Drafts", b"Subject: x\r\n\r\n", (), datetime(2026, 3, 2, tzinfo=UTC))
        box.close()
    assert type(told.value) is kind


def test_a_throttled_server_is_waited_for_as_long_as_it_asks() -> None:
    busy = refusing(b"EXAMINE", b"BAD Request is throttled. Suggested Backoff Time: 295715 milliseconds")
    with FakeImap(busy) as server, Mailbox(account_of(server)) as box, pytest.raises(TryLater) as told:
        read(box)
    assert told.value.wait == pytest.approx(295.715)


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        (b"EXAMINE", b"BAD User is authenticated but not connected."),
        (b"LOGIN", b"NO [UNAVAILABLE] Temporary authentication failure."),
        (b"LOGIN", b"NO [ALERT] Too many simultaneous connections. (Failure)"),
    ],
)
def test_a_busy_server_is_not_taken_for_a_wrong_password(verb: bytes, answer: bytes) -> None:
    busy = refusing(verb, answer)
    with FakeImap(busy) as server, Mailbox(account_of(server)) as box, pytest.raises(TryLater) as told:
        read(box)
    assert not isinstance(told.value, LoginRefused)
    assert "come back later" in str(told.value)


@pytest.mark.parametrize("offered", [b"AUTH=PLAIN SASL-IR", b""])
def test_where_login_is_switched_off_a_password_goes_by_sasl_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, offered: bytes
) -> None:
    monkeypatch.setattr(FakeImap, "CAPABILITIES", b"IMAP4rev1 LOGINDISABLED " + offered)
    with FakeImap(listing([], good)) as server, Mailbox(account_of(server)) as box:
        if offered:
            assert read(box) == []
        else:
            with pytest.raises(TryLater, match="takes no password on a bare line; set `security`; none was sent"):
                read(box)
        verbs = [command.split(b" ")[0].upper() for command in server.seen]
    assert b"LOGIN" not in verbs
    assert (b"AUTHENTICATE" in verbs) is bool(offered)


def test_a_line_that_breaks_during_login_is_not_taken_for_a_wrong_password() -> None:
    cut = lambda command, tag: CLOSE if command.upper().startswith(b"LOGIN") else None  # noqa: E731
    with FakeImap(cut) as server, Mailbox(account_of(server)) as box, pytest.raises(TryLater) as told:
        read(box)
    assert not isinstance(told.value, LoginRefused)


def test_what_the_server_says_never_gets_into_an_error() -> None:
    talkative = refusing(b"EXAMINE", b"NO box of jan.jansen@mail.test is gone")
    with FakeImap(talkative) as server, Mailbox(account_of(server)) as box, pytest.raises(MailbotError) as told:
        read(box)
    assert "jansen" not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


# --- a line that fails -----------------------------------------------------------------------------------------------


def test_after_a_cut_line_reading_goes_on_from_the_last_mail(
    loopmail: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "GROUP_BYTES", 1)
    for number in range(5):
        loopmail.put(PRIVACY, mail(number))
    with Proxy(loopmail.imap_port) as proxy, Mailbox(loopmail.imap_account(PRIVACY, port=proxy.port)) as box:
        reading = box.since("INBOX", None, None)
        found = [next(reading), next(reading)]
        proxy.cut()
        with pytest.raises(TryLater, match="the connection was lost"):
            next(reading)
        found += box.since("INBOX", cursor_at(found[-1]), None)
    assert [each.raw for each in found if isinstance(each, FetchedMail)] == [mail(number) for number in range(5)]


def test_a_mail_cut_in_the_middle_is_not_given(loopmail: MailServers) -> None:
    loopmail.put(PRIVACY, RAW + b"x" * 200_000)
    with Proxy(loopmail.imap_port) as proxy, Mailbox(loopmail.imap_account(PRIVACY, port=proxy.port)) as box:
        box.folder_state("INBOX")
        proxy.cut_after(50_000)
        with pytest.raises(TryLater):
            read(box)
        proxy.heal()
        assert len(read(box)) == 1


def test_a_server_that_falls_silent_is_given_up_in_time(loopmail: MailServers) -> None:
    with (
        Proxy(loopmail.imap_port) as proxy,
        Mailbox(loopmail.imap_account(PRIVACY, port=proxy.port, timeout=3)) as box,
    ):
        box.folder_state("INBOX")
        proxy.block()
        begun = time.monotonic()
        with pytest.raises(TryLater, match="no answer in time"):
            read(box)
    assert time.monotonic() - begun < 20


# --- waiting ---------------------------------------------------------------------------------------------------------


def test_a_mail_that_arrives_ends_the_wait(loopmail: MailServers, box: Mailbox) -> None:
    read(box)
    timer = later(0.3, lambda: loopmail.put(PRIVACY, RAW))
    begun = time.monotonic()
    assert box.wait("INBOX", 60)
    timer.join()
    assert time.monotonic() - begun < 30
    assert len(read(box)) == 1


def test_a_mail_that_came_between_search_and_wait_ends_the_wait_at_once(loopmail: MailServers, box: Mailbox) -> None:
    read(box)
    loopmail.put(PRIVACY, RAW)
    begun = time.monotonic()
    assert box.wait("INBOX", 60)
    assert time.monotonic() - begun < 30


def test_a_quiet_folder_is_waited_for_until_time_is_up(box: Mailbox) -> None:
    read(box)
    begun = time.monotonic()
    assert not box.wait("INBOX", 0.5)
    assert 0.5 <= time.monotonic() - begun < 20


def test_idle_is_renewed_long_before_servers_cut_it(
    loopmail: MailServers, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.RENEW_IDLE < 9 * 60
    monkeypatch.setattr(module, "RENEW_IDLE", 0.1)
    read(box)
    timer = later(0.55, lambda: loopmail.put(PRIVACY, RAW))
    assert box.wait("INBOX", 10)
    timer.join()


def test_another_thread_can_end_the_wait(box: Mailbox) -> None:
    read(box)
    later(0.2, box.wake)
    begun = time.monotonic()
    assert not box.wait("INBOX", 30)
    assert time.monotonic() - begun < 15
    assert read(box) == []


def test_a_wake_before_the_wait_is_not_lost(box: Mailbox) -> None:
    read(box)
    box.wake()
    begun = time.monotonic()
    assert not box.wait("INBOX", 30)
    assert time.monotonic() - begun < 15


def test_without_a_connection_the_wait_only_sleeps_and_still_hears_the_bell(box: Mailbox) -> None:
    later(0.2, box.wake)
    begun = time.monotonic()
    assert not box.wait("INBOX", 30)
    assert time.monotonic() - begun < 15


def test_a_server_without_idle_is_slept_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeImap, "CAPABILITIES", b"IMAP4rev1")
    with FakeImap(listing([], good)) as server, Mailbox(account_of(server)) as box:
        read(box)
        begun = time.monotonic()
        assert not box.wait("INBOX", 0.4)
        assert time.monotonic() - begun >= 0.4
        assert b"IDLE" not in [command.upper() for command in server.seen]


def test_a_server_that_hangs_up_in_idle_is_looked_at_again_after_a_breath(
    loopmail: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE_AFTER_CUT", 0.5)
    with Proxy(loopmail.imap_port) as proxy, Mailbox(loopmail.imap_account(PRIVACY, port=proxy.port)) as box:
        read(box)
        later(0.2, proxy.cut)
        cpu, begun = time.process_time(), time.monotonic()
        assert box.wait("INBOX", 30)
        assert 0.6 < time.monotonic() - begun < 15
        assert time.process_time() - cpu < 0.3
        loopmail.put(PRIVACY, RAW)
        assert len(read(box)) == 1


def test_news_that_arrive_in_two_pieces_do_not_break_the_wait(loopmail: MailServers) -> None:
    with Proxy(loopmail.imap_port) as proxy, Mailbox(loopmail.imap_account(PRIVACY, port=proxy.port)) as box:
        read(box)
        proxy.in_pieces(0.3)
        timer = later(1.5, lambda: loopmail.put(PRIVACY, RAW))
        assert box.wait("INBOX", 10)
        timer.join()
        proxy.heal()
        assert len(read(box)) == 1
        assert proxy.connections == 1


def test_news_in_the_same_packet_as_the_servers_yes_are_heard() -> None:
    def tell(command: bytes, tag: bytes) -> bytes | None:
        if command.upper() == b"IDLE":
            tags.append(tag)
            return b"+ idling\r\n* 2 EXISTS\r\n"
        return tags[-1] + b" OK done\r\n" if command == b"" else None

    tags: list[bytes] = []
    with FakeImap(tell) as server, Mailbox(account_of(server)) as box:
        box.folder_state("INBOX")
        begun = time.monotonic()
        assert box.wait("INBOX", 60)
        assert time.monotonic() - begun < 30


def test_a_keepalive_is_no_news() -> None:
    def tell(command: bytes, tag: bytes) -> bytes | None:
        if command.upper() == b"IDLE":
            tags.append(tag)
            return b"+ idling\r\n" + (b"* OK Still here\r\n" if len(tags) == 1 else b"")
        return tags[-1] + b" OK done\r\n" if command == b"" else None

    tags: list[bytes] = []
    with FakeImap(tell) as server, Mailbox(account_of(server)) as box:
        box.folder_state("INBOX")
        assert not box.wait("INBOX", 0.5)
    assert len(tags) == 2


@pytest.mark.parametrize(("last", "again"), [(1, []), (2, [1]), (9, [1])])
def test_a_cursor_that_the_server_does_not_count_to_any_more_is_none(last: int, again: list[int]) -> None:
    with FakeImap(listing([1], good)) as server, Mailbox(account_of(server)) as box:
        found = box.since("INBOX", Cursor("INBOX", 7, last), None)
        assert [mail.pointer.uid for mail in found] == again


def test_a_server_without_uidnext_is_asked_for_it_and_need_not_answer() -> None:
    def tell(command: bytes, tag: bytes) -> bytes | None:
        told = {
            b"EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n" + tag + b" OK [READ-ONLY] done\r\n",
            b"SELECT": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n" + tag + b" OK [READ-WRITE] done\r\n",
            b"STATUS": tag + b" NO not here\r\n",
        }
        return told.get(command.split(b" ")[0].upper())

    with FakeImap(tell) as server:
        with Mailbox(account_of(server)) as box:
            assert box.folder_state("INBOX") == (7, 0)
        assert [command.split()[0] for command in server.seen[-4:]] == [b"EXAMINE", b"STATUS", b"SELECT", b"LOGOUT"]


def test_a_folder_whose_name_is_wrongly_written_does_not_hide_the_others() -> None:
    def tell(command: bytes, tag: bytes) -> bytes | None:
        names = (b'() "/" "R&D"', b'() "/" "&2D0-"', b'() "/" "Caf&AOk-"', b'(\\Sent) "/" "Verzonden"')
        listed = b"".join(b"* LIST " + name + b"\r\n" for name in names)
        return listed + tag + b" OK done\r\n" if command.startswith(b"LIST") else None

    with FakeImap(tell) as server, Mailbox(account_of(server)) as box:
        assert box.role(roles.SENT) == "Verzonden"
        assert box.folder_names() == ["Café", "Verzonden"]


# --- a real Dovecot --------------------------------------------------------------------------------------------------


@pytest.mark.real
@pytest.mark.parametrize("auth", ["xoauth2", "oauthbearer"])
def test_a_token_opens_the_mailbox_and_an_expired_one_does_not(dovecot: Dovecot, auth: str) -> None:
    dovecot.put(RAW)
    with Mailbox(dovecot.account(auth=auth, password=dovecot.token)) as box:
        assert len(read(box)) == 1
    old = dovecot.account(auth=auth, password=lambda: dovecot.token(seconds=-60))
    with Mailbox(old) as box, pytest.raises(LoginRefused):
        read(box)


@pytest.mark.real
def test_no_mail_is_missed_when_mails_arrive_at_any_moment_of_the_round(dovecot: Dovecot) -> None:
    """The lost wake-up: told during SEARCH or FETCH, a server's IDLE stays silent about it."""
    sender = threading.Thread(target=lambda: [dovecot.deliver(mail(number)) for number in range(60)])
    found: list[FetchedMail] = []
    with Mailbox(dovecot.account()) as box:
        read(box)
        sender.start()
        end = time.monotonic() + 120
        while len(found) < 60 and time.monotonic() < end:
            found += read(box, cursor_at(found[-1]) if found else None)
            if len(found) < 60:
                begun = time.monotonic()
                box.wait("INBOX", 60)
                assert time.monotonic() - begun < 30
    sender.join()
    assert len(found) == 60


@pytest.mark.real
def test_a_thousand_mails_come_in_order_and_once(dovecot: Dovecot) -> None:
    with dovecot.client() as client:
        for number in range(1000):
            client.append("INBOX", "", None, mail(number))  # type: ignore[arg-type]
    with Mailbox(dovecot.account()) as box:
        assert [each.raw for each in read(box)] == [mail(number) for number in range(1000)]
