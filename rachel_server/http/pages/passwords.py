"""Pages for new passwords, set with the old one or with a mailed link."""

from typing import Final

from aiohttp import web

from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.mail_texts import FORGOT_PATH, RESET_PATH
from rachel_server.accounts.tokens import token_hash
from rachel_server.http.context import CONTEXT
from rachel_server.http.limiting import limited
from rachel_server.http.login import caller_of, keep_session
from rachel_server.http.pages.forms import form_page, read_form
from rachel_server.http.pages.navigation import (
    ACCOUNT_PATH,
    FORGOT_SENT_PATH,
    LOGIN_PATH,
    PASSWORD_PATH,
    Done,
    see_other,
)
from rachel_server.http.pages.owner import require_owner
from rachel_server.http.pages.templates import page
from rachel_server.http.rate_limits import (
    CHANGES,
    LINKS,
    RESETS,
    account_key,
    link_key,
    name_key,
)


async def show_change(request: web.Request) -> web.Response:
    """Show the form for another password."""
    return form_page(request, "account/password.html", account=await require_owner(request))


@limited(CHANGES.per_address)
async def change(request: web.Request) -> web.Response:
    """Set another password, and give the browser the new session, as all others end."""
    current, new = await read_form(request, "password", "new_password")
    account = await require_owner(request)
    context = request.app[CONTEXT]
    context.rate_limits.spend(CHANGES.per_account, account_key(account.id))
    user_agent = request.headers.get("User-Agent", "")
    try:
        session = await context.accounts.password_change.change(account, current, new, user_agent)
    except AccountError as error:
        return form_page(request, "account/password.html", account=account, error=error)
    answer = see_other(ACCOUNT_PATH, Done.PASSWORD_CHANGED)
    keep_session(request, answer, session)
    return answer


async def show_forgot(request: web.Request) -> web.Response:
    """Show the form that asks for a link."""
    return form_page(request, "account/forgot.html", account=await caller_of(request))


@limited(RESETS.per_address)
async def forgot(request: web.Request) -> web.Response:
    """Mail the link; the answer does not tell whether the address has an account."""
    (email,) = await read_form(request, "email")
    context = request.app[CONTEXT]
    context.rate_limits.spend(RESETS.per_account, name_key(email))
    try:
        await context.accounts.password_change.request_reset(email)
    except AccountError as error:
        return form_page(request, "account/forgot.html", error=error, typed={"email": email})
    return see_other(FORGOT_SENT_PATH)


async def show_forgot_sent(request: web.Request) -> web.Response:
    """Say that a mail is on its way, if there is an account."""
    return page(request, "account/sent.html", account=await caller_of(request), form=FORGOT_PATH)


async def show_reset(request: web.Request) -> web.Response:
    """Show the form for a new password, given a link's token."""
    token = request.query.get("token", "")
    if token_hash(token) is None:
        return _no_link(request)
    return form_page(request, "account/reset.html", token=token)


@limited(LINKS.per_address)
async def reset(request: web.Request) -> web.Response:
    """Set a new password for the account to which the link was mailed."""
    token, new = await read_form(request, "token", "new_password")
    if token_hash(token) is None:
        return _no_link(request)
    context = request.app[CONTEXT]
    context.rate_limits.spend(LINKS.per_account, link_key(token))
    try:
        await context.accounts.password_change.reset(token, new)
    except AccountError as error:
        if error.code is AccountErrorCode.LINK_INVALID:
            return _no_link(request)
        return form_page(request, "account/reset.html", error=error, token=token)
    return see_other(LOGIN_PATH, Done.PASSWORD_RESET)


def _no_link(request: web.Request) -> web.Response:
    error = AccountError(AccountErrorCode.LINK_INVALID)
    return form_page(request, "account/reset.html", error=error, token=None)


ROUTES: Final = [
    web.get(PASSWORD_PATH, show_change),
    web.post(PASSWORD_PATH, change),
    web.get(FORGOT_PATH, show_forgot),
    web.post(FORGOT_PATH, forgot),
    web.get(FORGOT_SENT_PATH, show_forgot_sent),
    web.get(RESET_PATH, show_reset),
    web.post(RESET_PATH, reset),
]
