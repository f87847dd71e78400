"""What clients send: HELLO, PLAY_CARD, DRAW_CARD, SYNC_REQUEST, and the HEARTBEAT both sides send.

Every message packs to exactly 48 bytes, unused ones zero; on the way in unused bytes are ignored,
because old clients leave things there (docs/PROTOCOL.md, Messages).
"""

from dataclasses import dataclass, field
from typing import Final, Self, final

from rachel.rubp._layout import HAS_HASH, Layout, byte_run, read_cards, read_suit, suit_byte
from rachel.rubp.codes import (
    ACKNOWLEDGES_SYNC,
    CARDS_MAX,
    NO_LOOK,
    NO_TOKEN,
    SPEC_VERSION,
)
from rachel.rubp.frame import PAYLOAD_SIZE
from rachel.rubp.platforms import Platform

NAME_MAX: Final = 15
"""Characters of a name in HELLO; the sixteenth byte of the field ends it."""

ROOM_MAX: Final = 8
"""Characters of a room code."""

_ACKNOWLEDGEMENT: Final = 0x02

_HELLO: Final = Layout(
    "HELLO",
    "name:16s",
    "platform:H",
    "spec:H",
    "token:8s",
    "room:8s",
    "capabilities:B",
    "look:3s",
    "unused:8x",
)
_PLAY_CARD: Final = Layout(
    "PLAY_CARD",
    "count:B",
    "cards:32s",
    "nominated_suit:B",
    "spec:H",
    "flags:B",
    "observed_hash:Q",
    "unused:3x",
)
_DRAW_CARD: Final = Layout(
    "DRAW_CARD", "reason:B", "count:B", "spec:H", "flags:B", "observed_hash:Q", "unused:35x"
)
_SYNC_REQUEST: Final = Layout(
    "SYNC_REQUEST", "turn:I", "spec:H", "flags:B", "observed_hash:Q", "unused:33x"
)
_EMPTY: Final = bytes(PAYLOAD_SIZE)


def _is_printable(text: str) -> bool:
    return text.isascii() and text.isprintable()


@dataclass(slots=True)
class Heartbeat:
    """HEARTBEAT, both ways: the sender is alive. It carries nothing."""

    def pack(self) -> bytes:
        """Return 48 zero bytes."""
        return _EMPTY

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Return a heartbeat, whatever the payload holds."""
        return cls()


@dataclass(slots=True)
class Hello:
    """HELLO: the first frame of a client, which asks for a seat.

    Attributes:
        name: printable ASCII, at most 15 characters.
        platform: what the client runs on, 0-65535; see Platform.
        spec: version of the rules; very old clients send 0.
        token: 8 bytes the seat can be reclaimed with; NO_TOKEN for none.
        room: code of a private table, at most 8 of A-Z and 0-9; empty for any table.
        capabilities: bits; see ACKNOWLEDGES_SYNC and WATCHES.
        look: 3 bytes of portrait, opaque.
    """

    name: str
    platform: int = Platform.UNKNOWN
    spec: int = SPEC_VERSION
    token: bytes = field(default=NO_TOKEN, repr=False)
    room: str = ""
    capabilities: int = 0
    look: bytes = NO_LOOK

    @property
    def acknowledges_sync(self) -> bool:
        """Whether the client acknowledges each GAME_STATE and HAND_SYNC pair."""
        return bool(self.capabilities & ACKNOWLEDGES_SYNC)

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload; the room code goes out in capitals.

        Raises:
            ValueError: a value does not fit its field or holds other characters than it may.
        """
        if not _is_printable(self.name) or len(self.name) > NAME_MAX:
            raise ValueError(f"a name is at most {NAME_MAX} printable ASCII characters")
        if self.room and not (self.room.isascii() and self.room.isalnum()):
            raise ValueError("a room code holds letters and digits only")
        if len(self.room) > ROOM_MAX:
            raise ValueError(f"a room code has at most {ROOM_MAX} characters")
        if len(self.token) != len(NO_TOKEN) or len(self.look) != len(NO_LOOK):
            raise ValueError("a reconnect token has 8 bytes and a look 3")
        return _HELLO.pack(
            self.name.encode(),
            self.platform,
            self.spec,
            self.token,
            self.room.upper().encode(),
            self.capabilities,
            self.look,
        )

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Return the message, lenient about text.

        Name and room end at their first NUL. The name keeps its printable ASCII, without spaces
        around it, at most 15 characters; the room keeps letters and digits, in capitals. What is
        left of either may be empty.
        """
        name, platform, spec, token, room, capabilities, look = _HELLO.unpack(payload)
        shown = bytes(b for b in name.partition(b"\0")[0] if 32 <= b <= 126)
        code = bytes(b for b in room.partition(b"\0")[0].upper() if chr(b).isalnum() and b < 128)
        return cls(
            shown.decode().strip()[:NAME_MAX].rstrip(),
            platform,
            spec,
            token,
            code.decode(),
            capabilities,
            look,
        )


@final
@dataclass(init=False, slots=True)
class PlayCard:
    """PLAY_CARD: play these cards, the first of them leading.

    Attributes:
        cards: card bytes in the order they are to be played. A legal play has 1 to 4; the codec
            carries 0 to 32 and leaves the refusal to the rules.
        nominated_suit: 0-3 when an ace names one, else None.
        observed_hash: hash of the state the client acts on, None when it does not say.
        spec: version of the rules.
    """

    cards: tuple[int, ...]
    nominated_suit: int | None
    observed_hash: int | None
    spec: int

    # Written out, because what dataclass writes is never compiled.
    def __init__(
        self,
        cards: tuple[int, ...],
        nominated_suit: int | None = None,
        observed_hash: int | None = None,
        spec: int = SPEC_VERSION,
    ) -> None:
        self.cards = cards
        self.nominated_suit = nominated_suit
        self.observed_hash = observed_hash
        self.spec = spec

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload.

        Raises:
            ValueError: a value does not fit its field.
        """
        seen = self.observed_hash
        return _PLAY_CARD.pack(
            len(self.cards),
            byte_run("PLAY_CARD cards", self.cards, CARDS_MAX),
            suit_byte(self.nominated_suit),
            self.spec,
            0 if seen is None else HAS_HASH,
            seen or 0,
        )

    @staticmethod
    def unpack(payload: bytes) -> "PlayCard":
        """Return the message.

        Raises:
            MessageError: bad_count, more cards than the field holds; bad_suit, no such suit.
        """
        fields: tuple[int, bytes, int, int, int, int] = _PLAY_CARD.unpack(payload)
        count, cards, suit, spec, flags, seen = fields
        return PlayCard(
            read_cards(count, cards), read_suit(suit), seen if flags & HAS_HASH else None, spec
        )


@final
@dataclass(init=False, slots=True)
class DrawCard:
    """DRAW_CARD: draw, because nothing in the hand can be played.

    Attributes:
        reason: a DrawReason or any other byte: information only.
        count: how many cards the client expects, 0-255: information only.
        observed_hash: hash of the state the client acts on, None when it does not say.
        spec: version of the rules.
    """

    reason: int
    count: int
    observed_hash: int | None
    spec: int

    # As in PlayCard.
    def __init__(
        self,
        reason: int = 0,
        count: int = 1,
        observed_hash: int | None = None,
        spec: int = SPEC_VERSION,
    ) -> None:
        self.reason = reason
        self.count = count
        self.observed_hash = observed_hash
        self.spec = spec

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload.

        Raises:
            ValueError: a value does not fit its field.
        """
        seen = self.observed_hash
        flags = 0 if seen is None else HAS_HASH
        return _DRAW_CARD.pack(self.reason, self.count, self.spec, flags, seen or 0)

    @staticmethod
    def unpack(payload: bytes) -> "DrawCard":
        """Return the message; no payload is refused."""
        fields: tuple[int, int, int, int, int] = _DRAW_CARD.unpack(payload)
        reason, count, spec, flags, seen = fields
        return DrawCard(reason, count, seen if flags & HAS_HASH else None, spec)


@dataclass(slots=True)
class SyncRequest:
    """SYNC_REQUEST: send me the state and my hand, or: I hold the pair you sent.

    Attributes:
        turn: number of the turn the client stands at.
        observed_hash: hash of the state the client holds, None when it does not say.
        acknowledge: True when this confirms a pair rather than asks for one.
        spec: version of the rules.
    """

    turn: int
    observed_hash: int | None = None
    acknowledge: bool = False
    spec: int = SPEC_VERSION

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload.

        Raises:
            ValueError: a value does not fit its field.
        """
        seen = self.observed_hash
        flags = (0 if seen is None else HAS_HASH) | (_ACKNOWLEDGEMENT if self.acknowledge else 0)
        return _SYNC_REQUEST.pack(self.turn, self.spec, flags, seen or 0)

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Return the message; no payload is refused."""
        turn, spec, flags, seen = _SYNC_REQUEST.unpack(payload)
        return cls(turn, seen if flags & HAS_HASH else None, bool(flags & _ACKNOWLEDGEMENT), spec)
