"""How often somebody may try to log in: guessing is slow, and no stranger locks an owner out.

Attempts count by address and name together, so that wrong passwords from one address leave all
others alone. Guessing from many addresses shows at the name: while more attempts come for it than
its owner makes, each address has only a few, enough for somebody who knows it. A device
that has logged in to the account before has attempts of its own. It shows a mark, its number and
the account's, signed; that is worth attempts, and logs nobody in.
"""

import secrets
from typing import Final

from aiohttp import web
from itsdangerous import BadSignature

from rachel_server.accounts.account import account_called
from rachel_server.core.limits import RateLimit
from rachel_server.http.clients import CLIENT
from rachel_server.http.context import CONTEXT
from rachel_server.http.rate_limits import RateLimited, name_key
from rachel_server.http.security import private_cookie, set_private_cookie, signer

LOGINS_BY_ADDRESS: Final = RateLimit("logins_address", burst=20, per_minute=10)
"""Attempts of an address, for whatever names."""
LOGINS_TOGETHER: Final = RateLimit("logins_together", burst=10, per_minute=2)
"""Attempts of an address for one name."""
LOGINS_BY_DEVICE: Final = RateLimit("logins_device", burst=10, per_minute=2)
"""Attempts of a device for the account that it has logged in to before, instead of the others."""
LOGINS_BY_ALL: Final = RateLimit("logins_all", burst=50, per_minute=5)
"""Attempts for one name from all other devices: more mean that somebody guesses."""
LOGINS_WHILE_GUESSED: Final = RateLimit("logins_guessed", burst=3, per_minute=1 / 15)
"""Attempts of each address for a name that somebody guesses: 1,000 have 96,000 a day."""

DEVICE_S: Final = 365 * 24 * 3600
"""How long a device is known after its last login."""

_DEVICE_COOKIE: Final = "rachel_device"
_SALT: Final = b"device"


async def allow_login(request: web.Request, name: str, mark: str | None = None) -> None:
    """Count an attempt to log in.

    Args:
        request: the attempt.
        name: the username or e-mail address that was typed.
        mark: the mark that a program sent; None for that in a browser's cookie.

    Raises:
        RateLimited: it is one too many.
    """
    context, client = request.app[CONTEXT], request[CLIENT]
    limits = context.rate_limits
    shown = private_cookie(request, _DEVICE_COOKIE) if mark is None else mark
    try:
        device = signer(request, _SALT).unsign(shown, max_age=DEVICE_S).decode()
    except (BadSignature, ValueError):
        device = ""
    if device and device.partition(".")[0] == str(await account_called(context.engine, name)):
        limits.spend(LOGINS_BY_DEVICE, device)
        return
    limits.spend_for(LOGINS_BY_ADDRESS, client)
    wanted = name_key(name)
    together = f"{client.key} {wanted}"
    limits.spend(LOGINS_TOGETHER, together)
    wait_s = limits.take(LOGINS_WHILE_GUESSED, together)
    if limits.take(LOGINS_BY_ALL, wanted) and wait_s:
        raise RateLimited(wait_s)


def new_mark(request: web.Request, account: int) -> str:
    """Return the mark of a device that has just logged in to an account."""
    return signer(request, _SALT).sign(f"{account}.{secrets.token_urlsafe(9)}").decode("ascii")


def know_device(request: web.Request, answer: web.StreamResponse, account: int) -> None:
    """Give a browser such a mark, in a cookie that stays when the session ends."""
    mark = new_mark(request, account)
    set_private_cookie(request, answer, _DEVICE_COOKIE, mark, max_age_s=DEVICE_S)
