"""A copy that is too large for one mail: several that open each by itself, or a clear word to a person."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
import pyzipper
from desk import Desk, text_of
from stage import PERSON, Stage, staged
from test_copy import REF, a_desk, act, case_of, copied

from builders import a_policy, after
from company import CONTACT, KNOWN, shipped_sorter
from mailbot import events
from mailbot.fulfil import copying
from mailbot.fulfil.package import Member
from mailbot.fulfil.splitting import MOST_PARTS, READ_ME, portions
from mailbot.model import Case, Letter, LetterState
from rig.dovecot import Dovecot
from rig.postfix import Postfix

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LIMIT = 100_000


def noise(size: int, seed: int = 1) -> bytes:
    """Bytes that no zip makes smaller."""
    return random.Random(seed).randbytes(size)


def prose(size: int, seed: int) -> bytes:
    """A text that a zip makes about so large, and in which the airlock finds no number."""
    return bytes(random.Random(seed).choices(b"bcdfghjklmnpqrstvwxz", k=size * 2))


def members(*sizes: int) -> tuple[Member, ...]:
    return tuple(Member(f"bestanden/{number}.bin", noise(size, number)) for number, size in enumerate(sizes))


def split(*sizes: int, code: str = "", may: bool = True) -> tuple[tuple[bytes, ...], str]:
    made = portions(members(*sizes), a_policy(package_max_bytes=LIMIT, package_split=may), REF, NOW, code)
    return made.contents, made.too_large


def names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        return package.namelist()


def test_what_fits_is_one_zip_without_a_note() -> None:
    contents, why = split(50_000, 40_000)
    assert (len(contents), why) == (1, "")
    assert READ_ME not in names(contents[0])


def test_what_does_not_fit_is_split_by_files_and_nothing_is_lost_or_twice() -> None:
    contents, why = split(60_000, 50_000, 30_000, 90_000)
    assert why == ""
    assert [[name for name in names(one) if name != READ_ME] for one in contents] == [
        ["bestanden/0.bin"],
        ["bestanden/1.bin", "bestanden/2.bin"],
        ["bestanden/3.bin"],
    ]
    assert max(map(len, contents)) <= LIMIT
    with zipfile.ZipFile(io.BytesIO(contents[1])) as package:
        assert package.read("bestanden/1.bin") == noise(50_000, 1)
        note = package.read(READ_ME).decode()
    assert f"kenmerk {REF}: deel 2 van 3" in note
    assert "Deel 3:\r\n  bestanden/3.bin" in note


def test_many_small_files_leave_room_for_the_note_that_names_them() -> None:
    contents, why = split(*[400] * 500)
    assert why == ""
    assert max(map(len, contents)) <= LIMIT


@pytest.mark.parametrize(
    ("sizes", "may", "word"),
    [
        ((60_000, 60_000), False, "the limit is 100 kB"),
        ((20_000, 120_000), True, "one file alone is larger"),
        ((60_000,) * (MOST_PARTS + 1), True, "it would take 11 mails"),
    ],
)
def test_what_cannot_be_split_is_held_with_the_reason(sizes: tuple[int, ...], may: bool, word: str) -> None:
    contents, why = split(*sizes, may=may)
    assert len(contents) == 1
    assert why.startswith("too large for mail: ")
    assert word in why


def test_each_part_opens_with_the_same_code() -> None:
    contents, _ = split(60_000, 60_000, code="ABCD-EFGH")
    for number, content in enumerate(contents):
        with pyzipper.AESZipFile(io.BytesIO(content)) as package:
            package.setpassword(b"ABCD-EFGH")
            assert package.read(f"bestanden/{number}.bin") == noise(60_000, number)


# --- on its way ------------------------------------------------------------------------------------


def large(desk: Desk, folder: Path, *sizes: int) -> copying.Copied:
    """An access request with large files in its copy."""
    copied(desk)
    for number, size in enumerate(sizes):
        path = folder / f"brief-{number}.txt"
        path.write_bytes(prose(size, number))
        copying.attach(desk.tenant, REF, path, "Brieven", "", "anna", desk.clock())
    return copied(desk)


def copies(desk: Desk) -> list[EmailMessage]:
    return [mail for mail in desk.mails_to(KNOWN) if "Kopie" in str(mail["Subject"])]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return a_desk(tmp_path, package_max_bytes=LIMIT)


def test_the_parts_leave_together_after_one_second_look_and_say_how_many_they_are(desk: Desk, tmp_path: Path) -> None:
    large(desk, tmp_path, 60_000, 60_000)
    desk.round()
    assert copies(desk) == []
    act(desk, events.StepSettled("els", "second_look"))
    desk.round()
    subjects = [f"[{REF}] Kopie van uw gegevens, mail {part} van 2" for part in (1, 2)]
    assert sorted(str(mail["Subject"]) for mail in copies(desk)) == subjects
    assert all("U krijgt haar in 2 mails" in text_of(mail) for mail in copies(desk))
    files = sorted(str(part.get_filename()) for mail in copies(desk) for part in mail.iter_attachments())
    assert files == [f"{REF}-gegevens-{part}-van-2.zip" for part in (1, 2)]


def part_left(case: Case, part: int, state: LetterState = LetterState.SENT) -> Case:
    """The case once a letter with a part of its copy has settled."""
    token = case.work.packed[-1].tokens[part - 1]
    return after(case, events.LetterSettled(token, "package", state, "requester"), a_policy(), NOW)


def test_the_person_has_the_copy_only_when_the_last_part_left(desk: Desk, tmp_path: Path) -> None:
    large(desk, tmp_path, 60_000, 60_000)
    half = part_left(case_of(desk), 2)
    assert (half.work.package_sent_at, half.items[0].told_at) == (None, None)
    failed = part_left(half, 1, LetterState.FAILED)
    assert failed.work.package_sent_at is None
    whole = part_left(failed, 1)
    assert (whole.work.package_sent_at, whole.items[0].told_at) == (NOW, NOW)


def test_a_part_that_came_back_opens_the_answer_again(desk: Desk, tmp_path: Path) -> None:
    large(desk, tmp_path, 60_000, 60_000)
    whole = part_left(part_left(case_of(desk), 1), 2)
    token = whole.work.packed[-1].tokens[1]
    back = after(whole, events.MailBounced(token, "package", "requester"), a_policy(), NOW)
    assert (back.work.package_sent_at, back.items[0].told_at) == (None, None)
    assert "answer_bounced" in back.needs
    assert part_left(back, 2).work.package_sent_at == NOW


def test_a_new_copy_takes_the_place_of_every_part_of_the_old_one(desk: Desk, tmp_path: Path) -> None:
    large(desk, tmp_path, 60_000, 60_000)
    act(desk, events.FileDetached("anna", 1))
    act(desk, events.FileDetached("anna", 2))
    copied(desk)
    act(desk, events.StepSettled("els", "second_look"))
    desk.round()
    assert [str(mail["Subject"]) for mail in copies(desk)] == [f"[{REF}] Kopie van uw gegevens"]


def test_people_are_asked_once_to_look_at_a_copy_in_parts(desk: Desk, tmp_path: Path) -> None:
    large(desk, tmp_path, 60_000, 60_000)
    desk.round(hours=1)
    waiting = [letter for letter in desk.letters(LetterState.HELD) if letter.template == "package"]
    assert len(waiting) == 2
    desk.forget_mails()
    desk.round(hours=1)
    asked = [mail for mail in desk.mails_to(CONTACT) if "wacht" in str(mail["Subject"])]
    assert len(asked) <= 1


# --- a real server with a limit --------------------------------------------------------------------


@pytest.fixture
def stage(dovecot: Dovecot, postfix: Postfix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A shop with an access request that has two large letters in its copy."""
    with staged(dovecot, postfix, tmp_path, "kraaft", shipped_sorter(), monkeypatch) as ready:
        ready.arrives("Welke persoonsgegevens hebt u allemaal van mij? Ik wil er graag een kopie van.", "inzage")
        ready.round()
        ready.staff(f"correct {REF} access")
        ready.staff(f'done {REF} confirm --note "nagevraagd"')
        ready.staff(f'skip {REF} look_up --reason "gezocht"')
        for number in (1, 2):
            path = tmp_path / f"brief-{number}.txt"
            path.write_bytes(prose(300_000, number))
            ready.staff(f'attach {REF} "{path}" --category Brieven')
        yield ready


def limit(stage: Stage, megabytes: float) -> None:
    """The owner sets another limit."""
    for path in (stage.config / "tenants").iterdir():
        kept = [line for line in path.read_text("utf-8").splitlines() if not line.startswith('"package"')]
        path.write_text("\n".join([*kept, f'"package" = {{ "max_mb" = {megabytes} }}']) + "\n", "utf-8")


def sent(stage: Stage) -> list[EmailMessage]:
    stage.staff(f"done {REF} second_look", by="robin")
    stage.round()
    stage.round()
    return [mail for mail in stage.mails_to(PERSON) if "Kopie" in str(mail["Subject"])]


@pytest.mark.real
def test_a_server_with_a_limit_takes_a_copy_in_parts(stage: Stage) -> None:
    limit(stage, 0.5)
    with stage.postfix.taking_at_most(700_000):
        told = stage.staff(f"copy {REF}")
        mails = sent(stage)
    assert "too large for one mail: it goes in 2" in told
    contents = [part.get_payload(decode=True) for mail in mails for part in mail.iter_attachments()]
    assert len(contents) == 2
    found = [name for content in contents for name in names(bytes(content)) if name != READ_ME]  # type: ignore[arg-type]
    assert {"overzicht.html", "bestanden/brieven/brief-1.txt", "bestanden/brieven/brief-2.txt"} <= set(found)
    assert stage.cases()[0].work.package_sent_at


@pytest.mark.real
def test_a_copy_that_the_server_does_not_take_is_told_to_staff_with_what_to_do(stage: Stage) -> None:
    with stage.postfix.taking_at_most(700_000):
        stage.staff(f"copy {REF}")
        assert sent(stage) == []
    [letter] = [letter for letter in _letters(stage) if letter.template == "package"]
    assert letter.state is LetterState.FAILED
    assert "(552 5.3.4): it is too large" in letter.why
    told = [mail for mail in stage.mails_to("dpo@mail.test") if "niet aangekomen" in str(mail["Subject"])]
    assert "a copy of data goes in several when package.max_mb is lowered" in " ".join(text_of(told[0]).split())


def _letters(stage: Stage) -> list[Letter]:
    with stage.tenant.store.unit() as unit:
        return unit.letters_of(REF)
