"""A screen that opens or closes above the table is one picture, which is all that is sent."""

from pathlib import Path
from typing import Any

import pytest
from app_pilot import playing
from rich.console import RenderableType
from scripted_host import position
from table_host import hosting
from textual.screen import Screen


@pytest.mark.parametrize("key", ["question_mark", "q", "r", "comma", "colon"])
async def test_a_panel_comes_and_goes_in_one_picture_each(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        hosting(position("KH 3S", "5C 6C", top="9H")) as host,
        playing(host, tmp_path) as app,
    ):
        await app.until_prompt()
        await app.pilot.pause()
        pictures, display = list[str](), app.app._display

        def watch(screen: Screen[Any], renderable: RenderableType | None) -> None:
            if renderable is not None:
                pictures.append(type(screen).__name__)
            display(screen, renderable)

        monkeypatch.setattr(app.app, "_display", watch)
        await app.press(key)
        await app.pilot.pause()
        assert len(pictures) == 1, pictures
        await app.press("escape")
        await app.pilot.pause()
        assert len(pictures) == 2, pictures
