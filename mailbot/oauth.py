"""Access to a mailbox by consent instead of a password (OAuth 2.0): tokens asked, kept and renewed.

The rules kept here: the file with the tokens is readable by its owner only and is replaced whole; an access token is
renewed before it expires, by one process at a time; nothing that the server answers is repeated, for it may name a
person or hold a token. A person gives consent once, with `mailbot login`, by a code that he types on another screen
(RFC 8628). Where the provider does not offer that for mail (Google), he copies an address instead (RFC 8252, 7636).
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson

from mailbot import private_files
from mailbot.accounts import OAuthApp
from mailbot.errors import ConfigError, LoginRefused, Problem, Refused, TryLater

NAME = "oauth.json"
#: So long before its end a token is not used any more: a connection must have time to log in.
MARGIN = timedelta(minutes=5)
TIMEOUT = 20.0
REDIRECT = "http://127.0.0.1:8765/"  # nobody listens there: the person copies the address that his browser ends at
_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
_AGAIN = ("authorization_pending", "slow_down")

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """What a person must do to give consent: open `url`, and type `code` there if there is one."""

    url: str
    code: str
    secret: str  # what proves to the server that it was we who asked
    interval: float = 5.0
    seconds: float = 900.0


class Tokens:
    """The tokens of one company. Called when a connection is opened, it gives an access token that is good now."""

    def __init__(self, app: OAuthApp, folder: Path, company: str, clock: Clock) -> None:
        self.app, self.path, self.company, self.clock = app, folder / NAME, company, clock
        self._rejected = ""

    def __call__(self) -> str:
        """An access token. Raises LoginRefused when a person must give consent (again), TryLater otherwise."""
        with self._locked():
            kept = self._read()
            access = str(kept.get("access_token", ""))
            if access and access != self._rejected and _expires_at(kept) > self.clock() + MARGIN:
                return access
            return self._renew(str(kept["refresh_token"]))

    def reject_token(self) -> None:
        """The mail server refused the token that it got last: the next one is asked anew, whatever its date says."""
        with self._locked():
            self._rejected = str(self._read().get("access_token", ""))

    def _renew(self, refresh_token: str) -> str:
        answer = self._post(self.app.token_url, {"grant_type": "refresh_token", "refresh_token": refresh_token})
        if not answer.get("access_token"):
            raise self._no_consent("the provider took the consent back")
        self._keep({**answer, "refresh_token": answer.get("refresh_token") or refresh_token})  # null: the old one holds
        return str(answer["access_token"])

    # --- consent ---------------------------------------------------------------------------------

    def request_consent(self) -> ConsentRequest:
        """Begin: what to show to the person."""
        if not self.app.device_url:
            return self._request_by_address()
        response = self._post(self.app.device_url, {"scope": self.app.scope})
        url = str(response.get("verification_uri") or response.get("verification_url") or "")
        if not url or "device_code" not in response:
            raise Refused("the provider does not know this client_id, or does not allow a device code for it")
        interval, seconds = float(response.get("interval", 5)), float(response.get("expires_in", 900))
        return ConsentRequest(url, str(response.get("user_code", "")), str(response["device_code"]), interval, seconds)

    def wait_for_consent(self, request: ConsentRequest, sleep: Callable[[float], None] = time.sleep) -> None:
        """Until the person has typed the code. Raises Refused when he says no, or does not come."""
        interval, waited = request.interval, 0.0
        while waited < request.seconds:
            sleep(interval)
            waited += interval
            answer = self._post(self.app.token_url, {"grant_type": _DEVICE, "device_code": request.secret})
            if answer.get("access_token"):
                return self._accept(answer)
            if answer.get("error") not in _AGAIN:
                raise Refused("consent was not given; start `mailbot login` again")
            interval += 5 if answer["error"] == "slow_down" else 0
        raise Refused("nobody typed the code in time; start `mailbot login` again")

    def redeem(self, request: ConsentRequest, address: str) -> None:
        """The address that the person's browser ended at holds the code. Raises Refused when it does not."""
        code = parse_qs(urlsplit(address.strip()).query).get("code", [""])[0]
        if not code:
            raise Refused("this address holds no code; copy the whole line from the browser")
        grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
        answer = self._post(self.app.token_url, grant | {"code_verifier": request.secret})
        if not answer.get("access_token"):
            raise Refused("the provider did not accept the code; start `mailbot login` again")
        self._accept(answer)

    def _request_by_address(self) -> ConsentRequest:
        proof = secrets.token_urlsafe(48)
        digest = base64.urlsafe_b64encode(hashlib.sha256(proof.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": self.app.client_id,
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "scope": self.app.scope,
            "code_challenge": digest,
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",
        }
        return ConsentRequest(f"{self.app.authorize_url}?{urlencode(query)}", "", proof)

    def _accept(self, answer: Mapping[str, Any]) -> None:
        if not answer.get("refresh_token"):
            raise Refused("the provider gave no refresh token; is offline_access in the scope?")
        with self._locked():
            self._keep(answer)

    # --- the provider ----------------------------------------------------------------------------

    def _post(self, url: str, form: Mapping[str, str]) -> dict[str, Any]:
        try:
            import httpx
        except ImportError:
            cure = 'needs the extra: pip install "mailbot[oauth]"'
            raise ConfigError([Problem(f"tenants/{self.company}.toml: oauth", cure)]) from None
        secret = self.app.client_secret()
        form = {"client_id": self.app.client_id, **form} | ({"client_secret": secret} if secret else {})
        try:
            answer = httpx.post(url, data=form, timeout=TIMEOUT, headers={"Accept": "application/json"})
            response = answer.json()
        except (httpx.HTTPError, ValueError, OSError) as error:
            raise TryLater(f"oauth server {urlsplit(url).hostname}: {type(error).__name__}") from None
        if answer.status_code >= 500 or answer.status_code == 429:
            raise TryLater(f"oauth server {urlsplit(url).hostname} is not ready ({answer.status_code})")
        return response if isinstance(response, dict) else {}

    # --- the file --------------------------------------------------------------------------------

    def _read(self) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = orjson.loads(self.path.read_bytes())
        except FileNotFoundError:
            raise self._no_consent("nobody has given consent yet") from None
        except (OSError, ValueError):
            raise self._no_consent(f"{self.path} cannot be read") from None
        if not isinstance(kept, dict) or not kept.get("refresh_token"):
            raise self._no_consent(f"{self.path} holds no token")
        return kept

    def _keep(self, answer: Mapping[str, Any]) -> None:
        until = self.clock() + timedelta(seconds=float(answer.get("expires_in") or 3600))
        kept = {name: answer[name] for name in ("access_token", "refresh_token")} | {"expires_at": until.isoformat()}
        private_files.replace(self.path, orjson.dumps(kept))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time: many providers void the old refresh token when they give a new one."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _no_consent(self, why: str) -> LoginRefused:
        return LoginRefused(f"{self.company}: {why}; run `mailbot login --tenant {self.company}`")


def _expires_at(kept: Mapping[str, Any]) -> datetime:
    """When the access token ends; long ago where the file does not say it, so that a new one is asked."""
    try:
        return datetime.fromisoformat(str(kept.get("expires_at"))).astimezone(UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
