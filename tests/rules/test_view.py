"""Nothing that a seat must not know is in what it sees."""

import random

import pytest
from game_strategies import games, unhurried
from hypothesis import given
from hypothesis import strategies as st
from positions import cards, position

from rachel import telling
from rachel.rules.actions import DRAW
from rachel.rules.game import Game
from rachel.rules.view import public_view, view_for


def with_other_secrets(game: Game, seat: int | None, rng: random.Random) -> Game:
    """Return the game with the cards that ``seat`` cannot see dealt anew among their places."""
    other = game.copy()
    hidden = [other.deck, *(hand for who, hand in enumerate(other.hands) if who != seat)]
    pool = [card for place in hidden for card in place]
    rng.shuffle(pool)
    for place in hidden:
        for index in range(len(place)):
            place[index] = pool.pop()
    other.rng_state = rng.getrandbits(64)
    return other


@unhurried
@given(game=games(), rng=st.randoms(use_true_random=False))
def test_hidden_cards_change_no_view(game: Game, rng: random.Random) -> None:
    assert public_view(with_other_secrets(game, None, rng)) == public_view(game)
    for seat in range(game.seats):
        assert view_for(with_other_secrets(game, seat, rng), seat) == view_for(game, seat)


@unhurried
@given(game=games(), rng=st.randoms(use_true_random=False))
def test_hidden_cards_change_nothing_that_is_told(game: Game, rng: random.Random) -> None:
    public = with_other_secrets(game, None, rng)
    assert telling.game_state(public) == telling.game_state(game)
    assert telling.turn_start(public) == telling.turn_start(game)
    for seat in range(game.seats):
        assert telling.hand(with_other_secrets(game, seat, rng), seat) == telling.hand(game, seat)
        assert telling.turn_end(public, seat, DRAW, 1) == telling.turn_end(game, seat, DRAW, 1)


@unhurried
@given(game=games())
def test_a_view_is_a_picture(game: Game) -> None:
    """What happens later does not change a view that somebody holds."""
    views = [view_for(game, seat) for seat in range(game.seats)]
    texts = [repr(view) for view in views]
    for action in game.legal_actions()[:1]:
        game.apply(action)
    assert [repr(view) for view in views] == texts


def test_a_view_shows_the_table() -> None:
    game = position(
        "4H 4C / - / 5C 6C 7C", "KH 2S", "8D 9D",
        current=2, direction=-1, draws=2, finished=[1], turn=17,
    )  # fmt: skip
    public = public_view(game)
    assert (public.seats, public.current, public.direction) == (3, 2, -1)
    assert (public.top, public.seen) == (cards("2S")[0], tuple(cards("KH 2S")))
    assert (public.pending_draws, public.pending_skips, public.nominated_suit) == (2, 0, None)
    assert (public.deck_count, public.discard_count) == (2, 2)
    assert (public.hand_counts, public.out) == ((2, 0, 3), (False, True, False))
    assert (public.finish_order, public.turn, public.is_over) == ((1,), 17, False)
    assert public.survivor is None
    view = view_for(game, 2)
    assert (view.hand, view.is_my_turn) == (tuple(cards("5C 6C 7C")), True)
    assert not view_for(game, 0).is_my_turn


def test_the_survivor_shows_at_the_end() -> None:
    view = view_for(position("- / 3C", "9S", finished=[0], current=1), 1)
    assert (view.public.is_over, view.public.survivor, view.is_my_turn) == (True, 1, False)


@pytest.mark.parametrize(
    ("game", "reason"),
    [
        (position("4H / 3C", "2S", skips=1), "only a 7 answers a 7"),
        (position("4H / 3C", "2S", draws=2), "only a 2 answers a 2"),
        (position("4H / 3C", "JC", draws=5), "only a jack answers a black jack"),
        (position("4H / 3C", "JH", draws=5), "draw the remaining 5"),
        (position("4H / 3C", "2S", nominated="clubs"), "needs clubs or an ace"),
        (position("4H / 3C", "2S"), "needs the suit or rank of 2S"),
        (position("4H / 3C", "2H"), None),
    ],
)
def test_why_3h_may_not_be_played(game: Game, reason: str | None) -> None:
    assert public_view(game).why_not(cards("3H")[0]) == reason
