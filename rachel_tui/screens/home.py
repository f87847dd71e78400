"""Home: what there is to do, one key each."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from textual.app import ComposeResult

from rachel_tui.home import Here, Home
from rachel_tui.screens.menu import MenuScreen, Row
from rachel_tui.widgets.word_felt import WordFelt
from rachel_tui.words.menu import Entry

_FELT_ROWS: Final = 24
"""From this many rows on, there is room for a felt above the longest menu."""


class HomeScreen(MenuScreen):
    """Shows the menu; each entry is an action of the app."""

    def __init__(self, home: Home) -> None:
        super().__init__()
        self._home = home
        self._greeting = "" if home.here is None else home.here.greeting

    def head(self) -> ComposeResult:
        """Yield the name, in cards."""
        yield WordFelt(_FELT_ROWS)

    def on_mount(self) -> None:
        """Deal the name."""
        self.query_one(WordFelt).spell("RACHEL")

    def rows(self) -> Sequence[Row]:
        """Return the menu: a game may have been left meanwhile."""
        return [
            Row(
                entry.key,
                entry.text,
                entry.about,
                partial(self._go, entry),
                shorter=entry.shorter,
            )
            for entry in self._home.menu()
        ]

    def on_screen_resume(self) -> None:
        """Offer what there is now."""
        self.say(self._greeting)
        self._greeting = ""
        self._begin_anew()
        if self._home.here is not None:
            self.run_worker(self._look(self._home.here), exclusive=True)

    async def _look(self, here: Here) -> None:
        before = self._home.menu()
        await here.look()
        if self._home.menu() != before:
            self._begin_anew()

    def _begin_anew(self) -> None:
        self._rows = ()  # the caret goes to the first entry
        self.renew()

    async def _go(self, entry: Entry) -> None:
        await self.app.run_action(f"app.{entry.word}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Lead nowhere back: pressed once too often, that would end the program."""
        return action != "back"
