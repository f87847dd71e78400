"""What a hint says: a reason that a player at the table could give."""

import random
from typing import Final

import pytest
from scripted_host import position

from rachel.bots import choose
from rachel.rules.game import Game
from rachel.rules.view import view_for
from rachel_tui.words.advisor import hint

_ROOM: Final = 78
"""Columns of a terminal of 80 for a hint, with a space on both sides."""


@pytest.mark.parametrize(
    ("hand", "others", "top", "said"),
    [
        ("3S 7C 7H AS KC", ("5C 6C 8C", "4D 5D 6D"), "9H", "play 7H 7C: 2 cards go at once."),
        ("KD 10D", ("5C 6C 8C", "4D 5D"), "9D", "play KD: 10D is then your last play."),
        ("QD JC KC 10S", ("6H", "4D 5D"), "9C", "play JC: the next player draws 5, if nothing"),
        ("6H QH 2C", ("9C", "4D 5D"), "9H", "play QH: somebody has 1 card left, few fit on it"),
        (
            "2H 6H KC AS",
            ("5C 6C 9C 9D", "4D 5D 6S"),
            "9H",
            "play 6H: your 2 stays to answer an attack.",
        ),
        ("AH 4C 5C 6S", ("6C 8C 9D", "4D 5D KS"), "9H", "play AH, ask for clubs: you hold 2 clubs"),
        (
            "7H 6C 2C",
            ("10S 5H 3D JH 8H", "AD 4D AH QC"),
            "6H",
            "play 6C: one of 7H 2C fits on most cards.",
        ),
        (
            "3H 10H JS QD AH",
            ("5C 6C 8C 4S 9C", "4D 5D 6D 7D 8D"),
            "3D",
            "play 3H: what you keep fits on most cards.",
        ),
        ("AH AD AC KS", ("9C", "4D 5D"), "9H", "play 3 aces, ask for spades: KS is then your last"),
        ("3S KC", ("6C 8C", "4D 5D"), "9H", "nothing fits: draw 1 card."),
        ("9C KC", ("6C 8C", "4D 5D"), "9H", "play 9C: nothing else fits."),
        ("9C", ("6C 8C", "4D 5D"), "9H", "play 9C: it empties your hand."),
    ],
)
def test_a_hint_says_what_a_player_at_the_table_would(
    hand: str, others: tuple[str, ...], top: str, said: str
) -> None:
    assert hint(view_for(position(hand, *others, top=top), 0)).sentence.find(said) > 0


@pytest.mark.parametrize("seats", [2, 4, 8])
def test_a_hint_is_not_cut_off_where_there_are_80_columns(seats: int) -> None:
    rng = random.Random(0)
    for seed in range(12):
        game = Game.deal(seats, seed=seed)
        while not game.is_over:
            view = view_for(game, game.current)
            said = hint(view).sentence
            assert len(said) <= _ROOM, said
            game.apply(choose("beginner", view, rng))
