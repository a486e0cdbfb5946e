"""Where the programs' logs go: words to the terminal, JSON lines to files that rotate, secrets to neither."""

import json
import logging
import os
import re
import sys
from collections.abc import Iterable
from functools import partial
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import cast
from urllib.parse import quote, quote_plus

import structlog

from app.settings import Settings, Venue

FILE_BYTES = 10_000_000
FILES_KEPT = 5
HIDDEN = "[hidden]"
_SHORTEST_SECRET = 6
"""Anything shorter would also be hidden where it is an ordinary word."""
_CHATTY = ("alembic", "urllib3", "google.auth")


class Redactor:
    """Hides the values of secrets in whatever is logged, wherever they come from: a library, an exception."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._found: re.Pattern[str] | None = None

    def hide(self, secrets: Iterable[str | None]) -> None:
        """Hide these values from now on, as they are and as they stand in addresses, JSON and reprs."""
        for secret in secrets:
            if secret is not None and len(secret) >= _SHORTEST_SECRET:
                in_json = {json.dumps(secret, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False)}
                self._secrets |= {
                    secret,
                    quote(secret, safe=""),
                    quote_plus(secret),
                    *in_json,
                    repr(secret)[1:-1],
                }
        longest_first = sorted(self._secrets, key=len, reverse=True)
        self._found = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def clean(self, text: str) -> str:
        """Return a text without the secrets."""
        return text if self._found is None else self._found.sub(HIDDEN, text)


class _Clean(logging.Formatter):
    """Another formatter's text, tracebacks included, without the secrets."""

    def __init__(self, inner: logging.Formatter, redactor: Redactor) -> None:
        super().__init__()
        self._inner = inner
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.clean(self._inner.format(record))


class _PrivateFile(RotatingFileHandler):
    """A rotating file that only its owner may read, each new one too."""

    def _open(self) -> TextIOWrapper:
        private = partial(os.open, mode=0o600)
        return cast(
            "TextIOWrapper", open(self.baseFilename, self.mode, encoding=self.encoding, opener=private)
        )


def configure_logs(program: str, settings: Settings, venue: Venue) -> Redactor:
    """Set up this process's logs and return what hides secrets in them.

    A log folder that cannot be written costs the files, never the program.
    """
    redactor = Redactor()
    level = settings.log_level.upper()
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setFormatter(_Clean(logging.Formatter("%(levelname)s %(name)s: %(message)s"), redactor))
    handlers: list[logging.Handler] = [terminal]
    try:
        # Before the terminal, whose formatter leaves the whole message in the record, to be kept twice.
        handlers.insert(0, _file(settings.home(venue) / "logs" / f"{program}.jsonl", redactor))
    except OSError as e:
        sys.stderr.write(f"No log file is kept: {e.strerror}.\n")
    # A log call with wrong arguments would be printed with them, past every formatter (Python docs, Handler).
    logging.raiseExceptions = False
    logging.basicConfig(level=level, handlers=handlers, force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return redactor


def _clean_values(
    redactor: Redactor, _logger: object, _method: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Clean texts before they are spelt as JSON, where a secret may look different."""
    return {name: redactor.clean(value) if isinstance(value, str) else value for name, value in line.items()}


def _file(path: Path, redactor: Redactor) -> logging.Handler:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = _PrivateFile(path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
    told_first: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
    ]
    lines = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=told_first,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            partial(_clean_values, redactor),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler.setFormatter(_Clean(lines, redactor))
    return handler
