"""The server's log: one line for each thing that happened, on standard error.

Modules log through `logging` or structlog. All lines go through the same steps, which add the time
and the ids of `log_ids`, remove secrets, and write the line as text or as JSON. This module needs
the extra `server`; other modules do not need it to log.
"""

import logging
import os
import sys
from collections.abc import Mapping
from typing import Any, Final, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from rachel_server.ops.log_ids import current_ids
from rachel_server.ops.redaction import redact
from rachel_server.ops.settings import LogFormat

_QUIET: Final = ("alembic", "filelock", "aiosqlite")
"""Libraries of which only warnings and errors are logged."""

_REQUESTS: Final = "rachel_server.http.connection"
"""What logs the requests; on a terminal they would hide what a host wants to read there."""


def start_logging(log_format: LogFormat) -> None:
    """Write what this process logs from now on to standard error, on a terminal no requests."""
    handler = log_handler(sys.stderr, log_format, os.environ)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.captureWarnings(True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    if log_format == "text" and sys.stderr.isatty():
        logging.getLogger(_REQUESTS).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            _hand_over,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def log_handler(
    stream: TextIO, log_format: LogFormat, environ: Mapping[str, str]
) -> logging.Handler:
    """Return a handler that writes lines to a stream.

    As JSON every line is an object with the texts ``timestamp`` (UTC, ISO 8601 with Z), ``level``,
    ``event`` and ``logger``. As text it is coloured on a terminal unless NO_COLOR is set.
    """
    # The order counts. Tracebacks become text before secrets are removed from it. Ids and time are
    # added after that, and the rest of the line is then complete.
    steps: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        ProcessorFormatter.remove_processors_meta,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,  # without local variables: they hold cards
        _redact,
        _add_ids,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if log_format == "json":
        steps += [structlog.processors.JSONRenderer()]
    else:
        colours = stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        plain = structlog.dev.plain_traceback
        renderer = structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain)
        steps += [_make_printable, renderer]
    handler = logging.StreamHandler(stream)
    extra = structlog.stdlib.ExtraAdder()
    handler.setFormatter(ProcessorFormatter(processors=steps, foreign_pre_chain=[extra]))
    return handler


def _hand_over(
    logger: WrappedLogger, name: str, event: EventDict
) -> tuple[tuple[EventDict], dict[str, Any]]:
    """Pass an event on to `logging`, with the exception where Sentry's handler looks for it."""
    arguments, keywords = ProcessorFormatter.wrap_for_formatter(logger, name, event)
    return arguments, {**keywords, "exc_info": event.get("exc_info")}


def _add_ids(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    return {**event, **current_ids()}


def _redact(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    redacted = redact(event)
    assert isinstance(redacted, dict)
    return redacted


def _make_printable(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Make every text one printable line, and tracebacks several."""
    return {
        name: _printable(value, lines=name in {"exception", "stack"})
        if isinstance(value, str)
        else value
        for name, value in event.items()
    }


def _printable(text: str, *, lines: bool) -> str:
    harmless = "".join(
        character if character.isprintable() or character == "\n" else "?" for character in text
    )
    return harmless if lines else " ".join(harmless.split())
