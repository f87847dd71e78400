"""What a hint says: a reason that a player at the table could give."""

import pytest
from table_host import position

from rachel.rules.view import view_for
from rachel_tui.words.advisor import hint


@pytest.mark.parametrize(
    ("hand", "others", "top", "said"),
    [
        ("3S 7C 7H AS KC", ("5C 6C 8C", "4D 5D 6D"), "9H", "play 7H 7C: 2 cards go at once."),
        ("KD 10D", ("5C 6C 8C", "4D 5D"), "9D", "play KD: then one play is left, 10D."),
        ("QD JC KC 10S", ("6H", "4D 5D"), "9C", "play JC: the next player draws 5, if nothing"),
        ("6H QH 2C", ("9C", "4D 5D"), "9H", "play QH: somebody has 1 card left, and few fit on"),
        ("2H 6H KC AS", ("5C 6C 9C 9D", "4D 5D 6S"), "9H", "play 6H: a 2 is worth more later"),
        ("AH 4C 5C 6S", ("6C 8C 9D", "4D 5D KS"), "9H", "ask for clubs: you hold 2 clubs"),
        ("7H 6C 2C", ("10S 5H 3D JH 8H", "AD 4D AH QC"), "6H", "play 6C: you keep 7H 2C: one"),
        (
            "3H 10H JS QD AH",
            ("5C 6C 8C 4S 9C", "4D 5D 6D 7D 8D"),
            "3D",
            "play 3H: what you keep fits on most cards.",
        ),
        ("3S KC", ("6C 8C", "4D 5D"), "9H", "Nothing fits: draw 1 card."),
        ("9C KC", ("6C 8C", "4D 5D"), "9H", "play 9C: nothing else fits."),
        ("9C", ("6C 8C", "4D 5D"), "9H", "play 9C: it empties your hand."),
    ],
)
def test_a_hint_says_what_a_player_at_the_table_would(
    hand: str, others: tuple[str, ...], top: str, said: str
) -> None:
    assert hint(view_for(position(hand, *others, top=top), 0)).sentence.find(said) > 0
