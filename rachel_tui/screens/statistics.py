"""What the player's games add up to."""

import asyncio
from pathlib import Path
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from rachel.rules.cards import parse_card
from rachel_tui.bound import bound
from rachel_tui.games.played import SPECIAL, Rival, Statistics, statistics
from rachel_tui.games.statistics_words import (
    NO_GAMES,
    percent,
    plot_rows,
    streak_text,
    total_text,
)
from rachel_tui.keep.album import Played, games
from rachel_tui.screens.menu import sentence
from rachel_tui.widgets.card_faces import CardLook, face_lines
from rachel_tui.widgets.hand_layout import CardSize
from rachel_tui.widgets.key_line import KeyLine
from rachel_tui.widgets.opponents import PLACES
from rachel_tui.words.hints import plural

_PLOT_ROWS: Final = 4
_PLOT_ROWS_MAX: Final = 12
_OTHER_ROWS: Final = 20
"""Rows of the screen that the plot leaves to all else."""
_LARGE_COLUMNS: Final = 110
"""From this many columns on, cards are large."""
_BAR: Final = "▮"
_BAR_MAX: Final = 13
_RIVALS_MAX: Final = 6
_NAME_MAX: Final = 11
_FACES: Final = dict(
    zip(SPECIAL, (parse_card(code) for code in ("2H", "7D", "JC", "QS", "AH")), strict=True)
)


class StatisticsScreen(ModalScreen[None]):
    """Shows numbers, places, rivals, special cards, and how it went over time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll(-2)", "Up", show=False),
        Binding("down", "scroll(2)", "Down", show=False),
        bound("leave", "dismiss", "Back", show=True),
        bound("back", "dismiss", "Back"),
        Binding("enter,space", "dismiss", "Back", show=False),
    ]

    def __init__(self, folder: Path) -> None:
        """Show the games of an album's folder."""
        super().__init__()
        self._folder = folder
        self._told: Statistics | None = None
        self._total = Static(id="total")
        self._places = Static(id="taken")
        self._rivals = Static(id="rivals")
        self._cards = Static(id="special")
        self._plot = Static(id="plot")
        self._damage = Static(id="damage", markup=False)

    def compose(self) -> ComposeResult:
        """Yield everything, the plot below."""
        title = Static(Content.assemble((" RACHEL ", "bold $primary"), " your games"))
        yield title.add_class("title")
        with VerticalScroll(id="statistics", can_focus=False):
            yield self._total
            with Horizontal(id="figures"):
                yield self._places
                yield self._rivals
                yield self._cards
            yield self._plot
            yield self._damage
        yield KeyLine()

    async def on_mount(self) -> None:
        """Read the games."""
        known = await asyncio.to_thread(games, self._folder)
        self._told = statistics(known.games)
        damage = damage_text(known)
        self._damage.update(damage)
        self._damage.display = bool(damage)
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        """Plot as wide as it is now."""
        self._show()

    def action_scroll(self, rows: int) -> None:
        """Scroll by some rows."""
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)

    def _show(self) -> None:
        told = self._told
        if told is None:
            return
        self.query_one("#figures").display = self._plot.display = bool(told.games)
        if not told.games:
            self._total.update(NO_GAMES)
            return
        self._total.update(
            Content.assemble((f"{total_text(told)}.", "bold $caret"), f"\n{streak_text(told)}.")
        )
        self._places.update(places_content(told))
        self._rivals.update(rivals_content(told.rivals[:_RIVALS_MAX]))
        columns, rows = self.app.size
        size = CardSize.LARGE if columns >= _LARGE_COLUMNS else CardSize.SMALL
        self._cards.styles.width = len(_FACES) * size.width
        self._cards.update(cards_content(told, size))
        height = max(_PLOT_ROWS, min(rows - _OTHER_ROWS, _PLOT_ROWS_MAX))
        self._plot.update(plot_content(told, max(10, columns - 16), height))


def damage_text(known: Played) -> str:
    """Return what could not be read, empty if all could."""
    if known.problem:
        return sentence(known.problem)
    if known.damaged:
        return f"{plural(known.damaged, 'damaged line')} left out."
    return ""


def places_content(told: Statistics) -> Content:
    """Return how often each place was taken, as bars."""
    most = max(told.places)
    lines = [Content.styled("Places", "bold")]
    for place, count in enumerate(told.places):
        bar = _BAR * (-(-count * _BAR_MAX // most) if most else 0)
        style = "$fits" if place == 0 else "$back"
        lines.append(Content.assemble((f"{PLACES[place]} ", "$faint"), (bar, style), f" {count}"))
    return Content("\n").join(lines)


def rivals_content(rivals: tuple[Rival, ...]) -> Content:
    """Return against whom the player has played, and how often they came out ahead."""
    width = min(_NAME_MAX, max((Content(rival.name).cell_length for rival in rivals), default=0))
    lines = [Content.styled("Ahead of", "bold")]
    for rival in rivals:
        name = Content(rival.name).truncate(width, ellipsis=True)
        share = f"{percent(rival.ahead, rival.games):>5} of {rival.games}"
        lines.append(Content.assemble(name, " " * (width - name.cell_length), (share, "$faint")))
    return Content("\n").join(lines)


def cards_content(told: Statistics, size: CardSize) -> Content:
    """Return the special cards with how many of them were played below."""
    faces = [face_lines(CardLook(card), size) for card in _FACES.values()]
    rows = [Content.assemble(*row) for row in zip(*faces, strict=True)]
    counts = "".join(str(told.cards[rank]).center(size.width) for rank in _FACES)
    drawn = f"and {plural(told.drawn, 'card')} drawn"
    return Content("\n").join(
        [
            Content.styled("Played", "bold"),
            *rows,
            Content.styled(counts, "bold"),
            Content.styled(drawn, "$faint"),
        ]
    )


def plot_content(told: Statistics, width: int, height: int) -> Content:
    """Return how the games went over time, the latest at the right; its line stands out."""
    rows = plot_rows(told.scores, width, height)
    sides = ["first", *[""] * (height - 2), "last"]
    above = " " * len(rows[0])
    lines = [Content.styled("How it went", "bold")]
    for side, row in zip(sides, rows, strict=True):
        cells = [
            (cell, "$fits" if over == " " else "$line")
            for cell, over in zip(row, above, strict=True)
        ]
        lines.append(Content.assemble((f"{side:>6} ", "$faint"), *cells))
        above = row
    return Content("\n").join(lines)
