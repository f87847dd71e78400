"""Pages for registering, confirming the address, logging in and out."""

from typing import Final

from aiohttp import web

from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.mail_texts import CONFIRM_PATH
from rachel_server.accounts.tokens import token_hash
from rachel_server.http.context import CONTEXT
from rachel_server.http.limiting import limited
from rachel_server.http.login import SESSION_COOKIE, caller_of, forget_session, keep_session
from rachel_server.http.login_limits import allow_login, know_device
from rachel_server.http.pages.forms import form_page, read_form
from rachel_server.http.pages.navigation import (
    ACCOUNT_PATH,
    LOGIN_PATH,
    LOGOUT_PATH,
    REGISTER_PATH,
    REGISTERED_PATH,
    Done,
    notice_of,
    see_other,
)
from rachel_server.http.pages.templates import page
from rachel_server.http.rate_limits import LINKS, REGISTRATIONS, link_key, name_key
from rachel_server.http.security import private_cookie


async def show_register(request: web.Request) -> web.Response:
    """Show the form for a new account."""
    if await caller_of(request) is not None:
        return see_other(ACCOUNT_PATH)
    return form_page(request, "account/register.html")


@limited(REGISTRATIONS.per_address)
async def register(request: web.Request) -> web.Response:
    """Mail the link that makes an account; the answer does not tell whether there is one."""
    username, email, password = await read_form(request, "username", "email", "new_password")
    context = request.app[CONTEXT]
    context.rate_limits.spend(REGISTRATIONS.per_account, name_key(email))
    try:
        await context.accounts.registration.register(username, email, password)
    except AccountError as error:
        typed = {"username": username, "email": email}
        return form_page(request, "account/register.html", error=error, typed=typed)
    return see_other(REGISTERED_PATH)


async def show_registered(request: web.Request) -> web.Response:
    """Say that a mail is on its way."""
    return page(request, "account/sent.html", form=REGISTER_PATH)


async def show_confirm(request: web.Request) -> web.Response:
    """Show the button that confirms: opening the link alone, as mail scanners do, does not."""
    account, token = await caller_of(request), request.query.get("token", "")
    error = AccountError(AccountErrorCode.LINK_INVALID) if token_hash(token) is None else None
    template = "account/confirm.html"
    return form_page(request, template, account=account, error=error, token=token)


@limited(LINKS.per_address)
async def confirm(request: web.Request) -> web.Response:
    """Make the account for which the link was mailed."""
    (token,) = await read_form(request, "token")
    context = request.app[CONTEXT]
    context.rate_limits.spend(LINKS.per_account, link_key(token))
    try:
        await context.accounts.registration.confirm(token)
    except AccountError as error:
        return form_page(request, "account/confirm.html", error=error)
    return see_other(LOGIN_PATH, Done.CONFIRMED)


async def show_login(request: web.Request) -> web.Response:
    """Show the form to log in."""
    if await caller_of(request) is not None:
        return see_other(ACCOUNT_PATH)
    return form_page(request, "account/login.html", notice=notice_of(request))


async def log_in(request: web.Request) -> web.Response:
    """Begin a session, and end the one that the browser had, which may be somebody else's."""
    name, password = await read_form(request, "name", "password")
    await allow_login(request, name)
    sessions = request.app[CONTEXT].accounts.sessions
    try:
        session = await sessions.log_in(name, password, request.headers.get("User-Agent", ""))
    except AccountError as error:
        typed = {"name": name}
        return form_page(request, "account/login.html", error=error, typed=typed, notice=None)
    await sessions.log_out(private_cookie(request, SESSION_COOKIE))
    answer = see_other(ACCOUNT_PATH)
    keep_session(request, answer, session)
    know_device(request, answer, session.account.id)
    return answer


async def log_out(request: web.Request) -> web.Response:
    """End the session, or all that its account has."""
    (everywhere,) = await read_form(request, "everywhere")
    sessions = request.app[CONTEXT].accounts.sessions
    account = await caller_of(request) if everywhere else None
    if account is not None:
        await sessions.log_out_everywhere(account.id)
    await sessions.log_out(private_cookie(request, SESSION_COOKIE))
    answer = see_other(LOGIN_PATH, Done.LOGGED_OUT)
    forget_session(request, answer)
    return answer


ROUTES: Final = [
    web.get(REGISTER_PATH, show_register),
    web.post(REGISTER_PATH, register),
    web.get(REGISTERED_PATH, show_registered),
    web.get(CONFIRM_PATH, show_confirm),
    web.post(CONFIRM_PATH, confirm),
    web.get(LOGIN_PATH, show_login),
    web.post(LOGIN_PATH, log_in),
    web.post(LOGOUT_PATH, log_out),
]
