"""What is closed takes with it all that it has drawn: the client is as quick after an evening."""

import gc
from pathlib import Path
from weakref import WeakSet

import pytest
from app_pilot import playing
from scripted_host import position
from table_host import hosting
from textual._styles_cache import StylesCache
from textual.widget import Widget

from rachel_tui.screens.table import TableScreen


@pytest.mark.parametrize("key", ["question_mark", "r", "comma", "colon", "q"])
async def test_what_is_closed_leaves_nothing(key: str, tmp_path: Path) -> None:
    async with (
        hosting(position("3S QH KC", "5C 6C 8C", "4D 5D", top="9H")) as host,
        playing(host, tmp_path) as app,
    ):
        await app.until_prompt()

        async def look() -> WeakSet[StylesCache]:
            """Open and close; return what the screen above the table has drawn."""
            await app.press(key)
            await app.until(lambda: not isinstance(app.app.screen, TableScreen))
            await app.pilot.pause()
            shown: list[Widget] = list(app.app.screen.walk_children(Widget, with_self=True))
            drawn = WeakSet(widget._styles_cache for widget in shown)
            assert drawn
            await app.press("escape")
            await app.until_screen(TableScreen)
            return drawn

        drawn = await look()
        await look()  # Textual keeps a few things until the next ones come
        gc.collect()
        assert not drawn
