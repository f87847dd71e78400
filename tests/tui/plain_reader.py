"""A dialogue under test: lines go in, and what is said can be waited for."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from table_host import TableHost

from rachel_tui.place import Place
from rachel_tui.plain.lines import Lines
from rachel_tui.plain.visit import visit

DEADLINE_S = 20.0
HOST_KEY = "table.test:1982"


class PlainReader:
    """One dialogue.

    Attributes:
        said: every line so far.
        hidden: how often what was typed was kept from being shown.
    """

    def __init__(
        self, begin: Callable[[Lines, Callable[[str], None]], Coroutine[None, None, int]]
    ) -> None:
        self.said: list[str] = []
        self.hidden = 0
        self._news = asyncio.Event()
        self._lines = Lines(self._hide)
        self.status = asyncio.create_task(begin(self._lines, self._hear))

    def type(self, *lines: str | None) -> None:
        """Type lines; None is the end of input."""
        for line in lines:
            self._lines.put_nowait(line)

    async def hears(self, line: str) -> None:
        """Wait until a line has been said."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                while line not in self.said:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{line!r} was never said:\n" + "\n".join(self.said)) from None

    async def ends(self) -> int:
        """Wait for the end and return the exit status."""
        async with asyncio.timeout(DEADLINE_S):
            return await self.status

    @contextmanager
    def _hide(self) -> Iterator[None]:
        self.hidden += 1
        yield

    def _hear(self, line: str) -> None:
        self.said.append(line)
        self._news.set()


@asynccontextmanager
async def talking(
    host: TableHost, folder: Path, *, scripted: bool = False
) -> AsyncIterator[PlainReader]:
    """Run a dialogue with a host; it ends with its input if it has not before."""
    place = Place("127.0.0.1", host.port, HOST_KEY, folder / "seats.json")
    async with talking_at(place, scripted=scripted) as reader:
        yield reader


@asynccontextmanager
async def talking_at(place: Place, *, scripted: bool = False) -> AsyncIterator[PlainReader]:
    """Run a dialogue somewhere; it ends with its input if it has not before."""

    async def name_at(_: Place) -> str:
        return "Ann"

    def begin(lines: Lines, say: Callable[[str], None]) -> Coroutine[None, None, int]:
        return visit(place, name_at, say, lines, scripted=lambda: scripted, order="rank")

    async with talking_to(begin) as reader:
        yield reader


@asynccontextmanager
async def talking_to(
    begin: Callable[[Lines, Callable[[str], None]], Coroutine[None, None, int]],
) -> AsyncIterator[PlainReader]:
    """Run a dialogue of any kind; it ends with its input if it has not before."""
    reader = PlainReader(begin)
    try:
        yield reader
    finally:
        reader.type(None)
        await reader.ends()
