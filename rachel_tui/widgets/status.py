"""Three lines of the table: the title line, the turn line, the advice line."""

from math import ceil
from time import monotonic
from typing import Final

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from rachel_tui.net.connection import LinkState
from rachel_tui.widgets.card_faces import card_text
from rachel_tui.words.story import with_cards

_OTHERS_STEP_S: Final = 10
"""The steps of the clock in another's turn, until its last one, which is counted down."""

_LINK_TEXTS: Final = {
    LinkState.CONNECTING: "○ connecting",
    LinkState.ONLINE: "● online",
    LinkState.RECONNECTING: "○ reconnecting",
    LinkState.GAME_OVER: "○ table closed",
    LinkState.CLOSED: "× offline",
}


class TitleLine(Widget):
    """Says which table this is, and how the connection stands.

    Attributes:
        where: the table in a few words.
        link: the state of the connection, None where there is none to speak of.
    """

    where: reactive[str] = reactive("")
    link: reactive[LinkState | None] = reactive(LinkState.CONNECTING)

    def render(self) -> Content:
        """Draw the name of the game, the table, and the connection at the right."""
        style = "bold $fits" if self.link is LinkState.ONLINE else "bold $warning"
        right = Content.styled(f"{_LINK_TEXTS[self.link]} " if self.link else "", style)
        left = Content.assemble((" RACHEL ", "bold $primary"), (f" {self.where}", "$faint"))
        room = max(0, self.size.width - right.cell_length - 1)
        left = left.truncate(room, ellipsis=True)
        return Content.assemble(left.pad_right(room + 1 - left.cell_length), right)


class TurnLine(Widget):
    """Says whose turn it is, in words that cannot be overlooked when it is ours, and its clock.

    Attributes:
        text: who is to act, and what fits when it is us.
        mine: whether it is for us to act.
        ends_at: when the turn's time is up, in seconds of the monotonic clock; None if not known.
        clock_runs: whether a clock runs, known or not.
    """

    text: reactive[str] = reactive("")
    mine: reactive[bool] = reactive(False)
    ends_at: reactive[float | None] = reactive(None, init=False)
    clock_runs: reactive[bool] = reactive(False)

    def __init__(self) -> None:
        super().__init__()
        self._ticking: Timer | None = None

    def watch_ends_at(self) -> None:
        """Redraw when the clock shows something else; without one, send nothing."""
        if self._ticking is not None:
            self._ticking.stop()
        self._ticking = None
        seconds, lasts_s = self._clock_shows()
        if seconds:
            self._ticking = self.set_timer(lasts_s, self._tick)

    def watch_mine(self, mine: bool) -> None:
        """Stand out while it is for us to act."""
        self.set_class(mine, "-mine")

    def render(self) -> Content:
        """Draw the line."""
        text = Content.styled(f" {self.text}", "bold" if self.mine else "")
        clock = self._clock()
        room = max(0, self.size.width - clock.cell_length)
        text = text.truncate(room, ellipsis=True)
        return Content.assemble(text.pad_right(room - text.cell_length), clock)

    def _tick(self) -> None:
        self.refresh()
        self.watch_ends_at()

    def _clock_shows(self) -> tuple[int, float]:
        left_s = max(0.0, (self.ends_at or 0.0) - monotonic())
        return clock_shows(left_s, mine=self.mine)

    def _clock(self) -> Content:
        seconds, _ = self._clock_shows()
        if not seconds:  # the host may give more time, and tells nobody how much
            return Content.styled(" clock runs " if self.clock_runs else "", "bold")
        return Content.styled(f" {seconds // 60}:{seconds % 60:02} ", "bold")


class AdviceLine(Widget):
    """Says what the player can do now. A click does it.

    Attributes:
        advice: the sentence, with cards written short; they are shown by their signs.
        letters: whether cards show the letters of their suits.
        urgent: whether it must be read, like a refusal.
        offer: whether the player can do nothing else.
    """

    class Pressed(Message):
        """The player clicked on the advice, which means Enter."""

    advice: reactive[str] = reactive("")
    letters: reactive[bool] = reactive(False)
    urgent: reactive[bool] = reactive(False)
    offer: reactive[bool] = reactive(False)

    def watch_offer(self, offer: bool) -> None:
        """Look like a button when the player can do nothing else."""
        self.set_class(offer, "-offer")

    def watch_urgent(self, urgent: bool) -> None:
        """Stand out when it must be read."""
        self.set_class(urgent, "-urgent")

    def render(self) -> Content:
        """Draw the sentence."""
        return Content.assemble(
            *(
                part if isinstance(part, str) else card_text(part, letters=self.letters)
                for part in with_cards(self.advice)
            )
        )

    def on_click(self, event: events.Click) -> None:
        """Tell the parent."""
        event.stop()
        self.post_message(self.Pressed())


def clock_shows(left_s: float, *, mine: bool) -> tuple[int, float]:
    """Return how many seconds to show as left, and after how many there is something else."""
    step = 1 if mine or left_s <= _OTHERS_STEP_S else _OTHERS_STEP_S
    seconds = ceil(left_s / step) * step
    return seconds, left_s - seconds + step
