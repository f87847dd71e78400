"""The recorded games to choose one from: those kept here, a file, or one at a host."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from rachel_tui.bound import bound
from rachel_tui.found_game import NoGame, find_game
from rachel_tui.games.reel import Reel
from rachel_tui.keep.album import own_seat, records, summary
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.choosing import Choosing
from rachel_tui.screens.menu import sentence
from rachel_tui.screens.replay import ReplayScreen
from rachel_tui.screens.replay_details import replay_detail
from rachel_tui.screens.wrong_keys import AnswersWrongKeys
from rachel_tui.widgets.choices import Choices
from rachel_tui.widgets.details import Detail, Details
from rachel_tui.widgets.key_line import KeyLine

_ROWS_AROUND: Final = 10
"""Rows of the screen that are not for records."""
_OTHER: Final = "Another game: a file, or one at a host…"
_CHECKING: Final = "Checking every step…"
_WHICH: Final = "A file, or the address of a game's page: example.org/games/ID"
_OLDER: Final = "Older ones…"
_ABOUT: Final = {
    _OTHER: "A record that somebody gave you, a trace, a log; or a finished game at a host, by the "
    "address of its page. Every step is checked before you see it.",
    _OLDER: "The games before these.",
}
_WIDE: Final = 100
"""From this many columns on, there are details beside the list."""
_BEFORE_READING_S: Final = 0.1


class ReplaysScreen(ModalScreen[None], Choosing, AnswersWrongKeys):
    """Lists the records that are kept, and opens one, or another game."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("other", "other", "Another game", show=True, tooltip="a file, or a game at a host"),
        bound("help", "app.help", "Keys", show=True, tooltip="the keys"),
        bound("leave", "dismiss", "Back", show=True, tooltip="back"),
        bound("back", "dismiss", "Back", tooltip="back"),
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
        self._notice.display = False  # until there is one
        self._details = Details()

    def compose(self) -> ComposeResult:
        """Yield the list, and a line for what is the matter."""
        with Horizontal(classes="split"):
            with Vertical(classes="panel replays framed") as panel:
                panel.border_title = "Replays"
                yield self._choices
                yield self._notice
            yield self._details
        yield KeyLine()

    async def on_mount(self) -> None:
        """Look for records."""
        self._files = await asyncio.to_thread(records, self._folder)
        if not self._files:
            self._say("Your games will be here once you have played one to its end.")
        await self._list(0)

    def on_choices_moved(self, event: Choices.Moved) -> None:
        """Show the details of another game."""
        event.stop()
        self._tell(event.index)

    def on_resize(self) -> None:
        """Show details as soon as there is room for them."""
        if self._shown:
            self._tell(self._choices.highlighted)

    def _tell(self, index: int) -> None:
        chosen = self._shown[index]
        if isinstance(chosen, Path):
            if self.app.size.width >= _WIDE:
                self.run_worker(self._read(chosen), group="details", exclusive=True)
        else:
            self._details.show(Detail(chosen, Content(_ABOUT[chosen])))

    async def _read(self, file: Path) -> None:
        await asyncio.sleep(_BEFORE_READING_S)  # whoever goes on at once is shown nothing
        self._details.show(await asyncio.to_thread(replay_detail, file))

    def _say(self, text: str) -> None:
        self._notice.update(text)
        self._notice.display = bool(text)

    def choose(self, index: int) -> Coroutine[Any, Any, None] | None:
        """Open the record that was chosen, ask for another game, or show older ones."""
        chosen = self._shown[index] if self._shown else None  # they may not have been read yet
        if chosen == _OTHER:
            self.action_other()
        elif isinstance(chosen, Path):
            self._open(chosen)
        elif chosen is not None:
            return self._list(self._first + self._page)
        return None

    def action_other(self) -> None:
        """Ask for a file or a game at a host."""
        reels: list[Reel] = []

        async def sought(typed: str) -> str:
            try:
                reels[:] = [await find_game(typed)]
            except NoGame as problem:
                return str(problem)
            return ""

        def found(typed: str | None) -> None:
            if typed is not None:
                self._say("")
                self.app.push_screen(ReplayScreen(reels[0]))

        question = AskScreen("Another game", _WHICH, seek=sought, meanwhile=_CHECKING)
        self.app.push_screen(question, found)

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
                *(Content.assemble((f"{when}  ", "$faint"), text) for when, text, _ in summaries),
                *(Content.styled(text, "$caret") for text in (*more, _OTHER)),
            ],
            shorter={
                n: [Content.assemble((f"{when}  ", "$faint"), text)]
                for n, (when, _, text) in enumerate(summaries)
            },
        )
        self._tell(0)

    def _open(self, file: Path) -> None:
        self._say(_CHECKING)
        self.run_worker(self._show(file), exclusive=True)

    async def _show(self, file: Path) -> None:
        try:
            reel = await find_game(str(file))
            me = await asyncio.to_thread(own_seat, file)
        except NoGame as problem:
            self._say(sentence(str(problem)))
        else:
            self._say("")
            self.app.push_screen(ReplayScreen(reel, me=me))
