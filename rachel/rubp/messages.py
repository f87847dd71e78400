"""Messages: the 48 payload bytes as typed fields (docs/PROTOCOL.md, Messages).

A value of ours that does not fit is a ValueError; nonsense from the peer is a MessageError. Card
bytes are carried as they are: the rules judge them.
"""

from typing import Final, TypeAlias

from rachel.rubp._layout import MessageError
from rachel.rubp.codes import MessageType
from rachel.rubp.frame import Frame, encode_frame
from rachel.rubp.messages_client import DrawCard, Heartbeat, Hello, PlayCard, SyncRequest
from rachel.rubp.messages_host import Announce, Error, PlayerList, PlayerName, Welcome
from rachel.rubp.messages_state import CardDrawn, GameStart, GameState, HandSync
from rachel.rubp.messages_turns import PlayerWon, TurnEnd, TurnStart

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

MESSAGE_CLASSES: Final[dict[int, type[Message]]] = {
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

_TYPES: Final = {message: MessageType(kind) for kind, message in MESSAGE_CLASSES.items()}


def type_of(message: Message) -> MessageType:
    """Return the type of ``message``, which its frame carries."""
    return _TYPES[message.__class__]


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
        type_of(message),
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
    message = MESSAGE_CLASSES.get(frame.type)
    if message is None:
        raise MessageError("unknown_type", f"there is no message type 0x{frame.type:02X}")
    return message.unpack(frame.payload)
