"""The ASCII look: the same cells without any character beyond ASCII."""

import pytest
from rich.cells import cell_len

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


@pytest.mark.parametrize(
    ("encoding", "lacks"),
    [("utf-8", False), ("iso-8859-1", True), ("euc_jp", True), ("ascii", True), ("no such", True)],
)
def test_a_terminal_lacks_glyphs_by_its_encoding(encoding: str, *, lacks: bool) -> None:
    assert lacks_glyphs(encoding) is lacks
