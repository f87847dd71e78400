"""Sentry's receiving end, on loopback: keeps the events that come."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import brotli
from tcp_player import DEADLINE_S, HOST

_UNPACKED: Final[dict[str, Callable[[bytes], bytes]]] = {
    "br": brotli.decompress,  # what the library chooses where it can
    "gzip": gzip.decompress,
    "identity": bytes,
}


class SentryIngest:
    """Answers every request like Sentry's envelope endpoint.

    Attributes:
        dsn: what to set SENTRY_DSN to.
        bodies: the bodies that came, unpacked.
        events: the events in them.
    """

    def __init__(self) -> None:
        self.dsn = ""
        self.bodies: list[bytes] = []
        self.events: list[dict[str, Any]] = []
        self._news = asyncio.Condition()

    async def event(self) -> dict[str, Any]:
        """Wait for the first event."""
        async with asyncio.timeout(DEADLINE_S), self._news:
            await self._news.wait_for(lambda: self.events)
            return self.events[0]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the other end closes it."""
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in head.splitlines()[1:])
                }
                body = await reader.readexactly(int(headers["content-length"]))
                body = _UNPACKED[headers.get("content-encoding", "identity")](body)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                await self._keep(body)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    async def _keep(self, body: bytes) -> None:
        """Take the events out of an envelope: a line of headers, then two lines for each item."""
        lines = body.splitlines()[1:]
        async with self._news:
            self.bodies.append(body)
            self.events += [
                json.loads(item)
                for head, item in zip(lines[::2], lines[1::2], strict=True)
                if json.loads(head)["type"] == "event"
            ]
            self._news.notify_all()


@asynccontextmanager
async def sentry_ingest() -> AsyncIterator[SentryIngest]:
    """Run it on a free port."""
    ingest = SentryIngest()
    server = await asyncio.start_server(ingest.answer, HOST, 0)
    ingest.dsn = f"http://key@{HOST}:{server.sockets[0].getsockname()[1]}/1"
    try:
        yield ingest
    finally:
        server.close()
