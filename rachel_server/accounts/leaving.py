"""Leaving: an account's data to take along, and the deletion of the account."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.accounts.account import Account
from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.history import PlayedGame, all_games
from rachel_server.accounts.keys import fingerprint_text, forget_seats
from rachel_server.accounts.password_change import right_password_hash
from rachel_server.accounts.passwords import Passwords
from rachel_server.store.engine import one_moment, writing
from rachel_server.store.schema import accounts, games, seats, sessions, ssh_keys


async def export_account(engine: AsyncEngine, account: Account) -> dict[str, Any]:
    """Return all that is stored of an account, as an object for JSON; times are UTC, ISO 8601.

    The hashes of its password and tokens are left out; passwords and tokens are not stored.
    """
    names = select(seats.c.game, seats.c.name).where(seats.c.account == account.id)
    running = (
        select(games.c.id, games.c.started_at)
        .join(seats, seats.c.game == games.c.id)
        .where(seats.c.account == account.id, seats.c.place.is_(None))
        .order_by(games.c.started_at.desc())
    )
    logged_in = (
        select(sessions)
        .where(sessions.c.account == account.id)
        .order_by(sessions.c.created_at.desc())
    )
    held = (
        select(ssh_keys)
        .where(ssh_keys.c.account == account.id)
        .order_by(ssh_keys.c.added_at.desc())
    )
    async with one_moment(engine) as connection:
        now = (await connection.execute(select(accounts).where(accounts.c.id == account.id))).one()
        open_sessions = (await connection.execute(logged_in)).all()
        keys = (await connection.execute(held)).all()
        played = await all_games(connection, account.id)
        unfinished = (await connection.execute(running)).all()
        called = {row.game: row.name for row in await connection.execute(names)}
    return {
        "account": {
            "username": now.username,
            "email": now.email,
            "created_at": _time(now.created_at),
            "rating": now.rating,
            "rated_games": now.rated_games,
        },
        "sessions": [
            {
                "created_at": _time(session.created_at),
                "last_used_at": _time(session.last_used_at),
                "expires_at": _time(session.expires_at),
                "user_agent": session.user_agent,
            }
            for session in open_sessions
        ],
        "ssh_keys": [
            {
                "fingerprint": fingerprint_text(key.fingerprint),
                "kind": key.kind,
                "added_at": _time(key.added_at),
                "last_used_at": _time(key.last_used_at),
            }
            for key in keys
        ],
        "games": [_finished(game, called[game.game]) for game in played],
        "unfinished_games": [
            {"game": game.id, "started_at": _time(game.started_at), "name": called[game.id]}
            for game in unfinished
        ],
    }


async def delete_account(
    engine: AsyncEngine, passwords: Passwords, account: Account, password: str
) -> None:
    """Delete an account, its sessions and its ratings; its seats become those of ``Player N``.

    Its games stay for the other players, and so do the other players' ratings. A game that is being
    played goes on; it will not rate the deleted account.

    Raises:
        AccountError: WRONG_PASSWORD, or BUSY.
    """
    stored = await right_password_hash(engine, passwords, account.id, password)
    async with writing(engine) as connection:
        # Seats before the account: the journal locks them in this order, too, so neither can
        # wait for the other in a circle.
        await forget_seats(connection, account.id)
        deleted = await connection.execute(
            delete(accounts).where(accounts.c.id == account.id, accounts.c.password_hash == stored)
        )
        if not deleted.rowcount:
            raise AccountError(AccountErrorCode.WRONG_PASSWORD)


def _finished(game: PlayedGame, name: str) -> dict[str, Any]:
    return asdict(game) | {
        "started_at": _time(game.started_at),
        "finished_at": _time(game.finished_at),
        "name": name,
    }


def _time(unix_time: float) -> str:
    return (
        datetime.fromtimestamp(unix_time, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    )
