"""What is mended in Textual until it is there."""

from functools import lru_cache, partial
from typing import Any, Final

from rich.segment import Segment
from rich.style import Style
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.geometry import Region
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

_INNER_OUTER: Final = lru_cache(1024)(partial(StylesCache.get_inner_outer.__wrapped__, StylesCache))
_PLAIN: Final = Style()
_DIMMED_MAX: Final = 64
"""Lines that are kept, each with all that was cut from it: as many as a screen has."""
_RENDER_LINES: Final = Widget.render_lines
_SEEN: Final = (
    *(
        f"{kind}_{edge}"
        for kind in ("border", "outline")
        for edge in ("top", "right", "bottom", "left")
    ),
    *("hatch", "keyline", "opacity", "tint"),
)
"""What is seen of a widget that has nothing to draw."""


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


def draw_empty_widgets_as_such() -> None:
    """Have a widget that only holds others drawn as one empty line, so many times.

    Textual puts each of its lines together, though others cover them: on the screen of settings
    four times as many as are seen.
    """
    Widget.render_lines = _lines_of_widget  # type: ignore[method-assign, assignment]


def _lines_of_widget(widget: Widget, crop: Region) -> list[Strip]:
    kind = type(widget)
    draws = kind.render is not Widget.render or kind.render_line is not Widget.render_line
    if draws or not widget.is_container or widget.styles.has_any_rules(*_SEEN):
        return _RENDER_LINES(widget, crop)
    return _empty_lines(widget, crop)


def _empty_lines(widget: Widget, crop: Region) -> list[Strip]:
    background = widget.background_colors[1]
    line = Strip.blank(crop.width, Style.from_color(bgcolor=background.rich_color))
    for line_filter in widget.get_line_filters():
        line = line.apply_filter(line_filter, background)
    return [line] * crop.height


def _lines_of_screen(screen: Screen[Any], crop: Region) -> list[Strip]:
    stack, color = screen.app.screen_stack, screen.styles.background
    if color.a == 1:
        return _empty_lines(screen, crop)
    if screen not in stack[1:]:
        return Widget.render_lines(screen, crop)
    width, height = screen.outer_size
    below = stack[stack.index(screen) - 1]
    strips = below._compositor.render_strips(screen.outer_size)
    strips += [Strip([])] * (height - len(strips))  # it may still have the size before
    lines = [_dimmed_line(tuple(strip), width, color) for strip in strips]
    for line_filter in screen.get_line_filters():
        lines = [line.apply_filter(line_filter, color) for line in lines]
    return [line.crop(crop.x, crop.right) for line in lines[crop.y : crop.bottom]]


@lru_cache(_DIMMED_MAX)
def _dimmed_line(segments: tuple[Segment, ...], width: int, color: Color) -> Strip:
    """Return the same line again for the same segments: it remembers how it was cut."""
    dimmed = [Segment(text, _dimmed_style(style or _PLAIN, color)) for text, style, _ in segments]
    return Strip(dimmed).adjust_cell_length(width)


@lru_cache(1024)
def _dimmed_style(style: Style, color: Color) -> Style:
    (dimmed,) = BackgroundScreen.process_segments([Segment("", style)], color)
    return dimmed.style or _PLAIN
