"""The player's own hand: cards, caret, picked cards."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message

from rachel.rules.view import SeatView
from rachel_tui.bound import bound
from rachel_tui.widgets.hand_layout import HandLayout, lay_out
from rachel_tui.widgets.laid_hand import LABELS, hand_looks, hand_rows
from rachel_tui.widgets.rows import Rows
from rachel_tui.words.picking import Picking

_MOVE: Final = "move the caret ▲ to another card"
_ENDS: Final = "move it to the first or the last card"
_PLAY: Final = "play the picked cards, or this one"
_FITS: Final = "move the caret to the next that fits"
_BACK: Final = "move the caret back to one that fits"


class HandView(Rows, can_focus=True):
    """Shows the hand and lets its owner move the caret, pick cards and choose a play.

    Attributes:
        view: the table as our seat sees it; None before the deal.
        prompt: whether it is for us to act.
        picking: caret and picked cards, for the parent to read.
    """

    class SortWanted(Message):
        """The player wants the cards in another order: the one after the present one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("left", "move(-1)", "Left", tooltip=_MOVE),
        bound("right", "move(1)", "Right", tooltip=_MOVE),
        bound("up", "move_row(-1)", "Up", tooltip=_MOVE),
        bound("down", "move_row(1)", "Down", tooltip=_MOVE),
        bound("first", "move_to(0)", "First card", tooltip=_ENDS),
        bound("last", "move_to(99)", "Last card", tooltip=_ENDS),
        bound("next", "next_playable(1)", "Next", tooltip=_FITS),
        bound("previous", "next_playable(-1)", "Previous", tooltip=_BACK),
        bound("pick", "pick", "Pick", show=True, tooltip="pick several cards of one rank (+)"),
        bound("take_back", "take_back", "Take back", tooltip="put the card picked last back"),
        bound("sort", "sort", "Sort", tooltip="sort by rank, by suit, or as dealt"),
        bound("play", "play", "Play", show=True, key_display="enter", tooltip=_PLAY),
    ]

    def __init__(
        self,
        on_touched: Callable[[str], None],
        on_chosen: Callable[[tuple[int, ...], str | None], None],
    ) -> None:
        """Prepare to show a hand.

        Args:
            on_touched: called when the caret moved or cards were picked, with the reason why a card
                could not be picked, if any. A message would come when that has been drawn already.
            on_chosen: called when the player wants to play cards, with these, never none, the one
                to go first at the front; and with why they cannot be played now, None when they
                can. After a message the next key would not be for the question that this opens.
        """
        super().__init__(id="hand")
        self._on_touched = on_touched
        self._on_chosen = on_chosen
        self.view: SeatView | None = None
        self.prompt = False
        self.picking = Picking()
        self._letters = False

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's cursor belongs: at the marks of the caret's card."""
        return self.content_region.offset + Offset(*self._layout().marks_at(self.picking.caret))

    def dress(self, order: str, *, letters: bool) -> None:
        """Sort the cards, and show letters beside the signs of suits or not."""
        changed = letters != self._letters or order != self.picking.order
        self._letters = letters
        if self.view is None:
            self.picking.order = order
        else:
            self.picking.sort(order, self.view.hand)
        if changed:
            self.redraw()

    def show(self, view: SeatView | None, *, prompt: bool) -> None:
        """Take over the new hand; mark what fits if it is for us to act."""
        if (view, prompt) == (self.view, self.prompt):
            return
        self.view, self.prompt = view, prompt
        before = hand_looks(self.picking)
        if view is None:
            self.picking = Picking(self.picking.order)
        else:
            self.picking.show(view.hand, view.public if prompt else None)
        if hand_looks(self.picking) != before:
            self.redraw()

    def rows(self) -> list[Content]:
        """Return the hand, as large as it fits."""
        return hand_rows(self.picking, self._layout(), letters=self._letters)

    def action_move(self, step: int) -> None:
        """Move the caret by ``step`` cards."""
        self.action_move_to(self.picking.caret + step)

    def action_move_row(self, step: int) -> None:
        """Move the caret to the next row of cards, when there are rows."""
        layout = self._layout()
        target = self.picking.caret + step * layout.per_row
        if 0 <= target < layout.count:
            self.action_move_to(target)

    def action_move_to(self, index: int) -> None:
        """Move the caret to a card."""
        self.picking.move_to(index)
        self._touched()

    def action_next_playable(self, step: int) -> None:
        """Move the caret to the next card that fits."""
        self.picking.next_playable(step)
        self._touched()

    def action_pick(self) -> None:
        """Pick the card under the caret, or put it back."""
        self._touched(self.picking.toggle() or "")

    def action_take_back(self) -> None:
        """Put the card picked last back."""
        if self.picking.take_back():
            self._touched()

    def action_sort(self) -> None:
        """Ask for the next order of cards."""
        self.post_message(self.SortWanted())

    def point_at(self, cards: Sequence[int], why: str) -> None:
        """Put the caret on the first of ``cards``, pick them if there are several, and say why."""
        picking = self.picking
        picking.clear()
        for card in cards if len(cards) > 1 else ():
            picking.move_to(picking.hand.index(card))
            picking.toggle()
        if cards:
            picking.move_to(picking.hand.index(cards[0]))
        picked = "" if len(cards) < 2 else " They are picked."
        self._touched(f"{why}{picked}")

    def action_play(self) -> None:
        """Choose the picked cards, or the one under the caret."""
        if self.picking.chosen:
            self._on_chosen(self.picking.chosen, self.picking.why_not())

    def put_back(self) -> bool:
        """Put the picked cards back; return whether there were any."""
        had = self.picking.clear()
        if had:
            self._touched()
        return had

    def take_key(self, event: events.Key) -> bool:
        """Move the caret to the card whose label was typed; return whether there is one."""
        index = LABELS.find(event.character) if event.character else -1
        if not (self.has_focus and 0 <= index < len(self.picking.hand)):
            return False
        self.action_move_to(index)
        return True

    def on_click(self, event: events.Click) -> None:
        """Play a card that fits at once, unless others of its rank may go along: then pick it."""
        index = self._layout().card_at(event.x, event.y)
        if index is None:
            return
        self.picking.move_to(index)
        card = self.picking.hand[index]
        alone = not self.picking.picked and not self.picking.companions(card)
        if alone and card in self.picking.playable:
            self._touched()
            self.action_play()
        else:
            self.action_pick()

    def _touched(self, notice: str = "") -> None:
        self.redraw()
        self._on_touched(notice)

    def _layout(self) -> HandLayout:
        return lay_out(len(self.picking.hand), self.picking.caret, *self.size)
