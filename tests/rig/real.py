"""Are the real servers here? Where they are not, their tests are skipped with one line; CI asks for them by name."""

from __future__ import annotations

import os
import pwd
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

GET = (
    "sudo apt-get install --no-install-recommends dovecot-imapd dovecot-lmtpd postfix postgresql "
    "mariadb-server-core mariadb-client-core openssl"
)


def need(*programs: str, root: bool = False) -> None:
    """Skip the test that asks, or fail it where MAILBOT_REQUIRE_REAL=1, when a program or the right is missing."""
    missing = [name for name in programs if not program(name)]
    if missing:
        _without(f"no {' and no '.join(missing)} here; get them with: {GET}")
    if root and os.geteuid() != 0:
        _without("Postfix and Exim start for root only; run these tests as root (CI does)")


#: Where `make servers` leaves those that cannot be installed beside the others.
UNPACKED = Path(__file__).parents[2] / ".servers"


def unpacked(server: str, folder: Path) -> Path:
    """A copy of such a server in a folder that its user may read; the test that asks is skipped where there is none."""
    if not (UNPACKED / server / ".packages").exists():
        _without(f"no {server} unpacked here; get it with: make servers")
    return Path(shutil.copytree(UNPACKED / server, folder / server, symlinks=True))


def libraries(server: Path) -> dict[str, str]:
    """An environment in which its programs find the libraries that were unpacked with them."""
    folders = dict.fromkeys(str(found.parent) for found in sorted(server.glob("**/lib*.so.*")))
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(folders)}


def repainted(program: Path, constant: bytes, other: bytes) -> None:
    """Give a program of the rig another constant where it was compiled with a path or a user of the whole machine."""
    if len(other) > len(constant):
        _without(f"{program.name} has no room for the name of this user; run these tests as root (CI does)")
    compiled = program.read_bytes()
    assert compiled.count(constant) == 1, constant
    program.write_bytes(compiled.replace(constant, other.ljust(len(constant), b"\0")))


def with_children(*pids: int) -> list[int]:
    """These processes, and all that they began."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.parent.name))
    found = list(pids)
    for pid in found:
        found += children.get(pid, [])
    return found


def user_of_servers() -> str:
    """As whom a mail server runs that may not be root, or need not: somebody whom every Debian has."""
    return "mail" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def _without(why: str) -> None:
    if os.environ.get("MAILBOT_REQUIRE_REAL") == "1":
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


def program(name: str) -> str | None:
    """Its path; servers lie in sbin, which is not on everybody's PATH."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def run(*command: str | Path, env: Mapping[str, str] | None = None, given: bytes = b"") -> bytes:
    """Run to its end within a minute; its output, or an error that shows what it complained of."""
    words = [program(str(command[0])) or str(command[0]), *map(str, command[1:])]
    done = subprocess.run(words, capture_output=True, timeout=60, check=False, env=env, input=given)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.decode(errors='replace')}")
    return done.stdout


#: Below those that a kernel lends to outgoing connections (Linux from 32768, others from 49152): a server that is down
#: for a moment could not come back to such a one.
PORTS = range(20_000, 32_768)


def free_port() -> int:
    """A loopback port that nobody uses, and that no connection out will get."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", random.SystemRandom().choice(PORTS)))
            return int(probe.getsockname()[1])


def until(happens: Callable[[], object], seconds: float = 15.0, what: str = "it") -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not happen within {seconds} s")
        time.sleep(0.02)


@contextmanager
def back_after(end: Callable[[], None], begin: Callable[[], None]) -> Iterator[None]:
    """A server that is away for a while; its data stay."""
    end()
    try:
        yield
    finally:
        begin()


def listens(port: int) -> bool:
    """Whether somebody answers on a loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def certificates(folder: Path) -> Path:
    """Make a throw-away CA and a certificate of it for localhost (server.pem, server.key); gives the CA's file."""
    folder.mkdir(parents=True)
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    ca, key, request, extensions = (folder / name for name in ("ca.pem", "server.key", "server.csr", "server.ext"))
    extensions.write_text("subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n")
    run(
        *("openssl", "req", "-x509", *curve, "-days", "2", "-subj", "/CN=throw-away CA of a test"),
        *("-addext", "keyUsage=critical,keyCertSign", "-keyout", folder / "ca.key", "-out", ca),
    )
    run("openssl", "req", *curve, "-subj", "/CN=localhost", "-keyout", key, "-out", request)
    run(
        *("openssl", "x509", "-req", "-in", request, "-CA", ca, "-CAkey", folder / "ca.key", "-CAcreateserial"),
        *("-days", "2", "-extfile", extensions, "-out", folder / "server.pem"),
    )
    key.chmod(0o644)
    return ca
