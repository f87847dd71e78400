"""The rules, opened at the paragraph that matters."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widget import Widget

from rachel_tui.bound import bound
from rachel_tui.widgets.card_faces import CardLook, face_lines
from rachel_tui.widgets.hand_layout import CardSize
from rachel_tui.widgets.settings import settings_of
from rachel_tui.words.rules_text import RULES, Paragraph

_PICTURES_FROM: Final = 70
"""Columns from which on there is room for pictures of cards beside the text."""
_PICTURES_WIDTH: Final = 2 * CardSize.SMALL.width + 2
_STEP_ROWS: Final = 3


class RulesScreen(ModalScreen[None]):
    """Shows the rules until any of the usual keys is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(bound(name, "dismiss", "Back") for name in ("rules", "help", "leave", "back")),
        Binding("enter", "dismiss", "Back", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("pageup,b,left_square_bracket", "page(-1)", "Page up", show=False),
        Binding("pagedown,space,right_square_bracket", "page(1)", "Page down", show=False),
        Binding("home", "jump(0)", "Begin", show=False),
        Binding("end", "jump(-1)", "End", show=False),
    ]

    def __init__(self, key: str = "") -> None:
        """Open at the paragraph with this ``key``; without one, at the beginning."""
        super().__init__()
        self._views = [_ParagraphView(each, chosen=each.key == key) for each in RULES]
        self._first = next((n for n, each in enumerate(RULES) if each.key == key), 0)

    def compose(self) -> ComposeResult:
        """Yield the rules in a frame."""
        with VerticalScroll(classes="panel rules", can_focus=False) as panel:
            panel.border_title = "The rules of Rachel"
            panel.border_subtitle = f"↑↓ space scroll · {settings_of(self).short_key('rules')} back"
            yield from self._views

    def on_mount(self) -> None:
        """Turn to the paragraph that matters."""
        self.call_after_refresh(self.action_jump, self._first)

    def on_click(self) -> None:
        """Go back."""
        self.dismiss()

    def action_scroll(self, step: int) -> None:
        """Scroll by a few lines."""
        self.query_one(VerticalScroll).scroll_relative(y=step * _STEP_ROWS, animate=False)

    def action_page(self, step: int) -> None:
        """Scroll by a page."""
        panel = self.query_one(VerticalScroll)
        panel.scroll_relative(y=step * max(1, panel.size.height - 1), animate=False)

    def action_jump(self, index: int) -> None:
        """Scroll to a paragraph."""
        panel = self.query_one(VerticalScroll)
        panel.scroll_to_widget(self._views[index], top=True, animate=False)


class _ParagraphView(Widget):
    """One paragraph, with its cards beside it where there is room."""

    def __init__(self, paragraph: Paragraph, *, chosen: bool) -> None:
        super().__init__()
        self._paragraph = paragraph
        self._chosen = chosen

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows that it takes in ``width`` cells."""
        return len(self._rows(width))

    def render(self) -> Content:
        """Draw it."""
        return Content("\n").join(self._rows(self.size.width))

    def _rows(self, width: int) -> list[Content]:
        pictures = _pictures(self._paragraph.cards) if width >= _PICTURES_FROM else []
        indent = _PICTURES_WIDTH if width >= _PICTURES_FROM else 0
        mark = "▶ " if self._chosen else ""
        rows = [Content.assemble((mark + self._paragraph.heading, "bold $caret"))]
        rows += Content(self._paragraph.text).wrap(max(1, width - indent))
        if not indent:
            return [*rows, Content("")]
        blank = Content(" " * indent)
        height = max(len(rows), len(pictures))
        left = [picture.pad_right(2) for picture in pictures] + [blank] * (height - len(pictures))
        rows += [Content("")] * (height - len(rows))
        joined = [Content.assemble(a, b) for a, b in zip(left, rows, strict=True)]
        return [*joined, Content("")]


def _pictures(cards: tuple[int, ...]) -> list[Content]:
    """Return the rows of cards side by side, none without cards."""
    faces = [face_lines(CardLook(card), CardSize.SMALL) for card in cards]
    return [Content("").join(row) for row in zip(*faces, strict=True)]
