"""What stands in the middle of the screen while the host cannot be reached."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from rachel_tui.net.connection import Connection


class ReconnectingScreen(ModalScreen[None]):
    """Says that the connection is being made again, and keeps keys from the game meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,escape", "app.leave", "Leave")]

    def __init__(self) -> None:
        super().__init__()
        self._text = Static()

    def show(self, connection: Connection) -> None:
        """Show how far ``connection`` has come."""
        problem = f"\n{connection.error}" if connection.error else ""
        self._text.update(
            Content.assemble(
                (f"Reconnecting… attempt {max(1, connection.attempt)}", "bold $warning"),
                (problem, "$faint"),
                "\nYour seat is kept; a bot plays your turns until you are back.",
            )
        )

    def compose(self) -> ComposeResult:
        """Yield the notice."""
        with Vertical(classes="panel notice") as panel:
            panel.border_title = "No connection"
            panel.border_subtitle = "q leaves"
            yield self._text
