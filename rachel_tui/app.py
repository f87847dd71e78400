"""The full-screen client: from its home to tables and back, in the colours that a terminal has."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import ClassVar

from rich.color import ColorSystem
from rich.console import Console, RenderableType
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.filter import LineFilter, Monochrome, NoColor
from textual.reactive import reactive
from textual.worker import Worker

from rachel_tui.home import Home, Unplayable
from rachel_tui.keep.settings import DEFAULTS, Settings
from rachel_tui.net.host_api import PublicTable
from rachel_tui.screens.game_questions import TableQuestion
from rachel_tui.screens.home import HomeScreen
from rachel_tui.sitting import Place
from rachel_tui.table_flow import TableFlow
from rachel_tui.themes import THEMES, AsciiLook, FewerColours, first_theme

_STYLES = Path(__file__).with_name("styles")
_NO_COLOR = NoColor()
_ASCII_LOOK = AsciiLook()
_FEWER_COLOURS = {
    "standard": FewerColours(ColorSystem.STANDARD),
    "256": FewerColours(ColorSystem.EIGHT_BIT),
}
_UNASKED = {"NO_COLOR", "COLUMNS", "LINES"}
"""Variables that Rich must not see: NO_COLOR is ours to heed; sizes are the terminal's to say."""


class RachelApp(TableFlow):
    """Begins at home or at a place, and plays there.

    The app takes nothing from its process: neither signals nor environment. So several can play in
    one process, each in a terminal of its own.

    Attributes:
        settings: what the player has chosen; widgets watch it, and may find it changed at any time.
    """

    settings: reactive[Settings] = reactive(DEFAULTS, init=False)

    TITLE = "Rachel"
    CSS_PATH: ClassVar[list[str | PurePath] | str | PurePath | None] = [
        _STYLES / "screens.tcss",
        _STYLES / "table.tcss",
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
        environment: Mapping[str, str],
        tables: Sequence[PublicTable] = (),
        ascii_look: bool = False,
        settings: Settings = DEFAULTS,
        driver_class: type[Driver] | None = None,
    ) -> None:
        """Prepare to play.

        Args:
            start: where to begin: at home, to which every table then leads back, or at a place,
                with which the app ends.
            name: the name to play under; None asks for it at the start.
            offered_name: the name that Enter accepts when it is asked for.
            on_name: called with the name that was given then.
            environment: the terminal's environment variables, of which TERM, COLORTERM and
                NO_COLOR decide on colours.
            tables: those of which one is to be chosen at the start; none if the place is known.
            ascii_look: whether to show everything in ASCII (`alphabet.lacks_glyphs`).
            settings: what the player has chosen.
            driver_class: what draws on the terminal and reads its keys; None for Textual's own,
                which uses the terminal of the process.
        """
        no_color = "NO_COLOR" in environment
        # Without colours the terminal's own are the only ones that stay readable: Textual's own
        # answer to NO_COLOR is shades of grey.
        super().__init__(driver_class=driver_class, ansi_color=True if no_color else None)
        # Textual has looked at the environment of the process; from here on ours counts.
        self.no_color = no_color
        asked = {key: value for key, value in environment.items() if key not in _UNASKED}
        self._colours = Console(
            force_terminal=True, legacy_windows=False, _environ=asked
        ).color_system
        # Whatever the terminal's colours are: the line filters bring every style down to them.
        self.console = Console(
            file=self.console.file,
            color_system="truecolor",
            force_terminal=True,
            legacy_windows=False,
            _environ=asked,
        )
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-usual"), (100, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall"), (36, "-roomy")]
        self.set_reactive(RachelApp.settings, settings)
        self._home = start if isinstance(start, Home) else None
        self._place = start if isinstance(start, Place) else None
        self.stays = self._home is not None
        self._ascii_look = ascii_look
        self._tables = tables
        self._name_known = name
        self._offered_name = offered_name
        self._on_name = on_name
        self._opening: Worker[None] | None = None  # of the solo game that is about to be played
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = first_theme(color_system=self._colours, no_color=self.no_color)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what changes the colours of every line before it is drawn."""
        filters = [
            each
            for each in super().get_line_filters()
            if not isinstance(each, NoColor | Monochrome)
        ]
        if self.no_color:
            filters.append(_NO_COLOR)
        elif self._colours in _FEWER_COLOURS:
            filters.append(_FEWER_COLOURS[self._colours])
        if self._ascii_look:
            filters.append(_ASCII_LOOK)
        return filters

    def panic(self, *renderables: RenderableType) -> None:
        """Leave because something broke, say what, and have the process say so by its status."""
        super().panic(*renderables)
        self.exit(return_code=1)

    def on_mount(self) -> None:
        """Show home, ask for the table to watch, or sit down."""
        if self._home is not None:
            self.push_screen(HomeScreen(self._home))
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
