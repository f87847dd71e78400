"""The rules, opened at the paragraph that matters, in which letters can be sought."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input

from rachel_tui.bound import bound
from rachel_tui.screens.wrong_keys import AnswersWrongKeys
from rachel_tui.widgets.rules_page import FoundPlace, RulesPage
from rachel_tui.widgets.settings import settings_of
from rachel_tui.words.rules_text import RULES

_DOUBLE_WIDTH: Final = 160
"""Columns of the screen from which on the rules stand in two columns."""
_STEP_ROWS: Final = 3
_SCROLL: Final = "scroll"


class RulesScreen(ModalScreen[None], AnswersWrongKeys):
    """Shows the rules until any of the usual keys is pressed; letters are sought as less does."""

    AUTO_FOCUS = ""  # the field is for who asks for it
    BINDINGS: ClassVar[list[BindingType]] = [
        *(bound(name, "dismiss", "Back", tooltip="back") for name in ("rules", "leave")),
        bound("back", "back", "Back", tooltip="back"),
        bound("search", "search", "Search", tooltip="search the rules"),
        bound("found_next", "go_on(1)", "Next", tooltip="the next place that was found"),
        bound("found_before", "go_on(-1)", "Previous", tooltip="the place before"),
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
        Binding("home,g", "jump(0)", "Begin", show=False, tooltip="to the beginning"),
        Binding("end,G", "jump(-1)", "End", show=False, tooltip="to the end"),
    ]

    def __init__(self, key: str = "") -> None:
        """Open at the paragraph with this ``key``; without one, at the beginning."""
        super().__init__()
        self._text = RulesPage(key)
        self._first = next((n for n, each in enumerate(RULES) if each.key == key), 0)
        self._field = Input(placeholder="letters to search for", select_on_focus=False)
        self._field.cursor_blink = False  # nothing is sent to the terminal between keys
        self._field.display = False
        self._places: Sequence[FoundPlace] = ()
        self._panel = VerticalScroll(
            self._text, self._field, classes="panel rules", can_focus=False
        )
        self._begun_at = 0.0  # the row from which on is sought

    def compose(self) -> ComposeResult:
        """Yield the rules in a frame."""
        self._panel.set_class(self.app.size.width >= _DOUBLE_WIDTH, "-double")
        self._panel.border_title = "The rules of Rachel"
        yield self._panel

    def on_show(self) -> None:
        """Turn to the paragraph that matters, before anything is drawn."""
        self.action_jump(self._first)
        self._tell_keys()

    def on_resize(self, event: events.Resize) -> None:
        """Take as many columns as there are in a screen of another size."""
        self._panel.set_class(event.size.width >= _DOUBLE_WIDTH, "-double")
        self.call_after_refresh(self._laid_anew)

    def _laid_anew(self) -> None:
        """Find again what was sought: it is in other rows now."""
        if self._text.sought:
            self._find(self._text.sought)
        self._tell_keys()

    def _tell_keys(self) -> None:
        """Say how to scroll where there is more than can be seen, to search, and to go back."""
        panel, key = self._panel, settings_of(self).short_key
        if self._field.display:
            keys = f"{self._found_text()}enter · {key('back')} back"
        elif self._text.sought:
            several = len(self._places) > 1
            others = f"{key('found_next')} {key('found_before')} others · " if several else ""
            keys = f"{self._found_text()}{others}{key('back')} back"
        else:
            scroll = "↑↓ space scroll · " if panel.max_scroll_y else ""
            keys = f"{scroll}{key('search')} search · {key('rules')} back"
        if keys != panel.border_subtitle:
            panel.border_subtitle = keys

    def _found_text(self) -> str:
        """Return which of how many places is shown."""
        here = self._text.here
        if not self._text.sought:
            return ""
        if here is None:
            return "not found · "
        return f"{self._places.index(here) + 1} of {len(self._places)} · "

    def on_click(self, event: events.Click) -> None:
        """Go back, but for a click into the field."""
        if event.widget is not self._field:
            self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Go to other places only once something was found."""
        return action != "go_on" or bool(self._places)

    def action_back(self) -> None:
        """Go back: from what is sought to the rules, and from these to the screen before."""
        if not self._field.display and not self._text.sought:
            self.dismiss()
            return
        self._close_field()
        self._seek("")

    def action_search(self) -> None:
        """Ask for the letters to search for, from here on."""
        self._begun_at = self._panel.scroll_y
        self._field.display = True
        self._field.value = ""
        self.set_focus(self._field)
        self._tell_keys()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the first place that has these letters."""
        event.stop()
        if self._field.display:
            self._seek(event.value.strip())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the keys back to the rules."""
        event.stop()
        self._close_field()
        self._tell_keys()

    def _close_field(self) -> None:
        self.set_focus(None)
        self._field.display = False

    def _seek(self, sought: str) -> None:
        self._find(sought)
        self._tell_keys()
        self.refresh_bindings()

    def _find(self, sought: str) -> None:
        """Mark all places with some letters, and go to the first from where the search began."""
        self._places = self._text.places(sought) if sought else ()
        after = (place for place in self._places if place.row >= self._begun_at)
        self._go_to(next(after, next(iter(self._places), None)), sought)

    def action_go_on(self, step: int) -> None:
        """Go to another place that was found, around the end."""
        here = self._text.here
        if here is not None:
            at = (self._places.index(here) + step) % len(self._places)
            self._go_to(self._places[at], self._text.sought)
            self._tell_keys()

    def _go_to(self, place: FoundPlace | None, sought: str) -> None:
        """Scroll as far as needed to see a place, with a row before and after it."""
        self._text.show(sought, place)
        panel = self._panel
        if place is not None:
            rows = panel.size.height - self._field.display
            if not panel.scroll_y < place.row < panel.scroll_y + rows - 1:
                panel.scroll_to(y=max(0, place.row - rows // 2), animate=False, immediate=True)

    def action_scroll(self, step: int) -> None:
        """Scroll by a few lines."""
        self._panel.scroll_relative(y=step * _STEP_ROWS, animate=False)

    def action_page(self, step: int) -> None:
        """Scroll by a page."""
        panel = self._panel
        panel.scroll_relative(y=step * max(1, panel.size.height - 1), animate=False)

    def action_jump(self, index: int) -> None:
        """Scroll to a paragraph."""
        y = self._text.first_row(range(len(RULES))[index])
        self._panel.scroll_to(y=y, animate=False, immediate=True)
