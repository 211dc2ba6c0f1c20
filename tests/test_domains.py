"""Domains outside ASCII, by the rules that registries use, so that two owners are never taken for one; and those of
providers, in which nobody is a colleague of another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_mail, a_policy
from mailbot.domains import domain_of, is_provider, to_ascii, to_unicode, with_ascii_domain
from mailbot.model import Address, fold_address
from mailbot.sender.passed_on import is_colleague


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("strasse.example", "strasse.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("mail_server.example", "mail_server.example"),
        ("", ""),
    ],
)
def test_a_domain_is_written_as_registries_do(read: str, written: str) -> None:
    assert to_ascii(read) == written


def test_two_domains_of_two_owners_are_two_and_two_spellings_of_one_are_one() -> None:
    assert fold_address("piet@straße.example") != fold_address("piet@strasse.example")
    assert fold_address("piet@straße.example") == fold_address("Piet@xn--strae-oqa.example")


@pytest.mark.parametrize("domain", ["ü" * 70 + ".example", "ü..example", "\u2028.example", "xn--é.example"])
def test_what_can_be_no_domain_is_said_so_and_equals_itself_only(domain: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        to_ascii(domain)
    assert fold_address(f"piet@{domain}") == f"piet@{domain}"


@given(st.text(max_size=80))
def test_whatever_is_given_as_a_domain_is_written_in_ascii_or_refused(domain: str) -> None:
    try:
        written = to_ascii(domain)
    except ValueError:
        return
    assert written.isascii()
    assert to_ascii(written) == written


@pytest.mark.parametrize("domain", ["bücher.example", "straße.example", "klant.example"])
def test_there_and_back(domain: str) -> None:
    assert to_unicode(to_ascii(domain)) == domain


def test_only_the_domain_of_an_address_is_written_anew() -> None:
    assert with_ascii_domain("zoë@bücher.example") == "zoë@xn--bcher-kva.example"


@pytest.mark.parametrize("domain", ["gmail.com", "Hotmail.FR", "live.co.uk", "yahoo.com.br", "casema.nl", "pandora.be"])
def test_who_has_his_mail_where_the_deputy_has_hers_is_no_colleague_by_that(domain: str) -> None:
    policy = a_policy(deputy_email=f"els@{domain}")
    assert is_provider(domain)
    assert not is_colleague(a_mail(sender=Address(f"vreemd@{domain}")), policy)
    assert is_colleague(a_mail(sender=Address(f"Els@{domain}")), policy)


@pytest.mark.parametrize("domain", ["live.winkel.nl", "hotmailers.nl", "yahoo.winkel", "mijn-gmail.com", "winkel.nl"])
def test_a_company_whose_domain_only_looks_like_a_provider_s_has_colleagues(domain: str) -> None:
    assert is_colleague(a_mail(sender=Address(f"jan@{domain}")), a_policy(deputy_email=f"els@{domain}"))


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("piet@Klant.example", "klant.example"),
        ("piet@bücher.example", "xn--bcher-kva.example"),
        ("piet@xn--bcher-kva.example", "xn--bcher-kva.example"),
        (f"piet@{'ü' * 70}.example", f"{'ü' * 70}.example"),
    ],
)
def test_a_domain_is_compared_as_dns_writes_it(email: str, domain: str) -> None:
    assert domain_of(email) == domain


@pytest.mark.parametrize("written", ["els@köln.example", "els@KÖLN.example", "els@xn--kln-sna.example"])
def test_who_writes_from_the_company_s_domain_is_a_colleague_however_that_is_written(written: str) -> None:
    policy = a_policy(mailbox="info@köln.example", addresses=("info@köln.example",))
    assert is_colleague(a_mail(sender=Address(written)), policy)
