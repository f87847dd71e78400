"""An error of ours in the middle of an input: one table breaks off, and comes back."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from table_auditor import hand_messages, state_message
from table_harness import Host, Mailbox, play_out, spoil, token_of, unreadable_play
from table_positions import message_of

from rachel.rubp import (
    Announce,
    DrawCard,
    Error,
    ErrorCode,
    GameState,
    HandSync,
    Heartbeat,
    PlayCard,
    SyncRequest,
    TurnEnd,
    Welcome,
)
from rachel_server.core.entries import ActionTaken, GameEnded, GameStatus
from rachel_server.core.floor import BREAKS_MAX, CANNOT_GO_ON
from rachel_server.core.lobby import NotSeated
from rachel_server.core.seating import Login
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.table_state import TableState

ROOM = "TEA42"


def playing(
    settings: TableSettings | None = None, *, acknowledges: bool = False
) -> tuple[Host, Table, list[Mailbox]]:
    """Return a host whose tables may break off, and a game of two people there."""
    host = Host(settings or TableSettings(seats=2))
    host.mends = True
    links = [
        host.hello(name, room=ROOM, token=token_of(seat), acknowledges=acknowledges)
        for seat, name in enumerate(("ANN", "BOB"))
    ]
    table = host.table(ROOM)
    for _ in range(3):
        act(host, table, links)
    for link in links:
        link.heard()
    return host, table, links


def act(host: Host, table: Table, links: list[Mailbox]) -> None:
    game = host.game(table)
    host.say(links[game.current], message_of(game.legal_actions()[0], game.tag()))


def test_an_action_that_breaks_a_table_leaves_no_trace_and_can_be_made_again() -> None:
    host, table, links = playing()
    others = [host.hello(name, room="OTHER") for name in ("X", "Y")]
    entries = list(host.journal)
    game = host.game(table)
    turn = game.turn
    spoil(table)  # the last thing an action does
    act(host, table, links)
    assert table.state is TableState.BROKEN
    assert host.journal == entries
    assert not any(link.frames for link in links), "its frames never leave"
    (broken,) = host.broken
    assert (broken.game, broken.room, broken.epoch) == (table.game, ROOM, 2)
    assert isinstance(broken.error, ValueError)
    act(host, host.table("OTHER"), others)
    assert all(link.heard_of(TurnEnd) for link in others), "the other table goes on"

    host.mend()
    again = host.table(ROOM)
    assert again is not table
    assert (again.game_id, again.game, again.epoch) == (table.game_id, table.game, 2)
    assert again.state is TableState.PLAYING
    game = host.game(again)
    assert game.turn == turn
    for seat, link in enumerate(links):
        assert (link.table, link.seat) == (again, seat)
        messages = link.heard()
        assert isinstance(messages[0], Welcome)
        pair = [m for m in messages if isinstance(m, GameState | HandSync)]
        assert pair == [state_message(game), *hand_messages(game, seat)]
    act(host, again, links)
    assert game.turn == turn + 1
    assert isinstance(host.journal[-1], ActionTaken)
    play_out(host, again, [])


def test_a_tick_that_breaks_a_table_does_not_hold_up_the_others() -> None:
    host, table, links = playing()
    others = [host.hello(name, room="OTHER") for name in ("X", "Y")]
    spoil(table)
    host.wait(60)
    assert [broken.room for broken in host.broken] == [ROOM]
    assert host.game(host.table("OTHER")).turn == 1
    assert all(link.heard_of(TurnEnd) for link in others)
    host.mend()
    turn = host.game(host.table(ROOM)).turn
    host.wait(60)
    assert host.game(host.table(ROOM)).turn == turn + 1
    assert all(link.heard_of(TurnEnd) for link in links)


def test_what_waited_for_its_record_leaves_before_the_game_is_back() -> None:
    host, table, links = playing()
    host.saves = False
    act(host, table, links)
    spoil(table)
    act(host, table, links)
    turn = host.game(table).turn
    assert not any(link.frames for link in links)
    host.save()
    for link in links:
        assert [end.turn for end in link.heard_of(TurnEnd)] == [turn]
    host.mend()
    for link in links:
        assert link.heard_of(GameState)[-1].turn == turn


@pytest.mark.parametrize("acknowledges", [False, True])
def test_people_keep_what_they_said_of_themselves(acknowledges: bool) -> None:
    host, table, links = playing(acknowledges=acknowledges)
    watcher = host.hello("EVE", room=ROOM, watches=True, version=1)
    watcher.heard()
    host.lose(links[0])
    spoil(table)
    host.wait(70)
    host.mend()
    again = host.table(ROOM)
    assert [seat.connection for _, seat in again.seats.taken()] == [None, links[1].connection]
    assert again.watchers == [watcher.connection]
    assert {frame.version for frame in watcher.heard_frames()} == {1}
    while host.game(again).current == 1:
        act(host, again, links)
    links[1].heard()
    host.wait(40)  # a bot plays for ANN
    hands = links[1].heard_of(HandSync)
    assert bool(hands) == acknowledges


def test_meanwhile_heartbeats_are_answered_and_nothing_else_is() -> None:
    host, table, links = playing()
    spoil(table)
    act(host, table, links)
    for message in (Heartbeat(), DrawCard(), PlayCard((2,)), SyncRequest(0)):
        host.say(links[0], message)
    assert links[0].heard() == [Heartbeat()]
    host.receive(links[0], unreadable_play(links[0]))
    assert links[0].heard() == [Error(ErrorCode.INVALID_PLAY)]
    assert len(host.broken) == 1
    host.wait(100)
    assert table.state is TableState.BROKEN, "no clock"
    assert table.next_deadline() is None
    assert host.house.overdue(0, host.now) == 0
    with pytest.raises(NotSeated):
        host.reserve(5, room=ROOM)


@pytest.mark.parametrize("reclaims", [True, False])
def test_a_hello_there_is_cut_without_an_answer(reclaims: bool) -> None:
    host, table, links = playing()
    spoil(table)
    act(host, table, links)
    if reclaims:
        link = host.hello("ANN", token=token_of(0), game_id=table.game_id)
    else:
        link = host.hello("ANN", token=token_of(0), room=ROOM)
    assert link.hung_up
    assert not link.frames
    host.mend()
    again = host.hello("ANN", token=token_of(0), game_id=table.game_id)
    assert again.heard_of(Welcome) != []
    assert links[0].hung_up


def test_who_goes_while_a_table_is_broken_is_away_when_it_is_back() -> None:
    host, table, links = playing()
    spoil(table)
    act(host, table, links)
    host.lose(links[0])
    host.hello("BOB", room="NEW", link=links[1])
    links[1].heard()
    host.mend()
    again = host.table(ROOM)
    assert again.state is TableState.PAUSED
    assert again.connections == []
    assert links[1].table is host.table("NEW")
    assert not links[1].frames, "who has moved on is not fetched back"


def test_who_has_moved_on_stays_when_the_broken_table_is_given_up() -> None:
    host, table, links = playing()
    spoil(table)
    act(host, table, links)
    host.hello("BOB", room="NEW", link=links[1])
    links[1].heard()
    game = table.game
    assert game is not None
    host.carry_out(host.house.set_aside(game, "it cannot be read"))
    assert host.aside == [(game, "it cannot be read")]
    assert links[0].heard() == [Announce(CANNOT_GO_ON)]
    assert [link.hung_up for link in links] == [True, False]
    assert not links[1].frames
    assert not host.is_open(table)


def test_a_table_that_breaks_while_somebody_moves_on_lets_them_go() -> None:
    host, table, links = playing()
    spoil(table)
    host.hello("BOB", room="NEW", link=links[1])
    assert table.state is TableState.BROKEN
    assert links[1].table is host.table("NEW")
    host.mend()
    assert links[1].table is host.table("NEW")
    assert host.table(ROOM).connections == [links[0].connection]


def test_a_table_that_breaks_while_somebody_sits_down_cuts_them() -> None:
    host, table, links = playing()
    dict(table.seats.taken())[1].name = "B\0B"  # which she is to be told with her welcome
    again = host.hello("ANN", token=token_of(0), game_id=table.game_id)
    assert len(host.broken) == 1
    assert links[0].hung_up, "she was let go already"
    host.mend()
    assert links[1].table is host.table(ROOM)
    assert (again.hung_up, again.table) == (False, host.table(ROOM))


def test_a_turn_that_breaks_again_and_again_is_set_aside() -> None:
    host, table, links = playing()
    game = table.game
    for _ in range(BREAKS_MAX):
        spoil(host.table(ROOM))
        act(host, host.table(ROOM), links)
        assert not host.aside
        assert [broken.game for broken in host.broken] == [game]
        host.mend()
    epoch = host.table(ROOM).epoch
    assert epoch == 1 + BREAKS_MAX
    for link in links:
        link.heard()
    spoil(host.table(ROOM))
    act(host, host.table(ROOM), links)
    assert [broken.game for broken in host.broken] == [None]
    ((aside, why),) = host.aside
    assert aside == game
    assert "ValueError(" in why
    for link in links:
        assert link.heard() == [Announce(CANNOT_GO_ON)]
        assert link.hung_up
    assert host.lobby.tables == {}


def test_breaks_in_different_turns_are_not_counted_together() -> None:
    host, _, links = playing()
    for _ in range(3 * BREAKS_MAX):
        spoil(host.table(ROOM))
        act(host, host.table(ROOM), links)
        host.mend()
        act(host, host.table(ROOM), links)
    assert not host.aside


def test_who_cannot_be_seated_again_is_cut() -> None:
    host, table, links = playing()
    spoil(table)
    act(host, table, links)
    ann = host.house._floor.peers.get(links[0].connection)
    assert ann is not None
    caller = ann.caller
    assert caller is not None
    ann.caller = replace(caller, version=3)  # for which there are no frames
    host.mend()
    ann.caller = caller
    assert len(host.broken) == 1, "while ANN was seated"
    assert [link.hung_up for link in links] == [False, True], "BOB was not seated any more"
    host.mend()
    assert links[0].table is host.table(ROOM)


@pytest.mark.parametrize("settings", [TableSettings(seats=3), TableSettings(seats=2)])
def test_a_table_without_a_running_game_is_closed(settings: TableSettings) -> None:
    """A waiting one of three seats, a finished one of two: there is nothing to bring back."""
    host = Host(settings)
    host.mends = True
    links = [host.hello(name, room=ROOM, token=token_of(n)) for n, name in enumerate("AB")]
    table = host.table(ROOM)
    if settings.seats == 2:
        play_out(host, table, [])
    for link in links:
        link.heard()
    entries = list(host.journal)
    spoil(table)
    host.wait(60)
    (broken,) = host.broken
    assert (broken.game, broken.room) == (None, ROOM)
    assert host.journal == entries
    for link in links:
        assert link.heard() == [Announce(CANNOT_GO_ON)]
        assert link.hung_up
    assert not host.is_open(table)
    assert host.hello("NEW", room=ROOM).heard_of(Welcome) != []


def test_the_last_action_of_a_game_that_breaks_its_table_can_be_made_again() -> None:
    host, table, links = playing()
    while not host.broken:
        ahead = host.game(table).state.copy()
        ahead.apply(ahead.legal_actions()[0])
        if ahead.is_over:
            spoil(table)
        act(host, table, links)
    (broken,) = host.broken
    assert (broken.game, table.state) == (table.game, TableState.BROKEN)
    host.mend()
    again = host.table(ROOM)
    play_out(host, again, [])
    assert again.state is TableState.FINISHED


def test_giving_a_game_up_that_breaks_its_table_is_done_again() -> None:
    host, table, links = playing()
    host.lose(*links)
    spoil(table)
    host.wait(table.settings.abandon_s)
    assert table.state is TableState.BROKEN
    host.mend()
    host.wait(table.settings.abandon_s)
    assert host.journal[-1] == GameEnded(
        str(table.game), GameStatus.ABANDONED, (), host.unix_time()
    )
    assert host.lobby.tables == {}


def test_a_thought_that_breaks_a_table() -> None:
    host, table, links = playing(TableSettings(seats=2, bot_delay_s=1))
    host.lose(links[1])
    spoil(table)
    host.wait(100)
    assert len(host.broken) == 1
    host.mend()
    turn = host.game(host.table(ROOM)).turn
    host.wait(100)
    assert host.game(host.table(ROOM)).turn > turn


@pytest.mark.parametrize(
    "request_", [Host.begin, lambda host, table: host.leave(table, 0)], ids=["begin", "leave"]
)
def test_requests_over_http_break_no_more_than_a_table(
    request_: Callable[[Host, Table], None],
) -> None:
    host = Host(TableSettings(seats=3))
    host.mends = True
    host.hello("ANN", room=ROOM)
    table = host.table(ROOM)
    spoil(table)
    request_(host, table)
    assert [broken.room for broken in host.broken] == [ROOM]
    assert not host.is_open(table)


def test_there_is_no_new_token_while_a_table_is_broken() -> None:
    host = Host(TableSettings(seats=2))
    host.mends = True
    first = host.reserve(5, room=ROOM)
    links = [host.hello("ANN", room=ROOM, token=first.token), host.hello("BOB", room=ROOM)]
    table = host.table(ROOM)
    spoil(table)
    act(host, table, links)
    with pytest.raises(NotSeated) as refusal:
        host.reserve(5, room=ROOM)
    assert refusal.value.code is ErrorCode.GAME_IN_PROGRESS
    host.mend()
    assert host.hello("ANN", room=ROOM, token=first.token).seat == 0


def test_there_is_no_reservation_at_a_table_that_breaks() -> None:
    host = Host(TableSettings(seats=3))
    host.mends = True
    host.hello("ANN", room=ROOM)
    spoil(host.table(ROOM))
    reservation, outcome = host.house.reserve(ROOM, Login(5, "Eve", None), host.now)
    assert reservation is None
    assert len(outcome.broken) == 1


def test_a_refused_game_does_not_come_back() -> None:
    host, table, links = playing()
    spoil(table)
    act(host, table, links)
    game, stored = table.game, host.stored(table)
    assert game is not None
    host.carry_out(host.house.refused(game))
    assert all(link.hung_up for link in links)
    host.carry_out(host.house.restored(stored, host.now, epoch=2))
    assert host.lobby.tables == {}


def test_a_game_whose_restoring_fails_is_set_aside() -> None:
    host, table, links = playing()
    spoil(table)
    act(host, table, links)
    stored = host.stored(table)
    empty = replace(stored, start=replace(stored.start, seats=()))
    host.carry_out(host.house.restored(empty, host.now))
    assert host.aside == [(table.game, "ValueError('a game has 2 to 8 seats, not 0')")]
    assert all(link.hung_up for link in links)
    assert host.lobby.tables == {}


def test_a_login_that_ends_where_a_table_breaks_off_changes_no_token() -> None:
    _, table, _ = playing()
    before = table.seats[0].token_hash
    table.seats._seats[1] = "nobody"  # type: ignore[call-overload]
    with pytest.raises((AttributeError, TypeError)):
        table.log_out(0, bytes(8), 0.0, deleted=False)
    assert table.seats[0].token_hash == before is not None, "the journal has no other"
