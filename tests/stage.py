"""A stage for whole scenarios: a company as it is shipped, completed as its owner would, on real servers.

The first mail comes in by SMTP; it and what follows lie in Dovecot with the moment of the scenario's own clock. Staff
work with the command line. What a person or a processor gets is read from a mailbox of Dovecot, where Postfix
delivered it.
"""

from __future__ import annotations

import email
import json
import logging
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import policy as email_policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from company import Clock
from mailbot import worker
from mailbot.accounts import ImapAccount, SmtpAccount
from mailbot.app import Tenant, open_tenants
from mailbot.classify import Classifier
from mailbot.cli import app
from mailbot.config import files, load
from mailbot.errors import MailbotError
from mailbot.letters import Letters
from mailbot.model import Case
from rig.dovecot import Dovecot
from rig.postfix import Postfix

ROOT = Path(__file__).parent.parent
OWNERS = tomllib.loads((ROOT / "tests" / "scenarios" / "owners.toml").read_text("utf-8"))
PERSON, PARTY, CONTACT, DEPUTY = "klant@mail.test", "partij@mail.test", "dpo@mail.test", "robin@mail.test"
NAME, NUMBER = "Geertruida Zonneveld", "KL-77310"
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ORDERS = f"""bestelling;klantnummer;e-mail;factuurnummer;factuurdatum;artikel;bedrag
5501;{NUMBER};{PERSON};F2026-0117;2026-01-05;Blik kaviaar;49,95
5502;KL-10000;iemand.anders@mail.test;F2026-0118;2026-01-06;Tapijt;250,00
"""
VISITS = f"moment;e-mail;ip-adres\n2026-02-01 20:14;{PERSON};192.0.2.7\n"
#: The command line, put together once: that takes longer than most commands.
COMMAND = get_command(app)
_GAPS = ("vul hier in", "nog in te vullen", "zonder naam")
_CODE = re.compile(r"\b[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}\b")


def box_of(tenant: str) -> str:
    """The company's mailbox on the rig."""
    return f"{tenant}@mail.test"


# --- the installation ----------------------------------------------------------------------------


def install(folder: Path, tenant: str, imap: ImapAccount, smtp: SmtpAccount) -> Path:
    """The shipped settings of a company, with what its policy leaves open filled in. Gives the folder of the config."""
    config = folder / "config"
    (config / "tenants").mkdir(parents=True)
    shutil.copy(ROOT / "config" / "authorities.toml", config)
    (folder / "replies").symlink_to(ROOT / "replies")
    (folder / "klanten.csv").write_text(f"klantnummer;e-mail;naam\n{NUMBER};{PERSON};{NAME}\n", "utf-8")
    (folder / "bestellingen.csv").write_text(ORDERS, "utf-8")
    (folder / "bezoeken.csv").write_text(VISITS, "utf-8")
    (config / "mailbot.toml").write_text('state = "../state"\n', "utf-8")
    shipped = tomllib.loads((ROOT / "config" / "tenants" / f"{tenant}.toml").read_text("utf-8"))
    filled = files.merge(shipped, _of_the_owner(tenant, shipped, folder, imap, smtp))
    (config / "tenants" / f"{tenant}.toml").write_text(toml(filled), "utf-8")
    return config


def _of_the_owner(
    tenant: str, shipped: dict[str, Any], folder: Path, imap: ImapAccount, smtp: SmtpAccount
) -> dict[str, Any]:
    own: dict[str, Any] = OWNERS[tenant]
    everybody: dict[str, Any] = OWNERS["everybody"]
    parties = [_completed(one, everybody) for one in shipped["processors"]]
    parties[0] |= {"contact": PARTY}
    return own | {
        "deputy": everybody["deputy"],
        "mode": "automatic",
        "go_live": date(2026, 1, 1),
        "mail": {"mailbox": box_of(tenant), "addresses": [box_of(tenant)]},
        "imap": _server(imap) | {"trash": "Prullenbak", "file_sent": True, "put_drafts": True},
        "smtp": _server(smtp),
        "customers": {
            "path": str(folder / "klanten.csv"),
            "columns": {"id": "klantnummer", "email": "e-mail", "name": "naam"},
        },
        "processors": parties,
        "sources": [
            _source("Bestellingen", "Bestellingen en facturen", folder / "bestellingen.csv")
            | {"match_id": "klantnummer", "document": "factuurnummer", "dated": "factuurdatum"},
            _source("Bezoeken", "Bezoek aan de website", folder / "bezoeken.csv") | {"provided": False},
        ],
    }


def _completed(processor: dict[str, Any], owner: dict[str, Any]) -> dict[str, Any]:
    """A processor without the gaps that the policy leaves."""
    found = dict(processor)
    if _is_gap(found["name"]):
        found |= {"name": owner["processor"], "holds": found["holds"] or "berichten aan en van ons"}
        found |= {"category": "E-mail"} if found["category"] == "Onbekend" else {}
    if _is_gap(found.get("outside_eu", "")):
        found["outside_eu"] = owner["safeguard"]
    return found


def _is_gap(text: str) -> bool:
    return any(gap in text.lower() for gap in _GAPS)


def _source(name: str, category: str, path: Path) -> dict[str, Any]:
    return {"name": name, "category": category, "type": "csv", "path": str(path), "match_email": "e-mail"}


def _server(account: ImapAccount | SmtpAccount) -> dict[str, Any]:
    given = {"host": account.host, "port": account.port, "security": account.security, "username": account.username}
    ca = {"ca_file": str(account.ca_file)} if account.ca_file else {}
    return given | ca | {"password": {"env": "BOX_PASSWORD"}, "timeout": account.timeout}


def toml(table: dict[str, Any]) -> str:
    """Settings as a file; a table stands on one line."""
    return "".join(f"{json.dumps(key)} = {_value(value)}\n" for key, value in table.items())


def _value(value: Any) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{json.dumps(key)} = {_value(one)}" for key, one in value.items()) + " }"
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
        case date():
            return value.isoformat()
        case _:
            return json.dumps(value, ensure_ascii=False)


# --- the play ------------------------------------------------------------------------------------


@dataclass
class Stage:
    """One company at work, and the people around it."""

    dovecot: Dovecot
    postfix: Postfix
    tenant: Tenant
    config: Path
    clock: Clock
    written: int = 0  # mails that people outside wrote
    answered: set[str] = field(default_factory=set)  # mails of ours that a processor has answered

    @property
    def box(self) -> str:
        return box_of(self.tenant.id)

    @property
    def state(self) -> Path:
        """The folder in which the company remembers."""
        return self.config.parent / "state"

    def arrives(self, text: str, subject: str, sender: str = PERSON, to: EmailMessage | None = None) -> None:
        """Somebody writes to the company; `to` is the mail that is answered."""
        self.written += 1
        mail = EmailMessage()
        mail["From"], mail["To"] = (sender if sender == PARTY else f"{NAME} <{sender}>"), self.box
        mail["Subject"], mail["Message-ID"] = subject, f"<77310.{self.written}@post.test>"
        if to:
            mail["In-Reply-To"] = mail["References"] = str(to["Message-ID"])
            quoted = "".join(f"> {line}\n" for line in text_of(to).splitlines())
            text = f"{text}\n\nOp maandag 2 maart 2026 schreef {self.box}:\n{quoted}"
        mail.set_content(text)
        if self.written == 1:
            self.postfix.bring(mail.as_bytes(), sender, self.box, self.clock())
        else:  # by now Dovecot remembers dates of receipt, and a file's own time is not looked at
            self.dovecot.put(mail.as_bytes(), self.box, internal_date=self.clock())

    def round(self, **later: float) -> None:
        """The clock goes on and the program works."""
        self.clock.move(**(later or {"minutes": 15}))
        done = worker.once(self.tenant, self.clock)
        assert not done.trouble, done.trouble

    def staff(self, words: str, by: str = "kim", typed: str = "") -> str:
        """A command of somebody, after `mailbot`, and what he types into it; gives what it prints."""
        given = ["--config", str(self.config), *shlex.split(words)]
        env = {"MAILBOT_ACTOR": by, "COLUMNS": "200", "NO_COLOR": "1"}
        done = CliRunner().invoke(app, given, input=typed, env=env)
        logging.basicConfig(handlers=[logging.NullHandler()], force=True)  # its own went with it
        if done.exception and not isinstance(done.exception, SystemExit | MailbotError):
            raise done.exception
        assert done.exit_code == 0, f"mailbot {words}: {done.exception or done.output}"
        return done.stdout

    def cases(self) -> list[Case]:
        """Every case, oldest first."""
        with self.tenant.store.unit() as unit:
            return sorted(unit.all_cases(), key=lambda case: case.ref)

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What lies in somebody's mailbox, oldest first."""
        self.postfix.settle()
        with self.dovecot.client(address) as client:
            client.select("INBOX", readonly=True)
            numbers = client.search(None, "ALL")[1][0].split()
            told = client.fetch(b",".join(numbers).decode(), "(BODY.PEEK[])")[1] if numbers else []
        raws = [part[1] for part in told if isinstance(part, tuple)]
        mails = [cast(EmailMessage, email.message_from_bytes(raw, policy=email_policy.default)) for raw in raws]
        return sorted(mails, key=lambda mail: (mail["Date"].datetime, str(mail["Subject"]), text_of(mail)))

    def folders_with(self, words: str) -> set[str]:
        """The folders of the company's mailbox that hold a mail with these words, to or from or in it."""
        with self.dovecot.client(self.box) as client:
            names = [
                line.decode().rpartition(" ")[2].strip('"') for line in client.list()[1] if isinstance(line, bytes)
            ]
            found = set()
            for name in names:
                client.select(f'"{name}"', readonly=True)
                if client.search(None, "TEXT", f'"{words}"')[1][0]:
                    found.add(name)
        return found

    def parties_answer(self, text: str) -> int:
        """Each processor that has not answered yet does so; gives how many."""
        asked = [mail for mail in self.mails_to(PARTY) if str(mail["Message-ID"]) not in self.answered]
        for mail in asked:
            self.answered.add(str(mail["Message-ID"]))
            self.arrives(text, f"Re: {mail['Subject']}", PARTY, mail)
        return len(asked)


@contextmanager
def staged(
    dovecot: Dovecot, postfix: Postfix, folder: Path, tenant: str, classifier: Classifier, patch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """The company, ready to work, on a clock that stands until it is moved."""
    clock = Clock(MONDAY)
    patch.setattr("mailbot.app.datetime", _Standing(clock))
    patch.setattr("typer.testing._get_command", lambda _: COMMAND)
    patch.setenv("BOX_PASSWORD", "geheim")
    config = install(folder, tenant, dovecot.account(box_of(tenant)), postfix.account(box_of(tenant)))
    [opened] = open_tenants(load(config), Letters(ROOT / "replies"), lambda: classifier, tenant)
    try:
        yield Stage(dovecot, postfix, opened, config, clock)
    finally:
        opened.close()


@dataclass
class _Standing:
    """What the one line that reads the time reads here."""

    clock: Clock

    def now(self, zone: Any) -> datetime:
        return self.clock().astimezone(zone)


def text_of(mail: EmailMessage) -> str:
    """What a mail says in plain text."""
    body = mail.get_body(("plain",))
    return plain(str(body.get_content())) if body else ""


def plain(text: str) -> str:
    """The text with line ends of one sort and one code, for these differ at each run."""
    return _CODE.sub("ABCD-EFGH-2345", text.replace("\r\n", "\n"))
