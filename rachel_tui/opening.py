"""How a screen opens: it is laid out, its widgets hear of it, and then it is drawn.

Textual draws a new screen four times: when it resumes, when it hears its own size and has a class
for it, when the widgets in its containers are there, twice for each, and whenever a widget has
heard its size and changes. Each time takes as long as the last, and all but the first wait for
the next sixtieth of a second.
"""

import asyncio
from collections.abc import Generator
from functools import partialmethod
from typing import Any, Final
from weakref import WeakSet

from textual import events
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import AwaitMount, Widget

_RESUME: Final = Screen._on_screen_resume
_DRAW: Final = Screen._compositor_refresh
_SIZE_UPDATED: Final = partialmethod(Widget._size_updated, layout=False)
_LAYOUTS_MAX: Final = 4
_ROUNDS_MAX: Final = 9
"""How often widgets have a turn before the screen is drawn, whatever they still do."""

_opening: Final = WeakSet[Screen[Any]]()
"""The screens that are not drawn yet."""


def open_screens_in_one_go() -> None:
    """Have every screen drawn once when it opens."""
    Screen._on_screen_resume = _resume  # type: ignore[method-assign, assignment]
    Screen._screen_resized = _resized  # type: ignore[method-assign, assignment]
    Screen._compositor_refresh = _draw  # type: ignore[method-assign, assignment]
    Widget._size_updated = _SIZE_UPDATED  # type: ignore[method-assign, assignment]
    AwaitMount.__await__ = _awaited  # type: ignore[method-assign, assignment]


def _resume(screen: Screen[Any], event: events.ScreenResume) -> None:
    if screen._size:
        _RESUME(screen, event)
        return
    screen.stack_updates += 1
    screen.app._refresh_notifications()
    screen._update_auto_focus()
    screen.call_later(_lay_out, screen)  # after what its widgets ask for


def _lay_out(screen: Screen[Any], more: int = _LAYOUTS_MAX) -> None:
    if screen.is_attached:
        _opening.add(screen)
        screen._layout_required = screen._scroll_required = False
        screen._refresh_layout(screen.app.size)
        screen.call_later(_have_heard, screen, more - 1)


async def _have_heard(screen: Screen[Any], more: int) -> None:
    """Wait until all widgets have done what their sizes make them do."""
    for _ in range(_ROUNDS_MAX):
        if all(widget._message_queue.empty() for widget in screen._compositor.widgets):
            break
        await asyncio.sleep(0)
    screen.call_later(_open, screen, more)


def _open(screen: Screen[Any], more: int) -> None:
    if more and (screen._layout_required or screen._scroll_required):
        _lay_out(screen, more)
        return
    _opening.discard(screen)
    screen._compositor_refresh()
    screen._repaint_required = False
    screen._dirty_widgets.clear()


def _draw(screen: Screen[Any]) -> None:
    if screen not in _opening:
        _DRAW(screen)


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
