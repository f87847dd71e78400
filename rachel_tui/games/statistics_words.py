"""What a player's games add up to, in words and as a plot of characters."""

import itertools
from collections.abc import Sequence
from typing import Final

from rachel_tui.games.played import Statistics
from rachel_tui.words.hints import plural
from rachel_tui.words.story import ordinal

NO_GAMES: Final = "No game yet: each one that you play to its end is counted here."


def first_game_text(back: str) -> str:
    """Return what the statistics will show, and how to get there by ``back``, the key for it."""
    return (
        f"{NO_GAMES}\n\n"
        "You will see your places, whom you were ahead of and how often, the special cards that "
        "you played, and how it went over time.\n\n"
        f"Your first game: {back} leads home, where Play deals one against bots."
    )


_LEVELS: Final = "▁▂▃▅▆▇"
BODY: Final = "░"
"""What stands in a plot below its line."""
_LATE: Final = 10
"""Games that count as the last ones."""
PLOTTED_OVER: Final = 5
"""Games over which a plot goes evenly; one of fewer games would tell nothing."""
_RIVALS_MAX: Final = 8
_SPECIAL: Final = {"2": "two", "7": "seven", "J": "jack", "Q": "queen", "A": "ace"}


def percent(part: int, whole: int) -> str:
    """Return a share like ``43%``; of nothing it is 0%."""
    return f"{round(100 * part / whole) if whole else 0}%"


def total_text(told: Statistics) -> str:
    """Return how many games there are, and how many were won and lost."""
    won = f"{told.won} won ({percent(told.won, told.games)})"
    return f"{plural(told.games, 'game')}: {won}, {told.lost} lost"


def streak_text(told: Statistics) -> str:
    """Return how the latest games went, and the longest row of games that were won."""
    if told.streak > 0:
        return f"{told.streak} won in a row, {told.best_streak} at best"
    if not told.won:
        return "No win yet"
    lost = plural(-told.streak, "game")
    return f"{lost} since your last win, {told.best_streak} won in a row at best"


def course_text(told: Statistics) -> str:
    """Return how it went over time: the games of late beside those before them; empty for few."""
    late, before = told.scores[-_LATE:], told.scores[:-_LATE]
    if not before:
        return ""
    shares = [round(100 * sum(scores) / len(scores)) for scores in (late, before)]
    return (
        f"In your last {plural(len(late), 'game')} you were ahead of {shares[0]}% of the others, "
        f"in the {plural(len(before), 'game')} before of {shares[1]}%"
    )


def statistics_lines(told: Statistics) -> list[str]:
    """Return everything, a fact a line."""
    if not told.games:
        return [NO_GAMES]
    places = (f"{ordinal(place)} {count}" for place, count in enumerate(told.places) if count)
    cards = (plural(told.cards[rank], name) for rank, name in _SPECIAL.items())
    lines = [
        f"{total_text(told)}.",
        f"{streak_text(told)}.",
        f"Places: {', '.join(places)}.",
        f"You played {', '.join(cards)}, and drew {plural(told.drawn, 'card')}.",
    ]
    for rival in told.rivals[:_RIVALS_MAX]:
        games = plural(rival.games, "game")
        lines.append(f"Against {rival.name}: {games}, ahead in {rival.ahead}.")
    if course := course_text(told):
        lines.append(f"{course}.")
    return [line[:1].upper() + line[1:] for line in lines]


def plot_rows(scores: Sequence[float], width: int, height: int) -> list[str]:
    """Return a plot of scores from 0 to 1, the latest at the right, evened out over a few games.

    It has ``height`` rows of ``width`` columns: a line of blocks, and BODY below it; without
    scores, empty rows.
    """
    columns = _columns(_even(scores), width)
    steps = len(_LEVELS)
    levels = [1 + round(score * (height * steps - 1)) for score in columns]
    lowest = [min(levels[max(0, at - 1) : at + 2]) for at in range(len(levels))]
    return [
        "".join(
            _cell(level - row * steps, low - row * steps, steps)
            for level, low in zip(levels, lowest, strict=True)
        )
        for row in range(height - 1, -1, -1)
    ]


def _cell(level: int, lowest: int, steps: int) -> str:
    """Return what stands in a cell.

    Its line is ``level`` steps above the cell's lower edge, and ``lowest`` is that of the lower
    one beside it: where the line is steep, it takes whole cells, so that it holds together.
    """
    if level <= 0:
        return " "
    if level <= steps:
        return _LEVELS[level - 1]
    return BODY if lowest > 0 else _LEVELS[-1]


def _even(scores: Sequence[float]) -> list[float]:
    windows = (scores[max(0, end - PLOTTED_OVER) : end] for end in range(1, len(scores) + 1))
    return [sum(window) / len(window) for window in windows]


def _columns(scores: Sequence[float], width: int) -> list[float]:
    """Return a score for each column: of many, means; of few, what lies between them, too."""
    if not scores or width < 1:
        return []
    if len(scores) <= width:
        at = ((column + 0.5) * len(scores) / width - 0.5 for column in range(width))
        return [_between(scores, min(max(place, 0.0), len(scores) - 1)) for place in at]
    bounds = [column * len(scores) // width for column in range(width + 1)]
    parts = (scores[start:end] for start, end in itertools.pairwise(bounds))
    return [sum(part) / len(part) for part in parts]


def _between(scores: Sequence[float], place: float) -> float:
    """Return what lies at a place between two scores, on the straight line that joins them."""
    left = int(place)
    right = min(left + 1, len(scores) - 1)
    return scores[left] + (place - left) * (scores[right] - scores[left])
