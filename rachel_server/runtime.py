"""The runtime: runs tables. The journal first, frames after; and the timers.

Everything here happens on one event loop. An accepted action's entries go to the group commit, and
its frames leave when the commit is done; whatever a table sends while it has entries pending waits
behind them, so that nobody sees a state that a crash could undo (design.md, decision 3).
"""

import asyncio
import contextlib
from collections.abc import Sequence
from contextvars import copy_context
from functools import partial
from time import perf_counter
from typing import Final

from rachel.rubp import (
    HOST_ID,
    Announce,
    Error,
    ErrorCode,
    Frame,
    Heartbeat,
    Hello,
    Message,
    MessageError,
    MessageType,
    decode,
    encode,
)
from rachel_server.core.effects import Effects
from rachel_server.core.entries import ActionTaken
from rachel_server.core.link import Link
from rachel_server.core.lobby import Lobby, NotSeated, Reservation
from rachel_server.core.pausing_clock import PausingClock
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.tally import Spread, Tally
from rachel_server.edge.token_buckets import Buckets, RateLimit
from rachel_server.store.journal import Batch, Journal

HELLO_LIMIT_S: Final = 5.0
"""A connection that has not been seated by then is closed (rubp.md, Conversations)."""
SILENCE_MAX_S: Final = 30.0
"""A client that sends heartbeats and falls silent for longer is lost (rubp.md, Conversations)."""
TABLES_PER_ADDRESS: Final = RateLimit("tables_address", burst=64, per_minute=30)
"""Tables that HELLOs from an address may open: a school's, but not all that a server can hold."""
HELLOS_MAX: Final = 100
"""HELLOs one connection may say: far more than an evening of rematches."""

GOODBYE_LIMIT_S: Final = 0.5
"""How long a stopping server waits for its last frames to leave."""

OVERDUE_S: Final = 10.0
"""A table whose timer is later than that has stopped running."""

_SAVING_DELAYED: Final = "Saving is delayed: please wait"
_SWEEP_S: Final = 5.0


class _Running:
    """A table in the runtime: its last batch in the journal, its timer and when that is due."""

    __slots__ = ("batch", "due_at", "table", "timer")

    def __init__(self, table: Table) -> None:
        self.table = table
        self.batch: Batch | None = None
        # What uvloop returns for a moment that is almost here does not know when it is.
        self.timer: asyncio.Handle | None = None
        self.due_at = 0.0


class Runtime:
    """Connects links, the lobby's tables, the journal and the clock. Lives on one event loop.

    Attributes:
        tally: what has been counted since it was made.
        stalled: whether nothing can be saved, so that play waits.
        stopping: whether the server is about to end.
    """

    def __init__(self, lobby: Lobby, journal: Journal) -> None:
        self.tally = Tally()
        self.stalled = False
        self.stopping = False
        self._lobby = lobby
        self._journal = journal
        self._loop = asyncio.get_running_loop()
        self._clock = PausingClock(self._loop.time)
        self._openings = Buckets(TABLES_PER_ADDRESS)
        self._context = copy_context()
        self._links: set[Link] = set()
        self._running: dict[Table, _Running] = {}
        self._hello_timers: dict[Link, asyncio.TimerHandle] = {}
        self._emptied: asyncio.Event | None = None
        self._sweeper = self._loop.call_later(_SWEEP_S, self._sweep)

    @property
    def links(self) -> frozenset[Link]:
        """The links that are connected now."""
        return frozenset(self._links)

    @property
    def overdue(self) -> int:
        """How many tables have stopped running: their time came a while ago, and nothing was done.

        While nothing can be saved, none is expected to run.
        """
        if self.stalled:
            return 0
        late = self._clock.now() - OVERDUE_S
        deadlines = (table.next_deadline() for table in self._running)
        return sum(deadline is not None and deadline < late for deadline in deadlines)

    def adopt(self, table: Table) -> None:
        """Run a table restored from the journal."""
        self._lobby.adopt(table)
        running = self._running[table] = _Running(table)
        self._schedule(running)

    def reserve(self, code: str, account: int, name: str) -> Reservation:
        """Keep a seat for an account; see `Lobby.reserve`.

        Raises:
            NotSeated: there is none.
        """
        reservation, outcomes = self._lobby.reserve(code, account, name, self._clock.now())
        for table, effects in outcomes:
            self._perform(table, effects)
        return reservation

    def open(self, settings: TableSettings, *, public: bool, bots: int) -> Table:
        """Open a table; see `Lobby.open`.

        Raises:
            NotSeated: there are too many.
        """
        table, effects = self._lobby.open(settings, public=public, bots=bots, now=self._clock.now())
        self._perform(table, effects)
        return table

    def begin(self, table: Table) -> None:
        """Begin a waiting table's game now, if somebody is there."""
        self._perform(table, table.begin(self._clock.now()))

    def leave(self, table: Table, seat: int) -> None:
        """Let the person on a seat go; see `Table.leave`."""
        self._perform(table, table.leave(seat, self._clock.now()))

    def seconds_until(self, time: float) -> float:
        """Return how far away a moment of the tables' clock is, 0 when it has come."""
        return max(0.0, time - self._clock.now())

    # What transports call

    def connected(self, link: Link) -> None:
        """Take in a new connection, which has five seconds to say HELLO."""
        link.heard_at = self._loop.time()
        self.tally.connections += 1
        self._links.add(link)
        self._await_hello(link)

    def disconnected(self, link: Link) -> None:
        """Note that a connection is gone."""
        self._links.discard(link)
        timer = self._hello_timers.pop(link, None)
        if timer is not None:
            timer.cancel()
        if self._emptied is not None and not self._links:
            self._emptied.set()
        table = link.table
        if table is not None and not self.stopping:
            self._perform(table, table.lost(link, self._clock.now()))

    def received(self, link: Link, frames: Sequence[Frame]) -> None:
        """Handle frames of one connection, in order."""
        if self.stopping:
            return
        link.heard_at = self._loop.time()
        now = self._clock.now()
        began = perf_counter()
        for frame in frames:
            table = link.table
            try:
                message = decode(frame)
            except MessageError as error:
                self.tally.rejected[error.reason] += 1
                played = frame.type == MessageType.PLAY_CARD
                self._refuse(link, ErrorCode.INVALID_PLAY if played else ErrorCode.UNKNOWN)
                continue
            if isinstance(message, Hello):
                self._hello(link, message, frame, now)
            elif isinstance(message, Heartbeat):
                link.heartbeats = True
                self._send_now(link, Heartbeat())
            elif table is None:
                self.tally.rejected["no_table"] += 1
                self._refuse(link, ErrorCode.GAME_NOT_STARTED)
            elif frame.game_id not in (0, table.game_id):
                self.tally.rejected["other_game"] += 1
                self._refuse(link, ErrorCode.UNKNOWN)
            else:
                effects = table.receive(link, message, now)
                self._perform(table, effects, self.tally.player_actions, began)

    # What the journal and the server call

    def stall(self, stalled: bool) -> None:
        """Let the tables' clocks stand still while nothing can be saved, and tell everybody.

        What players wait for is held back meanwhile, so no time of theirs may pass.
        """
        if stalled == self.stalled:
            return
        self.stalled = stalled
        if stalled:
            self._clock.pause()
        else:
            self._clock.go_on()
        self.announce(_SAVING_DELAYED if stalled else "Saving works again")
        for running in list(self._running.values()):
            self._schedule(running)

    def give_up(self, game: str) -> None:
        """End the table of a game that the journal cannot keep; what was not saved is not sent."""
        for running in list(self._running.values()):
            table = running.table
            if table.game == game:
                for link in table.seats.links:
                    self._send_now(link, Announce("This game cannot be saved: the table is closed"))
                    link.table = None
                    link.hang_up()
                self._drop(running)

    def announce(self, text: str) -> None:
        """Tell everybody connected something at once, without waiting for the journal."""
        for link in self._links:
            if link.table is not None:
                self._send_now(link, Announce(text))

    def stop_play(self, text: str) -> None:
        """Tell everybody that the server stops, then do nothing more for anybody."""
        self.announce(text)
        self.stopping = True
        self._sweeper.cancel()
        for timer in self._hello_timers.values():
            timer.cancel()
        for running in self._running.values():
            if running.timer is not None:
                running.timer.cancel()

    async def close(self) -> None:
        """Hang up on everybody, once what was sent to them is on its way."""
        for link in list(self._links):
            link.hang_up()
        if self._links:
            self._emptied = asyncio.Event()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), GOODBYE_LIMIT_S)

    def _hello(self, link: Link, hello: Hello, frame: Frame, now: float) -> None:
        """Let the lobby seat a link, or answer why it cannot."""
        link.hellos += 1
        if link.hellos > HELLOS_MAX:
            link.hang_up()
            return
        link.version = frame.version
        link.platform, link.look = hello.platform, hello.look
        link.acknowledges = hello.acknowledges_sync
        try:
            outcomes = self._lobby.hello(
                link, hello, frame.game_id, now, may_open=partial(self._may_open, link)
            )
        except NotSeated as refusal:
            self.tally.rejected[f"hello_{refusal.code.name.lower()}"] += 1
            self._refuse(link, refusal.code)
            return
        timer = self._hello_timers.pop(link, None)
        if timer is not None:
            timer.cancel()
        if self.stalled:
            self._send_now(link, Announce(_SAVING_DELAYED))  # the WELCOME may have to wait
        for table, effects in outcomes:
            self._perform(table, effects)

    def _may_open(self, link: Link) -> bool:
        """Tell whether a link may open one more table."""
        address = link.limited_as
        return address is None or not self._openings.take(address, self._loop.time())

    def _await_hello(self, link: Link) -> None:
        self._hello_timers[link] = self._loop.call_later(HELLO_LIMIT_S, self._no_hello, link)

    def _no_hello(self, link: Link) -> None:
        self._hello_timers.pop(link, None)
        link.hang_up()

    def _perform(
        self,
        table: Table,
        effects: Effects,
        actions: Spread | None = None,
        began: float = 0.0,
    ) -> None:
        """Journal what must be kept; send what may be sent once that is durable.

        An action among the effects is counted in ``actions``: the time from ``began`` until its
        frames leave.
        """
        running = self._running.get(table)
        if running is None:
            running = self._running[table] = _Running(table)
        acted = None
        if effects.entries:
            running.batch = self._journal.append(effects.entries)
            if type(effects.entries[0]) is ActionTaken:
                acted = actions
        elif effects.refused is not None:
            self.tally.rejected[effects.refused] += 1
        if effects.frames or effects.hang_up or acted is not None:
            batch = running.batch
            if batch is None or batch.committed:
                running.batch = None
                effects.deliver()
            else:
                effects.wait()
                batch.then(partial(self._deliver_saved, running, effects, acted, began))
        if table.closed:
            self._drop(running)
        else:
            self._schedule(running)

    def _deliver_saved(
        self, running: _Running, effects: Effects, acted: Spread | None, began: float
    ) -> None:
        """Send what waited for the journal, unless the journal gave the table's game up."""
        effects.stop_waiting()
        if self._running.get(running.table) is running or running.table.closed:
            # Who has sat down elsewhere meanwhile must not take these for the new table's.
            here = (running.table, None)
            effects.frames = [frame for frame in effects.frames if frame[0].table in here]
            effects.deliver()
            if acted is not None:
                acted.add(perf_counter() - began)

    def _drop(self, running: _Running) -> None:
        """Forget a table."""
        self._running.pop(running.table, None)
        self._lobby.forget(running.table)
        if running.timer is not None:
            running.timer.cancel()

    def _schedule(self, running: _Running) -> None:
        """Set the table's timer; one that fires too early only sets itself anew."""
        deadline = None if self.stalled else running.table.next_deadline()
        timer = running.timer
        if deadline is None:
            if timer is not None:
                timer.cancel()
                running.timer = None
            return
        at = self._clock.when(deadline)
        if timer is None or running.due_at > at:
            if timer is not None:
                timer.cancel()
            # Not on behalf of whoever's frames are handled now, whom the log would name.
            running.timer = self._loop.call_at(at, self._tick, running, context=self._context)
            running.due_at = at

    def _tick(self, running: _Running) -> None:
        running.timer = None
        table = running.table
        deadline = table.next_deadline()
        now = self._clock.now()
        if deadline is not None and deadline <= now and not self.stalled:
            began = perf_counter()
            effects = table.tick(now)
            if effects.entries and type(effects.entries[0]) is ActionTaken:
                self.tally.bot_turns.add(perf_counter() - began)
            self._perform(table, effects, self.tally.host_actions, began)
        else:
            self._schedule(running)

    def _refuse(self, link: Link, code: ErrorCode) -> None:
        """Answer with ERROR: in order behind the table's frames, or at once without a table."""
        if link.table is None:
            self._send_now(link, Error(code))
        else:
            self._perform(link.table, link.table.refuse(link, code))

    def _send_now(self, link: Link, message: Message) -> None:
        table = link.table
        if table is not None:
            link.transmit(table.frame(link, message))
        else:
            frame = encode(message, version=link.version, sequence=0, player_id=HOST_ID, game_id=0)
            link.transmit(frame)

    def _sweep(self) -> None:
        """Hang up on clients that sent heartbeats and fell silent."""
        now = self._loop.time()
        for link in list(self._links):
            if link.heartbeats and now - link.heard_at > SILENCE_MAX_S:
                link.hang_up()
        self._sweeper = self._loop.call_later(_SWEEP_S, self._sweep)
