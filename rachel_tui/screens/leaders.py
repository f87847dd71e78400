"""The best players of a host."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from rachel_tui.bound import bound
from rachel_tui.screens.wrong_keys import AnswersWrongKeys
from rachel_tui.widgets.settings import settings_of


class LeadersScreen(ModalScreen[None], AnswersWrongKeys):
    """Shows lines until any of the usual keys is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(bound(name, "dismiss", "Back", tooltip="back") for name in ("leave", "back")),
        bound("help", "app.help", "Keys", tooltip="the keys"),
        Binding("enter,space", "dismiss", "Back"),
    ]

    def __init__(self, lines: Sequence[str]) -> None:
        """Show the best players, a line each."""
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        """Yield the lines in a frame; arrows scroll them where there are too many."""
        with VerticalScroll(classes="panel") as panel:
            panel.border_title = "The best players"
            panel.border_subtitle = f"{settings_of(self).short_key('leave')} back"
            yield Static("\n".join(self._lines), markup=False)

    def on_click(self) -> None:
        """Go back."""
        self.dismiss()
