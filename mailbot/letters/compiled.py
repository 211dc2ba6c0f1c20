"""Templates as Jinja compiled them, once for all letters of this program: for every company and every installation.

The rule kept here: what was compiled is found by the template's path and its whole text, so that a text that changed
is compiled anew, and by the manner in which an environment fills it and the parts that it joins in, for these are part
of what is compiled.
"""

from __future__ import annotations

from types import CodeType

from jinja2.bccache import Bucket, BytecodeCache

#: More than the templates of an installation, in every manner. A company that rewords a letter each day for years does
#: not fill the memory with what it wrote before.
_MOST = 2000
_kept: dict[tuple[str, str, str], CodeType] = {}


class Compiled(BytecodeCache):
    """What Jinja asks before it compiles a template; nothing is written to a file."""

    def __init__(self, manner: str) -> None:
        self.manner = manner

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The template's path under the replies folder, wherever that folder is."""
        return name

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand over what was compiled of this text, if anything was."""
        bucket.code = _kept.get((self.manner, bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        if len(_kept) >= _MOST:
            _kept.clear()
        if bucket.code:
            _kept[self.manner, bucket.key, bucket.checksum] = bucket.code
