"""Writes a journal's batches in a process of its own: for a host on SQLite (decision 11).

The process shares nothing with the event loop but a socket, over which each batch goes as one
message. When it dies, or is killed because it hangs, what it was writing has failed, as with a
database that is gone: the journal tries again, and the next try starts another process.
"""

import asyncio
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, cast

from rachel_server.store.refusal import NotWritten
from rachel_server.store.rows import Rows
from rachel_server.store.scribe import Done
from rachel_server.store.scribe_messages import LENGTH, Answer, answer_of, order_bytes
from rachel_server.store.sqlite_file import LOCK_WAIT_S

_PROGRAM: Final = "rachel_server.store.writing_process"


class ProcessGone(ConnectionError):  # noqa: N818 - says what is the matter
    """The journal's process has ended without an answer."""

    def __init__(self) -> None:
        super().__init__("the journal's process has ended; another one is started")


class ProcessScribe:
    """A `Scribe` for a SQLite file, with a process that is started when it is needed."""

    def __init__(self, file: Path, lock_wait_s: float = LOCK_WAIT_S) -> None:
        self._file = file
        self._lock_wait_s = lock_wait_s
        self._line: _Line | None = None
        self._starting: asyncio.Future[dict[str, str] | None] | None = None

    @property
    def pid(self) -> int | None:
        """The number of the process, None while there is none."""
        return None if self._line is None else self._line.process.pid

    async def open(self) -> None:
        """Connect to the database; see `Scribe`."""
        await self._order("open", Rows())

    def write(self, rows: Rows, done: Done, *, behind: bool = False) -> None:
        """Begin to write a batch; see `Scribe`."""
        if behind and self._starting is not None and not self._starting.done():
            # The one before waits for a process.
            self._starting.add_done_callback(lambda _: done(NotWritten()))
        elif self._line is not None and not self._line.is_over:
            what = "write_behind" if behind else "write"
            self._line.order(order_bytes(what, rows), partial(_tell, done))
        else:
            self._starting = asyncio.ensure_future(self._order("write", rows))
            self._starting.add_done_callback(partial(_tell_of, done))

    async def write_by_game(self, rows: Rows) -> dict[str, str]:
        """Write a batch game by game; see `Scribe`."""
        return await self._order("write_by_game", rows) or {}

    def abort(self) -> None:
        """Kill the process: what it is writing fails."""
        if self._line is not None:
            self._line.process.kill()

    async def close(self) -> None:
        """Let the process end, behind a write that is still under way."""
        line, self._line = self._line, None
        if line is not None:
            line.hang_up()
            await line.ended()

    def trouble(self, error: BaseException) -> str:
        """Return why a write failed, in one line."""
        from rachel_server.store.trouble import trouble

        return trouble(error, self._file)

    async def _order(self, what: str, rows: Rows) -> dict[str, str] | None:
        """Give an order to the process; return what came of it.

        Raises:
            OSError: there is no process to be had, or it ended before it answered.
            Exception: what the order has failed by.
        """
        if self._line is not None and self._line.is_over:
            line, self._line = self._line, None
            await line.ended()
        if self._line is None:
            self._line = await _started(self._file, self._lock_wait_s)
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._line.order(order_bytes(what, rows), answered.set_result)
        answer = await answered
        if isinstance(answer, BaseException):
            raise answer
        return answer


class _Line(asyncio.Protocol):
    """The server's end of the socket to a process.

    Attributes:
        process: the one at the other end.
    """

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self._over = asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self._read = bytearray()
        self._unanswered: deque[Callable[[Answer], None]] = deque()

    @property
    def is_over(self) -> bool:
        """Whether the process has hung up."""
        return self._over.is_set()

    def order(self, message: bytes, answered: Callable[[Answer], None]) -> None:
        """Send an order; the answer to it is told later, a `ProcessGone` if none comes."""
        self._unanswered.append(answered)
        assert self._transport is not None
        self._transport.write(message)

    def hang_up(self) -> None:
        """Let the process end when it has done what it was told."""
        if self._transport is not None:
            self._transport.close()

    async def ended(self) -> None:
        """Wait until the process and the socket have ended."""
        await self._over.wait()
        await asyncio.to_thread(self.process.wait)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to the process."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Take bytes of answers."""
        self._read += data
        while len(self._read) >= LENGTH.size:
            end = LENGTH.size + LENGTH.unpack_from(self._read)[0]
            if len(self._read) < end:
                return
            answer = answer_of(bytes(self._read[LENGTH.size : end]))
            del self._read[:end]
            self._unanswered.popleft()(answer)

    def connection_lost(self, problem: Exception | None) -> None:
        """Give up what was ordered."""
        self._over.set()
        if self._unanswered:
            self.process.kill()
        while self._unanswered:
            self._unanswered.popleft()(ProcessGone())


def _tell_of(done: Done, written: "asyncio.Future[dict[str, str] | None]") -> None:
    """Tell how a write went that had to wait for a process."""
    if not written.cancelled():
        done(written.exception())


def _tell(done: Done, answer: Answer) -> None:
    """Tell how a write went."""
    done(answer if isinstance(answer, BaseException) else None)


async def _started(file: Path, lock_wait_s: float) -> _Line:
    """Start a process.

    Raises:
        OSError: the system cannot.
    """
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            process = _run(theirs.fileno(), str(file), str(lock_wait_s))
        ours.setblocking(False)
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(lambda: _Line(process), sock=ours)
    except BaseException:
        ours.close()
        raise
    return line


def _run(descriptor: int, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-P", "-m", _PROGRAM, str(descriptor), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=(descriptor,),
        process_group=0,  # Ctrl-C is for the server, which saves what there is
    )
