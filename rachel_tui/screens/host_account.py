"""One player's account at a host, in its lobby: logging in and out, and making one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from textual.screen import Screen

from rachel_tui.hosts import Hosts
from rachel_tui.net.host_api import log_in, log_out
from rachel_tui.net.host_request import HostTrouble
from rachel_tui.net.host_urls import called_host, hides_passwords, new_account_text
from rachel_tui.net.lobby import Lobby
from rachel_tui.paths import command_text
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.menu import Row, sentence
from rachel_tui.screens.registering import Registering


class HostAccount:
    """Asks for what a login needs, and keeps it.

    Attributes:
        login: as whom the player sits down there, None for a guest.
    """

    def __init__(
        self,
        screen: Screen[Any],
        hosts: Hosts,
        address: str,
        say: Callable[[str], None],
        on_change: Callable[[], None],
    ) -> None:
        """Find the login that is kept for the host that ``address`` names.

        What went wrong is told by ``say``; ``on_change`` is called after every login and logout.
        """
        self.login = hosts.login(address)
        self._screen = screen  # whose app shows the questions
        self._hosts = hosts
        self._address = address
        self._say = say
        self._on_change = on_change
        self._registering = Registering(screen, called_host(address), say)

    def rows(self, lobby: Lobby) -> list[Row]:
        """Return what a guest, or one who is logged in, can do."""
        if self.login is not None:
            return [Row("l", "Log out", "", self._log_out)]
        return [
            Row("l", "Log in", "for ratings", partial(self._ask_login, lobby)),
            Row("n", "New account", "to log in with", partial(self._ask_new, lobby)),
        ]

    def _ask_login(self, lobby: Lobby) -> None:
        """Ask for name and password, unless others could read them on the way."""
        if not hides_passwords(lobby.url, self._address):
            command = command_text(f"login {lobby.url}")
            self._say(
                f"Others could read your password on the way. To log in all the same: {command}"
            )
            return
        where = called_host(self._address)
        question = AskScreen("Log in", f"Your username or e-mail address at {where}.")
        self._screen.app.push_screen(question, partial(self._ask_password, lobby))

    def _ask_new(self, lobby: Lobby) -> None:
        """Ask for what a new account needs, unless others could read it on the way."""
        if hides_passwords(lobby.url, self._address):
            self._registering.ask(lobby)
        else:
            account = new_account_text(lobby.url)
            self._say(f"Others could read your password on the way. {account}")

    def _ask_password(self, lobby: Lobby, name: str | None) -> None:
        if name is not None:
            question = AskScreen(
                "Log in",
                f"The password of {name}:",
                seek=partial(self._log_in, lobby, name),
                meanwhile="Logging in…",
                secret=True,
            )
            self._screen.app.push_screen(question, self._logged_in)

    async def _log_in(self, lobby: Lobby, name: str, password: str) -> str:
        """Log in; return why that is not possible, empty if it is."""
        try:
            self.login = await log_in(lobby.url, name, password)
        except HostTrouble as trouble:
            return str(trouble)
        return ""

    def _logged_in(self, password: str | None) -> None:
        if password is None or self.login is None:
            return
        try:
            self._hosts.keep_login(self.login)
        except OSError as problem:
            self._say(f"The login lasts until you leave: it cannot be kept ({problem.strerror}).")
        self._on_change()

    async def _log_out(self) -> None:
        """End the login, here and at the host."""
        login, self.login = self.login, None
        if login is None:
            return
        try:
            self._hosts.forget_login(login)
            await log_out(login)
        except (HostTrouble, OSError) as trouble:
            self._say(sentence(str(trouble)))
        self._on_change()
