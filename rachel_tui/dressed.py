"""An app that looks as its player has chosen: theme, colours, characters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final, NamedTuple

from rich.console import Console, RenderableType
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.await_remove import AwaitRemove
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.driver import Driver
from textual.filter import LineFilter, Monochrome, NoColor
from textual.geometry import Offset
from textual.notifications import Notification
from textual.reactive import reactive
from textual.screen import Screen
from textual.theme import Theme
from textual.widget import Widget
from textual.widgets._toast import ToastRack

from rachel_tui.background import ASK_BACKGROUND, BackgroundTold, light_by_variable
from rachel_tui.bound import bound
from rachel_tui.calling import CALL_BY_TITLE, TITLE_AS_BEFORE, notification
from rachel_tui.drawn import Drawn
from rachel_tui.filters import COLOUR_FILTERS, AsciiLook, colours_of
from rachel_tui.keep.settings import COLOURS, DEFAULTS, THEME_NAMES, Settings
from rachel_tui.mended import dim_lines_below_panels, draw_empty_widgets_as_such, let_drawings_go
from rachel_tui.opening import open_screens_in_one_go
from rachel_tui.themes import theme_of
from rachel_tui.widgets.settings import HeedsSettings

_ASCII_LOOK: Final = AsciiLook()
_UNSEEN: Final = ("motion", "sort", "bell", "notify", "seats", "bots", "bot_delay")
"""The settings that change nothing on a screen but where a widget heeds them."""
_COLOUR_WORDS: Final = {
    "true": "all there are",
    "256": "256",
    "16": "16",
    "none": "none, black and white",
}


class Outfit(NamedTuple):
    """What an app looks like: by its player's wishes and by what its terminal can show.

    Attributes:
        environment: the terminal's environment variables, of which TERM, COLORTERM and NO_COLOR
            decide on colours.
        settings: what the player has chosen.
        keep: keeps what the player changes, by the names of settings; raises OSError or ValueError
            with what is wrong.
        lacks_glyphs: whether the terminal has no other characters than ASCII.
        notices: what is wrong with the settings, a line each.
        name_stays: why the player cannot take another name here, empty where they can.
        file: where the settings are kept, as people read it; empty where that is nowhere.
    """

    environment: Mapping[str, str]
    settings: Settings = DEFAULTS
    keep: Callable[[Mapping[str, Any]], None] = lambda _: None
    lacks_glyphs: bool = False
    notices: Sequence[str] = ()
    name_stays: str = ""
    file: str = ""


class DressedApp(App[None]):
    """Shows itself in the theme and with the colours and characters of `settings`.

    The app takes nothing from its process, neither environment nor files. So several can run in
    one process, each in a terminal of its own.

    Attributes:
        settings: what the player has chosen; widgets watch it, and may find it changed at any time.
    """

    settings: reactive[Settings] = reactive(DEFAULTS, init=False)

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("settings", "settings", "Settings", tooltip="settings"),
        bound("theme", "next_theme", "Theme", tooltip="the next theme"),
        bound("colours", "next_colours", "Colours", tooltip="another number of colours"),
        bound(
            "commands",
            "command_palette",
            "Commands",
            tooltip="all commands, by name",
            priority=True,  # at questions, too
        ),
    ]

    def __init__(self, outfit: Outfit, driver_class: type[Driver] | None) -> None:
        """Prepare to run.

        Args:
            outfit: what to look like.
            driver_class: what draws on the terminal and reads its keys; None for Textual's own,
                which uses the terminal of the process.
        """
        let_drawings_go()
        dim_lines_below_panels()
        draw_empty_widgets_as_such()
        open_screens_in_one_go()
        super().__init__(driver_class=driver_class)
        # No movement of the mouse is heard of, and notices are rare: a rack for them is made then.
        self._disable_tooltips = self._disable_notifications = True
        self.set_reactive(DressedApp.settings, outfit.settings)
        self._outfit = outfit
        self._called = False
        self._look_told: Notification | None = None  # of another theme, or colours
        self._light = light_by_variable(outfit.environment)
        self._drawn = Drawn()
        if "SSH_CONNECTION" in outfit.environment:
            self.animation_level = "none"  # lines to other machines may be slow
        self._terminals_colours = colours_of(outfit.environment)
        # Whatever the terminal's colours are: the line filters bring every style down to them.
        # Sizes are the terminal's to say, not the environment's.
        self.console = Console(
            file=self.console.file,
            color_system="truecolor",
            force_terminal=True,
            legacy_windows=False,
            _environ={},
        )
        self.set_keymap(dict(outfit.settings.keys))
        self._dress()

    @property
    def colours(self) -> str:
        """How many colours the terminal is sent: one of COLOUR_FILTERS."""
        settings = self.settings
        if settings.theme == "mono":
            return "none"
        return self._terminals_colours if settings.colours == "auto" else settings.colours

    @property
    def name_stays(self) -> str:
        """Why the player cannot take another name here, empty where they can."""
        return self._outfit.name_stays

    @property
    def settings_file(self) -> str:
        """Where the player's settings are kept, as people read it; empty where that is nowhere."""
        return self._outfit.file

    @property
    def in_ascii(self) -> bool:
        """Whether everything is shown in ASCII."""
        chosen = self.settings.ascii
        return self._outfit.lacks_glyphs if chosen is None else chosen

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what changes the colours of every line before it is drawn."""
        kept = super().get_line_filters()
        filters = [each for each in kept if not isinstance(each, NoColor | Monochrome)]
        if fewer := COLOUR_FILTERS[self.colours]:
            filters.append(fewer)
        if self.in_ascii:
            filters.append(_ASCII_LOOK)
        return filters

    def refresh_css(self, animate: bool = True) -> None:
        """Take over the theme's colours; before the first screen there is nothing to draw anew."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def _prune(self, *nodes: Widget, parent: DOMNode | None = None) -> AwaitRemove:
        """Remove widgets; what a screen leaves is drawn already when the one below resumes."""
        return super()._prune(*nodes, parent=None if parent is self else parent)

    def _refresh_notifications(self) -> None:
        """Show the notices that there are, but not on a screen that the app leaves behind."""
        for top in self.screen_stack[-1:] if self._notifications else ():
            if top.is_attached and not top.query(ToastRack):
                top.mount(ToastRack(id="textual-toastrack"), before=0)
        super()._refresh_notifications()

    def on_mount(self) -> None:
        """Ask for the terminal's background, and say what is wrong with the settings."""
        self.app_suspend_signal.subscribe(self, lambda _: self._drawn.forget())
        self.app_resume_signal.subscribe(self, lambda _: self._draw_anew())
        if self.settings.theme == "auto" and self.colours in ("true", "256"):
            self._write(ASK_BACKGROUND)
        for notice in self._outfit.notices:
            self.notify(notice, severity="warning", markup=False)

    def _draw_anew(self) -> None:
        """Send the whole screen: another program has had the terminal."""
        self._drawn.forget()
        self.refresh(layout=True)

    def on_background_told(self, message: BackgroundTold) -> None:
        """Be light on a light terminal."""
        if message.light != self._light:
            self._light = message.light
            self._dress()

    def on_resize(self, event: events.Resize) -> None:
        """Send the whole screen: the terminal may have moved what it showed."""
        self._drawn.forget()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Send what has changed on the terminal, and no more (see `drawn`).

        The terminal's cursor then stands where the caret is: braille displays follow it.
        """
        self.cursor_position = getattr(screen.focused, "cursor_screen_offset", Offset(0, 0))
        driver = self._driver
        draws = self._running and not (self._closed or self._batch_count or self.is_headless)
        if driver is None or not draws or not isinstance(renderable, ChopsUpdate | LayoutUpdate):
            super()._display(screen, renderable)
            return
        cursor = screen.outer_size.clamp_offset(self.cursor_position)
        if sequence := self._drawn.take(renderable, cursor):
            self._begin_update()
            driver.write(sequence)
            self._end_update()
            driver.flush()
        self.post_display_hook()

    def watch_settings(self, before: Settings, settings: Settings) -> None:
        """Look as chosen, everywhere."""
        alike = replace(before, **{name: getattr(settings, name) for name in _UNSEEN}) == settings
        if not alike:
            self._dress()
        for screen in self.screen_stack:
            for widget in screen.walk_children(with_self=True):
                if isinstance(widget, HeedsSettings):
                    widget.heed(settings)
                if not alike:
                    widget.notify_style_update()  # what was drawn went through other filters
                    widget.refresh()

    def change(self, **changes: Any) -> None:  # noqa: ANN401 - values of `Settings`
        """Change settings by their names, and keep them for the next time."""
        self.settings = replace(self.settings, **changes)
        try:
            self._outfit.keep(changes)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            self.notify(f"This is not kept: {reason}.", severity="warning", markup=False)

    # --- calling a player who looks elsewhere ------------------------------------------------

    def call_player(self) -> None:
        """Say that it is the player's turn, where they look and where they do not."""
        if self.settings.bell:
            self.bell()
        if self.settings.notify and not self.app_focus and not self._called:
            self._called = True
            self._write(notification(self._outfit.environment) + CALL_BY_TITLE)

    def end_call(self) -> None:
        """Take the call back, if there is one: the player looks, or the turn is over."""
        if self._called:
            self._called = False
            self._write(TITLE_AS_BEFORE)

    def watch_app_focus(self, focus: bool) -> None:
        """Call no longer when the player looks."""
        if focus:
            self.end_call()

    def _write(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)

    # --- what the player changes -------------------------------------------------------------

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text; none leaves the clipboard as it is, which Textual would empty."""
        if text:
            super().copy_to_clipboard(text)

    def action_next_theme(self) -> None:
        """Change to the next theme that looks different, and say which it is."""
        names = [*THEME_NAMES, *self.settings.themes]
        here = names.index(self.settings.theme)
        for name in names[here + 1 :] + names[:here]:
            if self._theme(replace(self.settings, theme=name)).name != self.theme:
                self.change(theme=name)
                like = "auto, light or dark as your terminal" if name == "auto" else name
                self.say_instead(f"Theme: {like}")
                return

    def action_next_colours(self) -> None:
        """Have the terminal sent another number of colours, and say how many."""
        at = COLOURS.index(self.settings.colours)
        self.change(colours=COLOURS[(at + 1) % len(COLOURS)])
        words = _COLOUR_WORDS[self.colours]
        if self.settings.theme == "mono":
            words = f"{words}, as the theme is mono"
        elif self.settings.colours == "auto":
            words = f"as your terminal has them: {words}"
        self.say_instead(f"Colours: {words}")

    def say_instead(self, text: str) -> None:
        """Show a notice instead of the one before, at once: the same key may be waiting already.

        Notices of anything else stay.
        """
        before = self._look_told
        if before is not None:
            del self._notifications[before]
            # Textual leaves the row of a notice that it forgets.
            self.screen.query(f"#{ToastRack._toast_id(before)}").remove()
        self._look_told = Notification(text, markup=False)
        self._notifications.add(self._look_told)
        self._refresh_notifications()

    def _theme(self, settings: Settings) -> Theme:
        colours = self._terminals_colours if settings.colours == "auto" else settings.colours
        return theme_of(settings, light=self._light, few_colours=colours in ("16", "none"))

    def _dress(self) -> None:
        theme = self._theme(self.settings)
        self.no_color = self.colours == "none"
        self.register_theme(theme)
        self.theme = theme.name
