"""A recorded game to look at: every step of it checked, told in sentences and ready to be shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from rachel.client.session import ClientSession
from rachel.client.updates import Update
from rachel.formats.action_log import ActionLog
from rachel.formats.document import Document
from rachel.formats.json_shapes import ReplayError
from rachel.formats.record import GameRecord, VerifyError, verify
from rachel.formats.replay import Mismatch, Moment, ReplayTrace
from rachel.rubp import (
    HOST_ID,
    GameState,
    MessageError,
    Phase,
    Platform,
    PlayerEntry,
    PlayerList,
    PlayerName,
    PlayerWon,
    TurnEnd,
    Welcome,
)
from rachel.rules.actions import Action, Play
from rachel.rules.events import (
    AttackApplied,
    CardsDrawn,
    DirectionReversed,
    Event,
    PlayerFinished,
    SkipApplied,
)
from rachel.rules.game import Game
from rachel.telling import game_state, turn_end
from rachel_tui.words.seat_lines import Presence, SeatLine
from rachel_tui.words.story import SENTENCES_MAX, Sentence, Story

_KEPT_EVERY: Final = 32
"""A copy of the game is kept for every so many steps; the others are played from it."""

PROVED: Final = "fair deal, every step checked"
CHECKED: Final = "every step checked, no proof of the deal"
UNCHECKED: Final = "nothing to check it by"


class Mark(Enum):
    """Why a step may be looked for."""

    ATTACK = "attack"
    REVERSAL = "reversal"
    OUT = "out"


_MARKS: Final[dict[type[Event], Mark]] = {
    AttackApplied: Mark.ATTACK,
    SkipApplied: Mark.ATTACK,
    DirectionReversed: Mark.REVERSAL,
    PlayerFinished: Mark.OUT,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One step of a game; the first one is the deal.

    Attributes:
        seat: who acted, None for the deal.
        action: what the seat did, None for the deal.
        told: what happened, in sentences.
        marks: what the step may be looked for by.
        drawn: how many cards were drawn.
        pending: the cards that the next seat has to draw, or the turns it is to miss.
        counts: how many cards each seat holds after it.
    """

    seat: int | None
    action: Action | None
    told: tuple[Sentence, ...]
    marks: frozenset[Mark]
    drawn: int
    pending: int
    counts: tuple[int, ...]

    @property
    def cards(self) -> tuple[int, ...]:
        """The cards that were played."""
        return self.action.cards if isinstance(self.action, Play) else ()


class Reel:
    """A recorded game, checked when it is opened.

    Attributes:
        names: the players' names, cleaned, seat 0 first.
        bots: the seats whose players are bots.
        checked: what was checked, in a few words.
        scenes: the deal and every step.
    """

    def __init__(self, document: Document) -> None:
        """Check the game and tell it.

        Raises:
            VerifyError: a record is not true; its text names the check, and the step if it is one.
            Mismatch: a trace or log does not lead where it says.
            ReplayError: the game cannot be shown.
        """
        game: ReplayTrace | ActionLog
        if isinstance(document, GameRecord):
            verify(document)
            self.checked, game = PROVED, document.replay
        else:
            _, checked = document.verify()
            self.checked, game = CHECKED if checked else UNCHECKED, document
        self.bots = frozenset(game.bots)
        self._steps: tuple[Action, ...] = tuple(step.action for step in game.steps)
        start = game.start()
        names = () if isinstance(game, ActionLog) else game.names
        teller = _Teller(start, names, self.bots)
        self.names = tuple(teller.session.names)
        self._kept = [start.copy()]
        scenes = [_scene(None, None, teller.begin(start), (), start)]
        for moment in game.moments():
            told = teller.tell(moment)
            scenes.append(_scene(moment.seat, moment.action, told, moment.events, moment.game))
            if moment.step % _KEPT_EVERY == 0:
                self._kept.append(moment.game.copy())
        self.scenes = tuple(scenes)

    @property
    def front(self) -> int:
        """The seat from which the game is seen: that of its only player, if the others are bots."""
        people = [seat for seat in range(len(self.names)) if seat not in self.bots]
        return people[0] if len(people) == 1 else 0

    @property
    def last(self) -> int:
        """The number of the last step; 0 is the deal."""
        return len(self.scenes) - 1

    def at(self, step: int) -> Game:
        """Return the game after a step; it belongs to the caller.

        Raises:
            IndexError: there is no such step.
        """
        if not 0 <= step <= self.last:
            raise IndexError(step)
        kept = step // _KEPT_EVERY
        game = self._kept[kept].copy()
        for action in self._steps[kept * _KEPT_EVERY : step]:
            game.apply(action)
        return game

    def told(self, step: int) -> tuple[Sentence, ...]:
        """Return the last sentences up to a step, the oldest first."""
        scenes = self.scenes[max(0, step - SENTENCES_MAX) : step + 1]
        return tuple(sentence for scene in scenes for sentence in scene.told)

    def find(self, step: int, direction: int, mark: Mark | None = None) -> int | None:
        """Return the nearest step after (1) or before (-1) a step that has a mark, or any mark."""
        end = self.last + 1 if direction > 0 else -1
        for other in range(step + direction, end, direction):
            marks = self.scenes[other].marks
            if mark in marks or (mark is None and marks):
                return other
        return None

    def seat_lines(self, game: Game) -> tuple[SeatLine, ...]:
        """Return how every seat stands in ``game``, a state of this game."""
        order = game.finish_order
        return tuple(
            SeatLine(
                name=name,
                cards=len(game.hands[seat]),
                presence=Presence.BOT if seat in self.bots else Presence.HERE,
                place=order.index(seat) if seat in order else None,
                to_act=seat == game.current and not game.is_over,
                is_me=False,
            )
            for seat, name in enumerate(self.names)
        )


PROBLEMS: Final = (VerifyError, Mismatch, ReplayError)
"""What a `Reel` raises for a game that is not true, or cannot be shown."""


class _Teller:
    """Tells a game as somebody who watches it hears it."""

    def __init__(self, start: Game, names: Iterable[str], bots: frozenset[int]) -> None:
        self.session = ClientSession("", token=bytes(8), watches=True)
        self._story = Story()
        entries = (
            PlayerEntry(seat, Platform.UNKNOWN if seat in bots else Platform.TERMINAL)
            for seat in range(start.seats)
        )
        self._take(Welcome(HOST_ID, 1, start.seats, Phase.WAITING))
        for seat, name in enumerate(names):
            self._take(PlayerName(seat, name))
        self._take(PlayerList(tuple(entries)))

    def begin(self, start: Game) -> tuple[Sentence, ...]:
        told = self._tell(GameState.unpack(game_state(start)))
        return told if start.turn == 0 else ()

    def tell(self, moment: Moment) -> tuple[Sentence, ...]:
        game = moment.game
        end = turn_end(game, moment.seat, moment.action, _drawn(moment.events))
        after = TurnEnd.unpack(end), GameState.unpack(game_state(game))
        if game.survivor is None:
            return self._tell(*after)
        return self._tell(*after, PlayerWon(game.survivor, game.turn))

    def _tell(self, *messages: TurnEnd | GameState | PlayerWon) -> tuple[Sentence, ...]:
        updates = [update for message in messages for update in self._take(message)]
        return tuple(self._story.tell(updates, self.session))

    def _take(
        self, message: Welcome | PlayerName | PlayerList | TurnEnd | GameState | PlayerWon
    ) -> list[Update]:
        updates: list[Update] = []
        try:
            self.session.table.take(message, updates)
        except MessageError as error:
            raise ReplayError(f"not a game that a table could show: {error}") from None
        return updates


def _scene(
    seat: int | None,
    action: Action | None,
    told: tuple[Sentence, ...],
    events: Iterable[Event],
    game: Game,
) -> Scene:
    events = tuple(events)
    return Scene(
        seat=seat,
        action=action,
        told=told,
        marks=frozenset(_MARKS[type(event)] for event in events if type(event) in _MARKS),
        drawn=_drawn(events),
        pending=game.pending_draws or game.pending_skips,
        counts=tuple(map(len, game.hands)),
    )


def _drawn(events: Iterable[Event]) -> int:
    return sum(len(event.cards) for event in events if isinstance(event, CardsDrawn))
