"""What holds for every game, and that the engine agrees with a second reading of the rules."""

from game_strategies import U64, games, positions, unhurried
from hypothesis import given
from hypothesis import strategies as st
from positions import refusal
from rulebook import Table

from rachel.rules.actions import Action, Draw, Play
from rachel.rules.cards import DECK
from rachel.rules.events import Event
from rachel.rules.game import Game
from rachel.rules.view import public_view, view_for

ANY_GAME = st.one_of(games(), positions())


@st.composite
def attempts(draw: st.DrawFn, game: Game) -> Action:
    """Return something a seat might try: mostly with its own cards, rarely by the rules."""
    hand = game.hands[game.current]
    card = st.sampled_from([*hand, *hand, *hand, *DECK, 0x00, 0xFE, 0xFF])
    rank = draw(card) & 63
    alike = [held for held in hand if held & 63 == rank]
    cards = draw(
        st.one_of(
            st.lists(card, max_size=3),
            st.lists(st.sampled_from(alike), max_size=5) if alike else st.just([]),
            st.permutations(alike),
        )
    )
    suit = draw(st.sampled_from([None, None, 0, 1, 2, 3, 4, -1]))
    play = Play(tuple(cards), suit)
    choices: list[Action] = [Draw(), play, play]
    return draw(st.sampled_from(choices))


@unhurried
@given(seats=st.integers(2, 8), seed=U64)
def test_deals_like_the_rulebook(seats: int, seed: int) -> None:
    assert Table.of(Game.deal(seats, seed)) == Table.dealt(seats, seed)


@unhurried
@given(game=ANY_GAME)
def test_lists_the_legal_actions_of_the_rulebook_in_its_order(game: Game) -> None:
    assert game.legal_actions() == Table.of(game).legal_actions()


@unhurried
@given(game=ANY_GAME)
def test_hashes_like_the_rulebook(game: Game) -> None:
    assert game.state_hash() == Table.of(game).state_hash()


@unhurried
@given(game=ANY_GAME, data=st.data())
def test_refuses_what_the_rulebook_refuses_and_then_changes_nothing(
    game: Game, data: st.DataObject
) -> None:
    action = data.draw(attempts(game))
    before = Table.of(game)
    before_hash = game.state_hash()
    events: list[Event] = []
    reason = refusal(lambda: game.apply(action, events))
    assert reason is before.refusal(action)
    if reason is not None:
        assert Table.of(game) == before
        assert game.state_hash() == before_hash
        assert events == []


@unhurried
@given(game=ANY_GAME, data=st.data())
def test_changes_what_the_rulebook_changes(game: Game, data: st.DataObject) -> None:
    table = Table.of(game)
    for _ in range(data.draw(st.integers(1, 20))):
        if game.is_over:
            break
        action = data.draw(st.sampled_from(game.legal_actions()))
        game.apply(action)
        table.apply(action)
        assert Table.of(game) == table


@unhurried
@given(game=ANY_GAME)
def test_every_listed_action_applies_and_keeps_all_cards(game: Game) -> None:
    def all_cards(game: Game) -> list[int]:
        return sorted([*game.deck, *game.discard, *(card for hand in game.hands for card in hand)])

    for action in game.legal_actions():
        after = game.copy()
        after.apply(action)
        assert after.turn == game.turn + 1
        assert all_cards(after) == all_cards(game) == sorted(DECK)
        assert after.is_over or not after.out[after.current]


@unhurried
@given(game=ANY_GAME)
def test_single_cards_and_pairs_that_are_not_listed_are_refused(game: Game) -> None:
    """Cards may follow the leader in any order, so that plays are compared as sets of cards."""
    listed = {
        (frozenset(action.cards), action.suit)
        for action in game.legal_actions()
        if isinstance(action, Play)
    }
    hand = game.hands[game.current]
    tries = [(card,) for card in DECK] + [(a, b) for a in hand for b in hand if a != b]
    for cards in tries:
        for suit in (None, 0, 1, 2, 3):
            accepted = refusal(lambda: game.copy().play(cards, suit)) is None  # noqa: B023
            leads = (frozenset(cards), suit) in listed and game.is_playable(cards[0])
            assert accepted == leads


@unhurried
@given(game=ANY_GAME, data=st.data())
def test_a_copy_is_independent(game: Game, data: st.DataObject) -> None:
    copy = game.copy()
    before = Table.of(game)
    assert Table.of(copy) == before
    for _ in range(data.draw(st.integers(0, 30))):
        if copy.is_over:
            break
        copy.apply(data.draw(st.sampled_from(copy.legal_actions())))
    assert Table.of(game) == before


@unhurried
@given(game=ANY_GAME)
def test_a_copy_draws_the_same_cards(game: Game) -> None:
    """A copy goes on with the same generator: it is the same game."""
    one, other = game.copy(), game.copy()
    for _ in range(40):
        if one.is_over:
            break
        one.apply(one.legal_actions()[-1])
        other.apply(other.legal_actions()[-1])
    assert one.state_hash() == other.state_hash()


@unhurried
@given(game=ANY_GAME)
def test_the_views_rules_are_the_games(game: Game) -> None:
    view = public_view(game)
    for card in DECK:
        assert view.is_playable(card) == game.is_playable(card)
        assert (view.why_not(card) is None) == game.is_playable(card)
    for seat in range(game.seats):
        expected = game.legal_actions() if seat == game.current else []
        assert view_for(game, seat).legal_actions() == expected
