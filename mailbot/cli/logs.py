"""The log on standard error, in the level and form that mailbot.toml asks for.

The rule kept here: a line names companies, cases and what happened, never a person, whatever the level (F-09).
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

import orjson

from mailbot.config import Log


class JsonLines(logging.Formatter):
    """One JSON object a line, for a collector: at, level, logger, message, and error where something broke."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. Of an error only its kind and place are told: its text may quote a mail."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            told["error"] = record.exc_info[0].__name__
        return orjson.dumps(told).decode()


def to_stderr(log: Log, verbose: bool, working: bool = False) -> None:
    """Say what is done. The worker says as much as the setting asks; other commands warn only, unless `verbose`."""
    stream = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    stream.setFormatter(JsonLines() if log.format == "json" else plain)
    logging.basicConfig(level=logging.WARNING, handlers=[stream], force=True)
    asked = logging.getLevelNamesMapping()[log.level.upper()] if working else logging.WARNING
    logging.getLogger("mailbot").setLevel(min(logging.INFO, asked) if verbose else asked)
