"""Only cells that change are sent, and the terminal shows what it would if all were."""

from collections.abc import Iterable

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from rachel_tui.drawn import Drawn

WIDTH, HEIGHT = 24, 4
CONSOLE = Console(color_system="truecolor", force_terminal=True)
STYLES = [
    Style.parse(text) for text in ("", "bold red", "black on white", "red on blue", "reverse")
]
PIECES = st.tuples(
    st.text("ab ♥╭界", min_size=1, max_size=WIDTH), st.sampled_from(STYLES)
)  # 界 is two cells wide
ROWS = st.lists(PIECES, min_size=1, max_size=4)


def full(rows: list[list[tuple[str, Style]]]) -> LayoutUpdate:
    """Return the update that shows these rows, each as wide as the terminal."""
    strips: list[Iterable[Strip]] = [
        [Strip([Segment(text, style) for text, style in row]).adjust_cell_length(WIDTH)]
        for row in rows
    ]
    return LayoutUpdate(strips, Region(0, 0, WIDTH, len(rows)))


def shown(screen: pyte.Screen) -> list[list[tuple[object, ...]]]:
    """Return every cell of a terminal, with its look."""
    return [[tuple(screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


@given(st.lists(st.lists(ROWS, min_size=HEIGHT, max_size=HEIGHT), min_size=1, max_size=4))
def test_the_terminal_shows_what_it_would_if_all_were_sent(
    pictures: list[list[list[tuple[str, Style]]]],
) -> None:
    sparing, lavish = pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
    drawn = Drawn()
    for picture in pictures:
        update = full(picture)
        pyte.Stream(sparing).feed(drawn.changes(update).render_segments(CONSOLE))
        pyte.Stream(lavish).feed(update.render_segments(CONSOLE))
        assert shown(sparing) == shown(lavish)


def test_what_is_shown_already_is_not_sent_again_until_it_is_forgotten() -> None:
    update, drawn = full([[("Ann plays", STYLES[1])]]), Drawn()
    assert "Ann plays" in drawn.changes(update).render_segments(CONSOLE)
    assert drawn.changes(update).render_segments(CONSOLE) == ""
    drawn.forget()
    assert "Ann plays" in drawn.changes(update).render_segments(CONSOLE)


def test_a_text_that_changes_is_sent_whole() -> None:
    drawn = Drawn()
    drawn.changes(full([[("Ann plays 7", STYLES[1])]])).render_segments(CONSOLE)
    sent = drawn.changes(full([[("Ann plays 8", STYLES[1])]])).render_segments(CONSOLE)
    assert "Ann plays 8" in sent
