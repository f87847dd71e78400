"""What lines tell of the pile beside the story: on which card a game begins."""

from collections.abc import Iterable

from rachel.client.updates import GameStarted, StateChanged, Update
from rachel.rules.cards import card_code


def first_card_line(top: int) -> str:
    """Return the card on which a game begins."""
    return f"Top card {card_code(top)}."


class Pile:
    """Finds what is to be said of the pile in one sitting."""

    def __init__(self) -> None:
        self._is_dealt = False  # and on which card has not been said

    def lines(self, updates: Iterable[Update]) -> list[str]:
        """Return what there is to say about updates, after what the story tells of them."""
        lines = []
        for update in updates:
            match update:
                case GameStarted():
                    self._is_dealt = True
                case StateChanged(public=public) if public is not None and self._is_dealt:
                    self._is_dealt = False
                    lines.append(first_card_line(public.top))
        return lines
