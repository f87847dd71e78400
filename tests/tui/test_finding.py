"""Texts are found by a few of their letters, the likeliest first."""

import pytest

from rachel_tui.words.finding import find

TEXTS = ("the rules", "settings", "leave the table", "a hint, and why", "Play again", "plain rows")


@pytest.mark.parametrize(
    ("letters", "found"),
    [
        ("", [*TEXTS]),
        ("  ", [*TEXTS]),
        ("rules", ["the rules"]),
        ("LEAVE", ["leave the table"]),
        ("pla", ["Play again", "plain rows"]),
        ("ai", ["Play again", "plain rows", "a hint, and why"]),
        ("the", ["the rules", "leave the table"]),
        ("w", ["a hint, and why", "plain rows"]),
        ("lt", ["leave the table"]),
        ("stg", ["settings"]),
        ("zz", []),
    ],
)
def test_find(letters: str, found: list[str]) -> None:
    assert [TEXTS[it.at] for it in find(letters, TEXTS)] == found


def test_the_letters_are_told() -> None:
    assert [it.letters for it in find("Rul", ["the rules"])] == [[4, 5, 6]]
    assert [it.letters for it in find("tr", ["the rules"])] == [[0, 4]]
