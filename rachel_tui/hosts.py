"""The hosts that a player knows: those visited before, the logins there, and how to sit down."""

# What only tables need is imported at the first one: home is on the screen before.
from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, NamedTuple

from rachel.address import DEFAULT_PORT, DEFAULT_TLS_PORT, address_text, names_port, parse_address
from rachel.text import listed
from rachel_tui.keep import hosts, saved_seat
from rachel_tui.keep.hosts import VisitedHost
from rachel_tui.keep.kept_seat import kept_room
from rachel_tui.keep.seat_lock import is_held
from rachel_tui.net.host_urls import HostUrl, called_host, is_here, named_host, possible_urls

if TYPE_CHECKING:
    from rachel_tui.net.host_api import Login
    from rachel_tui.net.lobby import Lobby
    from rachel_tui.net.neighbours import Neighbour
    from rachel_tui.place import Place


_DAY_S = 24 * 60 * 60
_GAME_LASTS_S = 30 * 60
"""So long after a visit a game left there is worth offering: it may still run."""


ELSEWHERE = "open in another terminal"
"""Which game was left, in a few words, while another terminal here plays it."""


class Unplayable(Exception):  # noqa: N818 - it is no error of this program
    """A game cannot be opened; the text says why, for people."""


def refuse_elsewhere() -> Place:
    """Refuse to open a game that another terminal plays, and say what can be done.

    Raises:
        Unplayable: always.
    """
    raise Unplayable(
        f"your game is {ELSEWHERE}: go on there, or close that one and choose Continue again. "
        "Play deals another game here"
    )


class LeftGame(NamedTuple):
    """A game that was left and can be continued.

    Attributes:
        about: in a few words which.
        open: returns where it is played; it blocks. Raises `Unplayable`.
        shorter: which game in fewer words, the longest first, for narrow screens.
    """

    about: str
    open: Callable[[], Place]
    shorter: Sequence[str] = ()

    @property
    def elsewhere(self) -> bool:
        """Whether another terminal here plays it."""
        return self.about == ELSEWHERE


@dataclass(frozen=True, slots=True)
class Hosts:
    """The hosts that a player knows.

    Attributes:
        hosts_path: the file of hosts visited.
        seats_path: the file of seats there.
        logins_path: the file of logins there.
        games_path: where the records of one's own games are kept; None to keep none.
        guests: whether to sit down as a guest where a login has ended.
    """

    hosts_path: Path
    seats_path: Path
    logins_path: Path
    games_path: Path | None = None
    guests: bool = True

    def visited(self) -> list[VisitedHost]:
        """Return the hosts visited, that of the latest visit first.

        One that was visited at several addresses is that of the latest.
        """
        found: dict[object, VisitedHost] = {}
        for host in hosts.load_all(self.hosts_path):
            name, port = _games_of(host)
            unknown = host.port is None and "://" in host.address
            key = host.address if unknown else ("" if is_here(name) else name.lower(), port)
            found.setdefault(key, host)
        return list(found.values())

    def remember(
        self,
        address: str,
        name: str,
        *,
        tls: bool,
        port: int | None = None,
        pages: HostUrl | None = None,
    ) -> None:
        """Keep that the player was at a host just now, under a name; see `VisitedHost`."""
        hosts.remember(self.hosts_path, VisitedHost(address, tls, name, time(), port, pages))

    def forget(self, address: str) -> None:
        """Keep no longer that the player was at a host."""
        hosts.forget(self.hosts_path, address)

    def login(self, address: str) -> Login | None:
        """Return the login kept for the host that ``address`` names."""
        from rachel_tui.keep import logins

        return logins.load(self.logins_path, parse_address(named_host(address))[0].lower())

    def urls(self, address: str) -> list[HostUrl]:
        """Return where the HTTP side of a host may be, the best first.

        Raises:
            ValueError: ``address`` names no host.
        """
        host = address if "://" in address else parse_address(address)[0]
        login = self.login(address)
        urls = [login.url] if login else []
        port = _typed_port(address)
        if port not in (None, DEFAULT_PORT, DEFAULT_TLS_PORT):
            urls.append(HostUrl("http", host.lower(), port))  # it may be the port of pages
        return list(dict.fromkeys([*urls, *possible_urls(host, plainly=True)]))

    def keep_login(self, login: Login) -> None:
        """Keep a login.

        Raises:
            OSError: it cannot be kept.
        """
        from rachel_tui.keep import logins

        logins.save(self.logins_path, login)

    def forget_login(self, login: Login) -> None:
        """Forget a login.

        Raises:
            OSError: the file of logins cannot be written.
        """
        from rachel_tui.keep import logins

        logins.forget(self.logins_path, login.host)

    def place(
        self,
        address: str,
        room: str = "",
        *,
        tls: bool = False,
        watches: bool = False,
        lobby: Lobby | None = None,
        known: VisitedHost | None = None,
    ) -> Place:
        """Return where to play, or to watch, at a host, which is kept when it lets them in.

        Args:
            address: the host, ``example.org`` or ``example.org:2000``, or the URL of its pages.
            room: the code of the table, empty for any.
            tls: whether to connect inside TLS.
            watches: whether to watch.
            lobby: what the host has said of itself; it may name the port, and TLS.
            known: what was kept of an earlier visit, for a host that has not been asked now.

        Raises:
            ValueError: ``address`` names no host.
        """
        from rachel_tui.place import Place

        if lobby is not None and lobby.url.port == _typed_port(address):
            address = str(lobby.url)
        other_way = partial(self.place, address, tls=tls, lobby=lobby, known=known)
        typed, address = address, named_host(address)
        named = names_port(address)
        if lobby is not None and not named and lobby.url.scheme == "https":
            tls = tls or lobby.tls_port is not None
        host, port = parse_address(address, DEFAULT_TLS_PORT if tls else DEFAULT_PORT)
        listed, pages = (None, None) if known is None else (known.port, known.pages)
        if lobby is not None:
            listed, pages = lobby.tls_port if tls else lobby.port, lobby.url
        if listed is not None and not named:
            port = listed
        shared = pages if lobby is None else lobby.shared
        return Place(
            host,
            port,
            address_text(host, port),
            self.seats_path,
            room,
            login=None if watches else self.login(address),
            port_named=named,
            guests=self.guests,
            tls=tls,
            watches=watches,
            watch_in=None if watches else partial(other_way, watches=True),
            seat_in=other_way if watches else None,
            url=pages,
            games_path=None if watches else self.games_path,
            invites="" if shared is None else f"{shared}/t/{{}}",
            welcomed=partial(self.remember, typed, tls=tls, port=port, pages=pages),
        )

    def kept_room(self, place: Place) -> str:
        """Return the room in which a seat at a place's host is kept, empty if there is none.

        A seat from which another terminal here plays does not count: it stays that one's.
        """
        key = place.host_key
        return "" if key is None else kept_room(self.seats_path, key)

    def left_game(self) -> LeftGame | None:
        """Return the game that was left at the host visited last, if it may still run."""
        last = next(iter(self.visited()), None)
        if last is None or time() - last.at > _GAME_LASTS_S:
            return None
        key = address_text(*_games_of(last))
        kept = saved_seat.load(self.seats_path, key)
        if kept is None:
            return None
        if is_held(self.seats_path, key):
            return LeftGame(ELSEWHERE, refuse_elsewhere)
        where = f"at {called_host(last.address)}"
        return game_with(
            where, kept.others, partial(self.place, last.address, tls=last.tls, known=last)
        )


def _games_of(host: VisitedHost) -> tuple[str, int]:
    """Return the host and the port at which the games of a visited host are."""
    named = named_host(host.address)
    name, port = parse_address(named, DEFAULT_TLS_PORT if host.tls else DEFAULT_PORT)
    return name, port if host.port is None or names_port(named) else host.port


async def unlisted(near: Sequence[Neighbour], shown: Sequence[VisitedHost]) -> list[Neighbour]:
    """Return the hosts of the local network that are none of those visited, by whatever name."""
    from rachel_tui.net.neighbours import addresses_of

    visited = [_games_of(host) for host in shown]
    ports = {parse_address(each.address)[1] for each in near}
    names = [name for name, port in visited if port in ports]
    found = await asyncio.gather(*(addresses_of(name) for name in names))
    machines = dict(zip(names, found, strict=True))
    known = [(machines.get(name, frozenset()) | {name}, port) for name, port in visited]
    return [each for each in near if not _is_known(each, known)]


def _is_known(near: Neighbour, known: Sequence[tuple[frozenset[str], int]]) -> bool:
    name, port = parse_address(near.address)
    return any(port == its and not (near.machine | {name}).isdisjoint(at) for at, its in known)


def _typed_port(address: str) -> int | None:
    """Return the port of HOST:PORT, None of anything else that a player may type."""
    return None if "://" in address or not names_port(address) else parse_address(address)[1]


def game_with(where: str, names: Sequence[str], open_: Callable[[], Place]) -> LeftGame:
    """Return a game that was left ``where``, by the names of the others in it, if they are known.

    In fewer words one of them is named, then none.
    """
    if not names:
        return LeftGame(where, open_)
    others = len(names) - 1
    shorter = [f"{where} with {names[0]} and {others} others"] if others > 1 else []
    shorter += [f"{where} with {others + 1} others"] if others else []
    return LeftGame(f"{where} with {listed(names)}", open_, (*shorter, where))


def visit_text(host: VisitedHost) -> str:
    """Return when a host was visited, and under which name."""
    days = int((time() - host.at) // _DAY_S)
    ago = "today" if days < 1 else "yesterday" if days == 1 else f"{days} days ago"
    return f"{ago} as {host.name}"
