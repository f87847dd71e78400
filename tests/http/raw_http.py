"""HTTP by hand, for what no well-behaved client sends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from http_server import DEADLINE_S, HOST


class RawAnswer(NamedTuple):
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body, which must be a JSON object."""
        body = json.loads(self.body)
        assert isinstance(body, dict)
        return body


class RawConnection:
    """A connection to the HTTP port."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            ConnectionError: the other side has closed the connection.
        """
        self._writer.write(data)
        async with asyncio.timeout(DEADLINE_S):
            await self._writer.drain()

    def end(self) -> None:
        """Say that nothing more will come."""
        self._writer.write_eof()

    async def answer(self) -> RawAnswer:
        """Return the next answer.

        Raises:
            EOFError: the other side closed the connection instead.
            ConnectionError: it did so abruptly.
        """
        async with asyncio.timeout(DEADLINE_S):
            head = await self._reader.readuntil(b"\r\n\r\n")
            while head.startswith(b"HTTP/1.1 100 "):
                head = await self._reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").rstrip().split("\r\n")
            headers = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in lines)
            }
            body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        return RawAnswer(int(first.split()[1]), headers, body)

    async def until_closed(self) -> bytes:
        """Return everything that comes until the other side closes the connection."""
        received = bytearray()
        async with asyncio.timeout(DEADLINE_S):
            try:
                while data := await self._reader.read(65536):
                    received += data
            except ConnectionError:
                pass
        return bytes(received)


@asynccontextmanager
async def raw_connection(port: int) -> AsyncIterator[RawConnection]:
    """Connect to a port."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        yield RawConnection(reader, writer)
    finally:
        writer.transport.abort()
