"""Whole evenings in virtual time: lobby, tables, sessions with bots' brains, and a bad network.

A failure prints the seed of its evening; `run_evening` with it repeats everything exactly.
"""

from collections import Counter
from typing import Final

import pytest
from sim_checks import check_ending, check_journal
from sim_player import Character, SimPlayer
from sim_server import SimServer
from sim_world import World

from rachel_server.core.entries import GameStatus
from rachel_server.core.table_settings import TableSettings

EVENINGS: Final = {2: 50, 3: 30, 4: 18, 5: 12, 6: 8, 7: 6, 8: 6}
"""How many for each number of seats: long games are fewer."""
_EVENTS_MAX: Final = 400_000


class Evening:
    """People who come to a server, play, are disturbed, and go.

    Attributes:
        players: everybody who came.
        server: where they came to.
        ends: how the evening's games ended.
    """

    def __init__(self, seats: int, seed: int) -> None:
        self._world = world = World(seed)
        rng = world.rng
        self._calm = rng.random() < 0.2
        self._crashes = 0 if self._calm else rng.choice((0, 0, 1, 2))
        settings = TableSettings(
            seats=seats,
            start_delay_s=rng.choice((0.0, 3.0, 3.0, 3.0, 3.0)),
            bot_delay_s=rng.choice((0.0, 0.5, 1.0)),
            turn_time_s=rng.choice((20.0, 60.0, None)),
            bot_level=rng.choice(("beginner", "intermediate")),
        )
        self.server = SimServer(world, settings)
        people = rng.randint(max(1, seats // 2), seats + 1)
        rooms = rng.choice((("",), ("TEA42",), ("", "TEA42")))
        games = rng.choice((1, 1, 2))
        self.players = [
            SimPlayer(world, self.server, self._character(n, rng.choice(rooms), games))
            for n in range(people)
        ]
        self.ends: Counter[GameStatus] = Counter()
        for player in self.players:
            world.after(rng.uniform(0.0, 4.0), player.connect)
        for _ in range(self._crashes):
            world.after(rng.uniform(1.0, 300.0), self._crash)
        self._disturb_later()

    def _character(self, number: int, room: str, games: int) -> Character:
        rng = self._world.rng
        return Character(
            name=rng.choice((f"P{number}", "ANN", "BOB")),
            room=room,
            games=games,
            version=rng.choice((1, 2)),
            acknowledges=rng.random() < 0.3,
            has_token=rng.random() < 0.85,
            is_old=rng.random() < 0.2,
            sleepiness=rng.choice((0.0, 0.0, 0.05)),
            clumsiness=rng.choice((0.0, 0.1)),
        )

    def _crash(self) -> None:
        self.server.crash(down_s=self._world.rng.uniform(0.1, 20.0))

    def _disturb_later(self) -> None:
        if not self._calm:
            self._world.after(self._world.rng.expovariate(1 / 25), self._disturb)

    def _disturb(self) -> None:
        """Let something happen to somebody."""
        if self.is_over:
            return
        rng = self._world.rng
        player = rng.choice(self.players)
        kind = rng.random()
        if kind < 0.6:
            player.drop()
        elif kind < 0.75:
            player.double()
        elif kind < 0.98:
            player.pulse()
        else:
            player.leave()
        self._disturb_later()

    @property
    def is_over(self) -> bool:
        """Whether everybody has gone."""
        return all(player.done for player in self.players)

    def run(self) -> None:
        """Run until everybody has gone and every table is closed."""
        world, server = self._world, self.server
        for _ in range(_EVENTS_MAX):
            event, due = world.next_time(), server.due_time()
            if self.is_over and server.up and not server.lobby.tables and event is None:
                return
            assert event is not None or due is not None, "nothing will ever happen again"
            if due is None or (event is not None and event <= due):
                world.happen()
            else:
                world.now = max(world.now, due)
                server.run_due()
        raise AssertionError("the evening does not end")

    def judge(self) -> None:
        """Let the checkers look at everything."""
        games = check_journal(self.server.journal)
        for player in self.players:
            for ending in player.endings:
                check_ending(ending, games)
                assert ending.session.proof.verified is not False
            assert player.resyncs == [], "the host's frames contradict each other"
        for entry in self.server.journal:
            status = getattr(entry, "status", None)
            if status is not None:
                self.ends[status] += 1


def run_evening(seats: int, seed: int) -> Evening:
    """Run and judge one evening; whatever goes wrong names the seed."""
    evening = Evening(seats, seed)
    try:
        evening.run()
        evening.judge()
    except Exception as problem:
        raise AssertionError(f"run_evening({seats}, {seed}): {problem!r}") from problem
    return evening


@pytest.mark.parametrize("seats", EVENINGS)
def test_evenings_with_everything_that_can_happen(seats: int) -> None:
    ends: Counter[GameStatus] = Counter()
    endings = crashes = 0
    evenings = EVENINGS[seats]
    for number in range(evenings):
        evening = run_evening(seats, seats * 1000 + number)
        ends += evening.ends
        endings += sum(len(player.endings) for player in evening.players)
        crashes += evening.server.crashes
    assert ends[GameStatus.FINISHED] >= evenings
    assert endings >= evenings, "players see the ends of their games"
    assert crashes > 0
