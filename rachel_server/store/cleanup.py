"""Deletes expired sessions, links, codes and registrations, and games that were abandoned long ago.

Finished games stay: they are their players' history, and their records prove that they were fair.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from sqlalchemy import ColumnElement, Table, delete, literal, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.core.entries import ABANDONED_KEPT_S, GameStatus
from rachel_server.store.engine import writing
from rachel_server.store.refusal import reason
from rachel_server.store.schema import (
    games,
    key_codes,
    password_resets,
    registrations,
    sessions,
)

_EXPIRING: Final = (registrations, password_resets, sessions, key_codes)
_GAMES_AT_ONCE: Final = 50
"""Games deleted in one transaction, for which the journal has to wait on SQLite."""
_EVERY_S: Final = 3600.0

_log = logging.getLogger(__name__)


@asynccontextmanager
async def cleaning(engine: AsyncEngine, clock: Callable[[], float]) -> AsyncIterator[None]:
    """Delete what is out of date now and every hour; ``clock`` is Unix time in seconds."""
    task = asyncio.create_task(_clean(engine, clock), name="cleanup")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def delete_expired(engine: AsyncEngine, now: float) -> int:
    """Delete expired sessions, links, codes and registrations; return how many."""
    return sum([await _delete(engine, table, table.c.expires_at <= now) for table in _EXPIRING])


async def delete_abandoned(engine: AsyncEngine, now: float) -> int:
    """Delete games abandoned `ABANDONED_KEPT_S` ago, with their actions; return how many."""
    old = (
        select(games.c.id)
        .where(games.c.status == GameStatus.ABANDONED.value)
        .where(games.c.finished_at <= now - ABANDONED_KEPT_S)
        .limit(_GAMES_AT_ONCE)
    )
    count = 0
    while deleted := await _delete(engine, games, games.c.id.in_(old)):
        count += deleted
    return count


async def _delete(engine: AsyncEngine, table: Table, old: ColumnElement[bool]) -> int:
    """Delete rows. Unless there are any, do not write: that would block others on SQLite."""
    any_of_them = select(literal(1)).select_from(table).where(old).limit(1)
    async with engine.connect() as connection:
        if (await connection.execute(any_of_them)).first() is None:
            return 0
    async with writing(engine) as connection:
        return (await connection.execute(delete(table).where(old))).rowcount


async def _clean(engine: AsyncEngine, clock: Callable[[], float]) -> None:
    while True:
        try:
            expired = await delete_expired(engine, clock())
            abandoned = await delete_abandoned(engine, clock())
        except SQLAlchemyError as error:
            _log.warning("expired data could not be deleted: %s", reason(error))
        else:
            if expired or abandoned:
                _log.info(
                    "deleted %d expired sessions and links, and %d games abandoned a month ago",
                    *(expired, abandoned),
                )
        await asyncio.sleep(_EVERY_S)
