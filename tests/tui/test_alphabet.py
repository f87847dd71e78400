"""The ASCII look: the same cells without any character beyond ASCII."""

import ast
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.keys import KEY_DISPLAY_ALIASES

import rachel_tui
from rachel_tui.words.alphabet import in_ascii, lacks_glyphs


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("You play 7♥H 10♦D.", "You play 7-H 10-D."),
        ("You play 7♥ 10♦.", "You play 7H 10D."),
        ("│  ♠  │✓", "|  S  |*"),
        ("Zoë 太郎 ▊", "Zoe ????  "),
        ("Bot Ada is playing…", "Bot Ada is playing."),
    ],
)
def test_every_character_has_a_stand_in_of_its_width(text: str, shown: str) -> None:
    assert in_ascii(text) == shown
    assert cell_len(text) == len(shown)


def test_every_sign_that_the_client_shows_has_a_stand_in() -> None:
    """Its own, those of its cards, and the footer's names of the keys that it binds."""
    folder = Path(rachel_tui.__file__).parent
    shown = {KEY_DISPLAY_ALIASES[key] for key in ("up", "down", "left", "right", "backspace")}
    for path in (*folder.rglob("*.py"), folder.parent / "rachel" / "rules" / "cards.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                shown.update(node.value)
    lacking = {sign for sign in shown if not sign.isascii() and "?" in in_ascii(sign)}
    assert not lacking


@pytest.mark.parametrize(
    ("encoding", "lacks"),
    [("utf-8", False), ("iso-8859-1", True), ("euc_jp", True), ("ascii", True), ("no such", True)],
)
def test_a_terminal_lacks_glyphs_by_its_encoding(encoding: str, *, lacks: bool) -> None:
    assert lacks_glyphs(encoding) is lacks
