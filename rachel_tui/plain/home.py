"""Home as a dialogue of lines: a menu, to which every table leads back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from rachel.address import parse_address
from rachel_tui.home import Here, Home, Unplayable
from rachel_tui.hosts import Hosts
from rachel_tui.net.host_request import HostTrouble
from rachel_tui.net.host_urls import named_host
from rachel_tui.net.lobby import Lobby, visit_lobby
from rachel_tui.place import Place
from rachel_tui.plain.commands import Query
from rachel_tui.plain.dialogue import Dialogue
from rachel_tui.plain.gallery import ask_table
from rachel_tui.plain.lessons import LessonLines
from rachel_tui.plain.lines import Lines
from rachel_tui.plain.own_games import tell_replay, tell_statistics
from rachel_tui.plain.settings import OwnSettings, change_settings
from rachel_tui.plain.text import rules_lines
from rachel_tui.words.hints import plural
from rachel_tui.words.menu import NO_TABLE, Entry
from rachel_tui.words.room_codes import code_problem

_LOBBY_HELP: Final = (
    "Type play for a free seat, a number for that table, join CODE (a new code opens a table), "
    "watch CODE, or back."
)
_HOSTS_MAX: Final = 9


class HomeLines:
    """Says what there is to do, and does what is typed."""

    def __init__(
        self,
        home: Home,
        name: str,
        say: Callable[[str], None],
        settings: OwnSettings | None = None,
    ) -> None:
        """Prepare; `run` talks. Without ``settings`` there are none to change."""
        self._home = home
        self._name = name
        self._say = say
        self._lines = Lines()
        self._does: dict[str, Callable[[], Awaitable[None]]] = {
            "continue": self._continue,
            "solo": self._solo,
            "learn": self._learn,
            "friends": self._friends,
            "rules": self._rules,
        }
        if home.games_path is not None:
            self._does |= {
                "replays": partial(self._replays, home.games_path),
                "statistics": partial(tell_statistics, home.games_path, say),
            }
        if settings is not None:
            self._does["settings"] = partial(self._change, settings)
        if home.here is not None:
            self._does |= {
                "quick": partial(self._quick, home.here),
                "join": partial(self._join, home.here),
                "watch": partial(self._watch, home.here),
                "top": partial(self._top, home.here),
            }

    async def run(self, lines: Lines) -> int:
        """Do what is typed until it is quit, or the end; return the exit status."""
        self._lines = lines
        while (word := await self._choose()) != "quit":
            await self._does[word]()
        self._say("You leave.")
        return 0

    async def _choose(self) -> str:
        """Return the word of what the player wants from the menu."""
        if self._home.here is not None:
            await self._home.here.look()
        known = {*self._does, "quit"}
        menu = [entry for entry in self._home.menu() if entry.word in known]
        self._say("Rachel. Type a number or a word:")
        self._say_menu(menu)
        words = {entry.word: entry.word for entry in menu}
        words |= {entry.key: entry.word for entry in menu}
        words |= {str(number): entry.word for number, entry in enumerate(menu, start=1)}
        while (line := await self._lines.get()) is not None:
            typed = line.strip().lower()
            if word := words.get(typed):
                return word
            if typed in ("", *Query.HELP.value):
                self._say_menu(menu)
            else:
                self._say(f"Type a number from 1 to {len(menu)}, or Enter to hear the menu.")
        return "quit"

    def _say_menu(self, menu: Sequence[Entry]) -> None:
        for number, entry in enumerate(menu, start=1):
            about = f": {entry.about}" if entry.about else ""
            self._say(f"{number} {entry.word}{about}.")

    # --- what the menu offers ----------------------------------------------------------------

    async def _continue(self) -> None:
        if left := self._home.left_game():
            await self._open(left.open)

    async def _solo(self) -> None:
        await self._open(self._home.open_solo)

    async def _open(self, opened: Callable[[], Place]) -> None:
        try:
            place = await asyncio.to_thread(opened)
        except Unplayable as trouble:
            self._say(f"Error: {trouble}.")
        else:
            await self._visit(place)

    async def _visit(self, place: Place) -> None:
        name = self._name if place.login is None else place.login.username
        await Dialogue(place, name, self._say, scripted=False).run(self._lines)

    async def _learn(self) -> None:
        if await LessonLines(self._home.progress, self._say).run(self._lines):
            await self._solo()

    async def _rules(self) -> None:
        for line in rules_lines():
            self._say(line)

    async def _replays(self, folder: Path) -> None:
        await tell_replay(folder, self._lines, self._say)

    async def _change(self, settings: OwnSettings) -> None:
        await change_settings(settings, self._lines, self._say)

    # --- at the host itself ------------------------------------------------------------------

    async def _quick(self, here: Here) -> None:
        await self._visit(here.place())

    async def _join(self, here: Here) -> None:
        self._say("Which room? Type its code, or a new one to open it, or back.")
        while (typed := await self._typed()) != "back":
            if problem := code_problem(typed):
                self._say(f"No: {problem}.")
            else:
                await self._visit(here.place(typed.upper()))
                return

    async def _watch(self, here: Here) -> None:
        tables = await here.tables()
        code = await ask_table(tables, self._lines, self._say) if tables else None
        if code is not None:
            await self._visit(here.place(code, watches=True))
        elif not tables:
            self._say(NO_TABLE)

    async def _top(self, here: Here) -> None:
        for line in await here.leaders():
            self._say(line)

    # --- at other hosts ----------------------------------------------------------------------

    async def _friends(self) -> None:
        hosts = self._home.hosts
        if hosts is None:
            return
        visited = hosts.visited()[:_HOSTS_MAX]
        for number, host in enumerate(visited, start=1):
            self._say(f"{number}: {host.address}.")
        known = {str(number): host.address for number, host in enumerate(visited, start=1)}
        or_number = "its number or " if known else ""
        self._say("To play as your account there, log in before: rachel login HOST.")
        question = f"Which host? Type {or_number}its name or address, or back."
        self._say(question)
        while (typed := await self._typed()) != "back":
            if typed in Query.HELP.value:
                self._say(question)
                continue
            address = known.get(typed, typed)
            try:
                parse_address(named_host(address))
            except ValueError as problem:
                self._say(f"{problem}.")
            else:
                await self._see_lobby(hosts, address)
                return

    async def _see_lobby(self, hosts: Hosts, address: str) -> None:
        lobby: Lobby | None = None
        try:
            lobby = await visit_lobby(hosts.urls(address))
        except HostTrouble:
            self._say("It does not say who plays there.")  # why not is two addresses long
        else:
            if not lobby.tables:
                self._say("No public table there now.")
        tables = {} if lobby is None else dict(enumerate(lobby.tables[:_HOSTS_MAX], start=1))
        for number, table in tables.items():
            names = ", ".join(table.players) or "nobody yet"
            how = f"waits, {plural(table.free, 'free seat')}" if table.waits else "plays"
            self._say(f"{number}: {table.code} {how}: {names}.")
        self._say(_LOBBY_HELP)
        while (typed := await self._typed()) != "back":
            word, _, code = typed.partition(" ")
            chosen = tables.get(int(word)) if word.isdecimal() else None
            if chosen is not None:
                room, watches = chosen.code, not (chosen.waits and chosen.free)
            elif word in ("play", "p") and not code:
                room, watches = "", False
            elif word in ("join", "watch") and code.isalnum() and code.isascii():
                room, watches = code.upper(), word == "watch"
            else:
                self._say(_LOBBY_HELP)
                continue
            place = hosts.place(address, room, watches=watches, lobby=lobby)
            hosts.remember(address, self._name, tls=place.tls)
            await self._visit(place)
            return

    async def _typed(self) -> str:
        """Return what is typed, "back" for nothing, for quit and at the end."""
        line = await self._lines.get()
        typed = "back" if line is None else line.strip().lower() or "back"
        return "back" if typed in Query.QUIT.value else typed
