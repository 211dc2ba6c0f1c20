"""The few ways in which the program fails. Each says what happened and what to do next, and has its exit code.

The rule kept here: an error text never holds personal data (F-09). It names a company, a case reference,
a file or a setting, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from traceback import extract_tb


class MailbotError(Exception):
    """Base of all errors that the program raises on purpose."""

    exit_code = 1


class Usage(MailbotError):
    """The person asked for something that does not exist or is ambiguous."""

    exit_code = 2


@dataclass(frozen=True)
class Problem:
    """One fault in the configuration: `where` is a file and a key, `what` says it in words with the cure."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class ConfigError(MailbotError):
    """The configuration cannot be used. Carries every problem found, not just the first."""

    exit_code = 3

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class TryLater(MailbotError):
    """A server or a file system did not answer as it should; the same call may succeed later.

    `wait` is what the other side asked for, in seconds, if it said so.
    """

    exit_code = 4

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class RecipientWaits(TryLater):
    """The server takes nothing for this recipient just now (greylisting), which tells nothing of others."""


class LoginRefused(TryLater):
    """The server refused the name or the password. Trying again soon would lock the account."""

    topic = "login"  # what the alarm of it is about


class SenderRefused(LoginRefused):
    """The server takes no letter from the company's own address, whoever it is to."""

    topic = "sender"


class RelayRefused(LoginRefused):
    """The server takes letters to its own addresses only, whoever outside they are to."""

    topic = "relay"


class Unreachable(TryLater):
    """Nobody answers at the server's door, so it is no matter of one letter or one recipient."""


class NotAsked(TryLater):
    """It did not answer a moment ago, so it was not asked again."""


class FolderRefused(TryLater):
    """The server does not open one folder; the connection and the other folders are good."""


class WriteRefused(TryLater):
    """The server does not take what we would write into the mailbox (full, read-only, no keywords); it answers well
    otherwise. `full`: because there is no room left."""

    def __init__(self, message: str, full: bool = False) -> None:
        super().__init__(message)
        self.full = full


class Broken(MailbotError):
    """The program itself failed, where nobody expected it. Only the kind and the place of the error are told: its own
    words may hold whatever it was about."""

    @classmethod
    def by(cls, error: Exception, doing: str, then: str = "the rest goes on") -> Broken:
        """What broke while doing this, and what follows from it."""
        place = extract_tb(error.__traceback__)[-1:]
        where = "".join(f" at {one.filename.rpartition('/')[2]}:{one.lineno}" for one in place)
        return cls(f"{doing}: the program failed ({type(error).__name__}{where}); {then}")


class Refused(MailbotError):
    """The law, a policy or the state of a case forbids what was asked.

    `rule` is an id of `mailbot guide rules`, which is told behind the message, or a word of our own under which a mail
    to a colleague finds its reason ([refused_words] in replies/nl/phrases.toml), which is not.
    """

    def __init__(self, message: str, rule: str = "") -> None:
        told = rule.partition(":")[0] if rule[:1].isupper() else ""
        super().__init__(f"{message} ({told})" if told else message)
        self.rule = rule


class SendFailed(MailbotError):
    """The mail server answered for good that it will not take this letter (SMTP 5xx)."""


class SharedRefusal(SendFailed):
    """The server refused one recipient in words about who sends. That can be his own policy, or hold for everybody:
    then it is `if_all`."""

    def __init__(self, message: str, if_all: LoginRefused) -> None:
        super().__init__(message)
        self.if_all = if_all


class SendUnsure(MailbotError):
    """The line was lost after the letter was handed over: it may have been delivered. Never resent by itself."""
