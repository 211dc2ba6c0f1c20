"""export-examples: what people corrected, as labelled mails in the form of tests/corpus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from mailbot.app import Tenant
from mailbot.classify.masking import masked
from mailbot.cli.options import ConfigOption, JsonOption, TenantOption
from mailbot.cli.setting import print_json, print_line, recorded, tenants
from mailbot.model import Case


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("export-examples")(export_examples)


def export_examples(
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Without names, numbers and addresses.")] = False,
    config: ConfigOption = None,
    tenant: TenantOption = "",
    as_json: JsonOption = False,
) -> None:
    """Print the mails whose kinds a person corrected, one JSON object a line, to train the sorter on."""
    with tenants(config, tenant, classifier=False) as opened:
        found = _corrected(opened, anonymous)
        if as_json:
            print_json(list(found))
            return
        for line in found:
            print_line(line)


def _corrected(opened: list[Tenant], anonymous: bool) -> Iterator[dict[str, Any]]:
    for _, unit in recorded(opened):
        corrected = [case for case in unit.all_cases() if _is_corrected(case)]
        for number, case in enumerate(corrected, 1):
            yield from _examples(case, f"{case.tenant}-{number}" if anonymous else case.ref, anonymous)


def _is_corrected(case: Case) -> bool:
    return any(remark.startswith("kinds corrected") for remark in case.remarks)


def _examples(case: Case, name: str, anonymous: bool) -> Iterator[dict[str, Any]]:
    """The first mail of a case: it is what was corrected."""
    for mail in case.mails[:1]:
        names = tuple(part for part in (case.requester.name if case.requester else "").split() if len(part) > 1)
        yield {
            "id": name,
            "kinds": [str(kind) for kind in case.kinds],
            "tags": [],
            "lang": case.language,
            "tenant": case.tenant,
            "subject": masked(mail.subject, names) if anonymous else mail.subject,
            "body": masked(mail.text, names) if anonymous else mail.text,
            "voice": name,
            "source": "corrected",
        }
