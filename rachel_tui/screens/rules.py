"""The rules, opened at the paragraph that matters."""

from functools import lru_cache
from itertools import chain, zip_longest
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen

from rachel_tui.bound import bound
from rachel_tui.widgets.card_faces import CardLook, face_lines
from rachel_tui.widgets.hand_layout import CardSize
from rachel_tui.widgets.rows import Rows
from rachel_tui.widgets.settings import settings_of
from rachel_tui.words.rules_text import RULES, Paragraph

_PICTURES_FROM: Final = 70
"""Columns from which on there is room for pictures of cards beside the text."""
_PICTURES_WIDTH: Final = 2 * CardSize.SMALL.width + 2
_DOUBLE_WIDTH: Final = 160
"""Columns of the screen from which on the rules stand in two columns."""
_BETWEEN: Final = 4
_STEP_ROWS: Final = 3
_SCROLL: Final = "scroll"


class RulesScreen(ModalScreen[None]):
    """Shows the rules until any of the usual keys is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(bound(name, "dismiss", "Back", tooltip="back") for name in ("rules", "leave", "back")),
        bound("help", "app.help", "Keys", tooltip="the keys"),
        Binding("enter", "dismiss", "Back", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False, tooltip=_SCROLL),
        Binding("down,j", "scroll(1)", "Down", show=False, tooltip=_SCROLL),
        Binding(
            "pageup,b,left_square_bracket", "page(-1)", "Page up", show=False, tooltip="a page up"
        ),
        Binding(
            "pagedown,space,right_square_bracket",
            "page(1)",
            "Page down",
            show=False,
            tooltip="a page down",
        ),
        Binding("home", "jump(0)", "Begin", show=False, tooltip="to the beginning"),
        Binding("end", "jump(-1)", "End", show=False, tooltip="to the end"),
    ]

    def __init__(self, key: str = "") -> None:
        """Open at the paragraph with this ``key``; without one, at the beginning."""
        super().__init__()
        self._text = _RulesText(key)
        self._first = next((n for n, each in enumerate(RULES) if each.key == key), 0)

    def compose(self) -> ComposeResult:
        """Yield the rules in a frame."""
        with VerticalScroll(classes="panel rules", can_focus=False) as panel:
            panel.set_class(self.app.size.width >= _DOUBLE_WIDTH, "-double")
            panel.border_title = "The rules of Rachel"
            yield self._text

    def on_show(self) -> None:
        """Turn to the paragraph that matters, before anything is drawn."""
        self.action_jump(self._first)
        self._tell_keys()

    def on_resize(self, event: events.Resize) -> None:
        """Take as many columns as there are in a screen of another size."""
        double = event.size.width >= _DOUBLE_WIDTH
        self.query_one(VerticalScroll).set_class(double, "-double")
        self.call_after_refresh(self._tell_keys)

    def _tell_keys(self) -> None:
        """Say how to scroll where there is more than can be seen, and how to go back."""
        panel = self.query_one(VerticalScroll)
        scroll = "↑↓ space scroll · " if panel.max_scroll_y else ""
        keys = f"{scroll}{settings_of(self).short_key('rules')} back"
        if keys != panel.border_subtitle:
            panel.border_subtitle = keys

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
        y = self._text.first_row(range(len(RULES))[index])
        self.query_one(VerticalScroll).scroll_to(y=y, animate=False, immediate=True)


class _RulesText(Rows):
    """The paragraphs below each other, one of them marked."""

    def __init__(self, marked: str) -> None:
        super().__init__()
        self._marked = marked

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows that the rules take in ``width`` cells."""
        return max(_height(column) for column in self._laid(width))

    def rows(self) -> list[Content]:
        """Return the rules."""
        first, *others = (list(chain(*column)) for column in self._laid(self.size.width))
        if not others:
            return first
        width = _column_width(self.size.width) + _BETWEEN
        return [
            left.pad_right(width - left.cell_length) + right
            for left, right in zip_longest(first, *others, fillvalue=Content())
        ]

    def first_row(self, index: int) -> int:
        """Return the row where a paragraph begins."""
        first, *others = self._laid(self.size.width)
        if index < len(first):
            return _height(first[:index])
        return _height(others[0][: index - len(first)])

    def _laid(self, width: int) -> list[list[list[Content]]]:
        """Return the rows of each paragraph, in a column or in two of about the same height."""
        column = _column_width(width)
        laid = [_laid(each, column, marked=each.key == self._marked) for each in RULES]
        if column == width:
            return [laid]
        halves = [[laid[:cut], laid[cut:]] for cut in range(1, len(laid))]
        return min(halves, key=lambda both: max(map(_height, both)))


def _column_width(width: int) -> int:
    """Return how wide a column is where ``width`` cells hold one or two of them."""
    half = (width - _BETWEEN) // 2
    return half if half >= _PICTURES_FROM else width


def _height(paragraphs: list[list[Content]]) -> int:
    return sum(map(len, paragraphs))


@lru_cache(256)
def _laid(paragraph: Paragraph, width: int, *, marked: bool) -> list[Content]:
    """Return the rows of a paragraph, with its cards beside it where there is room."""
    pictures = _pictures(paragraph.cards) if width >= _PICTURES_FROM else []
    indent = _PICTURES_WIDTH if width >= _PICTURES_FROM else 0
    mark = "▶ " if marked else ""
    rows = [Content.assemble((mark + paragraph.heading, "bold $caret"))]
    rows += Content(paragraph.text).wrap(max(1, width - indent))
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
