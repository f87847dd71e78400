"""How long a host still waits for people before bots take the free seats of a table."""

import re
from collections.abc import Iterable
from time import monotonic
from typing import Final

from rachel.client.session import ClientSession
from rachel.client.updates import Announced, Update, Welcomed
from rachel.rubp import Phase

_FILL_UP: Final = re.compile(r"bots fill up in (\d+) s")
"""How a Rachel server announces it, counted from the last one who comes, or says that they will."""


class Patience:
    """What a host has announced of its patience.

    Attributes:
        ends_at: when bots take the free seats if nobody else comes, in seconds of the monotonic
            clock; None when no host has said that.
    """

    def __init__(self) -> None:
        self.ends_at: float | None = None
        self._lasts_s: int | None = None
        self._names: list[str] = []

    def take(self, updates: Iterable[Update], session: ClientSession) -> None:
        """Take what a host told ``session``; nothing is known of one that cannot be heard."""
        before, self._names = self._names, session.names
        told = False
        for update in updates:
            if isinstance(update, Welcomed):
                self.forget()
            elif isinstance(update, Announced) and (found := _FILL_UP.search(update.text)):
                self._lasts_s, told = int(found[1]), True
        if session.phase is not Phase.WAITING:
            self.forget()
        # A name without an announcement is that of somebody for whom a seat is kept.
        elif self._lasts_s is not None and (told or before != self._names):
            self.ends_at = monotonic() + self._lasts_s

    def forget(self) -> None:
        """Know nothing: the table waits no more, or cannot be heard."""
        self.ends_at = self._lasts_s = None
