"""A table host in the same process, and the lines to it: no sockets."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from table_host import TableScript

from rachel.rubp import FrameStream, Message
from rachel.rules.game import Game
from rachel_tui.place import Place


@dataclass
class MemoryLine:
    """The client's end of a line; `Line` says what its methods do.

    Attributes:
        host: the other end.
        closed: set once the client has closed it.
    """

    host: "MemoryHost"
    _arrived: "asyncio.Queue[bytes | OSError]" = field(default_factory=asyncio.Queue)
    _stream: FrameStream = field(default_factory=FrameStream)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> bytes:
        arrived = await self._arrived.get()
        if isinstance(arrived, OSError):
            raise arrived
        return arrived

    def write(self, data: bytes) -> None:
        for frame in self._stream.feed(data):
            self.host.hear(frame)

    def is_closing(self) -> bool:
        return self.closed.is_set()

    async def close(self) -> None:
        self.closed.set()

    def arrive(self, data: bytes | OSError) -> None:
        """Let bytes arrive, b"" for the end, or lose the line."""
        self._arrived.put_nowait(data)


class MemoryHost(TableScript):
    """A script at the other end of lines in memory.

    Attributes:
        lines: every line so far; the last one is the one in use.
    """

    def __init__(self, game: Game) -> None:
        super().__init__(game)
        self.lines: list[MemoryLine] = []

    async def dial(self) -> MemoryLine:
        """Return a new line; this is a `Dial`."""
        self.lines.append(MemoryLine(self))
        return self.lines[-1]

    def send(self, *messages: Message) -> None:
        """Say messages to the player."""
        super().send(*messages)
        self.lines[-1].arrive(self.take())

    def place(self, folder: Path) -> Place:
        """Return the host as a place to play."""
        return Place("memory", 0, "memory", folder / "seats.json", dial=self.dial)
