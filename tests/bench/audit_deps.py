"""Whether a known hole is in a locked package: pip-audit in a throw-away environment of its own, asked about the lock.

Exit 0: every package was looked up and none has a known hole. 1: some have. 2: not everything could be looked up, so
nothing is claimed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parent.parent / "requirements.lock"
UV = Path(sys.executable).parent / "uv"


def installed(folder: Path) -> Path | None:
    """pip-audit in a fresh environment; None where it cannot be had."""
    home = folder / "venv"
    steps = (["venv", "-q", str(home)], ["pip", "install", "-q", "--python", str(home / "bin" / "python"), "pip-audit"])
    for step in steps:
        done = subprocess.run([str(UV), *step], capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            print(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "uv failed", file=sys.stderr)
            return None
    return home / "bin" / "pip-audit"


def asked(program: Path, service: str) -> list[dict[str, Any]] | None:
    """What the service knows of each locked package; None when it does not answer."""
    words = [
        "-s",
        service,
        "-r",
        str(LOCK),
        "--disable-pip",
        "--require-hashes",
        "-f",
        "json",
        "--progress-spinner",
        "off",
    ]
    try:
        done = subprocess.run([str(program), *words], capture_output=True, text=True, check=False, timeout=600)
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return found


def verdict(found: list[dict[str, Any]] | None) -> tuple[int, list[str]]:
    """The exit code and what to say."""
    if not found or all("skip_reason" in one for one in found):
        return 2, ["NOT AUDITED: the list of known holes cannot be reached from here; run it where it can"]
    said = [
        f"{one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for one in found
        for hole in one.get("vulns", [])
    ]
    unseen = [one["name"] for one in found if "skip_reason" in one]
    said += [f"could not be looked up: {', '.join(unseen)}"] if unseen else []
    if any(one.get("vulns") for one in found):
        return 1, said
    return (2 if unseen else 0), said or [f"{len(found)} packages, no known hole"]


def main() -> int:
    """Ask one service, then the other."""
    with tempfile.TemporaryDirectory() as folder:
        program = installed(Path(folder))
        if program is None:
            print("NOT AUDITED: pip-audit cannot be installed from here", file=sys.stderr)
            return 2
        for service in ("pypi", "osv"):
            code, said = verdict(asked(program, service))
            if code != 2 or service == "osv":
                break
    print("\n".join(said), file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
