"""Tables that somebody opened with settings of their own, began at once, or left."""

from dataclasses import replace

import pytest
from table_harness import Host, Mailbox, play_out, token_of

from rachel.rubp import Announce, GameStart, Phase, PlayerList, PlayerName, TurnStart, Welcome
from rachel_server.core.names import BOT_NAMES
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings

ANN = 11
"""An account."""
SMALL = TableSettings(seats=3, turn_time_s=15.0, bot_level="beginner", start_delay_s=5.0)


def join(host: Host, table: Table, name: str, number: int) -> Mailbox:
    return host.hello(name, room=table.room, token=token_of(number))


def test_an_opened_table_is_run_as_its_opener_said() -> None:
    host = Host()
    table = host.open(SMALL)
    ann = join(host, table, "ANN", 1)
    said = ann.heard()
    assert Welcome(0, table.game_id, 3, Phase.WAITING) in said
    assert said[-2:] == [
        Announce(f"Room {table.room}, 15 s a turn"),
        Announce("1 of 3 here; bots fill up in 5 s"),
    ]
    host.wait(5)
    start = host.stored(table).start
    assert (start.turn_time_s, start.bot_level, len(start.seats)) == (15.0, "beginner", 3)


def test_bots_that_were_asked_for_sit_there_from_the_start() -> None:
    host = Host()
    table = host.open(SMALL, bots=2)
    ann = join(host, table, "ANN", 1)
    said = ann.heard()
    names = [message for message in said if isinstance(message, PlayerName)][:3]
    bots = [PlayerName(seat, f"Bot {BOT_NAMES[seat]}") for seat in (0, 1)]
    assert names == [*bots, PlayerName(2, "ANN")]
    # Nobody is missing any more.
    assert [type(message) for message in said].count(GameStart) == 1
    assert table.phase is Phase.PLAYING


def test_the_rematch_has_the_bots_that_its_table_began_with() -> None:
    host = Host()
    table = host.open(replace(SMALL, start_delay_s=120), bots=1)
    links = [join(host, table, name, number) for number, name in enumerate("AB")]
    while not host.game(table).is_over:
        host.wait(15)
    for number, link in enumerate(links):
        host.hello("AB"[number], room=table.room, token=token_of(10 + number), link=link)
    again = host.table(table.room)
    assert again is not table
    assert [seat.is_person for _, seat in again.seats.taken()].count(False) == 1
    assert again.phase is Phase.PLAYING, "nobody is waited for"


def test_an_opened_table_waits_ten_minutes_for_somebody() -> None:
    host = Host()
    table = host.open(SMALL, bots=1)
    host.wait(599)
    assert host.lobby.in_room(table.room.lower()) is table
    host.wait(2)
    assert host.lobby.in_room(table.room) is None
    assert not host.lobby.tables


def test_an_opened_table_survives_people_who_come_and_go_while_it_waits() -> None:
    host = Host()
    table = host.open(SMALL)
    guest = host.hello("GUEST", room=table.room)
    host.lose(guest)
    assert host.lobby.in_room(table.room) is table
    host.wait(300)
    late = join(host, table, "ANN", 1)
    assert late.table is table
    host.lose(late)
    host.wait(301)
    assert host.lobby.in_room(table.room) is None


def test_quick_play_finds_tables_that_are_open_to_all_and_no_others() -> None:
    host = Host()
    private, public = host.open(SMALL), host.open(SMALL, public=True)
    ann = host.hello("ANN")
    assert ann.table is public
    assert private.seats.people == 0


def test_a_game_begins_at_once_if_somebody_says_so() -> None:
    host = Host()
    table = host.open(SMALL)
    ann = join(host, table, "ANN", 1)
    assert table.starts_at == host.now + 5
    host.begin(table)
    assert ann.heard_of(TurnStart)
    assert table.starts_at is None
    assert table.phase is Phase.PLAYING
    turns = len(host.stored(table).actions)
    host.begin(table)  # nothing begins twice
    assert len(host.stored(table).actions) == turns


def test_no_game_begins_without_anybody() -> None:
    host = Host()
    table = host.open(SMALL)
    host.reserve(ANN, room=table.room)
    host.begin(table)
    assert table.phase is Phase.WAITING


@pytest.mark.parametrize("came", [False, True])
def test_who_leaves_a_waiting_table_makes_room(came: bool) -> None:
    host = Host()
    table = host.open(SMALL)
    bob = join(host, table, "BOB", 1)
    token = host.reserve(ANN, room=table.room, name="ANN").token
    if came:
        ann = host.hello("ANN", token=token, room=table.room, game_id=table.game_id)
    bob.heard()
    host.leave(table, 1)
    said = bob.heard()
    assert said[-1] == Announce("ANN has left")
    (players,) = [message for message in said if isinstance(message, PlayerList)]
    assert [entry.player_id for entry in players.entries] == [0]
    assert table.seats.of_account(ANN) is None
    if came:
        assert ann.heard()[-1] == Announce("You have left the table")
        assert ann.hung_up
        assert ann.table is None


def test_a_game_goes_on_for_who_has_left_and_takes_them_back() -> None:
    host = Host(TableSettings(seats=2, bot_delay_s=1.0))
    table = host.open(TableSettings(seats=2, bot_delay_s=1.0))
    ann = join(host, table, "ANN", 1)
    bob = join(host, table, "BOB", 2)
    game = host.game(table)
    assert game.current == 0
    host.leave(table, 0)
    assert ann.hung_up
    host.wait(1.1)  # a bot plays at once, not after the grace of a lost connection
    assert game.turn == 1
    bob.heard()
    again = host.hello("ANN", room=table.room, token=token_of(1), game_id=table.game_id)
    assert (again.table, again.seat) == (table, 0)
    assert Announce("ANN is back") in bob.heard()


def test_a_game_that_all_have_left_stands_still_and_is_abandoned() -> None:
    host = Host()
    table = host.open(TableSettings(seats=2, bot_delay_s=0.0))
    join(host, table, "ANN", 1)
    host.wait(10)
    host.leave(table, 0)
    turns = len(host.stored(table).actions)
    host.wait(599)
    assert len(host.stored(table).actions) == turns
    host.wait(2)
    assert not host.lobby.tables
    assert host.stored(table).status.value == "abandoned"


def test_a_finished_table_can_be_left() -> None:
    host = Host()
    table = host.open(TableSettings(seats=2))
    ann, bob = join(host, table, "ANN", 1), join(host, table, "BOB", 2)
    play_out(host, table, [])
    assert table.phase is Phase.FINISHED
    host.leave(table, 0)
    assert ann.hung_up
    assert bob.heard()[-1] == Announce("ANN has left")


def test_to_leave_again_is_announced_only_once() -> None:
    host = Host()
    table = host.open(TableSettings(seats=2))
    join(host, table, "ANN", 1)
    bob = join(host, table, "BOB", 2)
    bob.heard()
    for _ in range(3):
        host.leave(table, 0)
    assert bob.heard_of(Announce) == [Announce("ANN has left")]
    again = join(host, table, "ANN", 1)
    assert bob.heard_of(Announce) == [
        Announce("ANN is back"),
        Announce("60 s left in this turn"),
    ]
    host.leave(table, 0)
    assert again.hung_up
    assert bob.heard_of(Announce) == [Announce("ANN has left")]


@pytest.mark.parametrize("seat", [0, 2, 9])
def test_nobody_is_shown_out_who_is_not_there(seat: int) -> None:
    """A bot's seat, an empty one, one that does not exist: the house refuses, the table goes on."""
    host = Host(TableSettings(seats=3))
    table = host.open(TableSettings(seats=3), bots=1)
    ann = host.hello("ANN", room=table.room)
    with pytest.raises(LookupError):
        host.leave(table, seat)
    assert ann.table is table
    assert table.seats.names == ["Bot Ada", "ANN"]
