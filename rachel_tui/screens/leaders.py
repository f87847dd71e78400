"""The best players of a host."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static


class LeadersScreen(ModalScreen[None]):
    """Shows lines until any of the usual keys is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b,B,escape,q,Q,enter,space", "dismiss", "Back"),
    ]

    def __init__(self, lines: Sequence[str]) -> None:
        """Show the best players, a line each."""
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        """Yield the lines in a frame; arrows scroll them where there are too many."""
        with VerticalScroll(classes="panel") as panel:
            panel.border_title = "The best players"
            panel.border_subtitle = "b back"
            yield Static("\n".join(self._lines), markup=False)

    def on_click(self) -> None:
        """Go back."""
        self.dismiss()
