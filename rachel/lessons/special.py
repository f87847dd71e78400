"""The lessons about the cards that do something."""

from typing import Final

from rachel.lessons.script import Lesson, Scene, Turn

TWOS: Final = Lesson(
    key="twos",
    title="Twos",
    scenes=(
        Scene(
            hands="2H 2S KC 6S / 9D KD 8C / 2C 9S QH",
            pile="5H",
            deck="3D 10C 8D 4D 6H 10H 5S",
            opening="Some cards do something. A two makes the next player draw two cards.",
            turns=(
                Turn(
                    move="2H",
                    ask="Ben comes after you. Play {2H}.",
                    nudge="Play just the two of hearts. You will need the other one.",
                    told="Two cards for Ben, unless he has a two himself.",
                ),
                Turn(move="draw", told="He has none: Ben draws two, and his turn is over."),
                Turn(
                    move="2C",
                    told=(
                        "Once somebody has drawn, a two is a card like any other. Cleo answers it "
                        "by rank, with {2C}. And now you are to draw two!"
                    ),
                ),
                Turn(
                    move="2S",
                    ask="Do not draw: a two answers a two. Play {2S}.",
                    told=(
                        "You draw nothing. What was meant for you goes on to Ben, and yours comes "
                        "on top: he faces four."
                    ),
                ),
                Turn(move="draw", told="Again Ben has no two. He draws four. Poor Ben."),
            ),
        ),
    ),
    summary="A two: the next player draws two, or answers with a two and passes it all on.",
)

SEVENS: Final = Lesson(
    key="sevens",
    title="Sevens",
    scenes=(
        Scene(
            hands="7C KH 3D / KS 5H 10H / 7H 9S 6D",
            pile="9C",
            opening="A seven makes the next player miss a turn.",
            turns=(
                Turn(
                    move="7C",
                    ask="Play {7C}, and watch what becomes of Ben.",
                    told="Ben has no seven, so he misses his turn. It is Cleo's turn.",
                ),
                Turn(
                    move="7H",
                    told=(
                        "Cleo has a seven as well, and you have none left: you miss a turn. "
                        "Back to Ben."
                    ),
                ),
            ),
        ),
        Scene(
            hands="7S KH 3S / KS 5H 10H / 7H 9C 6D",
            pile="9H",
            current=2,
            opening="Another hand. This time you hold a seven, {7S}.",
            turns=(
                Turn(
                    move="7H",
                    told=(
                        "Cleo plays {7H}. But a player with a seven does not miss the turn: they "
                        "must play it."
                    ),
                ),
                Turn(
                    move="7S",
                    ask="{KH} would fit, but now only a seven may be played. Play it.",
                    told=(
                        "Her skip and yours make two. Ben misses a turn, Cleo misses a turn, and "
                        "it is your turn again!"
                    ),
                ),
                Turn(
                    move="3S",
                    ask="The skips are spent. Play on as always: a spade on {7S}.",
                    told="Well played.",
                ),
            ),
        ),
    ),
    summary="A seven: the next player misses a turn, unless they hold a seven. Then they play it.",
)

QUEENS: Final = Lesson(
    key="queens",
    title="Queens",
    scenes=(
        Scene(
            hands="QD QS QC 9H / 5S 10C KH / 5D 8S 3C",
            pile="8D",
            opening=(
                "Turns go from you to Ben, then to Cleo, and back to you. A queen turns the "
                "direction round."
            ),
            turns=(
                Turn(
                    move="QD",
                    ask="Play one queen, {QD}.",
                    nudge="Just one queen for now: {QD}.",
                    told="The direction turns. Now it is Cleo who comes after you!",
                ),
                Turn(move="5D", told="Cleo plays {5D}. Ben is next."),
                Turn(move="5S", told="Ben plays {5S}. Now it is your turn."),
                Turn(
                    move="QS QC",
                    ask="Two queens turn it twice. Play {QS} and {QC} together.",
                    nudge="Take both queens this time, {QS} first.",
                    told="There and back: the direction is as before, and Cleo is next again.",
                ),
            ),
        ),
    ),
    summary="A queen turns the direction of play. Two at once leave it as it was; three turn it.",
)

ACES: Final = Lesson(
    key="aces",
    title="Aces",
    scenes=(
        Scene(
            hands="AS 9D 10D KC / 8H 5S 6C / AH 4S 3S",
            pile="6S",
            deck="QH 9S",
            opening=(
                "With an ace you name the suit that must follow. You hold two diamonds: name "
                "these, and you can go on with them."
            ),
            turns=(
                Turn(
                    move="AS diamonds",
                    ask="Play {AS}, and name diamonds.",
                    nudge="You may name any suit. But diamonds are what you hold most of.",
                    told="Diamonds must follow. That the ace itself is a spade does not count.",
                    is_new=True,
                ),
                Turn(
                    move="draw",
                    told="Ben has no diamond. He draws, and the suit stands.",
                ),
                Turn(
                    move="AH clubs",
                    told="Only another ace may be played instead. Cleo has one, and names clubs.",
                ),
                Turn(
                    move="KC",
                    ask="So now it is clubs, or an ace. Play your club.",
                    told=(
                        "With your card the wish is granted. From now on suit or rank counts again."
                    ),
                ),
            ),
        ),
    ),
    summary=(
        "An ace: you name the suit that must follow. To be played, an ace has to fit like any "
        "other card."
    ),
)

BLACK_JACKS: Final = Lesson(
    key="black-jacks",
    title="Black jacks",
    scenes=(
        Scene(
            hands="JC 2D 6H KH / 9H 8C 4D / JS 5S 3C",
            pile="10C",
            deck="6S 7D 8H QS 3S 5D 9C KD AD 4H 10S",
            opening=(
                "The hardest card of all is a black jack, {JC} or {JS}: the next player draws five."
            ),
            turns=(
                Turn(
                    move="JC",
                    ask="Play {JC}.",
                    told="Five cards for Ben, unless he answers with a jack.",
                ),
                Turn(move="draw", told="Ben has no jack. He draws five cards."),
                Turn(move="JS", told="Cleo has the other black jack. Five cards for you!"),
                Turn(
                    move="draw",
                    ask="Only a jack answers a jack. Your {2D} does not, so draw.",
                    told=(
                        "Five cards more. That happens to everybody. In the next lesson you will "
                        "have an answer."
                    ),
                ),
            ),
        ),
    ),
    summary="A black jack: the next player draws five, or answers with a jack.",
)

RED_JACKS: Final = Lesson(
    key="red-jacks",
    title="Red jacks",
    scenes=(
        Scene(
            hands="JH 6C 9D / 9H 4C 8D / JS 5S 3C",
            pile="10S",
            current=2,
            opening="A red jack, {JH} or {JD}, is the remedy against black ones.",
            turns=(
                Turn(move="JS", told="Cleo plays {JS}: you are to draw five."),
                Turn(
                    move="JH",
                    ask="A red jack takes five cards away. Play {JH}.",
                    told="Five less five: nobody draws, and the game goes on.",
                ),
                Turn(
                    move="9H",
                    told="Ben plays on your red jack as on any card: a heart on a heart.",
                ),
            ),
        ),
        Scene(
            hands="JD 6C 9D / JH 4C 8D / JS JC 3C",
            pile="10S",
            deck="5H QS 7C KH 9C",
            current=2,
            opening="One red jack is not always enough.",
            turns=(
                Turn(move="JS JC", told="Cleo plays both black jacks. That makes ten!"),
                Turn(
                    move="JD",
                    ask="One red jack takes five of them away. Play {JD}.",
                    told=(
                        "You draw nothing. Five are left, for Ben. And behind a red jack nothing "
                        "answers any more."
                    ),
                ),
                Turn(move="draw", told="Ben holds {JH}, but he may not play it. He draws five."),
            ),
        ),
    ),
    summary=(
        "A red jack takes five cards off a black jack's attack. What is left, the next player "
        "draws. With no attack it is an ordinary card."
    ),
)
