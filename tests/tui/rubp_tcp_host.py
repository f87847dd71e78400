"""A small real TCP host that speaks enough RUBP for one player at a time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from rachel.rubp import (
    HOST_ID,
    Error,
    ErrorCode,
    Frame,
    FrameStream,
    GameState,
    HandSync,
    Heartbeat,
    Hello,
    Message,
    Phase,
    Welcome,
    decode,
    encode,
)

GAME_ID = 7
NINE_OF_CLUBS = 2 << 6 | 9
NINE_OF_HEARTS = 9


def framed(*messages: Message) -> bytes:
    """Return the frames of the messages as a host sends them."""
    return b"".join(
        encode(message, version=2, sequence=1, player_id=HOST_ID, game_id=GAME_ID)
        for message in messages
    )


def seat_again() -> bytes:
    """Return what answers a reclaim: a game in which it is the turn of seat 0."""
    return framed(
        Welcome(0, GAME_ID, 2, Phase.PLAYING),
        GameState(0, 0, NINE_OF_HEARTS, None, 0, 0, 40, (1, 5), False, None, 3, 99, 6),
        HandSync((NINE_OF_CLUBS,), 3, 99),
    )


def lobby_or_seat(hello: Hello, game_id: int) -> bytes:
    """Answer a fresh HELLO with a waiting table and a reclaim with a running game."""
    return seat_again() if game_id else framed(Welcome(0, GAME_ID, 2, Phase.WAITING))


def gone(hello: Hello, game_id: int) -> bytes:
    """Answer every HELLO with a no."""
    return framed(Error(ErrorCode.UNKNOWN))


class TcpHost:
    """Listens on loopback, answers each HELLO with ``answer``, and keeps what it hears.

    Attributes:
        port: where it listens.
        answer: (the HELLO, the game id of its frame) -> what to send back.
        echo_heartbeats: whether heartbeats are answered.
        heard: every (game id of the frame, message) so far, oldest first.
    """

    def __init__(self) -> None:
        self.port = 0
        self.answer: Callable[[Hello, int], bytes] = lobby_or_seat
        self.echo_heartbeats = True
        self.heard: list[tuple[int, Message]] = []
        self._news = asyncio.Condition()
        self._writer: asyncio.StreamWriter | None = None
        self._server: asyncio.Server | None = None

    async def listen(self) -> None:
        """Accept connections, on the port used before if there was one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Accept no more connections and drop the one there is."""
        assert self._server is not None
        self._server.close()
        self.drop()

    def drop(self) -> None:
        """Cut the connection."""
        if self._writer is not None:
            self._writer.transport.abort()

    def send(self, data: bytes) -> None:
        """Send to whoever connected last."""
        assert self._writer is not None
        self._writer.write(data)

    async def hears(self, kind: type[Message], times: int = 1) -> list[tuple[int, Message]]:
        """Wait until ``times`` messages of a kind have come; return all of that kind."""

        def found() -> list[tuple[int, Message]]:
            return [entry for entry in self.heard if isinstance(entry[1], kind)]

        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(lambda: len(found()) >= times)
        return found()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        stream = FrameStream()
        try:
            while data := await reader.read(4096):
                for frame in stream.feed(data):
                    await self._hear(frame, writer)
        except ConnectionError:
            return
        finally:
            writer.close()

    async def _hear(self, frame: Frame, writer: asyncio.StreamWriter) -> None:
        message = decode(frame)
        if isinstance(message, Hello):
            writer.write(self.answer(message, frame.game_id))
        elif isinstance(message, Heartbeat) and self.echo_heartbeats:
            writer.write(framed(Heartbeat()))
        async with self._news:
            self.heard.append((frame.game_id, message))
            self._news.notify_all()


@asynccontextmanager
async def tcp_host() -> AsyncIterator[TcpHost]:
    """Run a host."""
    host = TcpHost()
    await host.listen()
    try:
        yield host
    finally:
        await host.stop()
