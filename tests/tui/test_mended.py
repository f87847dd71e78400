"""What is mended in Textual looks as it did."""

from typing import Any

import pytest
from rich.console import RenderableType
from rich.style import Style
from textual._context import visible_screen_stack
from textual.app import App, ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.filter import LineFilter, Monochrome
from textual.geometry import Size
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from rachel_tui.mended import dim_lines_below_panels, draw_empty_widgets_as_such
from rachel_tui.opening import open_screens_in_one_go


class _Below(App[None]):
    CSS = """
    #low { background: $success; color: $text; text-style: bold; width: 30; height: 3; }
    Panel { align: center middle; background: black 60%; }
    Panel:ansi { background: transparent; }
    Panel Static { width: 10; height: 1; background: red; }
    """

    def __init__(self, filters: list[LineFilter]) -> None:
        super().__init__()
        self._added = filters

    def compose(self) -> ComposeResult:
        yield Static("What stands [dim]below[/] a 漢 panel", id="low")

    def get_line_filters(self) -> list[LineFilter]:
        return [*super().get_line_filters(), *self._added]


class Panel(ModalScreen[None]):
    """Stands in the middle."""

    def compose(self) -> ComposeResult:
        """Yield a few words."""
        yield Static("a panel")


def _looks(strips: list[Strip]) -> list[list[tuple[str, Style]]]:
    """Return what is seen of each letter; of a space, its background."""
    return [
        [
            (letter, style.background_style if letter == " " else style)
            for text, style, _ in strip
            for letter in text
            if style is not None
        ]
        for strip in strips
    ]


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
@pytest.mark.parametrize("filters", [[], [Monochrome()]], ids=["unfiltered", "filtered"])
async def test_below_a_panel_all_is_dimmed_as_textual_dims_it(
    theme: str, filters: list[LineFilter]
) -> None:
    dim_lines_below_panels()
    app = _Below(filters)
    async with app.run_test(size=(40, 10)) as pilot:
        app.theme = theme
        app.push_screen(Panel())
        app.push_screen(Panel())
        await pilot.pause()
        screen = app.screen
        ours = screen.render_lines(screen.outer_size.region)
        screen.refresh()
        visible_screen_stack.set(app.screen_stack[:-1])
        assert _looks(ours) == _looks(Widget.render_lines(screen, screen.outer_size.region))
        assert any("What stands" in strip.text for strip in ours)


async def test_a_panel_fills_a_screen_that_has_just_grown() -> None:
    dim_lines_below_panels()
    app = _Below([])
    async with app.run_test(size=(40, 10)) as pilot:
        app.push_screen(Panel())
        await pilot.pause()
        below = app.screen_stack[0]
        below._compositor.reflow(below, Size(20, 5))
        drawn = app.screen.render_lines(app.screen.outer_size.region)
        assert [strip.cell_length for strip in drawn] == [40] * 10


class _Counting(_Below):
    """Counts how often something is drawn."""

    pictures = 0

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        self.pictures += renderable is not None
        super()._display(screen, renderable)


class _Nested(ModalScreen[None]):
    """Has widgets in widgets."""

    def compose(self) -> ComposeResult:
        with Vertical(), VerticalScroll():
            yield Static("a panel")
            yield Static("of two lines")


class _Nests(_Below):
    CSS = """
    Screen { background: $panel; }
    #padded { background: red 40%; padding: 1 2; height: 5; }
    #framed { border: round $success; background: blue; height: 4; }
    #tinted { tint: white 30%; height: 2; }
    """

    def compose(self) -> ComposeResult:
        for name in ("padded", "framed", "tinted"):
            with Vertical(id=name):
                yield Static("in it")


@pytest.mark.parametrize("theme", ["textual-dark", "ansi-dark"])
@pytest.mark.parametrize("filters", [[], [Monochrome()]], ids=["unfiltered", "filtered"])
async def test_widgets_that_hold_others_are_drawn_as_textual_draws_them(
    theme: str, filters: list[LineFilter]
) -> None:
    draw_empty_widgets_as_such()
    dim_lines_below_panels()
    app = _Nests(filters)
    async with app.run_test(size=(40, 12)) as pilot:
        app.theme = theme
        await pilot.pause()
        holders = [app.screen, *app.query(Vertical)]
        crops = [holder.region.reset_offset.shrink((0, 3, 0, 0)) for holder in holders]

        for it, crop in zip(holders, crops, strict=True):
            as_textual_does = it._styles_cache.render_widget(it, crop)
            assert _looks(it.render_lines(crop)) == _looks(as_textual_does)


async def test_a_screen_that_opens_is_drawn_once() -> None:
    dim_lines_below_panels()
    open_screens_in_one_go()
    app = _Counting([])
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        before = app.pictures
        await app.push_screen(_Nested())
        await pilot.pause()
        assert app.pictures - before == 1
        texts = [strip.text for strip in app.screen._compositor.render_strips()]
        assert "of two lines" in "".join(texts)
        await pilot.resize_terminal(30, 8)
        await pilot.pause()
        assert app.screen._compositor.size == Size(30, 8)
