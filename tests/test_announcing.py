"""A change of the policy is told to every customer: held, released by a person, little by little, nobody twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk, local, text_of

from company import ACCESS, BOX, CONTACT, a_raw_mail
from mailbot.accounts import CustomerSource
from mailbot.checklist import Facts
from mailbot.customers import CsvCustomers
from mailbot.errors import Refused, Usage
from mailbot.model import Caps
from mailbot.outgoing import announcing

FACTS: Facts = (
    ("what", ("wij gebruiken een andere betaaldienst",)),
    ("effect", ("Uw betaalgegevens staan daarna bij Mollie.",)),
    ("starts_on", ("2026-04-01",)),
)
PEOPLE = [f"klant{number}@post.example" for number in range(1, 6)]
PACE = Caps(per_address_a_day=1000, per_hour=1000, notices_per_hour=12)  # one every five minutes


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, local(2026, 3, 2, 10), caps=PACE, mode="hold")
    known(desk, *(f"{number};{address}" for number, address in enumerate(PEOPLE, 1)))
    return desk


def known(desk: Desk, *rows: str) -> None:
    """The customers of the company are these from now on."""
    file = desk.tenant.folder.parent / f"customers-{len(rows)}-{abs(hash(rows))}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("id;e-mail\n" + "\n".join(rows) + "\n", "utf-8")
    desk.tenant.__dict__["customers"] = CsvCustomers(CustomerSource("csv", file))


def prepare(desk: Desk, name: str = "2026-03", facts: Facts = FACTS) -> None:
    announcing.prepare(desk.tenant, name, "policy_changed", facts, "els", desk.clock())


def release(desk: Desk) -> None:
    announcing.release(desk.tenant, "2026-03", "els", desk.clock())


def counts(desk: Desk) -> dict[str, int]:
    with desk.tenant.store.unit() as unit:
        return dict(announcing.letters_by_state(unit, "2026-03"))


def told(desk: Desk) -> list[str]:
    return [to for _, to, mail in desk.left if "privacybeleid verandert" in str(mail["Subject"])]


def all_rounds(desk: Desk, hours: float) -> None:
    for _ in range(int(hours * 12)):
        desk.round(minutes=5)


def test_every_customer_has_a_letter_that_waits_for_a_person(desk: Desk) -> None:
    prepare(desk)
    all_rounds(desk, 1)
    assert counts(desk) == {"held": 5}
    assert told(desk) == []


def test_released_letters_leave_at_the_company_s_pace(desk: Desk) -> None:
    prepare(desk)
    release(desk)
    desk.round()
    assert len(told(desk)) == 1
    desk.round(minutes=5)
    assert len(told(desk)) == 2
    all_rounds(desk, 1)
    assert sorted(told(desk)) == PEOPLE


def test_an_outage_is_not_made_up_for_at_once(desk: Desk) -> None:
    prepare(desk)
    release(desk)
    desk.round()
    desk.round(hours=10)
    assert len(told(desk)) <= 3


def test_the_letter_says_what_changes_and_advertises_nothing(desk: Desk) -> None:
    prepare(desk)
    release(desk)
    desk.round()
    [mail] = desk.mails_to(told(desk)[0])
    text = text_of(mail)
    assert "wij gebruiken een andere betaaldienst" in text
    assert "woensdag 1 april 2026" in text
    assert "Het is geen reclame." in text
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["In-Reply-To"] is None


def test_nobody_is_told_twice_however_often_it_is_prepared(desk: Desk) -> None:
    for _ in range(3):
        prepare(desk, facts=() if counts_known(desk) else FACTS)
        release(desk)
        all_rounds(desk, 1)
    assert sorted(told(desk)) == PEOPLE


def counts_known(desk: Desk) -> bool:
    with desk.tenant.store.unit() as unit:
        return announcing.announcement(unit, "2026-03") is not None


def test_a_run_that_broke_off_goes_on_where_it_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "_BATCH", 2)
    put, done = announcing._put, []

    def breaks(*given: object) -> None:
        done.append(given)
        if len(done) == 4:
            raise OSError("the disk is full")
        put(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(announcing, "_put", breaks)
    with pytest.raises(OSError, match="disk"):
        prepare(desk)
    assert counts(desk)["held"] in (2, 3)
    monkeypatch.setattr(announcing, "_put", put)
    prepare(desk, facts=())
    assert counts(desk) == {"held": 5}


def test_a_person_with_two_addresses_and_two_customers_with_one_are_told_once(desk: Desk) -> None:
    known(desk, "1;a@post.example", "1;b@post.example", "2;c@post.example", "3;C@post.example", f"4;{BOX}")
    prepare(desk)
    assert counts(desk) == {"held": 2}


def test_a_new_customer_is_added_when_it_is_prepared_again(desk: Desk) -> None:
    prepare(desk)
    known(desk, *(f"{number};{address}" for number, address in enumerate([*PEOPLE, "nieuw@post.example"], 1)))
    prepare(desk, facts=())
    assert counts(desk) == {"held": 6}


def test_whoever_is_no_customer_any_more_when_it_leaves_is_not_told(desk: Desk) -> None:
    prepare(desk)
    known(desk, *(f"{number};{address}" for number, address in enumerate(PEOPLE[:2], 1)))
    release(desk)
    all_rounds(desk, 1)
    assert sorted(told(desk)) == PEOPLE[:2]
    assert counts(desk) == {"sent": 2, "dropped": 3}


def test_who_wants_no_advertising_is_told_too(desk: Desk) -> None:
    desk.round(a_raw_mail("Stop met die nieuwsbrief, ik wil geen reclame meer.", PEOPLE[0]))
    with desk.tenant.store.unit() as unit:
        assert [entry.address for entry in unit.suppressions()] == [PEOPLE[0]]
    prepare(desk)
    release(desk)
    all_rounds(desk, 1)
    assert PEOPLE[0] in told(desk)


def test_stopped_letters_stay_and_go_on_when_released_again(desk: Desk) -> None:
    prepare(desk)
    release(desk)
    desk.round()
    announcing.stop(desk.tenant, "2026-03")
    all_rounds(desk, 1)
    assert len(told(desk)) == 1
    release(desk)
    all_rounds(desk, 1)
    assert sorted(told(desk)) == PEOPLE


def test_notices_do_not_use_up_the_letters_that_answer_people(desk: Desk) -> None:
    desk.change(caps=Caps(per_address_a_day=1, per_hour=1, notices_per_hour=3600), mode="automatic")
    prepare(desk)
    release(desk)
    desk.round(minutes=5)
    desk.round(a_raw_mail(ACCESS, PEOPLE[0]), minutes=1)
    [acknowledged] = [mail for mail in desk.mails_to(PEOPLE[0]) if "ontvangen" in str(mail["Subject"])]
    assert acknowledged


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"effect": ("U krijgt nu 10% korting.",)}, "B-18"),
        ({"what": ()}, "what"),
        ({"starts_on": ("binnenkort",)}, "2026-03-31"),
        ({"colour": ("rood",)}, "colour"),
    ],
)
def test_a_notice_that_lacks_something_or_advertises_is_not_written(
    desk: Desk, changed: dict[str, tuple[str, ...]], rule: str
) -> None:
    with pytest.raises(Refused, match=rule):
        prepare(desk, facts=tuple((dict(FACTS) | changed).items()))
    assert not counts_known(desk)


def test_another_text_needs_another_name(desk: Desk) -> None:
    prepare(desk)
    with pytest.raises(Refused, match="another --name"):
        prepare(desk)


def test_a_company_that_observes_releases_nothing(desk: Desk) -> None:
    desk.change(mode="observe")
    prepare(desk)
    assert counts(desk) == {"observed": 5}
    with pytest.raises(Refused, match="observes"):
        release(desk)


def test_without_customers_there_is_nobody_to_tell(desk: Desk) -> None:
    desk.tenant.__dict__["customers"] = None
    with pytest.raises(Usage, match="customers"):
        prepare(desk)


def test_after_a_month_only_the_number_remains(desk: Desk) -> None:
    prepare(desk)
    release(desk)
    all_rounds(desk, 1)
    desk.round(days=31)
    assert [letter for letter in desk.letters() if letter.audience == "customer"] == []
    with pytest.raises(Refused, match="told to 5 customers"):
        prepare(desk, facts=())


def test_the_weekly_summary_names_them_once(desk: Desk) -> None:
    desk.round()
    prepare(desk)
    desk.round(days=7)
    [summary] = [mail for _, to, mail in desk.left if to == CONTACT and "privacyverzoeken" in str(mail["Subject"])]
    assert text_of(summary).count("policy_changed") == 1
