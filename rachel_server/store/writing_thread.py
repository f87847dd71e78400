"""A thread that does one thing after another for an event loop."""

import asyncio
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeAlias, TypeVar

_T = TypeVar("_T")

_Call: TypeAlias = tuple[asyncio.AbstractEventLoop, asyncio.Future[Any], Callable[[], Any]]


class WritingThread:
    """Makes calls that block, in the order in which they come.

    An executor does the same with three locks and two futures for each call, for which the loop and
    the thread would wait in turns.
    """

    def __init__(self, name: str) -> None:
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        # A write that hangs does not keep the process from ending.
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def do(self, call: Callable[[], _T]) -> asyncio.Future[_T]:
        """Make a call in the thread; return what the running event loop can wait for."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[_T] = loop.create_future()
        if self._thread.ident is None:
            self._thread.start()
        self._calls.put((loop, answer, call))
        return answer

    def end(self) -> None:
        """Let the thread end, once it has done everything."""
        self._calls.put(None)

    def _run(self) -> None:
        while (work := self._calls.get()) is not None:
            loop, answer, call = work
            try:
                say = partial(_say, answer, call(), None)
            except BaseException as error:
                say = partial(_say, answer, None, error)
            try:
                loop.call_soon_threadsafe(say)
            except RuntimeError:  # the loop is closed: it waits for nothing any more
                return
            finally:
                del work, answer, call, say  # the last of many rows would stay until the next come


def _say(answer: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if answer.done():  # it was cancelled
        return
    if error is None:
        answer.set_result(result)
    else:
        answer.set_exception(error)
