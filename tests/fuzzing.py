"""Mails and answers that no sender wrote: golden mails cut, glued, doubled and poisoned, for as long as one likes.

`PYTHONPATH=tests python tests/fuzzing.py MINUTES [SEED]` runs it and prints each finding; the tests run it for seconds.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from desk import Desk

from mailbot.classify import Classifier, load_classifier
from mailbot.memory import histories
from mailbot.parse import parse
from mailbot.sender.redaction import masked
from mailbot.sender.screen import bounced_letter, screen
from mailbot.staff.replywords import read as read_words

MAILS = sorted((Path(__file__).parent / "mails").glob("*.eml"))
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
#: A mail is no longer than this here, so that thousands are tried.
LONGEST = 60_000
#: A mail of that size that takes so many seconds, twice, is a finding.
TOO_LONG = 5.0

POISON: tuple[bytes, ...] = (
    *(
        b"\r\n",
        b"\n\n",
        b"\r",
        b"\0",
        b"\x1b[2J",
        b"\xff\xfe",
        b"\xc0\xaf",
        b"=00=0A",
        b"=?utf-8?b?Cg==?=",
        b"\xe2\x80\xa8",
    ),
    *(
        b"\r\nBcc: evil@x.test",
        b"=?utf-8?q?a=0D=0ABcc=3A_evil=40x.test?=",
        b'\r\nFrom: "a\\" <x@y.test>',
        b"<>",
        b"@",
        b",;:",
    ),
    *(
        b"{{ 7*7 }}",
        b"{% raw %}",
        b"{{ case.__class__ }}",
        b"{#",
        b"${7*7}",
        b"%s%n",
        b"=cmd|' /C calc'!A0",
        b"+1+1",
        b"@SUM(A1)",
    ),
    *(
        b"../../etc/passwd",
        b"..\\..\\x",
        b"/dev/null",
        b"C:\\x",
        b"'; drop table docs; --",
        b"<script>",
        b"<!--",
        b"]]>",
        b"&#0;",
    ),
    *(
        b"AVG-2026-0001",
        b"[AVG-2026-0001]",
        b"AKKOORD",
        b"STOP",
        b"\r\nMIME-Version: 1.0",
        b"Content-Type: multipart/mixed; boundary=x",
    ),
    *(
        b"\r\n--x\r\n",
        b"--x--",
        b"Content-Transfer-Encoding: base64\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n",
        b"a" * 3_000,
    ),
    *(
        b"(" * 500,
        b"<div>" * 400,
        b">" * 400,
        b"\r\n> " * 300,
        "\u202e\u200b\ufeff".encode() * 40,
        "ﷺ".encode() * 100,
        "🏴‍☠️".encode(),
    ),
    *(
        b"Received: from a by shop.example; Mon, 99 Foo 99999 99:99:99 +9999\r\n",
        b"Date: \r\n",
        b"References: " + b"<a@b>" * 300,
    ),
    *(
        b"123456782",
        b"NL91ABNA0417164300",
        b"Auto-Submitted: auto-replied\r\n",
        b"List-Id: <x>\r\n",
        b"\r\nReply-To: info@shop.example\r\n",
    ),
)


def spoiled(chance: random.Random, raws: list[bytes]) -> bytes:
    """A golden mail after a handful of accidents."""
    raw = bytearray(chance.choice(raws)[:LONGEST])
    for _ in range(chance.choice((1, 1, 2, 3, 5, 9, 20))):
        at, to = sorted((chance.randrange(len(raw) + 1), chance.randrange(len(raw) + 1)))
        short = min(to, at + chance.choice((1, 4, 40, 400)))
        match chance.randrange(7):
            case 0:
                raw[at:at] = chance.choice(POISON)
            case 1:
                raw[at:short] = chance.choice(POISON)
            case 2:
                del raw[at:short]
            case 3:
                raw[at:at] = raw[at:short] * chance.choice((1, 2, 30))
            case 4:
                other = chance.choice(raws)[:LONGEST]
                begin = chance.randrange(len(other) + 1)
                raw[at:short] = other[begin : begin + chance.choice((20, 200, 4_000))]
            case 5 if raw:
                raw[min(at, len(raw) - 1)] = chance.randrange(256)
            case _:
                lines = bytes(raw).split(b"\n")
                chance.shuffle(lines[: chance.randrange(len(lines) + 1)])
                begin = chance.randrange(len(lines))
                lines[begin : begin + 3] = reversed(lines[begin : begin + 3])
                raw = bytearray(b"\n".join(lines))
        del raw[LONGEST:]
    return bytes(raw)


def read_and_sort(raw: bytes, sorter: Classifier) -> None:
    """Everything that is done with a mail before anything is decided."""
    mail = parse(raw, AT, ("shop.example",), ("els@staff.example",))
    assert not mail.sender or not set(mail.sender.email) & set("\r\n\0 "), "a sender's address with a line break"
    assert not set(mail.subject) & set("\r\n\0"), "a subject with a line break"
    assert all("/" not in part.name and "\\" not in part.name for part in mail.attachments), "a name with a path"
    mail.text.encode("utf-8"), mail.quoted.encode("utf-8"), mail.subject.encode("utf-8")
    screen(mail, ("info@shop.example",))
    bounced_letter(raw, "shop.example")
    verdict = sorter.classify(mail.subject, mail.text)
    assert verdict.kinds
    assert 0 <= verdict.certainty <= 1
    for word in read_words(mail.text):
        assert word.say
    masked(mail.text)


def work(raws: list[bytes], desk: Desk) -> None:
    """The whole way of many mails, from the mailbox to letters that leave and histories that hold."""
    before = len(desk.left)
    desk.round(*raws, minutes=5)
    desk.round(hours=1)
    for _, to, mail in desk.left[before:]:
        assert [str(mail[name]) for name in ("Bcc", "Cc")] == ["None", "None"], "a header that was slipped in"
        assert len(mail.get_all("To") or []) == len(mail.get_all("From") or []) == 1
        assert "49" not in str(mail["Subject"]), "a template that was slipped in"
        again = message_from_bytes(mail.as_bytes(), policy=default)
        assert str(again["To"]).count("@") == 1, to
    with desk.tenant.store.unit() as unit:
        assert list(histories.faults(unit)) == []
        assert not [one for one in unit.seen_as("unreadable") if one.reason and "three times" in one.reason]


def findings(seconds: float, seed: int, sorter: Classifier, tell: Callable[[str], None] = print) -> Iterator[bytes]:
    """Spoiled mails that broke something, as they were."""
    chance = random.Random(seed)
    raws = [path.read_bytes() for path in MAILS]
    until, tried = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        batch = [spoiled(chance, raws) for _ in range(40)]
        for raw in batch:
            yield from _tried(lambda raw=raw: read_and_sort(raw, sorter), [raw], tell)  # type: ignore[misc]
        with tempfile.TemporaryDirectory() as folder:
            desk = Desk(Path(folder), addresses=("info@shop.example", "shop@klant.test"))
            yield from _tried(lambda: work(batch, desk), batch, tell)  # noqa: B023
        tried += len(batch)
    tell(f"{tried} mails tried with seed {seed}")


def _tried(step: Callable[[], None], raws: list[bytes], tell: Callable[[str], None]) -> Iterator[bytes]:
    started = time.process_time()
    try:
        step()
    except Exception:
        tell(traceback.format_exc(limit=-6))
        yield b"\n=====\n".join(raws)
        return
    if (time.process_time() - started) / len(raws) > TOO_LONG:
        tell(f"slow: {time.process_time() - started:.1f} s")
        yield b"\n=====\n".join(raws)


def main(minutes: str, seed: str = "") -> None:
    """Run for so many minutes; each finding is kept in a file of the temporary folder."""
    begun = int(seed or time.time())
    for number, raw in enumerate(findings(float(minutes) * 60, begun, load_classifier())):
        path = Path(tempfile.gettempdir()) / f"mailbot-finding-{begun}-{number}.eml"
        path.write_bytes(raw)
        print(f"^ {path}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
