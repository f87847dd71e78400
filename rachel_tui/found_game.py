"""A recorded game by what its viewer types: a file, or a game at a host."""

from functools import partial
from pathlib import Path

from rachel.formats.document import DOCUMENT_BYTES_MAX, document_of, read_document
from rachel.text import shown
from rachel_tui.games.reel import PROBLEMS, Reel
from rachel_tui.net.game_api import game_record
from rachel_tui.net.host_api import find_host
from rachel_tui.net.host_request import HostTrouble, in_thread
from rachel_tui.net.host_urls import game_in, possible_urls
from rachel_tui.paths import named_path


class NoGame(Exception):  # noqa: N818 - it is no error of this program
    """There is no game to be shown; the text says why, in one line."""


async def find_game(typed: str) -> Reel:
    """Return the game in a file, or the one that a page's address names: ``HOST/games/ID``.

    A name without a folder that is not here is looked for in the home folder: there a player's
    records are saved (`album.save_record`).

    Raises:
        NoGame: there is none, it cannot be read, or it is not true.
    """
    found = game_in(typed)
    try:
        if found is None:
            return await in_thread(partial(_in_file, typed.strip()))  # it may be a pipe
        host, game = found
        url = await find_host(possible_urls(host, plainly=True))
        value = await game_record(url, game)
        return await in_thread(lambda: Reel(document_of(value)))
    except OSError as error:
        raise NoGame(f"cannot read {shown(typed.strip())}: {error.strerror or error}") from None
    except RuntimeError:
        raise NoGame(f"cannot read {shown(typed.strip())}: there is no such home folder") from None
    except PROBLEMS as error:
        raise NoGame(f"not shown: {error}") from None
    except (HostTrouble, ValueError) as trouble:
        raise NoGame(str(trouble)) from None


def _in_file(name: str) -> Reel:
    path = Path(name).expanduser()
    with (path if path.exists() else named_path(name)).open("rb") as file:
        return Reel(read_document(file.read(DOCUMENT_BYTES_MAX + 1)))
