"""What an action costs in the house alone: no sockets, and a journal that saves at once.

Tables of four play at random. Some actions are taken in, each at another table, then their records
are saved, as under load. The fastest of several slices counts: it is the one that other programs
have disturbed least.

    python benchmarks/house.py
    python benchmarks/house.py --tables 10,2500 --actions 50000 --json
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from rachel.rubp import HOST_ID, DrawCard, Hello, Message, PlayCard, encode
from rachel.rules.actions import Play
from rachel_server.commands.event_loop import rest_the_collector
from rachel_server.core.entries import Record
from rachel_server.core.house import House
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.table_state import TableState
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.session import Session
from rachel_server.runtime import Runtime

SEATS: Final = 4
BATCH: Final = 40
SLICES: Final = 8


class Line:
    """A connection that takes everything, and a clock on which nothing is due."""

    def write(self, data: bytes) -> None:
        """Take bytes."""

    def close(self) -> None:
        """End in good order."""

    def abort(self) -> None:
        """End at once."""

    def is_closing(self) -> bool:
        """Tell whether it has ended."""
        return False

    def pause_reading(self) -> None:
        """Have nothing to read anyway."""

    def resume_reading(self) -> None:
        """Have nothing to read anyway."""

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait."""
        return 0

    def cancel(self) -> None:
        """Be planned no longer."""

    def time(self) -> float:
        """Return the clock's reading."""
        return time.monotonic()

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> "Line":  # noqa: ANN401
        """Plan nothing."""
        return self

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Stop: something is wrong.

        Raises:
            Exception: what went wrong.
        """
        raise context["exception"]


class Evening:
    """A house full of tables at which people play at random."""

    def __init__(self, tables: int) -> None:
        self._rng = random.Random(1)
        self.house = House(TableSettings(), entropy=self._rng.randbytes, unix_time=time.time)
        self._last_record = 0
        self._line = Line()
        self.runtime = Runtime(self.house, self, self._line)
        self._limits = AddressLimits()
        self._people = 0
        self._tables = [self._sit_down() for _ in range(tables)]

    # The journal

    def append(self, records: Sequence[Record]) -> None:
        """Note the last record."""
        self._last_record = records[-1].sequence

    def bring_back(self, game: str, epoch: int, after: int) -> None:
        """Stop: a table broke off.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError(f"game {game} broke off")

    def put_aside(self, game: str, why: str) -> None:
        """Stop: a game cannot be played on.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError(f"game {game}: {why}")

    def save(self) -> None:
        """Let out what waits."""
        self.runtime.saved(self._last_record)

    # The players

    def actions(self) -> Iterator[tuple[Session, bytes]]:
        """Go round the tables without end: who acts next, and what they send."""
        while True:
            for place in range(len(self._tables)):
                table, sessions = self._tables[place]
                if table.state is not TableState.PLAYING:
                    for session in sessions.values():
                        session.lost()
                    self._tables[place] = table, sessions = self._sit_down()
                yield self._next_action(table, sessions)

    def _next_action(self, table: Table, sessions: dict[int, Session]) -> tuple[Session, bytes]:
        assert table._course.playing is not None
        game = table._course.playing.game
        action = self._rng.choice(game.view(game.current).legal_actions())
        message: Message = DrawCard(observed_hash=game.tag)
        if isinstance(action, Play):
            message = PlayCard(action.cards, action.suit, game.tag)
        connection = table.seats[game.current].connection
        assert connection is not None
        return sessions[connection], _frame(message, game.current, table.game_id)

    def _sit_down(self) -> tuple[Table, dict[int, Session]]:
        """Let four people play in a room of their own."""
        room, sessions = f"R{self._people}", {}
        for _ in range(SEATS):
            self._people += 1
            number = self._people  # each from an address of their own: no limit is reached
            address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            session = Session(
                self._line, self.runtime, transport="tcp", address=address, limits=self._limits
            )
            hello = Hello("ANN", token=self._rng.randbytes(8), room=room)
            session.receive(_frame(hello, HOST_ID, 0))
            sessions[session.connection] = session
        self.save()
        table = self.house.lobby.in_room(room)
        assert table is not None
        return table, sessions


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--tables", default="10,100,1000,2500", help="how many; a list  [default: %(default)s]"
    )
    parser.add_argument("--actions", type=int, default=20_000, help="of each  [default: 20000]")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    options = parser.parse_args()
    runs = [measure(int(number), options.actions) for number in options.tables.split(",")]
    if options.json:
        print(json.dumps({"runs": runs}, indent=2))
        return
    print("tables   CPU us an action   to the record   to the bytes")
    for run in runs:
        taken, let_out = run["receive_us"], run["saved_us"]
        print(f"{run['tables']:6}   {taken + let_out:16.1f}   {taken:13.1f}   {let_out:12.1f}")


def measure(tables: int, actions: int) -> dict[str, float]:
    """Return the microseconds of an action with that many tables."""
    evening = Evening(tables)
    source = evening.actions()
    rest_the_collector()
    best = (float("inf"), 0.0, 0.0)
    for _ in range(SLICES):
        best = min(best, _slice(evening, source, min(BATCH, tables), actions // SLICES))
    return {"tables": tables, "receive_us": best[1], "saved_us": best[2]}


def _slice(
    evening: Evening, source: Iterator[tuple[Session, bytes]], size: int, actions: int
) -> tuple[float, float, float]:
    """Return what so many actions took, in batches, in microseconds: all, taken in, let out."""
    taken = let_out = 0
    batches = max(1, actions // size)
    for _ in range(batches):
        batch = list(islice(source, size))
        began = time.thread_time_ns()
        for session, data in batch:
            session.receive(data)
        received = time.thread_time_ns()
        evening.save()
        let_out += time.thread_time_ns() - received
        taken += received - began
    each = 1000 * batches * size
    return (taken + let_out) / each, taken / each, let_out / each


def _frame(message: Message, seat: int, game_id: int) -> bytes:
    return encode(message, version=2, sequence=0, player_id=seat, game_id=game_id)


if __name__ == "__main__":
    main()
