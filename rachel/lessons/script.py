"""What a lesson is made of: prepared positions, the moves made in them, and what is said.

Texts write cards as ``{7H}``; `parts` takes such a text apart. Positions and moves are written in
the short form of cards.
"""

import re
from dataclasses import dataclass
from typing import Final

from rachel.rules.actions import DRAW, Action, Play
from rachel.rules.cards import DECK, parse_card, parse_suit
from rachel.rules.game import CLOCKWISE, Game

YOU: Final = 0
"""The seat of the player who learns."""

NAMES: Final = ("You", "Ben", "Cleo", "Dan")
"""Who sits where; a lesson has the first two, three or four of them."""

_CARD: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: of the player, who is asked for a move, or of another seat.

    Attributes:
        move: what is done: ``7H 7C``, ``AS hearts`` or ``draw``.
        told: what happened then, and why.
        ask: what the player is to do; empty in a turn of another seat.
        nudge: what is said after a move that the rules allow and the lesson is not about.
        also: moves that do as well, after which the lesson goes on in the same way.
        is_new: whether the player does such a thing for the first time, and is told the keys.
    """

    move: str
    told: str
    ask: str = ""
    nudge: str = ""
    also: tuple[str, ...] = ()
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A position and the turns that follow from it.

    Attributes:
        hands: the cards of each seat, apart by ``/``; the player's own come first.
        pile: the cards on the pile, the top one last.
        turns: what is done, turn by turn.
        deck: the cards to draw, the next one first; all that are nowhere else come after them.
        deck_ends: whether there are no more cards than these.
        opening: what is said before the first turn; may be empty.
        current: the seat that begins.
    """

    hands: str
    pile: str
    turns: tuple[Turn, ...]
    deck: str = ""
    deck_ends: bool = False
    opening: str = ""
    current: int = YOU

    def deal(self) -> Game:
        """Return the position as a game, in which play goes clockwise."""
        hands = [_cards(hand) for hand in self.hands.split("/")]
        deck, pile = _cards(self.deck), _cards(self.pile)
        if not self.deck_ends:
            placed = {*deck, *pile}.union(*hands)
            deck += (card for card in DECK if card not in placed)
        return Game(
            hands=hands,
            deck=deck[::-1],
            discard=pile,
            rng_state=1,
            current=self.current,
            direction=CLOCKWISE,
        )


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing to learn, in less than a minute and a half.

    Attributes:
        key: the word by which its progress is kept, and by which it can be asked for.
        title: its name.
        scenes: what happens, one after the other.
        summary: what to remember of it.
    """

    key: str
    title: str
    scenes: tuple[Scene, ...]
    summary: str


def parts(text: str) -> tuple[str | int, ...]:
    """Return a text with its cards as card bytes: ``("Play ", 7, ".")`` for ``Play {7H}.``."""
    pieces: list[str | int] = list(_CARD.split(text))
    pieces[1::2] = [parse_card(str(code)) for code in pieces[1::2]]
    return tuple(piece for piece in pieces if piece != "")


def parse_move(text: str) -> Action:
    """Return the action that ``text`` means: ``7H 7C``, ``AS hearts``, ``draw``.

    Raises:
        ValueError: it means none.
    """
    words = text.split()
    if words == ["draw"]:
        return DRAW
    suit = parse_suit(words.pop()) if words[-1].islower() else None
    return Play(tuple(map(parse_card, words)), suit)


def _cards(text: str) -> list[int]:
    return list(map(parse_card, text.split()))
