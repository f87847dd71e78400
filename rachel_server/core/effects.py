"""What follows from an input to a table, and its delivery to the links."""

from dataclasses import dataclass, field
from typing import Final

from rachel_server.core.entries import Entry
from rachel_server.core.link import Link

WAITING_BYTES_MAX: Final = 256 * 1024
"""Bytes that may wait for the journal on their way to one link; one that asks for more is cut."""


@dataclass(slots=True)
class Effects:
    """What follows from one input: entries to journal, then frames to send, then links to cut.

    ``refused`` says why what somebody sent was refused, if it was: an identifier, for statistics.
    """

    entries: list[Entry] = field(default_factory=list)
    frames: list[tuple[Link, bytes]] = field(default_factory=list)
    hang_up: list[Link] = field(default_factory=list)
    refused: str | None = None

    def wait(self) -> None:
        """Count what will wait for the journal; a link that makes too much of it is cut."""
        kept = []
        for link, frame in self.frames:
            if link.waiting_bytes < WAITING_BYTES_MAX:
                link.waiting_bytes += len(frame)
                kept.append((link, frame))
            else:
                link.hang_up()
        self.frames = kept

    def stop_waiting(self) -> None:
        """Count it no longer: the journal has what it waited for, or never will."""
        for link, frame in self.frames:
            link.waiting_bytes -= len(frame)

    def deliver(self) -> None:
        """Send the frames, joined to one write per link, and cut the links."""
        outgoing: dict[Link, list[bytes]] = {}
        for link, frame in self.frames:
            if link in outgoing:
                outgoing[link].append(frame)
            else:
                outgoing[link] = [frame]
        for link, frames in outgoing.items():
            link.transmit(b"".join(frames))
        for link in self.hang_up:
            link.hang_up()
