"""Writes one after another, and none behind one that has failed."""

from collections.abc import Callable
from typing import TypeVar

from rachel_server.store.refusal import NotWritten

_T = TypeVar("_T")


class InOrder:
    """Lets calls write that follow each other, so that what is durable never has a hole."""

    def __init__(self) -> None:
        self._failed = False

    def do(self, write: Callable[[], _T], *, behind: bool) -> _T:
        """Make a call that writes, and return what it returns.

        Args:
            write: writes all of something or raises.
            behind: whether it makes sense only if the call before has succeeded.

        Raises:
            NotWritten: that one failed, so this one was not made.
            Exception: what the call has raised.
        """
        if behind and self._failed:
            raise NotWritten
        self._failed = True
        result = write()
        self._failed = False
        return result
