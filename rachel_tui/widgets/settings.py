"""What the player has chosen, for widgets and screens."""

from typing import Any, cast

from textual.widget import Widget

from rachel_tui.keep.settings import Settings


def change_setting(widget: Widget, name: str, value: object) -> None:
    """Change a setting of the app that shows a widget or screen, and keep it."""
    cast("Any", widget.app).change(**{name: value})


def settings_of(widget: Widget) -> Settings:
    """Return the settings of the app that shows a widget or screen.

    To hear of changes: ``self.watch(self.app, "settings", ...)`` when it is mounted.
    """
    return cast("Settings", cast("Any", widget.app).settings)
