"""A link: one client's connection as tables see it. Transports subclass it."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Final

from rachel.rubp import NO_LOOK, Platform

if TYPE_CHECKING:
    from rachel_server.core.table import Table

_SECONDS_BETWEEN_FRAMES: Final = {int(Platform.VIC_20): 0.072}
"""Software-serial machines lose frames that follow each other too fast (rubp.md, Conversations)."""


class Link(ABC):
    """One live connection, and what its HELLO said about it.

    Attributes:
        transport: how the connection came, in one word: ``tcp``, ``tls``.
        version: transport version of its frames, 1 or 2.
        platform: RUBP platform id.
        look: three opaque portrait bytes.
        acknowledges: whether it acknowledges each GAME_STATE and HAND_SYNC pair.
        table: the table it sits at, or None.
        seat: its seat there.
        heard_at: when something last came from it, in the runtime's clock.
        heartbeats: whether it has ever sent one, and is therefore held to sending them.
        hellos: how many HELLOs it has said.
        account: the account whose seat it has had, if any: a rematch is played by the same one.
        limited_as: what limits per address count it by, None if they do not.
        waiting_bytes: how much is on its way to it but waits for the journal.
    """

    transport: ClassVar[str]

    def __init__(self) -> None:
        self.version = 1
        self.platform: int = Platform.UNKNOWN
        self.look = NO_LOOK
        self.acknowledges = False
        self.table: Table | None = None
        self.seat = 0
        self.heard_at = 0.0
        self.heartbeats = False
        self.hellos = 0
        self.account: int | None = None
        self.limited_as: str | None = None
        self.waiting_bytes = 0

    @property
    def frame_gap_s(self) -> float:
        """Seconds the client needs between two frames; 0 for all but the slowest machines."""
        return _SECONDS_BETWEEN_FRAMES.get(self.platform, 0.0)

    @abstractmethod
    def transmit(self, frames: bytes) -> None:
        """Send whole frames without blocking; a peer that does not read loses its connection."""

    @abstractmethod
    def hang_up(self) -> None:
        """Close the connection after what has been transmitted."""
