"""What the special cards do, at a glance."""

from textual.content import Content
from textual.widget import Widget

from rachel_tui.words.rules_text import CARD_GUIDE


class CardGuide(Widget):
    """Shows the effects of the special cards where there is room for all of them."""

    def render(self) -> Content:
        """Draw the guide, or nothing."""
        if self.size.height < len(CARD_GUIDE):
            return Content("")
        return Content("\n").join(
            Content.assemble((f"{cards:<7}", "bold $caret"), (effect, "$faint"))
            for cards, effect in CARD_GUIDE
        )
