"""Access by consent: a code on another screen, a token file of one's own, renewal, servers that check each token."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from company import BOX, START, Clock
from mailbot.accounts import OAuthApp
from mailbot.demo.servers import MailServers
from mailbot.errors import LoginRefused, Refused, TryLater
from mailbot.mailbox import Mailbox
from mailbot.oauth import REDIRECT, Tokens
from mailbot.smtp import SubmissionClient
from rig.dovecot import Dovecot
from rig.installation import Installation
from rig.postfix import Postfix
from rig.real import free_port


class Provider:
    """An authorization server that answers what a test lays ready, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any]] = []
        self.asked: list[dict[str, str]] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                provider.asked.append({"path": self.path} | {name: values[0] for name, values in form.items()})
                status, told = provider.answers.pop(0)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(told if isinstance(told, bytes) else json.dumps(told).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def app(self, **changes: str) -> OAuthApp:
        urls = {
            "token_url": f"{self.url}/token",
            "device_url": f"{self.url}/device",
            "authorize_url": "https://a.test/",
        }
        return OAuthApp("our-id", lambda: "", **{**urls, "scope": "mail offline_access", **changes})


@pytest.fixture
def provider() -> Iterator[Provider]:
    running = Provider()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def tokens(provider: Provider, tmp_path: Path, clock: Clock) -> Tokens:
    return Tokens(provider.app(), tmp_path / "state", "kaviaarshop", clock)


def granted(access: str = "access-1", refresh: str | None = "refresh-1", seconds: int = 3600) -> tuple[int, Any]:
    told: dict[str, object] = {"access_token": access, "expires_in": seconds, "token_type": "Bearer"}
    return 200, told | ({"refresh_token": refresh} if refresh else {})


def refused(error: str) -> tuple[int, Any]:
    return 400, {"error": error, "error_description": "jan@klant.test did something"}


DEVICE = (
    200,
    {
        "device_code": "dev-9",
        "user_code": "ABCD-EFGH",
        "verification_uri": "https://provider.test/device",
        "interval": 5,
    },
)


# --- consent ---------------------------------------------------------------------------------------------------------


def test_a_code_typed_on_another_screen_gives_access(provider: Provider, tokens: Tokens) -> None:
    provider.answers = [DEVICE, refused("authorization_pending"), refused("slow_down"), granted()]
    waited: list[float] = []
    asked = tokens.request_consent()
    tokens.wait_for_consent(asked, waited.append)
    assert (asked.url, asked.code) == ("https://provider.test/device", "ABCD-EFGH")
    assert (waited, asked.seconds) == ([5, 5, 10], 900)
    assert provider.asked[-1]["device_code"] == "dev-9"
    assert tokens() == "access-1"


@pytest.mark.parametrize("error", ["access_denied", "expired_token", "anything"])
def test_who_says_no_is_believed(provider: Provider, tokens: Tokens, error: str) -> None:
    provider.answers = [DEVICE, refused(error)]
    with pytest.raises(Refused, match="start `mailbot login` again"):
        tokens.wait_for_consent(tokens.request_consent(), lambda _: None)


def test_a_code_that_nobody_types_is_given_up(provider: Provider, tokens: Tokens) -> None:
    status, told = DEVICE
    provider.answers = [(status, told | {"expires_in": 60}), *[refused("authorization_pending")] * 20]
    waited: list[float] = []
    with pytest.raises(Refused, match="in time"):
        tokens.wait_for_consent(tokens.request_consent(), waited.append)
    assert waited == [5] * 12


def test_without_device_codes_consent_goes_by_an_address_that_only_we_can_use(
    provider: Provider, tmp_path: Path, clock: Clock
) -> None:
    tokens = Tokens(provider.app(device_url=""), tmp_path, "kaviaarshop", clock)
    asked = tokens.request_consent()
    query = parse_qs(urlsplit(asked.url).query)
    assert (query["redirect_uri"], query["code_challenge_method"]) == ([REDIRECT], ["S256"])
    assert asked.secret not in asked.url
    with pytest.raises(Refused, match="holds no code"):
        tokens.redeem(asked, "https://elders.test/")
    provider.answers = [granted()]
    tokens.redeem(asked, f"{REDIRECT}?code=4%2Fabc&scope=mail")
    assert (provider.asked[-1]["code"], provider.asked[-1]["code_verifier"]) == ("4/abc", asked.secret)
    assert tokens() == "access-1"


# --- keeping and renewing --------------------------------------------------------------------------------------------


@pytest.fixture
def kept(provider: Provider, tokens: Tokens) -> Tokens:
    provider.answers = [DEVICE, granted()]
    tokens.wait_for_consent(tokens.request_consent(), lambda _: None)
    return tokens


def test_the_token_file_is_for_its_owner_only_and_nothing_else_is_left(kept: Tokens) -> None:
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
    assert {path.name for path in kept.path.parent.iterdir()} == {"oauth.json", "oauth.lock"}


def test_a_token_is_used_until_shortly_before_its_end_and_then_renewed(
    provider: Provider, kept: Tokens, clock: Clock
) -> None:
    clock.move(minutes=54)
    assert kept() == "access-1"
    clock.move(minutes=2)
    provider.answers = [granted("access-2", None)]
    assert kept() == "access-2"
    clock.move(minutes=56)
    provider.answers = [granted("access-3", "refresh-2")]
    assert kept() == "access-3"
    assert [asked["refresh_token"] for asked in provider.asked[2:]] == ["refresh-1", "refresh-1"]
    clock.move(hours=1)
    provider.answers = [granted("access-4")]
    kept()
    assert provider.asked[-1]["refresh_token"] == "refresh-2"


@pytest.mark.parametrize("empty", [None, ""])
def test_a_renewal_that_names_no_new_refresh_token_leaves_the_old_one(
    provider: Provider, kept: Tokens, clock: Clock, empty: str | None
) -> None:
    for number in (2, 3):
        clock.move(hours=2)
        status, told = granted(f"access-{number}", None)
        provider.answers = [(status, told | {"refresh_token": empty, "expires_in": None})]
        assert kept() == f"access-{number}"
    assert provider.asked[-1]["refresh_token"] == "refresh-1"


def test_a_renewal_without_a_token_leaves_what_was_kept(provider: Provider, kept: Tokens, clock: Clock) -> None:
    before = kept.path.read_bytes()
    clock.move(hours=2)
    provider.answers = [(200, {"access_token": None, "refresh_token": None})]
    with pytest.raises(LoginRefused):
        kept()
    assert kept.path.read_bytes() == before


def test_a_consent_without_a_refresh_token_is_none(provider: Provider, tokens: Tokens) -> None:
    status, told = granted()
    provider.answers = [DEVICE, (status, told | {"refresh_token": None})]
    with pytest.raises(Refused, match="offline_access"):
        tokens.wait_for_consent(tokens.request_consent(), lambda _: None)
    assert not tokens.path.exists()


def test_a_token_of_which_the_file_does_not_say_until_when_is_renewed(provider: Provider, kept: Tokens) -> None:
    kept.path.write_text('{"access_token": "access-1", "refresh_token": "refresh-1"}')
    provider.answers = [granted("access-2")]
    assert kept() == "access-2"


def test_another_process_uses_what_this_one_renewed(provider: Provider, kept: Tokens, clock: Clock) -> None:
    clock.move(hours=2)
    provider.answers = [granted("access-2", "refresh-2")]
    assert kept() == "access-2"
    assert Tokens(kept.app, kept.path.parent, "kaviaarshop", clock)() == "access-2"


def test_a_consent_that_was_taken_back_is_a_refused_login_with_its_cure(
    provider: Provider, kept: Tokens, clock: Clock
) -> None:
    clock.move(hours=2)
    provider.answers = [refused("invalid_grant")]
    with pytest.raises(LoginRefused, match="mailbot login --tenant kaviaarshop") as told:
        kept()
    assert "jan@klant.test" not in str(told.value)


@pytest.mark.parametrize("answer", [(503, {}), (429, {}), (200, b"<html>down</html>")])
def test_a_provider_in_trouble_is_asked_later_and_costs_no_consent(
    provider: Provider, kept: Tokens, clock: Clock, answer: tuple[int, Any]
) -> None:
    clock.move(hours=2)
    provider.answers = [answer, granted("access-2")]
    with pytest.raises(TryLater) as told:
        kept()
    assert not isinstance(told.value, LoginRefused)
    assert kept() == "access-2"


def test_a_provider_that_is_not_there_is_asked_later(tmp_path: Path, provider: Provider, kept: Tokens) -> None:
    away = Tokens(
        provider.app(token_url=f"http://127.0.0.1:{free_port()}/token"), kept.path.parent, "kaviaarshop", Clock()
    )
    away.clock = Clock(START + timedelta(hours=2))
    with pytest.raises(TryLater, match="ConnectError"):
        away()


@pytest.mark.parametrize("content", [None, b"", b"{half", b"[]", b"{}"])
def test_a_token_file_that_says_nothing_asks_for_consent(tokens: Tokens, content: bytes | None) -> None:
    if content is not None:
        tokens.path.parent.mkdir()
        tokens.path.write_bytes(content)
    with pytest.raises(LoginRefused, match="mailbot login"):
        tokens()


# --- real servers that check the token -------------------------------------------------------------------------------


@pytest.mark.real
@pytest.mark.parametrize("auth", ["xoauth2", "oauthbearer"])
def test_a_renewed_token_opens_the_mailbox_after_a_refused_one(
    dovecot: Dovecot, provider: Provider, tokens: Tokens, auth: str
) -> None:
    provider.answers = [DEVICE, granted(dovecot.token(seconds=-60))]
    tokens.wait_for_consent(tokens.request_consent(), lambda _: None)
    account = dovecot.account(auth=auth, password=tokens, reject_token=tokens.reject_token)
    with Mailbox(account) as box:
        with pytest.raises(LoginRefused):
            box.folder_state("INBOX")
        provider.answers = [granted(dovecot.token())]
        assert box.folder_state("INBOX")[1] == 1


@pytest.mark.real
@pytest.mark.parametrize("auth", ["xoauth2", "oauthbearer"])
def test_a_delegate_sends_as_the_shared_mailbox(
    postfix: Postfix, provider: Provider, tokens: Tokens, auth: str
) -> None:
    """As Microsoft 365 wants it: IMAP logs in as the box, SMTP as the delegate, and the letter is from the box."""
    provider.answers = [DEVICE, granted(Dovecot.token("dpo@mail.test"))]
    tokens.wait_for_consent(tokens.request_consent(), lambda _: None)
    raw = b"From: privacy@mail.test\r\nTo: klant@mail.test\r\nSubject: x\r\n\r\nx\r\n"
    with SubmissionClient(
        postfix.account("dpo@mail.test", auth=auth, password=tokens, reject_token=tokens.reject_token)
    ) as post:
        assert post.send(BOX, "klant@mail.test", raw).startswith("250")


@pytest.mark.real
def test_mailbot_login_shows_the_code_and_check_live_then_works(
    dovecot: Dovecot, postfix: Postfix, provider: Provider, tmp_path: Path
) -> None:
    installation = Installation(tmp_path)
    end = f"""
[oauth]
provider = "other"
client_id = "our-id"
token_url = "{provider.url}/token"
device_url = "{provider.url}/device"
scope = "mail"
"""
    installation.write(dovecot.account(auth="xoauth2"), postfix.account(auth="xoauth2"), end=end)
    config = tmp_path / "config" / "tenants" / "kaviaarshop.toml"
    config.write_text(config.read_text().replace('password = { env = "BOX_PASSWORD" }\n', ""))
    before = installation.run("check", "--live")
    assert "mailbot login --tenant kaviaarshop" in before.stdout.replace("\n", " ").replace("  ", " ")
    provider.answers = [(200, DEVICE[1] | {"interval": 0}), granted(dovecot.token())]
    done = installation.run("login", "--tenant", "kaviaarshop")
    assert (done.returncode, "ABCD-EFGH" in done.stdout) == (0, True), done.stderr
    after = installation.run("check", "--live")
    assert after.returncode == 0, after.stdout


def test_an_account_that_wants_a_token_and_has_nowhere_to_get_it_is_incomplete(
    loopmail: MailServers, tmp_path: Path
) -> None:
    installation = Installation(tmp_path)
    installation.write(loopmail.imap_account(BOX, auth="xoauth2"), loopmail.smtp_account(BOX))
    config = tmp_path / "config" / "tenants" / "kaviaarshop.toml"
    config.write_text(config.read_text().replace('password = { env = "BOX_PASSWORD" }\n', "", 1))
    done = installation.run("check", "--json")
    assert done.returncode == 3
    assert [fault["where"].rpartition(":")[2] for fault in json.loads(done.stdout)] == ["imap.auth"]
