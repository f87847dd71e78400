"""Screens that return one answer, however often a key is pressed."""

from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType


class AnswersOnce(Screen[ScreenResultType]):
    """Is dismissed once: a key that was pressed twice would dismiss the screen below, too.

    It stands behind `ModalScreen` among the bases of a modal screen, whose styles come first.

    Attributes:
        completes: whether its answer completes what the screen below has begun, so that the key
            which led here answers at once, too.
    """

    completes: ClassVar[bool] = False

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Return ``result`` and go, unless that has been done."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
