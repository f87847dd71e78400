"""Keeps a ClientSession connected over TCP: connects, beats, notices silence, comes back.

One task, `Connection.run`, does everything; nothing here knows Textual.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Final

from rachel.address import address_text
from rachel.client.session import ClientSession
from rachel.client.updates import Rejected, Update, Welcomed
from rachel.rubp import ErrorCode, Phase
from rachel_tui.net.link_timing import LinkTiming, Pulse
from rachel_tui.net.unreachable import why_unreachable

_READ_BYTES_MAX: Final = 65536
_REFUSALS: Final = {
    ErrorCode.LOBBY_FULL: "that table is full",
    ErrorCode.GAME_IN_PROGRESS: "that table is in the middle of a game",
    ErrorCode.NAME_TAKEN: "that name is taken at this table",
}
_USUAL: Final = LinkTiming()
_GAME_GONE: Final = "that game is over"


class LinkState(Enum):
    """How a connection stands."""

    CONNECTING = auto()
    """Not welcomed by the host so far."""
    ONLINE = auto()
    """Welcomed: what is sent arrives."""
    RECONNECTING = auto()
    """Was online; the link was lost and is being made again."""
    CLOSED = auto()
    """Ended for good."""


class Connection:
    """One session's link to its host.

    Attributes:
        session: the session kept connected.
        state: how the link stands.
        attempt: attempts to connect since it was last online, the one under way included.
        retry_at: when the next attempt begins, in the event loop's time(); None unless waiting.
        error: in one line why the link was lost, could not be made or was closed; None when online.
        port: the host's port, where the next attempt connects.
    """

    def __init__(
        self,
        session: ClientSession,
        host: str,
        port: int,
        on_change: Callable[[list[Update]], None],
        *,
        before_join: Callable[[], Awaitable[bool]] | None = None,
        tls: bool = False,
        timing: LinkTiming = _USUAL,
    ) -> None:
        """Prepare; `run` connects.

        ``on_change`` is called in run's task after every batch of updates, and with an empty list
        after every other change of the link. ``before_join`` is awaited before each attempt to
        join afresh: it may change session and port, and ends the connection by returning False.
        With ``tls`` the host must show a certificate that this machine trusts.
        """
        self.session = session
        self.state = LinkState.CONNECTING
        self.attempt = 0
        self.retry_at: float | None = None
        self.error: str | None = None
        self.port = port
        self._host = host
        self._on_change = on_change
        self._before_join = before_join
        self._tls = ssl.create_default_context() if tls else None
        self._timing = timing
        self._writer: asyncio.StreamWriter | None = None
        self._work: asyncio.Task[None] | None = None
        self._closing = False
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Keep the session connected until `close`, or until the host's final no.

        A seat that cannot be reclaimed although its game had not begun is given up for a fresh
        join of the same room. Any other Rejected ends the connection; ``error`` says why.
        """
        self._work = asyncio.create_task(self._stay_connected())
        if self._closing:
            self._work.cancel()
        try:
            await self._work
        except asyncio.CancelledError:
            if not self._closing:
                raise
        finally:
            self.state = LinkState.CLOSED
            self.retry_at = None
            self._ended.set()
            self._on_change([])

    def send(self, data: bytes) -> None:
        """Send frames to the host.

        Raises:
            ConnectionError: there is no link now; nothing was sent.
        """
        if self.state is not LinkState.ONLINE or self._writer is None or self._writer.is_closing():
            raise ConnectionError("not connected to the host")
        if data:
            self._writer.write(data)

    async def close(self) -> None:
        """End the connection and wait until it has ended. Safe to call again, or before `run`."""
        self._closing = True
        if self._work is not None:
            self._work.cancel()
            await self._ended.wait()

    async def _stay_connected(self) -> None:
        while True:
            self.attempt += 1
            joins = not self.session.game_id
            if joins and self._before_join is not None and not await self._before_join():
                return
            try:
                if await self._one_link():
                    return
            except OSError as problem:
                self.error = self._explain(problem)
                if self.state is LinkState.ONLINE:
                    self.state = LinkState.RECONNECTING
                    self.attempt = 0
                await self._pause(self._timing.pause_s(self.attempt))

    async def _pause(self, seconds: float) -> None:
        self.retry_at = asyncio.get_running_loop().time() + seconds
        self._on_change([])
        await asyncio.sleep(seconds)
        self.retry_at = None

    async def _one_link(self) -> bool:
        """Connect and converse; return True when the host's no is final, False to try afresh.

        Raises:
            OSError: the link could not be made, or was lost.
        """
        pulse = Pulse(self._timing, asyncio.get_running_loop().time())
        try:
            async with asyncio.timeout_at(pulse.lost_at):
                reader, writer = await asyncio.open_connection(self._host, self.port, ssl=self._tls)
        except UnicodeError as problem:  # a host name that DNS cannot carry
            raise OSError("no such host name") from problem
        self._writer = writer
        try:
            writer.write(self.session.hello())
            return await self._converse(reader, writer, pulse)
        finally:
            self._writer = None
            await _hang_up(writer)

    async def _converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pulse: Pulse
    ) -> bool:
        loop = asyncio.get_running_loop()
        while True:
            if pulse.is_lost(loop.time()):
                raise TimeoutError
            if pulse.beats(loop.time()):
                writer.write(self.session.heartbeat())
            try:
                async with asyncio.timeout_at(pulse.wakes_at):
                    data = await reader.read(_READ_BYTES_MAX)
            except TimeoutError:
                continue
            if not data:
                raise ConnectionResetError("the host closed the connection")
            reclaiming = self.session.game_id != 0 and self.state is not LinkState.ONLINE
            prompted = self.session.prompt
            updates = self.session.receive(data)
            if answer := self.session.outgoing():
                writer.write(answer)
            if any(isinstance(update, Welcomed) for update in updates):
                self.state = LinkState.ONLINE
                self.attempt = 0
                self.error = None
            if self.state is LinkState.ONLINE:
                pulse.hear(loop.time())
            refusal = next((u for u in updates if isinstance(u, Rejected)), None)
            if refusal is None:
                # After a refusal the prompt can come back without anything else being new.
                if updates or self.session.prompt != prompted:
                    self._on_change(updates)
            elif reclaiming and self.session.phase is Phase.WAITING:
                self.session.game_id = 0
                return False
            else:
                no_seat = _REFUSALS.get(refusal.code, "the host has no seat for us")
                self.error = _GAME_GONE if reclaiming else no_seat
                self._on_change(updates)
                return True

    def _explain(self, problem: OSError) -> str:
        """Return in one line what went wrong, for people."""
        host = address_text(self._host, self.port)
        if self.state is LinkState.ONLINE:
            silent = isinstance(problem, TimeoutError) and not problem.errno
            return f"{host} fell silent" if silent else f"lost the connection to {host}"
        if isinstance(problem, ConnectionResetError) and not problem.errno:
            return f"{host} closed the connection"
        return why_unreachable(host, problem)


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    """Close a socket; what was written last gets a moment to leave."""
    writer.close()
    try:
        async with asyncio.timeout(1.0):
            await writer.wait_closed()
    except TimeoutError:
        writer.transport.abort()
    except OSError:
        return
