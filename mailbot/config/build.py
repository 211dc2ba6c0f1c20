"""From checked TOML to the values of `model` and `accounts`. Nothing here can fail: the schema has seen every field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailbot.accounts import CustomerSource, ImapAccount, RecordSource, Secret, SmtpAccount, SuppressionHook
from mailbot.config import fields, schema, sections
from mailbot.config.files import Source
from mailbot.config.providers import oauth_app
from mailbot.config.secrets import FromCommand, FromEnvironment, FromFile, NoSecret
from mailbot.config.values import Agency, Company, Confirmation, StaffMember
from mailbot.model import (
    LADDER,
    Authority,
    Caps,
    Kind,
    LadderStep,
    Place,
    Policy,
    Processor,
    RetentionDuty,
    WorkingHours,
)

_IMAP_PORTS = {"tls": 993, "starttls": 143, "plain": 143}
_SMTP_PORTS = {"tls": 465, "starttls": 587, "plain": 25}


def authority(table: schema.AuthorityTable) -> Authority:
    """A supervisory authority as letters name it."""
    return Authority(table.name, table.short, table.complaint_url, table.post, table.phone, table.remark)


def company(tenant: str, table: schema.Tenant, by_whom: Authority, source: Source) -> Company:
    """The whole company; what it lacks is judged elsewhere (`missing`). Customers, records and programs that nobody
    confirmed are as if they were not named: at another place they were somebody else's."""
    waits = frozenset(table.to_confirm)
    return Company(
        policy=_policy(tenant, table, by_whom),
        imap=_imap(table.imap, source) if table.imap else None,
        smtp=_smtp(table.smtp, source, "smtp") if table.smtp else None,
        oauth=oauth_app(table.oauth, secret(table.oauth.client_secret, source.where("oauth.client_secret")))
        if table.oauth and "oauth" not in waits
        else None,
        alarm_smtp=_smtp(table.alarm.smtp, source, "alarm.smtp") if table.alarm.smtp and "alarm" not in waits else None,
        alarm_sender=table.alarm.sender,
        customers=_customers(table.customers, source) if table.customers and "customers" not in waits else None,
        suppression_hook=_hook(table.suppression) if table.suppression and "suppression" not in waits else None,
        sources=() if "sources" in waits else _sources(table, source),
        confirmed=tuple(Confirmation(promise, row.by, row.on) for promise, row in table.confirmed.items()),
        to_confirm=tuple(dict.fromkeys(table.to_confirm)),
    )


def staff_member(user: str, table: schema.StaffMemberTable) -> StaffMember:
    """A colleague and what he may do where."""
    rights = {name: frozenset(getattr(table, name)) for name in ("see", "triage", "decide", "send")}
    return StaffMember(user, table.name or user, **rights, keep=table.keep, email=table.email)


def agency(table: schema.AgencyTable, source: Source) -> Agency:
    """The office that runs the program for several companies."""
    return Agency(table.name, table.email, table.sender, table.zone, _smtp(table.smtp, source, "agency.smtp"))


def with_next_people(
    companies: Sequence[Company], staff: Sequence[StaffMember] | None, agency: Agency | None
) -> Iterator[Company]:
    """The same companies, each with the people who hear it when the deputy cannot be reached either.

    They are colleagues who may sort its mail, the second address of its alarms, the office that runs the program.
    """
    watched = {address for company in companies for address in company.policy.addresses}
    for company in companies:
        policy = company.policy
        colleagues = [one.email for one in staff or () if one.may("triage", company.id)]
        named = [*colleagues, policy.alarm_email, agency.email if agency else ""]
        taken = {"", policy.contact_email, policy.deputy_email, *watched}
        beyond = dict.fromkeys(email for email in named if email not in taken)
        yield replace(company, policy=replace(policy, beyond=tuple(beyond)))


def _policy(tenant: str, table: schema.Tenant, by_whom: Authority) -> Policy:
    zone = ZoneInfo(table.zone)
    return Policy(
        tenant=tenant,
        name=table.name,
        country=table.country,
        zone=zone,
        authority=by_whom,
        mailbox=table.mail.mailbox,
        addresses=_addresses(table.mail),
        contact_name=table.contact.name,
        contact_email=table.contact.email,
        contact_phone=table.contact.phone,
        post_address=table.post_address.strip(),
        deputy_name=table.deputy.name,
        deputy_email=table.deputy.email,
        promise_days=table.promise_days,
        promise_months=table.promise_months,
        mode=table.mode,
        automatic=frozenset(table.automatic),
        go_live=_moment(table.go_live, zone),
        leaving_is_erasure=table.leaving_is_erasure,
        only_person_lifts=table.only_person_lifts,
        minor_age=table.minor_age,
        professional_addresses=table.professional_addresses,
        certainty_auto=table.certainty_auto,
        ladder=_ladder(table.ladder),
        hours=WorkingHours(table.hours.start, table.hours.end),
        stops_by_program=table.suppression is not None,
        calendar=table.calendar,
        trust_staff_mail=table.trust_staff_mail,
        files_mail=table.imap is not None and table.imap.filing != "off",
        alarm_email=table.alarm.email,
        alarm_after=timedelta(minutes=table.alarm.after_minutes),
        canary=table.alarm.canary,
        acknowledge_after=timedelta(minutes=table.acknowledge_after_minutes),
        undo_minutes=table.undo_minutes,
        register_after=timedelta(days=table.register_after_days),
        caps=Caps(**table.caps.model_dump()),
        processors=tuple(Processor(**row.model_dump()) for row in table.processors),
        purposes=tuple(table.purposes),
        retention=tuple(table.retention),
        **_fulfilment(table),
        website=table.website,
        own_hosts=tuple(host.lower() for host in table.mail.own_hosts),
        authserv_ids=tuple(name.lower() for name in table.mail.authserv_ids),
        verify_dkim=table.mail.verify_dkim,
        defects=_defects(table),
    )


def _fulfilment(table: schema.Tenant) -> dict[str, Any]:
    """What the company wants when a request is carried out."""
    return {
        "origins": tuple(table.origins),
        "automated_decisions": table.automated_decisions,
        "package_code": table.package.code,
        "package_max_bytes": int(table.package.max_mb * 1_000_000),
        "package_split": table.package.too_large == "split",
        "places": tuple(Place(**row.model_dump()) for row in table.places),
        "keeping": tuple(RetentionDuty(**row.model_dump()) for row in table.keeping),
        "year_end": _month_and_day(table.year_end),
        "copies_before_stopping": table.copies_before_stopping,
        "portability_of_all": table.portability_of_all,
        "resists_authorities": table.resists_authorities,
        "duties": tuple((Kind(kind), line) for kind, rule in table.kinds.items() for line in rule.duties),
    }


def _month_and_day(text: str) -> tuple[int, int]:
    month, _, day = text.partition("-")
    return int(month), int(day)


def _addresses(mail: sections.MailNames) -> tuple[str, ...]:
    """The mailbox first, then the others, each once."""
    return tuple(dict.fromkeys(address for address in (mail.mailbox, *mail.addresses) if address))


def _moment(typed: datetime | None, zone: ZoneInfo) -> datetime | None:
    """In UTC; a moment without an offset is meant in the company's zone (A-05)."""
    if typed is None:
        return None
    return (typed if typed.tzinfo else typed.replace(tzinfo=zone)).astimezone(UTC)


def _ladder(rows: list[sections.StepRow] | None) -> tuple[LadderStep, ...]:
    return LADDER if rows is None else tuple(LadderStep(**row.model_dump()) for row in rows)


def _defects(table: schema.Tenant) -> tuple[str, ...]:
    """What the weekly summary shows: the contradictions that nobody has solved yet."""
    return tuple(
        f"{row.id}: {row.text} Het programma: {row.behaviour}" for row in table.contradictions if row.solved_on is None
    )


def _imap(table: sections.Imap, source: Source) -> ImapAccount:
    return ImapAccount(
        host=table.host,
        port=table.port or _IMAP_PORTS[table.security],
        security=table.security,
        username=table.username,
        password=secret(table.password, source.where("imap.password")),
        auth=table.auth,
        ca_file=_path(table.ca_file),
        folders=tuple(table.folders),
        sent=table.sent,
        drafts=table.drafts,
        put_drafts=table.put_drafts,
        file_sent=table.file_sent,
        trash=table.trash,
        filing=table.filing,
        timeout=table.timeout,
        max_bytes=table.max_bytes,
    )


def _smtp(table: sections.Smtp, source: Source, key: str) -> SmtpAccount:
    return SmtpAccount(
        host=table.host,
        port=table.port or _SMTP_PORTS[table.security],
        security=table.security,
        username=table.username,
        password=secret(table.password, source.where(f"{key}.password")),
        auth=table.auth,
        ca_file=_path(table.ca_file),
        timeout=table.timeout,
    )


def _customers(table: sections.Customers, source: Source) -> CustomerSource:
    columns = tuple((str(ours), theirs) for ours, theirs in table.columns.items())
    url = secret(table.url, source.where("customers.url"))
    path = Path(table.path) if table.path else None
    return CustomerSource(table.type, path, columns, table.delimiter, table.encoding, url, table.query, table.prefix)


def _hook(table: sections.SuppressionTable) -> SuppressionHook:
    return SuppressionHook(tuple(table.command), tuple(table.undo), table.seconds)


def _sources(table: schema.Tenant, source: Source) -> tuple[RecordSource, ...]:
    return tuple(
        RecordSource(
            **row.model_dump(exclude={"path", "url"}),
            path=_path(row.path),
            url=secret(row.url, source.where(f"sources[{number}].url")) if row.url else None,
        )
        for number, row in enumerate(table.sources)
    )


def secret(place: fields.SecretPlace | None, where: str) -> Secret:
    if place is None:
        return NoSecret()
    if place.env:
        return FromEnvironment(where, place.env)
    if place.file:
        return FromFile(where, Path(place.file))
    return FromCommand(where, tuple(place.command or ()))


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
