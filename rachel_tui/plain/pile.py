"""What lines tell of the pile: on which card a game begins, and when the pile is shuffled."""

from collections.abc import Iterable

from rachel.client.updates import GameStarted, StateChanged, Update
from rachel.rules.cards import card_code
from rachel_tui.words.hints import plural


def first_card_line(top: int) -> str:
    """Return the card on which a game begins."""
    return f"Top card {card_code(top)}."


def shuffle_line(before: int, now: int, deck: int) -> str:
    """Return that the pile became the deck, if it holds fewer cards ``now``; else an empty line."""
    left = f" It has {plural(deck, 'card')} left." if deck else ""
    return (
        f"The deck was empty: the pile was shuffled into a new one.{left}" if now < before else ""
    )


class Pile:
    """Finds what is to be said of the pile in one sitting."""

    def __init__(self) -> None:
        self._is_dealt = False  # and on which card has not been said
        self._discarded = 0  # cards on the pile, as far as is known

    def lines(self, updates: Iterable[Update]) -> list[str]:
        """Return what there is to say about updates, after what the story tells of them."""
        lines = []
        for update in updates:
            match update:
                case GameStarted():
                    self._is_dealt, self._discarded = True, 0
                case StateChanged(public=public) if public is not None:
                    before, self._discarded = self._discarded, public.discard_count
                    if self._is_dealt:
                        self._is_dealt = False
                        lines.append(first_card_line(public.top))
                    elif line := shuffle_line(before, self._discarded, public.deck_count):
                        lines.append(line)
        return lines
