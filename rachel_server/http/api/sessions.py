"""Logging in and out, and the account that is logged in."""

from typing import Annotated, Final

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.accounts.account import Account
from rachel_server.accounts.leaderboard import ranked
from rachel_server.accounts.sessions import NewSession
from rachel_server.accounts.validation import EMAIL_MAX
from rachel_server.http.api.endpoint import Call, Model, endpoint
from rachel_server.http.api.fields import UnixTime
from rachel_server.http.api.problems import Problem
from rachel_server.http.login import token_of
from rachel_server.http.login_limits import allow_login, new_mark


class Credentials(Model):
    """A username or an e-mail address, in any case, spaces around it aside, and a password."""

    name: Annotated[str, Field(max_length=EMAIL_MAX)]
    password: str
    device: Annotated[
        str, Field(max_length=128, description="What an earlier login of the device answered.")
    ] = ""


class OwnAccount(Model):
    """What an account's owner sees of it."""

    username: str
    email: str
    created_at: UnixTime
    rating: int
    rated_games: int
    rank: Annotated[int | None, Field(description="Among all who have been rated.")]


class SessionBegun(Model):
    """A new session. Its token is told this once."""

    token: Annotated[str, Field(description="To be shown as Authorization: Bearer.")]
    expires_at: Annotated[
        float, Field(description="Unix time in seconds, unless the session is used before.")
    ]
    account: OwnAccount
    device: Annotated[
        str,
        Field(
            description="To be sent with the next login, which then counts for itself: nobody who"
            " guesses the password can keep this device out. It stays good when the session ends."
        ),
    ]


@endpoint(
    "POST",
    "/sessions",
    Problem.WRONG_CREDENTIALS,
    Problem.BUSY,
    status=201,
)
async def log_in(call: Call, body: Credentials) -> SessionBegun:
    """Log in: begin a session, which lasts for 14 days from when it was last used."""
    await allow_login(call.request, body.name, body.device)
    sessions = call.context.accounts.sessions
    session = await sessions.log_in(body.name, body.password, user_agent_of(call))
    return await session_begun(call, session)


@endpoint("DELETE", "/sessions/current", status=204, login=True)
async def log_out(call: Call) -> None:
    """Log out: end the session that this request shows."""
    token = token_of(call.request)
    assert token is not None
    await call.context.accounts.sessions.log_out(token)


@endpoint("DELETE", "/sessions", status=204, login=True)
async def log_out_everywhere(call: Call) -> None:
    """Log out everywhere: end every session of the account, this one included."""
    await call.context.accounts.sessions.log_out_everywhere(call.account.id)


@endpoint("GET", "/account", login=True)
async def whoami(call: Call) -> OwnAccount:
    """Tell who is logged in."""
    return await own_account(call.context.engine, call.account)


def user_agent_of(call: Call) -> str:
    """Return the client's User-Agent, for the list of sessions in an export."""
    return call.request.headers.get("User-Agent", "")


async def session_begun(call: Call, session: NewSession) -> SessionBegun:
    """Return a new session as its client gets it."""
    return SessionBegun(
        token=session.token,
        expires_at=session.expires_at,
        account=await own_account(call.context.engine, session.account),
        device=new_mark(call.request, session.account.id),
    )


async def own_account(engine: AsyncEngine, account: Account) -> OwnAccount:
    """Return an account as its owner sees it."""
    standing = await ranked(engine, account.id)
    return OwnAccount(
        username=account.username,
        email=account.email,
        created_at=account.created_at,
        rating=account.rating,
        rated_games=account.rated_games,
        rank=None if standing is None else standing.rank,
    )


ENDPOINTS: Final = [log_in, log_out, log_out_everywhere, whoami]
