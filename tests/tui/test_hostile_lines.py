"""Whatever is typed at whichever question: one clear line, nothing breaks, nothing odd is shown."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from rachel_tui.home import Home
from rachel_tui.hosts import Hosts, Unplayable
from rachel_tui.keep.lessons import Progress
from rachel_tui.keep.settings import OwnSettings
from rachel_tui.keep.settings_file import write_file
from rachel_tui.keep.settings_sources import load
from rachel_tui.place import Place
from rachel_tui.plain.home import HomeLines
from rachel_tui.plain.lines import Lines

LONGEST = 400
"""Characters of the longest paragraph of the rules, with some to spare."""
ODD = (
    "", "   ", "\x00", "\x1b[31mred\x1b[0m", "\u202eevil", "\u200b", "\ud800", "a\tb", "a\rb",
    "\x7f", "x" * 1000, "9" * 5000, "-1", "0", "٣", "³", "1 2 3", "QUIT!", "'\"`$(id)",
    "../../etc/passwd", "~nosuchuser/x", "name=", "seats=", "seats 99999999999999999999",
    "bot delay nan", "name \u202e", "theme \x1b]0;x\x07", "set set", "rules \x1b",
    "rules " + "y" * 5000, "join " + "Z" * 5000, "http://", "http://[", "http://127.0.0.1:1/?q=1",
    "http://127.0.0.1:1/a b", "https://[::1", "[::1]:99999", "http://127.0.0.1:1/t/CAKE",
)  # fmt: skip


@pytest.mark.parametrize(
    "way",
    [
        (), ("settings",), ("settings", "seats"), ("settings", "name"), ("settings", "theme"),
        ("learn",), ("learn", ""), ("learn", "7", "as"), ("replays",), ("friends",),
        ("friends", "http://127.0.0.1:1"), ("friends", "http://127.0.0.1:1", "join"),
    ],
)  # fmt: skip
async def test_odd_lines(tmp_path: Path, way: tuple[str, ...]) -> None:
    path = tmp_path / "rachel.toml"
    own = OwnSettings(lambda: load(path, {}).settings, partial(write_file, path))
    hosts = Hosts(tmp_path / "hosts", tmp_path / "seats", tmp_path / "logins")

    def no_solo() -> Place:
        raise Unplayable("not here")

    for odd in ODD:
        said, lines = list[str](), Lines()
        for line in (*way, odd, odd, None):
            lines.put_nowait(line)
        home = Home(no_solo, lambda: None, hosts, tmp_path / "games", Progress(None))
        async with asyncio.timeout(20):
            assert await HomeLines(home, "Ann", said.append, own).run(lines) == 0
        assert [line for line in said if not line.isprintable() or len(line) > LONGEST] == []
        assert not [line for line in said if "integer string" in line or "invalid literal" in line]
