"""Load for the servers of benchmarks/others: the same tables, in the words of each.

These clients, too, do as little as they can: they count what arrives, and decode nothing of a state
but its number.
"""

import asyncio
import json
import re
from http.client import HTTPConnection
from typing import Final, cast

from tally import SEATS, Player, Tally

_CLOSE: Final = 8
_PING: Final = 9
_TEXT_FRAME: Final = 0x81
_BINARY_FRAME: Final = 0x82
_PONG_FRAME: Final = 0x8A
_STATE_ID: Final = re.compile(rb'"_stateID":(\d+)')
_NO_MASK: Final = bytes(4)
"""A client's mask may be anything; with this one the masked bytes are the bytes."""


class WebSocketPlayer(Player):
    """One connection of a table over WebSocket."""

    def __init__(self, tally: Tally, table: str, seat: int) -> None:
        super().__init__(tally, table)
        self.seat = seat
        self.seated = asyncio.Event()
        self._rest = b""
        self._open = False

    async def connect(self, port: int, path: str) -> None:
        """Take a connection and sit down."""
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)
        self.send(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        await self.seated.wait()

    def data_received(self, data: bytes) -> None:
        """Take messages apart."""
        data = self._rest + data if self._rest else data
        if not self._open:
            head, _, data = data.partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 101"):
                raise SystemExit(f"no WebSocket: {head.decode()}")
            self._open = True
        at = 0
        while len(data) - at >= 2:
            size, start = data[at + 1], at + 2
            if size >= 126:
                start += 2 if size == 126 else 8
                size = int.from_bytes(data[at + 2 : start], "big")
            if len(data) < start + size:
                break
            kind = data[at] & 15
            if kind == _PING:
                self.send(frame(_PONG_FRAME, data[start : start + size]))
            elif kind == _CLOSE:
                self.tally.errors += 1
            else:
                self.heard(data[start : start + size])
            at = start + size
        self._rest = data[at:]

    def heard(self, message: bytes) -> None:
        """Take a message of the server."""
        raise NotImplementedError


class ColyseusPlayer(WebSocketPlayer):
    """A player in a Colyseus room: a patch of the state is a turn."""

    _JOIN_ROOM: Final = 10
    _ROOM_STATE: Final = 14
    _ROOM_STATE_PATCH: Final = 15
    _PLAY: Final = b"\x0d\xa4play\x11"
    """ROOM_DATA, the message's type as a MessagePack text, 17."""

    _turn = 0

    def heard(self, message: bytes) -> None:
        """Answer the handshake; afterwards count patches."""
        if message[0] == self._ROOM_STATE_PATCH:
            self.answered()
            self._turn += 1
            if self._turn % SEATS == self.seat:
                self.think()
        elif message[0] == self._JOIN_ROOM:
            self.send(frame(_BINARY_FRAME, bytes([self._JOIN_ROOM])))
        elif message[0] == self._ROOM_STATE:
            self.seated.set()

    def action(self) -> bytes:
        """Return a message to the room."""
        return frame(_BINARY_FRAME, self._PLAY)


class BoardgamePlayer(WebSocketPlayer):
    """A player of a boardgame.io match, by the protocol of socket.io."""

    _state_id = 0

    def heard(self, message: bytes) -> None:
        """Answer the handshake; afterwards look at the number of each state."""
        if message.startswith(b'42/table,["update"'):
            self.answered()
            self._state_id = int(cast(re.Match[bytes], _STATE_ID.search(message))[1])
            if self._state_id % SEATS == self.seat:
                self.think()
        elif message.startswith(b"0{"):
            self._say("40/table,")
        elif message.startswith(b"40/table"):
            sync = json.dumps(["sync", self.table, str(self.seat), None, SEATS])
            self._say(f"42/table,{sync}")
        elif message.startswith(b'42/table,["sync"'):
            self.seated.set()
        elif message == b"2":
            self._say("3")

    def action(self) -> bytes:
        """Return a move."""
        seat = str(self.seat)
        move = {"type": "play", "args": [17], "playerID": seat}
        action = {"type": "MAKE_MOVE", "payload": move}
        update = json.dumps(["update", action, self._state_id, self.table, seat])
        return frame(_TEXT_FRAME, f"42/table,{update}".encode())

    def _say(self, text: str) -> None:
        self.send(frame(_TEXT_FRAME, text.encode()))


def frame(kind: int, payload: bytes) -> bytes:
    """Return the frame of a client's message."""
    size = len(payload)
    head = (
        bytes([kind, 0x80 | size]) if size < 126 else bytes([kind, 0xFE]) + size.to_bytes(2, "big")
    )
    return head + _NO_MASK + payload


async def sit_down_at_colyseus(tally: Tally, port: int, connections: int) -> list[ColyseusPlayer]:
    """Connect that many clients to the Colyseus server and start every table."""
    desk = HTTPConnection("127.0.0.1", port)
    players = [ColyseusPlayer(tally, f"T{n // SEATS}", n % SEATS) for n in range(connections)]
    for player in players:
        ask = json.dumps({"table": player.table})
        headers = {"Content-Type": "application/json"}
        desk.request("POST", "/matchmake/joinOrCreate/table", ask, headers)
        seat = json.load(desk.getresponse())
        path = f"/{seat['processId']}/{seat['roomId']}?sessionId={seat['sessionId']}"
        await player.connect(port, path)
    for player in players[::SEATS]:
        player.think()
    return players


async def sit_down_at_boardgame(tally: Tally, port: int, connections: int) -> list[BoardgamePlayer]:
    """Connect that many clients to the boardgame.io server and start every table."""
    players = [BoardgamePlayer(tally, f"T{n // SEATS}", n % SEATS) for n in range(connections)]
    for player in players:
        await player.connect(port, "/socket.io/?EIO=4&transport=websocket")
    for player in players[::SEATS]:
        player.think()
    return players
