"""A terminal driver that hears clicks but not every movement of the mouse.

Textual asks terminals to report each cell the mouse passes and repaints what it enters and leaves.
At a card table that says nothing, and over a slow line it costs kilobytes a second.
"""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver

_CLICKS = "\x1b[?1000h"
_LARGE_COORDINATES = "\x1b[?1006h"


def quiet_driver_class() -> "type[Driver] | None":
    """Return the driver for this system, None where Textual's own has to do (Windows)."""
    if sys.platform == "win32":
        return None
    from textual.drivers.linux_driver import LinuxDriver

    class QuietDriver(LinuxDriver):
        """Reports presses, releases and the wheel only."""

        def _enable_mouse_support(self) -> None:
            if self._mouse:
                self.write(_CLICKS + _LARGE_COORDINATES)

    return QuietDriver
