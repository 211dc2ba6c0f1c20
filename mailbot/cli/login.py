"""login: a person gives the program access to the mailbox, once, where the provider wants consent."""

from __future__ import annotations

import typer

from mailbot.cli.options import ConfigOption, TenantOption
from mailbot.cli.setting import console, tenants
from mailbot.errors import Usage


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(login)


def login(config: ConfigOption = None, tenant: TenantOption = "") -> None:
    """Give consent to read and send (Microsoft 365, Gmail). Asks nothing of companies that use a password."""
    if not tenant:
        raise Usage("say for which company: mailbot login --tenant ID")
    with tenants(config, tenant, classifier=False, keeper=True) as [one]:
        if (tokens := one.tokens) is None:
            raise Usage(f"{one.id} has no [oauth] table in tenants/{one.id}.toml")
        asked = tokens.request_consent()
        console.print(f"Open this address, and log in as who may use the mailbox:\n{asked.url}")
        if asked.code:
            console.print(f"and type this code: {asked.code}", style="bold")
            tokens.wait_for_consent(asked)
        else:
            console.print("The browser ends at a page that does not open. Copy its address from the browser.")
            tokens.redeem(asked, typer.prompt("address"))
        console.print(f"{one.id}: the program has access; see whether it works: mailbot check --live")
