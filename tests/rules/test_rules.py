"""The deal, what may be played, and refusals: each rule of docs/RULES.md on a scripted position.

What plays and draws then do is in test_effects.py.
"""

import pytest
from positions import cards, move, play, position, refusal

from rachel.rules.actions import IllegalAction, Refusal
from rachel.rules.cards import DIAMONDS
from rachel.rules.game import Game


def legal(game: Game) -> list[str]:
    return [str(action) for action in game.legal_actions()]


# Deal


@pytest.mark.parametrize(
    ("seats", "size"), [(2, 7), (3, 7), (4, 7), (5, 7), (6, 6), (7, 5), (8, 5)]
)
def test_hand_sizes(seats: int, size: int) -> None:
    game = Game.deal(seats, 1982)
    assert [len(hand) for hand in game.hands] == [size] * seats
    assert len(game.discard) == 1
    assert len(game.deck) == 51 - seats * size


@pytest.mark.parametrize("seats", [-1, 0, 1, 9])
def test_no_deal_for_other_numbers_of_seats(seats: int) -> None:
    with pytest.raises(ValueError, match="2 to 8 seats"):
        Game.deal(seats, 1)


def test_a_fresh_game_starts_at_seat_0_clockwise() -> None:
    game = Game.deal(3, 1)
    assert (game.current, game.direction, game.turn) == (0, 1, 0)
    assert (game.finish_order, game.attacks, game.out) == ([], [], [False] * 3)


@pytest.mark.parametrize("opening", ["2C", "7C", "JC", "JH", "QC", "AC"])
def test_the_opening_card_has_no_effect(opening: str) -> None:
    """Find deals that open with each special card: all of them start like any other."""
    (card,) = cards(opening)
    game = next(game for seed in range(1000) if (game := Game.deal(2, seed)).top == card)
    assert (game.current, game.direction) == (0, 1)
    assert (game.pending_draws, game.pending_skips, game.nominated_suit) == (0, 0, None)
    assert game.attacks == []


# Playable cards


def test_suit_or_rank_of_the_top_card() -> None:
    game = position("5H 9C 9D 10S / 3C", "9H")
    assert legal(game) == ["5H", "9D", "9C", "9D 9C"]


def test_an_ace_without_a_nomination_matches_like_any_card() -> None:
    """An ace that opens the game nominates nothing."""
    game = position("AS 4C KD / 3C", "AC")
    assert legal(game)[0] == "4C"
    assert legal(game)[1:] == [f"AS {suit}" for suit in ("hearts", "diamonds", "clubs", "spades")]


def test_an_ace_of_another_suit_does_not_match() -> None:
    assert legal(position("AS KD / 3C", "9H")) == ["draw"]


def test_a_nominated_suit_counts_and_the_top_card_does_not() -> None:
    game = position("9H 4S 9C AD / 3C", "9D AH", nominated="clubs")
    plays = legal(game)
    assert plays[:2] == ["9C", "9C 9H"]
    assert set(plays[2:]) == {f"AD {suit}" for suit in ("hearts", "diamonds", "clubs", "spades")}


def test_ace_on_ace_replaces_the_nomination() -> None:
    game = position("AS 4D / 3C 4C", "AH", nominated="clubs")
    play(game, "AS", "diamonds")
    assert game.nominated_suit == DIAMONDS
    assert not game.is_playable(cards("3C")[0])


def test_the_next_play_clears_the_nomination() -> None:
    game = position("4C 5D / 9C 3C", "AH", nominated="clubs")
    play(game, "4C")
    assert game.nominated_suit is None
    assert legal(game) == ["3C", "9C"]


@pytest.mark.parametrize(
    ("top", "hand", "expected"),
    [
        ("2H", "2C 3H JC AH", ["2C"]),
        ("JC", "JH JS 2C 5C", ["JH", "JS", "JH JS"]),
        ("JS", "2S 5S AS", ["draw"]),
        ("JH", "JD JC 3H", ["draw"]),
    ],
)
def test_pending_draws_are_answered_in_kind(top: str, hand: str, expected: list[str]) -> None:
    assert legal(position(f"{hand} / 3C", top, draws=5)) == expected


def test_pending_skips_are_answered_with_7s_only() -> None:
    assert legal(position("7C 7S 5H AH / 3C", "7H", skips=1)) == ["7C", "7S", "7C 7S"]


def test_skips_come_before_draws() -> None:
    """The first matching case decides; no game has both, but a snapshot may."""
    assert legal(position("7C 2C / 3C", "2H", skips=1, draws=2)) == ["7C"]


# The order of legal actions


def test_order_by_rank_then_suits_then_nomination() -> None:
    game = position("AS 5S KC 5H AH 5C / 3C", "5D")
    assert legal(game) == ["5H", "5C", "5H 5C", "5S", "5H 5S", "5C 5S", "5H 5C 5S"]
    game = position("AS 9H AH / 3C", "2H")
    ace_hearts = [f"AH {suit}" for suit in ("hearts", "diamonds", "clubs", "spades")]
    both = [f"AH AS {suit}" for suit in ("hearts", "diamonds", "clubs", "spades")]
    assert legal(game) == ["9H", *ace_hearts, *both]


def test_the_first_playable_card_in_suit_order_leads() -> None:
    assert legal(position("5H 5D 5S / 3C", "9S")) == ["5S", "5S 5H", "5S 5D", "5S 5H 5D"]


def test_no_legal_action_once_the_game_is_over() -> None:
    assert position("- / 3C", "9S", finished=[0]).legal_actions() == []


# Refusals, in the order they are found


def test_game_already_over_comes_first() -> None:
    game = position("- / 3C", "3S", finished=[0], current=1)
    assert refusal(lambda: game.play(())) is Refusal.GAME_ALREADY_OVER
    assert refusal(lambda: game.play(cards("3C"))) is Refusal.GAME_ALREADY_OVER
    assert refusal(game.draw) is Refusal.GAME_ALREADY_OVER


@pytest.mark.parametrize(
    ("text", "suit", "reason"),
    [
        ("", None, Refusal.INVALID_PLAY),
        ("", "hearts", Refusal.INVALID_PLAY),
        ("KS", None, Refusal.CARD_NOT_IN_HAND),
        ("4H 4H", None, Refusal.CARD_NOT_IN_HAND),
        ("5C 4S", None, Refusal.CARD_NOT_IN_HAND),  # mixed ranks, too
        ("9S 9S", None, Refusal.CARD_NOT_IN_HAND),  # not playable either
        ("4H 5H", None, Refusal.INVALID_PLAY),
        ("4C 4H", None, Refusal.INVALID_PLAY),  # the first card decides
        ("4C", "hearts", Refusal.INVALID_PLAY),  # before the nomination
        ("AC", None, Refusal.INVALID_PLAY),
        ("AH", None, Refusal.MUST_NOMINATE_SUIT),
        ("AH AC", None, Refusal.MUST_NOMINATE_SUIT),
        ("4H", "hearts", Refusal.CANNOT_NOMINATE_SUIT),
        ("4H 4C", None, None),
        ("AH", "spades", None),
    ],
)
def test_refusal_of_a_play(text: str, suit: str | None, reason: Refusal | None) -> None:
    game = position("4H 4C 5H 5C AH AC 9S / 3C", "KH")
    before = game.state_hash()
    assert refusal(lambda: game.apply(move(text, suit))) is reason
    assert (game.state_hash() == before) == (reason is not None)


@pytest.mark.parametrize("suit", [-1, 4, 0xFF])
def test_an_ace_needs_a_suit_that_exists(suit: int) -> None:
    game = position("AH 3D / 3C", "KH")
    assert refusal(lambda: game.play(cards("AH"), suit)) is Refusal.MUST_NOMINATE_SUIT


def test_no_draw_while_a_card_is_playable() -> None:
    game = position("9S 7C / 3C", "7H", skips=1)
    assert refusal(game.draw) is Refusal.MUST_PLAY_IF_ABLE


def test_refusals_say_why() -> None:
    with pytest.raises(IllegalAction, match="only a 2 answers a 2"):
        play(position("4H / 3C", "2H", draws=2), "4H")
    with pytest.raises(IllegalAction, match="you can play 7C"):
        position("7C / 3C", "7H", skips=1).draw()
