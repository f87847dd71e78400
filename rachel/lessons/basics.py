"""The first lessons: matching, drawing, several cards at once."""

from typing import Final

from rachel.lessons.script import Lesson, Scene, Turn

MATCHING: Final = Lesson(
    key="matching",
    title="Suit or rank",
    scenes=(
        Scene(
            hands="4H 4C KS 8D / 4S 10C 5D / 8S 9D JC",
            pile="9H",
            opening=(
                "Welcome! In Rachel you want to get rid of your cards, one after the other. What "
                "you may play depends on the top card. Now that is {9H}: rank nine, suit hearts."
            ),
            turns=(
                Turn(
                    move="4H",
                    ask="You may play a card of the same suit. Play your heart, {4H}.",
                    nudge="Look for the suit of the top card: hearts.",
                    told="A heart on a heart: the suit fits.",
                    is_new=True,
                ),
                Turn(
                    move="4S",
                    told=(
                        "Ben plays {4S}. That is no heart, but a four like yours: the same rank "
                        "fits, too."
                    ),
                ),
                Turn(move="8S", told="Cleo plays {8S}: a spade on a spade."),
                Turn(
                    move="KS",
                    also=("8D",),
                    ask="Now two of your cards fit: {KS} by suit, {8D} by rank. Play either.",
                    told="Well done. Which one you play is yours to decide, turn by turn.",
                ),
            ),
        ),
    ),
    summary="Play a card that has the suit or the rank of the top card.",
)

DRAWING: Final = Lesson(
    key="drawing",
    title="When nothing fits",
    scenes=(
        Scene(
            hands="KS 9C 3H / KD 5C 6S / 10D 4H QC",
            pile="6D",
            deck="8D 5H JS",
            opening="The top card is {6D}. You hold no diamond and no six.",
            turns=(
                Turn(
                    move="draw",
                    ask="Nothing fits? Then you draw a card from the deck. Draw.",
                    told="You drew {8D}. It would fit, but drawing ends your turn: keep it.",
                    is_new=True,
                ),
                Turn(move="KD", told="Ben plays {KD}."),
                Turn(
                    move="10D",
                    told=(
                        "Cleo plays {10D}. Now for the other half of the rule: if something fits, "
                        "you must play. You cannot draw to keep a good card back."
                    ),
                ),
                Turn(
                    move="8D",
                    ask="Something fits now. Play it. (Or try to draw, and see.)",
                    told="Right: {8D} fits, so {8D} it is.",
                ),
            ),
        ),
    ),
    summary="Nothing fits: draw one card, and your turn is over. Something fits: you must play.",
)

TOGETHER: Final = Lesson(
    key="together",
    title="Several at once",
    scenes=(
        Scene(
            hands="4H 4C 4S 8D 8C KC / 4D 10S 5H / 6D 9S KH",
            pile="9H",
            opening=(
                "You hold three fours. Cards of one rank may go together, in one turn! Only the "
                "first one has to fit. Here that is {4H}."
            ),
            turns=(
                Turn(
                    move="4H 4C 4S",
                    also=("4H 4S 4C",),
                    ask="Play all three fours, {4H} first.",
                    nudge="That would do, but there is more to win: three fours in one turn.",
                    told="Three cards gone at once! The one you picked last lies on top.",
                    is_new=True,
                ),
                Turn(move="4D", told="Ben has the fourth four."),
                Turn(move="6D", told="Cleo plays {6D}."),
                Turn(
                    move="8D 8C",
                    ask=(
                        "You hold two eights. Only {8D} fits, so it goes first, and {8C} ends up "
                        "on top. Play both."
                    ),
                    nudge="Take both eights, {8D} first and then {8C}.",
                    told=(
                        "See? You have turned diamonds into clubs, and your {KC} is a club. The "
                        "order is yours to choose."
                    ),
                ),
            ),
        ),
    ),
    summary="Cards of one rank go together. The first must fit; the last one ends up on top.",
)
