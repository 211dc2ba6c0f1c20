"""Steps that do not depend on each other: what goes wrong in one never stops the next, and is told in the end.

The rule kept here: one case, one colleague's mail or one company that breaks the program costs no other its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mailbot.errors import Broken, MailbotError


def run_isolated(steps: Iterable[tuple[str, Callable[[], object]]]) -> None:
    """Take every step, each named by what it is about; the first error is raised when all were taken."""
    first: MailbotError | None = None
    for doing, step in steps:
        try:
            step()
        except MailbotError as error:
            first = first or error
        except OSError:
            raise  # the disk: the next step would meet it too
        except Exception as error:
            first = first or Broken.by(error, doing)
    if first:
        raise first
