"""Messages: the typed face of the 48 payload bytes (rubp.md, Messages).

Misuse of ours, a value that does not fit, is a ValueError; nonsense from the peer is a
MessageError. Card bytes are carried as they are: the rules judge them.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from rachel.rubp.codes import ActionKind, DrawReason, ErrorCode, MessageType, Phase
from rachel.rubp.errors import MessageError
from rachel.rubp.frame import Frame, encode_frame
from rachel.rubp.messages_client import DrawCard, Heartbeat, Hello, PlayCard, SyncRequest
from rachel.rubp.messages_host import (
    Announce,
    Error,
    PlayerEntry,
    PlayerList,
    PlayerName,
    Welcome,
)
from rachel.rubp.messages_state import CardDrawn, GameStart, GameState, HandSync
from rachel.rubp.messages_turns import PlayerWon, TurnEnd, TurnStart
from rachel.rubp.platforms import Platform, platform_name

Message: TypeAlias = (
    Heartbeat
    | Hello
    | Welcome
    | GameStart
    | PlayCard
    | DrawCard
    | CardDrawn
    | GameState
    | TurnStart
    | TurnEnd
    | PlayerWon
    | Error
    | PlayerList
    | Announce
    | PlayerName
    | HandSync
    | SyncRequest
)

MESSAGE_CLASSES: Final[dict[MessageType, type[Message]]] = {
    MessageType.HEARTBEAT: Heartbeat,
    MessageType.HELLO: Hello,
    MessageType.WELCOME: Welcome,
    MessageType.GAME_START: GameStart,
    MessageType.PLAY_CARD: PlayCard,
    MessageType.DRAW_CARD: DrawCard,
    MessageType.CARD_DRAWN: CardDrawn,
    MessageType.GAME_STATE: GameState,
    MessageType.TURN_START: TurnStart,
    MessageType.TURN_END: TurnEnd,
    MessageType.PLAYER_WON: PlayerWon,
    MessageType.ERROR: Error,
    MessageType.PLAYER_LIST: PlayerList,
    MessageType.ANNOUNCE: Announce,
    MessageType.PLAYER_NAME: PlayerName,
    MessageType.HAND_SYNC: HandSync,
    MessageType.SYNC_REQUEST: SyncRequest,
}
"""The class of each message type."""

_UNPACK: Final[dict[int, Callable[[bytes], Message]]] = {
    int(kind): message.unpack for kind, message in MESSAGE_CLASSES.items()
}


def encode(
    message: Message,
    *,
    version: int,
    sequence: int,
    player_id: int,
    game_id: int,
    time: int = 0,
) -> bytes:
    """Return the 64 bytes of the frame that carries ``message``.

    The header fields are those of encode_frame.

    Raises:
        ValueError: a value of the message or the header does not fit its field.
    """
    return encode_frame(
        message.TYPE,
        message.pack(),
        version=version,
        sequence=sequence,
        player_id=player_id,
        game_id=game_id,
        time=time,
    )


def decode(frame: Frame) -> Message:
    """Return the message a frame carries.

    Raises:
        MessageError: with reason unknown_type, bad_count (more entries than the field holds),
            bad_suit (neither a suit nor none) or bad_value (an unknown phase, direction or kind).
    """
    unpack = _UNPACK.get(frame.type)
    if unpack is None:
        raise MessageError("unknown_type", f"there is no message type 0x{frame.type:02X}")
    return unpack(frame.payload)


__all__ = [
    "MESSAGE_CLASSES",
    "ActionKind",
    "Announce",
    "CardDrawn",
    "DrawCard",
    "DrawReason",
    "Error",
    "ErrorCode",
    "GameStart",
    "GameState",
    "HandSync",
    "Heartbeat",
    "Hello",
    "Message",
    "MessageError",
    "MessageType",
    "Phase",
    "Platform",
    "PlayCard",
    "PlayerEntry",
    "PlayerList",
    "PlayerName",
    "PlayerWon",
    "SyncRequest",
    "TurnEnd",
    "TurnStart",
    "Welcome",
    "decode",
    "encode",
    "platform_name",
]
