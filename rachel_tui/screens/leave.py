"""Leaving: asked while a game runs."""

from textual.content import Content

from rachel_tui.net.sitting import Place
from rachel_tui.screens.choice import Choice, ChoiceScreen
from rachel_tui.screens.continue_game import Decision, new_game_text


class LeaveScreen(ChoiceScreen[Decision]):
    """Returns whether to leave, to stay, or to have another game."""

    def __init__(self, place: Place) -> None:
        """Ask; a solo game waits for its player, at others' tables a bot plays on."""
        what = "The game waits for you" if place.solo else "A bot plays for you while you are away"
        choices = [Choice("y", "Leave", Decision.QUIT), Choice("n", "Stay", Decision.CONTINUE)]
        if text := new_game_text(place):
            choices.append(Choice("g", text, Decision.NEW_GAME))
        super().__init__(
            "Leave the game?",
            Content(f"{what}: run the same command again to come back."),
            choices,
            escape=Decision.CONTINUE,
        )
