"""The numbers on the wire that have a meaning (docs/PROTOCOL.md, Messages)."""

from enum import IntEnum
from typing import Final

SPEC_VERSION: Final = 1
"""The version of the rules, which messages carry in their spec field."""

MAX_SEATS: Final = 8
CARDS_MAX: Final = 32
"""Cards that fit one frame; longer hands go on in CARD_DRAWN frames."""

NONE_BYTE: Final = 0xFF
"""The wire's "none" for suits, seats and finish positions."""

NO_TOKEN: Final = bytes(8)
"""The reconnect token of a client that has none: its seat cannot be reclaimed."""

NO_LOOK: Final = bytes(3)

ACKNOWLEDGES_SYNC: Final = 0x01
"""Capability bit 0. In HELLO: the client acknowledges every GAME_STATE and HAND_SYNC pair.
In WELCOME and PLAYER_LIST: the host sends this client no TURN_START before the acknowledgement."""

WATCHES: Final = 0x80
"""Capability bit 7, in HELLO: the client wants no seat, only to watch."""


class MessageType(IntEnum):
    """The type byte of the header."""

    HEARTBEAT = 0x00
    HELLO = 0x01
    WELCOME = 0x02
    GAME_START = 0x03
    PLAY_CARD = 0x04
    DRAW_CARD = 0x05
    CARD_DRAWN = 0x06
    GAME_STATE = 0x07
    TURN_START = 0x08
    TURN_END = 0x09
    PLAYER_WON = 0x0A
    ERROR = 0x0B
    PLAYER_LIST = 0x0C
    ANNOUNCE = 0x0D
    PLAYER_NAME = 0x0E
    HAND_SYNC = 0x0F
    SYNC_REQUEST = 0x10


class ErrorCode(IntEnum):
    """Why the host refused; 06, 07 and 08 answer a HELLO and are final for it."""

    NOT_YOUR_TURN = 0x01
    INVALID_PLAY = 0x02
    CARD_NOT_IN_HAND = 0x03
    CANNOT_DRAW = 0x04
    GAME_NOT_STARTED = 0x05
    LOBBY_FULL = 0x06
    GAME_IN_PROGRESS = 0x07
    NAME_TAKEN = 0x08
    UNKNOWN = 0xFF


class Phase(IntEnum):
    """Where a table stands, as WELCOME says it."""

    WAITING = 0
    PLAYING = 1
    FINISHED = 2


class ActionKind(IntEnum):
    """What ended a turn, as TURN_END says it."""

    PLAY = 1
    DRAW = 2


class DrawReason(IntEnum):
    """Why a client says it draws: information only, the host decides by itself."""

    CANNOT_PLAY = 0
    ATTACK = 1
