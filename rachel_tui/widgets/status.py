"""Three lines of the table: the title line, the turn line, the advice line."""

from math import ceil
from time import monotonic
from typing import Any, Final

from textual import events
from textual.app import App
from textual.content import Content
from textual.css.scalar import Scalar
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from rachel_tui.net.connection import LinkState
from rachel_tui.widgets.card_faces import card_text
from rachel_tui.widgets.rows import Rows
from rachel_tui.words.story import with_cards

_OTHERS_STEP_S: Final = 10
"""The steps of the clock in another's turn, until its last one, which is counted down."""

_ADVICE_ROWS: Final = 2
_MARGINS: Final = 2
"""A space at each end of a line of text."""

_LINK_TEXTS: Final = {
    LinkState.CONNECTING: "○ connecting",
    LinkState.ONLINE: "● online",
    LinkState.RECONNECTING: "○ reconnecting",
    LinkState.GAME_OVER: "○ table closed",
    LinkState.CLOSED: "× offline",
}


class TitleLine(Widget):
    """Says where one is in Rachel, and how the connection stands.

    Attributes:
        where: the table, or what is shown, in a few words.
        link: the state of the connection, None where there is none to speak of.
    """

    where: reactive[str] = reactive("")
    link: reactive[LinkState | None] = reactive(None)

    def __init__(self, where: str = "") -> None:
        super().__init__()
        self.set_reactive(TitleLine.where, where)

    def render(self) -> Content:
        """Draw the name of the game, where one is, and the connection at the right."""
        style = "bold $fits" if self.link is LinkState.ONLINE else "bold $warning"
        right = Content.styled(f"{_LINK_TEXTS[self.link]} " if self.link else "", style)
        left = Content.assemble((" RACHEL ", "bold $primary"), (f" {self.where}", "$faint"))
        room = max(0, self.size.width - right.cell_length - 1)
        left = left.truncate(room, ellipsis=True)
        return Content.assemble(left.pad_right(room + 1 - left.cell_length), right)


def button(line: Content, width: int, app: App[Any]) -> Content:
    """Return a line that stands out in so many columns; without colours, by light and dark."""
    style = "bold reverse" if app.no_color else "bold $turn-text on $turn-back"
    return line.pad_right(max(0, width - line.cell_length)).stylize_before(style)


class StatusLine(Rows):
    """One line, which may stand out.

    It does so by the styles of its text: by a class, all rules would be matched anew each turn.
    """

    def line(self) -> Content:
        """Return what to draw."""
        raise NotImplementedError

    def rows(self) -> list[Content]:
        """Return the line."""
        return [self.line()]


class TurnLine(StatusLine):
    """Says whose turn it is, in words that cannot be overlooked when it is ours, and its clock.

    Attributes:
        text: who is to act, and what fits when it is us.
        mine: whether it is for us to act.
        ends_at: when the turn's time is up, in seconds of the monotonic clock; None if not known.
        clock_runs: whether a clock runs, known or not.
    """

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.mine = False
        self.ends_at: float | None = None
        self.clock_runs = False
        self._ticking: Timer | None = None

    def show(
        self, text: str, *, mine: bool, ends_at: float | None = None, clock_runs: bool = False
    ) -> None:
        """Show another line, see the attributes."""
        self.text, self.mine, self.clock_runs = text, mine, clock_runs
        if ends_at != self.ends_at:
            self.ends_at = ends_at
            self._tick()
        else:
            self.redraw()

    def line(self) -> Content:
        """Return the words, and the clock at the right."""
        text = Content.styled(f" {self.text}", "bold" if self.mine else "")
        clock = self._clock()
        room = max(0, self.size.width - clock.cell_length)
        text = text.truncate(room, ellipsis=True)
        line = Content.assemble(text.pad_right(room - text.cell_length), clock)
        return button(line, self.size.width, self.app) if self.mine else line

    def _tick(self) -> None:
        """Draw the clock, and again when it shows something else; without one, send nothing."""
        if self._ticking is not None:
            self._ticking.stop()
        self._ticking = None
        seconds, lasts_s = self._clock_shows()
        if seconds:
            self._ticking = self.set_timer(lasts_s, self._tick)
        self.redraw()

    def _clock_shows(self) -> tuple[int, float]:
        return clock_shows((self.ends_at or 0.0) - monotonic(), mine=self.mine)

    def _clock(self) -> Content:
        seconds, _ = self._clock_shows()
        if not seconds:  # the host may give more time, and tells nobody how much
            return Content.styled(" clock runs " if self.clock_runs else "", "bold")
        return Content.styled(f" {clock_text(seconds)} ", "bold")


class AdviceLine(StatusLine):
    """Says what the player can do now. A click does it.

    Attributes:
        advice: the sentence, with cards written short; they are shown by their signs.
        letters: whether cards show the letters of their suits.
        urgent: whether it must be read, like a refusal.
        offer: whether the player can do nothing else, so that it looks like a button.
    """

    class Pressed(Message):
        """The player clicked on the advice, which means Enter."""

    def __init__(self) -> None:
        super().__init__()
        self.advice = ""
        self.letters = self.urgent = self.offer = False

    def show(self, advice: str, *, urgent: bool, offer: bool) -> None:
        """Show another sentence, see the attributes."""
        self.advice, self.urgent, self.offer = advice, urgent, offer
        self.fit()
        self.redraw()

    def fit(self) -> None:
        """Take a second row where the sentence is longer than one, and no more when it is not."""
        rows = len(self.rows()) if self.size.width else 1
        if self.styles.height != Scalar.from_number(rows):
            self.styles.height = rows

    def on_resize(self) -> None:
        """Take as many rows as the sentence needs now."""
        self.fit()

    def rows(self) -> list[Content]:
        """Return the sentence, in a second row if it needs one."""
        parts = (
            part if isinstance(part, str) else card_text(part, letters=self.letters)
            for part in with_cards(self.advice)
        )
        rows = Content.assemble(*parts).wrap(max(1, self.size.width - _MARGINS))[:_ADVICE_ROWS]
        return [self._dressed(Content(" ") + row) for row in rows]

    def _dressed(self, row: Content) -> Content:
        if self.urgent:
            return row.stylize_before("bold $warning")
        return button(row, row.cell_length + 1, self.app) if self.offer else row

    def on_click(self, event: events.Click) -> None:
        """Tell the parent."""
        event.stop()
        self.post_message(self.Pressed())


def clock_shows(left_s: float, *, mine: bool) -> tuple[int, float]:
    """Return how many seconds to show as left, none below 0, and after how many others follow."""
    left_s = max(0.0, left_s)
    step = 1 if mine or left_s <= _OTHERS_STEP_S else _OTHERS_STEP_S
    seconds = ceil(left_s / step) * step
    return seconds, left_s - seconds + step


def clock_text(seconds: int) -> str:
    """Return how long a clock still runs, in minutes and seconds."""
    return f"{seconds // 60}:{seconds % 60:02}"
