"""The full-screen client: shows one sitting."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, ClassVar

from rich.color import ColorSystem
from rich.console import Console, RenderableType
from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.filter import LineFilter, Monochrome, NoColor
from textual.message import Message
from textual.reactive import reactive
from textual.screen import ModalScreen, Screen

from rachel.client.updates import Refused, Update
from rachel.rubp import Phase
from rachel_tui.keep.settings import DEFAULTS, Settings
from rachel_tui.net.connection import LinkState
from rachel_tui.net.host_api import PublicTable
from rachel_tui.screens.game_questions import (
    ContinueScreen,
    Decision,
    LeaveScreen,
    TableQuestion,
)
from rachel_tui.screens.help import HelpScreen, RulesScreen
from rachel_tui.screens.name import NameScreen
from rachel_tui.screens.obstacles import ReconnectingScreen, TooSmallScreen, is_too_small
from rachel_tui.screens.result import ResultScreen
from rachel_tui.screens.suit_picker import SuitPicker
from rachel_tui.screens.table import TableScreen
from rachel_tui.screens.waiting import WaitingScreen
from rachel_tui.sitting import Place, Sitting, invitation
from rachel_tui.themes import THEMES, AsciiLook, FewerColours, first_theme, theme_after
from rachel_tui.words.hints import refusal_text
from rachel_tui.words.results import result_of
from rachel_tui.words.seat_lines import seat_lines

_STYLES = Path(__file__).with_name("styles")
_NO_COLOR = NoColor()
_ASCII_LOOK = AsciiLook()
_FEWER_COLOURS = {
    "standard": FewerColours(ColorSystem.STANDARD),
    "256": FewerColours(ColorSystem.EIGHT_BIT),
}
_UNASKED = {"NO_COLOR", "COLUMNS", "LINES"}
"""Variables that Rich must not see: NO_COLOR is ours to heed; sizes are the terminal's to say."""


class RachelApp(App[None]):
    """Plays at one place. Holds the sitting; screens show it and post what the player wants.

    The app takes nothing from its process: neither signals nor environment. So several can play in
    one process, each in a terminal of its own.

    Attributes:
        sitting: the stay at the host, None while the player's name is being asked.
        settings: what the player has chosen; widgets watch it, and may find it changed at any time.
    """

    settings: reactive[Settings] = reactive(DEFAULTS, init=False)

    class SittingChanged(Message):
        """Something happened at the table, or to the connection."""

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
        place: Place,
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
            place: where to play.
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
        self.sitting: Sitting | None = None
        self.set_reactive(RachelApp.settings, settings)
        self._ascii_look = ascii_look
        self._place = place
        self._tables = tables
        self._name_known = name
        self._offered_name = offered_name
        self._on_name = on_name
        self._prompted = False
        self._refused: Refused | None = None  # the last refusal, until it is shown
        self._news_waits = False
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

    # --- the life of the app -----------------------------------------------------------------

    def on_mount(self) -> None:
        """Ask for the table and for the player's name unless they are known, and sit down."""
        if self._tables:
            self.push_screen(TableQuestion(self._tables), self._take_table)
        else:
            self._ask_name()

    def _take_table(self, code: str | None) -> None:
        if code is None:
            self.exit()
            return
        self._place = replace(self._place, room=code)
        self._ask_name()

    def _ask_name(self) -> None:
        if self._name_known is None:
            self.push_screen(NameScreen(self._offered_name), self._take_name)
        else:
            self._sit_down(self._name_known)

    def on_resize(self, event: events.Resize) -> None:
        """Show the table where it fits, and otherwise ask for a larger terminal."""
        self.call_later(self.sync)

    def on_rachel_app_sitting_changed(self, message: SittingChanged) -> None:
        """Show what is new, ring the bell when our turn begins, and say what the host refused."""
        message.stop()
        refused, self._refused, self._news_waits = self._refused, None, False
        if not self.screen_stack:
            return  # the app is closing
        self.sync()
        sitting = self.sitting
        if sitting is not None and sitting.place.watches and sitting.problem:
            self.call_later(self.action_quit)  # there is nothing to see; the command says why
        prompt = sitting is not None and sitting.session.prompt and not sitting.returning
        if prompt and not self._prompted:
            self.bell()
        self._prompted = prompt
        if refused is not None and isinstance(base := self._base(), TableScreen):
            base.show_notice(f"The host refused: {refusal_text(refused.code)}.")

    def _take_name(self, name: str | None) -> None:
        chosen = name or self._offered_name
        self._on_name(chosen)
        self._sit_down(chosen)

    def _sit_down(self, name: str) -> None:
        self.sitting = Sitting(self._place, name, lambda updates, _: self._changed(updates))
        self.run_worker(self.sitting.run(), name="sitting")
        self.call_later(self.sync)

    def _changed(self, updates: list[Update]) -> None:
        """Have what is new shown, once for all that comes meanwhile: keys must not wait behind."""
        for update in updates:
            if isinstance(update, Refused):
                self._refused = update
        if not self._news_waits:
            self._news_waits = True
            self.post_message(self.SittingChanged())

    # --- what the player wants ---------------------------------------------------------------

    def on_table_screen_play_wanted(self, message: TableScreen.PlayWanted) -> None:
        """Send a play."""
        message.stop()
        if self.sitting is not None:
            self._asked(self.sitting.play(message.cards, message.suit))

    def on_table_screen_draw_wanted(self, message: TableScreen.DrawWanted) -> None:
        """Send a draw."""
        message.stop()
        if self.sitting is not None:
            self._asked(self.sitting.draw())

    async def on_result_screen_again_wanted(self, message: ResultScreen.AgainWanted) -> None:
        """Ask for another game in the same room."""
        message.stop()
        if self.sitting is not None:
            await self.sitting.again()

    async def action_new_game(self) -> None:
        """Join afresh when the host has refused a seat."""
        if self.sitting is not None and self.sitting.connection.state is LinkState.CLOSED:
            await self._start_over()

    def action_copy_invitation(self) -> None:
        """Put what friends need into the terminal's clipboard, if it lets programs do so."""
        text = "" if self.sitting is None else invitation(self.sitting)
        if text:
            self.copy_to_clipboard(text)
            self.notify(f"Copied, if your terminal lets programs do so: {text}", markup=False)

    def action_rules(self) -> None:
        """Show the rules."""
        self.push_screen(RulesScreen(), self._sync_later)

    def action_help(self) -> None:
        """Show the keys."""
        self.push_screen(HelpScreen(watches=self._place.watches), self._sync_later)

    def action_next_theme(self) -> None:
        """Change to the next theme."""
        self.theme = theme_after(self.theme)

    async def action_leave(self) -> None:
        """Leave; while a game runs, ask first. A second time, or without room to ask, means yes."""
        sitting = self.sitting
        asked = isinstance(self.screen, LeaveScreen | ContinueScreen)
        if sitting is None or asked or not sitting.game_runs or is_too_small(self.size):
            await self.action_quit()
        else:
            self.push_screen(LeaveScreen(sitting.place), self._take_decision)

    async def action_quit(self) -> None:
        """Leave at once; the seat is kept."""
        if self.sitting is not None:
            await self.sitting.close()
        self.exit()

    async def _take_decision(self, decision: Decision | None) -> None:
        if self.sitting is None or decision is Decision.QUIT:
            await self.action_quit()
        elif decision is Decision.NEW_GAME:
            await self._start_over()
        else:
            self.sitting.go_on()
        self._sync_later()

    async def _start_over(self) -> None:
        if self.sitting is not None:
            await self.sitting.start_over()

    def _asked(self, problem: str) -> None:
        self.sync()
        if problem and isinstance(base := self._base(), TableScreen):
            base.show_notice(f"Not now: {problem}.")

    # --- which screen is shown ---------------------------------------------------------------

    def sync(self) -> None:
        """Show the screen that fits the sitting. A question on top is answered first."""
        if not self.screen_stack:
            return  # the app is closing
        base = self._base()
        self._fill(base)
        if is_too_small(self.size) != isinstance(self.screen, TooSmallScreen):
            if isinstance(self.screen, TooSmallScreen):
                self.pop_screen()
                self._sync_later()
            else:
                self.push_screen(TooSmallScreen())
        elif isinstance(self.screen, ModalScreen):
            self._keep_modal(self.screen)
        elif self.sitting is not None:
            self._show_sitting(self.sitting, base)

    def _sync_later(self, _: object = None) -> None:
        self.call_later(self.sync)

    def _keep_modal(self, modal: ModalScreen[Any]) -> None:
        """Dismiss a question or notice that has lost its purpose."""
        sitting = self.sitting
        if isinstance(modal, SuitPicker):
            if sitting is None or not sitting.session.prompt:
                modal.dismiss(None)
                self._sync_later()
        elif isinstance(modal, ReconnectingScreen) and sitting is not None:
            modal.show(sitting.connection)
            if sitting.connection.state is not LinkState.RECONNECTING:
                modal.dismiss(None)
                self._sync_later()

    def _show_sitting(self, sitting: Sitting, base: Screen[Any]) -> None:
        session = sitting.session
        if sitting.returning and not sitting.place.solo:
            sitting.go_on()  # without a question: others play, and a clock may run
            new = "" if sitting.place.room else " For a new one instead: q, then g."
            sitting.story.note(f"This is the game you left.{new}")
        wanted: type[WaitingScreen | ResultScreen | TableScreen]
        if session.public is None or session.phase in (None, Phase.WAITING):
            wanted = WaitingScreen
        elif result_of(session):
            wanted = ResultScreen
        else:
            wanted = WaitingScreen if sitting.problem else TableScreen
        if type(base) is not wanted:
            screen = wanted()
            self._fill(screen)
            if isinstance(base, WaitingScreen | ResultScreen | TableScreen):
                self.switch_screen(screen)
            else:
                self.push_screen(screen)
            self._sync_later()
        elif wanted is TableScreen and sitting.returning:
            question = ContinueScreen(seat_lines(session), sitting.place)
            self.push_screen(question, self._take_decision)
        elif wanted is TableScreen and sitting.connection.state is LinkState.RECONNECTING:
            self.push_screen(ReconnectingScreen())
            self._sync_later()

    def _base(self) -> Screen[Any]:
        """Return the screen below any questions and notices."""
        return next(
            screen for screen in reversed(self.screen_stack) if not isinstance(screen, ModalScreen)
        )

    def _fill(self, screen: Screen[Any]) -> None:
        """Give a screen the state of the sitting to show."""
        sitting = self.sitting
        if sitting is None:
            return
        if isinstance(screen, TableScreen | WaitingScreen):
            screen.show(sitting)
        elif isinstance(screen, ResultScreen) and (result := result_of(sitting.session)):
            screen.show(result, sitting)
