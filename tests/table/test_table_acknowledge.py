"""Links that acknowledge pairs: TURN_START waits for their word, or for a second."""

from table_auditor import hand_messages, state_message, turn_message
from table_harness import Host, Mailbox
from table_positions import find, message_of, seat_again, stored_game

from rachel.rubp import CardDrawn, GameStart, SyncRequest, TurnEnd, TurnStart
from rachel.rules.actions import DRAW
from rachel.rules.game import Game
from rachel_server.core.table_settings import TableSettings

SHORT = 1e-6
SLOW = 1


def sat_down() -> tuple[Host, Game, list[Mailbox]]:
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


def act(host: Host, game: Game, links: list[Mailbox]) -> None:
    host.say(links[game.current], message_of(game.legal_actions()[0]))


def acknowledge(host: Host, link: Mailbox, turn: int, known: int | None) -> None:
    host.say(link, SyncRequest(turn, known, acknowledge=True))


def test_the_turn_waits_for_the_acknowledgement_of_that_link_alone() -> None:
    host, game, links = sat_down()
    act(host, game, links)
    end, state, start = links[2].heard()
    assert start == turn_message(game)
    assert links[SLOW].heard() == [end, *hand_messages(game, SLOW), state]
    acknowledge(host, links[SLOW], game.turn, game.state_hash())
    assert links[SLOW].heard() == [start]
    assert links[2].heard() == []


def test_without_an_acknowledgement_it_waits_one_second() -> None:
    host, game, links = sat_down()
    act(host, game, links)
    links[SLOW].heard()
    host.wait(1 - SHORT)
    assert links[SLOW].heard() == []
    host.wait(SHORT)
    assert links[SLOW].heard() == [turn_message(game)]
    acknowledge(host, links[SLOW], game.turn, game.state_hash())
    assert links[SLOW].heard() == [], "it comes once"


def test_an_acknowledgement_of_another_state_does_not_count() -> None:
    host, game, links = sat_down()
    before = game.state_hash()
    act(host, game, links)
    links[SLOW].heard()
    acknowledge(host, links[SLOW], game.turn - 1, before)
    acknowledge(host, links[SLOW], game.turn, game.state_hash() ^ 1)
    assert links[SLOW].heard() == []
    acknowledge(host, links[SLOW], game.turn, game.state_hash())
    assert links[SLOW].heard() == [turn_message(game)]


def test_an_acknowledgement_without_a_hash_counts() -> None:
    host, game, links = sat_down()
    act(host, game, links)
    links[SLOW].heard()
    acknowledge(host, links[SLOW], game.turn, None)
    assert links[SLOW].heard() == [turn_message(game)]


def test_an_acknowledgement_of_another_turn_does_not_count() -> None:
    host, game, links = sat_down()
    act(host, game, links)
    links[SLOW].heard()
    acknowledge(host, links[SLOW], game.turn - 1, None)
    assert links[SLOW].heard() == []


def test_the_acknowledgement_of_somebody_else_does_not_count() -> None:
    host, game, links = sat_down()
    act(host, game, links)
    links[SLOW].heard()
    acknowledge(host, links[2], game.turn, game.state_hash())
    assert links[SLOW].heard() == []


def test_the_next_action_releases_the_turn_before_it() -> None:
    host, game, links = sat_down()
    act(host, game, links)
    first = turn_message(game)
    links[SLOW].heard()
    act(host, game, links)
    messages = links[SLOW].heard()
    assert messages[0] == first
    assert [message.turn for message in messages if isinstance(message, TurnEnd)] == [game.turn]


def test_asking_for_everything_does_not_bring_the_turn() -> None:
    host, game, links = sat_down()
    act(host, game, links)
    links[SLOW].heard()
    host.say(links[SLOW], SyncRequest(game.turn, game.state_hash()))
    assert links[SLOW].heard() == [state_message(game), *hand_messages(game, SLOW)]
    acknowledge(host, links[SLOW], game.turn, game.state_hash())
    assert links[SLOW].heard() == [turn_message(game)]


def test_the_actor_gets_the_hand_once() -> None:
    host, game, links = sat_down()
    while game.current != SLOW or game.legal_actions() == [DRAW]:
        act(host, game, links)
    links[SLOW].heard()
    act(host, game, links)
    messages = links[SLOW].heard()
    messages = [m for m in messages if not isinstance(m, TurnStart)]
    assert messages == [
        *hand_messages(game, SLOW),
        next(m for m in messages if isinstance(m, TurnEnd)),
        state_message(game),
    ]


def test_a_drawer_who_acknowledges_hears_the_cards_too() -> None:
    host, game, links = sat_down()
    while game.current != SLOW or game.legal_actions() != [DRAW]:
        act(host, game, links)
    links[SLOW].heard()
    before = len(game.hands[SLOW])
    act(host, game, links)
    drawn = links[SLOW].heard_of(CardDrawn)
    assert drawn == [CardDrawn(tuple(game.hands[SLOW][before:]))]


def test_the_first_turn_waits_as_well() -> None:
    host = Host(TableSettings(seats=2))
    slow = host.hello("SLOW", room="TEA42", acknowledges=True)
    host.hello("FAST", room="TEA42")
    game = host.game(host.table("TEA42"))
    start, *hand, state = slow.heard()[-3:]
    assert isinstance(start, GameStart)
    assert [*hand, state] == [*hand_messages(game, 0), state_message(game)]
    acknowledge(host, slow, 0, game.state_hash())
    assert slow.heard() == [turn_message(game)]


def test_who_waits_for_a_turn_and_is_lost_gets_it_no_more() -> None:
    host, game, links = sat_down()
    act(host, game, links)
    slow = links[SLOW]
    slow.heard()
    host.lose(slow)
    links[2].heard()
    host.wait(2)
    assert slow.heard() == []
    again = seat_again(host, SLOW, acknowledges=True)
    host.wait(2)
    assert again.heard() == [], "a reclaim brings the pair and no TURN_START"


def test_a_table_where_everybody_acknowledges_uses_no_numbers_for_nobody() -> None:
    host = Host(TableSettings(seats=2))
    links = [host.hello(name, room="TEA42", acknowledges=True) for name in ("ANN", "BOB")]
    game = host.game(host.table("TEA42"))
    for _ in range(20):
        for link in links:
            acknowledge(host, link, game.turn, game.state_hash())
        if game.is_over:
            break
        act(host, game, links)
    numbers = {frame.sequence for link in links for frame in link.heard_frames()}
    assert numbers == set(range(len(numbers)))
