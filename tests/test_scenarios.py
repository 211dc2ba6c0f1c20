"""From the first mail to the anonymised register: every kind of request at every company, on real IMAP and SMTP.

A scenario is a file in tests/scenarios: the mail, and what people do until the case is closed. `>` is what the person
writes next from the address on file, `<` from the address that asked, `party:` what a processor answers, `robin:` what
a second person on the staff types; all else the contact person types, after `mailbot`. In `more` lie other courses that
a case can take, each played at one company. The letters that the person gets, and the line that stays in the register,
are the golden files beside them: read them aloud. `MAILBOT_WRITE_LETTERS=1 pytest tests/test_scenarios.py` writes them
anew.
"""

from __future__ import annotations

import io
import json
import os
import tomllib
import zipfile
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from stage import NAME, NUMBER, PARTY, PERSON, Stage, plain, staged, text_of
from traces import left_in, tables_with, traces_of

from company import shipped_sorter
from mailbot.cli.checks import check_history
from mailbot.model import REQUEST_KINDS, Kind, Status
from rig.dovecot import Dovecot
from rig.postfix import Postfix

pytestmark = pytest.mark.real

FOLDER = Path(__file__).parent / "scenarios"
LETTERS = FOLDER / "letters"
MORE = sorted(path.stem for path in (FOLDER / "more").glob("*.toml"))
COMPANIES = ("kaviaarshop", "koopjesklik", "3dconfig", "kaliningrad", "kraaft")
KINDS = tuple(sorted(REQUEST_KINDS | {Kind.PRIVACY_QUESTION}))
#: The one list that outlives an erasure: who wants no advertising (F-07).
SUPPRESSIONS = {"suppressions"}


@dataclass(frozen=True, slots=True)
class Part:
    """A mail that asks something, and what people do until that case is closed."""

    kinds: tuple[Kind, ...]
    subject: str
    mail: str
    steps: tuple[str, ...]
    sender: str = PERSON

    @property
    def words(self) -> tuple[str, ...]:
        """Pieces of the mail by which it would be known again."""
        return (self.subject, *(line for line in self.mail.splitlines() if len(line) > 30))


def scenario(company: str, kind: Kind) -> list[Part]:
    """What happened before, if anything, and then the request; what stands under the company's own heading counts."""
    table: dict[str, Any] = tomllib.loads((FOLDER / f"{kind}.toml").read_text("utf-8"))
    before = [_part((Kind(table["before"]["kind"]),), table["before"])] if "before" in table else []
    return [*before, _part((kind,), table | table.get(company, {}))]


def _part(kinds: tuple[Kind, ...], table: dict[str, Any]) -> Part:
    subject, sender = f"{table['subject']} ({NAME})", table.get("sender", PERSON)
    return Part(kinds, subject, table["mail"].strip(), tuple(table["steps"]), sender)


@pytest.mark.parametrize("company", COMPANIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_request_is_answered_closed_and_forgotten(
    kind: Kind, company: str, dovecot: Dovecot, postfix: Postfix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with staged(dovecot, postfix, tmp_path, company, shipped_sorter(), monkeypatch) as stage:
        told = whole(stage, scenario(company, kind))
    compare(LETTERS / f"{kind}-{company}.txt", told)


@pytest.mark.parametrize("name", MORE)
def test_another_course_of_a_case_ends_as_well(
    name: str, dovecot: Dovecot, postfix: Postfix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tomllib.loads((FOLDER / "more" / f"{name}.toml").read_text("utf-8"))
    with staged(dovecot, postfix, tmp_path, table["company"], shipped_sorter(), monkeypatch) as stage:
        told = whole(stage, [_part(tuple(map(Kind, table["kinds"])), table)])
    compare(FOLDER / "more" / f"{name}.txt", told)


def whole(stage: Stage, parts: list[Part]) -> str:
    """Everything from the first mail to the register, and what people outside read of it."""
    for part in parts:
        play(stage, part)
        stage.round(days=1)
    readers = dict.fromkeys((parts[-1].sender, PERSON, PARTY))
    told = [written(mail) for address in readers for mail in stage.mails_to(address)]
    assert {"INBOX", "Sent"} <= stage.folders_with(PERSON)
    forget(stage)
    assert stage.folders_with(PERSON) == {"Prullenbak"}
    rows = json.loads(stage.staff("register --year 2026 --format json"))
    assert list(check_history(stage.tenant)) == []
    assert traces_left(stage, [words for part in parts for words in (part.sender, *part.words)]) == []
    return "\n\n".join([*told, *map(line_of, rows)])


def play(stage: Stage, part: Part) -> None:
    """From the mail to the closed case."""
    stage.arrives(part.mail, part.subject, part.sender)
    stage.round()
    sort_out(stage, part.kinds)
    for step in part.steps:
        take(stage, step, part.sender)
        stage.round()
    assert all(case.status is Status.CLOSED for case in stage.cases())


def sort_out(stage: Stage, kinds: tuple[Kind, ...]) -> None:
    """Where the program is not sure, or wrong, a person says what the mail asks."""
    case = stage.cases()[-1]
    if set(case.kinds) != set(kinds):
        stage.staff(f"correct {case.ref} {','.join(kinds)}")
    elif case.status is Status.TRIAGE:
        stage.staff(f"accept {case.ref}")
    stage.round()


def take(stage: Stage, step: str, sender: str) -> None:
    """One step of somebody."""
    who, _, words = step.partition(" ")
    first, *_, last = (case.ref for case in (stage.cases()[0], *stage.cases()))
    match who:
        case ">" | "<":
            writer = PERSON if who == ">" else sender
            newest = stage.mails_to(writer)[-1]
            stage.arrives(words, f"Re: {newest['Subject']}", writer, newest)
        case "wait":
            stage.round(days=int(words.partition(" ")[0]))
        case "party:":
            assert stage.parties_answer(words), "no processor was asked"
        case "robin:":
            stage.staff(words.replace("REF", last), by="robin")
        case _:
            stage.staff(step.replace("FIRST", first).replace("REF", last))


def forget(stage: Stage) -> None:
    """Time passes until the day on which the person is forgotten, and a little more."""
    due = [case.forget_on for case in stage.cases()]
    stage.round(days=(max(day for day in due if day) - stage.clock().date()).days + 1)
    stage.round(hours=1)
    assert all(case.status is Status.ANONYMISED for case in stage.cases())


def traces_left(stage: Stage, words: list[str]) -> list[str]:
    """Everything in the folder of the company's memory by which the person could be found; the list of who wants no
    advertising is the named exception."""
    traces = traces_of(PERSON, NUMBER, NAME, "Zonneveld", "77310.1@post.test", *words)
    with stage.tenant.store.unit() as unit:
        on_list = {one.address for one in unit.suppressions()} == {PERSON}
    excused = [trace for trace in traces if on_list and trace in PERSON]
    assert all(tables_with(stage.tenant.folder / "store.db", trace) <= SUPPRESSIONS for trace in excused)
    return left_in(stage.state, [trace for trace in traces if trace not in excused])


# --- golden files --------------------------------------------------------------------------------


def written(mail: EmailMessage) -> str:
    """A mail as its reader sees it."""
    parts = [line for part in mail.iter_attachments() for line in attached(part)]
    head = [f"=== aan {mail['To']}", f"Onderwerp: {plain(str(mail['Subject']))}", *parts]
    return "\n".join([*head, "", text_of(mail).strip()])


def attached(part: EmailMessage) -> list[str]:
    """The name of a file that goes along, and of a zip what is in it."""
    name, content = str(part.get_filename()), part.get_payload(decode=True)
    if not name.endswith(".zip") or not isinstance(content, bytes):
        return [f"bijlage: {name}"]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [f"bijlage: {name}", *(f"  {member}" for member in package.namelist())]


def line_of(row: dict[str, Any]) -> str:
    """What stays of it in the register, without what is empty."""
    told = [f"{name}: {_words(value)}" for name, value in row.items() if value not in (None, [], False)]
    return "\n".join(["=== in het register", *told])


def _words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else "ja" if value is True else str(value)


def compare(path: Path, text: str) -> None:
    if os.environ.get("MAILBOT_WRITE_LETTERS"):
        path.write_text(text + "\n", "utf-8")
    assert path.read_text("utf-8") == text + "\n"


def test_every_golden_file_belongs_to_a_scenario() -> None:
    names = {f"{kind}-{company}" for kind in KINDS for company in COMPANIES}
    assert {path.stem for path in LETTERS.glob("*.txt")} == names
    assert {path.stem for path in FOLDER.glob("*.toml")} == {*KINDS, "owners"}
    assert sorted(path.stem for path in (FOLDER / "more").glob("*.txt")) == MORE
