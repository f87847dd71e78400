"""Every message against its layout, byte by byte, and there and back again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rubp_strategies import ANY_MESSAGE, BYTE, HEADERS, MESSAGES, Header

from rachel.rubp import (
    ActionKind,
    Announce,
    CardDrawn,
    DrawCard,
    Error,
    ErrorCode,
    Frame,
    GameStart,
    GameState,
    HandSync,
    Heartbeat,
    Hello,
    Message,
    MessageError,
    MessageType,
    Phase,
    Platform,
    PlayCard,
    PlayerEntry,
    PlayerList,
    PlayerName,
    PlayerWon,
    SyncRequest,
    TurnEnd,
    TurnStart,
    Welcome,
    decode,
    decode_frame,
    platform_name,
    type_of,
)

HASH = 0x1122334455667788
HASH_HEX = "11 22 33 44 55 66 77 88"
HEADER = Header(1, 0, 0, 0, 0)

# Written out by hand from docs/PROTOCOL.md, Messages; what is not written is zero.
LAYOUTS: list[tuple[Message, str]] = [
    (Heartbeat(), ""),
    (
        Hello("ANN B", 0x000C, 1, bytes(range(1, 9)), "K7Q", 1, b"\xa1\xa2\xa3"),
        "41 4e 4e 20 42 00 00 00 00 00 00 00 00 00 00 00  000c  0001  01 02 03 04 05 06 07 08"
        "4b 37 51 00 00 00 00 00  01  a1 a2 a3",
    ),
    (Welcome(3, 0x0142, 4, Phase.PLAYING), "0003 0142 04 01 0001"),
    (Welcome(3, 0x0142, 4, Phase.PLAYING, capabilities=1), "0003 0142 04 01 0001 01"),
    (GameStart((2, 75, 142)), "03 02 4b 8e"),
    (
        PlayCard((14, 78), nominated_suit=2, observed_hash=HASH),
        f"02 0e 4e {'00' * 30}  02  0001  01  {HASH_HEX}",
    ),
    (PlayCard((2,)), f"01 02 {'00' * 31}  ff  0001  00"),
    (DrawCard(1, 5, HASH), f"01 05 0001 01 {HASH_HEX}"),
    (DrawCard(), "00 01 0001 00"),
    (CardDrawn((195,)), "01 c3"),
    (
        GameState(
            current_seat=1,
            direction=1,
            top_card=75,
            nominated_suit=2,
            pending_draws=4,
            pending_skips=1,
            deck_count=12,
            hand_counts=(5, 1, 0),
            game_over=False,
            survivor=None,
            turn=0x01020304,
            state_hash=HASH,
            discard_count=3,
            out_mask=4,
            finish_order=(2,),
        ),
        "01 01 4b 02 04 01 0c  05 01 00 00 00 00 00 00  00 ff 01020304 0001 03"
        f"{HASH_HEX}  03 04  02 ff ff ff ff ff ff ff",
    ),
    (
        GameState(0, 0, 2, None, 0, 0, 40, (5, 6), True, 1, 9, extended=False),
        "00 00 02 ff 00 00 28  05 06 00 00 00 00 00 00  01 01 00000009 0001 00",
    ),
    (TurnStart(1, 0x01020304, 4, 1, HASH), f"01 01020304 04 01 01 0001 {HASH_HEX}"),
    (
        TurnEnd(1, ActionKind.PLAY, (14, 78), 2, 0, 3, 0x01020304, 0, 2, HASH),
        f"01 01 02  0e 4e 00 00  02 00 03 01020304 00 02 0001 01 {HASH_HEX}",
    ),
    (
        TurnEnd(1, ActionKind.DRAW, (), None, 6, 3, 7),
        "01 02 00  00 00 00 00  ff 06 03 00000007 ff ff 0001 00",
    ),
    (
        PlayerWon(1, 0x01020304, HASH, (2, 300), (5, 0, 1)),
        f"01 01020304 0001 03 {HASH_HEX}  02 ff 00 00 00 00 00 00  05 00 01 00 00 00 00 00",
    ),
    (PlayerWon(1, 9), "01 00000009 0001 00"),
    (Error(ErrorCode.CARD_NOT_IN_HAND, (2,)), "03 01 02"),
    (Error(ErrorCode.UNKNOWN), "ff 00"),
    (
        PlayerList((PlayerEntry(0, 0x0060, b"\xa1\xa2\xa3"), PlayerEntry(2, 0xFFFF))),
        "02  00 0060 a1 a2 a3  02 ffff 00 00 00",
    ),
    (PlayerList((PlayerEntry(0, 0x0060),), 1, 7), f"01  00 0060 {'00' * 42} 07 01"),
    (Announce("Zoë"), "5a 6f c3 ab"),
    (PlayerName(2, "Zoë"), "02  5a 6f c3 ab"),
    (HandSync((195, 12), 14, HASH), f"02 c3 0c {'00' * 30}  0000000e 0001 01 {HASH_HEX}"),
    (SyncRequest(11, HASH), f"0000000b 0001 01 {HASH_HEX}"),
    (SyncRequest(11, HASH, acknowledge=True), f"0000000b 0001 03 {HASH_HEX}"),
    (SyncRequest(11, acknowledge=True), "0000000b 0001 02"),
]

# Bytes of the payload that mean something; an old client may leave anything behind them.
USED = {
    MessageType.HEARTBEAT: 0,
    MessageType.HELLO: 40,
    MessageType.WELCOME: 9,
    MessageType.GAME_START: 33,
    MessageType.PLAY_CARD: 45,
    MessageType.DRAW_CARD: 13,
    MessageType.CARD_DRAWN: 33,
    MessageType.GAME_STATE: 42,
    MessageType.TURN_START: 18,
    MessageType.TURN_END: 27,
    MessageType.PLAYER_WON: 32,
    MessageType.ERROR: 34,
    MessageType.PLAYER_LIST: 48,
    MessageType.ANNOUNCE: 47,
    MessageType.PLAYER_NAME: 48,
    MessageType.HAND_SYNC: 48,
    MessageType.SYNC_REQUEST: 15,
}


def payload_of(text: str) -> bytes:
    """Return the payload a line of hex starts."""
    return bytes.fromhex(text).ljust(48, b"\0")


def frame_of(kind: int, payload: bytes) -> Frame:
    """Return a frame that carries the payload."""
    return Frame(1, kind, 0, 0, 0, 0, payload)


@pytest.mark.parametrize(("message", "text"), LAYOUTS)
def test_messages_lie_where_the_protocol_says(message: Message, text: str) -> None:
    assert message.pack().hex(" ") == payload_of(text).hex(" ")


def test_every_type_is_laid_out_here() -> None:
    assert {type_of(message) for message, _ in LAYOUTS} == set(MessageType)


@pytest.mark.parametrize("kind", MessageType)
def test_each_type_comes_back_as_it_went(kind: MessageType) -> None:
    @settings(deadline=None, max_examples=30)
    @given(MESSAGES[kind], HEADERS)
    def check(message: Message, header: Header) -> None:
        assert decode(decode_frame(header.encode(message))) == message

    check()


@settings(deadline=None, max_examples=300)
@given(ANY_MESSAGE, st.dictionaries(st.integers(0, 47), BYTE, max_size=4))
def test_any_payload_is_refused_with_a_reason_or_understood(
    sent: Message, changes: dict[int, int]
) -> None:
    payload = bytearray(sent.pack())
    for offset, byte in changes.items():
        payload[offset] = byte
    reason = ""
    try:
        message = decode(frame_of(type_of(sent), bytes(payload)))
    except MessageError as problem:
        reason = problem.reason
    else:
        assert decode(frame_of(type_of(sent), message.pack())) == message
    assert reason in ("", "bad_count", "bad_suit", "bad_value")


@pytest.mark.parametrize(("message", "text"), LAYOUTS)
def test_bytes_without_a_meaning_are_ignored(message: Message, text: str) -> None:
    kind = type_of(message)
    used = USED[kind]
    payload = message.pack()
    assert payload[used:] == bytes(48 - used)
    littered = payload[:used] + b"\xaa" * (48 - used)
    assert decode(frame_of(kind, littered)) == decode(frame_of(kind, payload))


@pytest.mark.parametrize(
    ("kind", "offset", "value", "reason"),
    [
        (MessageType.WELCOME, 5, 3, "bad_value"),
        (MessageType.GAME_START, 0, 33, "bad_count"),
        (MessageType.PLAY_CARD, 0, 33, "bad_count"),
        (MessageType.PLAY_CARD, 33, 4, "bad_suit"),
        (MessageType.PLAY_CARD, 33, 254, "bad_suit"),
        (MessageType.CARD_DRAWN, 0, 255, "bad_count"),
        (MessageType.GAME_STATE, 1, 2, "bad_value"),
        (MessageType.GAME_STATE, 3, 9, "bad_suit"),
        (MessageType.TURN_END, 1, 0, "bad_value"),
        (MessageType.TURN_END, 2, 5, "bad_count"),
        (MessageType.TURN_END, 7, 4, "bad_suit"),
        (MessageType.ERROR, 1, 33, "bad_count"),
        (MessageType.PLAYER_LIST, 0, 9, "bad_count"),
        (MessageType.HAND_SYNC, 0, 33, "bad_count"),
    ],
)
def test_impossible_values_are_refused(
    kind: MessageType, offset: int, value: int, reason: str
) -> None:
    good = next(message.pack() for message, _ in LAYOUTS if kind == type_of(message))
    with pytest.raises(MessageError) as caught:
        decode(frame_of(kind, good[:offset] + bytes([value]) + good[offset + 1 :]))
    assert caught.value.reason == reason


@pytest.mark.parametrize("kind", [0x11, 0x7F, 0xFF])
def test_unknown_types_are_refused(kind: int) -> None:
    with pytest.raises(MessageError) as caught:
        decode(frame_of(kind, bytes(48)))
    assert caught.value.reason == "unknown_type"


def test_hand_counts_come_back_for_eight_seats() -> None:
    state = GameState(0, 0, 2, None, 0, 0, 40, (7, 6), False, None, 0)
    assert GameState.unpack(state.pack()).hand_counts == (7, 6, 0, 0, 0, 0, 0, 0)


def test_extended_fields_count_only_when_flagged() -> None:
    state = GameState(0, 0, 2, None, 0, 0, 40, (7, 6), False, None, 0, None, 5, 1, (0,))
    payload = bytearray(state.pack())
    payload[23] = 0
    plain = GameState.unpack(bytes(payload))
    assert (plain.extended, plain.discard_count, plain.out_mask) == (False, 0, 0)
    assert plain.finish_order == ()


def test_the_eighth_player_has_no_look() -> None:
    entries = tuple(PlayerEntry(seat, 0x0060, b"abc") for seat in range(8))
    payload = PlayerList(entries).pack()
    assert payload[43:].hex(" ") == "07 00 60 00 00"
    back = PlayerList.unpack(payload)
    assert back.entries == (*entries[:7], PlayerEntry(7, 0x0060, bytes(3)))


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b"ANN", "ANN"),
        (b"  ANN B  ", "ANN B"),
        (b"ANN\0BOB", "ANN"),
        (b"A\x1b[2J\x7f\xffB", "A[2JB"),
        (b"ABCDEFGHIJKLMNOP", "ABCDEFGHIJKLMNO"),
        (b"ABCDEFGHIJKLMN P", "ABCDEFGHIJKLMN"),
        (b"\xc3\xa9", ""),
        (b"", ""),
    ],
)
def test_hello_names_are_read_leniently(field: bytes, name: str) -> None:
    payload = field.ljust(16, b"\0") + Hello("").pack()[16:]
    assert Hello.unpack(payload).name == name


@pytest.mark.parametrize(
    ("field", "room"),
    [
        (b"k7q", "K7Q"),
        (b"ABCDEFGH", "ABCDEFGH"),
        (b" a-b\xe9.c", "ABC"),
        (b"AB\0CD", "AB"),
        (b"", ""),
    ],
)
def test_room_codes_are_read_leniently(field: bytes, room: str) -> None:
    plain = Hello("").pack()
    assert Hello.unpack(plain[:28] + field.ljust(8, b"\0") + plain[36:]).room == room


def test_room_codes_go_out_in_capitals() -> None:
    assert Hello("A", room="k7q").pack()[28:36] == b"K7Q\0\0\0\0\0"


def test_a_hello_does_not_show_its_token() -> None:
    assert "secret" not in repr(Hello("A", token=b"secret!!"))


def test_capabilities_tell_who_acknowledges() -> None:
    assert Hello("A", capabilities=0x81).acknowledges_sync
    assert not Hello("A", capabilities=0x80).acknowledges_sync


@pytest.mark.parametrize("character", ["a", "ë", "€", "😀"])
@pytest.mark.parametrize("before", range(4))
def test_long_text_is_cut_between_characters(character: str, before: int) -> None:
    text = "x" * before + character * 60
    for read in (
        Announce.unpack(Announce(text).pack()).text,
        PlayerName.unpack(PlayerName(0, text).pack()).name,
    ):
        assert text.startswith(read)
        assert 47 - len(character.encode()) < len(read.encode()) <= 47


def test_text_that_is_not_utf8_is_read_without_the_bad_bytes() -> None:
    payload = b"a\xff\xc3b\xe2\x82".ljust(48, b"\0")
    assert Announce.unpack(payload).text == "ab"


def test_a_code_that_is_not_known_is_read_as_unknown() -> None:
    assert Error.unpack(payload_of("63 00")).code is ErrorCode.UNKNOWN


def test_platforms_have_names() -> None:
    assert platform_name(0x000C) == "VIC-20"
    assert platform_name(0xFFFF) == platform_name(0x1234) == "unknown"
    names = [platform_name(platform) for platform in Platform]
    assert len(set(names)) == len(names) == 29
