"""What a server and its journal's process say to each other, as bytes.

A message is a pickle behind its length: both sides are the same program on the same interpreter,
and no one else has the socket. The server gives orders, the process answers each, in order.
"""

import pickle
from struct import Struct
from typing import Final, TypeAlias

from rachel_server.store.rows import Rows

LENGTH: Final = Struct("=I")
"""How many bytes of a message follow."""

Order: TypeAlias = tuple[str, Rows]
"""What to do, ``open``, ``write``, ``write_behind`` or ``write_by_game``, and with which rows."""

Answer: TypeAlias = BaseException | dict[str, str] | None
"""What came of an order: an exception, the games left out, or nothing."""


def order_bytes(what: str, rows: Rows) -> bytes:
    """Return an order as it is sent."""
    return _framed(pickle.dumps((what, rows)))


def order_of(message: bytes) -> Order:
    """Return the order in a message, which comes without its length."""
    order: Order = pickle.loads(message)
    return order


def answer_bytes(answer: Answer) -> bytes:
    """Return an answer as it is sent; of an exception that cannot be sent only the text is."""
    try:
        message = pickle.dumps(answer)
        pickle.loads(message)
    except Exception:
        message = pickle.dumps(RuntimeError(f"{type(answer).__name__}: {answer}"))
    return _framed(message)


def answer_of(message: bytes) -> Answer:
    """Return the answer in a message, which comes without its length."""
    answer: Answer = pickle.loads(message)
    return answer


def _framed(message: bytes) -> bytes:
    return LENGTH.pack(len(message)) + message
