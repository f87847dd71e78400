"""The tally: what the server counts while it runs, in plain numbers.

Counting is on the way of every action, so that it costs a fraction of a microsecond and needs no
library: `rachel_server.ops.metrics` turns the numbers into a page when somebody asks for one.
"""

from collections import Counter
from typing import Final, final

_ACTION_BOUNDS_S: Final = (
    0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
)  # fmt: skip
_COMMIT_BOUNDS_S: Final = (
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
)  # fmt: skip
_COMMIT_BOUNDS_ROWS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000)
_BOT_BOUNDS_S: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1)


@final
class Spread:
    """Values, counted by size.

    Attributes:
        bounds: the largest value of each class but the last, which has no bound.
        counts: how many values fell into each class, the unbounded one included.
        total: the sum of all of them.
    """

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Count a value."""
        place = 0
        for bound in self.bounds:
            if value <= bound:
                break
            place += 1
        self.counts[place] += 1
        self.total += value

    @property
    def count(self) -> int:
        """How many values there were."""
        return sum(self.counts)


class Tally:
    """Everything counted about playing since the server started.

    Attributes:
        player_actions: seconds from the arrival of an accepted action to its frames' leaving.
        host_actions: the same for what bots did, from the moment the turn was due.
        bot_turns: seconds that choosing and making one move for a seat took.
        commit_seconds: how long the journal's commits took.
        commit_rows: how many rows each of them wrote.
        rejected: frames that were refused, by reason.
        dropped_bytes: bytes received that belonged to no frame.
        connections: connections accepted.
    """

    def __init__(self) -> None:
        self.player_actions = Spread(_ACTION_BOUNDS_S)
        self.host_actions = Spread(_ACTION_BOUNDS_S)
        self.bot_turns = Spread(_BOT_BOUNDS_S)
        self.commit_seconds = Spread(_COMMIT_BOUNDS_S)
        self.commit_rows = Spread(_COMMIT_BOUNDS_ROWS)
        self.rejected: Counter[str] = Counter()
        self.dropped_bytes = 0
        self.connections = 0

    def committed(self, rows: int, seconds: float) -> None:
        """Count a commit of the journal."""
        self.commit_rows.add(rows)
        self.commit_seconds.add(seconds)
