"""Deletes expired sessions, links, codes and registrations, and games that were abandoned long ago.

Finished games stay: they are their players' history, and their records prove that they were fair.
The statements are such as both kinds of database take.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from rachel_server.core.entries import ABANDONED_KEPT_S, GameStatus
from rachel_server.store.refusal import reason
from rachel_server.store.sqlite_file import connected

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

Sweep: TypeAlias = Callable[[str, str, Mapping[str, object]], Awaitable[int]]
"""Deletes the rows of a table that fulfil a condition, with values by name; returns how many.

Unless there are any it does not write: that would block others on SQLite."""

_EXPIRING: Final = ("registrations", "password_resets", "sessions", "key_codes")
_GAMES_AT_ONCE: Final = 50
"""Games deleted in one transaction, for which the journal has to wait on SQLite."""
_OLD_GAMES: Final = (
    "id IN (SELECT id FROM games WHERE status = :status AND finished_at <= :time"
    f" LIMIT {_GAMES_AT_ONCE})"
)
_EVERY_S: Final = 3600.0

_log = logging.getLogger(__name__)


def sweeping_file(file: Path) -> Sweep:
    """Return what deletes rows in a SQLite file."""

    def sweep(table: str, old: str, values: Mapping[str, object]) -> int:
        with closing(connected(file)) as connection:
            if not connection.execute(_any(table, old), values).fetchall():
                return 0
            return connection.execute(f"DELETE FROM {table} WHERE {old}", values).rowcount

    async def in_thread(table: str, old: str, values: Mapping[str, object]) -> int:
        return await asyncio.to_thread(sweep, table, old, values)

    return in_thread


def sweeping(engine: "AsyncEngine") -> Sweep:
    """Return what deletes rows over an engine."""
    from sqlalchemy import text

    async def sweep(table: str, old: str, values: Mapping[str, object]) -> int:
        async with engine.begin() as connection:
            if (await connection.execute(text(_any(table, old)), values)).first() is None:
                return 0
            deletion = text(f"DELETE FROM {table} WHERE {old}")
            return (await connection.execute(deletion, values)).rowcount

    return sweep


@asynccontextmanager
async def cleaning(sweep: Sweep, clock: Callable[[], float]) -> AsyncIterator[None]:
    """Delete what is out of date now and every hour; ``clock`` is Unix time in seconds."""
    task = asyncio.create_task(_clean(sweep, clock), name="cleanup")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def delete_expired(sweep: Sweep, now: float) -> int:
    """Delete expired sessions, links, codes and registrations; return how many."""
    return sum([await sweep(it, "expires_at <= :time", {"time": now}) for it in _EXPIRING])


async def delete_abandoned(sweep: Sweep, now: float) -> int:
    """Delete games abandoned `ABANDONED_KEPT_S` ago, with their actions; return how many."""
    values = {"status": GameStatus.ABANDONED.value, "time": now - ABANDONED_KEPT_S}
    count = 0
    while deleted := await sweep("games", _OLD_GAMES, values):
        count += deleted
    return count


def _any(table: str, old: str) -> str:
    return f"SELECT 1 FROM {table} WHERE {old} LIMIT 1"


async def _clean(sweep: Sweep, clock: Callable[[], float]) -> None:
    while True:
        try:
            expired = await delete_expired(sweep, clock())
            abandoned = await delete_abandoned(sweep, clock())
        except Exception as error:
            _log.warning("expired data could not be deleted: %s", reason(error))
        else:
            if expired or abandoned:
                _log.info(
                    "deleted %d expired sessions and links, and %d games abandoned a month ago",
                    *(expired, abandoned),
                )
        await asyncio.sleep(_EVERY_S)
