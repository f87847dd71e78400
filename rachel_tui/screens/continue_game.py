"""The offer to go on with a solo game that was left: its clock stands still meanwhile."""

from enum import Enum

from textual.content import Content

from rachel_tui.net.sitting import Place
from rachel_tui.screens.choice import Choice, ChoiceScreen
from rachel_tui.words.hints import plural
from rachel_tui.words.seat_lines import SeatLine


class Decision(Enum):
    """What the player wants."""

    CONTINUE = "continue"
    NEW_GAME = "new game"
    QUIT = "quit"


def new_game_text(place: Place) -> str:
    """Return what a new game at ``place`` means for the one that runs; empty if there is none.

    In a room there is no other game before this one has ended.
    """
    if place.room:
        return ""
    seats = f", {plural(place.solo_seats, 'seat')}" if place.solo else ""
    return f"New game{seats} (gives this one up)"


class ContinueScreen(ChoiceScreen[Decision]):
    """Returns what to do with the game that was left."""

    def __init__(self, lines: tuple[SeatLine, ...], place: Place) -> None:
        """Ask about the game at ``place`` in which the seats stand like this."""
        others = ", ".join(line.name for line in lines if not line.is_me)
        mine = next((line.cards for line in lines if line.is_me), None)
        held = "" if mine is None else f" You hold {plural(mine, 'card')}."
        super().__init__(
            "Continue your game?",
            Content(f"You left a game with {others}.{held}"),
            (
                Choice("c", "Continue", Decision.CONTINUE),
                Choice("n", new_game_text(place), Decision.NEW_GAME),
                Choice("q", "Quit", Decision.QUIT),
            ),
            escape=Decision.CONTINUE,
        )
