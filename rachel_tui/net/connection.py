"""Keeps a ClientSession connected: connects, sends heartbeats, notices silence, comes back.

One task, `Connection.run`, does everything. What carries the bytes is a Line, which a Dial makes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Final

from rachel.client.session import ClientSession
from rachel.client.updates import (
    GameOver,
    HostTooNew,
    PlaysElsewhere,
    Rejected,
    Update,
    Welcomed,
)
from rachel.rubp import SPEC_VERSION, ErrorCode, Phase
from rachel_tui.net.line import Dial, Line, is_unknown, why_unreachable
from rachel_tui.net.link_timing import Attempts, LinkTiming, Pulse
from rachel_tui.net.refusals import (
    GAME_GONE,
    GAME_RUNS,
    NAME_TAKEN,
    NO_SEAT,
    PLAYS_ELSEWHERE,
    TABLE_FULL,
)

_REFUSALS: Final = {
    ErrorCode.LOBBY_FULL: TABLE_FULL,
    ErrorCode.GAME_IN_PROGRESS: GAME_RUNS,
    ErrorCode.NAME_TAKEN: NAME_TAKEN,
}
_USUAL: Final = LinkTiming()


class LinkState(Enum):
    """How a connection stands."""

    CONNECTING = auto()
    """Not welcomed by the host so far."""
    ONLINE = auto()
    """Welcomed: what is sent arrives."""
    RECONNECTING = auto()
    """Was online; the link was lost and is being made again."""
    GAME_OVER = auto()
    """Ended with its game: there is nothing at the host to come back for."""
    CLOSED = auto()
    """Ended by `Connection.close` or by the host's final no."""


class _NoSenseError(OSError):
    """What a host sent until its time was up was no WELCOME."""


class Connection:
    """One session's link to its host.

    Attributes:
        session: the session kept connected.
        dial: how the next attempt connects; ``before_join`` may set another.
        where: the host as people read it, with the port that ``dial`` connects to.
        state: how the link stands.
        attempt: attempts to connect since it was last online, the one under way included.
        retry_at: when the next attempt begins, in the event loop's time(); None unless waiting.
        error: in one line why the link was lost, could not be made or was closed; None when online
            or when the link ended with its game.
    """

    def __init__(
        self,
        session: ClientSession,
        dial: Dial,
        where: str,
        on_change: Callable[[list[Update]], None],
        *,
        before_join: Callable[[], Awaitable[bool]] | None = None,
        go_to_games: Callable[[int], None] | None = None,
        timing: LinkTiming = _USUAL,
        attempts: Attempts | None = None,
    ) -> None:
        """Prepare; `run` connects.

        ``on_change`` is called in run's task after every batch of updates, and with an empty list
        after every other change of the link. ``before_join`` is awaited before each attempt to
        join afresh: it may change the session, ``dial`` and ``where``, and ends the connection by
        returning False. ``go_to_games`` is called with the port for games where pages answer
        instead of them, and changes ``dial`` and ``where`` to it. ``attempts`` are those of earlier
        connections that this one follows by itself.
        """
        self.session = session
        self.dial = dial
        self.where = where
        self.state = LinkState.CONNECTING
        self.attempt = 0
        self.retry_at: float | None = None
        self.error: str | None = None
        self._on_change = on_change
        self._before_join = before_join
        self._go_to_games = go_to_games
        self._timing = timing
        self._attempts = attempts or Attempts(timing)
        self._line: Line | None = None
        self._told_end = False  # the session has told the end of the game that it is welcomed to
        self._work: asyncio.Task[None] | None = None
        self._closing = False
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Keep the session connected until `close`, the end of its game, or the host's final no.

        A link that is lost after the end of the game is not made again: the result is known, and
        hosts close finished tables. Only who watches comes back, until the table is closed: the
        players may play again. A seat that cannot be reclaimed although its game had not begun
        is given up for a fresh join of the same room. Any other Rejected ends the connection,
        so does a seat that is played elsewhere now, so do rules of the host that are newer than
        ours, and so does a host's name that no machine has when nothing is to be reclaimed there;
        ``error`` says why.
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
            if self.state is not LinkState.GAME_OVER:
                self.state = LinkState.CLOSED
            self.retry_at = None
            self._ended.set()
            self._on_change([])

    def send(self, data: bytes) -> None:
        """Send frames to the host.

        Raises:
            ConnectionError: there is no link now; nothing was sent.
        """
        if self.state is not LinkState.ONLINE or self._line is None or self._line.is_closing():
            raise ConnectionError("not connected to the host")
        if data:
            self._line.write(data)

    async def close(self) -> None:
        """End the connection and wait until it has ended. Safe to call again, or before `run`."""
        self._closing = True
        if self._work is not None:
            self._work.cancel()
            await self._ended.wait()

    async def _stay_connected(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            if pause_s := self._attempts.pause_s(now()):
                await self._pause(pause_s)
            self._attempts.begin(now())
            self.attempt += 1
            joins = not self.session.game_id
            if joins and self._before_join is not None and not await self._before_join():
                return
            try:
                if await self._one_link():
                    return
            except OSError as problem:
                if self._is_game_over() and not self.session.watches:
                    self.state = LinkState.GAME_OVER
                    return
                # The explanation depends on the state, so that the state changes after it.
                self.error = self._explain(problem)
                if self.state is LinkState.ONLINE:
                    self.state = LinkState.RECONNECTING
                    self.attempt = 0
                elif joins and self.state is LinkState.CONNECTING and is_unknown(problem):
                    self._on_change([Rejected(ErrorCode.UNKNOWN)])
                    return

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
        async with asyncio.timeout_at(pulse.lost_at):
            line = await self.dial()
        self._line = line
        try:
            line.write(self.session.hello())
            return await self._converse(line, pulse)
        finally:
            self._line = None  # before the line closes: from now on `send` raises
            await line.close()

    async def _converse(self, line: Line, pulse: Pulse) -> bool:
        loop = asyncio.get_running_loop()
        heard = False
        while True:
            if pulse.is_lost(loop.time()):
                raise (
                    _NoSenseError if heard and self.state is not LinkState.ONLINE else TimeoutError
                )
            if pulse.beats(loop.time()):
                line.write(self.session.heartbeat())
            try:
                async with asyncio.timeout_at(pulse.wakes_at) as waking:
                    data = await line.read()
            except TimeoutError:
                if waking.expired():
                    continue
                raise  # from the line itself: the system gave the connection up
            if not data:
                raise ConnectionResetError("the host closed the connection")
            heard = True
            if self.state is not LinkState.ONLINE and data.startswith(b"HTTP/"):
                return await self._is_lost_at_pages()
            # Both are judged by what was so before the session takes the bytes in.
            reclaiming = self.session.game_id != 0 and self.state is not LinkState.ONLINE
            prompted = self.session.prompt
            updates = self.session.receive(data)
            too_new = next((u for u in updates if isinstance(u, HostTooNew)), None)
            if too_new is not None:
                if not self.session.watches:
                    line.write(self.session.goodbye())
                self.error = self._why_too_new(too_new.spec)
                self._on_change([too_new])
                return True
            if answer := self.session.outgoing():
                line.write(answer)
            for update in updates:
                if isinstance(update, Welcomed):
                    self.state = LinkState.ONLINE
                    self.attempt = 0
                    self.error = None
                    self._told_end = False
                elif isinstance(update, GameOver):
                    self._told_end = True
            if self.state is LinkState.ONLINE:
                pulse.hear(loop.time())
            if PlaysElsewhere() in updates:  # to come back would start a fight for the seat
                self.error = PLAYS_ELSEWHERE
                self._on_change(updates)
                return True
            refusal = next((u for u in updates if isinstance(u, Rejected)), None)
            if refusal is None:
                # After a refusal the prompt can come back without anything else being new.
                if updates or self.session.prompt != prompted:
                    self._on_change(updates)
            elif reclaiming and self.session.phase is Phase.WAITING:
                self.session.game_id = 0
                return False
            elif self._is_game_over() and self.session.watches:
                self.state = LinkState.GAME_OVER
                return True
            else:
                self.error = GAME_GONE if reclaiming else self._why_refused(refusal.code)
                self._on_change(updates)
                return True

    async def _is_lost_at_pages(self) -> bool:
        """Go once to the port for games that the pages here name; tell whether there is no way."""
        from rachel_tui.net.host_api import games_port, games_text  # only who went wrong needs it

        port, go_to = await games_port(self.where), self._go_to_games
        if port is not None and go_to is not None:
            self._go_to_games = None
            go_to(port)
            return False
        self.error = games_text(self.where, port)
        self._on_change([Rejected(ErrorCode.UNKNOWN)])
        return True

    def _is_game_over(self) -> bool:
        """Tell whether all of the game has been told, and no rematch was asked for since."""
        public = self.session.public
        rematch = self.session.game_id == 0
        return self._told_end and not rematch and public is not None and public.is_over

    def _why_refused(self, code: ErrorCode) -> str:
        """Return in one line why the host has no place for us, for people."""
        if not self.session.watches:
            return _REFUSALS.get(code, NO_SEAT)
        if code is ErrorCode.LOBBY_FULL:
            return "as many watch that table as can"
        room = self.session.room
        return f"{self.where} has no table {room}, or it is for its players alone"

    def _why_too_new(self, spec: int) -> str:
        """Return in one line why there is no playing by such rules, and what helps."""
        return (
            f"{self.where} plays by version {spec} of the rules, Rachel here by version"
            f" {SPEC_VERSION}: upgrade this one (git pull, or pip install --upgrade rachel)"
        )

    def _explain(self, problem: OSError) -> str:
        """Return in one line what went wrong, for people."""
        if self.state is LinkState.ONLINE:
            silent = isinstance(problem, TimeoutError) and not problem.errno
            return (
                f"{self.where} stopped answering"
                if silent
                else f"lost the connection to {self.where}"
            )
        if isinstance(problem, ConnectionResetError) and not problem.errno:
            return f"{self.where} closed the connection"
        if isinstance(problem, _NoSenseError):
            return f"cannot understand {self.where}: is it a host of Rachel?"
        return why_unreachable(self.where, problem)
