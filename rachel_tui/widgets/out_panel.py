"""What lies where the hand was, once its last card is played and the others play on."""

from collections.abc import Callable
from itertools import zip_longest
from typing import Final

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from rachel.rules.cards import SUIT_GLYPHS
from rachel_tui.widgets.card_faces import word_card
from rachel_tui.widgets.log import sentence_content
from rachel_tui.widgets.opponents import PLACES
from rachel_tui.widgets.rows import Rows
from rachel_tui.widgets.settings import settings_of
from rachel_tui.words.way_out import WayOut

_CARD_WIDTH: Final = 6
_OTHERS_ROWS_MAX: Final = 2
_AROUND: Final = 4
"""Columns beside the card and the facts."""


class OutPanel(Rows):
    """Says that the player is out, in which place, and who plays on.

    Attributes:
        way_out: how the player went out; None while they hold cards.
    """

    class Pressed(Message):
        """The player clicked on what is offered."""

    way_out: reactive[WayOut | None] = reactive(None, repaint=False)

    def watch_way_out(self) -> None:
        """Draw what is new."""
        self.redraw()

    def rows(self) -> list[Content]:
        """Return the place as a card, and the facts beside it."""
        if self.way_out is None:
            return []
        width = max(1, self.size.width - _CARD_WIDTH - _AROUND)
        facts = _facts(self.way_out, settings_of(self).key, width)
        place = self.way_out.place
        card = word_card(PLACES[place], place % len(SUIT_GLYPHS))
        below = Content(" " * _CARD_WIDTH)
        rows = [
            Content.assemble(" ", left, "  ", right.truncate(width, ellipsis=True))
            for left, right in zip_longest(card, facts, fillvalue=below)
        ]
        above = max(0, (self.size.height - len(rows)) // 2)
        return [Content("")] * above + rows

    def on_click(self, event: events.Click) -> None:
        """Tell the parent."""
        event.stop()
        self.post_message(self.Pressed())


def _facts(way_out: WayOut, key: Callable[[str], str], width: int) -> list[Content]:
    """Return four lines, five when there is more to say than fits into ``width`` cells.

    ``key`` says what the key of an action is called.
    """
    if way_out.hurried:
        offer = Content.styled("The rest is fast-forwarded…", "$faint")
    elif way_out.hurries:
        offer = Content.styled(
            f" {key('hurry')}: fast-forward to the end    {key('leave')}: leave ",
            "bold $turn-text on $turn-back",
        )
    else:
        offer = Content.styled(
            f"Watch to the end, or leave with {key('leave')}: your place is safe.", "$faint"
        )
    return [
        Content.styled(way_out.headline, "bold $caret"),
        sentence_content(way_out.last),
        *Content(way_out.still_playing).wrap(width)[:_OTHERS_ROWS_MAX],
        offer,
    ]
