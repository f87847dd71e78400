"""The settings of a table that is about to be opened."""

from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from rachel_tui.bound import bound
from rachel_tui.net.lobby import NewTable
from rachel_tui.screens.answering import AnswersOnce
from rachel_tui.widgets.choices import MOVE

_CLOCKS: Final = {"none": None, "15 s": 15, "30 s": 30, "60 s": 60, "2 min": 120, "5 min": 300}


@dataclass(slots=True)
class _Dial:
    """A setting: its name, what can be chosen, and the index of what is."""

    name: str
    options: list[str]
    chosen: int

    @property
    def option(self) -> str:
        return self.options[self.chosen]


class NewTableScreen(ModalScreen[NewTable | None], AnswersOnce[NewTable | None]):
    """Returns the settings, None for Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, tooltip=MOVE),
        Binding("down,tab", "move(1)", "Down", show=False, tooltip=MOVE),
        Binding("left,minus", "turn(-1)", "Less", show=False, tooltip="the value before"),
        Binding("right,plus,space", "turn(1)", "More", show=False, tooltip="the next value"),
        Binding("enter", "open", "Open", show=False, tooltip="open the table"),
        Binding("escape", "dismiss", "Back", show=False, tooltip="back"),
        bound("help", "app.help", "Keys", tooltip="the keys"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._caret = 0
        self._seats = _Dial("Seats", [str(count) for count in range(2, 9)], 2)
        self._bots = _Dial("Of these bots", [str(count) for count in range(8)], 0)
        self._level = _Dial("Bots play as", ["beginner", "intermediate", "advanced"], 1)
        self._clock = _Dial("Time for a turn", list(_CLOCKS), 3)
        self._who = _Dial("Who may come", ["those with the code", "everybody"], 0)
        self._dials = [self._seats, self._bots, self._level, self._clock, self._who]

    def compose(self) -> ComposeResult:
        """Yield the settings in a frame."""
        with Vertical(classes="panel") as panel:
            panel.border_title = "Open a table"
            panel.border_subtitle = "↑↓ ←→ choose · enter open · esc back"
            yield Static()

    def on_mount(self) -> None:
        """Show them."""
        self._show()

    def action_move(self, step: int) -> None:
        """Move the caret to another setting."""
        self._caret = (self._caret + step) % len(self._dials)
        self._show()

    def action_turn(self, step: int) -> None:
        """Choose the option before or after; a seat always stays for somebody."""
        dial = self._dials[self._caret]
        dial.chosen = (dial.chosen + step) % len(dial.options)
        self._bots.chosen = min(self._bots.chosen, int(self._seats.option) - 1)
        self._show()

    def action_open(self) -> None:
        """Return the settings."""
        self.dismiss(
            NewTable(
                seats=int(self._seats.option),
                bots=int(self._bots.option),
                bot_level=self._level.option,
                turn_time_s=_CLOCKS[self._clock.option],
                private=self._who.chosen == 0,
            )
        )

    def _show(self) -> None:
        rows = []
        for index, dial in enumerate(self._dials):
            here = index == self._caret
            rows.append(
                Content.assemble(
                    ("▶ " if here else "  ", "bold $caret"),
                    dial.name.ljust(18),
                    ("← " if here else "  ", "$caret"),
                    (dial.option, "bold"),
                    (" →" if here else "", "$caret"),
                )
            )
        self.query_one(Static).update(Content("\n").join(rows))
