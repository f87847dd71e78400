"""Making an account at a host: four questions, one after the other."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from textual.screen import Screen

from rachel_tui.net.host_api import register
from rachel_tui.net.host_request import HostTrouble
from rachel_tui.net.lobby import Lobby
from rachel_tui.screens.ask import AskScreen
from rachel_tui.words.account import (
    ADDRESS,
    NOT_THE_SAME,
    PASSWORD,
    USERNAME,
    question,
    registered_text,
)

_TITLE: Final = "New account"


class Registering:
    """Asks for an account. Name and address that were typed are offered the next time."""

    def __init__(self, screen: Screen[Any], where: str, say: Callable[[str], None]) -> None:
        """Prepare for the host that is called ``where``; how to go on is told by ``say``."""
        self._screen = screen  # whose app shows the questions
        self._where = where
        self._say = say
        self._name = ""
        self._address = ""
        self._said = ""  # how the host says to go on

    def ask(self, lobby: Lobby) -> None:
        """Ask for an account at the host, which has this ``lobby``."""
        self._ask(lobby, USERNAME, self._take_name, offered=self._name)

    def _take_name(self, lobby: Lobby, name: str) -> None:
        self._name = name
        self._ask(lobby, ADDRESS, self._take_address, offered=self._address)

    def _take_address(self, lobby: Lobby, address: str) -> None:
        self._address = address
        self._ask(lobby, PASSWORD, self._ask_again, secret=True)

    def _ask_again(self, lobby: Lobby, password: str) -> None:
        again = AskScreen(
            _TITLE,
            "The same password again:",
            lambda typed: "" if typed == password else NOT_THE_SAME,
            seek=partial(self._register, lobby),
            meanwhile="Asking for the account…",
            secret=True,
        )
        self._screen.app.push_screen(again, self._tell)

    async def _register(self, lobby: Lobby, password: str) -> str:
        """Ask the host for the account; return why there is none, empty if it has one."""
        try:
            self._said = await register(lobby.url, self._name, self._address, password)
        except HostTrouble as trouble:
            return str(trouble)
        return ""

    def _tell(self, password: str | None) -> None:
        if password is not None:
            self._say(registered_text(self._said))

    def _ask(
        self,
        lobby: Lobby,
        field: str,
        take: Callable[[Lobby, str], None],
        *,
        offered: str = "",
        secret: bool = False,
    ) -> None:
        text = question(field, self._where, sends_mail=lobby.sends_mail)

        def taken(typed: str | None) -> None:
            if typed is not None:
                take(lobby, typed)

        self._screen.app.push_screen(AskScreen(_TITLE, text, offered=offered, secret=secret), taken)
