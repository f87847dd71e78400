"""What a page says first: what has just been done, in the form that led to it."""

from enum import StrEnum
from typing import Final

from aiohttp import web

_PARAMETER: Final = "done"


class Done(StrEnum):
    """What has been done, as the address of the next page names it."""

    CONFIRMED = "confirmed"
    LOGGED_OUT = "logged-out"
    PASSWORD_RESET = "password-reset"
    PASSWORD_CHANGED = "password-changed"
    DELETED = "deleted"


_NOTICES: Final = {
    Done.CONFIRMED: "Your account is ready: log in.",
    Done.LOGGED_OUT: "You are logged out.",
    Done.PASSWORD_RESET: "Your new password is set: log in with it.",
    Done.PASSWORD_CHANGED: "Your password is changed.",
    Done.DELETED: "Your account is deleted.",
}


def see_other(path: str, done: Done | None = None) -> web.Response:
    """Return the answer after which a browser shows another page; reloading that repeats nothing.

    Args:
        path: of the page, on this server.
        done: what the page says first.
    """
    location = path if done is None else f"{path}?{_PARAMETER}={done}"
    return web.Response(status=303, headers={"Location": location})


def notice_of(request: web.Request) -> str | None:
    """Return what a page says first, if anything; nothing of the text is the address's."""
    given = request.query.get(_PARAMETER)
    return next((text for done, text in _NOTICES.items() if done == given), None)
