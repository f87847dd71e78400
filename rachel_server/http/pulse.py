"""The pulse of the event loop: how late its timers are."""

import asyncio
from typing import Final

_BEAT_S: Final = 0.5


class Pulse:
    """Measures the delay of a timer that should fire every half second.

    Attributes:
        lag_s: the delay of the last beat in seconds.
    """

    def __init__(self) -> None:
        self.lag_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to beat, on the running event loop."""
        loop = asyncio.get_running_loop()
        due = loop.time() + _BEAT_S
        self._timer = loop.call_at(due, self._beat, due)

    def stop(self) -> None:
        """Beat no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _beat(self, due: float) -> None:
        self.lag_s = asyncio.get_running_loop().time() - due
        self.start()
