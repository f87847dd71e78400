"""The terminal of this process: whether it can show screens, and the app that plays on it.

What belongs to a process is touched here and not in the app: signals, standard streams, the
environment. So the same app can play in a session that has a terminal of another kind.
"""

import asyncio
import gc
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from time import sleep
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textual.driver import Driver

    from rachel_tui.app import RachelApp
    from rachel_tui.games.reel import Reel
    from rachel_tui.home import Home
    from rachel_tui.net.host_api import PublicTable
    from rachel_tui.place import Place

_CLICKS: Final = "\x1b[?1000h"
_LARGE_COORDINATES: Final = "\x1b[?1006h"
_READ_BYTES_MAX: Final = 4096
_RESIZE_S: Final = 0.2
"""The least time between two new sizes that are heard of: each one lays everything out anew."""
_LEAVES_S: Final = 5.0
"""How long the app may take to end when its terminal is gone."""
_CALM_S: Final = 1.0
"""When so long nothing was typed, there is time to tidy up."""
_GARBAGE: Final = (2000, 5, 100)
"""How much more there must be until garbage is looked for: what two screens leave."""
_LARGEST_SIZE: Final = (640, 200)
"""What a larger terminal is shown."""


def has_keyboard() -> bool:
    """Tell whether a person types, who can be asked or can decide."""
    return sys.__stdin__ is not None and sys.__stdin__.isatty()


def has_screen() -> bool:
    """Tell whether full screens can be shown; Textual draws on standard error."""
    from rachel_tui.far import terminal

    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    return terminal.has_screen(os.environ) and all(
        stream is not None and stream.isatty() for stream in streams
    )


def driver_class() -> "type[Driver] | None":
    """Return what draws on this process's terminal and reads its keys.

    None where Textual's own driver has to do (Windows).
    """
    if sys.platform == "win32":
        return None
    from textual import events
    from textual.drivers.linux_driver import LinuxDriver
    from textual.geometry import Size

    from rachel_tui.keys import ESCAPE_S, FAR_ESCAPE_S, TICKS, Keys

    class TerminalDriver(LinuxDriver):
        """Takes any byte for an answer, and hears clicks but not every movement of the mouse.

        Textual asks terminals to report each cell the mouse passes, and repaints what it enters
        and leaves. At a card table that says nothing, and over a slow line it costs kilobytes a
        second.
        """

        def _enable_mouse_support(self) -> None:
            if self._mouse:
                self.write(_CLICKS + _LARGE_COORDINATES)

        _resize: asyncio.TimerHandle | None = None
        _resize_at = 0.0  # when the next size may be heard of
        _tick: asyncio.TimerHandle | None = None
        _ticks = 0  # how often it still has to be seen whether time completes what was typed
        _tidying: asyncio.TimerHandle | None = None

        def start_application_mode(self) -> None:
            """Take the terminal; a window that is dragged says a hundred sizes a second."""
            self._keys = Keys(FAR_ESCAPE_S if "SSH_CONNECTION" in os.environ else ESCAPE_S)
            super().start_application_mode()  # type: ignore[no-untyped-call]
            self._loop.add_signal_handler(signal.SIGWINCH, self._on_resized)

        def _on_resized(self) -> None:
            if self._resize is None:
                self._resize = self._loop.call_at(self._resize_at, self._tell_size)

        def _tell_size(self) -> None:
            self._resize, self._resize_at = None, self._loop.time() + _RESIZE_S
            size = Size(*self._get_terminal_size())
            self.process_message(events.Resize(size, size))

        def _get_terminal_size(self) -> tuple[int, int]:
            """Return the terminal's own word, which COLUMNS and LINES cannot overrule."""
            try:
                columns, rows = os.get_terminal_size(self.fileno)
            except OSError:
                columns = rows = 0
            if not columns or not rows:
                columns, rows = super()._get_terminal_size()
            return min(columns, _LARGEST_SIZE[0]), min(rows, _LARGEST_SIZE[1])

        def _query_in_band_window_resize(self) -> None:
            """Do not ask for sizes among the keys: SIGWINCH tells when to ask the terminal."""

        def _sigtstp_application(self, *_: object) -> None:
            """Suspend the whole job, as a terminal does: `make play` waits for us in it."""
            if self._auto_restart:
                self.suspend_application_mode()
                self._must_signal_resume = True
            os.killpg(0, signal.SIGSTOP)

        def run_input_thread(self) -> None:
            """Have the event loop read what is typed: a thread would look for it all the time."""
            self._loop.call_soon_threadsafe(self._listen)

        def _listen(self) -> None:
            if self._key_thread is not None:
                self._loop.add_reader(self.fileno, self._on_typed)

        def disable_input(self) -> None:
            """Read no more keys."""
            super().disable_input()
            self._key_thread = None
            self._loop.remove_reader(self.fileno)
            for timer in (self._tick, self._tidying):
                if timer is not None:
                    timer.cancel()

        def _on_typed(self) -> None:
            data = _read(self.fileno)
            if data:
                self._ticks = TICKS
                self._understand(data)
                if self._tidying is not None:
                    self._tidying.cancel()
                self._tidying = self._loop.call_later(_CALM_S, _tidy)
            else:  # the terminal is gone: see `_leave_on_hangup`
                self._loop.remove_reader(self.fileno)

        def _on_tick(self) -> None:
            self._ticks -= 1
            self._understand(b"")

        def _understand(self, data: bytes) -> None:
            """Pass on what was typed, and what time has completed of it."""
            try:
                for message in self._keys.feed(data):
                    self.process_message(message)
            except Exception:  # without keys there would be no way out
                from rich.traceback import Traceback

                self._app.call_later(self._app.panic, Traceback())
            if self._tick is not None:
                self._tick.cancel()
            if self._ticks:
                self._tick = self._loop.call_later(self._keys.tick_s, self._on_tick)

    return TerminalDriver


def _tidy() -> None:
    """Look for garbage, if there may be some, while no key waits for it.

    Screens that were closed are garbage in cycles; of a dozen it takes twice as long as a key may.
    """
    if gc.get_count()[2]:
        gc.collect()


def _read(descriptor: int) -> bytes:
    """Return what was typed, b"" when the terminal is gone."""
    try:
        return os.read(descriptor, _READ_BYTES_MAX)
    except OSError:
        return b""


def screens_at(
    start: "Place | Home | Reel",
    *,
    offered_name: str = "",
    tables: "Sequence[PublicTable]" = (),
) -> "RachelApp":
    """Return the app for this process's terminal; `RachelApp` says what it takes."""
    gc.disable()  # what is imported stays: to look through it takes a tenth of the start
    _forget_variables_of_textual()
    from rachel_tui.app import RachelApp
    from rachel_tui.commands.chosen import chosen
    from rachel_tui.dressed import Outfit
    from rachel_tui.keep.settings_file import default_path, write_file
    from rachel_tui.paths import path_text
    from rachel_tui.themes import theme_problems
    from rachel_tui.words.alphabet import lacks_glyphs

    held = chosen()
    return RachelApp(
        start,
        offered_name=offered_name,
        tables=tables,
        outfit=Outfit(
            os.environ,
            held.settings,
            keep=partial(write_file, default_path()),
            lacks_glyphs=lacks_glyphs(getattr(sys.__stderr__, "encoding", None) or "ascii"),
            file=path_text(default_path()),
            notices=in_one_notice((*held.problems, *theme_problems(held.settings))),
        ),
        driver_class=driver_class(),
    )


def _forget_variables_of_textual() -> None:
    """Drop what is for those who develop with Textual; some values would end in a traceback."""
    for name in [name for name in os.environ if name.startswith("TEXTUAL_")]:
        del os.environ[name]


def in_one_notice(problems: Sequence[str]) -> tuple[str, ...]:
    """Return the first problem of the settings, and how to hear of the others, in one notice."""
    if len(problems) <= 1:
        return tuple(problems)
    from rachel_tui.paths import command_text

    return (f"{problems[0]}. And {len(problems) - 1} more: {command_text('config')} tells them",)


def play_on_screens(app: "RachelApp") -> int:
    """Run the app until its player leaves; return the exit status.

    SIGTERM, SIGHUP and a terminal that closes without a signal leave in good order.
    """
    gc.freeze()
    gc.set_threshold(*_GARBAGE)
    gc.enable()
    asyncio.run(_run(app))
    return app.return_code or 0


async def _run(app: "RachelApp") -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP) if sys.platform != "win32" else ():
        loop.add_signal_handler(number, app.call_later, app.hang_up)
    _leave_on_hangup(
        sys.__stdin__.fileno() if sys.__stdin__ else 0,
        partial(loop.call_soon_threadsafe, app.call_later, app.hang_up),
    )
    await app.run_async()


def _leave_on_hangup(descriptor: int, hang_up: Callable[[], object]) -> None:
    """Call ``hang_up`` as soon as the other side of the terminal is gone, and soon end for sure.

    Seat and story of a game are kept meanwhile. Whatever holds the app up then, there is no
    terminal to restore, and the journal of a solo game survives a killed process
    (docs/ARCHITECTURE.md, decision 5). Does nothing where polling does not exist (Windows).
    """
    if hasattr(select, "poll"):
        threading.Thread(
            target=_watch, args=(descriptor, hang_up), name="hangup", daemon=True
        ).start()


def _watch(descriptor: int, hang_up: Callable[[], object]) -> None:
    poller = select.poll()
    poller.register(descriptor, 0)  # hang-ups and errors are always reported
    poller.poll()
    with suppress(RuntimeError):  # the app has ended by itself
        hang_up()
    sleep(_LEAVES_S)
    os._exit(1)
