"""Leaving: asked while a game runs."""

from textual.content import Content

from rachel_tui.screens.choice import Choice, ChoiceScreen


class LeaveScreen(ChoiceScreen[bool]):
    """Returns True to leave."""

    def __init__(self, *, solo: bool) -> None:
        """Ask; a ``solo`` game waits for its player, at others' tables a bot plays on."""
        what = "The game waits for you" if solo else "A bot plays for you while you are away"
        super().__init__(
            "Leave the game?",
            Content(f"{what}: start rachel again to continue it."),
            (Choice("y", "Leave", answer=True), Choice("n", "Stay", answer=False)),
            escape=False,
        )
