"""Load for a server: tables of four over loopback TCP, one action in flight at each.

The clients do as little as they can, so that the server is what is measured: of each frame they
look at the type; only the seat to act looks at the state of the table and at its own hand, and
plays the first card that may be played.
"""

import asyncio
import os
from binascii import crc_hqx
from struct import Struct
from typing import Final

from echo_server import ACTOR_ANSWER, OTHERS_ANSWER
from tally import SEATS, Player, Tally

from rachel.rubp import FRAME_SIZE, HOST_ID, Hello, MessageType, encode
from rachel.rules.cards import ACE
from rachel.rules.legal import first_playable

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

# Built here rather than by rachel.rubp, so that a fast server does not wait for its load.
_HEADER: Final = Struct(">4sBBHHHHH")
_PLAY: Final = Struct(">BB31xBHB8s3x")
_DRAW: Final = Struct(">BBHB8s35x")


class Seat(Player):
    """A person at a Rachel table, who wants a rematch after every game."""

    def __init__(self, tally: Tally, port: int, room: str, number: int) -> None:
        super().__init__(tally, room)
        self._port = port
        self._name = f"P{number}"
        self._token = os.urandom(8)
        self._rest = b""
        self._seat = 0
        self._game_id = 0
        self._sequence = 0
        self._hand = b""
        self._state = b""

    async def connect(self) -> None:
        """Take a connection and say HELLO."""
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say HELLO."""
        super().connection_made(transport)
        self._hello()

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
                self.answered()
                if data[start + 16] == self._seat:
                    self.think()
            elif kind in (_HAND_SYNC, _GAME_START):
                self._hand = data[start + 17 : start + 17 + data[start + 16]]
            elif kind == _CARD_DRAWN:
                self._hand += data[start + 17 : start + 17 + data[start + 16]]
            elif kind == _PLAYER_WON:
                self.answered()
                self.tally.games += 1
                self._hello()
            elif kind == _WELCOME:
                self._seat = data[start + 17]
                self._game_id = int.from_bytes(data[start + 18 : start + 20], "big")
            elif kind == _ERROR:
                self.tally.errors += 1

    def action(self) -> bytes:
        """Return the frame of the first card that may be played, or of a draw."""
        state = self._state
        card = first_playable(
            self._hand,
            top=state[2],
            nominated=None if state[3] == 0xFF else state[3],
            pending_draws=state[4],
            pending_skips=state[5],
        )
        self._sequence = (self._sequence + 1) & 0xFFFF
        if card is None:
            kind, payload = MessageType.DRAW_CARD, _DRAW.pack(0, 1, 1, 1, state[24:32])
        else:
            suit = 0 if card & 63 == ACE else 0xFF
            kind, payload = MessageType.PLAY_CARD, _PLAY.pack(1, card, suit, 1, 1, state[24:32])
        head = (b"RACH", 2, kind, self._sequence, self._seat, self._game_id, 0)
        return _HEADER.pack(*head, crc_hqx(_HEADER.pack(*head, 0) + payload, 0xFFFF)) + payload

    def _hello(self) -> None:
        self._game_id, self._seat = 0, HOST_ID
        self._sequence = (self._sequence + 1) & 0xFFFF
        hello = Hello(self._name, token=self._token, room=self.table)
        self.send(encode(hello, version=2, sequence=self._sequence, player_id=HOST_ID, game_id=0))


class EchoClient(Player):
    """A seat at a table of the echo server: acts as soon as the seat before it has acted."""

    def __init__(self, tally: Tally, table: int, seat: int) -> None:
        super().__init__(tally, str(table))
        self._number = table
        self._seat = seat
        self._turn = 0
        self._received = 0
        self._seated = asyncio.Event()

    async def connect(self, port: int) -> None:
        """Take a connection and sit down."""
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)
        await self._seated.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say which table this is."""
        super().connection_made(transport)
        self.send(self._number.to_bytes(4, "big").ljust(FRAME_SIZE, b"\0"))

    def data_received(self, data: bytes) -> None:
        """Count bytes, and act when the answers to the turns before are complete."""
        self._received += len(data)
        if not self._seated.is_set():
            self._received -= FRAME_SIZE
            self._seated.set()
        while self._received >= (needed := len(ACTOR_ANSWER if self.acted else OTHERS_ANSWER)):
            self._received -= needed
            self.answered()
            self._turn += 1
            if self._turn % SEATS == self._seat:
                self.think()

    def action(self) -> bytes:
        """Return an action."""
        return _ACTION


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
        client.think()
    return clients
