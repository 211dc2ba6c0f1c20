"""A staff file says who may see, sort, decide and send at which company; one door holds everybody to it."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path
from typing import Any

import pytest
from test_verbs import DEEDS, REF, Place, _once, place
from typer.testing import CliRunner

from mailbot import events
from mailbot.acts.permissions import permission_for
from mailbot.cli import app, setting
from mailbot.cli.staff_access import current_staff_member, hold_to_folder
from mailbot.config import Installation, StaffMember, load
from mailbot.errors import ConfigError, Refused

__all__ = ["_once", "place"]

ME = pwd.getpwuid(os.getuid()).pw_name
ALL = {"see": ["*"], "triage": ["*"], "decide": ["*"], "send": ["*"]}
NEEDS = {
    "note": "triage",
    "assign": "triage",
    "correct": "triage",
    "add": "triage",
    "attach": "triage",
    "answer": "send",
    "refuse": "send",
}
NEEDS |= {"extend": "send"} | dict.fromkeys(("close", "confirm", "receipt", "hold", "decide", "keep"), "decide")


def staff(place: Place, user: str = ME, name: str = "", **rights: list[str]) -> None:
    lines = [f"[{user}]", *([f'name = "{name}"'] if name else [])]
    lines += [f"{right} = {companies!r}".replace("'", '"') for right, companies in rights.items()]
    (place.root / "config" / "staff.toml").write_text("\n".join(lines) + "\n", "utf-8")


def act(place: Place, verb: str, *more: str, by: str = "") -> Any:
    words = [word.format(root=place.root) for word in DEEDS[verb]]
    given = ["--config", str(place.root / "config"), "--tenant", "kraaft", *words, *more]
    return CliRunner().invoke(app, given, env={"MAILBOT_ACTOR": by or None, "COLUMNS": "120"})


@pytest.mark.parametrize("verb", DEEDS)
def test_who_may_only_see_does_nothing_by_any_verb(place: Place, verb: str) -> None:
    staff(place, see=["kraaft"])
    before = place.memory()
    done = act(place, verb)
    assert f"may not {NEEDS[verb]} at kraaft" in str(done.exception)
    assert "staff.toml" in str(done.exception)
    assert place.memory() == before


@pytest.mark.parametrize("verb", DEEDS)
def test_each_verb_is_open_with_its_own_right_and_shut_with_the_others(place: Place, verb: str) -> None:
    staff(place, **{right: ["kraaft"] for right in ("triage", "decide", "send") if right != NEEDS[verb]})
    assert "may not" in str(act(place, verb, "--dry-run").exception)
    staff(place, **{NEEDS[verb]: ["kraaft"]})
    assert "may not" not in str(act(place, verb, "--dry-run").exception)


def test_a_right_at_one_company_is_none_at_another(place: Place) -> None:
    staff(place, see=["kraaft"], triage=["koopjesklik"])
    assert "may not triage at kraaft" in str(act(place, "note").exception)


def test_companies_that_he_may_not_see_are_not_there(place: Place) -> None:
    staff(place, see=["koopjesklik"])
    shown = place.run("cases")
    assert "may not see kraaft" in str(shown.exception)
    assert REF not in shown.output


def test_who_is_not_in_the_file_sees_nothing(place: Place) -> None:
    staff(place, user="somebody-else", **ALL)
    assert f"{ME} does not stand in staff.toml" in str(place.run("cases").exception)


def test_the_name_in_the_file_stands_in_the_history(place: Place) -> None:
    staff(place, name="Els Bakker", **ALL)
    assert act(place, "note").exit_code == 0
    (place.root / "config" / "staff.toml").unlink()
    assert place.told("show", REF, "--json")["history"][-1]["actor"] == "Els Bakker"


def test_nobody_acts_under_another_name(place: Place) -> None:
    staff(place, name="Els Bakker", **ALL)
    assert "you act as" in str(act(place, "note", "--by", "Jan").exception)
    assert "you act as" in str(act(place, "note", by="Jan").exception)
    assert act(place, "note", "--by", "Els Bakker").exit_code == 0


def test_without_the_file_everybody_may_do_everything(place: Place) -> None:
    assert act(place, "note", by="Jan").exit_code == 0


def test_the_machine_s_keeper_is_not_in_it_and_works(place: Place) -> None:
    staff(place, user="somebody-else", **ALL)
    assert place.run("status").exception is None or "staff.toml" not in str(place.run("status").exception)
    assert "staff.toml" not in str(place.run("check").exception)


def test_a_company_that_does_not_exist_is_a_fault_of_the_configuration(place: Place) -> None:
    staff(place, see=["kraafd"])
    with pytest.raises(ConfigError, match="kraafd, which is no company here"):
        load(place.root / "config")


def test_a_right_that_does_not_exist_is_a_fault_of_the_configuration(place: Place) -> None:
    staff(place, **{"delete": ["*"]})
    with pytest.raises(ConfigError, match="delete"):
        load(place.root / "config")


@pytest.mark.parametrize(
    "words",
    [
        ["status"],
        ["backup"],
        ["hand-over"],
        ["confirm-settings"],
        ["restore", "--yes"],
        ["once"],
        ["check"],
        ["login"],
        ["run"],
        ["migrate-store"],
    ],
)
def test_the_keeper_s_commands_are_shut_for_whom_sudo_brought(
    place: Place, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    staff(place, user="els", **ALL)
    monkeypatch.setenv("SUDO_USER", "els")
    monkeypatch.setattr(setting, "hold_to_folder", lambda _: None)
    more = ["--to", "postgresql"] if words == ["migrate-store"] else []
    assert "els may not do it" in str(place.run(*words, *more).exception)


def test_a_colleague_whom_the_file_names_keeper_backs_up_through_sudo(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = place.root / "config" / "staff.toml"
    file.write_text('[els]\nsee = ["*"]\nkeep = true\n\n[jan]\nsee = ["*"]\n', "utf-8")
    monkeypatch.setattr(setting, "hold_to_folder", lambda _: None)
    monkeypatch.setenv("SUDO_USER", "jan")
    assert "jan may not do it" in str(place.run("backup").exception)
    monkeypatch.setenv("SUDO_USER", "els")
    assert place.run("backup").exit_code == 0
    assert list((place.root / "state" / "kraaft" / "backups").iterdir())


@pytest.mark.parametrize("words", [["audit", "--names"], ["explain", "{root}/verzoek.txt"]])
def test_what_reads_for_people_goes_through_the_same_door(place: Place, words: list[str]) -> None:
    staff(place, see=["koopjesklik"])
    done = place.run(*(word.format(root=place.root) for word in words))
    assert "may not see kraaft" in str(done.exception)


def test_a_mail_is_explained_without_a_state_too(place: Place) -> None:
    staff(place, see=["kraaft"])
    shutil.rmtree(place.root / "state")
    assert place.run("explain", str(place.root / "verzoek.txt")).exit_code == 0
    assert not (place.root / "state").exists()


@pytest.mark.parametrize("words", [["cases"], ["status"], ["overview"], ["note", REF, "gebeld"]])
def test_whom_sudo_brought_brings_no_configuration_of_his_own(
    place: Place, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    (place.root / "config").chmod(0o777)
    monkeypatch.setenv("SUDO_USER", "els")
    done = place.run(*words)
    assert "with sudo the folder of the configuration" in str(done.exception)
    assert REF not in done.output
    monkeypatch.delenv("SUDO_USER")
    assert "with sudo" not in str(place.run(*words).exception)


# --- who sits there


@pytest.mark.parametrize(
    ("uid", "sudo", "who"),
    [
        (1001, "", "els"),
        (1001, "jan", "els"),  # anybody can put a name into his own environment
        (0, "jan", "jan"),
        (0, "", "root"),
        (990, "jan", "jan"),  # the user who owns the state
    ],
)
def test_the_operating_system_says_who_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uid: int, sudo: str, who: str
) -> None:
    names = {1001: "els", 0: "root", 990: "mailbot"}
    monkeypatch.setattr(os, "getuid", lambda: uid)
    monkeypatch.setattr(pwd, "getpwuid", lambda n: pwd.struct_passwd((names[n], "x", n, n, "", "/", "/")))
    monkeypatch.setattr(Path, "stat", lambda *_, **__: os.stat_result((0o40700, 0, 0, 0, 990, 0, 0, 0, 0, 0)))
    monkeypatch.setenv("SUDO_USER", sudo)
    people = tuple(StaffMember(name, name) for name in ("els", "jan", "root"))
    found = current_staff_member(Installation(tmp_path, tmp_path, 60, (), staff=people))
    assert found is not None
    assert found.user == who


@pytest.mark.parametrize(
    ("owner", "mode", "whose"),
    [(0, 0o755, ""), (990, 0o700, ""), (1001, 0o755, "another's"), (0, 0o777, "open"), (990, 0o770, "open")],
)
def test_a_folder_is_believed_behind_sudo_when_only_keepers_write_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: int, mode: int, whose: str
) -> None:
    def found(path: Path, **_: object) -> os.stat_result:
        ours = path == tmp_path / "config"
        return os.stat_result((0o40000 | (mode if ours else 0o755), 0, 0, 0, owner if ours else 990, 0, 0, 0, 0, 0))

    monkeypatch.setattr(os, "getuid", lambda: 990)
    monkeypatch.setattr(Path, "stat", found)
    monkeypatch.setenv("SUDO_USER", "els")
    settings = Installation(tmp_path / "config", tmp_path / "state", 60, ())
    if whose:
        with pytest.raises(Refused, match="must belong to root"):
            hold_to_folder(settings)
    else:
        hold_to_folder(settings)


def test_who_may_anything_may_see() -> None:
    person = StaffMember("els", "els", send=frozenset({"a"}))
    assert [person.may("see", one) for one in "ab"] == [True, False]
    assert not person.may("triage", "a")


def test_what_is_not_named_is_a_decision() -> None:
    class Unheard(events.Noted.__mro__[1]):  # type: ignore[misc,name-defined]
        pass

    assert permission_for(Unheard.__new__(Unheard)) == "decide"
