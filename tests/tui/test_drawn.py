"""Only cells that change are sent, and the terminal shows what it would if all were."""

from collections.abc import Iterable

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Offset, Region
from textual.strip import Strip

from rachel_tui.drawn import Drawn

HOME = Offset(0, 0)
SIZES = [(24, 4), (17, 3), (24, 5)]
CONSOLE = Console(color_system="truecolor", force_terminal=True)
STYLES = [
    Style.parse(text)
    for text in ("", "bold red", "black on white", "red on blue", "reverse", "dim underline")
]
CHARACTERS = ["a", "b", " ", "♥", "╭", "界", "e\N{COMBINING ACUTE ACCENT}"]  # 界 takes two cells
TEXTS = st.lists(st.sampled_from(CHARACTERS), min_size=1, max_size=24).map("".join)
PIECES = st.tuples(TEXTS, st.sampled_from(STYLES))
ROW = st.lists(PIECES, min_size=1, max_size=4)
PICTURES = st.tuples(st.sampled_from(SIZES), st.lists(ROW, min_size=5, max_size=5))
Row = list[tuple[str, Style]]
Picture = tuple[tuple[int, int], list[Row]]


def full(rows: list[Row], width: int = 24) -> LayoutUpdate:
    """Return the update that shows these rows, each as wide as the terminal."""
    strips: list[Iterable[Strip]] = [[strip_of(row, width)] for row in rows]
    return LayoutUpdate(strips, Region(0, 0, width, len(rows)))


def strip_of(row: Row, width: int) -> Strip:
    """Return a row as Textual draws it."""
    return Strip([Segment(text, style) for text, style in row]).adjust_cell_length(width)


def terminal(width: int, height: int) -> pyte.Screen:
    """Return a terminal that breaks no lines, as Textual sets it."""
    screen = pyte.Screen(width, height)
    pyte.Stream(screen).feed("\x1b[?7l")
    return screen


def shown(screen: pyte.Screen) -> list[list[tuple[object, ...]]]:
    """Return every cell of a terminal, with its look."""
    return [
        [tuple(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)
    ]


@given(st.lists(PICTURES, min_size=2, max_size=5))
def test_the_terminal_shows_what_it_would_if_all_were_sent(pictures: list[Picture]) -> None:
    drawn, sparing = Drawn(), terminal(*SIZES[0])
    for number, ((width, height), rows) in enumerate(pictures):
        lavish = terminal(width, height)
        if (sparing.columns, sparing.lines) != (width, height):
            sparing.resize(height, width)
        update = full(rows[:height], width)
        caret = Offset(number // 2, 1)
        pyte.Stream(sparing).feed(drawn.take(update, caret))
        pyte.Stream(lavish).feed(update.render_segments(CONSOLE))
        assert shown(sparing) == shown(lavish)
        assert (sparing.cursor.x, sparing.cursor.y) == caret


@given(
    st.lists(ROW, min_size=4, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), ROW, st.integers(0, 23), st.integers(1, 24))),
)
def test_a_widget_that_changes_in_part_shows_what_it_would_if_all_were_sent(
    rows: list[Row], changes: list[tuple[int, Row, int, int]]
) -> None:
    width, height = SIZES[0]
    drawn, sparing, lavish = Drawn(), terminal(width, height), terminal(width, height)
    first = full(rows)
    pyte.Stream(sparing).feed(drawn.take(first, HOME))
    strips = [strip_of(row, width) for row in rows]
    for y, row, start, length in changes:
        strips[y] = strip_of(row, width)
        chops: list[dict[int, Strip | None]] = [{} for _ in range(height)]
        chops[y] = {0: strips[y]}
        update = ChopsUpdate(chops, [(y, start, min(width, start + length))], [[width]] * height)
        pyte.Stream(sparing).feed(drawn.take(update, HOME))
    pyte.Stream(lavish).feed(
        LayoutUpdate([[strip] for strip in strips], first.region).render_segments(CONSOLE)
    )
    assert shown(sparing) == shown(lavish)


def test_pieces_beside_what_has_changed_are_not_sent() -> None:
    """A list beside details that change is not drawn then, only what lies below it."""
    drawn, terminal = Drawn(), pyte.Screen(9, 1)
    stream = pyte.Stream(terminal)
    stream.feed(drawn.take(full([[("list deta", STYLES[0])]], 9), HOME))
    chops = [{0: Strip([Segment("     ")]), 5: Strip([Segment("more")])}]
    stream.feed(drawn.take(ChopsUpdate(chops, [(0, 5, 9)], [[5, 9]]), HOME))
    assert terminal.display == ["list more"]


def test_what_is_shown_already_is_not_sent_again_until_it_is_forgotten() -> None:
    update, drawn = full([[("Ann plays", STYLES[1])]]), Drawn()
    assert "Ann plays" in drawn.take(update, HOME)
    assert drawn.take(update, HOME) == ""
    drawn.forget()
    assert "Ann plays" in drawn.take(update, HOME)


def test_a_text_that_changes_is_sent_whole() -> None:
    drawn = Drawn()
    drawn.take(full([[("Ann plays 7", STYLES[1])]]), HOME)
    sent = drawn.take(full([[("Ann plays 8", STYLES[1])]]), HOME)
    assert "Ann plays 8" in sent
