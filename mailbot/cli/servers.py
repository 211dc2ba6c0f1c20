"""Which mail servers a new company has: looked for, shown with where each comes from, and confirmed by the person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mailbot.cli.questions import ask
from mailbot.cli.setting import console
from mailbot.setup import server_search
from mailbot.setup.autoconfig import Found, Server, security_at, server_of
from mailbot.setup.company_toml import Answers
from mailbot.setup.public_records import Internet


def with_servers(answers: Answers, offline: bool) -> Answers:
    """The same answers with the servers that the person chose or typed."""
    chosen = None if offline or not answers.mailbox else _chosen(answers.mailbox)
    if chosen is None:
        return replace(answers, imap=_typed("IMAP", "tls"), smtp=_typed("SMTP", "starttls"))
    found = replace(
        answers,
        imap=chosen.imap or _typed("IMAP", "tls"),
        smtp=chosen.smtp or _typed("SMTP", "starttls"),
        provider=chosen.provider,
    )
    if any(one and one.auth != "password" for one in (found.imap, found.smtp)):
        return replace(found, client_id=ask("Client id of your app registration there (empty: later)", str))
    return found


def _chosen(mailbox: str) -> Found | None:
    domain = mailbox.rpartition("@")[2]
    console.print(f"looking for the mail servers of {domain} ...", style="dim")
    search = server_search.find(mailbox, Internet())
    if not search.found:
        why = "names none" if search.answered else "could not be asked: no name server or web server answered"
        console.print(f"{domain} {why}; your mail provider's help page has them")
        return None
    for number, one in enumerate(search.found, 1):
        console.print(f"{number}. from {one.source}", style="bold")
        for name, server in (("IMAP", one.imap), ("SMTP", one.smtp)):
            console.print(f"   {name}  {_told(server)}")
        if one.remark:
            console.print(f"   {one.remark}", style="yellow")
    count = len(search.found)
    which = ask(f"Which one is right (1 to {count}; 0: none)", _one_of(range(count + 1)), "1")
    return search.found[which - 1] if which else None


def _one_of(numbers: range) -> Callable[[str], int]:
    def number(typed: str) -> int:
        if typed not in map(str, numbers):
            raise ValueError(f"type a number from {numbers[0]} to {numbers[-1]}")
        return int(typed)

    return number


def _told(server: Server | None) -> str:
    if server is None:
        return "not named; you will be asked"
    port = f":{server.port}" if server.port else ""
    return f"{server.host}{port}, {server.security}, as {server.username}, by {server.auth}"


def _typed(name: str, security: str) -> Server | None:
    question = f"{name} server, or server:port (empty: later)"
    return ask(question, lambda typed: server_of(typed, security_at(typed) or security))
