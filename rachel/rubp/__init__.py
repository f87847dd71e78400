"""RUBP, the 64-byte wire protocol of Rachel: frames, messages, and bytes in between.

>>> data = encode(Hello("ANN"), version=2, sequence=1, player_id=HOST_ID, game_id=0)
>>> [decode(frame).name for frame in FrameStream().feed(b"noise" + data)]
['ANN']
"""

from rachel.rubp._layout import MessageError
from rachel.rubp.codes import (
    ACKNOWLEDGES_SYNC,
    CARDS_MAX,
    MAX_SEATS,
    NO_LOOK,
    NO_TOKEN,
    SPEC_VERSION,
    WATCHES,
    ActionKind,
    DrawReason,
    ErrorCode,
    MessageType,
    Phase,
)
from rachel.rubp.frame import (
    FRAME_SIZE,
    HOST_ID,
    MAGIC,
    PAYLOAD_SIZE,
    VERSIONS,
    Frame,
    FrameError,
    ProtocolError,
    decode_frame,
    encode_frame,
)
from rachel.rubp.messages import MESSAGE_CLASSES, Message, decode, encode, type_of
from rachel.rubp.messages_client import (
    NAME_MAX,
    ROOM_MAX,
    DrawCard,
    Heartbeat,
    Hello,
    PlayCard,
    SyncRequest,
)
from rachel.rubp.messages_host import (
    TEXT_MAX,
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
from rachel.rubp.stream import FrameStream

__all__ = [
    "ACKNOWLEDGES_SYNC",
    "CARDS_MAX",
    "FRAME_SIZE",
    "HOST_ID",
    "MAGIC",
    "MAX_SEATS",
    "MESSAGE_CLASSES",
    "NAME_MAX",
    "NO_LOOK",
    "NO_TOKEN",
    "PAYLOAD_SIZE",
    "ROOM_MAX",
    "SPEC_VERSION",
    "TEXT_MAX",
    "VERSIONS",
    "WATCHES",
    "ActionKind",
    "Announce",
    "CardDrawn",
    "DrawCard",
    "DrawReason",
    "Error",
    "ErrorCode",
    "Frame",
    "FrameError",
    "FrameStream",
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
    "ProtocolError",
    "SyncRequest",
    "TurnEnd",
    "TurnStart",
    "Welcome",
    "decode",
    "decode_frame",
    "encode",
    "encode_frame",
    "platform_name",
    "type_of",
]
