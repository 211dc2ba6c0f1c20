"""Which folder is which: by its special use (RFC 6154), else by the names that mail programs give it.

The rule kept here: the server's own word comes first, and a name counts only where no folder has the role; of names the
one that lies highest, since what lies in a folder of another purpose (Archief/Sent) is that folder's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

SENT, DRAFTS, JUNK = "\\Sent", "\\Drafts", "\\Junk"

#: Last parts of folder names, in the languages of our companies, most usual first.
_NAMES = {
    SENT: (
        *("sent", "sent items", "sent mail", "sent messages", "verzonden", "verzonden items", "verzonden berichten"),
        *("verstuurd", "envoyés", "éléments envoyés", "messages envoyés", "gesendet", "gesendete elemente"),
    ),
    DRAFTS: ("drafts", "concepten", "brouillons", "entwürfe"),
    JUNK: (
        *(
            "junk",
            "spam",
            "junk email",
            "junk e-mail",
            "junk mail",
            "ongewenste e-mail",
            "ongewenst",
            "ongewenste mail",
        ),
        *("ongewenste reclame", "courrier indésirable", "indésirables", "pourriel", "junk-e-mail", "unerwünscht"),
    ),
}

#: What only has folders below it, or is gone (RFC 3501, 7.2.2; RFC 5258, 3).
_NO_FOLDER = frozenset({"\\noselect", "\\nonexistent"})

Listed = tuple[tuple[str, ...], str, str]  # flags, delimiter, name, as LIST told


def find(listed: Iterable[Listed], role: str) -> str:
    """The name of the folder with this role that can be opened; empty when the mailbox has none."""
    folders = [one for one in listed if not _NO_FOLDER & {flag.lower() for flag in one[0]}]
    marked = [name for flags, _, name in folders if role.lower() in {flag.lower() for flag in flags}]
    if marked:
        return marked[0]
    named = [(name.count(delimiter) if delimiter else 0, rank, name) for rank, delimiter, name in _named(folders, role)]
    return min(named, key=lambda one: one[:2], default=(0, 0, ""))[2]


def _named(folders: Iterable[Listed], role: str) -> Iterator[tuple[int, str, str]]:
    """The folders whose last part is a name of the role: how usual that is (0 the most), delimiter, name."""
    names = _NAMES[role]
    for _, delimiter, name in folders:
        last = (name.rpartition(delimiter)[2] if delimiter else name).lower()
        if last in names:
            yield names.index(last), delimiter, name
