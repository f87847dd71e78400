"""The process that writes the journal of a host on SQLite: orders in, answers out.

`ProcessScribe` starts it with a socket, the database's file, and how many seconds it may wait for
others' locks. It ends when the socket does, which is also the case after the server was killed;
what it has been given is written first. Signals to all processes of a server are for the server.
"""

import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from rachel_server.store.folder_lock import JournalLock
from rachel_server.store.in_order import InOrder
from rachel_server.store.rows import Rows
from rachel_server.store.scribe_messages import LENGTH, Answer, answer_bytes, order_of
from rachel_server.store.sqlite_writer import SqliteWriter

_FOR_THE_SERVER: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(descriptor: int, file: Path, lock_wait_s: float) -> None:
    """Serve the server at the other end of a socket, given by its descriptor."""
    for number in _FOR_THE_SERVER:
        signal.signal(number, signal.SIG_IGN)
    with socket.socket(fileno=descriptor) as line, line.makefile("rb") as orders:
        lock, writer = JournalLock(file.parent), SqliteWriter(file, lock_wait_s)
        order = InOrder()
        with suppress(BrokenPipeError, ConnectionResetError):  # the server was killed
            while (message := _next(orders)) is not None:
                what, rows = order_of(message)
                carry_out = partial(_carry_out, lock, writer, what, rows)
                line.sendall(answer_bytes(_answer(order, carry_out, what == "write_behind")))
        writer.close()


def _next(orders: BinaryIO) -> bytes | None:
    """Return the next message, None when there are no more."""
    head = orders.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    message = orders.read(size)
    return message if len(message) == size else None


def _answer(order: InOrder, carry_out: Callable[[], Answer], behind: bool) -> Answer:
    """Carry an order out; return what came of it."""
    try:
        return order.do(carry_out, behind=behind)
    except Exception as error:
        return error


def _carry_out(lock: JournalLock, writer: SqliteWriter, what: str, rows: Rows) -> Answer:
    lock.hold()
    match what:
        case "open":
            writer.open()
        case "write_by_game":
            return writer.write_by_game(rows)
        case _:
            writer.write(rows)
    return None


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(os.fsdecode(sys.argv[2])), float(sys.argv[3]))
