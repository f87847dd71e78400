"""What the player has chosen, for widgets and screens."""

from typing import Any, Protocol, cast, runtime_checkable

from textual.app import App
from textual.content import Content
from textual.widget import Widget

from rachel_tui.keep.settings import Settings


@runtime_checkable
class HeedsSettings(Protocol):
    """A widget or screen that hears from its app of every change, as long as it is shown.

    Textual's own way, to watch the app, keeps what watches for as long as the app runs.
    """

    def heed(self, settings: Settings) -> None:
        """Look as the player has chosen."""
        ...


def change_setting(widget: Widget, name: str, value: object) -> None:
    """Change a setting of the app that shows a widget or screen, and keep it."""
    cast("Any", widget.app).change(**{name: value})


def settings_of(widget: Widget) -> Settings:
    """Return the settings of the app that shows a widget or screen.

    To hear of changes, see `HeedsSettings`.
    """
    return cast("Settings", cast("Any", widget.app).settings)


def as_chosen(row: Content, app: App[Any]) -> Content:
    """Return a list's row at its caret, the other way round where the colours are not ours."""
    return row.stylize("reverse") if app.current_theme.ansi else row.stylize_before("on $chosen")
