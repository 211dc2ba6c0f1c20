"""What a mail says about advertising: whether, which way, and for whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.marketing import ALL, CHANNELS, addresses_in, channels_of, names_marketing, numbers_in, speaks_of_marketing


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("Stop met die nieuwsbrief, ik wil geen reclame meer.", (ALL,)),
        ("Graag uitschrijven voor de nieuwsbrief.", ("mail",)),
        ("Ik wil geen folders en geen e-mails met aanbiedingen meer", ("mail", "post")),
        ("Bel me niet meer met aanbiedingen.", ("phone",)),
        ("Geen sms met reclame meer aub", ("sms",)),
        ("Stop met de reclame per post. Mail mag wel.", ("post",)),
        ("Haal mijn e-mailadres uit jullie reclamebestand", (ALL,)),
        ("I no longer want your newsletter", ("mail",)),
        ("Je ne veux plus recevoir de publicité par courrier", ("post",)),
        ("Bitte keine Werbung mehr", (ALL,)),
        ("Meld jan@x.nl af voor de mailing", ("mail",)),
    ],
)
def test_the_channel_is_the_one_that_is_named_and_else_every_one(text: str, channels: tuple[str, ...]) -> None:
    assert names_marketing(text)
    assert channels_of(text) == channels


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("Stop de nieuwsbrief en de folder.", ("mail", "post")),
        ("Stop met die reclamefolders en nieuwsbrieven naar jan@ander.test", ("mail", "post")),
        ("Geen folders en nieuwsbrieven meer, ook niet per post.", ("mail", "post")),
        ("Schrijf mij uit voor de nieuwsbrief, en bel me niet meer.", ("mail", "phone")),
        ("Haal mij uit uw mailinglijst en stop ook met de catalogus.", ("mail", "post")),
        ("Arrêtez la newsletter et les appels.", ("mail", "phone")),
        ("Geen nieuwsbrief meer per post, graag.", ("post",)),
        ("Ik wil wel de nieuwsbrief maar geen folders meer.", ("post",)),
        ("Ik wil de nieuwsbrief houden maar geen folders meer.", ("post",)),
    ],
)
def test_a_newsletter_beside_something_else_ends_too_unless_it_is_kept_or_comes_that_way(
    text: str, channels: tuple[str, ...]
) -> None:
    assert channels_of(text) == channels


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("Geen reclame meer, ook niet per post.", (ALL,)),
        ("Ik wil geen enkele vorm van reclame meer, noch per post noch per telefoon.", (ALL,)),
        ("Stop met alle reclame, via welk kanaal dan ook: mail, post of telefoon.", (ALL,)),
        ("Geen reclame per post, en ook niet per telefoon.", ("post", "phone")),
    ],
)
def test_a_channel_that_is_an_example_leaves_no_other_open(text: str, channels: tuple[str, ...]) -> None:
    assert channels_of(text) == channels


@pytest.mark.parametrize("text", ["unsubscribe\n", "Afmelden\nafmelden!", "Désinscription", "Abmelden"])
def test_the_one_word_that_an_unsubscribe_button_sends_is_a_wish_to_end_it(text: str) -> None:
    assert names_marketing(text)


@pytest.mark.parametrize("text", ["unsubscribed", "Ik wil mij afmelden voor de cursus", "unsubscribe is a word", ""])
def test_that_word_among_others_is_none(text: str) -> None:
    assert not names_marketing(text)


@pytest.mark.parametrize("text", ["Laat me met rust", "Wat weet u van mij?", ""])
def test_who_names_no_channel_means_all_of_them(text: str) -> None:
    assert channels_of(text) == (ALL,)


@pytest.mark.parametrize(
    "text",
    [
        "Mijn nieuwsbrief komt niet aan.",
        "Wanneer begint de reclame voor de nieuwe collectie?",
        "Stop! Mijn bestelling moet naar een ander adres. De folder was mooi.",
    ],
)
def test_a_word_about_advertising_is_no_wish_to_end_it(text: str) -> None:
    assert not names_marketing(text)
    assert speaks_of_marketing(text)


def test_the_companys_own_addresses_are_not_meant() -> None:
    text = "U mailt mij vanaf nieuws@shop.nl op JAN@thuis.nl en jan@werk.example."
    assert addresses_in(text, ["info@shop.nl"]) == ("jan@thuis.nl", "jan@werk.example")


@pytest.mark.parametrize(
    "text", ["06-12345678", "06 12 34 56 78", "+31 6 12345678", "0031612345678", "+31 (0)6 12345678"]
)
def test_a_number_is_the_same_however_it_is_written(text: str) -> None:
    assert numbers_in(f"Bel mij niet op {text}.", "NL") == ("+31612345678",)


def test_a_number_belongs_to_the_companys_country_unless_it_says_otherwise() -> None:
    assert numbers_in("02 123 45 67 of 0477 12 34 56 of +33 1 23 45 67 89", "BE") == (
        "+3221234567",
        "+32477123456",
        "+33123456789",
    )


def test_an_order_number_is_no_telephone_number() -> None:
    assert numbers_in("bestelling 2026112233445566, factuur 20261122", "NL") == ()


@given(st.text(max_size=3000))
def test_any_text_has_an_answer(text: str) -> None:
    assert set(channels_of(text)) <= {ALL, *CHANNELS}
    assert all("@" in address for address in addresses_in(text, ["info@shop.nl"]))


@pytest.mark.parametrize(
    "text",
    [
        "Stop de folder, de nieuwsbrief mag blijven.",
        "Geen folder meer, nieuwsbrief wel graag.",
        "Geen folders meer, de nieuwsbrief vind ik prima",
        "Hou de nieuwsbrief maar, maar stop met de folder",
    ],
)
def test_a_newsletter_that_may_go_on_goes_on(text: str) -> None:
    assert channels_of(text) == ("post",)


@pytest.mark.parametrize(
    "text",
    [
        "De folder en de nieuwsbrief mogen wel weg, stop ermee",
        "Ik wil de folder en de nieuwsbrief niet meer blijven krijgen",
        "Stop de folder; de nieuwsbrief hoeft ook niet meer",
    ],
)
def test_a_newsletter_that_is_refused_in_passing_ends(text: str) -> None:
    assert set(channels_of(text)) == {"mail", "post"}
