"""Bots play by the rules, from what their seat sees alone, and better the higher their level."""

import dataclasses
import random

import pytest
from game_strategies import U64, games, positions, unhurried
from hypothesis import given
from hypothesis import strategies as st
from positions import cards, move, position

from rachel.bots import LEVELS, choose
from rachel.rules.actions import Action
from rachel.rules.cards import DECK, cards_text
from rachel.rules.game import Game
from rachel.rules.view import SeatView, view_for
from rachel.simulation import Tally, play_game, play_games

LEVEL = st.sampled_from(LEVELS)


def chosen(level: str, game: Game) -> Action:
    return choose(level, view_for(game, game.current), random.Random(1))


def deal_hidden_cards_anew(game: Game, rng: random.Random) -> None:
    """Deal what the seat to act cannot see anew among the places it is in."""
    hidden = [game.deck, *(hand for seat, hand in enumerate(game.hands) if seat != game.current)]
    pool = [card for place in hidden for card in place]
    rng.shuffle(pool)
    for place in hidden:
        place[:] = [pool.pop() for _ in place]
    game.rng_state = rng.getrandbits(64)


@unhurried
@given(game=st.one_of(games(), positions()), level=LEVEL, seed=U64)
def test_answers_are_legal(game: Game, level: str, seed: int) -> None:
    actions = game.legal_actions()
    if actions:
        action = choose(level, view_for(game, game.current), random.Random(seed))
        assert action in actions
        game.apply(action)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("seats", range(2, 9))
def test_games_come_to_an_end(level: str, seats: int) -> None:
    for seed in range(5):
        places = play_game([level] * seats, seed).places()
        assert sorted(places.values()) == list(range(1, seats + 1))


@unhurried
@given(game=games(), level=LEVEL, seed=U64)
def test_the_same_view_and_the_same_chance_give_the_same_answer(
    game: Game, level: str, seed: int
) -> None:
    if game.is_over:
        return
    view = view_for(game, game.current)
    seen = repr(view)
    first, second = random.Random(seed), random.Random(seed)
    assert choose(level, view, first) == choose(level, view_for(game, game.current), second)
    assert first.getstate() == second.getstate()
    assert repr(view) == seen


@unhurried
@given(game=games(), level=LEVEL, rng=st.randoms(use_true_random=False), seed=U64)
def test_hidden_cards_change_no_answer(
    game: Game, level: str, rng: random.Random, seed: int
) -> None:
    if game.is_over:
        return
    answer = choose(level, view_for(game, game.current), random.Random(seed))
    deal_hidden_cards_anew(game, rng)
    assert choose(level, view_for(game, game.current), random.Random(seed)) == answer


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("seen", [(), tuple(range(256))])
def test_a_poor_memory_of_the_pile_is_no_obstacle(level: str, seen: tuple[int, ...]) -> None:
    """A client that came late saw none of the pile; a strange host may show it every card."""
    for seed in range(30):
        game = Game.deal(3, seed)
        view = view_for(game, 0)
        known = SeatView(0, view.hand, dataclasses.replace(view.public, seen=seen))
        assert choose(level, known, random.Random(seed)) in game.legal_actions()


def test_refuses_an_unknown_level() -> None:
    with pytest.raises(ValueError, match="'expert' is no level of bot; the levels are beginner, "):
        choose("expert", view_for(Game.deal(2, 42), 0), random.Random(1))


def test_refuses_to_act_out_of_turn() -> None:
    with pytest.raises(ValueError, match="not the turn of seat 1"):
        choose("beginner", view_for(Game.deal(2, 42), 1), random.Random(1))


def test_the_beginner_takes_any_action() -> None:
    view = view_for(position("4H 5H 6H / 9C 10C", "KH", "9D"), 0)
    rng = random.Random(3)
    taken = {str(choose("beginner", view, rng)) for _ in range(200)}
    assert taken == {"4H", "5H", "6H"}


def test_the_intermediate_bot_gets_rid_of_a_pair() -> None:
    game = position("4H 9H 9S KC / 9C 10C 3D", "2H", "9D")
    assert chosen("intermediate", game) == move("9H 9S")


def test_the_intermediate_bot_keeps_its_twos_until_the_neighbour_is_about_to_go_out() -> None:
    hand, pile = "2H 8H", "KH"
    assert chosen("intermediate", position(f"{hand} / 9C 10C 3D", pile, "9D")) == move("8H")
    assert chosen("intermediate", position(f"{hand} / 9C", pile, "9D")) == move("2H")


def test_the_intermediate_bot_looks_at_the_neighbour_that_is_still_in() -> None:
    hands = "2H 8H / - / 9C / 3C 4C 5C"
    assert chosen("intermediate", position(hands, "KH", "9D", finished=[1])) == move("2H")
    counter = position(hands, "KH", "9D", finished=[1], direction=-1)
    assert chosen("intermediate", counter) == move("8H")


def test_the_intermediate_bot_asks_for_its_own_best_suit() -> None:
    game = position("AH 4S 5S KC / 9C 10C 3D", "2H", "9D")
    assert chosen("intermediate", game) == move("AH", "spades")


def test_the_advanced_bot_goes_out_when_it_can() -> None:
    game = position("AH AS / 9C", "KH", "9D")
    action = chosen("advanced", game)
    game.apply(action)
    assert game.finish_order == [0]


def test_the_advanced_bot_asks_for_a_suit_that_nobody_can_have() -> None:
    """Every club and every ace is in its hand or on the pile, so the last card cannot be one."""
    pile = "AC AD AS 2C 3C 5C 6C 7C 8C 9C 10C JC QC KC KH"
    game = position("AH 4C 3S 5S 8S / 4D", pile, "9D 6S")
    assert chosen("advanced", game) == move("AH", "clubs")
    assert chosen("intermediate", game) == move("AH", "spades")


def endgame(hand: str, unseen: str, top: str) -> Game:
    """Return a game against one card, the first of ``unseen``; all other cards were played."""
    held = [*cards(hand), *cards(unseen), *cards(top)]
    pile = cards_text([card for card in DECK if card not in held])
    theirs, _, deck = unseen.partition(" ")
    return position(f"{hand} / {theirs}", f"{pile} {top}", deck)


@pytest.mark.parametrize(("unseen", "best"), [("4S 6S 10S", "9H"), ("4H 6H 10H", "8S")])
def test_the_advanced_bot_plays_what_the_last_card_cannot_follow(unseen: str, best: str) -> None:
    assert chosen("advanced", endgame("9H 8S 3D", unseen, "9S")) == move(best)


@pytest.mark.parametrize(("unseen", "best"), [("10S KS 4D", "JC"), ("JD JH JS", "8C")])
def test_the_advanced_bot_attacks_when_nobody_can_answer(unseen: str, best: str) -> None:
    assert chosen("advanced", endgame("JC 8C 4H", unseen, "QC")) == move(best)


@pytest.mark.parametrize(("stronger", "weaker"), [(2, 1), (1, 0)], ids=["advanced", "intermediate"])
@pytest.mark.parametrize(("seats", "games_played"), [(2, 300), (4, 200), (6, 200)])
def test_a_higher_level_is_stronger(
    seats: int, games_played: int, stronger: int, weaker: int
) -> None:
    tally = Tally()
    for game in play_games([LEVELS[stronger], LEVELS[weaker]], seats, games_played, seed=1):
        tally.add(game)
    strong, weak = tally.levels[LEVELS[stronger]], tally.levels[LEVELS[weaker]]
    assert tally.unfinished == 0
    assert strong.seats_played == weak.seats_played == seats // 2 * games_played
    assert strong.mean_place is not None
    assert weak.mean_place is not None
    assert weak.mean_place - strong.mean_place > 0.1
    assert strong.wins > weak.wins
    assert strong.losses < weak.losses
