"""What every command does: find the configuration, open the companies that are meant, print results."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import orjson
from rich.console import Console, RenderableType
from rich.padding import Padding

import mailbot
from mailbot import contacts
from mailbot.app import Tenant, close_all, open_tenants
from mailbot.classify import Classifier, load_classifier
from mailbot.cli import logs
from mailbot.cli.options import SETTING
from mailbot.cli.staff_access import current_staff_member, hold_to_folder, hold_to_keeper, name_of, visible_tenants
from mailbot.config import Installation, load
from mailbot.errors import ConfigError, Problem, TryLater, Usage
from mailbot.memory.dry_run import DryRunStore
from mailbot.model import Case, Policy
from mailbot.store import TinyStore, Unit

if TYPE_CHECKING:
    from mailbot.letters import Letters

#: So many companies may be open all at once.
FEW = 10

#: A token with `:package:` in it is no picture, and a word in brackets no style.
console = Console(highlight=False, soft_wrap=True, emoji=False, markup=False)
#: For what is said beside the result, so that the result can be piped.
aside = Console(highlight=False, soft_wrap=True, stderr=True, emoji=False, markup=False)


def own_configuration() -> Path:
    """The configuration that the program is shipped with."""
    return Path(mailbot.__file__).parent.parent / "config"


def configuration(config: Path | None) -> Path:
    """The configuration folder that applies. Raises ConfigError when there is none."""
    if config is None:
        own = own_configuration()
        config = Path("config") if Path("config").is_dir() or not own.is_dir() else own
    if not config.is_dir():
        raise ConfigError([Problem(str(config), "this folder does not exist; name another one with --config DIR")])
    return config


def installation(config: Path | None, may_be_empty: bool = False) -> Installation:
    """The configuration, read; a company whose own file is faulty is in it as unusable.

    Raises ConfigError with every other fault in it, Refused for another's behind sudo.
    """
    settings = load(configuration(config), contained=True, may_be_empty=may_be_empty)
    hold_to_folder(settings)
    return settings


def kept(config: Path | None, may_be_empty: bool = False) -> Installation:
    """The configuration, in the hands of whoever keeps the machine. Raises Refused for others."""
    settings = installation(config, may_be_empty)
    hold_to_keeper(settings)
    return settings


def replies_of(settings: Installation) -> Path:
    """The folder of the letters: beside the configuration, else the program's own."""
    beside = settings.directory.resolve().parent / "replies"
    return beside if beside.is_dir() else Path(mailbot.__file__).parent.parent / "replies"


@contextmanager
def tenants(config: Path | None, tenant: str, classifier: bool = True, keeper: bool = False) -> Iterator[list[Tenant]]:
    """The companies that a command works on, closed at the end: those that the person may see.

    `keeper`: the command belongs to whoever keeps the machine, of whom the staff file says nothing. A company whose
    file is faulty is named and left out, and the exit code says so at the end; for the keeper it has only its name.
    """
    settings = kept(config) if keeper else installation(config)
    SETTING.staff_member = None if keeper else current_staff_member(settings)
    logs.to_stderr(settings.log, SETTING.verbose)
    SETTING.left_out = {} if tenant else _faulty(settings)
    for problem in settings.faults if keeper and not tenant else ():
        aside.print(str(problem))
    sorter = load_classifier if classifier else Classifier.empty
    opened = open_tenants(settings, _letters(replies_of(settings), classifier), sorter, tenant)
    try:
        known = opened if keeper else [one for one in opened if one.company.usable]
        seen = visible_tenants(known, SETTING.staff_member, tenant)
        yield [_rehearsing(one) for one in seen] if SETTING.dry_run else seen
    finally:
        close_all(opened)


def _letters(replies: Path, at_once: bool) -> Letters:
    """The letters: read at once where work begins that goes on, else when one is asked for."""
    later = _Later(replies)
    return later.read if at_once else cast("Letters", later)


class _Later:
    """Letters that most commands that only look never ask for: to read them brings along all that fills them."""

    def __init__(self, replies: Path) -> None:
        self._folder = replies

    @cached_property
    def read(self) -> Letters:
        from mailbot.letters import Letters

        return Letters(self._folder)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.read, name)


def _faulty(settings: Installation) -> dict[str, int]:
    """The companies whose file is faulty, each named on the error stream, as far as the person may see them."""
    member = SETTING.staff_member
    faulty = [company.id for company in settings.companies if not company.usable]
    found = [one for one in faulty if member is None or member.may("see", one)]
    for one in found:
        cure = f"`mailbot check --tenant {one}` says what to mend"
        aside.print(f"{one}: left out, its file is faulty; {cure}")
    return dict.fromkeys(found, ConfigError.exit_code)


def _rehearsing(tenant: Tenant) -> Tenant:
    """The company with a memory that keeps nothing."""
    tenant.__dict__["store"] = DryRunStore(tenant.store) if tenant.has_memory else TinyStore(None)
    return tenant


def only_one(opened: list[Tenant]) -> Tenant:
    """The company that is meant. Raises Usage where there are several."""
    if len(opened) != 1:
        raise Usage("say for which company: --tenant ID")
    return opened[0]


def recorded(opened: list[Tenant]) -> Iterator[tuple[Tenant, Unit]]:
    """The companies that have a memory, each with a unit of work. Looking makes no store where there is none."""
    for tenant in openable(opened):
        if tenant.has_memory:
            with tenant.store.unit() as unit:
                yield tenant, unit


def openable(opened: list[Tenant]) -> Iterator[Tenant]:
    """The companies, but for those of several whose memory cannot be opened: these are named and left out."""
    for tenant in opened:
        try:
            if tenant.has_memory:
                with tenant.store.unit():
                    pass
        except TryLater as error:
            if len(opened) == 1 or tenant.database:  # what is common to all is told once
                raise
            aside.print(f"{tenant.id}: left out: {error}")
            SETTING.left_out[tenant.id] = error.exit_code
        else:
            yield tenant
            let_go(tenant, opened)


def let_go(tenant: Tenant, opened: Sequence[Tenant]) -> None:
    """Of many companies, close one that was looked at, so that hundreds of memories are not open at once. It opens
    again where it is needed; a rehearsal keeps what it has."""
    if len(opened) > FEW and not tenant.database and not SETTING.dry_run:
        tenant.close()


def find_case(opened: list[Tenant], ref: str) -> tuple[Tenant, Case]:
    """The case with this reference. Raises Usage when none or several companies have it."""
    found = [(tenant, case) for tenant, unit in recorded(opened) if (case := unit.case(ref))]
    if not found:
        raise Usage(f"there is no case {ref}; `mailbot cases` lists them")
    if len(found) > 1:
        names = ", ".join(tenant.id for tenant, _ in found)
        raise Usage(f"{ref} exists at {names}; add --tenant ID")
    if SETTING.left_out:
        names = ", ".join(SETTING.left_out)
        raise Usage(f"{names} may have {ref} too; add --tenant {found[0][0].id} if you mean that one")
    return found[0]


def actor(given: str, policy: Policy | None = None) -> str:
    """Who acts: the given name, else the login name. Raises Usage where the machine knows no name."""
    if SETTING.staff_member:
        return name_of(SETTING.staff_member, given)
    try:
        return given or getpass.getuser()
    except (KeyError, OSError):
        typed = contacts.to_type(contacts.names(policy) if policy else ())
        raise Usage(f"say who decides: {typed}, or MAILBOT_ACTOR in the environment") from None


def print_wrapped(what: RenderableType, indent: int = 0) -> None:
    """A table, a page or a paragraph, broken to the width of the terminal; other lines stay whole, to be copied."""
    console.print(Padding(what, (0, 0, 0, indent)) if indent else what, soft_wrap=False)


def print_steps(steps: Iterable[str]) -> None:
    """What to do now, in the order in which it works."""
    for number, step in enumerate(steps, 1):
        aside.print(f"{number}. {step}")


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode() + "\n")


def print_line(value: Any) -> None:
    """One JSON object on a line of its own. Half a character and a number of any length go out as they came in."""
    try:
        line = orjson.dumps(value, default=str).decode()
    except orjson.JSONEncodeError:
        line = json.dumps(value, default=str)
    sys.stdout.write(line + "\n")
