"""Which memory of a company is opened: the file in its folder, or its rows in the common database.

The rule kept here: no memory begins beside one that has the company's cases, and none is opened that was moved away.
All mail would be read, and answered, once more.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.accounts import Secret
from mailbot.errors import ConfigError, Problem
from mailbot.memory.moving import moved_to
from mailbot.store import MEMORY_FILE, Store, TinyStore

if TYPE_CHECKING:
    from mailbot.store.postgres import Database

#: For who only looks into a database and has no company there (seconds).
_LEASE = 30.0


def database_at(address: Secret, lease: float) -> Database:
    """The common database of all companies. Raises ConfigError when its driver, an extra, is not there."""
    try:
        from mailbot.store.postgres import Database
    except ImportError:
        cure = 'needs PostgreSQL\'s driver: pip install "mailbot[postgres]"'
        raise ConfigError([Problem("mailbot.toml: store.type", cure)]) from None
    return Database(address, lease)


def exists(tenant: str, folder: Path, database: Database | None) -> bool:
    """Whether anything was ever recorded of a company. Asking makes no file."""
    return (folder / MEMORY_FILE).exists() or (database is not None and database.exists(tenant))


def open_store(tenant: str, folder: Path, database: Database | None, other: Secret | None) -> Store:
    """The company's memory: in `database`, or without one in its folder. `other` is a database that is named and not in
    use. Raises ConfigError where the memory lies elsewhere."""
    if database and not database.exists(tenant):
        _require_no_file(tenant, folder)
    if other and not database:
        _require_no_rows(tenant, folder, other)
    store: Store = database.store(tenant) if database else TinyStore(folder)
    if kind := moved_to(store):
        store.close()
        raise _elsewhere("type", f'is not where the memory of {tenant} is: it was moved, so type = "{kind}"')
    return store


def _require_no_file(tenant: str, folder: Path) -> None:
    """Where the database does not know the company, its file does not know it either, or says where its memory went."""
    if not _has_file(folder):
        return
    with closing(TinyStore(folder)) as file:
        moved = moved_to(file)
    cure = f'its memory lies in {folder}: `mailbot migrate-store --to postgresql`, or type = "tinydb"'
    if moved:
        cure = "its memory was moved to one: is it this one?"
    raise _elsewhere("url", f"names a database that knows nothing of {tenant}; {cure}")


def _require_no_rows(tenant: str, folder: Path, address: Secret) -> None:
    """The other way round, for a database that is not in use."""
    if _has_file(folder):
        return  # it says itself where its memory went
    with closing(database_at(address, _LEASE)) as database:
        if not database.exists(tenant) or moved_to(database.store(tenant)):
            return
    cure = '`mailbot migrate-store --to tinydb`, or type = "postgresql"'
    where = f"names files that know nothing of {tenant}, and its memory lies in the database of store.url"
    raise _elsewhere("type", f"{where}: {cure}")


def _has_file(folder: Path) -> bool:
    """Whether the company's file says anything. Asking makes none."""
    if not (folder / MEMORY_FILE).exists():
        return False
    with closing(TinyStore(folder)) as file, file.unit() as unit:
        return next(unit.tables.everything(), None) is not None


def _elsewhere(setting: str, cure: str) -> ConfigError:
    return ConfigError([Problem(f"mailbot.toml: store.{setting}", cure)])
