"""Screens that answer a key that does nothing."""

from typing import Any, cast

from textual import events
from textual.screen import Screen

from rachel_tui.widgets.settings import settings_of
from rachel_tui.words.hints import no_use


class AnswersWrongKeys(Screen[Any]):
    """Says in a notice that a key does nothing: for a screen without a line for that."""

    def on_key(self, event: events.Key) -> None:
        """Answer a key that does nothing."""
        if event.is_printable and event.key not in self.active_bindings:
            said = no_use(event.character or "", settings_of(self).key("help"))
            cast("Any", self.app).say_instead(said)
