"""Tables from the journal: back at the last turn, or refused when a row is not what was written."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from table_auditor import hand_messages, state_message
from table_harness import Host, token_of
from table_positions import GAME_ID, ROOM, find, message_of, seat_again, stored_game

from rachel.rubp import Announce, Error, GameState, HandSync, Phase, SyncRequest, TurnStart, Welcome
from rachel.rules.actions import DRAW, Play
from rachel.rules.deal_proof import state_tag
from rachel.rules.game import Game
from rachel_server.core.entries import ActionTaken, StoredGame
from rachel_server.core.running_game import ReplayFailed, RunningGame
from rachel_server.core.table_settings import TableSettings


def in_the_middle() -> StoredGame:
    seed, actions = find(3, lambda game: game.turn == 20)
    return stored_game(3, seed, actions)


def host_of_three() -> Host:
    return Host(TableSettings(seats=3))


def test_it_goes_on_at_the_same_turn_from_the_same_state() -> None:
    stored = in_the_middle()
    host = host_of_three()
    table = host.restore(stored)
    assert table.phase is Phase.PLAYING
    link = host.hello("WHOEVER", token=token_of(1), game_id=GAME_ID)
    messages = link.heard()
    assert messages[0] == Welcome(1, GAME_ID, 3, Phase.PLAYING)
    (state,) = [message for message in messages if isinstance(message, GameState)]
    (hand,) = [message for message in messages if isinstance(message, HandSync)]
    last = stored.actions[-1]
    tag = state_tag(last.state_hash, stored.start.nonce)
    assert (state.turn, state.state_hash) == (last.turn + 1, tag)
    assert (hand.turn, hand.state_hash) == (last.turn + 1, tag)
    assert Announce(f"Room {ROOM}, 60 s a turn") in messages
    assert not any(isinstance(message, TurnStart) for message in messages)


def test_every_point_of_a_game_comes_back() -> None:
    """After each action a restored table tells what the table that ran on told."""
    host = Host(TableSettings(seats=3, turn_time_s=20))
    links = [host.hello(f"P{n}", room=ROOM, token=token_of(n)) for n in range(3)]
    table = host.table(ROOM)
    game = host.game(table)
    while not game.is_over and game.turn < 60:
        stored = host.stored(table)
        other = host_of_three()
        again = other.restore(stored)
        for seat in range(3):
            link = other.hello("X", token=token_of(seat), game_id=table.game_id)
            state = [m for m in link.heard() if isinstance(m, GameState)]
            assert state == [state_message(game)]
            other.say(link, SyncRequest(0))
            assert link.heard() == [state_message(game), *hand_messages(game, seat)]
        assert other.game(again).hands == game.hands
        host.say(links[game.current], message_of(game.legal_actions()[0]))


def test_a_restored_game_goes_on_like_the_one_that_was_never_stopped() -> None:
    stored = in_the_middle()
    twins = []
    for rows in (stored.actions, stored.actions[:7]):
        host = host_of_three()
        table = host.restore(replace(stored, actions=rows))
        links = [seat_again(host, seat) for seat in range(3)]
        for taken in stored.actions[len(rows) :]:
            host.say(links[taken.seat], message_of(taken.action))
        assert [entry for entry in host.journal if isinstance(entry, ActionTaken)] == list(
            stored.actions[len(rows) :]
        )
        twins.append((host, table, links))
    for _ in range(30):
        for host, table, links in twins:
            game = host.game(table)
            if not game.is_over:
                host.say(links[game.current], message_of(game.legal_actions()[-1]))
    ends = [host.game(table).state_hash() for host, table, _ in twins]
    assert ends[0] == ends[1]


def test_names_looks_bots_and_clock_come_back() -> None:
    seed, actions = find(4, lambda game: game.turn == 5)
    stored = stored_game(4, seed, actions, people=[0, 2])
    host = Host(TableSettings(seats=4))
    table = host.restore(stored)
    assert [seat.to_entry() for _, seat in table.seats.taken()] == list(stored.start.seats)
    assert [entry.player_id for entry in table.seats.present()] == [1, 3]


def test_a_game_keeps_its_size_and_clocks_whatever_the_settings_are_now() -> None:
    stored = in_the_middle()
    host = Host(TableSettings(seats=8, turn_time_s=15, bot_level="advanced", bot_delay_s=2))
    table = host.restore(stored)
    kept = replace(table.settings, seats=3, turn_time_s=60.0, bot_level="intermediate")
    assert (table.settings, table.settings.bot_delay_s) == (kept, 2)
    link = host.hello("X", token=token_of(1), game_id=GAME_ID)
    messages = link.heard()
    assert messages[0] == Welcome(1, GAME_ID, 3, Phase.PLAYING)
    assert Announce(f"Room {ROOM}, 60 s a turn") in messages


def test_the_game_waits_for_the_first_to_come_back() -> None:
    stored = in_the_middle()
    host = host_of_three()
    table = host.restore(stored)
    game = host.game(table)
    host.wait(500)
    assert game.turn == 20
    seat_again(host, game.current)
    host.wait(59)
    assert game.turn == 20, "whoever comes back has a whole turn"


@pytest.mark.parametrize("away_s", [0.0, 25.0, 400.0])
def test_who_does_not_come_back_is_played_for_even_without_a_clock(away_s: float) -> None:
    """Their thirty seconds began with the restart."""
    seed, actions = find(3, lambda game: game.turn == 20)
    host = Host(TableSettings(seats=3, turn_time_s=None, bot_delay_s=1))
    table = host.restore(stored_game(3, seed, actions, turn_time_s=None))
    game = host.game(table)
    host.wait(away_s)
    seat_again(host, (game.current + 1) % 3)
    wait = max(30.0 - away_s, 1.0)
    host.wait(wait - 1e-6)
    assert game.turn == 20
    host.wait(1e-6)
    assert game.turn == 21


def test_a_game_nobody_comes_back_to_is_abandoned() -> None:
    host = host_of_three()
    table = host.restore(in_the_middle())
    host.wait(600)
    assert not host.is_open(table)
    assert host.lobby.tables == {}


def test_new_tables_keep_clear_of_restored_ones() -> None:
    host = host_of_three()
    table = host.restore(in_the_middle())
    link = host.hello("NEW")
    assert link.table is not table
    assert link.table is not None
    assert link.table.game_id != GAME_ID
    stranger = host.hello("NEW", room=ROOM)
    assert stranger.heard_of(Error) != []


def assert_set_aside(stored: StoredGame) -> str:
    """Check that a game does not come back; return why."""
    host = host_of_three()
    host.carry_out(host.house.restored(stored, host.now))
    ((game, why),) = host.aside
    assert game == stored.start.game
    assert not host.lobby.tables
    return why


Rows = Sequence[ActionTaken]


def without(rows: Rows) -> Rows:
    return (*rows[:9], *rows[10:])


def without_the_first(rows: Rows) -> Rows:
    return rows[1:]


def swapped(rows: Rows) -> Rows:
    return (*rows[:9], rows[10], rows[9], *rows[11:])


def twice(rows: Rows) -> Rows:
    return (*rows[:10], *rows[9:])


def other_hash(rows: Rows) -> Rows:
    return (*rows[:9], replace(rows[9], state_hash=rows[9].state_hash ^ 1), *rows[10:])


def other_last_hash(rows: Rows) -> Rows:
    return (*rows[:-1], replace(rows[-1], state_hash=0))


def other_seat(rows: Rows) -> Rows:
    return (*rows[:9], replace(rows[9], seat=(rows[9].seat + 1) % 3), *rows[10:])


def other_turn(rows: Rows) -> Rows:
    return (*rows[:9], replace(rows[9], turn=8), *rows[10:])


def other_action(rows: Rows) -> Rows:
    place, taken = next((n, row) for n, row in enumerate(rows) if isinstance(row.action, Play))
    return (*rows[:place], replace(taken, action=DRAW), *rows[place + 1 :])


def other_cards(rows: Rows) -> Rows:
    place, taken = next((n, row) for n, row in enumerate(rows) if isinstance(row.action, Play))
    assert isinstance(taken.action, Play)
    action = Play((taken.action.cards[0] ^ 0x40,), taken.action.suit)
    return (*rows[:place], replace(taken, action=action), *rows[place + 1 :])


def no_card(rows: Rows) -> Rows:
    return (*rows[:-1], replace(rows[-1], action=Play((0xFF,))))


@pytest.mark.parametrize(
    "change",
    [
        without,
        without_the_first,
        swapped,
        twice,
        other_hash,
        other_last_hash,
        other_seat,
        other_turn,
        other_action,
        other_cards,
        no_card,
    ],
)
def test_a_changed_row_is_found(change: Callable[[Rows], Rows]) -> None:
    stored = in_the_middle()
    RunningGame.restore(stored)
    changed = replace(stored, actions=tuple(change(stored.actions)))
    with pytest.raises(ReplayFailed, match=r"turn \d+"):
        RunningGame.restore(changed)
    assert_set_aside(changed)


def test_another_seed_is_found() -> None:
    stored = in_the_middle()
    changed = replace(stored, start=replace(stored.start, seed=stored.start.seed + 1))
    assert_set_aside(changed)


def test_a_game_over_without_its_result_is_not_played_on() -> None:
    seed, actions = find(2, lambda game: len(game.finish_order) == 0 and game.turn == 30)
    game = Game.deal(2, seed)
    for action in actions:
        game.apply(action)
    while not game.is_over:
        actions.append(game.legal_actions()[0])
        game.apply(actions[-1])
    assert "over" in assert_set_aside(stored_game(2, seed, actions))
