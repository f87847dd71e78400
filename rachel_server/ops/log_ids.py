"""Which connection or request the code that runs now works for; the log names it in every line."""

from contextvars import ContextVar
from typing import Final

connection_id: Final[ContextVar[str | None]] = ContextVar("connection_id", default=None)
"""Eight random digits for each RUBP connection, whatever its transport."""

request_id: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
"""One for each HTTP request."""


def current_ids() -> dict[str, str]:
    """Return the ids that are set, by name."""
    ids = {"connection_id": connection_id.get(), "request_id": request_id.get()}
    return {name: value for name, value in ids.items() if value is not None}
