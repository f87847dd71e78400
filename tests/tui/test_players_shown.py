"""Names in the list of players: shortened where there is no room, and still told apart."""

from pathlib import Path

import pytest
from app_pilot import playing
from table_host import hosting, position
from textual.content import Content

from rachel_tui.screens.table import TableScreen
from rachel_tui.widgets.opponents import short_name


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


async def test_our_own_number_is_seen_in_the_smallest_terminal(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C 6C", top="9H")
    async with hosting(game) as host:
        host.names[0] = "Ann 2"
        async with playing(host, tmp_path, size=(60, 20)) as app:
            await app.until_screen(TableScreen)
            await app.until_text("You (Ann 2)  3 cards")
