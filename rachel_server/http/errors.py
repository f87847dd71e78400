"""Errors as answers: ``{"error": identifier, "message": text, "details": object or null}``.

The identifier is for programs and never changes; the message is for people. Nothing else about an
error leaves the server: the log has it, under the request's id.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from rachel_server.store.refusal import reason

_log = logging.getLogger(__name__)

BY_STATUS: Final = {
    400: ("bad_request", "The request makes no sense."),
    401: ("unauthorized", "Log in first."),
    403: ("forbidden", "You may not do that."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This address does not answer to that method."),
    408: ("request_timeout", "The request took too long to arrive."),
    413: ("body_too_large", "The request is larger than this server accepts."),
    415: ("unsupported_media_type", "The request's content type is not understood."),
    417: ("expectation_failed", "The request expects what this server cannot do."),
    431: ("headers_too_large", "The request's first line or headers are too long."),
    503: ("unavailable", "The server cannot do that just now: try again in a moment."),
}
"""Identifier and message of the errors that any request may get, by HTTP status."""
_RETRY_AFTER_S: Final = "5"
_NO_DATABASE: Final = (OperationalError, InterfaceError, PoolTimeout)
_OURS: Final = ("internal_error", "Something went wrong on the server's side. Try again.")


class ApiError(Exception):
    """An answer that says what is wrong.

    Attributes:
        status: the HTTP status.
        error: an identifier for programs.
        message: one line for people: what is wrong and what to do about it.
        details: more for programs, such as the fields that are wrong.
        headers: further headers of the answer.
    """

    def __init__(
        self,
        status: int,
        error: str,
        message: str,
        *,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message
        self.details = details
        self.headers = headers

    def answer(self) -> web.Response:
        """Return it as a response, which holds this exception under `ERROR`."""
        body = {"error": self.error, "message": self.message, "details": self.details}
        answer = web.json_response(body, status=self.status, headers=self.headers)
        answer[ERROR] = self
        return answer


ERROR: Final = web.ResponseKey("ERROR", ApiError)
"""The exception that an error response was made from: `pages.errors` makes a page of it."""


def plain_error(status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    """Return the error response for an HTTP status."""
    error, message = BY_STATUS.get(status, BY_STATUS[400] if status < 500 else _OURS)
    return ApiError(status, error, message, headers=headers).answer()


def from_exception(raised: web.HTTPException) -> web.Response:
    """Return the error response for an exception of aiohttp, whose own answer is plain text."""
    allow = raised.headers.get("Allow")
    answer = plain_error(raised.status, {"Allow": allow} if allow else None)
    if raised.status == 413:
        answer.force_close()  # the rest of the body is not worth reading
    return answer


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a handler raises into an answer; log what is the server's fault."""
    try:
        return await handler(request)
    except ApiError as error:
        return error.answer()
    except web.HTTPException as raised:
        if raised.status < 400:
            raise
        return from_exception(raised)
    except web.RequestPayloadError:
        answer = plain_error(400)
        answer.force_close()
        return answer
    except (ConnectionError, asyncio.CancelledError):
        raise  # the client is gone, or the server stops
    except _NO_DATABASE as error:
        _log.warning("a request found no database: %s", reason(error))
        return plain_error(503, {"Retry-After": _RETRY_AFTER_S})
    except Exception:
        _log.exception("a request could not be answered")
        return plain_error(500)
