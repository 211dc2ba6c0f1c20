"""Where the templates are: those of the program, read once when it starts, and a company's own, read when they change.

The rule kept here: a running program writes with the templates that belong to its code, whatever a newer version lays
in their place meanwhile; a company that rewords a letter sees that in its next one.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path

from jinja2 import BaseLoader, Environment, FileSystemLoader, TemplateNotFound

from mailbot import regular_files
from mailbot.errors import ConfigError, Problem

#: Where companies keep what they word themselves.
OWN = "tenants/"
_WRITTEN = frozenset({".md", ".html", ".txt", ".toml"})


class TemplateLoader(BaseLoader):
    """The templates of an installation, by their path under its replies folder."""

    def __init__(self, replies: Path) -> None:
        self.replies = replies
        self._own = FileSystemLoader(replies)
        self._installed = {path.relative_to(replies).as_posix(): _read(path, replies) for path in _installed(replies)}

    def is_installed(self, path: str) -> bool:
        """Whether this is a template of the program, which stays as it is while that runs."""
        return path in self._installed

    def has(self, path: str) -> bool:
        """Whether there is such a template."""
        return path in self._installed or (path.startswith(OWN) and os.path.isfile(os.path.join(self.replies, path)))

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool] | None]:
        """What Jinja asks for: the template's text, its file, and whether that text still holds."""
        if template.startswith(OWN):
            return self._own.get_source(environment, template)
        if template not in self._installed:
            raise TemplateNotFound(template)
        return self._installed[template].decode("utf-8"), str(self.replies / template), lambda: True

    def digest(self, path: str) -> str:
        """Names the wording that this template has now."""
        if not path.startswith(OWN):
            return _digest(self._installed[path])
        file = os.path.join(self.replies, path)
        return _digest_of(file, os.stat(file).st_mtime_ns)

    @cached_property
    def wording(self) -> str:
        """Names what all of the program's templates say together, as `digest` names one."""
        return _digest(b"".join(b"%b\0%b\0" % (path.encode(), said) for path, said in sorted(self._installed.items())))

    def phrases(self) -> dict[str, Mapping[str, Mapping[str, str]]]:
        """Per language the words that letters are filled with. Raises ConfigError when a file cannot be read."""
        files = (path for path in self._installed if path.count("/") == 1 and path.endswith("/phrases.toml"))
        return {path.partition("/")[0]: _toml(path, self._installed[path]) for path in sorted(files)}


def _installed(replies: Path) -> Iterator[Path]:
    for depth in ("*", "*/*", "*/*/*"):
        for path in replies.glob(depth):
            if path.suffix in _WRITTEN and f"{path.relative_to(replies).parts[0]}/" != OWN and path.is_file():
                yield path


def _read(path: Path, replies: Path) -> bytes:
    try:
        return regular_files.read(path)
    except OSError as error:
        raise ConfigError([Problem(f"replies/{path.relative_to(replies).as_posix()}", str(error.strerror))]) from error


@lru_cache(maxsize=20)
def _toml(path: str, content: bytes) -> Mapping[str, Mapping[str, str]]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError([Problem(f"replies/{path}", str(error))]) from error


@lru_cache(maxsize=500)
def _digest_of(file: str, changed: int) -> str:
    return _digest(regular_files.read(Path(file)))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
