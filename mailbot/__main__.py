"""The command `mailbot`: the one door for people. Errors become one clear line and an exit code.

The rule kept: what we print is UTF-8 whatever the machine calls its language, and a reader who has seen enough
(`| head -1`) is no problem of ours.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from typing import NoReturn, cast

import typer

from mailbot.errors import Broken, MailbotError, TryLater

#: What typer raises for words that are no command, option or argument.
WrongUsage: type[Exception] = cast(type[Exception], typer.BadParameter.__mro__[1])

#: What shells expect of a program that Ctrl-C ended, and typer makes of it.
INTERRUPTED = 130

#: So many files may be open, where the machine lets us.
MANY_FILES = 65_536


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 problem found, 2 wrong usage, 3 configuration, 4 unreachable,
    130 after Ctrl-C."""
    _open_output()
    may_open_many()
    try:
        from mailbot.cli import app  # takes a second, in which somebody may press Ctrl-C already

        code = app(standalone_mode=False)
        sys.stdout.flush()
    except MailbotError as error:
        _fail(str(error), error.exit_code)
    except BrokenPipeError:
        _leave()
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):
            _leave()
        raise
    except OSError as error:  # the folder of the state: not there, full, or not ours
        _fail(f"{error.filename or 'a file'}: {error.strerror or error}", TryLater.exit_code)
    except typer.Abort:  # at a question, whose line is not ended yet
        _fail("stopped", 1, before="\n")
    except KeyboardInterrupt:
        code = INTERRUPTED
    except WrongUsage as error:
        _fail(_in_one_line(error), 2)
    except Exception as error:  # a fault of our own; its words may hold whatever it was about (F-09)
        from mailbot.cli.options import SETTING

        if SETTING.verbose:
            raise
        _fail(str(Broken.by(error, "this command", "type it as `mailbot --verbose ...` and report what that says")), 1)
    if code == INTERRUPTED:
        _fail("stopped", INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _open_output() -> None:
    """Writes UTF-8, and nowhere if output was closed."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream := getattr(sys, name), "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def may_open_many() -> None:
    """A company at work has some ten files and connections open, and most machines begin with a limit of 1024."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_FILES if most == resource.RLIM_INFINITY else min(most, MANY_FILES)
    if now != resource.RLIM_INFINITY and now < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _in_one_line(error: Exception) -> str:
    """What was wrong and where to read how it is done."""
    told = " ".join(str(error.format_message()).split()).replace("Value error, ", "")  # type: ignore[attr-defined]
    context = getattr(error, "ctx", None)
    told += "" if told[-1:] in ".?!" else "."
    return f"{told} Try: {context.command_path if context else 'mailbot'} --help"


def _fail(message: str, code: int, before: str = "") -> NoReturn:
    print(f"{before}mailbot: {message}", file=sys.stderr)
    _close(code)


def _leave() -> NoReturn:
    """The reader went away: what is left goes nowhere, and the end of the program says nothing about it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    _close(0)


def _close(code: int) -> NoReturn:
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    sys.exit(code)


if __name__ == "__main__":
    main()
