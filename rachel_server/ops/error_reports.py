"""Error reports to Sentry, for hosts who set SENTRY_DSN.

A report tells the type of the error, its place in the code, the release, and the id of the
connection or request, under which the log tells the rest. It holds no text that was made at run
time, because that may contain names, tokens or cards: no exception messages, no variables, nothing
about the machine or its users.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

import sentry_sdk
from sentry_sdk.integrations.asyncio import AsyncioIntegration
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.threading import ThreadingIntegration
from sentry_sdk.types import Event, Hint

from rachel_server.ops.log_ids import current_ids
from rachel_server.ops.redaction import redact_text
from rachel_server.ops.secrets import Secret
from rachel_server.ops.settings import ServerSettings

_EVENT: Final = (
    "event_id", "timestamp", "platform", "level", "logger", "release", "environment", "server_name",
    "sdk",
)  # fmt: skip
_EXCEPTION: Final = ("type", "module")
_MECHANISM: Final = ("type", "handled", "exception_id", "parent_id", "is_exception_group")
_FRAME: Final = (
    "filename", "module", "function", "lineno", "in_app", "pre_context", "context_line",
    "post_context",
)  # fmt: skip

_log = logging.getLogger(__name__)


def start_error_reports(settings: ServerSettings, dsn: Secret) -> None:
    """Report errors to the Sentry of ``dsn`` from now on; must be called on the event loop.

    Reported are exceptions that end a task, a thread or the process, and log lines of level error.
    Reports are sent by another thread, so that a Sentry that cannot be reached delays nothing. One
    that cannot be used at all, for example through a proxy with a bad URL, is logged.
    """
    try:
        _start(settings, dsn)
    except Exception as error:
        _log.error("errors are not reported to Sentry: %s", error or type(error).__name__)


@contextmanager
def reporting() -> Iterator[None]:
    """Report what is raised, such as a start that fails, though it will be told in one line."""
    try:
        yield
    except Exception as error:
        sentry_sdk.capture_exception(error)
        raise


def _start(settings: ServerSettings, dsn: Secret) -> None:
    sentry_sdk.init(
        dsn=dsn.reveal(),
        environment=settings.sentry_environment or settings.environment,
        release=settings.app_version,
        server_name=settings.public_host,
        send_default_pii=False,
        include_local_variables=False,  # hidden cards
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        # Only these integrations: others add requests, SQL statements or the command line.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            AsyncioIntegration(),
            AtexitIntegration(callback=lambda _pending, _timeout: None),
            DedupeIntegration(),
            ExcepthookIntegration(),
            LoggingIntegration(level=None, event_level=logging.ERROR),
            ThreadingIntegration(),
        ],
        before_send=_worth_telling,
    )


def _worth_telling(event: Event, hint: Hint) -> Event | None:
    """Return an event without everything that may tell about people, by lists of what may stay.

    Return None for a broken connection: strangers hang up all the time.
    """
    error, record = hint.get("exc_info", (None, None, None))[1], hint.get("log_record")
    if record is None and isinstance(error, ConnectionError):
        return None
    given = cast(dict[str, Any], event)
    kept = _only(given, _EVENT)
    kept["tags"] = current_ids()
    if "runtime" in (given.get("contexts") or {}):
        kept["contexts"] = {"runtime": given["contexts"]["runtime"]}
    if record is not None:
        kept["logentry"] = {"message": _template(record)}
    if "exception" in given:
        values = given["exception"]["values"]
        kept["exception"] = {"values": [_exception(value) for value in values]}
    return cast(Event, kept)


def _template(record: logging.LogRecord) -> str:
    """Return the text of a log line before its values are filled in."""
    message: object = record.msg
    if isinstance(message, dict):  # structlog's
        message = message.get("event", "")
    return redact_text(str(message).partition("\n")[0])


def _exception(value: dict[str, Any]) -> dict[str, Any]:
    kept = _only(value, _EXCEPTION)
    if value.get("mechanism"):
        kept["mechanism"] = _only(value["mechanism"], _MECHANISM)
    if value.get("stacktrace"):
        frames = [_only(frame, _FRAME) for frame in value["stacktrace"]["frames"]]
        kept["stacktrace"] = {"frames": frames}
    return kept


def _only(mapping: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: mapping[name] for name in names if name in mapping}
