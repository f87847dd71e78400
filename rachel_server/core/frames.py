"""The frames a table sends: numbered once, encoded once per transport version."""

from collections.abc import Sequence

from rachel.rubp import CARDS_MAX, HOST_ID, CardDrawn, HandSync, Message, encode
from rachel.rules.view import SeatView
from rachel_server.core.link import Link


class FrameWriter:
    """Numbers and encodes a table's frames and collects them until they are taken.

    Host frames carry the table's sequence numbers (rubp.md, Conversations), so that a broadcast is
    encoded once per transport version, however many links it goes to. A frame can also be held for
    a link until it is released.
    """

    def __init__(self, game_id: int) -> None:
        self.game_id = game_id
        self._sequence = 0
        self._frames: list[tuple[Link, bytes]] = []
        self._held: dict[Link, tuple[Message, float]] = {}

    def take(self) -> list[tuple[Link, bytes]]:
        """Return the frames collected since the last call, in order."""
        frames, self._frames = self._frames, []
        return frames

    def send(self, link: Link, message: Message, addressee: int = HOST_ID) -> None:
        """Send to one link; a private message names the seat it is addressed to."""
        self._frames.append((link, self.encode(link.version, message, addressee)))

    def broadcast(self, links: Sequence[Link], message: Message) -> None:
        """Send one and the same frame to many links; none use up no number."""
        if not links:
            return
        number = self._next_number()
        encoded: dict[int, bytes] = {}
        for link in links:
            frame = encoded.get(link.version)
            if frame is None:
                frame = encoded[link.version] = encode(
                    message,
                    version=link.version,
                    sequence=number,
                    player_id=HOST_ID,
                    game_id=self.game_id,
                )
            self._frames.append((link, frame))

    def encode(self, version: int, message: Message, addressee: int = HOST_ID) -> bytes:
        """Return the next frame without sending it."""
        return encode(
            message,
            version=version,
            sequence=self._next_number(),
            player_id=addressee,
            game_id=self.game_id,
        )

    def send_hand(self, link: Link, view: SeatView, state_hash: int) -> None:
        """Send HAND_SYNC, and the cards beyond 32 in CARD_DRAWN (rubp.md, Messages)."""
        hand, seat = view.hand, view.seat
        self.send(link, HandSync(hand[:CARDS_MAX], view.public.turn, state_hash), seat)
        for start in range(CARDS_MAX, len(hand), CARDS_MAX):
            self.send(link, CardDrawn(hand[start : start + CARDS_MAX]), seat)

    def hold(self, link: Link, message: Message, until: float) -> None:
        """Send a message when it is released, at ``until`` at the latest; numbered only then."""
        self._held[link] = message, until

    def release(self, link: Link) -> None:
        """Send the message held for a link, if there is one."""
        held = self._held.pop(link, None)
        if held is not None:
            self.send(link, held[0])

    def release_due(self, now: float) -> None:
        """Send every message whose time has come; with infinity, all of them."""
        if self._held:
            for link, (_, until) in list(self._held.items()):
                if until <= now:
                    self.release(link)

    def forget(self, link: Link) -> None:
        """Drop the message held for a link that is gone."""
        self._held.pop(link, None)

    def release_times(self) -> list[float]:
        """Return when the messages held now are to be sent."""
        return [until for _, until in self._held.values()]

    def _next_number(self) -> int:
        number = self._sequence
        self._sequence = (number + 1) & 0xFFFF
        return number
