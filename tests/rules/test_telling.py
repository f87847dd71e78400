"""What is packed straight from a game is what the message classes say of it."""

import random

from game_strategies import U64, games, unhurried
from hypothesis import given
from hypothesis import strategies as st

from rachel import telling
from rachel.rubp import (
    CARDS_MAX,
    ActionKind,
    CardDrawn,
    GameState,
    HandSync,
    MessageType,
    TurnEnd,
    TurnStart,
)
from rachel.rules.actions import Play
from rachel.rules.game import Game


@unhurried
@given(game=games(), tag=U64)
def test_the_state_is_told_as_its_message_is(game: Game, tag: int) -> None:
    state = GameState(
        current_seat=game.current,
        direction=0 if game.direction == 1 else 1,
        top_card=game.top,
        nominated_suit=game.nominated_suit,
        pending_draws=game.pending_draws,
        pending_skips=game.pending_skips,
        deck_count=len(game.deck),
        hand_counts=tuple(map(len, game.hands)),
        game_over=game.is_over,
        survivor=game.survivor,
        turn=game.turn,
        state_hash=tag,
        discard_count=len(game.discard),
        out_mask=sum(2**seat for seat, out in enumerate(game.out) if out),
        finish_order=tuple(game.finish_order),
    )
    assert telling.game_state(game, tag) == state.pack()
    start = TurnStart(game.current, game.turn, game.pending_draws, game.pending_skips, tag)
    assert telling.turn_start(game, tag) == start.pack()
    for seat, hand in enumerate(game.hands):
        (kind, payload), *rest = telling.hand(game, seat, tag)
        assert (kind, rest) == (MessageType.HAND_SYNC, [])
        assert payload == HandSync(tuple(hand), game.turn, tag).pack()


@unhurried
@given(game=games(), rng=st.randoms(use_true_random=False), tag=U64)
def test_an_action_is_told_as_its_message_is(game: Game, rng: random.Random, tag: int) -> None:
    actions = game.legal_actions()
    if not actions:
        return
    action, seat, before = rng.choice(actions), game.current, len(game.hands[game.current])
    game.apply(action)
    is_play = isinstance(action, Play)
    drawn = 0 if is_play else len(game.hands[seat]) - before
    order = game.finish_order
    end = TurnEnd(
        seat=seat,
        kind=ActionKind.PLAY if is_play else ActionKind.DRAW,
        cards=action.cards if isinstance(action, Play) else (),
        nominated_suit=action.suit if isinstance(action, Play) else None,
        drawn=drawn,
        next_seat=game.current,
        turn=game.turn,
        finish_position=order.index(seat) if seat in order else None,
        survivor=game.survivor,
        state_hash=tag,
    )
    assert telling.turn_end(game, seat, action, drawn, tag) == end.pack()


def test_a_long_hand_goes_on_in_further_messages() -> None:
    cards = [suit << 6 | rank for suit in range(4) for rank in range(2, 15)]
    hand, other, pile = cards[:40], cards[40:45], cards[45:]
    game = Game(hands=[hand, other], deck=[], discard=pile, rng_state=1, turn=9)
    sync = HandSync(tuple(hand[:CARDS_MAX]), 9, 77)
    rest = CardDrawn(tuple(hand[CARDS_MAX:]))
    expected = [(MessageType.HAND_SYNC, sync.pack()), (MessageType.CARD_DRAWN, rest.pack())]
    assert telling.hand(game, 0, 77) == expected
