"""Where to play: the host, the room, and what a command or a host lets a player do there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from rachel.address import address_text
from rachel.rubp import Platform
from rachel_tui.aftermath import FindRecord
from rachel_tui.net.host_api import Login, ReservedSeat
from rachel_tui.net.host_urls import HostUrl
from rachel_tui.net.line import Dial, dial_tcp


@dataclass(frozen=True, slots=True)
class Place:
    """Where to play.

    Attributes:
        host: name or address of the host.
        port: its RUBP port.
        host_key: the key under which the seat to come back to is kept; None to keep none.
        seats_path: the file in which it is kept.
        named: whether the player asked for their name, so that a seat under another is not theirs.
        room: code of the room asked for, empty for any table.
        greeting: what the player should know before anything happens, empty for nothing.
        invites: how friends come to a room, with braces for its code; empty: by this client.
        url: where the host's HTTP side is; None where it is looked for when it is needed.
        watches: whether to watch the table in the room, without a seat.
        watch_in: returns where one who finds no seat watches instead, the table in the room with a
            code; None where that is not offered.
        seat_in: returns where one who watches takes a seat instead, in the room with a code; None
            where they only watch.
        solo_seats: seats of a new solo game, for one person and bots; 0 at other people's hosts.
        login: the account to sit down as, None for guests.
        port_named: whether the player named the port; otherwise the host may name another one.
        guests: whether to sit down as a guest when the login has ended.
        tls: whether to connect inside TLS.
        dial: how to connect when it is not over TCP; ``host`` is then only a name for people.
        platform: what the player sits at, for the others to see.
        takes_over: whether a seat that another terminal plays from is taken over from it.
        reserve: has a seat kept for the player in a room, or at any table if that is empty; its
            second argument tells whether the player gives up the game that runs. None where
            the host is asked over HTTP, or not at all.
        begin: has the game in a room begin at once, for the one whose seat there has the token;
            tells whether it did. None where the host is asked over HTTP.
        open_room: opens a table of the player's own, for every fresh join that names no room, and
            returns its code; empty if there is none to be had.
        games_path: the folder in which finished games are kept; None to keep none.
        find_record: asks the host for the record of a finished game; None to ask its API.
        reopen: returns where a new game is dealt as the settings hold by now, after it has seen to
            that; it blocks, and can be called in any thread. None where the host decides.
        hurry: lets the bots of a solo game play without a pause, or at their own pace again; None
            elsewhere.
        welcomed: told, whenever the host lets the player in, their name there; None where visits
            are not kept.
    """

    host: str
    port: int
    host_key: str | None
    seats_path: Path
    room: str = ""
    solo_seats: int = 0
    login: Login | None = None
    port_named: bool = True
    guests: bool = True
    tls: bool = False
    dial: Dial | None = None
    named: bool = False
    watches: bool = False
    watch_in: "Callable[[str], Place] | None" = None
    seat_in: "Callable[[str], Place] | None" = None
    url: HostUrl | None = None
    greeting: str = ""
    invites: str = ""
    platform: Platform = Platform.TERMINAL
    takes_over: bool = False
    reserve: Callable[[str, bool], Awaitable[ReservedSeat]] | None = None
    begin: Callable[[str, bytes], Awaitable[bool]] | None = None
    open_room: Callable[[], Awaitable[str]] | None = None
    games_path: Path | None = None
    find_record: FindRecord | None = None
    reopen: "Callable[[], Place] | None" = None
    hurry: Callable[[bool], None] | None = None
    welcomed: Callable[[str], None] | None = None

    @property
    def solo(self) -> bool:
        """Whether this is a solo game, at a host of its own."""
        return self.solo_seats > 0

    @property
    def keeps_seats(self) -> bool:
        """Whether the player can come back to a running game."""
        return self.host_key is not None or self.reserve is not None

    def dial_port(self, port: int) -> Dial:
        """Return how to connect to the host when its RUBP port is ``port``."""
        return self.dial or dial_tcp(self.host, port, tls=self.tls)

    def where(self, port: int) -> str:
        """Return the host as people read it, with that port if it has ports."""
        return self.host if self.dial else address_text(self.host, port)
