"""Pictures of what stands before home: the best players, and the questions for an account."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from app_pilot import AppPilot
from home_pilot import home_app
from textual.pilot import Pilot

from rachel_tui.app import RachelApp
from rachel_tui.home import Home
from rachel_tui.net.host_urls import HostUrl
from rachel_tui.net.lobby import Lobby
from rachel_tui.place import Place
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.leaders import LeadersScreen
from rachel_tui.screens.registering import Registering

Compare = Callable[..., bool]
SIZES = pytest.mark.parametrize(
    "size", [(80, 24), (60, 20), (120, 36)], ids=["80x24", "60x20", "120x36"]
)
HOST = HostUrl("https", "cards.example", 443)


def app_without_games() -> RachelApp:
    """Return an app at home, where nothing was left and no host is known."""

    def nowhere() -> Place:
        return Place("nowhere", 1, None, Path(os.devnull, "none"))

    return home_app(Home(nowhere, lambda: None), motion=False)


async def at_whole_home(app: RachelApp, pilot: Pilot[None]) -> AppPilot:
    """Wait until home is drawn with all that it shows, since it stands behind what follows."""
    seen = AppPilot(app, pilot)
    await seen.until_screen(HomeScreen)
    await seen.until_text("enter Choose")
    await seen.until(lambda: app._has_all_styles, "the styles of the other screens")
    await app.workers.wait_for_complete()  # it is ready to play
    await pilot.pause()
    return seen


@SIZES
def test_the_best_players(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Place, name and rating of each, and the key that leads back."""
    app = app_without_games()
    best = [f"{place:>4}  {'Ann' * place:<20.20} {1600 - place:>5}" for place in range(1, 11)]

    async def before(pilot: Pilot[None]) -> None:
        seen = await at_whole_home(app, pilot)
        app.push_screen(LeadersScreen(best))
        await seen.until_screen(LeadersScreen)
        await seen.until_text("The best players")

    assert snap_compare(app, terminal_size=size, run_before=before)


def ask_for_account(app: RachelApp) -> None:
    """Ask for an account at a host that sends no mail."""
    lobby = Lobby(HOST, (), 1982, None, HOST, sends_mail=False)
    Registering(app.screen, "cards.example", lambda _: None).ask(lobby)


async def answer(seen: AppPilot, asked: str, typed: str) -> None:
    """Answer a question."""
    await seen.until_text(asked)
    await seen.press(*typed, "enter")


@SIZES
def test_an_address_for_an_account(snap_compare: Compare, size: tuple[int, int]) -> None:
    """The longest of the questions for an account, in three rows, and a line for the answer."""
    app = app_without_games()

    async def before(pilot: Pilot[None]) -> None:
        seen = await at_whole_home(app, pilot)
        ask_for_account(app)
        await answer(seen, "Your username at cards.example", "ann_1")
        await seen.until_text("Your e-mail address")

    assert snap_compare(app, terminal_size=size, run_before=before)


def test_a_password_that_is_not_the_same(snap_compare: Compare) -> None:
    """Dots instead of what was typed, and what is wrong with it below."""
    app = app_without_games()

    async def before(pilot: Pilot[None]) -> None:
        seen = await at_whole_home(app, pilot)
        ask_for_account(app)
        await answer(seen, "Your username", "ann_1")
        await answer(seen, "Your e-mail address", "ann@example.org")
        await answer(seen, "A password", "twelveormore")
        await answer(seen, "The same password again", "other")
        await seen.until_text("That is not the same password")

    assert snap_compare(app, terminal_size=(80, 24), run_before=before)
