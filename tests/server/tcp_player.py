"""A person at a table over TCP, for tests: a ClientSession on a socket, and what it heard."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, Protocol, cast

from rachel.bots import choose
from rachel.client.session import ClientSession
from rachel.client.table import ClientTable
from rachel.client.updates import GameOver, Rejected, Resyncing, Update
from rachel.rubp import (
    CARDS_MAX,
    Announce,
    CardDrawn,
    FrameStream,
    GameState,
    HandSync,
    Message,
    Phase,
    Platform,
    TurnEnd,
    Welcome,
    decode,
)
from rachel.rules.actions import Play

HOST: Final = "127.0.0.1"
DEADLINE_S: Final = 30.0
"""What takes longer than this will never happen."""

Send = Callable[[asyncio.Transport, bytes], None]
"""Puts the bytes of one frame on the wire, in whatever way a client may."""


def whole(transport: asyncio.Transport, frame: bytes) -> None:
    """Send a frame as it is."""
    transport.write(frame)


class Line(Protocol):
    """A player's end of a connection that is no TCP socket."""

    async def read(self) -> bytes:
        """Return what came, nothing at the end."""

    def write(self, data: bytes) -> None:
        """Send bytes."""


class _LineTransport(asyncio.Transport):
    """Such a line as a player's transport."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._line.write(bytes(data))


class TcpPlayer(asyncio.Protocol):
    """One person's client.

    Attributes:
        session: the sans-I/O client behind it.
        plays: whether it acts by itself when it is its turn.
        heard: every message that came, oldest first, those of earlier connections included.
        updates: what the session made of them.
        connected: whether it has a connection.
        port: where it last tried to get one.
    """

    def __init__(
        self,
        name: str,
        *,
        room: str = "",
        version: int = 2,
        platform: int = Platform.TERMINAL,
        acknowledge: bool = False,
        token: bytes | None = None,
        plays: bool = True,
        send: Send = whole,
    ) -> None:
        self.session = ClientSession(
            name,
            token=os.urandom(8) if token is None else token,
            room=room,
            version=version,
            platform=platform,
            acknowledge=acknowledge,
        )
        self.plays = plays
        self.heard: list[Message] = []
        self.updates: list[Update] = []
        self.connected = False
        self.port = 0
        self._send_frame = send
        self._stream = FrameStream()
        self._rng = random.Random(name)
        self._news = asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self._reading: asyncio.Task[None] | None = None

    # The connection

    async def connect(self, port: int) -> None:
        """Connect and say HELLO: a fresh join, or a reclaim once there was a WELCOME."""
        self.port = port
        self._stream = FrameStream()
        await asyncio.get_running_loop().create_connection(lambda: self, HOST, port)
        self.send(self.session.hello())

    async def sit_down(self, dial: Callable[[], Awaitable[Line]]) -> None:
        """Connect by another transport than TCP and say HELLO."""
        self._stream = FrameStream()
        line = await dial()
        self.connection_made(_LineTransport(line))
        self._reading = asyncio.create_task(self._read(line))
        self.send(self.session.hello())

    async def _read(self, line: Line) -> None:
        while data := await line.read():
            self.data_received(data)
        self.connection_lost(None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.connected = True

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.connected = False
        self._news.set()

    def cut(self) -> None:
        """Lose the connection without a word."""
        if self._transport is not None:
            self._transport.abort()

    def send(self, frames: bytes) -> None:
        """Send frames in this client's own way; without a connection they are lost."""
        if self._transport is not None and frames:
            self._send_frame(self._transport, frames)

    def data_received(self, data: bytes) -> None:
        self.heard += [decode(frame) for frame in self._stream.feed(data)]
        self.updates += self.session.receive(data)
        self.send(self.session.outgoing())
        if self.plays:
            self.act()
        self._news.set()

    # Playing

    def act(self) -> None:
        """Act if it is this person's turn."""
        view = self.session.view
        if view is not None and self.session.prompt:
            action = choose("beginner", view, self._rng)
            if isinstance(action, Play):
                self.send(self.session.play(action.cards, action.suit))
            else:
                self.send(self.session.draw())

    def play_on(self) -> None:
        """Act from now on."""
        self.plays = True
        self.act()

    @property
    def over(self) -> bool:
        """Whether the game is over and the whole proof of its deal has been announced."""
        told = any(isinstance(update, GameOver) for update in self.updates)
        return told and self.session.proof.verified is not None

    @property
    def rejected(self) -> bool:
        """Whether the host's final answer to a HELLO was no."""
        return any(isinstance(update, Rejected) for update in self.updates)

    @property
    def turn(self) -> int:
        """The turn of the latest state of the table, 0 before the first."""
        return 0 if self.session.view is None else self.session.view.public.turn

    async def until(self, condition: Callable[["TcpPlayer"], bool], what: str) -> None:
        """Wait until something this client hears, or its connection's end, makes it true."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                while not condition(self):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            tail = "\n".join(map(str, self.heard[-6:]))
            raise AssertionError(
                f"{self.session.name} waited in vain for {what}; heard last:\n{tail}"
            ) from None

    async def until_seated(self) -> None:
        """Wait for the WELCOME of the first HELLO."""
        await self.until(lambda player: player.session.seat is not None, "a seat")

    async def until_prompt(self) -> None:
        """Wait until it is this person's turn."""
        await self.until(lambda player: player.session.prompt, "its turn")

    async def until_turn(self, turn: int) -> None:
        """Wait until so many turns have ended."""
        await self.until(lambda player: player.turn >= turn, f"turn {turn}")

    async def until_finished(self) -> None:
        """Wait until the game is over."""
        await self.until(lambda player: player.session.phase is Phase.FINISHED, "the end")

    async def until_over(self) -> None:
        """Wait until the game is over and its proof complete."""
        await self.until(lambda player: player.over, "the end and the proof of the deal")

    async def until_lost(self) -> None:
        """Wait until the connection is gone."""
        await self.until(lambda player: not player.connected, "the end of the connection")

    # What it heard

    @property
    def turn_ends(self) -> list[TurnEnd]:
        """The TURN_ENDs heard, in order."""
        return [message for message in self.heard if isinstance(message, TurnEnd)]

    @property
    def announcements(self) -> list[str]:
        """The texts announced, in order."""
        return [message.text for message in self.heard if isinstance(message, Announce)]

    @property
    def welcomes(self) -> list[Welcome]:
        """The WELCOMEs heard, in order."""
        return [message for message in self.heard if isinstance(message, Welcome)]

    def check_pairs(self) -> None:
        """Check that every GAME_STATE agrees with the HAND_SYNC of its turn, and none was missed.

        Raises:
            AssertionError: they describe different states.
        """
        seat = self.session.seat
        assert seat is not None
        hands: dict[int, tuple[HandSync, list[int]]] = {}
        states: dict[int, GameState] = {}
        pairs = 0
        for before, message in zip([None, *self.heard], [*self.heard, None], strict=True):
            if message is None or isinstance(message, Welcome):
                for turn in states.keys() & hands.keys():
                    (sync, hand), state = hands[turn], states[turn]
                    pairs += 1
                    assert (state.spec, state.state_hash) == (sync.spec, sync.state_hash)
                    assert len(hand) == state.hand_counts[seat]
                hands.clear()
                states.clear()
            elif isinstance(message, HandSync):
                hands[message.turn] = message, list(message.cards)
                continues = len(message.cards) == CARDS_MAX
            elif isinstance(message, CardDrawn) and isinstance(before, HandSync | CardDrawn):
                if hands and continues:
                    hands[max(hands)][1].extend(message.cards)
            elif isinstance(message, GameState):
                states[message.turn] = message
        assert pairs
        assert not [update for update in self.updates if isinstance(update, Resyncing)]
        table = ClientTable()
        for message in self.heard:
            table.take(message, [])  # raises MessageError if it makes no sense


async def together(waits: Iterable[Awaitable[None]]) -> None:
    """Wait for all of them."""
    await asyncio.gather(*waits)


async def sit_down(players: Iterable[TcpPlayer], port: int) -> None:
    """Connect players one after the other, so that each has the next free seat."""
    for player in players:
        await player.connect(port)
        await player.until_seated()
