"""The promises of the policies: every binding sentence is there, and nobody can type that one is kept."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from mailbot import promises
from mailbot.errors import ConfigError

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / "config"
POLICIES = Path(__file__).parent / "policies"
TENANTS = ("kaviaarshop", "koopjesklik", "3dconfig", "kaliningrad", "kraaft")


def plain(text: str) -> str:
    """The text with every run of white space made one space."""
    return " ".join(text.split())


def policy(tenant: str) -> str:
    return plain((POLICIES / f"{tenant}.txt").read_text(encoding="utf-8"))


def not_binding(tenant: str) -> list[str]:
    """The sentences that promise nothing; each line of the file gives the reason first."""
    lines = (POLICIES / "not_binding" / f"{tenant}.txt").read_text(encoding="utf-8").splitlines()
    return [line.partition(" | ")[2] for line in lines]


@pytest.fixture(scope="module")
def shipped() -> list[promises.Promise]:
    return promises.load(CONFIG, None)


def of(all_promises: list[promises.Promise], tenant: str) -> list[promises.Promise]:
    return [one for one in all_promises if one.tenant == tenant]


# --- the shipped promises ------------------------------------------------------------------------


@pytest.mark.parametrize("tenant", TENANTS)
def test_every_sentence_stands_verbatim_in_the_policy(shipped: list[promises.Promise], tenant: str) -> None:
    text = policy(tenant)
    assert [one.id for one in of(shipped, tenant) if plain(one.sentence) not in text] == []


@pytest.mark.parametrize("tenant", TENANTS)
def test_no_sentence_of_a_policy_was_overlooked(shipped: list[promises.Promise], tenant: str) -> None:
    """Promises and the sentences that bind nobody together are the whole policy, nothing left and nothing twice."""
    left = policy(tenant)
    sentences = [plain(one.sentence) for one in of(shipped, tenant)] + [plain(one) for one in not_binding(tenant)]
    for sentence in sorted(sentences, key=len, reverse=True):
        assert sentence in left, sentence
        left = left.replace(sentence, "|", 1)
    assert re.sub(r"[|\s]", "", left) == ""


@pytest.mark.parametrize("tenant", TENANTS)
def test_promises_stand_in_the_order_of_the_policy(shipped: list[promises.Promise], tenant: str) -> None:
    text, at = policy(tenant), 0
    for one in of(shipped, tenant):
        at = text.find(plain(one.sentence), at)
        assert at >= 0, one.id
        at += 1


def test_a_sentence_that_takes_away_a_right_is_no_promise(shipped: list[promises.Promise]) -> None:
    sentences = " ".join(one.sentence for one in shipped)
    for taken in ("niet langer voortzetten", "zijn geen persoonsgegevens", "Verzoeken kunnen niet van iemand anders"):
        assert taken not in sentences


def test_the_thirty_days_are_promised_once_for_each_right(shipped: list[promises.Promise]) -> None:
    for tenant in ("kaviaarshop", "koopjesklik", "3dconfig"):
        assert len([one for one in of(shipped, tenant) if "binnen 30 dagen een reactie" in one.sentence]) == 4


def test_ids_are_unique_over_all_companies(shipped: list[promises.Promise]) -> None:
    assert max(Counter(one.id for one in shipped).values()) == 1


def test_what_people_of_the_company_must_do_is_not_claimed_before_they_confirm_it(
    shipped: list[promises.Promise],
) -> None:
    conduct = [one for one in shipped if "organisation" in one.kept_by]
    assert conduct
    assert {one.state for one in conduct} == {"not yet"}


def test_every_test_that_a_shipped_promise_names_exists(shipped: list[promises.Promise]) -> None:
    there = promises.tests_in(ROOT / "tests")
    assert there is not None
    named = {keeper.removeprefix("test:") for one in shipped for keeper in one.kept_by if keeper.startswith("test:")}
    assert named - there == set()


def test_no_promise_is_left_without_a_test_or_a_person_who_vouches_for_it(shipped: list[promises.Promise]) -> None:
    rows = promises.load(CONFIG, ROOT / "tests")
    assert [one.id for one in rows if one.waits_for == "proof"] == []
    assert [one.id for one in rows if not one.shown_by and "organisation" not in one.kept_by] == []
    assert len(rows) == len(shipped)


def test_what_the_settings_lack_is_told_apart_from_what_has_no_proof() -> None:
    rows = promises.load(CONFIG, ROOT / "tests")
    asked = [one for one in rows if one.waits_for == "settings"]
    assert asked
    assert all(one.shown_by and one.why.startswith("needs ") for one in asked)


# --- how the state is found ----------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A configuration with one company and a tests folder with a few tests."""
    config = tmp_path / "config"
    (config / "tenants").mkdir(parents=True)
    (config / "promises").mkdir()
    for name in ("mailbot.toml", "authorities.toml"):
        shutil.copy(CONFIG / name, config / name)
    tenant(config)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text(
        "import pytest\n"
        "def test_it_holds(): ...\n"
        "async def test_async(): ...\n"
        "class TestStore:\n    def test_inside(self): ...\n"
        "@pytest.mark.parametrize('x', [1])\ndef test_many(x): ...\n"
        "@pytest.mark.skip(reason='later')\ndef test_skipped(): ...\n"
        "def helper(): ...\n"
    )
    return tmp_path


def tenant(config: Path, extra: str = "") -> None:
    text = 'name = "Winkel"\ncountry = "NL"\nzone = "Europe/Amsterdam"\nauthority = "AP"\n' + extra
    (config / "tenants" / "winkel.toml").write_text(text)


def judged(place: Path, kept_by: str, needs: str = "[]", tests: str = "tests") -> promises.Promise:
    row = f'[[promise]]\nid = "W-01"\npromise = "p"\nsentence = "s"\nkept_by = {kept_by}\nneeds = {needs}\n'
    (place / "config" / "promises" / "winkel.toml").write_text(row)
    return promises.load(place / "config", place / tests)[0]


@pytest.mark.parametrize("name", ["test_it_holds", "test_async", "TestStore::test_inside", "test_many"])
def test_a_promise_with_an_existing_test_works(place: Path, name: str) -> None:
    found = judged(place, f'["rule:B-10", "test:tests/test_a.py::{name}"]')
    assert (found.state, found.why) == ("working", "")


@pytest.mark.parametrize("name", ["test_gone", "test_skipped", "helper", "test_inside"])
def test_a_test_that_is_not_there_or_skipped_proves_nothing(place: Path, name: str) -> None:
    found = judged(place, f'["test:tests/test_a.py::{name}"]')
    assert found.state == "not yet"
    assert name in found.why


@pytest.fixture
def played(place: Path) -> Path:
    """The same place, with a scenario of one kind that is played for this company."""
    letters = place / "tests" / "scenarios" / "letters"
    letters.mkdir(parents=True)
    (letters / "access-winkel.txt").write_text("=== aan klant@mail.test\n")
    (letters / "erasure-other.txt").write_text("=== aan klant@mail.test\n")
    (place / "tests" / "test_scenarios.py").write_text("def test_a_request_is_answered_closed_and_forgotten(): ...\n")
    return place


def test_a_scenario_that_is_played_for_the_company_shows_a_promise(played: Path) -> None:
    found = judged(played, '["scenario:access"]')
    assert (found.state, found.shown_by) == ("working", ("tests/scenarios/letters/access-winkel.txt",))


def test_a_scenario_of_another_company_or_one_that_nobody_plays_proves_nothing(played: Path) -> None:
    assert judged(played, '["scenario:erasure"]').state == "not yet"
    (played / "tests" / "test_scenarios.py").write_text("def test_something_else(): ...\n")
    assert judged(played, '["scenario:access"]').state == "not yet"


def test_what_the_company_still_has_to_do_is_said_in_words(place: Path) -> None:
    found = judged(place, '["organisation", "test:tests/test_a.py::test_it_holds"]', '["mailbox", "customers"]')
    assert [todo.partition(" ")[0] for todo in found.todo] == ["look", "type", "say"]
    assert next(iter(promises.wanted([found, found]))) == ("winkel", promises.CONFIRM, 2)


def test_everything_that_a_promise_may_need_is_asked_for_in_words() -> None:
    assert set(promises.ASKS) == set(promises.NEEDS)


def test_one_missing_test_beside_an_existing_one_is_noticed(place: Path) -> None:
    found = judged(place, '["test:tests/test_a.py::test_it_holds", "test:tests/test_a.py::test_gone"]')
    assert found.state == "not yet"


@pytest.mark.parametrize("keeper", ["rule:B-10", "letter:acknowledgement", "module:mailbot/decide"])
def test_a_reference_alone_proves_nothing(place: Path, keeper: str) -> None:
    assert judged(place, f'["{keeper}"]').state == "not yet"


def test_without_a_tests_folder_nothing_works_and_the_reason_is_said(place: Path) -> None:
    found = judged(place, '["test:tests/test_a.py::test_it_holds"]', tests="elsewhere")
    assert (found.state, found.why) == ("not yet", "tests not found")


def test_a_test_file_that_python_cannot_read_proves_nothing(place: Path) -> None:
    (place / "tests" / "test_b.py").write_text("def test_broken(:\n")
    assert judged(place, '["test:tests/test_b.py::test_broken"]').state == "not yet"


def test_a_missing_setting_keeps_a_promise_from_working(place: Path) -> None:
    found = judged(place, '["test:tests/test_a.py::test_it_holds"]', '["mailbox"]')
    assert (found.state, found.why) == ("not yet", "needs mailbox")
    tenant(place / "config", '[mail]\nmailbox = "info@winkel.nl"\n')
    assert judged(place, '["test:tests/test_a.py::test_it_holds"]', '["mailbox"]').state == "working"


def test_a_part_of_the_program_that_is_not_there_keeps_a_promise_from_working(place: Path) -> None:
    proof = '["test:tests/test_a.py::test_it_holds"]'
    assert judged(place, proof, '["module:mailbot/promises.py"]').state == "working"
    assert judged(place, proof, '["module:mailbot/no_such_thing.py"]').state == "not yet"


def test_conduct_works_once_a_person_of_the_company_confirmed_it(place: Path) -> None:
    assert judged(place, '["organisation"]').why == "not confirmed by the company"
    tenant(place / "config", '[confirmed]\nW-01 = { by = "Jo Jansen", on = 2026-12-01 }\n')
    assert judged(place, '["organisation"]').state == "working"


def test_conduct_with_a_test_needs_both_the_test_and_the_person(place: Path) -> None:
    tenant(place / "config", '[confirmed]\nW-01 = { by = "Jo Jansen", on = 2026-12-01 }\n')
    assert judged(place, '["organisation", "test:tests/test_a.py::test_gone"]').state == "not yet"


def test_a_confirmation_of_a_promise_that_does_not_exist_is_a_fault(place: Path) -> None:
    tenant(place / "config", '[confirmed]\nW-99 = { by = "Jo Jansen", on = 2026-12-01 }\n')
    with pytest.raises(ConfigError, match=r"confirmed\.W-99"):
        judged(place, '["organisation"]')


def test_nobody_can_type_the_state(place: Path) -> None:
    text = '[[promise]]\nid = "W-01"\npromise = "p"\nsentence = "s"\nkept_by = ["organisation"]\nstate = "working"\n'
    (place / "config" / "promises" / "winkel.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"promise\[1\]\.state"):
        promises.load(place / "config", None)


@pytest.mark.parametrize(
    ("kept_by", "needs", "where"),
    [('["believe me"]', "[]", "kept_by[1]"), ('["organisation"]', '["luck"]', "needs[1]"), ("[]", "[]", "kept_by")],
)
def test_a_reference_of_no_known_form_is_a_fault(place: Path, kept_by: str, needs: str, where: str) -> None:
    with pytest.raises(ConfigError) as caught:
        judged(place, kept_by, needs)
    assert caught.value.problems[0].where == f"promises/winkel.toml:promise[1].{where}"


def test_an_id_that_occurs_twice_is_a_fault(place: Path) -> None:
    row = '[[promise]]\nid = "W-01"\npromise = "p"\nsentence = "s"\nkept_by = ["organisation"]\n'
    (place / "config" / "promises" / "winkel.toml").write_text(row * 2)
    with pytest.raises(ConfigError, match="W-01 twice"):
        promises.load(place / "config", None)


def test_a_company_without_a_file_has_no_promises(place: Path) -> None:
    assert promises.load(place / "config", None) == []


def test_the_shipped_files_of_promises_are_plain_toml() -> None:
    for name in TENANTS:
        assert tomllib.loads((CONFIG / "promises" / f"{name}.toml").read_text(encoding="utf-8"))["promise"]
