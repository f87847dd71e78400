"""What can be typed in plain mode."""

import re

import pytest
from scripted_host import cards

from rachel_tui.plain.commands import Query, TypedPlay, parse_command, parse_nomination

HAND = cards("2D 7H 7C 10D AS")


@pytest.mark.parametrize(
    ("text", "played", "suit"),
    [
        ("7H", "7H", None),
        ("play 7h", "7H", None),
        ("p 7h 7c", "7H 7C", None),
        ("7♥, 7♣", "7H 7C", None),
        ("10d", "10D", None),
        ("2", "7H", None),
        ("3 2", "7C 7H", None),
        ("play 5", "AS", None),
        ("as hearts", "AS", 0),
        ("as h", "AS", 0),
        ("AS AH ♠", "AS AH", 3),
        ("5 clubs", "AS", 2),
        ("KH", "KH", None),
        ("play 10 of  diamonds", "10D", None),
        ("7 of hearts, 7 of clubs", "7H 7C", None),
        ("Ace of Spades hearts", "AS", 0),
        ("seven of hearts", "7H", None),
        ("the seven of heart, the Seven of Clubs", "7H 7C", None),
        ("two diamonds", "2D", None),
        ("9 spades", "9S", None),
        ("9 s", "9S", None),
        ("9 of spade", "9S", None),
        ("ace spades h", "AS", 0),
        ("q hearts", "QH", None),
        ("5 of clubs", "5C", None),
        ("2.", "7H", None),
        ("7h. 7c.", "7H 7C", None),
        ("7h and 7c!", "7H 7C", None),
        ("seven of hearts and the seven of clubs", "7H 7C", None),
        ("2 & 3; 2", "7H 7C 7H", None),
        ("the ace", "AS", None),
        ("ace", "AS", None),
        ("play the ace hearts", "AH", None),
        ("play ten", "10D", None),
    ],
)
def test_plays(text: str, played: str, suit: int | None) -> None:
    assert parse_command(text, HAND) == TypedPlay(tuple(cards(played)), suit)


@pytest.mark.parametrize("query", Query)
def test_every_word_of_every_query(query: Query) -> None:
    for word in query.value:
        assert parse_command(f"  {word.upper()} ", HAND) is query


def test_an_empty_line_is_nothing() -> None:
    assert parse_command("  ", HAND) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Settings", "settings is at home, not here. Type quit to leave."),
        ("hello", "'hello' is no command. Type help for what you can type."),
        ("play", "Play what? Name the cards, like: play 7h 7c"),
        ("6", "There is no card number 6; your hand has 1 to 5."),
        ("0", "There is no card number 0; your hand has 1 to 5."),
        ("7h foo", "'foo' is no card. Write cards like 7h, 10d or qs, or use their numbers."),
        ("play foo", "'foo' is no card. Write cards like 7h, 10d or qs, or use their numbers."),
        ("as foo", "'foo' is no suit. Type hearts, diamonds, clubs or spades after the ace."),
        ("7h hearts", "'hearts' is no card. Write cards like 7h, 10d or qs, or use their numbers."),
        ("seven", "Which seven? Name its suit, too, or type its number."),
        ("play king", "You hold no king."),
        ("pass", "There is no passing: play what fits, or draw when nothing does."),
        ("hand me", "'hand me' is no command. Type help for what you can type."),
    ],
)
def test_what_is_not_understood_is_answered_in_one_helpful_line(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        parse_command(text, HAND)


def test_a_line_that_is_a_suit() -> None:
    assert [parse_nomination(text) for text in ("Hearts", "d", "♣", "x")] == [0, 1, 2, None]


def test_a_long_line_is_not_said_again_whole() -> None:
    with pytest.raises(ValueError, match=r"^'x{30}…' is no command\.") as raised:
        parse_command("x" * 500, ())
    assert len(str(raised.value)) < 100
