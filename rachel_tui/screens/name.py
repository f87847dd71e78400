"""The question at the very first start: the player's name."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from rachel.rubp import NAME_MAX
from rachel.text import ascii_name
from rachel_tui.screens.answering import AnswersOnce
from rachel_tui.widgets.word_felt import WordFelt
from rachel_tui.words.hints import GOAL

_FELT_ROWS: Final = 24
_KEYS: Final = "enter · esc back"


class NameScreen(AnswersOnce[str | None]):
    """Returns the name to play under; Enter accepts the one offered, Escape goes back (None)."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Back", show=False)]

    def __init__(self, offered: str) -> None:
        super().__init__()
        self._offered = offered

    def compose(self) -> ComposeResult:
        """Yield the name of the game, and the question."""
        yield WordFelt(_FELT_ROWS)
        with Vertical(classes="panel") as panel:
            panel.border_title = "Welcome to Rachel"
            panel.border_subtitle = _KEYS
            yield Static(f"{GOAL}\n\nWhat do the others call you?", markup=False)
            yield Input(self._offered, max_length=NAME_MAX, select_on_focus=True)

    def on_mount(self) -> None:
        """Deal the name, and keep the cursor steady: between keys nothing is sent."""
        self.query_one(WordFelt).spell("RACHEL")
        field = self.query_one(Input)
        field.cursor_blink = False
        self.set_focus(field)  # at once, so that nothing typed early is lost

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what others see instead, and when more that is typed is not taken."""
        event.stop()
        typed = event.value.strip()
        seen = ascii_name(typed)
        other = f"others see {seen} · " if typed and seen != typed else ""
        limit = f"at most {NAME_MAX} characters · " if len(event.value) >= NAME_MAX else ""
        self.query_one(".panel").border_subtitle = f"{other}{limit}{_KEYS}"

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return the name as the others will see it."""
        event.stop()
        self.dismiss(ascii_name(event.value.strip() or self._offered))
