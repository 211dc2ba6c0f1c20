"""Who writes, as the company's customers know it; customers that cannot be read delay this and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk import REF, Desk, case_of

from builders import a_mail
from company import ACCESS, a_raw_mail
from mailbot import events
from mailbot.acts import acting
from mailbot.errors import TryLater
from mailbot.incoming.identify import authenticate_sender, identify, identify_waiting
from mailbot.model import Address, Authentication, Customer, MatchState, Outcome, Trust

PIET = Customer("1001", ("piet@klant.example",), "Piet de Vries", "1234AB", ("5512",))
JAN = Customer("1002", ("jan@klant.example", "samen@klant.example"), "Jan Bos", "5678CD", ("5513",))
ANS = Customer("1003", ("samen@klant.example",), "Ans Bos", "5678CD", ("5514",))


class Book:
    """Three customers, two of whom share an address; what was asked is remembered."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.closed = False

    def by_address(self, email: str) -> list[Customer]:
        return self._having("address", lambda one: email in one.emails)

    def by_number(self, number: str) -> list[Customer]:
        return self._having("number", lambda one: number in one.numbers)

    def by_name(self, name: str, postcode: str) -> list[Customer]:
        return self._having("name", lambda one: (one.name, one.postcode) == (name, postcode))

    by_iban = by_number

    def _having(self, what: str, fits: Any) -> list[Customer]:
        if self.closed:
            raise TryLater("the file is gone")
        self.asked.append(what)
        return [one for one in (PIET, JAN, ANS) if fits(one)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.tenant.__dict__["customers"] = Book()
    return desk


def told(desk: Desk, sender: str, text: str = "Welke gegevens hebt u?", name: str = "") -> tuple[MatchState, str, str]:
    match = identify(desk.tenant, a_mail(sender=Address(sender, name), text=text, subject="vraag"))
    return match.state, match.customer_id, match.hint


def test_the_only_customer_with_the_address_is_the_sender_whoever_else_he_names(desk: Desk) -> None:
    assert told(desk, "piet@klant.example", "Mijn bestelling 5513.") == (MatchState.KNOWN, "1001", "")


def test_of_two_with_one_address_the_one_whose_number_he_names_is_meant(desk: Desk) -> None:
    assert told(desk, "samen@klant.example") == (MatchState.AMBIGUOUS, "", "")
    assert told(desk, "samen@klant.example", "Bestelling 5514.") == (MatchState.KNOWN, "1003", "")


@pytest.mark.parametrize("text", ["Mijn bestelling is 5512.", "Ik sta bij u als piet@klant.example."])
def test_a_stranger_who_names_a_number_or_an_address_of_one_names_him(desk: Desk, text: str) -> None:
    assert told(desk, "nieuw@elders.example", text) == (MatchState.NAMED, "1001", "")


def test_a_name_and_a_postcode_are_a_hint_and_only_where_nothing_better_is_known(desk: Desk) -> None:
    words = "Ik woon op 1234 AB."
    assert told(desk, "nieuw@elders.example", words, "Piet de Vries") == (MatchState.UNKNOWN, "", "1001")
    assert told(desk, "nieuw@elders.example", "5678 CD", "Jan Bos") == (MatchState.UNKNOWN, "", "1002")
    assert told(desk, "nieuw@elders.example", f"{words} Bestelling 5513.", "Piet de Vries")[2] == ""


def test_nobody_is_looked_for_by_a_first_name_alone_nor_where_something_better_is_known(desk: Desk) -> None:
    words = "Ik woon op 1234 AB."
    told(desk, "nieuw@elders.example", words, "Piet")
    told(desk, "nieuw@elders.example", f"{words} Bestelling 5513.", "Piet de Vries")
    told(desk, "samen@klant.example", words, "Piet de Vries")
    assert "name" not in desk.tenant.customers.asked  # type: ignore[union-attr]


def test_who_has_no_address_or_writes_to_a_company_without_customers_is_unknown(desk: Desk) -> None:
    assert identify(desk.tenant, a_mail(sender=None)).state is MatchState.UNKNOWN
    desk.tenant.__dict__["customers"] = None
    assert told(desk, "piet@klant.example")[0] is MatchState.UNKNOWN


# --- customers that cannot be read ----------------------------------------------------------------


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    """With a case whose sender could not be looked up."""
    desk.tenant.customers.closed = True  # type: ignore[union-attr]
    desk.round(a_raw_mail(ACCESS, sender="piet@klant.example"))
    assert case_of(desk).match is MatchState.UNAVAILABLE
    return desk


def put_case(desk: Desk, **changes: Any) -> None:
    case = replace(case_of(desk), **changes)
    with desk.tenant.store.unit() as unit:
        unit.put_case(case)


def test_a_case_that_waits_for_the_customers_is_looked_up_once_they_can_be_read(waiting: Desk) -> None:
    waiting.round(hours=1)
    assert case_of(waiting).match is MatchState.UNAVAILABLE
    waiting.tenant.customers.closed = False  # type: ignore[union-attr]
    waiting.round(hours=1)
    assert (case_of(waiting).match, case_of(waiting).customer_id) == (MatchState.KNOWN, "1001")
    assert identify_waiting(waiting.tenant, waiting.clock()) == 0


def test_several_cases_wait_and_each_is_looked_up(waiting: Desk) -> None:
    waiting.round(a_raw_mail(ACCESS, sender="jan@klant.example", number=2), hours=1)
    waiting.tenant.customers.closed = False  # type: ignore[union-attr]
    assert identify_waiting(waiting.tenant, waiting.clock()) == 2
    assert [case.customer_id for case in waiting.cases()] == ["1001", "1002"]


def test_customers_that_do_not_answer_are_asked_once_in_a_round(waiting: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (2, 3):
        waiting.round(a_raw_mail(ACCESS, sender=f"k{number}@klant.example", number=number), hours=1)
    asked: list[str] = []

    def unreadable(email: str) -> list[Customer]:
        asked.append(email)
        raise TryLater("the server does not answer")

    monkeypatch.setattr(waiting.tenant.customers, "by_address", unreadable)
    assert identify_waiting(waiting.tenant, waiting.clock()) == 0
    assert len(asked) == 1


def test_a_case_that_cannot_be_looked_up_by_its_own_fault_keeps_no_other_waiting(waiting: Desk) -> None:
    waiting.round(a_raw_mail(ACCESS, sender="jan@klant.example", number=2), hours=1)
    book = waiting.tenant.customers
    assert isinstance(book, Book)
    book.closed, ordinary = False, book.by_address

    def fickle(email: str) -> list[Customer]:
        if email.startswith("piet"):
            raise TryLater("one address has hundreds of rows")
        return ordinary(email)

    book.by_address = fickle  # type: ignore[method-assign]
    assert sum(identify_waiting(waiting.tenant, waiting.clock()) for _ in range(3)) == 1
    assert [case.match for case in waiting.cases()] == [MatchState.UNAVAILABLE, MatchState.KNOWN]


def test_a_case_that_was_closed_meanwhile_is_looked_up_no_more(waiting: Desk) -> None:
    acting.act(waiting.tenant, REF, events.Closed("els", Outcome.WITHDRAWN, "toch niet"), waiting.clock())
    waiting.tenant.customers.closed = False  # type: ignore[union-attr]
    assert identify_waiting(waiting.tenant, waiting.clock()) == 1
    assert case_of(waiting).match is MatchState.UNAVAILABLE


def test_whom_a_person_knew_meanwhile_is_not_looked_up_again(waiting: Desk) -> None:
    put_case(waiting, match=MatchState.KNOWN, customer_id="1003")
    waiting.tenant.customers.closed = False  # type: ignore[union-attr]
    identify_waiting(waiting.tenant, waiting.clock())
    assert case_of(waiting).customer_id == "1003"


def test_a_case_of_which_no_mail_is_kept_is_of_an_unknown_one(waiting: Desk) -> None:
    put_case(waiting, mails=())
    waiting.tenant.customers.closed = False  # type: ignore[union-attr]
    assert identify_waiting(waiting.tenant, waiting.clock()) == 1
    assert case_of(waiting).match is MatchState.UNKNOWN


# --- whether the address is the sender's ----------------------------------------------------------


def test_a_signature_is_checked_here_only_where_the_company_wants_it_and_its_own_server_says_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def verify(raw: bytes, domain: str, *_: object) -> Authentication:
        asked.append(domain)
        return Authentication(Trust.PASS, "dkim=pass")

    monkeypatch.setattr("mailbot.signatures.verify", verify)
    mail = a_mail()
    assert authenticate_sender(desk.tenant, mail, b"x").state is Trust.UNKNOWN
    desk.change(verify_dkim=True)
    assert authenticate_sender(desk.tenant, mail, b"").state is Trust.UNKNOWN
    assert authenticate_sender(desk.tenant, a_mail(sender=None), b"x").state is Trust.UNKNOWN
    assert asked == []
    assert authenticate_sender(desk.tenant, mail, b"x").state is Trust.PASS
    assert asked == ["klant.example"]


def test_a_name_server_that_does_not_answer_leaves_what_our_own_server_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def silent(raw: bytes, domain: str, *_: object) -> Authentication:
        asked.append(domain)
        raise TryLater("no answer")

    desk.change(verify_dkim=True)
    monkeypatch.setattr("mailbot.signatures.verify", silent)
    assert authenticate_sender(desk.tenant, a_mail(), b"x").reason == "no authserv-id configured"
    assert asked == ["klant.example"]


def test_a_check_that_proves_nothing_leaves_what_our_own_server_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.change(verify_dkim=True)
    monkeypatch.setattr("mailbot.signatures.verify", lambda *_: Authentication(Trust.UNKNOWN, "no signature"))
    assert authenticate_sender(desk.tenant, a_mail(), b"x").reason == "no authserv-id configured"


def test_what_our_own_server_said_needs_no_check_of_ours(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.change(verify_dkim=True, authserv_ids=("mx.test",))
    monkeypatch.setattr("mailbot.signatures.verify", lambda *_: Authentication(Trust.PASS, "dkim=pass"))
    result = ("authentication-results", "mx.test; dmarc=fail header.from=klant.example")
    assert authenticate_sender(desk.tenant, a_mail(headers=(result,)), b"x").state is Trust.FAIL
