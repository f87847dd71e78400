"""Evenings whose seeds are always the same; `make simulate SEEDS=200` explores others.

Everything is judged while it happens, and every frame of over 300 games once more afterwards.
"""

from collections import Counter
from typing import Final

import pytest
from sim_evening import run_evening

EVENINGS: Final = {2: 80, 3: 70, 4: 56, 5: 36, 6: 24, 7: 18, 8: 16}
"""How many for each number of seats: long games are fewer."""


@pytest.mark.parametrize("seats", EVENINGS)
def test_evenings_with_everything_that_can_happen(seats: int) -> None:
    happened: Counter[str] = Counter()
    evenings = EVENINGS[seats]
    for seed in range(evenings):
        happened += run_evening(seats, seed).happened
    assert happened["finished"] >= evenings, "games are played"
    assert happened["endings"] >= evenings, "players see the ends of their games"
    disturbances = "crash", "break", "drop", "jump", "show out"
    for what in (*disturbances, "reclaim", "rematch", "watched frame", "secret told"):
        assert happened[what], f"no {what} in all evenings"


def test_a_seed_replays() -> None:
    first, again = (run_evening(4, 7) for _ in range(2))
    assert first.disk.entries == again.disk.entries
    assert first.witness.frames == again.witness.frames > 0
    assert (first.time.now, first.happened) == (again.time.now, again.happened)
