"""A fresh HELLO: what the newcomer hears, what the others hear, and how frames are numbered."""

import pytest
from table_harness import Host, token_of

from rachel.rubp import (
    HOST_ID,
    NO_TOKEN,
    SPEC_VERSION,
    Announce,
    Error,
    ErrorCode,
    Heartbeat,
    Hello,
    Phase,
    Platform,
    PlayerEntry,
    PlayerList,
    PlayerName,
    Welcome,
    decode,
)
from rachel_server.core.table_settings import TableSettings

ANN = PlayerEntry(0, Platform.C64, b"abc")
BOB = PlayerEntry(1, Platform.VIC_20, b"xyz")
ALL_THREE = PlayerList(tuple(PlayerEntry(seat, Platform.TERMINAL) for seat in range(3)))


def test_the_first_to_join_hears_seat_names_list_and_room_in_this_order() -> None:
    host = Host()
    ann = host.hello("ANN", token=token_of(1), room="TEA42", platform=ANN.platform, look=ANN.look)
    game_id = host.table("TEA42").game_id
    frames = ann.heard_frames()
    assert [decode(frame) for frame in frames] == [
        Welcome(0, game_id, 4, Phase.WAITING),
        PlayerName(0, "ANN"),
        PlayerList((ANN,)),
        Announce("Room TEA42, 60 s a turn"),
        Announce("1 of 4 here; bots fill up in 10 s"),
    ]
    assert [frame.player_id for frame in frames] == [0, HOST_ID, HOST_ID, HOST_ID, HOST_ID]
    assert [frame.sequence for frame in frames] == [0, 1, 2, 3, 4]
    assert {frame.game_id for frame in frames} == {game_id}
    assert {frame.version for frame in frames} == {2}


def test_the_second_to_join_hears_both_names_and_the_first_hears_of_the_second() -> None:
    host = Host()
    ann = host.hello("ANN", room="TEA42", platform=ANN.platform, look=ANN.look)
    ann.heard()
    bob = host.hello("BOB", room="TEA42", platform=BOB.platform, look=BOB.look)
    game_id = host.table("TEA42").game_id
    assert ann.heard() == [
        PlayerName(1, "BOB"),
        PlayerList((ANN, BOB)),
        Announce("2 of 4 here; bots fill up in 10 s"),
    ]
    assert bob.heard() == [
        Welcome(1, game_id, 4, Phase.WAITING),
        PlayerName(0, "ANN"),
        PlayerName(1, "BOB"),
        PlayerList((ANN, BOB)),
        Announce("Room TEA42, 60 s a turn"),
        Announce("2 of 4 here; bots fill up in 10 s"),
    ]


@pytest.mark.parametrize("spec", [0, SPEC_VERSION, SPEC_VERSION + 1, 0xFFFF])
def test_a_hello_with_any_version_of_the_rules_is_seated(spec: int) -> None:
    host = Host()
    link = host.connect()
    host.say(link, Hello("ANN", room="TEA42", spec=spec))
    (welcome,) = link.heard_of(Welcome)
    assert (welcome.player_id, welcome.spec) == (0, SPEC_VERSION)


def test_a_broadcast_has_one_number_in_both_transport_versions() -> None:
    host = Host()
    ann = host.hello("ANN", room="TEA42", version=1)
    bob = host.hello("BOB", room="TEA42", version=2)
    eve = host.hello("EVE", room="TEA42", version=1)
    heard = [link.heard_frames() for link in (ann, bob, eve)]
    assert [{frame.version for frame in frames} for frames in heard] == [{1}, {2}, {1}]
    listed = [
        [frame.sequence for frame in frames if decode(frame) == ALL_THREE] for frames in heard
    ]
    assert listed[0] == listed[1] == listed[2]
    assert len(listed[0]) == 1
    numbers = sorted({frame.sequence for frames in heard for frame in frames})
    assert numbers == list(range(len(numbers))), "numbers are consecutive over the table's frames"


def test_a_table_without_a_clock_says_so() -> None:
    host = Host(TableSettings(turn_time_s=None))
    ann = host.hello("ANN", room="QUIET")
    assert Announce("Room QUIET, no turn clock") in ann.heard()


@pytest.mark.parametrize("seats", range(2, 9))
def test_welcome_tells_the_size_of_the_table(seats: int) -> None:
    host = Host(TableSettings(seats=seats))
    ann = host.hello("ANN")
    (welcome,) = ann.heard_of(Welcome)
    assert welcome.player_count == seats


def test_a_hello_again_on_the_live_connection_keeps_the_seat() -> None:
    """Old clients repeat their HELLO until WELCOME comes, and have no token to be known by."""
    for token in (NO_TOKEN, token_of(1)):
        host = Host()
        ann = host.hello("ANN", room="TEA42", token=token)
        bob = host.hello("BOB", room="TEA42")
        first = ann.heard_of(Welcome)
        bob.heard()
        host.hello("ANN", room="TEA42", token=token, link=ann)
        assert ann.heard_of(Welcome) == first
        assert ann.table is host.table("TEA42")
        assert bob.heard_of(PlayerName) == []
        assert [seat.name for _, seat in host.table("TEA42").seats.taken()] == ["ANN", "BOB"]


@pytest.mark.parametrize("room", ["", "TEA42"])
def test_a_hello_again_of_somebody_alone_leaves_the_table_open(room: str) -> None:
    host = Host(TableSettings(seats=2))
    ann = host.hello("ANN", room=room)
    host.hello("ANN", room=room, link=ann)
    table = ann.table
    assert table is not None
    assert host.is_open(table)
    assert list(host.lobby.tables.values()) == [table]
    assert table.seats.people == 1
    host.wait(10)
    assert table.phase is Phase.PLAYING


def test_before_the_start_there_is_nothing_to_play_draw_or_sync() -> None:
    host = Host()
    ann = host.hello("ANN", room="TEA42")
    stranger = host.hello("BOB", room="TEA42")
    ann.heard()
    stranger.heard()
    host.say(ann, Heartbeat())
    host.say(ann, Welcome(0, 1, 4, Phase.WAITING))
    assert ann.heard() == [Heartbeat(), Error(ErrorCode.UNKNOWN)]
    assert stranger.heard() == []


def test_a_room_by_code_can_wait_longer_for_friends_than_a_public_table() -> None:
    host = Host(TableSettings(friends_delay_s=180.0))
    ann, bob = host.hello("ANN", room="TEA42"), host.hello("BOB")
    assert ann.heard()[-1] == Announce("1 of 4 here; bots fill up in 180 s")
    assert bob.heard()[-1] == Announce("1 of 4 here; bots fill up in 10 s")
