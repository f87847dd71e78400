"""Playing with friends, in lines: at which host."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from rachel_tui.hosts import Hosts, unlisted, visit_text
from rachel_tui.net.host_request import HostTrouble
from rachel_tui.net.host_urls import called_host, check_host, invitation_in
from rachel_tui.net.neighbours import neighbours
from rachel_tui.paths import command_text
from rachel_tui.place import Place
from rachel_tui.plain.commands import is_at_home, number_in
from rachel_tui.plain.lines import Lines, WentBack, ask
from rachel_tui.plain.lobby import LobbyLines

_VISITED_MAX: Final = 6
_AT_A_HOST: Final = frozenset({"play", "join", "watch", "open", "login", "logout"})
"""Words of a host's lobby, which somebody may type too early."""


class HostsLines:
    """Asks at which host to play, and shows its lobby."""

    def __init__(
        self,
        hosts: Hosts,
        lines: Lines,
        say: Callable[[str], None],
        visit: Callable[[Place], Awaitable[None]],
    ) -> None:
        """Prepare; ``visit`` plays or watches at a place."""
        self._hosts = hosts
        self._lines = lines
        self._say = say
        self._visit = visit
        self._known: list[tuple[str, bool]] = []  # as told last: addresses, and whether by TLS
        self._told: list[str] = []  # what was said of each

    async def run(self) -> None:
        """Ask for hosts, and stay in their lobbies, until the player goes back."""
        command = command_text("serve")
        self._say(f"A host is a machine that others can reach: {command} makes this one a host.")
        with suppress(WentBack):
            while True:
                address, tls = await self._choose()
                host, room = invitation_in(address)
                await LobbyLines(
                    self._hosts, host, self._lines, self._say, self._visit, room=room, tls=tls
                ).run()

    async def _choose(self) -> tuple[str, bool]:
        """Return the address of the host that the player wants, and whether to use TLS there.

        Raises:
            WentBack: they want none.
        """
        self._known, self._told = [], []
        for host in self._hosts.visited()[:_VISITED_MAX]:
            self._offer(host.address, visit_text(host), tls=host.tls)
        looking = asyncio.create_task(self._look_around())
        or_number = "its number, " if self._known else ""
        question = (
            f"Which host? Type {or_number}its name or address, like cards.example.org, the link "
            "of a table there, or back."
        )
        try:
            return await ask(self._lines, self._say, question, self._chosen, self._tell)
        finally:
            looking.cancel()

    def _offer(self, address: str, about: str, *, tls: bool) -> None:
        self._known.append((address, tls))
        self._told.append(f"{len(self._known)}: {called_host(address)}, {about}.")
        self._say(self._told[-1])

    def _tell(self) -> None:
        """Say again which hosts are known."""
        for line in self._told:
            self._say(line)

    async def _look_around(self) -> None:
        """Offer what answers on the local network, besides what was visited."""
        try:
            near = await unlisted(await neighbours(), self._hosts.visited()[:_VISITED_MAX])
        except HostTrouble:
            return
        for each in near:
            self._offer(each.address, f"{each.name}, on this network", tls=False)
        if near:
            self._say("Found on this network: their numbers can be typed, too.")

    def _chosen(self, typed: str) -> tuple[str, bool]:
        word = typed.lower().partition(" ")[0]
        if word in _AT_A_HOST:
            raise ValueError(f"First say which host: {word} is for what is there.")
        if is_at_home(typed):
            raise ValueError(f"{typed.lower()} is at home: type back first.")
        if number := number_in(typed, len(self._known)):
            return self._known[number - 1]
        check_host(invitation_in(typed)[0])
        return typed, False
