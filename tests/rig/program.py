"""The command `mailbot` as a process of its own, forked from one that has read the program already.

The rule kept here: a command has its own process, streams, folder, environment and end, as if a shell had begun it;
only the second of importing is not spent for each of hundreds. A test of how the program starts begins it anew.
"""

from __future__ import annotations

import atexit
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

#: More than any call: the words, and the environment.
_LONGEST = 1 << 18


def run(
    *words: str, folder: Path, env: Mapping[str, str], given: bytes = b"", timeout: float = 120
) -> subprocess.CompletedProcess[bytes]:
    """Run `mailbot words` in the folder to its end. The environment names a terminal's COLUMNS, and NO_COLOR."""
    with (
        tempfile.TemporaryFile() as typed,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        typed.write(given)
        typed.seek(0)
        call = {"words": words, "folder": str(folder), "env": dict(env)}
        code = _keeper(env["COLUMNS"]).code_of(call, [typed.fileno(), out.fileno(), err.fileno()], timeout)
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(["mailbot", *words], code, out.read(), err.read())


class _Keeper:
    """The process that has read the program, and what it is asked through. It ends when this one does."""

    def __init__(self, columns: str) -> None:
        self._door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-P", __file__, str(theirs.fileno())]
        env = os.environ | {"COLUMNS": columns, "NO_COLOR": "1"}  # rich looks once, when the program is read
        with theirs:
            self._process = subprocess.Popen(command, env=env, pass_fds=[theirs.fileno()])
        atexit.register(self._end)

    def code_of(self, call: Mapping[str, object], streams: list[int], timeout: float) -> int:
        """The exit code of a call; the negative of the signal that ended it, if one did."""
        answer, theirs = socket.socketpair()
        with answer:
            with theirs:
                socket.send_fds(self._door, [json.dumps(call).encode()], [*streams, theirs.fileno()])
            with answer.makefile("r") as lines:
                pid = int(lines.readline())
                answer.settimeout(timeout)
                try:
                    return int(lines.readline())
                except TimeoutError:
                    os.kill(pid, signal.SIGKILL)
                    raise subprocess.TimeoutExpired(str(call["words"]), timeout) from None

    def _end(self) -> None:
        self._door.close()
        self._process.wait(20)


@cache
def _keeper(columns: str) -> _Keeper:
    return _Keeper(columns)


# --- in the process that keeps the program -------------------------------------------------------


def _serve(door: socket.socket) -> dict[str, object]:
    """Fork for each call. Returns in the process that is to be the command, with its call; ends with the door."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(door, _LONGEST, 4)
        if not message:
            sys.exit()
        if os.fork() == 0:
            door.close()
            break
        for descriptor in descriptors:
            os.close(descriptor)
        with suppress(ChildProcessError):  # those who waited for earlier commands
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
    *streams, answer = descriptors
    if pid := os.fork():
        os.write(answer, f"{pid}\n".encode())
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.write(answer, f"{code}\n".encode())
        os._exit(0)
    os.close(answer)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    return dict(json.loads(message))


def _become(words: list[str], folder: str, env: dict[str, str]) -> None:
    """Go on as `python -m mailbot words`."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", errors="backslashreplace")  # noqa: SIM115
    sys.argv = ["mailbot", *words]
    runpy.run_module("mailbot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    import mailbot.cli  # noqa: F401  what the commands need not read again

    with socket.socket(fileno=int(sys.argv[1])) as at_the_door:
        asked = _serve(at_the_door)
    _become(**asked)  # type: ignore[arg-type]
