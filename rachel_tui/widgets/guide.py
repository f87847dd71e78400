"""What the special cards do, for a screen with room for it."""

from textual.content import Content
from textual.widget import Widget

from rachel_tui.widgets.log import sentence_content
from rachel_tui.words.rules_text import CARD_GUIDE
from rachel_tui.words.story import with_cards


class CardGuide(Widget):
    """Shows what the special cards do."""

    BORDER_TITLE = "Special cards"

    def render(self) -> Content:
        """Draw the guide."""
        return Content("\n").join(
            Content.assemble(
                sentence_content(with_cards(f"{cards:<7}")).stylize_before("bold $caret"),
                (effect, "$faint"),
            )
            for cards, effect in CARD_GUIDE
        )
