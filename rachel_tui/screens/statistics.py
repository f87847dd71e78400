"""What the player's games add up to."""

import asyncio
from pathlib import Path
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from rachel_tui.bound import bound
from rachel_tui.games.played import statistics
from rachel_tui.games.statistics_words import (
    PLOTTED_OVER,
    first_game_text,
    streak_text,
    total_text,
)
from rachel_tui.keep.album import Played, games
from rachel_tui.screens.menu import sentence
from rachel_tui.screens.wrong_keys import AnswersWrongKeys
from rachel_tui.widgets.course import Course
from rachel_tui.widgets.figures import FRAMED, LatestGames, PlacesTaken, Rivals, SpecialCards
from rachel_tui.widgets.key_line import KeyLine
from rachel_tui.widgets.settings import settings_of
from rachel_tui.widgets.status import TitleLine
from rachel_tui.words.hints import plural

_COURSE: Final = "How it went, averaged over five games"


class StatisticsScreen(ModalScreen[None], AnswersWrongKeys):
    """Shows numbers, places, rivals, special cards, and how it went over time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll(-2)", "Up", show=False, tooltip="scroll"),
        Binding("down,j", "scroll(2)", "Down", show=False, tooltip="scroll"),
        bound("help", "app.help", "Keys", show=True, tooltip="the keys"),
        bound("leave", "dismiss", "Back", show=True, tooltip="back"),
        bound("back", "dismiss", "Back", tooltip="back"),
        Binding("enter,space", "dismiss", "Back", show=False),
    ]

    def __init__(self, folder: Path) -> None:
        """Show the games of an album's folder."""
        super().__init__()
        self._folder = folder
        self._total = Static(id="total")
        self._figures = (
            PlacesTaken("Places", id="taken"),
            Rivals("Ahead of", id="rivals"),
            SpecialCards("Played", id="special"),
        )
        self._course = Course(id="course")
        self._course.border_title = _COURSE
        self._latest = LatestGames("Latest games", id="latest")
        self._damage = Static(id="damage", markup=False)

    def compose(self) -> ComposeResult:
        """Yield everything, the plot below."""
        yield TitleLine("Statistics")
        with VerticalScroll(id="statistics", can_focus=False):
            yield self._total
            with Horizontal(id="figures"):
                yield from self._figures
            with Horizontal(id="time"):
                yield self._course
                yield self._latest
            yield self._damage
        yield KeyLine()

    def on_resize(self) -> None:
        """Keep titles apart from their lines: without a frame, these have no corners that do."""
        framed = self.app.size.width >= FRAMED
        for part in self.query("#figures > *, #time > *"):
            title = (part.border_title or "").strip()
            part.border_title = title if framed else f" {title} "

    async def on_mount(self) -> None:
        """Read the games, and show what they add up to."""
        known = await asyncio.to_thread(games, self._folder)
        if not self._total.is_attached:
            return  # the player has left before the screen stood
        damage = damage_text(known)
        self._damage.update(damage)
        self._damage.display = bool(damage)
        self.query_one("#statistics").set_class(not known.games, "-empty")
        self.query_one("#figures").display = bool(known.games)
        self.query_one("#time").display = bool(known.games)
        if not known.games:
            self._total.update(first_game_text(settings_of(self).key("leave")))
            return
        told = statistics(known.games)
        self._total.update(
            Content.assemble((f"{total_text(told)}.", "bold $caret"), f"\n{streak_text(told)}.")
        )
        for figures in self._figures:
            figures.show(told)
        self.query_one("#time").set_class(len(known.games) < PLOTTED_OVER, "-few")
        self._course.show(known.games)
        self._latest.show(known.games)

    def action_scroll(self, rows: int) -> None:
        """Scroll by some rows."""
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)


def damage_text(known: Played) -> str:
    """Return what could not be read, empty if all could."""
    if known.problem:
        return sentence(known.problem)
    if known.damaged:
        return f"{plural(known.damaged, 'damaged line')} left out."
    return ""
