"""Secrets by reference: the file says where a password is, a call fetches it when a connection is opened.

The rule kept here: no secret is read while loading, none is printed, and an error names the setting, not the value.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from mailbot import regular_files
from mailbot.errors import ConfigError, Problem, TryLater

#: How long a command may take to print a secret, in seconds.
COMMAND_SECONDS = 20


@dataclass(frozen=True, slots=True)
class NoSecret:
    """For a server that asks no login."""

    def __call__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class FromEnvironment:
    """The value of an environment variable."""

    where: str
    name: str

    def __call__(self) -> str:
        return _filled(
            os.environ.get(self.name, ""), self.where, f"environment variable {self.name} is empty or not set"
        )


@dataclass(frozen=True, slots=True)
class FromFile:
    """The text of a file, without the line end behind it (as systemd's LoadCredential writes it)."""

    where: str
    path: Path

    def __call__(self) -> str:
        try:
            text = regular_files.read(self.path, regular_files.SECRET).decode("utf-8")
        except regular_files.NotRegular as error:
            raise ConfigError([Problem(self.where, f"{self.path} {error.strerror}")]) from None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError([Problem(self.where, f"cannot read {self.path} ({type(error).__name__})")]) from None
        return _filled(text.rstrip("\r\n"), self.where, f"{self.path} is empty")


@dataclass(frozen=True, slots=True)
class FromCommand:
    """The first line that a command prints, asked anew at each connection (token helpers, password stores)."""

    where: str
    arguments: tuple[str, ...]

    def __call__(self) -> str:
        try:
            done = subprocess.run(self.arguments, capture_output=True, timeout=COMMAND_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise TryLater(f"{self.where}: the command took longer than {COMMAND_SECONDS} seconds") from None
        except OSError as error:
            raise ConfigError([Problem(self.where, f"cannot run the command ({type(error).__name__})")]) from None
        if done.returncode != 0:
            raise TryLater(f"{self.where}: the command ended with {done.returncode}")
        lines = done.stdout.decode("utf-8", "replace").splitlines()
        return _filled(lines[0] if lines else "", self.where, "the command printed nothing")


def _filled(secret: str, where: str, otherwise: str) -> str:
    if not secret:
        raise ConfigError([Problem(where, otherwise)])
    return secret
