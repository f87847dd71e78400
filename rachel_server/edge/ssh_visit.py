"""One visit over SSH: a terminal or a pipe, what was asked for, and how it ends."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

import asyncssh

from rachel_server.edge.session import OUTGOING_BYTES_MAX

IDLE_LIMIT_S: Final = 1800.0
"""How long a visitor may send nothing."""
IDLE_WARNING_S: Final = 120.0
"""How long before that a visitor is warned."""

_UNHEARD_MAX: Final = 16
"""Packets that are kept until somebody listens to the visitor."""
_VARIABLE_MAX: Final = 64
_HEARD_OF: Final = frozenset({"LANG", "LC_ALL", "LC_CTYPE", "COLORTERM", "NO_COLOR"})
"""The environment variables that a visitor may send."""


class ProvenKey(NamedTuple):
    """A key that a visitor has proved to hold.

    Attributes:
        fingerprint: SHA-256 of the public key, 32 bytes.
        kind: its algorithm, such as ``ssh-ed25519``.
    """

    fingerprint: bytes
    kind: str


class Visitor(Protocol):
    """The connection that brings a visit.

    Attributes:
        user: the user name, as the client gave it.
        key: the key that was proved, None without one.
        address: where it comes from.
    """

    user: str
    key: ProvenKey | None
    address: str

    @property
    def unsent(self) -> int:
        """How many bytes wait for the network, or for new keys of the encryption."""

    def flooded(self) -> None:
        """Cut the connection: far more waits for it than it reads."""

    def visit(self, visit: "Visit") -> None:
        """Begin the visit."""


class Visit(asyncssh.SSHServerSession[bytes]):
    """A visitor's session: a terminal, or a pipe, and what was asked for.

    Attributes:
        user: the user name, as the visitor's client gave it.
        key: the visitor's key, None without one.
        address: the visitor's address.
        command: what was asked for, empty for nothing.
        environment: the variables the client sent, of those that are heard of, and TERM if the
            visitor has a terminal.
        size: the terminal's columns and rows, 0 where unknown.
        must_leave: set when the visit has to end.
        farewell: why, for the visitor to read; empty when there is nobody to read it.
    """

    def __init__(self, visitor: Visitor) -> None:
        self.user, self.key, self.address = visitor.user, visitor.key, visitor.address
        self.command = ""
        self.environment: dict[str, str] = {}
        self.size = (0, 0)
        self.must_leave = asyncio.Event()
        self.farewell = ""
        self._visitor = visitor
        self._unheard: deque[bytes] = deque(maxlen=_UNHEARD_MAX)
        self._channel: asyncssh.SSHServerChannel[bytes] | None = None
        self._typed: Callable[[bytes], None] = self._unheard.append
        self._resized: Callable[[], None] = lambda: None
        self._must_type: Callable[[str], None] = lambda _: None
        self._idle: asyncio.TimerHandle | None = None

    def write(self, data: bytes) -> None:
        """Send bytes; a visitor who does not read them is cut off."""
        if self._channel is None or self._channel.is_closing():
            return
        self._channel.write(data)
        if self._channel.get_write_buffer_size() + self._visitor.unsent > OUTGOING_BYTES_MAX:
            self._visitor.flooded()

    def listen(
        self,
        typed: Callable[[bytes], None],
        resized: Callable[[], None],
        must_type: Callable[[str], None],
    ) -> None:
        """Have what comes of the visitor handled from now on.

        Args:
            typed: takes what the visitor sends, with b"" at its end.
            resized: is called when ``size`` has changed.
            must_type: takes the words that warn a visitor who has sent nothing for long.
        """
        self._typed, self._resized, self._must_type = typed, resized, must_type
        while self._unheard:
            typed(self._unheard.popleft())

    def leave(self, farewell: str) -> None:
        """Have the visit end; the first reason counts."""
        if not self.must_leave.is_set():
            self.farewell = farewell
            self.must_leave.set()

    # What asyncssh calls

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """Take the channel."""
        self._channel = chan
        chan._env = _Variables()  # asyncssh keeps whatever is sent

    def pty_requested(
        self, term_type: str, term_size: tuple[int, int, int, int], term_modes: object
    ) -> bool:
        """Note the terminal."""
        self.environment["TERM"] = term_type[:_VARIABLE_MAX]
        self.size = term_size[:2]
        return True

    def shell_requested(self) -> bool:
        """Agree: what is shown is no shell."""
        return True

    def exec_requested(self, command: str) -> bool:
        """Note what is asked for."""
        self.command = command
        return True

    def session_started(self) -> None:
        """Begin the visit."""
        assert self._channel is not None
        self.environment |= self._channel.get_environment()
        self._stay()
        self._visitor.visit(self)

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Hand over what the visitor sends."""
        self._stay()
        self._typed(data)

    def eof_received(self) -> bool:
        """Hand over the end of it; the visitor goes on listening."""
        self._typed(b"")
        return True

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        """Note the terminal's new size."""
        self.size = (width, height)
        self._resized()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the visit: the visitor is gone."""
        self._channel = None
        self.leave("")
        if self._idle is not None:
            self._idle.cancel()

    def end(self, status: int) -> None:
        """Hang up after what was written."""
        if self._idle is not None:
            self._idle.cancel()
        if self._channel is not None:
            self._channel.exit(status)

    def _stay(self) -> None:
        """Begin to wait for the visitor's next sign."""
        if self._idle is not None:
            self._idle.cancel()
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(IDLE_LIMIT_S - IDLE_WARNING_S, self._warn)

    def _warn(self) -> None:
        text = f"Nothing came from you for {IDLE_LIMIT_S / 60:.0f} minutes"
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(IDLE_WARNING_S, self.leave, text)
        self._must_type("Are you there? Type something, or you will have to leave.")


class _Variables(dict[bytes, bytes]):
    """The environment variables of a channel: only those that are heard of, and short ones."""

    def __setitem__(self, name: bytes, value: bytes) -> None:
        if name.decode(errors="replace") in _HEARD_OF and len(value) <= _VARIABLE_MAX:
            super().__setitem__(name, value)
