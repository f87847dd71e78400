"""What is said aloud names cards in words."""

import pytest

from rachel_tui.plain.spoken import spoken


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "Your hand: 1 3S, 2 10H fits, 3 AS.",
            "Your hand: 1: 3 of spades, 2: 10 of hearts fits, 3: ace of spades.",
        ),
        ("Bot Ada plays KD KC.", "Bot Ada plays king of diamonds, king of clubs."),
        (
            "Type 6, for instance, to play KH; or help.",
            "Type 6, for instance, to play king of hearts; or help.",
        ),
        ("Black jack (JC and JS): ...", "Black jack (jack of clubs and jack of spades): ..."),
        ("AS does not fit.", "Ace of spades does not fit."),
        ("No. JC fits, JS too.", "No. Jack of clubs fits, jack of spades too."),
        ("7h or play 7h: play that card.", "7h or play 7h: play that card."),
        ("1: TEA42 plays: Ann-2C.", "1: TEA42 plays: Ann-2C."),
        ("Which host? 1: https://4H.example/2C.", "Which host? 1: https://4H.example/2C."),
    ],
)
def test_cards_in_words(line: str, said: str) -> None:
    assert spoken(line) == said
