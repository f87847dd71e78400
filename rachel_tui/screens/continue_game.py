"""The offer to go on with the game that was left."""

from enum import Enum

from textual.content import Content

from rachel_tui.hints import plural
from rachel_tui.screens.choice import Choice, ChoiceScreen
from rachel_tui.seat_lines import SeatLine


class Decision(Enum):
    """What the player wants."""

    CONTINUE = "continue"
    NEW_GAME = "new game"
    QUIT = "quit"


class ContinueScreen(ChoiceScreen[Decision]):
    """Returns what to do with the game that was left."""

    def __init__(self, lines: tuple[SeatLine, ...]) -> None:
        """Ask about the game in which the seats stand like this."""
        others = ", ".join(line.name for line in lines if not line.is_me)
        mine = next((line.cards for line in lines if line.is_me), None)
        held = "" if mine is None else f" You hold {plural(mine, 'card')}."
        super().__init__(
            "Continue your game?",
            Content(f"You left a game with {others}.{held}"),
            (
                Choice("c", "Continue", Decision.CONTINUE),
                Choice("n", "New game", Decision.NEW_GAME),
                Choice("q", "Quit", Decision.QUIT),
            ),
            escape=Decision.CONTINUE,
        )
