"""How sure we must be who writes: every row of the table, what counts as an answer, and what then happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk import Desk, text_of

from builders import KNOWN, STRANGER, a_case, a_mail, a_verdict, after, arrived, sends
from company import CONTACT, ERASURE, START, a_raw_mail
from company import KNOWN as CUSTOMER
from mailbot import events
from mailbot.accounts import CustomerSource
from mailbot.acts import acting
from mailbot.customers import CsvCustomers
from mailbot.errors import Refused
from mailbot.model import (
    NO_PROOF_NEEDED,
    Address,
    Authentication,
    Case,
    Kind,
    LetterState,
    Mail,
    Match,
    MatchState,
    Outcome,
    Question,
    Trust,
)
from mailbot.sender.proof import (
    PERSON_ONLY,
    Proof,
    Sender,
    answer_in,
    code_of,
    needed,
    proof_for,
    sender_of,
    still_needed,
)

NAMED = Match(MatchState.NAMED, "1001", "piet@klant.example")
SEES = (Kind.ACCESS, Kind.PORTABILITY, Kind.RESTRICTION, Kind.OBJECTION, Kind.AUTOMATED_DECISION)
CHANGES = (Kind.ERASURE, Kind.RECTIFICATION, Kind.RESTRICTION_LIFT)
TABLE = [
    # who writes, to see / take along / freeze / object, to erase, change or use again
    (Sender.AUTHENTICATED, Proof.NOTHING, Proof.REPLY),
    (Sender.KNOWN, Proof.NOTHING, Proof.REPLY),
    (Sender.FAILED, Proof.REPLY, Proof.REPLY),
    (Sender.NAMES_CUSTOMER, Proof.REPLY, Proof.REPLY),
    (Sender.UNKNOWN, Proof.NUMBER, Proof.NUMBER),
    (Sender.AMBIGUOUS, Proof.PERSON, Proof.PERSON),
    (Sender.REPRESENTATIVE, Proof.PERSON, Proof.PERSON),
    (Sender.DEPARTED, Proof.PERSON, Proof.PERSON),
    (Sender.UNREAD, Proof.LATER, Proof.LATER),
]


@pytest.mark.parametrize(("sender", "sees", "changes"), TABLE, ids=[row[0] for row in TABLE])
def test_the_table_says_what_each_sender_must_show(sender: Sender, sees: Proof, changes: Proof) -> None:
    assert {proof_for(kind, sender) for kind in SEES} == {sees}
    assert {proof_for(kind, sender) for kind in CHANGES} == {changes}


@pytest.mark.parametrize("sender", Sender)
def test_marketing_withdrawal_complaints_and_questions_need_no_identity_from_anybody(sender: Sender) -> None:
    assert {proof_for(kind, sender) for kind in NO_PROOF_NEEDED} == {Proof.NOTHING}
    assert {Kind.DIRECT_MARKETING, Kind.CONSENT_WITHDRAWAL} <= NO_PROOF_NEEDED


@pytest.mark.parametrize("sender", Sender)
def test_a_child_and_a_dead_person_are_always_a_persons_matter(sender: Sender) -> None:
    assert {proof_for(kind, sender) for kind in PERSON_ONLY} == {Proof.PERSON}


def test_every_kind_and_every_sender_has_its_row() -> None:
    assert {row[0] for row in TABLE} == set(Sender)
    assert {*SEES, *CHANGES, *NO_PROOF_NEEDED, *PERSON_ONLY} == set(Kind)


def test_of_several_kinds_the_strictest_counts() -> None:
    assert needed((Kind.ACCESS, Kind.ERASURE, Kind.DIRECT_MARKETING), Sender.AUTHENTICATED) is Proof.REPLY


def test_where_nothing_is_asked_nothing_need_be_proven() -> None:
    assert {needed((), sender) for sender in Sender} == {Proof.NOTHING}


@pytest.mark.parametrize(
    ("match", "trust", "signals", "sender"),
    [
        (KNOWN, Trust.PASS, (), Sender.AUTHENTICATED),
        (KNOWN, Trust.UNKNOWN, (), Sender.KNOWN),
        (KNOWN, Trust.FAIL, (), Sender.FAILED),
        (NAMED, Trust.PASS, (), Sender.NAMES_CUSTOMER),
        (STRANGER, Trust.PASS, (), Sender.UNKNOWN),
        (Match(MatchState.AMBIGUOUS), Trust.PASS, (), Sender.AMBIGUOUS),
        (Match(MatchState.UNAVAILABLE), Trust.PASS, (), Sender.UNREAD),
        (KNOWN, Trust.PASS, ("representative",), Sender.REPRESENTATIVE),
        (KNOWN, Trust.PASS, ("former_employee",), Sender.DEPARTED),
    ],
)
def test_who_writes_follows_from_match_check_and_signals(
    match: Match, trust: Trust, signals: tuple[str, ...], sender: Sender
) -> None:
    assert sender_of(match, trust, signals) is sender


# --- the question and its answer -----------------------------------------------------------------

ASKED = "<mailbot.aa.bb@shop.example>"


def asked_case(*kinds: Kind, to: str = "piet@klant.example") -> Case:
    return replace(a_case(*(kinds or (Kind.ERASURE,))), questions=(Question(ASKED, to),))


def a_reply(text: str = "Ja", **changes: object) -> Mail:
    return a_mail(text=text, references=(ASKED,), **changes)


@pytest.mark.parametrize(
    "text",
    [
        "JA",
        "ja",
        "Ja!",
        "Ja, graag.",
        "Beste mevrouw,\n\nJa, dat klopt.",
        "Yes",
        "OUI",
        "Akkoord",
        "Klopt",
        "Bevestigd",
    ],
)
def test_a_word_of_assent_in_our_thread_from_the_address_asked_proves(text: str) -> None:
    answer = answer_in(asked_case(), a_reply(text))
    assert answer is not None
    assert answer.yes


@pytest.mark.parametrize(
    "text",
    [
        "Ja, ik wil geen klant meer zijn en geen mail meer krijgen.",
        "Oui, je ne veux plus de compte.",
        "Ja. Wanneer is het klaar?",
        "Graag verwijderen.",
        "Graag",
    ],
)
def test_who_says_yes_and_why_he_leaves_has_said_yes(text: str) -> None:
    answer = answer_in(asked_case(), a_reply(text))
    assert answer is not None
    assert answer.yes


@pytest.mark.parametrize(
    "text",
    [
        "Klopt dit wel? Ik heb niets gevraagd.",
        "Graag hoor ik waarom u mij dit stuurt.",
        "Ja, maar ik heb dit verzoek niet gedaan",
        "Ja?",
        "Oui, qui êtes-vous ?",
        "Oui, mais je n'ai pas demandé cela.",
        "Yes, but I didn't ask for this",
        "Ja, aber das war ich nicht",
    ],
)
def test_a_yes_that_asks_or_denies_in_the_same_breath_is_left_to_a_person(text: str) -> None:
    assert answer_in(asked_case(), a_reply(text)) is None


@pytest.mark.parametrize("text", ["NEE", "Nee, dat was ik niet", "No", "Hallo,\nNeen!", "Klopt niet", "Niet van mij"])
def test_a_word_of_denial_denies(text: str) -> None:
    answer = answer_in(asked_case(), a_reply(text))
    assert answer is not None
    assert not answer.yes


@pytest.mark.parametrize(
    "text", ["Waarom vraagt u dat?", "Jaap belde gisteren", "", "Nou ja, misschien", "Wat bedoelt u met JA?", "Japan"]
)
def test_anything_else_proves_nothing(text: str) -> None:
    assert answer_in(asked_case(), a_reply(text)) is None


@pytest.mark.parametrize(
    "mail",
    [
        a_mail(text="JA"),
        a_mail(text="JA", references=("<mailbot.aa.bc@shop.example>",)),
        a_mail(text="JA AAAA-BBBB-CCCC"),
        a_reply("JA", sender=Address("dief@elders.example")),
        a_reply("JA", sender=Address("piet@k1ant.example")),
        a_reply("JA", sender=None),
        a_reply("JA", authenticated=Authentication(Trust.FAIL, "dmarc=fail")),
        a_reply("JA", automatic="auto-reply"),
    ],
    ids=["no thread", "guessed id", "guessed code", "another", "look-alike", "no sender", "failed", "machine"],
)
def test_a_reply_without_our_proof_proves_nothing(mail: Mail) -> None:
    assert answer_in(asked_case(), mail) is None


def test_the_code_proves_as_well_as_the_thread() -> None:
    assert answer_in(asked_case(), a_mail(text=f"Ja, code {code_of(ASKED)}")) is not None


def test_a_question_is_answered_once() -> None:
    case = replace(asked_case(), questions=(Question(ASKED, "piet@klant.example", "yes"),))
    assert answer_in(case, a_reply()) is None


def test_who_said_yes_may_still_say_no_in_reply_to_the_question_itself() -> None:
    case = replace(asked_case(), questions=(Question(ASKED, "piet@klant.example", "yes"),))
    for references in ((ASKED,), (ASKED, "<eerste.mail@klant.example>")):
        taken_back = answer_in(case, a_mail(text="Nee! Dit heb ik niet gestuurd.", references=references))
        assert taken_back is not None
        assert not taken_back.yes
    later = a_mail(text="Nee, dank u.", references=("<latere.brief@voorbeeld.example>", ASKED))
    assert answer_in(case, later) is None


def test_the_reply_may_come_from_the_address_without_its_sub_address() -> None:
    assert answer_in(asked_case(to="piet+shop@klant.example"), a_reply()) is not None


# --- what happens --------------------------------------------------------------------------------


def test_an_erasure_from_the_known_address_is_asked_in_the_acknowledgement_itself() -> None:
    [first] = [send for send in sends(None, arrived(Kind.ERASURE)) if send.audience == "requester"]
    assert (first.template, first.asks, first.to) == ("acknowledgement", True, "piet@klant.example")


@pytest.mark.parametrize("kind", [*SEES, *sorted(NO_PROOF_NEEDED - {Kind.NOT_A_REQUEST})])
def test_nobody_else_at_the_known_address_is_asked_anything(kind: Kind) -> None:
    letters = [send for send in sends(None, arrived(kind)) if send.audience == "requester"]
    assert [(send.template, send.asks) for send in letters] == [("acknowledgement", False)]


def test_a_stranger_who_names_a_customer_gets_the_neutral_letter_and_the_customer_is_asked() -> None:
    mail = a_mail(sender=Address("nieuw@elders.example"))
    letters = [send for send in sends(None, arrived(Kind.ACCESS, match=NAMED, mail=mail)) if send.audience != "staff"]
    assert [(send.template, send.to, send.asks) for send in letters] == [
        ("neutral", "nieuw@elders.example", False),
        ("confirmation", "piet@klant.example", True),
    ]


def test_the_question_to_the_customer_shows_nothing_of_the_writer() -> None:
    mail = a_mail(sender=Address("nieuw@elders.example"))
    *_, question = [
        send for send in sends(None, arrived(Kind.ACCESS, match=NAMED, mail=mail)) if send.audience != "staff"
    ]
    assert (question.in_reply_to, question.references, question.body) == ("", (), "")


@pytest.mark.parametrize("match", [KNOWN, NAMED])
def test_a_question_of_routine_never_stops_the_clock(match: Match) -> None:
    case = a_case(Kind.ERASURE, match=match)
    for template in ("acknowledgement", "confirmation"):
        event = events.LetterSettled(f"{case.ref}:x", template, LetterState.SENT, "requester")
        case = after(case, event)
    assert not case.clock_stands_still
    assert case.identity_asked_at is None


def test_a_failed_check_holds_the_letter_and_never_the_clock() -> None:
    mail = a_mail(authenticated=Authentication(Trust.FAIL, "dmarc=fail"))
    event = arrived(Kind.ACCESS, mail=mail)
    [first] = [send for send in sends(None, event) if send.audience == "requester"]
    case = after(None, event)
    assert first.state == "held"
    assert case.deadline("operating") is not None
    assert still_needed(case) is Proof.REPLY


def test_a_yes_proves_and_a_no_calls_a_person() -> None:
    yes = after(asked_case(), arrived(Kind.ERASURE, mail=a_reply("Ja")))
    no = after(asked_case(), arrived(Kind.ERASURE, mail=a_reply("Nee")))
    assert (yes.identity, still_needed(yes)) == ("confirmed", Proof.NOTHING)
    assert (no.identity, still_needed(no)) == ("denied", Proof.PERSON)
    assert "denied" in no.needs


def test_nothing_is_erased_or_changed_before_the_reply() -> None:
    with pytest.raises(Refused, match="C-02"):
        after(a_case(Kind.ERASURE), events.Answered("els", "Alles is gewist.", Outcome.GRANTED))


def test_a_person_may_know_it_another_way_and_says_how() -> None:
    case = after(a_case(Kind.ERASURE), events.IdentityConfirmed("els", "teruggebeld op het bekende nummer"))
    assert after(case, events.Answered("els", "Alles is gewist.", Outcome.GRANTED)).items[0].outcome is Outcome.GRANTED


def test_asking_goes_to_the_address_on_file_and_never_to_the_writer() -> None:
    case = a_case(Kind.ACCESS, match=NAMED, mail=a_mail(sender=Address("nieuw@elders.example")))
    [question] = [send for send in sends(case, events.IdentityAsked("els")) if send.audience == "requester"]
    assert (question.template, question.to, question.asks) == ("confirmation", "piet@klant.example", True)


def test_a_change_of_address_asked_from_elsewhere_is_confirmed_from_the_old_address() -> None:
    event = arrived(
        match=NAMED,
        mail=a_mail(sender=Address("nieuw@elders.example")),
        verdict=a_verdict(Kind.RECTIFICATION, signals=("address_change",)),
    )
    [question] = [send for send in sends(None, event) if send.asks]
    assert question.to == "piet@klant.example"
    with pytest.raises(Refused, match="C-02"):
        after(after(None, event), events.Answered("els", "Aangepast.", Outcome.GRANTED))


def test_a_number_given_in_a_further_mail_leads_to_the_question_to_the_address_on_file() -> None:
    stranger = Address("nieuw@elders.example")
    case = a_case(Kind.ACCESS, match=STRANGER, mail=a_mail(sender=stranger))
    further = arrived(Kind.ACCESS, match=NAMED, mail=a_mail(sender=stranger, text="bestelling 5512", key="cd" * 32))
    [question] = [send for send in sends(case, further) if send.audience == "requester"]
    assert (question.template, question.to) == ("confirmation", "piet@klant.example")
    assert after(case, further).match is MatchState.NAMED


def test_the_answer_goes_to_the_address_on_file_once_that_is_confirmed() -> None:
    case = a_case(Kind.ACCESS, match=NAMED, mail=a_mail(sender=Address("nieuw@elders.example")))
    case = after(case, events.IdentityConfirmed("els", "antwoord van het bekende adres"))
    [answer] = [s for s in sends(case, events.Answered("els", "Uw gegevens", Outcome.GRANTED)) if s.audience != "staff"]
    assert answer.to == "piet@klant.example"


def test_customers_read_at_last_lead_to_the_step_that_waited() -> None:
    case = a_case(Kind.ERASURE, match=Match(MatchState.UNAVAILABLE))
    assert still_needed(case) is Proof.LATER
    [question] = [s for s in sends(case, events.CustomerLookedUp(KNOWN)) if s.audience == "requester"]
    [neutral] = [s for s in sends(case, events.CustomerLookedUp(STRANGER)) if s.audience == "requester"]
    assert (question.template, neutral.template) == ("confirmation", "neutral")


@pytest.mark.parametrize("match", [STRANGER, NAMED, Match(MatchState.AMBIGUOUS)])
def test_customers_read_late_tell_a_stranger_no_more_than_customers_read_at_once(match: Match) -> None:
    stranger = a_mail(sender=Address("vreemd@elders.example"))
    case = a_case(Kind.ACCESS, match=Match(MatchState.UNAVAILABLE), mail=stranger)
    to_him = [one for one in sends(case, events.CustomerLookedUp(match)) if one.to == "vreemd@elders.example"]
    assert [one.template for one in to_him] == ["neutral"]


def test_a_mail_that_went_without_a_letter_gets_none_when_the_customers_can_be_read_again() -> None:
    case = a_case(Kind.ACCESS, match=Match(MatchState.UNAVAILABLE), junk=True)
    assert [one for one in sends(case, events.CustomerLookedUp(STRANGER)) if one.audience == "requester"] == []


def test_what_a_colleague_passed_on_proves_nothing_of_its_sender_also_when_customers_were_read_late() -> None:
    passed_on = a_mail(sender=Address("els@shop.example"), forwarded_from=Address("piet@klant.example"))
    case = a_case(Kind.ACCESS, match=Match(MatchState.UNAVAILABLE), mail=passed_on)
    assert after(case, events.CustomerLookedUp(KNOWN)).identity == "unproven"


# --- letters that must not be written ------------------------------------------------------------


def test_a_text_that_asks_for_an_identity_paper_is_stopped_with_the_rule() -> None:
    with pytest.raises(Refused, match="C-06"):
        after(a_case(Kind.ACCESS), events.Answered("els", "Stuur ons een kopie van uw paspoort.", Outcome.ANSWERED))


def test_the_override_needs_a_reason_that_stays_on_record() -> None:
    asks = events.Answered("els", "Stuur een kopie van uw paspoort.", Outcome.ANSWERED, override="geen andere weg")
    assert any("geen andere weg" in remark for remark in after(a_case(Kind.ACCESS), asks).remarks)
    with pytest.raises(Refused, match="C-06"):
        after(a_case(Kind.ACCESS), replace(asks, override="  "))


def test_an_answer_with_an_identity_number_is_refused() -> None:
    with pytest.raises(Refused, match="C-10"):
        after(a_case(Kind.ACCESS), events.Answered("els", "Uw BSN 123456782 staat bij ons.", Outcome.ANSWERED))


# --- on the whole path ---------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, automatic=frozenset({"acknowledgement", "neutral", "confirmation", "paper_not_needed"}))
    (tmp_path / "customers.csv").write_text(f"id;naam;e-mail;bestelnummer\n1001;Klant;{CUSTOMER};5512\n", "utf-8")
    desk.tenant.__dict__["customers"] = CsvCustomers(CustomerSource("csv", tmp_path / "customers.csv"))
    return desk


def test_an_erasure_is_confirmed_by_a_plain_reply_and_then_answered(desk: Desk) -> None:
    desk.round(a_raw_mail(ERASURE))
    [acknowledged] = desk.mails_to(CUSTOMER)
    assert "JA" in text_of(acknowledged)
    desk.round(a_raw_mail("Ja!", number=2, In_Reply_To=str(acknowledged["Message-ID"])), hours=1)
    [case] = desk.cases()
    assert case.identity == "confirmed"
    assert case.identity_received_at == START + timedelta(hours=1)
    acting.act(desk.tenant, case.ref, events.Answered("els", "Alles is gewist.", Outcome.GRANTED), desk.clock())
    desk.round()
    assert len(desk.mails_to(CUSTOMER)) == 2


def test_a_reply_that_shows_only_the_code_counts_too(desk: Desk) -> None:
    desk.round(a_raw_mail(ERASURE))
    [case] = desk.cases()
    code = code_of(case.questions[0].message_id)
    assert code in text_of(desk.mails_to(CUSTOMER)[0])
    desk.round(a_raw_mail(f"JA {code}", subject=f"[{case.ref}]", number=2))
    assert desk.cases()[0].identity == "confirmed"


def test_the_contact_person_is_told_that_the_identity_is_confirmed(desk: Desk) -> None:
    desk.round(a_raw_mail(ERASURE))
    desk.round(a_raw_mail("Ja!", number=2, In_Reply_To=str(desk.mails_to(CUSTOMER)[0]["Message-ID"])))
    assert "De identiteit is bevestigd" in text_of(desk.mails_to(CONTACT)[-1])


def test_customers_that_come_back_are_looked_up_without_anybody_asking(desk: Desk, tmp_path: Path) -> None:
    book = (tmp_path / "customers.csv").read_text()
    (tmp_path / "customers.csv").unlink()
    desk.round(a_raw_mail(ERASURE))
    [case] = desk.cases()
    assert (case.match, len(desk.mails_to(CUSTOMER))) == (MatchState.UNAVAILABLE, 1)
    assert case.deadline("operating") is not None
    (tmp_path / "customers.csv").write_text(book)
    desk.round(hours=1)
    [case] = desk.cases()
    assert (case.match, case.identity) == (MatchState.KNOWN, "known_address")
    assert "JA" in text_of(desk.mails_to(CUSTOMER)[1])


def test_while_the_reply_is_awaited_every_mail_to_colleagues_says_so(desk: Desk) -> None:
    desk.round(a_raw_mail(ERASURE))
    assert "nog geen antwoord" not in text_of(desk.mails_to(CUSTOMER)[0])
    desk.round(a_raw_mail("Ik heb nog een vraag.", number=2, In_Reply_To="<1@klant.test>"))
    waiting = text_of(desk.mails_to(CONTACT)[-1])
    desk.round(a_raw_mail("Ja!", number=3, In_Reply_To=str(desk.mails_to(CUSTOMER)[0]["Message-ID"])))
    assert "de vraag aan het bekende adres is nog niet beantwoord" in waiting
    assert "nog geen antwoord" not in text_of(desk.mails_to(CONTACT)[-1])
