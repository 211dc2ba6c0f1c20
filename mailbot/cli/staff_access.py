"""Who sits at the keyboard, and which companies he may see, where `config/staff.toml` says so.

The rule kept here: a person is who the operating system says he is. A name that he types or puts into the environment
counts only where there is no staff file. `sudo`'s word for who called it is believed by root and by the user who owns
the state, for only these two could read everything anyhow. Whom `sudo` brought here brings no configuration of his own:
the folder and all above it can be written by those two only. With a staff file the keeper's commands are for them, and
for whom it names as keeper; as `sudo` is believed from these two only, nobody makes himself one.
"""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from mailbot.app import Tenant
from mailbot.config import Installation, StaffMember
from mailbot.errors import Refused, Usage

FILE = "staff.toml"


def current_staff_member(settings: Installation) -> StaffMember | None:
    """The person, None where there is no staff file. Raises Refused for somebody whom it does not name."""
    if settings.staff is None:
        return None
    user = _login(settings.state)
    found = next((one for one in settings.staff if one.user == user), None)
    if found is None:
        raise Refused(f"{user} does not stand in {FILE}; ask whoever keeps {settings.directory / FILE}")
    return found


def hold_to_folder(settings: Installation) -> None:
    """Raises Refused when sudo brought somebody here with a configuration that he may have written himself."""
    if not _called_by(settings.state) or not (settings.database or settings.state.exists()):
        return
    keepers = (0, _owner(settings.state))
    for folder in (settings.directory, *settings.directory.parents):
        found = folder.stat()
        if found.st_uid not in keepers or found.st_mode & 0o022:
            cure = "belong to root or to the owner of the state, and nobody else may write there (chmod go-w)"
            raise Refused(f"with sudo the folder of the configuration and all above it must {cure}: {folder}", "staff")


def hold_to_keeper(settings: Installation) -> None:
    """Raises Refused where there is a staff file and this is neither root, nor the owner of the state, nor a keeper."""
    if settings.staff is None or not settings.state.exists():
        return
    user, keepers = _login(settings.state), sorted({"root", _name(_owner(settings.state))})
    if user not in (*keepers, *(one.user for one in settings.staff if one.keep)):
        whose, cure = " and ".join(keepers), f"keep = true under his name in {FILE} changes that"
        raise Refused(f"this belongs to {whose}, not through sudo; {user} may not do it ({cure})", "staff")


def _owner(state: Path) -> int:
    return state.stat().st_uid if state.exists() else 0


def _called_by(state: Path) -> str:
    """Who called sudo, where its word is believed."""
    return os.environ.get("SUDO_USER", "") if os.getuid() in (0, _owner(state)) else ""


def _login(state: Path) -> str:
    return _called_by(state) or _name(os.getuid())


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def visible_tenants(opened: list[Tenant], member: StaffMember | None, named: str) -> list[Tenant]:
    """The companies that this person may see, in his hands. Raises Refused when he may see none of them."""
    if member is None:
        return opened
    seen = [one for one in opened if member.may("see", one.id)]
    if not seen:
        what = named or "any company"
        raise Refused(f"{member.user} may not see {what}; whoever keeps {FILE} can change that")
    for one in seen:
        one.staff_member = member
    return seen


def name_of(member: StaffMember, typed: str) -> str:
    """How the person stands in the history. Raises Usage when another name was typed."""
    if typed and typed not in (member.name, member.user):
        raise Usage(f"with a {FILE} you act as {member.user}; leave out --by and MAILBOT_ACTOR")
    return member.name
