"""How a player's games went over time, as a plot with its axes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from textual.content import Content

from rachel_tui.games.played import PlayedGame
from rachel_tui.games.statistics_words import BODY, plot_rows
from rachel_tui.widgets.rows import Rows

_LABEL: Final = 7
"""Columns of what stands at the left: a word, and the axis."""
_BELOW: Final = 2
"""Rows below the plot: the axis with the games that were won, and the dates."""


class Course(Rows):
    """Plots how far ahead the player came out, evened over a few games, the latest at the right.

    The line is drawn in full blocks over a shade, so that it reads without colours.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._games: Sequence[PlayedGame] = ()

    def show(self, games: Sequence[PlayedGame]) -> None:
        """Plot games, the oldest first."""
        self._games = games
        self.redraw()

    def rows(self) -> list[Content]:
        """Return the plot, with places at its side and time below it."""
        width, height = self.size.width - _LABEL, self.size.height - _BELOW
        if not self._games or width < 1 or height < 1:
            return []
        words = dict.fromkeys(range(height), "")
        words |= {height // 2: "middle"} if height > 4 else {}
        words |= {height - 1: "last", 0: "first"}
        plotted = plot_rows([game.score for game in self._games], width, height)
        rows = [_row(words[y], cells) for y, cells in enumerate(plotted)]
        return [*rows, self._axis(width), self._dates(width)]

    def _axis(self, width: int) -> Content:
        """Return the axis, with a star below every game that was won."""
        axis = ["─"] * width
        count = len(self._games)
        for number, game in enumerate(self._games):
            if game.won:
                axis[min(width - 1, (2 * number + 1) * width // (2 * count))] = "★"
        pieces = ((cell, "bold $fits" if cell == "★" else "$faint") for cell in axis)
        return Content.assemble(("★ won".rjust(_LABEL - 1) + "╰", "$faint"), *pieces)

    def _dates(self, width: int) -> Content:
        first, last = (f"{ended(self._games[at]):%d %b %Y}" for at in (0, -1))
        between = width - len(first) - len(last)
        line = first if between < 1 or first == last else first + " " * between + last
        return Content.styled(" " * _LABEL + line, "$faint")


def ended(game: PlayedGame) -> datetime:
    """Return when a game ended, by the clock where the player is."""
    return datetime.fromisoformat(game.at).astimezone()


def _row(word: str, cells: str) -> Content:
    edge = "┤" if word else "│"
    pieces = ((cell, "$line" if cell == BODY else "$fits") for cell in cells)
    return Content.assemble((f"{word:>{_LABEL - 1}}{edge}", "$faint"), *pieces)
