"""Home: what there is to do, one key each."""

from dataclasses import replace
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from rachel.rules.cards import parse_card
from rachel_tui.home import Home
from rachel_tui.widgets.card_faces import CardLook, face_lines
from rachel_tui.widgets.choices import Choices
from rachel_tui.widgets.hand_layout import CardSize
from rachel_tui.words.menu import CONTINUE, ENTRIES, Entry

_CARDS: Final = tuple(parse_card(code) for code in ("7H", "7S", "QD", "AS", "2C"))
_TEXT_WIDTH: Final = 20


class HomeScreen(Screen[None]):
    """Shows the menu; each entry is an action of the app."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "app.help", "Keys", show=False),
    ]

    def __init__(self, home: Home) -> None:
        super().__init__()
        self._home = home
        self._entries: tuple[Entry, ...] = ()

    def compose(self) -> ComposeResult:
        """Yield cards, name and menu."""
        with Vertical(id="home"):
            yield Static(id="cards")
            yield Static(Content.styled("R  A  C  H  E  L", "bold $caret"), id="name")
            yield Choices(())
            yield Static(id="notice", markup=False)

    def say(self, text: str) -> None:
        """Show a line below the menu until there is another one, or none."""
        self.query_one("#notice", Static).update(text)

    def on_screen_resume(self) -> None:
        """Offer what there is now: a game may have been left meanwhile."""
        left = self._home.left_game()
        first = (replace(CONTINUE, about=left),) if left else ()
        self._entries = first + ENTRIES
        self.query_one(Choices).show([_row(entry) for entry in self._entries])
        self.say("")
        self._deal()

    def on_resize(self) -> None:
        """Draw the cards as large as they fit."""
        self._deal()

    def _deal(self) -> None:
        size = CardSize.LARGE if self.app.size.height >= 24 else CardSize.SMALL
        rows = zip(*(face_lines(CardLook(card), size) for card in _CARDS), strict=True)
        self.query_one("#cards", Static).update(
            Content("\n").join(Content(" ").join(row) for row in rows)
        )

    async def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Do what was chosen."""
        event.stop()
        await self._go(self._entries[event.index])

    async def on_key(self, event: events.Key) -> None:
        """Do what belongs to a key."""
        for entry in self._entries:
            if event.character and event.character.lower() == entry.key:
                event.stop()
                await self._go(entry)
                return

    async def _go(self, entry: Entry) -> None:
        await self.app.run_action(f"app.{entry.word}")


def _row(entry: Entry) -> Content:
    return Content.assemble(
        (f"{entry.key}  ", "bold $caret"), entry.text.ljust(_TEXT_WIDTH), (entry.about, "$faint")
    )
