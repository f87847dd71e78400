"""Games between bots come out the same for the same seed, and every seat gets its place."""

from collections import Counter

import pytest

from rachel.bots import LEVELS
from rachel.simulation import TURN_BOUND, BotGame, Tally, play_game, play_games


def test_the_same_seed_plays_the_same_game() -> None:
    assert play_game(LEVELS, 5) == play_game(LEVELS, 5)
    assert play_game(LEVELS, 5).actions != play_game(LEVELS, 6).actions


def test_a_game_can_be_replayed_from_its_trace() -> None:
    game = play_game(LEVELS, 5)
    trace = game.trace()
    end = trace.verify().end
    assert trace.names == ("Beginner 0", "Intermediate 1", "Advanced 2")
    assert trace.bots == (0, 1, 2)
    assert len(trace.steps) == len(game.actions) < TURN_BOUND
    assert (tuple(end.finish_order), end.survivor) == (game.finish_order, game.survivor)


def test_a_game_is_given_up_at_the_turn_bound() -> None:
    game = play_game(LEVELS, 5, turn_bound=10)
    assert len(game.actions) == 10
    assert not game.is_finished
    assert game.places() == {}


def test_places_go_from_the_winner_to_the_survivor() -> None:
    game = BotGame(("beginner",) * 4, 1, (), (2, 0, 3), 1)
    assert game.places() == {2: 1, 0: 2, 3: 3, 1: 4}


@pytest.mark.parametrize("levels", [["beginner"], ["beginner"] * 9, ["beginner", "expert"]])
def test_refuses_what_cannot_be_played(levels: list[str]) -> None:
    with pytest.raises(ValueError, match=r"a game has 2 to 8 seats|is no level of bot"):
        play_game(levels, 5)


def test_everybody_sits_everywhere_beside_everybody() -> None:
    """After two rounds each level had each seat as often, and each pair both orders."""
    seats: Counter[tuple[int, str]] = Counter()
    followers: Counter[tuple[str, str]] = Counter()
    games = list(play_games(LEVELS, 3, 6, seed=1))
    for game in games:
        for seat, level in enumerate(game.levels):
            seats[seat, level] += 1
            followers[level, game.levels[(seat + 1) % 3]] += 1
    assert set(seats.values()) == {2}
    assert len(followers) == 6
    assert set(followers.values()) == {3}
    assert len({game.seed for game in games}) == 6


def test_levels_are_repeated_round_the_table() -> None:
    game = next(play_games(["advanced", "beginner"], 5, 1, seed=1))
    assert game.levels == ("advanced", "beginner", "advanced", "beginner", "advanced")


def test_a_tally_counts_places_by_level() -> None:
    tally = Tally()
    levels = ("advanced", "beginner", "beginner")
    tally.add(BotGame(levels, 1, play_game(levels, 1).actions[:7], (0, 2), 1))
    tally.add(BotGame(levels, 2, (), (1, 0), 2))
    tally.add(BotGame(levels, 3, (), (1,), None))
    assert (tally.games, tally.unfinished, tally.actions) == (3, 1, 7)
    advanced, beginner = tally.levels["advanced"], tally.levels["beginner"]
    assert (advanced.seats_played, advanced.mean_place) == (2, 1.5)
    assert (advanced.win_share, advanced.loss_share) == (0.5, 0.0)
    assert (beginner.seats_played, beginner.mean_place) == (4, 2.25)
    assert (beginner.win_share, beginner.loss_share) == (0.25, 0.5)


def test_unfinished_games_give_nobody_a_place() -> None:
    tally = Tally()
    tally.add(BotGame(("advanced", "beginner"), 1, (), (), None))
    assert tally.levels["advanced"].seats_played == 0
    assert tally.levels["advanced"].mean_place is None
    assert tally.levels["beginner"].win_share is None
