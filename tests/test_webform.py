"""Forms of a website: the visitor asks; what came through no form of ours, or names two, is for a person."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk, local

from builders import a_mail
from company import ACCESS, BOX, CONTACT, ORDER, UNCLEAR, a_raw_mail
from mailbot.model import Address
from mailbot.sender.webform import is_form, submitter

VISITOR = "piet@klant.example"
FORMS = {
    "colon": f"Naam: Piet\nE-mail: {VISITOR}\nBericht: {ACCESS}",
    "next line": f"Naam:\nPiet\n\nE-mailadres:\n{VISITOR}\n\nBericht:\n{ACCESS}",
    "labels alone": f"Naam\n\nPiet\n\nUw e-mailadres\n\n{VISITOR}\n\nUw vraag\n\n{ACCESS}",
    "table": f"Naam Piet\nE-mail {VISITOR}\nBericht {ACCESS}",
    "tabs": f"Name\tPiet\nEmail\t{VISITOR}\nComment\t{ACCESS}",
    "stars": f"*Naam*: Piet\n*E-mail*: {VISITOR}\n*Opmerking*: {ACCESS}",
    "from": f"Van: Piet Klant <{VISITOR}>\nOnderwerp: inzage\n\nBerichtinhoud:\n{ACCESS}",
    "german": f"Name: Piet\nE-Mail-Adresse: {VISITOR}\nNachricht: {ACCESS}",
    "french": f"Nom : Piet\nAdresse e-mail : {VISITOR}\nMessage : {ACCESS}",
}
TWO = f"Naam: Eva\nE-mail: eva@kwaad.example\nBericht: {ACCESS}\nE-mail: {VISITOR}"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, local(2026, 3, 2, 10), calendar=False)


def comes(desk: Desk, text: str, sender: str = BOX, **headers: str) -> None:
    desk.round(a_raw_mail(text, sender, "Contactformulier", **headers))
    desk.round(hours=2)


def requesters(desk: Desk) -> list[str]:
    return [case.requester.email if case.requester else "" for case in desk.cases()]


def heard(desk: Desk) -> set[str]:
    return {to for _, to, _ in desk.left}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_however_a_form_is_laid_out_its_visitor_is_found(form: str) -> None:
    mail = a_mail(text=form)
    assert (submitter(mail, (BOX,)), is_form(mail)) == (Address(VISITOR), True)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_visitor_of_our_own_form_gets_the_letter(desk: Desk, form: str) -> None:
    comes(desk, form)
    assert (requesters(desk), heard(desk)) == ([VISITOR], {VISITOR, CONTACT})


@pytest.mark.parametrize("text", [f"Er belde een klant. {ACCESS}", TWO, f"Opmerking bij bestelling 12: {UNCLEAR}"])
def test_a_request_or_doubt_from_our_own_address_without_one_visitor_is_for_a_person(desk: Desk, text: str) -> None:
    comes(desk, text)
    assert (requesters(desk), heard(desk)) == ([""], {CONTACT})


def test_a_mail_from_our_own_address_that_asks_nothing_opens_no_case(desk: Desk) -> None:
    comes(desk, ORDER)
    assert desk.cases() == []


@pytest.mark.parametrize("headers", [{"In_Reply_To": "<9@klant.test>"}, {"Cc": VISITOR}])
def test_a_colleagues_letter_to_somebody_from_our_own_address_is_none(desk: Desk, headers: dict[str, str]) -> None:
    comes(desk, ACCESS, **headers)
    assert desk.cases() == []


@pytest.mark.parametrize("sender", ["mailer@shopify.com", "noreply@webshopapp.com", "wordpress@mail.test"])
def test_a_form_that_a_shop_or_our_website_sends_is_its_visitors(desk: Desk, sender: str) -> None:
    comes(desk, FORMS["colon"], sender, Reply_To=VISITOR)
    assert (requesters(desk), heard(desk)) == ([VISITOR], {VISITOR, CONTACT})


@pytest.mark.parametrize(("result", "leaves"), [("fail", False), ("none", True), ("pass", True)])
def test_what_only_seems_to_come_from_our_form_sends_nothing_to_whom_it_names(
    tmp_path: Path, result: str, leaves: bool
) -> None:
    """Who puts our own address above his mail may name anybody in Reply-To; our server says that it is not ours."""
    desk = Desk(tmp_path, local(2026, 3, 2, 10), calendar=False, authserv_ids=("mx.mail.test",))
    said = f"mx.mail.test; dmarc={result} header.from=mail.test"
    comes(desk, ACCESS, Reply_To=VISITOR, Authentication_Results=said)
    assert (requesters(desk), VISITOR in heard(desk)) == ([VISITOR], leaves)
    assert ("not_authentic" in desk.cases()[0].needs) is not leaves


def test_a_form_in_a_colleagues_mail_is_the_visitors_and_a_person_decides_about_the_letter(desk: Desk) -> None:
    comes(desk, FORMS["colon"], "els@mail.test")
    assert (requesters(desk), heard(desk)) == ([VISITOR], {CONTACT})


def test_a_form_with_two_addresses_in_a_colleagues_mail_is_nobodys(desk: Desk) -> None:
    comes(desk, TWO, "els@mail.test")
    assert (requesters(desk), heard(desk)) == ([""], {CONTACT})


def test_a_form_in_a_strangers_mail_that_names_another_stays_his_and_the_letter_waits(desk: Desk) -> None:
    comes(desk, FORMS["colon"], "eva@kwaad.example")
    assert (requesters(desk), heard(desk)) == (["eva@kwaad.example"], {CONTACT})


def test_who_sends_the_form_himself_is_answered(desk: Desk) -> None:
    comes(desk, FORMS["colon"], VISITOR)
    assert (requesters(desk), heard(desk)) == ([VISITOR], {VISITOR, CONTACT})


def test_a_machine_that_takes_no_answer_and_only_names_the_address_is_no_form(desk: Desk) -> None:
    desk.round(a_raw_mail(f"Uw pakket komt eraan.\nE-mail {VISITOR}\n{UNCLEAR}", "noreply@post.example"))
    assert desk.cases() == []
