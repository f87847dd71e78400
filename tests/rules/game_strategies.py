"""Games in every stage, for hypothesis: a deal, and choices among the legal actions."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from rachel.rules.game import Game

U64 = st.integers(0, 2**64 - 1)

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no failure: playing a game up to its middle takes what it takes."""


@st.composite
def games(draw: st.DrawFn, turns: int = 120) -> Game:
    """Return a game after up to so many random turns; it may be over."""
    game = Game.deal(draw(st.integers(2, 8)), draw(U64))
    rng = draw(st.randoms(use_true_random=False))
    for _ in range(draw(st.integers(0, turns))):
        if game.is_over:
            break
        game.apply(rng.choice(game.legal_actions()))
    return game


@st.composite
def positions(draw: st.DrawFn) -> Game:
    """Return a position that need not come up in play: any cards anywhere, any attack pending."""
    deck = draw(st.permutations([suit << 6 | rank for suit in range(4) for rank in range(2, 15)]))
    seats = draw(st.integers(2, 8))
    sizes = draw(st.lists(st.integers(0, 12), min_size=seats, max_size=seats))
    hands = []
    for size in sizes:
        kept = min(size, len(deck) - 1)
        hands.append(deck[:kept])
        deck = deck[kept:]
    empty = draw(st.permutations([seat for seat in range(seats) if not hands[seat]]))
    playing = [seat for seat in range(seats) if hands[seat]]
    pile = draw(st.integers(1, len(deck)))
    turn = st.one_of(st.integers(0, 200), st.integers(2**16 - 3, 2**16 + 3), st.integers(0, 2**31))
    seat = st.integers(0, seats - 1)
    return Game(
        hands=hands,
        deck=deck[pile:],
        discard=deck[:pile],
        rng_state=draw(U64),
        current=draw(st.sampled_from(playing or list(range(seats)))),
        direction=draw(st.sampled_from([1, -1])),
        pending_draws=draw(st.sampled_from([0, 0, 0, 2, 5, 7, 300])),
        pending_skips=draw(st.sampled_from([0, 0, 0, 1, 3, 300])),
        nominated_suit=draw(st.sampled_from([None, None, 0, 1, 2, 3])),
        finish_order=list(empty),
        turn=draw(turn),
        attacks=draw(st.lists(st.tuples(seat, seat, st.sampled_from([1, 2, 5]), turn), max_size=8)),
    )
