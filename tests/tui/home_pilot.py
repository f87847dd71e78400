"""Runs the app at home, where the solo game is the table of a host of a test's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app_pilot import ENVIRONMENT, AppPilot, place_of
from table_host import TableHost

from rachel_tui.app import RachelApp
from rachel_tui.dressed import Outfit
from rachel_tui.home import Home
from rachel_tui.hosts import LeftGame
from rachel_tui.keep.settings import Settings
from rachel_tui.place import Place
from rachel_tui.screens.home import HomeScreen


def home_app(
    home: Home, name: str | None = "Ann", *, motion: bool = True, theme: str = "auto"
) -> RachelApp:
    """Return the app at a home, to be run."""
    outfit = Outfit(ENVIRONMENT, Settings(name=name or "", motion=motion, theme=theme))
    return RachelApp(home, offered_name="Ann", outfit=outfit)


@asynccontextmanager
async def at_home(
    host: TableHost, folder: Path, *, left: str = "", name: str | None = "Ann"
) -> AsyncIterator[AppPilot]:
    """Run the app at home; its solo game is the table of ``host``."""

    def solo() -> Place:
        return place_of(host, folder, solo=True)

    home = Home(solo, lambda: LeftGame(left, solo) if left else None)
    app = home_app(home, name)
    async with app.run_test(size=(80, 24)) as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_screen(HomeScreen)
        yield seen
