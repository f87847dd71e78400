"""Somebody who has come over SSH: who it is, and where they can play or watch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from rachel_server.edge.ssh_desk import Desk, KeyAccount
    from rachel_server.edge.ssh_visit import Visit
    from rachel_tui.home import Home
    from rachel_tui.hosts import LeftGame
    from rachel_tui.keep.settings import OwnSettings, Settings
    from rachel_tui.net.host_api import PublicTable, ReservedSeat
    from rachel_tui.net.line import Line
    from rachel_tui.place import Place
    from rachel_tui.sitting import Sitting

_NAMELESS_USERS: Final = frozenset({"root", "git", "admin", "user"})
"""User names that clients send when nobody has chosen one."""
_LEADERS: Final = 20
_TABLES_MAX: Final = 9


@dataclass(frozen=True, slots=True)
class Host:
    """The host that visitors have come to.

    Attributes:
        name: its name, for people.
        invites: how friends come to a room, with braces for its code.
        data_dir: the server's folder.
        desk: what it is asked.
        settings: what holds for visitors until they change it.
        dial: makes a line to it, for somebody at an address.
    """

    name: str
    invites: str
    data_dir: Path
    desk: Desk
    settings: Settings
    dial: Callable[[str], Awaitable[Line]]


async def received(visit: Visit, host: Host, *, knows_key: bool = True) -> Guest:
    """Return the visitor, as the account of their key if they have one and it counts.

    Raises:
        Refused: every name like theirs is taken.
    """
    name, account, greeting = _name(visit.user), None, ""
    if knows_key and visit.key is not None:
        key, kind = visit.key.fingerprint.hex(), visit.key.kind
        known = await host.desk.find(key)
        account = known or await host.desk.join(key, kind, name)
        if known is None:
            greeting = (
                f"Your key is {account.name} here from now on: it brings you back to your seat,"
                " and your games are rated."
            )
        elif known.name.lower() != name.lower():
            greeting = f"Your key is {known.name} here."
        name = account.name
    return Guest(visit, host, name, account, greeting)


def _name(user: str) -> str:
    from rachel.text import NAMELESS, ascii_name

    return NAMELESS if user.lower() in _NAMELESS_USERS else ascii_name(user)


class Guest:
    """A visitor, and the host that they have come to (`rachel_tui.home.Here`).

    Attributes:
        name: what others call them.
        greeting: see `Here`.
    """

    def __init__(
        self, visit: Visit, host: Host, name: str, account: KeyAccount | None, greeting: str
    ) -> None:
        self.name = name
        self.greeting = greeting
        self._visit = visit
        self._host = host
        self._account = account
        self._settings = replace(host.settings, name=name)
        self._room = ""  # where a seat is kept for them, as far as we know

    def own_settings(self) -> OwnSettings:
        """Return their settings, which hold until they leave."""
        from rachel_tui.keep.settings import OwnSettings

        def keep(changes: Mapping[str, Any]) -> None:
            self._settings = replace(self._settings, **changes)

        stays = "" if self._account is None else f"Your key is the account {self.name} here."
        return OwnSettings(lambda: self._settings, keep, lasts=False, name_stays=stays)

    def home(self) -> Home:
        """Return what they can do here; the greeting then says at least who they are."""
        from rachel_tui.home import Home

        waits = "" if self._account else " With an SSH key (ssh-keygen makes one) your seat waits."
        self.greeting = self.greeting or f"You play as {self.name}.{waits}"
        return Home(partial(self.place, public=False), self._left_game, here=self)

    async def look(self) -> None:
        """See `Here.look`."""
        if self._account is not None:
            self._room = await self._host.desk.room_of(self._account.id, public=None)

    def _left_game(self) -> LeftGame | None:
        from rachel_tui.hosts import LeftGame

        room = self._room
        return LeftGame(f"in the room {room}", partial(self.place, room)) if room else None

    def place(self, room: str = "", *, public: bool | None = True, watches: bool = False) -> Place:
        """See `Here.place`. Without a room, ``public`` says at which tables: None for any."""
        from rachel.rubp import Platform
        from rachel_tui.place import Place

        host, account = self._host, self._account
        solo = not room and public is False
        sought = None if room else public

        async def open_room() -> str:
            chosen = self._settings
            how = chosen.seats, chosen.bots, chosen.bot_delay
            return await host.desk.open_against_bots(self._visit.address, *how)

        async def reserve(room: str, anew: bool) -> ReservedSeat:
            assert account is not None
            left = "" if anew else await host.desk.room_of(account.id, sought)
            room = room or left or (await open_room() if solo else "")
            return await self._reserve(account, room, left=room == left)

        async def begin(room: str, token: bytes) -> bool:
            return await host.desk.begin(room, token.hex())

        return Place(
            host.name,
            0,
            None,
            host.data_dir,
            room,
            dial=partial(host.dial, self._visit.address),
            platform=Platform.SSH,
            takes_over=True,
            watches=watches,
            seat_in=self.place if watches else None,
            invites=host.invites,
            reserve=None if account is None or watches else reserve,
            begin=begin,
            open_room=open_room if solo and account is None else None,
        )

    async def _reserve(self, account: KeyAccount, room: str, *, left: bool) -> ReservedSeat:
        """Have a seat kept for an account; ``left`` tells whether it has left a game there.

        Raises:
            NoSeat: there is none.
        """
        from rachel_server.edge.ssh_desk import Refused
        from rachel_tui.net.host_api import NoSeat, ReservedSeat

        assert self._visit.key is not None
        key = self._visit.key.fingerprint.hex()
        try:
            kept = await self._host.desk.reserve(room, account.id, account.name, key)
        except Refused as refusal:
            raise NoSeat(refusal.code, str(refusal)) from None
        self._room = kept.room
        return ReservedSeat(kept.room, kept.game_id, bytes.fromhex(kept.token), left=left)

    async def tables(self) -> list[PublicTable]:
        """Return what can be watched, running games first."""
        from rachel_tui.net.host_api import PublicTable

        return [
            PublicTable(it.room, f"{'playing' if it.runs else 'waiting'}: {', '.join(it.names)}")
            for it in await self._host.desk.watched_tables(_TABLES_MAX)
        ]

    async def leaders(self) -> Sequence[str]:
        """See `Here.leaders`."""
        return await leaders(self._host.desk)

    def last_words(self, sitting: Sitting | None) -> str:
        """Return what is left to read when the screens are gone, or the table where they were."""
        if self._visit.farewell:
            return f"{self._visit.farewell}{': your seat is kept' if self._room else ''}."
        plays = sitting is not None and sitting.game_runs and not sitting.place.watches
        if self._account is None:
            words = "A bot plays on for you. With an SSH key your seat would wait for you."
            return words if plays else ""
        left = plays or (sitting is None and self._room)
        return "Your game is kept: come back with the same key to continue it." if left else ""


async def leaders(desk: Desk) -> list[str]:
    """Return the best players, a line each; why there are none, if so."""
    best = await desk.leaders(_LEADERS)
    none = "Nobody has a rating yet: play with somebody who has an account or a key, too."
    return [f"{it.rank:>4}  {it.name:<20} {it.rating:>5}" for it in best] or [none]
