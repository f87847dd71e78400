"""What moves over the felt: it holds up neither keys nor news, and can be done without."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from app_pilot import ENVIRONMENT, AppPilot, app_at, place_of
from scripted_host import cards, position
from table_host import TableHost, hosting

from rachel.formats.document import read_document
from rachel.rules.actions import Play
from rachel.rules.view import public_view
from rachel_tui.app import RachelApp
from rachel_tui.dressed import Outfit
from rachel_tui.games.reel import Reel
from rachel_tui.home import Home
from rachel_tui.keep.settings import DEFAULTS, Settings
from rachel_tui.place import Place
from rachel_tui.screens.lessons import LessonsScreen
from rachel_tui.widgets import felt
from rachel_tui.widgets.card_faces import CardLook, face_lines
from rachel_tui.widgets.felt import Felt
from rachel_tui.widgets.flights import FRAMES, flights
from rachel_tui.widgets.seating import seat_round

TRACE = Path(__file__).parents[1] / "vectors" / "games" / "seats-3-aces-and-triples.json"
OLD_TOP, NEW_TOP = "│9   │", "│5   │"


@pytest.fixture(autouse=True)
def endless_flights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no flight come to its end by itself."""
    monkeypatch.setattr(felt, "FRAME_S", 3600.0)


@asynccontextmanager
async def watching_bots(
    folder: Path,
    *,
    environment: Mapping[str, str] = ENVIRONMENT,
    settings: Settings = DEFAULTS,
    animation: str = "",
) -> AsyncIterator[tuple[AppPilot, TableHost]]:
    """Run the app while Bot Ada is about to play a 5."""
    game = position("3S QH KC", "5C 6C 8C", "5H 4D 6D", top="9C", current=1)
    async with hosting(game) as host:
        app = app_at(place_of(host, folder), environment=environment, settings=settings)
        if animation == "none":
            app.animation_level = "none"
        async with app.run_test(size=(80, 24)) as pilot:
            table = AppPilot(app, pilot)
            await table.until_text("Bot Ada is playing…")
            await table.until(lambda: OLD_TOP in table_of(table))
            yield table, host


@asynccontextmanager
async def beginning_with(start: Reel | Home) -> AsyncIterator[AppPilot]:
    """Run the app at a replay, or at a home."""
    outfit = Outfit(ENVIRONMENT)
    app = RachelApp(start, offered_name="", outfit=outfit)
    async with app.run_test(size=(80, 24)) as pilot:
        yield AppPilot(app, pilot)


def no_place() -> Place:
    raise AssertionError("no game was wanted")


def table_of(app: AppPilot) -> str:
    """Return what lies on the felt."""
    return "\n".join(row.plain for row in app.app.screen.query_one(Felt).rows())


async def card_flies(app: AppPilot, host: TableHost) -> None:
    """Let the bot play, and wait until its card is on its way: it is not on the pile yet."""
    host.move(Play(tuple(cards("5C"))))
    await app.until_text("› Bot Ada plays 5♣.")
    assert OLD_TOP in table_of(app)
    assert NEW_TOP in table_of(app)


@pytest.mark.parametrize(("key", "card"), [("right", 1), ("3", 2), ("end", 2), ("=", 0)])
async def test_a_key_ends_a_flight_and_does_what_it_does(
    tmp_path: Path, key: str, card: int
) -> None:
    async with watching_bots(tmp_path) as (app, host):
        await card_flies(app, host)
        await app.press(key)
        await app.until(lambda: OLD_TOP not in table_of(app))
        assert NEW_TOP in table_of(app)
        assert app.hand.picking.caret == card


async def test_news_ends_a_flight_and_is_told_at_once(tmp_path: Path) -> None:
    async with watching_bots(tmp_path) as (app, host):
        await card_flies(app, host)
        host.move(Play(tuple(cards("5H"))))
        await app.until_text("▶▶ YOUR TURN: play hearts or a 5")
        await app.until(lambda: OLD_TOP not in table_of(app))
        assert table_of(app).count(NEW_TOP) == 2
        await app.press("right")
        assert not [t for t in app.app.screen.query_one(Felt)._timers if t._task is not None]


@pytest.mark.parametrize(
    ("environment", "settings", "animation"),
    [
        (ENVIRONMENT, replace(DEFAULTS, motion=False), ""),
        ({**ENVIRONMENT, "SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}, DEFAULTS, ""),
        (ENVIRONMENT, DEFAULTS, "none"),
    ],
    ids=["setting", "ssh", "animations"],
)
async def test_nothing_flies_where_nothing_should_move(
    tmp_path: Path, environment: Mapping[str, str], settings: Settings, animation: str
) -> None:
    async with watching_bots(
        tmp_path, environment=environment, settings=settings, animation=animation
    ) as (app, host):
        host.move(Play(tuple(cards("5C"))))
        await app.until_text("› Bot Ada plays 5♣.")
        assert NEW_TOP in table_of(app)
        assert OLD_TOP not in table_of(app)


@pytest.mark.parametrize(("width", "height"), [(80, 12), (60, 12), (200, 16)])
def test_a_card_lands_on_the_pile_as_the_card_that_lies_there(width: int, height: int) -> None:
    """Its own frame covers the one below: nothing is left of that, and nothing has a hole."""
    game = position("3S QH KC", "5C 6C 8C", "5H 4D 6D", top="9C", current=1)
    before = public_view(game)
    game.play(cards("5C"))
    seating = seat_round(3, width, height, own=True)
    flying = flights(before, public_view(game), seating, 0, letters=False)
    assert [flight.plays for flight in flying] == [True]
    assert flying[0].at(FRAMES) == seating.pile
    assert flying[0].rows == face_lines(CardLook(cards("5C")[0]), seating.cards)


async def test_cards_of_a_replay_fly_and_the_next_step_ends_that() -> None:
    async with beginning_with(Reel(read_document(TRACE.read_bytes()))) as app:
        await app.until_text("the deal")
        await app.press("right")
        await app.until_text("› Ada plays 6♦.")
        assert table_of(app).count("│6   │") == 1
        await app.press("right")
        await app.until_text("› Bot Björn plays 6♠.")
        assert table_of(app).count("│6   │") == 2


async def test_cards_of_a_lesson_fly_and_the_next_page_ends_that() -> None:
    async with beginning_with(Home(no_place, lambda: None, learns=True)) as app:
        await app.until_screen(LessonsScreen)
        await app.press("enter")
        await app.until_text("Enter plays 4♥")
        await app.press("enter")
        await app.until_text("A heart on a heart")
        assert OLD_TOP in table_of(app)
        assert "│4   │" in table_of(app)
        await app.press("enter")
        await app.until_text("Ben plays")
        assert OLD_TOP not in table_of(app)


async def test_a_reversal_turns_the_arrows_once_the_card_flies(tmp_path: Path) -> None:
    """They point the old way when it begins, and the new way when a key has ended it."""
    async with watching_bots(tmp_path) as (app, host):
        shown = app.app.screen.query_one(Felt)
        host.game = position("3S QH KC", "QC 6C 8C", "5H 4D 6D", top="9C", current=1, turn=9)
        host.send(*host.pair())
        await app.until(lambda: shown.public is not None and shown.public.turn == host.game.turn)
        before = arrows(app)
        assert before
        host.move(Play(tuple(cards("QC"))))
        await app.until_text("› Bot Ada plays Q♣")
        assert arrows(app) == before
        await app.press("right")
        assert arrows(app) == before.translate(str.maketrans("↑↓←→", "↓↑→←"))


def arrows(app: AppPilot) -> str:
    """Return the arrows on the felt, from top to bottom."""
    return "".join(sign for sign in table_of(app) if sign in "↑↓←→")
