"""What is shown in a terminal too small for the table."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

MIN_SIZE: Final = Size(60, 20)
"""The smallest terminal that holds the table."""


def is_too_small(size: Size) -> bool:
    """Tell whether the table does not fit."""
    return size.width < MIN_SIZE.width or size.height < MIN_SIZE.height


class TooSmallScreen(ModalScreen[None]):
    """Asks for a larger terminal. No key reaches the game; q quits."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.quit", "Quit")]

    def compose(self) -> ComposeResult:
        """Yield the request."""
        yield Static(
            f"Rachel needs {MIN_SIZE.width}x{MIN_SIZE.height}.\nEnlarge the window.\nq quits.",
            markup=False,
        )
