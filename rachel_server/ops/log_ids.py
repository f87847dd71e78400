"""The id of the connection or request that the running code serves, for every log line.

A module of its own because a solo game sets ids, too, and has no structlog to import.
"""

from contextvars import ContextVar
from typing import Final

connection_id: Final[ContextVar[str | None]] = ContextVar("connection_id", default=None)
"""Eight random digits for each RUBP connection, on every transport."""

request_id: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
"""16 random hexadecimal digits for each HTTP request."""


def current_ids() -> dict[str, str]:
    """Return the ids that are set, by name."""
    ids = {"connection_id": connection_id.get(), "request_id": request_id.get()}
    return {name: value for name, value in ids.items() if value is not None}
