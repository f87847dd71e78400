"""Games of bots against each other, and how strong the levels are by them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rachel.bots import choose
from rachel.formats.replay import ReplayTrace
from rachel.rules.actions import Action
from rachel.rules.game import Game
from rachel.rules.view import view_for

TURN_BOUND: Final = 5000
"""Turns after which a game is given up: by the rules it could go on for ever."""


@dataclass(frozen=True, slots=True)
class BotGame:
    """How one game between bots went.

    Attributes:
        levels: the level of the bot at each seat.
        seed: the seed it was dealt from.
        actions: what they did, one action a turn.
        finish_order: the seats that got rid of their cards, the winner first.
        survivor: the seat that lost, None when the game was given up.
    """

    levels: tuple[str, ...]
    seed: int
    actions: tuple[Action, ...]
    finish_order: tuple[int, ...]
    survivor: int | None

    @property
    def is_finished(self) -> bool:
        """Whether the game came to its end before the turn bound."""
        return self.survivor is not None

    def places(self) -> dict[int, int]:
        """Return the place of every seat, 1 for the winner; nothing if the game was given up."""
        if self.survivor is None:
            return {}
        return {
            seat: place for place, seat in enumerate((*self.finish_order, self.survivor), start=1)
        }

    def trace(self) -> ReplayTrace:
        """Return the game with the state hash after every action; each name tells the level."""
        names = [f"{level.capitalize()} {seat}" for seat, level in enumerate(self.levels)]
        return ReplayTrace.record(names, range(len(names)), self.seed, self.actions)


def play_game(levels: Sequence[str], seed: int, *, turn_bound: int = TURN_BOUND) -> BotGame:
    """Deal from ``seed`` (unsigned 64-bit) and let a bot of each of ``levels`` play it.

    The bots' own randomness comes from ``seed`` too: the same arguments give the same game. It is
    given up, unfinished, after ``turn_bound`` turns.

    Raises:
        ValueError: there is no such level, or a game has no such number of seats.
    """
    game = Game.deal(len(levels), seed)
    rng = random.Random(seed)
    actions = []
    while not game.is_over and game.turn < turn_bound:
        seat = game.current
        action = choose(levels[seat], view_for(game, seat), rng)
        game.apply(action)
        actions.append(action)
    return BotGame(
        levels=tuple(levels),
        seed=seed,
        actions=tuple(actions),
        finish_order=tuple(game.finish_order),
        survivor=game.survivor,
    )


def play_games(bots: Sequence[str], seats: int, games: int, seed: int) -> Iterator[BotGame]:
    """Let bots play ``games`` games, each from a seed of its own that ``seed`` decides.

    ``bots`` are levels, repeated round the table. From game to game every bot moves one seat on,
    and after every full round the order is reversed, so that neither the seats nor the neighbours
    favour a level.

    Raises:
        ValueError: there is no such level, or a game has no such number of seats.
    """
    order = [bots[seat % len(bots)] for seat in range(seats)]
    seeds = random.Random(seed)
    for game in range(games):
        moved = game % seats
        if game and not moved:
            order.reverse()
        yield play_game(order[moved:] + order[:moved], seeds.getrandbits(64))


@dataclass(slots=True)
class LevelTally:
    """The places that the bots of one level took."""

    seats_played: int = 0
    wins: int = 0
    losses: int = 0
    places_total: int = 0

    def add(self, place: int, seats: int) -> None:
        """Count one place in a finished game of ``seats`` seats."""
        self.seats_played += 1
        self.places_total += place
        self.wins += place == 1
        self.losses += place == seats

    @property
    def mean_place(self) -> float | None:
        """The mean place, 1 at best; None when no game was finished."""
        return self._share(self.places_total)

    @property
    def win_share(self) -> float | None:
        """The share of its seats that won, 0-1; None when no game was finished."""
        return self._share(self.wins)

    @property
    def loss_share(self) -> float | None:
        """The share of its seats that lost, 0-1; None when no game was finished."""
        return self._share(self.losses)

    def _share(self, total: int) -> float | None:
        return total / self.seats_played if self.seats_played else None


class Tally:
    """The results of a number of games.

    Attributes:
        levels: the tally of each level that took part.
        games: how many games were played.
        unfinished: how many of them were given up; in these no bot takes a place.
        actions: how many actions were taken in all of them.
    """

    def __init__(self) -> None:
        self.levels: dict[str, LevelTally] = {}
        self.games = 0
        self.unfinished = 0
        self.actions = 0

    def add(self, game: BotGame) -> None:
        """Count one game."""
        self.games += 1
        self.actions += len(game.actions)
        self.unfinished += not game.is_finished
        for level in game.levels:
            self.levels.setdefault(level, LevelTally())
        for seat, place in game.places().items():
            self.levels[game.levels[seat]].add(place, len(game.levels))
