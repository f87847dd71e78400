"""Where one is in a recorded game, with what happens when: attacks, reversals, who goes out."""

from typing import Final

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from rachel_tui.games.reel import Mark, Reel, Scene
from rachel_tui.widgets.rows import Rows

_BARS: Final = "▁▂▃▅▆▇"
_ATTACK_MAX: Final = 10
"""Cards pending from which the bar of an attack is as high as it gets."""
_REVERSAL: Final = "Q"
LEGEND: Final = Content.assemble(
    (_BARS[3], "$warning"),
    (" attack · ", "$faint"),
    (_REVERSAL, "bold"),
    (" reversal · ", "$faint"),
    ("1 2 3", "bold $fits"),
    (" out", "$faint"),
)
"""What the marks mean: below the bars of attacks, a queen, and how many are out."""


class ReelBar(Rows):
    """Draws a game from its deal at the left to its end at the right.

    Attributes:
        step: the step that is shown.
    """

    class Wanted(Message):
        """The player clicked on the place of a ``step``."""

        def __init__(self, step: int) -> None:
            self.step = step
            super().__init__()

    step: reactive[int] = reactive(0, repaint=False)

    def __init__(self, reel: Reel) -> None:
        super().__init__()
        self._reel = reel

    def watch_step(self) -> None:
        """Draw what is new."""
        self.redraw()

    def rows(self) -> list[Content]:
        """Return the attacks, and below them the way through the game."""
        columns = self._columns()
        here = self._column(self.step)
        return [
            Content.assemble(
                *(_attack([self._reel.scenes[step] for step in it]) for it in columns)
            ),
            Content.assemble(
                *(self._track(it, column - here) for column, it in enumerate(columns))
            ),
        ]

    def on_click(self, event: events.Click) -> None:
        """Ask for the step that was clicked on."""
        offset = event.get_content_offset(self)
        if offset is not None:
            event.stop()
            step = offset.x * self._reel.last // max(1, self.size.width - 1)
            self.post_message(self.Wanted(min(step, self._reel.last)))

    def _column(self, step: int) -> int:
        return step * max(0, self.size.width - 1) // max(1, self._reel.last)

    def _columns(self) -> list[list[int]]:
        """Return for each column the steps that it stands for; there may be none."""
        columns: list[list[int]] = [[] for _ in range(self.size.width)]
        for step in range(len(self._reel.scenes) if columns else 0):
            columns[self._column(step)].append(step)
        return columns

    def _track(self, steps: list[int], ahead: int) -> Content:
        """Return a cell of the way; ``ahead`` tells how far it is from where we are."""
        if not ahead:
            return Content.styled("●", "bold $caret")
        style = "$faint" if ahead > 0 else "bold"
        marks = [self._reel.scenes[step].marks for step in steps]
        if any(Mark.OUT in it for it in marks):
            counts = self._reel.scenes[steps[-1]].counts
            return Content.styled(str(counts.count(0)), "bold $fits")
        if any(Mark.REVERSAL in it for it in marks):
            return Content.styled(_REVERSAL, style)
        return Content.styled("─" if ahead > 0 else "━", style)


def _attack(scenes: list[Scene]) -> Content:
    pending = max((scene.pending for scene in scenes), default=0)
    if not pending:
        return Content(" ")
    level = min(pending, _ATTACK_MAX) * (len(_BARS) - 1) // _ATTACK_MAX
    return Content.styled(_BARS[level], "$warning")
