"""The nearest open peer, Roundup's mail gateway, on the same mails: an issue with its messages for each, in SQLite.

Only when asked by name (`make bench` with the word peer): it is installed from PyPI into a venv that is thrown away.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from time import perf_counter

from desk import Desk

import corpus
from company import a_raw_mail
from mailbot.classify import load_classifier
from mailbot.store import TinyStore

MAILS = 300
ROUNDUP = "roundup==2.6.0"
RUNNER = str(Path(__file__).parent / "roundup_gateway.py")
#: Without these a stranger's mail is refused.
OPEN_TO_ALL = "\ndb.security.addPermissionToRole('Anonymous', 'Email Access')\n"

Figures = dict[str, float]


def run() -> Figures:
    """Prints mails a second of both and gives the ratio."""
    mails = corpus.read("train/*.jsonl")
    raws = [
        a_raw_mail(mails[n % len(mails)].text, sender=f"p{n}@klant.test", subject=f"vraag {n}", number=n, to="t@x.test")
        for n in range(1, MAILS + 1)
    ]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        try:
            theirs = _theirs(folder, raws)
        except (subprocess.SubprocessError, OSError) as error:
            said = str(getattr(error, "stderr", "") or error).strip().splitlines()
            print(f"Roundup could not be installed or run here: not measured ({said[-1] if said else error})")
            return {}
        ours, sorting = _ours(folder, raws)
    print(f"{MAILS} mails, one after the other, each on disk before the next:")
    print(f"  Roundup {ROUNDUP.partition('==')[2]}, parse and file as issue {MAILS / theirs:>8,.0f}/s")
    print(f"  mailbot, whole path with letters {MAILS / ours:>15,.0f}/s")
    print(f"  mailbot less the sorter's own time {MAILS / (ours - sorting):>13,.0f}/s")
    return {
        "a mail: ours / Roundup, seconds": ours / theirs,
        "a mail less sorting: ours / Roundup": (ours - sorting) / theirs,
    }


def _theirs(folder: Path, raws: list[bytes]) -> float:
    venv, tracker, mails = folder / "venv", folder / "tracker", folder / "mails"
    mails.mkdir()
    for number, raw in enumerate(raws):
        (mails / f"{number:05d}.eml").write_bytes(raw)
    _do(sys.executable, "-m", "venv", venv)
    _do(venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", ROUNDUP)
    admin = (venv / "bin/roundup-admin", "-i", tracker)
    _do(*admin, "install", "classic", "sqlite", "tracker_web=http://127.0.0.1/,mail_domain=x.test")
    with (tracker / "schema.py").open("a", encoding="utf-8") as schema:
        schema.write(OPEN_TO_ALL)
    _do(*admin, "initialise", "not-a-secret")
    return float(_do(venv / "bin/python", RUNNER, tracker, mails).split()[-1])


def _do(*words: str | Path) -> str:
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=300, check=True)
    return done.stdout


def _ours(folder: Path, raws: list[bytes]) -> tuple[float, float]:
    """Seconds in all, and those of the sorter."""
    desk, sorter = Desk(folder / "desk"), load_classifier()
    sorting = 0.0

    class Timed:
        def classify(self, *words: object, **more: object) -> object:
            nonlocal sorting
            started = perf_counter()
            verdict = sorter.classify(*words, **more)  # type: ignore[arg-type]
            sorting += perf_counter() - started
            return verdict

    with closing(TinyStore(folder / "desk")) as store:
        desk.tenant.__dict__["store"] = store
        desk.tenant.classifier = Timed()  # type: ignore[assignment]
        started = perf_counter()
        for raw in raws:
            desk.round(raw)
        return perf_counter() - started, sorting
