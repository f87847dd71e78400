"""The top card and the deck, what the next player has to answer, and what special cards do."""

from typing import Final

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from rachel.rules.cards import SUIT_NAMES
from rachel.rules.view import PublicView
from rachel_tui.widgets.card_faces import SUIT_STYLES, CardLook, face_lines, suit_text
from rachel_tui.widgets.hand_layout import CardSize
from rachel_tui.widgets.opponents import direction_text
from rachel_tui.widgets.rows import Rows
from rachel_tui.words.hints import attack_text
from rachel_tui.words.rules_text import CARD_GUIDE

_GAP: Final = 2
_LARGE_ROWS: Final = 34
"""From this many rows of the terminal on, the top card is drawn large."""


class Pile(Rows):
    """Shows the top card, deck and discards, a nominated suit, and a pending attack.

    Attributes:
        public: the table as everybody sees it, None before the deal.
    """

    BORDER_TITLE = "Top card"

    public: reactive[PublicView | None] = reactive(None, repaint=False)

    def watch_public(self) -> None:
        """Draw what is new."""
        self.redraw()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the height of the card."""
        return self._card_size(viewport.height).height

    def rows(self) -> list[Content]:
        """Return the card with the facts right of it."""
        if self.public is None:
            return []
        size = self._card_size(self.app.size.height)
        face = face_lines(CardLook(self.public.top), size)
        facts = pile_facts(self.public, self.size.width - size.width - _GAP)
        above = max(0, (size.height - len(facts)) // 2)
        facts = [Content("")] * above + facts
        facts += [Content("")] * (size.height - len(facts))
        return [
            Content.assemble(row, " " * _GAP, fact) for row, fact in zip(face, facts, strict=True)
        ]

    def _card_size(self, terminal_rows: int) -> CardSize:
        return CardSize.LARGE if terminal_rows >= _LARGE_ROWS else CardSize.SMALL


class CardGuide(Widget):
    """Shows what the special cards do, where there is room for all of them."""

    def render(self) -> Content:
        """Draw the guide, or nothing."""
        if self.size.height < len(CARD_GUIDE):
            return Content("")
        return Content("\n").join(
            Content.assemble((f"{cards:<7}", "bold $caret"), (effect, "$faint"))
            for cards, effect in CARD_GUIDE
        )


def pile_facts(public: PublicView, width: int) -> list[Content]:
    """Return up to four lines about the pile, each at most ``width`` cells."""
    lines = []
    suit = public.nominated_suit
    if suit is not None:
        lines.append(
            Content.assemble(
                "Suit now: ",
                (f"{SUIT_NAMES[suit].upper()} {suit_text(suit)}", f"bold {SUIT_STYLES[suit]}"),
            )
        )
    if attack := attack_text(public):
        wrapped = Content.styled(f"! {attack}", "bold $warning").wrap(max(1, width))
        lines += wrapped[:2]
    lines.append(Content(f"Turns go {direction_text(public.direction)}"))
    lines.append(
        Content.assemble(
            f"Deck {public.deck_count}", (f" · discards {public.discard_count}", "$faint")
        )
    )
    return [line.truncate(width, ellipsis=True) for line in lines]
