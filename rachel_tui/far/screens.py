"""Full screens on a far terminal: a driver for Textual that touches nothing of the process."""

import asyncio
from typing import Any, Final

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size

from rachel_tui.far.terminal import FarTerminal, shown_size
from rachel_tui.keys import FAR_ESCAPE_S, TICKS, Keys

FRAME_S: Final = 0.05
"""The least time between two writes: what is drawn meanwhile goes out together."""
RESIZE_S: Final = 0.2
"""The least time between two new sizes that are heard of."""
TYPED_AHEAD_MAX: Final = 4096
"""Bytes that may wait to be read as keys; what is pasted or sent beyond that is dropped."""

_WARNED_S: Final = 60.0
"""How long a warning is shown."""
_READ_BYTES: Final = 32
_READ_S: Final = 0.02
"""So many bytes in so long are read as keys, which is faster than anybody types."""

_BEGIN: Final = "\x1b[?1049h\x1b[?1000h\x1b[?1006h\x1b[?25l\x1b[?2004h\x1b[?7l\x1b[?1004h"
"""Other screen; report clicks, in large coordinates; no cursor; pastes marked; no line wrap; say
whether its window is looked at."""
_END: Final = "\x1b[0m\x1b[?1004l\x1b[?7h\x1b[?2004l\x1b[?1006l\x1b[?1000l\x1b[?1049l\x1b[?25h"


class FarDriver(Driver):
    """Draws on a far terminal and reads its keys."""

    def __init__(self, terminal: FarTerminal, app: App[Any], **options: Any) -> None:  # noqa: ANN401
        super().__init__(app, **options)
        self._terminal = terminal
        self._keys = Keys(FAR_ESCAPE_S)
        self._given_back = False
        self._drawn: list[str] = []
        self._frame: asyncio.TimerHandle | None = None
        self._frame_at = 0.0  # when the next may go out
        self._typed = bytearray()
        self._read: asyncio.TimerHandle | None = None
        self._read_at = 0.0  # when more may be read
        self._ticks = 0
        self._resize: asyncio.TimerHandle | None = None

    # Out

    def write(self, data: str) -> None:
        """Draw, now or with the next frame."""
        if self._given_back:
            return
        self._drawn.append(data)
        if self._frame is None:
            self._frame = self._loop.call_at(self._frame_at, self._send_frame)

    def _send_frame(self) -> None:
        self._frame = None
        self._frame_at = self._loop.time() + FRAME_S
        data, self._drawn = "".join(self._drawn), []
        self._terminal.write(data.encode(errors="replace"))

    # In

    def _on_typed(self, data: bytes) -> None:
        if not data:  # nothing more will come
            self._app.call_later(self._app.action_quit)
        self._typed += data
        del self._typed[TYPED_AHEAD_MAX:]
        self._ticks = TICKS
        if self._read is not None:
            self._read.cancel()
        self._read = self._loop.call_at(self._read_at, self._read_keys)

    def _read_keys(self) -> None:
        """Read some of what was typed, and see to it that the rest, and time, are heeded."""
        self._read = None
        self._read_at = self._loop.time() + _READ_S
        some = bytes(self._typed[:_READ_BYTES])
        del self._typed[:_READ_BYTES]
        for message in self._keys.feed(some):
            self.process_message(message)
        self._ticks -= not some
        if self._typed:
            self._read = self._loop.call_at(self._read_at, self._read_keys)
        elif self._ticks > 0:
            self._read = self._loop.call_later(self._keys.tick_s, self._read_keys)

    def _on_resized(self) -> None:
        if self._resize is None:
            self._resize = self._loop.call_later(RESIZE_S, self._tell_size)

    def _warn(self, text: str) -> None:
        self._app.bell()
        self._app.notify(text, severity="warning", timeout=_WARNED_S)

    def _tell_size(self) -> None:
        self._resize = None
        size = Size(*shown_size(self._terminal.size))
        self.process_message(events.Resize(size, size))

    def open_url(self, url: str, new_tab: bool = True) -> None:
        """Open nothing: it would be on the host."""

    # The life of the app

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._terminal.listen(self._on_typed, self._on_resized, self._warn)
        self._tell_size()
        self.write(_BEGIN)

    def disable_input(self) -> None:
        """Ignore what is typed from now on."""
        self._terminal.listen(lambda _: None, lambda: None, lambda _: None)
        for timer in (self._read, self._resize):
            if timer is not None:
                timer.cancel()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was, once; nothing is drawn on it afterwards."""
        if self._given_back:
            return
        self._given_back = True
        self.disable_input()
        self._drawn.append(_END)
        if self._frame is not None:
            self._frame.cancel()
        self._send_frame()
