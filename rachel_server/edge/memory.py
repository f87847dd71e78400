"""RUBP in memory: a client in the same process sits down without a socket.

The client and the server may live on event loops, and threads, of their own. A solo game's client
sits at the table like this, and so do tests; nothing at the table tells them from others.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.session import Door, Session

LOCAL: Final = "127.0.0.1"
"""The address of those who sit in the same process."""


class MemoryLine:
    """The client's end of a connection in memory; make one with `dial`."""

    def __init__(self, server: asyncio.AbstractEventLoop) -> None:
        self._loop = asyncio.get_running_loop()
        self._server = server
        self._arrived = asyncio.Event()
        self._inbox = bytearray()
        self._ended = False
        self._end: _ServerEnd | None = None

    async def read(self) -> bytes:
        """Return what the server has sent, at least a byte; nothing once it has hung up."""
        while not self._inbox and not self._ended:
            self._arrived.clear()
            await self._arrived.wait()
        data = bytes(self._inbox)
        self._inbox.clear()
        if data and self._end is not None:
            _on(self._server, self._end.was_read, len(data))
        return data

    def write(self, data: bytes) -> None:
        """Send bytes."""
        if self._end is not None and not self._ended:
            _on(self._server, self._end.receive, data)

    def is_closing(self) -> bool:
        """Tell whether the connection is over."""
        return self._ended

    async def close(self) -> None:
        """End the connection; what was written before still arrives."""
        if self._end is not None and not self._ended:
            _on(self._server, self._end.lose)
        self.end()

    def take(self, data: bytes) -> None:
        """Take bytes of the server, on the client's loop."""
        self._inbox += data
        self._arrived.set()

    def end(self) -> None:
        """Note that the connection is over, on the client's loop."""
        self._ended = True
        self._arrived.set()


class _ServerEnd:
    """The server's end: a session, and the wire that it writes to."""

    def __init__(
        self,
        line: MemoryLine,
        client: asyncio.AbstractEventLoop,
        door: Door,
        limits: AddressLimits,
    ) -> None:
        self._line = line
        self._client = client
        self._unread = 0  # bytes that the client has not read
        self._paused: bytearray | None = None
        self._closing = False
        self._session = Session(self, door, transport="memory", address=LOCAL, limits=limits)

    def receive(self, data: bytes) -> None:
        """Take bytes of the client."""
        if self._paused is not None:
            self._paused += data
        elif not self._closing:
            self._session.receive(data)

    def was_read(self, size: int) -> None:
        """Note that the client has read so many bytes."""
        self._unread -= size

    def lose(self) -> None:
        """Note that the client is gone."""
        if not self._closing:
            self._closing = True
            self._session.lost()

    # The wire

    def write(self, data: bytes) -> None:
        """Send bytes to the client."""
        if not self._closing:
            self._unread += len(data)
            _on(self._client, self._line.take, data)

    def close(self) -> None:
        """End the connection after what was written."""
        if not self._closing:
            self._closing = True
            _on(self._client, self._line.end)
            asyncio.get_running_loop().call_soon(self._session.lost)

    abort = close

    def pause_reading(self) -> None:
        """Keep what comes until `resume_reading`."""
        if self._paused is None:
            self._paused = bytearray()

    def resume_reading(self) -> None:
        """Take what has come, and whatever comes."""
        paused, self._paused = self._paused, None
        if paused:
            self.receive(bytes(paused))

    def get_write_buffer_size(self) -> int:
        """Return how many bytes the client has not read."""
        return self._unread


async def dial(server: asyncio.AbstractEventLoop, door: Door, limits: AddressLimits) -> MemoryLine:
    """Connect to a server on its own event loop, from the running one; return the client's end.

    Raises:
        ConnectionRefusedError: the server is gone.
    """
    line, client = MemoryLine(server), asyncio.get_running_loop()
    accepted: asyncio.Future[_ServerEnd] = client.create_future()

    def accept() -> None:
        end = _ServerEnd(line, client, door, limits)
        _on(client, accepted.set_result, end)

    if not _on(server, accept):
        raise ConnectionRefusedError("the server is gone")
    line._end = await accepted
    return line


def _on(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *args: Any) -> bool:  # noqa: ANN401
    """Call something on an event loop, from any thread; tell whether the loop is still there."""
    try:
        loop.call_soon_threadsafe(call, *args)
    except RuntimeError:
        return False
    return True
