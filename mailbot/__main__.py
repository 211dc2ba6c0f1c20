"""The command `mailbot`: the one door for people. Errors become one clear line and an exit code."""

from __future__ import annotations

import sys

from mailbot.errors import MailbotError, TryLater


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 problem found, 2 wrong usage, 3 configuration, 4 unreachable."""
    from mailbot.cli import app

    try:
        app(standalone_mode=True)
    except MailbotError as error:
        print(f"mailbot: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:  # the folder of the state: not there, full, or not ours
        print(f"mailbot: {error.filename or 'a file'}: {error.strerror}", file=sys.stderr)
        sys.exit(TryLater.exit_code)


if __name__ == "__main__":
    main()
