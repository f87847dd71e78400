"""The recorded games to choose one from: those kept here, a file, or one at a host."""

import asyncio
from pathlib import Path
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from rachel_tui.bound import bound
from rachel_tui.found_game import NoGame, find_game
from rachel_tui.keep.album import records, summary
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.menu import sentence
from rachel_tui.screens.replay import ReplayScreen
from rachel_tui.widgets.choices import Choices
from rachel_tui.widgets.settings import settings_of

_ROWS_AROUND: Final = 10
"""Rows of the screen that are not for records."""
_OTHER: Final = "A file, or a game at a host…"
_WHICH: Final = "A file, or the address of a game's page: example.org/games/ID"
_OLDER: Final = "Older ones…"


class ReplaysScreen(ModalScreen[None]):
    """Lists the records that are kept, and opens one, or another game."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("other", "other", "Another", tooltip="any other game"),
        bound("help", "app.help", "Keys", tooltip="the keys"),
        bound("leave", "dismiss", "Back", tooltip="back"),
        bound("back", "dismiss", "Back"),
    ]

    def __init__(self, folder: Path) -> None:
        """List the records of an album's folder."""
        super().__init__()
        self._folder = folder
        self._files: list[Path] = []
        self._first = 0  # the number of the first one shown
        self._shown: list[Path | str] = []
        self._choices = Choices(())
        self._notice = Static(id="notice", markup=False)

    def compose(self) -> ComposeResult:
        """Yield the list, and a line for what is the matter."""
        with Vertical(classes="panel replays") as panel:
            panel.border_title = "Replays"
            key = settings_of(self).short_key
            panel.border_subtitle = f"{key('choose')} watch · {key('leave')} back"
            yield self._choices
            yield self._notice

    async def on_mount(self) -> None:
        """Look for records."""
        self._files = await asyncio.to_thread(records, self._folder)
        if not self._files:
            self._notice.update("Your games will be here once you have played one to its end.")
        await self._list(0)

    async def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Open the record that was chosen, ask for another game, or show older ones."""
        event.stop()
        chosen = self._shown[event.index]
        if chosen == _OTHER:
            self.action_other()
        elif chosen == _OLDER:
            await self._list(self._first + self._page)
        else:
            self._open(str(chosen))

    def action_other(self) -> None:
        """Ask for a file or a game at a host."""
        self.app.push_screen(AskScreen("Which game?", _WHICH), self._open)

    @property
    def _page(self) -> int:
        return max(1, self.app.size.height - _ROWS_AROUND)

    async def _list(self, first: int) -> None:
        self._first = first
        files = self._files[first : first + self._page]
        summaries = await asyncio.to_thread(lambda: [summary(file) for file in files])
        more = [_OLDER] if len(self._files) > first + self._page else []
        self._shown = [*files, *more, _OTHER]
        self._choices.show(
            [
                *(Content.assemble((f"{when}  ", "$faint"), text) for when, text in summaries),
                *(Content.styled(text, "$caret") for text in (*more, _OTHER)),
            ]
        )

    def _open(self, typed: str | None) -> None:
        if typed:
            self._notice.update("Checking every step…")
            self.run_worker(self._show(typed), exclusive=True)

    async def _show(self, typed: str) -> None:
        try:
            reel = await find_game(typed)
        except NoGame as problem:
            self._notice.update(sentence(str(problem)))
        else:
            self._notice.update("")
            self.app.push_screen(ReplayScreen(reel))
