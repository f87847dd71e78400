"""A screen opens in one picture, and with all that Textual gives it when it opens one."""

from typing import Any

from rich.console import RenderableType
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Input, Static

from rachel_tui.opening import open_screens_in_one_go


class Counting(App[None]):
    """Keeps which screens are drawn, a time for each picture."""

    CSS = "#cell { width: auto; height: 1; }"

    def __init__(self) -> None:
        open_screens_in_one_go()
        super().__init__()
        self.drawn: list[Screen[Any]] = []

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if renderable is not None:
            self.drawn.append(screen)
        super()._display(screen, renderable)

    def text(self) -> str:
        """Return what the screen shows."""
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())


class Asking(Screen[None]):
    """Has a field, which can be typed into as soon as the screen is there.

    Attributes:
        layouts: how often it was laid out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.layouts = 0

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        self.layouts += 1
        super()._refresh_layout(size, scroll)

    def compose(self) -> ComposeResult:
        """Yield words and the field."""
        yield Static("a question", id="cell")
        yield Input(disabled=True)

    def on_mount(self) -> None:
        """Let the player answer."""
        self.query_one(Input).disabled = False


async def test_the_first_field_of_a_screen_that_opens_has_the_keys() -> None:
    app = Counting()
    async with app.run_test(size=(40, 10)) as pilot:
        app.push_screen(Asking())
        await pilot.pause()
        await pilot.press("a")
        assert app.screen.query_one(Input).value == "a"


async def test_a_notice_goes_over_to_the_screen_that_opens() -> None:
    app = Counting()
    async with app.run_test(size=(60, 20), notifications=True) as pilot:
        app.notify("what is new", timeout=60)
        await pilot.pause()
        app.push_screen(Asking())
        await pilot.pause()
        assert "what is new" in app.text()


async def test_a_screen_that_has_gone_before_it_is_laid_out_is_left_alone() -> None:
    app = Counting()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        asking = Asking()
        await app.push_screen(asking)
        app.pop_screen()
        await pilot.pause()
        assert asking not in app.drawn
        assert not asking._compositor.widgets


async def test_a_screen_that_opens_is_laid_out_once() -> None:
    app = Counting()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        asking = Asking()
        await app.push_screen(asking)
        await pilot.pause()
        assert "a question" in app.text()
        assert asking.layouts == 1


async def test_widgets_that_come_later_are_shown() -> None:
    app = Counting()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        later = Static("later", id="cell")
        await app.screen.mount(later)
        await pilot.pause()
        assert "later" in app.text()
