"""What the player has chosen, to be changed, and how it looks then."""

from typing import Any, ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from rachel.rules.cards import parse_card, rank_of, suit_of
from rachel_tui.bound import bound
from rachel_tui.keep.settings import Setting, Settings
from rachel_tui.screens.ask import AskScreen
from rachel_tui.widgets.card_faces import CardLook, card_content, face_lines, face_marks
from rachel_tui.widgets.hand_layout import CardSize
from rachel_tui.widgets.key_line import KeyLine
from rachel_tui.widgets.rows import Rows
from rachel_tui.widgets.setting_rows import SettingRows
from rachel_tui.widgets.settings import change_setting, settings_of

_TOP: Final = parse_card("7D")
_HAND: Final = tuple(parse_card(code) for code in ("10C", "7H", "AS", "5D"))
_ORDERS: Final = {
    "dealt": lambda card: 0,
    "suit": lambda card: card,
    "rank": lambda card: (rank_of(card), card),
}


class SettingsScreen(ModalScreen[None]):
    """Lets the player change settings and see at once what that does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("back", "dismiss", "Back", show=True, key_display="esc"),
        bound("help", "app.help", "Keys", show=True, tooltip="the keys"),
        bound("leave", "dismiss", "Back"),
        bound("settings", "dismiss", "Back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._rows = SettingRows()
        self._about = Static(id="about", markup=False)

    def compose(self) -> ComposeResult:
        """Yield the settings, the preview, and what the setting at the caret does."""
        yield Static(
            Content.assemble((" RACHEL ", "bold $primary"), (" Settings", "$faint")), id="bar"
        )
        with Container(id="settings"):
            yield self._rows
            with Vertical(id="preview"):
                yield Preview()
        yield self._about
        yield KeyLine()

    def on_setting_rows_moved(self, event: SettingRows.Moved) -> None:
        """Say what the setting does."""
        event.stop()
        self._about.update(self._rows.setting.about)

    def on_setting_rows_typed(self, event: SettingRows.Typed) -> None:
        """Ask for a value, and show meanwhile what it comes to."""
        event.stop()
        if stays := cast("Any", self.app).name_stays:
            self._about.update(stays)
        elif self.is_current:
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

        question = AskScreen(
            setting.label,
            setting.about,
            lambda typed: read(typed)[1],
            offered=getattr(settings_of(self), setting.name),
            preview=lambda typed: f"Others see: {read(typed)[0]}",
        )
        self.app.push_screen(question, chosen)


class Preview(Rows):
    """Shows a table in small, as it looks with the settings."""

    def heed(self, settings: Settings) -> None:
        """Show what changes."""
        self.redraw()

    def rows(self) -> list[Content]:
        """Return a turn line, the top card and a hand."""
        settings = settings_of(self)
        letters = settings.suit_letters
        hand = sorted(_HAND, key=_ORDERS[settings.sort])
        looks = [
            CardLook(
                card,
                fits=_fits(card),
                faint=not _fits(card),
                caret=card == _HAND[1],
                label=str(number),
            )
            for number, card in enumerate(hand, start=1)
        ]
        width = CardSize.SMALL.width
        faces = [face_lines(look, CardSize.SMALL, letters=letters) for look in looks]
        top = face_lines(CardLook(_TOP), CardSize.SMALL, letters=letters)
        said = [
            Content(""),
            Content.assemble("Bob plays ", card_content(_TOP, letters=letters), "."),
            Content.styled("Cid is skipped.", "$felt-faint"),
            Content(""),
        ]
        felt = [
            Content.assemble("  ", row, "  ", text) for row, text in zip(top, said, strict=True)
        ]
        return [
            *(self._across(row, "on $felt") for row in (Content(""), *felt, Content(""))),
            self._across(Content(" ▶▶ YOUR TURN"), "bold $turn-text on $turn-back"),
            *(Content.assemble("  ", *row) for row in zip(*faces, strict=True)),
            Content.assemble("  ", *(face_marks(look, width) for look in looks)),
        ]

    def _across(self, row: Content, style: str) -> Content:
        row = row.truncate(self.size.width, ellipsis=True)
        return row.pad_right(max(0, self.size.width - row.cell_length)).stylize_before(style)


def _fits(card: int) -> bool:
    return rank_of(card) == rank_of(_TOP) or suit_of(card) == suit_of(_TOP)
