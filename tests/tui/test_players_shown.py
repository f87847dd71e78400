"""Names in the list of players: shortened where there is no room, and still told apart."""

from pathlib import Path

import pytest
from app_pilot import playing
from scripted_host import position
from table_host import hosting
from textual.content import Content

from rachel_tui.screens.table import TableScreen
from rachel_tui.widgets.canvas import Canvas
from rachel_tui.widgets.opponents import short_name
from rachel_tui.widgets.plates import lay_plate
from rachel_tui.widgets.seating import PlateSize, Spot
from rachel_tui.words.seat_lines import Presence, SeatLine, empty_table


@pytest.mark.parametrize(
    ("forms", "width", "shown"),
    [
        (("You (Ann)", "You: Ann"), 9, "You (Ann)"),
        (("You (Ann 2)", "You: Ann 2"), 10, "You: Ann 2"),
        (("You (Anneliese 2)", "You: Anneliese 2"), 10, "You: An… 2"),
        (("Anneliese",), 8, "Annelie…"),
        (("Anneliese 12",), 10, "Anneli… 12"),
    ],
)
def test_a_name_is_shortened_before_its_number(
    forms: tuple[str, ...], width: int, shown: str
) -> None:
    assert short_name(forms, width) == shown


@pytest.mark.parametrize("name", ["Ann 2", "W" * 47, "界" * 15, "界" * 14 + " 2", "2", "1234"])
@pytest.mark.parametrize("width", [1, 2, 3, 4, 10])
def test_a_shortened_name_keeps_to_its_room(name: str, width: int) -> None:
    assert Content(short_name((name,), width)).cell_length <= width


@pytest.mark.parametrize(("width", "shown"), [(15, "▮▮▮▮▮▮▮ 7 cards"), (14, "7 cards")])
def test_a_seat_has_a_back_for_each_card_or_none(width: int, shown: str) -> None:
    canvas = Canvas(20, 2)
    line = SeatLine("Bob", 7, Presence.HERE, None, to_act=False, is_me=False)
    lay_plate(canvas, line, Spot(0, 0, width, -1, PlateSize.BACKS))
    assert canvas.text(0, 1, 20).rstrip() == shown


@pytest.mark.parametrize(("width", "shown"), [(15, "○ a free seat"), (13, "○ free"), (7, "○ free")])
@pytest.mark.parametrize("plate", [PlateSize.LINE, PlateSize.BACKS, PlateSize.FAN])
def test_a_free_seat_keeps_to_its_room(plate: PlateSize, width: int, shown: str) -> None:
    canvas = Canvas(20, plate)
    (seat,) = empty_table((), 1)
    lay_plate(canvas, seat, Spot(0, 0, width, -1, plate))
    assert canvas.text(0, 0, 20).strip() == shown


@pytest.mark.parametrize(
    ("plate", "cards", "shown"),
    [
        (PlateSize.FAN, 3, ["╭╭╭──╮", "╰╰╰──╯ 3 cards"]),
        (PlateSize.GREAT_FAN, 3, ["╭─╭─╭─────╮", *["│╳│╳│╳╳╳╳╳│"] * 3, "╰─╰─╰─────╯ 3 cards"]),
        (
            PlateSize.GREAT_FAN,
            9,
            ["╭─╭─╭─╭─╭─────╮", *["│╳│╳│╳│╳│╳╳╳╳╳│"] * 3, "╰─╰─╰─╰─╰─────╯ 9 cards"],
        ),
    ],
)
def test_a_fan_is_as_large_as_its_plate_and_keeps_to_it(
    plate: PlateSize, cards: int, shown: list[str]
) -> None:
    canvas = Canvas(24, plate)
    line = SeatLine("Bob", cards, Presence.HERE, None, to_act=False, is_me=False)
    lay_plate(canvas, line, Spot(0, 0, 24, -1, plate))
    assert [canvas.text(0, y, 24).rstrip() for y in range(1, plate)] == shown


async def test_our_own_number_is_seen_in_the_smallest_terminal(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C 6C", top="9H")
    async with hosting(game) as host:
        host.names[0] = "Ann 2"
        async with playing(host, tmp_path, size=(60, 20)) as app:
            await app.until_screen(TableScreen)
            await app.until_text("You (Ann 2)  3 cards")
