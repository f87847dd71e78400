"""Runs the app against a table host and waits for conditions instead of time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from table_host import TableHost
from textual import events
from textual.driver import Driver
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from rachel_tui.app import RachelApp
from rachel_tui.dressed import Outfit
from rachel_tui.keep.settings import DEFAULTS, Settings
from rachel_tui.place import Place
from rachel_tui.screens.table import TableScreen
from rachel_tui.widgets.hand import HandView
from rachel_tui.widgets.status import AdviceLine

DEADLINE_S = 20.0
HOST_KEY = "table.test:1982"
_NO_FRAMES = dict.fromkeys(map(ord, "│─╭╮╰╯"))
ENVIRONMENT = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@dataclass
class AppPilot:
    """A running app and what a test does with it."""

    app: RachelApp
    pilot: Pilot[None]

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other, as somebody does who looks at each screen."""
        for key in keys:
            await self.until(partial(self._counts, key), f"{key} counts")
            await self.pilot.press(key)

    def _counts(self, key: str) -> bool:
        name = key if len(key) > 1 or key.isalnum() else _character_to_key(key)
        return not self.app.repeats.refuses(events.Key(name, None), self.app.screen)

    async def press_at(self, at: float, *keys: str) -> None:
        """Press keys at a second of their own clock, faster than the app can take them."""
        for key in keys:
            pressed = events.Key(key, "\r" if key == "enter" else key)
            pressed.set_sender(self.app)
            pressed.time = at
            self.app.post_message(pressed)
        await self.pilot.pause()

    async def press_in_one_piece(self, *keys: str) -> None:
        """Send keys as a slow line does: together."""
        for key in keys:
            name = key if len(key) > 1 else _character_to_key(key)
            character = {"space": " ", "enter": "\r"}.get(key, key if len(key) == 1 else None)
            event = events.Key(name, character)
            event.set_sender(self.app)
            self.app.post_message(event)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait until a condition holds; fail with the screen's text after the deadline."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                while not condition():
                    await self.pilot.pause()
        except TimeoutError:
            raise AssertionError(f"{what or 'condition'} never held:\n{self.text()}") from None

    async def until_screen(self, kind: type[Screen[Any]]) -> None:
        """Wait until a screen of a kind is on top and ready for keys."""
        await self.until(
            lambda: type(self.app.screen) is kind and self.app.screen.is_mounted, kind.__name__
        )

    async def until_text(self, text: str) -> None:
        """Wait until the top screen shows a text."""
        await self.until(lambda: text in self.text(), repr(text))

    async def until_words(self, text: str) -> None:
        """Wait until the top screen shows a text, however its lines are broken and framed."""
        await self.until(
            lambda: text in " ".join(self.text().translate(_NO_FRAMES).split()), repr(text)
        )

    async def until_prompt(self) -> None:
        """Wait until it is our turn at the table."""
        await self.until_screen(TableScreen)
        await self.until(lambda: self.hand.prompt and self.hand.size.width, "prompt")

    @property
    def hand(self) -> HandView:
        """The hand on the table screen."""
        return self.app.screen.query_one(HandView)

    @property
    def advice(self) -> str:
        """The line under the hand."""
        return self.app.screen.query_one(AdviceLine).advice

    def text(self) -> str:
        """Return what the terminal shows, line by line."""
        screen = self.app.screen
        if not screen.size:
            return ""
        strips = screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    async def click(self, widget: type[Widget], x: int, y: int) -> None:
        """Click on a cell of a widget."""
        await self.pilot.click(widget, offset=(x, y))


def place_of(host: TableHost, folder: Path, *, solo: bool = False) -> Place:
    """Return the place of a host, with its seat kept in ``folder``."""
    seats = 4 if solo else 0
    return Place("127.0.0.1", host.port, HOST_KEY, folder / "seats.json", solo_seats=seats)


@asynccontextmanager
async def playing(
    host: TableHost,
    folder: Path,
    *,
    size: tuple[int, int] = (80, 24),
    name: str | None = "Ann",
    solo: bool = False,
) -> AsyncIterator[AppPilot]:
    """Run the app at a host."""
    place = place_of(host, folder, solo=solo)
    async with playing_at(place, size=size, name=name) as app:
        yield app


@asynccontextmanager
async def playing_at(
    place: Place,
    *,
    size: tuple[int, int] = (80, 24),
    name: str | None = "Ann",
    keep: Callable[[Mapping[str, Any]], None] = lambda _: None,
) -> AsyncIterator[AppPilot]:
    """Run the app at a place."""
    app = app_at(place, name=name, keep=keep)
    async with app.run_test(size=size) as pilot:
        yield AppPilot(app, pilot)


def app_at(
    place: Place,
    *,
    name: str | None = "Ann",
    environment: Mapping[str, str] = ENVIRONMENT,
    settings: Settings = DEFAULTS,
    keep: Callable[[Mapping[str, Any]], None] = lambda _: None,
    driver_class: type[Driver] | None = None,
) -> RachelApp:
    """Return the app for a place, to be run."""
    return RachelApp(
        place,
        offered_name="Ann",
        outfit=Outfit(environment, replace(settings, name=name or ""), keep=keep),
        driver_class=driver_class,
    )
