"""What fits, what threatens and what cards do, in the words of the rules."""

from dataclasses import replace

import pytest
from scripted_host import cards, position

from rachel.rubp import ErrorCode
from rachel.rules.view import PublicView, SeatView, view_for
from rachel_tui.words.hints import (
    attack_text,
    demand_text,
    draw_text,
    effect_text,
    last_suit,
    refusal_text,
    turn_demand,
)


def seen(top: str, *, draws: int = 0, skips: int = 0, suit: int | None = None) -> PublicView:
    """Return what everybody sees of a table with this top card."""
    game = position(
        "3S", "4S", top=top, pending_draws=draws, pending_skips=skips, nominated_suit=suit
    )
    return view_for(game, 0).public


def holding(hand: str, public: PublicView) -> SeatView:
    """Return what a seat with this hand sees at its turn."""
    return SeatView(0, tuple(cards(hand)), public)


@pytest.mark.parametrize(
    ("public", "demand"),
    [
        (seen("9H"), "play hearts or a 9"),
        (seen("8C"), "play clubs or an 8"),
        (seen("AD"), "play diamonds or an ace"),
        (seen("AD", suit=3), "play spades or an ace"),
    ],
)
def test_what_fits(public: PublicView, demand: str) -> None:
    assert demand_text(public) == demand


def test_at_the_end_of_a_game_nobody_is_attacked() -> None:
    public = seen("2S", draws=2)
    assert attack_text(public) == "+2 cards unless a 2 answers"
    assert attack_text(replace(public, is_over=True)) == ""


def test_aces_that_end_the_game_ask_for_no_suit() -> None:
    two, three = seen("9H"), view_for(position("AS", "4S", "5S", top="9H"), 0).public
    assert last_suit(cards("AS AH"), holding("AS AH", two)) == 0
    assert last_suit(cards("AS"), holding("AS AH", two)) is None, "a card is left"
    assert last_suit(cards("AS"), holding("AS", three)) is None, "the others play on"
    assert last_suit(cards("9S"), holding("9S", two)) is None


@pytest.mark.parametrize(
    ("public", "attack"),
    [
        (seen("9H"), ""),
        (seen("2D", draws=4), "+4 cards unless a 2 answers"),
        (seen("JC", draws=5), "+5 cards unless a jack answers"),
        (seen("JH", draws=5), "+5 cards, nothing answers a red jack"),
        (seen("7D", skips=1), "1 skip unless a 7 answers"),
        (seen("7D", skips=3), "3 skips unless a 7 answers"),
    ],
)
def test_what_threatens(public: PublicView, attack: str) -> None:
    assert attack_text(public) == attack


@pytest.mark.parametrize(
    ("hand", "public", "demand"),
    [
        ("3S KH", seen("9H"), "play hearts or a 9"),
        ("3S KC", seen("9H"), "nothing fits, draw a card"),
        ("3S KC", seen("AD", suit=0), "nothing fits, draw a card"),
        ("2C KD", seen("2D", draws=4), "answer with a 2"),
        ("3S KD", seen("2D", draws=4), "draw 4 cards"),
        ("JH KC", seen("JC", draws=5), "answer with a jack"),
        ("3S KC", seen("JC", draws=5), "draw 5 cards"),
        ("JD KH", seen("JH", draws=5), "draw 5 cards"),
        ("7H KD", seen("7D", skips=1), "answer with a 7"),
    ],
)
def test_what_there_is_to_do(hand: str, public: PublicView, demand: str) -> None:
    assert turn_demand(holding(hand, public)) == demand


@pytest.mark.parametrize(
    ("played", "public", "effect"),
    [
        ("9C", seen("9H"), ""),
        ("2C 2D", seen("2H", draws=2), "next player draws 6"),
        ("7C", seen("9C"), "next player is skipped"),
        ("7C 7D", seen("7H", skips=1), "next 3 turns are skipped"),
        ("QH", seen("9H"), "turns the direction"),
        ("QH QC", seen("9H"), "two queens, the direction stays"),
        ("AH", seen("9H"), "you choose the suit"),
        ("JC", seen("9C"), "next player draws 5"),
        ("JH", seen("9H"), ""),
        ("JH", seen("JC", draws=5), "ends the attack"),
        ("JH", seen("JS", draws=10), "next player draws 5"),
        ("JH JS", seen("JC", draws=5), "next player draws 5"),
        ("JS JH JD", seen("JC", draws=5), "ends the attack"),
    ],
)
def test_what_a_play_does(played: str, public: PublicView, effect: str) -> None:
    assert effect_text(cards(played), public) == effect


def test_what_a_draw_takes() -> None:
    assert draw_text(seen("9H")) == "Nothing fits: draw 1 card."
    assert draw_text(seen("2H", draws=6)) == "Nothing fits: draw 6 cards."


@pytest.mark.parametrize("code", ErrorCode)
def test_every_refusal_has_words(code: ErrorCode) -> None:
    assert refusal_text(code)
