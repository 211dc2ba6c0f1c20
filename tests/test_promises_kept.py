"""The promises of the five policies, kept from the first mail to the letter that ends it.

Each test is a promise in its own words, played for every company that makes it: with the company's own settings (only
what its policy leaves open is filled in), the sorter that ships, and its own letters. `config/promises/` names them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk, local, text_of
from test_letters import COMPANIES, company

from company import BOX, CONTACT, DEPUTY, WIDE, a_raw_mail, shipped_sorter
from mailbot import events
from mailbot.accounts import CustomerSource
from mailbot.acts import acting
from mailbot.checklist import REPLIES, reply_for
from mailbot.customers import CsvCustomers
from mailbot.decide import stopping
from mailbot.errors import Refused
from mailbot.letters.sample_facts import sample_facts
from mailbot.model import Case, Kind, LetterState, MatchState, Outcome, Policy, StepEnding

SHOPS = ("kaviaarshop", "koopjesklik", "3dconfig")
EVERYBODY = (*SHOPS, "kaliningrad", "kraaft")
PERSON = "jan.jansen@post.example"
OTHER = "jan.prive@elders.example"
MONDAY = local(2026, 3, 2, 10)

ASKS = {
    Kind.ACCESS: "Welke persoonsgegevens hebt u allemaal van mij? Ik wil er graag een kopie van ontvangen.",
    Kind.RECTIFICATION: "Mijn huisnummer staat verkeerd in uw administratie. Het is 21 en niet 12, past u dat aan?",
    Kind.ERASURE: "Ik wil dat u al mijn persoonsgegevens verwijdert, ook mijn account.",
    Kind.RESTRICTION: "Ik vraag u de verwerking van mijn gegevens te beperken tot u mijn klacht hebt uitgezocht.",
    Kind.PORTABILITY: "Ik stap over en wil mijn gegevens meenemen, in een bestand dat een computer kan lezen (CSV).",
    Kind.OBJECTION: "Ik maak bezwaar tegen het gebruik van mijn gegevens voor uw statistieken (artikel 21 AVG).",
    Kind.DIRECT_MARKETING: "Stuur mij geen reclame en geen nieuwsbrief meer.",
    Kind.CONSENT_WITHDRAWAL: "Ik trek mijn toestemming in voor het gebruik van mijn foto op uw website.",
    Kind.AUTOMATED_DECISION: "Een computer wees mijn aanvraag af. Ik wil dat een mens dat besluit opnieuw bekijkt.",
    Kind.COMPLAINT: "Ik dien een klacht in: u hebt mijn persoonsgegevens zomaar aan mijn buurman gegeven.",
    Kind.BREACH_REPORT: "Ik kreeg van u een lijst met namen en adressen van al uw klanten. Dat is een datalek.",
    Kind.PRIVACY_QUESTION: "Hoe lang bewaart u facturen volgens uw privacybeleid?",
}


def desk_of(tenant: str, folder: Path, **changes: object) -> Desk:
    """The company at work, with one customer."""
    desk = Desk(folder, MONDAY)
    settings = {
        "mailbox": BOX,
        "addresses": (BOX,),
        "contact_email": CONTACT,
        "deputy_email": DEPUTY,
        "mode": "automatic",
        "automatic": frozenset({"acknowledgement", "neutral"}),
        "caps": WIDE,
        "go_live": None,
        "processors": tuple(
            replace(one, status="bevestigd", outside_eu="")
            for one in company(tenant).processors
            if not any(gap in one.name for gap in ("naam leeg", "in te vullen"))
        ),
    }
    policy: Policy = replace(company(tenant), **(settings | changes))  # type: ignore[arg-type]
    desk.tenant.company = replace(desk.tenant.company, policy=policy)
    desk.tenant.classifier = shipped_sorter()
    customers = folder / "customers.csv"
    customers.write_text(f"id;e-mail;naam\n1001;{PERSON};Jan Jansen\n", "utf-8")
    desk.tenant.__dict__["customers"] = CsvCustomers(CustomerSource("csv", customers))
    return desk


def asked(desk: Desk, text: str, sender: str = PERSON, subject: str = "verzoek", number: int = 1) -> Case:
    """The case that a mail opens."""
    desk.round(a_raw_mail(text, sender, subject, number))
    return desk.cases()[-1]


def act(desk: Desk, case: Case, event: events.StaffActed) -> Case:
    done = acting.act(desk.tenant, case.ref, event, desk.clock())
    assert done.case is not None
    return done.case


def sorted_out(desk: Desk, case: Case, kind: Kind) -> Case:
    """A person has looked: it is what it is, who wrote is known, and what had to stop has stopped."""
    if case.kinds != (kind,) or case.status == "triage":
        case = act(desk, case, events.Corrected("els", (kind,)))
    case = act(desk, case, events.IdentityConfirmed("els", "antwoord vanaf het bekende adres"))
    if stopping.waits_for_stop(case):
        case = act(desk, case, events.StopConfirmed("els"))
    return case


def replied(desk: Desk, case: Case, name: str, kind: Kind, **given: tuple[str, ...]) -> str:
    """What the person reads once the reply has left."""
    facts = tuple((dict(sample_facts(name)) | given).items())
    if REPLIES[name].fact("erased_on"):
        act(desk, case, events.ItemDecided("els", kind, REPLIES[name].outcomes[0]))
        act(desk, case, events.StepSettled("els", "all"))
    if name == "objection_upheld" and desk.tenant.policy.copies_before_stopping:
        act(desk, case, events.ItemDecided("els", kind, Outcome.GRANTED))
        act(desk, case, events.StepSettled("els", "copies", StepEnding.SKIPPED, "wilde geen kopie"))
    act(desk, case, events.Replied("els", name, facts, (kind,)))
    desk.round(minutes=30)
    [letter] = [one for one in desk.letters(LetterState.SENT) if one.template == name]
    assert case.requester is not None
    assert letter.to == case.requester.email
    return letter.text


def case_now(desk: Desk) -> Case:
    return desk.cases()[-1]


# --- rights --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(ASKS))
@pytest.mark.parametrize("tenant", EVERYBODY)
def test_a_right_that_is_asked_by_mail_is_recognised_acknowledged_and_answered(
    tenant: str, kind: Kind, tmp_path: Path
) -> None:
    desk = desk_of(tenant, tmp_path)
    case = asked(desk, ASKS[kind])
    assert kind in case.kinds or case.status == "triage"
    case = sorted_out(desk, case, kind)
    desk.round(minutes=30)
    first = text_of(next(mail for mail in desk.mails_to(PERSON) if case.ref in str(mail["Subject"])))
    assert "kost u niets" in first
    wanted = (reply_for(kind, one, desk.tenant.policy.country) for one in (Outcome.GRANTED, Outcome.ANSWERED))
    reply = next(found for found in wanted if found)
    if kind is Kind.BREACH_REPORT:
        act(desk, case, events.BreachDecided("els", "register_only", "geen risico"))
    text = replied(desk, case, reply.name, kind)
    assert case.ref in text
    assert case_now(desk).items[0].told_at == desk.clock()
    operating = case_now(desk).deadline("operating")
    assert operating is not None
    assert operating.met_at is not None


@pytest.mark.parametrize("tenant", SHOPS)
def test_to_want_to_be_no_customer_any_more_is_a_request_to_be_forgotten(tenant: str, tmp_path: Path) -> None:
    case = asked(
        desk_of(tenant, tmp_path), "Ik wil geen klant meer bij u zijn. Sluit mijn account maar.", subject="opzeggen"
    )
    assert Kind.ERASURE in case.kinds


@pytest.mark.parametrize("tenant", EVERYBODY)
@pytest.mark.parametrize("kind", [Kind.ACCESS, Kind.RECTIFICATION, Kind.RESTRICTION, Kind.PORTABILITY])
def test_the_answer_is_due_within_thirty_days_and_people_are_warned_before(
    tenant: str, kind: Kind, tmp_path: Path
) -> None:
    desk = desk_of(tenant, tmp_path)
    case = sorted_out(desk, asked(desk, ASKS[kind]), kind)
    operating, act_by = case.deadline("operating"), case.deadline("act_by")
    assert operating is not None
    assert act_by is not None
    received = MONDAY.date()
    last = received + timedelta(days=desk.tenant.policy.promise_days or 31)
    assert operating.on is not None
    assert operating.on <= min(last, date(2026, 4, 2))
    assert act_by.on is not None
    assert act_by.on <= operating.on
    desk.forget_mails()
    for _ in range((operating.on - received).days):
        desk.round(days=1)
    assert any(case.ref in str(mail["Subject"]) for mail in desk.mails_to(CONTACT))
    assert any(case.ref in str(mail["Subject"]) for mail in desk.mails_to(DEPUTY))


@pytest.mark.parametrize("tenant", EVERYBODY)
def test_a_request_needs_no_form_no_reason_and_no_right_mailbox(tenant: str, tmp_path: Path) -> None:
    desk = desk_of(tenant, tmp_path, addresses=(BOX, "contact@mail.test"))
    raw = a_raw_mail("wat weten jullie over mij?? stuur alles maar op", PERSON).replace(
        BOX.encode(), b"contact@mail.test"
    )
    desk.round(raw)
    [case] = desk.cases()
    assert case.deadline("notice_by") is not None


@pytest.mark.parametrize("tenant", EVERYBODY)
def test_a_question_about_the_policy_reaches_the_contact_person(tenant: str, tmp_path: Path) -> None:
    desk = desk_of(tenant, tmp_path)
    case = asked(desk, ASKS[Kind.PRIVACY_QUESTION])
    desk.round(hours=24)
    assert any(case.ref in str(mail["Subject"]) for mail in desk.mails_to(CONTACT))


@pytest.mark.parametrize("tenant", EVERYBODY)
def test_whoever_suspects_a_decision_by_a_computer_reaches_a_person(tenant: str, tmp_path: Path) -> None:
    desk = desk_of(tenant, tmp_path)
    case = asked(desk, ASKS[Kind.AUTOMATED_DECISION])
    assert case.needs
    desk.round(hours=24)
    assert any(case.ref in str(mail["Subject"]) for mail in desk.mails_to(CONTACT))


# --- copies --------------------------------------------------------------------------------------


@pytest.mark.parametrize("tenant", EVERYBODY)
def test_a_stranger_gets_no_copy_and_no_word_about_being_a_customer(tenant: str, tmp_path: Path) -> None:
    desk = desk_of(tenant, tmp_path)
    case = asked(desk, ASKS[Kind.ACCESS], OTHER)
    assert case.match is MatchState.UNKNOWN
    [mail] = desk.mails_to(OTHER)
    assert "klant" not in text_of(mail).lower()
    with pytest.raises(Refused, match="C-02"):
        act(desk, case, events.Replied("els", "access_granted", sample_facts("access_granted"), (Kind.ACCESS,)))


@pytest.mark.parametrize("tenant", EVERYBODY)
def test_whoever_writes_from_another_address_is_asked_who_he_is_and_never_for_a_document(
    tenant: str, tmp_path: Path
) -> None:
    desk = desk_of(tenant, tmp_path)
    case = asked(desk, ASKS[Kind.ACCESS], OTHER)
    desk.forget_mails()
    act(desk, case, events.IdentityAsked("els"))
    desk.round(minutes=30)
    [mail] = desk.mails_to(OTHER)
    assert "geen kopie van uw identiteitsbewijs" in text_of(mail)
    assert "nummer van een bestelling" in text_of(mail)


@pytest.mark.parametrize("tenant", EVERYBODY)
def test_a_known_address_is_not_asked_for_proof(tenant: str, tmp_path: Path) -> None:
    desk = desk_of(tenant, tmp_path)
    case = asked(desk, ASKS[Kind.ACCESS])
    with pytest.raises(Refused, match="C-01"):
        act(desk, case, events.IdentityAsked("els"))


@pytest.mark.parametrize("tenant", SHOPS)
def test_an_access_answer_names_every_processor_with_its_category(tenant: str, tmp_path: Path) -> None:
    desk = desk_of(tenant, tmp_path)
    case = sorted_out(desk, asked(desk, ASKS[Kind.ACCESS]), Kind.ACCESS)
    given = dict.fromkeys(("recipients", "purposes", "retention", "transfers"), ())
    text = " ".join(replied(desk, case, "access_granted", Kind.ACCESS, **given).split())
    for processor in desk.tenant.policy.processors:
        assert f"{processor.name}, categorie {processor.category}" in text


@pytest.mark.parametrize("tenant", SHOPS)
def test_the_settings_that_a_policy_leaves_open_never_reach_a_person(tenant: str, tmp_path: Path) -> None:
    desk = desk_of(tenant, tmp_path, processors=COMPANIES[tenant].policy.processors)
    case = sorted_out(desk, asked(desk, ASKS[Kind.ACCESS]), Kind.ACCESS)
    facts = {"copy": ("x",), "categories": ("x",), "source": ("x",), "automated": ("x",)}
    outside = [one for one in desk.tenant.policy.processors if "vul hier in" in one.outside_eu]
    assert outside
    with pytest.raises(Refused):
        act(desk, case, events.Replied("els", "access_granted", tuple(facts.items()), (Kind.ACCESS,)))


# --- rectification, restriction, objection -------------------------------------------------------


@pytest.mark.parametrize("tenant", EVERYBODY)
def test_a_correction_is_confirmed_to_the_known_address(tenant: str, tmp_path: Path) -> None:
    desk = desk_of(tenant, tmp_path)
    case = sorted_out(desk, asked(desk, ASKS[Kind.RECTIFICATION]), Kind.RECTIFICATION)
    text = replied(desk, case, "rectification_granted", Kind.RECTIFICATION, changed=("uw huisnummer: 21",))
    assert "uw huisnummer: 21" in text


@pytest.mark.parametrize("tenant", SHOPS)
def test_a_restriction_is_confirmed_and_lasts_until_the_person_lifts_it(tenant: str, tmp_path: Path) -> None:
    desk = desk_of(tenant, tmp_path)
    case = sorted_out(desk, asked(desk, ASKS[Kind.RESTRICTION]), Kind.RESTRICTION)
    assert case.restricted_since is not None
    assert "tot u ons vraagt de beperking op te heffen" in replied(desk, case, "restricted", Kind.RESTRICTION)
    with pytest.raises(Refused, match="A-54"):
        act(desk, case_now(desk), events.RestrictionLifted("els", "het is lang genoeg geweest"))
    assert case_now(desk).restricted_since is not None


@pytest.mark.parametrize("tenant", SHOPS)
@pytest.mark.parametrize("kind", [Kind.RESTRICTION, Kind.RECTIFICATION])
def test_a_right_that_is_promised_always_is_not_tested_for_grounds(tenant: str, kind: Kind, tmp_path: Path) -> None:
    desk = desk_of(tenant, tmp_path)
    case = sorted_out(desk, asked(desk, ASKS[kind]), kind)
    ground = {Kind.RESTRICTION: "no_restriction_ground", Kind.RECTIFICATION: "accurate"}[kind]
    facts = (("ground", (ground,)), ("reasons", ("Volgens ons is er geen enkele grond voor dit verzoek.",)))
    with pytest.raises(Refused, match="E-09"):
        act(desk, case, events.Replied("els", "refused", facts, (kind,)))


@pytest.mark.parametrize("tenant", EVERYBODY)
def test_use_stops_in_the_minute_that_an_objection_comes_in(tenant: str, tmp_path: Path) -> None:
    desk = desk_of(tenant, tmp_path)
    case = asked(desk, ASKS[Kind.OBJECTION])
    case = sorted_out(desk, case, Kind.OBJECTION)
    assert case.restricted_since == MONDAY
    desk.round(minutes=30)
    assert any("zolang wij uw bezwaar beoordelen" in text_of(mail) for mail in desk.mails_to(PERSON))


# --- erasure, refusal, complaint -----------------------------------------------------------------


@pytest.mark.parametrize("tenant", EVERYBODY)
def test_an_erasure_that_leaves_documents_names_each_with_reason_and_end(tenant: str, tmp_path: Path) -> None:
    desk = desk_of(tenant, tmp_path)
    case = sorted_out(desk, asked(desk, ASKS[Kind.ERASURE]), Kind.ERASURE)
    kept = ("factuur 12 | de wet eist het (artikel 52, lid 4, AWR) | 2033-12-31",)
    text = replied(desk, case, "erasure_partly", Kind.ERASURE, kept=kept)
    assert "factuur 12. Reden: de wet eist het (artikel 52, lid 4, AWR)" in text
    assert "zaterdag 31 december 2033" in text
    assert "kunnen onze medewerkers hier niet meer bij" in text
    assert case_now(desk).items[0].outcome is Outcome.PARTLY


@pytest.mark.parametrize("tenant", EVERYBODY)
def test_a_refusal_comes_with_its_reasons_the_authority_and_the_court(tenant: str, tmp_path: Path) -> None:
    desk = desk_of(tenant, tmp_path)
    case = sorted_out(desk, asked(desk, ASKS[Kind.ERASURE]), Kind.ERASURE)
    why = "Uw bestelling van 3 januari is nog niet betaald en onze vordering ligt bij de rechter."
    text = replied(desk, case, "refused", Kind.ERASURE, ground=("legal_claims",), reasons=(why,))
    for words in (why, "artikel 17, lid 3", desk.tenant.policy.authority.name, "echt"):
        assert words in " ".join(text.split()), words
    assert case_now(desk).items[0].decided_by == "els"


@pytest.mark.parametrize("tenant", EVERYBODY)
def test_every_last_word_tells_where_to_complain(tenant: str, tmp_path: Path) -> None:
    desk = desk_of(tenant, tmp_path)
    case = sorted_out(desk, asked(desk, ASKS[Kind.COMPLAINT]), Kind.COMPLAINT)
    text = " ".join(replied(desk, case, "complaint_answered", Kind.COMPLAINT).split())
    authority = desk.tenant.policy.authority
    assert all(part in text for part in (authority.name, authority.post, authority.complaint_url))


@pytest.mark.parametrize("pause", [3, pytest.param(1, marks=pytest.mark.soak)], ids=["each third day", "each day"])
@pytest.mark.parametrize("tenant", EVERYBODY)
def test_nothing_is_refused_erased_or_answered_by_the_program_itself(tenant: str, pause: int, tmp_path: Path) -> None:
    """No decision about a person by a computer: what leaves by itself says only that the mail came in."""
    desk = desk_of(tenant, tmp_path, automatic=frozenset({*REPLIES, "acknowledgement", "neutral"}))
    for number, text in enumerate(ASKS.values(), 1):
        desk.round(a_raw_mail(text, PERSON, number=number))
    for _ in range(60 // pause):
        desk.round(days=pause)
    outside = {letter.template for letter in desk.letters(LetterState.SENT) if letter.audience == "requester"}
    assert outside <= {"acknowledgement", "neutral"}
    assert all(item.outcome is Outcome.OPEN for case in desk.cases() for item in case.items)


# --- what one company alone promises -------------------------------------------------------------


def test_anybody_can_report_data_of_a_minor_and_they_are_erased(tmp_path: Path) -> None:
    desk = desk_of("kaliningrad", tmp_path)
    report = "Jullie hebben gegevens van een meisje van 12 jaar verzameld zonder toestemming van haar ouders."
    case = sorted_out(desk, asked(desk, report, OTHER), Kind.MINOR)
    assert "hebben wij de gegevens verwijderd" in replied(desk, case, "minor_erased", Kind.MINOR)


def test_whoever_sees_that_data_are_not_safe_is_heard_at_once_and_thanked(tmp_path: Path) -> None:
    desk = desk_of("kaliningrad", tmp_path)
    case = asked(desk, ASKS[Kind.BREACH_REPORT])
    assert case.deadline("breach") is not None
    assert any(case.ref in str(mail["Subject"]) for mail in desk.mails_to(CONTACT))
    act(desk, case, events.BreachDecided("els", "notify", "gemeld onder nummer 7"))
    assert "Dank u wel dat u ons hebt gewaarschuwd" in replied(
        desk, case_now(desk), "breach_thanked", Kind.BREACH_REPORT
    )


def test_wishes_for_after_death_are_recorded_and_confirmed_by_a_person(tmp_path: Path) -> None:
    desk = desk_of("kraaft", tmp_path)
    wish = "Ik wil vastleggen wat er na mijn overlijden met mijn gegevens moet gebeuren."
    case = sorted_out(desk, asked(desk, wish), Kind.DECEASED)
    given = {"directives": ("mijn account wordt gewist",), "trusted": ("Mijn broer voert dit uit.",)}
    text = replied(desk, case, "directives_recorded", Kind.DECEASED, **given)
    assert "mijn account wordt gewist" in text
    assert "artikel 85" in text


def test_three_months_exist_only_with_a_notice_and_its_reasons_in_the_first(tmp_path: Path) -> None:
    desk = desk_of("kraaft", tmp_path)
    case = sorted_out(desk, asked(desk, ASKS[Kind.ACCESS]), Kind.ACCESS)
    act(desk, case, events.ExtensionDecided("els", "Uw gegevens staan in vier systemen en een archief."))
    desk.round(minutes=30)
    assert "extended" in {letter.template for letter in desk.letters(LetterState.SENT)}
    operating = case_now(desk).deadline("operating")
    assert operating is not None
    assert operating.on == date(2026, 6, 2)
    (tmp_path / "late").mkdir()
    late = desk_of("kraaft", tmp_path / "late")
    other = sorted_out(late, asked(late, ASKS[Kind.ACCESS]), Kind.ACCESS)
    late.clock.at = datetime.combine(date(2026, 4, 3), MONDAY.time(), MONDAY.tzinfo)
    with pytest.raises(Refused, match="A-34"):
        act(late, other, events.ExtensionDecided("els", "Uw gegevens staan in vier systemen en een archief."))


@pytest.mark.parametrize("box", ["dpo@kraaft.co", "contact@kraaft.co"])
def test_every_box_of_the_company_takes_a_request(box: str, tmp_path: Path) -> None:
    desk = desk_of("kraaft", tmp_path, addresses=(BOX, "dpo@kraaft.co", "contact@kraaft.co"))
    desk.round(a_raw_mail(ASKS[Kind.ACCESS], PERSON).replace(BOX.encode(), box.encode()))
    [case] = desk.cases()
    assert case.kinds == (Kind.ACCESS,)
