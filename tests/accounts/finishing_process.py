"""Finishes games argv[2:] in the store at argv[1], each in a process that is killed on the way.

The first is killed by SIGKILL before its first statement, the next one before the second one (on
PostgreSQL after the first one) and so on; the last before its commit. Prints how many were killed;
a process that comes through ends it.
"""

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Engine, event
from store_harness import played_game, writer_on

from rachel_server.core.entries import GameEnded
from rachel_server.store.entry_rows import add_entry
from rachel_server.store.rows import Rows

_STEPS = ("before_cursor_execute", "after_cursor_execute", "commit")


def finish(url: str, number: int, steps: int) -> None:
    """Write the end of a game; die after so many steps."""
    taken = 0

    def step(*_: object) -> None:
        nonlocal taken
        if taken == steps:
            os.kill(os.getpid(), signal.SIGKILL)
        taken += 1

    for name in _STEPS:
        event.listen(Engine, name, step)
    stepping = partial(sqlite3.connect, factory=_stepping(step))
    setattr(sqlite3, "connect", stepping)  # noqa: B010
    game = played_game(number)
    assert isinstance(game.end, GameEnded)
    rows = Rows()
    add_entry(rows, game.actions[-1])
    add_entry(rows, game.end)
    writer_on(url).write(rows)


def _stepping(step: Callable[[], None]) -> type[sqlite3.Connection]:
    """Return connections to SQLite that take a step before each statement."""

    class Stepping(sqlite3.Connection):
        def execute(self, *args: Any) -> sqlite3.Cursor:  # noqa: ANN401
            step()
            return super().execute(*args)

        def executemany(self, *args: Any) -> sqlite3.Cursor:  # noqa: ANN401
            step()
            return super().executemany(*args)

    return Stepping


def main() -> None:
    """Finish the games until one process lives."""
    url, *numbers = sys.argv[1:]
    for steps, number in enumerate(map(int, numbers)):
        child = os.fork()
        if child == 0:
            finish(url, number, steps)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            assert status == 0
            os.write(1, b"%d" % steps)
            return


if __name__ == "__main__":
    main()
