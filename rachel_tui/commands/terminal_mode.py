"""Changes of this process's terminal, taken back whenever the process stops or ends."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType

_STANDARD_INPUT: Final = 0
_ENDING: Final = ("SIGTERM", "SIGHUP", "SIGQUIT")
"""Signals that end a process at once unless it does something about them."""


@contextmanager
def unseen() -> Iterator[None]:
    """Keep what is typed at a terminal from being shown meanwhile, but for the end of the line.

    Call it in the main thread. Does nothing without a terminal, and on Windows.
    """
    if sys.platform == "win32" or not os.isatty(_STANDARD_INPUT):
        yield
        return
    import termios

    with _changed(off=termios.ECHO, on=termios.ECHONL):
        yield


@contextmanager
def by_keys(resumed: Callable[[], object]) -> Iterator[None]:
    """Have a terminal send each key, and show nothing by itself, meanwhile; signals stay keys.

    Call it in the main thread, and not on Windows. ``resumed`` is called when the process goes on
    after it was stopped.
    """
    if sys.platform != "win32":
        import termios

        with _changed(off=termios.ICANON | termios.ECHO | termios.IEXTEN, resumed=resumed):
            yield


@contextmanager
def _changed(
    *, off: int, on: int = 0, resumed: Callable[[], object] = lambda: None
) -> Iterator[None]:
    """Change local modes of the terminal, and change them back before anything else uses it."""
    assert sys.platform != "win32"
    import termios

    before = termios.tcgetattr(_STANDARD_INPUT)
    changed = [*before[:3], before[3] & ~off | on, *before[4:]]

    def give_back() -> None:
        with suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(_STANDARD_INPUT, termios.TCSADRAIN, before)

    def take() -> None:
        with suppress(termios.error):
            termios.tcsetattr(_STANDARD_INPUT, termios.TCSADRAIN, changed)

    def stop(number: int, frame: "FrameType | None") -> None:
        give_back()
        os.kill(os.getpid(), signal.SIGSTOP)  # goes on below when it is continued
        take()
        resumed()

    def end(number: int, frame: "FrameType | None") -> None:
        give_back()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    handlers = {signal.SIGTSTP: stop} | {getattr(signal, name): end for name in _ENDING}
    heard = {
        number: signal.signal(number, handler)
        for number, handler in handlers.items()
        if signal.getsignal(number) is signal.SIG_DFL
    }
    take()
    try:
        yield
    finally:
        give_back()
        for number, handler in heard.items():
            signal.signal(number, handler)
