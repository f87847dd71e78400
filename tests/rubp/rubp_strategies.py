"""Hypothesis strategies for every RUBP message and for headers."""

import string
from dataclasses import dataclass

from hypothesis import strategies as st

from rachel.rubp import (
    ActionKind,
    Announce,
    CardDrawn,
    DrawCard,
    Error,
    ErrorCode,
    GameStart,
    GameState,
    HandSync,
    Heartbeat,
    Hello,
    Message,
    MessageType,
    Phase,
    PlayCard,
    PlayerEntry,
    PlayerList,
    PlayerName,
    PlayerWon,
    SyncRequest,
    TurnEnd,
    TurnStart,
    Welcome,
    encode,
)

BYTE = st.integers(0, 0xFF)
U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, 0xFFFF_FFFF)
U64 = st.integers(0, 0xFFFF_FFFF_FFFF_FFFF)
CARDS = st.lists(BYTE, max_size=32).map(tuple)
SUIT = st.none() | st.integers(0, 3)
HASH = st.none() | U64
SEAT = st.none() | st.integers(0, 254)
PER_SEAT = st.lists(BYTE, min_size=8, max_size=8).map(tuple)
FINISHERS = st.lists(st.integers(0, 7), unique=True, max_size=8).map(tuple)

_PRINTABLE = "".join(map(chr, range(32, 127)))
ASCII_NAME = st.text(_PRINTABLE, max_size=15).map(str.strip)
ROOM = st.text(string.ascii_uppercase + string.digits, max_size=8)
SHORT_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=47
).filter(lambda text: len(text.encode()) <= 47)


def _without_last_look(entries: list[PlayerEntry]) -> tuple[PlayerEntry, ...]:
    if len(entries) == 8:
        entries[7] = entries[7]._replace(look=bytes(3))
    return tuple(entries)


ENTRIES = st.lists(
    st.builds(PlayerEntry, BYTE, U16, st.binary(min_size=3, max_size=3)), max_size=8
).map(_without_last_look)


@st.composite
def game_states(draw: st.DrawFn) -> GameState:
    """Return states, extended or not."""
    state = GameState(
        current_seat=draw(BYTE),
        direction=draw(st.integers(0, 1)),
        top_card=draw(BYTE),
        nominated_suit=draw(SUIT),
        pending_draws=draw(BYTE),
        pending_skips=draw(BYTE),
        deck_count=draw(BYTE),
        hand_counts=draw(PER_SEAT),
        game_over=draw(st.booleans()),
        survivor=draw(SEAT),
        turn=draw(U32),
        state_hash=draw(HASH),
        extended=draw(st.booleans()),
        spec=draw(U16),
    )
    if state.extended:
        state.discard_count = draw(BYTE)
        state.out_mask = draw(BYTE)
        state.finish_order = draw(FINISHERS)
    return state


@st.composite
def endings(draw: st.DrawFn) -> PlayerWon:
    """Return ends of games, with both attack totals or none."""
    totals = draw(st.booleans())
    return PlayerWon(
        survivor=draw(BYTE),
        turn=draw(U32),
        state_hash=draw(HASH),
        attack_dealt=draw(PER_SEAT) if totals else None,
        attack_taken=draw(PER_SEAT) if totals else None,
        spec=draw(U16),
    )


MESSAGES: dict[MessageType, st.SearchStrategy[Message]] = {
    MessageType.HEARTBEAT: st.builds(Heartbeat),
    MessageType.HELLO: st.builds(
        Hello,
        name=ASCII_NAME,
        platform=U16,
        spec=U16,
        token=st.binary(min_size=8, max_size=8),
        room=ROOM,
        capabilities=BYTE,
        look=st.binary(min_size=3, max_size=3),
    ),
    MessageType.WELCOME: st.builds(Welcome, U16, U16, BYTE, st.sampled_from(Phase), U16, BYTE),
    MessageType.GAME_START: st.builds(GameStart, CARDS),
    MessageType.PLAY_CARD: st.builds(PlayCard, CARDS, SUIT, HASH, U16),
    MessageType.DRAW_CARD: st.builds(DrawCard, BYTE, BYTE, HASH, U16),
    MessageType.CARD_DRAWN: st.builds(CardDrawn, CARDS),
    MessageType.GAME_STATE: game_states(),
    MessageType.TURN_START: st.builds(TurnStart, BYTE, U32, BYTE, BYTE, HASH, U16),
    MessageType.TURN_END: st.builds(
        TurnEnd,
        BYTE,
        st.sampled_from(ActionKind),
        st.lists(BYTE, max_size=4).map(tuple),
        SUIT,
        BYTE,
        BYTE,
        U32,
        SEAT,
        SEAT,
        HASH,
        U16,
    ),
    MessageType.PLAYER_WON: endings(),
    MessageType.ERROR: st.builds(Error, st.sampled_from(ErrorCode), CARDS),
    MessageType.PLAYER_LIST: st.builds(PlayerList, ENTRIES, BYTE, BYTE),
    MessageType.ANNOUNCE: st.builds(Announce, SHORT_TEXT),
    MessageType.PLAYER_NAME: st.builds(PlayerName, BYTE, SHORT_TEXT),
    MessageType.HAND_SYNC: st.builds(HandSync, CARDS, U32, HASH, U16),
    MessageType.SYNC_REQUEST: st.builds(SyncRequest, U32, HASH, st.booleans(), U16),
}
ANY_MESSAGE: st.SearchStrategy[Message] = st.one_of(*MESSAGES.values())


@dataclass(frozen=True)
class Header:
    """The header fields a sender chooses."""

    version: int
    sequence: int
    player_id: int
    game_id: int
    time: int

    def encode(self, message: Message) -> bytes:
        """Return the frame of ``message`` under this header."""
        return encode(
            message,
            version=self.version,
            sequence=self.sequence,
            player_id=self.player_id,
            game_id=self.game_id,
            time=self.time,
        )


HEADERS = st.builds(Header, st.sampled_from((1, 2)), U16, U16, U16, U32)
