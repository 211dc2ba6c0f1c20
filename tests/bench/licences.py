"""The licence of every locked package, from what it says of itself; run, it prints the list."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements.lock"
#: Free to use beside a program under the MIT licence, as a library that is not changed.
FREE = {
    *("MIT", "0BSD", "BSD", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib", "CC0-1.0", "Public Domain", "PSF-2.0"),
    *("Apache-2.0", "MPL-2.0", "LGPL-3.0-only"),
}
#: What the packages themselves say in other words.
_WORDS = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "BSD License": "BSD",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD-like": "BSD",
    "DFSG approved": "BSD",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
#: Packages that say nothing which a program can read; read in their source by a person.
READ = {"imapclient": "BSD-3-Clause"}


def locked() -> list[str]:
    """The names in the lock."""
    return re.findall(r"^([\w.-]+)==", LOCK.read_text("utf-8"), re.MULTILINE)


def licences(name: str) -> set[str]:
    """What one installed package says. Raises PackageNotFoundError where it is for another system."""
    told = metadata.metadata(name)
    said = told.get("License-Expression") or ""
    if not said:
        kinds = [line.split(" :: ")[-1] for line in told.get_all("Classifier", []) if line.startswith("License ::")]
        said = " AND ".join(kind for kind in kinds if kind != "OSI Approved") or (told.get("License") or "")[:40]
    found = (
        {_WORDS[said]}
        if said in _WORDS
        else set(re.split(r"\s+(?:AND|OR)\s+|, ", re.sub(r"\((?=[A-Z])|(?<!\d)\)", "", said)))
    )
    found = {_WORDS.get(word.strip(), word.strip()) for word in found}
    return {READ[name.lower()]} if found <= {""} and name.lower() in READ else found


if __name__ == "__main__":
    for name in locked():
        try:
            print(f"{name:36} {', '.join(sorted(licences(name)))}")
        except metadata.PackageNotFoundError:
            print(f"{name:36} not for this system")
