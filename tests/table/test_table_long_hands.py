"""Hands beyond 32 cards: HAND_SYNC with the first 32, CARD_DRAWN with the rest (rubp.md)."""

from table_auditor import TaggedGame, state_message, turn_message
from table_harness import Host, Mailbox, Player, token_of
from table_positions import (
    GAME_ID,
    LONG_HAND_ACTIONS,
    LONG_HAND_SEED,
    message_of,
    seat_again,
    stored_game,
)

from rachel.client.session import ClientSession
from rachel.rubp import (
    CARDS_MAX,
    CardDrawn,
    DrawCard,
    Error,
    ErrorCode,
    GameState,
    HandSync,
    PlayCard,
    SyncRequest,
    TurnEnd,
)
from rachel_server.core.table_settings import TableSettings

LAST_DRAW = len(LONG_HAND_ACTIONS) - 1


def sat_down(actions: int) -> tuple[Host, TaggedGame, list[Mailbox]]:
    """Return a host after so many actions of the game with the long hand, both people there."""
    host = Host(TableSettings(seats=2))
    table = host.restore(stored_game(2, LONG_HAND_SEED, LONG_HAND_ACTIONS[:actions]))
    links = [seat_again(host, seat) for seat in range(2)]
    for link in links:
        link.heard()
    return host, host.game(table), links


def test_the_draw_that_makes_it_long() -> None:
    host, game, (drawer, other) = sat_down(LAST_DRAW)
    before = len(game.hands[0])
    assert before <= CARDS_MAX
    host.say(drawer, DrawCard())
    hand, known = tuple(game.hands[0]), game.tag()
    assert len(hand) > CARDS_MAX
    end, state, start = drawer.heard()[-3:]
    host.say(drawer, SyncRequest(game.turn))
    sync = drawer.heard()
    assert isinstance(end, TurnEnd)
    assert isinstance(state, GameState)
    assert state.hand_counts[0] == len(hand), "the true count"
    rest = CardDrawn(hand[CARDS_MAX:])
    assert sync == [state_message(game), HandSync(hand[:CARDS_MAX], game.turn, known), rest]
    assert other.heard() == [end, state, start]


def test_the_drawer_hears_the_cards_then_the_hand_in_two_parts() -> None:
    host, game, (drawer, _) = sat_down(LAST_DRAW)
    before = len(game.hands[0])
    host.say(drawer, DrawCard())
    hand, known = tuple(game.hands[0]), game.tag()
    messages = drawer.heard()
    assert messages[:3] == [
        CardDrawn(hand[before:]),
        HandSync(hand[:CARDS_MAX], game.turn, known),
        CardDrawn(hand[CARDS_MAX:]),
    ]
    assert isinstance(messages[3], TurnEnd)
    assert messages[4:] == [state_message(game), turn_message(game)]


def test_a_refusal_shows_all_of_it() -> None:
    host, game, (owner, other) = sat_down(LAST_DRAW + 1)
    assert game.current == 1
    hand = tuple(game.hands[0])
    host.say(owner, PlayCard(hand[:1]))
    assert owner.heard() == [
        Error(ErrorCode.NOT_YOUR_TURN, hand[:1]),
        HandSync(hand[:CARDS_MAX], game.turn, game.tag()),
        CardDrawn(hand[CARDS_MAX:]),
    ]
    assert other.heard() == []


def test_coming_back_to_it() -> None:
    host, game, _ = sat_down(LAST_DRAW + 1)
    hand = tuple(game.hands[0])
    link = host.hello("P0", token=token_of(0), game_id=GAME_ID)
    messages = [message for message in link.heard() if isinstance(message, HandSync | CardDrawn)]
    assert messages == [
        HandSync(hand[:CARDS_MAX], game.turn, game.tag()),
        CardDrawn(hand[CARDS_MAX:]),
    ]


def test_with_acknowledgements_every_state_brings_all_of_it() -> None:
    host = Host(TableSettings(seats=2))
    table = host.restore(stored_game(2, LONG_HAND_SEED, LONG_HAND_ACTIONS[: LAST_DRAW + 1]))
    owner = seat_again(host, 0, acknowledges=True)
    other = seat_again(host, 1)
    game = host.game(table)
    owner.heard()
    host.say(other, message_of(game.legal_actions()[0]))
    hand = tuple(game.hands[0])
    messages = owner.heard()
    assert messages[2:4] == [
        HandSync(hand[:CARDS_MAX], game.turn, game.tag()),
        CardDrawn(hand[CARDS_MAX:]),
    ]


def test_a_session_holds_all_of_it_and_plays_on() -> None:
    host = Host(TableSettings(seats=2))
    table = host.restore(stored_game(2, LONG_HAND_SEED, LONG_HAND_ACTIONS[:LAST_DRAW]))
    game = host.game(table)
    players = [
        Player(host, ClientSession(f"P{n}", token=token_of(n), game_id=GAME_ID, acknowledge=n == 0))
        for n in range(2)
    ]
    for player in players:
        player.connect()
    longest = 0
    for _ in range(20):
        moved = [player.act() for player in players]
        view = players[0].session.view
        assert view is not None
        assert view.hand == tuple(game.hands[0])
        longest = max(longest, len(view.hand))
        if game.is_over:
            break
        if not any(moved):
            host.wait(1.0)
    assert longest > CARDS_MAX
