"""What keeps the player from the game: a lost connection, a terminal too small for the table."""

from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

from rachel_tui.bound import bound
from rachel_tui.screens.menu import sentence
from rachel_tui.widgets.settings import settings_of

if TYPE_CHECKING:
    from rachel_tui.sitting import Sitting

MIN_SIZE: Final = Size(60, 20)
"""The smallest terminal that holds the table."""


class ReconnectingScreen(ModalScreen[None]):
    """Says that the connection is being made again. Meanwhile no key reaches the game."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("leave", "app.leave", "Leave", tooltip="leave the table"),
        bound("back", "app.leave", "Leave", tooltip="leave the table"),
        bound("help", "app.help", "Keys", tooltip="the keys"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._text = Static()

    def show(self, sitting: "Sitting") -> None:
        """Show how far ``sitting`` has come back, and what its host said before it went."""
        connection, words = sitting.connection, sitting.last_words
        problem = f"\n{sentence(connection.error)}" if connection.error else ""
        meanwhile = "If the game goes on there, a bot plays for you until you are back."
        if connection.session.watches:
            meanwhile = "If the game goes on there, you see it again when the host answers."
        self._text.update(
            Content.assemble(
                (f"Reconnecting… attempt {max(1, connection.attempt)}", "bold $warning"),
                (problem, "$faint"),
                f"\nThe host said: {sentence(words)}" if words else "",
                f"\n{meanwhile}",
            )
        )

    def compose(self) -> ComposeResult:
        """Yield the notice."""
        with Vertical(classes="panel notice") as panel:
            panel.border_title = "No connection"
            panel.border_subtitle = f"{settings_of(self).short_key('leave')} leaves"
            yield self._text


class TooSmallScreen(ModalScreen[None]):
    """Asks for a larger terminal. No key reaches the game; the one for leaving quits."""

    BINDINGS: ClassVar[list[BindingType]] = [bound("leave", "app.quit", "Quit")]

    def compose(self) -> ComposeResult:
        """Yield the request."""
        yield Static(
            f"Rachel needs {MIN_SIZE.width}x{MIN_SIZE.height}.\nEnlarge the window.\n"
            f"{settings_of(self).key('leave')} quits.",
            markup=False,
        )


def is_too_small(size: Size) -> bool:
    """Tell whether the table does not fit."""
    return size.width < MIN_SIZE.width or size.height < MIN_SIZE.height
