"""What happened at the table, told in sentences for people.

A sentence holds cards as cards, so that a screen can colour them and a line printer spell them.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from rachel.client.session import ClientSession
from rachel.client.updates import (
    Announced,
    GameOver,
    GameStarted,
    HandChanged,
    Moved,
    MovedMeanwhile,
    RosterChanged,
    Update,
    Welcomed,
)
from rachel.rubp import Phase
from rachel.rules.cards import ACE, JACK, QUEEN, SUIT_NAMES, card_code, is_black_jack
from rachel_tui.words.hints import GOAL

Sentence: TypeAlias = tuple[str | int, ...]
"""Text with cards in between; every int is a card byte."""

SENTENCES_MAX: Final = 300
"""How many sentences are remembered: the newest ones."""

_ANNOUNCED_NAME_MAX: Final = 20
"""Characters of a name that fit into a host's announcement."""

_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_NUMBERS: Final = ("no", "one", "two", "three", "four")


def ordinal(position: int) -> str:
    """Return the word for a finish position, which counts from 0: first, second..."""
    return _ORDINALS[position] if position < len(_ORDINALS) else f"number {position + 1}"


def plain_text(sentence: Sentence) -> str:
    """Return a sentence with its cards written short: ``Bot Ada plays 7H.``, for instance."""
    return "".join(part if isinstance(part, str) else card_code(part) for part in sentence)


def card_list(cards: Iterable[int]) -> Sentence:
    """Return cards with a space between them."""
    parts: list[str | int] = []
    for card in cards:
        parts += [" ", card] if parts else [card]
    return tuple(parts)


class Story:
    """Turns the updates of one session into sentences and remembers them.

    Attributes:
        sentences: what was told, the oldest first, at most SENTENCES_MAX.
    """

    def __init__(self) -> None:
        self.sentences: deque[Sentence] = deque(maxlen=SENTENCES_MAX)
        self._drawn: tuple[int, ...] = ()
        self._present: frozenset[int] | None = None
        self._playing = False
        # The table before the next move. TURN_END comes before the state that follows from it, so
        # that its sentences need what was true before (docs/PROTOCOL.md, "Your turn").
        self._direction = 1
        self._pending_draws = 0
        self._counts: list[int] = []

    def tell(self, updates: Iterable[Update], session: ClientSession) -> list[Sentence]:
        """Return the sentences for ``updates``, which ``session`` has just taken in."""
        told: list[Sentence] = []
        for update in updates:
            told += self._sentences(update, session)
        public = session.public
        if public is not None:
            self._direction = public.direction
            self._pending_draws = public.pending_draws
            self._counts = list(public.hand_counts)
        self.sentences += told
        return told

    def note(self, text: str) -> Sentence:
        """Add a sentence about something that did not happen at the table; return it."""
        self.sentences.append(sentence := (text,))
        return sentence

    def _sentences(self, update: Update, session: ClientSession) -> Iterator[Sentence]:
        match update:
            case Welcomed(phase=phase):
                self._playing = phase is Phase.PLAYING
                self._present = None
                if session.watches:
                    yield ("You are watching.",)
                else:
                    yield ("You are back at your seat." if self._playing else "You have a seat.",)
            case RosterChanged():
                yield from self._arrivals(session)
            case GameStarted():
                self._playing = True
                self._direction, self._pending_draws = 1, 0
                dealt = max(session.public.hand_counts) if session.public else 7
                self._counts = [dealt] * session.seats
                starter = "You start" if session.seat == 0 else f"{_name(session, 0)} starts"
                if not session.watches:
                    yield (GOAL,)
                yield (f"The cards are dealt. {starter}.",)
            case HandChanged(drawn=drawn):
                self._drawn = drawn or self._drawn
            case Moved():
                yield from self._move(update, session)
            case MovedMeanwhile(left=left, came=came):
                yield _meanwhile(left, came)
            case GameOver(survivor=survivor):
                self._playing = False
                yield from self._end(survivor, session)
            case Announced(text=text) if not _is_old_news(text, session):
                yield (f"Host: {text}" if text.endswith((".", "!", "?")) else f"Host: {text}.",)
            case _:
                return

    def _arrivals(self, session: ClientSession) -> Iterator[Sentence]:
        """Tell who came and who left; during a game the host announces that itself."""
        before, self._present = self._present, session.present
        if self._playing or before is None:
            return
        for seat in sorted(self._present - before - {session.seat}):
            yield (f"{_name(session, seat)} sits down.",)
        for seat in sorted(before - self._present - {session.seat}):
            yield (f"{_name(session, seat)} leaves.",)

    def _move(self, move: Moved, session: ClientSession) -> Iterator[Sentence]:
        mine = move.seat == session.seat
        who = "You" if mine else _name(session, move.seat)
        if move.cards:
            yield self._play(move, who)
        else:
            yield self._draw(move, who, self._drawn if mine else ())
        if move.seat < len(self._counts):
            self._counts[move.seat] += move.drawn - len(move.cards)
            if self._counts[move.seat] == 1 and move.cards:
                yield (f"{who} {_verb('have', mine)} one card left!",)
        if move.finish_position is not None:
            place = ordinal(move.finish_position)
            exclaim = " and win!" if mine else " and wins!"
            end = exclaim if move.finish_position == 0 else "."
            yield (f"{who} {_verb('go', mine)} out {place}{end}",)
        for seat in self._skipped(move):
            missing = "You miss" if seat == session.seat else f"{_name(session, seat)} misses"
            yield (f"{missing} a turn.",)

    def _play(self, move: Moved, who: str) -> Sentence:
        rank = move.cards[0] & 63
        effect = ""
        if rank == 2:
            self._pending_draws += 2 * len(move.cards)
            effect = f": +{self._pending_draws} cards"
        elif rank == 7:
            skips = len(move.cards)
            effect = f": {_NUMBERS[skips]} skip{'s' if skips > 1 else ''}"
        elif rank == JACK:
            before = self._pending_draws
            for card in move.cards:
                change = 5 if is_black_jack(card) else -5
                self._pending_draws = max(0, self._pending_draws + change)
            if self._pending_draws:
                effect = f": +{self._pending_draws} cards"
            elif before:
                effect = ": the attack is off"
        elif rank == QUEEN and len(move.cards) % 2:
            self._direction = -self._direction
            effect = ": the direction turns"
        elif rank == ACE and move.suit is not None:
            effect = f": {SUIT_NAMES[move.suit]} now"
        return _told(move, who, "play", *card_list(move.cards), end=f"{effect}.")

    def _draw(self, move: Moved, who: str, drawn: tuple[int, ...]) -> Sentence:
        self._pending_draws, self._drawn = 0, ()
        if not move.drawn:
            return _told(move, who, "find", "nothing to draw")
        if len(drawn) == move.drawn:
            return _told(move, who, "draw", *card_list(drawn))
        return _told(move, who, "draw", "a card" if move.drawn == 1 else f"{move.drawn} cards")

    def _skipped(self, move: Moved) -> Iterator[int]:
        """Yield the seats that a 7 skipped on the way to the next seat."""
        seats = len(self._counts)
        active = [seat for seat in range(seats) if self._counts[seat]]
        if len(active) < 2:
            return
        seat = move.seat
        for _ in range(seats):
            seat = (seat + self._direction) % seats
            if seat == move.next_seat:
                return
            if seat in active:
                yield seat

    def _end(self, survivor: int | None, session: ClientSession) -> Iterator[Sentence]:
        if survivor is None:
            yield ("The game is over.",)
        elif survivor == session.seat:
            yield ("The game is over: you are left with cards and lose.",)
        else:
            name = _name(session, survivor)
            yield (f"The game is over: {name} is left with cards and loses.",)


def _is_old_news(text: str, session: ClientSession) -> bool:
    """Tell whether an announcement says what the player knows: the room, or their own return."""
    me = "" if session.seat is None else _name(session, session.seat)
    return text.startswith("Room ") or text == f"{me[:_ANNOUNCED_NAME_MAX]} is back"


def _told(move: Moved, who: str, verb: str, *what: str | int, end: str = ".") -> Sentence:
    if move.for_us:
        return (f"A bot {_verb(verb, False)} ", *what, f" for you{end}")
    return (f"{who} {_verb(verb, who == 'You')} ", *what, end)


def _meanwhile(left: tuple[int, ...], came: tuple[int, ...]) -> Sentence:
    parts: list[str | int] = []
    for cards, what in ((left, "played"), (came, "drawn")):
        if cards:
            parts += [", " if parts else "While you were away: ", *card_list(cards), f" {what}"]
    return (*parts, " for you.")


def _name(session: ClientSession, seat: int) -> str:
    names = session.names
    return names[seat] if seat < len(names) else f"Seat {seat + 1}"


def _verb(verb: str, mine: bool) -> str:
    """Return ``verb`` as it follows ``You`` (mine) or a name."""
    if mine:
        return verb
    return {"have": "has", "go": "goes"}.get(verb, f"{verb}s")
