"""Home as a dialogue of lines: a menu, to which every table leads back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from rachel_tui.home import Here, Home
from rachel_tui.hosts import Unplayable
from rachel_tui.keep.settings import OwnSettings
from rachel_tui.place import Place
from rachel_tui.plain.commands import Query, asked_with
from rachel_tui.plain.gallery import ask_table
from rachel_tui.plain.hosts import HostsLines
from rachel_tui.plain.lessons import LessonLines
from rachel_tui.plain.lines import Lines, WentBack, ask
from rachel_tui.plain.name import ask_name
from rachel_tui.plain.own_games import tell_replays, tell_statistics
from rachel_tui.plain.settings import SettingsLines
from rachel_tui.plain.text import rules_lines
from rachel_tui.plain.visit import visit
from rachel_tui.words.menu import NO_TABLE, Entry
from rachel_tui.words.room_codes import JOIN_QUESTION, code_in

_WELCOME: Final = (
    "Welcome. Rachel is a card game: the first player without cards wins.",
    "Each turn you play a card of the suit or the rank of the top card. You hear which of yours "
    "fit, each with a number, and type the number. If none fits, you draw.",
    "learn teaches the game, rules has it in short, and help says what can be typed.",
)
"""What somebody hears who has never been here."""
_HELP: Final = (
    "Type the number or the word of what you want. Enter tells the menu.",
    "quit leads back to this menu, and ends Rachel here. back does the same, except in lessons and "
    "replays: there it goes one step back.",
    "help tells what can be typed wherever you are. rules WORD tells where the rules have that "
    "word, here and at a table.",
)
_ALSO: Final = {
    "play": "solo",
    "lessons": "learn",
    "watch": "friends",
    "host": "friends",
    "view": "replays",
    "replay": "replays",
    "stats": "statistics",
    "config": "settings",
    "q": "quit",
    "exit": "quit",
}
"""Other words for what the menu offers, as screens and commands of a shell have them."""


class HomeLines:
    """Says what there is to do, and does what is typed."""

    def __init__(
        self,
        home: Home,
        name: str,
        say: Callable[[str], None],
        settings: OwnSettings | None = None,
        keep_name: Callable[[str], None] | None = None,
    ) -> None:
        """Prepare; `run` talks.

        Args:
            home: what can be opened.
            name: the player's name, or the one that is offered.
            say: says a line.
            settings: the settings to be changed; None where there are none.
            keep_name: keeps the name that is asked for at the first table; None if it is known.
        """
        self._home = home
        self._name = name
        self._keep_name = keep_name
        self._settings = settings
        self._say = say
        self._lines = Lines()
        self._said: Sequence[Entry] = ()  # the menu as it was said last
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
        if self._keep_name is not None and not self._chosen_name and not self._home.progress.done:
            for line in _WELCOME:
                self._say(line)
        while (word := await self._choose()) != "quit":
            await self._does[word]()
        self._say("You leave.")
        return 0

    @property
    def _chosen_name(self) -> str:
        return "" if self._settings is None else self._settings.load().name

    async def _choose(self) -> str:
        """Return the word of what the player wants from the menu."""
        if self._lines.ended:
            return "quit"
        if self._home.here is not None:
            await self._home.here.look()
        known = {*self._does, "quit"}
        menu = [entry for entry in self._home.menu() if entry.word in known]
        if menu == self._said:
            self._say("Home. Type a number or a word, or press Enter to hear the menu.")
        else:
            self._say("Rachel. Type a number or a word:")
            self._say_menu(menu)
        words = {entry.word: entry.word for entry in menu}
        words |= {entry.key: entry.word for entry in menu}
        words = {other: words[word] for other, word in _ALSO.items() if word in words} | words
        numbers = _numbers(menu)
        words |= {str(number): word for word, number in numbers.items()}
        while (line := await self._lines.get()) is not None:
            typed = line.strip().lower()
            if word := words.get(typed):
                return word
            if typed in ("back", "home"):
                self._say("You are home; quit ends Rachel.")
            elif not typed or typed == "menu":
                self._say_menu(menu)
            elif (about := asked_with(Query.RULES, line)) is not None:
                for text in rules_lines(about):
                    self._say(text)
            elif typed in Query.HELP.value:
                for text in _HELP:
                    self._say(text)
            else:
                self._say(
                    f"Type a number from {min(numbers.values())} to {max(numbers.values())} "
                    "or a word of the menu; Enter tells it."
                )
        return "quit"

    def _say_menu(self, menu: Sequence[Entry]) -> None:
        self._said = menu
        numbers = _numbers(menu)
        for entry in menu:
            about = entry.in_lines or entry.about
            self._say(f"{numbers[entry.word]} {entry.word}{f': {about}' if about else ''}.")

    # --- what the menu offers ----------------------------------------------------------------

    async def _continue(self) -> None:
        if left := self._home.to_continue():
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
        """Play or watch."""
        order = "rank" if self._settings is None else self._settings.load().sort
        with suppress(WentBack):
            await visit(
                place, self._name_at, self._say, self._lines, scripted=lambda: False, order=order
            )

    async def _name_at(self, place: Place) -> str:
        """Return the player's name at a place; at the first table they are asked.

        Raises:
            WentBack: they do not want to say it.
        """
        if place.login is not None:
            return place.login.username
        if self._keep_name is not None and not self._chosen_name and not place.watches:
            self._name = await ask_name(self._lines, self._say, self._name)
            self._keep_name(self._name)
            self._keep_name = None
        return self._chosen_name or self._name

    async def _learn(self) -> None:
        if await LessonLines(self._home.progress, self._say).run(self._lines):
            await self._solo()

    async def _rules(self) -> None:
        for line in (*rules_lines(), "rules 7, or rules and another word, tells a part of this."):
            self._say(line)

    async def _replays(self, folder: Path) -> None:
        await tell_replays(folder, self._lines, self._say)

    async def _change(self, settings: OwnSettings) -> None:
        await SettingsLines(settings, self._lines, self._say).run()

    # --- at the host itself ------------------------------------------------------------------

    async def _quick(self, here: Here) -> None:
        await self._visit(here.place())

    async def _join(self, here: Here) -> None:
        with suppress(WentBack):
            await self._visit(here.place(await ask(self._lines, self._say, JOIN_QUESTION, code_in)))

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
        if self._home.hosts is not None:
            await HostsLines(self._home.hosts, self._lines, self._say, self._visit).run()


def _numbers(menu: Sequence[Entry]) -> dict[str, int]:
    """Return the numbers of a menu's words: the same whether there is a game to continue or not."""
    return {entry.word: number for number, entry in enumerate(menu, start=0 if _left(menu) else 1)}


def _left(menu: Sequence[Entry]) -> Entry | None:
    """Return the entry of the game that was left, which begins the menu; None if there is none."""
    return menu[0] if menu and menu[0].word == "continue" else None
