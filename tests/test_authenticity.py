"""Whether From is really the sender's: by our own server's word only, or by a signature that we check ourselves."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dkim
import pytest
from desk import Desk

from company import ACCESS, a_raw_mail
from mailbot.incoming.understanding import understand
from mailbot.model import Authentication, Trust
from mailbot.parse import parse
from mailbot.sender.authenticity import TYPED, aligned, authenticate, results_in
from mailbot.signatures import verify

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OURS = "mx.shop.example"
OWN = "Received: from sender.example by mx.shop.example with ESMTPS; Mon, 2 Mar 2026 09:00:00 +0000\r\n"
FOREIGN = "Received: from pc by sender.example; Mon, 2 Mar 2026 08:59:00 +0000\r\n"
BODY = "From: Piet <piet@klant.example>\r\nTo: info@shop.example\r\nSubject: x\r\n\r\nhallo\r\n"


def result(words: str, id: str = OURS) -> str:
    return f"Authentication-Results: {id}; {words}\r\n"


def judged(head: str, hosts: tuple[str, ...] = (), ids: tuple[str, ...] = (OURS,)) -> Authentication:
    return authenticate(parse((head + BODY).encode(), AT), ids, hosts)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("dmarc=pass header.from=klant.example", Trust.PASS),
        ("dmarc=pass (p=reject) header.from=klant.example; spf=fail smtp.mailfrom=x.example", Trust.PASS),
        ("spf=pass smtp.mailfrom=piet@klant.example", Trust.PASS),
        ("spf=pass smtp.mailfrom=bounce.klant.example; dkim=none", Trust.PASS),
        ("dkim=pass header.d=klant.example header.s=a", Trust.PASS),
        ("dkim=pass header.i=@klant.example", Trust.PASS),
        ("dkim=fail header.d=klant.example; dkim=pass header.d=klant.example", Trust.PASS),
        ("dmarc=fail header.from=klant.example", Trust.FAIL),
        ("dmarc=fail header.from=klant.example; spf=pass smtp.mailfrom=dief.example", Trust.FAIL),
        ("spf=fail smtp.mailfrom=klant.example; dkim=none", Trust.FAIL),
        ("spf=softfail smtp.mailfrom=klant.example", Trust.FAIL),
        ("dkim=fail header.d=klant.example", Trust.FAIL),
        ("spf=pass smtp.mailfrom=dief.example", Trust.UNKNOWN),
        ("dkim=pass header.d=dief.example", Trust.UNKNOWN),
        ("dkim=pass header.d=klant.example.dief.example", Trust.UNKNOWN),
        ("dkim=pass header.d=notklant.example", Trust.UNKNOWN),
        ("dkim=pass header.d=example", Trust.UNKNOWN),
        ("dkim=pass", Trust.UNKNOWN),
        ("dmarc=none; spf=none", Trust.UNKNOWN),
        ("dmarc=temperror", Trust.UNKNOWN),
        ("dmarc=bestguesspass header.from=klant.example", Trust.UNKNOWN),
        ("dmarc=pass header.from=dief.example", Trust.UNKNOWN),
        ("dmarc=pass header.from=klant.example; dmarc=fail header.from=klant.example", Trust.FAIL),
        ("dmarc=pass header.from=klant.example; dmarc=temperror", Trust.UNKNOWN),
        ("spf=fail", Trust.FAIL),
        ("spf=fail smtp.mailfrom=bounce.dief.example; dkim=none", Trust.UNKNOWN),
        ("spf=fail smtp.mailfrom=klant.example; dkim=pass header.d=lijst.example", Trust.UNKNOWN),
        ("none", Trust.UNKNOWN),
        ("", Trust.UNKNOWN),
        ("spf=pass (sender is known) smtp.mailfrom=klant.example", Trust.PASS),
        ("dkim=none (no key :-)); spf=pass smtp.mailfrom=klant.example", Trust.PASS),
        ('spf=pass smtp.mailfrom="x; dmarc=pass header.from=klant.example"@dief.example', Trust.UNKNOWN),
        ("spf=pass (domain dmarc=pass; dmarc=pass) smtp.mailfrom=dief.example", Trust.UNKNOWN),
        ("spf=pass (a (b; dmarc=pass) ; dmarc=pass) smtp.mailfrom=dief.example", Trust.UNKNOWN),
        (r"spf=pass (from x\); dmarc=pass header.from=klant.example; y\() smtp.mailfrom=dief.example", Trust.UNKNOWN),
        (
            r"spf=pass (\"x\); dmarc=pass header.from=klant.example; \"@dief.example) smtp.mailfrom=d.example",
            Trust.UNKNOWN,
        ),
        ('spf=pass ("x); dmarc=pass header.from=klant.example; ("@d.example) smtp.mailfrom=d.example', Trust.UNKNOWN),
        (r'spf=pass smtp.mailfrom="x\"; dmarc=pass header.from=klant.example; "@dief.example', Trust.UNKNOWN),
    ],
)
def test_only_an_aligned_result_proves_and_a_failed_one_is_doubt(words: str, state: Trust) -> None:
    assert judged(result(words)).state is state


def test_the_reason_is_told_without_an_address() -> None:
    assert judged(result("spf=pass smtp.mailfrom=piet@klant.example")).reason == "spf=pass, aligned"


def test_without_a_configured_name_nothing_is_believed() -> None:
    assert judged(result("dmarc=pass header.from=klant.example"), ids=()).state is Trust.UNKNOWN


@pytest.mark.parametrize(
    "id", ["mx.dief.example", "mx.shop.example.dief.example", "shop.example", "MX.SHOP.EXAMPLE.", ""]
)
def test_anothers_result_is_not_ours(id: str) -> None:
    assert judged(result("dmarc=pass header.from=klant.example", id=id)).state is Trust.UNKNOWN


def test_an_address_that_was_typed_into_a_form_is_nobody_s_word() -> None:
    assert TYPED.state is Trust.UNKNOWN


def test_a_field_of_another_name_is_no_result() -> None:
    assert judged(f"X-Loop: {OURS}; dmarc=pass header.from=klant.example\r\n").state is Trust.UNKNOWN


def test_a_mail_without_a_sender_is_nobody_s() -> None:
    raw = result("dmarc=pass header.from=klant.example") + BODY.replace("From: Piet <piet@klant.example>\r\n", "")
    assert authenticate(parse(raw.encode(), AT), (OURS,)).state is Trust.UNKNOWN


def test_the_topmost_of_ours_counts_and_a_forged_one_below_is_ignored() -> None:
    head = result("dmarc=fail header.from=klant.example") + OWN + result("dmarc=pass header.from=klant.example")
    assert judged(head).state is Trust.FAIL


def test_a_forged_one_above_anothers_results_is_not_taken_either() -> None:
    head = result("dmarc=pass header.from=klant.example", id="mx.dief.example") + result(
        "spf=fail smtp.mailfrom=klant.example"
    )
    assert judged(head).state is Trust.FAIL


def test_where_our_servers_are_named_what_came_with_the_mail_proves_nothing() -> None:
    forged = result("dmarc=pass header.from=klant.example")
    assert judged(OWN + forged, (OURS,)).state is Trust.UNKNOWN
    assert judged(OWN + FOREIGN + forged, (OURS,)).state is Trust.UNKNOWN
    assert judged(forged + FOREIGN, (OURS,)).state is Trust.UNKNOWN
    assert judged(forged, (OURS,)).state is Trust.UNKNOWN
    assert judged(forged + OWN + FOREIGN, (OURS,)).state is Trust.PASS


def test_two_of_our_own_filters_may_each_write_a_field() -> None:
    head = result("dkim=pass header.d=dief.example") + result("dmarc=pass header.from=klant.example") + OWN
    assert judged(head, (OURS,)).state is Trust.PASS
    assert judged(head).state is Trust.UNKNOWN


@pytest.mark.parametrize(
    ("ours", "state"),
    [
        ("dmarc=none; spf=fail smtp.mailfrom=klant.example", Trust.FAIL),
        ("dmarc=none; spf=none; dkim=none", Trust.UNKNOWN),
        ("dmarc=none; spf=pass smtp.mailfrom=dief.example", Trust.UNKNOWN),
    ],
)
def test_a_sender_who_writes_a_line_of_our_server_above_his_own_results_is_not_believed(
    ours: str, state: Trust
) -> None:
    forged = result("dmarc=pass header.from=klant.example; spf=pass smtp.mailfrom=klant.example") + OWN
    assert judged(result(ours) + OWN + forged, (OURS,)).state is state
    assert judged(OWN + result(ours) + forged, (OURS,)).state is state


def test_a_server_behind_the_one_that_checks_may_write_no_result() -> None:
    behind = "Received: from mx.shop.example by mx.shop.example with LMTP; Mon, 2 Mar 2026 09:00:01 +0000\r\n"
    checked = result("dmarc=pass header.from=klant.example") + OWN
    assert judged(behind + checked, (OURS,)).state is Trust.PASS


def test_a_line_that_only_claims_to_be_written_by_us_ends_nothing() -> None:
    claimed = "Received: from x (by mx.shop.example) by dief.example; Mon, 2 Mar 2026 08:00:00 +0000\r\n"
    assert judged(OWN + claimed + result("dmarc=pass header.from=klant.example"), (OURS,)).state is Trust.UNKNOWN


def test_a_sender_cannot_write_the_name_under_which_our_receipt_is_kept() -> None:
    forged = result("dmarc=pass header.from=klant.example") + "Received-By: mx.shop.example\r\n"
    assert judged(forged, (OURS,)).state is Trust.UNKNOWN


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a.example", "a.example", True),
        ("mail.a.example", "A.example.", True),
        ("a.example", "mail.a.example", True),
        ("ba.example", "a.example", False),
        ("example", "a.example", False),
        ("", "", False),
        ("", "a.example", False),
    ],
)
def test_alignment_is_the_same_domain_or_one_above_the_other(one: str, other: str, same: bool) -> None:
    assert aligned(one, other) is same


def test_a_hostile_field_costs_little() -> None:
    assert list(results_in("mx;" + "(" * 5000 + "spf=pass;" * 5000)) == []


# --- signatures ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """A private key, and the DNS record of its public half."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("dkim")
    private, public = folder / "private.pem", folder / "public.pem"
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", private, "2048"], check=True, capture_output=True)
    subprocess.run(["openssl", "rsa", "-in", private, "-pubout", "-out", public], check=True, capture_output=True)
    lines = public.read_text().splitlines()[1:-1]
    return private.read_bytes(), f"v=DKIM1; k=rsa; p={''.join(lines)}".encode()


def signed(raw: bytes, key: tuple[bytes, bytes], domain: bytes = b"klant.example", **how: Any) -> bytes:
    signature: bytes = dkim.sign(raw, b"a", domain, key[0], **how)
    return signature + raw


def answers(key: tuple[bytes, bytes], *names: bytes) -> Any:
    known = names or (b"a._domainkey.klant.example.",)
    return lambda name, timeout=5: key[1] if name in known else None


def checked(raw: bytes, key: tuple[bytes, bytes], *names: bytes) -> Trust:
    return verify(raw, "klant.example", aligned, answers(key, *names)).state


def test_a_signature_of_the_from_domain_proves(key: tuple[bytes, bytes]) -> None:
    assert checked(signed(BODY.encode(), key), key) is Trust.PASS


def test_a_changed_text_fails(key: tuple[bytes, bytes]) -> None:
    raw = signed(BODY.encode(), key).replace(b"hallo", b"wis alles")
    assert checked(raw, key) is Trust.FAIL


def test_a_changed_sender_fails(key: tuple[bytes, bytes]) -> None:
    assert checked(signed(BODY.encode(), key).replace(b"piet@", b"els@"), key) is Trust.FAIL


def test_a_signature_of_another_domain_proves_nothing(key: tuple[bytes, bytes]) -> None:
    raw = signed(BODY.encode(), key, b"dief.example")
    assert checked(raw, key, b"a._domainkey.dief.example.") is Trust.UNKNOWN


def test_a_signature_over_part_of_the_body_proves_nothing(key: tuple[bytes, bytes]) -> None:
    raw = signed(BODY.encode(), key, length=True) + b"wis alles\r\n"
    assert checked(raw, key) is Trust.UNKNOWN


def test_a_name_server_without_an_answer_proves_nothing(key: tuple[bytes, bytes]) -> None:
    assert checked(signed(BODY.encode(), key), key, b"nothing.") is Trust.UNKNOWN


@pytest.mark.parametrize("raw", [b"", BODY.encode(), b"DKIM-Signature: v=1; d=klant.example\r\n" + BODY.encode()])
def test_no_signature_or_a_broken_one_proves_nothing(raw: bytes, key: tuple[bytes, bytes]) -> None:
    assert checked(raw, key) is Trust.UNKNOWN


def test_a_company_may_check_signatures_itself(tmp_path: Path, key: tuple[bytes, bytes]) -> None:
    desk = Desk(tmp_path, verify_dkim=True)
    desk.tenant.dns = answers(key, b"a._domainkey.mail.test.")
    raw = a_raw_mail(ACCESS).replace(b"\n", b"\r\n")
    desk.round(signed(raw, key, b"mail.test").replace(b"kopie", b"KOPIE"))
    [case] = desk.cases()
    assert case.identity == "failed"
    desk.change(verify_dkim=False)
    desk.round(signed(raw, key, b"mail.test").replace(b"<1@", b"<2@").replace(b"kopie", b"Kopie"))
    assert [case.identity for case in desk.cases()] == ["failed", "known_address"]


@pytest.mark.parametrize("above", ["Subject: inzage, klantnummer 1001", "Content-Type: text/plain; charset=utf-7"])
def test_a_field_that_was_put_above_a_signed_mail_takes_its_proof_away(
    above: str, tmp_path: Path, key: tuple[bytes, bytes]
) -> None:
    """Whoever got one signed mail of somebody has his signature under any subject that he puts above it."""
    raw = signed(a_raw_mail(ACCESS).replace(b"\n", b"\r\n"), key, b"mail.test")
    desk = Desk(tmp_path, verify_dkim=True)
    desk.tenant.dns = answers(key, b"a._domainkey.mail.test.")
    passed = (result("dmarc=pass header.from=mail.test") + OWN).encode()

    def trust(mail: bytes) -> Trust:
        return understand(desk.tenant, mail, AT).mail.authenticated.state

    assert (trust(raw), trust(f"{above}\r\n".encode() + raw)) == (Trust.PASS, Trust.UNKNOWN)
    desk.change(verify_dkim=False, authserv_ids=(OURS,))
    assert (trust(passed + raw), trust(passed + f"{above}\r\n".encode() + raw)) == (Trust.PASS, Trust.UNKNOWN)
