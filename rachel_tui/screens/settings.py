"""What the player has chosen, to be changed, and how it looks then."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from rachel.rules.cards import DECK, parse_card
from rachel.rules.game import Game
from rachel.rules.view import view_for
from rachel_tui.bound import bound
from rachel_tui.in_order import TakesKeys
from rachel_tui.keep.settings import NO_NAME, Setting, Settings
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.wrong_keys import AnswersWrongKeys
from rachel_tui.widgets.key_line import KeyLine
from rachel_tui.widgets.setting_rows import SettingRows
from rachel_tui.widgets.settings import change_setting, settings_of
from rachel_tui.widgets.status import TitleLine
from rachel_tui.widgets.table_picture import TablePicture
from rachel_tui.words.seat_lines import Presence, SeatLine

_TOP: Final = parse_card("7D")
_HAND: Final = tuple(parse_card(code) for code in ("10C", "7H", "AS", "5D", "QC"))
_OTHERS: Final = (
    ("Bob", 3),
    ("Cleo", 1),
    ("Dan", 5),
    ("Eve", 2),
    ("Flo", 4),
    ("Gus", 3),
    ("Hal", 2),
)
"""Their names, and how many cards they hold."""
_BACK: Final = "back: what is chosen holds"
_RENAMED: Final = "Others call you so from your next game on."
_PAIR: Final = 2
_SEATS_FROM: Final = ((60, 8), (32, 4), (0, _PAIR))
"""From how many columns on there is room for how many seats."""


class SettingsScreen(ModalScreen[None], AnswersWrongKeys, TakesKeys):
    """Lets the player change settings and see at once what that does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("back", "dismiss", "Back", show=True, key_display="esc", tooltip=_BACK),
        bound("help", "app.help", "Keys", show=True, tooltip="the keys"),
        bound("leave", "dismiss", "Back", tooltip=_BACK),
        bound("settings", "dismiss", "Back", tooltip=_BACK),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._rows = SettingRows()

    def compose(self) -> ComposeResult:
        """Yield the settings and the preview."""
        yield TitleLine("Settings")
        if file := cast("Any", self.app).settings_file:
            self._rows.end_with(f"Keys and colours of your own: {file} explains how.")
        yield self._rows
        yield Preview()
        yield KeyLine()

    async def take_key(self, event: events.Key) -> bool:
        """Take a value that is a digit."""
        return self._rows.take_key(event)

    def on_setting_rows_typed(self, event: SettingRows.Typed) -> None:
        """Ask for a value, and show meanwhile what it comes to."""
        event.stop()
        if stays := cast("Any", self.app).name_stays:
            self._rows.say(stays)
        elif self.is_active:  # and no such question is open already
            self._ask(self._rows.setting)

    def _ask(self, setting: Setting) -> None:
        def read(typed: str) -> tuple[str, str]:
            try:
                return setting.read(typed), ""
            except ValueError as problem:
                return "", f"{setting.label} must be {problem}"

        def chosen(typed: str | None) -> None:
            if typed is not None:
                change_setting(self, setting.name, setting.read(typed))
                if typed.strip():
                    self._rows.say(_RENAMED)

        question = AskScreen(
            setting.label,
            setting.about,
            lambda typed: read(typed)[1],
            offered=getattr(settings_of(self), setting.name),
            may_be_empty=True,
            preview=lambda typed: f"Others see: {read(typed)[0]}" if typed.strip() else NO_NAME,
        )
        self.app.push_screen(question, chosen)


class Preview(TablePicture):
    """Shows the table of a solo game, as it looks with the settings."""

    def on_resize(self) -> None:
        """Have as many players as there is room for."""
        self.heed(settings_of(self))

    def heed(self, settings: Settings) -> None:
        """Show what changes."""
        most = next(seats for least, seats in _SEATS_FROM if self.size.width >= least)
        others = _OTHERS[: min(settings.seats, most) - 1]
        game = _position([count for _, count in others])
        names = [settings.name if most > _PAIR else "", *(name for name, _ in others)]
        lines = (
            SeatLine(name, len(hand), Presence.HERE, None, to_act=not seat, is_me=not seat)
            for seat, (name, hand) in enumerate(zip(names, game.hands, strict=True))
        )
        note = f"{most} of {settings.seats} seats fit here" if settings.seats > most else ""
        self.show(tuple(lines), view_for(game, 0), note)


def _position(others: Sequence[int]) -> Game:
    """Return a game at the turn of the first seat; the ``others`` hold so many cards."""
    deck = [card for card in DECK if card not in (_TOP, *_HAND)]
    hands = [list(_HAND), *([deck.pop() for _ in range(count)] for count in others)]
    return Game(hands=hands, deck=deck, discard=[_TOP], rng_state=1)
