"""What somebody misses while they are away from their game, told when they are back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rachel.rules.actions import Action, Play
from rachel.rules.view import PublicView

_PLACES: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")


@dataclass(slots=True)
class Absence:
    """The time since the person of a seat got lost, or left.

    Attributes:
        since: the turn in which it began.
        out: how many seats were out by then.
        turns: how often a bot has acted for the person.
        played: how many cards it has played.
        drawn: how many cards it has drawn.
    """

    since: int
    out: int
    turns: int = 0
    played: int = 0
    drawn: int = 0

    def note(self, action: Action, drawn: int) -> None:
        """Note what a bot did for the person, and how many cards it drew."""
        self.turns += 1
        self.played += len(action.cards) if isinstance(action, Play) else 0
        self.drawn += drawn

    def lines(self, game: PublicView, names: Sequence[str]) -> Iterator[str]:
        """Go through what the person has missed, in lines for ANNOUNCE; none without a turn."""
        turns = game.turn - self.since
        if not turns:
            return
        own = f", {self.turns} of them yours" if self.turns else ""
        yield f"While away: {turns} turn{'s' if turns > 1 else ''}{own}"
        for verb, count in (("played", self.played), ("drew", self.drawn)):
            if count:
                yield f"While away: a bot {verb} {count} card{'s' if count > 1 else ''} for you"
        for place, seat in enumerate(game.finish_order[self.out :], start=self.out):
            yield f"While away: {names[seat][:18]} went out {_PLACES[place]}"
