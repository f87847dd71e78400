"""A picture of a table: felt, whose turn it is, and a hand. It takes neither keys nor clicks."""

from textual.app import ComposeResult
from textual.containers import Vertical

from rachel.rules.view import SeatView
from rachel_tui.keep.settings import Settings
from rachel_tui.widgets.felt import Felt
from rachel_tui.widgets.hand import HandView
from rachel_tui.widgets.settings import settings_of
from rachel_tui.widgets.status import TurnLine
from rachel_tui.words.hints import turn_demand
from rachel_tui.words.seat_lines import SeatLine


class TablePicture(Vertical):
    """Shows a position as one of its players sees it at a table, made of the same parts."""

    def __init__(self) -> None:
        super().__init__(disabled=True)
        self._felt = Felt()
        self._turn = TurnLine()
        self._hand = HandView(lambda _: None)
        self._hand.can_focus = False

    def compose(self) -> ComposeResult:
        """Yield the table from top to bottom."""
        yield self._felt
        yield self._turn
        yield self._hand

    def on_mount(self) -> None:
        """Heed what the player has chosen."""
        self.heed(settings_of(self))

    def heed(self, settings: Settings) -> None:
        """Look as the player has chosen."""
        self._hand.dress(settings.sort, letters=settings.suit_letters)

    def show(self, lines: tuple[SeatLine, ...], view: SeatView) -> None:
        """Show the seats in ``lines``, and what one of them sees."""
        mine = view.is_my_turn
        self._felt.show(lines, view.public)
        self._turn.show(f"▶▶ YOUR TURN: {turn_demand(view)}" if mine else "", mine=mine)
        self._hand.show(view, prompt=mine)
