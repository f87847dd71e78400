"""What happened at the table, told in sentences for people.

A sentence holds cards as cards, so that a screen can colour them and a line printer spell them.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from rachel.client.session import ClientSession
from rachel.client.updates import (
    Announced,
    GameOver,
    GameStarted,
    HandChanged,
    Moved,
    MovedMeanwhile,
    PlayerGone,
    RosterChanged,
    StateChanged,
    Update,
    Welcomed,
)
from rachel.rubp import Phase
from rachel.rules.cards import (
    ACE,
    JACK,
    QUEEN,
    SUIT_NAMES,
    card_code,
    is_black_jack,
    parse_card,
    rank_of,
)
from rachel.rules.view import PublicView
from rachel_tui.words.hints import GOAL

Sentence: TypeAlias = tuple[str | int, ...]
"""Text with cards in between; every int is a card byte."""

SENTENCES_MAX: Final = 300
"""How many sentences are remembered: the newest ones."""

_ANNOUNCED_NAME_MAX: Final = 20
"""Characters of a name that fit into a host's announcement."""

_MISSED: Final = "While away: "
"""How the lines begin in which a host says what somebody has missed (docs/PROTOCOL.md)."""
_BACK: Final[Sentence] = ("You are back at your seat.",)
_AWAY: Final = " is away: a bot plays this turn"
_SHUFFLED: Final = "The deck was empty: the pile was shuffled into a new one."
_SEVENS: Final = 4
"""No more skips than 7s can be pending."""

_CARD: Final = re.compile(r"\b((?:10|[2-9JQKA])[CDHS])\b")

_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_NUMBERS: Final = ("no", "one", "two", "three", "four")


def ordinal(position: int) -> str:
    """Return the word for a finish position, which counts from 0: first, second..."""
    return _ORDINALS[position] if position < len(_ORDINALS) else f"number {position + 1}"


def plain_text(sentence: Sentence) -> str:
    """Return a sentence with its cards written short: ``Bot Ada plays 7H.``, for instance."""
    return "".join(part if isinstance(part, str) else card_code(part) for part in sentence)


def with_cards(text: str) -> Sentence:
    """Return a text in which cards are written short (``Enter plays 7H``) as a sentence."""
    parts: list[str | int] = list(_CARD.split(text))
    parts[1::2] = map(parse_card, _CARD.findall(text))
    return tuple(parts)


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
        self._goal_told = False
        self._called = ""
        # The table before the next move. TURN_END comes before the state that follows from it, so
        # that its sentences need what was true before (docs/PROTOCOL.md, "Your turn").
        self._before: PublicView | None = None
        self._last: Moved | None = None  # the move whose state has not come yet

    def tell(self, updates: Iterable[Update], session: ClientSession) -> list[Sentence]:
        """Return the sentences for ``updates``, which ``session`` has just taken in."""
        told: list[Sentence] = []
        for update in (updates := list(updates)):
            told += self._sentences(update, session)
        if missed := _while_away(updates):
            told.append((f"While you were away: {missed}.",))
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
                elif self._playing:
                    if self.sentences and self.sentences[-1] == _BACK:
                        self.sentences.pop()  # who comes and goes reads it once
                    yield _BACK
                else:
                    yield ("You have a seat.",)
            case RosterChanged():
                yield from self._arrivals(session)
            case GameStarted():
                self._playing, self._before = True, None
                starter = "You start" if session.seat == 0 else f"{_name(session, 0)} starts"
                if not session.watches and not self._goal_told:
                    self._goal_told = True
                    yield (GOAL,)
                if called := self._called_here(session):
                    yield (f"Here you are called {called}.",)
                yield (f"The cards are dealt. {starter}.",)
            case HandChanged(drawn=drawn):
                self._drawn = drawn or self._drawn
            case Moved():
                yield from self._move(update, session)
                self._last = update
            case StateChanged(public=public) if public is not None:
                if self._before and public.discard_count < self._before.discard_count:
                    yield (_SHUFFLED,)
                yield from self._missed(public, session)
                self._before, self._last = public, None
            case PlayerGone(seat=seat, left=left) if self._playing or not left:
                what = "leaves: a bot plays on" if left else "lost the connection"
                yield (f"{_name(session, seat)} {what}.",)
            case MovedMeanwhile(left=left, came=came):
                yield _meanwhile(left, came)
            case GameOver(survivor=survivor):
                self._playing = False
                yield from self._end(survivor, session)
            case Announced(text=text) if not _is_old_news(text, session):
                yield (f"Host: {text}" if text.endswith((".", "!", "?")) else f"Host: {text}.",)
            case _:
                return

    def _called_here(self, session: ClientSession) -> str:
        """Return what the host calls us instead of the name we gave, if that has not been told."""
        mine = session.name if session.seat is None else session.names[session.seat]
        told, self._called = self._called or session.name, mine
        return "" if session.watches or mine in (told, "") else mine

    def _arrivals(self, session: ClientSession) -> Iterator[Sentence]:
        """Tell who came and who left; during a game the host announces that itself."""
        before, self._present = self._present, session.present
        if self._playing or before is None:
            return
        for seat in sorted(self._present - before - {session.seat}):
            yield (f"{_name(session, seat)} sits down.",)
        for seat in sorted(before - self._present - {session.seat} - session.lost):
            yield (f"{_name(session, seat)} leaves.",)

    def _move(self, move: Moved, session: ClientSession) -> Iterator[Sentence]:
        mine = move.seat == session.seat
        who = "You" if mine else _name(session, move.seat)
        # Hosts that never say who is present have everybody play for themselves.
        is_away = bool(session.present) and move.seat not in session.present
        for_whom = "you" if move.for_us else who if is_away and not mine else ""
        if move.cards:
            yield self._play(move, who, for_whom)
        else:
            yield self._draw(move, who, for_whom, self._drawn if mine else ())
        counts = self._before.hand_counts if self._before and move.cards else ()
        if move.seat < len(counts) and counts[move.seat] - len(move.cards) == 1:
            yield (f"{who} {_verb('have', mine)} one card left!",)
        if move.finish_position is not None:
            place = ordinal(move.finish_position)
            exclaim = " and win!" if mine else " and wins!"
            end = exclaim if move.finish_position == 0 else "."
            yield (f"{who} {_verb('go', mine)} out {place}{end}",)

    def _play(self, move: Moved, who: str, for_whom: str) -> Sentence:
        rank = rank_of(move.cards[0])
        draws = self._before.pending_draws if self._before else 0
        effect = ""
        if rank == 2:
            effect = f": {draws + 2 * len(move.cards)} cards to draw"
        elif rank == 7:
            pending = self._before.pending_skips if self._before else 0
            skips = min(pending + len(move.cards), _SEVENS)
            effect = f": {_NUMBERS[skips]} skip{'s' if skips > 1 else ''}"
        elif rank == JACK:
            due = draws
            for card in move.cards:
                due = max(0, due + (5 if is_black_jack(card) else -5))
            if due:
                effect = f": {'only ' if due < draws else ''}{due} cards to draw"
            elif draws:
                effect = ": the attack is off"
        elif rank == QUEEN:
            effect = f": the direction {'turns' if len(move.cards) % 2 else 'stays'}"
        elif rank == ACE and move.suit is not None:
            effect = f": {SUIT_NAMES[move.suit]} now"
        return _told(who, for_whom, "play", *card_list(move.cards), end=f"{effect}.")

    def _draw(self, move: Moved, who: str, for_whom: str, drawn: tuple[int, ...]) -> Sentence:
        self._drawn = ()
        if not move.drawn:
            return _told(who, for_whom, "find", "nothing to draw")
        if len(drawn) == move.drawn:
            return _told(who, for_whom, "draw", *card_list(drawn))
        return _told(who, for_whom, "draw", "a card" if move.drawn == 1 else f"{move.drawn} cards")

    def _missed(self, after: PublicView, session: ClientSession) -> Iterator[Sentence]:
        """Tell each turn that is missed because of the 7s just played."""
        move, before = self._last, self._before
        if move is None or before is None or not move.cards or rank_of(move.cards[0]) != 7:
            return
        skipped = before.pending_skips + len(move.cards) - after.pending_skips
        order = [
            (move.seat + after.direction * step) % after.seats for step in range(1, after.seats + 1)
        ]
        order = [seat for seat in order if not after.out[seat]]
        for number in range(min(skipped, _SEVENS) if order else 0):
            seat = order[number % len(order)]
            missing = "You miss" if seat == session.seat else f"{_name(session, seat)} misses"
            if seat == move.seat:
                whose = "your own" if seat == session.seat else "their own"
            elif move.seat == session.seat:
                whose = "your"
            else:
                whose = f"{_name(session, move.seat)}'s"
            yield (f"{missing} a turn: {whose} ", *card_list(move.cards), ".")

    def _end(self, survivor: int | None, session: ClientSession) -> Iterator[Sentence]:
        if survivor is None:
            yield ("The game is over.",)
        elif survivor == session.seat:
            yield ("The game is over: you are left with cards and lose.",)
        else:
            name = _name(session, survivor)
            yield (f"The game is over: {name} is left with cards and loses.",)


def _is_old_news(text: str, session: ClientSession) -> bool:
    """Tell whether an announcement says what the story tells otherwise, or the player knows."""
    me = "" if session.seat is None else _name(session, session.seat)
    away = text.removesuffix(_AWAY)
    absent = (
        _name(session, seat)
        for seat in range(session.seats)
        if seat not in session.present or seat == session.seat
    )
    return (
        text.startswith(("Room ", _MISSED))
        or text == f"{me[:_ANNOUNCED_NAME_MAX]} is back"
        or (away != text and any(name[:_ANNOUNCED_NAME_MAX] == away for name in absent))
    )


def _while_away(updates: Sequence[Update]) -> str:
    """Return what the host says that a player missed; which cards a bot played they may know."""
    knows_cards = any(isinstance(update, MovedMeanwhile) for update in updates)
    said = (update.text for update in updates if isinstance(update, Announced))
    missed = [text.removeprefix(_MISSED) for text in said if text.startswith(_MISSED)]
    return "; ".join(text for text in missed if not (knows_cards and text.startswith("a bot ")))


def _told(who: str, for_whom: str, verb: str, *what: str | int, end: str = ".") -> Sentence:
    if for_whom:
        return (f"A bot {_verb(verb, False)} ", *what, f" for {for_whom}{end}")
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
