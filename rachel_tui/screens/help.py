"""The keys, one key away."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

KEYS: Final = (
    ("← →", "move the caret ▲ to another card"),
    ("tab  n", "move it to the next one that fits (✓ or +)"),
    ("1-9 0 A-Z", "move it to the card with that mark"),
    ("space", "pick several cards of one rank (+), in order"),
    ("enter", "play the picked cards, or the caret's"),
    ("esc", "put the picked cards back"),
    ("d", "draw, when nothing fits"),
    ("r", "the rules"),
    ("[ ]", "read back what happened (also pgup pgdn)"),
    ("t", "colours: dark, light, the terminal's own"),
    ("q", "leave the table"),
    ("mouse", "click a card to play or pick it"),
)
_FOR_WATCHERS: Final = {"r", "[ ]", "t", "q"}


class HelpScreen(ModalScreen[None]):
    """Shows the keys until any of the usual keys is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,escape,q,enter,space", "dismiss", "Back to the table"),
    ]

    def __init__(self, *, watches: bool) -> None:
        """Show all keys, or those of one who watches."""
        super().__init__()
        self._keys = [each for each in KEYS if not watches or each[0] in _FOR_WATCHERS]

    def compose(self) -> ComposeResult:
        """Yield the keys in a frame."""
        with VerticalScroll(classes="panel", can_focus=False) as panel:
            panel.border_title = "Keys"
            panel.border_subtitle = "? back"
            yield Static(
                Content("\n").join(
                    Content.assemble((f"{key:<10}", "bold $caret"), text)
                    for key, text in self._keys
                )
            )

    def on_click(self) -> None:
        """Go back."""
        self.dismiss()
