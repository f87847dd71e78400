"""What the main screens look like, with fixed cards and names, no clock and a steady cursor.

To look at a change and accept it: ``pytest tests/tui/test_tui_snapshots.py --snapshot-update``.
"""

import asyncio
import errno
import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from app_pilot import HOST_KEY, AppPilot, app_at, place_of
from host_thread import hosting_in_thread
from memory_host import MemoryHost
from scripted_host import position
from table_host import GAME_ID, TableHost
from textual.pilot import Pilot

from rachel.rules.game import Game
from rachel_tui.keep import saved_seat
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.net.line import Line
from rachel_tui.place import Place

Compare = Callable[..., bool]

USUAL = (80, 24)
NARROW = (60, 20)
SPACIOUS = (120, 36)
VAST = (200, 50)
SIZES = pytest.mark.parametrize("size", [USUAL, NARROW], ids=["80x24", "60x20"])
ALL_SIZES = pytest.mark.parametrize(
    "size", [USUAL, NARROW, SPACIOUS, VAST], ids=["80x24", "60x20", "120x36", "200x50"]
)


def mixed_hand() -> Game:
    """Return a game at our turn: a pair of 7s, one of which fits, and an ace."""
    return position("3S 7C 7H AS KC QD 10H", "5C 6C 8C", "4D 5D", "2S", top="9H")


def show(
    compare: Compare,
    folder: Path,
    host: TableHost,
    *,
    size: tuple[int, int] = USUAL,
    until: str = "YOUR TURN",
    keys: tuple[str, ...] = (),
    then: str = "",
    theme: str = "dark",
    name: str | None = "Ann",
    solo: bool = False,
    watches: bool = False,
) -> bool:
    """Play until a text is shown, press ``keys`` until the text ``then`` is, and compare."""
    with hosting_in_thread(host):
        place = place_of(host, folder, solo=solo)
        place = replace(place, invites="https://cards.example.org/t/{}")  # without a port
        if watches:
            place = replace(place, watches=True, room="CAKE")
        app = app_at(place, name=name)
        app.animation_level = "none"

        async def before(pilot: Pilot[None]) -> None:
            app_pilot = AppPilot(app, pilot)
            app.settings = replace(app.settings, theme=theme)
            await app_pilot.until_text(until)
            await app_pilot.press(*keys)
            await app_pilot.until_text(then)

        return compare(app, terminal_size=size, run_before=before)


@ALL_SIZES
def test_our_turn(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """Cards that fit have a heavy frame and a tick; the others are faint; the caret is on a 7."""
    assert show(snap_compare, tmp_path, TableHost(mixed_hand()), size=size)


@SIZES
def test_two_cards_picked(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """Both 7s stand higher, numbered #1 and #2 in playing order."""
    host, keys = TableHost(mixed_hand()), ("2", "space", "3", "space")
    assert show(snap_compare, tmp_path, host, size=size, keys=keys, then="#2")


@SIZES
def test_one_card_picked(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """The picked 7 stands higher; the other one, which does not fit by itself, has a plus."""
    host, keys = TableHost(mixed_hand()), ("2", "space", "3")
    assert show(snap_compare, tmp_path, host, size=size, keys=keys, then="space adds 7♣")


@ALL_SIZES
def test_two_seats(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """The other one sits opposite and has to answer two black jacks."""
    game = position("3S KC 9D", "5C 6C", top="5H JC", pending_draws=10, current=1)
    host, until = TableHost(game), "Bot Ada is playing…"
    assert show(snap_compare, tmp_path, host, size=size, until=until)


@ALL_SIZES
def test_watching(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """Every seat stands at the felt, which has the room of the hand, too."""
    game = position("3S 7C 7H", "5C 6C 8C", "4D 5D", "9S 10S", "", finish_order=[4], current=2)
    host, until = TableHost(game), "You are watching."
    assert show(snap_compare, tmp_path, host, size=size, until=until, watches=True)


@ALL_SIZES
def test_under_attack(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """+4 cards, nothing fits, drawing is offered; turns go up."""
    game = position(
        "3S KC", "5C 6C", "4D 5D", "9S", top="5H 2H", pending_draws=4, direction=-1, turn=9
    )
    assert show(snap_compare, tmp_path, TableHost(game), size=size)


@ALL_SIZES
def test_eight_seats_and_a_large_hand(
    snap_compare: Compare, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Somebody is out, somebody is away, a suit is asked for, 24 cards are held."""
    held = "2H 2C 3H 3D 4C 4S 5H 5D 6C 6S 7H 7D 8C 8S 9H 9D 10C 10S JH JD QC QS KH KD"
    game = position(
        held, "2D", "", "3C 3S", "4D 4H 5C", "5S", "6D 6H", "7C",
        top="AC", nominated_suit=2, finish_order=[2], turn=30,
    )  # fmt: skip
    host = TableHost(game)
    host.present = {0, 1, 2, 4, 5, 6, 7}
    assert show(snap_compare, tmp_path, host, size=size)


@SIZES
def test_anothers_turn(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """No card is marked; the line above the hand says who plays."""
    game = position("3S 7C 7H AS KC", "5C 6C 8C", "4D 5D", "2S", top="9H", current=2)
    assert show(snap_compare, tmp_path, TableHost(game), size=size, until="Bob is playing…")


@SIZES
def test_choosing_a_suit(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """The caret is on the suit most of the hand has."""
    game = position("AH KC KD QC", "5C 6C 8C", "4D 5D", top="9H")
    host, then = TableHost(game), "Choose the suit"
    assert show(snap_compare, tmp_path, host, size=size, keys=("enter",), then=then)


@SIZES
def test_the_result(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """Places, the loser named, attacks, and how to play again."""
    game = position("7H", "5C 6C", "", top="9H", finish_order=[2], turn=20)
    host, then = TableHost(game), "play again"
    assert show(snap_compare, tmp_path, host, size=size, keys=("enter",), then=then)


@ALL_SIZES
def test_waiting(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """One seat is free; the room code is there to be passed on."""
    host = TableHost(mixed_hand())
    host.waits = True
    host.present = {0, 2}
    assert show(snap_compare, tmp_path, host, size=size, until="of 4 free")


@SIZES
def test_the_offer_to_continue(
    snap_compare: Compare, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Whom one left, what one held, and the table beneath."""
    seat = SavedSeat(HOST_KEY, GAME_ID, bytes(range(1, 9)), "Ann", "CAKE")
    saved_seat.save(tmp_path / "seats.json", seat)
    host = TableHost(mixed_hand())
    until = "Continue your game?"
    assert show(snap_compare, tmp_path, host, size=size, until=until, solo=True)


@ALL_SIZES
@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("r", "▶ 7"),
        ("question_mark", "move the caret"),
        ("colon", "the rules"),
        ("q", "Leave the game?"),
    ],
)
def test_rules_and_keys(
    snap_compare: Compare, tmp_path: Path, size: tuple[int, int], key: str, text: str
) -> None:
    """A panel over the table."""
    host = TableHost(mixed_hand())
    assert show(snap_compare, tmp_path, host, size=size, keys=(key,), then=text)


@ALL_SIZES
def test_a_lost_connection(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """The table is dim, and above it stands what is done about it."""
    host = MemoryHost(mixed_hand())

    async def dial() -> Line:
        if host.lines:
            await asyncio.Event().wait()  # the host does not answer any more
        return await host.dial()

    app = app_at(replace(host.place(tmp_path), dial=dial))
    app.animation_level = "none"

    async def before(pilot: Pilot[None]) -> None:
        app_pilot = AppPilot(app, pilot)
        await app_pilot.until_prompt()
        host.lines[-1].arrive(ConnectionResetError())
        await app_pilot.until_text("Reconnecting… attempt 1")

    assert snap_compare(app, terminal_size=size, run_before=before)


@ALL_SIZES
def test_a_host_that_does_not_answer(
    snap_compare: Compare, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Which host, why not, and what to do."""
    calls = itertools.count()

    async def dial() -> Line:
        if next(calls):
            await asyncio.Event().wait()
        raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")

    place = Place("cards.example.org", 1982, None, tmp_path / "seats.json", dial=dial)
    app = app_at(place)

    async def before(pilot: Pilot[None]) -> None:
        seen = AppPilot(app, pilot)

        def tries_again() -> bool:
            app.sync()  # the next attempt is not told before it has failed
            return "(attempt 2)" in seen.text()

        await seen.until(tries_again)

    assert snap_compare(app, terminal_size=size, run_before=before)


@pytest.mark.parametrize("theme", ["light", "contrast", "terminal", "mono"])
def test_other_colours(snap_compare: Compare, tmp_path: Path, theme: str) -> None:
    """The same table by day, in high contrast, in the terminal's own colours and in none."""
    assert show(snap_compare, tmp_path, TableHost(mixed_hand()), theme=theme)


@ALL_SIZES
def test_the_settings(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """What can be chosen, and a whole table that looks as chosen."""
    host, keys = TableHost(mixed_hand()), ("comma", *["down"] * 5, "right")
    assert show(snap_compare, tmp_path, host, size=size, keys=keys, then="♦D")


def test_the_first_start(snap_compare: Compare, tmp_path: Path) -> None:
    """What the game is about, and a name to accept."""
    host, until = TableHost(mixed_hand()), "What do the others call you?"
    assert show(snap_compare, tmp_path, host, until=until, name=None)


def test_too_small(snap_compare: Compare, tmp_path: Path) -> None:
    """What size is needed."""
    host = TableHost(mixed_hand())
    assert show(snap_compare, tmp_path, host, size=(50, 15), until="Rachel needs 60x20.")
