"""Home: what there is to do, one key each."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult

from rachel_tui.home import Home
from rachel_tui.screens.menu import MenuScreen, Row
from rachel_tui.widgets.banner import CardBanner
from rachel_tui.words.menu import Entry, entries


class HomeScreen(MenuScreen):
    """Shows the menu; each entry is an action of the app."""

    HINT: ClassVar[str] = "↑↓ choose · enter · ? keys"

    def __init__(self, home: Home) -> None:
        super().__init__()
        self._home = home

    def head(self) -> ComposeResult:
        """Yield the name, in cards."""
        yield CardBanner()

    def on_mount(self) -> None:
        """Deal the name."""
        super().on_mount()
        self.query_one(CardBanner).spell("RACHEL")

    def rows(self) -> Sequence[Row]:
        """Return the menu: a game may have been left meanwhile."""
        left = self._home.left_game()
        return [
            Row(entry.key, entry.text, entry.about, partial(self._go, entry))
            for entry in entries("" if left is None else left.about)
            if (self._home.hosts is not None or not entry.elsewhere)
            and (self._home.games_path is not None or not entry.kept)
        ]

    def on_screen_resume(self) -> None:
        """Offer what there is now."""
        self.say("")
        self._rows = ()  # the caret goes to the first entry
        self.renew()

    async def _go(self, entry: Entry) -> None:
        await self.app.run_action(f"app.{entry.word}")

    def action_back(self) -> None:
        """Do nothing: pressed once too often, it would end the program."""
