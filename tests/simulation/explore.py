"""Explores evenings that no test has run: `make simulate SEEDS=200`.

Each seed is an evening of 2 to 8 seats. The first argument is how many there are, the second one
the seed to begin with; without it that is drawn. One seed that fails is run again with

    python tests/simulation/explore.py 1 SEED
"""

import logging
import random
import sys
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "table"))

from sim_evening import run_evening


def explore(seeds: int, first: int) -> int:
    """Run evenings, print those that fail, and return how many they are."""
    failed = 0
    happened: Counter[str] = Counter()
    for seed in range(first, first + seeds):
        try:
            happened += run_evening(2 + seed % 7, seed).happened
        except AssertionError as problem:
            failed += 1
            traceback.print_exception(problem)
            print(f"\nreplay: python tests/simulation/explore.py 1 {seed}", file=sys.stderr)
    print(f"{seeds} evenings from seed {first}, {failed} failed:")
    print(", ".join(f"{count} {what}" for what, count in happened.most_common()))
    return failed


if __name__ == "__main__":
    logging.disable()  # the server logs what is done to it on purpose
    arguments = [int(argument) for argument in sys.argv[1:]]
    first = arguments[1] if len(arguments) > 1 else random.randrange(10**6, 10**9)
    sys.exit(bool(explore(arguments[0], first)))
