"""What the client asks a host about games that are over: records, and what they did to a rating."""

from typing import Any, Final
from urllib.parse import quote

from rachel_tui.net.host_api import Login, ask_api
from rachel_tui.net.host_urls import HostUrl

_RECORD_BYTES_MAX: Final = 16 * 1024 * 1024
"""The largest record that is read: larger ones are refused by whatever reads records."""
_RATING_MAX: Final = 1_000_000
"""No rating comes near this; a larger number does not come from a Rachel server."""


async def game_record(url: HostUrl, game: str) -> dict[str, Any]:
    """Return the record of the finished game with an id, a JSON object that is not checked.

    Raises:
        HostTrouble: there is none, or the host cannot be reached.
    """
    path = f"/games/{quote(game, safe='')}"
    return await ask_api(url, "GET", path, bytes_max=_RECORD_BYTES_MAX)


async def last_game_in(url: HostUrl, room: str, game_id: int) -> str:
    """Return the host's id of the game at the table with a RUBP id; empty if it tells of none.

    Raises:
        HostTrouble: there is no such room, or the host cannot be reached.
    """
    table = await ask_api(url, "GET", f"/tables/{quote(room, safe='')}")
    game = table.get("game")
    return game if isinstance(game, str) and table.get("game_id") == game_id else ""


async def rating_change(login: Login, game: str) -> tuple[int, int] | None:
    """Return the rating of a login's account before and after its latest game, if that is ``game``.

    Raises:
        HostTrouble: the host cannot be reached.
    """
    name = quote(login.username, safe="")
    path = f"/players/{name}/games?limit=1"
    # As the player: others are not shown what was played at private tables.
    played = (await ask_api(login.url, "GET", path, login=login)).get("items")
    match played:
        case [
            {
                "game": str(found),
                "rating_before": int(before) | float(before),
                "rating_after": int(after) | float(after),
            }
        ] if found == game and max(abs(before), abs(after)) < _RATING_MAX:
            return round(before), round(after)
    return None
