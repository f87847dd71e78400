"""How fast the rules are: playouts, copies, state hashes and the bots' decisions.

Every figure is measured in several slices, taken in turns with those of all the other figures, and
is the median of them: so the figures of one run compare well with each other even on a machine
that has other things to do. Ratios are to random playouts at the same number of seats.

    python benchmarks/engine.py
    python benchmarks/engine.py --seats 4 --seconds 5 --json
"""

import argparse
import json
import os
import platform
import random
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import cycle
from statistics import median
from time import perf_counter
from typing import Final

from rachel.bots import LEVELS, choose
from rachel.rules.game import MAX_SEATS, MIN_SEATS, Game
from rachel.rules.view import SeatView, view_for
from rachel.simulation import TURN_BOUND, play_game

SLICES: Final = 5
POSITIONS: Final = 400
"""Positions that copies, hashes and decisions are measured on, from 400 games."""

Slice = Callable[[], int]
"""Does a little of what is measured; returns how often it did so."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured at one number of seats.

    Attributes:
        seats: that number.
        actions_per_s: actions a second in playouts, by who plays: nobody in particular (random,
            without views) or bots of one level.
        ratios: the same, as a share of random playouts.
        microseconds: what one copy, hash, view or decision of a bot takes.
    """

    seats: int
    actions_per_s: dict[str, int]
    ratios: dict[str, float]
    microseconds: dict[str, float]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seats", default="2,4,8", help="how many; a list  [default: 2,4,8]")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each figure  [default: 1]")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    options = parser.parse_args()
    try:
        numbers = [int(number) for number in options.seats.split(",")]
    except ValueError:
        numbers = []
    if not numbers or not all(MIN_SEATS <= number <= MAX_SEATS for number in numbers):
        parser.error(f"--seats is a list of numbers from {MIN_SEATS} to {MAX_SEATS}, like 2,4")
    if options.seconds <= 0:
        parser.error("--seconds must be more than 0")
    runs = []
    for seats in numbers:
        figures = measure(seats, options.seconds)
        runs.append(asdict(figures))
        if not options.json:
            print_table(figures)
    if options.json:
        machine = {"python": platform.python_version(), "cores": os.cpu_count()}
        print(json.dumps({"machine": machine, "seconds": options.seconds, "runs": runs}, indent=2))


def measure(seats: int, seconds: float) -> Figures:
    """Measure everything at that number of seats; ``seconds`` is spent on each figure."""
    positions = list(sample(seats))
    views = [view_for(game, game.current) for game in positions]
    playouts = {"random": random_playouts(seats)}
    playouts |= {level: policy_playouts(seats, level) for level in LEVELS}
    parts = {
        "copy": over(positions, Game.copy),
        "hash": over(positions, Game.state_hash),
        "view": over(positions, lambda game: view_for(game, game.current)),
    }
    parts |= {f"{level} decision": decisions(views, level) for level in LEVELS}
    rates = measure_in_turns(playouts | parts, seconds)
    return Figures(
        seats=seats,
        actions_per_s={name: round(rates[name]) for name in playouts},
        ratios={name: round(rates[name] / rates["random"], 4) for name in playouts},
        microseconds={name: round(1e6 / rates[name], 3) for name in parts},
    )


def measure_in_turns(slices: dict[str, Slice], seconds: float) -> dict[str, float]:
    """Return how often a second each of ``slices`` does what it does."""
    rates: dict[str, list[float]] = {name: [] for name in slices}
    for _ in range(SLICES):
        for name, do in slices.items():
            done, began = 0, perf_counter()
            while (took := perf_counter() - began) < seconds / SLICES or not done:
                done += do()
            rates[name].append(done / took)
    return {name: median(measured) for name, measured in rates.items()}


def sample(seats: int) -> Iterator[Game]:
    """Yield positions of games at random, each at some turn of a game of its own."""
    rng = random.Random(seats)
    for _ in range(POSITIONS):
        game = Game.deal(seats, rng.getrandbits(64))
        for _ in range(rng.randrange(12 * seats)):
            before = game.copy()
            game.apply(rng.choice(game.legal_actions()))
            if game.is_over:
                game = before
                break
        yield game


def random_playouts(seats: int) -> Slice:
    """Return what plays a game at random, every legal action being as likely as another."""
    rng = random.Random(seats)

    def playout() -> int:
        game = Game.deal(seats, rng.getrandbits(64))
        while not game.is_over and game.turn < TURN_BOUND:
            game.apply(rng.choice(game.legal_actions()))
        return game.turn

    return playout


def policy_playouts(seats: int, level: str) -> Slice:
    """Return what lets bots of one level play a game, each from its own view."""
    rng = random.Random(seats)
    return lambda: len(play_game([level] * seats, rng.getrandbits(64)).actions)


def over(positions: list[Game], do: Callable[[Game], object]) -> Slice:
    """Return what does something with every position."""

    def all_positions() -> int:
        for game in positions:
            do(game)
        return len(positions)

    return all_positions


def decisions(views: list[SeatView], level: str) -> Slice:
    """Return what lets a bot decide, on one view after the other."""
    rng = random.Random(1)
    turns = cycle(views)

    def decide() -> int:
        for _ in range(50):
            choose(level, next(turns), rng)
        return 50

    return decide


def print_table(figures: Figures) -> None:
    """Print the figures of one number of seats."""
    print(f"{figures.seats} seats")
    for name, rate in figures.actions_per_s.items():
        ratio = figures.ratios[name]
        print(f"  {name + ' playouts':<24}{rate:>10,} actions/s {ratio:>7.2f} of random")
    for name, cost in figures.microseconds.items():
        print(f"  {name:<24}{cost:>10.2f} us", flush=True)


if __name__ == "__main__":
    main()
