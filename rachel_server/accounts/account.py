"""The account of a person, and how it is found."""

from dataclasses import dataclass
from typing import Any, Final, Protocol, Self

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.accounts.validation import is_email, is_username, key_of
from rachel_server.store.schema import accounts


@dataclass(frozen=True, slots=True)
class Account:
    """An account whose e-mail address is confirmed.

    Attributes:
        id: never used again, even after the account is deleted.
        username: unique in any case, and public.
        email: unique in any case, and private.
        created_at: when the address was confirmed; public, like the two below.
        rating: 1000 at first.
        rated_games: the number of games that have changed the rating.
    """

    id: int
    username: str
    email: str
    created_at: float
    rating: int
    rated_games: int

    @classmethod
    def from_row(cls, row: Any) -> Self:  # noqa: ANN401 - a row has no type of its own
        """Return the account in a row with `ACCOUNT_COLUMNS`."""
        return cls(*(getattr(row, column.name) for column in ACCOUNT_COLUMNS))


ACCOUNT_COLUMNS: Final = (
    accounts.c.id,
    accounts.c.username,
    accounts.c.email,
    accounts.c.created_at,
    accounts.c.rating,
    accounts.c.rated_games,
)


class Tables(Protocol):
    """What is told when somebody's right to play for an account ends."""

    def logged_out(
        self, account: int, session: bytes | None = None, *, deleted: bool = False
    ) -> None:
        """Let an account play no longer where one of its sessions, or any, has seated it.

        ``session`` is the hash of its token, None for all of them; ``deleted`` says that the
        account is gone.
        """


def goes_by(name: str) -> ColumnElement[bool] | None:
    """Return the condition for the account with this username or e-mail address, in any case.

    Spaces around it do not count. None: ``name`` can be neither.
    """
    name = name.strip()
    if is_username(name):
        return accounts.c.username_key == key_of(name)
    if is_email(name):
        return accounts.c.email_key == key_of(name)
    return None


async def account_called(engine: AsyncEngine, name: str) -> int | None:
    """Return the id of the account with this username or e-mail address; None if there is none."""
    who = goes_by(name)
    if who is None:
        return None
    async with engine.connect() as connection:
        return (await connection.execute(select(accounts.c.id).where(who))).scalar_one_or_none()


async def find_account(engine: AsyncEngine, username: str) -> Account | None:
    """Return the account with a username, in any case; None if there is none."""
    if not is_username(username):
        return None
    wanted = select(*ACCOUNT_COLUMNS).where(accounts.c.username_key == key_of(username))
    async with engine.connect() as connection:
        row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else Account.from_row(row)
