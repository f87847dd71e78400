"""A recorded game to look at: step by step, at a pace, or from event to event."""

from dataclasses import replace
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Static

from rachel.rules.actions import Play
from rachel.rules.game import Game
from rachel.rules.view import public_view
from rachel_tui.bound import bound
from rachel_tui.games.reel import Mark, Reel
from rachel_tui.screens.wrong_keys import AnswersWrongKeys
from rachel_tui.widgets.felt import Felt
from rachel_tui.widgets.key_line import KeyLine
from rachel_tui.widgets.log import READ_BACK, GameLog
from rachel_tui.widgets.reel_bar import LEGEND, ReelBar
from rachel_tui.widgets.seat_hands import SeatHand, SeatHands
from rachel_tui.widgets.settings import settings_of
from rachel_tui.widgets.status import TitleLine
from rachel_tui.words.picking import sorted_hand

_EVENT: Final = "to the next attack, reversal or player going out"
_SPEEDS: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Steps a second."""
_WIDE: Final = 76
"""From this many columns on, the pace is said beside the legend."""
_FLIGHTS_MAX: Final = 4.0
"""As many flights of cards a second can be seen; at a faster pace there are none."""

_AROUND_WAY: Final = 4
"""Columns beside the way through the game, where there is room for its pace."""

ALL: Final = -1
"""In place of a seat: everybody's hand is open."""


class ReplayScreen(ModalScreen[None], AnswersWrongKeys):
    """Shows a recorded game until its viewer has seen enough.

    Attributes:
        step: the step that is shown; 0 is the deal.
        open_seat: whose hand is open: a seat, ALL, or None for closed hands.
        playing: whether it goes on by itself.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("run", "play", "Play", show=True, tooltip="go on by itself, or stop"),
        bound("step", "go(1)", "Step", show=True, key_display="←→", tooltip="a step on"),
        bound("step_back", "go(-1)", "Step back", tooltip="a step back"),
        bound("leave", "leave", "Back", show=True, tooltip="back"),
        bound("back", "leave", "Back", tooltip="back"),
        bound("help", "app.help", "Keys", show=True, tooltip="the keys"),
        bound(
            "event",
            "find('', 1)",
            "Event",
            show=True,
            tooltip=_EVENT,
        ),
        bound("event_before", "find('', -1)", "Event before", tooltip="to the one before"),
        bound("attack", "find('attack', 1)", "Attack", show=True, tooltip="to the next attack"),
        bound("attack_before", "find('attack', -1)", "Attack before", tooltip="the attack before"),
        bound("reversal", "find('reversal', 1)", "Reversal", tooltip="to the next reversal"),
        bound("reversal_before", "find('reversal', -1)", "Before", tooltip="the reversal before"),
        bound("out", "find('out', 1)", "Out", tooltip="to the next player going out"),
        bound("out_before", "find('out', -1)", "Out before", tooltip="the one going out before"),
        bound("hands", "hands", "Hands", show=True, tooltip="open all hands, or close them"),
        bound("faster", "faster(1)", "Faster", tooltip="go on faster"),
        bound("slower", "faster(-1)", "Slower", tooltip="go on slower"),
        bound("deal", "go(-1000000)", "The deal", tooltip="back to the deal"),
        bound("end", "go(1000000)", "The end", tooltip="on to the end"),
        bound("older", "scroll_log(-1)", "Older", tooltip=READ_BACK),
        bound("newer", "scroll_log(1)", "Newer", tooltip=READ_BACK),
        *(
            Binding(str(seat), f"look({seat})", "Hand", show=False, tooltip="open one hand alone")
            for seat in range(1, 9)
        ),
    ]

    def __init__(
        self, reel: Reel, *, step: int = 0, open_seat: int | None = ALL, me: int | None = None
    ) -> None:
        """Show ``reel`` from a step on, with the hand of a seat open, all of them, or none.

        The seat ``me`` was the viewer's: it is marked, and lies in front.
        """
        super().__init__()
        self.step = step
        self.open_seat = open_seat
        self.playing = False
        self._reel = reel
        self._speed = 1
        self._timer: Timer | None = None
        self._felt = Felt()
        self._me = me
        self._felt.front = reel.front if me is None else me
        self._log = GameLog()
        self._hands = SeatHands()
        self._bar = ReelBar(reel)
        self._where = Static(id="reel-where")

    def compose(self) -> ComposeResult:
        """Yield the table, the hands, and where one is."""
        yield TitleLine(f"Replay: {self._reel.checked}")
        with Container(id="reel-board"):
            yield self._felt
            yield self._log
        yield self._hands
        with Vertical(id="reel-way"):
            yield self._bar
            yield self._where
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the first step."""
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        """Say where one is, as wide as it is now."""
        self._where.update(self._where_text())

    def on_reel_bar_wanted(self, message: ReelBar.Wanted) -> None:
        """Go where the viewer has clicked."""
        message.stop()
        self._go_to(message.step)

    def action_go(self, steps: int) -> None:
        """Go some steps on, or back; no further than to the deal and to the end."""
        self._stop()
        self._go_to(self.step + steps)

    def action_find(self, mark: str, direction: int) -> None:
        """Go to the next step with a mark, or the one before; stay if there is none."""
        self._stop()
        found = self._reel.find(self.step, direction, Mark(mark) if mark else None)
        self._go_to(self.step if found is None else found)

    def action_play(self) -> None:
        """Go on by itself, or stop; from the end, begin anew."""
        if self.playing:
            self._stop()
            self._show()
            return
        if self.step == self._reel.last:
            self.step = 0
        self.playing = True
        self._time()
        self._show()

    def action_faster(self, change: int) -> None:
        """Change the pace."""
        self._speed = max(0, min(self._speed + change, len(_SPEEDS) - 1))
        if self.playing:
            self._time()
        self._show()

    def action_hands(self) -> None:
        """Open all hands, or close them."""
        self.open_seat = ALL if self.open_seat is None else None
        self._show()

    def action_look(self, number: int) -> None:
        """Open one seat's hand alone; again, to open all of them."""
        seat = number - 1
        if seat < len(self._reel.names):
            self.open_seat = ALL if self.open_seat == seat else seat
            self._show()

    def action_scroll_log(self, step: int) -> None:
        """Scroll the story by a page."""
        self._log.scroll_page(step)

    def action_leave(self) -> None:
        """Go back to where the viewer came from."""
        self._stop()
        self.dismiss()

    def _go_to(self, step: int) -> None:
        self.step = max(0, min(step, self._reel.last))
        self._show()

    def _time(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_interval(1 / _SPEEDS[self._speed], self._advance)

    def _advance(self) -> None:
        if not self.is_active:
            return  # the viewer reads the keys, or the commands
        if self.step >= self._reel.last - 1:
            self._stop()
        self._go_to(self.step + 1)
        if _SPEEDS[self._speed] > _FLIGHTS_MAX:
            self._felt.settle()

    def _stop(self) -> None:
        self.playing = False
        if self._timer is not None:
            self._timer.stop()

    def _show(self) -> None:
        game = self._reel.at(self.step)
        self._felt.show(self._reel.seat_lines(game), public_view(game))
        self._log.sentences = self._reel.told(self.step)
        self._hands.hands = self._seats(game)
        opened = {None: "closed", ALL: "all open"}.get(self.open_seat, "one open")
        key = settings_of(self).short_key("hands")
        self._hands.border_title = f"Hands: {opened}"
        self._hands.border_subtitle = f"{key}, or 1-{game.seats}"
        self._bar.step = self.step
        self._where.update(self._where_text())

    def _seats(self, game: Game) -> tuple[SeatHand, ...]:
        coming = None
        if self.step < self._reel.last:
            coming = self._reel.scenes[self.step + 1].action
        played = frozenset(coming.cards) if isinstance(coming, Play) else frozenset()
        hands = []
        for seat, line in enumerate(self._reel.seat_lines(game)):
            cards = sorted_hand(game.hands[seat]) if self.open_seat in (ALL, seat) else None
            shown = None if cards is None else tuple(cards)
            hands.append(SeatHand(replace(line, is_me=seat == self._me), shown, played))
        return tuple(hands)

    def _where_text(self) -> Content:
        where = f"step {self.step} of {self._reel.last}" if self.step else "the deal"
        if self.app.size.width < _WIDE:
            where = f"▶ {where}" if self.playing else where
            return Content.assemble((where, "bold $caret"), " · ", LEGEND)
        ends = self.step == self._reel.last
        state = "▶" if self.playing else "the end ·" if ends else "paused ·"
        pace = f"{_SPEEDS[self._speed]:g} a second"
        left = Content.assemble((where, "bold $caret"), (f" · {state} {pace}", "$faint"))
        room = self.app.size.width - _AROUND_WAY - LEGEND.cell_length
        return left.pad_right(max(2, room - left.cell_length)) + LEGEND
