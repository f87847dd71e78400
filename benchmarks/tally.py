"""What every load has in common: players who think and act, and the tally of what they saw."""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, cast

SEATS: Final = 4
"""At every table."""


@dataclass(slots=True)
class Tally:
    """What the clients of one measurement saw; latencies are seconds.

    Attributes:
        tables: how many there are.
        think_s: how long every player waits before each action.
        latencies: from sending an action to having what it led to, one entry per action.
        games: games that came to their end, counted once per seat.
        errors: refused actions and lost connections.
        started: set once every table has answered an action.
    """

    tables: int
    think_s: float = 0.0
    latencies: list[float] = field(default_factory=list)
    games: int = 0
    errors: int = 0
    started: asyncio.Event = field(default_factory=asyncio.Event)
    _begun: bool = False
    _ready: "list[Player]" = field(default_factory=list)
    _playing: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Let those act whose turn it is: everybody has sat down."""
        self._begun = True
        for player in self._ready:
            player.think()

    def may_act(self, player: "Player") -> bool:
        """Tell whether play has begun; otherwise remember who is to think then."""
        if not self._begun:
            self._ready.append(player)
        return self._begun

    def answered(self, table: str, latency: float) -> None:
        """Count an action."""
        self.latencies.append(latency)
        if not self.started.is_set():
            self._playing.add(table)
            if len(self._playing) == self.tables:
                self.started.set()


class Player(asyncio.Protocol):
    """One connection of a table.

    Attributes:
        tally: where it notes what it saw.
        table: its table's name.
        acted: whether an action of it has not been answered yet.
    """

    def __init__(self, tally: Tally, table: str) -> None:
        self.tally = tally
        self.table = table
        self.acted = False
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count what was not meant to happen."""
        if self._transport is not None:
            self.tally.errors += 1

    def close(self) -> None:
        """Leave."""
        if self._transport is not None:
            transport, self._transport = self._transport, None
            transport.abort()

    def send(self, data: bytes) -> None:
        """Send, unless the connection is gone."""
        if self._transport is not None:
            self._transport.write(data)

    def think(self) -> None:
        """Act, after the time for thinking, once everybody has sat down."""
        if not self.tally.may_act(self):
            return
        if self.tally.think_s:
            asyncio.get_running_loop().call_later(self.tally.think_s, self._act)
        else:
            self._act()

    def answered(self) -> None:
        """Note how long an action took, if one of this player's was under way."""
        if self.acted:
            self.acted = False
            self.tally.answered(self.table, perf_counter() - self._sent_at)

    def action(self) -> bytes:
        """Return what to send as the next action."""
        raise NotImplementedError

    def _act(self) -> None:
        self.send(self.action())
        self.acted = True
        self._sent_at = perf_counter()
