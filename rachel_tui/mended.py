"""What is mended in Textual until it is there."""

from collections.abc import Generator
from functools import lru_cache, partial, partialmethod
from typing import Any, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.geometry import Region, Size
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import AwaitMount, Widget

_INNER_OUTER: Final = lru_cache(1024)(partial(StylesCache.get_inner_outer.__wrapped__, StylesCache))
_PLAIN: Final = Style()
_RESUME: Final = Screen._on_screen_resume
_SIZE_UPDATED: Final = partialmethod(Widget._size_updated, layout=False)


def let_drawings_go() -> None:
    """Have a widget that is gone take with it what it has drawn.

    Textual remembers two styles for each pair of colours and, by mistake, for each widget's cache
    of lines: so the last thousand of these stay, with all of their lines, through which every
    garbage collection then looks (https://github.com/Textualize/textual/issues/6665).
    """
    StylesCache.get_inner_outer = staticmethod(_INNER_OUTER)  # type: ignore[method-assign, assignment]


def dim_lines_below_panels() -> None:
    """Have what a panel stands on dimmed line by line, each style once.

    Textual takes that screen for a text that has to be split into lines, and mixes the colours of
    each of its pieces anew, three times until a panel stands.
    """
    Screen.render_lines = _lines_of_screen  # type: ignore[method-assign, assignment]


def open_screens_in_one_go() -> None:
    """Have a screen that opens styled, laid out and drawn once.

    Textual lays it out when it resumes and when it hears its size, whenever one of its widgets has
    heard its own, and twice for each widget that has others in it; and draws it four times.
    """
    Screen._on_screen_resume = _resume  # type: ignore[method-assign, assignment]
    Screen._screen_resized = _resized  # type: ignore[method-assign, assignment]
    Widget._size_updated = _SIZE_UPDATED  # type: ignore[method-assign, assignment]
    AwaitMount.__await__ = _awaited  # type: ignore[method-assign, assignment]


def _resume(screen: Screen[Any], event: events.ScreenResume) -> None:
    if screen._size:
        _RESUME(screen, event)
        return
    screen.stack_updates += 1
    screen.app._refresh_notifications()
    screen._update_auto_focus()
    screen.call_later(_open, screen)  # after what its widgets ask for


def _open(screen: Screen[Any]) -> None:
    if screen.is_attached:
        screen._layout_required = screen._repaint_required = False
        screen._refresh_layout(screen.app.size)
        screen._dirty_widgets.clear()


def _resized(screen: Screen[Any], size: Size) -> None:
    if screen.stack_updates and screen.is_attached and screen._compositor.size != size:
        screen._refresh_layout(size)


def _awaited(mount: AwaitMount) -> Generator[None, None, None]:
    return _mounted(mount).__await__()


async def _mounted(mount: AwaitMount) -> None:
    """Wait for new widgets, and the first time have them laid out; a screen does so itself."""
    widgets, mount._widgets = mount._widgets, ()
    for widget in widgets:
        await widget._mounted_event.wait()
    if widgets and mount._parent not in widgets:
        mount._parent.refresh(layout=True)


def _lines_of_screen(screen: Screen[Any], crop: Region) -> list[Strip]:
    stack, color = screen.app.screen_stack, screen.styles.background
    if color.a == 1 or screen not in stack[1:]:
        return Widget.render_lines(screen, crop)
    width, height = screen.outer_size
    below = stack[stack.index(screen) - 1]
    strips = below._compositor.render_strips(screen.outer_size)
    strips += [Strip([])] * (height - len(strips))  # it may still have the size before
    lines = [_dimmed_line(tuple(strip), width, color) for strip in strips]
    for line_filter in screen.get_line_filters():
        lines = [line.apply_filter(line_filter, color) for line in lines]
    return [line.crop(crop.x, crop.right) for line in lines[crop.y : crop.bottom]]


@lru_cache(256)
def _dimmed_line(segments: tuple[Segment, ...], width: int, color: Color) -> Strip:
    """Return the same line again for the same segments: it remembers how it was cut."""
    dimmed = [Segment(text, _dimmed_style(style or _PLAIN, color)) for text, style, _ in segments]
    return Strip(dimmed).adjust_cell_length(width)


@lru_cache(1024)
def _dimmed_style(style: Style, color: Color) -> Style:
    (dimmed,) = BackgroundScreen.process_segments([Segment("", style)], color)
    return dimmed.style or _PLAIN
