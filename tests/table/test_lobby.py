"""The lobby: which table a HELLO comes to, and which it cannot come to."""

from dataclasses import replace

import pytest
from table_harness import Host, Mailbox, token_of
from table_positions import stored_game

from rachel.rubp import (
    HOST_ID,
    Announce,
    Error,
    ErrorCode,
    Hello,
    Phase,
    PlayerEntry,
    PlayerList,
    SyncRequest,
    Welcome,
    encode,
)
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings

SHORT = 1e-6


def table_of(link: Mailbox) -> Table:
    assert link.table is not None
    return link.table


# Quick play


def test_quick_play_gathers_people_at_one_public_table() -> None:
    host = Host()
    links = [host.hello(f"P{number}") for number in range(6)]
    first = {table_of(link) for link in links[:4]}
    second = {table_of(link) for link in links[4:]}
    assert (len(first), len(second)) == (1, 1)
    assert first != second
    assert all(table.public for table in first | second)


def test_quick_play_takes_the_fullest_waiting_table() -> None:
    """Two public rooms wait for a rematch: one person in the first, two in the second."""
    host = Host(TableSettings(seats=3, turn_time_s=20, start_delay_s=1000))
    links = [host.hello(f"P{number}") for number in range(6)]
    while not all(host.game(table_of(link)).is_over for link in links):
        host.wait(5)
    for number in (0, 3, 4):
        host.hello(f"P{number}", link=links[number])
    rooms = [table_of(links[number]).room for number in (0, 3)]
    assert rooms[0] != rooms[1]
    assert table_of(host.hello("NEW")).room == rooms[1]
    assert table_of(host.hello("NEXT")).room == rooms[0], "the other one is full and plays"


def test_quick_play_never_comes_to_a_private_table() -> None:
    host = Host()
    private = host.hello("ANN", room="TEA42")
    public = host.hello("BOB")
    assert table_of(public) is not table_of(private)
    assert (table_of(private).public, table_of(public).public) == (False, True)


def test_quick_play_does_not_join_a_table_that_plays() -> None:
    host = Host(TableSettings(seats=2, start_delay_s=10))
    ann = host.hello("ANN")
    host.wait(10)
    assert table_of(ann).phase is Phase.PLAYING
    bob = host.hello("BOB")
    assert table_of(bob) is not table_of(ann)


def test_the_code_of_a_public_table_lets_a_friend_in() -> None:
    host = Host()
    ann = host.hello("ANN")
    bob = host.hello("BOB", room=table_of(ann).room)
    assert table_of(bob) is table_of(ann)


def test_codes_of_public_tables_can_be_read_out_and_differ() -> None:
    host = Host(TableSettings(seats=2))
    codes = [table_of(host.hello("ANN")).room for _ in range(60)]
    assert all(code.isalpha() and code.isupper() and len(code) == 5 for code in codes)
    assert not set("".join(codes)) & set("ILO")
    assert len(set(codes)) == 30, "two people at each"


# Room codes


def test_a_room_code_is_the_same_in_any_case() -> None:
    host = Host()
    ann = host.hello("ANN", room="TEA42")
    frame = bytearray(
        encode(Hello("BOB", room="TEA42"), version=1, sequence=0, player_id=HOST_ID, game_id=0)
    )
    at = frame.index(b"TEA42")
    frame[at : at + 5] = b"teA42"
    bob = host.connect()
    host.receive(bob, bytes(frame))
    assert table_of(bob) is table_of(ann)


def test_a_running_room_is_closed_to_strangers() -> None:
    host = Host(TableSettings(seats=2))
    links = [host.hello(name, room="TEA42") for name in ("ANN", "BOB")]
    for link in links:
        link.heard()
    stranger = host.hello("EVE", room="TEA42")
    assert stranger.heard() == [Error(ErrorCode.GAME_IN_PROGRESS)]
    assert stranger.table is None
    assert all(not link.frames for link in links)
    assert list(host.lobby.tables.values()) == [table_of(links[0])]


def test_a_lobby_with_all_its_tables_is_full() -> None:
    host = Host(tables_max=2)
    ann = host.hello("ANN", room="ONE")
    host.hello("BOB", room="TWO")
    for room in ("", "THREE"):
        link = host.hello("EVE", room=room)
        assert link.heard() == [Error(ErrorCode.LOBBY_FULL)]
        assert link.table is None
    assert len(host.lobby.tables) == 2
    assert table_of(host.hello("EVE", room="ONE")) is table_of(ann), "a seat is still free there"


def test_refused_by_a_full_lobby_somebody_keeps_the_seat_they_have() -> None:
    host = Host(tables_max=1)
    ann = host.hello("ANN", room="ONE")
    bob = host.hello("BOB", room="ONE")
    ann.heard()
    bob.heard()
    host.hello("ANN", room="TWO", link=ann)
    assert ann.heard() == [Error(ErrorCode.LOBBY_FULL)]
    assert (table_of(ann).room, ann.seat) == ("ONE", 0)
    assert bob.heard() == []


def test_after_a_restart_a_room_waits_for_friends_as_before() -> None:
    """The next game there has the settings of this one."""
    host = Host(TableSettings(seats=2, start_delay_s=10.0, friends_delay_s=180.0))
    stored = stored_game(2, 0x123456789, [])
    delays = []
    for public in (True, False):
        start = replace(stored.start, game_id=7 + public, room=f"R{public:d}", public=public)
        delays.append(host.restore(replace(stored, start=start)).settings.start_delay_s)
    assert delays == [10.0, 180.0]


def test_game_ids_go_round_and_are_not_used_twice_at_a_time() -> None:
    host = Host(TableSettings(seats=2))
    stored = stored_game(2, 0x123456789, [])
    for game_id, room in ((1, "LOW"), (0xFFFE, "HIGH")):
        host.restore(replace(stored, start=replace(stored.start, game_id=game_id, room=room)))
    ids = [table_of(host.hello("ANN", room=f"R{number}")).game_id for number in range(3)]
    assert ids == [0xFFFF, 2, 3]


# From one table to another


@pytest.mark.parametrize("token", [bytes(8), token_of(1)])
def test_leaving_a_waiting_table_for_another(token: bytes) -> None:
    host = Host()
    ann = host.hello("ANN", room="ONE", token=token)
    bob = host.hello("BOB", room="ONE")
    bob.heard()
    one = table_of(ann)
    host.hello("ANN", room="TWO", token=token, link=ann)
    assert table_of(ann).room == "TWO"
    assert bob.heard() == [
        PlayerList((PlayerEntry(1, 0x60),)),
        Announce("ANN has left"),
    ]
    assert one.seats.people == 1
    host.wait(9)
    assert host.is_open(one)


def test_leaving_a_running_game_keeps_the_seat_there() -> None:
    host = Host(TableSettings(seats=2))
    ann = host.hello("ANN", room="ONE", token=token_of(0))
    host.hello("BOB", room="ONE")
    one = table_of(ann)
    host.hello("ANN", room="TWO", token=token_of(5), link=ann)
    assert table_of(ann).room == "TWO"
    host.wait(31)
    assert host.game(one).turn > 0, "a bot plays for her"
    ann.heard()
    host.hello("ANN", token=token_of(0), game_id=one.game_id, link=ann)
    assert (table_of(ann), ann.seat) == (one, 0)
    assert ann.heard()[0] == Welcome(0, one.game_id, 2, Phase.PLAYING)


@pytest.mark.parametrize("token", [bytes(8), token_of(1)])
def test_leaving_alone_closes_the_table_left(token: bytes) -> None:
    host = Host()
    ann = host.hello("ANN", room="ONE", token=token)
    one = table_of(ann)
    host.hello("ANN", room="TWO", link=ann)
    assert not host.is_open(one)
    assert list(host.lobby.tables.values()) == [table_of(ann)]


def test_frames_after_a_move_are_for_the_new_table() -> None:
    host = Host(TableSettings(seats=2))
    ann = host.hello("ANN", room="ONE", token=token_of(0))
    host.hello("BOB", room="ONE")
    one = table_of(ann)
    host.hello("ANN", room="TWO", link=ann)
    ann.heard()
    host.say(ann, SyncRequest(0), game_id=one.game_id)
    assert ann.heard() == [Error(ErrorCode.UNKNOWN)]


def test_a_hello_with_the_code_of_the_table_one_sits_at_changes_nothing() -> None:
    host = Host(TableSettings(seats=2))
    ann = host.hello("ANN", room="ONE")
    host.hello("BOB", room="ONE")
    one = table_of(ann)
    ann.heard()
    host.hello("ANN", room="ONE", link=ann)
    assert (table_of(ann), ann.seat) == (one, 0)
    assert ann.heard()[0] == Welcome(0, one.game_id, 2, Phase.PLAYING)


# Tables nobody waits at any more


def test_a_waiting_table_closes_when_the_last_without_a_token_leaves() -> None:
    host = Host()
    ann, bob = (host.hello(name, room="TEA42") for name in ("ANN", "BOB"))
    table = table_of(ann)
    host.lose(ann)
    assert host.is_open(table)
    assert table.seats.names == ["BOB"]
    host.lose(bob)
    assert not host.is_open(table)
    assert host.lobby.tables == {}
    assert table.next_deadline() is None


def test_a_waiting_table_keeps_seats_with_a_token_for_the_grace() -> None:
    host = Host(TableSettings(start_delay_s=1000))
    ann = host.hello("ANN", room="TEA42", token=token_of(1))
    table = table_of(ann)
    host.lose(ann)
    host.wait(30 - SHORT)
    assert host.is_open(table)
    host.wait(SHORT)
    assert not host.is_open(table)
    assert host.lobby.tables == {}


def test_a_table_that_waits_for_friends_keeps_their_seats_as_long() -> None:
    """A telephone may sleep for minutes, while its owner tells others the code."""
    host = Host(TableSettings(seats=3, friends_delay_s=180))
    ann = host.hello("ANN", room="TEA42", token=token_of(1))
    table = table_of(ann)
    host.lose(ann)
    host.wait(180 - SHORT)
    back = host.hello("ANN", room="TEA42", token=token_of(1))
    assert (table_of(back), back.seat) == (table, 0)
    host.lose(back)
    host.wait(180)
    assert not host.is_open(table)


def test_a_seat_given_up_while_waiting_can_be_taken_by_somebody_else() -> None:
    host = Host(TableSettings(seats=3, start_delay_s=1000))
    ann = host.hello("ANN", room="TEA42", token=token_of(1))
    bob = host.hello("BOB", room="TEA42")
    host.lose(ann)
    host.wait(30)
    bob.heard()
    cat = host.hello("CAT", room="TEA42")
    assert (table_of(cat), cat.seat) == (table_of(bob), 0)
    assert table_of(bob).seats.names == ["CAT", "BOB"]
    again = host.hello("ANN", token=token_of(1), game_id=table_of(bob).game_id)
    assert again.heard() == [Error(ErrorCode.GAME_IN_PROGRESS)]


def test_nobody_is_dealt_to_while_everybody_is_lost() -> None:
    host = Host(TableSettings(start_delay_s=10))
    ann = host.hello("ANN", room="TEA42", token=token_of(1))
    host.lose(ann)
    host.wait(25)
    assert host.journal == []
    host.hello("ANN", token=token_of(1), game_id=1)
    host.wait(0)
    assert len(host.journal) == 1, "she is back and the delay is over"


def test_who_is_lost_when_the_game_starts_keeps_the_seat() -> None:
    host = Host(TableSettings(seats=3, start_delay_s=10))
    ann = host.hello("ANN", room="TEA42", token=token_of(1))
    bob = host.hello("BOB", room="TEA42")
    table = table_of(bob)
    host.lose(ann)
    host.wait(10)
    assert table.seats.names[:2] == ["ANN", "BOB"]
    assert table.seats.present()[0].player_id == 1
    again = host.hello("ANN", token=token_of(1), game_id=table.game_id)
    assert (table_of(again), again.seat) == (table, 0)
