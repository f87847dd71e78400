"""Load for a server: tables of four over loopback TCP, one action in flight at each.

The clients do as little as they can, so that the server is what is measured: of each frame they
look at the type; only the seat to act looks at the state of the table and at its own hand.
"""

import asyncio
import os
import random
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, cast

from echo_server import ACTOR_ANSWER, OTHERS_ANSWER

from rachel.rubp import (
    FRAME_SIZE,
    HOST_ID,
    DrawCard,
    Hello,
    Message,
    MessageType,
    PlayCard,
    encode,
)
from rachel.rules.actions import Play
from rachel.rules.legal import legal_actions

SEATS: Final = 4
GAMES_PER_CONNECTION: Final = 90
"""A server lets a connection say 100 HELLOs; after this many games the seat connects anew."""

_ACTION: Final = bytes(FRAME_SIZE)
_TYPE: Final = 5
_WELCOME: Final = int(MessageType.WELCOME)
_GAME_START: Final = int(MessageType.GAME_START)
_CARD_DRAWN: Final = int(MessageType.CARD_DRAWN)
_GAME_STATE: Final = int(MessageType.GAME_STATE)
_TURN_START: Final = int(MessageType.TURN_START)
_PLAYER_WON: Final = int(MessageType.PLAYER_WON)
_ERROR: Final = int(MessageType.ERROR)
_HAND_SYNC: Final = int(MessageType.HAND_SYNC)


@dataclass(slots=True)
class Tally:
    """What the clients of one measurement saw; latencies are seconds.

    Attributes:
        latencies: from sending an action to having what it led to, one entry per action.
        games: games that came to their end, counted once per seat.
        errors: ERROR frames and lost connections.
        started: set once every table has answered an action.
    """

    tables: int
    latencies: list[float] = field(default_factory=list)
    games: int = 0
    errors: int = 0
    started: asyncio.Event = field(default_factory=asyncio.Event)
    _playing: set[str] = field(default_factory=set)

    def answered(self, table: str, latency: float) -> None:
        """Count an action."""
        self.latencies.append(latency)
        if not self.started.is_set():
            self._playing.add(table)
            if len(self._playing) == self.tables:
                self.started.set()


class Seat(asyncio.Protocol):
    """A person at a table, who plays at random and wants a rematch after every game."""

    def __init__(self, tally: Tally, port: int, room: str, number: int) -> None:
        self._tally = tally
        self._port = port
        self._room = room
        self._name = f"P{number}"
        self._token = os.urandom(8)
        self._rng = random.Random(f"{room} {number}")
        self._rest = b""
        self._seat = 0
        self._game_id = 0
        self._sequence = 0
        self._games = 0
        self._hand: list[int] = []
        self._state = b""
        self._sent_at = 0.0
        self._again: asyncio.Task[object] | None = None
        self._transport: asyncio.Transport | None = None

    async def connect(self) -> None:
        """Take a connection and say HELLO."""
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)

    def close(self) -> None:
        """Leave for good."""
        if self._transport is not None:
            transport, self._transport = self._transport, None
            transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say HELLO."""
        self._transport = cast(asyncio.Transport, transport)
        self._games = 0
        self._hello()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count what was not meant to happen."""
        if self._transport is not None:
            self._tally.errors += 1

    def data_received(self, data: bytes) -> None:
        """Look at the type of every frame, and at little else."""
        if self._rest or len(data) % FRAME_SIZE:
            data = self._rest + data
            whole = len(data) - len(data) % FRAME_SIZE
            self._rest = data[whole:]
            data = data[:whole]
        for start in range(0, len(data), FRAME_SIZE):
            kind = data[start + _TYPE]
            if kind == _GAME_STATE:
                self._state = data[start + 16 : start + FRAME_SIZE]
            elif kind == _TURN_START:
                self._answered()
                if data[start + 16] == self._seat:
                    self._act()
            elif kind in (_HAND_SYNC, _GAME_START):
                self._hand = list(data[start + 17 : start + 17 + data[start + 16]])
            elif kind == _CARD_DRAWN:
                self._hand += data[start + 17 : start + 17 + data[start + 16]]
            elif kind == _PLAYER_WON:
                self._answered()
                self._play_again()
            elif kind == _WELCOME:
                self._seat = data[start + 17]
                self._game_id = int.from_bytes(data[start + 18 : start + 20], "big")
            elif kind == _ERROR:
                self._tally.errors += 1

    def _answered(self) -> None:
        if self._sent_at:
            self._tally.answered(self._room, perf_counter() - self._sent_at)
            self._sent_at = 0.0

    def _act(self) -> None:
        state = self._state
        action = self._rng.choice(
            legal_actions(
                self._hand,
                top=state[2],
                nominated=None if state[3] == 0xFF else state[3],
                pending_draws=state[4],
                pending_skips=state[5],
            )
        )
        seen = int.from_bytes(state[24:32], "big")
        if isinstance(action, Play):
            self._send(PlayCard(action.cards, action.suit, seen))
        else:
            self._send(DrawCard(observed_hash=seen))
        self._sent_at = perf_counter()

    def _play_again(self) -> None:
        self._tally.games += 1
        self._games += 1
        if self._games < GAMES_PER_CONNECTION:
            self._hello()
        else:
            self.close()
            self._again = asyncio.get_running_loop().create_task(self.connect())

    def _hello(self) -> None:
        self._game_id, self._seat = 0, HOST_ID
        self._send(Hello(self._name, token=self._token, room=self._room))

    def _send(self, message: Message) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        if self._transport is not None:
            self._transport.write(
                encode(
                    message,
                    version=2,
                    sequence=self._sequence,
                    player_id=self._seat,
                    game_id=self._game_id,
                )
            )


class EchoClient(asyncio.Protocol):
    """A seat at a table of the echo server: acts as soon as the seat before it has acted."""

    def __init__(self, tally: Tally, table: int, seat: int) -> None:
        self._tally = tally
        self._table = table
        self._seat = seat
        self._turn = 0
        self._received = 0
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None
        self.seated = asyncio.Event()

    async def connect(self, port: int) -> None:
        """Take a connection and sit down."""
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)
        await self.seated.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say which table this is."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._table.to_bytes(4, "big").ljust(FRAME_SIZE, b"\0"))

    def data_received(self, data: bytes) -> None:
        """Count bytes, and act when the answers to the turns before are complete."""
        self._received += len(data)
        if not self.seated.is_set():
            self._received -= FRAME_SIZE
            self.seated.set()
        while self._received >= (len(ACTOR_ANSWER) if self._sent_at else len(OTHERS_ANSWER)):
            if self._sent_at:
                self._received -= len(ACTOR_ANSWER)
                self._tally.answered(str(self._table), perf_counter() - self._sent_at)
                self._sent_at = 0.0
            else:
                self._received -= len(OTHERS_ANSWER)
            self._turn += 1
            if self._turn % SEATS == self._seat:
                self.act()

    def act(self) -> None:
        """Send an action."""
        if self._transport is not None:
            self._transport.write(_ACTION)
            self._sent_at = perf_counter()

    def close(self) -> None:
        """Leave."""
        if self._transport is not None:
            self._transport.abort()


async def sit_down(tally: Tally, port: int, connections: int) -> list[Seat]:
    """Connect that many people to a Rachel server, four to a table, and let them play."""
    seats = [
        Seat(tally, port, f"T{number // SEATS}", number % SEATS) for number in range(connections)
    ]
    for seat in seats:
        await seat.connect()
    return seats


async def sit_down_at_echo(tally: Tally, port: int, connections: int) -> list[EchoClient]:
    """Connect that many clients to the echo server and start every table."""
    clients = [EchoClient(tally, number // SEATS, number % SEATS) for number in range(connections)]
    for client in clients:
        await client.connect(port)
    for client in clients[::SEATS]:
        client.act()
    return clients
