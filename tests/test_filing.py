"""What became of a mail shows in the mailbox where asked for, and a colleague's drag is a correction."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from company import (
    ACCESS,
    BOX,
    ERASURE,
    ORDER,
    START,
    Clock,
    a_company,
    a_raw_mail,
    cases,
    opened,
    work,
)
from mailbot import events, worker
from mailbot.acts import acting
from mailbot.app import Tenant
from mailbot.cli.checks import check_history
from mailbot.demo.servers import MailServers
from mailbot.model import Kind, Outcome, Status
from rig.dovecot import Dovecot

pytestmark = pytest.mark.real


def company(dovecot: Dovecot, smtp: MailServers, folder: Path, **account: Any) -> Any:
    return opened(a_company(dovecot.account(**account), smtp.smtp_account(BOX), folder, files_mail=True), folder)


@pytest.fixture
def tenant(dovecot: Dovecot, smtp: MailServers, tmp_path: Path) -> Iterator[Tenant]:
    """A company whose mails are moved into Privacy/<kind>."""
    with company(dovecot, smtp, tmp_path, filing="move") as ready:
        yield ready


def drag(dovecot: Dovecot, source: str, target: str) -> None:
    with dovecot.client() as client:
        client.create(target)
        client.select(source)
        told = client.uid("MOVE", "1:*", target)
        assert told[0] == "OK", told


def test_a_request_is_moved_to_the_folder_of_its_kind_and_other_mail_stays(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(ACCESS, number=1), internal_date=START)
    dovecot.put(a_raw_mail(ORDER, number=2), internal_date=START, flags="\\Deleted")
    work(tenant, clock, 3)
    assert (len(dovecot.flags("INBOX")), len(dovecot.flags("Privacy/access"))) == (1, 1)
    assert "\\Deleted" in dovecot.flags("INBOX")[0], "nothing may expunge what a colleague marked"
    [case] = cases(tenant)
    assert [place.folder for place in case.mails[0].found_in] == ["Privacy/access"]
    assert case.kinds == (Kind.ACCESS,)
    assert list(check_history(tenant)) == []


def test_dragging_a_mail_to_another_kind_corrects_the_case(tenant: Tenant, dovecot: Dovecot, clock: Clock) -> None:
    dovecot.put(a_raw_mail(ACCESS), internal_date=START)
    work(tenant, clock, 2)
    drag(dovecot, "Privacy/access", "Privacy/erasure")
    work(tenant, clock, 3)
    [case] = cases(tenant)
    assert (case.kinds, case.status) == ((Kind.ERASURE,), Status.OPEN)
    assert "kinds corrected: moved in the mailbox" in case.remarks
    assert len(dovecot.flags("Privacy/erasure")) == 1


def test_a_folder_that_a_colleague_removed_with_its_mail_stops_no_filing(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(ACCESS), internal_date=START)
    work(tenant, clock, 2)
    with dovecot.client() as client:
        client.delete("Privacy/access")
    acting.act(tenant, cases(tenant)[0].ref, events.Corrected("john", (Kind.PORTABILITY,)), clock())
    dovecot.put(a_raw_mail(ERASURE, number=2), internal_date=START)
    work(tenant, clock, 2)
    assert len(dovecot.flags("Privacy/erasure")) == 1


def test_dragging_a_mail_back_to_the_inbox_means_no_request(tenant: Tenant, dovecot: Dovecot, clock: Clock) -> None:
    dovecot.put(a_raw_mail(ACCESS), internal_date=START)
    work(tenant, clock, 2)
    drag(dovecot, "Privacy/access", "INBOX")
    work(tenant, clock, 3)
    [case] = cases(tenant)
    assert (case.status, case.items[0].outcome) == (Status.CLOSED, Outcome.NO_REQUEST)
    assert len(dovecot.flags("INBOX")) == 1, "it is not filed once more"


def test_a_server_that_shows_a_filed_mail_in_the_inbox_again_is_no_colleague(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(ACCESS), internal_date=START)
    work(tenant, clock, 2)
    dovecot.put(a_raw_mail(ACCESS), internal_date=START)  # as a mailbox does that was put back from a copy
    dovecot.renumber()
    work(tenant, clock, 2)
    [case] = cases(tenant)
    assert (case.kinds, case.status) == ((Kind.ACCESS,), Status.OPEN)
    assert dovecot.flags("INBOX") == [], "it goes where it lay"


def test_a_correction_on_the_command_line_moves_the_mail_and_is_not_taken_for_a_drag(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(ACCESS), internal_date=START)
    worker.once(tenant, clock)  # moved, but not yet found in its new place
    [case] = cases(tenant)
    acting.act(tenant, case.ref, events.Corrected("john", (Kind.ERASURE,)), clock())
    work(tenant, clock, 4)
    [case] = cases(tenant)
    assert case.kinds == (Kind.ERASURE,)
    assert (len(dovecot.flags("Privacy/access")), len(dovecot.flags("Privacy/erasure"))) == (0, 1)


def test_a_mail_with_two_rights_keeps_the_other_when_the_first_is_corrected(
    tenant: Tenant, dovecot: Dovecot, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(f"{ACCESS} {ERASURE}"), internal_date=START)
    work(tenant, clock, 2)
    drag(dovecot, "Privacy/access", "Privacy/portability")
    work(tenant, clock, 2)
    assert cases(tenant)[0].kinds == (Kind.PORTABILITY, Kind.ERASURE)


def test_what_a_colleague_puts_away_elsewhere_is_his(tenant: Tenant, dovecot: Dovecot, clock: Clock) -> None:
    dovecot.put(a_raw_mail(ACCESS), internal_date=START)
    work(tenant, clock, 2)
    drag(dovecot, "Privacy/access", "Afgehandeld")
    work(tenant, clock, 2)
    [case] = cases(tenant)
    assert (case.kinds, case.is_open) == ((Kind.ACCESS,), True)
    assert len(dovecot.flags("Afgehandeld")) == 1


def test_a_stop_between_the_commit_and_the_move_is_made_good(
    tenant: Tenant, dovecot: Dovecot, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailbot.mailbox import MailboxWriter

    dovecot.put(a_raw_mail(ACCESS), internal_date=START)
    with monkeypatch.context() as broken:
        broken.setattr(MailboxWriter, "move", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            worker.once(tenant, clock)
    work(tenant, clock, 2)
    assert len(dovecot.flags("Privacy/access")) == 1


def test_with_keywords_the_mail_stays_where_it_is_and_carries_its_kind(
    dovecot: Dovecot, smtp: MailServers, tmp_path: Path, clock: Clock
) -> None:
    dovecot.put(a_raw_mail(ACCESS), internal_date=START, flags="Opgepakt")
    with company(dovecot, smtp, tmp_path, filing="keyword") as tenant:
        work(tenant, clock, 2)
        assert "Privacy-access" in dovecot.flags("INBOX")[0]
        acting.act(tenant, cases(tenant)[0].ref, events.Corrected("john", (Kind.ERASURE,)), clock())
        work(tenant, clock, 2)
    [told] = dovecot.flags("INBOX")
    assert "Privacy-erasure" in told
    assert "Privacy-access" not in told
    assert "Opgepakt" in told
    assert "\\Seen" not in told
