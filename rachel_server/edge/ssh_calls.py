"""Calls between the server and its workers for SSH: one JSON array a line, on a Unix socket.

``[number, what, ...]`` asks for an answer, which is ``[-number, how, value]``; with the number 0 it
only tells.
"""

import asyncio
import json
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from rachel_server.edge.ssh_desk import KeptSeat, KeyAccount, Leader, Refused, WatchedTable

Heed: TypeAlias = Callable[[str, list[Any]], Awaitable[object]]
"""Does what the other end says, and returns what it wants to know.

Raises:
    Refused: with the reason.
"""

_DONE: Final = "done"
_REFUSED: Final = "refused"
_FAILED: Final = "failed"

_log = logging.getLogger(__name__)


class Calls:
    """One end of a socket: asks and tells, and heeds what the other end asks and tells."""

    def __init__(self, sock: socket.socket, heed: Heed) -> None:
        """Prepare; `open` comes next."""
        self._sock = sock
        self._heed = heed
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._last = 0
        self._heeding: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Be ready to ask and tell."""
        self._reader, self._writer = await asyncio.open_unix_connection(sock=self._sock)

    async def run(self) -> None:
        """Hear the other end until it is gone."""
        try:
            while line := await self._reader.readline():
                self._take(*json.loads(line))
        except ConnectionError:
            return
        finally:
            self._writer.close()
            for task in self._heeding:
                task.cancel()

    def close(self) -> None:
        """Send what was told, then hang up; `run` ends."""
        self._writer.close()

    def tell(self, what: str, *arguments: Any) -> None:  # noqa: ANN401
        """Have the other end heed something; it is gone if it does not."""
        self._send(0, what, *arguments)

    async def ask(self, what: str, *arguments: Any) -> Any:  # noqa: ANN401
        """Have the other end do something; return its answer, which never comes if it is gone.

        Raises:
            Refused: it says no.
            RuntimeError: something broke there, and is in its log.
        """
        self._last += 1
        number = self._last
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        self._send(number, what, *arguments)
        try:
            how, value = await answer
        finally:
            del self._asked[number]
        if how == _REFUSED:
            raise Refused(*value)
        if how == _FAILED:
            raise RuntimeError(f"the server could not answer: {what}")
        return value

    def _send(self, *message: object) -> None:
        if not self._writer.is_closing():
            self._writer.write(json.dumps(message).encode() + b"\n")

    def _take(self, number: int, what: str, *arguments: Any) -> None:  # noqa: ANN401
        if number < 0:
            answer = self._asked.get(-number)
            if answer is not None and not answer.done():
                answer.set_result((what, *arguments))
            return
        task = asyncio.get_running_loop().create_task(self._do(number, what, list(arguments)))
        self._heeding.add(task)
        task.add_done_callback(self._heeding.discard)

    async def _do(self, number: int, what: str, arguments: list[Any]) -> None:
        how, value = _DONE, None
        try:
            value = await self._heed(what, arguments)
        except Refused as refusal:
            how, value = _REFUSED, (refusal.code, str(refusal))
        except Exception:
            how = _FAILED
            _log.exception("an error while answering visitors over SSH")
        if number:
            self._send(-number, how, value)


class FarDesk:
    """The server's `Desk`, in a worker."""

    def __init__(self, calls: Calls) -> None:
        self._ask = calls.ask

    async def find(self, key: str) -> KeyAccount | None:
        """See `Desk.find`."""
        found = await self._ask("find", key)
        return None if found is None else KeyAccount(*found)

    async def join(self, key: str, kind: str, name: str) -> KeyAccount:
        """See `Desk.join`."""
        return KeyAccount(*await self._ask("join", key, kind, name))

    async def link(self, key: str, kind: str, code: str) -> KeyAccount:
        """See `Desk.link`."""
        return KeyAccount(*await self._ask("link", key, kind, code))

    async def forget(self, key: str) -> None:
        """See `Desk.forget`."""
        await self._ask("forget", key)

    async def reserve(self, room: str, account: int, name: str, key: str) -> KeptSeat:
        """See `Desk.reserve`."""
        return KeptSeat(*await self._ask("reserve", room, account, name, key))

    async def begin(self, room: str, token: str) -> bool:
        """See `Desk.begin`."""
        return bool(await self._ask("begin", room, token))

    async def open_against_bots(
        self, address: str, seats: int, bots: str, bot_delay_s: float
    ) -> str:
        """See `Desk.open_against_bots`."""
        return str(await self._ask("open_against_bots", address, seats, bots, bot_delay_s))

    async def has_room(self, code: str) -> bool:
        """See `Desk.has_room`."""
        return bool(await self._ask("has_room", code))

    async def room_of(self, account: int, public: bool | None) -> str:
        """See `Desk.room_of`."""
        return str(await self._ask("room_of", account, public))

    async def watched_tables(self, limit: int) -> list[WatchedTable]:
        """See `Desk.watched_tables`."""
        return [WatchedTable(*it) for it in await self._ask("watched_tables", limit)]

    async def leaders(self, limit: int) -> list[Leader]:
        """See `Desk.leaders`."""
        return [Leader(*it) for it in await self._ask("leaders", limit)]


CALLS: Final = frozenset(name for name in vars(FarDesk) if not name.startswith("_"))
"""What a worker may ask for, by name."""
