"""While nothing can be saved no time of the players passes; that of connections does."""

from random import Random

import pytest
from table_harness import Host, Mailbox, token_of
from table_positions import message_of

from rachel.rubp import Announce, GameState, Heartbeat, Phase, TurnStart
from rachel_server.core.clock import PlayClock
from rachel_server.core.house import SAVING_WORKS
from rachel_server.core.reception import SAVING_DELAYED
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.table_state import TableState

SHORT = 1e-6
ROOM = "TEA42"


def stall(host: Host, seconds: float) -> None:
    """Let saving fail for a while."""
    host.saves = False
    host.carry_out(host.house.saving_failed(host.now))
    assert host.house.stalled
    host.wait(seconds)
    host.carry_out(host.house.saving_works(host.now))
    assert not host.house.stalled
    host.saves = True
    host.save()


def seated(settings: TableSettings, people: int = 2) -> tuple[Host, list[Mailbox]]:
    host = Host(settings)
    links = [host.hello(f"P{n}", room=ROOM, token=token_of(n)) for n in range(people)]
    for link in links:
        link.heard()
    return host, links


def test_the_clock_stands_still_and_goes_on_from_there() -> None:
    clock = PlayClock()
    assert (clock.reading(5), clock.when(5), clock.stands_still) == (5, 5, False)
    clock.pause(10)
    clock.pause(20)
    assert (clock.reading(25), clock.stands_still) == (10, True)
    clock.go_on(30)
    clock.go_on(40)
    assert (clock.reading(41), clock.when(21), clock.stands_still) == (21, 41, False)
    clock.pause(50)
    clock.go_on(51)
    assert (clock.reading(51), clock.reading(52)) == (30, 31)


def test_the_clock_shows_a_reading_when_it_says_that_it_does() -> None:
    """Otherwise a house would be woken for it again and again, and find nothing to do."""
    clock, rng = PlayClock(), Random(1)
    for now in range(1000, 2000):
        clock.pause(now)
        clock.go_on(now + rng.random())
        reading = clock.reading(now + 1) + rng.random() * 100
        assert clock.reading(clock.when(reading)) >= reading


@pytest.mark.parametrize("times", [1, 3])
def test_the_turn_clock(times: int) -> None:
    host, links = seated(TableSettings(seats=2))
    game = host.game(host.table(ROOM))
    for _ in range(times):
        host.wait(45 / times)
        stall(host, 100)
    warning = Announce("10 s left, then a bot plays this turn")
    host.wait(5 - SHORT)
    assert warning not in links[0].heard()
    host.wait(SHORT)
    assert links[0].heard() == [warning]
    host.wait(10 - SHORT)
    assert game.turn == 0
    host.wait(SHORT)
    assert game.turn == 1


def test_a_bot() -> None:
    host, _ = seated(TableSettings(seats=2, bot_delay_s=5), people=1)
    host.wait(10)
    game = host.game(host.table(ROOM))
    host.wait(60)
    while game.current == 0:
        host.wait(60)
    turn = game.turn
    host.wait(3)
    stall(host, 100)
    assert game.turn == turn
    host.wait(2 - SHORT)
    assert game.turn == turn
    host.wait(SHORT)
    assert game.turn == turn + 1


def test_the_start() -> None:
    host, _ = seated(TableSettings())
    table = host.table(ROOM)
    host.wait(6)
    stall(host, 100)
    assert host.house.seconds_until(table.starts_at or 0.0, host.now) == pytest.approx(4)
    host.wait(4 - SHORT)
    assert not host.journal
    host.wait(SHORT)
    assert table.phase is Phase.PLAYING


def test_a_seat_that_is_kept_for_somebody() -> None:
    host, links = seated(TableSettings(start_delay_s=1000))
    host.lose(links[1])
    host.wait(20)
    stall(host, 100)
    host.wait(10 - SHORT)
    assert host.table(ROOM).seats.names == ["P0", "P1"]
    host.wait(SHORT)
    assert host.table(ROOM).seats.names == ["P0"]


def test_a_game_that_everybody_has_left_and_one_that_is_over() -> None:
    host, links = seated(TableSettings(seats=2, turn_time_s=20))
    table = host.table(ROOM)
    host.lose(*links)
    host.wait(500)
    stall(host, 1000)
    host.wait(100 - SHORT)
    assert table.state is TableState.PAUSED
    link = host.hello("P0", token=token_of(0), game_id=table.game_id)
    while not host.game(table).is_over:
        host.wait(5)
    ended = host.now
    link.heard()
    stall(host, 1000)
    host.wait(55 - SHORT)
    assert host.is_open(table)
    host.wait(ended + 1060 - host.now)
    assert not host.is_open(table)


def test_a_turn_that_waits_for_its_acknowledgement() -> None:
    host, _ = seated(TableSettings(seats=2), people=1)
    slow = host.hello("SLOW", room=ROOM, acknowledges=True)
    slow.heard()
    host.wait(0.5)
    stall(host, 100)
    host.wait(0.5 - SHORT)
    assert slow.heard_of(GameState) == []
    host.wait(SHORT)
    assert slow.heard_of(GameState) != [], "the pair is repeated"


def test_people_act_on_and_hear_of_it_when_it_is_saved() -> None:
    host, links = seated(TableSettings(seats=2))
    game = host.game(host.table(ROOM))
    host.saves = False
    host.carry_out(host.house.saving_failed(host.now))
    for _ in range(5):
        host.say(links[game.current], message_of(game.legal_actions()[0], game.tag()))
    assert links[0].heard() == [Announce(SAVING_DELAYED)]
    assert game.turn == 5
    host.carry_out(host.house.saving_works(host.now))
    host.save()
    heard = links[0].heard()
    assert heard[0] == Announce(SAVING_WORKS)
    assert [m.turn for m in heard if isinstance(m, TurnStart)] == [1, 2, 3, 4, 5]


def test_connections_are_held_to_their_time_all_the_same() -> None:
    host, links = seated(TableSettings(seats=3))
    host.say(links[0], Heartbeat())
    stranger = host.connect()
    host.carry_out(host.house.saving_failed(host.now))
    host.wait(5)
    assert (stranger.hung_up, links[0].hung_up) == (True, False)
    host.wait(30)
    assert (links[0].hung_up, links[1].hung_up) == (True, False)


def test_what_is_overdue() -> None:
    host, _ = seated(TableSettings(seats=2))
    due = host.now + 50  # the warning
    host.wait(20)
    assert host.house.overdue(10, due + 10) == 0
    assert host.house.overdue(10, due + 10.1) == 1
    host.carry_out(host.house.saving_failed(due + 11))
    assert host.house.overdue(10, due + 100) == 0, "while nothing can be saved nothing is expected"
    host.now = due + 100
    host.carry_out(host.house.saving_works(host.now))
    assert host.house.overdue(10, host.now + 10.1) == 1
    host.tick()
    assert host.house.overdue(0, host.now) == 0


def test_what_is_due_when_saving_fails_waits_until_it_works() -> None:
    host, _ = seated(TableSettings(seats=2, turn_time_s=15))
    game = host.game(host.table(ROOM))
    host.now += 15
    host.carry_out(host.house.saving_failed(host.now))
    host.tick()
    assert game.turn == 0
    host.carry_out(host.house.saving_works(host.now))
    host.tick()
    assert game.turn == 1


def test_the_house_is_looked_at_when_the_first_of_tables_and_connections_is_due() -> None:
    host = Host(TableSettings(start_delay_s=3))
    host.hello("ANN", room=ROOM)
    began = host.now
    assert host.house.next_deadline() == began + 3
    host.wait(1)
    host.connect()  # has until 6
    assert host.house.next_deadline() == began + 3
    host.wait(2)
    host.hello("BOB", room="OTHER")
    host.wait(2)
    host.hello("CAT", room="THIRD")  # begins at 8
    host.wait(1 - SHORT)
    assert host.house.next_deadline() == began + 6


def test_many_tables_that_are_due_at_once_all_have_their_turn() -> None:
    host = Host(TableSettings(seats=2, start_delay_s=10))
    links = [host.hello("ANN", room=f"R{number}") for number in range(150)]
    host.wait(10 - SHORT)
    host.now += SHORT
    host.tick()
    started = sum(table.phase is Phase.PLAYING for table in host.lobby.tables.values())
    assert 0 < started < 150, "others have their turn between"
    host.wait(0)
    assert {table.phase for table in host.lobby.tables.values()} == {Phase.PLAYING}
    assert all(link.heard_of(TurnStart) for link in links)
