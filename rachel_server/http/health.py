"""Health: whether the server can do its work."""

import asyncio
import logging
import math
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.http.pulse import Pulse
from rachel_server.runtime import Runtime
from rachel_server.store.database_url import sqlite_file
from rachel_server.store.refusal import reason
from rachel_server.store.schema import games

_DATABASE_LIMIT_S: Final = 1.0
"""How long the database may take for a question that costs nothing."""
_FRESH_S: Final = 1.0
"""How long its answer counts, however many ask meanwhile."""
_CLOSE_LIMIT_S: Final = 0.25
_WATCH_S: Final = 5.0
_SAY_AGAIN_S: Final = 60.0
_LAG_MAX_S: Final = 2.0
"""An event loop that is late by more does not serve anybody any more."""

_log = logging.getLogger(__name__)


class Health:
    """Finds out how the server is; the same answer for all who ask within a second.

    Attributes:
        database_up: whether the database answered when it was last asked, a few seconds ago.
    """

    def __init__(self, engine: AsyncEngine, runtime: Runtime, pulse: Pulse) -> None:
        self.database_up = True
        self._engine = engine
        self._runtime = runtime
        self._pulse = pulse
        self._question: asyncio.Task[str | None] | None = None
        self._asked_at = 0.0
        self._watch: asyncio.Task[None] | None = None
        self._counted_at = -_FRESH_S
        self._overdue = 0

    def start(self) -> None:
        """Begin to ask the database, also while nobody plays; the log hears what it says."""
        self._watch = asyncio.create_task(self._watching(), name="database watch")

    async def database(self) -> bool:
        """Tell whether games can be read and saved; takes a second at most."""
        return await self._trouble() is None

    def application(self) -> bool:
        """Tell whether the tables run."""
        now = asyncio.get_running_loop().time()
        if now - self._counted_at >= _FRESH_S:  # counting looks at every table
            self._counted_at, self._overdue = now, self._runtime.overdue
        stuck = self._overdue > 0 or self._pulse.lag_s >= _LAG_MAX_S
        return not (stuck or self._runtime.house.stopping)

    async def close(self) -> None:
        """Ask no further; what has been asked has a moment to be answered."""
        if self._watch is not None:
            self._watch.cancel()
        if self._question is not None:
            await asyncio.wait({self._question}, timeout=_CLOSE_LIMIT_S)
            self._question.cancel()

    async def _watching(self) -> None:
        """Ask every few seconds. Every new reason is logged, and each again after a minute."""
        loop, said = asyncio.get_running_loop(), dict[str, float]()
        while True:
            why = await self._trouble()
            if why is None and said:
                _log.warning("the database answers again")
                said.clear()
            said_at = said.get(why or "", -math.inf)
            stalled = self._runtime.house.stalled  # which the journal logs
            if why is not None and not stalled and loop.time() - said_at >= _SAY_AGAIN_S:
                _log.error("the database does not answer: %s", why)
                said[why] = loop.time()
            self.database_up = why is None
            await asyncio.sleep(_WATCH_S)

    async def _trouble(self) -> str | None:
        """Return why games cannot be read and saved, None if they can."""
        if self._runtime.house.stalled:
            return "play waits until games can be saved"
        now = asyncio.get_running_loop().time()
        question = self._question
        if question is None or (question.done() and now - self._asked_at >= _FRESH_S):
            self._asked_at = now
            question = self._question = asyncio.create_task(self._ask(), name="health")
        # Waited for, not cancelled: a driver that is cut off may lose its connection.
        await asyncio.wait({question}, timeout=_DATABASE_LIMIT_S)
        if not question.done() or question.cancelled():
            return f"it is silent for {_DATABASE_LIMIT_S:.0f} s"
        return question.result()

    async def _ask(self) -> str | None:
        """Return why the database cannot be read, None if it can."""
        try:
            self._require_file()
            async with self._engine.connect() as connection:
                await connection.execute(select(games.c.id).limit(1))
        except Exception as error:
            return reason(error)
        return None

    def _require_file(self) -> None:
        """Look for the file of a SQLite database: the driver does not notice that it is gone.

        Raises:
            OSError: it is.
        """
        file = sqlite_file(self._engine.url)
        if file is not None:
            file.stat()
