"""In which capacity somebody writes: for himself, for another, or from a work address that he has left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk, text_of

from builders import KNOWN, a_case, a_mail, a_policy, a_verdict, after, arrived, sends
from company import ACCESS, ERASURE, a_raw_mail
from company import KNOWN as CUSTOMER
from mailbot import airlock, events, worker
from mailbot.acts import acting
from mailbot.errors import Refused
from mailbot.model import Address, Kind, Outcome, Signal
from mailbot.sender.capacity import has_left, is_authority, roles_of, signals
from mailbot.sender.proof import Proof, still_needed


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Als advocaat van mevrouw Jansen vraag ik inzage.", "lawyer"),
        ("Mijn cliënte wil haar gegevens.", "lawyer"),
        ("Ik wil de gegevens van mijn zoon laten wissen.", "parent"),
        ("Wij schrijven als ouders van Sem.", "parent"),
        ("Namens mijn moeder vraag ik wat u van haar hebt.", "relative"),
        ("Ik ben de bewindvoerder van de heer Bos.", "guardian"),
        ("Als erfgenaam van mijn vader wil ik het account sluiten.", "heir"),
    ],
)
def test_who_writes_for_another_is_seen(text: str, role: str) -> None:
    assert role in roles_of(a_mail(text=text))


@pytest.mark.parametrize(
    ("address", "role"), [("req@mail.saymine.io", "service"), ("j.bos@bos-advocaten.example", "lawyer")]
)
def test_the_address_tells_too(address: str, role: str) -> None:
    assert roles_of(a_mail(sender=Address(address))) == (role,)


@pytest.mark.parametrize(
    "text",
    [
        "Welke gegevens hebt u van mij?",
        "Mijn man heeft bij u besteld en ik ook; wat hebt u van mij?",
        "Anders ga ik naar een jurist.",
        "Mijn zoon vond uw winkel leuk. Verwijder mijn account.",
    ],
)
def test_who_writes_for_himself_is_left_alone(text: str) -> None:
    assert roles_of(a_mail(text=text)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Ik ben niet meer werkzaam bij Bouwbedrijf De Vries.",
        "Ik werk daar niet meer en wil mijn gegevens.",
        "Mijn vorige werkgever gebruikte jullie app.",
        "Ik ben vorig jaar uit dienst gegaan.",
        "Mijn werkgever mag dit niet weten.",
        "Je ne travaille plus chez eux.",
        "I no longer work for that company.",
    ],
)
def test_a_stated_departure_is_seen(text: str) -> None:
    assert has_left(a_mail(text=text))


@pytest.mark.parametrize("text", ["Ik werk bij De Vries.", "De app werkt niet meer.", "Ik krijg niet meer mail."])
def test_work_alone_is_no_departure(text: str) -> None:
    assert not has_left(a_mail(text=text))


def test_a_departure_counts_only_where_people_are_known_by_their_work_address() -> None:
    mail = a_mail(text="Ik ben uit dienst.")
    assert (signals(mail, professional=True), signals(mail, professional=False)) == (("former_employee",), ())


def test_who_writes_for_another_calls_a_person_whoever_the_company_knows_by_work_addresses() -> None:
    lawyer = a_mail(text="Als advocaat van mevrouw Jansen vraag ik inzage.")
    assert signals(lawyer, True) == signals(lawyer, False) == (Signal.REPRESENTATIVE,)
    assert signals(a_mail(), True) == ()


def test_the_one_company_that_knows_people_by_work_address_says_so() -> None:
    from mailbot.config import load

    installation = load(Path(__file__).parent.parent / "config")
    assert [one.id for one in installation.companies if one.policy.professional_addresses] == ["kraaft"]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("j.jansen@autoriteitpersoonsgegevens.nl", "J. Jansen"),
        ("litigation@mail.apd-gba.be", ""),
        ("plaintes@cnil.fr", "Service des plaintes"),
        ("zaken@mail.ap.example", ""),
        ("post@ap.example", "Zaken"),  # the company's own, by the page that its letters name
        ("klachten@elders.example", "Autoriteit Persoonsgegevens"),
    ],
)
def test_a_supervisory_authority_is_known_by_its_address_or_its_name(address: str, name: str) -> None:
    assert is_authority(a_mail(sender=Address(address, name)), a_policy().authority)


@pytest.mark.parametrize(
    ("address", "name"),
    [("ap@klant.example", "A.P. Jansen"), ("info@nietautoriteitpersoonsgegevens.nl", ""), ("j@cnil.fr.example", "AP")],
)
def test_nobody_is_an_authority_by_a_name_that_only_looks_like_one(address: str, name: str) -> None:
    assert not is_authority(a_mail(sender=Address(address, name)), a_policy().authority)


def test_a_mail_without_a_sender_is_no_authority_s() -> None:
    assert not is_authority(a_mail(sender=None), a_policy().authority)


# --- what follows --------------------------------------------------------------------------------


def test_a_representative_is_a_persons_matter_and_is_never_refused() -> None:
    event = arrived(verdict=a_verdict(Kind.ACCESS, signals=("representative",)))
    case = after(None, event, a_policy(tenant="kraaft", country="FR"))
    assert still_needed(case) is Proof.PERSON
    assert "representative" in case.needs
    assert [send.template for send in sends(None, event) if send.audience == "requester"] == ["acknowledgement"]


def test_a_representative_gets_nothing_before_a_person_recorded_the_mandate() -> None:
    event = arrived(verdict=a_verdict(Kind.ACCESS, signals=("representative",)))
    case = after(None, event)
    grant = events.Answered("els", "De gegevens van uw client.", Outcome.GRANTED)
    with pytest.raises(Refused, match="C-02"):
        after(case, grant)
    named = after(case, events.RecipientNamed("els", "mr@advocaat.example", "volmacht gezien", representative=True))
    [answer] = [send for send in sends(named, grant) if send.audience == "requester"]
    assert answer.to == "mr@advocaat.example"


def test_a_former_colleagues_old_work_address_is_neither_asked_nor_sent_a_copy() -> None:
    event = arrived(verdict=a_verdict(Kind.ERASURE, signals=("former_employee",)))
    case = after(None, event)
    assert not any(send.asks for send in sends(None, event))
    assert (still_needed(case), airlock.verified(replace(case, identity="confirmed"))) == (Proof.PERSON, frozenset())


def test_that_stays_so_after_a_person_answered() -> None:
    case = replace(a_case(Kind.ACCESS, match=KNOWN), signals=("former_employee",), needs=(), identity="confirmed")
    assert airlock.verified(case) == frozenset()


def test_on_the_whole_path_a_former_colleague_reaches_a_person_and_no_copy_leaves(tmp_path: Path) -> None:
    desk = Desk(tmp_path, professional_addresses=True)
    desk.round(a_raw_mail(f"{ACCESS} Ik ben trouwens uit dienst bij De Vries."))
    [case] = desk.cases()
    assert "former_employee" in case.needs
    acting.act(desk.tenant, case.ref, events.IdentityConfirmed("els", "gebeld op het nummer van toen"), desk.clock())
    acting.act(desk.tenant, case.ref, events.Answered("els", "KOPIE-77", Outcome.GRANTED), desk.clock())
    for _ in range(2):
        desk.clock.move(minutes=20)
        worker.once(desk.tenant, desk.clock)
    assert not any("KOPIE-77" in letter.as_string() for letter in desk.mails_to(CUSTOMER))


def test_a_request_for_a_relative_is_told_to_a_person_with_the_role(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.round(a_raw_mail(f"{ERASURE} Het gaat om het account van mijn moeder."))
    [case] = desk.cases()
    assert any("relative" in remark for remark in case.remarks)
    assert "representative" in case.needs


FROM_THE_AUTHORITY = "Wij ontvingen een klacht over u. Uw standpunt verwachten wij binnen twee weken."


@pytest.mark.parametrize("address", ["j.jansen@autoriteitpersoonsgegevens.nl", "noreply@autoriteitpersoonsgegevens.nl"])
def test_what_an_authority_writes_reaches_a_person_although_it_asks_nothing_for_a_person(
    address: str, tmp_path: Path
) -> None:
    desk = Desk(tmp_path)
    desk.round(a_raw_mail(FROM_THE_AUTHORITY, sender=address, subject="z2026-00123"))
    [case] = desk.cases()
    assert "authority_demand" in case.needs
    assert desk.mails_to(address) == []
    [told] = desk.mails_to(desk.tenant.policy.contact_email)
    assert "de termijn die in de brief zelf staat" in text_of(told)


def test_a_newsletter_of_an_authority_opens_no_case(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    sender = "nieuws@autoriteitpersoonsgegevens.nl"
    desk.round(a_raw_mail("Ons jaarverslag is uit.", sender=sender, List_Id="<nieuws.ap.example>"))
    assert desk.cases() == []
