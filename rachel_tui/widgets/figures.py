"""What a player's games add up to: places, rivals, special cards, and the latest games."""

from collections.abc import Sequence
from typing import Final

from textual.content import Content
from textual.geometry import Size

from rachel.rules.cards import parse_card
from rachel_tui.games.played import SPECIAL, PlayedGame, Statistics
from rachel_tui.games.statistics_words import percent
from rachel_tui.widgets.card_faces import CardLook, face_lines
from rachel_tui.widgets.course import ended
from rachel_tui.widgets.hand_layout import CardSize
from rachel_tui.widgets.opponents import PLACES
from rachel_tui.widgets.rows import Rows
from rachel_tui.words.hints import plural

FRAMED: Final = 100
"""From this many columns on, the styles have frames around the parts."""
_BAR: Final = "▮"
_RIVALS_MAX: Final = 8
_NAME_MAX: Final = 11
_BAR_MIN: Final = 5
"""Columns from which on a bar says something."""
_BELOW_CARDS: Final = 2
"""Rows below the special cards: how many were played, and drawn."""
_FACES: Final = tuple(parse_card(code) for code in ("2H", "7D", "JC", "QS", "AH"))
_SIZES: Final = (
    (160, 46, CardSize.HUGE),
    (110, 30, CardSize.LARGE),
    (0, 0, CardSize.SMALL),
)
"""From how many columns and rows of the terminal on cards are how large."""


class Figures(Rows):
    """A part of it, below its title.

    Attributes:
        told: the numbers, None while they are not known.
    """

    def __init__(self, title: str, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.border_title = title
        self.told: Statistics | None = None

    def show(self, told: Statistics) -> None:
        """Show other numbers."""
        self.told = told
        self.refresh(layout=True)

    def rows(self) -> list[Content]:
        """Return the rows, as wide as there is room."""
        return [] if self.told is None else self.figures(self.told, self.size.width)

    def figures(self, told: Statistics, width: int) -> list[Content]:
        """Return what there is to say of ``told`` in ``width`` columns."""
        raise NotImplementedError

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many rows there are; in frames, which end together, those of the longest."""
        if self.told is None:
            return 0
        if self.app.size.width < FRAMED:
            return len(self.figures(self.told, width))
        places, rivals = len(self.told.places), len(self.told.rivals[:_RIVALS_MAX])
        return max(places, rivals, self.card_size.height + _BELOW_CARDS)

    @property
    def card_size(self) -> CardSize:
        """How large there is room for the special cards to be."""
        columns, rows = self.app.size
        return next(size for least, low, size in _SIZES if columns >= least and rows >= low)


class PlacesTaken(Figures):
    """How often each place was taken, as bars."""

    def figures(self, told: Statistics, width: int) -> list[Content]:
        """Return a row for each place."""
        most = max(told.places)
        room = width - len(f"1st  {most}")
        rows = []
        for place, count in enumerate(told.places):
            bar = _BAR * -(-count * room // most)
            style = "$fits" if place == 0 else "$back"
            rows.append(
                Content.assemble((f"{PLACES[place]} ", "$faint"), (bar, style), f" {count}")
            )
        return rows


class Rivals(Figures):
    """Against whom the player has played, and how often they came out ahead."""

    def figures(self, told: Statistics, width: int) -> list[Content]:
        """Return a row for each, with a bar of the games in which the player was ahead."""
        rivals = told.rivals[:_RIVALS_MAX]
        shares = [f"{percent(it.ahead, it.games):>5} of {it.games}" for it in rivals]
        free = max(1, width - max(map(len, shares), default=0))  # the numbers are never cut
        most = min(_NAME_MAX, free)
        names = [Content(rival.name).truncate(most, ellipsis=True) for rival in rivals]
        longest = max((name.cell_length for name in names), default=0)
        room = free - longest - 1
        rows = []
        for rival, name, share in zip(rivals, names, shares, strict=True):
            bar = Content("")
            if room >= _BAR_MIN:
                ahead = round(rival.ahead * room / rival.games)
                bar = Content.assemble(
                    " ", (_BAR * ahead, "$fits"), ("·" * (room - ahead), "$faint")
                )
            rows.append(
                Content.assemble(name.pad_right(longest - name.cell_length), bar, (share, "$faint"))
            )
        return rows


class SpecialCards(Figures):
    """The special cards, with how many of them were played below."""

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Return the columns of the cards."""
        return len(_FACES) * self.card_size.width

    def figures(self, told: Statistics, width: int) -> list[Content]:
        """Return the rows of the cards, and what was done with them."""
        size = self.card_size
        faces = [face_lines(CardLook(card), size) for card in _FACES]
        counts = "".join(str(told.cards[rank]).center(size.width) for rank in SPECIAL)
        return [
            *(Content.assemble(*row) for row in zip(*faces, strict=True)),
            Content.styled(counts, "bold"),
            Content.styled(f"and {plural(told.drawn, 'card')} drawn", "$faint"),
        ]


class LatestGames(Rows):
    """The latest games, a row each, the last one above."""

    def __init__(self, title: str, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.border_title = title
        self._games: Sequence[PlayedGame] = ()

    def show(self, games: Sequence[PlayedGame]) -> None:
        """Show games, the oldest first."""
        self._games = games
        self.redraw()

    def rows(self) -> list[Content]:
        """Return as many as there is room for: the day, the place, and the others."""
        latest = self._games[: -self.size.height - 1 : -1]
        return [game_row(game).truncate(self.size.width, ellipsis=True) for game in latest]


def game_row(game: PlayedGame) -> Content:
    """Return a game in a row: the day, the place, and the others."""
    others = ", ".join(name for place, name in enumerate(game.names) if place != game.me)
    mark = ("★ ", "bold $fits") if game.won else ("  ", "")
    place = f"{PLACES[game.me]} of {game.seats}"
    return Content.assemble(
        mark,
        (f"{ended(game):%d %b}  ", "$faint"),
        (place, "bold" if game.won else ""),
        f"  {others}",
    )
