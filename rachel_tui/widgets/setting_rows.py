"""The list of settings, each with its value."""

from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.reactive import reactive

from rachel_tui.bound import bound
from rachel_tui.keep.settings import SETTINGS, Setting, Settings, value_text
from rachel_tui.widgets.choices import MOVE
from rachel_tui.widgets.rows import Rows
from rachel_tui.widgets.settings import as_chosen, change_setting, settings_of
from rachel_tui.words.setting_effects import effect_text

_LABEL_WIDTH: Final = 18
_INDENT: Final = "  "
_NEXT: Final = "the next value, or type a name"


class SettingRows(Rows, can_focus=True):
    """Shows settings a line each, with a caret before the one that is changed, and what it does.

    Attributes:
        at: the index of that one.
    """

    class Typed(Message):
        """The player wants to type another value for the setting at the caret."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("row_up", "move(-1)", "Up", tooltip=MOVE),
        bound("row_down", "move(1)", "Down", tooltip=MOVE),
        bound("more", "change(1)", "Change", show=True, key_display="← →", tooltip=_NEXT),
        bound("less", "change(-1)", "Change back", tooltip="the value before"),
        bound("choose", "change(1)", "Change", tooltip=_NEXT),
        Binding("home", "jump(0)", "First", show=False),
        Binding("end", "jump(-1)", "Last", show=False),
    ]

    at: reactive[int] = reactive(0, repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self._said = SETTINGS[0].about
        self._last = ""

    def end_with(self, last: str) -> None:
        """Have a remark in the last rows, where there is room for it."""
        self._last = last

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's cursor belongs: at the setting that the caret is on."""
        return self.content_region.offset + Offset(0, self.at)

    def on_mount(self) -> None:
        """Take the keys."""
        self.screen.set_focus(self)

    def heed(self, settings: Settings) -> None:
        """Show what is chosen."""
        self.redraw()

    @property
    def setting(self) -> Setting:
        """The setting at the caret."""
        return SETTINGS[self.at]

    def watch_at(self) -> None:
        """Show where the caret is."""
        self.say(self.setting.about)

    def say(self, what: str) -> None:
        """Say something below the settings, until the caret is at another one."""
        self._said = what
        self.redraw()

    def rows(self) -> list[Content]:
        """Return the settings, what is said, and what the one at the caret comes to."""
        width = max(1, self.size.width - len(_INDENT))
        settings, name = settings_of(self), self.setting.name
        effect = effect_text(name, getattr(settings, name), bots=settings.seats - 1)
        said = Content.styled(self._said, "$faint").wrap(width)
        said += Content(effect).wrap(width) if effect else []
        rows = [self._row(index, setting) for index, setting in enumerate(SETTINGS)]
        rows += [Content(), *(Content(_INDENT) + line for line in said)]
        last = [
            Content(_INDENT) + line for line in Content.styled(self._last, "$faint").wrap(width)
        ]
        free = self.size.height - len(rows) - len(last)
        if not self._last or free < 1:
            last, free = [], self.size.height - len(rows)
        return [*rows, *[Content()] * free, *last]

    def _row(self, index: int, setting: Setting) -> Content:
        value = value_text(getattr(settings_of(self), setting.name))
        here = index == self.at
        left, right = ("‹ ", " ›") if setting.choices else ("  ", " …")
        row = Content.assemble(
            ("▶ " if here else "  ", "bold $caret"),
            setting.label.ljust(_LABEL_WIDTH),
            (left if here else "  ", "$caret"),
            (value, "bold" if here else "$faint"),
            (right if here else "", "$caret"),
        ).truncate(self.size.width, ellipsis=True)
        row = row.pad_right(max(0, self.size.width - row.cell_length))
        return as_chosen(row, self.app) if here else row

    def action_move(self, step: int) -> None:
        """Move the caret; from the last setting it goes on to the first, and back."""
        self.at = (self.at + step) % len(SETTINGS)

    def action_jump(self, index: int) -> None:
        """Move the caret to a setting, counted from the end if negative."""
        self.at = index % len(SETTINGS)

    def action_change(self, step: int) -> None:
        """Take the next value, or the one before; or ask for one that is typed."""
        settings, setting = settings_of(self), self.setting
        if not setting.choices:
            self.post_message(self.Typed())
            return
        choices = list(setting.choices)
        if setting.name == "theme":
            choices += settings.themes
        value = getattr(settings, setting.name)
        before = choices.index(value) if value in choices else -1
        # At once, not by a message: the next press may be waiting already.
        change_setting(self, setting.name, choices[(before + step) % len(choices)])

    def take_key(self, event: events.Key) -> bool:
        """Take a number that is typed; return whether it is one of the values."""
        typed = [value for value in self.setting.choices if str(value) == event.character]
        if not typed or event.key in self.screen.active_bindings:
            return False
        change_setting(self, self.setting.name, typed[0])
        return True

    def on_click(self, event: events.Click) -> None:
        """Go to the setting that was clicked on; change it when the caret is there."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y >= len(SETTINGS):
            return
        if offset.y == self.at:
            self.action_change(1)
        self.at = offset.y
