"""The copy of a person's data as one zip: an overview to read, CSV and JSON to use, the files themselves.

The rules kept here: every value is escaped, nothing is fetched from elsewhere, and no name that somebody wrote is a
path. Names are plain ASCII, so that every system unpacks them. CSV cells that a spreadsheet would run as a formula get
a mark in front; JSON holds every value exactly.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pyzipper
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailbot import csv_format
from mailbot.casefiles import plain_name
from mailbot.checklist.elements import OVERVIEW
from mailbot.dates import dutch_date, dutch_moment
from mailbot.fulfil.access_explanation import AccessExplanation
from mailbot.fulfil.collect import Collected
from mailbot.letters.reader import words_for
from mailbot.letters.render import clean_lines
from mailbot.model import AttachedFile, Case, Policy
from mailbot.sender.proof import answer_address
from mailbot.sources import Records

DATA = "gegevens.json"
#: The folder of what comes from the company's own records.
TABLES = "csv/"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the package."""

    name: str
    content: bytes


def members_of(
    case: Case,
    collected: Collected,
    explanation: AccessExplanation | None,
    policy: Policy,
    replies: Path,
    now: datetime,
) -> tuple[Member, ...]:
    """Every file of the package, the overview first."""
    tables = list(_tables(collected.records))
    attached = list(_attached(collected))
    page = _page(case, collected, explanation, policy, replies, now, tables, attached)
    return (
        Member(OVERVIEW, page.encode()),
        Member(DATA, _json(case, collected, explanation, policy, now)),
        *(Member(name, _csv(records)) for name, records in tables if records.rows),
        *(Member(name, content) for name, _, content in attached),
        *_letters(collected, policy),
    )


def zipped(members: Iterable[Member], now: datetime, code: str = "") -> bytes:
    """The zip. With a code every file in it is encrypted (AES-256); the names of the files stay readable."""
    buffer = io.BytesIO()
    with _writer(buffer, code) as package:
        for member in members:
            entry = zipfile.ZipInfo(member.name, date_time=now.timetuple()[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            package.writestr(member.name if code else entry, member.content)
    return buffer.getvalue()


def _writer(buffer: io.BytesIO, code: str) -> Any:
    if not code:
        return zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED)
    package = pyzipper.AESZipFile(buffer, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES)
    package.setpassword(code.encode())
    return package


def _tables(found: tuple[Records, ...]) -> Iterator[tuple[str, Records]]:
    names: set[str] = set()
    for records in found:
        yield _free(names, f"{TABLES}{plain_name(records.source.name, 'gegevens').lower()}.csv"), records


def _attached(collected: Collected) -> Iterator[tuple[str, AttachedFile, bytes]]:
    """Path in the zip, what staff said of it, bytes."""
    names: set[str] = set()
    for file in collected.files:
        folder = plain_name(file.attached.category, "overig").replace(".", "-").lower()
        name = _free(names, f"bestanden/{folder}/{plain_name(file.attached.name)}")
        yield name, file.attached, file.content


def _free(taken: set[str], name: str) -> str:
    """The name, numbered when another file has it already, letters' case aside (Windows, macOS)."""
    stem, dot, ending = name.rpartition(".")
    number, free = 1, name
    while free.lower() in taken:
        number += 1
        free = f"{stem}-{number}{dot}{ending}"
    taken.add(free.lower())
    return free


def _csv(records: Records) -> bytes:
    """With a mark that spreadsheets know UTF-8 by."""
    return csv_format.as_csv(records.headings, records.rows).encode("utf-8-sig")


def _json(
    case: Case, collected: Collected, explanation: AccessExplanation | None, policy: Policy, now: datetime
) -> bytes:
    """All data, exactly, in one document."""
    document = {
        "kenmerk": case.ref,
        "bedrijf": policy.name,
        "gemaakt_op": now.astimezone(policy.zone).isoformat(timespec="seconds"),
        "gegevens": [
            {
                "bron": records.source.name,
                "categorie": records.source.category,
                "plaats": records.source.place,
                "rijen": [dict(zip(_keys(records.headings), row, strict=True)) for row in records.rows],
            }
            for records in collected.records
        ],
        "bestanden": [
            {"naam": name, "oorspronkelijk": file.name, "categorie": file.category, "bytes": len(content)}
            for name, file, content in _attached(collected)
        ],
        "correspondentie": [
            {
                "moment": one.at.astimezone(policy.zone).isoformat(timespec="seconds"),
                "van": policy.name if one.own else "u",
                "onderwerp": one.subject,
                "tekst": one.text,
            }
            for one in collected.written
        ],
        **({"toelichting": _explanation_doc(explanation)} if explanation else {}),
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _keys(headings: Iterable[str]) -> Iterator[str]:
    """The headings as names of their own: of two that are alike a query or an export would lose one's value."""
    seen: Counter[str] = Counter()
    for heading in headings:
        seen[heading] += 1
        yield heading if seen[heading] == 1 else f"{heading} ({seen[heading]})"


def _explanation_doc(explanation: AccessExplanation) -> dict[str, Any]:
    return {
        "doelen": list(explanation.purposes),
        "categorieen": list(explanation.categories),
        "ontvangers": [
            {"naam": location.name, "categorie": location.category, "gegevens": location.holds}
            for location in explanation.recipients
        ],
        "buiten_de_eu": [{"ontvanger": name, "waarborg": words} for name, words in explanation.outside_eu],
        "bewaartermijnen": list(explanation.retention),
        "herkomst": list(explanation.origins),
        "geautomatiseerde_besluiten": explanation.automated,
    }


def _letters(collected: Collected, policy: Policy) -> Iterator[Member]:
    """The correspondence as plain text, one file for each mail."""
    for number, one in enumerate(collected.written, 1):
        whose = "van-ons" if one.own else "van-u"
        head = f"{dutch_moment(one.at, policy.zone)}\n{one.subject}\n\n"
        yield Member(f"correspondentie/{number:02}-{whose}.txt", (head + clean_lines(one.text) + "\n").encode())


def _page(
    case: Case,
    collected: Collected,
    explanation: AccessExplanation | None,
    policy: Policy,
    replies: Path,
    now: datetime,
    tables: list[tuple[str, Records]],
    attached: list[tuple[str, AttachedFile, bytes]],
) -> str:
    """The overview: the company's own template if it has one, else ours. Values are escaped, all of them."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([replies / "tenants" / policy.tenant, replies]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("nl/package/overview.html").render(
        **_of_company(policy),
        **_of_case(case, collected, policy, now),
        **words_for(case, answer_address(case), policy),
        tables=[_table(name, records) for name, records in tables],
        attached=[
            {"file": name, "name": file.name, "category": file.category, "size": size_of(len(content))}
            for name, file, content in attached
        ],
        sheet=explanation,  # as templates know it
        data=DATA,
    )


def _of_company(policy: Policy) -> dict[str, Any]:
    return {
        "company": policy.name,
        "post_address": policy.post_address,
        "mailbox": policy.mailbox,
        "contact": policy.contact_name,
        "authority": policy.authority,
    }


def _of_case(case: Case, collected: Collected, policy: Policy, now: datetime) -> dict[str, Any]:
    return {
        "ref": case.ref,
        "made_on": dutch_date(policy.day_of(now)),
        "received_on": dutch_date(policy.day_of(case.received_at)),
        "emails": collected.person.emails,
        "customer_id": collected.person.customer_id,
        "written": [
            {"at": dutch_moment(one.at, policy.zone), "own": one.own, "subject": one.subject, "text": one.text}
            for one in collected.written
        ],
        "left_out": collected.left_out,
    }


def _table(name: str, records: Records) -> dict[str, Any]:
    source = records.source
    return {
        "file": name,
        "name": source.name,
        "category": source.category,
        "place": source.place,
        "headings": records.headings,
        "rows": records.rows,
    }


def size_of(size: int) -> str:
    """A number of bytes as people say it."""
    return f"{size / 1_000_000:.1f} MB".replace(".", ",") if size >= 1_000_000 else f"{max(1, size // 1000)} kB"
