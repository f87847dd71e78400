"""The full-screen client: from its home to tables and back."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import ClassVar

from rich.console import RenderableType
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.worker import Worker

from rachel_tui.dressed import Outfit
from rachel_tui.home import Home, Unplayable
from rachel_tui.net.host_api import PublicTable
from rachel_tui.screens.game_questions import TableQuestion
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.lessons import LessonsScreen
from rachel_tui.sitting import Place
from rachel_tui.table_flow import TableFlow

_STYLES = Path(__file__).with_name("styles")


class RachelApp(TableFlow):
    """Begins at home or at a place, and plays there."""

    TITLE = "Rachel"
    CSS_PATH: ClassVar[list[str | PurePath] | str | PurePath | None] = [
        _STYLES / "screens.tcss",
        _STYLES / "table.tcss",
        _STYLES / "lesson.tcss",
    ]
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False  # marking text with the mouse would only redraw it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+q", "leave", "Leave", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
    ]

    def __init__(
        self,
        start: Place | Home,
        *,
        name: str | None,
        offered_name: str,
        on_name: Callable[[str], None],
        outfit: Outfit,
        tables: Sequence[PublicTable] = (),
        driver_class: type[Driver] | None = None,
    ) -> None:
        """Prepare to play.

        Args:
            start: where to begin: at home, to which every table then leads back, or at a place,
                with which the app ends.
            name: the name to play under; None asks for it at the start.
            offered_name: the name that Enter accepts when it is asked for.
            on_name: called with the name that was given then.
            tables: those of which one is to be chosen at the start; none if the place is known.
            outfit: what to look like.
            driver_class: what draws on the terminal and reads its keys; None for Textual's own.
        """
        super().__init__(outfit, driver_class)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-usual"), (100, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall"), (36, "-roomy")]
        self._home = start if isinstance(start, Home) else None
        self._place = start if isinstance(start, Place) else None
        self.stays = self._home is not None
        self._tables = tables
        self._name_known = name
        self._offered_name = offered_name
        self._on_name = on_name
        self._opening: Worker[None] | None = None  # of the solo game that is about to be played

    def panic(self, *renderables: RenderableType) -> None:
        """Leave because something broke, say what, and have the process say so by its status."""
        super().panic(*renderables)
        self.exit(return_code=1)

    def on_mount(self) -> None:
        """Show home, ask for the table to watch, or sit down."""
        if self._home is not None:
            self.push_screen(HomeScreen(self._home))
            if self._home.learns:
                self.action_learn()
        elif self._tables:
            self.push_screen(TableQuestion(self._tables), self._take_table)
        elif self._place is not None:
            self.visit(self._place)

    def _take_table(self, code: str | None) -> None:
        if code is None or self._place is None:
            self.exit()
        else:
            self.visit(replace(self._place, room=code))

    # --- what home offers --------------------------------------------------------------------

    def action_continue(self) -> None:
        """Go on with the solo game that was left."""
        self._open_solo(goes_on=True)

    def action_solo(self) -> None:
        """Play alone; a game that was left is offered first."""
        self._open_solo(goes_on=False)

    def action_learn(self) -> None:
        """Show the lessons, and then play if the player wants to."""
        if self._home is not None:
            self.push_screen(LessonsScreen(self._home.progress), self._after_lessons)

    def _after_lessons(self, plays: bool | None) -> None:
        if plays:
            self.action_solo()

    def _open_solo(self, *, goes_on: bool) -> None:
        if self._home is not None and self._opening is None:
            self._opening = self.run_worker(self._visit_solo(self._home, goes_on=goes_on))

    async def _visit_solo(self, home: Home, *, goes_on: bool) -> None:
        self._say_at_home("Shuffling…")
        try:
            place = await asyncio.to_thread(home.open_solo)
        except Unplayable as trouble:
            self._say_at_home(f"{trouble}"[:1].upper() + f"{trouble}."[1:])
        else:
            self.visit(place, goes_on=goes_on)
        finally:
            self._opening = None

    def _say_at_home(self, text: str) -> None:
        if isinstance(self.screen, HomeScreen):
            self.screen.say(text)
