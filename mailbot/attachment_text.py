"""The words inside a file that goes along with a letter, so that the airlock can read them.

The rule kept here: what cannot be read whole is named, never passed over. Sizes are bounded before anything is opened.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator

from mailbot.airlock import Finding, Text

MAX_FILES, MAX_BYTES = 2_000, 200 * 2**20
#: What a damaged or locked zip raises, by the part that is damaged. RuntimeError: it needs a code.
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, ValueError, RuntimeError, EOFError, OSError)
_READABLE = ("text/", "application/json", "application/xml", "message/")
_NAMES = (".txt", ".csv", ".json", ".html", ".htm", ".xml", ".md", ".eml", ".ics", ".css", ".svg")
_ZIP = ("application/zip", "application/x-zip-compressed")


def texts_of(name: str, type: str, content: bytes, inside: bool = False) -> Iterator[Text | Finding]:
    """The texts of one file; of a zip, those of each file in it. `name` and `type` as the letter gives them."""
    zipped = type.partition(";")[0].strip().lower() in _ZIP or name.lower().endswith(".zip")
    if zipped and not inside:
        yield from _zipped(name, content)
    elif not zipped and (type.lower().startswith(_READABLE) or name.lower().endswith(_NAMES)):
        yield Text(name, content.decode("utf-8", "replace"))
        yield Text(name, name)
    else:
        yield Finding("unreadable", name)


def _zipped(name: str, content: bytes) -> Iterator[Text | Finding]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = [member for member in package.infolist() if not member.filename.endswith("/")]
            if len(members) > MAX_FILES or sum(member.file_size for member in members) > MAX_BYTES:
                yield Finding("unreadable", name)
                return
            for member in members:
                yield from texts_of(member.filename, "", package.read(member), inside=True)
    except UNREADABLE:
        yield Finding("unreadable", name)
