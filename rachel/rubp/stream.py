"""From a stream of bytes to frames, through any cuts, garbage and damage.

See docs/PROTOCOL.md, Finding frames in a stream.
"""

from rachel.rubp.frame import FRAME_SIZE, MAGIC, VERSIONS, Frame, FrameError, read_frame


class FrameStream:
    """Finds the frames in what one connection receives; does no input or output itself.

    The frames found depend only on the bytes, never on how they were cut into calls of feed. At
    most 63 bytes are kept between calls.

    Garbage is skipped up to the next RACH. A frame of an unknown version, or a version 2 frame
    whose checksum is wrong, is not returned, and the search goes on behind its RACH: if bytes
    went missing, the next good frame begins inside the 64 bytes the damaged one seems to have.
    Inside those 64 bytes only a version 2 frame with a right checksum is believed. What looks like
    a version 1 frame there has no checksum and may be text of the damaged frame.

    Attributes:
        dropped_bytes: bytes skipped so far, those of damaged frames included.
    """

    __slots__ = ("_damaged", "_pending", "dropped_bytes")

    def __init__(self) -> None:
        self._pending = b""
        self._damaged = 0  # how many of the next bytes belong to a damaged version 2 frame
        self.dropped_bytes = 0

    def feed(self, data: bytes | bytearray | memoryview) -> list[Frame]:
        """Take what was received and return the frames it completes, oldest first."""
        if len(data) == FRAME_SIZE and not self._pending and not self._damaged:
            try:  # by far the most usual case: one whole frame
                return [read_frame(bytes(data), 0)]
            except FrameError:
                pass  # looked at again below, where a damaged frame is told from garbage
        buffer = self._pending + data if self._pending else bytes(data)
        end = len(buffer)
        frames: list[Frame] = []
        start = 0
        while end - start >= FRAME_SIZE:
            frame = self._frame_at(buffer, start)
            if frame is None:
                start = self._skip(buffer, start, start + 1)
                continue
            frames.append(frame)
            start += FRAME_SIZE
            self._damaged = 0
        if start < end:
            start = self._skip(buffer, start, start)
            self._pending = buffer[start:]
        else:
            self._pending = b""
        return frames

    def _frame_at(self, buffer: bytes, start: int) -> Frame | None:
        """Return the frame that starts here if there is one and it is to be believed."""
        if not buffer.startswith(MAGIC, start):
            return None
        # Looked at here because garbage full of RACH must not cost an exception each time.
        if buffer[start + len(MAGIC)] not in VERSIONS:
            return None
        try:
            frame = read_frame(buffer, start)
        except FrameError:
            self._damaged = self._damaged or FRAME_SIZE
            return None
        return None if self._damaged and frame.version == 1 else frame

    def _skip(self, buffer: bytes, start: int, search_from: int) -> int:
        """Return where the next RACH begins or may have begun, and count what is dropped."""
        found = buffer.find(MAGIC, search_from)
        if found < 0:
            found = len(buffer)
            for kept in range(min(len(MAGIC) - 1, found - search_from), 0, -1):
                if MAGIC.startswith(buffer[found - kept :]):
                    found -= kept
                    break
        dropped = found - start
        self.dropped_bytes += dropped
        self._damaged = max(0, self._damaged - dropped)
        return found
