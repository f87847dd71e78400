"""Players at tables whose database is locked: told at once, held back, and none of their time lost.

Time is the event loop's own, but a test can let it jump ahead.
"""

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeAlias

import pytest
from databases import Database
from game_server import game_server
from journal_rows import journal_of, rows_announced
from tcp_player import TcpPlayer, sit_down

from rachel.rubp import Heartbeat, TurnStart
from rachel_server import runtime
from rachel_server.core.gate import WAITING_BYTES_MAX

TURN_TIME_S: Final = 60.0
DELAYED: Final = "Saving is delayed: please wait"
WORKS: Final = "Saving works again"


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can jump ahead; whatever was due by then is done at once."""

    def __init__(self) -> None:
        super().__init__()
        self._jumped_s = 0.0

    def time(self) -> float:
        return super().time() + self._jumped_s

    def jump(self, seconds: float) -> None:
        """Let time pass."""
        self._jumped_s += seconds


Play: TypeAlias = Callable[[TcpPlayer, TcpPlayer, JumpingLoop, Database], Coroutine[Any, Any, None]]


def play(database: Database, what: Play) -> None:
    """Seat two at a table of two, with the clock on the first one, and play ``what``."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, JumpingLoop)
        pair = [TcpPlayer("acts", room="PAIR", plays=False), TcpPlayer("waits", plays=False)]
        pair[1].session.room = "PAIR"
        async with game_server(database, turn_time_s=TURN_TIME_S) as port:
            await sit_down(pair, port)
            await pair[0].until(lambda player: player.session.view is not None, "the deal")
            await pair[1].until(lambda player: player.session.view is not None, "the deal")
            actor, other = pair if pair[0].session.prompt else pair[::-1]
            await actor.until_prompt()
            await what(actor, other, loop, database)
            for player in pair:
                player.play_on()
            for player in pair:
                await player.until_over()
                announced, saved = rows_announced(player), journal_of(database, "PAIR")
                assert announced == saved[-len(announced) :]  # all since it last came

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(run())


def hears(player: TcpPlayer, text: str) -> Coroutine[Any, Any, None]:
    return player.until(lambda player: text in player.announcements, repr(text))


def turn_starts(player: TcpPlayer) -> int:
    return sum(isinstance(message, TurnStart) for message in player.heard)


def heartbeats(player: TcpPlayer) -> int:
    return sum(isinstance(message, Heartbeat) for message in player.heard)


def test_players_are_told_at_once_and_nothing_leaves_that_is_not_saved(database: Database) -> None:
    async def what(actor: TcpPlayer, other: TcpPlayer, _: JumpingLoop, database: Database) -> None:
        with database.locked():
            actor.act()
            for player in (actor, other):
                await hears(player, DELAYED)
                player.send(player.session.heartbeat())
                await player.until(lambda player: heartbeats(player) > 0, "a heartbeat")
                assert player.turn == 0
                assert not player.turn_ends
            assert WORKS not in other.announcements
        for player in (actor, other):
            await player.until_turn(1)
            assert player.announcements.count(DELAYED) == player.announcements.count(WORKS) == 1

    play(database, what)


def test_the_clocks_stand_still_meanwhile(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "AWAY_MIN_S", math.inf)  # or time would not count that jumps
    away = "a bot plays this turn"

    async def what(
        actor: TcpPlayer, other: TcpPlayer, loop: JumpingLoop, database: Database
    ) -> None:
        before = turn_starts(other)
        with database.locked():
            actor.act()
            await hears(other, DELAYED)
            loop.jump(100 * TURN_TIME_S)
            other.send(other.session.heartbeat())
            await other.until(lambda player: heartbeats(player) > 0, "a heartbeat")
        await other.until(lambda player: turn_starts(player) > before, "a turn")
        await hears(other, WORKS)
        loop.jump(TURN_TIME_S - 20)  # a few seconds had passed before the stall was noticed
        other.send(other.session.heartbeat())
        await other.until(lambda player: heartbeats(player) > 1, "a heartbeat")
        assert not any(away in text for text in actor.announcements)
        loop.jump(20)
        await actor.until(
            lambda player: any(away in text for text in player.announcements), "the host's move"
        )

    play(database, what)


def test_whoever_returns_meanwhile_is_told_too_and_sits_down_later(database: Database) -> None:
    async def what(actor: TcpPlayer, other: TcpPlayer, _: JumpingLoop, database: Database) -> None:
        server = other.port
        with database.locked():
            actor.act()
            await hears(other, DELAYED)
            other.cut()
            await other.until_lost()
            other.heard.clear()
            await other.connect(server)
            await hears(other, DELAYED)
            assert not other.welcomes
        await other.until(lambda player: bool(player.welcomes), "its seat")
        await other.until_turn(1)

    play(database, what)


def test_a_stranger_cannot_fill_the_memory_with_what_waits(database: Database) -> None:
    async def what(actor: TcpPlayer, other: TcpPlayer, _: JumpingLoop, database: Database) -> None:
        server = other.port
        with database.locked():
            actor.act()
            await hears(other, DELAYED)
            while other.connected:
                other.send(other.session.sync() * 1000)
                other.send(other.session.heartbeat())
                heard = heartbeats(other)
                await other.until(
                    lambda player, heard=heard: (
                        heartbeats(player) > heard  # type: ignore[misc]
                        or not player.connected
                    ),
                    "an answer or the end",
                )
            assert len(other.heard) * 64 < WAITING_BYTES_MAX
        await actor.until_turn(1)
        await other.connect(server)
        await other.until_turn(1)

    play(database, what)
