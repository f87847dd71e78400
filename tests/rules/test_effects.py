"""What plays and draws do: each rule of docs/RULES.md on a scripted position, in its order.

The deal and what may be played at all is in test_rules.py, skips and the attack history in
test_attacks.py.
"""

import pytest
from positions import cards, play, position, refusal

from rachel.rules.actions import DRAW, Play, Refusal
from rachel.rules.cards import CLUBS, DIAMONDS, HEARTS, SPADES, cards_text
from rachel.rules.events import (
    AttackApplied,
    AttackReduced,
    CardsAddedToDiscard,
    CardsDrawn,
    CardsRemovedFromHand,
    DirectionReversed,
    Event,
    GameFinished,
    PlayerFinished,
    SkipApplied,
    SuitNominated,
    TurnAdvanced,
)
from rachel.rules.game import Game


def legal(game: Game) -> list[str]:
    return [str(action) for action in game.legal_actions()]


# Effects of a play


def test_cards_go_to_the_pile_in_the_order_given() -> None:
    game = position("4H 4C 4D 9S / 3C", "KH")
    play(game, "4H 4D 4C")
    assert cards_text(game.discard) == "KH 4H 4D 4C"
    assert cards_text(game.hands[0]) == "9S"


def test_only_the_first_card_must_match() -> None:
    game = position("4H 4C 9S / 3S", "KH")
    play(game, "4H 4C")
    assert cards_text([game.top]) == "4C"


def test_hands_keep_their_order() -> None:
    game = position("9S 4H 2D 4C KC / 3C", "KH", "8D")
    play(game, "4H 4C")
    assert cards_text(game.hands[0]) == "9S 2D KC"
    game = position("9S 2D / 3C", "KH", "8D 8C")
    game.draw()
    assert cards_text(game.hands[0]) == "9S 2D 8D"


@pytest.mark.parametrize(
    ("queens", "direction", "following"),
    [("QH", -1, 2), ("QH QD", 1, 1), ("QH QD QC", -1, 2), ("QH QD QC QS", 1, 1)],
)
def test_an_odd_number_of_queens_reverses(queens: str, direction: int, following: int) -> None:
    game = position("QH QD QC QS 3D / 3C / 4C", "KH")
    play(game, queens)
    assert (game.direction, game.current) == (direction, following)


def test_a_queen_reverses_back() -> None:
    game = position("QH 3D / 3C / 4C", "KH", direction=-1)
    play(game, "QH")
    assert (game.direction, game.current) == (1, 1)


def test_a_queen_between_two_passes_the_turn_on() -> None:
    """With two seats the direction turns round, the next one is still the other one."""
    game = position("QH 3D / 3C", "KH")
    play(game, "QH")
    assert (game.direction, game.current) == (-1, 1)


def test_stacked_aces_nominate_once() -> None:
    game = position("AH AC 3D / 3C", "KH")
    events = play(game, "AH AC", "spades")
    assert game.nominated_suit == SPADES
    assert events.count(SuitNominated(0, SPADES)) == 1


@pytest.mark.parametrize("nominated", [HEARTS, DIAMONDS, CLUBS, SPADES])
def test_an_ace_may_nominate_any_suit_even_its_own(nominated: int) -> None:
    game = position("AH 3D / 3C", "KH")
    game.play(cards("AH"), nominated)
    assert game.nominated_suit == nominated


def test_stacked_2s() -> None:
    game = position("2H 2C 3D / 2S 4D / 5C", "KH", "6C 6D 6H 6S 8C 8D 8H")
    play(game, "2H 2C")
    assert game.pending_draws == 4
    play(game, "2S")
    assert game.pending_draws == 6
    assert game.draw() == tuple(cards("6C 6D 6H 6S 8C 8D"))
    assert (game.pending_draws, game.current) == (0, 0)


def test_stacked_black_jacks() -> None:
    game = position("JC JS 3D / 4C", "KC")
    play(game, "JC JS")
    assert game.pending_draws == 10


@pytest.mark.parametrize(
    ("jacks", "left"),
    [("JH", 5), ("JH JD", 0), ("JH JS", 10), ("JS", 15), ("JS JH", 10), ("JH JD JS", 5)],
)
def test_red_jacks_take_five_draws_back(jacks: str, left: int) -> None:
    game = position("JH JD JS 3D / 4C", "JC", draws=10)
    play(game, jacks)
    assert game.pending_draws == left


def test_a_red_jack_never_goes_below_nothing() -> None:
    """J♥ first: there is nothing to take back yet, so that J♣ attacks in full."""
    game = position("JH JC 3D / 4C", "KH")
    events = play(game, "JH JC")
    assert game.pending_draws == 5
    assert not any(isinstance(event, AttackReduced) for event in events)
    game = position("JH JC 3D / 4C", "KC")
    play(game, "JC JH")
    assert game.pending_draws == 0


def test_a_red_jack_with_nothing_pending_is_an_ordinary_card() -> None:
    game = position("JH 3D / 4H", "KH")
    play(game, "JH")
    assert (game.pending_draws, game.attacks) == (0, [])
    assert legal(game) == ["4H"]


def test_what_a_red_jack_leaves_must_be_drawn() -> None:
    """A red jack on top and a penalty left: not even a jack answers it."""
    game = position("JH 3D / JS JD 4H", "JC", "6C 6D 6H 6S 8C", draws=10)
    play(game, "JH")
    assert legal(game) == ["draw"]
    assert len(game.draw()) == 5


def test_after_a_red_jack_took_it_all_play_goes_on() -> None:
    game = position("JH 3D / JD 4H 9C", "JC", draws=5)
    play(game, "JH")
    assert legal(game) == ["4H", "JD"]


def test_a_red_jack_on_a_black_one_of_two_seats_reduces_to_the_rest() -> None:
    game = position("JH 3D / 4H", "JC", draws=7)
    assert AttackReduced(0, 5) in play(game, "JH")
    assert game.pending_draws == 2


# Draws


def test_a_draw_takes_one_card_and_ends_the_turn() -> None:
    game = position("9S / 3C", "KH", "8H 8D")
    assert game.draw() == tuple(cards("8H"))
    assert (game.current, game.turn) == (1, 1)


def test_a_draw_keeps_the_nomination() -> None:
    game = position("9S / 3C 4D", "AH", "8H", nominated="diamonds")
    game.draw()
    assert game.nominated_suit == DIAMONDS
    assert legal(game) == ["4D"]


def test_a_penalty_leaves_no_attack_behind() -> None:
    """After it was drawn the 2 on top is an ordinary card."""
    game = position("9S / 3H 4D", "2H", "8H 8D 8C", draws=2)
    game.draw()
    assert legal(game) == ["3H"]


def test_the_discards_are_shuffled_in_the_middle_of_a_draw() -> None:
    game = position("9S / 3C", "KD KC 4H 5H JC", "8H", draws=5, rng_state=42)
    drawn = game.draw()
    assert drawn[0] == cards("8H")[0]
    assert sorted(drawn[1:]) == sorted(cards("KD KC 4H 5H"))
    assert cards_text(game.discard) == "JC"
    assert (game.deck, game.rng_state == 42) == ([], False)


def test_a_reshuffle_of_nothing_leaves_the_generator_as_it_is() -> None:
    """Not even a state of 0 is replaced where no number is drawn.

    docs/PROTOCOL.md, Proof of the deal, has what replaces it otherwise.
    """
    for pile in ("JC", "KD JC"):
        game = position("9S / 3C", pile, "", draws=4, rng_state=0)
        game.draw()
        assert game.rng_state == 0


def test_a_reshuffle_goes_on_with_the_games_generator() -> None:
    """Oldest first, from the end, next card first (docs/PROTOCOL.md, Proof of the deal)."""
    game = position("9S / 3C", "KD KC 4H 5H JC", "", draws=4, rng_state=1)
    x, pile = 1, cards("KD KC 4H 5H")
    for i in (3, 2, 1):
        x ^= x << 13 & 0xFFFFFFFFFFFFFFFF
        x ^= x >> 7
        x ^= x << 17 & 0xFFFFFFFFFFFFFFFF
        j = x % (i + 1)
        pile[i], pile[j] = pile[j], pile[i]
    assert game.draw() == tuple(pile)
    assert game.rng_state == x


def test_no_reshuffle_before_it_is_needed() -> None:
    game = position("9S / 3C", "KD KH", "8H")
    game.draw()
    assert (cards_text(game.discard), game.deck, game.rng_state) == ("KD KH", [], 1)


def test_a_draw_gets_what_there_was() -> None:
    game = position("9S / 3C", "KD JC", "8H", draws=5)
    assert game.draw() == tuple(cards("8H KD"))
    assert (game.pending_draws, game.current) == (0, 1)


def test_a_draw_from_nothing_still_ends_the_turn() -> None:
    game = position("9S / 3C", "KH")
    assert game.draw() == ()
    assert (game.current, game.turn, cards_text(game.hands[0])) == (1, 1, "9S")


# The end


def test_places_go_by_who_is_out_first() -> None:
    game = position("4H / 4C / 5C", "KH")
    play(game, "4H")
    assert (game.finish_order, game.out, game.is_over) == ([0], [True, False, False], False)
    play(game, "4C")
    assert (game.finish_order, game.is_over, game.survivor) == ([0, 1], True, 2)


def test_seats_that_are_out_have_no_turn() -> None:
    game = position("4H 9S / - / 5C", "KH", finished=[1])
    play(game, "4H")
    assert game.current == 2
    assert game.survivor is None


@pytest.mark.parametrize(
    ("card", "direction", "following"),
    [("4H", 1, 2), ("4H", -1, 0), ("QH", 1, 0), ("QH", -1, 2)],
)
def test_the_current_seat_at_the_end_is_the_next_one_even_if_it_is_out(
    card: str, direction: int, following: int
) -> None:
    game = position(f"- / {card} / - / 3C", "KH", finished=[2, 0], current=1, direction=direction)
    play(game, card)
    assert game.is_over
    assert game.current == following


def test_pending_skips_stay_at_the_end() -> None:
    game = position("7H 7C / 3C", "KH")
    play(game, "7H 7C")
    assert (game.is_over, game.pending_skips, game.current) == (True, 2, 1)


def test_pending_draws_stay_at_the_end() -> None:
    game = position("2H / 3C", "KH")
    play(game, "2H")
    assert (game.is_over, game.pending_draws, game.turn) == (True, 2, 1)
    assert cards_text(game.hands[1]) == "3C"


def test_several_last_cards_at_once() -> None:
    game = position("4H 4C / 3C", "KH")
    play(game, "4H 4C")
    assert game.finish_order == [0]


# Events, in order of effect


def test_events_of_a_play_that_ends_a_hand() -> None:
    game = position("2H 2C / 4C / 5C", "KH")
    two_h, two_c = cards("2H 2C")
    assert play(game, "2H 2C") == [
        CardsRemovedFromHand(0, (two_h, two_c)),
        CardsAddedToDiscard((two_h, two_c)),
        PlayerFinished(0, 0),
        AttackApplied(0, 1, 2),
        AttackApplied(0, 1, 2),
        TurnAdvanced(0, 1, 1),
    ]


def test_events_of_the_end() -> None:
    game = position("QH / - / 5C", "KH", finished=[1])
    assert play(game, "QH")[2:] == [
        PlayerFinished(0, 1),
        DirectionReversed(-1),
        TurnAdvanced(0, 2, 1),
        GameFinished(2, (1, 0)),
    ]


@pytest.mark.parametrize(
    ("hand", "text", "suit", "draws", "expected"),
    [
        ("AH 3D", "AH", "clubs", 0, [SuitNominated(0, CLUBS)]),
        ("7H 7C 3D", "7H 7C", None, 0, [SkipApplied(0, 1), SkipApplied(0, 1)]),
        ("QH QC 3D", "QH QC", None, 0, []),
        ("JH JS 3D", "JH JS", None, 7, [AttackReduced(0, 5), AttackApplied(0, 1, 5)]),
        ("JH JD 3D", "JH JD", None, 7, [AttackReduced(0, 5), AttackReduced(0, 2)]),
        ("9H 3D", "9H", None, 0, []),
    ],
)
def test_events_of_special_cards(
    hand: str, text: str, suit: str | None, draws: int, expected: list[Event]
) -> None:
    game = position(f"{hand} / 4C", "JC" if draws else "KH", draws=draws)
    assert play(game, text, suit)[2:-1] == expected


def test_events_of_a_draw() -> None:
    game = position("9S / 3C", "JC", "8H 8D", draws=2)
    events: list[Event] = []
    game.apply(DRAW, events)
    assert events == [CardsDrawn(0, tuple(cards("8H 8D"))), TurnAdvanced(0, 1, 1)]


def test_a_refused_action_has_no_events() -> None:
    events: list[Event] = []
    game = position("9S / 3C", "KH", "8H")
    assert refusal(lambda: game.apply(Play(tuple(cards("9S"))), events)) is Refusal.INVALID_PLAY
    assert events == []
