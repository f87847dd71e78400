"""The player's own turn in lines: what it demands, and what is typed in it."""

import asyncio
from collections.abc import Callable
from typing import Final

from rachel.rules.cards import ACE, card_code, rank_of
from rachel_tui.plain.commands import BACK, SUIT_QUESTION, TypedPlay, is_command, parse_nomination
from rachel_tui.plain.numbered import Numbered, numbered, typed_for
from rachel_tui.plain.text import first_move_line, turn_lines
from rachel_tui.sitting import Sitting
from rachel_tui.words.hints import last_suit, must_draw
from rachel_tui.words.results import result_of

_HINT_LIMIT_S: Final = 2.0
"""How long a hint may take."""


class OwnTurn:
    """Says when it is for the player to act, and acts for them.

    Attributes:
        has_acted: whether they have, and it has not been for them to act since.
    """

    def __init__(self, sitting: Sitting, say: Callable[[str], None], order: str) -> None:
        """Prepare for a sitting, with hands in an ``order`` (`sorted_hand`)."""
        self._sitting = sitting
        self._order = order
        self._say = say
        self.has_acted = False
        self._prompted = False
        self._taught: set[str] = set()  # for what it has been said how to do it
        self._cards: Numbered = ()  # as numbered last
        self._aces: tuple[int, ...] = ()  # aces whose suit is still to be named

    @property
    def cards(self) -> Numbered:
        """The player's hand with its numbers; empty where there is none."""
        view = self._sitting.session.view
        self._cards = numbered(view.hand if view else (), self._cards, self._order)
        return self._cards

    @property
    def is_on_its_way(self) -> bool:
        """Whether the host has not answered yet what was typed last."""
        session = self._sitting.session
        waits = self.has_acted and session.view is not None and session.view.is_my_turn
        return waits and not session.prompt and self._sitting.online

    def take(self) -> None:
        """Say what is demanded if it has become the player's turn to act."""
        session = self._sitting.session
        before, self._prompted = self._prompted, session.prompt and self._sitting.online
        self._aces = self._aces if self._prompted else ()
        if self._prompted and not before and session.view is not None:
            self.has_acted = False
            self.repeat()
            what = "draw" if must_draw(session.view) else "play"
            if what not in self._taught:
                self._taught.add(what)
                self._say(first_move_line(session.view, self.cards))

    def repeat(self) -> None:
        """Say what is demanded, if it is for the player to act."""
        session = self._sitting.session
        if session.view is not None and session.prompt:
            for line in turn_lines(session.view, self.cards, session.turn_time_s):
                self._say(line)

    def begin_anew(self) -> None:
        """Forget the game that was played: another one follows."""
        self.has_acted = self._prompted = False
        self._cards = self._aces = ()

    def answer_suit(self, line: str) -> bool:
        """Take a line as the answer if it has been asked which suit must follow aces.

        Return False for a command, which is still to be done. Questions leave it open, a move
        takes its place.
        """
        if not self._aces:
            return False
        if (suit := parse_nomination(line)) is not None:
            aces, self._aces = self._aces, ()
            self._act(self._sitting.play(aces, suit))
        elif line.strip().lower() == BACK:
            self._aces = ()
            self._say("No card is played.")
        elif is_command(line):
            return False
        else:
            self._say(SUIT_QUESTION)
        return True

    def play(self, typed: TypedPlay) -> None:
        """Play cards, or say why that cannot be, or ask for the suit of aces."""
        self._aces = ()
        view, suit = self._sitting.session.view, typed.suit
        if view is not None and self._sitting.session.prompt:
            if missing := [card for card in typed.cards if card not in view.hand]:
                self._say(f"You do not hold {card_code(missing[0])}.")
                return
            fitting = [card for card in typed.cards if view.public.is_playable(card)]
            if not fitting:
                card = typed.cards[0]
                self._say(f"{card_code(card)} does not fit: {view.public.why_not(card)}.")
                return
            suit = last_suit(typed.cards, view) if suit is None else suit
            if suit is None and rank_of(fitting[0]) == ACE:
                self._aces = typed.cards
                self._say(SUIT_QUESTION)
                return
        self._act(self._sitting.play(typed.cards, suit))

    def draw(self) -> None:
        """Draw, or say why that cannot be."""
        self._aces = ()
        self._act(self._sitting.draw())

    async def hint(self) -> None:
        """Say what the advanced bot would do in the player's place."""
        from rachel_tui.words.advisor import hint

        session = self._sitting.session
        if result_of(session) is not None:
            self._say("The game is over: there is nothing to play.")
            return
        if session.view is None or not session.prompt:
            self._say("Wait for your turn: then there is a hint.")
            return
        try:
            async with asyncio.timeout(_HINT_LIMIT_S):
                found = await asyncio.to_thread(hint, session.view)
        except TimeoutError:
            self._say("No hint: it takes too long.")
            return
        self._say(f"{found.sentence} Type {typed_for(found.cards, found.suit, self.cards)}.")

    def _act(self, problem: str) -> None:
        """Note that the player has acted, unless there is a problem, which is said."""
        if problem:
            self._say(f"Not possible: {problem}.")
        else:
            self.has_acted, self._prompted = True, False
