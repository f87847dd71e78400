"""The runtime: carries out what the house decides. Sessions and timers in, effects out.

It decides nothing. All of it happens on one event loop: each input goes to the house with the
loop's time, and each outcome to the journal, the sessions, the bots and the one timer there is.
"""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import partial
from time import perf_counter
from typing import Final, Protocol, TypeAlias

from rachel.bots import choose
from rachel.rubp import Frame
from rachel.rules.actions import Action
from rachel_server.core.entries import Record, StoredGame
from rachel_server.core.house import House
from rachel_server.core.lobby import NotSeated
from rachel_server.core.outcome import Broken, Outcome, Thought, Ticket
from rachel_server.core.reception import Reservation
from rachel_server.core.seating import Login
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings
from rachel_server.edge.session import Session, Timer, Timers

GOODBYE_LIMIT_S: Final = 0.5
"""How long a stopping server waits for its last frames to leave."""
AWAY_MIN_S: Final = 5.0
"""A process that does nothing for longer has been stopped: a busy one is never that late."""
_BEAT_S: Final = 1.0
_ROUNDING_S: Final = 1e-6
"""How much later than asked for a tick comes, so that its time has come for certain."""
OVERDUE_S: Final = 10.0
"""A table that should have acted so long ago has stopped running."""

Think: TypeAlias = Callable[[Thought, Callable[[Action | None], None]], None]
"""Takes a request to think, and calls back once, now or later: with an action, or with None."""

_log = logging.getLogger(__name__)


def think_at_once(thought: Thought, answer: Callable[[Action | None], None]) -> None:
    """Let a bot choose now, which takes a fraction of a millisecond."""
    action: Action | None = None
    try:
        action = choose(thought.level, thought.view, thought.rng)
    except Exception:
        _log.exception("a bot could not choose; the host chooses for it")
    answer(action)


class Keeper(Protocol):
    """What keeps records and gives games back: the journal with its recovery, or a simulation's."""

    def append(self, records: Sequence[Record]) -> None:
        """Keep records; `Runtime.saved` hears when they are durable."""

    def bring_back(self, game: str, epoch: int, after: int) -> None:
        """Read a game that broke off, once the records up to ``after`` are durable.

        It is for a run under the lease ``epoch``; records of older ones are refused from now on.
        `Runtime.restored` or `Runtime.set_aside` hears what came of it.
        """

    def put_aside(self, game: str, why: str) -> None:
        """Take a game for one that cannot be played on."""


class Runtime:
    """Connects sessions, the house, the keeper of its games and the clock.

    Attributes:
        house: what decides.
        timers: the event loop.
    """

    def __init__(
        self, house: House, keeper: Keeper, timers: Timers, think: Think = think_at_once
    ) -> None:
        self.house = house
        self.timers = timers
        self._keeper = keeper
        self._think = think
        self._numbers = itertools.count(1)
        self._sessions: dict[int, Session] = {}
        self._last_record = 0
        self._emptied: asyncio.Event | None = None
        self._timer: Timer | None = None
        self._timer_at = 0.0
        self._beat: Timer | None = None
        self._seen_at = 0.0
        self._lost_s = 0.0
        # Not on behalf of the session that planned a tick, which the log would name.
        self._context = copy_context()

    @property
    def overdue(self) -> int:
        """How many tables have stopped running: their time came, and nothing was done."""
        return self.house.overdue(OVERDUE_S, self._now())

    def seconds_until(self, reading: float) -> float:
        """Return how far away a reading of the tables' clock is, 0 when it has come."""
        return self.house.seconds_until(reading, self._now())

    # What sessions call

    def opened(self, session: Session) -> int:
        """Take in a new session and return its number."""
        connection = next(self._numbers)
        self._sessions[connection] = session
        if self._beat is None:
            self._seen_at = self.timers.time()
            self._keep_beating()
        now = self._now()
        self.house.opened(connection, session.transport, session.limited_as, now)
        self._plan()
        return connection

    def received(self, connection: int, frames: Sequence[Frame]) -> None:
        """Handle frames of a session."""
        self._carry_out(self.house.received(connection, frames, self._now()))

    def dropped(self, number: int) -> None:
        """Count bytes of a session that belonged to no frame."""
        self.house.tally.dropped_bytes += number

    def closed(self, connection: int) -> None:
        """Note that a session is over."""
        self._sessions.pop(connection, None)
        if self._emptied is not None and not self._sessions:
            self._emptied.set()
        self._carry_out(self.house.closed(connection, self._now()))

    # What the keeper calls

    def saved(self, sequence: int) -> None:
        """Note that the records up to this one are durable."""
        self._carry_out(self.house.saved(sequence, self._now()))

    def stall(self, stalled: bool) -> None:
        """Note that nothing can be saved, or that saving works again."""
        now = self._now()
        self._carry_out(self.house.saving_failed(now) if stalled else self.house.saving_works(now))

    def refused(self, game: str) -> None:
        """Note that a game can never be saved again."""
        self._carry_out(self.house.refused(game))

    def restored(self, stored: StoredGame, epoch: int | None = None) -> None:
        """Run a game that the keeper has given back."""
        self._carry_out(self.house.restored(stored, self._now(), epoch=epoch))

    def set_aside(self, game: str, why: str) -> None:
        """Note that a game cannot be given back."""
        self._carry_out(self.house.set_aside(game, why))

    # What is asked for over HTTP

    def reserve(self, code: str, login: Login) -> tuple[Reservation, int]:
        """Keep a seat for an account; see `House.reserve`.

        The reservation counts once the keeper has the record with the number that is returned.

        Raises:
            NotSeated: there is none.
        """
        kept, outcome = self.house.reserve(code, login, self._now())
        self._carry_out(outcome)
        if kept is None:
            raise NotSeated.for_now()
        return kept, outcome.records[-1].sequence if outcome.records else 0

    def open(self, settings: TableSettings, *, public: bool, bots: int) -> Table:
        """Open a table; see `House.open`.

        Raises:
            NotSeated: there are too many.
        """
        now = self._now()
        table, outcome = self.house.open(settings, public=public, bots=bots, now=now)
        self._carry_out(outcome)
        return table

    def may_open(self, address: str | None) -> bool:
        """Count a table that somebody at an address opens; see `Peers.may_open`."""
        return self.house.peers.may_open(address, self._now())

    def begin(self, table: Table) -> None:
        """Begin a waiting table's game now, if somebody is there."""
        self._carry_out(self.house.begin(table, self._now()))

    def leave(self, table: Table, seat: int) -> None:
        """Let the person on a seat go; see `Table.leave`.

        Raises:
            LookupError: no person has that seat.
        """
        self._carry_out(self.house.leave(table, seat, self._now()))

    def hurry(self, bot_delay_s: float) -> None:
        """Let the bots of the games that run wait only so long; see `House.hurry`."""
        self._carry_out(self.house.hurry(bot_delay_s, self._now()))

    def logged_out(
        self, account: int, session: bytes | None = None, *, deleted: bool = False
    ) -> None:
        """End what an account does here; see `House.logged_out`."""
        self._carry_out(self.house.logged_out(account, session, self._now(), deleted=deleted))

    # The end

    def stop_play(self, text: str) -> None:
        """Tell everybody that the server stops, then do nothing more for anybody."""
        self._carry_out(self.house.stop(text))

    async def close(self) -> None:
        """Hang up on everybody, once what was sent to them is on its way."""
        for session in list(self._sessions.values()):
            session.hang_up()
        if self._sessions:
            self._emptied = asyncio.Event()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), GOODBYE_LIMIT_S)

    # The clock

    def _now(self) -> float:
        """Return the house's time: the event loop's, without what passed while we were stopped.

        While there are sessions something looks here every second. So a process that was paused, or
        whose machine was, finds a gap, in which nobody could play or send a sign of life.
        """
        now = self.timers.time()
        away_s = now - self._seen_at
        if self._beat is not None and away_s > AWAY_MIN_S:
            self._lost_s += int(away_s)  # whole seconds, so that no time is lost to rounding
            _log.warning("this process was stopped for %.0f s, which count for nobody", away_s)
        self._seen_at = now
        return now - self._lost_s

    def _keep_beating(self) -> None:
        """Look at the clock every second while there are sessions."""
        if self._beat is not None:
            self._now()
        self._beat = None
        if self._sessions:
            self._beat = self.timers.call_later(_BEAT_S, self._context.run, self._keep_beating)

    # Effects

    def _carry_out(self, outcome: Outcome) -> None:
        """Do what follows from an input."""
        sessions = self._sessions
        if outcome.records:
            self._last_record = outcome.records[-1].sequence
            self._keeper.append(outcome.records)
        for connection, gap_s in outcome.gaps:
            if connection in sessions:
                sessions[connection].gap_s = gap_s
        for connections, data in outcome.sends:
            for connection in connections:
                session = sessions.get(connection)
                if session is not None:
                    session.send(data)
        for connection in outcome.cuts:
            if connection in sessions and connection not in outcome.floods:
                sessions[connection].hang_up()
        for connection in outcome.floods:
            if connection in sessions:
                sessions[connection].flooded()
        for connection, until in outcome.rests:
            if connection in sessions:
                sessions[connection].rest(max(0.0, until - self._now()))
        for thought in outcome.thoughts:
            self._think(thought, partial(self._thought, thought.ticket, perf_counter()))
        for broken in outcome.broken:
            self._mend(broken)
        for game, why in outcome.aside:
            self._keeper.put_aside(game, why)
        self._plan()

    def _thought(self, ticket: Ticket, asked_at: float, action: Action | None) -> None:
        """Bring the house what was thought."""
        self.house.tally.bot_turns.add(perf_counter() - asked_at)
        self._carry_out(self.house.thought(ticket, action, self._now()))

    def _mend(self, broken: Broken) -> None:
        """Have a game that broke off brought back."""
        what = "is closed" if broken.game is None else "comes back from the journal"
        _log.error(
            "an error of ours: the table in room %s %s", broken.room, what, exc_info=broken.error
        )
        if broken.game is not None:
            self._keeper.bring_back(broken.game, broken.epoch, self._last_record)

    def _plan(self) -> None:
        """Set the one timer; one that fires too early only sets itself anew."""
        deadline = None if self.house.stopping else self.house.next_deadline()
        if deadline is None or (self._timer is not None and self._timer_at <= deadline):
            return
        if self._timer is not None:
            self._timer.cancel()
        delay = max(0.0, deadline - self._now()) + (_ROUNDING_S if self._lost_s else 0.0)
        self._timer = self.timers.call_later(delay, self._context.run, self._tick)
        self._timer_at = deadline

    def _tick(self) -> None:
        self._timer = None
        self._carry_out(self.house.ticked(self._now()))
