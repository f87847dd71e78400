"""Driving the screens on which a player finds a host, and a table there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from app_pilot import ENVIRONMENT, AppPilot

from rachel_server.core.table_settings import TableSettings
from rachel_tui.app import RachelApp
from rachel_tui.dressed import Outfit
from rachel_tui.home import Home
from rachel_tui.hosts import Hosts, Unplayable
from rachel_tui.keep.settings import Settings
from rachel_tui.place import Place
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.hosts import HostsScreen
from rachel_tui.screens.lobby import LobbyScreen

PATIENT = TableSettings(seats=4, start_delay_s=3600.0, bot_delay_s=0.0, turn_time_s=None)
"""Nobody comes unless a test says so."""


def hosts_in(folder: Path) -> Hosts:
    """Return the hosts of a player whose files are in a folder."""
    return Hosts(folder / "hosts.json", folder / "seats.json", folder / "logins.json")


def friends_app(hosts: Hosts, name: str = "Ann") -> RachelApp:
    """Return the app of a player who knows some hosts, to be run."""

    def no_solo() -> Place:
        raise Unplayable("not here")

    return RachelApp(
        Home(no_solo, lambda: None, hosts),
        offered_name="Ann",
        outfit=Outfit(ENVIRONMENT, Settings(name=name)),
    )


@asynccontextmanager
async def among_friends(
    hosts: Hosts, size: tuple[int, int] = (80, 24), *, name: str = "Ann"
) -> AsyncIterator[AppPilot]:
    """Run the app where the hosts are listed."""
    app = friends_app(hosts, name)
    async with app.run_test(size=size, notifications=True) as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_screen(HomeScreen)
        await seen.press("f")
        await seen.until_screen(HostsScreen)
        yield seen


def keys(text: str) -> list[str]:
    """Return the keys that type a text."""
    return ["space" if letter == " " else letter for letter in text]


async def type_host(app: AppPilot, address: str) -> None:
    """Go to the host with an address."""
    await app.press("o")
    await app.until_screen(AskScreen)
    await app.press(*keys(address), "enter")


async def begin_login(app: AppPilot, address: str) -> None:
    """Go to the lobby of the host with an address, which then asks for the account's name."""
    await type_host(app, address)
    await app.until_screen(LobbyScreen)
    await app.until_text("Log in")
    await app.press("l")
    await app.until_screen(AskScreen)


SIZES = pytest.mark.parametrize(
    "size",
    [(80, 24), (60, 20), (120, 36), (200, 50)],
    ids=["80x24", "60x20", "120x36", "200x50"],
)
