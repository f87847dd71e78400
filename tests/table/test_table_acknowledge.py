"""Slow clients: they acknowledge each pair, and are told of no turn before (docs/PROTOCOL.md)."""

import pytest
from table_auditor import TaggedGame, hand_messages, state_message, turn_message
from table_harness import Host, Mailbox, unreadable_play
from table_positions import find, message_of, seat_again, stored_game

from rachel.rubp import (
    ACKNOWLEDGES_SYNC,
    HOST_ID,
    CardDrawn,
    GameStart,
    GameState,
    Message,
    MessageType,
    Phase,
    SyncRequest,
    TurnEnd,
    TurnStart,
    Welcome,
    decode,
)
from rachel.rules.actions import DRAW
from rachel.rules.game import Game
from rachel_server.core.table_settings import TableSettings

SHORT = 1e-6
SLOW = 1


def sat_down() -> tuple[Host, TaggedGame, list[Mailbox]]:
    """Return a game of three in its middle, in which seat 1 acknowledges and seat 0 is to act."""

    def wanted(game: Game) -> bool:
        return game.turn > 3 and game.current == 0 and len(game.hands[0]) > 4

    seed, actions = find(3, wanted)
    host = Host(TableSettings(seats=3))
    table = host.restore(stored_game(3, seed, actions))
    links = [seat_again(host, seat, acknowledges=seat == SLOW) for seat in range(3)]
    for link in links:
        link.heard()
    return host, host.game(table), links


def act(host: Host, game: TaggedGame, links: list[Mailbox]) -> None:
    host.say(links[game.current], message_of(game.legal_actions()[0]))


def acknowledge(host: Host, link: Mailbox, turn: int, known: int | None) -> None:
    host.say(link, SyncRequest(turn, known, acknowledge=True))


def pair(game: TaggedGame) -> list[Message]:
    return [state_message(game), *hand_messages(game, SLOW)]


def test_the_host_says_that_it_waits_and_which_seat_it_is() -> None:
    host = Host(TableSettings(seats=3))
    host.hello("FAST", room="TEA42")
    slow = host.hello("SLOW", room="TEA42", acknowledges=True)
    frames = slow.heard_frames()
    assert [decode(frame) for frame in frames if frame.type == MessageType.WELCOME] == [
        Welcome(1, 1, 3, Phase.WAITING, capabilities=ACKNOWLEDGES_SYNC)
    ]
    (players,) = [frame for frame in frames if frame.type == MessageType.PLAYER_LIST]
    assert players.player_id == 1
    assert decode(players).capabilities == ACKNOWLEDGES_SYNC  # type: ignore[union-attr]
    fast = host.hello("THIRD", room="TEA42").heard_frames()
    (players,) = [frame for frame in fast if frame.type == MessageType.PLAYER_LIST][:1]
    assert players.player_id == HOST_ID
    assert decode(players).capabilities == 0  # type: ignore[union-attr]


def test_the_turn_waits_for_the_acknowledgement_of_that_link_alone() -> None:
    host, game, links = sat_down()
    act(host, game, links)
    end, state, start = links[2].heard()
    assert start == turn_message(game)
    assert links[SLOW].heard() == [end, state, *hand_messages(game, SLOW)]
    acknowledge(host, links[SLOW], game.turn, game.tag())
    assert links[SLOW].heard() == [start]
    assert links[2].heard() == []


def test_until_then_the_pair_is_repeated_ever_more_slowly() -> None:
    host, game, links = sat_down()
    act(host, game, links)
    links[SLOW].heard()
    for wait_s in (1, 2, 4, 8, 8):
        host.wait(wait_s - SHORT)
        assert links[SLOW].heard() == []
        host.wait(SHORT)
        assert links[SLOW].heard() == pair(game)
    acknowledge(host, links[SLOW], game.turn, game.tag())
    assert links[SLOW].heard() == [turn_message(game)]
    host.wait(20)
    assert not links[SLOW].heard_of(GameState)


@pytest.mark.parametrize("wrong", ["turn", "tag", "both", "rules", "turn of this tag"])
def test_an_acknowledgement_of_another_state_does_not_count(wrong: str) -> None:
    host, game, links = sat_down()
    before = game.tag()
    act(host, game, links)
    links[SLOW].heard()
    if wrong == "tag":
        acknowledge(host, links[SLOW], game.turn, game.tag() ^ 1)
    elif wrong == "rules":
        host.say(links[SLOW], SyncRequest(game.turn, game.tag(), acknowledge=True, spec=9))
    elif wrong == "turn of this tag":
        acknowledge(host, links[SLOW], game.turn + 77, game.tag())
    else:
        acknowledge(host, links[SLOW], game.turn - 1, None if wrong == "turn" else before)
    assert links[SLOW].heard() == []
    acknowledge(host, links[2], game.turn, game.tag())
    assert links[SLOW].heard() == [], "nor does that of somebody else"
    acknowledge(host, links[SLOW], game.turn, None)
    assert links[SLOW].heard() == [turn_message(game)]


def test_a_turn_that_is_over_is_not_told_any_more() -> None:
    host, game, links = sat_down()
    act(host, game, links)
    late = (game.turn, game.tag())
    links[SLOW].heard()
    while game.current == SLOW:
        host.wait(1)
    act(host, game, links)
    acknowledge(host, links[SLOW], *late)
    assert not links[SLOW].heard_of(TurnStart)
    acknowledge(host, links[SLOW], game.turn, game.tag())
    assert links[SLOW].heard() == [turn_message(game)]


def test_actions_before_the_acknowledgement_are_dropped_unanswered() -> None:
    host, game, links = sat_down()
    while game.current != SLOW:
        act(host, game, links)
    links[SLOW].heard()
    turn = game.turn
    act(host, game, links)
    host.receive(links[SLOW], unreadable_play(links[SLOW]))
    assert (game.turn, links[SLOW].heard()) == (turn, [])
    acknowledge(host, links[SLOW], game.turn, game.tag())
    act(host, game, links)
    assert game.turn == turn + 1


def test_a_lost_turn_start_comes_again_with_the_next_acknowledgement() -> None:
    host, game, links = sat_down()
    act(host, game, links)
    acknowledge(host, links[SLOW], game.turn, game.tag())
    links[SLOW].heard()
    host.say(links[SLOW], SyncRequest(game.turn, game.tag()))
    assert links[SLOW].heard() == pair(game)
    acknowledge(host, links[SLOW], game.turn, game.tag())
    assert links[SLOW].heard() == [turn_message(game)]


def test_the_actor_gets_state_and_hand_once_and_cards_drawn_first() -> None:
    host, game, links = sat_down()
    for wanted in (False, True):
        while game.current != SLOW or (game.legal_actions() == [DRAW]) != wanted:
            if game.current == SLOW:
                acknowledge(host, links[SLOW], game.turn, game.tag())
            act(host, game, links)
        acknowledge(host, links[SLOW], game.turn, game.tag())
        links[SLOW].heard()
        before = len(game.hands[SLOW])
        act(host, game, links)
        drawn = [CardDrawn(tuple(game.hands[SLOW][before:]))] if wanted else []
        messages = links[SLOW].heard()
        end = next(message for message in messages if isinstance(message, TurnEnd))
        assert messages == [*drawn, end, *pair(game)]


def test_the_first_turn_waits_as_well() -> None:
    host = Host(TableSettings(seats=2))
    slow = host.hello("SLOW", room="TEA42", acknowledges=True)
    host.hello("FAST", room="TEA42")
    game = host.game(host.table("TEA42"))
    start, state, *hand = slow.heard()[-3:]
    assert isinstance(start, GameStart)
    assert [state, *hand] == [state_message(game), *hand_messages(game, 0)]
    acknowledge(host, slow, 0, game.tag())
    assert slow.heard() == [turn_message(game)]


def test_after_a_reclaim_the_acknowledgement_brings_the_turn_that_is_on() -> None:
    host, game, links = sat_down()
    act(host, game, links)
    host.lose(links[SLOW])
    host.wait(2)
    assert not links[SLOW].heard_of(TurnStart)
    again = seat_again(host, SLOW, acknowledges=True)
    acknowledge(host, again, game.turn, game.tag())
    assert again.heard()[-1] == turn_message(game)


def test_nothing_is_repeated_once_the_game_is_over() -> None:
    host = Host(TableSettings(seats=2))
    links = [host.hello(name, room="TEA42", acknowledges=True) for name in ("ANN", "BOB")]
    game = host.game(host.table("TEA42"))
    while not game.is_over:
        for link in links:
            acknowledge(host, link, game.turn, game.tag())
        act(host, game, links)
    numbers = {frame.sequence for link in links for frame in link.heard_frames()}
    assert numbers == set(range(len(numbers))), "no number is used up for nobody"
    host.wait(30)
    assert links[0].heard() == links[1].heard() == []
