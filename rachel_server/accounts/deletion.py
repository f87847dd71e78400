"""The end of accounts."""

from sqlalchemy import String, cast, delete, literal, update
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.accounts.account import Account
from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.password_change import right_password_hash
from rachel_server.accounts.passwords import Passwords
from rachel_server.store.engine import writing
from rachel_server.store.schema import accounts, seats


async def delete_account(
    engine: AsyncEngine, passwords: Passwords, account: Account, password: str
) -> None:
    """Delete an account, its sessions and its ratings; its seats become those of ``Player N``.

    The games stay, for the others who were there, and so do the ratings of the others. A game that
    is being played goes on; it does not rate whoever is gone.

    Raises:
        AccountError: WRONG_PASSWORD, or BUSY.
    """
    stored = await right_password_hash(engine, passwords, account.id, password)
    number = cast(seats.c.seat + 1, String)
    async with writing(engine) as connection:
        # Seats before the account, in which order the journal takes them, too.
        await connection.execute(
            update(seats)
            .where(seats.c.account == account.id)
            .values(account=None, name=literal("Player ").concat(number))
        )
        deleted = await connection.execute(
            delete(accounts).where(accounts.c.id == account.id, accounts.c.password_hash == stored)
        )
        if not deleted.rowcount:
            raise AccountError(AccountErrorCode.WRONG_PASSWORD)
