"""The solo game of the commands: its server, in this process, from the first game on."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from rachel_server.embedded import EmbeddedServer
    from rachel_tui.hosts import LeftGame
    from rachel_tui.keep.settings import Settings
    from rachel_tui.place import Place

_SEATS_FILE = "seats.json"
_KEY = "solo"


class SoloGame:
    """The solo game in a folder; its server runs from the first `open` until `close`."""

    def __init__(
        self, folder: Path, settings: "Callable[[], Settings]", *, fresh: bool = False
    ) -> None:
        """Take a folder, and what says how games are dealt.

        ``fresh`` sets the games in the folder aside at the start.
        """
        self._folder = folder
        self._settings = settings
        self._dealt = (0, "", 0.0)  # what the server was started with
        self._fresh = fresh
        self._server: EmbeddedServer | None = None
        self._one_at_a_time = threading.Lock()

    def open(self) -> "Place":
        """Return where the solo game is played; its server is started when it does not run yet.

        With other seats, bots or another pace it is started anew; a game that was left goes on.

        Raises:
            Unplayable: it cannot be started.
        """
        from rachel_tui.keep import album
        from rachel_tui.place import Place

        settings = self._settings()
        wanted = (settings.seats, settings.bots, settings.bot_delay)
        with self._one_at_a_time:
            if self._server is not None and wanted != self._dealt:
                self._server.__exit__(None, None, None)
                self._server = None
            self._dealt = wanted
            server = self._server = self._server or self._started()
        another = "Your game is open in another terminal: this is another one."
        return Place(
            "the solo game",
            0,
            _KEY,
            server.data_dir / _SEATS_FILE,
            solo_seats=settings.seats,
            dial=server.dial,
            games_path=album.default_folder(),
            find_record=lambda game: server.record(game.id),
            reopen=self.open,
            hurry=server.hurry,
            greeting=another if self._is_elsewhere() else "",
        )

    def _started(self) -> "EmbeddedServer":
        from rachel_server.embedded import EmbeddedServer
        from rachel_server.store.sqlite_file import DATABASE_FILE

        seats, bots, bot_delay = self._dealt
        server = EmbeddedServer(
            self._folder, seats=seats, bot_level=bots, bot_delay_s=bot_delay, fresh=self._fresh
        )
        self._fresh = False
        try:
            server.__enter__()
        except Exception as error:
            from rachel_server.store.trouble import TROUBLES, UNREADABLE, trouble
            from rachel_tui.hosts import Unplayable

            if not isinstance(error, TROUBLES):
                raise
            told = trouble(error, server.data_dir / DATABASE_FILE)
            text = f"cannot start a solo game: {told}"
            if isinstance(error, UNREADABLE):
                text += "; or set it aside, and deal anew: rachel play --new"
            raise Unplayable(text) from None
        return server

    def left_game(self) -> "LeftGame | None":
        """Return the game that was left here, None if none was."""
        from rachel_tui.hosts import ELSEWHERE, LeftGame, with_whom
        from rachel_tui.keep import saved_seat

        if self._is_elsewhere():
            return LeftGame(ELSEWHERE, self._reopened)
        folder = self._folder if self._server is None else self._server.data_dir
        kept = saved_seat.load(folder / _SEATS_FILE, _KEY)
        if kept is None:
            return None
        return LeftGame(f"your game{with_whom(kept.others)}", self._reopened)

    def _is_elsewhere(self) -> bool:
        """Tell whether a game was left that another terminal plays, and none here."""
        from rachel_tui.keep import saved_seat

        if self._server is None or self._server.data_dir == self._folder:
            return False
        here, there = (
            saved_seat.load(folder / _SEATS_FILE, _KEY)
            for folder in (self._server.data_dir, self._folder)
        )
        return there is not None and here is None

    def _reopened(self) -> "Place":
        """Return where the game that was left is played.

        Raises:
            Unplayable: another terminal plays it, or it cannot be opened.
        """
        from rachel_tui.hosts import refuse_elsewhere

        if self._is_elsewhere():
            self.close()  # the other terminal may have ended meanwhile
        place = self.open()
        return refuse_elsewhere() if self._is_elsewhere() else place

    def close(self) -> None:
        """Save everything and stop the server, if it runs."""
        with self._one_at_a_time:
            server, self._server = self._server, None
        if server is not None:
            server.__exit__(None, None, None)
