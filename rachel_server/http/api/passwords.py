"""New passwords, set with the old one or with a mailed link."""

from typing import Final

from rachel_server.http.api.accounts import Message, mailed
from rachel_server.http.api.endpoint import Call, Model, endpoint
from rachel_server.http.api.fields import Email, LinkToken, NewPassword
from rachel_server.http.api.problems import Problem
from rachel_server.http.api.sessions import SessionBegun, session_begun, user_agent_of
from rachel_server.http.rate_limits import CHANGES, LINKS, RESETS, account_key, link_key, name_key

_MAIL_SENT: Final = "If that address has an account, a mail there says how to go on."


class ChangedPassword(Model):
    """The present password, and the new one."""

    password: str
    new_password: NewPassword


class ForgottenPassword(Model):
    """The address of the account whose password is forgotten."""

    email: Email


class ResetPassword(Model):
    """The token of the link in a mail, and the new password."""

    token: LinkToken
    new_password: NewPassword


@endpoint(
    "PUT",
    "/account/password",
    Problem.PASSWORD_INVALID,
    Problem.WRONG_PASSWORD,
    Problem.BUSY,
    login=True,
    limit=CHANGES.per_address,
)
async def change_password(call: Call, body: ChangedPassword) -> SessionBegun:
    """Change the password. All sessions of the account end, and the one in the answer begins."""
    call.spend(CHANGES.per_account, account_key(call.account.id))
    session = await call.context.accounts.password_change.change(
        call.account, body.password, body.new_password, user_agent_of(call)
    )
    return await session_begun(call, session)


@endpoint("POST", "/password-resets", Problem.EMAIL_INVALID, status=202, limit=RESETS.per_address)
async def request_reset(call: Call, body: ForgottenPassword) -> Message:
    """Send a mail whose link sets a new password, within an hour, if the address has an account.

    The answer is the same if it has none.
    """
    call.spend(RESETS.per_account, name_key(body.email))
    await call.context.accounts.password_change.request_reset(body.email)
    return mailed(call, _MAIL_SENT)


@endpoint(
    "POST",
    "/password-resets/confirm",
    Problem.LINK_INVALID,
    Problem.PASSWORD_INVALID,
    Problem.BUSY,
    status=204,
    limit=LINKS.per_address,
)
async def reset_password(call: Call, body: ResetPassword) -> None:
    """Set a new password with the token of the mail. All sessions of the account end."""
    call.spend(LINKS.per_account, link_key(body.token))
    await call.context.accounts.password_change.reset(body.token, body.new_password)


ENDPOINTS: Final = [change_password, request_reset, reset_password]
