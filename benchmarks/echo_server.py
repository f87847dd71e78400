"""An echo server with the traffic of a card table and no game: what the machine could do at best.

Run as a program it prints its port and serves until it is stopped. A connection's first 64 bytes
hold the number of its table in bytes 0-3. Every further frame is an action, which the server
answers with what a real action makes it write to each seat of the table.
"""

import asyncio
import sys
from collections import defaultdict
from typing import Final, cast

ACTOR_ANSWER: Final = bytes(4 * 64)
"""HAND_SYNC, TURN_END, GAME_STATE, TURN_START."""

OTHERS_ANSWER: Final = bytes(3 * 64)
"""TURN_END, GAME_STATE, TURN_START."""

_tables: defaultdict[bytes, list["EchoSeat"]] = defaultdict(list)


class EchoSeat(asyncio.Protocol):
    """One connection of a table."""

    def __init__(self) -> None:
        self._table: list[EchoSeat] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Sit down at first; afterwards answer the whole table."""
        if not self._table:
            self._table = _tables[data[:4]]
            self._table.append(self)
            self._transport.write(data)
            return
        for seat in self._table:
            seat._transport.write(ACTOR_ANSWER if seat is self else OTHERS_ANSWER)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the table."""
        if self in self._table:
            self._table.remove(self)


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(EchoSeat, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    """Return uvloop's event loop where it is installed, else the standard one."""
    if sys.platform == "win32":
        return None
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.Loop


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve())
