"""A line between a client and its host that is slow, or gone for a while."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any


class Relay:
    """Carries bytes between connections to its port and a port of this machine.

    It runs in a thread of its own, so that tests may wait for a terminal meanwhile.

    Attributes:
        port: where it accepts connections.
        swallows: whether everything that is sent is lost, while connections seem to stand.
    """

    def __init__(self, host_port: int, delay_s: float) -> None:
        self.port = 0
        self.swallows = False
        self._host_port = host_port
        self._delay_s = delay_s
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[Any]] = set()

    def accept(self) -> None:
        """Accept connections, at the same port as before."""
        asyncio.run_coroutine_threadsafe(self._accept(), self._loop).result()

    def refuse(self) -> None:
        """Cut every connection, and refuse new ones."""
        asyncio.run_coroutine_threadsafe(self._refuse(), self._loop).result()

    async def _accept(self) -> None:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
        for end in self._ends:
            end.transport.abort()
        if self._carrying:
            await asyncio.wait(self._carrying)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = await asyncio.open_connection("127.0.0.1", self._host_port)
        for source, sink in ((reader, host[1]), (host[0], writer)):
            task = self._loop.create_task(self._carry(source, sink))
            self._carrying.add(task)
            task.add_done_callback(self._carrying.discard)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        self._ends.add(sink)
        with suppress(OSError):
            while data := await source.read(4096):
                if not self.swallows:
                    self._loop.call_later(self._delay_s, sink.write, data)
        self._loop.call_later(self._delay_s, sink.close)
        self._ends.discard(sink)

    def run(self) -> None:
        """Run until the loop is stopped."""
        self._loop.run_forever()
        self._loop.run_until_complete(self._refuse())
        self._loop.run_until_complete(asyncio.sleep(2 * self._delay_s))
        self._loop.close()

    def stop(self) -> None:
        """End `run`."""
        self._loop.call_soon_threadsafe(self._loop.stop)


@contextmanager
def relayed(host_port: int, delay_s: float = 0.0) -> Iterator[Relay]:
    """Run a relay that needs ``delay_s`` each way."""
    relay = Relay(host_port, delay_s)
    thread = Thread(target=relay.run)
    thread.start()
    try:
        relay.accept()
        yield relay
    finally:
        relay.stop()
        thread.join()
