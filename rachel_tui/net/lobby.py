"""What a host's lobby has to offer: tables that wait or run, and new ones to open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rachel_tui.net.host_api import (
    CODE,
    ApiRefusal,
    Login,
    ask_api,
    find_host,
    rubp_port,
    rubp_tls_port,
    shared_url,
)
from rachel_tui.net.host_request import HostTrouble, no_rachel, player_names
from rachel_tui.net.host_urls import HostUrl

_SHOWN_MAX: Final = 100
_SEATS_MAX: Final = 8
_FRIENDS_DELAY_S: Final = 180
"""How long a table of one's own waits for others after somebody has come; start begins at once."""
_ACCOUNTS_ONLY: Final = (
    "this host opens such tables for accounts only: log in first, or join a new code, which opens "
    "a room"
)
"""Hosts whose Rachel is older than that of a terminal may do that."""


@dataclass(frozen=True, slots=True)
class LobbyTable:
    """A public table at a host.

    Attributes:
        code: its room code.
        waits: whether it waits for players; otherwise a game runs.
        seats: how many it has.
        players: who has one, cleaned.
        may_watch: whether others may watch.
        deserted: whether a game stands still there, because none of its people is here.
    """

    code: str
    waits: bool
    seats: int
    players: tuple[str, ...]
    may_watch: bool
    deserted: bool = False

    @property
    def free(self) -> int:
        """How many of its seats nobody has."""
        return max(0, self.seats - len(self.players))


@dataclass(frozen=True, slots=True)
class Lobby:
    """What a host's lobby has to offer.

    Attributes:
        url: where the host's HTTP side answers.
        tables: its public tables, those that wait for players first, deserted ones last.
        port: the RUBP port of the host, None when it did not say.
        tls_port: the port for RUBP inside TLS, None when there is none.
        shared: where friends open its pages, wherever they are.
        sends_mail: whether it sends mails, as far as it says; else its people hand out the links.
    """

    url: HostUrl
    tables: tuple[LobbyTable, ...]
    port: int | None
    tls_port: int | None
    shared: HostUrl
    sends_mail: bool = True


@dataclass(frozen=True, slots=True)
class NewTable:
    """A table to open.

    Attributes:
        seats: how many, 2 to 8.
        bots: how many of them are bots' from the start, fewer than ``seats``.
        bot_level: how well bots play there.
        turn_time_s: the time for a turn in seconds, None for no limit.
        private: whether it is found by its code only.
    """

    seats: int = 4
    bots: int = 0
    bot_level: str = "intermediate"
    turn_time_s: int | None = 60
    private: bool = True


async def visit_lobby(urls: Sequence[HostUrl]) -> Lobby:
    """Return the lobby of the host at the first of ``urls`` that answers.

    Raises:
        HostTrouble: none does.
    """
    url = await find_host(urls)
    server = await ask_api(url, "GET", "/server")
    listed = (await ask_api(url, "GET", f"/tables?limit={_SHOWN_MAX}")).get("items")
    found = [_table(each) for each in listed] if isinstance(listed, list) else []
    tables = sorted(
        (table for table in found if table), key=lambda table: (not table.waits, table.deserted)
    )
    return Lobby(
        url,
        tuple(tables),
        rubp_port(server),
        rubp_tls_port(server),
        shared_url(url, server),
        server.get("sends_mail") is not False,
    )


async def is_new_room(url: HostUrl, code: str) -> bool:
    """Tell whether a host says that there is no room with a code, so that who joins opens it."""
    try:
        await ask_api(url, "GET", f"/tables/{code}")
    except ApiRefusal as refusal:
        return refusal.error == "table_not_found"
    except HostTrouble:
        return False
    return False


async def open_table(url: HostUrl, login: Login | None, table: NewTable) -> str:
    """Open a table for the account of a login, or for a guest; return its room code.

    Raises:
        LoginEnded: the host no longer accepts the login.
        HostTrouble: the host refuses, or cannot be reached.
    """
    url = url if login is None else login.url
    body: dict[str, Any] = {
        "seats": table.seats,
        "bots": table.bots,
        "bot_level": table.bot_level,
        "turn_time_s": table.turn_time_s,
        "private": table.private,
        "start_delay_s": _FRIENDS_DELAY_S,
    }
    try:
        opened = await ask_api(url, "POST", "/tables", login=login, body=body)
    except ApiRefusal as refusal:
        if refusal.error == "login_required":
            raise HostTrouble(_ACCOUNTS_ONLY) from None
        raise
    code = opened.get("code")
    if isinstance(code, str) and CODE.fullmatch(code):
        return code
    raise no_rachel(url)


def _table(entry: object) -> LobbyTable | None:
    match entry:
        case {
            "code": str(code),
            "phase": "playing" | "waiting" as phase,
            "seats": int(seats),
            "watch": bool(may_watch),
            "players": list(players),
        } if CODE.fullmatch(code) and 0 < seats <= _SEATS_MAX and len(players) <= _SEATS_MAX:
            names = player_names(players)
            waits, deserted = phase == "waiting", phase == "playing" and _all_away(players)
            return LobbyTable(code, waits, seats, names, may_watch, deserted)
    return None


def _all_away(players: Sequence[object]) -> bool:
    """Tell whether there are people among the players of a table, all of them away."""
    people = [it for it in players if isinstance(it, dict) and it.get("kind") == "person"]
    return bool(people) and all(it.get("state") == "away" for it in people)
