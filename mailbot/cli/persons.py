"""Who sits at the keyboard, and which companies he may see, where `config/staff.toml` says so.

The rule kept here: a person is who the operating system says he is. A name that he types or puts into the environment
counts only where there is no staff file. `sudo`'s word for who called it is believed by root and by the user who owns
the state, for only these two could read everything anyhow.
"""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from mailbot.app import Tenant
from mailbot.config import Installation, Person
from mailbot.errors import Refused, Usage

FILE = "staff.toml"


def at_the_keyboard(settings: Installation) -> Person | None:
    """The person, None where there is no staff file. Raises Refused for somebody whom it does not name."""
    if settings.staff is None:
        return None
    user = _login(settings.state)
    found = next((one for one in settings.staff if one.user == user), None)
    if found is None:
        raise Refused(f"{user} does not stand in {FILE}; ask whoever keeps {settings.directory / FILE}")
    return found


def _login(state: Path) -> str:
    uid, called_by = os.getuid(), os.environ.get("SUDO_USER", "")
    owner = state.stat().st_uid if state.exists() else 0
    if called_by and uid in (0, owner):
        return called_by
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def admitted(opened: list[Tenant], person: Person | None, named: str) -> list[Tenant]:
    """The companies that this person may see, in his hands. Raises Refused when he may see none of them."""
    if person is None:
        return opened
    seen = [one for one in opened if person.may("see", one.id)]
    if not seen:
        what = named or "any company"
        raise Refused(f"{person.user} may not see {what}; whoever keeps {FILE} can change that")
    for one in seen:
        one.person = person
    return seen


def name_of(person: Person, typed: str) -> str:
    """How the person stands in the history. Raises Usage when another name was typed."""
    if typed and typed not in (person.name, person.user):
        raise Usage(f"with a {FILE} you act as {person.user}; leave out --by and MAILBOT_ACTOR")
    return person.name
