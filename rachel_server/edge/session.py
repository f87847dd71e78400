"""A session: one connection between its bytes and the house's frames, whatever the transport.

A transport hands over what it received and carries out what the session writes; everything else
that a connection needs is here: frames found in any stream, an end to garbage, an answer for those
who came to the wrong port, a few frames at a time so that nobody is kept waiting by one who talks
without pause, rests for those who talk too much, pauses between frames for the slowest machines,
and an end to peers that do not read.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from rachel.rubp import FRAME_SIZE, Frame, FrameStream
from rachel_server.edge.foreign import answer_to
from rachel_server.edge.limits import AddressLimits
from rachel_server.ops.log_ids import connection_id

FRAMES_PER_WAKE: Final = 4
"""Frames of one connection that are handled in one turn of the loop; then others are heard."""
OUTGOING_BYTES_MAX: Final = 256 * 1024
"""Bytes that may wait for a peer; one that reads more slowly than that is cut."""
GARBAGE_BYTES_MAX: Final = 64 * 1024
"""Bytes without a frame among them that a connection may send; a noisy line gets frames through."""
GOODBYE_LIMIT_S: Final = 5.0
"""How long a peer that is hung up on may take to read what it was sent before."""

_PIECE: Final = FRAMES_PER_WAKE * FRAME_SIZE


class Wire(Protocol):
    """What a session needs of its transport: what asyncio's transports have."""

    def write(self, data: bytes) -> None:
        """Send bytes without blocking; on a connection that is ending, do nothing."""

    def close(self) -> None:
        """End the connection after what was written."""

    def abort(self) -> None:
        """End the connection at once."""

    def pause_reading(self) -> None:
        """Receive nothing until `resume_reading`."""

    def resume_reading(self) -> None:
        """Receive again."""

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are written but not sent."""


class Timer(Protocol):
    """Something planned."""

    def cancel(self) -> None:
        """Plan it no longer."""


class Timers(Protocol):
    """What plans things: what asyncio's event loops have."""

    def time(self) -> float:
        """Return the clock's reading in seconds."""

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> Timer:  # noqa: ANN401
        """Call back after so many seconds."""

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Report an error of ours."""


class Door(Protocol):
    """Where sessions meet the house."""

    @property
    def timers(self) -> Timers:
        """What plans things."""

    def opened(self, session: "Session") -> int:
        """Take in a session and return its number."""

    def received(self, connection: int, frames: Sequence[Frame]) -> None:
        """Handle frames."""

    def dropped(self, number: int) -> None:
        """Count bytes that belonged to no frame."""

    def closed(self, connection: int) -> None:
        """Note that a connection is gone."""


class Session:
    """One connection.

    Attributes:
        transport: how it came, in one word: ``tcp``, ``tls``, ``websocket``, ``ssh``,
            ``memory``.
        limited_as: what limits per address count it by, None if they do not.
        gap_s: seconds to leave between two frames; 0 for all but the slowest machines.
    """

    def __init__(
        self, wire: Wire, door: Door, *, transport: str, address: str, limits: AddressLimits
    ) -> None:
        """Begin; the transport calls `lost` in the end, once."""
        self.transport = transport
        self.limited_as = limits.counts_as(address)
        self.gap_s = 0.0
        self._wire = wire
        self._door = door
        self._timers = door.timers
        self._address = address
        self._limits = limits
        self._log_id = secrets.token_hex(4)
        self._stream = FrameStream()
        self._dropped_before = 0  # of the stream's dropped bytes, when it last brought a frame
        self._is_known = False  # whether it has brought a frame
        self._unread = b""
        self._wake: Timer | None = None  # when more is read
        self._may_wait = 0  # bytes that wait for the peer, at most
        self._paced = b""  # what waits behind a pause
        self._pace: Timer | None = None
        self._goodbye: Timer | None = None
        self._leaving = False
        self._gone = False
        with_id = connection_id.set(self._log_id)
        try:
            self.connection = door.opened(self)
        finally:
            connection_id.reset(with_id)
        wait_s = limits.wait_s(address, self._timers.time())
        if wait_s:
            self.rest(wait_s)

    # What comes

    def receive(self, data: bytes) -> None:
        """Take bytes, cut anywhere."""
        if self._leaving:
            return
        if self._wake is None and len(data) <= _PIECE:
            self._read(data)
            return
        self._unread += data
        if self._wake is None:
            self._wire.pause_reading()
            self._read_on()

    def rest(self, seconds: float) -> None:
        """Read nothing more for a while."""
        if not self._leaving:
            if self._wake is not None:
                self._wake.cancel()
            self._wire.pause_reading()
            self._wake = self._timers.call_later(seconds, self._read_on)

    def lost(self) -> None:
        """Note that the connection is gone."""
        self._leaving = self._gone = True
        for timer in (self._wake, self._pace, self._goodbye):
            if timer is not None:
                timer.cancel()
        with_id = connection_id.set(self._log_id)
        try:
            self._door.closed(self.connection)
        finally:
            connection_id.reset(with_id)

    def _read_on(self) -> None:
        """Read a piece of what has come; the next one comes in another turn of the loop."""
        self._wake = None
        piece, self._unread = self._unread[:_PIECE], self._unread[_PIECE:]
        if piece:
            self._read(piece)
        self._read_on_later()

    def _read_on_later(self) -> None:
        """Plan the next piece, unless what was read has ended or put off the reading."""
        if self._leaving or self._wake is not None:
            return
        if self._unread:
            self._wake = self._timers.call_later(0, self._read_on)
        else:
            self._wire.resume_reading()

    def _read(self, data: bytes) -> None:
        """Hand over the frames that are complete; an error of ours costs the connection."""
        with_id = connection_id.set(self._log_id)
        dropped_bytes = self._stream.dropped_bytes
        try:
            frames = self._stream.feed(data)
            if self._stream.dropped_bytes > dropped_bytes:
                self._door.dropped(self._stream.dropped_bytes - dropped_bytes)
            if frames:
                self._is_known = True
                self._dropped_before = self._stream.dropped_bytes
                self._door.received(self.connection, frames)
            elif not self._is_known and (answer := answer_to(data)) is not None:
                self._wire.write(answer)
                self.hang_up()
        except Exception as error:
            # As the event loop itself would, but while the log knows the connection.
            context = {"message": "an error while handling frames", "exception": error}
            self._timers.call_exception_handler(context)
            self._leaving = True
            self._wire.abort()
        finally:
            connection_id.reset(with_id)
        if self._stream.dropped_bytes - self._dropped_before > GARBAGE_BYTES_MAX:
            self.flooded()

    # What goes

    def send(self, frames: bytes) -> None:
        """Send whole frames, with pauses between them for machines that need those."""
        if self._leaving:
            return
        if self.gap_s:
            self._paced += frames
            if self._pace is None:
                self._send_paced()
        else:
            self._wire.write(frames)
        # No more waits than was sent since it was last looked at, and waited then.
        self._may_wait += len(frames)
        if self._may_wait > OUTGOING_BYTES_MAX:
            self._may_wait = self._wire.get_write_buffer_size() + len(self._paced)
            if self._may_wait > OUTGOING_BYTES_MAX:
                self.flooded()

    def hang_up(self) -> None:
        """End the connection after what has been sent."""
        self._leaving = True
        if self._goodbye is None and not self._gone:
            self._goodbye = self._timers.call_later(GOODBYE_LIMIT_S, self._wire.abort)
        if not self._paced:
            self._wire.close()

    def flooded(self) -> None:
        """End the connection at once: it sends, or lets wait, far more than a player would."""
        self._leaving = True
        self._limits.flooded(self._address, self._timers.time())
        self._wire.abort()

    def _send_paced(self) -> None:
        """Send one frame, then pause."""
        self._pace = None
        if self._paced:
            frame, self._paced = self._paced[:FRAME_SIZE], self._paced[FRAME_SIZE:]
            self._wire.write(frame)
            self._pace = self._timers.call_later(self.gap_s, self._send_paced)
            if self._leaving and not self._paced:
                self._wire.close()
