"""The question after an ace: the suit that must follow."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from rachel.rules.cards import SUIT_LETTERS, SUIT_NAMES, SUITS, suit_of
from rachel_tui.bound import bound
from rachel_tui.screens.answering import AnswersOnce
from rachel_tui.screens.choosing import Choosing
from rachel_tui.widgets.card_faces import SUIT_STYLES, suit_text
from rachel_tui.widgets.choices import Choices
from rachel_tui.widgets.log import sentence_content
from rachel_tui.widgets.settings import settings_of
from rachel_tui.words.story import card_list

_BACK: Final = "keep the ace after all"


class SuitPicker(ModalScreen[int | None], Choosing, AnswersOnce[int | None]):
    """Returns the suit chosen, 0-3, or None when the player keeps the ace after all.

    The caret begins at the suit that a hint has named, or else at the one of which the hand holds
    the most cards.
    """

    completes: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *(bound(name, "dismiss(None)", "Back", tooltip=_BACK) for name in ("leave", "back")),
        bound("rules", "app.rules('ace')", "Rules", tooltip="the rules"),
        bound("help", "app.help", "Keys", tooltip="the keys"),
    ]

    def __init__(self, aces: Sequence[int], hand: Sequence[int], named: int | None = None) -> None:
        """Ask for the suit of ``aces``; each answer says how many the rest of ``hand`` has.

        ``named`` is the suit that a hint has named, None if there was no hint.
        """
        super().__init__()
        self._named = named
        self._aces = tuple(aces)
        self._rest = [card for card in hand if card not in aces]

    def compose(self) -> ComposeResult:
        """Yield the four suits."""
        with Vertical(classes="panel choice") as panel:
            panel.border_title = "Choose the suit that must follow"
            key = settings_of(self).short_key
            panel.border_subtitle = f"h d c s · {key('choose')} · {key('back')} back"
            yield Static(sentence_content(("You play ", *card_list(self._aces), ".")))
            first = max(SUITS, key=self._held) if self._named is None else self._named
            yield Choices([self._answer(suit) for suit in SUITS], first)

    def row_of(self, typed: str) -> int | None:
        """Return the suit that begins with a letter."""
        letter = typed.upper()
        return SUIT_LETTERS.index(letter) if letter and letter in SUIT_LETTERS else None

    def choose(self, index: int) -> None:
        """Return the suit."""
        self.dismiss(index)

    def _held(self, suit: int) -> int:
        return sum(suit_of(card) == suit for card in self._rest)

    def _answer(self, suit: int) -> Content:
        return Content.assemble(
            (f"{suit_text(suit)}  {SUIT_NAMES[suit]:<9}", f"bold {SUIT_STYLES[suit]}"),
            (f"you hold {self._held(suit)}", "$faint"),
        )
