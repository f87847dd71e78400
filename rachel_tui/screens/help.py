"""The keys, one key away."""

from collections.abc import Mapping
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.keys import format_key
from textual.screen import ModalScreen
from textual.widgets import Static

_UNTOLD: Final = ("ctrl+", "super+", "page")
_WITH_CARDS: Final = (
    ("1-9 0 A-Z", "move the caret to the card with that mark"),
    ("mouse", "click a card to play or pick it"),
)


class HelpScreen(ModalScreen[None]):
    """Shows the keys until any of the usual keys is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,escape,q,enter,space", "dismiss", "Back to the table"),
    ]

    def __init__(self, active: Mapping[str, ActiveBinding], *, cards: bool) -> None:
        """Show the keys of ``active`` bindings, and what else there is to do with cards."""
        super().__init__()
        keys: dict[str, list[str]] = {}
        for key, (_, binding, enabled, _) in active.items():
            if enabled and not key.startswith(_UNTOLD) and not key.isupper():
                text = binding.tooltip or binding.description
                keys.setdefault(text, []).append("enter" if key == "enter" else format_key(key))
        rows = [(" ".join(names), text) for text, names in keys.items()]
        self._keys = [*rows, *(_WITH_CARDS if cards else ())]

    def compose(self) -> ComposeResult:
        """Yield the keys in a frame."""
        with VerticalScroll(classes="panel", can_focus=False) as panel:
            panel.border_title = "Keys"
            panel.border_subtitle = "? back"
            yield Static(
                Content("\n").join(
                    Content.assemble((f"{key:<10} ", "bold $caret"), text)
                    for key, text in self._keys
                )
            )

    def on_click(self) -> None:
        """Go back."""
        self.dismiss()
