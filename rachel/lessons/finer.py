"""The last lessons: attacks that grow, chains of sevens, the end of the deck and of a game."""

from typing import Final

from rachel.lessons.script import Lesson, Scene, Turn

STACKS: Final = Lesson(
    key="stacks",
    title="Attacks that grow",
    scenes=(
        Scene(
            hands="2H 2D KC / 2C 9S 8C / QH 6D 9C",
            pile="5H",
            deck="3D 10C 8D 4D 6H 10H 5S",
            opening="Special cards go together like all others, and each of them counts.",
            turns=(
                Turn(
                    move="2H 2D",
                    ask="Play both twos, {2H} first.",
                    nudge="Play both twos at once: that makes four cards.",
                    told="Two and two: Ben faces four.",
                ),
                Turn(move="2C", told="Ben answers with {2C}. Now Cleo faces six!"),
                Turn(move="draw", told="Cleo has no two. She draws six."),
            ),
        ),
        Scene(
            hands="JS 2S 9D / JH 4C 8D / JC JD 3C",
            pile="10C",
            deck="5H QS 7C KH 9C",
            current=2,
            opening="With jacks it is the same. This time you hold a jack and a two.",
            turns=(
                Turn(
                    move="JC",
                    told="Cleo plays {JC}: five cards for you.",
                ),
                Turn(
                    move="JS",
                    ask="Which of your cards answers a jack? Play it.",
                    told="Another black jack on top: now Ben faces ten.",
                ),
                Turn(move="JH", told="Ben's red jack takes five off. Five are left, for Cleo."),
                Turn(
                    move="draw",
                    told="Behind a red jack not even her {JD} helps. Cleo draws five.",
                ),
            ),
        ),
    ),
    summary="Twos answer twos, jacks answer jacks, and the cards to draw add up.",
)

SKIPS: Final = Lesson(
    key="skips",
    title="Chains of sevens",
    scenes=(
        Scene(
            hands="7H 7S KD 3C / KH 5D 10H 9S / 7D 9C 6D 4D / KS 8D 5S 10S",
            pile="9H",
            opening="Today Dan plays, too. Two sevens at once are two skips.",
            turns=(
                Turn(
                    move="7H 7S",
                    ask="Play both sevens, {7H} first.",
                    nudge="Play both sevens at once.",
                    told=(
                        "Ben has no seven and misses a turn. One skip is left. But Cleo holds a "
                        "seven: the chain stops at her."
                    ),
                ),
                Turn(
                    move="7D",
                    told=(
                        "She must play it, and there are two skips again. Dan misses a turn, you "
                        "miss a turn, and Ben is next."
                    ),
                ),
            ),
        ),
        Scene(
            hands="7C 7D 9D / KS 5H 10S 6H",
            pile="4C",
            opening=(
                "With two players sevens are at their best: when Ben misses a turn, it is your "
                "turn again."
            ),
            turns=(
                Turn(
                    move="7C",
                    ask="Play only one seven, {7C}.",
                    nudge=(
                        "With both at once Ben would miss a turn, and you would miss the next "
                        "one. Play {7C} alone."
                    ),
                    told="Ben misses a turn. It is yours again.",
                ),
                Turn(
                    move="7D",
                    ask="And once more: {7D}.",
                    told="Ben misses another turn.",
                ),
                Turn(
                    move="9D",
                    ask="Your last card is a diamond, like {7D}. Play it!",
                    told="You are out and win; Ben is left with cards and loses.",
                ),
            ),
        ),
    ),
    summary=(
        "Each seven is one skip, and skips add up. A player with a seven stops them, and must "
        "play it."
    ),
)

DECK: Final = Lesson(
    key="deck",
    title="When the deck runs out",
    scenes=(
        Scene(
            hands="KC 9H 10S / 2S 4C 8D / 2C 5S 3C",
            pile="3H 8S KD 6H 9C",
            deck="QH",
            deck_ends=True,
            current=2,
            opening="Only one card is left in the deck, and five lie on the pile.",
            turns=(
                Turn(move="2C", told="Cleo plays {2C}: you are to draw two."),
                Turn(
                    move="draw",
                    ask="You hold no two. Draw, and watch the deck.",
                    told=(
                        "You took the last card. Then the pile was shuffled into a new deck, all "
                        "but its top card, and you drew your second card from that."
                    ),
                ),
                Turn(move="4C", told="Ben plays on {2C}, which is still on top."),
            ),
        ),
        Scene(
            hands="KC 9H / 4D 8D / 5S 3D",
            pile="6D",
            deck_ends=True,
            turns=(
                Turn(
                    move="draw",
                    ask="It is rare, but now there is nothing left to draw at all. Try it.",
                    told="You draw nothing, and your turn is over. That is all.",
                ),
            ),
            opening="And if nobody has put enough cards on the pile?",
        ),
    ),
    summary="When the deck runs out, the pile becomes the new deck, all but its top card.",
)

ENDING: Final = Lesson(
    key="ending",
    title="How a game ends",
    scenes=(
        Scene(
            hands="2S / 9D / 9S 5D",
            pile="6S",
            deck="KD QH 3C",
            opening="You hold one card, and so does Ben. This is close.",
            turns=(
                Turn(
                    move="2S",
                    ask="Play your last card, {2S}.",
                    told=(
                        "No cards left: you are out. You are the first, so you win! And a last "
                        "card still does its work: Ben is to draw two."
                    ),
                ),
                Turn(move="draw", told="Ben draws two. The others play on for the places."),
                Turn(move="9S", told="Cleo plays {9S}, and has one card left."),
                Turn(move="9D", told="Ben plays {9D}, but two are still in his hand."),
                Turn(
                    move="5D",
                    told=(
                        "Cleo plays her last card and is out second. Only Ben still holds cards: "
                        "the game is over, and Ben loses."
                    ),
                ),
            ),
        ),
    ),
    summary=(
        "A player without cards is out, and the first one out wins. The last player with cards "
        "loses."
    ),
)
