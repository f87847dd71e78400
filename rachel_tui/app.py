"""The full-screen client: from its home to tables and back."""

# What only tables need is imported at the first one: home is on the screen before.
from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.console import RenderableType
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.screen import Screen
from textual.widget import AwaitMount
from textual.worker import Worker

from rachel_tui.dressed import Outfit
from rachel_tui.home import Home
from rachel_tui.hosts import Hosts, Unplayable
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.menu import sentence
from rachel_tui.table_flow import TableFlow
from rachel_tui.words.menu import NO_TABLE

if TYPE_CHECKING:
    from rachel_tui.games.reel import Reel
    from rachel_tui.net.host_api import PublicTable
    from rachel_tui.place import Place


_STYLES: Final = Path(__file__).with_name("styles")
_LATER: Final = ("screens", "table", "replay", "lesson")
"""The styles that home does not need."""


class RachelApp(TableFlow):
    """Begins at home or at a place, and plays there."""

    TITLE = "Rachel"
    CSS_PATH: ClassVar[list[str | PurePath] | str | PurePath | None] = _STYLES / "home.tcss"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False  # marking text with the mouse would only redraw it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+q", "leave", "Leave", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
    ]

    def __init__(
        self,
        start: Place | Home | Reel,
        *,
        offered_name: str,
        outfit: Outfit,
        tables: Sequence[PublicTable] = (),
        driver_class: type[Driver] | None = None,
    ) -> None:
        """Prepare to play.

        Args:
            start: where to begin: at home, to which every table then leads back, or at a place,
                or with a replay, with which the app ends.
            offered_name: the name that Enter accepts when a player is asked who has said none.
            tables: those of which one is to be chosen at the start; none if the place is known.
            outfit: what to look like.
            driver_class: what draws on the terminal and reads its keys; None for Textual's own.
        """
        super().__init__(outfit, driver_class)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-usual"), (100, "-wide")]
        self.VERTICAL_BREAKPOINTS = [
            (0, "-short"),
            (24, "-usual"),
            (30, "-tall"),
            (36, "-roomy"),
            (46, "-vast"),
        ]
        self._home = start if isinstance(start, Home) else None
        self._start = self._reel = None
        if not isinstance(start, Home):
            from rachel_tui.place import Place

            if isinstance(start, Place):
                self._start = start
            else:
                self._reel = start
        self.stays = self._home is not None
        self._tables = tables
        self._offered_name = offered_name
        self._opening: Worker[None] | None = None  # of the solo game that is about to be played
        self._has_all_styles = False

    def panic(self, *renderables: RenderableType) -> None:
        """Leave because something broke, say what, and have the process say so by its status."""
        super().panic(*renderables)
        self.exit(return_code=1)

    def get_default_screen(self) -> Screen[None]:
        """Return the screen below all others: home, or nothing."""
        default: Screen[None]
        default = super().get_default_screen() if self._home is None else HomeScreen(self._home)
        self._fit(default)
        return default

    def _get_screen(self, screen: Screen[Any] | str) -> tuple[Screen[Any], AwaitMount]:
        """Have a screen's styles before it is shown above the default one."""
        if self._screen_stack:  # Textual would draw the covered one anew, and with it this one
            self.screen._repaint_required = False
        self._read_all_styles()
        found = self.get_screen(screen)
        self._fit(found)
        return super()._get_screen(found)

    def _fit(self, screen: Screen[Any]) -> None:
        """Have a screen know how large it is before its styles are looked up."""
        classes = screen._get_breakpoint_classes
        screen.add_class(
            *classes(self.size.width, self.HORIZONTAL_BREAKPOINTS or []),
            *classes(self.size.height, self.VERTICAL_BREAKPOINTS or []),
            update=False,
        )

    def _read_all_styles(self) -> None:
        if not self._has_all_styles:
            self._has_all_styles = True
            self.stylesheet.read_all([_STYLES / f"{name}.tcss" for name in _LATER])
            self.stylesheet.parse()

    def on_mount(self) -> None:
        """Ask for the table to watch, or sit down, unless home is shown."""
        if self._home is not None:
            if self._home.learns:
                self.action_learn()
            else:
                self.call_after_refresh(self.call_later, self._prepare)
        elif self._tables:
            from rachel_tui.screens.game_questions import TableQuestion

            self.push_screen(TableQuestion(self._tables), self._take_table)
        elif self._start is not None:
            self.visit(self._start)
        elif self._reel is not None:
            self._show_replay(self._reel)

    def _show_replay(self, reel: Reel) -> None:
        from rachel_tui.screens.replay import ReplayScreen

        self.push_screen(ReplayScreen(reel), lambda _: self.exit())

    def _take_table(self, code: str | None) -> None:
        if code is None or self._start is None:
            self.exit()
        else:
            self.visit(replace(self._start, room=code))

    def _prepare(self) -> None:
        """Get ready behind the first screen, and open the solo game: then Enter deals at once."""
        self._read_all_styles()
        if self._home is not None:
            self.run_worker(self._prepared(self._home))

    async def _prepared(self, home: Home) -> None:
        await self._opened(partial(_ready_to_play, home))
        if self.is_running and isinstance(self.screen, HomeScreen):
            self.screen.renew()  # by now it is known whether another terminal has the game

    async def _opened(self, opened: Callable[[], Place]) -> Place | None:
        """Return the place that ``opened`` returns; None, and say why, if there is none."""
        try:
            return await asyncio.to_thread(opened)
        except Unplayable as trouble:
            if isinstance(self.screen, HomeScreen):
                self.screen.say(sentence(str(trouble)))
            return None

    # --- what home offers --------------------------------------------------------------------

    def action_continue(self) -> None:
        """Go on with the game that was left."""
        left = None if self._home is None else self._home.to_continue()
        if left is not None:
            self._open(left.open, goes_on=True)

    def action_solo(self) -> None:
        """Play alone; a solo game that was left is offered first."""
        if self._home is not None:
            self._open(self._home.open_solo, goes_on=False)

    def action_learn(self) -> None:
        """Show the lessons, and then play if the player wants to."""
        from rachel_tui.screens.lessons import LessonsScreen

        if self._home is not None:
            self.push_screen(LessonsScreen(self._home.progress), self._after_lessons)

    def _after_lessons(self, plays: bool | None) -> None:
        if plays:
            self.action_solo()

    def action_friends(self) -> None:
        """Ask at which host to play."""
        from rachel_tui.screens.hosts import HostsScreen

        if self._home is not None and self._home.hosts is not None:
            self.push_screen(HostsScreen(self._home.hosts, partial(self._enter, self._home.hosts)))

    def _enter(self, hosts: Hosts, address: str, room: str, tls: bool) -> None:
        """Show the lobby of a host, after asking for the player's name if it is not known.

        Seats are taken while a question is open, so that there is none between them and the player.
        """
        from rachel_tui.screens.lobby import LobbyScreen
        from rachel_tui.screens.name import NameScreen

        def enter(name: str | None) -> None:
            if name is not None:
                if name != self.settings.name:
                    self.change(name=name)
                self.push_screen(LobbyScreen(hosts, self.visit, address, room, tls=tls))

        if self.settings.name or hosts.login(address) is not None:
            enter(self.settings.name)
        else:
            self.push_screen(NameScreen(self._offered_name), enter)

    # --- what home offers at the host itself -------------------------------------------------

    def action_quick(self) -> None:
        """Take a free seat at a public table."""
        if self._home is not None and self._home.here is not None:
            self.visit(self._home.here.place())

    def action_join(self) -> None:
        """Ask for the code of a room, and play there."""
        from rachel_tui.screens.ask import AskScreen
        from rachel_tui.words.room_codes import JOIN_TEXT, code_problem

        self.push_screen(AskScreen("Join by code", JOIN_TEXT, code_problem), self._take_room)

    def _take_room(self, code: str | None) -> None:
        if code is not None and self._home is not None and self._home.here is not None:
            self.visit(self._home.here.place(code.upper()))

    async def action_watch(self) -> None:
        """Offer the tables that can be watched."""
        from rachel_tui.screens.game_questions import TableQuestion

        if self._home is None or self._home.here is None:
            return
        if tables := await self._home.here.tables():
            self.push_screen(TableQuestion(tables), self._watch_here)
        elif isinstance(self.screen, HomeScreen):
            self.screen.say(NO_TABLE)

    def _watch_here(self, code: str | None) -> None:
        if code is not None and self._home is not None and self._home.here is not None:
            self.visit(self._home.here.place(code, watches=True))

    async def action_top(self) -> None:
        """Show the best players."""
        from rachel_tui.screens.leaders import LeadersScreen

        if self._home is not None and self._home.here is not None:
            self.push_screen(LeadersScreen(await self._home.here.leaders()))

    # --- what home offers of one's own games -------------------------------------------------

    def action_replays(self) -> None:
        """Offer the recorded games."""
        from rachel_tui.screens.replays import ReplaysScreen

        if self._home is not None and self._home.games_path is not None:
            self.push_screen(ReplaysScreen(self._home.games_path))

    def action_statistics(self) -> None:
        """Show what the player's games add up to."""
        from rachel_tui.screens.statistics import StatisticsScreen

        if self._home is not None and self._home.games_path is not None:
            self.push_screen(StatisticsScreen(self._home.games_path))

    def _open(self, opened: Callable[[], Place], *, goes_on: bool) -> None:
        if self._opening is None:
            self._opening = self.run_worker(self._visit_opened(opened, goes_on=goes_on))

    async def _visit_opened(self, opened: Callable[[], Place], *, goes_on: bool) -> None:
        try:
            if isinstance(self.screen, HomeScreen):
                self.screen.say("Shuffling…")
            place = await self._opened(opened)
            if place is not None:
                self.visit(place, goes_on=goes_on)
        finally:
            self._opening = None


def _ready_to_play(home: Home) -> Place:
    """Load the screens of tables, and open the solo game."""
    import rachel_tui.screens.result
    import rachel_tui.screens.table
    import rachel_tui.screens.waiting  # noqa: F401

    return home.open_solo()
