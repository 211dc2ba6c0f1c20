"""A whole installation on disk, with one complete company on servers of the rig, worked by the real program."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from mailbot.accounts import ImapAccount, SmtpAccount
from rig import program

ROOT = Path(__file__).parent.parent.parent

COMPANY = """
name = "Kaviaarshop"
country = "NL"
zone = "Europe/Amsterdam"
authority = "AP"
mode = "automatic"
automatic = ["acknowledgement", "neutral"]
go_live = 2020-01-01
post_address = "Straat 1, 1000 AA Stad"
{more}
[contact]
name = "John"
email = "{contact}"
[mail]
mailbox = "{box}"
[caps]
per_address_a_day = 100000
per_hour = 100000
[customers]
path = "{folder}/customers.csv"
[imap]
{imap}
{imap_more}
[smtp]
{smtp}
"""


@dataclass
class Installation:
    """The folder of one company's installation."""

    folder: Path
    box: str = "privacy@mail.test"
    contact: str = "dpo@mail.test"

    def write(
        self,
        imap: ImapAccount,
        smtp: SmtpAccount,
        more: str = "",
        imap_more: str = "",
        poll: int = 1,
        end: str = "",
        store: str = "",
    ) -> None:
        """Lay the configuration down; `more` are lines of the company's file, `end` tables at its end."""
        config = self.folder / "config"
        (config / "tenants").mkdir(parents=True)
        shutil.copy(ROOT / "config" / "authorities.toml", config)
        shutil.copytree(ROOT / "replies", self.folder / "replies")
        (self.folder / "customers.csv").write_text("id;naam;e-mail\n1001;Klant;klant@mail.test\n", "utf-8")
        (config / "mailbot.toml").write_text(f'state = "../state"\npoll_seconds = {poll}\n{store}', "utf-8")
        facts = {"folder": self.folder, "box": self.box, "contact": self.contact, "more": more, "imap_more": imap_more}
        text = COMPANY.format(imap=_server(imap), smtp=_server(smtp), **facts)
        (config / "tenants" / "kaviaarshop.toml").write_text(text + end, "utf-8")

    @property
    def state(self) -> Path:
        """Where the company's memory is."""
        return self.folder / "state" / "kaviaarshop"

    def run(self, *words: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """A command that ends."""
        given = ("--config", str(self.folder / "config"), *words)
        done = program.run(*given, folder=Path.cwd(), env=self._env(), timeout=timeout)
        out, err = done.stdout.decode(), done.stderr.decode()
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    def start(self, *words: str, **env: str) -> program.Begun:
        """A command that goes on."""
        return program.start("--config", str(self.folder / "config"), *words, env=self._env() | env)

    def _env(self) -> dict[str, str]:
        return os.environ | {"COLUMNS": "120", "NO_COLOR": "1", "MAILBOT_ACTOR": "john", "BOX_PASSWORD": "geheim"}


def _server(account: ImapAccount | SmtpAccount) -> str:
    lines = [f'host = "{account.host}"', f"port = {account.port}", f'security = "{account.security}"']
    lines += [f'username = "{account.username}"', 'password = { env = "BOX_PASSWORD" }']
    lines += [f'auth = "{account.auth}"', f"timeout = {account.timeout}"]
    lines += [f'ca_file = "{account.ca_file}"'] if account.ca_file else []
    return "\n".join(lines)
