"""Who calls a case done at the keyboard reads what that did to the letters that waited."""

from __future__ import annotations

from pathlib import Path

from mailbot.accounts import ImapAccount, SmtpAccount
from rig.installation import Installation


def test_who_closes_a_case_reads_which_letter_that_waited_leaves_no_more(tmp_path: Path) -> None:
    place = Installation(tmp_path)
    place.write(
        ImapAccount("127.0.0.1", 9, "plain", "x", lambda: ""), SmtpAccount("127.0.0.1", 9, "plain", "x", lambda: "")
    )
    (place.folder / "vraag.txt").write_text("Welke gegevens hebt u van mij? Graag een kopie.", "utf-8")
    words = ("--from", "jan@klant.test", "--as", "access", "--by", "els", "--received", "2026-03-02T09:00:00+01:00")
    assert place.run("add", str(place.folder / "vraag.txt"), *words).returncode == 0
    place.run("ask", "AVG-2026-0001", "--reason", "ander adres")
    closed = place.run("close", "AVG-2026-0001", "--outcome", "withdrawn", "--reason", "belde af")
    assert closed.returncode == 0, closed.stderr
    assert "no longer leaves" in closed.stderr
