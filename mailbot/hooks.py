"""A program of the company's own is run: no shell, the address on its standard input, a limit of time.

The rule kept here: nothing about a person stands in the arguments or the environment, which other users of the machine
can read; what the program prints is thrown away, for it may speak of people too. Only its exit code counts.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress

#: What the program sees of our environment; never our secrets.
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")


def run(command: Sequence[str], address: str, channel: str, company: str, seconds: float) -> str:
    """Run `command` with the address on standard input. Returns why it failed, empty when it ended with 0.

    The channel (mail, post, phone, sms, all) and the company are in MAILBOT_CHANNEL and MAILBOT_COMPANY.
    """
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {"MAILBOT_CHANNEL": channel, "MAILBOT_COMPANY": company}
    quiet = subprocess.DEVNULL
    try:
        program = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, env=environment, start_new_session=True
        )
    except OSError as error:
        return f"it cannot be started ({type(error).__name__})"
    with program:
        try:
            program.communicate(f"{address}\n".encode(), seconds)
        except subprocess.TimeoutExpired:
            _kill(program.pid)
            return f"it took longer than {seconds:g} seconds and was ended"
    return f"it ended with {program.returncode}" if program.returncode else ""


def _kill(group: int) -> None:
    """End the program and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
