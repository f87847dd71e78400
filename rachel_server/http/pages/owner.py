"""The pages for the owner of an account: the account, its export, its deletion."""

import json
from typing import Final

from aiohttp import web

from rachel_server.accounts.account import Account
from rachel_server.accounts.errors import AccountError
from rachel_server.accounts.history import history, statistics
from rachel_server.accounts.leaderboard import ranked
from rachel_server.http.api.problems import as_api_error
from rachel_server.http.context import CONTEXT
from rachel_server.http.limiting import limited
from rachel_server.http.login import caller_of, forget_session
from rachel_server.http.pages.forms import form_page, read_form
from rachel_server.http.pages.navigation import (
    ACCOUNT_PATH,
    DELETE_PATH,
    EXPORT_PATH,
    LOGIN_PATH,
    Done,
    notice_of,
    see_other,
)
from rachel_server.http.rate_limits import CHANGES, EXPORTS, account_key

GAMES_PER_PAGE: Final = 10


async def require_owner(request: web.Request) -> Account:
    """Return the account that is logged in.

    Raises:
        HTTPSeeOther: there is none; redirects to the page for logging in.
    """
    account = await caller_of(request)
    if account is None:
        raise web.HTTPSeeOther(LOGIN_PATH)
    return account


async def show_account(request: web.Request) -> web.Response:
    """Show the account and its games, the latest first."""
    account = await require_owner(request)
    context, after = request.app[CONTEXT], request.query.get("after")
    engine = context.engine
    with as_api_error():
        games = await history(engine, account.id, cursor=after, limit=GAMES_PER_PAGE)
    return form_page(
        request,
        "account/account.html",
        account=account,
        standing=await ranked(engine, account.id),
        statistics=await statistics(engine, account.id),
        games=games,
        older=after is not None,
        host=context.settings.public_host,
        login_at=context.settings.public_url.removeprefix("https://"),
        notice=notice_of(request),
    )


@limited(EXPORTS.per_address)
async def export(request: web.Request) -> web.Response:
    """Send all that is stored of the account, as a file."""
    account = await require_owner(request)
    context = request.app[CONTEXT]
    context.rate_limits.spend(EXPORTS.per_account, account_key(account.id))
    stored = await context.accounts.export(account)
    return web.Response(
        text=json.dumps(stored, indent=2, ensure_ascii=False),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="rachel-{account.username}.json"'},
    )


async def show_delete(request: web.Request) -> web.Response:
    """Ask for the password, and say what will be deleted."""
    return form_page(request, "account/delete.html", account=await require_owner(request))


@limited(CHANGES.per_address)
async def delete(request: web.Request) -> web.Response:
    """Delete the account for good."""
    (password,) = await read_form(request, "password")
    account = await require_owner(request)
    context = request.app[CONTEXT]
    context.rate_limits.spend(CHANGES.per_account, account_key(account.id))
    try:
        await context.accounts.delete(account, password)
    except AccountError as error:
        return form_page(request, "account/delete.html", account=account, error=error)
    answer = see_other("/", Done.DELETED)
    forget_session(request, answer)
    return answer


ROUTES: Final = [
    web.get(ACCOUNT_PATH, show_account),
    web.get(EXPORT_PATH, export),
    web.get(DELETE_PATH, show_delete),
    web.post(DELETE_PATH, delete),
]
