"""A sitting on a far terminal, on screens or line by line, until its player leaves or must."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Final, cast

from rich.console import Console
from textual.driver import Driver

from rachel_tui.app import RachelApp
from rachel_tui.dressed import Outfit
from rachel_tui.far.lines import FarLines
from rachel_tui.far.screens import FarDriver
from rachel_tui.far.terminal import FarTerminal, encoding_of, with_colours
from rachel_tui.home import Home
from rachel_tui.keep.settings import OwnSettings
from rachel_tui.net.host_api import PublicTable
from rachel_tui.place import Place
from rachel_tui.plain.gallery import ask_table
from rachel_tui.plain.home import HomeLines
from rachel_tui.plain.lines import Lines
from rachel_tui.plain.visit import visit
from rachel_tui.sitting import Sitting
from rachel_tui.words.alphabet import lacks_glyphs

_LINES_AHEAD_MAX: Final = 2000
"""Lines that may wait for their turn; what a script sends beyond that is dropped."""


async def play_on_screens(
    terminal: FarTerminal,
    start: Place | Home,
    own: OwnSettings,
    environment: Mapping[str, str],
    must_leave: asyncio.Event,
    last_words: Callable[[Sitting | None], str],
    tables: Sequence[PublicTable] = (),
) -> int:
    """Begin at home or at a place, and play until the player leaves or ``must_leave`` is set.

    Return the exit status. ``last_words`` says what is to be read when the screens are gone. A
    player who must leave reads it at once, although the app takes a while to end: a host that stops
    has many of them. If there are ``tables``, ask first which of them to watch.

    Raises:
        Exception: what broke the app.
    """
    settings = own.load()
    app = RachelApp(
        start,
        offered_name=settings.name,
        tables=tables,
        outfit=Outfit(
            with_colours(environment),
            settings,
            own.keep,
            lacks_glyphs=lacks_glyphs(encoding_of(environment)),
            name_stays=own.name_stays,
        ),
        driver_class=cast("type[Driver]", partial(FarDriver, terminal)),
    )
    app.animation_level = "none"
    app.error_console = Console(quiet=True)
    # Textual redirects the standard streams of the process while an app runs, and several apps
    # would leave them at one that has ended: each redirects them to where they lead anyway.
    private = cast("Any", app)
    private._capture_stdout, private._capture_stderr = Console().file, Console(stderr=True).file
    loop = asyncio.get_running_loop()
    factory = loop.get_task_factory()
    playing = loop.create_task(app.run_async())
    leaving = loop.create_task(must_leave.wait())
    await asyncio.sleep(0)
    loop.set_task_factory(factory)  # the app has set its own for everybody on this event loop
    try:
        await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if must_leave.is_set():
            if app._driver is not None:
                app._driver.stop_application_mode()
            _write(terminal, last_words(app.sitting))
            app.call_later(app.hang_up)
        await playing
    finally:
        leaving.cancel()
        playing.cancel()
    if app._exception is not None:
        raise app._exception
    if must_leave.is_set():
        return 1
    _write(terminal, last_words(app.sitting))
    return app.return_code or 0


def _write(terminal: FarTerminal, text: str) -> None:
    terminal.write("".join(f"{line}\r\n" for line in text.splitlines()).encode())


async def play_on_lines(
    terminal: FarTerminal,
    start: Place | Home,
    own: OwnSettings,
    environment: Mapping[str, str],
    must_leave: asyncio.Event,
    tables: Sequence[PublicTable] = (),
) -> int:
    """Play until the player leaves, input ends or ``must_leave`` is set, at home or at a place.

    Return the exit status: 1 after a failure, and when the player had to leave. If there are
    ``tables``, ask first which of them to watch.
    """
    ended = False  # the rest is no longer typed by hand
    lines = Lines()

    def take(line: str | None) -> None:
        nonlocal ended
        ended = ended or line is None
        if line is None or lines.qsize() < _LINES_AHEAD_MAX:
            lines.put_nowait(line)

    ascii_look = lacks_glyphs(encoding_of(environment))
    shown = FarLines(terminal, ascii_look=ascii_look, raw="TERM" in environment)

    async def name_at(_: Place) -> str:
        return own.load().name

    async def play() -> int:
        if isinstance(start, Home):
            return await HomeLines(start, own.load().name, shown.say, own).run(lines)
        code = await ask_table(tables, lines, shown.say) if tables else start.room
        if code is None:
            return 0
        place, order = replace(start, room=code), own.load().sort
        return await visit(place, name_at, shown.say, lines, scripted=lambda: ended, order=order)

    shown.read(take)
    playing = asyncio.create_task(play())
    leaving = asyncio.create_task(must_leave.wait())
    try:
        await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return playing.result() if playing.done() else 1
    finally:
        leaving.cancel()
        playing.cancel()
        with suppress(asyncio.CancelledError):
            await playing
