"""The program under test as a process of its own, forked from one that has read its code already.

The rule kept here: a command has its own process, streams, folder, environment and end, as if a shell had begun it;
only the second of importing, and that of compiling the letters, is not spent for each of hundreds. A test of how the
program starts begins it anew.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Self

#: More than any call: the words, and the environment.
_LONGEST = 1 << 18


def run(
    *words: str, folder: Path, env: Mapping[str, str], given: bytes = b"", timeout: float = 120
) -> subprocess.CompletedProcess[bytes]:
    """Run `mailbot words` in the folder to its end. The environment names a terminal's COLUMNS, and NO_COLOR."""
    with tempfile.TemporaryFile() as typed, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        typed.write(given)
        typed.seek(0)
        called = _keeper("mailbot.cli").call(
            "mailbot", words, folder, env, [typed.fileno(), out.fileno(), err.fileno()]
        )
        try:
            code = called.wait(timeout)
        except subprocess.TimeoutExpired:
            called.kill()
            raise
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(["mailbot", *words], code, out.read(), err.read())


def start(*words: str, env: Mapping[str, str], module: str = "mailbot", reads: str = "mailbot.cli") -> Begun:
    """Begin `python -m module words`, whose code `reads` imports, and go on with the test."""
    outs, errs = os.pipe(), os.pipe()
    with open(os.devnull) as nothing:
        streams = [nothing.fileno(), outs[1], errs[1]]
        called = _keeper(reads).call(module, words, Path.cwd(), env, streams)
    os.close(outs[1])
    os.close(errs[1])
    called.stdout, called.stderr = os.fdopen(outs[0]), os.fdopen(errs[0])
    return called


class Begun:
    """A command at work, with what tests use of `subprocess.Popen`."""

    stdout: IO[str] | None = None
    stderr: IO[str] | None = None

    def __init__(self, words: tuple[str, ...], answer: socket.socket) -> None:
        self.args, self._answer = words, answer
        self.pid = int(self._line())
        self.returncode: int | None = None
        self._reading = threading.Lock()

    def _line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            line += (got := self._answer.recv(1))
            assert got, "the process that keeps the program is gone"
        return line

    def poll(self) -> int | None:
        """The exit code, the negative of the signal that ended it, or None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code. Raises TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._answer], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(list(self.args), timeout or 0)
            with self._reading:  # a killer looks while somebody waits
                if self.returncode is None:
                    self.returncode = int(self._line())
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """All that it still says until it ends. Raises TimeoutExpired."""
        end = None if timeout is None else time.monotonic() + timeout
        said: dict[str, str] = {}
        readers = [threading.Thread(target=self._read, args=(said, name), daemon=True) for name in ("stdout", "stderr")]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(None if end is None else max(end - time.monotonic(), 0))
        self.wait(None if end is None else max(end - time.monotonic(), 0))
        return said.get("stdout", ""), said.get("stderr", "")

    def _read(self, said: dict[str, str], name: str) -> None:
        with getattr(self, name) as stream:
            said[name] = stream.read()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wait()
        for stream in (self.stdout, self.stderr):
            if stream:
                stream.close()


class _Keeper:
    """The process that has read the program, and the door to it. It ends when this one does."""

    def __init__(self, reads: str) -> None:
        self._door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-P", __file__, str(theirs.fileno()), reads]
        tests = Path(__file__).parent.parent  # the program beside them is meant, whatever is installed
        env = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (tests.parent, tests))), "NO_COLOR": "1"}
        env.pop("COLUMNS", None)  # rich, where it found none when it was read, asks the command's environment
        with theirs:
            self._process = subprocess.Popen(command, env=env, pass_fds=[theirs.fileno()])
        atexit.register(self._end)

    def call(
        self, module: str, words: tuple[str, ...], folder: Path, env: Mapping[str, str], streams: list[int]
    ) -> Begun:
        call = {"module": module, "words": words, "folder": str(folder), "env": dict(env)}
        answer, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._door, [json.dumps(call).encode()], [*streams, theirs.fileno()])
        return Begun(words, answer)

    def _end(self) -> None:
        self._door.close()
        self._process.wait(20)


@cache
def _keeper(reads: str) -> _Keeper:
    return _Keeper(reads)


# --- in the process that keeps the program -------------------------------------------------------


def _serve(door: socket.socket) -> dict[str, object]:
    """Fork for each call. Returns in the process that is to be the command, with its call; ends with the door."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(door, _LONGEST, 4)
        if not message:
            sys.exit()
        if os.fork() == 0:
            door.close()
            return _called(json.loads(message), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        with suppress(ChildProcessError):  # those who waited for earlier commands
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _called(call: dict[str, object], descriptors: list[int]) -> dict[str, object]:
    """Tell the caller how the command ends; in the command itself, go on with its streams."""
    *streams, answer = descriptors
    if pid := os.fork():
        for stream in streams:
            os.close(stream)
        os.write(answer, f"{pid}\n".encode())
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with suppress(BrokenPipeError):
            os.write(answer, f"{code}\n".encode())
        os._exit(0)
    os.close(answer)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    return call


def _compile_the_letters() -> None:
    """So that a command finds compiled what it would compile anew; what was compiled holds for one text only."""
    from builders import a_policy
    from company import START, shipped_letters
    from mailbot.letters.likeness import Alike
    from mailbot.letters.sampling import sample_letters

    assert list(sample_letters(shipped_letters(), a_policy(), START, Alike()))
    gc.freeze()  # what was read stays where it is, and is shared with every command


def _become(module: str, words: list[str], folder: str, env: dict[str, str]) -> None:
    """Go on as `python -m module words`."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", errors="backslashreplace")  # noqa: SIM115
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    number, read_module = sys.argv[1:]
    import_module(read_module)
    if read_module == "mailbot.cli":
        _compile_the_letters()
    with socket.socket(fileno=int(number)) as at_the_door:
        asked = _serve(at_the_door)
    _become(**asked)  # type: ignore[arg-type]
