"""The keys, one key away."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from rachel_tui.bound import bound
from rachel_tui.screens.offers import Offer

_WITH_CARDS: Final = (
    ("1-9 0 A-Z", "move the caret to the card with that mark"),
    ("mouse", "click a card to play or pick it"),
)


class HelpScreen(ModalScreen[None]):
    """Shows the keys until any of the usual keys is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(bound(name, "dismiss", "Back") for name in ("help", "leave", "back")),
        Binding("enter,space", "dismiss", "Back", show=False),
        Binding("up,k", "scroll(-3)", "Up", show=False),
        Binding("down,j", "scroll(3)", "Down", show=False),
    ]

    def __init__(self, offers: Sequence[Offer], *, cards: bool) -> None:
        """Show the keys of ``offers``, and what else there is to do with cards."""
        super().__init__()
        self._keys = [(it.keys, it.text) for it in offers] + list(_WITH_CARDS if cards else ())

    def compose(self) -> ComposeResult:
        """Yield the keys in a frame."""
        with VerticalScroll(classes="panel", can_focus=False) as panel:
            panel.border_title = "Keys"
            panel.border_subtitle = "↑↓ scroll · ? back"
            yield Static(
                Content("\n").join(
                    Content.assemble((f"{key:<10} ", "bold $caret"), text)
                    for key, text in self._keys
                )
            )

    def action_scroll(self, rows: int) -> None:
        """Scroll by some rows."""
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)

    def on_click(self) -> None:
        """Go back."""
        self.dismiss()
