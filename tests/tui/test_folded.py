"""Long lines are broken between words, by the cells that they take on a terminal."""

import pytest

from rachel_tui.plain.folded import folded


@pytest.mark.parametrize(
    ("line", "columns", "rows"),
    [
        ("Type draw.", 10, ["Type draw."]),
        ("Type draw.", 9, ["Type", "draw."]),
        ("Type draw.", 0, ["Type draw."]),
        ("one two three four", 9, ["one two", "three", "four"]),
        ("at http://cards.example.org/t/CAKE now", 10,
         ["at", "http://cards.example.org/t/CAKE", "now"]),
        ("花札 花札 花", 9, ["花札 花札", "花"]),
        ("花札 花札 花", 8, ["花札", "花札 花"]),
        ("Zoe\u0301 Zoe\u0301", 7, ["Zoe\u0301 Zoe\u0301"]),
        ("", 5, [""]),
    ],
)  # fmt: skip
def test_rows(line: str, columns: int, rows: list[str]) -> None:
    assert folded(line, columns).split("\n") == rows
