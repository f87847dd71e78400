"""The lessons in plain mode: a line per command in, a line per fact out."""

import asyncio
from collections.abc import Callable
from typing import Final

from rachel.lessons import LESSONS
from rachel.lessons.run import LessonRun
from rachel.lessons.script import parts
from rachel.rules.actions import DRAW, Action, Play
from rachel.rules.cards import ACE, card_code, cards_text, rank_of
from rachel_tui.keep.lessons import Progress
from rachel_tui.plain.commands import (
    SUIT_QUESTION,
    Query,
    TypedPlay,
    asked_with,
    is_command,
    number_in,
    parse_command,
    parse_nomination,
)
from rachel_tui.plain.numbered import Numbered, numbered, typed_for
from rachel_tui.plain.text import hand_line, rules_lines, seat_text, turn_lines
from rachel_tui.words.hints import last_suit
from rachel_tui.words.learning import FIRST_GAME, MINUTES, first_open, seats_of
from rachel_tui.words.story import plain_text

_HELP: Final = (
    "Enter goes on. Where you are asked for a move: 1 plays card 1 of your hand, 4h the four of "
    "hearts, 4h 4c both cards, draw draws.",
    "hint says what to type. back, skip: to the page before, to the next lesson.",
    "hand, table, rules (or rules 7, rules WORD), lessons, quit.",
)


class LessonLines:
    """The lessons as a dialogue of lines."""

    def __init__(self, progress: Progress, say: Callable[[str], None]) -> None:
        """Keep what is done in ``progress``."""
        self._progress = progress
        self._say = say
        self._index = first_open(progress.done)
        self._run: LessonRun | None = None  # None while a lesson is being chosen
        self._aces: tuple[int, ...] = ()  # aces whose suit is still to be named
        self._cards: Numbered = ()  # the hand as numbered last
        self._plays = False

    async def run(self, lines: "asyncio.Queue[str | None]") -> bool:
        """Teach until the player leaves or input ends; return whether they want to play now."""
        if self._progress.trouble:
            self._say(self._progress.trouble)
        self._offer()
        while (line := await lines.get()) is not None:
            try:
                if not self._answer(line.strip().lower()):
                    break
            except ValueError as unclear:
                self._say(str(unclear))
        return self._plays

    def _offer(self) -> None:
        self._run = None
        done = sum(lesson.key in self._progress.done for lesson in LESSONS)
        first = LESSONS[self._index]
        known = f" You have done {done} of them." if done else ""
        self._say(
            f"Learn Rachel by playing: {len(LESSONS)} lessons, {MINUTES} minutes in all.{known}"
        )
        self._say(
            f"Press Enter to begin with {self._index + 1}, {first.title}; "
            "or type the number of a lesson, lessons, play or back."
        )

    def _answer(self, line: str) -> bool:
        """Do what a line says; return False to leave.

        Raises:
            ValueError: the line is no command; the message says what to type.
        """
        if line == "back" and self._run is not None:
            self._go_back(self._run)
        elif line in Query.QUIT.value:
            self._say("You leave the lessons.")
            return False
        elif line == "play":
            self._plays = True
            return False
        elif line == "lessons":
            self._list()
        elif line in Query.HELP.value:
            self._tell(*_HELP)
        elif (about := asked_with(Query.RULES, line)) is not None:
            self._tell(*rules_lines(about))
        elif line in Query.RULES.value:
            self._tell(*rules_lines())
            if self._run is None:
                self._offer()
            else:
                self._show(self._run)  # the rules are long: it may be forgotten what is due
        elif self._run is None:
            self._choose(line)
        else:
            return self._continue(self._run, line)
        return True

    def _list(self) -> None:
        for number, lesson in enumerate(LESSONS, start=1):
            done = ", done" if lesson.key in self._progress.done else ""
            self._say(f"{number}: {lesson.title}{done}.")
        self._offer()

    def _choose(self, line: str) -> None:
        number = number_in(line, len(LESSONS))
        if line and not number:
            raise ValueError(
                f"Type a number from 1 to {len(LESSONS)}, or press Enter, or type back."
            )
        self._begin(number - 1 if number else self._index)

    def _begin(self, index: int) -> None:
        self._index, self._run, self._aces = index, LessonRun(LESSONS[index]), ()
        self._cards = ()
        self._say(f"Lesson {index + 1} of {len(LESSONS)}: {LESSONS[index].title}.")
        self._show(self._run)

    def _continue(self, run: LessonRun, line: str) -> bool:
        if line == "skip":
            return self._next()
        if line in Query.HAND.value:
            self._say(self._hand_line(run))
        elif line in Query.TABLE.value:
            self._tell(*map(seat_text, seats_of(run)), f"Top card {card_code(run.game.top)}.")
        elif run.ask:
            self._try(run, line)
        elif line:
            raise ValueError("Press Enter to go on, or type help.")
        elif run.ended:
            return self._next()
        else:
            run.go_on()
            self._show(run)
        return True

    def _go_back(self, run: LessonRun) -> None:
        """Show the page before; before the first one, offer the lessons."""
        if self._aces:
            self._aces = ()
            self._say("No card is played.")
        elif run.go_back():
            self._show(run)
        else:
            self._offer()

    def _next(self) -> bool:
        """Begin the next lesson; after the last one, go on to the first game."""
        if self._index + 1 < len(LESSONS):
            self._begin(self._index + 1)
            return True
        self._plays = True
        return False

    def _try(self, run: LessonRun, line: str) -> None:
        if self._aces and (suit := parse_nomination(line)) is not None:
            self._attempt(run, Play(self._aces, suit))
            return
        if self._aces and not is_command(line):
            raise ValueError(SUIT_QUESTION)
        if line == "hint" or not line:
            self._hint(run)
            return
        command = parse_command(line, self._cards)
        if command is Query.DRAW:
            self._attempt(run, DRAW)
        elif isinstance(command, TypedPlay):
            suit = command.suit if command.suit is not None else last_suit(command.cards, run.view)
            fits = any(map(run.view.public.is_playable, command.cards))
            if suit is None and fits and rank_of(command.cards[0]) == ACE:
                self._aces = command.cards
                self._say(SUIT_QUESTION)
            else:
                self._attempt(run, Play(command.cards, suit))
        else:
            raise ValueError(_HELP[0])

    def _attempt(self, run: LessonRun, action: Action) -> None:
        self._aces = ()
        if run.attempt(action):
            self._show(run)
        else:
            self._say(_plain(run.told))
            self._hint(run)

    def _hint(self, run: LessonRun) -> None:
        move = run.expected
        if isinstance(move, Play):
            typed = typed_for(move.cards, move.suit, self._cards)
            self._say(f"Type {typed} to play {cards_text(move.cards)}.")
        elif move is not None:
            self._say("Type draw.")

    def _show(self, run: LessonRun) -> None:
        """Say a page."""
        if run.told:
            self._say(("To remember: " if run.ended else "") + _plain(run.told))
        if run.ask:
            self._say(_plain(run.ask))
            self._cards = numbered(run.view.hand, self._cards)
            self._tell(*turn_lines(run.view, self._cards, None))
            if run.turn is not None and run.turn.is_new:
                self._hint(run)
        elif not run.ended:
            self._say("Press Enter.")
        else:
            known = self._progress.trouble
            self._progress.finish(run.lesson.key)
            if self._progress.trouble != known:
                self._say(self._progress.trouble)
            last = self._index + 1 == len(LESSONS)
            following = FIRST_GAME if last else f"go on to {LESSONS[self._index + 1].title}"
            self._say(f"Press Enter to {following}, or type lessons or quit.")

    def _hand_line(self, run: LessonRun) -> str:
        self._cards = numbered(run.view.hand, self._cards)
        return hand_line(run.view, self._cards, prompt=bool(run.ask))

    def _tell(self, *lines: str) -> None:
        for line in lines:
            self._say(line)


def _plain(text: str) -> str:
    return plain_text(parts(text))
