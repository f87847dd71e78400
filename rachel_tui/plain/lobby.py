"""The lobby of a host in lines: what waits and what runs there, and how to get a table."""

from collections.abc import Awaitable, Callable
from typing import Final

from rachel.text import shown
from rachel_tui.hosts import Hosts
from rachel_tui.net.host_api import log_in, log_out
from rachel_tui.net.host_request import HostTrouble, NoSuchHost
from rachel_tui.net.host_urls import called_host, hides_passwords, new_account_text
from rachel_tui.net.lobby import Lobby, LobbyTable, open_table, visit_lobby
from rachel_tui.net.reach import NO_SUCH_HOST
from rachel_tui.paths import command_text
from rachel_tui.place import Place
from rachel_tui.plain.commands import Query, number_in
from rachel_tui.plain.lines import Lines, WentBack, ask
from rachel_tui.plain.new_table import ask_new_table
from rachel_tui.plain.registering import ask_account
from rachel_tui.words.hints import plural
from rachel_tui.words.room_codes import JOIN_QUESTION, code_in

_TABLES_MAX: Final = 9
_NEEDS_PAGES: Final = {"open", "o", "login", "log in", "l", "logout", "log out", "register"}
_WATCH_QUESTION: Final = "Which table? Type its code, or back."
_SILENT_HOST: Final = "Games may be there all the same: try play. If not, is the address right?"


class LobbyLines:
    """Says what there is at a host, and does what is typed until the player goes back."""

    def __init__(
        self,
        hosts: Hosts,
        address: str,
        lines: Lines,
        say: Callable[[str], None],
        visit: Callable[[Place], Awaitable[None]],
        *,
        room: str,
        tls: bool,
    ) -> None:
        """Prepare for the host that ``address`` names; ``visit`` plays or watches at a place.

        With a ``room``, go there at once.
        """
        self._hosts = hosts
        self._address = address
        self._lines = lines
        self._say = say
        self._visit = visit
        self._room = room
        self._tls = tls
        self._lobby: Lobby | None = None
        self._trouble: HostTrouble | None = None  # why the host does not say who plays there
        self._login = hosts.login(address)

    async def run(self) -> None:
        """Do what is typed until the player goes back, or at once if there is no such host."""
        await self._ask()
        if isinstance(self._trouble, NoSuchHost):
            self._say(f"Error: {self._trouble}. {NO_SUCH_HOST}")
            return
        if self._room:
            await self._go(self._room)
        else:
            self._tell()
        while (typed := await self._lines.answer()) is not None:
            try:
                await self._do(typed.lower())
            except WentBack:
                if not self._lines.ended:
                    self._say_what()

    async def _ask(self) -> None:
        """Ask the host who plays there."""
        self._say(f"Asking who plays at {called_host(self._address)}.")
        self._lobby, self._trouble = None, None
        try:
            self._lobby = await visit_lobby(self._hosts.urls(self._address))
        except HostTrouble as trouble:
            self._trouble = trouble

    def _tell(self) -> None:
        """Say who plays there, and what can be done."""
        if self._lobby is None:
            self._say(f"The host does not say who plays there: {self._trouble}.")
            self._say(_SILENT_HOST)
        elif not self._lobby.tables:
            self._say("No public table there now.")
        for number, table in enumerate(self._tables, start=1):
            names = ", ".join(table.players) or "nobody yet"
            how = f"waiting, {plural(table.free, 'free seat')}" if table.waits else "playing"
            self._say(f"{number}: {table.code}, {how}: {names}.")
        self._say_what()

    @property
    def _tables(self) -> tuple[LobbyTable, ...]:
        return () if self._lobby is None else self._lobby.tables[:_TABLES_MAX]

    @property
    def _kept_room(self) -> str:
        """The room in which a seat is kept, empty if there is none."""
        return self._hosts.kept_room(self._place(""))

    def _say_what(self) -> None:
        """Say who one is here, and what can be typed."""
        login = self._login
        self._say("You come as a guest." if login is None else f"You play as {login.username}.")
        kept = self._kept_room
        words = [f"play to go on at table {kept}" if kept else "play for a free seat"]
        if self._tables:
            words.append("a number for that table")
        words += ["join CODE (a new code opens a room)", "watch CODE"]
        if self._lobby is not None:
            words.append("open for a table of your own")
            account = ["login (for ratings)", "register for an account"]
            words += account if login is None else ["logout"]
        self._say(f"Type {', '.join(words)}, Enter to ask again, or back.")

    async def _do(self, typed: str) -> None:
        word, _, rest = typed.partition(" ")
        asks, logged_in = self._lobby is not None, self._login is not None
        if not typed:
            await self._ask()
            self._tell()
        elif word in ("play", "p") and not rest:
            await self._go("")
        elif word in ("join", "j"):
            await self._go(await self._code(JOIN_QUESTION, rest))
        elif word in ("watch", "w"):
            await self._go(await self._code(_WATCH_QUESTION, rest), watches=True)
        elif typed in ("open", "o") and self._lobby is not None:
            await self._open(self._lobby)
        elif typed in _NEEDS_PAGES and not asks:
            self._say("That needs the pages of the host, which do not answer.")
        elif typed in ("login", "log in", "l") and asks and not logged_in:
            await self._log_in()
        elif typed == "register" and asks and not logged_in:
            await self._register()
        elif typed in ("logout", "log out") and asks and logged_in:
            await self._log_out()
        elif number := number_in(typed, len(self._tables)):
            await self._go_to(self._tables[number - 1])
        else:
            if typed not in Query.HELP.value:
                self._say(f"'{shown(typed, most=30)}' is no choice here.")
            self._say_what()

    # --- tables ------------------------------------------------------------------------------

    async def _code(self, question: str, typed: str) -> str:
        """Return the code that was typed, or ask for it."""
        if typed:
            try:
                return code_in(typed)
            except ValueError as problem:
                self._say(str(problem))
        return await ask(self._lines, self._say, question, code_in)

    async def _go_to(self, table: LobbyTable) -> None:
        if (table.waits and table.free) or table.code == self._kept_room:
            await self._go(table.code)
        elif table.may_watch:
            await self._go(table.code, watches=True)
        else:
            self._say("There is no free seat, and its players let nobody watch.")

    def _place(self, room: str, *, watches: bool = False) -> Place:
        return self._hosts.place(
            self._address, room, tls=self._tls, watches=watches, lobby=self._lobby
        )

    async def _go(self, room: str, *, watches: bool = False) -> None:
        await self._visit(self._place(room, watches=watches))
        await self._ask()
        self._tell()

    async def _open(self, lobby: Lobby) -> None:
        table = await ask_new_table(self._lines, self._say)
        try:
            code = await open_table(lobby.url, self._login, table)
        except HostTrouble as trouble:
            self._say(f"Error: {trouble}.")
            raise WentBack from None
        await self._go(code)

    # --- the account -------------------------------------------------------------------------

    async def _log_in(self) -> None:
        if self._lobby is None:
            return
        url = self._lobby.url
        if not hides_passwords(url, self._address) or self._lines.hidden is None:
            self._say(
                f"Others could read your password here. To log in all the same: "
                f"{command_text(f'login {url}')}."
            )
            raise WentBack
        question = f"Your username or e-mail address at {called_host(self._address)}?"
        name = await ask(self._lines, self._say, question, _name)
        with self._lines.hidden():
            self._say(f"The password of {shown(name)}? It is not shown.")
            password = await self._lines.get()
        if not password:
            raise WentBack
        try:
            self._login = await log_in(url, name, password)
            self._hosts.keep_login(self._login)
        except HostTrouble as trouble:
            self._say(f"Error: {trouble}.")
        except OSError as problem:
            self._say(f"The login lasts until you leave: it cannot be kept ({problem.strerror}).")
        self._say_what()

    async def _register(self) -> None:
        if self._lobby is None:
            return
        url = self._lobby.url
        if not hides_passwords(url, self._address) or self._lines.hidden is None:
            self._say(f"Others could read your password here. {new_account_text(url)}")
        else:
            await ask_account(self._lobby, called_host(self._address), self._lines, self._say)
        self._say_what()

    async def _log_out(self) -> None:
        login, self._login = self._login, None
        if login is not None:
            try:
                self._hosts.forget_login(login)
                await log_out(login)
            except (HostTrouble, OSError) as trouble:
                self._say(f"Error: {trouble}.")
        self._say_what()


def _name(typed: str) -> str:
    if not typed:
        raise ValueError("Type your username or e-mail address, or back.")
    return typed
