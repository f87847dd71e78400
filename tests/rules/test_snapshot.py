"""StateSnapshot: the exact bytes, both ways, and a name for everything that is refused."""

import pytest
from game_strategies import games, positions, unhurried
from hypothesis import given
from hypothesis import strategies as st
from positions import position
from rulebook import Table

from rachel.formats.snapshot import SnapshotError, SnapshotFault, decode, encode
from rachel.rules.game import Game

# One snapshot, field by field in the order of docs/FORMATS.md. Every test of a refusal changes one.
FIELDS = {
    "magic": b"RSNP".hex(),
    "version": "0001",
    "seats": "03",
    "current": "02",
    "direction": "01",
    "suit": "ff",
    "draws": "0004",
    "skips": "0000",
    "turn": "00012345",
    "rng": "0123456789abcdef",
    "deck": "0002 48 87",  # 8D, 7C; the next card first
    "discard": "0003 0d c2 02",  # KH 2S 2H
    "hand 0": "00 0001 c4",  # 4S
    "hand 1": "03 0000",  # a bot, out
    "hand 2": "01 0002 8b 4e",  # a bot: JC AD
    "finished": "01 01",
    "attacks": "0002 00 02 0002 00012343 01 02 0002 00012344",
}


def snapshot(**changes: str) -> bytes:
    """Return the snapshot with some fields in other words; ``hand_0`` is the field ``hand 0``."""
    fields = FIELDS | {name.replace("_", " "): value for name, value in changes.items()}
    return bytes.fromhex("".join(fields.values()))


def the_game() -> Game:
    game = position(
        "4S / - / JC AD", "KH 2S 2H", "8D 7C",
        current=2, direction=-1, draws=4, finished=[1], turn=0x12345, rng_state=0x0123456789ABCDEF,
    )  # fmt: skip
    game.attacks = [(0, 2, 2, 0x12343), (1, 2, 2, 0x12344)]
    return game


def test_encodes_the_exact_bytes() -> None:
    assert encode(the_game(), bots={1, 2}) == snapshot()


def test_decodes_the_exact_bytes() -> None:
    found = decode(snapshot())
    assert Table.of(found.game) == Table.of(the_game())
    assert found.bots == {1, 2}


def test_a_nominated_suit() -> None:
    game = decode(snapshot(suit="03", draws="0000")).game
    assert game.nominated_suit == 3
    assert encode(game, {1, 2}) == snapshot(suit="03", draws="0000")


@unhurried
@given(game=st.one_of(games(), positions()), data=st.data())
def test_goes_there_and_back(game: Game, data: st.DataObject) -> None:
    game.pending_draws %= 50
    game.pending_skips %= 50
    bots = data.draw(st.frozensets(st.integers(0, game.seats - 1)))
    found = decode(encode(game, bots))
    assert Table.of(found.game) == Table.of(game)
    assert found.game.state_hash() == game.state_hash()
    assert found.bots == bots
    assert found.game.legal_actions() == game.legal_actions()


def test_a_finished_game_goes_there_and_back() -> None:
    game = position("- / 3C", "9S", finished=[0], current=0)
    assert Table.of(decode(encode(game)).game) == Table.of(game)


def test_no_bot_without_a_seat() -> None:
    with pytest.raises(ValueError, match="not all seats"):
        encode(the_game(), {3})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"magic": b"RSNQ".hex()}, SnapshotFault.BAD_MAGIC),
        ({"version": "0000"}, SnapshotFault.UNKNOWN_VERSION),
        ({"version": "0002"}, SnapshotFault.UNKNOWN_VERSION),
        ({"seats": "01"}, SnapshotFault.BAD_SEAT_COUNT),
        ({"seats": "09"}, SnapshotFault.BAD_SEAT_COUNT),
        ({"current": "03"}, SnapshotFault.BAD_SEAT_INDEX),
        ({"finished": "01 03"}, SnapshotFault.BAD_SEAT_INDEX),
        ({"attacks": "0001 03 02 0002 00000000"}, SnapshotFault.BAD_SEAT_INDEX),
        ({"attacks": "0001 00 ff 0002 00000000"}, SnapshotFault.BAD_SEAT_INDEX),
        ({"deck": "0001 00"}, SnapshotFault.BAD_CARD),
        ({"deck": "0001 0f"}, SnapshotFault.BAD_CARD),
        ({"discard": "0001 ff"}, SnapshotFault.BAD_CARD),
        ({"hand_2": "00 0001 fe"}, SnapshotFault.BAD_CARD),
        ({"suit": "04"}, SnapshotFault.BAD_SUIT),
        ({"suit": "fe"}, SnapshotFault.BAD_SUIT),
        ({"direction": "02"}, SnapshotFault.BAD_DIRECTION),
        ({"direction": "ff"}, SnapshotFault.BAD_DIRECTION),
        ({"attacks": "0003 00 02 0002 00012343"}, SnapshotFault.TRUNCATED),
        ({"attacks": "0000 00"}, SnapshotFault.TRAILING_BYTES),
        ({"hand_0": "04 0001 c4"}, SnapshotFault.BAD_FLAGS),
        ({"attacks": "0001 00 02 0003 00000000"}, SnapshotFault.BAD_SEVERITY),
        ({"attacks": "0001 00 02 0102 00000000"}, SnapshotFault.BAD_SEVERITY),
        ({"draws": "0035"}, SnapshotFault.BAD_PENDING),
        ({"skips": "ffff"}, SnapshotFault.BAD_PENDING),
        ({"deck": "0001 c4"}, SnapshotFault.CARD_TWICE),
        ({"discard": "0000"}, SnapshotFault.EMPTY_DISCARD),
        ({"finished": "00"}, SnapshotFault.BAD_FINISH_ORDER),
        ({"finished": "02 01 01"}, SnapshotFault.BAD_FINISH_ORDER),
        ({"finished": "01 00"}, SnapshotFault.BAD_FINISH_ORDER),
        ({"hand_0": "00 0000"}, SnapshotFault.BAD_HAND),
        ({"hand_1": "02 0001 03"}, SnapshotFault.BAD_HAND),
        ({"current": "01"}, SnapshotFault.OUT_SEAT_TO_ACT),
    ],
)
def test_refuses_by_name(changes: dict[str, str], reason: SnapshotFault) -> None:
    with pytest.raises(SnapshotError) as refused:
        decode(snapshot(**changes))
    assert refused.value.reason is reason
    assert str(refused.value).startswith(f"{reason}: ")


def test_every_reason_of_the_format_has_its_name() -> None:
    assert {
        "bad_magic", "unknown_version", "bad_seat_count", "bad_seat_index", "bad_card",
        "bad_suit", "bad_direction", "truncated", "trailing_bytes",
    } <= set(SnapshotFault)  # fmt: skip


def test_every_beginning_is_truncated() -> None:
    whole = snapshot()
    for length in range(len(whole)):
        with pytest.raises(SnapshotError) as refused:
            decode(whole[:length])
        assert refused.value.reason is SnapshotFault.TRUNCATED


@given(data=st.binary(max_size=80))
def test_any_bytes_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(SnapshotError):
        decode(data)


@unhurried
@given(at=st.integers(0, len(snapshot()) - 1), value=st.integers(0, 255))
def test_a_changed_byte_is_refused_or_gives_a_game_that_goes_on(at: int, value: int) -> None:
    data = bytearray(snapshot())
    data[at] = value
    try:
        found = decode(bytes(data))
    except SnapshotError:
        return
    assert encode(found.game, found.bots) == data
    for _ in range(50):
        if found.game.is_over:
            break
        found.game.apply(found.game.legal_actions()[0])
        found.game.state_hash()
