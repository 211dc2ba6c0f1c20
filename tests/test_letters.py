"""Letters: what people read, what machines read, and what strangers can not do with either.

`MAILBOT_WRITE_LETTERS=1 pytest tests/test_letters.py` writes the golden letters anew; read the difference first.
"""

from __future__ import annotations

import os
import quopri
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email import policy as email_policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mailbot.actions import Send
from mailbot.checklist import REPLIES
from mailbot.config import load
from mailbot.decide import apply
from mailbot.decide.clock import dates_of
from mailbot.errors import ConfigError
from mailbot.letters import Letters, to_bytes
from mailbot.letters.compose import message_id
from mailbot.letters.likeness import Alike
from mailbot.letters.markdown import as_html, as_text
from mailbot.letters.render import clean
from mailbot.letters.sample_facts import sample_facts
from mailbot.letters.sample_staff import BY_REPLY, DATES, EMPTY_WEEK, GATHERED, NOTICE, WORDS_DONE
from mailbot.letters.samples import (
    CASE_LETTERS,
    COMPANY_LETTERS,
    FIRST_LETTERS,
    PROCESSOR_LETTERS,
    REQUESTER_LETTERS,
)
from mailbot.letters.sampling import sample_letters
from mailbot.letters.slots import escaped
from mailbot.model import (
    Address,
    Case,
    CaseMail,
    Item,
    Kind,
    Letter,
    LetterState,
    MatchState,
    Policy,
    Reason,
    Status,
)
from mailbot.reports.digest import Digest, OpenCase
from mailbot.reports.summary import summary_values

HERE = Path(__file__).parent
FOLDER = HERE.parent / "replies"
GOLDEN = HERE / "letters"
KEY = "5a" * 32
RECEIVED = datetime(2026, 1, 31, 21, 14, tzinfo=UTC)
NOW = datetime(2026, 2, 1, 8, tzinfo=UTC)
TENANTS = ("kaviaarshop", "koopjesklik", "3dconfig", "kaliningrad", "kraaft")

LETTERS = Letters(FOLDER)
COMPANIES = {company.id: company for company in load(HERE.parent / "config").companies}


def company(tenant: str) -> Policy:
    """The company with what its policy does not say filled in, so that its letters can be sent."""
    found = COMPANIES[tenant].policy
    return replace(
        found,
        mailbox=found.mailbox or "privacy@voorbeeld.example",
        contact_name=found.contact_name or "Kim Voorbeeld",
        contact_email="kim@voorbeeld.example",
        deputy_email="robin@voorbeeld.example",
        post_address=found.post_address or "Voorbeeldstraat 1\n1000 Voorbeeld",
    )


def a_case(tenant: str, *kinds: Kind, **changes: Any) -> Case:
    """A case with the dates that the real clock gives it."""
    case = Case(
        ref="AVG-2026-0007",
        tenant=tenant,
        status=Status.OPEN,
        received_at=RECEIVED,
        items=tuple(Item(kind) for kind in kinds),
        requester=Address("w.devries@klant.example", "Willem de Vries"),
        match=MatchState.KNOWN,
        certainty=0.94,
        reasons=tuple(Reason(kind, "Graag hoor ik van u.") for kind in kinds[:1]),
        mails=(
            CaseMail("a" * 64, "<m1@klant.example>", None, RECEIVED, "w.devries@klant.example", "Mijn gegevens", ""),
        ),
        thread=("<m1@klant.example>",),
    )
    case = replace(case, **changes)
    return apply(case, dates_of(case, company(tenant)))


def a_letter(
    template: str, case: Case | None, tenant: str = "", now: datetime = NOW, letters: Letters = LETTERS, **changes: Any
) -> Letter:
    """The letter that a decision to send `template` leads to."""
    tenant = tenant or (case.tenant if case else "kaviaarshop")
    audience = "requester" if template in REQUESTER_LETTERS else "staff"
    to = case.requester.email if case and case.requester and audience == "requester" else "kim@voorbeeld.example"
    token = f"{case.ref if case else 'company'}:{template}"
    send = Send(token, template, to, audience, LetterState.QUEUED, "<m1@klant.example>", ("<m1@klant.example>",))
    send = replace(send, facts=sample_facts(template), until=date(2026, 4, 28) if template == "extended" else None)
    extra = changes.pop("extra", None)
    return letters.compose(replace(send, **changes), case, company(tenant), now, KEY, extra)


#: For whole piles of letters: their bodies are not read.
HEADERS = BytesHeaderParser(policy=email_policy.default)


def headers_of(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(raw, policy=email_policy.default))


# --- golden letters: read them ------------------------------------------------------------------

DIGEST = Digest(
    week="2026-W05",
    first_day=datetime(2026, 1, 26).date(),
    last_day=datetime(2026, 2, 1).date(),
    mails=14,
    arrived=3,
    by_kind=(("access", 2), ("erasure", 1)),
    closed=1,
    answered=2,
    median_days=4.0,
    slowest_days=9.5,
    open=(
        OpenCase("AVG-2026-0003", ("access",), datetime(2026, 1, 30).date(), -3, False),
        OpenCase("AVG-2026-0007", ("access", "erasure"), datetime(2026, 2, 27).date(), 25, True),
    ),
    held=("AVG-2026-0007",),
    observed=0,
    failed=(),
    unsure=("AVG-2026-0005",),
    machine=4,
    unreadable=1,
    suppressed=1,
    defects=("E-01: Het beleid noemt 30 dagen.",),
)
NOTHING = replace(
    DIGEST, mails=0, arrived=0, by_kind=(), closed=0, answered=0, median_days=None, slowest_days=None, open=(),
    held=(), unsure=(), machine=0, unreadable=0, suppressed=0, defects=(),
)  # fmt: skip
ANSWER = "Wij hebben uw gegevens opgezocht.\n\nWij hebben van u:\n- uw naam en adres\n- uw bestellingen"


def summary(numbers: Digest) -> dict[str, Any]:
    return dict(summary_values(numbers, company("kaviaarshop"), LETTERS.phrases["nl"]))


#: How a letter is written, for later.
later = partial(partial, a_letter)


def golden_letters() -> Iterator[tuple[str, Callable[[], Letter]]]:
    """The letters that are kept as text, each for one reason, and how each is written."""
    triage = a_case(
        "koopjesklik",
        Kind.ACCESS,
        status=Status.TRIAGE,
        match=MatchState.AMBIGUOUS,
        needs=("unsure", "ambiguous_customer"),
        remarks=("no letter to the sender: a person looks first",),
        signals=("reminder",),
    )
    breach = a_case("kaliningrad", Kind.BREACH_REPORT, needs=("breach",))
    by_reply: dict[str, Any] = {"by_reply": True}
    access = a_case("kaviaarshop", Kind.ACCESS)
    yield "acknowledgement-access", later("acknowledgement", access)
    yield "acknowledgement-leaving", later("acknowledgement", a_case("3dconfig", Kind.ACCESS, Kind.ERASURE))
    yield (
        "acknowledgement-objection",
        later("acknowledgement", a_case("koopjesklik", Kind.OBJECTION, restricted_since=RECEIVED)),
    )
    yield (
        "acknowledgement-no-marketing",
        later("acknowledgement", a_case("kaliningrad", Kind.DIRECT_MARKETING, suppressed=("w.devries@klant.example",))),
    )
    yield "acknowledgement-complaint", later("acknowledgement", a_case("kaliningrad", Kind.COMPLAINT))
    yield "acknowledgement-breach", later("acknowledgement", breach)
    yield "acknowledgement-deceased", later("acknowledgement", a_case("kraaft", Kind.DECEASED))
    for language in ("fr", "en", "de"):
        yield (
            f"acknowledgement-{language}",
            later("acknowledgement", a_case("kraaft", Kind.ERASURE, language=language)),
        )
        yield f"neutral-{language}", later("neutral", a_case("kraaft", Kind.ACCESS, language=language))
    yield "neutral", later("neutral", a_case("koopjesklik", Kind.ACCESS, match=MatchState.UNKNOWN))
    yield "answer-nl", later("answer", access, body=ANSWER)
    yield "answer-be", later("answer", a_case("3dconfig", Kind.ACCESS), body=ANSWER)
    yield "answer-fr-writer", later("answer", a_case("kraaft", Kind.ACCESS, language="fr"), body=ANSWER)
    yield "new_case", later("new_case", a_case("kaviaarshop", Kind.ACCESS))
    yield "needs_person", later("needs_person", triage)
    unsure = a_case("kaliningrad", Kind.BREACH_REPORT, status=Status.TRIAGE, needs=("unsure", "breach"))
    yield "breach_undecided-triage", later("breach_undecided", unsure)
    yield "reply_received", later("reply_received", replace(access, needs=("reply_to_closed",)))
    met = tuple(replace(one, met_at=datetime(2026, 2, 9, 9, tzinfo=UTC)) for one in access.deadlines)
    again = datetime(2026, 3, 6, 14, 20, tzinfo=UTC)
    unseen = replace(access, deadlines=met, needs=("reply_to_closed",), reply_at=again)
    yield "reply_received-nothing_due", later("reply_received", unseen)
    yield "reply_unseen-by_reply", later("reply_unseen", unseen, extra=by_reply)
    yield "deadline_near", later("deadline_near", access, now=datetime(2026, 2, 20, 8, tzinfo=UTC))
    march = replace(access, received_at=datetime(2026, 3, 1, 9, tzinfo=UTC))  # promise 31 March, law 1 April
    march = apply(march, dates_of(march, company("kaviaarshop")))
    yield "overdue-promise", later("overdue", march, now=datetime(2026, 4, 1, 8, tzinfo=UTC))
    yield "overdue-law", later("overdue", march, now=datetime(2026, 4, 3, 8, tzinfo=UTC))
    yield "overdue-working-day", later("overdue", access, now=datetime(2026, 2, 28, 8, tzinfo=UTC))
    yield "breach_undecided", later("breach_undecided", breach, now=datetime(2026, 2, 2, 9, 14, tzinfo=UTC))
    failed = replace(access, remarks=("failed: answer (550 5.1.1 no such user)",))
    yield "undelivered", later("undelivered", failed, token="undelivered:AVG-2026-0007:answer:1")
    unsure = replace(access, remarks=("unsure: acknowledgement (the line was lost)",))
    yield "undelivered-unsure", later("undelivered", unsure, token="undelivered:AVG-2026-0007:ack:deputy")
    asked = replace(
        access,
        doubt="unknown address",
        identity_asked_at=datetime(2026, 2, 2, 9, tzinfo=UTC),
        alerted=("cannot_identify:2026-02-28",),
    )
    asked = apply(asked, dates_of(asked, company("kaviaarshop")))
    yield "identity_question", later("identity_question", access)
    yield "cannot_identify", later("cannot_identify", asked)
    yield "notice_near-identity", later("notice_near", asked, now=datetime(2026, 2, 24, 8, tzinfo=UTC))
    reasons = "Uw gegevens staan in vier systemen en in papieren dossiers."
    yield "extended", later("extended", access, body=reasons, until=date(2026, 4, 28))
    restricted = replace(access, restricted_since=RECEIVED)
    yield "restriction_lifted", later("restriction_lifted", restricted, body="U vroeg ons dit op 3 maart.")
    yield "date_moved", later("date_moved", march, now=datetime(2026, 3, 3, 8, tzinfo=UTC))
    yield "date_over", later("date_over", replace(access, status=Status.CLOSED))
    yield "date_over-open", later("date_over", access)
    yield "needs_person-by_reply", later("needs_person", triage, extra=by_reply)
    yield "new_case-by_reply", later("new_case", access, extra=by_reply)
    for template, (full, *_) in BY_REPLY.items():
        yield template, later(template, access, extra=dict(full) | by_reply)
    waits: dict[str, Any] = {"name": "De ontvangstbevestiging", "why": "over deze brief beslist u zelf", "text": ANSWER}
    waits |= {
        "to": "w.devries@klant.example",
        "subject": "Wij hebben uw bericht ontvangen",
        "token": "AVG-2026-0007:ack",
    }
    for name, more in (("new_case-with_letter", {}), ("new_case-with_letter-by_reply", by_reply)):
        yield name, later("new_case", access, extra=more | {"letters_waiting": [waits]})
    for name, more in (("gathered", {}), ("gathered-by_reply", by_reply)):
        yield name, later("gathered", None, extra=dict(GATHERED[0]) | more)
    yield "words_done", later("words_done", None, extra=dict(WORDS_DONE[0]))
    yield "dates", later("dates", None, extra=dict(DATES[0]))
    yield "caps", later("caps", None, why="20 brieven in een uur")
    yield from carrying_out_letters(access)
    for topic in ("full", "full_over", "refused", "refused_over"):
        yield f"mailbox-{topic}", later("mailbox", None, extra=NOTICE | {"topic": topic})
    yield "summary", later("summary", None, extra=summary(DIGEST))
    yield "summary-nothing", later("summary", None, extra=summary(NOTHING))


def carrying_out_letters(access: Case) -> Iterator[tuple[str, Callable[[], Letter]]]:
    """The copy for the person, the mails to processors, and what staff hear when a case is forgotten."""
    day = date(2026, 2, 17)
    to = {"audience": "processor", "to": "privacy@betaaldienst.example", "until": day}
    for verb in ("look_up", "correct", "erase", "freeze"):
        body = "naam: De Vries wordt De Vries-Bakker" if verb == "correct" else ""
        for language in ("nl", "en"):
            given = to | {"plan_step": f"{verb}:betaaldienst", "language": language, "body": body}
            code = {"code": "ABCD-EFGH-2345"}
            yield f"processor-{verb}-{language}", later("processor", access, extra=code, **given)
            reminder = given | {"body": ""}
            name = f"processor_reminder-{verb}-{language}"
            yield name, later("processor_reminder", access, extra=code, **reminder)
    yield "package", later("package", access, extra={"with_code": False})
    yield "package-with-code", later("package", access, extra={"with_code": True}, body="De foto's volgen per post.")
    parts = {"with_code": False, "part": "2", "parts": "3"}
    yield "package-in-parts", later("package", access, extra=parts)
    left = {"at": "za 31-01-2026 22:14", "what": "ontvangen bericht", "folder": "INBOX", "number": "12"}
    sent = {"at": "ma 02-02-2026 09:05", "what": "brief van ons", "folder": "map met verzonden berichten", "number": ""}
    rest: dict[str, Any] = {"rows": [left, sent], "case_ref": "AVG-2026-0042", "trash": ""}
    yield "leftovers", later("leftovers", None, extra=rest)
    yield "leftovers-moved", later("leftovers", None, extra=rest | {"trash": "Prullenbak"})
    gone: dict[str, Any] = {"case_ref": "AVG-2026-0042", "erase_on": "donderdag 1 januari 2032"}
    gone |= {"documents": ["factuur F2024-7", "factuur F2024-9"], "basis": "artikel 52, vierde lid, AWR"}
    yield "second_erasure", later("second_erasure", None, extra=gone)


LETTERS_KEPT = dict(golden_letters())


def kept(name: str) -> Letter:
    """This letter, written now."""
    return LETTERS_KEPT[name]()


@pytest.mark.parametrize("name", LETTERS_KEPT)
def test_a_letter_reads_as_it_is_kept(name: str) -> None:
    letter = kept(name)
    told = f"To: {letter.audience}\nSubject: {letter.subject}\n\n{letter.text}"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("MAILBOT_WRITE_LETTERS"):
        path.write_text(told, "utf-8")
    assert told == path.read_text("utf-8")


def test_no_kept_letter_is_forgotten() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(LETTERS_KEPT)


# --- every letter of every company ---------------------------------------------------------------


@cache
def each_letter(tenant: str) -> list[Letter]:
    """Every letter of the company, of those that say the same one."""
    return list(sample_letters(LETTERS, company(tenant), NOW, Alike()))


def all_letters(tenant: str) -> Iterator[Letter]:
    return sample_letters(LETTERS, company(tenant), NOW)


@pytest.mark.parametrize(
    "letters", [each_letter, pytest.param(all_letters, marks=pytest.mark.soak)], ids=["each", "all"]
)
@pytest.mark.parametrize("tenant", TENANTS)
def test_every_letter_of_a_complete_company_becomes_a_mail(
    tenant: str, letters: Callable[[str], Iterable[Letter]]
) -> None:
    seen = set()
    for letter in letters(tenant):
        raw = to_bytes(letter, company(tenant), NOW)
        assert b"{{" not in raw
        assert b"{%" not in raw
        assert HEADERS.parsebytes(raw)["To"] == letter.to
        seen.add(letter.template)
    elsewhere = {name for name, reply in REPLIES.items() if company(tenant).country not in reply.countries}
    assert seen == {*REQUESTER_LETTERS, *CASE_LETTERS, *COMPANY_LETTERS, *PROCESSOR_LETTERS} - elsewhere


@pytest.mark.parametrize("tenant", TENANTS)
def test_an_incomplete_company_still_renders(tenant: str) -> None:
    empty = replace(COMPANIES[tenant].policy, mailbox="", contact_name="", contact_email="", post_address="")
    assert list(sample_letters(LETTERS, empty, NOW, Alike()))


@pytest.mark.parametrize("tenant", TENANTS)
def test_no_letter_names_an_authority_by_a_wrong_name(tenant: str) -> None:
    for letter in each_letter(tenant):
        for part in (letter.text, letter.html):
            assert "College Bescherming" not in part
            assert "80751" not in part


@pytest.mark.parametrize(
    ("tenant", "words"),
    [
        ("kaviaarshop", "Autoriteit Persoonsgegevens, Postbus 93374"),
        ("koopjesklik", "binnen zes weken"),
        ("3dconfig", "Gegevensbeschermingsautoriteit, Drukpersstraat 35"),
        ("kaliningrad", "de bevoegde rechter"),
        ("kraaft", "TSA 80715"),
    ],
)
def test_an_answer_names_the_right_authority_and_court(tenant: str, words: str) -> None:
    assert words in a_letter("answer", a_case(tenant, Kind.ACCESS), body="Nee.").text


@pytest.mark.parametrize("language", ["nl", "fr", "en", "de"])
def test_who_lost_somebody_reads_our_sympathy_before_anything_else(language: str) -> None:
    words = {"nl": "veel sterkte", "fr": "condoléances", "en": "condolences", "de": "Beileid"}[language]
    paragraphs = a_letter("acknowledgement", a_case("kaviaarshop", Kind.DECEASED, language=language)).text.split("\n\n")
    assert words in paragraphs[2]  # after the salutation and the day of receipt


@pytest.mark.parametrize("language", ["nl", "fr", "en", "de"])
def test_who_is_asked_whether_an_erasure_is_his_reads_what_it_means(language: str) -> None:
    words = {"nl": "niet terughalen", "fr": "rétabli", "en": "cannot be restored", "de": "nicht wiederhergestellt"}
    for kind, told in ((Kind.ERASURE, True), (Kind.ACCESS, False)):
        text = a_letter("confirmation", a_case("kaviaarshop", kind, language=language)).text
        assert (words[language] in text) is told


@pytest.mark.parametrize("language", ["nl", "fr", "en", "de"])
def test_whoever_complains_reads_that_the_authority_of_his_own_country_hears_him_too(language: str) -> None:
    words = {"nl": "ander land", "fr": "autre pays", "en": "another country", "de": "anderen Land"}[language]
    assert words in a_letter("acknowledgement", a_case("kraaft", Kind.COMPLAINT, language=language)).text


@pytest.mark.parametrize(
    ("language", "until", "sorry"),
    [
        ("nl", "zaterdag 28 februari 2026", "dat spijt ons"),
        ("fr", "28 février 2026", "nous vous prions de nous en excuser"),
        ("en", "28 February 2026", "we are sorry"),
        ("de", "28. Februar 2026", "das tut uns leid"),
    ],
)
@pytest.mark.parametrize("template", ["acknowledgement", "neutral"])
def test_a_first_letter_that_leaves_after_the_day_says_so_and_promises_that_day_no_more(
    template: str, language: str, until: str, sorry: str
) -> None:
    case = a_case("kaviaarshop", Kind.ACCESS, language=language)
    last, over = (a_letter(template, case, now=datetime(2026, 2, 28, hour, 59, tzinfo=UTC)) for hour in (22, 23))
    assert (until in last.text, sorry in last.text) == (True, False)
    assert (until in over.text, sorry in over.text) == (True, True)


@pytest.mark.parametrize("tenant", TENANTS)
@pytest.mark.parametrize("template", ["new_case", "needs_person"])
def test_staff_read_what_this_company_must_mind_for_each_kind_that_is_asked_and_for_no_other(
    tenant: str, template: str
) -> None:
    duties = company(tenant).duties
    for kind in {kind for kind, _ in duties}:
        told = a_letter(template, a_case(tenant, Kind(kind))).text
        assert {line for _, line in duties if line in told} == {line for one, line in duties if one == kind}


def test_the_summary_s_samples_have_the_names_that_the_real_one_has() -> None:
    assert set(summary(DIGEST)) - {"observing"} == set(EMPTY_WEEK)


def test_every_kind_has_its_words_in_every_language() -> None:
    for language in ("nl", "fr", "en", "de"):
        assert set(LETTERS.phrases[language]["kinds"]) == {*Kind} - {Kind.NOT_A_REQUEST}
    assert set(LETTERS.phrases["nl"]["kind_names"]) == {*Kind}
    assert set(LETTERS.phrases["nl"]["todo"]) == {*Kind} - {Kind.NOT_A_REQUEST}


def test_every_need_has_a_reason_and_a_thing_to_do() -> None:
    assert set(LETTERS.phrases["nl"]["needs"]) == set(LETTERS.phrases["nl"]["needs_do"])


# --- what letters to people outside may not say --------------------------------------------------


def test_the_neutral_letter_is_the_same_for_a_customer_and_a_stranger() -> None:
    case = a_case("koopjesklik", Kind.ACCESS)
    letters = {
        a_letter("neutral", replace(case, match=match, customer_id=id, known_email=email)).html
        for match, id, email in (
            (MatchState.UNKNOWN, "", ""),
            (MatchState.AMBIGUOUS, "", ""),
            (MatchState.KNOWN, "K-1", "w@klant.example"),
        )
    }
    assert len(letters) == 1


@pytest.mark.parametrize("kind", [Kind.ACCESS, Kind.ERASURE, Kind.PORTABILITY, Kind.OBJECTION])
def test_the_neutral_letter_does_not_say_customer(kind: Kind) -> None:
    assert "klant" not in a_letter("neutral", a_case("kaviaarshop", kind)).text.lower()


@pytest.mark.parametrize("kind", list(Kind))
def test_no_acknowledgement_says_that_something_was_stopped_or_erased(kind: Kind) -> None:
    case = a_case("kaviaarshop", kind, suppressed=("w@klant.example",), restricted_since=RECEIVED)
    text = a_letter("acknowledgement", case).text
    assert "gestopt" not in text
    assert "hebben wij verwijderd" not in text


@pytest.mark.parametrize("template", ["acknowledgement", "neutral"])
def test_a_first_letter_names_the_month_and_the_day(template: str) -> None:
    text = a_letter(template, a_case("kaviaarshop", Kind.ACCESS)).text
    assert "binnen een maand, uiterlijk zaterdag 28 februari 2026" in text
    assert "30 dagen" not in text


@pytest.mark.parametrize(
    ("language", "month"),
    [("nl", "binnen een maand"), ("fr", "délai d'un mois"), ("en", "within one month"), ("de", "eines Monats")],
)
@pytest.mark.parametrize("template", ["acknowledgement", "neutral"])
def test_a_first_letter_with_a_day_that_was_promised_sooner_speaks_of_no_month(
    template: str, language: str, month: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for days in (30, 14):
        theirs = COMPANIES["kaviaarshop"]
        sooner = replace(theirs, policy=replace(theirs.policy, promise_days=days))
        monkeypatch.setitem(COMPANIES, "kaviaarshop", sooner)
        told.append(a_letter(template, a_case("kaviaarshop", Kind.ACCESS, language=language)).text)
    assert [month in one for one in told] == [True, False]
    assert "14" in told[1]  # 14 February, a fortnight after the last day of January


stranger = st.text(min_size=6, max_size=60).filter(lambda text: len("".join(text.split())) > 5)


@settings(max_examples=60, deadline=None)
@given(
    name=stranger,
    subject=stranger,
    text=stranger,
    language=st.sampled_from(["nl", "fr", "en", "de", "xx", "../nl"]),
    reply=st.sampled_from(sorted(REPLIES)),
)
def test_nothing_that_a_stranger_wrote_comes_back(
    name: str, subject: str, text: str, language: str, reply: str
) -> None:
    marked = [f"Qz7{part}Qz7" for part in (name, subject, text)]
    case = a_case(
        "koopjesklik",
        Kind.ACCESS,
        requester=Address("x@vreemd.example", marked[0]),
        mails=(CaseMail("b" * 64, "<m1@klant.example>", None, RECEIVED, "x@vreemd.example", marked[1], marked[2]),),
        reasons=(Reason(Kind.ACCESS, marked[2]),),
        remarks=(marked[2],),
        language=language,
    )
    for template in (*FIRST_LETTERS, reply):
        raw = to_bytes(a_letter(template, case, body="Ons antwoord."), company("koopjesklik"), NOW)
        parts = headers_of(raw)
        assert b"Qz7" not in raw
        assert not any("Qz7" in part.get_content() for part in parts.iter_parts())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Mijn referentie: 2026-KXQ4T9AB", "Ref. AVG-2026-0007 / 2026-KXQ4T9AB\n"),
        ("My reference: 2026-kxq4t9ab", "Ref. AVG-2026-0007 / 2026-KXQ4T9AB\n"),
        ("Mijn referentie: https://kwaad.example/2026-KXQ4T9AB", "Ref. AVG-2026-0007\n"),
        ("Mijn referentie: 2026-KXQ4T9ABCDEFGH", "Ref. AVG-2026-0007\n"),
    ],
)
def test_a_generator_s_own_number_comes_back_in_its_fixed_form_only(text: str, shown: str) -> None:
    mail = CaseMail("b" * 64, "<m1@klant.example>", None, RECEIVED, "x@vreemd.example", "Art. 15", text)
    letter = a_letter("acknowledgement", a_case("koopjesklik", Kind.ACCESS, mails=(mail,)))
    assert shown in letter.text
    assert ("KXQ4T9AB" in letter.html) == ("KXQ4T9AB" in shown)


def test_the_subject_holds_the_reference_and_nothing_personal() -> None:
    for letter in map(kept, LETTERS_KEPT):
        assert "klant.example" not in letter.subject
        assert "Vries" not in letter.subject
        assert letter.subject.startswith("[AVG-2026-0007] " if letter.ref else "Kaviaarshop: ")


@pytest.mark.parametrize(
    ("language", "offered"), [("fr", "français"), ("en", "English"), ("de", "Deutsch"), ("es", "")]
)
def test_who_wrote_in_another_language_is_offered_the_answer_in_it(language: str, offered: str) -> None:
    text = a_letter("answer", a_case("kraaft", Kind.ACCESS, language=language), body=ANSWER).text
    assert [word for word in ("français", "English", "Deutsch") if word in text] == ([offered] if offered else [])


@pytest.mark.parametrize("template", ["acknowledgement", "neutral"])
@pytest.mark.parametrize("language", ["nl", "fr", "en", "de"])
def test_only_who_sent_an_identity_document_reads_that_we_do_not_keep_it(template: str, language: str) -> None:
    case = a_case("kraaft", Kind.ACCESS, language=language)
    plain, sent = (a_letter(template, replace(case, signals=of)).text for of in ((), ("identity_document",)))
    assert set(plain.splitlines()) < set(sent.splitlines())


@pytest.mark.parametrize("language", ["nl", "fr", "en", "de"])
def test_the_owner_of_an_address_that_should_change_reads_that_it_would(language: str) -> None:
    case = a_case("kraaft", Kind.RECTIFICATION, language=language, known_email="w.devries@klant.example")
    code: dict[str, Any] = {"confirm_code": "ABCD-EFGH-2345"}
    plain, moved = (
        a_letter("confirmation", replace(case, signals=of), extra=code).text for of in ((), ("address_change",))
    )
    assert set(plain.splitlines()) < set(moved.splitlines())


@pytest.mark.parametrize(
    ("language", "use", "change"),
    [
        ("nl", "weer gebruiken", "wijzigen of wissen"),
        ("fr", "utiliser de nouveau", "modifier ou d'en effacer"),
        ("en", "use data again", "change or erase"),
        ("de", "wieder verwenden", "ändern oder löschen"),
    ],
)
def test_who_must_say_yes_to_two_things_reads_both(language: str, use: str, change: str) -> None:
    code: dict[str, Any] = {"confirm_code": "ABCD-EFGH-2345"}
    for more, told in (((), False), ((Kind.ERASURE,), True)):
        case = a_case("kraaft", Kind.RESTRICTION_LIFT, *more, language=language)
        text = " ".join(a_letter("acknowledgement", case, extra=code).text.split())
        assert use in text
        assert (change in text) is told


def test_a_rest_that_is_due_today_is_still_promised_for_today_and_tomorrow_no_more() -> None:
    case = a_case("kaviaarshop", Kind.ACCESS, Kind.ERASURE)
    for day, promised in ((28, True), (29, False)):
        now = datetime(2026, 2, 28, 9, tzinfo=UTC) + timedelta(days=day - 28)
        letter = a_letter("access_granted", case, now=now, about=(Kind.ACCESS,))
        assert ("apart antwoord, uiterlijk op zaterdag 28 februari 2026" in letter.text) is promised, day


# --- headers -------------------------------------------------------------------------------------


def test_a_letter_to_people_outside_says_it_is_automatic_and_still_hears_bounces() -> None:
    parsed = headers_of(to_bytes(kept("acknowledgement-access"), company("kaviaarshop"), NOW))
    assert parsed["Auto-Submitted"] == "auto-replied"
    assert parsed["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert parsed["X-Mailbot-Loop"] == "kaviaarshop"
    assert parsed["From"] == "Kaviaarshop <info@kaviaarshop.nl>"
    assert parsed["Date"] == "Sun, 01 Feb 2026 09:00:00 +0100"
    assert parsed["Cc"] is parsed["Bcc"] is parsed["Reply-To"] is None


def test_mail_to_staff_carries_only_the_loop_header() -> None:
    parsed = headers_of(to_bytes(kept("new_case"), company("kaviaarshop"), NOW))
    assert parsed["X-Mailbot-Loop"] == "kaviaarshop"
    assert parsed["Auto-Submitted"] is parsed["X-Auto-Response-Suppress"] is parsed["Precedence"] is None


def test_the_same_decision_has_the_same_message_id_and_another_key_another() -> None:
    policy = company("kaviaarshop")
    assert message_id("t", KEY, policy) == message_id("t", KEY, policy)
    assert message_id("t", KEY, policy) != message_id("u", KEY, policy)
    assert message_id("t", KEY, policy).rpartition(".")[0] != message_id("t", "00" * 32, policy)
    assert message_id("t", KEY, policy).split(".")[2] != message_id("t", "00" * 32, policy).split(".")[2]


def test_long_ids_are_never_encoded_so_that_threads_hold() -> None:
    long = f"<{'x' * 180}@{'y' * 60}.example>"
    letter = replace(kept("acknowledgement-access"), in_reply_to=long, references=("<a@b>", long))
    raw = to_bytes(letter, company("kaviaarshop"), NOW)
    assert f"In-Reply-To: {long}\r\n".encode() in raw
    assert f"References: <a@b>\r\n {long}\r\n".encode() in raw


def test_references_are_bounded_and_end_with_the_mail_that_is_answered() -> None:
    ids = tuple(f"<{n}@klant.example>" for n in range(200))
    letter = replace(kept("acknowledgement-access"), in_reply_to="<150@klant.example>", references=ids)
    named = str(headers_of(to_bytes(letter, company("kaviaarshop"), NOW))["References"]).split()
    assert len(named) == 10
    assert named[:2] == ["<0@klant.example>", "<1@klant.example>"]
    assert named[-2:] == ["<199@klant.example>", "<150@klant.example>"]


@pytest.mark.parametrize(
    "id",
    ["<a@b>\r\nBcc: dief@kwaad.example", "<a b@c>", "a@b", "", "<é@b>", "<" + "a" * 300 + "@b>", "=?utf-8?q?=0ABcc?="],
)
def test_an_id_that_is_none_is_left_out(id: str) -> None:
    letter = replace(kept("acknowledgement-access"), in_reply_to=id, references=(id, "<a@b>"))
    parsed = headers_of(to_bytes(letter, company("kaviaarshop"), NOW))
    assert parsed["In-Reply-To"] is parsed["References"] is parsed["Bcc"] is None


def test_of_a_thread_only_ids_that_are_some_are_named_and_each_once() -> None:
    ids = ("<a@b>", "<m@b>\r\nBcc: dief@kwaad.example", "<a b@c>", "<m@b>", "<a@b>", "<c@d>")
    letter = replace(kept("acknowledgement-access"), in_reply_to="<m@b>", references=ids)
    parsed = headers_of(to_bytes(letter, company("kaviaarshop"), NOW))
    assert str(parsed["References"]).split() == ["<a@b>", "<c@d>", "<m@b>"]
    assert parsed["Bcc"] is None


def test_the_lines_of_a_mail_fit_the_wire() -> None:
    for letter in map(kept, LETTERS_KEPT):
        assert max(map(len, to_bytes(letter, company("kaviaarshop"), NOW).split(b"\r\n"))) <= 998


# --- injection -----------------------------------------------------------------------------------

WICKED = (
    "x\r\nBcc: dief@kwaad.example",
    "x\nBcc: dief@kwaad.example",
    "x\rBcc: dief@kwaad.example",
    "Re: =?utf-8?q?x=0ABcc=3A_dief=40kwaad.example?=",
    "=?utf-8?b?DQpCY2M6IGRpZWZAa3dhYWQuZXhhbXBsZQ==?=",
    "x\u2028Bcc: dief@kwaad.example",
    "x\x0bBcc: dief@kwaad.example",
    "x\x85Bcc: dief@kwaad.example",
)


@pytest.mark.parametrize("wicked", WICKED)
def test_no_value_can_add_a_header(wicked: str) -> None:
    letter = replace(kept("acknowledgement-access"), subject=wicked)
    policy = replace(company("kaviaarshop"), name=wicked)
    plain = to_bytes(kept("acknowledgement-access"), company("kaviaarshop"), NOW)
    assert headers_of(to_bytes(letter, policy, NOW)).keys() == headers_of(plain).keys()


def test_a_header_that_slipped_in_all_the_same_is_found_in_the_finished_mail() -> None:
    policy = replace(company("kaviaarshop"), tenant="kaviaarshop\r\nBcc: dief@kwaad.example")
    with pytest.raises(ValueError, match="would add a header"):
        to_bytes(kept("acknowledgement-access"), policy, NOW)


@pytest.mark.parametrize("to", ["", "a", "a@b\r\nBcc: c@d", "a@b, c@d", "A <a@b>", "é@b.example", "@b", "a@"])
def test_an_address_that_is_none_is_refused(to: str) -> None:
    letter = replace(kept("acknowledgement-access"), to=to)
    with pytest.raises(ValueError, match="AVG-2026-0007:acknowledgement") as caught:
        to_bytes(letter, company("kaviaarshop"), NOW)
    assert "@" not in str(caught.value)


def test_a_domain_in_another_script_is_written_as_the_wire_wants_it() -> None:
    letter = replace(kept("acknowledgement-access"), to="info@bücher.example")
    assert headers_of(to_bytes(letter, company("kaviaarshop"), NOW))["To"] == "info@xn--bcher-kva.example"


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_a_value_shows_as_it_is_in_text_and_is_no_markup_in_html(value: str) -> None:
    value = clean(value)
    assert as_text(escaped(f"x{value}")).strip() == f"x{value}".strip()
    tags = {token.tag for token in MarkdownIt("commonmark").parse(escaped(value))}
    assert tags <= {"p", ""}
    inline = as_html(f"x {escaped(value)} x")
    assert inline.count("<") == 2


@pytest.mark.parametrize(
    "value",
    [
        "[klik](https://kwaad.example)",
        "<a href='https://kwaad.example'>x</a>",
        "![x](https://kwaad.example/p.png)",
        "<https://kwaad.example>",
        "<script>alert(1)</script>",
        "`code` **dik** _schuin_",
        "# kop",
        "1. een",
        "&#60;b&#62;",
    ],
)
def test_what_a_stranger_wrote_is_shown_to_staff_as_text_only(value: str) -> None:
    case = a_case("kaviaarshop", Kind.ACCESS, reasons=(Reason(Kind.ACCESS, value),))
    case = replace(case, mails=(replace(case.mails[0], subject=value),))
    letter = a_letter("new_case", case)
    assert f"- Onderwerp: {value}\n" in letter.text
    assert not any(mark in letter.html for mark in ("<a ", "<img", "<script"))


@pytest.mark.parametrize(
    ("tenant", "kinds", "day", "offered"),
    [
        ("kaviaarshop", (Kind.ACCESS,), 2, {"refuse", "VERLENG", "VRAAG"}),
        ("kaviaarshop", (Kind.ACCESS, Kind.DIRECT_MARKETING), 2, {"refuse", "VERLENG", "VRAAG"}),
        ("kaviaarshop", (Kind.DIRECT_MARKETING,), 2, set()),
        ("kaviaarshop", (Kind.COMPLAINT,), 2, {"VERLENG", "VRAAG"}),
        ("kaviaarshop", (Kind.ACCESS,), 30, {"refuse", "VRAAG"}),
        ("kaviaarshop", (Kind.MINOR,), 2, {"refuse", "VERLENG", "VRAAG"}),
        ("kraaft", (Kind.MINOR,), 2, {"refuse", "VRAAG"}),
    ],
)
def test_a_mail_offers_no_refusal_no_time_and_no_question_that_the_law_does_not_give(
    tenant: str, kinds: tuple[Kind, ...], day: int, offered: set[str]
) -> None:
    now = RECEIVED + timedelta(days=day)
    text = a_letter("overdue", a_case(tenant, *kinds), now=now, extra={"by_reply": True}).text
    assert {word for word in ("refuse", "VERLENG", "VRAAG") if word in text} == offered


def test_the_page_of_the_authority_can_be_followed_and_nothing_else_can() -> None:
    case, page = a_case("kraaft", Kind.ACCESS), company("kraaft").authority.complaint_url
    body = "Kijk op <https://kwaad.example> of https://kwaad.example/x."
    letter = a_letter("answer", case, body=body)
    assert re.findall('<a href="([^"]*)"', letter.html) == [page]
    assert f": {page}\n" in letter.text
    assert body in letter.text


@pytest.mark.parametrize("value", ["http://kwaad.example", "javascript:x", 'https://x.example/"onclick="x', "x y"])
def test_what_is_no_plain_address_of_the_web_is_never_one_to_follow(value: str) -> None:
    assert "<a " not in as_html("Zie <\ue000>.", [value])


def test_a_command_can_be_copied_as_it_stands() -> None:
    html = as_html(f"`mailbot outbox read {escaped('AVG-2026-0007:cannot_identify:2026-02-28')}`")
    assert "AVG-2026-0007:cannot_identify:2026-02-28" in html


def test_no_letter_fetches_anything_from_elsewhere() -> None:
    for letter in map(kept, LETTERS_KEPT):
        assert not any(word in letter.html for word in ("<img", "<link", "src=", "url(", "@import", "<script"))


def test_an_answer_keeps_the_paragraphs_and_lines_of_who_wrote_it() -> None:
    body = "Eerste alinea.\r\n\r\n- punt *een*\n    ingesprongen\n\n# geen kop\n<b>niet vet</b>"
    letter = a_letter("answer", a_case("kaviaarshop", Kind.ACCESS), body=body)
    assert "Eerste alinea.\n\n- punt *een*\n    ingesprongen\n\n# geen kop\n<b>niet vet</b>\n" in letter.text
    assert "&lt;b&gt;niet vet&lt;/b&gt;" in letter.html
    assert "<em>" not in letter.html


def test_a_text_of_two_lines_is_two_lines_in_html_too() -> None:
    letter = a_letter("answer", a_case("kaviaarshop", Kind.ACCESS), body="Eerste regel.\nTweede regel.")
    assert re.search(r"Eerste regel\.<br ?/?>\s*Tweede regel\.", letter.html)


def test_an_answer_keeps_the_numbers_of_its_own_list() -> None:
    letter = a_letter("answer", a_case("kaviaarshop", Kind.ACCESS), body="Wij deden dit:\n1. gezocht\n2) gewist")
    assert "Wij deden dit:\n1. gezocht\n2) gewist\n" in letter.text
    assert all(line in letter.html for line in ("1. gezocht", "2) gewist"))


def test_every_part_of_a_letter_carries_its_own_style() -> None:
    html = as_html("# Kop\n\nAlinea `opdracht`\n\n- een\n- twee\n\n1. drie\n\n> citaat\n")
    assert re.findall(r"<(?:p|h1|ul|ol|li|blockquote|code)(?![^>]* style=)[^>]*>", html) == []


def test_a_name_with_html_in_it_stays_a_name_in_the_layout() -> None:
    policy = replace(company("kaviaarshop"), name="A & B <script>", post_address="<img src=x>")
    send = Send("t", "acknowledgement", "w@klant.example", "requester", LetterState.QUEUED)
    html = LETTERS.compose(send, a_case("kaviaarshop", Kind.ACCESS), policy, NOW, KEY).html
    assert "A &amp; B &lt;script&gt;" in html
    assert "<script" not in html
    assert "<img" not in html


# --- templates that people change ----------------------------------------------------------------


@pytest.fixture
def replies(tmp_path: Path) -> Path:
    """A copy of the replies folder, to spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "replies"))


def own(replies: Path, text: str, name: str = "acknowledgement", language: str = "nl") -> None:
    folder = replies / "tenants" / "kaviaarshop" / language
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text(text, "utf-8")


def problems_of(replies: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        list(sample_letters(Letters(replies), company("kaviaarshop"), NOW, Alike()))
    assert len(caught.value.problems) == 1
    return str(caught.value)


def test_a_company_s_own_letter_goes_before_the_common_one(replies: Path) -> None:
    own(replies, "Onderwerp: Dank u\n\nWij kijken ernaar, {{ ref }}.\n")
    letters = Letters(replies)
    mine = a_letter("acknowledgement", a_case("kaviaarshop", Kind.ACCESS), letters=letters)
    other = a_letter("acknowledgement", a_case("koopjesklik", Kind.ACCESS), letters=letters)
    assert mine.text.startswith("Wij kijken ernaar, AVG-2026-0007.\n")
    assert other.text == a_letter("acknowledgement", a_case("koopjesklik", Kind.ACCESS)).text
    assert mine.digest != other.digest


def test_a_missing_translation_falls_back_to_dutch_with_dutch_words(replies: Path) -> None:
    (replies / "de" / "acknowledgement.md").unlink()
    letter = a_letter("acknowledgement", a_case("kraaft", Kind.ACCESS, language="de"), letters=Letters(replies))
    assert "inzage in uw persoonsgegevens" in letter.text
    assert "uiterlijk zaterdag 28 februari 2026" in letter.text


#: Letters of one company, each spoiled in another way, and what is said of it.
SPOILED = {
    "acknowledgement": ("Onderwerp: x\n\n{{ klantnaam }}\n", "klantnaam"),
    "neutral": ("Onderwerp: x\n\n{% if false %}{{ klantnaam }}{% endif %} x\n", "klantnaam is not a name"),
    "identity_question": ("Onderwerp: x\n\n{% if %}\n", "line 3"),
    "confirmation": ("Onderwerp: x\n\n{{ ''.__class__ }}\n", "SecurityError"),
    "access_granted": ("Onderwerp: x\n\n{{ ''.__class__.__mro__ }}\n", "SecurityError"),
    "access_partly": ("Onderwerp: x\n\n{{ cycler.__init__.__globals__.os.popen('id') }}\n", "SecurityError"),
    "erasure_granted": ("Onderwerp: x\n\n{{ kinds.append('x') }}\n", "SecurityError"),
    "erasure_partly": ("Onderwerp: x\n\n{{ kinds }}\n", "holds a list"),
    "rectification_granted": ("Onderwerp: x\n\n{% include '../../etc/passwd' %}\n", "does not exist"),
    "restricted": ("Onderwerp: x\n\n{{ 1 / 0 }}\n", "ZeroDivisionError"),
    "refused": ("Geachte heer,\n\nx\n", "first line"),
    "answer": ("Onderwerp:\n\nx\n", "first line"),
    "extended": ("Onderwerp: x\n", "no text"),
    "closed": ("", "first line"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of these letters, by their files."""
    replies = Path(shutil.copytree(FOLDER, tmp_path_factory.mktemp("spoiled") / "replies"))
    for name, (text, _) in SPOILED.items():
        own(replies, text, name)
    with pytest.raises(ConfigError) as caught:
        list(sample_letters(Letters(replies), company("kaviaarshop"), NOW, Alike()))
    assert len(caught.value.problems) == len(SPOILED)
    return {problem.where: problem.what for problem in caught.value.problems}


@pytest.mark.parametrize("name", SPOILED)
def test_a_letter_that_a_company_spoiled_is_named_with_its_reason(found: dict[str, str], name: str) -> None:
    assert SPOILED[name][1] in found[f"replies/tenants/kaviaarshop/nl/{name}.md"]


@pytest.mark.parametrize("layout", ["layout.html", "layout.txt"])
def test_a_spoiled_layout_is_named(replies: Path, layout: str) -> None:
    (replies / layout).write_text("{{ body }} {{ klantnaam }}", "utf-8")
    assert problems_of(replies) == f"replies/{layout}: UndefinedError: 'klantnaam' is undefined"


def test_a_letter_under_a_name_that_nobody_asks_for_is_told(replies: Path) -> None:
    own(replies, "Onderwerp: x\n\nx\n", name="acknowledgment")
    assert "acknowledgment.md: is no letter that exists" in problems_of(replies)


def test_a_phrase_that_is_gone_is_told_with_its_file(replies: Path) -> None:
    path = replies / "nl" / "phrases.toml"
    path.write_text(path.read_text("utf-8").replace("[court]", "[hof]"), "utf-8")
    assert problems_of(replies) == "replies/nl/phrases.toml: 'court' is missing"


def test_phrases_that_are_no_toml_are_told_with_their_file(replies: Path) -> None:
    (replies / "fr" / "phrases.toml").write_text("= x", "utf-8")
    with pytest.raises(ConfigError, match=r"replies/fr/phrases\.toml: "):
        a_letter("acknowledgement", a_case("kaviaarshop", Kind.ACCESS), letters=Letters(replies))


def test_a_fault_never_tells_what_a_person_wrote(replies: Path) -> None:
    own(replies, "Onderwerp: x\n\n{{ mail_subject | int('geheim') + 1 }}{{ requester + 1 }}\n", name="new_case")
    case = a_case("kaviaarshop", Kind.ACCESS)
    with pytest.raises(ConfigError) as caught:
        a_letter("new_case", case, letters=Letters(replies))
    assert "klant.example" not in str(caught.value)


def test_letters_after_their_term_say_which_one_it_was() -> None:
    assert "wettelijke termijn is voorbij" in kept("overdue-law").text
    assert "toegezegd is voorbij" in kept("overdue-promise").text
    assert "nog niet voorbij" in kept("overdue-working-day").text


def test_a_letter_says_nothing_of_a_term_before_it_is_over() -> None:
    case = a_case("kaviaarshop", Kind.ACCESS)
    early = a_letter("deadline_near", case, now=RECEIVED + timedelta(days=1))
    assert "voorbij" not in early.text
    assert "nog 26 dagen" in early.text


@pytest.mark.parametrize("words", ["vragen u om één ding", "één twee " * 12, "Žluťoučký kůň", "🙂 tot ziens", "gewoon"])
def test_a_subject_with_accents_reads_as_it_was_written_however_long(words: str) -> None:
    subject = f"[AVG-2026-0007] Wij hebben uw bericht ontvangen en {words}".strip()
    letter = replace(a_letter("acknowledgement", a_case("kaviaarshop", Kind.ACCESS)), subject=subject)
    raw = to_bytes(letter, company("kaviaarshop"), NOW)
    assert headers_of(raw)["Subject"] == subject
    assert max(map(len, raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 200


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("aeiou nrst N7-!*+/=?_[]:,."), min_size=1, max_size=199))
@example("[AVG-2026-0001] Nieuw verzoek: inzage, klaar op maandag 19 januari 2026")
def test_a_subject_without_accents_begins_on_the_line_of_its_name_and_reads_as_it_was_written(words: str) -> None:
    subject = " ".join(words.split()).replace("=?", "= ?") or "x"
    raw = to_bytes(replace(kept("acknowledgement-access"), subject=subject), company("kaviaarshop"), NOW)
    [first] = [line for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n") if line.startswith(b"Subject:")]
    assert len(first) > len(b"Subject: ")
    assert headers_of(raw)["Subject"] == subject


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("aeiou nrst N7-!*+/=?_[]:,.é€ž🙂"), min_size=1, max_size=199))
def test_a_subject_with_accents_is_in_encoded_words_of_whole_letters_on_short_lines(words: str) -> None:
    subject = " ".join(f"{words}é".split()).replace("=?", "= ?")
    raw = to_bytes(replace(kept("acknowledgement-access"), subject=subject), company("kaviaarshop"), NOW)
    lines = raw[raw.index(b"Subject: ") : raw.index(b"\r\nDate: ")].decode("ascii").split("\r\n ")
    found = [re.fullmatch(r"(?:Subject: )?=\?utf-8\?q\?([\w!*+/=-]+)\?=", line, re.ASCII) for line in lines]
    assert max(map(len, lines[:1] + [f" {line}" for line in lines[1:]])) <= 76
    assert subject == "".join(quopri.decodestring(word[1], header=True).decode("utf-8") for word in found if word)
    assert headers_of(raw)["Subject"] == subject
