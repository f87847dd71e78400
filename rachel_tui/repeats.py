"""Keys pressed twice in a hurry: the second press is not for the screen that the first led to.

There, the key that opened a table would play a card, and the one that played the last card would
ask for another game.
"""

from typing import Final

from textual.events import Key

REPEAT_S: Final = 0.4
"""How soon after a key the same one repeats it."""


class Repeats:
    """Tells which keys repeat one that was meant for another screen."""

    def __init__(self) -> None:
        self._first: Key | None = None
        self._screen: object = None  # for which that key was meant
        self._at = 0.0  # when it was pressed last

    def refuses(self, key: Key, screen: object) -> bool:
        """Tell whether a ``key`` that comes to ``screen`` repeats one for another."""
        return self._repeats(key) and screen is not self._screen

    def note(self, key: Key, screen: object) -> None:
        """Note a key. One that is held down repeats itself until it is let go."""
        if not self._repeats(key):
            self._first, self._screen = key, screen
        self._at = key.time

    def _repeats(self, key: Key) -> bool:
        first = self._first
        same = first is not None and key.key == first.key and key is not first
        return same and key.time - self._at < REPEAT_S
