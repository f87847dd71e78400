"""Every command of the screen below, found by its name."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from rachel_tui.screens.answering import AnswersOnce
from rachel_tui.screens.offers import Offer
from rachel_tui.widgets.found_rows import FoundRows
from rachel_tui.words.finding import Found, find

_ROWS: Final = 13


class CommandsScreen(ModalScreen[Offer | None], AnswersOnce[Offer | None]):
    """Returns the command that was chosen by a few of its letters, None for Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", show=False),
        Binding("up,shift+tab", "move(-1)", "Up", show=False),
        Binding("down,tab", "move(1)", "Down", show=False),
        Binding("pageup", f"move({1 - _ROWS})", "Page up", show=False),
        Binding("pagedown", f"move({_ROWS - 1})", "Page down", show=False),
    ]

    def __init__(self, offers: Sequence[Offer]) -> None:
        """Let the player choose among those of ``offers`` that can be done at once."""
        super().__init__()
        self._offers = [offer for offer in offers if offer.act is not None]
        self._found: list[Found] = []
        self._letters = Input(placeholder="a few letters of a command", select_on_focus=False)
        self._rows = FoundRows(_ROWS)

    def compose(self) -> ComposeResult:
        """Yield a line for the letters, and below it what is found."""
        with Vertical(classes="panel") as panel:
            panel.border_title = "Commands"
            panel.border_subtitle = "↑↓ choose · enter · esc back"
            yield self._letters
            yield self._rows

    def on_mount(self) -> None:
        """Keep the cursor steady, so that nothing is sent between keys, and show everything."""
        self._letters.cursor_blink = False
        self.set_focus(self._letters)
        self._find("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what has these letters."""
        event.stop()
        self._find(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return the command at the caret."""
        event.stop()
        self._choose(self._rows.at)

    def on_found_rows_clicked(self, event: FoundRows.Clicked) -> None:
        """Return the command that was clicked on."""
        event.stop()
        self._choose(event.index)

    def action_move(self, step: int) -> None:
        """Move the caret."""
        self._rows.move(step)

    def _find(self, letters: str) -> None:
        self._found = find(letters, [offer.text for offer in self._offers])
        found = [(self._offers[it.at], it.letters) for it in self._found]
        self._rows.show([(offer.keys, offer.text, places) for offer, places in found])

    def _choose(self, at: int) -> None:
        if at < len(self._found):
            self.dismiss(self._offers[self._found[at].at])
