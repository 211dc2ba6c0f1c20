"""notify-policy-change: tell every known customer that the privacy policy changes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.app import Tenant, now
from mailbot.cli.options import REHEARSABLE, SETTING, ActorOption, ConfigOption, DryRunOption, JsonOption, TenantOption
from mailbot.cli.replies import FactsOption, SetOption, read_facts
from mailbot.cli.setting import actor, console, only_one, print_json, tenants
from mailbot.errors import Usage
from mailbot.outgoing import announcing


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    REHEARSABLE.add("notify-policy-change")
    app.command("notify-policy-change")(notify_policy_change)


def notify_policy_change(
    name: Annotated[str, typer.Option("--name", help="What this change is called, as 2026-12; the same name goes on.")],
    template: Annotated[str, typer.Option("--template", help="Which letter.")] = "policy_changed",
    given: SetOption = None,
    facts: FactsOption = None,
    release: Annotated[bool, typer.Option("--release", help="Let the letters go, little by little.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Let no more letters go.")] = False,
    dry_run: DryRunOption = False,
    by: ActorOption = "",
    config: ConfigOption = None,
    tenant: TenantOption = "",
    as_json: JsonOption = False,
) -> None:
    """Compose a notice for every known customer; it is held until --release. Facts: what, effect, starts_on, page."""
    SETTING.given(by, config, tenant, dry_run, as_json)
    _check(name, template, release, stop)
    with tenants(config, tenant, classifier=False) as opened:
        owner = only_one(opened)
        if stop:
            announcing.stop(owner, name)
        elif release:
            announcing.release(owner, name, actor(by), now())
        else:
            found = announcing.prepare(owner, name, template, read_facts(given, facts), actor(by), now())
            if SETTING.dry_run:
                _rehearsed(owner, found)
                return
        if SETTING.dry_run and not SETTING.as_json:
            console.print("(dry run) nothing is changed; as it stands:")
        _tell(owner, name, SETTING.as_json)


def _rehearsed(owner: Tenant, found: announcing.Announcement) -> None:
    """What would be written, and to how many; nothing of it is kept."""
    count = announcing.still_to_write(owner, found)
    if SETTING.as_json:
        print_json({"company": owner.id, "name": found.name, "dry_run": True, "letters": count, "text": found.text})
        return
    console.print(f"(dry run) {owner.id}, {found.name}: {count} letters would be written and held")
    console.print(f"Subject: {found.subject}\n\n{found.text}")


def _check(name: str, template: str, release: bool, stop: bool) -> None:
    if not name.replace("-", "").isalnum() or not name.isascii():
        raise Usage("--name: letters, digits and hyphens only")
    if not template.startswith("policy_changed") or Path(template).name != template:
        raise Usage("--template: a letter whose name begins with policy_changed")
    if release and stop:
        raise Usage("say either --release or --stop")


def _tell(owner: Tenant, name: str, as_json: bool) -> None:
    with owner.store.unit() as unit:
        found, counts = announcing.announcement(unit, name), announcing.letters_by_state(unit, name)
        sample = next(iter(unit.announced(name, limit=1)), None)
    if found is None:
        return
    if as_json:
        print_json({"company": owner.id, "name": name, "released_by": found.released_by, "letters": counts})
        return
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "no customers"
    console.print(f"{owner.id}, {name}: {told}")
    if counts.get("held") and found.released_by:
        told = f"released by {found.released_by}: {owner.policy.caps.notices_per_hour} an hour leave with the worker"
        console.print(told)
    if sample and not found.released_by:
        console.print(f"read one: mailbot outbox read {sample.token}")
        console.print(
            f"let them go, {owner.policy.caps.notices_per_hour} an hour: "
            f"mailbot notify-policy-change --tenant {owner.id} --name {name} --release",
        )
