"""Whole evenings in virtual time: the real server and real clients over fakes of all else."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from sim_checks import Witness, check_ending, check_ends
from sim_player import Character, SimPlayer, Stranger
from sim_scan import Scan
from sim_watcher import Watcher

from rachel.form import form
from rachel.rubp import Platform
from rachel.rules.actions import Action
from rachel_server.core.outcome import Thought
from rachel_server.core.seating import Seating
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.voice import Voice
from rachel_server.fakes.disk import FakeDisk, Wear
from rachel_server.fakes.network import FakeNetwork, Weather
from rachel_server.fakes.process import FakeProcess
from rachel_server.fakes.time import FakeTime
from rachel_server.runtime import think_at_once

_EVENTS_MAX: Final = 600_000
_LONGEST_S: Final = 12 * 3600.0
_LOOK_ROUND_S: Final = 6.5


class Evening:
    """People who come to a server, play, are disturbed, and go.

    Attributes:
        process: the server that runs now, or has run last.
        players: everybody who came to play.
        happened: how often what happened, and how games ended.
    """

    def __init__(self, seats: int, seed: int) -> None:
        self._rng = rng = random.Random(f"{seats} {seed}")
        self.time = FakeTime()
        self.happened: Counter[str] = Counter()
        self._calm = rng.random() < 0.15
        worn = not self._calm and rng.random() < 0.7
        self.disk = FakeDisk(self.time, rng, self._wear() if worn else None)
        self.disk.fails_for_s = rng.choice((30.0, 90.0, 400.0))
        self.witness = Witness(self.time, self.disk)
        self.scan = Scan(self.disk.entries, self.witness)
        self.network = FakeNetwork(self.time, rng, self.scan)
        self._clock = rng.choice((20.0, 20.0, 60.0, None))
        self._settings = TableSettings(
            seats=seats,
            start_delay_s=rng.choice((0.0, 3.0, 3.0, 3.0, 3.0)),
            bot_delay_s=rng.choice((0.0, 0.5, 1.0)),
            turn_time_s=self._clock,
            bot_level=rng.choice(("beginner", "intermediate")),
        )
        self._thinking_s = rng.choice((0.0, 0.0, 0.5, 4.0))
        self._given_up: set[str] = set()
        self.process = self._start()
        rooms = rng.choice((("",), ("TEA42",), ("", "TEA42")))
        games = rng.choice((1, 1, 2))
        people = rng.randint(max(1, seats // 2), seats + 1)
        self.players = [
            SimPlayer(self, self._character(n, rng.choice(rooms), games)) for n in range(people)
        ]
        self._strangers = [
            Stranger(self, rng.choice(Stranger.KINDS), rooms[0], f"203.0.113.{n}")
            for n in range(0 if self._calm else rng.choice((0, 0, 1, 2)))
        ]
        looks = random.Random(f"watchers of {seats} {seed}")
        self._watchers = [Watcher(self, looks, n) for n in range(looks.randint(0, 3))]
        for player in self.players:
            self.time.call_later(rng.uniform(0.0, 4.0), player.come)
        for watcher in self._watchers:
            self.time.call_later(looks.uniform(0.0, 30.0), watcher.come)
        for stranger in self._strangers:
            self.time.call_later(rng.uniform(2.0, 30.0), stranger.come)
        if not self._calm:
            for _ in range(rng.choice((0, 0, 1, 3))):
                self.time.call_later(rng.uniform(1.0, 300.0), self._crash_soon)
            self._disturb_later()
        self._look_round()

    def _wear(self) -> Wear:
        rng = self._rng
        return Wear(
            slow=0.02,
            failing=rng.choice((0.0, 0.01, 0.03)),
            unheard=rng.choice((0.0, 0.03)),
            refusing=rng.choice((0.0, 0.0, 0.005)),
            unreadable=rng.choice((0.0, 0.0, 0.3)),
        )

    def _character(self, number: int, room: str, games: int) -> Character:
        rng = self._rng
        weather = Weather(
            pieces=rng.random() < 0.3,
            bytewise=rng.random() < 0.02,
            noise=rng.choice((0.0, 0.0, 0.2)),
            reads_per_s=rng.choice((float("inf"),) * 7 + (3000.0,)),
        )
        character = Character(
            name=rng.choice((f"P{number}", "ANN", "BOB")),
            address=f"198.51.100.{rng.randrange(20)}",
            weather=weather,
            room=room,
            games=games,
            version=rng.choice((1, 2)),
            account=number + 1 if rng.random() < 0.2 else None,
            acknowledges=rng.random() < 0.3,
            forgets=rng.random() < 0.3 and self._clock is not None,
            has_token=rng.random() < 0.85,
            is_old=rng.random() < 0.2,
            beats=rng.random() < 0.3,
            nags=rng.random() < 0.08,
            sleepiness=rng.choice((0.0, 0.0, 0.05)),
            clumsiness=rng.choice((0.0, 0.1)),
            lingers=rng.random() < 0.2,
        )
        if rng.random() < 0.05:
            character = replace(character, platform=Platform.VIC_20, version=1)
        if self._clock is not None and number:  # somebody has to move the game on
            kind = rng.random()
            character = replace(
                character, sleepiness=1.0 if kind < 0.05 else 0.05, bounces=kind > 0.95
            )
        return character

    # The server

    def _start(self) -> FakeProcess:
        return FakeProcess(
            self.network, self.disk, self._settings, rng=self._rng, think=self._think
        )

    def _think(self, thought: Thought, answer: Callable[[Action | None], None]) -> None:
        """Think at once, or later, or in vain."""
        rng = self._rng
        if not self._thinking_s:
            think_at_once(thought, answer)
        elif rng.random() < 0.1:
            answer(None)
        elif rng.random() > 0.05:  # else it never comes
            delay_s = rng.uniform(0.0, self._thinking_s)
            self.process.call_later(delay_s, think_at_once, thought, answer)

    def _crash_soon(self) -> None:
        """Crash at one of the next steps, and start again after a while."""
        self.process.crash_after(self._rng.randint(0, 60))
        self.time.call_later(self._rng.uniform(1.0, 20.0), self._restart)

    def _restart(self) -> None:
        if self.process.is_up:
            self.process.crash()
        self.happened["crash"] += 1
        self.process = self._start()

    # Bad luck

    def _disturb_later(self) -> None:
        self.time.call_later(self._rng.expovariate(1 / 20), self._disturb)

    def _disturb(self) -> None:
        """Let something happen to somebody."""
        if self._all_gone:
            return
        rng = self._rng
        player = rng.choice(self.players)
        events: list[tuple[float, str, Callable[[], object]]] = [
            (50, "drop", player.drop),
            (12, "double", player.double),
            (15, "pulse", player.pulse),
            (6, "renew", player.renew),
            (2, "leave", player.leave),
            (4, "wander", player.wander),
            (3, "jump", lambda: self.time.jump(rng.uniform(1.0, 90.0))),
            (1, "clock", lambda: self.time.set_unix_time(rng.uniform(-4000.0, 4000.0))),
            (6, "break", self._break_a_table),
            (2, "begin", self._begin_a_table),
            (2, "show out", self._show_somebody_out),
            (3, "log out", self._log_somebody_out),
        ]
        _, what, happen = rng.choices(events, [weight for weight, _, _ in events])[0]
        self.happened[what] += 1
        happen()
        self._disturb_later()

    def _a_table(self) -> Table | None:
        tables = list(self.process.house.lobby.tables.values()) if self.process.is_up else []
        return self._rng.choice(tables) if tables else None

    def _break_a_table(self) -> None:
        """Let a table fail in the middle of one of its next inputs, or of a turn."""
        table = self._a_table()
        if table is not None:
            of_table = ("tick", "receive", "lost", "reclaim", "thought")
            if form() == "compiled":  # its methods cannot be replaced
                _break_voice(table._voice, len(table.seats))
            elif self._rng.random() < 0.7:
                _break(table, self._rng.choice(of_table))
            else:
                _break(table._voice, self._rng.choice(("turn", "move", "pair", "players")))

    def _begin_a_table(self) -> None:
        table = self._a_table()
        if table is not None:
            self.process.run(self.process.runtime.begin, table)

    def _show_somebody_out(self) -> None:
        """Let somebody leave a table over HTTP."""
        table = self._a_table()
        people = [] if table is None else [n for n, seat in table.seats.taken() if seat.is_person]
        if people:
            self.process.run(self.process.runtime.leave, table, self._rng.choice(people))

    def _log_somebody_out(self) -> None:
        """Let the login of an account end; its player logs in again."""
        accounts = [it.character.account for it in self.players if it.character.account is not None]
        if accounts and self.process.is_up:
            self.process.run(self.process.runtime.logged_out, self._rng.choice(accounts))

    # From beginning to end

    def _look_round(self) -> None:
        self.witness.look_round()
        if not self.is_over:
            self.time.call_later(_LOOK_ROUND_S, self._look_round)

    @property
    def _all_gone(self) -> bool:
        people: list[SimPlayer | Stranger | Watcher]
        people = [*self.players, *self._strangers, *self._watchers]
        return all(one.done for one in people)

    @property
    def is_over(self) -> bool:
        """Whether everybody has gone and the server is done with everything."""
        is_idle = self.process.is_up and not self.process.house.lobby.tables
        return self._all_gone and is_idle and not self.network.wires

    def run(self) -> None:
        """Run until it is over."""
        for _ in range(_EVENTS_MAX):
            if self.is_over:
                return
            assert self.time.step(), "nothing will ever happen again"
            assert self.time.now < _LONGEST_S, "something never ends"
            self._look_for_failures()
        raise AssertionError("the evening does not end")

    def _look_for_failures(self) -> None:
        if self.time.failures:
            raise self.time.failures[0]

    def judge(self) -> None:
        """Let the checkers look at everything."""
        while self.time.step():
            self._look_for_failures()
        games = self.disk.games()
        check_ends(games, self.witness, self.process.journal.refused | {*self.disk.aside})
        for player in self.players:
            for ending in player.endings:
                check_ending(ending, self.witness.replays[ending.game].game.state)
                assert ending.session.proof.verified is not False
            assert player.resyncs == [], "the host's frames contradict each other"
            self.happened["endings"] += len(player.endings)
        self.happened += self.scan.judge()
        self.happened.update(stored.status.value for stored in games.values())
        assert not list(self.process.house.peers), "connections that are gone are remembered"


def _break(part: object, method: str) -> None:
    """Let the next call of a method fail when it has done its work."""
    original = getattr(part, method)

    def fail(*args: Any) -> None:  # noqa: ANN401
        delattr(part, method)
        original(*args)
        raise RuntimeError("broken on purpose")

    setattr(part, method, fail)


def _break_voice(voice: Voice, places: int) -> None:
    """Let the next thing that a voice says to the seats fail."""
    seats = Seating(places)
    seats._seats[:] = ["broken on purpose"] * places  # type: ignore[list-item]
    voice._seats = seats


def run_evening(seats: int, seed: int) -> Evening:
    """Run and judge one evening; whatever goes wrong names the seed."""
    evening = Evening(seats, seed)
    try:
        evening.run()
        evening.judge()
    except Exception as problem:
        raise AssertionError(f"run_evening({seats}, {seed}): {problem!r}") from problem
    return evening
