"""The page for an account's SSH keys: what there is, a code for one more, and taking one away."""

from typing import Final

from aiohttp import web

from rachel_server.accounts.keys import fingerprint_text
from rachel_server.http.context import CONTEXT
from rachel_server.http.errors import plain_error
from rachel_server.http.limiting import limited
from rachel_server.http.pages.forms import form_page, read_form
from rachel_server.http.pages.navigation import (
    KEY_CODE_PATH,
    KEYS_PATH,
    REMOVE_KEY_PATH,
    Done,
    notice_of,
    see_other,
)
from rachel_server.http.pages.owner import require_owner
from rachel_server.http.rate_limits import CHANGES, account_key


async def show_keys(request: web.Request) -> web.Response:
    """Show the keys of the account."""
    return await _page(request)


@limited(CHANGES.per_address)
async def make_code(request: web.Request) -> web.Response:
    """Show a new code that ties a key to the account."""
    await read_form(request)
    account, context = await require_owner(request), request.app[CONTEXT]
    context.rate_limits.spend(CHANGES.per_account, account_key(account.id))
    return await _page(request, code=await context.accounts.keys.code(account.id))


@limited(CHANGES.per_address)
async def remove_key(request: web.Request) -> web.Response:
    """Take a key from the account."""
    (digits,) = await read_form(request, "fingerprint")
    account = await require_owner(request)
    try:
        fingerprint = bytes.fromhex(digits)
    except ValueError:
        return plain_error(400)
    await request.app[CONTEXT].accounts.keys.remove(account.id, fingerprint)
    return see_other(KEYS_PATH, Done.KEY_REMOVED)


async def _page(request: web.Request, *, code: str = "") -> web.Response:
    account = await require_owner(request)
    keys = await request.app[CONTEXT].accounts.keys.of(account.id)
    return form_page(
        request,
        "account/keys.html",
        account=account,
        keys=keys,
        fingerprint_text=fingerprint_text,
        code=code,
        notice=notice_of(request),
    )


ROUTES: Final = [
    web.get(KEYS_PATH, show_keys),
    web.post(KEY_CODE_PATH, make_code),
    web.post(REMOVE_KEY_PATH, remove_key),
]
"""Only where people can come over SSH."""
