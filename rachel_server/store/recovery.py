"""Brings games back from the journal: all of them at a start, one when its table broke off."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol

from rachel_server.core.entries import Record, StoredGame
from rachel_server.store.journal import Journal
from rachel_server.store.refusal import UnreadableGame, reason

STOP_LIMIT_S: Final = 4.0
"""Seconds a graceful stop may take to save what is pending; the rest of five is for the exit."""
_SETTLE_LIMIT_S: Final = 0.5
"""How long it waits before that for broken games to come back."""

_log = logging.getLogger(__name__)


class Games(Protocol):
    """The games that a journal has written."""

    async def running(self, ended_since: float) -> list[StoredGame]:
        """Return those that are being played, or have come to their end since that Unix time."""

    async def game(self, game: str) -> StoredGame | None:
        """Return one that is being played or has come to its end; None if there is none such.

        Raises:
            UnreadableGame: it cannot be read.
        """

    async def quarantine(self, game: str, why: str) -> None:
        """Set a running game aside for good."""


class Recovery:
    """Keeps records in a journal, and reads games back.

    Attributes:
        append: keeps records; see `Journal.append`.
        on_restored: called with a game, and the lease of its next run (None: the server's own).
        on_set_aside: called with a game that cannot be read, and why.
    """

    def __init__(self, games: Games, journal: Journal) -> None:
        self.on_restored: Callable[[StoredGame, int | None], None] | None = None
        self.on_set_aside: Callable[[str, str], None] | None = None
        self.append: Callable[[Sequence[Record]], None] = journal.append
        self._games = games
        self._journal = journal
        self._tasks: set[asyncio.Task[None]] = set()

    async def bring_back_all(self, ended_since: float) -> int:
        """Restore every game that is being played, or has come to its end since that Unix time.

        Return how many there are in the journal. A player whose line or server was lost at the end
        of a game has not been told of it: their table is there to tell them.
        """
        assert self.on_restored is not None
        games = await self._games.running(ended_since)
        for game in games:
            self.on_restored(game, None)
        return len(games)

    def bring_back(self, game: str, epoch: int, after: int) -> None:
        """Restore a game that broke off, once the records up to ``after`` are durable.

        It runs under the lease ``epoch`` then; the journal refuses records of older ones.
        """
        self._journal.fence(game, epoch)
        self._do(self._bring_back(game, epoch, after))

    def put_aside(self, game: str, why: str) -> None:
        """Take a game for one that cannot be played on; one that is over stays as it is."""
        _log.error("game %s is set aside: %s", game, why)
        self._do(self._games.quarantine(game, why))

    async def settle(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def save_all(self) -> None:
        """Commit everything that is pending and close the journal, in five seconds at most."""
        # While the database fails, games that broke off wait for it; the next start restores them.
        with suppress(TimeoutError):
            await asyncio.wait_for(self.settle(), _SETTLE_LIMIT_S)
        try:
            await asyncio.wait_for(self._journal.close(), STOP_LIMIT_S)
        except TimeoutError:
            _log.error("stopped without saving the last moves, none of which was announced")

    async def _bring_back(self, game: str, epoch: int, after: int) -> None:
        assert self.on_restored is not None
        assert self.on_set_aside is not None
        await self._journal.until_saved(after)
        try:
            stored = await self._games.game(game)
        except UnreadableGame as error:
            self.on_set_aside(game, f"it cannot be read: {error}")
        except Exception as error:
            self.on_set_aside(game, f"it cannot be read: {reason(error)}")
        else:
            if stored is None:
                self.on_set_aside(game, "it is over, or not in the journal any more")
            else:
                self.on_restored(stored, epoch)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a game could be neither brought back nor set aside", exc_info=error)
