"""Keys act in the order in which they were typed.

Textual gives a key to the widget with the focus first, and looks for a binding when the key comes
back from there: two ways of different length. A letter would overtake the backspace before it, and
the number of a card the space that picks the card before it, as soon as keys come in one piece:
from a slow line, or from a quick hand. One that opens a screen does so before the next key, which
waits until that screen can take it.
"""

from abc import abstractmethod

from textual.events import Key
from textual.widgets import Input


class TakesKeys:
    """A screen with keys that are no bindings: the marks of cards, the rows of a menu."""

    @abstractmethod
    async def take_key(self, event: Key) -> bool:
        """Do what a key means besides the bindings; return whether it means anything."""


def type_into(field: Input, event: Key) -> bool:
    """Type a character into a field; return whether the key has one."""
    if event.character is None or not event.is_printable:
        return False
    if field.selection.is_empty:
        field.insert_text_at_cursor(event.character)
    else:
        field.replace(event.character, *field.selection)
    return True
