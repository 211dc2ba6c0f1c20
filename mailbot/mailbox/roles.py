"""Which folder is which: by its special use (RFC 6154), else by the names that mail programs give it.

The rule kept here: the server's own word comes first, and a name counts only where no folder has the role.
"""

from __future__ import annotations

from collections.abc import Iterable

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
    last = {
        (name.rpartition(delimiter)[2] if delimiter else name).lower(): name for _, delimiter, name in reversed(folders)
    }
    return next((last[name] for name in _NAMES[role] if name in last), "")
