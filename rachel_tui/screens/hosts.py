"""Playing with friends: at which host."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from rachel.address import parse_address
from rachel_tui.hosts import Hosts, visit_text
from rachel_tui.net.host_request import HostTrouble
from rachel_tui.net.host_urls import invitation_in, parse_url
from rachel_tui.net.neighbours import Neighbour, neighbours
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.menu import MenuScreen, Row, sentence

_SHOWN_MAX: Final = 6


class HostsScreen(MenuScreen):
    """Offers the hosts visited before, those on the local network, and any other."""

    TEXT_WIDTH = 26

    class HostChosen(Message):
        """The player wants to see what a host has to offer, or to join a ``room`` there."""

        def __init__(self, address: str, room: str, *, tls: bool) -> None:
            super().__init__()
            self.address = address
            self.room = room
            self.tls = tls

    def __init__(self, hosts: Hosts) -> None:
        super().__init__()
        self._hosts = hosts
        self._near: list[Neighbour] = []

    def frame_title(self) -> str:
        """Return what this is about."""
        return "Play with friends"

    def head(self) -> ComposeResult:
        """Yield what a host is."""
        yield Static(
            "A host is a machine that others can reach: rachel serve makes this one a host.",
            classes="menu-text",
            markup=False,
        )

    def on_mount(self) -> None:
        """Look around on the local network meanwhile."""
        self.say("Looking around on this network…")
        self.run_worker(self._look_around())

    async def _look_around(self) -> None:
        try:
            self._near = await neighbours()
        except HostTrouble as trouble:
            self.say(sentence(str(trouble)))
            return
        self.say("" if self._near else "No other host on this network answers.")
        self.renew()

    def rows(self) -> Sequence[Row]:
        """Return the hosts; each has a digit."""
        visited = self._hosts.visited()[:_SHOWN_MAX]
        known = {host.address for host in visited}
        found = [(host.address, visit_text(host), host.tls) for host in visited]
        found += [
            (near.address, near.name, False) for near in self._near if near.address not in known
        ]
        rows = [
            Row(str(number), address, about, partial(self._choose, address, tls=tls))
            for number, (address, about, tls) in enumerate(found[:9], start=1)
        ]
        return [*rows, Row("o", "Another host", "by its name or address", self._ask)]

    def on_screen_resume(self) -> None:
        """Offer what there is now: a visit may have been kept."""
        if self._rows:
            self.renew()

    def _choose(self, address: str, *, tls: bool) -> None:
        host, room = invitation_in(address)
        self.post_message(self.HostChosen(host, room, tls=tls))

    def _ask(self) -> None:
        question = AskScreen(
            "Another host",
            "Its name or address, like cards.example.org or 192.168.1.7:1982, or the link of a "
            "table there:",
            _problem,
        )
        self.app.push_screen(question, self._take)

    def _take(self, address: str | None) -> None:
        if address is not None:
            self._choose(address, tls=False)


def _problem(address: str) -> str:
    address, _ = invitation_in(address)
    try:
        if "://" in address:
            parse_url(address)
        else:
            parse_address(address)
    except ValueError as problem:
        return str(problem)
    return ""
