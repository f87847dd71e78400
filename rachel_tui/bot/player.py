"""A bot that plays over the network like a person: one session, one connection, no screen."""

import asyncio
import random
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from rachel.bots import choose
from rachel.client.session import ClientSession
from rachel.client.updates import (
    GameOver,
    HostTooNew,
    PlaysElsewhere,
    ProofAnnounced,
    Refused,
    Update,
    Welcomed,
)
from rachel.rubp import Platform
from rachel.rules.actions import Play
from rachel_tui.net.connection import Connection, LinkState
from rachel_tui.net.line import Dial
from rachel_tui.net.link_timing import Attempts, LinkTiming

_FIRST_ATTEMPTS_MAX: Final = 5
"""Attempts to reach a host before it counts as unreachable: about four seconds."""
_ATTEMPTS_MAX: Final = 60
"""Attempts to come back to a host that may be restarting: about five minutes."""
_AFTER_REFUSAL_S: Final = 1.0


class BotPlayer:
    """Plays one game after another, in the same room where the host allows it.

    Attributes:
        played: games finished so far.
        problem: in one line why it gave up; None while it has not.
    """

    def __init__(
        self,
        dial: Dial,
        where: str,
        *,
        name: str,
        room: str,
        level: str,
        games: int,
        delay_s: float,
        report: Callable[[str], None],
        log: Callable[[str], None],
    ) -> None:
        """Prepare; `run` plays.

        Args:
            dial: how to connect to the host.
            where: the host and its port, as people read them.
            name: what the others call the bot.
            room: code of the table to join, empty for any.
            level: how well it plays, one of rachel.bots.LEVELS.
            games: how many games it plays.
            delay_s: seconds it waits before it acts.
            report: takes one line per finished game.
            log: takes lines about everything else.

        Raises:
            ValueError: the room code is not 0-8 letters and digits.
        """
        self.played = 0
        self.problem: str | None = None
        self._dial = dial
        self._where = where
        self._name = name
        self._room = room
        self._level = level
        self._games = games
        self._delay_s = delay_s
        self._report = report
        self._log = log
        self._rng = random.Random()
        self._attempts = Attempts(LinkTiming())
        self._session, self._link = self._new_link()
        self._was_online = False
        self._refused = False
        self._thinking: asyncio.TimerHandle | None = None
        self._done = asyncio.Event()

    async def run(self) -> None:
        """Play until all games are over, or until there is no host or no seat: see ``problem``."""
        while True:
            await self._sit()
            if self._done.is_set():
                return
            if self._session.game_id == 0:  # not even a fresh HELLO got a seat
                self.problem = self._link.error
                return
            if self._attempts.failed >= _ATTEMPTS_MAX:
                self.problem = self._link.error
                return
            self._log("that game is gone; sitting down again")
            self._session, self._link = self._new_link()

    def _new_link(self) -> tuple[ClientSession, Connection]:
        session = ClientSession(
            self._name,
            token=secrets.token_bytes(8),
            room=self._room,
            platform=Platform.UNKNOWN,
        )
        return session, Connection(
            session, self._dial, self._where, self._on_change, attempts=self._attempts
        )

    async def _sit(self) -> None:
        """Stay connected until the link ends by itself or there is nothing left to do."""
        link = asyncio.create_task(self._link.run())
        done = asyncio.create_task(self._done.wait())
        try:
            await asyncio.wait([link, done], return_when=asyncio.FIRST_COMPLETED)
        finally:
            done.cancel()
            if self._link.state is LinkState.ONLINE:
                self._send(self._session.goodbye())  # so that the others do not wait for us
            await self._link.close()
            self._stop_thinking()
        await link  # raises what went wrong in our own code, if anything did

    def _on_change(self, updates: list[Update]) -> None:
        self._watch_link()
        for update in updates:
            match update:
                case Welcomed(int(seat)):
                    self._was_online = True
                    self._log(f"seat {seat + 1} at {self._where}")
                case PlaysElsewhere() | HostTooNew():
                    self.problem = self._link.error
                    self._done.set()
                case Refused(code):
                    self._refused = True
                    self._log(f"the host refused a move: {code.name.lower()}")
                case GameOver():
                    self._end_game(update)
                case ProofAnnounced() if self._session.proof.verified is False:
                    self._log("the host's proof of a fair deal is wrong")
        if self._session.prompt and self._thinking is None:
            delay_s = max(self._delay_s, _AFTER_REFUSAL_S if self._refused else 0)
            self._thinking = asyncio.get_running_loop().call_later(delay_s, self._act)

    def _watch_link(self) -> None:
        """Log the loss of the link, and give up on a host that cannot be reached for long."""
        link = self._link
        if link.error is None or link.retry_at is None:
            return
        if self._attempts.failed >= (_ATTEMPTS_MAX if self._was_online else _FIRST_ATTEMPTS_MAX):
            self.problem = link.error
            self._done.set()
        elif self._attempts.failed <= 1:
            self._log(f"{link.error}; trying again")

    def _stop_thinking(self) -> None:
        if self._thinking is not None:
            self._thinking.cancel()
            self._thinking = None

    def _act(self) -> None:
        self._thinking = None
        view = self._session.view
        if view is None or not self._session.prompt or self._link.state is not LinkState.ONLINE:
            return  # the link was lost meanwhile; with the seat the prompt comes back
        self._refused = False
        action = choose(self._level, view, self._rng)
        if isinstance(action, Play):
            self._send(self._session.play(action.cards, action.suit))
        else:
            self._send(self._session.draw())

    def _end_game(self, end: GameOver) -> None:
        order, seat = end.finish_order, self._session.seat
        place = order.index(seat) + 1 if seat in order else self._session.seats
        self.played += 1
        self._report(f"game {self.played}: place {place} of {self._session.seats}")
        if self.played == self._games:
            self._done.set()
        else:
            self._send(self._session.again(secrets.token_bytes(8)))

    def _send(self, data: bytes) -> None:
        with suppress(ConnectionError):  # the next link brings the prompt, or asks for the rematch
            self._link.send(data)
