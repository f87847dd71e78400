"""The keys, one key away."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, zip_longest
from textwrap import wrap
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

from rachel_tui.bound import bound
from rachel_tui.screens.offers import Offer
from rachel_tui.widgets.settings import settings_of

_WITH_CARDS: Final = (
    ("1-9 0 A-Z", "move the caret to the card above that sign"),
    ("mouse", "click a card to play or pick it"),
)

_KEY_WIDTH: Final = 12
_TEXT_WIDTH: Final = 23
_SINGLE_WIDTH: Final = 53
"""Columns of one column of keys, in a panel that scrolls."""
_DOUBLE_WIDTH: Final = 76
"""Columns that two columns of keys need, with their frame."""
_ROOM_AROUND: Final = 8
"""Rows that stay free around one column."""


class HelpScreen(ModalScreen[None]):
    """Shows the keys until any of the usual keys is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(bound(name, "dismiss", "Back") for name in ("help", "leave", "back")),
        Binding("enter,space", "dismiss", "Back", show=False),
        Binding("up,k", "scroll(-3)", "Up", show=False),
        Binding("down,j", "scroll(3)", "Down", show=False),
    ]

    def __init__(self, offers: Sequence[Offer], *, cards: bool) -> None:
        """Show the keys of ``offers``, and what else there is to do with cards."""
        super().__init__()
        keys = [(it.keys, it.text) for it in offers]
        self._keys = (*keys, *(_WITH_CARDS if cards else ()))
        self._panel = VerticalScroll(classes="panel", can_focus=False)
        self._text = Static()
        self._laid = Size()

    def compose(self) -> ComposeResult:
        """Yield a frame for the keys."""
        self._panel.border_title = "Keys"
        self._lay(self.app.size)  # at once: the first picture is the one that was asked for
        with self._panel:
            yield self._text

    def on_show(self) -> None:
        """Say which keys count here, before anything is drawn."""
        self._tell_keys()

    def on_resize(self, event: events.Resize) -> None:
        """Lay the keys in a screen of another size."""
        self._lay(event.size)
        self.call_after_refresh(self._tell_keys)

    def _tell_keys(self) -> None:
        """Say how to scroll where there is more than can be seen, and how to go back."""
        scroll = "↑↓ scroll · " if self._panel.max_scroll_y else ""
        keys = f"{scroll}{settings_of(self).short_key('help')} back"
        if keys != self._panel.border_subtitle:
            self._panel.border_subtitle = keys

    def _lay(self, size: Size) -> None:
        """Lay the keys in one column, or in two where one would hide the whole screen."""
        if size != self._laid:
            self._laid = size
            double = size.width >= _DOUBLE_WIDTH and len(self._keys) > size.height - _ROOM_AROUND
            self._panel.set_class(double, "-double")
            self._text.update(_columns(self._keys) if double else _column(self._keys))

    def action_scroll(self, rows: int) -> None:
        """Scroll by some rows."""
        self._panel.scroll_relative(y=rows, animate=False)

    def on_click(self) -> None:
        """Go back."""
        self.dismiss()


@lru_cache(16)
def _columns(keys: tuple[tuple[str, str], ...]) -> Content:
    """Return the keys in two columns, as short as can be, with what they do in several lines."""
    width = _KEY_WIDTH + _TEXT_WIDTH
    lines = [_column([each], width).split("\n") for each in keys]
    halves = [_halves(lines, cut) for cut in range(len(lines) + 1)]
    left, right = min(halves, key=lambda both: max(map(len, both)))
    return Content("\n").join(
        beside.pad_right(max(0, width + 2 - beside.cell_length)) + other
        for beside, other in zip_longest(left, right, fillvalue=Content())
    )


def _halves(lines: list[list[Content]], cut: int) -> tuple[list[Content], list[Content]]:
    """Return the lines of the keys before a cut, and of those after it."""
    return list(chain(*lines[:cut])), list(chain(*lines[cut:]))


def _column(keys: Sequence[tuple[str, str]], width: int = _SINGLE_WIDTH) -> Content:
    """Return the keys below each other in ``width`` cells, with what they do in several lines."""
    beside = max([_KEY_WIDTH - 1, *(len(key) for key, _ in keys)])
    between = "\n" + " " * (beside + 1)
    return Content("\n").join(
        Content.assemble(
            (f"{key:<{beside}} ", "bold $caret"), between.join(wrap(text, width - beside - 1))
        )
        for key, text in keys
    )
