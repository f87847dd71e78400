"""What a sitting asks of its host beside the game: to begin, a record, a rating."""

import asyncio
from contextlib import suppress
from typing import Final

from rachel_tui.games.seen_game import SeenGame
from rachel_tui.net.game_api import game_record, last_game_in, rating_change
from rachel_tui.net.host_api import find_host, start_table
from rachel_tui.net.host_request import HostTrouble
from rachel_tui.net.host_urls import HostUrl, possible_urls
from rachel_tui.place import Place

_TRIES: Final = 3
_PAUSE_S: Final = 1.0
"""A host may write the end of a game down a moment after it has told it."""


class HostDesk:
    """Asks the host of a place, by its API unless the place has another way."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def begin(self, room: str, token: bytes) -> str:
        """Have the game in a room begin at once, by a seat's token; return why not, or nothing."""
        place = self._place
        try:
            if place.begin is not None:
                begun = await place.begin(room, token)
                return "" if begun else "the table does not wait any more"
            await start_table(await self._api(), room, token)
        except (HostTrouble, ValueError) as trouble:
            return str(trouble)
        return ""

    async def record(self, game: SeenGame) -> object:
        """Return what the host's API says the record of a game is, None if it says nothing."""
        with suppress(HostTrouble, ValueError):
            url = await self._api()
            for _ in range(_TRIES):
                if found := await last_game_in(url, game.room, game.id):
                    return await game_record(url, found)
                await asyncio.sleep(_PAUSE_S)
        return None

    async def rating(self, game: SeenGame) -> tuple[int, int] | None:
        """Return the account's rating before and after a game, None if the host has none."""
        login = self._place.login
        if login is None:
            return None
        with suppress(HostTrouble):
            for _ in range(_TRIES):
                found = await last_game_in(login.url, game.room, game.id)
                if found and (change := await rating_change(login, found)):
                    return change
                await asyncio.sleep(_PAUSE_S)
        return None

    async def _api(self) -> HostUrl:
        """Return where the host's API is.

        Raises:
            HostTrouble: none is found.
            ValueError: there can be none.
        """
        place = self._place
        known = place.login.url if place.login else place.url
        urls = [known] if known else possible_urls(place.host, plainly=not place.tls)
        return await find_host(urls)
