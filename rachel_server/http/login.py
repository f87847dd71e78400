"""Who is logged in: a session's token, in a program's header or a browser's cookie."""

import re
from typing import Final

from aiohttp import web

from rachel_server.accounts.account import Account
from rachel_server.accounts.sessions import SESSION_S, NewSession
from rachel_server.http.context import CONTEXT
from rachel_server.http.errors import ApiError
from rachel_server.http.security import private_cookie, set_private_cookie

SESSION_COOKIE: Final = "rachel_session"
PROVEN: Final = web.RequestKey("PROVEN", bool)
"""Set for a request that proves by a form's token that a page of ours made it."""

SEAT_HEADER: Final = "Rachel-Seat"
SEAT_TOKEN: Final = "[0-9a-f]{16}"
"""The reconnect token of a seat, as the header has it."""

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
    kept = private_cookie(request, SESSION_COOKIE)
    unproven = request.method not in _SAFE_METHODS and PROVEN not in request
    if kept and unproven and not _is_from_here(request):
        raise _cross_site()
    return kept or None


def seat_token_of(request: web.Request) -> bytes | None:
    """Return the reconnect token of a seat that the request shows; None without one.

    No page of another site can make a browser send it.
    """
    shown = request.headers.get(SEAT_HEADER, "")
    return bytes.fromhex(shown) if re.fullmatch(SEAT_TOKEN, shown) else None


async def caller_of(request: web.Request) -> Account | None:
    """Return the account that is logged in; None if there is none.

    Raises:
        ApiError: as `token_of`.
    """
    token = token_of(request)
    return None if token is None else await request.app[CONTEXT].accounts.sessions.find(token)


def refuse_other_sites(request: web.Request) -> None:
    """Refuse a request that says that a page of another site made a browser send it.

    A request that says nothing passes, and must prove by a form's token where it is from.

    Raises:
        ApiError: it says so.
    """
    if _is_from_here(request) is False:
        raise _cross_site()


def _is_from_here(request: web.Request) -> bool | None:
    """Tell whether a page of ours made a browser send a request; None if no header says it.

    Sec-Fetch-Site says it to HTTPS and loopback only. Origin says it to plain HTTP, too, but it is
    "null" when the page's Referrer-Policy hides it, and old and small browsers send neither.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin", "null")
    if site is not None:
        return site in {"same-origin", "none"}
    return None if origin == "null" else origin.partition("://")[2] == request.host


def _cross_site() -> ApiError:
    return ApiError(403, "cross_site", "Do that on this server's own pages.")


def keep_session(request: web.Request, answer: web.StreamResponse, session: NewSession) -> None:
    """Set the cookie of a session."""
    set_private_cookie(request, answer, SESSION_COOKIE, session.token, max_age_s=int(SESSION_S))


def prolong_session(request: web.Request, answer: web.StreamResponse) -> None:
    """Prolong the cookie of a session, as this request prolonged the session itself."""
    token = token_of(request)
    if token is not None and token == private_cookie(request, SESSION_COOKIE):
        set_private_cookie(request, answer, SESSION_COOKIE, token, max_age_s=int(SESSION_S))


def forget_session(request: web.Request, answer: web.StreamResponse) -> None:
    """Delete the cookie of a session."""
    set_private_cookie(request, answer, SESSION_COOKIE, "", max_age_s=0)
