"""People in the simulation who only look on, and come and go at any moment."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from sim_player import Place

from rachel.rubp import (
    HOST_ID,
    WATCHES,
    DrawCard,
    Hello,
    Message,
    Platform,
    PlayCard,
    SyncRequest,
    encode,
)
from rachel_server.fakes.network import FakeLine, Weather

_STAYS_S: Final = 60.0
_ASKS_S: Final = 5.0


class Watcher:
    """Watches a table of the house for a while, some times over; asks for more than it may have.

    Attributes:
        done: whether it has gone for good.
    """

    def __init__(self, place: Place, rng: random.Random, number: int) -> None:
        self.done = False
        self._place = place
        self._rng = rng
        self._address = f"192.0.2.{number}"
        self._version = rng.choice((1, 2))
        self._visits = rng.randint(1, 4)
        self._line: FakeLine | None = None
        self._game_id = 0

    def come(self) -> None:
        """Connect and watch, by room or by game; some play for a moment and then get up."""
        process, rng = self._place.process, self._rng
        tables = list(process.house.lobby.tables.values()) if process.is_up else []
        self._visits -= 1
        if self._visits < 0:
            self.done = True
            return
        if not tables:
            self._later(_STAYS_S / 4, self.come)
            return
        table = rng.choice(tables)
        self._game_id = table.game_id
        self._line = self._place.network.dial(
            process, self, address=self._address, weather=Weather(pieces=rng.random() < 0.3)
        )
        by_game = rng.random() < 0.3
        hello = Hello("IDA", Platform.TERMINAL, room="" if by_game else table.room)
        looks_on = replace(hello, capabilities=WATCHES)
        if rng.random() < 0.2:
            self._say(replace(hello, token=rng.randbytes(8), room=table.room), 0)
            self._later(_STAYS_S / 4, self._say, looks_on, table.game_id)
        else:
            self._say(looks_on, table.game_id if by_game else 0)
        self._later(_STAYS_S, self._go, self._line)
        self._ask(self._line)

    def arrived(self, line: FakeLine, data: bytes) -> None:
        """Look on."""

    def ended(self, line: FakeLine) -> None:
        """Come again."""
        if line is self._line:
            self._line = None
            self._later(_STAYS_S / 4, self.come)

    def _go(self, line: FakeLine) -> None:
        if line is not self._line:
            return
        if self._rng.random() < 0.5:
            line.cut(self._rng.uniform(0.0, 3.0), self._rng.uniform(0.0, 60.0))
        else:
            line.close()
            self.ended(line)

    def _ask(self, line: FakeLine) -> None:
        """Ask for everything, and try to act."""
        if line is self._line and not line.is_over:
            asks = (
                SyncRequest(0),
                SyncRequest(0),
                DrawCard(),
                PlayCard((self._rng.randrange(52),)),
            )
            self._say(self._rng.choice(asks), self._game_id)
            self._later(_ASKS_S, self._ask, line)

    def _say(self, message: Message, game_id: int) -> None:
        if self._line is not None:
            version = self._version
            self._line.write(
                encode(message, version=version, sequence=0, player_id=HOST_ID, game_id=game_id)
            )

    def _later(self, mean_s: float, happen: Callable[..., object], *args: object) -> None:
        """Let something happen about so many seconds from now."""
        self._place.network.time.call_later(self._rng.expovariate(1 / mean_s), happen, *args)
