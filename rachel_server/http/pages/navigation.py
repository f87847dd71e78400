"""The paths of pages, redirects between them, and the notice that the next page shows.

The paths that mails link to are in `rachel_server.accounts.mail_texts`.
"""

from enum import StrEnum
from typing import Final

from aiohttp import web

from rachel_server.accounts.mail_texts import FORGOT_PATH

ACCOUNT_PATH: Final = "/account"
REGISTER_PATH: Final = "/account/register"
REGISTERED_PATH: Final = "/account/register/sent"
LOGIN_PATH: Final = "/account/login"
LOGOUT_PATH: Final = "/account/logout"
PASSWORD_PATH: Final = "/account/password"
FORGOT_SENT_PATH: Final = f"{FORGOT_PATH}/sent"
DELETE_PATH: Final = "/account/delete"
EXPORT_PATH: Final = "/account/export"
KEYS_PATH: Final = "/account/keys"
KEY_CODE_PATH: Final = f"{KEYS_PATH}/code"
REMOVE_KEY_PATH: Final = f"{KEYS_PATH}/remove"
LEADERBOARD_PATH: Final = "/leaderboard"
FRIENDS_PATH: Final = "/open/friends"
SOLO_PATH: Final = "/open/solo"
RULES_PATH: Final = "/rules"
PRIVACY_PATH: Final = "/privacy"
TERMS_PATH: Final = "/terms"

_PARAMETER: Final = "done"


class Done(StrEnum):
    """What a form has done, as a parameter of the next page names it."""

    CONFIRMED = "confirmed"
    LOGGED_OUT = "logged-out"
    PASSWORD_RESET = "password-reset"
    PASSWORD_CHANGED = "password-changed"
    DELETED = "deleted"
    KEY_REMOVED = "key-removed"


_NOTICES: Final = {
    Done.CONFIRMED: "Your account is ready: log in.",
    Done.LOGGED_OUT: "You are logged out.",
    Done.PASSWORD_RESET: "Your new password is set: log in with it.",
    Done.PASSWORD_CHANGED: "Your password is changed.",
    Done.DELETED: "Your account is deleted.",
    Done.KEY_REMOVED: "The key opens your account no longer.",
}


def see_other(path: str, done: Done | None = None) -> web.Response:
    """Return a redirect after which reloading does not send the form again (303).

    Args:
        path: the path of the next page.
        done: what its notice says.
    """
    location = path if done is None else f"{path}?{_PARAMETER}={done}"
    return web.Response(status=303, headers={"Location": location})


def notice_of(request: web.Request) -> str | None:
    """Return the notice for a page, if any; its text is ours and never the parameter's."""
    given = request.query.get(_PARAMETER)
    return next((text for done, text in _NOTICES.items() if done == given), None)
