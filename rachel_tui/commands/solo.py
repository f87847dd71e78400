"""The solo game of the commands: its server, in this process, from the first game on."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from rachel_server.embedded import EmbeddedServer
    from rachel_tui.hosts import LeftGame
    from rachel_tui.keep.saved_seat import SavedSeat
    from rachel_tui.keep.settings import Settings
    from rachel_tui.place import Place

_SEATS_FILE = "seats.json"
_KEY = "solo"
_ANOTHER = "Your game is open in another terminal: this is another one."
_AT_ONCE_MAX = 9
"""So many terminals of one user may play alone at once."""


class SoloGame:
    """The solo game of a terminal; its server runs from the first `open` until `close`.

    It has a folder of its own while other terminals use those before it. Any game that was left in
    one of these folders can be continued from every terminal.
    """

    def __init__(
        self, folder: Path, settings: "Callable[[], Settings]", *, fresh: bool = False
    ) -> None:
        """Take a folder, and what says how games are dealt.

        ``fresh`` sets the games in the folder aside at the start.
        """
        more = (folder.with_name(f"{folder.name}-{it}") for it in range(2, _AT_ONCE_MAX + 1))
        self._folders = (folder, *more)
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
        return self._open(self._folders)

    def _open(self, folders: Sequence[Path]) -> "Place":
        """Return where a solo game is played in one of some folders."""
        from rachel_tui.keep import album
        from rachel_tui.place import Place

        settings = self._settings()
        wanted = (settings.seats, settings.bots, settings.bot_delay)
        with self._one_at_a_time:
            here = None if self._server is None else self._server.data_dir
            if self._server is not None and (wanted != self._dealt or here not in folders):
                self._server.__exit__(None, None, None)
                self._server = None
            self._dealt = wanted
            # A server that is started anew stays in its folder, where the game is.
            folders = sorted(folders, key=lambda it: it != here)
            server = self._server = self._server or self._started(folders)
        left = self._left()
        another = server.data_dir not in left and any(map(self._is_elsewhere, left))
        server.hurry(False)  # the game may have been left while its bots were hurried
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
            greeting=_ANOTHER if another else "",
        )

    def _started(self, folders: Sequence[Path]) -> "EmbeddedServer":
        """Return a server in the first of some folders in which no other one runs."""
        from rachel_server.embedded import EmbeddedServer
        from rachel_server.store.data_dir import DataDirInUse
        from rachel_tui.hosts import Unplayable

        seats, bots, bot_delay = self._dealt
        fresh, self._fresh = self._fresh, False
        for folder in folders:
            server = EmbeddedServer(
                folder, seats=seats, bot_level=bots, bot_delay_s=bot_delay, fresh=fresh
            )
            try:
                return server.__enter__()
            except DataDirInUse:
                continue
            except Exception as error:
                from rachel_server.store.sqlite_file import DATABASE_FILE
                from rachel_server.store.trouble import TROUBLES, UNREADABLE, trouble

                if not isinstance(error, TROUBLES):
                    raise
                text = f"cannot start a solo game: {trouble(error, folder / DATABASE_FILE)}"
                if isinstance(error, UNREADABLE):
                    text += "; or set it aside, and deal anew: rachel play --new"
                raise Unplayable(text) from None
        raise Unplayable("cannot start a solo game: other terminals use every folder for it")

    def left_game(self) -> "LeftGame | None":
        """Return the game that was left here, or in another terminal; None if none was."""
        from rachel_tui.hosts import ELSEWHERE, LeftGame, game_with

        left = self._left()
        for folder, kept in left.items():
            if not self._is_elsewhere(folder):
                return game_with("your game", kept.others, self._reopened)
        return LeftGame(ELSEWHERE, self._reopened) if left else None

    def _left(self) -> "dict[Path, SavedSeat]":
        """Return the seats of the games that were left, by their folders; that in use first."""
        from rachel_tui.keep import saved_seat

        here = None if self._server is None else self._server.data_dir
        folders = sorted(self._folders, key=lambda it: it != here)
        kept = {folder: saved_seat.load(folder / _SEATS_FILE, _KEY) for folder in folders}
        return {folder: seat for folder, seat in kept.items() if seat is not None}

    def _is_elsewhere(self, folder: Path) -> bool:
        """Tell whether another terminal uses a folder."""
        from rachel_server.store.folder_lock import is_held

        return (self._server is None or self._server.data_dir != folder) and is_held(folder)

    def _reopened(self) -> "Place":
        """Return where the game that was left is played.

        Raises:
            Unplayable: another terminal plays it, or it cannot be opened.
        """
        from rachel_tui.hosts import refuse_elsewhere

        folders = [folder for folder in self._left() if not self._is_elsewhere(folder)]
        return self._open(folders[:1]) if folders else refuse_elsewhere()

    def close(self) -> None:
        """Save everything and stop the server, if it runs."""
        with self._one_at_a_time:
            server, self._server = self._server, None
        if server is not None:
            server.__exit__(None, None, None)
