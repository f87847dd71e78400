"""The rules, one key away."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from rachel_tui.words.rules_text import RULES


class RulesScreen(ModalScreen[None]):
    """Shows the rules until any of the usual keys is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r,escape,q,enter,question_mark", "dismiss", "Back to the table"),
        Binding("up", "scroll(-1)", "Up", show=False),
        Binding("down,space", "scroll(1)", "Down", show=False),
    ]

    def compose(self) -> ComposeResult:
        """Yield the rules in a frame."""
        with VerticalScroll(classes="panel", can_focus=False) as panel:
            panel.border_title = "The rules of Rachel"
            panel.border_subtitle = "r back · ↑↓ scroll"
            yield Static(rules_content())

    def on_click(self) -> None:
        """Go back."""
        self.dismiss()

    def action_scroll(self, step: int) -> None:
        """Scroll by a few lines."""
        self.query_one(VerticalScroll).scroll_relative(y=step * 3, animate=False)


def rules_content() -> Content:
    """Return the rules with their headings in bold."""
    return Content("\n").join(
        Content.assemble((heading, "bold $caret"), f": {text}") for heading, text in RULES
    )
