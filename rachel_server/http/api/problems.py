"""The errors of endpoints: HTTP status, identifier and message."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import Any, Final

from rachel.rubp import ErrorCode
from rachel_server.accounts.errors import MESSAGES, AccountError, AccountErrorCode
from rachel_server.core.lobby import NotSeated
from rachel_server.http.errors import ApiError

_BUSY_WAIT_S: Final = "2"


class Problem(Enum):
    """Why something cannot be done. The identifier is the name in lower case, and never changes."""

    INVALID_REQUEST = 400, "The request does not fit what this address expects."
    CURSOR_INVALID = 400, MESSAGES[AccountErrorCode.CURSOR_INVALID]
    USERNAME_INVALID = 400, MESSAGES[AccountErrorCode.USERNAME_INVALID]
    EMAIL_INVALID = 400, MESSAGES[AccountErrorCode.EMAIL_INVALID]
    PASSWORD_INVALID = 400, MESSAGES[AccountErrorCode.PASSWORD_INVALID]
    LINK_INVALID = 400, MESSAGES[AccountErrorCode.LINK_INVALID]
    LOGIN_REQUIRED = 401, "Log in first: show the token of a session as Authorization: Bearer."
    WRONG_CREDENTIALS = 401, MESSAGES[AccountErrorCode.WRONG_CREDENTIALS]
    WRONG_PASSWORD = 403, MESSAGES[AccountErrorCode.WRONG_PASSWORD]
    NOT_SEATED = 403, "You have no seat at that table: take one first."
    TABLE_NOT_FOUND = 404, "There is no table with that code."
    GAME_NOT_FOUND = 404, "There is no game with that id."
    PLAYER_NOT_FOUND = 404, "There is no player with that name."
    USERNAME_TAKEN = 409, MESSAGES[AccountErrorCode.USERNAME_TAKEN]
    EMAIL_TAKEN = 409, MESSAGES[AccountErrorCode.EMAIL_TAKEN]
    TABLE_FULL = 409, "Every seat at that table is taken."
    NO_ROOM = 409, "The server has as many tables as it can hold: try again later."
    NOT_HERE = 409, "You are not at that table yet: sit down first."
    GAME_IN_PROGRESS = 409, "That table is in the middle of a game."
    GAME_NOT_FINISHED = 409, "The game has no result; what it was dealt from stays secret."
    NOT_JSON = 415, "Send JSON, and say so: Content-Type: application/json."
    BUSY = 503, MESSAGES[AccountErrorCode.BUSY]

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message

    @property
    def identifier(self) -> str:
        """The identifier for programs."""
        return self.name.lower()

    def error(
        self, message: str | None = None, *, details: Mapping[str, Any] | None = None
    ) -> ApiError:
        """Return it as an exception, with a more exact message if one is given."""
        headers = {}
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        elif self is Problem.BUSY:
            headers["Retry-After"] = _BUSY_WAIT_S
        text = message or self.message
        return ApiError(self.status, self.identifier, text, details=details, headers=headers)


_NOT_SEATED: Final = {
    ErrorCode.LOBBY_FULL: Problem.TABLE_FULL,
    ErrorCode.GAME_IN_PROGRESS: Problem.GAME_IN_PROGRESS,
}


def problem_of(code: AccountErrorCode) -> Problem:
    """Return the problem for an error of the accounts' services, which has the same name."""
    return Problem[code.name]


@contextmanager
def as_api_error() -> Iterator[None]:
    """Turn the exceptions of lobby and accounts into API errors.

    Raises:
        ApiError: instead of an `AccountError` or `NotSeated`.
    """
    try:
        yield
    except AccountError as error:
        raise problem_of(error.code).error(str(error)) from None
    except NotSeated as refusal:
        raise _NOT_SEATED[refusal.code].error() from None
