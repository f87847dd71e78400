"""A program that answers HTTP requests with whatever bytes a test wants: a host gone wrong."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from rachel_tui.net.host_urls import HostUrl

Reply = Callable[[str], bytes]
"""(method and path of the request) -> the whole answer."""

TOKEN: Final = "t" * 43


def answer(status: int, body: object = None, *, headers: str = "") -> bytes:
    """Return an answer with a JSON body, or with none."""
    text = b"" if body is None else json.dumps(body).encode()
    return (
        f"HTTP/1.1 {status} Whatever\r\n{headers}Content-Length: {len(text)}\r\n\r\n".encode()
    ) + text


def refusal(status: int, error: str, message: str = "No.") -> bytes:
    """Return an error as the API words it."""
    return answer(status, {"error": error, "message": message, "details": None})


class ApiStandIn:
    """Listens on loopback, answers every request with ``reply``, and keeps what it hears.

    Attributes:
        port: where it listens.
        reply: how it answers.
        hangs: whether it leaves the connection open after an answer.
        heard: every request so far, head and body.
    """

    def __init__(self, reply: Reply) -> None:
        self.port = 0
        self.reply = reply
        self.hangs = False
        self.heard: list[str] = []
        self._ended = asyncio.Event()
        self._conversations: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> HostUrl:
        """Where it answers."""
        return HostUrl("http", "127.0.0.1", self.port)

    @property
    def asked(self) -> list[str]:
        """Method and path of every request so far."""
        return [" ".join(request.split()[:2]) for request in self.heard]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._conversations.add(task)
        task.add_done_callback(self._conversations.discard)
        try:
            first = await reader.readexactly(1)
            if not first.isalpha():  # TLS, for instance: HTTP servers notice at once
                writer.write(answer(400))
                return
            head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
            _, _, rest = head.lower().partition("content-length: ")
            body = await reader.readexactly(int(rest.split()[0]) if rest else 0)
            self.heard.append(head + body.decode())
            writer.write(self.reply(self.asked[-1]))
            await writer.drain()
            if self.hangs:
                await self._ended.wait()
        except (OSError, EOFError):
            return
        finally:
            writer.close()

    async def end(self) -> None:
        """Hang up on whoever still listens."""
        self._ended.set()
        await asyncio.gather(*self._conversations)


@asynccontextmanager
async def api_stand_in(
    reply: Reply | bytes, *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[ApiStandIn]:
    """Run a stand-in."""
    stand_in = ApiStandIn(reply if callable(reply) else lambda _: reply)
    server = await asyncio.start_server(stand_in.serve, "127.0.0.1", 0, ssl=tls)
    stand_in.port = server.sockets[0].getsockname()[1]
    try:
        yield stand_in
    finally:
        server.close()
        await stand_in.end()
