"""Who is logged in: a session's token, in a program's header or a browser's cookie."""

from typing import Final

from aiohttp import web

from rachel_server.accounts.account import Account
from rachel_server.accounts.sessions import SESSION_S, NewSession
from rachel_server.http.context import CONTEXT
from rachel_server.http.errors import ApiError
from rachel_server.http.security import set_private_cookie

SESSION_COOKIE: Final = "rachel_session"

_SCHEME: Final = "Bearer "
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def token_of(request: web.Request) -> str | None:
    """Return the token in the header ``Authorization``, or else in the cookie; None without both.

    Raises:
        ApiError: a page of another site may have made the browser send its cookie.
    """
    shown = request.headers.get("Authorization")
    if shown is not None:
        return shown.removeprefix(_SCHEME).strip() if shown.startswith(_SCHEME) else None
    kept = request.cookies.get(SESSION_COOKIE)
    if kept is not None and request.method not in _SAFE_METHODS:
        require_same_site(request)
    return kept


async def caller_of(request: web.Request) -> Account | None:
    """Return the account that is logged in; None if there is none.

    Raises:
        ApiError: as `token_of`.
    """
    token = token_of(request)
    return None if token is None else await request.app[CONTEXT].accounts.sessions.find(token)


def require_same_site(request: web.Request) -> None:
    """Make sure that no page of another site made a browser send a request.

    Every browser that still gets updates names the site of the page in one of two headers.

    Raises:
        ApiError: the headers name another site, or are missing.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is not None:
        site = "same-origin" if origin.partition("://")[2] == request.host else "cross-site"
    if site not in {"same-origin", "none"}:
        raise ApiError(403, "cross_site", "Do that on this server's own pages.")


def keep_session(request: web.Request, answer: web.StreamResponse, session: NewSession) -> None:
    """Set the cookie of a session."""
    set_private_cookie(request, answer, SESSION_COOKIE, session.token, max_age_s=int(SESSION_S))


def prolong_session(request: web.Request, answer: web.StreamResponse) -> None:
    """Prolong the cookie of a session, as this request prolonged the session itself."""
    token = token_of(request)
    if token is not None and token == request.cookies.get(SESSION_COOKIE):
        set_private_cookie(request, answer, SESSION_COOKIE, token, max_age_s=int(SESSION_S))


def forget_session(request: web.Request, answer: web.StreamResponse) -> None:
    """Delete the cookie of a session."""
    set_private_cookie(request, answer, SESSION_COOKIE, "", max_age_s=0)
