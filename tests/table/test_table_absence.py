"""People who are lost, asleep or all gone: grace, turn clock, cover, pause."""

import pytest
from table_auditor import TaggedGame
from table_harness import Host, Mailbox, token_of
from table_positions import find, message_of, seat_again, stored_game

from rachel.rubp import (
    Announce,
    DrawCard,
    Error,
    ErrorCode,
    PlayCard,
    PlayerEntry,
    PlayerList,
    SyncRequest,
    TurnEnd,
    TurnStart,
)
from rachel_server.core.entries import ActionTaken, GameEnded, GameStatus
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings

WARNING = Announce("10 s left, then a bot plays this turn")
ANN, BOB = (PlayerEntry(seat, 0x60) for seat in range(2))
SHORT = 1e-6


def two_people(
    settings: TableSettings | None = None,
) -> tuple[Host, Table, TaggedGame, list[Mailbox]]:
    """Return a host at whose table ANN, who is to act, and BOB have just begun to play."""
    host = Host(settings or TableSettings(seats=2))
    links = [host.hello(name, room="TEA42", token=token_of(n)) for n, name in enumerate("AB")]
    table = host.table("TEA42")
    for link in links:
        link.heard()
    return host, table, host.game(table), links


def back(host: Host, table: Table, seat: int) -> Mailbox:
    return host.hello("X", token=token_of(seat), game_id=table.game_id)


def act(host: Host, game: TaggedGame, links: list[Mailbox]) -> None:
    """Let whoever is to act do so."""
    host.say(links[game.current], message_of(game.legal_actions()[0], game.tag()))


def until_turn_of(host: Host, game: TaggedGame, links: list[Mailbox], seat: int) -> None:
    """Let the others act until a seat is to act."""
    while game.current != seat:
        act(host, game, links)
    for link in links:
        link.heard()


def no_skips(game: TaggedGame) -> bool:
    return game.turn > 2 and game.current == 0 and len(game.hands[0]) > 5


# A lost connection


@pytest.mark.parametrize("turn_time_s", [None, 60.0, 300.0])
def test_who_is_lost_on_their_turn_has_thirty_seconds(turn_time_s: float | None) -> None:
    host, _, game, links = two_people(TableSettings(seats=2, turn_time_s=turn_time_s))
    host.wait(5)
    host.lose(links[0])
    assert links[1].heard() == [
        PlayerList((BOB,)),
        Announce("A lost the connection"),
        Announce("30 s left in this turn"),
    ]
    host.wait(30 - SHORT)
    assert game.turn == 0
    host.wait(SHORT)
    assert game.turn == 1
    heard = links[1].heard()
    assert heard[0] == Announce("A is away: a bot plays this turn")
    assert isinstance(heard[1], TurnEnd)


def test_the_turn_clock_goes_on_for_who_is_lost() -> None:
    host, _, game, links = two_people()
    host.wait(50)
    host.lose(links[0])
    host.wait(10 - SHORT)
    assert game.turn == 0
    host.wait(SHORT)
    assert game.turn == 1


def test_the_grace_counts_from_the_loss_not_from_the_turn() -> None:
    host, _, game, links = two_people(TableSettings(seats=2, bot_delay_s=2))
    host.lose(links[1])
    host.wait(25)
    while game.current == 0:
        act(host, game, links)
    turn = game.turn
    host.wait(5 - SHORT)
    assert game.turn == turn
    host.wait(SHORT)
    assert game.turn == turn + 1


def test_after_the_grace_a_bot_plays_each_turn_at_a_bots_pace() -> None:
    host, _, game, links = two_people(TableSettings(seats=2, bot_delay_s=2))
    host.lose(links[1])
    host.wait(40)
    for _ in range(3):
        until_turn_of(host, game, links, 1)
        turn = game.turn
        host.wait(2 - SHORT)
        assert game.turn == turn
        host.wait(SHORT)
        assert game.turn == turn + 1


def test_the_seat_is_taken_back_in_the_middle_of_the_bots_delay() -> None:
    host, table, game, links = two_people(TableSettings(seats=2, bot_delay_s=5))
    host.lose(links[1])
    host.wait(40)
    until_turn_of(host, game, links, 1)
    turn = game.turn
    host.wait(3)
    links[1] = back(host, table, 1)
    assert Announce("B is back") in links[0].heard()
    host.wait(59)
    assert game.turn == turn, "they have their whole time again"
    act(host, game, links)
    assert game.turn == turn + 1
    assert not links[1].heard_of(Error)


def test_who_is_lost_and_back_within_the_grace_has_the_whole_time_again() -> None:
    host, table, game, links = two_people()
    host.lose(links[0])
    host.wait(29)
    links[0] = back(host, table, 0)
    host.wait(50 - SHORT)
    links[0].heard()
    host.wait(SHORT)
    assert links[0].heard() == [WARNING]
    host.wait(10 - SHORT)
    assert game.turn == 0, "the clock began again with the return"
    host.wait(SHORT)
    assert game.turn == 1


@pytest.mark.parametrize("away_s", [0.0, 1.0, 29.0])
def test_dropping_and_returning_lengthens_one_turn_only_once(away_s: float) -> None:
    """Otherwise a client that is lost again and again could stop the table."""
    host, table, game, links = two_people()
    host.lose(links[0])
    host.wait(away_s)
    links[0] = back(host, table, 0)
    ends = host.now + 60
    while host.now + 29 < ends:
        host.lose(links[0])
        host.wait(28)
        links[0] = back(host, table, 0)
    host.wait(ends - host.now - SHORT)
    assert game.turn == 0
    host.wait(SHORT)
    assert game.turn == 1
    # The next turn of theirs can be lengthened again.
    until_turn_of(host, game, links, 0)
    turn = game.turn
    host.wait(40)
    host.lose(links[0])
    links[0] = back(host, table, 0)
    host.wait(60 - SHORT)
    assert game.turn == turn
    host.wait(SHORT)
    assert game.turn == turn + 1


def test_who_is_back_after_a_warning_is_warned_again() -> None:
    host, table, game, links = two_people()
    host.wait(55)
    assert links[0].heard() == [WARNING]
    host.lose(links[0])
    links[0] = back(host, table, 0)
    links[0].heard()
    host.wait(50)
    assert links[0].heard() == [WARNING]
    assert game.turn == 0


def test_a_loss_of_somebody_who_is_not_to_act_costs_nobody_time() -> None:
    host, table, game, links = two_people()
    host.wait(20)
    host.lose(links[1])
    host.wait(20)
    back(host, table, 1)
    host.wait(20 - SHORT)
    assert game.turn == 0
    host.wait(SHORT)
    assert game.turn == 1, "a minute after the turn began"


# The turn clock


def test_the_host_acts_when_the_clock_runs_out() -> None:
    host, _, game, links = two_people()
    host.wait(60 - SHORT)
    assert game.turn == 0
    host.wait(SHORT)
    assert game.turn == 1
    for link in links:
        heard = link.heard()
        assert Announce("A is away: a bot plays this turn") in heard
        assert [message.seat for message in heard if isinstance(message, TurnEnd)] == [0]
        assert not any(isinstance(message, PlayerList) for message in heard), "one turn only"
    (_, taken) = host.journal
    assert isinstance(taken, ActionTaken)


def test_a_warning_comes_ten_seconds_before_once_and_to_that_person_alone() -> None:
    host, _, game, links = two_people()
    host.wait(50 - SHORT)
    assert links[0].heard() == []
    host.wait(SHORT)
    assert links[0].heard() == [WARNING]
    host.wait(10 - SHORT)
    assert links[0].heard() == []
    assert links[1].heard() == []
    assert game.turn == 0


def test_a_short_clock_does_not_warn() -> None:
    host, _, game, links = two_people(TableSettings(seats=2, turn_time_s=15))
    host.wait(15 - SHORT)
    assert links[0].heard() == []
    host.wait(SHORT)
    assert game.turn == 1


def test_without_a_clock_the_table_waits() -> None:
    host, table, game, links = two_people(TableSettings(seats=2, turn_time_s=None))
    assert table.next_deadline() is None
    host.wait(100_000)
    assert game.turn == 0
    assert all(not link.frames for link in links)
    act(host, game, links)
    assert game.turn == 1


def asleep(settings: TableSettings | None = None) -> tuple[Host, Table, TaggedGame, list[Mailbox]]:
    """Return a game in which ANN slept through two turns in a row and is to act again."""
    host, table, game, links = two_people(settings)
    for _ in range(2):
        until_turn_of(host, game, links, 0)
        host.wait(60)
    return host, table, game, links


def test_after_two_missed_turns_in_a_row_a_bot_covers() -> None:
    host, _, game, links = asleep(TableSettings(seats=2, bot_delay_s=2))
    assert links[1].heard_of(PlayerList) == [PlayerList((BOB,))], "ANN is away"
    until_turn_of(host, game, links, 0)
    turn = game.turn
    host.wait(2 - SHORT)
    assert game.turn == turn
    host.wait(SHORT)
    assert game.turn == turn + 1
    assert links[1].heard_of(PlayerList) == []


def test_missed_turns_count_in_a_row_only() -> None:
    host, _, game, links = two_people()
    for _ in range(3):
        until_turn_of(host, game, links, 0)
        host.wait(60)
        until_turn_of(host, game, links, 0)
        act(host, game, links)
        assert links[1].heard_of(PlayerList) == []
    until_turn_of(host, game, links, 0)
    turn = game.turn
    host.wait(59)
    assert game.turn == turn, "still trusted with a whole turn"


@pytest.mark.parametrize("sign", ["action", "refused action"])
def test_a_sign_of_life_ends_the_cover_at_once(sign: str) -> None:
    host, _, game, links = asleep(TableSettings(seats=2, bot_delay_s=5))
    until_turn_of(host, game, links, 0)
    host.wait(3)
    turn = game.turn
    if sign == "refused action":
        host.say(links[0], PlayCard(()))
    else:
        act(host, game, links)
    assert links[1].heard_of(PlayerList) == [PlayerList((ANN, BOB))]
    if sign == "action":
        assert game.turn == turn + 1
    else:
        host.wait(59)
        assert game.turn == turn, "they have their whole time"


def test_a_machines_sign_of_life_is_not_its_persons() -> None:
    host, _, game, links = asleep(TableSettings(seats=2, bot_delay_s=5))
    for _ in range(3):
        until_turn_of(host, game, links, 0)
        turn = game.turn
        host.say(links[0], SyncRequest(game.turn, game.tag()))
        host.say(links[0], SyncRequest(game.turn, game.tag(), acknowledge=True))
        host.wait(5)
        assert game.turn > turn, "the bot plays on"
        assert links[1].heard_of(PlayerList) == []


def test_a_client_that_comes_back_again_and_again_stops_no_table() -> None:
    host, table, game, links = two_people()
    for _ in range(30):
        if game.turn:
            break
        host.lose(links[0])
        links[0] = back(host, table, 0)
        host.wait(3)
    assert game.turn == 1
    assert host.now <= 1000 + 60 + 3, "a turn is lengthened once, at its first return"


def test_a_sign_of_life_out_of_turn_ends_the_cover() -> None:
    host, _, game, links = asleep()
    while game.current == 0:
        host.wait(1)
    for link in links:
        link.heard()
    host.say(links[0], DrawCard())
    assert links[0].heard()[:2] == [Announce("A is back"), PlayerList((ANN, BOB))]
    until_turn_of(host, game, links, 0)
    turn = game.turn
    host.wait(59)
    assert game.turn == turn


def test_heartbeats_and_acknowledgements_are_no_sign_of_life() -> None:
    """A program sends them by itself while its player sleeps."""
    host, _, game, links = asleep(TableSettings(seats=2, bot_delay_s=2))
    until_turn_of(host, game, links, 0)
    turn = game.turn
    host.say(links[0], SyncRequest(game.turn, game.tag(), acknowledge=True))
    host.wait(2)
    assert game.turn == turn + 1


def test_a_covered_person_who_loses_the_connection_comes_back_uncovered() -> None:
    host, table, game, links = asleep(TableSettings(seats=2, bot_delay_s=5))
    host.lose(links[0])
    links[0] = back(host, table, 0)
    assert table.seats.present() == (ANN, BOB)
    until_turn_of(host, game, links, 0)
    turn = game.turn
    host.wait(59)
    assert game.turn == turn


# Nobody there


def test_the_table_pauses_while_nobody_is_connected() -> None:
    host, table, game, links = two_people()
    host.lose(links[0])
    host.wait(10)
    host.lose(links[1])
    host.wait(599)
    assert game.turn == 0
    assert host.is_open(table)
    links[1] = back(host, table, 1)
    assert game.turn == 0
    host.wait(1)
    assert game.turn == 1, "ANN's grace is long over: a bot plays for her"


def test_a_paused_table_with_bots_goes_on_when_its_person_is_back() -> None:
    seed, actions = find(3, lambda game: game.current == 1 and game.turn > 5)
    host = Host(TableSettings(seats=3, bot_delay_s=1))
    table = host.restore(stored_game(3, seed, actions, people=[0]))
    game = host.game(table)
    turn = game.turn
    host.wait(300)
    assert game.turn == turn, "bots do not play among themselves"
    seat_again(host, 0)
    host.wait(1 - SHORT)
    assert game.turn == turn
    host.wait(SHORT)
    assert game.turn == turn + 1


def test_the_clock_of_the_turn_begins_again_after_a_pause() -> None:
    host, table, game, links = two_people()
    host.wait(50)
    for link in links:
        host.lose(link)
    host.wait(20)
    back(host, table, 0)
    host.wait(60 - SHORT)
    assert game.turn == 0
    host.wait(SHORT)
    assert game.turn == 1


def test_the_time_of_a_turn_stands_still_while_everybody_is_away() -> None:
    """Her clock began again once in this turn already: what is left of it is left."""
    host, table, game, links = two_people()
    host.lose(links[0])
    links[0] = back(host, table, 0)
    host.wait(25)
    for _ in range(3):
        host.lose(*links)
        host.wait(200)
        links = [back(host, table, seat) for seat in range(2)]
        host.wait(5)
    host.wait(20 - SHORT)
    assert game.turn == 0
    host.wait(SHORT)
    assert game.turn == 1


def test_an_abandoned_game_is_closed_and_rates_nobody() -> None:
    host, table, game, links = two_people()
    for link in links:
        host.lose(link)
    host.wait(600 - SHORT)
    assert host.is_open(table)
    assert len(host.journal) == 1
    host.wait(SHORT)
    assert not host.is_open(table)
    assert host.lobby.tables == {}
    start = host.auditor.started(table)
    end = GameEnded(start.game, GameStatus.ABANDONED, (), host.unix_time())
    assert host.journal == [start, end]
    assert back(host, table, 0).heard() == [Error(ErrorCode.UNKNOWN)]
    assert game.turn == 0
    host.hello("NEW", room="TEA42")
    assert host.table("TEA42") is not table, "its room code is free again"


def test_the_ten_minutes_begin_with_the_last_to_go() -> None:
    host, table, game, links = two_people(TableSettings(seats=2, turn_time_s=None))
    for link in links:
        host.lose(link)
    host.wait(590)
    link = back(host, table, 0)
    host.wait(20)
    host.lose(link)
    host.wait(599)
    assert host.is_open(table)
    host.wait(1)
    assert not host.is_open(table)
    assert game.turn == 0


def test_announcements_of_absence_name_people_harmlessly() -> None:
    host = Host(TableSettings(seats=2))
    host.hello("[red]", room="TEA42", token=token_of(0))
    bob = host.hello("BOB", room="TEA42")
    bob.heard()
    host.wait(60)
    (text,) = [message.text for message in bob.heard_of(Announce)]
    assert text == "[red] is away: a bot plays this turn"


def test_the_next_turn_starts_for_everybody_after_the_host_acted() -> None:
    host, _, game, links = two_people()
    host.wait(60)
    for link in links:
        assert link.heard_of(TurnStart)[-1].turn == game.turn
