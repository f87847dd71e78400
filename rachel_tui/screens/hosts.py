"""Playing with friends: at which host."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from rachel_tui.games.played import PlayedGame
from rachel_tui.hosts import Hosts, unlisted, visit_text
from rachel_tui.keep.album import games
from rachel_tui.keep.hosts import VisitedHost
from rachel_tui.net.host_request import HostTrouble
from rachel_tui.net.host_urls import called_host, check_host, invitation_in
from rachel_tui.net.neighbours import Neighbour, neighbours
from rachel_tui.net.reach import why_silent
from rachel_tui.paths import command_text
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.detailed_menu import DetailedMenuScreen
from rachel_tui.screens.host_details import games_at, near_content, seats_of, visited_content
from rachel_tui.screens.menu import Row, sentence
from rachel_tui.widgets.details import Detail
from rachel_tui.widgets.settings import settings_of
from rachel_tui.words.seat_lines import empty_table

_SHOWN_MAX: Final = 6
_USUAL_SEATS: Final = 4
_ANY_HOST: Final = (
    "Its name, like cards.example.org; an address, like 192.168.1.7:1982; or the link of a table "
    "there, which leads to that table at once."
)


class HostsScreen(DetailedMenuScreen):
    """Offers the hosts visited before, those on the local network, and any other."""

    TEXT_WIDTH = 26

    def __init__(
        self,
        hosts: Hosts,
        enter: Callable[[str, str, bool], None],
        look_around: Callable[[], Awaitable[list[Neighbour]]] = neighbours,
    ) -> None:
        """Offer ``hosts``, and those that ``look_around`` finds; it may raise `HostTrouble`.

        ``enter`` shows what the host with an address has to offer, or joins a room there (empty
        for none), inside TLS or not; the next key is for the screen that it opens.
        """
        super().__init__()
        self._enter = enter
        self._look_around = look_around
        self._hosts = hosts
        self._near: list[Neighbour] = []
        self._games: Sequence[PlayedGame] = ()

    def frame_title(self) -> str:
        """Return what this is about."""
        return "Play with friends"

    def head(self) -> ComposeResult:
        """Yield what a host is."""
        command = command_text("serve")
        yield Static(
            f"A host is a machine that others can reach: {command} makes this one a host.",
            classes="menu-text",
            markup=False,
        )

    def on_mount(self) -> None:
        """Look around on the local network meanwhile."""
        self.say("Looking around on this network…", stays=True)
        self.run_worker(self._find_near())
        self.run_worker(self._look_back())

    async def _look_back(self) -> None:
        """Find out what was played where."""
        if self._hosts.games_path is not None:
            self._games = (await asyncio.to_thread(games, self._hosts.games_path)).games
            self.renew()

    async def _find_near(self) -> None:
        try:
            self._near = await unlisted(await self._look_around(), self._visited())
        except HostTrouble as trouble:
            self.say(sentence(str(trouble)), stays=True)
            return
        self.say("" if self._near else "No other host on this network answers.", stays=True)
        self.renew()

    def _visited(self) -> Sequence[VisitedHost]:
        return self._hosts.visited()[:_SHOWN_MAX]

    def rows(self) -> Sequence[Row]:
        """Return the hosts; each has a digit."""
        visited = self._visited()
        known = {host.address for host in visited}
        found: list[tuple[str, str, bool, VisitedHost | Neighbour]] = [
            (host.address, visit_text(host), host.tls, host) for host in visited
        ]
        found += [
            (near.address, near.name, False, near)
            for near in self._near
            if near.address not in known
        ]
        rows = [
            Row(
                str(n),
                called_host(address),
                about,
                partial(self._choose, address, tls=tls),
                subject=host,
            )
            for n, (address, about, tls, host) in enumerate(found[:9], start=1)
        ]
        about, shorter = "by its name or address", ("by its address",)
        return [*rows, Row("o", "Another host", about, self._ask, shorter=shorter)]

    def detail(self, row: Row) -> Detail:
        """Return what is known of a host, or how another one is named."""
        host, seats = row.subject, empty_table((), _USUAL_SEATS - 1, me=settings_of(self).name)
        if isinstance(host, VisitedHost):
            here = games_at(host, self._games)
            text = visited_content(host, self._hosts.login(host.address), here)
            return Detail(row.text, text, seats_of(here[-1]) if here else seats)
        text = near_content(host) if isinstance(host, Neighbour) else Content(_ANY_HOST)
        return Detail(row.text, text, seats)

    def on_screen_resume(self) -> None:
        """Offer what there is now: a visit may have been kept."""
        if self._rows:
            self.renew()

    def _choose(self, address: str, *, tls: bool) -> None:
        host, room = invitation_in(address)
        self._enter(host, room, tls)

    def _ask(self) -> None:
        question = AskScreen(
            "Another host",
            "Its name or address, like cards.example.org or 192.168.1.7:1982, or the link of a "
            "table there:",
            _problem,
            seek=self._why_silent,
            meanwhile="Asking whether it is there…",
        )
        self.app.push_screen(question, self._take)

    async def _why_silent(self, typed: str) -> str:
        address, room = invitation_in(typed)
        place = self._hosts.place(address, room)
        urls = self._hosts.urls(address)
        return await why_silent(urls, place.dial_port(place.port), place.where(place.port))

    def _take(self, address: str | None) -> None:
        if address is not None:
            self._choose(address, tls=False)


def _problem(address: str) -> str:
    try:
        check_host(invitation_in(address)[0])
    except ValueError as problem:
        return str(problem)
    return ""
