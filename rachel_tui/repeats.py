"""Keys pressed twice in a hurry: the second press is not for the screen that the first led to.

There, the key that opened a table would play a card, and the one that played the last card would
ask for another game.
"""

from typing import Final

REPEAT_S: Final = 0.4
"""How soon after a key the same one repeats it."""


class Repeats:
    """Tells which keys repeat one that was meant for another screen."""

    def __init__(self) -> None:
        self._key = ""
        self._screen: object = None  # for which the key was meant
        self._at = 0.0

    def refuses(self, key: str, screen: object, at: float) -> bool:
        """Tell whether a key that came at the second ``at`` repeats one for another ``screen``."""
        return self._repeats(key, at) and screen is not self._screen

    def note(self, key: str, screen: object, at: float) -> None:
        """Note a key. One that is held down repeats itself until it is let go."""
        if not self._repeats(key, at):
            self._key, self._screen = key, screen
        self._at = at

    def _repeats(self, key: str, at: float) -> bool:
        return key == self._key and at - self._at < REPEAT_S
